"""Sorts the items of sorted lists in place, in flow or block style; comments move with their items."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from sitegen.model.fields import Field, right_order, sorted_lists
from sitegen.source.edits import Edit, Text
from sitegen.source.front_matter import front_matter_span
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse

#: The text after an item in a flow list: a comma, and a comment at the end of the line.
_TAIL = re.compile(r"((?:[ \t]*,)?)((?:[ \t]+#[^\r\n]*)?)")


def put_in_order(text: Text, fields: Mapping[str, Field], time_zone: dt.tzinfo) -> Iterator[Edit]:
    """Yield the edit of each sorted list in a page's front matter that is out of order.

    Raises:
        SiteError: the front matter can't be read.
    """
    if re.search(r"\r(?!\n)", text.whole):  # no editor has written CR line ends for twenty years
        return
    first, last = front_matter_span(text.whole)
    front = text.whole[first:last]
    for declared, node in sorted_lists(fields, parse(Source.of("", text.whole), front, 2)):
        order = right_order(declared, node, time_zone)
        if order != sorted(order):
            in_brackets = text.whole[text.offset(node.mark)] == "["
            yield from (_in_brackets if in_brackets else _in_lines)(text, node, order)


def _in_brackets(text: Text, node: Node, order: Sequence[int]) -> Iterator[Edit]:
    """Sort a flow list; skip it if it is unclear which item a comment belongs to."""
    starts = [text.offset(child.mark) for child in node.value]
    ends = [start + child.mark.width for start, child in zip(starts, node.value, strict=True)]
    tails = [_tail(text, end) for end in ends]
    gaps = [text.whole[tail.end() : start] for tail, start in zip(tails, starts[1:], strict=False)] + [""]
    is_closed = text.whole[tails[-1].end() :].lstrip().startswith("]")
    if any(gap.strip() for gap in gaps) or not is_closed:
        return
    if any(tail[2] for tail in tails) and not all(_begins_line(text, start) for start in starts):
        return
    parts = [
        f"{text.whole[starts[item] : ends[item]]}{tail[1]}{tails[item][2]}{gap}"
        for item, tail, gap in zip(order, tails, gaps, strict=True)
    ]
    yield Edit(starts[0], tails[-1].end(), "".join(parts))


def _tail(text: Text, end: int) -> re.Match[str]:
    found = _TAIL.match(text.whole, end)
    assert found is not None, "it matches nothing too"
    return found


def _begins_line(text: Text, place: int) -> bool:
    line = text.whole[text.whole.rfind("\n", 0, place) + 1 : place]
    return not line.strip()


def _in_lines(text: Text, node: Node, order: Sequence[int]) -> Iterator[Edit]:
    """Sort a block list. A comment above an item belongs to it; one only above the first item belongs to the list."""
    lines, indent = text.whole.split("\n"), node.mark.column - 1
    numbers = [child.mark.line for child in node.value]
    if not all(lines[number - 1][indent : indent + 2] == "- " for number in numbers):
        return
    above = [node.key.line if node.key else numbers[0] - 1, *numbers]
    starts = [_with_comments(lines, number, last, indent) for number, last in zip(numbers, above, strict=False)]
    if starts[1:] == numbers[1:]:
        starts[0] = numbers[0]
    end = numbers[-1] + 1
    while re.match(rf" {{{indent + 1},}}\S", lines[end - 1]):
        end += 1
    places = [text.offset(Mark(number, 1)) for number in (*starts, end)]
    yield Edit(places[0], places[-1], "".join(text.whole[places[item] : places[item + 1]] for item in order))


def _with_comments(lines: Sequence[str], number: int, last: int, indent: int) -> int:
    """Return the line of the first comment directly above an item, after line `last` and not indented more than it."""
    while number - 1 > last and re.match(rf" {{0,{indent}}}#", lines[number - 2]):
        number -= 1
    return number
