"""The words of a file's front matter, with the lists, groups and maps in which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct

from sitegen.library.translated_parts import has_words
from sitegen.model.fields import TYPES, Field
from sitegen.model.kinds import Kind
from sitegen.source.front_matter import front_matter_span
from sitegen.source.yaml_loader import Loader
from sitegen.translation.segments import LETTER, Segment


class Words(Struct, frozen=True):
    """A value: a text, a list, or a group or map."""

    name: str  #: as `terms[center].term`
    written: str  #: the value as it is written
    begin: int  #: the offset of its dash or key; of the value itself, if it has neither
    start: int
    end: int  #: behind its last character
    node: Any
    key: str = ""  #: in a group or map
    id: str = ""  #: of an item that has one
    segment: Segment | None = None  #: the text to translate
    #: The items of a list, or the entries of a group or map; None for a text, and for what has none to translate.
    parts: tuple[Words, ...] | None = None
    is_list: bool = False
    is_flow: bool = False  #: whether it is written in brackets
    is_free: bool = False  #: whether its keys are chosen by authors, as in a map
    is_own: bool = False  #: whether each language has it for itself

    @property
    def content(self) -> str:
        """What it says, however it is written."""
        return _content(self.node)

    @property
    def is_block(self) -> bool:
        """Whether it is a list, group or map on lines of its own."""
        return not (self.is_flow or isinstance(self.node, yaml.ScalarNode))

    @property
    def is_left_out(self) -> bool:
        """Whether it is a list, group or map that no translation gets from its source."""
        return self.is_own and not isinstance(self.node, yaml.ScalarNode)

    @property
    def by_key(self) -> Mapping[str, Words]:
        return {part.key: part for part in self.parts or ()}

    @property
    def has_figures(self) -> bool:
        """Whether there are figures or other values without words in it."""
        if self.parts is not None:
            return any(part.has_figures for part in self.parts)
        return self.segment is None or not LETTER.search(self.segment.text)

    @property
    def texts(self) -> Iterator[Segment]:
        """The texts in it."""
        if self.segment is not None:
            yield self.segment
        for part in self.parts or ():
            yield from part.texts


def front_words(text: str, kind: Kind) -> dict[str, Words]:
    """Return the translated fields of a file's front matter, in the order of the file: name → value."""
    first, last = front_matter_span(text)
    root = yaml.compose(text[first:last], Loader=Loader)
    words = {own.name: own for own in kind.of_side("words") if own.name != "slug" and own.translate}
    if not isinstance(root, yaml.MappingNode):
        return {}
    reader = _Reader(text, first, last)
    return {
        key.value: reader.value(value, words[key.value], key.value, key)
        for key, value in root.value
        if key.value in words
    }


class _Reader:
    """Makes values of YAML's nodes."""

    def __init__(self, text: str, first: int, last: int) -> None:
        self._text = text
        self._starts = [first, *(first + found.end() for found in re.finditer("\n", text[first:last]))]

    def value(self, node: Any, declared: Field | None, name: str, key: Any = None, begin: int | None = None) -> Words:
        """Read the value of a field; None as field is something that nobody translates."""
        start, end = self._offset(node.start_mark), self._offset(node.end_mark)
        parts, segment = None, None
        if isinstance(node, yaml.ScalarNode):
            if declared is not None and declared.translate and TYPES[declared.type].is_translated:
                segment = Segment(name, node.value, start, end, node.style or "")
        elif declared is not None and has_words(declared):
            parts = tuple(self._parts(node, declared, name))
            end = parts[-1].end if parts and not node.flow_style else end
        elif not node.flow_style:
            end = self._end(node)
        end = start + len(self._text[start:end].rstrip())
        return Words(
            name,
            self._text[start:end],
            self._offset(key.start_mark) if key is not None else start if begin is None else begin,
            start,
            end,
            node,
            key.value if key is not None else "",
            _id(node, declared),
            segment,
            parts,
            isinstance(node, yaml.SequenceNode),
            not isinstance(node, yaml.ScalarNode) and bool(node.flow_style),
            declared is not None and declared.type == "map",
            declared is not None and not declared.translate,
        )

    def _end(self, node: Any) -> int:
        """Return the end of a value's last text; behind it may be comments that do not belong to it."""
        while not (isinstance(node, yaml.ScalarNode) or node.flow_style) and node.value:
            node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        return self._offset(node.end_mark)

    def _parts(self, node: Any, declared: Field | None, name: str) -> Iterator[Words]:
        if isinstance(node, yaml.MappingNode):
            text = Field(name="", type="text") if declared is not None and declared.type == "map" else None
            fields = declared.fields if declared is not None else {}
            for key, value in node.value:
                yield self.value(value, text or fields.get(key.value), f"{name}.{key.value}", key)
            return
        item, numbers = (declared.item if declared is not None else None), range(len(node.value))
        ids = [_id(child, item) for child in node.value]
        for number, child in zip(numbers, node.value, strict=True):
            begin = None if node.flow_style else self._dash(node, child, is_first=not number)
            yield self.value(child, item, f"{name}[{ids[number] or number}]", None, begin)

    def _dash(self, node: Any, item: Any, *, is_first: bool) -> int:
        """Return the offset of the dash before an item."""
        column, line = node.start_mark.column, item.start_mark.line
        if is_first:
            return self._offset(node.start_mark)
        dash = re.compile(rf" {{{column}}}-(?!\S)")
        while line and not dash.match(self._text, self._starts[line]):
            line -= 1
        return int(self._starts[line] + column)

    def _offset(self, mark: Any) -> int:
        return self._starts[mark.line] + mark.column if mark.line < len(self._starts) else self._starts[-1]


def _content(node: Any) -> str:
    if isinstance(node, yaml.ScalarNode):
        return repr(node.value)
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(map(_content, node.value))}]"
    return f"{{{', '.join(sorted(f'{key.value!r}: {_content(value)}' for key, value in node.value))}}}"


def _id(node: Any, declared: Field | None) -> str:
    """Return the id of an item, or "" if it has none."""
    ids = {field.name for field in declared.fields.values() if field.type == "id"} if declared is not None else set()
    own = [value.value for key, value in node.value if key.value in ids] if isinstance(node, yaml.MappingNode) else []
    return str(own[0]) if own else ""
