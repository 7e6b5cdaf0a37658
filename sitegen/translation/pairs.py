"""Pairs each text of a page's source with its translation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.library.library import Library
from sitegen.library.section_pairs import NO_DIGEST, Pairing, heading_names, pair_sections, unchanged_sections
from sitegen.library.translated_parts import (
    OF_ONE_LANGUAGE,
    below_headings,
    is_unconfirmed,
    notes_name,
    recorded_below,
    records_of,
    translatable_parts,
)
from sitegen.model.kinds import Kind
from sitegen.model.page import Document, Page, State
from sitegen.source.files import read_text
from sitegen.translation.field_pairs import FieldPair, pair_field
from sitegen.translation.front_words import Words, front_words
from sitegen.translation.history import Earlier, Past, find_earlier, part_texts
from sitegen.translation.likeness import Was, is_contradicted
from sitegen.translation.places import certain_places, places_before
from sitegen.translation.segments import LETTER, Part, Segment, body_segments, joined, note_label, without_label


class Pairs(Struct, frozen=True):
    """The texts of a page's source, each with its translation or None."""

    texts: list[tuple[Segment, Segment | None]]
    pairing: Pairing | None = None  #: of the sections; None if there is no translation, or its body is a single text
    fields: Mapping[str, FieldPair] = field(default_factory=dict)  #: the fields; none if there is no translation
    before: Mapping[str, str] = field(default_factory=dict)  #: name of a text → what it was in the accepted source
    #: Names of texts beside which the translation of another text of their section may stand.
    unsure: Collection[str] = ()
    #: Name of a section whose texts stand elsewhere in the source → each of its texts with the one in whose place it belongs.
    moves: Mapping[str, list[tuple[Segment, Segment]]] = field(default_factory=dict)
    #: Code that the translation still has as it was in the accepted source → as it is now.
    code: Mapping[Segment, Segment] = field(default_factory=dict)
    #: Names of parts whose code or figures have changed in the source, or may have, where the translation has others.
    other_code: Collection[str] = ()
    past: Past = Past()  #: what git has of the accepted source
    lost: str = ""  #: the sections of the translation that the source no longer has

    def untold(self, source: Document, state: State) -> list[str]:
        """Return the sections to be removed, and the parts that have changed and no text to translate."""
        told = {part for segment, _ in self.texts for part in segment.parts}
        parts = {*self.fields, *heading_names(source), "#", notes_name(source.body.headings)}
        removed = [name for name in state.removed if self.pairing is not None or not name.startswith("#")]
        return [*removed, *(name for name in state.changed if name in parts - told and name not in removed)]

    @property
    def carrier(self) -> str:
        """The name of the text with which a translator agrees to changes of `untold` parts."""
        return self.texts[0][0].name if self.texts else ""


class _Accepted(Struct, frozen=True):
    """The source that a translation was accepted with, as far as it is known."""

    kind: Kind
    behind: Collection[str]  #: the parts that have changed in the source since
    earlier: Mapping[str, Earlier]  #: name of today → the part in git
    kept: Collection[str]  #: the parts that have not changed in the translation since
    records: Collection[str]  #: the parts that the source had then
    unknown: Collection[str]  #: sections that nobody has accepted, and that have changed since they were imported
    _files: dict[str, tuple[dict[str, Words], dict[str, Part]]] = field(default_factory=dict)

    def words(self, name: str, now: Words) -> Words | None:
        """Return a field as it was accepted; None if that is unknown."""
        if name not in self.behind:
            return now
        return self._file(self.earlier[name])[0].get(name) if name in self.earlier else None

    def segments(self, now: Part) -> list[Segment] | None:
        """Return the texts of a section as they were accepted; None if that is unknown."""
        if now.name not in self.behind:
            return now.segments
        found = self._part(now.name)
        return found.segments if found is not None else None

    def code(self, name: str, now: Part) -> list[tuple[str, int]] | None:
        """Return the code of a section, as `Part.code_of` does, as it was accepted; None if that is unknown."""
        if name in self.unknown:
            return None
        if self.records and name not in self.records:  # the source had no such part
            return []
        if name not in self.behind:
            return now.code_of(name)
        found = self._part(name)
        return found.code_of() if found is not None else None

    def text(self, names: Collection[str]) -> str:
        """Return the whole text of sections that have changed."""
        return "\n\n".join(self.earlier[name].text for name in names if name in self.earlier)

    def _part(self, name: str) -> Part | None:
        earlier = self.earlier.get(name)
        return self._file(earlier)[1].get(earlier.name) if earlier is not None else None

    def _file(self, earlier: Earlier) -> tuple[dict[str, Words], dict[str, Part]]:
        if earlier.commit not in self._files:
            sections = body_segments(earlier.file, earlier.document, _anchors(earlier.document))
            self._files[earlier.commit] = front_words(earlier.file, self.kind), {part.name: part for part in sections}
        return self._files[earlier.commit]


def _accepted(
    library: Library, page: Page, own: Document, pairing: Pairing | None, found: Mapping[str, Earlier]
) -> _Accepted:
    kind, records = library.kind(page.key), records_of(own)
    now, mine = translatable_parts(page.versions[page.source], kind), translatable_parts(own, kind)
    renamed = zip(*pairing, strict=True) if pairing is not None else ()
    earlier = {**found, **{name: found[was] for was, name in renamed if was in found and name}}
    behind = {name for name, (digest, _) in records.items() if digest not in (now.get(name), NO_DIGEST)}
    fields = {name for name, (_, digest) in records.items() if mine.get(name) == digest and not name.startswith("#")}
    texts, now_texts = recorded_below(own), below_headings(page.versions[page.source])
    unknown = {
        name for name, (digest, _) in records.items() if digest == NO_DIGEST and texts.get(name) != now_texts.get(name)
    }
    return _Accepted(kind, behind, earlier, {*fields, *unchanged_sections(own).values()}, records, unknown)


def pairing_by_words(
    source: Document, own: Document, text: str, state: State, found: Mapping[str, Earlier]
) -> Pairing | None:
    """Pair the sections of a translation as `pair_sections` does, unless their words in git show that others belong together.

    Args:
        text: the file of the source.
        found: the parts of the accepted source that have changed since, as `find_earlier` finds them.
    """
    pairing = pair_sections(source, own)
    if pairing is None or not found:
        return pairing
    words = {name for name, (_, digest) in records_of(own).items() if not is_unconfirmed(digest)}
    known = ((was, name) for was, name in zip(*pairing, strict=True) if was in words)
    accepted = [Was(found[was].text, name) for was, name in known if was in found]
    changed = set(state.changed).intersection(heading_names(source))
    now = {name: own for name, own in part_texts(text, source).items() if name in changed}
    return None if accepted and is_contradicted(accepted, now) else pairing


def pair(root: Path, library: Library, page: Page, language: str) -> Pairs:
    """Pair each segment of a page's source with its translation, or None.

    A section whose blocks don't match becomes a single segment, and so does one that has been renamed, as it may be another
    one; so does the whole body if it is not certain which sections belong together.
    """
    source, own = page.versions[page.source], page.written.get(language)
    kind = library.kind(page.key)
    text = read_text(root, source.path)
    front, body = front_words(text, kind), body_segments(text, source, _anchors(source))
    if own is None:
        words = (segment for value in front.values() for segment in value.texts if LETTER.search(segment.text))
        return Pairs([(segment, None) for segment in (*words, *(s for part in body for s in part.segments))])
    own_text = read_text(root, own.path)
    own_body = body_segments(own_text, own, _anchors(own))
    sections, own_sections = body[:-1], own_body[:-1]
    past = find_earlier(root, library, own) if page.states[language].changed else Past()
    found = past.parts
    pairing = pairing_by_words(source, own, text, page.states[language], found)
    accepted = _accepted(library, page, own, pairing, found)
    fields = dict(_paired_fields(front, front_words(own_text, kind), accepted))
    made = _Bodies(accepted)
    if pairing is not None:
        mine = dict(zip(("#", *pairing.rendered), own_sections, strict=True))
        lost = "\n\n".join(
            part.whole.text
            for name, part in zip(("#", *pairing.rendered), own_sections, strict=True)
            if not name and part.whole
        )
        unsure = {name for was, name in zip(*pairing, strict=True) if was != name}
        made.pair(sections, [mine.get(part.name) for part in sections], unsure)
    else:
        lost = ""
        bodies = joined(text, source, sections), joined(own_text, own, own_sections)
        made.pair(*bodies, unsure={part.name for part in bodies[0]})
    made.pair_notes(body[-1], own_body[-1])
    texts = [both for pair in fields.values() for both in pair.texts]
    before = {name: text for pair in fields.values() for name, text in pair.before.items()}
    before.update(made.before)
    other_code = {*made.other_code, *(name for name, pair in fields.items() if pair.other_figures)}
    return Pairs(
        [*texts, *made.texts], pairing, fields, before, made.unsure, made.moves, made.code, other_code, past, lost
    )


def old_code(root: Path, library: Library, page: Page, language: str) -> list[tuple[str, int]]:
    """Return part and place of the code and figures that are as in the source that was accepted, and others in today's.

    Nothing is asked of git where there are none.
    """
    own, kind = page.written[language], library.kind(page.key)
    text = read_text(root, own.path)
    code = (piece for part in body_segments(text, own, _anchors(own)) for piece in part.code)
    if not any(value.has_figures for value in front_words(text, kind).values()) and next(code, None) is None:
        return []
    pairs = pair(root, library, page, language)
    figures = ((name, value.start) for name, both in pairs.fields.items() for _, value in both.figures)
    return [*((now.part, piece.start) for piece, now in pairs.code.items()), *figures]


def _anchors(document: Document) -> list[str]:
    return [heading.anchor for heading in document.body.headings]


def _paired_fields(
    source: Mapping[str, Words], own: Mapping[str, Words], accepted: _Accepted
) -> Iterator[tuple[str, FieldPair]]:
    for name, now in source.items():
        earlier, is_as_accepted = accepted.words(name, now), name not in accepted.behind or name in accepted.kept
        pair = pair_field(now, own.get(name), earlier, is_as_accepted=is_as_accepted)
        if name in OF_ONE_LANGUAGE and name not in accepted.behind:  # each language has as many words as it likes
            pair = replace(pair, texts=[both for both in pair.texts if both[1] is not None])
        if name in OF_ONE_LANGUAGE:
            pair = replace(pair, figures=[], other_figures=[])
        elif name not in own and name not in accepted.records:
            pair.others.append(name)  # the source has gained it
        yield name, pair


class _Bodies:
    """The texts of a source's body, paired with those of its translation."""

    def __init__(self, accepted: _Accepted) -> None:
        self._accepted = accepted
        self.texts: list[tuple[Segment, Segment | None]] = []
        self.before: dict[str, str] = {}
        self.unsure: set[str] = set()
        self.moves: dict[str, list[tuple[Segment, Segment]]] = {}
        self.code: dict[Segment, Segment] = {}
        self.other_code: set[str] = set()

    def pair(self, source: Sequence[Part], own: Sequence[Part | None], unsure: Collection[str] = ()) -> None:
        """Pair the texts of sections; those of `unsure` ones are a single text each."""
        for theirs, mine in zip(source, own, strict=True):
            if mine is None:
                self.texts += ((segment, None) for segment in theirs.segments)
            elif theirs.name not in unsure and self._is_alike(theirs, mine):
                self._pair_blocks(theirs, mine)
                self._pair_code(theirs, mine)
            elif theirs.whole is not None:
                self.texts.append((theirs.whole, mine.whole))
                self.before[theirs.whole.name] = self._accepted.text(theirs.whole.parts)

    def _is_alike(self, theirs: Part, mine: Part) -> bool:
        """Whether a section has as many texts in the translation, and blocks around the same ones if it has changed."""
        is_changed = theirs.name in self._accepted.behind
        return _words(theirs) == _words(mine) and not (is_changed and theirs.marks != mine.marks)

    def _pair_blocks(self, theirs: Part, mine: Part) -> None:
        """Pair the texts of a section that has as many in the translation.

        A text whose own translation is unknown gets the one at its place, if this isn't another's; it is unsure then.
        """
        then, count = self._accepted.segments(theirs), len(theirs.segments)
        places: list[int | None] = [None] * count
        if then is not None:
            before = places_before(
                *([(own.word, own.text) for own in segments] for segments in (theirs.segments, then))
            )
            is_kept = theirs.name not in self._accepted.behind or theirs.name in self._accepted.kept
            places = certain_places(count, before, len(then), is_as_accepted=is_kept)
            known = zip(theirs.segments, before, strict=True)
            self.before.update((own.name, then[place].text) for own, place in known if place is not None)
        for number, segment in enumerate(theirs.segments):
            place = places[number]
            if place is None and number not in places:
                place = number
                if count > 1:
                    self.unsure.add(segment.name)
            found = mine.segments[place] if place is not None else None
            self.texts.append((segment, found if found is not None and found.word == segment.word else None))
        if [found for _, found in self.texts[-count:]] != mine.segments:
            self.moves[theirs.name] = list(zip(theirs.segments, mine.segments, strict=True))

    def _pair_code(self, theirs: Part, mine: Part) -> None:
        """Pair the code that has changed in the source since it was accepted with that of the translation."""
        names = theirs.whole.parts if theirs.whole is not None else (theirs.name,)
        then = {name: self._accepted.code(name, theirs) for name in names}
        changed = {name for name in names if then[name] != theirs.code_of(name)}
        now, own_code = theirs.code_of(), mine.code_of()
        if not changed or now == own_code:
            return
        before = [text for pieces in then.values() for text, _ in pieces or ()]
        is_in_place = [place for _, place in now] == [place for _, place in own_code]
        if None in then.values() or not is_in_place or len(before) != len(theirs.code):
            self.other_code |= changed
            return
        for was, code, own in zip(before, theirs.code, mine.code, strict=True):
            if was == own.text != code.text:
                self.code[own] = code
            elif code.text not in (was, own.text):
                self.other_code.add(code.part)

    def pair_notes(self, source: Part, own: Part) -> None:
        """Pair footnotes by label, or by order if no labels match."""
        labels = {note_label(segment.text): segment for segment in own.segments}
        is_alike = len(source.segments) == len(own.segments) and not any(
            note_label(segment.text) in labels for segment in source.segments
        )
        before = {note_label(segment.text): segment.text for segment in self._accepted.segments(source) or ()}
        elsewhere = {without_label(text): label for label, text in before.items()}
        for number, segment in enumerate(source.segments):
            label = note_label(segment.text)
            mine = own.segments[number] if is_alike else labels.get(label)
            self.texts.append((segment, mine))
            if label in before:
                self.before[segment.name] = before[label]
            if elsewhere.get(without_label(segment.text), label) != label:  # they have other numbers now
                self.unsure.update(other.name for other in source.segments)


def _words(part: Part) -> list[str]:
    return [segment.word for segment in part.segments]
