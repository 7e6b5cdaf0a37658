"""The state of a page in each language: source, current, stale, untracked or missing, and the version shown there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cache, lru_cache

from msgspec.structs import replace

from sitegen.content.reader import source_language
from sitegen.i18n.locale import Locale
from sitegen.library.section_pairs import (
    NO_DIGEST,
    heading_names,
    likely_pairing,
    lost_sections,
    moved_sections,
    pair_sections,
    recorded_sections,
    with_names_of_today,
)
from sitegen.library.translated_parts import is_accepted, lost_fields, records_of, translatable_parts
from sitegen.model.kinds import Kind
from sitegen.model.page import Document, Key, Page, State
from sitegen.model.settings import Config

#: Most states are alike: one object of each is enough.
_unchanged = lru_cache(1024)(State)


def make_page(
    key: Key, documents: Mapping[str, Document], config: Config, locales: Mapping[str, Locale], with_drafts: bool
) -> Page:
    """Combine the versions of one page, and determine its state in each language."""
    source = source_language(documents, config)
    facts = documents[source].facts
    published = {
        path: documents[path]
        for path in config.languages
        if path in documents and (path == source or with_drafts or documents[path].words.get("draft") is not True)
    }
    made = {
        path: replace(published[language.base], language=path)
        for path, language in config.languages.items()
        if language.base in published and path not in documents
    }
    published = {path: {**published, **made}[path] for path in config.languages if path in published or path in made}
    chosen = facts.get("languages") or config.languages  # an empty list has been reported
    offered = [path for path in config.languages if path in chosen] or [source]  # and one without a known language, too
    kind = config.kinds[documents[source].kind]
    parts = cache(lambda: translatable_parts(published[source], kind))

    def find_states() -> dict[str, State]:
        return {path: _state(path, published, source, kind, locales[path], parts, config.held) for path in offered}

    states = find_states()
    stale = [path for path, state in states.items() if state.name == "stale" and path not in made]
    renamed = {path: with_names_of_today(published[source], published[path], parts()) for path in stale}
    if any(own is not published[path] for path, own in renamed.items()):
        published.update(renamed)
        states = find_states()
    written = {path: own for path, own in published.items() if path not in made} if made else published
    return Page(key=key, kind=kind.name, source=source, facts=facts, versions=published, written=written, states=states)


def _state(
    path: str,
    versions: Mapping[str, Document],
    source: str,
    kind: Kind,
    locale: Locale,
    parts: Callable[[], Mapping[str, str]],
    held: Set[str],
) -> State:
    """The state of a page in a language; `parts` gives those of the source, which few pages without translations need."""
    if path == source:
        return _unchanged("source", path)
    if path in versions and not versions[path].is_written:
        base = _state(locale.base, versions, source, kind, locale, parts, held)
        return replace(base, name="current" if base.name == "source" else base.name, shown=path)
    if path not in versions:
        is_current = versions[source].facts.get("translate") is False
        return _unchanged("current" if is_current else "missing", _fallback(versions, source, locale, held))
    own = versions[path]
    records = records_of(own)
    if not records:
        return _unchanged("untracked", path)
    return _compared(path, versions[source], own, kind, parts())


def _compared(path: str, source: Document, own: Document, kind: Kind, now: Mapping[str, str]) -> State:
    """The state of a translation with records; `now` are the parts of today's source."""
    records, names = records_of(own), heading_names(source)
    pairing = pair_sections(source, own)
    moved = moved_sections(source, own, pairing)
    changed = [name for name, digest in now.items() if name in moved or not is_accepted(records, name, digest)]
    gone = lost_fields(own, kind, now)
    changed += gone
    lost = lost_sections(source, own, pairing, now)
    renamed = {was for was, name in zip(*pairing, strict=True) if name} if pairing is not None and lost else set()
    is_by_position = NO_DIGEST in recorded_sections(source, own).values()  # as without records
    rendered = names if is_by_position else (pairing or likely_pairing(source, own)).rendered
    return State(
        "stale" if changed or lost else "current",
        path,
        (*changed, *lost),
        moved=tuple(moved),
        removed=(*gone, *(name for name in lost if name not in renamed)),
        anchors=tuple([name[1:] for name in rendered]) if rendered != names else (),
    )


def _fallback(versions: Mapping[str, Document], source: str, locale: Locale, held: Set[str]) -> str:
    """Return the language that is shown in place of a missing one: the first of its fallbacks that has a version."""
    chain = locale.chain if source not in held else (*locale.chain, source, *versions)
    return next((other for other in chain if other in versions and other not in held), source)
