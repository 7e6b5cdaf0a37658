"""What depends on a language: direction, names, dates, numbers, lists, order, and the messages of the templates.

CLDR comes through Babel, and through ICU where Babel ends (`icu.py`).
"""

from __future__ import annotations

import copy
import datetime as dt
import gettext
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import babel
from babel.core import UnknownLocaleError, get_global, parse_locale

from sitegen import icu
from sitegen.config import Config, read_text
from sitegen.errors import Problem, SiteError
from sitegen.model import Language, Mark
from sitegen.nodes import Source, problem_at
from sitegen.scripts import PSEUDO, in_script

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
        formats: tag whose dates, numbers and lists it uses, in its own `calendar` and `digits` if it has any.
        base: path of the language that it is made of, in another script; `words` are spelled by hand.
    """

    tag: str
    path: str
    chain: tuple[str, ...]
    formats: str
    calendar: str = ""
    digits: str = ""
    base: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, language: Language) -> Locale:
        return cls(
            language.tag,
            language.path,
            language.fallback,
            language.formats,
            language.calendar,
            language.digits,
            language.base,
            language.words,
        )

    def written(self, text: str) -> str:
        """A text of the language that this one is made of, in this one's script; of a language of its own, as it is."""
        return in_script(text, self.tag, self.words) if self.base else text

    @cached_property
    def cldr(self) -> babel.Locale:
        try:
            return babel.Locale.parse(self.tag, sep="-")
        except UnknownLocaleError:  # a pseudo-locale
            return babel.Locale.parse(self.formats, sep="-")

    @cached_property
    def _icu(self) -> str:
        """ICU's name of the locale whose formats it uses."""
        keywords = [f"calendar={self.calendar}"] if self.calendar else []
        keywords += [f"numbers={self.digits}"] if self.digits else []
        return self.formats.replace("-", "_") + ("@" + ";".join(keywords) if keywords else "")

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
        if self.tag in PSEUDO:
            return self.tag
        names = self.cldr.languages
        name = str(names.get(str(self.cldr)) or names.get(self.cldr.language) or self.tag)
        return name[:1].upper() + name[1:]

    @cached_property
    def dir(self) -> str:
        """ "ltr" or "rtl"."""
        return "rtl" if self.tag == "ar-XB" else str(self.cldr.text_direction)

    @cached_property
    def isolates_latin(self) -> bool:
        """Whether Latin words in its texts run against it."""
        return self.dir == "rtl" and self.script != "Latn"

    @cached_property
    def script(self) -> str:
        """ISO 15924: "Latn", "Cyrl", "Hans", "Arab", "Deva"."""
        return str(self.cldr.script or self._likely[1] or "Latn")

    @cached_property
    def og(self) -> str:
        """Language and territory as Open Graph wants them: zh_CN."""
        return f"{self.cldr.language}_{self.cldr.territory or self._likely[0]}"

    def date(self, value: dt.date, style: str = "long") -> str:
        """A date in CLDR's style: "full", "long", "medium" or "short"; "long" in the words of `LONG_DATES` if they say so."""
        own = LONG_DATES.get(self.formats) if style == "long" else None
        return self.written(own(value, value) if own else icu.date(self._icu, value, style))

    def date_range(self, first: dt.date, last: dt.date) -> str:
        """Two dates with what they share said once: 2–5 September 2025."""
        own = LONG_DATES.get(self.formats)
        skeleton = "yMMMd" if self.script in _MONTHS_IN_DIGITS else "yMMMMd"
        return self.written(own(first, last) if own else icu.date_range(self._icu, first, last, skeleton))

    def year(self, value: int) -> str:
        """A year of the Gregorian calendar, in the language's digits; with its era where the language counts otherwise."""
        digits = "".join(self.number(int(digit)) for digit in str(value))
        return digits if self.calendar in ("", "gregorian") else f"{digits} {self.cldr.eras['abbreviated'][1]}"

    def number(self, value: float) -> str:
        """A number with the language's separators and digits."""
        return icu.number(self._icu, value)

    def percent(self, value: float) -> str:
        """A share in percent: 0.5 is 50 %."""
        return icu.percent(self._icu, value)

    def quoted(self, text: str) -> str:
        """A text in the language's quotation marks."""
        opening, closing = icu.quotation_marks(str(self.cldr))
        return f"{opening}{text}{closing}"

    def country(self, code: str) -> str:
        """CLDR's name of an ISO 3166-1 code."""
        own = COUNTRIES.get((self.tag, code))
        return own or self._named(str(self.cldr.territories.get(code, code)))

    def language(self, tag: str) -> str:
        """CLDR's name of a language, in this language."""
        other = babel.Locale.parse(tag, sep="-")
        return self._named(str(self.cldr.languages.get(str(other)) or self.cldr.languages.get(other.language) or tag))

    def _named(self, name: str) -> str:
        return self.written(name) if self.tag in PSEUDO else name

    def conjunction(self, items: Iterable[str]) -> str:
        """`a, b and c` in this language."""
        from babel.lists import format_list

        *others, last = list(items) or [""]
        if others and self.tag in CONJUNCTIONS:
            return f"{', '.join(others)} {CONJUNCTIONS[self.tag]} {last}"
        if self.tag in PSEUDO:  # only what is between the items is CLDR's
            joined = format_list([f"%(i{number})s" for number in range(len(others) + 1)], locale=self._formats)
            return self.written(joined) % {f"i{number}": item for number, item in enumerate([*others, last])}
        return format_list([*others, last], locale=self._formats)

    def order(self, text: str) -> bytes:
        """A key that sorts texts as this language does."""
        return icu.collation(str(self.cldr), ALPHABETS.get(self.tag, ""))(text)


#: Alphabets that CLDR 47 has no order for: Tajik of 1998, where ё, ӣ and ӯ are letters of their own, and Uzbek of 1940, which
#: ends in ў қ ғ ҳ.
ALPHABETS: Mapping[str, str] = {
    "tg": "&е<ё<<<Ё&и<ӣ<<<Ӣ&у<ӯ<<<Ӯ",
    "uz-Cyrl": "&е<ё<<<Ё&я<ў<<<Ў<қ<<<Қ<ғ<<<Ғ<ҳ<<<Ҳ",
}
_TAJIK_MONTHS = [
    "январи",
    "феврали",
    "марти",
    "апрели",
    "майи",
    "июни",
    "июли",
    "августи",
    "сентябри",
    "октябри",
    "ноябри",
    "декабри",
]


def _tajik(first: dt.date, last: dt.date) -> str:
    end = f"{last.day} {_TAJIK_MONTHS[last.month - 1]} соли {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{_tajik(first, first)} – {end}"
    month = f" {_TAJIK_MONTHS[first.month - 1]} " if first.month != last.month else ""
    return f"{first.day}{month}–{' ' if month else ''}{end}"


#: Languages whose long dates CLDR 47 has in a form that nobody writes: Tajik joins day, month and year by izofat and writes
#: months small (as the site of the President of Tajikistan does, "2 сентябри соли 2025"); CLDR has "02 Сентябр 2025".
LONG_DATES: Mapping[str, Callable[[dt.date, dt.date], str]] = {"tg": _tajik}
#: Countries that CLDR 47 calls otherwise than the language's own ministry of foreign affairs does (mfa.tj: Чин, Беларус).
COUNTRIES: Mapping[tuple[str, str], str] = {("tg", "CN"): "Чин", ("tg", "BY"): "Беларус"}
#: "and" of languages whose lists CLDR 47 joins by commas alone.
CONJUNCTIONS: Mapping[str, str] = {"kk": "және", "tg": "ва", "uz-Cyrl": "ва"}
#: Scripts that write months as numbers, for which ICU's long ranges mix two kinds of month.
_MONTHS_IN_DIGITS = frozenset({"Hans", "Hant", "Jpan", "Kore"})


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
    for path, language in config.languages.items():
        if language.base and read[path] is None:
            read[path] = _rewritten(Locale.of(language), config, parsed[language.base], problems)
    chained = {p: _chain(read, (p, *own.fallback), config.source_language) for p, own in config.languages.items()}
    return Catalogs(chained, tuple(problems))


def _rewritten(
    locale: Locale, config: Config, catalog: Any, problems: list[Problem]
) -> gettext.NullTranslations | None:
    """The messages of the language that one is made of, in its own script."""
    if locale.base == config.source_language:
        return _SourceMessages(locale)
    return _compile(config.languages[locale.base], catalog, problems, locale.written)


class _SourceMessages(gettext.NullTranslations):
    """The messages themselves, in another script."""

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._written = locale.written

    def gettext(self, message: str) -> str:
        return self._written(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._written(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self._written(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self._written(msgid1 if n == 1 else msgid2)


def catalog_path(language: Language) -> str:
    """Where a language's catalog lies: Babel's layout, the tag's parts joined by `_`."""
    return f"translations/{language.tag.replace('-', '_')}/LC_MESSAGES/messages.po"


def read_po(root: Path, path: str, tag: str | None = None) -> Any:
    """A Babel catalog; it needs the language's tag to keep the plural rule of its header.

    Raises:
        SiteError: the file is no readable .po file.
    """
    return parse_po(path, read_text(root, path), tag)


def parse_po(path: str, text: str, tag: str | None = None) -> Any:
    """The Babel catalog that a text is; `path` is named in its problems.

    Raises:
        SiteError: the text is no readable .po file.
    """
    from babel.messages.pofile import PoFileError
    from babel.messages.pofile import read_po as parse

    source = Source.of(path, text)
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
            problems.extend(message_problems(path, message))
    return catalog


def _compile(
    language: Language, catalog: Any, problems: list[Problem], written: Callable[[str], str] = str
) -> gettext.NullTranslations | None:
    """The whole messages of a catalog, each as it is to be written, ready to be looked up."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    if catalog is None:
        return None
    whole = Catalog(locale=catalog.locale, charset="utf-8")
    whole.mime_headers = catalog.mime_headers
    for message in catalog:
        if message.id and is_translated(message):
            is_plural = isinstance(message.string, (tuple, list))
            string = tuple(map(written, message.string)) if is_plural else written(message.string)
            whole.add(message.id, string, context=message.context)
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
        catalog, code = catalog_path(language), "incomplete" if language.is_complete else "missing-message"
        if path == config.source_language or language.base or (parsed[path] is None and (root / catalog).exists()):
            continue
        if parsed[path] is None:
            hint = f"run: python build.py translate update {path}"
            yield problem_at(catalog, code, f"'{path}' has no catalog", None, hint)
            continue
        found = {(m.context or "", m.id): m for m in parsed[path] if m.id}
        for key in wanted:
            if key not in found or not is_translated(found[key]):
                text = key[1] if isinstance(key[1], str) else key[1][0]
                mark = Mark(found[key].lineno, 1) if key in found and found[key].lineno else None
                yield problem_at(catalog, code, f"'{text}' is not translated", mark)


def without_dates(text: bytes) -> bytes:
    """A catalog whose header changes only when its messages do: dates and tool versions lock files for translators."""
    return re.sub(
        rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By|Project-Id-Version):.*\n',
        b"",
        text,
        flags=re.MULTILINE,
    )


def is_translated(message: Any) -> bool:
    """Whether every form of a message is filled in and none is marked fuzzy."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not message.fuzzy and all(forms)


def message_problems(path: str, message: Any) -> Iterator[Problem]:
    """Placeholders and tags in which a translation differs from its message."""
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
    read: Mapping[str, gettext.NullTranslations | None], paths: tuple[str, ...], source_language: str
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
