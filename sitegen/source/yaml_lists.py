"""The places of a list's items in YAML, found by the parser that reads them: nothing else of the list is changed."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise
from typing import Any, NamedTuple

import yaml
from msgspec import Struct

from sitegen.source.edits import END, Edit
from sitegen.source.yaml_entries import Comment, Entry
from sitegen.source.yaml_loader import Loader


class Item(NamedTuple):
    """A value of a list, with the offsets where it begins and ends."""

    value: str
    start: int
    end: int


class FlowList(Struct, frozen=True):
    """A list in [ ]."""

    start: int  #: behind its [
    end: int  #: before its ]
    items: list[Item]
    comments: tuple[Comment, ...]

    def edits(self, own: list[str], gone: Collection[str], line_end: str) -> list[Edit]:
        """Add items behind the last one, and remove others, but not the comments behind them."""

        def kept_comments(start: int, end: int) -> str:
            return "".join(f" {own.text}{line_end}" for own in self.comments if start <= own.start < end)

        kept = [item for item in self.items if item.value not in gone]
        if not kept:
            return [Edit(self.start, self.end, ", ".join(own) + kept_comments(self.start, self.end))]
        last = kept[-1]
        before = [(item, after) for item, after in pairwise(self.items) if item.start < last.start]
        added, end = "".join(f", {value}" for value in own), self.items[-1].end
        return [
            *(
                Edit(item.start, after.start, kept_comments(item.start, after.start))
                for item, after in before
                if item not in kept
            ),
            Edit(last.end, end, added + kept_comments(last.end, end)),
        ]


class BlockList(Struct, frozen=True):
    """A list with lines for each item; items begin and end with their lines."""

    indent: str
    items: list[Item]
    comments: tuple[Comment, ...]

    def edits(self, own: list[str], gone: Collection[str], line_end: str) -> list[Edit]:
        """Add items below the last one, and remove others, but not the comments behind them."""
        place = self.items[-1].end
        added = "".join(f"{self.indent}- {value}{line_end}" for value in own)
        return [
            *(
                Edit(item.start, item.end, self._comments_in(item, line_end))
                for item in self.items
                if item.value in gone
            ),
            Edit(place, place, added),
        ]

    def _comments_in(self, item: Item, line_end: str) -> str:
        inside = (comment for comment in self.comments if item.start <= comment.start < item.end)
        return "".join(f"{self.indent}{comment.text}{line_end}" for comment in inside)


def find_list(text: str, entry: Entry) -> FlowList | BlockList | None:
    """The list that is the value of an entry of a file; None if it is none."""
    lines, place = text[slice(*entry.span)], entry.start
    node: Any = yaml.compose(lines, Loader=Loader)
    value = node.value[0][1]
    if not isinstance(value, yaml.SequenceNode):
        return None
    if value.flow_style:
        items = [Item(item.value, place + item.start_mark.index, place + item.end_mark.index) for item in value.value]
        start, end = place + value.start_mark.index + 1, place + value.end_mark.index - 1
        return FlowList(start, end, items, entry.comments)
    items = [_lines_of(item, lines, place) for item in value.value]
    return BlockList(" " * value.start_mark.column, items, entry.comments)


def _lines_of(item: Any, entry: str, place: int) -> Item:
    """An item with the whole lines that it stands on."""
    dash = entry.rfind("-", 0, item.start_mark.index)
    first = max(entry.rfind("\n", 0, dash), entry.rfind("\r", 0, dash)) + 1
    end = re.compile(END).search(entry, max(item.start_mark.index, item.end_mark.index - 1))
    return Item(item.value, place + first, place + (end.end() if end else len(entry)))
