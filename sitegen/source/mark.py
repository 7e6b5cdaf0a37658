"""A place in a source file."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple


class Mark(NamedTuple):
    """The place of a value in its file: 1-based line and column, width in code points."""

    line: int
    column: int
    width: int = 1


class Places:
    """Converts offsets in a text to lines and columns, by binary search."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._first_line = first_line

    def offset(self, line: int) -> int:
        """The offset at which a line begins; that of the last for one after it."""
        return self._starts[min(line - self._first_line, len(self._starts) - 1)]

    def mark(self, offset: int, width: int = 1) -> Mark:
        """The place of a character."""
        line = bisect_right(self._starts, offset) - 1
        return Mark(line + self._first_line, offset - self._starts[line] + 1, width)
