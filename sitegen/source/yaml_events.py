"""YAML text → nodes by libyaml's events; `sitegen.source.yaml` reads what is plain without them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import yaml
from msgspec import Struct, field

from sitegen.problems.problem import MOST_PROBLEMS, Problem, SiteError
from sitegen.source.line_joining import SOUTHEAST_ASIAN, has_unspaced, unfolded
from sitegen.source.mark import Mark, Places
from sitegen.source.text import CONTROL, Source, control_character, find_control_characters
from sitegen.source.yaml_loader import Loader
from sitegen.source.yaml_nodes import MAX_DEPTH, MAX_YAML, Node, plain_scalar

#: The most nodes that aliases may add, as nested ones grow exponentially.
_MOST_ADDED = 20_000
#: A comment that was probably not meant as one: `title: Room #5`, `title: C #`.
_NO_COMMENT = re.compile(r"[ \t]+(#)(?:[^\s#]|[ \t]*+$)")
#: The same where a value or an item might begin.
_NO_VALUE = re.compile(r"(?:[:,\[{]|(?<![^\s-])-)[ \t]+#[^\s#]")
_COMMENT = re.compile(r"(?:^|[ \t])#")
_HIDDEN = re.compile(rf"(?<![{SOUTHEAST_ASIAN}\u200b])\u200b+(?![{SOUTHEAST_ASIAN}\u200b])")
#: A tab or a no-break space before the first word of a line.
_INDENTED = re.compile(r"^[^\S\n]*[\t\u00a0]", re.MULTILINE)
_PLAIN_TAGS = frozenset(
    "tag:yaml.org,2002:" + name
    for name in ["str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map"]
) | {"!"}
_QUOTES = ("'", '"', "|", ">")


def parse_events(source: Source, text: str, first_line: int, *, is_lenient: bool) -> Node:
    """As `sitegen.source.yaml.parse`, for any YAML."""
    problems = [*_too_much(source, text, first_line), *find_control_characters(source, text, first_line)]
    if problems:
        raise SiteError(problems)
    builder = _Builder(source, first_line - 1, Loader(text), is_lenient)
    try:
        node = builder.document()
    except yaml.YAMLError as error:
        from sitegen.source.yaml_slips import explain_syntax  # loads patterns that are needed only here

        raise SiteError([explain_syntax(source, text, first_line, error)]) from error
    finally:
        builder.parser.dispose()
    problems = builder.problems
    if "#" in text and not is_lenient:
        problems.extend(_lost_values(source, text, first_line, builder.scalars))
    if node is None and not problems:
        return Node({}, "", Mark(first_line, 1))
    if not problems and node is not None and not isinstance(node.value, dict):
        from sitegen.source.yaml_slips import find_glued

        problems.append(
            find_glued(source, text, first_line)
            or source.problem("expected", "this must be lines of `key: value`", node.mark, "as `title: The opening`")
        )
    if problems or node is None:
        raise SiteError(problems)
    return node


class _Builder(Struct):
    """Makes nodes from libyaml's events.

    libyaml's parser keeps its stack on the heap, but its composer is recursive C code that deeply nested text
    overflows. Here the depth is known at each event, and nothing after the first event that is too deep is read.
    """

    source: Source
    shift: int
    parser: Any
    is_lenient: bool
    problems: list[Problem] = field(default_factory=list)
    #: Anchor → its node, once it is complete, and the number of nodes in it.
    anchors: dict[str, tuple[Node, int] | None] = field(default_factory=dict)
    #: Where texts begin and end, in characters.
    scalars: list[tuple[int, int]] = field(default_factory=list)
    #: Anchor → its place, if no alias has named it.
    unused: dict[str, Mark] = field(default_factory=dict)
    #: The number of nodes that aliases have added.
    added: int = 0
    #: The end of the collection that was read last.
    end: Any = None

    def document(self) -> Node | None:
        """The only document of the text; None if there is none or it is empty."""
        self.parser.get_event()  # the stream's start
        if isinstance(self.parser.get_event(), yaml.StreamEndEvent):
            return None
        first = self.parser.get_event()
        is_empty = isinstance(first, yaml.ScalarEvent) and first.value == "" and first.style not in _QUOTES
        node = self._node(first, 1)
        self.problems.extend(() if self.is_lenient else map(self._unused_anchor, self.unused, self.unused.values()))
        self.parser.get_event()  # the document's end
        after = self.parser.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(None, None, "expected a single document", after.start_mark)
        return None if is_empty else node

    def _node(self, event: Any, depth: int) -> Node:
        mark = self._mark(event.start_mark, event.end_mark)
        if depth > MAX_DEPTH:
            raise SiteError([self.source.problem("too-deep", f"nested more than {MAX_DEPTH} levels deep", mark)])
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
            self.unused.setdefault(event.anchor, mark)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar_value(event, mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = tuple(self._node(child, depth + 1) for child in self._until(yaml.SequenceEndEvent))
            mark = self._mark(event.start_mark, self.end)
        else:
            value = dict(self._entries(depth + 1))
        if event.tag is not None and (event.tag not in _PLAIN_TAGS or (event.tag == "!" and not self.is_lenient)):
            message, hint = f"the tag '{event.tag}' is not allowed", "write the value without it, or in double quotes"
            self.problems.append(self.source.problem("yaml-alias", message, mark, hint))
            return Node(None, "", mark)
        node = Node(value, event.value if isinstance(event, yaml.ScalarEvent) else "", mark)
        if event.anchor is not None and self.is_lenient:
            self.anchors[event.anchor] = node, _count(node)
        return node

    def _until(self, end: type) -> Iterator[Any]:
        """The events of a collection's direct nodes; each must be made into a node before the next is requested."""
        event = self.parser.get_event()
        while not isinstance(event, end):
            yield event
            event = self.parser.get_event()
        closing: Any = event
        self.end = closing.end_mark

    def _mark(self, start: Any, end: Any) -> Mark:
        width = max(1, end.column - start.column) if start.line == end.line else 1
        return Mark(start.line + 1 + self.shift, start.column + 1, width)

    def _unused_anchor(self, name: str, mark: Mark) -> Problem:
        message, hint = (
            f"'&{name}' is a name for the value (an anchor), and is not shown",
            "put the whole value in double quotes",
        )
        return self.source.problem("yaml-alias", message, mark, hint)

    def _alias(self, event: Any, mark: Mark) -> Node:
        if event.anchor not in self.anchors:
            raise yaml.composer.ComposerError(None, None, "found undefined alias", event.start_mark)
        self.unused.pop(event.anchor, None)
        node, size = self.anchors[event.anchor] or (None, 0)
        self.added += size
        if node is not None and self.added <= _MOST_ADDED:
            return node
        message, hint = "an alias (*) repeats a value", "write the value in full"
        self.problems.append(self.source.problem("yaml-alias", message, mark, hint))
        return Node(None, "", mark)

    def _scalar_value(self, event: Any, mark: Mark) -> Any:
        hidden = CONTROL.search(event.value)
        if hidden:
            self.problems.append(control_character(self.source, hidden[0], mark))
        first, last = event.start_mark.line, event.end_mark.line
        if first != last and event.style != "|" and has_unspaced(event.value):
            event.value = unfolded(event.value, self.source.lines[first + self.shift : last + self.shift + 1])
        if not self.is_lenient:
            self.scalars.append((event.start_mark.index, event.end_mark.index))
        if event.style in _QUOTES:
            return event.value
        if event.value and not self.is_lenient:
            self.problems.extend(_lost_items(self.source, first + self.shift + 1, last + self.shift + 1))
            end = event.end_mark
            self.problems.extend(_lost_words(self.source, end.line + self.shift, end.column))
        return plain_scalar(event.value)

    def _entries(self, depth: int) -> Iterator[tuple[str, Node]]:
        first: dict[str, int] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._node(event, depth)
            value = self._node(self.parser.get_event(), depth)
            if not isinstance(event, yaml.ScalarEvent):
                self.problems.append(self.source.problem("expected", "a key must be a word", key.mark))
            elif key.text in first:
                message = f"'{key.text}' appears twice, first on line {first[key.text]}"
                self.problems.append(self.source.problem("yaml-duplicate", message, key.mark, "remove one of them"))
                if len(self.problems) >= MOST_PROBLEMS:
                    raise SiteError(self.problems)
            else:
                first[key.text] = key.mark.line
                yield key.text, Node(value.value, value.text, value.mark, key.mark)


def _count(node: Node) -> int:
    """The number of nodes in a node, with those of expanded aliases."""
    children = node.value.values() if isinstance(node.value, dict) else node.value
    return 1 + sum(map(_count, children)) if isinstance(node.value, (dict, tuple)) else 1


def _lost_items(source: Source, first: int, last: int) -> Iterator[Problem]:
    """Lines below the first of a plain value that look like items of a list: YAML takes them for more words of the value."""
    for number in range(first, last):
        line = source.lines[number]
        if line.lstrip(" ").startswith("- "):
            message, hint = (
                "this item belongs to the value above, as it stands further in",
                "put it below the others, or the value in double quotes",
            )
            yield source.problem("yaml-syntax", message, Mark(number + 1, len(line) - len(line.lstrip(" ")) + 1), hint)


def _lost_words(source: Source, line: int, column: int) -> Iterator[Problem]:
    """A comment after a plain value that was probably not meant as one."""
    lost = _NO_COMMENT.match("".join(source.lines[line : line + 1]), column)
    if lost:
        message, hint = "everything after # is ignored as a comment", "put the whole value in double quotes"
        yield source.problem("yaml-syntax", message, Mark(line + 1, lost.end(1)), hint)


def _lost_values(source: Source, text: str, first_line: int, texts: Sequence[tuple[int, int]]) -> Iterator[Problem]:
    """Comments in the place of a value, or of an item, that were probably not meant as such: `summary: #Words`."""
    places, last = None, -1
    for found in _NO_VALUE.finditer(text):
        place, line = found.end() - 2, text.rfind("\n", 0, found.end()) + 1
        if line == last or _is_within(texts, place):
            continue
        last = line  # what follows is part of the comment
        if not any(not _is_within(texts, line + own.end() - 1) for own in _COMMENT.finditer(text[line:place])):
            places = places or Places(text, first_line)
            message, hint = "everything after # is ignored as a comment", "put the whole value in double quotes"
            yield source.problem("yaml-syntax", message, places.mark(place), hint)


def _is_within(texts: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether a character is in one of the texts, given by where they begin and end."""
    last = bisect_right(texts, (place, place)) - 1
    return last >= 0 and texts[last][0] <= place < texts[last][1]


def _too_much(source: Source, text: str, first_line: int) -> Iterator[Problem]:
    if len(text) > MAX_YAML:
        message = f"{len(text):,} characters of YAML, over {MAX_YAML:,}"
        yield source.problem("too-large", message, Mark(first_line, 1), "move text to the body")
        return
    places = Places(text, first_line) if _HIDDEN.search(text) else None
    for found in islice(_HIDDEN.finditer(text), MOST_PROBLEMS):
        assert places is not None
        mark = places.mark(found.start(), len(found[0]))
        yield source.problem("control-character", "an invisible character", mark, "delete it", "")
    if _INDENTED.search(text):
        yield from _indents(source, text, first_line)


def _indents(source: Source, text: str, first_line: int) -> Iterator[Problem]:
    """What stands in place of spaces before a key; before the words of a text, YAML takes it for what it is."""
    from sitegen.source.yaml_slips import lines_outside_values  # loads patterns that are needed only here

    lines = text.split("\n")
    for number in lines_outside_values(text):
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        if "\t" in indent:
            tabs = indent[indent.index("\t") :]
            mark, fix = Mark(number + first_line, indent.index("\t") + 1, len(tabs)), tabs.replace("\t", "  ")
            yield source.problem("yaml-tab", "a tab at the beginning of the line", mark, "use spaces", fix)
        elif "\N{NO-BREAK SPACE}" in indent:
            mark, fix = Mark(number + first_line, 1, len(indent)), indent.replace("\N{NO-BREAK SPACE}", " ")
            yield source.problem("control-character", "an invisible character", mark, "use plain spaces", fix)
