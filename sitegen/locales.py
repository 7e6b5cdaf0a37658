"""What depends on a language: direction, names, dates, numbers, lists, order, and the messages of the templates.

CLDR comes through Babel; order from the ICU that icu4py ships, as Babel has no collation.
"""

from __future__ import annotations

import copy
import ctypes
import datetime as dt
import gettext
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import babel
from babel.core import get_global, parse_locale

from sitegen.config import Config, read_text
from sitegen.errors import Problem, SiteError
from sitegen.model import Language, Mark
from sitegen.nodes import Source, problem_at

#: The messages of the templates, as `translate extract` writes them.
MESSAGES = "translations/messages.pot"

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_PO_LINE = re.compile(r'\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\])\s+)?"(?:[^"\\]|\\.)*"|)\s*')
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True)
class Locale:
    """A language of the site as CLDR describes it.

    Attributes:
        chain: paths of the languages shown where this one has nothing.
        formats: tag whose dates, numbers and lists it uses.
    """

    tag: str
    path: str
    chain: tuple[str, ...]
    formats: str

    @classmethod
    def of(cls, language: Language) -> Locale:
        return cls(language.tag, language.path, language.fallback, language.formats)

    @cached_property
    def cldr(self) -> babel.Locale:
        return babel.Locale.parse(self.tag, sep="-")

    @cached_property
    def _formats(self) -> babel.Locale:
        return babel.Locale.parse(self.formats, sep="-")

    @cached_property
    def _likely(self) -> tuple[str | None, str | None]:
        """The territory and script that go without saying: ru → RU, Cyrl."""
        likely: Mapping[str, str] = get_global("likely_subtags")
        known = likely.get(str(self.cldr)) or likely.get(self.cldr.language) or str(self.cldr)
        _, territory, script, *_ = parse_locale(known)
        return territory, script

    @cached_property
    def name(self) -> str:
        """Its own name, as it stands alone: 简体中文, Русский."""
        names = self.cldr.languages
        name = str(names.get(str(self.cldr)) or names.get(self.cldr.language) or self.tag)
        return name[:1].upper() + name[1:]

    @property
    def dir(self) -> str:
        """ "ltr" or "rtl"."""
        return str(self.cldr.text_direction)

    @cached_property
    def script(self) -> str:
        """ISO 15924: "Latn", "Cyrl", "Hans", "Arab", "Deva"."""
        return str(self.cldr.script or self._likely[1] or "Latn")

    @cached_property
    def og(self) -> str:
        """Language and territory as Open Graph wants them: zh_CN."""
        return f"{self.cldr.language}_{self.cldr.territory or self._likely[0]}"

    def date(self, value: dt.date, style: str = "long") -> str:
        """A date in CLDR's style: "full", "long", "medium" or "short"."""
        from babel.dates import format_date

        return format_date(value, style, locale=self._formats)

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._formats)

    def country(self, code: str) -> str:
        """CLDR's name of an ISO 3166-1 code."""
        return str(self.cldr.territories.get(code, code))

    def language(self, tag: str) -> str:
        """CLDR's name of a language, in this language."""
        other = babel.Locale.parse(tag, sep="-")
        return str(self.cldr.languages.get(str(other)) or self.cldr.languages.get(other.language) or tag)

    def conjunction(self, items: Iterable[str]) -> str:
        """`a, b and c` in this language."""
        from babel.lists import format_list

        return format_list(list(items), locale=self._formats)

    def order(self, text: str) -> bytes:
        """A key that sorts texts as this language does."""
        return _collation(str(self.cldr))(text)


@cache
def _collation(name: str) -> Callable[[str], bytes]:
    """ICU's sort keys for a locale, through its C interface (ucol.h), which ICU keeps stable.

    icu4py ships ICU in its wheel but wraps no collator. Loaded at the first sort, not at start.
    """
    library, version = _icu()
    status = ctypes.c_int(0)
    open_collator = getattr(library, f"ucol_open_{version}")
    open_collator.restype = ctypes.c_void_p
    collator = ctypes.c_void_p(open_collator(name.encode(), ctypes.byref(status)))
    assert status.value <= 0, f"ICU cannot collate {name}: error {status.value}"
    sort_key = getattr(library, f"ucol_getSortKey_{version}")

    def key(text: str) -> bytes:
        utf16 = text.encode("utf-16-le")
        buffer = ctypes.create_string_buffer(16 * len(utf16) + 64)
        size = sort_key(collator, utf16, len(utf16) // 2, buffer, len(buffer))
        return buffer.raw[:size]

    return key


@cache
def _icu() -> tuple[ctypes.CDLL, str]:
    """The shared library of ICU's collation that icu4py brings, and the version that its symbols carry."""
    import icu4py
    from icu4py import breakers  # noqa: F401 - loads the libraries that ours depends on

    package = Path(icu4py.__file__).parent
    folders = (package.parent / "icu4py.libs", package / ".dylibs", package)
    found = next(
        path for folder in folders for path in sorted(folder.glob("*icui18n*")) + sorted(folder.glob("icuin*.dll"))
    )
    return ctypes.CDLL(str(found)), icu4py.icu_version.split(".")[0]


# messages


@dataclass(frozen=True)
class Catalogs:
    """The messages of all languages, and what is wrong with them."""

    translations: Mapping[str, gettext.NullTranslations]
    problems: tuple[Problem, ...]


def load_catalogs(root: Path, config: Config) -> Catalogs:
    """Read translations/<language>/LC_MESSAGES/messages.po of every language, chained as the languages fall back.

    An untranslated or fuzzy message, and a plural with any form missing, is left to the next in the chain.
    A language without a catalog falls back for every message; the source language needs none.
    """
    problems: list[Problem] = []
    parsed = {path: _read_catalog(root, language, problems) for path, language in config.languages.items()}
    problems.extend(_missing_messages(root, config, parsed))
    read = {path: _compile(config.languages[path], catalog, problems) for path, catalog in parsed.items()}
    chained = {p: _chain(read, (p, *own.fallback), config.source_language) for p, own in config.languages.items()}
    return Catalogs(chained, tuple(problems))


def catalog_path(language: Language) -> str:
    """Where a language's catalog lies: Babel's layout, the tag's parts joined by `_`."""
    return f"translations/{language.tag.replace('-', '_')}/LC_MESSAGES/messages.po"


def read_po(root: Path, path: str, tag: str | None = None) -> Any:
    """A Babel catalog; it needs the language's tag to keep the plural rule of its header.

    Raises:
        SiteError: the file is no readable .po file.
    """
    from babel.messages.pofile import PoFileError
    from babel.messages.pofile import read_po as parse

    source = Source.of(path, read_text(root, path))
    unreadable = [number for number, line in enumerate(source.lines, 1) if not _PO_LINE.fullmatch(line)]
    if unreadable:
        hint = 'a line is `msgid "…"`, `msgstr "…"` or `"…"`, with \\" for a quote inside'
        raise SiteError(
            [source.problem("catalog-syntax", "the line is no part of a catalog", Mark(n, 1), hint) for n in unreadable]
        )
    try:
        locale = tag.replace("-", "_") if tag else None
        return parse(io.StringIO("\n".join(source.lines)), locale=locale, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None)
        message = str(error).rsplit(" on ", 1)[0].strip() or "not readable"
        mark = Mark(min(int(line) + 1, len(source.lines)), 1) if line is not None else Mark(1, 1)
        raise SiteError(
            [
                source.problem(
                    "catalog-syntax", message[:1].lower() + message[1:], mark, 'a line is `msgid "…"` or `msgstr "…"`'
                )
            ]
        ) from error


def _read_catalog(root: Path, language: Language, problems: list[Problem]) -> Any:
    """A language's catalog; None where it has none, or none that can be read."""
    path = catalog_path(language)
    if not (root / path).exists():
        return None
    try:
        catalog = read_po(root, path, language.tag)
    except SiteError as error:
        problems.extend(error.problems)
        return None
    for message in catalog:
        if message.id and is_translated(message):
            problems.extend(_message_problems(path, message))
    return catalog


def _compile(language: Language, catalog: Any, problems: list[Problem]) -> gettext.GNUTranslations | None:
    """The whole messages of a catalog, ready to be looked up."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    if catalog is None:
        return None
    whole = Catalog(locale=catalog.locale, charset="utf-8")
    whole.mime_headers = catalog.mime_headers
    for message in catalog:
        if message.id and is_translated(message):
            whole.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, whole)
    buffer.seek(0)
    try:
        return gettext.GNUTranslations(buffer)
    except ValueError as error:
        hint = "write it as in: nplurals=2; plural=(n != 1);"
        message = f"the header's Plural-Forms can't be read: {error}"
        problems.append(problem_at(catalog_path(language), "catalog-syntax", message, None, hint))
        return None


def _missing_messages(root: Path, config: Config, parsed: Mapping[str, Any]) -> Iterator[Problem]:
    """Messages of messages.pot that a language's catalog leaves untranslated."""
    if not (root / MESSAGES).exists():
        return
    try:
        wanted = sorted(((m.context or "", m.id) for m in read_po(root, MESSAGES) if m.id), key=str)
    except SiteError as error:
        yield from error.problems
        return
    for path, language in config.languages.items():
        catalog = catalog_path(language)
        if path == config.source_language or (parsed[path] is None and (root / catalog).exists()):
            continue
        if parsed[path] is None:
            hint = f"run: python build.py translate update {path}"
            yield problem_at(catalog, "missing-message", f"'{path}' has no catalog", None, hint)
            continue
        found = {(m.context or "", m.id): m for m in parsed[path] if m.id}
        for key in wanted:
            if key not in found or not is_translated(found[key]):
                text = key[1] if isinstance(key[1], str) else key[1][0]
                mark = Mark(found[key].lineno, 1) if key in found and found[key].lineno else None
                yield problem_at(catalog, "missing-message", f"'{text}' is not translated", mark)


def is_translated(message: Any) -> bool:
    """Whether every form of a message is filled in and none is marked fuzzy."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not message.fuzzy and all(forms)


def _message_problems(path: str, message: Any) -> Iterator[Problem]:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    known = {name for text in ids for name in _PLACEHOLDER.findall(text)}
    tags = Counter(_TAG.findall(ids[0]))
    mark = Mark(message.lineno or 1, 1)
    for form in forms:
        stray = sorted(set(_PLACEHOLDER.findall(form)) - known)
        lost = sorted(known - set(_PLACEHOLDER.findall(form))) if len(forms) == 1 else []
        for name in stray:
            yield problem_at(
                path,
                "catalog-placeholder",
                f"the placeholder %({name})s is not in the message",
                mark,
                f"it has {', '.join(sorted(known)) or 'none'}",
            )
        for name in lost:
            yield problem_at(
                path, "catalog-placeholder", f"the placeholder %({name})s is missing", mark, "copy it from the message"
            )
        if len(forms) == 1 and Counter(_TAG.findall(form)) != tags:
            yield problem_at(
                path,
                "catalog-placeholder",
                "the tags differ from those of the message",
                mark,
                "copy them from the message",
            )


def _chain(
    read: Mapping[str, gettext.GNUTranslations | None], paths: tuple[str, ...], source_language: str
) -> gettext.NullTranslations:
    """The first language's messages with the others behind them; the source language's are the messages themselves."""
    head = gettext.NullTranslations()
    for path in paths:
        own = read.get(path)
        if own is not None:
            head.add_fallback(copy.copy(own))  # each chain puts other languages behind the same messages
        elif path == source_language:
            head.add_fallback(gettext.NullTranslations())
            break
    return head
