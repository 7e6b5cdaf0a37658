"""Messages of the interface: reads, checks and compiles gettext catalogs."""

from __future__ import annotations

import copy
import gettext
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sitegen.i18n.catalog_checks import header_problems, message_problems, missing_messages
from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.i18n.po_files import catalog_files, is_translated, parse_po
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.limits import within_limits
from sitegen.source.theme_layers import LayerFile, Layers


class Messages(Struct, frozen=True):
    """What reading catalogs finds, in a form that can be kept."""

    #: Language → its catalogs in the format of gettext's .mo files, in order; None if one can't be used.
    compiled: dict[str, tuple[bytes | None, ...]]
    problems: tuple[Problem, ...]


class Catalogs(Struct, frozen=True):
    """The messages of all languages, and their problems."""

    translations: Mapping[str, gettext.NullTranslations]
    problems: tuple[Problem, ...]


def read_messages(layers: Layers, languages: Mapping[str, Language], source: str) -> Messages:
    """Read, check and compile translations/<language>/LC_MESSAGES/messages.po of all languages, and those of the themes."""
    problems: list[Problem] = []
    files = {path: catalog_files(layers, language) for path, language in languages.items()}
    parsed = {path: [_read_catalog(file, languages[path], problems) for file in own] for path, own in files.items()}
    problems.extend(missing_messages(layers, languages, source, files, parsed))
    read = {
        path: [_compile(file, catalog, problems) for file, catalog in zip(files[path], own, strict=True)]
        for path, own in parsed.items()
        if not languages[path].base
    }
    for path, language in languages.items():
        if language.base:
            read[path] = [*_of_both_scripts(path, languages, files, parsed, problems)]
    return Messages({path: tuple(own) for path, own in read.items()}, tuple(problems))


def chain_catalogs(messages: Messages, languages: Mapping[str, Language], source: str) -> Catalogs:
    """Chain the catalogs of each language by fallback; those of the themes follow its own.

    An untranslated or fuzzy message, or a plural with a missing form, falls back to the next catalog in the chain. A
    language without a catalog falls back for every message; the source language needs none.
    """
    read: dict[str, list[gettext.NullTranslations]] = {}
    for path, compiled in messages.compiled.items():
        read[path] = [gettext.GNUTranslations(io.BytesIO(own)) for own in compiled if own is not None]
        if languages[path].base == source:
            read[path].append(_SourceMessages(Locale.of(languages[path])))
    chained = {path: _chain(read, (path, *own.fallback), source) for path, own in languages.items()}
    return Catalogs(chained, messages.problems)


def _of_both_scripts(
    path: str,
    languages: Mapping[str, Language],
    files: Mapping[str, Sequence[LayerFile]],
    parsed: Mapping[str, Sequence[Any]],
    problems: list[Problem],
) -> Iterator[bytes | None]:
    """Yield the messages of a derived language: in each layer its own, then those of its base language, transliterated.

    So the site's messages come before the theme's, and a theme's own spelling before the one made by rule.
    """
    locale = Locale.of(languages[path])
    both = (
        (file, catalog, own)
        for own in (path, locale.base)
        for file, catalog in zip(files[own], parsed[own], strict=True)
    )
    for file, catalog, own in sorted(both, key=lambda row: row[0].layer):
        yield _compile(file, catalog, problems, str if own == path else locale.written)


class _SourceMessages(gettext.NullTranslations):
    """The source messages, transliterated."""

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


def _read_catalog(file: LayerFile, language: Language, problems: list[Problem]) -> Any:
    """Read a language's catalog; return None if it can't be used."""
    try:
        catalog, found = within_limits(file.shown, lambda: _checked(file, language))
    except SiteError as error:
        problems.extend(error.problems)
        return None
    problems.extend(found)
    return catalog


def _checked(file: LayerFile, language: Language) -> tuple[Any, list[Problem]]:
    path, text = file.shown, file.text()
    catalog = parse_po(path, text, language.tag)
    found = [*header_problems(path, catalog, language.tag, text)]
    for message in catalog:
        if message.id and is_translated(message):
            found.extend(message_problems(path, message))
    return catalog, found


def _compile(
    file: LayerFile, catalog: Any, problems: list[Problem], written: Callable[[str], str] = str
) -> bytes | None:
    """Compile the completely translated messages of a catalog, transliterated by `written`."""
    try:
        return within_limits(file.shown, lambda: _compiled(catalog, written))
    except SiteError as error:
        problems.extend(error.problems)
        return None


def _compiled(catalog: Any, written: Callable[[str], str]) -> bytes | None:
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
    return buffer.getvalue()


def _chain(
    read: Mapping[str, Sequence[gettext.NullTranslations]], paths: tuple[str, ...], source_language: str
) -> gettext.NullTranslations:
    """Chain the messages of several languages; in the source language, the messages are used as they are."""
    head = gettext.NullTranslations()
    for path in paths:
        for own in read.get(path, ()):
            link = copy.copy(own)  # each chain adds other fallbacks to the same messages
            link.language_path = path  # type: ignore[attr-defined]
            head.add_fallback(link)
        if path == source_language:
            head.add_fallback(gettext.NullTranslations())
            break
    return head


def language_of_message(chain: gettext.NullTranslations, message: str) -> str:
    """Return the path of the language whose catalog provides a message; "" if none does."""
    link: gettext.NullTranslations | None = chain
    while link is not None:
        path = str(getattr(link, "language_path", ""))
        if path and (message in getattr(link, "_catalog", {}) or isinstance(link, _SourceMessages)):
            return path
        link = link._fallback  # type: ignore[attr-defined]
    return ""
