"""Puts the sections of a translation in the order of its source: moves, adds and removes whole sections."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from msgspec.structs import replace

from sitegen.library.section_pairs import Pairing, heading_names
from sitegen.model.page import Document
from sitegen.source.front_matter import front_matter_span
from sitegen.translation.segments import Segment, note_ranges, with_texts, without_facts


def new_order(
    pairing: Pairing, wanted: Sequence[str], waiting: Collection[str], added: Collection[str], *, keeps_lost: bool
) -> list[int | str]:
    """Return the sections of a translation as they are to stand: an index for its own, a name for an added one.

    Args:
        wanted: the sections of the source.
        waiting: sections that stay below the one that they are below now.
        keeps_lost: whether sections that the source no longer has stay too.
    """
    places = {name: place for place, name in enumerate(pairing.rendered) if name and name not in waiting}
    order = [places.get(name, name) for name in wanted if name in places or name in added]
    above, placed = None, set(places.values())
    for place, name in enumerate(pairing.rendered):
        if name in waiting or (not name and keeps_lost):
            order.insert(0 if above is None else order.index(above) + 1, place)
        elif place not in placed:
            continue
        above = place
    return order


def arranged(
    text: str, document: Document, order: Sequence[int | str], added: Mapping[str, str], *, has_opening: bool
) -> str:
    """Return a file with its sections in a new order; footnotes of removed sections, and those at the end, go to the end.

    Args:
        added: name → text of a new section.
        has_opening: whether the text before the first heading stays.
    """
    lines = text.split("\n")
    first = text[: front_matter_span(text)[1]].count("\n") + 1
    bounds = [first, *(heading.line - 1 for heading in document.body.headings), len(lines)]
    pieces = list(pairwise(bounds))
    last = len(pieces) - 2
    left = [pieces[place + 1] for place in range(last + 1) if place not in order or (place == last != order[-1])]
    left += [] if has_opening else pieces[:1]
    notes = [(begin, end) for begin, end in note_ranges(lines, document) if any(a <= begin < b for a, b in left)]
    aside = {line for begin, end in notes for line in range(begin, end)}
    blocks = [
        added[item] if isinstance(item, str) else _lines(lines, pieces[item + 1], aside)
        for item in ([-1] if has_opening else []) + list(order)
    ]
    blocks += ["\n".join(lines[begin:end]) for begin, end in notes]
    body = "\n\n".join(block.strip("\n") for block in blocks if block.strip())
    blank = next((number for number, line in enumerate(lines[first:]) if line.strip()), 0)
    return "\n".join([*lines[: first + blank], body]) + text[len(text.rstrip("\n")) :]


def _lines(lines: Sequence[str], piece: tuple[int, int], aside: Collection[int]) -> str:
    return "\n".join(lines[number] for number in range(*piece) if number not in aside)


def without_lines(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return a file without some of its lines, and the blank ones below them."""
    lines, gone = text.split("\n"), set[int]()
    for begin, end in ranges:
        stop = next((number for number in range(end, len(lines)) if lines[number].strip()), len(lines))
        gone.update(range(begin, stop))
    kept = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    return kept.rstrip("\n") + text[len(text.rstrip("\n")) :]


def sections_of(text: str, document: Document, changes: Mapping[str, Mapping[Segment, str]]) -> dict[str, str]:
    """Return sections of a source version with other texts, without facts and footnotes.

    Args:
        changes: the name of each section that is wanted → the new texts of its segments.
    """
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    numbers = {name: number for number, name in enumerate(heading_names(document))}
    bounds = [*(starts[heading.line - 1] for heading in document.body.headings), len(text) + 1]
    new = {segment: own for texts in changes.values() for segment, own in texts.items()}
    cuts = {**new, **without_facts(text, document, new), **dict.fromkeys(_notes(lines, starts, document), "")}
    ordered = sorted(cuts, key=lambda segment: segment.start)
    places = [segment.start for segment in ordered]

    def section(start: int, end: int) -> str:
        inside = [s for s in ordered[bisect_left(places, start) : bisect_left(places, end)] if s.end <= end]
        return with_texts(
            text[start:end], {replace(s, start=s.start - start, end=s.end - start): cuts[s] for s in inside}
        )

    return {name: section(*bounds[numbers[name] : numbers[name] + 2]) for name in changes}


def _notes(lines: Sequence[str], starts: Sequence[int], document: Document) -> Iterator[Segment]:
    for begin, end in note_ranges(lines, document):
        yield Segment("", "\n".join(lines[begin:end]), starts[begin], starts[end] - 1)
