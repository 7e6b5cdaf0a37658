"""Where a text has blocks of code for Python-Markdown, which takes other lines for fences than CommonMark does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sitegen.content.code_blocks import find_code_blocks

#: Each loads tables, notes, abbreviations, attributes and fences besides.
EXTRA = frozenset({"extra", "pymdownx.extra"})
#: Extensions that read fences, and those whose fences may be indented and have any words behind them, as in CommonMark.
FENCING = EXTRA | {"fenced_code", "pymdownx.superfences"}
_AS_COMMONMARK = frozenset({"pymdownx.extra", "pymdownx.superfences"})

_FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})", re.MULTILINE)


@lru_cache(maxsize=1)  # several searches ask for those of one text
def find_code(text: str, extensions: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the code blocks of a text, in order: what is fenced, and what is indented.

    A fence without an end is a paragraph.
    """
    if not _AS_COMMONMARK.isdisjoint(extensions):
        return _closed(text)
    fenced = [*find_fenced(text)] if not FENCING.isdisjoint(extensions) else []
    rest = _FENCE.sub(lambda found: found[1] + "x" * len(found[2]), blanked(text, fenced))
    return tuple(sorted([*fenced, *find_code_blocks(rest)]))


def find_fenced(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of what `fenced_code` takes for code, in order."""
    from markdown.extensions.attr_list import get_attrs_and_remainder
    from markdown.extensions.fenced_code import FencedBlockPreprocessor

    start = 0
    while found := FencedBlockPreprocessor.FENCED_BLOCK_RE.search(text, start):
        is_refused = bool(found["attrs"]) and bool(get_attrs_and_remainder(found["attrs"])[1])
        start = found.end("attrs") if is_refused else found.end()
        if not is_refused:
            yield found.span()


def without_fenced(text: str) -> str:
    """Return a text with blanks for what `fenced_code` takes for code."""
    return blanked(text, find_fenced(text))


def blanked(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return a text with blanks for some ranges, given in order; its lines and all other offsets stay the same."""
    parts, last = list[str](), 0
    for start, end in ranges:
        parts += [text[last:start], re.sub(r"[^\n]", " ", text[start:end])]
        last = end
    return "".join((*parts, text[last:]))


def _closed(text: str) -> tuple[tuple[int, int], ...]:
    """The code blocks of a text as CommonMark has them, but for one whose fence has no end."""
    blocks = find_code_blocks(text)
    last = text[slice(*blocks[-1])].rstrip() if blocks and not text[blocks[-1][1] :].strip() else ""
    fence = _FENCE.match(last)
    is_closed = not fence or last.rpartition("\n")[2].strip(" \t>").startswith(fence[2])
    return blocks if is_closed else blocks[:-1]
