"""Lists that Markdown does not recognize: items with digits of another script, 1、 or （1）, or an unusual space.

Their lines run together on the page. A single paragraph that begins this way reads as intended and is not reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import takewhile

from sitegen.content.dialects import BLANK
from sitegen.problems.problem import Problem
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import Source

#: Spaces that Markdown does not treat as such: no-break, CJK and typographic spaces.
ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: List markers that people recognize and Markdown does not: a bullet or number followed by an odd space; a number in
#: digits of another script, or followed by 、 or ．; a number in brackets. The groups hold the bullet or the number.
_MARKER = lazily(
    rf"[{BLANK} \t]{{0,40}}(?P<mark>"
    rf"(?P<bullet>[-*+])[{ODD_SPACES}][ \t{ODD_SPACES}]*"
    rf"|(?P<number>[0-9]{{1,3}})[.)][{ODD_SPACES}][ \t{ODD_SPACES}]*"
    rf"|(?P<native>(?![0-9])\d{{1,3}})[.)．、](?=[ \t{ODD_SPACES}])[ \t{ODD_SPACES}]*"
    rf"|(?P<comma>\d{{1,3}})[、．][ \t{ODD_SPACES}]*(?!\d)"
    rf"|[（(](?P<inside>\d{{1,3}})）[ \t{ODD_SPACES}]*"
    rf")(?=[^\s])"
)
_DATE = lazily(r"\d|\w+\s+\d")
_MAY_HAVE_SOME = lazily(rf"\n[ \t>]*(?:[-*+][{ODD_SPACES}]|[（(]?\d{{1,3}}(?:[.)][{ODD_SPACES}]|[、．）])|(?![0-9])\d)")


def may_have_lists(text: str) -> bool:
    """Whether a text may contain such lists; a quick check."""
    return _MAY_HAVE_SOME.search(f"\n{text}") is not None


def find_lists(source: Source, first_line: int, alone: str) -> Iterator[Problem]:
    """Yield a problem for each list item that Markdown takes for text.

    Args:
        alone: the text with code and markup blanked, and the same lines.
    """
    lines = alone.split("\n")
    found = [_MARKER.match(line) for line in lines]
    is_certain = False
    for number, item in enumerate(found):
        if item is None:
            continue
        begins = number == 0 or not lines[number - 1].strip(f"{BLANK} \t")
        follows = number > 0 and found[number - 1] is not None
        goes_on = number + 1 < len(found) and found[number + 1] is not None
        if not follows:
            may_begin = begins or _marker(item) in ("1. ", "- ", "* ", "+ ")
            is_certain = may_begin and _is_counted(found[below] for below in range(number, len(found)))
        if follows or goes_on or (begins and _is_meant(item)):
            yield _problem(source, number + first_line, item, is_certain=is_certain)


def _is_meant(item: re.Match[str]) -> bool:
    """Whether a single line is meant as a list item; `1.` may also be the day of a date or a measure."""
    if item["bullet"] is not None:
        return True
    return item["number"] == "1" and not _DATE.match(item.string, item.end())


def _is_counted(items: Iterable[re.Match[str] | None]) -> bool:
    """Whether the items of a list that begins there are counted one by one, as Markdown shows them whatever is written.

    A bullet before a number may be its sign: -5 °C.
    """
    listed = [item for item in takewhile(bool, items) if item is not None]
    if any(item["bullet"] in ("-", "+") and item.string[item.end()].isdecimal() for item in listed):
        return False
    markers = [_marker(item) for item in listed]
    first = markers[0].rstrip(". ")
    return not first.isdecimal() or markers == [f"{int(first) + more}. " for more in range(len(markers))]


def _marker(item: re.Match[str]) -> str:
    """Return an item's marker in Markdown syntax."""
    if item["bullet"]:
        return f"{item['bullet']} "
    digits = next(item[name] for name in ("number", "native", "comma", "inside") if item[name])
    return "".join(str(unicodedata.decimal(digit)) for digit in digits) + ". "


def _problem(source: Source, line: int, item: re.Match[str], *, is_certain: bool) -> Problem:
    written, marker = item["mark"].strip(), _marker(item)
    place = Mark(line, item.start("mark") + 1, len(item["mark"]))
    message, hint = f"'{written}' does not make a list", f"write `{marker}` and the item"
    return source.problem("markdown", message, place, hint, marker if is_certain else None)
