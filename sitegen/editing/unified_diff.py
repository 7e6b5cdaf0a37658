"""What has changed in a file, as a unified diff (POSIX, `diff -u`), in time that grows with the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import starmap

from sitegen.source.sequences import common, matcher


def unified_diff(path: str, was: str, now: str) -> Iterator[str]:
    """Yield the lines of the diff, each with its line end; nothing if the texts are equal.

    What repeats itself so often that a comparison would take seconds is shown as replaced.
    """
    one, other = was.splitlines(keepends=True), now.splitlines(keepends=True)
    groups = [] if one == other else [*_Known(one, other).get_grouped_opcodes()]
    if groups:
        yield from (f"--- a/{path}\n", f"+++ b/{path}\n")
    for group in groups:
        (_, begin, _, begin_other, _), (_, _, end, _, end_other) = group[0], group[-1]
        yield f"@@ -{_range(begin, end)} +{_range(begin_other, end_other)} @@\n"
        for tag, start, stop, start_other, stop_other in group:
            kept = tag == "equal"
            yield from (_line(" " if kept else "-", line) for line in one[start:stop])
            yield from () if kept else (_line("+", line) for line in other[start_other:stop_other])


class _Known(SequenceMatcher[str]):
    """What difflib makes of lines that are already compared."""

    def __init__(self, one: Sequence[str], other: Sequence[str]) -> None:
        super().__init__(None, (), ())
        self._found = [*starmap(Match, _blocks(one, other)), Match(len(one), len(other), 0)]

    def get_matching_blocks(self) -> list[Match]:
        return self._found


def _blocks(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield where both have the same lines, as (begin in the one, begin in the other, number), the longest ones whole."""
    begin = common(one, other)
    end = common(one[begin:][::-1], other[begin:][::-1])
    middle, middle_other = one[begin : len(one) - end], other[begin : len(other) - end]
    at, at_other, length = 0, 0, begin
    for start, start_other, size in _equal(middle, middle_other):
        if (start + begin, start_other + begin) == (at + length, at_other + length):
            length += size
            continue
        yield at, at_other, length
        at, at_other, length = start + begin, start_other + begin, size
    yield at, at_other, length
    yield len(one) - end, len(other) - end, end


def _equal(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    if len(one) == len(other):  # as most fixes leave it
        yield from (
            (number, number, 1) for number, pair in enumerate(zip(one, other, strict=True)) if pair[0] == pair[1]
        )
    elif found := matcher(one, other):
        yield from found.get_matching_blocks()


def _range(begin: int, end: int) -> str:
    length = end - begin
    return str(begin + 1) if length == 1 else f"{begin + bool(length)},{length}"


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n"
