"""YAML text → nodes that know their place; YAML 1.2 core schema, without anchors and tags, and limited in size."""

from __future__ import annotations

import re
from collections.abc import Callable

from sitegen.source.character_scan import may_have_controls
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml_nodes import MAX_YAML
from sitegen.source.yaml_nodes import Node as Node
from sitegen.source.yaml_nodes import plain_scalar as plain_scalar
from sitegen.source.yaml_nodes import text_value as text_value

#: What is special, or refused, anywhere in a plain line; looked for one by one, as each is found at the speed of memory.
_SPECIAL = ("#", "\t", "\N{ZERO WIDTH SPACE}")
#: What a plain value may begin with besides letters and digits.
_BEGINNINGS = frozenset("/(«“„")
#: A list of plain words on a line, and a word of it.
_PLAIN_ITEM = re.compile(r"(?:/|[^\W_])[\w/.-]*")
_PLAIN_LIST = re.compile(rf"\[ *{_PLAIN_ITEM.pattern}(?: *, *{_PLAIN_ITEM.pattern})* *\]")


#: As `parse`, for a text from its first line on.
Parse = Callable[[Source, str], Node]


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
    from sitegen.source.yaml_events import parse_events  # loads PyYAML, which most edits don't need

    return parse_events(source, text, first_line, is_lenient=is_lenient)


def _parse_plain(text: str, line: int) -> Node | None:
    """The nodes of a mapping with a line for each entry, plain words or a list of them; None if it has anything else.

    Most front matter is so; reading its lines takes a fourth of the time that libyaml's events take.
    """
    if (
        len(text) > MAX_YAML
        or any(special in text for special in _SPECIAL)
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
