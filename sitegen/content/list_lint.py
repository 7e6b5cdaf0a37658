"""Lists that are none: items marked with digits of another script, with 1、 or （1）, or with a space that Markdown does not know.

Readers see their lines run together. A paragraph that begins so by itself is shown as it was meant, and left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sitegen.content.dialects import BLANK
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.patterns import lazily
from sitegen.source.text import Source

#: Spaces that are none to Markdown: of no break, of CJK, and those of typography.
ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: What marks an item to people and not to Markdown: a bullet or number with an odd space behind it; a number with digits of
#: another script, or with 、 or ． behind it; one in brackets. Its groups: a bullet, a number.
_MARKER = lazily(
    rf"[{BLANK} \t]{{0,40}}(?P<mark>"
    rf"(?P<bullet>[-*+])[{ODD_SPACES}][ \t{ODD_SPACES}]*"
    rf"|(?P<number>[0-9]{{1,3}})[.)][{ODD_SPACES}][ \t{ODD_SPACES}]*"
    rf"|(?P<native>(?![0-9])\d{{1,3}})[.)．、](?=[ \t{ODD_SPACES}])[ \t{ODD_SPACES}]*"
    rf"|(?P<comma>\d{{1,3}})[、．][ \t{ODD_SPACES}]*"
    rf"|[（(](?P<inside>\d{{1,3}})）[ \t{ODD_SPACES}]*"
    rf")(?=[^\s])"
)
_DATE = lazily(r"\d|\w+\s+\d")
_MAY_HAVE_SOME = lazily(rf"\n[ \t>]*(?:[-*+][{ODD_SPACES}]|[（(]?\d{{1,3}}(?:[.)][{ODD_SPACES}]|[、．）])|(?![0-9])\d)")


def may_have_lists(text: str) -> bool:
    """Whether it is worth while to look closer."""
    return _MAY_HAVE_SOME.search(f"\n{text}") is not None


def find_lists(source: Source, first_line: int, alone: str) -> Iterator[Problem]:
    """Each item of a list that Markdown takes for text.

    Args:
        alone: the text with all blanked that is code or markup, line for line.
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
        if not follows:  # in a paragraph Markdown lets no list begin but with a bullet or 1
            is_certain = begins or _marker(item) in ("1. ", "- ", "* ", "+ ")
        if follows or goes_on or (begins and _is_meant(item)):
            yield _problem(source, number + first_line, item, is_certain=is_certain)


def _is_meant(item: re.Match[str]) -> bool:
    """Whether an item is one though it stands alone: by its odd space; `1.` may also be the day of a date or a measure."""
    if item["bullet"] is not None:
        return True
    return item["number"] == "1" and not _DATE.match(item.string, item.end())


def _marker(item: re.Match[str]) -> str:
    """An item's mark as Markdown has it."""
    if item["bullet"]:
        return f"{item['bullet']} "
    digits = next(item[name] for name in ("number", "native", "comma", "inside") if item[name])
    return "".join(str(unicodedata.decimal(digit)) for digit in digits) + ". "


def _problem(source: Source, line: int, item: re.Match[str], *, is_certain: bool) -> Problem:
    written, marker = item["mark"].strip(), _marker(item)
    place = Mark(line, item.start("mark") + 1, len(item["mark"]))
    message, hint = f"'{written}' does not make a list", f"write `{marker}` and the item"
    return source.problem("markdown", message, place, hint, marker if is_certain else None)
