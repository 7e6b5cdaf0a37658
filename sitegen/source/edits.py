"""Edits to the files of a site: each changes only its own place, and either all are made or none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from msgspec import Struct

from sitegen.source.mark import Mark

#: The end of a line on any system; one file may have different ones.
END = r"(?:\r\n|\r|\n)"
#: The beginning of a line; `^` does not recognize carriage returns.
BEGIN = r"(?:(?<=[\r\n])|\A)"
_LINE = re.compile(rf"[^\r\n]*(?:{END}|$)")


class Edit(Struct, frozen=True, order=True):
    """A replacement for the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def within(ranges: Iterable[tuple[int, int]]) -> Callable[[int], bool]:
    """Return whether an offset is in one of some ranges, which do not overlap."""
    ends = dict(ranges)
    starts = sorted(ends)

    def is_within(offset: int) -> bool:
        before = bisect_right(starts, offset)
        return before > 0 and offset < ends[starts[before - 1]]

    return is_within


def apart(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield the edits in order, skipping those inside text that another edit replaces."""
    end = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.start < edit.end, -edit.end)):
        if edit.start >= end:
            yield edit
            end = max(end, edit.end)


class Text:
    """A file exactly as its bytes have it, including line ends, addressed by the places that problems report."""

    def __init__(self, content: bytes) -> None:
        self.whole = content.decode("utf-8")
        self._starts = [found.start() for found in _LINE.finditer(self.whole)]

    def offset(self, mark: Mark) -> int:
        """The offset of the character at a place; a byte order mark does not count."""
        bom = mark.line == 1 and self.whole.startswith("\ufeff")
        return self._starts[mark.line - 1] + mark.column - 1 + bom

    @property
    def line_end(self) -> str:
        """The line end of the file's first line."""
        found = re.search(END, self.whole)
        return found[0] if found else "\n"

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file with edits applied that do not overlap; what is added at the same place stands there in this order.

        The same edit given twice is applied once.
        """
        parts, end = [], 0
        for edit in sorted(dict.fromkeys(edits), key=attrgetter("start", "end")):
            assert edit.start >= end, "changes overlap"
            parts += [self.whole[end : edit.start], edit.text]
            end = edit.end
        return ("".join(parts) + self.whole[end:]).encode()


class Traced(Struct, frozen=True):
    """A text that has been edited, and where each part of it was before."""

    text: str
    #: (offset here, offset in the original text, whether it is unchanged), in order.
    parts: tuple[tuple[int, int, bool], ...] = ((0, 0, True),)

    def origin(self, offset: int) -> int:
        """The offset of a character in the original text; for an inserted one, the offset of the insertion."""
        here, before, is_kept = self.parts[bisect_right(self.parts, offset, key=lambda part: part[0]) - 1]
        return before + (offset - here if is_kept else 0)

    def edited(self, edits: Iterable[Edit]) -> Traced:
        """The text with edits applied that do not overlap."""
        made, parts, end, length = [], list[tuple[int, int, bool]](), 0, 0
        for edit in (*sorted(set(edits)), Edit(len(self.text), len(self.text), "")):
            assert edit.start >= end, "changes overlap"
            if end < edit.start or not parts:
                parts += self._kept(end, edit.start, length)
            length += edit.start - end
            if edit.text:
                parts.append((length, self.origin(edit.start), False))
            made += [self.text[end : edit.start], edit.text]
            end, length = edit.end, length + len(edit.text)
        return Traced("".join(made), tuple(parts))

    def _kept(self, start: int, end: int, at: int) -> Iterator[tuple[int, int, bool]]:
        """The parts of the text kept from `start` to `end`, which now begins at the offset `at`."""
        first = bisect_right(self.parts, start, key=lambda part: part[0]) - 1
        for here, before, is_kept in self.parts[first:]:
            if here >= end and here > start:
                return
            skipped = max(0, start - here)
            yield at + max(here, start) - start, before + (skipped if is_kept else 0), is_kept
