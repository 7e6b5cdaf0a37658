"""Texts that Python-Markdown would write out at many times their size, found before it reads them.

A row of a table is filled up with empty cells, and an address, a title or the long form of an abbreviation is written
out wherever it is referred to: a short text could stand for gigabytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from sitegen.content.html_writer import most_html
from sitegen.content.python_markdown_cost import ABBREVIATIONS, TABLES, Costly

#: An empty cell.
_CELL = len("<td></td>\n")
#: An address with its title, wherever a block may begin; what refers to it or defines it; an abbreviation.
_REFERENCE = re.compile(
    r"""^[ \t>*+.\d-]*\[([^\[\]]*)\]:[ ]*+\n?+[ \t>]*\S+[ ]*(?:\n[ \t>]*)?(?:"[^\n]*"|'[^\n]*'|\([^\n]*\))?""",
    re.MULTILINE,
)
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_ABBREVIATION = re.compile(r"^[ \t>*+.\d-]*\*\[([^\]\n]+)\] ?:([ ]*\n?[^\n]*)", re.MULTILINE)


def find_growth(text: str, extensions: Collection[str]) -> Costly | None:
    """A part of a text that would be written out at too many times its size; None if there is none."""
    return (
        (None if TABLES.isdisjoint(extensions) or "|" not in text else _filled(text))
        or (_referred(text) if "]:" in text else None)
        or (None if ABBREVIATIONS.isdisjoint(extensions) else _abbreviated(text))
    )


def _filled(text: str) -> Costly | None:
    """Weigh tables whose rows have fewer cells than their heads."""
    columns = missing = head = start = 0
    most = most_html(text) // _CELL
    for line in text.split("\n"):
        bars = line.count("|")
        if not line.strip(" \t>"):
            columns = 0
        elif bars > columns and not line.strip(" \t>|:-"):
            columns, head = bars, start
        else:
            missing += max(0, columns - bars)
        if missing > most:
            what = f"rows of a table with {columns:,} columns, in which over {most:,} cells are missing,"
            return Costly(head, what, "write fewer columns, or every cell of the rows")
        start += len(line) + 1
    return None


def _referred(text: str) -> Costly | None:
    """Weigh the addresses and titles that are written out where the text refers to them."""
    uses = Counter(_same(found[1]) for found in _LABEL.finditer(text))
    sizes = {_same(found[1]): (len(found[0]), found.start()) for found in _REFERENCE.finditer(text)}
    return _written(text, ((size * uses[label], start) for label, (size, start) in sizes.items()))


def _abbreviated(text: str) -> Costly | None:
    """Weigh the long forms of abbreviations, of which `find_costly` has bounded the number."""
    found = {term[1]: (len(term[2]), term.start()) for term in _ABBREVIATION.finditer(text)}
    return _written(text, ((size * text.count(short), start) for short, (size, start) in found.items()))


def _written(text: str, definitions: Iterable[tuple[int, int]]) -> Costly | None:
    """The costliest definition, of which the characters that it adds and the place are given, if all add too many."""
    weighed = list(definitions)
    if sum(size for size, _ in weighed) <= most_html(text):
        return None
    size, start = max(weighed)
    return Costly(start, f"definitions that add {size:,} characters", "shorten it, or refer to it less often")


def _same(label: str) -> str:
    """A label as it is compared with others."""
    return " ".join(label.split()).lower()
