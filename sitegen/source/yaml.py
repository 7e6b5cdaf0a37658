"""YAML text → nodes that know their place; YAML 1.2 core schema, without anchors and tags, and limited in size.

`no`, `12:30` and `1_000` are text, as in the YAML that web editors write; PyYAML's own resolver (YAML 1.1)
would make them False, 750 and 1000.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct, field

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.character_scan import may_have_controls
from sitegen.source.mark import Mark
from sitegen.source.text import CONTROL, Source, control_character, find_control_characters
from sitegen.source.wrapping import has_unspaced, unfolded

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, same nodes
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_YAML = 64_000
MAX_DEPTH = 20
#: The most nodes that aliases may add, as nested ones grow exponentially.
_MOST_ADDED = 20_000

TYPE_NAMES = {
    dict: "a table of keys",
    tuple: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
}

_CORE = (
    (re.compile(r"(?:|~|null|Null|NULL)\Z"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)\Z"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)\Z"), lambda text: False),
    (re.compile(r"[-+]?[0-9]{1,18}\Z"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z"), float),
)
#: A comment that was probably not meant as one: `title: Room #5`.
_NO_COMMENT = re.compile(r"[ \t]+#[^\s#]")
_PLAIN_TAGS = frozenset(
    "tag:yaml.org,2002:" + name
    for name in ["str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map"]
) | {"!"}
#: Characters that are special, or refused, anywhere in a plain line; what one may begin with besides letters and digits.
_SPECIAL, _BEGINNINGS = frozenset("#\t\N{ZERO WIDTH SPACE}"), frozenset("/(«“„")
#: A list of plain words on a line, and a word of it.
_PLAIN_ITEM = re.compile(r"(?:/|[^\W_])[\w/.-]*")
_PLAIN_LIST = re.compile(rf"\[ *{_PLAIN_ITEM.pattern}(?: *, *{_PLAIN_ITEM.pattern})* *\]")
_QUOTES = ("'", '"', "|", ">")


class Node(Struct, frozen=True):
    """A value of a YAML file and its place.

    Attributes:
        value: None, bool, int, float, str, a tuple of nodes, or a mapping of keys to nodes.
        text: as written, for scalars.
        key: the place of its key, in a mapping.
    """

    value: Any
    text: str
    mark: Mark
    key: Mark | None = None

    @property
    def entries(self) -> Mapping[str, Node]:
        """Key → value of a table; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The values of a list; anything else is a list of itself."""
        return self.value if isinstance(self.value, tuple) else (self,)

    @property
    def type_name(self) -> str:
        """What an editor would call it: "a list", "text", "nothing"."""
        return "nothing" if self.value is None else TYPE_NAMES[type(self.value)]

    @property
    def quoted(self) -> str:
        """The value as it is written, in quotes; for a list or a table, its type."""
        return f"'{self.text}'" if self.text else self.type_name


def parse(source: Source, text: str, first_line: int = 1, *, is_lenient: bool = False) -> Node:
    """Parse a YAML text that is a mapping; marks are counted from `first_line` of the source.

    Args:
        is_lenient: expand aliases, up to a size, and accept every comment, as other programs do.

    Raises:
        SiteError: with every problem found, at its line and column.
    """
    plain = _parse_plain(text, first_line)
    if plain is not None:
        return plain
    problems = [*_too_much(source, text, first_line), *find_control_characters(source, text, first_line)]
    if problems:
        raise SiteError(problems)
    builder = _Builder(source, first_line - 1, _Loader(text), is_lenient)
    try:
        node = builder.document()
    except yaml.YAMLError as error:
        from sitegen.source.yaml_slips import explain_syntax  # loads patterns that are needed only here

        raise SiteError([explain_syntax(source, text, first_line, error)]) from error
    finally:
        builder.parser.dispose()
    problems = builder.problems
    if node is None:
        return Node({}, "", Mark(first_line, 1))
    if not problems and not isinstance(node.value, dict):
        from sitegen.source.yaml_slips import find_glued

        problems.append(
            find_glued(source, text, first_line)
            or source.problem("expected", "this must be lines of `key: value`", node.mark, "as `title: The opening`")
        )
    if problems:
        raise SiteError(problems)
    return node


def _parse_plain(text: str, line: int) -> Node | None:
    """The nodes of a mapping with a line for each entry, plain words or a list of them; None if it has anything else.

    Most front matter is so; reading its lines takes a fourth of the time that libyaml's events take.
    """
    if (
        len(text) > MAX_YAML
        or not _SPECIAL.isdisjoint(text)
        or may_have_controls(text.encode("utf-8", "surrogatepass"))
    ):
        return None
    entries: dict[str, Node] = {}
    for number, written in enumerate(text.split("\n"), line):
        key, _, value = written.partition(": ")
        node = _plain_node(value, Mark(number, len(key) + 3), Mark(number, 1, len(key)))
        if node is None or key in entries or not (key.isascii() and key.isidentifier()):
            return None
        entries[key] = node
    return Node(entries, "", Mark(line, 1))


def _plain_node(value: str, place: Mark, key: Mark) -> Node | None:
    text = value.strip(" ")
    start = place.column + len(value) - len(value.lstrip(" "))
    mark = Mark(place.line, start, len(text))
    if text[:1] == "[" and _PLAIN_LIST.fullmatch(text):
        found = [(item[0], Mark(place.line, start + item.start(), len(item[0]))) for item in _PLAIN_ITEM.finditer(text)]
        return Node(tuple([Node(plain_scalar(item), item, own) for item, own in found]), "", mark, key)
    if not (text[:1].isalnum() or text[:1] in _BEGINNINGS) or ": " in text or text[-1:] in ("", ":"):
        return None
    return Node(plain_scalar(text), text, mark, key)


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
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar_value(event, mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = tuple(self._node(child, depth + 1) for child in self._until(yaml.SequenceEndEvent))
            mark = self._mark(event.start_mark, self.end)
        else:
            value = dict(self._entries(depth + 1))
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            message, hint = f"the tag '{event.tag}' is not allowed", "write the value without a tag"
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

    def _alias(self, event: Any, mark: Mark) -> Node:
        if event.anchor not in self.anchors:
            raise yaml.composer.ComposerError(None, None, "found undefined alias", event.start_mark)
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
        if event.style in _QUOTES:
            return event.value
        if event.value and not self.is_lenient:
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
            else:
                first[key.text] = key.mark.line
                yield key.text, Node(value.value, value.text, value.mark, key.mark)


def _count(node: Node) -> int:
    """The number of nodes in a node, with those of expanded aliases."""
    children = node.value.values() if isinstance(node.value, dict) else node.value
    return 1 + sum(map(_count, children)) if isinstance(node.value, (dict, tuple)) else 1


def _lost_words(source: Source, line: int, column: int) -> Iterator[Problem]:
    """A comment after a plain value that was probably not meant as one."""
    lost = _NO_COMMENT.match("".join(source.lines[line : line + 1]), column)
    if lost:
        message, hint = "everything after # is ignored as a comment", "put the whole value in double quotes"
        yield source.problem("yaml-syntax", message, Mark(line + 1, lost.end() - 1), hint)


def plain_scalar(text: str) -> Any:
    """The value of an unquoted text: a number, true, false, None, or the text itself."""
    for pattern, convert in _CORE:
        if pattern.match(text):
            value = convert(text)
            return text if value in (math.inf, -math.inf) else value  # JSON can't represent 1e999
    return text


def _too_much(source: Source, text: str, first_line: int) -> Iterator[Problem]:
    if len(text) > MAX_YAML:
        message = f"{len(text):,} characters of YAML, over {MAX_YAML:,}"
        yield source.problem("too-large", message, Mark(first_line, 1), "move text to the body")
        return
    for number, line in enumerate(text.split("\n"), first_line):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            tabs = indent[indent.index("\t") :]
            mark, fix = Mark(number, indent.index("\t") + 1, len(tabs)), tabs.replace("\t", "  ")
            yield source.problem("yaml-tab", "a tab at the beginning of the line", mark, "use spaces", fix)
        if "\N{NO-BREAK SPACE}" in indent or "\N{ZERO WIDTH SPACE}" in line:
            fix = line.replace("\N{ZERO WIDTH SPACE}", "").replace("\N{NO-BREAK SPACE}", " ")
            mark, hint = Mark(number, 1, len(line)), "retype the line, with plain spaces"
            yield source.problem("control-character", "an invisible character", mark, hint, fix)


def table(node: Node) -> Mapping[str, Node]:
    """The entries of a mapping node; the caller has checked that it is one."""
    assert isinstance(node.value, dict)
    return node.value
