"""Changes to the files of a site: each in its place and nothing else, and all of them or none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct

from sitegen.source.mark import Mark

#: A line ends as on any system, and within one file not always in the same way.
END = r"(?:\r\n|\r|\n)"
#: The beginning of a line; `^` knows no carriage return.
BEGIN = r"(?:(?<=[\r\n])|\A)"
_LINE = re.compile(rf"[^\r\n]*(?:{END}|$)")


class Edit(Struct, frozen=True, order=True):
    """What stands in place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class Text:
    """A file as its bytes have it, line ends and all, with places as problems tell them."""

    def __init__(self, content: bytes) -> None:
        self.whole = content.decode("utf-8")
        self._starts = [found.start() for found in _LINE.finditer(self.whole)]

    def offset(self, mark: Mark) -> int:
        """The character that stands at a place; a byte order mark is none."""
        bom = mark.line == 1 and self.whole.startswith("\ufeff")
        return self._starts[mark.line - 1] + mark.column - 1 + bom

    @property
    def line_end(self) -> str:
        """How the file ends its first line."""
        found = re.search(END, self.whole)
        return found[0] if found else "\n"

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file with changes that do not overlap; the same one twice is made once."""
        parts, end = [], 0
        for edit in sorted(set(edits)):
            assert edit.start >= end, "changes overlap"
            parts += [self.whole[end : edit.start], edit.text]
            end = edit.end
        return ("".join(parts) + self.whole[end:]).encode()


class Traced(Struct, frozen=True):
    """A text that has been changed, and where each part of it stood before.

    Attributes:
        parts: (offset here, offset in the first text, whether it is as it was there), in order.
    """

    text: str
    parts: tuple[tuple[int, int, bool], ...] = ((0, 0, True),)

    def origin(self, offset: int) -> int:
        """Where a character stood in the first text; one that was put in, where it was put."""
        here, before, is_kept = self.parts[bisect_right(self.parts, offset, key=lambda part: part[0]) - 1]
        return before + (offset - here if is_kept else 0)

    def edited(self, edits: Iterable[Edit]) -> Traced:
        """The text with changes that do not overlap."""
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
        """The parts of what is kept from `start` to `end`, which begins at another offset now."""
        first = bisect_right(self.parts, start, key=lambda part: part[0]) - 1
        for here, before, is_kept in self.parts[first:]:
            if here >= end and here > start:
                return
            skipped = max(0, start - here)
            yield at + max(here, start) - start, before + (skipped if is_kept else 0), is_kept
