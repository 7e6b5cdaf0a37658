"""Positions in a text: the parser's byte offsets → line and column numbers."""

from __future__ import annotations

import re
from bisect import bisect_right

from sitegen.content.blocks import Range
from sitegen.source.mark import Mark


class Places:
    """Positions in a text that starts at a given line of its file; the text is indexed on first use."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._first_line = first_line
        self._encoded = b""
        self._starts: list[int] = []
        self._last = (0, 0)

    def mark(self, offset: int, width: int = 1) -> Mark:
        """Return the position of a byte offset."""
        if not self._starts:
            self._index()
        line = bisect_right(self._starts, offset) - 1
        known, column = self._last if self._starts[line] <= self._last[0] <= offset else (self._starts[line], 0)
        column += len(self._encoded[known:offset].decode())
        self._last = offset, column
        return Mark(line + self._first_line, column + 1, max(1, width))

    def target(self, target: str, place: Range) -> Mark:
        """Return the position of a target within its link, or of the link if the target is defined elsewhere."""
        written = self.written(place)
        starts = [
            written.rfind(before + target) + len(before) for before in ("](", "](<") if before + target in written
        ]
        found = max(starts, default=written.rfind(target))  # a title may hold the same words
        if found < 0 or written.endswith("]"):  # the same words in the text of `[/old/][1]` are not its target
            width = len(written.split("\n")[0])
            return self.mark(place["start"], width - (width == len(target)))  # by its width, a target is known as one
        return self.mark(place["start"] + len(written[:found].encode()), max(1, len(target)))

    def written(self, place: Range) -> str:
        """Return the text in a range."""
        if not self._starts:
            self._index()
        return self._encoded[place["start"] : place["end"]].decode()

    def _index(self) -> None:
        self._encoded = self._text.encode()
        self._starts = [0, *(found.end() for found in re.finditer(b"\n", self._encoded))]
