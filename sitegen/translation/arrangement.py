"""Puts the sections of a translation in the order of its source: moves, adds and removes whole sections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from sitegen.library.section_pairs import Pairing
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


def section_of(text: str, document: Document, number: int, changes: Mapping[Segment, str]) -> str:
    """Return a section of a source version with other texts, without facts and footnotes.

    Args:
        number: the index of its heading.
    """
    lines = text.split("\n")
    bounds = [*(heading.line - 1 for heading in document.body.headings), len(lines)]
    start, end = (len("\n".join([*lines[:line], ""])) for line in bounds[number : number + 2])
    cuts = {**changes, **without_facts(text, document, changes), **dict.fromkeys(_notes(lines, document), "")}
    inside = {s: new for s, new in cuts.items() if start <= s.start and s.end <= end}
    moved = {replace(s, start=s.start - start, end=s.end - start): new for s, new in inside.items()}
    return with_texts(text[start:end], moved)


def _notes(lines: Sequence[str], document: Document) -> Iterator[Segment]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for begin, end in note_ranges(lines, document):
        yield Segment("", "\n".join(lines[begin:end]), starts[begin], starts[end] - 1)
