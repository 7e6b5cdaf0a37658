"""A page's file as segments: the texts that a translator writes, each with its place, so that one can be put in another's stead.

Texts of the front matter are segments by themselves (`title`, `terms[center].term`); a body is cut at its headings and blank
lines (`#how-to-apply.0` is a heading, `#how-to-apply.2` the second block below it). Nothing else of a file is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from sitegen.model.fields import Field
from sitegen.model.kinds import Kind
from sitegen.model.values import Document
from sitegen.source.scalars import scalar

#: Types of fields whose values are translated.
_TRANSLATED = frozenset({"text", "markdown"})
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A text within a file.

    Attributes:
        name: of the part it belongs to, then its place there.
        start: character offset into the file.
        style: of a YAML scalar: "" for a plain one; None for Markdown.
    """

    name: str
    text: str
    start: int
    end: int
    style: str | None = None

    @property
    def part(self) -> str:
        """The part of the page by which states are told: a field, or `#anchor`."""
        return re.split(r"\.\d+$", self.name)[0] if self.name.startswith("#") else re.split(r"[.\[]", self.name)[0]


def front_segments(text: str, kind: Kind) -> list[Segment]:
    """The texts of the words in a file's front matter, in the order of the file."""
    first, last = _front_range(text)
    starts = [first, *(first + found.end() for found in re.finditer("\n", text[first:last]))]
    root = yaml.compose(text[first:last], Loader=yaml.SafeLoader)
    words = {declared.name: declared for declared in kind.of_side("words") if declared.name != "slug"}
    return list(_in_mapping(root, words, "", text, starts)) if isinstance(root, yaml.MappingNode) else []


def _front_range(text: str) -> tuple[int, int]:
    """Offsets of the front matter between its fences."""
    first = text.index("\n") + 1
    found = re.compile(r"^---[ \t]*$", re.MULTILINE).search(text, first)
    assert found is not None, "the file has been read before"
    return first, found.start()


def _in_mapping(node: Any, fields: Mapping[str, Field], before: str, text: str, starts: list[int]) -> Iterator[Segment]:
    for key, value in node.value:
        if key.value in fields:
            yield from _in_value(value, fields[key.value], before + key.value, text, starts)


def _in_value(node: Any, declared: Field, name: str, text: str, starts: list[int]) -> Iterator[Segment]:
    if isinstance(node, yaml.ScalarNode) and declared.type in _TRANSLATED:
        start = starts[node.start_mark.line] + node.start_mark.column
        end = starts[node.end_mark.line] + node.end_mark.column if node.end_mark.line < len(starts) else starts[-1]
        if _LETTER.search(node.value):
            yield Segment(name, node.value, start, end, node.style or "")
    elif isinstance(node, yaml.SequenceNode) and declared.item is not None:
        for number, child in enumerate(node.value):
            yield from _in_value(
                child, declared.item, f"{name}[{_item_name(child, declared.item, number)}]", text, starts
            )
    elif isinstance(node, yaml.MappingNode) and declared.fields:
        yield from _in_mapping(node, declared.fields, name + ".", text, starts)


def _item_name(node: Any, declared: Field, number: int) -> str:
    """An item of a list by its id, if it has one; else by its place."""
    ids = {field.name for field in declared.fields.values() if field.type == "id"}
    own = [value.value for key, value in node.value if key.value in ids] if isinstance(node, yaml.MappingNode) else []
    return str(own[0]) if own else str(number)


def body_segments(text: str, document: Document, anchors: Iterable[str]) -> list[list[Segment]]:
    """The blocks of a file's body, section by section: first those before the first heading.

    Args:
        anchors: of the source's headings, by which the segments are named.
    """
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    first = text[: _front_range(text)[1]].count("\n") + 1
    bounds = [first, *(heading.line - 1 for heading in document.body.headings), len(lines)]
    names = ["#", *("#" + anchor for anchor in anchors)]
    return [
        list(_blocks(lines, starts, section, name, is_first=not number))
        for number, (name, section) in enumerate(zip(names, pairwise(bounds), strict=True))
    ]


def _blocks(
    lines: list[str], starts: list[int], section: tuple[int, int], name: str, *, is_first: bool
) -> Iterator[Segment]:
    """The runs of lines without a blank one; a block of code is never cut, a heading stands alone."""
    number = 1 if is_first else 0
    begin, fence = None, ""
    for line in range(section[0], section[1] + 1):
        is_over = line == section[1] or (not lines[line].strip() and not fence)
        if begin is not None and (is_over or (number == 0 and not is_first and line > section[0])):
            text = "\n".join(lines[begin:line])
            if _LETTER.search(text):
                yield Segment(f"{name}.{number}", text, starts[begin], starts[begin] + len(text))
            number, begin = number + 1, None
        if line < section[1] and lines[line].strip():
            begin = line if begin is None else begin
            fence = _fence_after(lines[line], fence)


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after a line: "" for none."""
    found = _FENCE.match(line)
    if not fence:
        return found[1] if found else ""
    return "" if found and found[1].startswith(fence) and not line.strip().strip(fence[0]) else fence


def whole_section(text: str, blocks: list[Segment]) -> Segment:
    """The blocks of one section as a single segment, where those of two languages don't match."""
    first, last = blocks[0], blocks[-1]
    return Segment(first.part, text[first.start : last.end], first.start, last.end)


def with_texts(text: str, changes: Mapping[Segment, str]) -> str:
    """A file with other texts in the place of some segments."""
    for segment in sorted(changes, key=lambda segment: -segment.start):
        if changes[segment] == segment.text:
            continue
        written = changes[segment] if segment.style is None else scalar(changes[segment], segment.style)
        text = text[: segment.start] + written + text[segment.end :]
    return text
