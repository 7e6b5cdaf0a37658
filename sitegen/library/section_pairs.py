"""Which section of the source each section of a translation renders: the one place that pairs them.

A translation's sections are in the order in which `source:` lists them, and each record has the digest of its section as
it was accepted, which tells where it stands today. Sections are named by the source's headings, as `#anchor`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from sitegen.library.translated_parts import (
    below_headings,
    is_unconfirmed,
    notes_name,
    recorded_below,
    records_of,
    section_name,
    unconfirmed,
)
from sitegen.model.page import Document
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: The digest in the record of a part that the translation lacks, or whose source nobody has accepted.
NO_DIGEST = "0" * 12


class Pairing(NamedTuple):
    """The sections of a translation that have a heading, in the order of its file."""

    recorded: tuple[str, ...]  #: the name that each was accepted with
    rendered: tuple[str, ...]  #: the section of today's source that each renders; "" if the source no longer has it

    def in_order(self, order: Iterable[int | str]) -> Pairing:
        """Return the pairing of some of the sections, by index, with others of the source, by name."""
        pairs = list(zip(*self, strict=True))
        chosen = [(item, item) if isinstance(item, str) else pairs[item] for item in order]
        return Pairing(tuple([recorded for recorded, _ in chosen]), tuple([rendered for _, rendered in chosen]))


def heading_names(document: Document) -> tuple[str, ...]:
    """Return the names of the sections that have a heading."""
    return tuple(["#" + heading.anchor for heading in document.body.headings])


def pair_sections(source: Document, own: Document, *, is_accepted: bool = False) -> Pairing | None:
    """Pair the sections of a translation with those of its source; return None if it is not certain which belong together.

    The sections are those that were accepted if their number is the same, or else those of today's source, unless a
    section that is unchanged since it was accepted shows otherwise.

    Args:
        is_accepted: whether a translator says that all sections are those of today's source.
    """
    pairing, kept = _pairing_and_kept(source, own, is_accepted=is_accepted)
    now = heading_names(source)
    if pairing.recorded == now:  # as nearly always
        return pairing
    are_known = all(name.startswith("#") for name in pairing.recorded)
    return pairing if are_known and (is_accepted or not _is_unclear(pairing, now, kept)) else None


def likely_pairing(source: Document, own: Document, *, is_accepted: bool = False) -> Pairing:
    """Pair sections as `pair_sections` does, but for those of which this is not certain, which render "".

    A section whose recorded name is unknown has one without #.
    """
    return _pairing_and_kept(source, own, is_accepted=is_accepted)[0]


def _pairing_and_kept(source: Document, own: Document, *, is_accepted: bool) -> tuple[Pairing, set[str]]:
    names = _names(source, own, is_accepted=is_accepted)
    kept = _kept(source, own, names, is_accepted=is_accepted)
    return Pairing(names, _rendered(names, heading_names(source), kept)), kept


def unplaced_sections(source: Document, own: Document) -> set[str]:
    """Return the sections of today's source that have moved there, and it can't be told whether they have moved here too."""
    orders = (likely_pairing(source, own, is_accepted=is_accepted).rendered for is_accepted in (False, True))
    return {name for names in zip(*orders, strict=True) if names[0] != names[1] for name in names if name}


def is_unplaced(source: Document, own: Document, name: str) -> bool:
    """Whether it can't be told which section of a translation, or whether any, renders a section of today's source."""
    now, pairing = heading_names(source), pair_sections(source, own)
    if name in now and pairing is None:
        return likely_pairing(source, own).rendered[now.index(name) :][:1] != (name,)
    if name in now and pairing is not None and name not in pairing.rendered and _has_changed_lost(own, pairing):
        return True
    return name in unplaced_sections(source, own)


def _has_changed_lost(own: Document, pairing: Pairing) -> bool:
    """Whether a section that the source no longer has, by its heading, is not as it was accepted: it may be another one now."""
    known = unchanged_sections(own)
    return any(not name and place not in known for place, name in enumerate(pairing.rendered))


def _names(source: Document, own: Document, *, is_accepted: bool = False) -> tuple[str, ...]:
    """Return the name with which each section of a translation was accepted; one without # where it is unknown."""
    now, records, count = heading_names(source), recorded_sections(source, own), len(own.body.headings)
    known, names = (
        {place: name for place, name in unchanged_sections(own).items() if 0 <= place < count},
        tuple(records),
    )
    if NO_DIGEST in records.values():  # recorded by position, though the number of sections was another
        known, names = {}, ()
    for order in (now, names) if is_accepted else (names, now):
        if len(order) == count and _fits(order, known, records):
            return order
    others = (name for name in now if name not in known.values()) if is_accepted and count == len(now) else iter(())
    return tuple([known.get(place) or next(others, f"{place}") for place in range(count)])


def with_names_of_today(source: Document, own: Document, now: Mapping[str, str]) -> Document:
    """Return a translation whose records name sections as today's source does, where it has them under other names.

    Headings with the same words are numbered (`#dates`, `#dates-2`), so they exchange names when they are moved. A section
    with another heading is the one that has the same text below it. Unconfirmed words are those of the section for which they
    were imported.

    Args:
        now: the parts of the source.
    """
    records = records_of(own)
    waiting = {name for name, (_, own_digest) in records.items() if is_unconfirmed(own_digest)}
    of_words = {unconfirmed(digest): digest for digest in now.values()}
    before = {name: of_words.get(its, "") if name in waiting else digest for name, (digest, its) in records.items()}
    moved = _moved_names(before, now)
    kept = {name for name, digest in before.items() if now.get(name) == digest}
    renamed = [
        {name: digest for name, digest in digests.items() if name not in known}
        for digests, known in (
            (recorded_below(own), {*kept, *waiting, *moved.values()}),
            (below_headings(source), {*kept, *moved}),
        )
    ]
    moved.update(_moved_names(*renamed))
    if not moved:
        return own
    names = _names_of_today(before, now, moved)
    both = ((line, line.rpartition(" ")) for line in own.words["source"])
    lines = tuple([f"{digests} {names[was]}" if was in names else line for line, (digests, _, was) in both])
    return replace(own, words={**own.words, "source": lines})


def _moved_names(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return name today → recorded name, of sections that have the same digest under another name."""
    unchanged = {name for name, digest in before.items() if now.get(name) == digest}
    found = dict[str, list[str]]()
    for name in [name for name in now if name[0] == "#" and name not in unchanged][::-1]:
        found.setdefault(now[name], []).append(name)
    left = [name for name in before if name[0] == "#" and name not in unchanged]
    return {found[before[was]].pop(): was for was in left if found.get(before[was])}


def _names_of_today(before: Collection[str], now: Collection[str], moved: Mapping[str, str]) -> dict[str, str]:
    """Return recorded name → name today, of sections that have moved to another name, and of those in their way.

    One in the way of a section with another heading gets a name that no section has.
    """
    names = {was: name for name, was in moved.items()}
    headings = _headings({*before, *now})
    for name in [name for name in moved if name in before and name not in names]:
        free = name
        while free in moved:
            free = moved[free]
        if headings[free] != headings[name]:
            taken = {*before, *now, *names.values()}
            free = next(new for n in range(2, len(taken) + 3) if (new := f"{name}-{n}") not in taken)
        names[name] = free
    return names


def recorded_sections(source: Document, own: Document) -> dict[str, str]:
    """Return the records of sections with a heading, in their order: name → digest of the translation's section."""
    notes, names = notes_name(source.body.headings), heading_names(source)
    records = {name: digest for name, (_, digest) in records_of(own).items() if name.startswith("#") and name != "#"}
    last = next(reversed(records), "")
    is_notes = last == notes or (last.rstrip("-") == "#notes" and last not in names)
    return {name: digest for name, digest in records.items() if not (is_notes and name == last)}


def unchanged_sections(own: Document) -> dict[int, str]:
    """Return the sections of a translation that are as they were accepted: index of the heading → name in the source."""
    sections = {section.heading: section.digest for section in own.body.sections}
    recorded = {name: digest for name, (_, digest) in records_of(own).items() if name.startswith("#")}
    counts, others = Counter(sections.values()), Counter(recorded.values())
    names = {digest: name for name, digest in recorded.items() if others[digest] == 1}
    return {i: names[own] for i, own in sections.items() if own in names and counts[own] == 1}


def _fits(names: Sequence[str], known: Mapping[int, str], records: Collection[str]) -> bool:
    """Whether no section that is known to render another one contradicts these names."""
    return all(
        names[place] == name or (name not in names and names[place] not in records) for place, name in known.items()
    )


def _kept(source: Document, own: Document, names: tuple[str, ...], *, is_accepted: bool = False) -> set[str]:
    """Return the names that tell which section of a translation renders which one of today's source.

    Of several sections with the same heading, one keeps its name if it is as it was, or if all others are and no heading has
    come or gone; else they may have exchanged theirs.
    """
    now = heading_names(source)
    kept = set(names).intersection(now)
    if is_accepted or names == now:
        return kept
    headings = _headings({*names, *now})
    both = [Counter(headings[name] for name in row) for row in (names, now)]
    several = {heading for counts in both for heading, number in counts.items() if number > 1}
    changed = [name for name in {*names, *now} - _unchanged_names(source, own) if headings[name] in several]
    counts, are_same = Counter(headings[name] for name in changed), set(names) == set(now)
    return {name for name in kept if name not in changed or (are_same and counts[headings[name]] == 1)}


def _unchanged_names(source: Document, own: Document) -> set[str]:
    """Return the sections of today's source that were recorded under their names with the same text, whatever their heading."""
    records, texts, headings = records_of(own), recorded_below(own), source.body.headings
    now = ((section_name(section, headings), section) for section in source.body.sections)
    return {
        name
        for name, section in now
        if section.digest == records.get(name, ("", ""))[0]
        or records.get(name, ("", ""))[1] == unconfirmed(section.digest)
        or (section.below and section.below == texts.get(name))
    }


def _headings(names: Collection[str]) -> dict[str, str]:
    """Return name → name of the first section with its heading; the others are numbered."""
    both = ((name, name.rpartition("-")) for name in names)
    return {name: base if number.isdecimal() and base in names else name for name, (base, _, number) in both}


def _is_unclear(pairing: Pairing, now: tuple[str, ...], kept: Collection[str]) -> bool:
    """Whether it can't be told what has become of a section.

    That is if there are other names than before between the same neighbours, and not one in place of one, or if a section is
    gone and there is a new one with the same heading elsewhere.
    """
    if not all(_are_alike(*runs) for runs in _other_runs(pairing.recorded, now, kept)):
        return True
    headings = _headings({*pairing.recorded, *now})
    gone = {headings[was] for was, name in zip(*pairing, strict=True) if not name}
    return not gone.isdisjoint(headings[name] for name in set(now).difference(pairing.rendered))


def _rendered(names: tuple[str, ...], now: tuple[str, ...], kept: Collection[str]) -> tuple[str, ...]:
    """Pair by name, and by position where one heading between the same neighbours has another name than before."""
    if names == now:
        return now
    alike = (zip(*runs, strict=True) for runs in _other_runs(names, now, kept) if _are_alike(*runs))
    renamed = {was: name for pairs in alike for was, name in pairs}
    return tuple([name if name in kept else renamed.get(name, "") for name in names])


def _are_alike(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether names that stand between the same neighbours as before are those of the same sections."""
    headings = _headings({*old, *new})
    return [headings[name] for name in old] == [headings[name] for name in new] or len(old) == len(new) == 1


def _other_runs(
    names: tuple[str, ...], now: tuple[str, ...], kept: Collection[str]
) -> list[tuple[list[str], list[str]]]:
    """Return the runs of names that are not kept and stand between the same neighbours, as they were and are."""
    old, new = runs_between(names, kept), runs_between(now, kept)
    return [(old[place], new[place]) for place in old.keys() & new.keys()]


def runs_between(names: Sequence[str], kept: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """Return the runs of names that are not kept: (name before, name after) → the names between them."""
    runs, run, before = dict[tuple[str, str], list[str]](), list[str](), ""
    for name in (*names, ""):
        if name and name not in kept:
            run.append(name)
            continue
        if run:
            runs[before, name] = run
        run, before = [], name
    return runs


def moved_sections(source: Document, own: Document, pairing: Pairing | None) -> list[str]:
    """Return the fewest sections that must be moved within a translation to have the order of the source."""
    now = heading_names(source)
    if pairing is not None:
        return out_of_order([name for name in pairing.rendered if name], now)
    known, recorded = unchanged_sections(own), tuple(recorded_sections(source, own))
    kept = _kept(source, own, recorded)
    orders = recorded, [known[place] for place in sorted(known)]
    return next(filter(None, (out_of_order([name for name in order if name in kept], now) for order in orders)), [])


def moved_problems(source: Document, own: Document, moved: Iterable[str]) -> Iterator[Problem]:
    """Report sections of a translation that stand elsewhere in its source."""
    pairing = pair_sections(source, own)
    lines = {name: heading.line for name, heading in zip(heading_names(source), source.body.headings, strict=True)}
    for name in moved:
        place = pairing.rendered.index(name) if pairing is not None else -1
        mark = Mark(own.body.headings[place].line, 1) if place >= 0 else Mark(1, 1)
        message = f"the section '{name}' stands elsewhere in the source"
        hint = f"see line {lines[name]} of the source; move the section and accept the page"
        yield problem_at(own.path, "structure", message, mark, hint)


def lost_sections(source: Document, own: Document, pairing: Pairing | None, now: Collection[str]) -> list[str]:
    """Return the recorded sections that the source no longer has and the translation still has; `now` are the source's parts."""
    lost = [name for name in records_of(own) if name.startswith("#") and name not in now]
    if pairing is None or not lost:
        return lost
    headings, names = {section.heading for section in own.body.sections}, recorded_sections(source, own)
    others = {"#": -1}  # the rest are footnotes
    return [
        name
        for name in lost
        if (name in pairing.recorded if name in names else others.get(name, len(own.body.headings)) in headings)
    ]


def out_of_order(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Return the fewest of the names that must be moved to have the wanted order, in that order."""
    places = {name: number for number, name in enumerate(wanted)}
    row = [places[name] for name in names if name in places]
    if all(a < b for a, b in pairwise(row)):
        return []
    tails, ends, before = list[int](), list[int](), list[int]()  # of the longest rising sequence that ends at each
    for number, place in enumerate(row):
        length = bisect_left(tails, place)
        tails[length : length + 1], ends[length : length + 1] = [place], [number]
        before.append(ends[length - 1] if length else -1)
    kept, at = set[int](), ends[-1]
    while at >= 0:
        kept.add(row[at])
        at = before[at]
    return [wanted[place] for place in sorted(set(row) - kept)]
