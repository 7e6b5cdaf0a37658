"""Code blocks of Hugo's pages, whose shortcodes no parser of Markdown knows: they may be indented as deep as these."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sitegen.source.lazy_regex import lazily

#: A line that opens or closes a code block, also in a block quote or a list item.
_FENCE = lazily(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


def find_fenced(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of fenced code blocks; one that is not closed ends with the text."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence if fence[1][0] == "~" or "`" not in fence[2] else None
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            yield opened.start(), fence.end()
            opened = None
    if opened is not None:
        yield opened.start(), len(text)
