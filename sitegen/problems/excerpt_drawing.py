"""The excerpt of a problem: its line, shortened, and the caret below it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sitegen.problems.problem import Problem

#: Characters without width that occur in words of Persian, Urdu and Hindi.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
#: How many characters of a line are shown.
_ROOM = 160


def draw(problem: Problem) -> list[str]:
    """The line and, below it, carets as wide as the text they mark."""
    gutter = f"  {problem.line} | "
    line, column = _window(problem.excerpt, problem.column or 1)
    drawn = [f"{gutter}{line}"]
    if problem.column is not None:
        before, marked = line[: column - 1], line[column - 1 : column - 1 + problem.width]
        drawn.append(f"{' ' * (len(gutter) - 2)}| {' ' * _cells(before)}{'^' * max(1, _cells(marked))}")
    return drawn


def _window(line: str, column: int) -> tuple[str, int]:
    """At most `_ROOM` characters of a long line around the column, and the column within them."""
    start = 0 if len(line) <= _ROOM else max(0, min(column - _ROOM // 2, len(line) - _ROOM))
    shown = line[start : start + _ROOM]  # the rest of a long line costs nothing, however many problems it has
    shown = "".join(c if c.isprintable() else "→" if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return shown, column - start


def _cells(text: str) -> int:
    """Width in terminal cells: two for East Asian wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(c) or c in _JOINERS else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
