"""Units for the translators of a language: each text of the pages and messages with its translation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sitegen.i18n.own_messages import own_messages
from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import catalog_path, is_translated, read_po
from sitegen.library.library import Library
from sitegen.library.translated_parts import (
    Records,
    is_accepted,
    is_unconfirmed,
    records_of,
    translatable_parts,
    unconfirmed,
)
from sitegen.model.page import Page, State
from sitegen.model.settings import Config
from sitegen.problems.problem import listing
from sitegen.source.theme_layers import Layers
from sitegen.translation.pairs import Pairs, pair
from sitegen.translation.texts import Unit

#: Notes at a text on what import does once it is confirmed.
_MOVED = (
    "This section stands elsewhere in the source now. Once this text is confirmed, import moves the translation too."
)
_UNTOLD = (
    "Changed in the source without a text to translate: {}. Once this text is confirmed, import does the same here."
)
_UNREAD = "The earlier source is not shown: {}."
#: Called with (pages done, total number of pages) to show progress.
Progress = Callable[[int, int], None]


def find_units(root: Path, library: Library, language: str, progress: Progress | None = None) -> Iterator[Unit]:
    """Yield each text with its translation into a language: those of pages first, then messages."""
    for number, page in enumerate(library.pages.values(), 1):
        is_kept = page.facts.get("translate") is False and language not in page.versions
        if language in page.states and page.source != language and not is_kept:
            yield from _page_units(root, library, page, language)
        if progress is not None:
            progress(number, len(library.pages))
    yield from _message_units(root, library.config, language)


def _page_units(root: Path, library: Library, page: Page, language: str) -> Iterator[Unit]:
    document, state = page.written.get(language), page.states[language]
    source = page.versions[page.source]
    pairs = pair(root, library, page, language)
    address = library.config.origin_of(language) + library.url(page.key, language)
    notes = (str(source.words.get("title", page.key)), address)
    before = {segment.name: pairs.before.get(segment.name, "") for segment, _ in pairs.texts}
    changed, gone = set(state.changed), gone_sections(library, page, state)
    records = records_of(document) if document is not None else {}
    parts = translatable_parts(source, library.kind(page.key))
    touched = {segment.part for segment, _ in pairs.texts if before[segment.name] != segment.text}
    touched -= _mixed(records, parts)
    untold = {pairs.carrier: names} if (names := tuple(pairs.untold(source, state))) else {}
    news = _news(state, pairs, untold)
    same = _only_moved(state.moved, records, parts) if pairs.pairing is not None else set()
    for segment, target in pairs.texts:
        text = target.text if target is not None else ""
        is_same = (
            before[segment.name] == segment.text and segment.part in touched
        )  # only others of its part have changed
        is_same = (is_same or segment.part in same) and segment.name not in news and segment.name not in pairs.unsure
        is_behind = not changed.isdisjoint(segment.parts) or (segment.sections and gone) or segment.name in news
        written = "stale" if is_behind and not is_same else "current"
        name = "missing" if not text else "untracked" if state.name == "untracked" else written
        earlier = before[segment.name] if is_behind and not is_same else ""
        is_unknown = name == "stale" and not earlier and pairs.past.unread
        told = (*notes, *news.get(segment.name, ()), *([_UNREAD.format(pairs.past.why_missing)] if is_unknown else ()))
        own = (*untold[segment.name], *([pairs.lost] if pairs.lost else ())) if segment.name in untold else ()
        yield Unit(page.key, segment.name, segment.text, text, name, earlier, told, untold=own)


def _mixed(records: Records, parts: Mapping[str, str]) -> set[str]:
    """Return the parts some of whose words were imported unconfirmed for another version of the source than today's."""
    recorded = {name: digest for name, (_, digest) in records.items() if is_unconfirmed(digest)}
    return {name for name, digest in recorded.items() if digest != unconfirmed(parts.get(name, ""))}


def _only_moved(moved: Iterable[str], records: Records, parts: Mapping[str, str]) -> set[str]:
    """Return the sections that stand elsewhere in the source, but with the same words; some had other names when accepted."""
    return {name for name in moved if is_accepted(records, name, parts[name])}


def _news(state: State, pairs: Pairs, untold: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Tell translators what import does with sections: name of a text → notes."""
    firsts = dict[str, str]()
    for segment, _ in pairs.texts if pairs.pairing is not None else ():
        firsts.setdefault(segment.part, segment.name)
    told = {firsts[name]: [_MOVED] for name in state.moved if name in firsts}
    for name, sections in untold.items():
        what = dict(zip(state.changed, state.told, strict=True))
        told.setdefault(name, []).append(_UNTOLD.format(listing(what[section] for section in sections)))
    return told


def gone_sections(library: Library, page: Page, state: State) -> list[str]:
    """Return the sections that a translation has been made from and that the source no longer has."""
    parts = translatable_parts(page.versions[page.source], library.kind(page.key))
    return [name for name in state.changed if name.startswith("#") and name not in parts]


def _message_units(root: Path, config: Config, language: str) -> Iterator[Unit]:
    path = catalog_path(config.languages[language])
    own = read_po(root, path, config.languages[language].tag) if (root / path).exists() else None
    known = {(message.context, message.id): message for message in own if message.id} if own is not None else {}
    count, rule = plural_forms(config.languages[language].tag) if own is None else (own.num_plurals, own.plural_expr)
    is_source = language == config.source_language
    for message in own_messages(Layers.of(root, config.theme), config.languages[language], is_source=is_source):
        found = known.get((message.context, message.id))
        source, plural = (message.id, "") if isinstance(message.id, str) else message.id
        forms = found.string if found is not None and any(found.string) else ("",) * count if plural else ""
        target = "\0".join(forms) if isinstance(forms, (tuple, list)) else forms
        is_whole = found is not None and is_translated(found)
        state = "current" if is_whole else "stale" if target.strip("\0") else "missing"
        places = tuple(place for place, _ in message.locations)
        notes = (*message.auto_comments, *places)
        yield Unit("", message_name(message), source, target, state, "", notes, plural, rule if plural else "")


def message_name(message: Any) -> str:
    """Return the name of a message in an exchange file, which no other has: its context ends at the first plain `: `."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    context = (message.context or "").replace("\\", r"\\").replace(": ", r"\: ")
    return f"{context}: {text}" if context or ": " in text else text
