"""Which block of the source each block of a translation renders, and so which facts it has."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from sitegen.library.section_pairs import heading_names, likely_pairing, unplaced_sections
from sitegen.library.translated_parts import (
    block_digest,
    is_unconfirmed,
    recorded_blocks,
    records_of,
    section_name,
    unconfirmed,
)
from sitegen.model.page import Block, Document


def paired_blocks(source: Document, own: Document) -> dict[int, Block]:
    """Return the blocks of a translation by number, each with the block of the source that it renders and so has the facts of.

    In a section that has changed in the source, a block is the one that has the words or the facts with which it was accepted; if
    the translation has changed too, only where this is the block at its place. Otherwise, and in words that an import has written
    for today's source, blocks of one type are paired in their order if a section has as many of them in both languages. If it isn't
    known which is which, none of them is paired.
    """
    if not own.body.blocks:
        return {}
    if records_of(own):
        pairs = _recorded_pairs(source, own)
    else:
        pairs = dict(blocks_in_order(source, own, range(len(own.body.blocks)), range(len(source.body.blocks))))
    blocks = source.body.blocks
    return {
        number: blocks[other] for number, other in pairs.items() if own.body.blocks[number].name == blocks[other].name
    }


def _recorded_pairs(source: Document, own: Document) -> dict[int, int]:
    """Pair the blocks of a translation that has records, by number, section by section."""
    now, then, (recorded, names) = heading_names(source), recorded_blocks(own), likely_pairing(source, own)
    mine, theirs = blocks_of_sections(own, names), blocks_of_sections(source, now)
    known = {"#": "#", **dict(zip(names, recorded, strict=True))}
    versions, pairs = _versions_of_sections(source, own, known, names), dict[int, int]()
    unplaced = unplaced_sections(source, own) if names != now else set[str]()
    for section in mine.keys() & theirs.keys() - unplaced:
        before, version = then.get(known[section], ()), versions.get(section, _Version.OF_TODAY)
        pairs.update(_pairs_of_blocks(source, own, mine[section], theirs[section], before, version))
    return pairs


def blocks_of_sections(document: Document, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the numbers of the blocks in each section."""
    starts, found = [heading.line for heading in document.body.headings], dict[str, list[int]]()
    for number, block in enumerate(document.body.blocks):
        place = bisect_right(starts, block.mark.line)
        section = names[place - 1] if place else "#"
        if section:
            found.setdefault(section, []).append(number)
    return found


class _Version(Enum):
    """Which version of a section of the source its translation renders."""

    OF_TODAY = "that of today, or it is not known"
    AS_ACCEPTED = "the one that was accepted"
    EDITED = "perhaps a later one than was accepted"
    IMPORTED = "that of today in some texts, unconfirmed"
    OF_OTHERS = "another one in some texts, unconfirmed"


def _pairs_of_blocks(
    source: Document,
    own: Document,
    mine: Sequence[int],
    theirs: Sequence[int],
    before: Sequence[str],
    version: _Version,
) -> dict[int, int]:
    """Pair the blocks of a section, as `paired_blocks` says.

    Args:
        before: the digests of the blocks that were accepted; none if they are not recorded.
    """
    in_order = dict(blocks_in_order(source, own, mine, theirs))
    if version == _Version.OF_OTHERS:
        return {}
    if version == _Version.OF_TODAY or not before:
        return in_order
    if len(before) != len(mine):
        return in_order if version == _Version.IMPORTED else {}
    found = dict(_blocks_as_accepted(source, mine, theirs, before))
    return found if version == _Version.AS_ACCEPTED else dict(found.items() & in_order.items())


def _versions_of_sections(
    source: Document, own: Document, known: Mapping[str, str], names: Sequence[str]
) -> dict[str, _Version]:
    """Return section of today's source → which version of it the translation renders.

    Args:
        known: section of today's source → its recorded name.
        names: the section of today's source that each section of the translation renders.
    """
    records, headings, places = records_of(own), source.body.headings, dict(enumerate(("#", *names), -1))
    now = {section_name(section, headings): section.digest for section in source.body.sections}
    mine = {places.get(section.heading, ""): section.digest for section in own.body.sections}
    found = dict[str, _Version]()
    for name, was in known.items():
        digest, own_digest = records.get(was, ("", ""))
        if is_unconfirmed(own_digest):
            is_of_today = own_digest == unconfirmed(now.get(name, ""))
            found[name] = _Version.IMPORTED if is_of_today else _Version.OF_OTHERS
        elif digest and digest != now.get(name):
            found[name] = _Version.AS_ACCEPTED if mine.get(name) == own_digest else _Version.EDITED
    return found


def _blocks_as_accepted(
    source: Document, mine: Sequence[int], theirs: Sequence[int], then: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Pair blocks by the digests of words and facts, then by those of words, then by those of facts."""
    blocks = source.body.blocks
    left = {number: block_digest(blocks, number) for number in theirs}
    waiting = dict(zip(mine, then, strict=True))
    for part in (slice(None), slice(4), slice(4, None)):
        alike = dict[str, list[int]]()
        for other in list(left)[::-1]:
            if part.start is None or blocks[other].facts:
                alike.setdefault(left[other][part], []).append(other)
        for number in [number for number, its in waiting.items() if its[part] in alike]:
            if others := alike[waiting[number][part]]:
                del waiting[number], left[others[-1]]
                yield number, others.pop()


def blocks_in_order(
    source: Document, own: Document, mine: Sequence[int], theirs: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Pair blocks of one type in their order if there are as many of them."""
    by_type, other = _by_type(own.body.blocks, mine), _by_type(source.body.blocks, theirs)
    for name, numbers in by_type.items():
        if len(numbers) == len(other.get(name, ())):
            yield from zip(numbers, other[name], strict=True)


def _by_type(blocks: Sequence[Block], numbers: Iterable[int]) -> dict[str, list[int]]:
    """Return type → those of some blocks that have it, by number."""
    found = dict[str, list[int]]()
    for number in numbers:
        found.setdefault(blocks[number].name, []).append(number)
    return found
