"""Positions in a text: the parser's byte offsets → line and column numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from sitegen.content.blocks import Range
from sitegen.source.mark import Mark

#: What stands before a target, but for blanks, quotes and `<`; and how far back that is looked for.
_BEFORE_TARGETS, _MOST_BEFORE = (b"](", b"]:", b"href=", b"src="), 100


#: What an inline link begins its target with, and what follows that: a title, and the end of the link.
_TARGET = re.compile(r"\]\([ \t\n]*<?")
_TITLE = re.compile(
    r""">?(?:[ \t\n]+(?:"(?>(?:[^"\\]|\\.)*)"|'(?>(?:[^'\\]|\\.)*)'|\((?>(?:[^()\\]|\\.)*)\)))?[ \t\n]*\)""", re.DOTALL
)


def _inline_target(written: str, target: str) -> int:
    """Return where the target of an inline link begins, whose words and title may hold the same; -1 if it has none."""
    ends = (found.end() for found in _TARGET.finditer(written))
    own = (end for end in ends if written.startswith(target, end) and _TITLE.fullmatch(written, end + len(target)))
    return next(own, -1)


def byte_offsets(text: str, characters: Iterable[int]) -> Iterator[int]:
    """Yield the byte offset of each of some characters of a text, which are named in order."""
    offset = last = 0
    for character in characters:
        offset, last = offset + len(text[last:character].encode()), character
        yield offset


def in_characters(text: str, ranges: Iterable[Range]) -> Iterator[tuple[int, int]]:
    """Yield where ranges of bytes of a text begin and end in characters; they are in order and apart from one another."""
    encoded, last, offset = text.encode(), 0, 0
    for place in ranges:
        start = offset + len(encoded[last : place["start"]].decode())
        last, offset = place["end"], start + len(encoded[place["start"] : place["end"]].decode())
        yield start, offset


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
        """Return the position of a target within its link, or of the link if the target is defined elsewhere.

        It is as wide as the target only if another one could be written there.
        """
        written = self.written(place)
        found = _inline_target(written, target) if written.count(target) > 1 else -1
        if found < 0:
            found = written.rfind(target)
        if found < 0 or written.endswith("]"):  # the same words in the text of `[/old/][1]` are not its target
            width = len(written.split("\n")[0])
            return self.mark(place["start"], width - (width == len(target)))  # by its width, a target is known as one
        start = place["start"] + len(written[:found].encode())
        if found == 1 and written[0] == "<":  # an address that stands for itself: another one there would be no link
            return self.mark(start - 1, len(target) + 2)
        before = self._encoded[max(0, start - _MOST_BEFORE) : start]
        if before.rstrip(b" \t\n<\"'").endswith(_BEFORE_TARGETS):
            return self.mark(start, max(1, len(target)))
        return self.mark(start, len(target) - 1)

    def written(self, place: Range) -> str:
        """Return the text in a range."""
        if not self._starts:
            self._index()
        return self._encoded[place["start"] : place["end"]].decode()

    def _index(self) -> None:
        self._encoded = self._text.encode()
        self._starts = [0, *(found.end() for found in re.finditer(b"\n", self._encoded))]
