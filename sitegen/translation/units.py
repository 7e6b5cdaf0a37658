"""Units for the translators of a language: each text of the pages and messages with its translation."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from sitegen.i18n.own_messages import own_messages
from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import catalog_path, is_translated, read_po
from sitegen.library.library import Library
from sitegen.library.section_pairs import Pairing, heading_names, pair_sections
from sitegen.library.translated_parts import records_of, translatable_parts
from sitegen.model.page import Document, Page, State
from sitegen.model.settings import Config
from sitegen.problems.problem import listing
from sitegen.source.files import read_text
from sitegen.source.theme_layers import Layers
from sitegen.translation.history import Earlier, find_earlier
from sitegen.translation.segments import Part, Segment, body_segments, front_segments, joined, note_label
from sitegen.translation.texts import Unit

#: Notes at a text on what import does once it is confirmed.
_MOVED = (
    "This section stands elsewhere in the source now. Once this text is confirmed, import moves the translation too."
)
_UNTOLD = "The source has lost, moved or added sections without a text to translate: {}. Once this text is confirmed, import does the same here."
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


class Pairs(Struct, frozen=True):
    """The texts of a page's source, each with its translation or None."""

    texts: list[tuple[Segment, Segment | None]]
    pairing: Pairing | None = None  #: of the sections; None if there is no translation, or its body is a single text

    def untold(self, source: Document, state: State) -> list[str]:
        """Return the sections to be removed, and those to be moved or added that have no text to translate."""
        if self.pairing is None:
            return []
        told = {part for segment, _ in self.texts for part in segment.parts}
        others = [name for name in heading_names(source) if name in state.changed and name not in told]
        wanted = [name for name in others if name in state.moved or name not in self.pairing.rendered]
        return [*state.removed, *wanted]

    @property
    def carrier(self) -> str:
        """The name of the text with which a translator agrees to changes of `untold` sections."""
        return self.texts[0][0].name if self.texts else ""


def _page_units(root: Path, library: Library, page: Page, language: str) -> Iterator[Unit]:
    document, state = page.written.get(language), page.states[language]
    source = page.versions[page.source]
    pairs = pair(root, library, page, language)
    earlier = _earlier(root, library, document, pairs) if document is not None and state.changed else {}
    address = library.config.origin_of(language) + library.url(page.key, language)
    notes = (str(source.words.get("title", page.key)), address)
    before = {segment.name: _earlier_text(earlier, segment) for segment, _ in pairs.texts}
    changed, gone = set(state.changed), gone_sections(library, page, state)
    touched = {segment.part for segment, _ in pairs.texts if before[segment.name] != segment.text}
    news = _news(library, page, state, pairs)
    same = _only_moved(library, page, document) if document is not None and pairs.pairing is not None else set()
    for segment, target in pairs.texts:
        text = target.text if target is not None else ""
        is_same = (
            before[segment.name] == segment.text and segment.part in touched
        )  # only others of its part have changed
        is_same = (is_same or segment.part in same) and segment.name not in news
        is_behind = not changed.isdisjoint(segment.parts) or (segment.sections and gone) or segment.name in news
        written = "stale" if is_behind and not is_same else "current"
        name = "missing" if not text else "untracked" if state.name == "untracked" else written
        told = (*notes, *news.get(segment.name, ()))
        yield Unit(page.key, segment.name, segment.text, text, name, "" if is_same else before[segment.name], told)


def _earlier(root: Path, library: Library, document: Document, pairs: Pairs) -> dict[str, Earlier]:
    """Find the earlier versions of the source's parts, by their names of today."""
    found = find_earlier(root, library, document)
    renamed = zip(*pairs.pairing, strict=True) if pairs.pairing is not None else ()
    return {**found, **{name: found[was] for was, name in renamed if was in found and name}}


def _only_moved(library: Library, page: Page, document: Document) -> set[str]:
    """Return the sections that stand elsewhere in the source, but with the same words."""
    records = records_of(document)
    parts = translatable_parts(page.versions[page.source], library.kind(page.key))
    return {name for name in page.states[document.language].moved if records[name][0] == parts[name]}


def _news(library: Library, page: Page, state: State, pairs: Pairs) -> dict[str, list[str]]:
    """Tell translators what import does with sections: name of a text → notes."""
    firsts = dict[str, str]()
    for segment, _ in pairs.texts if pairs.pairing is not None else ():
        firsts.setdefault(segment.part, segment.name)
    told = {firsts[name]: [_MOVED] for name in state.moved if name in firsts}
    if untold := pairs.untold(page.versions[page.source], state):
        told.setdefault(pairs.carrier, []).append(_UNTOLD.format(listing(untold)))
    return told


def gone_sections(library: Library, page: Page, state: State) -> list[str]:
    """Return the sections that a translation has been made from and that the source no longer has."""
    parts = translatable_parts(page.versions[page.source], library.kind(page.key))
    return [name for name in state.changed if name.startswith("#") and name not in parts]


def _earlier_text(earlier: Mapping[str, Earlier], segment: Segment) -> str:
    """Return the block of the earlier source at the segment's position, or the whole part if there is no such block.

    For a segment of several sections, return those that have changed.
    """
    if segment.sections:
        return "\n\n".join(earlier[part].text for part in segment.sections if part in earlier)
    if segment.part not in earlier:
        return ""
    if segment.word:
        return ""
    text = earlier[segment.part].text
    if label := note_label(segment.text):
        notes = re.split(r"\n\n(?=\[\^)", text)
        return next((note for note in notes if note_label(note) == label), text)
    if re.search(r"^[ \t>]*:::?[a-z]", text, re.MULTILINE):
        return text
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    number = int(segment.name.rpartition(".")[2]) if segment.name != segment.part and segment.style is None else -1
    number -= 1 if segment.part == "#" else 0
    return blocks[number] if 0 <= number < len(blocks) else text


def pair(root: Path, library: Library, page: Page, language: str) -> Pairs:
    """Pair each segment of a page's source with its translation, or None.

    A section whose blocks don't match becomes a single segment, and so does one that has been renamed, as it may be another
    one; so does the whole body if it is not certain which sections belong together.
    """
    source, own = page.versions[page.source], page.written.get(language)
    kind = library.kind(page.key)
    text = read_text(root, source.path)
    front, body = front_segments(text, kind), body_segments(text, source, _anchors(source))
    if own is None:
        return Pairs(
            [(segment, None) for segment in (*front, *(segment for part in body for segment in part.segments))]
        )
    own_text = read_text(root, own.path)
    words = {segment.name: segment for segment in front_segments(own_text, kind)}
    pairs = [(segment, words.get(segment.name)) for segment in front]
    pairs = [(segment, found) for segment, found in pairs if found is not None or "[" not in segment.name]
    own_body = body_segments(own_text, own, _anchors(own))
    sections, own_sections = body[:-1], own_body[:-1]
    pairing = pair_sections(source, own)
    if pairing is not None:
        mine = dict(zip(("#", *pairing.rendered), own_sections, strict=True))
        unsure = {name for was, name in zip(*pairing, strict=True) if was != name}
        texts = list(_paired_bodies(sections, [mine.get(part.name) for part in sections], unsure))
    else:
        texts = list(_paired_bodies(joined(text, source, sections), joined(own_text, own, own_sections)))
    notes = _paired_notes(body[-1].segments, own_body[-1].segments, texts)
    return Pairs([*pairs, *texts, *notes], pairing)


def _words(part: Part) -> list[str]:
    return [segment.word for segment in part.segments]


def _anchors(document: Document) -> list[str]:
    return [heading.anchor for heading in document.body.headings]


def _paired_bodies(
    source: Sequence[Part], own: Sequence[Part | None], unsure: Collection[str] = ()
) -> Iterator[tuple[Segment, Segment | None]]:
    for theirs, mine in zip(source, own, strict=True):
        if mine is None:
            yield from ((segment, None) for segment in theirs.segments)
        elif theirs.name not in unsure and _words(theirs) == _words(mine):
            yield from zip(theirs.segments, mine.segments, strict=True)
        elif theirs.whole is not None:
            yield theirs.whole, mine.whole


def _paired_notes(
    source: list[Segment], own: list[Segment], texts: list[tuple[Segment, Segment | None]]
) -> Iterator[tuple[Segment, Segment | None]]:
    """Pair footnotes by label, or by order if no labels match; skip footnotes that are part of another segment."""
    labels = {note_label(segment.text): segment for segment in own}
    is_alike = len(source) == len(own) and not any(note_label(segment.text) in labels for segment in source)
    for number, segment in enumerate(source):
        mine = own[number] if is_alike else labels.get(note_label(segment.text))
        if not any(theirs.holds(segment) or (mine and other and other.holds(mine)) for theirs, other in texts):
            yield segment, mine


def _message_units(root: Path, config: Config, language: str) -> Iterator[Unit]:
    path = catalog_path(config.languages[language])
    own = read_po(root, path, config.languages[language].tag) if (root / path).exists() else None
    known = {(message.context, message.id): message for message in own if message.id} if own is not None else {}
    count = plural_forms(config.languages[language].tag)[0] if own is None else own.num_plurals
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
        yield Unit("", message_name(message), source, target, state, "", notes, plural)


def message_name(message: Any) -> str:
    """Return the name of a message in an exchange file."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {text}" if message.context else text
