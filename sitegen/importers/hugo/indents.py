"""Indents texts that shortcodes in list items enclose: Hugo reads them apart, but a block ends where its item ends."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.importers.hugo.shortcode_parser import Tag, find_tags, form_of
from sitegen.source.edits import Edit, Traced

#: The smallest indentation of the text of a list item.
_ITEM = 2


def indented(text: Traced) -> Traced:
    """Return the text with the lines that shortcodes enclose indented at least as the shortcodes are."""
    tags = find_tags(text.text)
    return text.edited(edit for tag in _outermost(tags) for edit in _edits(text.text, tag, tags))


def _outermost(tags: list[Tag]) -> Iterator[Tag]:
    """Yield the outermost shortcodes on lines of their own that are indented."""
    end = 0
    for tag in tags:
        if tag.closed_by is None or tag.is_escaped or tag.in_code or tag.start < end:
            continue
        end = tag.last
        yield tag


def _edits(text: str, tag: Tag, tags: list[Tag]) -> Iterator[Edit]:
    """Yield edits that indent each line less indented than the shortcode; its text is moved as a whole."""
    line = text.rfind("\n", 0, tag.start) + 1
    column = tag.start - line
    if column < _ITEM or ">" in text[line : tag.start] or tag.column != column or form_of(text, tag) != "container":
        return
    marks = {text.rfind("\n", 0, one.start) + 1 for one in tags if tag.start < one.start < tag.last}
    lines = list(_lines(text, tag.end, tag.last))
    is_moved = any(indent < column for start, indent in lines if start not in marks)
    for start, indent in lines:
        if is_moved if start not in marks else indent < column:
            yield Edit(start, start, " " * column)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the indentation of each line that begins in a range and is not empty."""
    place = text.find("\n", start, end) + 1
    while place:
        after = text.find("\n", place, end)
        own = text[place : after if after >= 0 else end]
        if own.strip():
            yield place, len(own) - len(own.lstrip(" "))
        place = after + 1
