"""Emphasis of Python-Markdown and pymdownx, kept from eating letters.

Their processors pair all marks of a text at once, and cut it where they take the pairs to be. Python-Markdown closes the
nearer of two marks, `**`, with the `*` that is meant for the other, as in `*a **b*c d*`, and so cuts off a letter. Both
cut in the wrong place where what stands for an element has moved the marks behind it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

#: The names under which these processors are registered.
_NAMES = ("em_strong", "delimiter")
#: Characters of blocks whose marks are paired anew, as each time costs a search to the end of the block: a second. Further
#: wrong pairs, which only odd texts have, stay signs, with all marks behind them in the block.
_MOST_READ = 400_000


def keep_letters(patterns: Any) -> None:
    """Let what reads the marks of a converter refuse each element that lacks more of the text than its marks."""
    for name in _NAMES:
        if name in patterns and hasattr(patterns[name], "regions"):  # older versions search for each pair anew
            _refuse_cut(patterns[name])
            if hasattr(patterns[name], "rule_of_3"):
                _close_what_fits(patterns[name])


def _refuse_cut(processor: Any) -> None:
    read, left = processor.handleMatch, _MOST_READ

    def checked(found: re.Match[str], text: str) -> tuple[Any, int | None, int | None]:
        nonlocal left
        for _ in range(1 + bool(processor.regions)):  # pairs found before may no longer fit
            with suppress(IndexError):  # pymdownx fails on marks of several kinds that cross each other
                node, start, end = read(found, text)
                if node is None or _is_whole(node, text, start, end, processor.delimiters):
                    return node, start, end
            processor.reset()
            left -= len(text)
            if left < 0:
                return None, found.start(), len(text)
        return None, found.start(), found.end()

    processor.handleMatch = checked


def _is_whole(node: Any, text: str, start: int, end: int, marks: Any) -> bool:
    """Whether an element has all of a part of the text but marks, the first and the last of which are its own."""
    part, without = text[start:end], dict.fromkeys(map(ord, marks))
    has_own = start >= 0 and part[:1] in marks and part[-1:] in marks
    return has_own and "".join(node.itertext()).translate(without) == part.translate(without)


def _close_what_fits(processor: Any) -> None:
    """Drop the open marks that the next one can't close, if it closes one before them, as CommonMark does."""
    search, is_unfit = processor.search, processor.rule_of_3

    def searched(text: str, start: int) -> re.Match[str] | None:
        found: re.Match[str] | None = search(text, start)
        if found and found.lastgroup == "ambiguous":
            opened, size = processor.delimiters[found[0][0]].stack, len(found[0])
            if opened and opened[-1][-1] != size and is_unfit(opened[-1][3], size):
                before = range(len(opened) - 2, -1, -1)
                fit = next((i for i in before if opened[i][-1] == size and not is_unfit(opened[i][3], size)), None)
                while fit is not None and len(opened) > fit + 1:
                    opened.pop()
        return found

    processor.search = searched
