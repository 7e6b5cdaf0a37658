"""Messages of the interface: gettext catalogs, read, checked and compiled."""

from __future__ import annotations

import copy
import gettext
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_text
from sitegen.source.html import markup_of
from sitegen.source.layers import LayerFile, Layers
from sitegen.source.mark import Mark
from sitegen.source.text import Source, problem_at

#: The messages of the templates, as `translate extract` writes them.
MESSAGES = "translations/messages.pot"

#: Contexts of messages that are no template's but of kinds.yaml: shown as they are, without anything filled in.
PLAIN_CONTEXTS = frozenset({"choice", "calendar"})

#: What `%` may begin: a percent sign, or a value that the template fills in; no width, so that none makes a page of 100 MB.
_FORMAT = re.compile(r"%(?:%|\(\w+\)[sd])")
_PO_LINE = re.compile(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\])\s+)?"(?:[^"\\]|\\.)*")?')


@dataclass(frozen=True)
class Catalogs:
    """The messages of all languages, and what is wrong with them."""

    translations: Mapping[str, gettext.NullTranslations]
    problems: tuple[Problem, ...]


def load_catalogs(layers: Layers, languages: Mapping[str, Language], source: str) -> Catalogs:
    """Read translations/<language>/LC_MESSAGES/messages.po of every language, chained as the languages fall back.

    Behind a language's own catalog stand its catalogs in the themes. An untranslated or fuzzy message, and a plural with
    any form missing, is left to the next in the chain. A language without a catalog falls back for every message; the
    source language needs none.
    """
    problems: list[Problem] = []
    files = {path: catalog_files(layers, language) for path, language in languages.items()}
    parsed = {path: [_read_catalog(file, languages[path], problems) for file in own] for path, own in files.items()}
    problems.extend(_missing_messages(layers, languages, source, files, parsed))
    read = {
        path: [
            _compile(languages[path], catalog, file.shown, problems)
            for file, catalog in zip(own, parsed[path], strict=True)
        ]
        for path, own in files.items()
    }
    for path, language in languages.items():
        if language.base and not read[path]:
            read[path] = [*_rewritten(Locale.of(language), languages, source, files, parsed, problems)]
    chained = {p: _chain(read, (p, *own.fallback), source) for p, own in languages.items()}
    return Catalogs(chained, tuple(problems))


def _rewritten(
    locale: Locale,
    languages: Mapping[str, Language],
    source: str,
    files: Mapping[str, Sequence[LayerFile]],
    parsed: Mapping[str, Sequence[Any]],
    problems: list[Problem],
) -> Iterator[gettext.NullTranslations | None]:
    """The messages of the language that one is made of, in its own script."""
    for file, catalog in zip(files[locale.base], parsed[locale.base], strict=True):
        yield _compile(languages[locale.base], catalog, file.shown, problems, locale.written)
    if locale.base == source:
        yield _SourceMessages(locale)


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


def catalog_files(layers: Layers, language: Language) -> tuple[LayerFile, ...]:
    """A language's catalogs: the site's own, then those of the themes; each where there is one."""
    found = [layers.find(catalog_path(language))]
    if found[0] and found[0].layer:
        found = []
    for first in range(1, len(layers.themes) + 1):
        named = (layers.find(f"translations/{tag}/LC_MESSAGES/messages.po", first) for tag in tags_of(language))
        found.append(next((file for file in named if file and file.layer == first), None))
    return tuple(file for file in found if file)


def tags_of(language: Language) -> Iterator[str]:
    """What a theme may call a language: zh-CN, then zh-Hans; sr-Cyrl-RS, then sr-Cyrl, then sr."""
    if language.base:
        yield language.tag.replace("-", "_")
        return
    locale = Locale.of(language)
    yield language.tag.replace("-", "_")
    yield f"{locale.cldr.language}_{locale.script}"
    if locale.script == Locale.of(replace(language, tag=locale.cldr.language)).script:
        yield locale.cldr.language


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
    unreadable = [number for number, line in enumerate(source.lines, 1) if not _PO_LINE.fullmatch(line.strip())]
    if unreadable:
        hint = 'a line is `msgid "…"`, `msgstr "…"` or `"…"`, with \\" for a quote inside'
        raise SiteError(
            [source.problem("catalog-syntax", "the line is no part of a catalog", Mark(n, 1), hint) for n in unreadable]
        )
    try:
        locale = tag.replace("-", "_") if tag else None
        catalog = parse(io.StringIO("\n".join(source.lines)), locale=locale, abort_invalid=True)
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
    if "msgstr[" in text:
        _place_forms(catalog, source.lines)
    catalog.charset = "utf-8"  # as every text is read and written, whatever its header says
    return catalog


def _place_forms(catalog: Any, lines: Sequence[str]) -> None:
    """Note where each form of a plural begins, which the parser does not."""
    begins: dict[int, list[int]] = {}
    own: list[int] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("msgid "):
            own = begins.setdefault(number, [])
        elif line.startswith("msgstr["):
            own.append(number)
    for message in catalog:
        message.form_lines = begins.get(message.lineno, ())


def _read_catalog(file: LayerFile, language: Language, problems: list[Problem]) -> Any:
    """A language's catalog; None where it can't be read."""
    path = file.shown
    try:
        catalog = parse_po(path, file.text(), language.tag)
    except SiteError as error:
        problems.extend(error.problems)
        return None
    for message in catalog:
        if message.id and is_translated(message):
            problems.extend(message_problems(path, message))
    return catalog


def _compile(
    language: Language, catalog: Any, path: str, problems: list[Problem], written: Callable[[str], str] = str
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
        problems.append(problem_at(path, "catalog-syntax", message, None, hint))
        return None


def _missing_messages(
    layers: Layers,
    languages: Mapping[str, Language],
    source: str,
    files: Mapping[str, Sequence[LayerFile]],
    parsed: Mapping[str, Sequence[Any]],
) -> Iterator[Problem]:
    """Messages that a language's own catalog leaves untranslated."""
    pots: dict[int, Sequence[Any]] = {}
    for path, language in languages.items():
        if language.base:
            continue
        try:
            wanted = _wanted(layers, files[path], parsed[path], pots, is_source=path == source)
        except SiteError as error:
            yield from error.problems
            return
        yield from _untranslated(language, sorted(map(message_key, wanted), key=str), files[path], parsed[path])


def own_messages(layers: Layers, language: Language, *, is_source: bool) -> list[Any]:
    """The messages that a language's own catalog is to have: those of the site, where it is not the source language's,
    and of themes that have no catalog in the language; but none that a theme has translated.

    Raises:
        SiteError: a catalog can't be read.
    """
    files = catalog_files(layers, language)
    parsed = [parse_po(file.shown, file.text(), language.tag) for file in files]
    return _wanted(layers, files, parsed, {}, is_source=is_source)


def _wanted(
    layers: Layers,
    files: Sequence[LayerFile],
    parsed: Sequence[Any],
    pots: dict[int, Sequence[Any]],
    *,
    is_source: bool,
) -> list[Any]:
    done = {
        message_key(message)
        for file, catalog in zip(files, parsed, strict=True)
        for message in catalog or ()
        if file.layer and message.id and is_translated(message)
    }
    wanted = {}
    for layer in _layers_without(files, layers, is_source=is_source):
        if layer not in pots:
            pots[layer] = template_catalog(layers, layer)
        wanted.update({message_key(message): message for message in pots[layer]})
    return [message for key, message in wanted.items() if key not in done]


def _layers_without(files: Sequence[LayerFile], layers: Layers, *, is_source: bool) -> Iterator[int]:
    """The site's own layer, but for the source language, and those of the themes that have no catalog in a language."""
    if not is_source:
        yield 0
    has = {file.layer for file in files}
    yield from (layer for layer in range(1, len(layers.themes) + 1) if layer not in has)


def template_catalog(layers: Layers, layer: int) -> Sequence[Any]:
    """The messages of a site or a theme, without translations, as messages.pot has them."""
    file = layers.find(MESSAGES, layer)
    if file is None or file.layer != layer:
        return ()
    return [message for message in parse_po(file.shown, file.text()) if message.id]


def message_key(message: Any) -> tuple[str, Any]:
    """What tells one message from another: its context, and its text or texts."""
    return message.context or "", message.id


def _untranslated(
    language: Language, wanted: Sequence[tuple[str, Any]], files: Sequence[LayerFile], parsed: Sequence[Any]
) -> Iterator[Problem]:
    catalog, code = catalog_path(language), "incomplete" if language.is_complete else "missing-message"
    own = files[0] if files and files[0].layer == 0 else None
    if not wanted or (own and parsed[0] is None):
        return
    if own is None:
        hint = f"run: python build.py translate update {language.path}"
        yield problem_at(catalog, code, f"'{language.path}' has no catalog", None, hint)
        return
    found = {message_key(message): message for message in parsed[0] if message.id}
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
    """Placeholders and markup in which a translation differs from its message, and percent signs that mean neither."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    wanted = [markup_of(text) for text in ids]
    begins = dict(enumerate(getattr(message, "form_lines", ())))
    for number, form in enumerate(forms):
        wrong = [] if message.context in PLAIN_CONTEXTS else _stray_percents(form)
        # a form for one number alone may leave the number out; the last of a language stands for many
        wrong += _other_placeholders(form, ids, is_whole=number == len(forms) - 1)
        tags = markup_of(form)
        if not wrong and (tags is None or tags not in wanted):
            wrong = [
                ("the tags differ from those of the message", "copy them from the message; for the sign < write &lt;")
            ]
        for what, hint in wrong:
            mark = Mark(begins.get(number) or message.lineno or 1, 1)
            yield problem_at(path, "catalog-placeholder", what, mark, hint)


def _stray_percents(form: str) -> list[tuple[str, str]]:
    """(what is wrong, what to do) with the first percent sign that stands for nothing."""
    found = re.search("%.{0,12}", _FORMAT.sub("", form))
    if not found:
        return []
    return [(f"'{found[0]}' is no placeholder", "write %% for a percent sign; a placeholder is %(name)s")]


def _other_placeholders(form: str, ids: Sequence[str], *, is_whole: bool) -> list[tuple[str, str]]:
    known, own = {name for text in ids for name in _placeholders(text)}, _placeholders(form)
    has = f"it has {', '.join(sorted(known)) or 'none'}"
    wrong = [(f"the placeholder {name} is not in the message", has) for name in sorted(own - known)]
    lost = sorted(known - own) if is_whole else []
    return wrong + [(f"the placeholder {name} is missing", "copy it from the message") for name in lost]


def _placeholders(text: str) -> set[str]:
    return set(_FORMAT.findall(text)) - {"%%"}


def _chain(
    read: Mapping[str, Sequence[gettext.NullTranslations | None]], paths: tuple[str, ...], source_language: str
) -> gettext.NullTranslations:
    """The first language's messages with the others behind them; the source language's are the messages themselves."""
    head = gettext.NullTranslations()
    for path in paths:
        for own in read.get(path, ()):
            if own is not None:
                link = copy.copy(own)  # each chain puts other languages behind the same messages
                link.language_path = path  # type: ignore[attr-defined]
                head.add_fallback(link)
        if path == source_language:
            head.add_fallback(gettext.NullTranslations())
            break
    return head


def language_of_message(chain: gettext.NullTranslations, message: str) -> str:
    """The path of the language whose catalog a chain takes a message from; "" where none of them has it."""
    link: gettext.NullTranslations | None = chain
    while link is not None:
        path = str(getattr(link, "language_path", ""))
        if path and (message in getattr(link, "_catalog", {}) or isinstance(link, _SourceMessages)):
            return path
        link = link._fallback  # type: ignore[attr-defined]
    return ""
