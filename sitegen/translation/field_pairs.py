"""Pairs the texts of a field with their translations, and puts a translation's list in the order of its source's.

An item of a list that is added, moved or removed in the source takes no other item's words: it has a translation only if
it is certain which one. A map's entries and a group's fields have names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml
from msgspec import Struct, field

from sitegen.source.edits import Edit
from sitegen.source.front_matter import find_entry, front_matter_span
from sitegen.source.scalars import scalar
from sitegen.translation.front_words import Words
from sitegen.translation.places import certain_places, places_before
from sitegen.translation.segments import LETTER, Segment, as_written

#: What YAML reads as the same in a list in brackets as elsewhere.
_SIMPLE = re.compile(r"[\w./+-]*")


class FieldPair(Struct, frozen=True):
    """A field of a source version and of its translation."""

    source: Words
    own: Words | None
    texts: list[tuple[Segment, Segment | None]] = field(default_factory=list)
    #: Figures, and other values without words, that are there as they were in the accepted source: as they are now, and there.
    figures: list[tuple[Words, Words]] = field(default_factory=list)
    other_figures: list[str] = field(
        default_factory=list
    )  #: those that are otherwise there, and have changed or may have
    gained: set[str] = field(default_factory=set)  #: entries of groups that the source has gained since
    lost: set[tuple[str, str]] = field(default_factory=set)  #: group and entry that the source has lost since
    before: dict[str, str] = field(default_factory=dict)  #: name of a text → what it was in the accepted source
    places: dict[str, list[int | None]] = field(default_factory=dict)  #: name of a list → the place of each item's own
    others: list[str] = field(default_factory=list)  #: the lists and maps that have other items than in the source

    @property
    def is_alike(self) -> bool:
        """Whether each text has its translation, and the lists and maps have the same items."""
        return not (self.missing or self.others)

    @property
    def missing(self) -> list[str]:
        """The names of the texts for which no translation is known."""
        return [segment.name for segment, own in self.texts if own is None]


def pair_field(source: Words, own: Words | None, earlier: Words | None, *, is_as_accepted: bool) -> FieldPair:
    """Pair the texts of a field.

    Args:
        earlier: the field in the source that was accepted, or of today's if none was.
        is_as_accepted: whether the translation has not been changed since.
    """
    pair = FieldPair(source, own)
    _pair(pair, source, own, earlier, is_as_accepted)
    return pair


def _pair(pair: FieldPair, source: Words, own: Words | None, earlier: Words | None, is_as_accepted: bool) -> None:
    own = own if own is not None and own.written else None
    if source.parts is None:
        _pair_value(pair, source, own, earlier)
    elif source.is_list:
        mine, then = (own.parts or () if own is not None else ()), (earlier.parts if earlier is not None else None)
        places, before = _places(source.parts or (), mine, then, is_as_accepted)
        pair.places[source.name] = places
        if places != list(range(len(mine))):
            pair.others.append(source.name)
        for item, place, was in zip(source.parts or (), places, before, strict=True):
            found = None if place is None else mine[place]
            _pair(pair, item, found, None if then is None or was is None else then[was], is_as_accepted)
    else:
        known = own.by_key if own is not None else {}
        if source.is_free and known.keys() != source.by_key.keys():
            pair.others.append(source.name)
        if not source.is_free and own is not None:
            _pair_entries(pair, source, own, earlier)
        then_known = earlier.by_key if earlier is not None else {}
        for part in source.parts or ():
            _pair(pair, part, known.get(part.key), then_known.get(part.key), is_as_accepted)


def _pair_value(pair: FieldPair, source: Words, own: Words | None, earlier: Words | None) -> None:
    """Pair a text or another value; one without letters is not exported, but treated as code in a body."""
    now, then = source.segment, earlier.segment if earlier is not None else None
    if now is not None and then is not None:
        pair.before[now.name] = then.text
    if now is not None and LETTER.search(now.text):
        pair.texts.append((now, own.segment if own is not None else None))
        return
    before = earlier.content if earlier is not None else None
    if own is None or source.is_own or source.content in (own.content, before):
        return
    if before == own.content and not (own.is_block and "#" in own.written):  # so no comment is lost
        pair.figures.append((source, own))
    else:
        pair.other_figures.append(source.name)


def _pair_entries(pair: FieldPair, source: Words, own: Words, earlier: Words | None) -> None:
    """Note the entries that a group has gained or lost in the source since it was accepted, as far as that is known."""
    gained = [part for key, part in source.by_key.items() if key not in own.by_key and not _is_translated(part)]
    lost = [part for key, part in own.by_key.items() if key not in source.by_key]
    others = [part for part in (*gained, *lost) if not part.is_own]
    if earlier is None:
        pair.other_figures.extend(part.name for part in others)
        return
    for part in others:
        is_lost = part.key in own.by_key
        if is_lost == (part.key in earlier.by_key):
            pair.others.append(source.name)
            if is_lost:
                pair.lost.add((source.name, part.key))
            else:
                pair.gained.add(part.name)


def _places(
    now: Sequence[Words], own: Sequence[Words], earlier: Sequence[Words] | None, is_as_accepted: bool
) -> tuple[list[int | None], list[int | None]]:
    """Return for each item of a source its place in the translation, and in the source that was accepted."""
    if _have_ids(now) and _have_ids(own):
        return [_by_id(own, item) for item in now], [_by_id(earlier or (), item) for item in now]
    if earlier is None:
        return [0] if len(now) == len(own) == 1 else [None] * len(now), [None] * len(now)
    before = places_before([item.content for item in now], [item.content for item in earlier])
    return certain_places(len(own), before, len(earlier), is_as_accepted=is_as_accepted), before


def _have_ids(items: Sequence[Words]) -> bool:
    return all(item.id for item in items) and len({item.id for item in items}) == len(items)


def _by_id(items: Sequence[Words], wanted: Words) -> int | None:
    return next((place for place, item in enumerate(items) if item.id == wanted.id), None)


# writing


def in_place(pair: FieldPair, texts: Mapping[str, str]) -> Iterator[Edit]:
    """Yield the edits that write new texts, by name, where a translation has their counterparts."""
    for segment, own in pair.texts:
        if own is not None and segment.name in texts and texts[segment.name] != own.text:
            yield Edit(own.start, own.end, as_written(texts[segment.name], own.style))
    for now, value in pair.figures:
        if now.name in texts:
            yield _value(value, texts[now.name])


def copies(pair: FieldPair) -> dict[str, str]:
    """Return what is written for figures, by name."""
    return {now.name: now.segment.text if now.segment is not None else _copied(now.node) for now, _ in pair.figures}


def _value(own: Words, text: str) -> Edit:
    """Return the edit that writes another value without words; a list or group in brackets stands farther in than its key."""
    written = as_written(text, own.segment.style) if own.segment is not None else "  " * own.is_block + text
    return Edit(own.start, own.end, written)


def as_source(pair: FieldPair, texts: Mapping[str, str], text: str) -> Edit:
    """Return the edit that gives a translation's field the items of its source; its comments stay.

    Args:
        texts: name → new text; one for each of the `missing` ones.
        text: the file of the translation.
    """
    name, entry = pair.source.name, find_entry(text, pair.source.name)
    if pair.own is None or entry is None:
        end = front_matter_span(text)[1]
        return Edit(
            end, end, "".join(f"{line}\n" for line in _Renewal(pair, texts, text).lines(pair.source, is_part=True))
        )
    if not pair.own.written:
        return Edit(entry.colon, entry.last, _Renewal(pair, texts, text).behind_key(pair.source))
    new = _edited(text, _Renewal(pair, texts, text).edits(pair.source, pair.own))
    own = find_entry(new, name)
    assert own is not None
    left = Counter(comment.text for comment in entry.comments) - Counter(comment.text for comment in own.comments)
    return Edit(entry.start, entry.end, new[own.start : own.end] + "".join(f"  {line}\n" for line in left.elements()))


def _edited(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class _Renewal(Struct, frozen=True):
    """A field of a translation that gets the items of its source."""

    pair: FieldPair
    texts: Mapping[str, str]
    text: str

    def edits(self, source: Words, own: Words) -> Iterator[Edit]:
        """Yield the edits to a value; they do not overlap."""
        new = self.texts.get(source.name)
        if source.segment is not None and own.segment is not None and new is not None and new != own.segment.text:
            space = "" if own.written else " "
            yield Edit(own.start, own.segment.end, space + as_written(new, own.segment.style))
        elif source.segment is None and source.parts is None and new is not None:
            yield _value(own, new)
        if source.parts is None or own.parts is None:
            return
        wanted = self._items(source, own) if source.is_list else self._entries(source, own)
        if [place for _, place in wanted] == list(range(len(own.parts))):
            for part, place in wanted:
                if part is not None and place is not None:
                    yield from self.edits(part, own.parts[place])
            return
        yield self._whole(source, own, wanted)

    def _items(self, source: Words, own: Words) -> list[tuple[Words | None, int | None]]:
        return list(zip(source.parts or (), self.pair.places[source.name], strict=True))

    def _entries(self, source: Words, own: Words) -> list[tuple[Words | None, int | None]]:
        """The entries of a translation, with those that it lacks; none of a map that the source does not have."""
        theirs, mine = source.by_key, own.by_key
        kept: list[tuple[Words | None, int | None]] = [
            (theirs.get(key), place)
            for place, key in enumerate(mine)
            if key in theirs or not (source.is_free or (source.name, key) in self.pair.lost)
        ]
        gained = (part for key, part in theirs.items() if key not in mine)
        lacking = [part for part in gained if source.is_free or _is_translated(part) or part.name in self.pair.gained]
        return [*kept, *((part, None) for part in lacking)]

    def _whole(self, source: Words, own: Words, wanted: Sequence[tuple[Words | None, int | None]]) -> Edit:
        """Replace a list, group or map by one with other items, in the form that it has."""
        if not own.parts:
            return Edit(own.start, own.end, self._in_brackets(source))
        first = own.parts[0].begin
        column = first - self.text.rfind("\n", 0, first) - 1
        line = "\n" + " " * column
        ends = [part.end if own.is_flow else self._end_of_line(part.end) for part in own.parts]
        pieces = []
        for part, place in wanted:
            if place is not None:
                mine = own.parts[place]
                pieces.append(self._piece(part, mine, ends[place]))
                if not own.is_flow and place and (above := self._comments(ends[place - 1], mine.begin)):
                    pieces[-1] = line.join([*above, pieces[-1]] if pieces[1:] else [pieces[-1], *above])
            elif part is not None:
                lines = [self._in_brackets(part, has_key=True)] if own.is_flow else self.lines(part, is_part=True)
                pieces.append(line.join(lines))
        joined = (", " if own.is_flow else line).join(pieces)
        return Edit(first, ends[-1], joined or ("" if own.is_flow else "  []"))

    def _piece(self, source: Words | None, own: Words, end: int) -> str:
        """An item or entry of the translation with its new texts, from its dash or key to the end of its line."""
        piece = self.text[own.begin : end]
        inside = self.edits(source, own) if source is not None else ()
        return _edited(piece, (Edit(e.start - own.begin, e.end - own.begin, e.text.rstrip("\n")) for e in inside))

    def _comments(self, start: int, end: int) -> list[str]:
        lines = (line.strip() for line in self.text[start:end].split("\n"))
        return [line for line in lines if line.startswith("#")]

    def _end_of_line(self, place: int) -> int:
        return self.text.index("\n", place)

    def behind_key(self, words: Words) -> str:
        """Return a value of the source with new texts, as it stands behind the colon."""
        lines = self.lines(words)
        return "".join(f"\n  {line}" for line in lines) if words.parts else f" {lines[0]}"

    def lines(self, words: Words, *, is_part: bool = False) -> list[str]:
        """Return a value of the source with new texts as lines; as a part, with its dash or key."""
        if is_part and words.key:
            return (scalar(words.key) + ":" + self.behind_key(words)).rstrip().split("\n")
        if is_part:
            first, *others = self.lines(words)
            return [f"- {first}", *("  " + line for line in others)]
        if not words.parts:
            return [self._in_brackets(words)]
        return [line for part in words.parts if not part.is_left_out for line in self.lines(part, is_part=True)]

    def _in_brackets(self, words: Words, *, has_key: bool = False) -> str:
        if has_key and words.key:
            return f"{scalar(words.key)}: {self._in_brackets(words)}"
        if words.parts is None:
            if words.name in self.texts:
                return scalar(self.texts[words.name])
            return _copied(words.node)
        inside = ", ".join(self._in_brackets(part, has_key=True) for part in words.parts if not part.is_left_out)
        return f"[{inside}]" if words.is_list else f"{{{inside}}}"


def _is_translated(words: Words) -> bool:
    return any(LETTER.search(segment.text) for segment in words.texts)


def _copied(node: Any) -> str:
    """A value that is not translated, on one line."""
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(map(_copied, node.value))}]"
    if isinstance(node, yaml.MappingNode):
        return f"{{{', '.join(f'{scalar(key.value)}: {_copied(value)}' for key, value in node.value)}}}"
    return str(node.value) if not node.style and _SIMPLE.fullmatch(node.value) else scalar(node.value)
