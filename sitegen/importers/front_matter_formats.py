"""Parses tables and front matter in YAML, TOML or JSON into nodes with positions."""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_left
from typing import Any

from msgspec.structs import replace

from sitegen.problems.problem import SiteError
from sitegen.source.front_matter import FENCE, closing_line
from sitegen.source.mark import Mark
from sitegen.source.text import CONTROL, Source, without_control_characters
from sitegen.source.yaml import Node, parse
from sitegen.source.yaml_nodes import MAX_DEPTH

_START = Mark(1, 1)
#: Characters that YAML rejects as indentation or takes for letters: tab, non-breaking space, zero-width space.
_PASSED_OVER = {0x09: " ", 0xA0: " ", 0x200B: ""}

#: A dotted key of TOML with more parts than any settings have.
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")


def parse_table(source: Source, form: str, text: str | None = None, first_line: int = 1) -> Node:
    """Parse a table in YAML, TOML or JSON into nodes with lowercase keys.

    Args:
        form: "yaml", "toml" or "json".
        text: a part of the source that starts at `first_line`; by default the whole source.

    Raises:
        SiteError: the text is not a valid table.
    """
    text = "\n".join(source.lines) if text is None else text
    if form == "yaml":
        return _in_small_letters(parse(source, text, first_line))
    try:
        if form == "toml" and _DEEP_KEY.search(text):
            raise RecursionError  # tomllib reads a key with dots in the square of their number
        value = tomllib.loads(text) if form == "toml" else json.loads(text)
        json.dumps(value, ensure_ascii=False, default=str).encode()  # `\\ud800` in JSON is a lone surrogate
        located = _Places(text, first_line).located(value, 0)
    except (RecursionError, UnicodeEncodeError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else "half a character (a lone surrogate)"
        message = f"unreadable {form.upper()}: {reason}"
        raise SiteError([source.problem("front-matter", message, Mark(first_line, 1))]) from error
    except ValueError as error:  # including TOMLDecodeError and JSONDecodeError
        found = re.search(r"line (\d+),? column (\d+)", str(error))
        mark = Mark(first_line + int(found[1]) - 1, int(found[2])) if found else Mark(first_line, 1)
        message = re.sub(r"[:(]? ?\(?at line.*|: line \d.*", "", str(error))
        message = f"unreadable {form.upper()}: {message[:1].lower()}{message[1:]}"
        raise SiteError([source.problem("front-matter", message, mark)]) from error
    if not isinstance(value, dict):
        raise SiteError([source.problem("front-matter", "this must be a table of keys", Mark(first_line, 1))])
    return located


def parse_loosely(source: Source, text: str, first_line: int) -> Node:
    """Parse YAML as leniently as other programs: tabs, invisible characters, aliases and every comment are accepted.

    Raises:
        SiteError: the text is still not valid YAML, or too large for front matter.
    """
    plain = without_control_characters(text).translate(_PASSED_OVER)
    return _in_small_letters(parse(source, plain, first_line, is_lenient=True))


def _in_small_letters(node: Node) -> Node:
    if isinstance(node.value, dict):
        merged = node.value.get("<<")
        own = {key: child for key, child in node.value.items() if key != "<<"}
        if merged is not None and isinstance(merged.value, dict):
            own = {**merged.value, **own}
        return replace(node, value={key.lower(): _in_small_letters(child) for key, child in own.items()})
    if isinstance(node.value, tuple):
        return replace(node, value=tuple(_in_small_letters(child) for child in node.value))
    return node


#: A possible key, with or without quotes.
_NAME = re.compile(r"""(?<![\w-])(?:"((?>(?:[^"\\\n]|\\.){0,999}))"|'([^'\n]*+)'|([\w-]++))[ \t]*+(?=[=:\].])""")


class _Places:
    """Adds positions to parsed values without any: searches for each key line by line, after the key of its table."""

    def __init__(self, text: str, first_line: int) -> None:
        self._first_line = first_line
        self._found: dict[str, list[tuple[int, int]]] = {}
        for index, line in enumerate(text.split("\n")):
            for found in _NAME.finditer(line):
                group = found.lastindex or 0
                self._found.setdefault(found[group], []).append((index, found.start(group)))

    def located(self, value: Any, after: int, mark: Mark = _START, depth: int = 1) -> Node:
        """Return a value as a node; its keys are on the line `after` or below.

        Raises:
            RecursionError: it is nested deeper than YAML may be.
            ValueError: a text has an invisible character, which is written as an escape.
        """
        if depth > MAX_DEPTH and isinstance(value, (dict, list)):
            raise RecursionError
        match value:
            case dict():
                children = {}
                for key, child in value.items():
                    line, column = self._place(key, after)
                    place = Mark(line + self._first_line, column + 1, len(key))
                    children[key.lower()] = replace(self.located(child, line, place, depth + 1), key=place)
                return Node(children, "", mark)
            case list():
                return Node(tuple(self.located(child, after, mark, depth + 1) for child in value), "", mark)
            case bool():
                return Node(value, str(value).lower(), mark)
            case None | int() | float():
                return Node(value, "" if value is None else str(value), mark)
        text = value if isinstance(value, str) else value.isoformat()
        if hidden := CONTROL.search(text):
            where = f"line {mark.line - self._first_line + 1} column {mark.column}"
            raise ValueError(f"a character that can't be seen, U+{ord(hidden[0]):04X}: {where}")
        return Node(text, text, mark)

    def _place(self, key: str, after: int) -> tuple[int, int]:
        """Return the line and column, 0-based, of a key's first occurrence from the line `after` on."""
        places = self._found.get(key, [])
        number = bisect_left(places, (after, 0))
        return places[number] if number < len(places) else (after, 0)


def split_front_matter(source: Source) -> tuple[str, str, int, int]:
    """Find the front matter of a file; its first line tells its form.

    Returns:
        Its form ("" if there is none), its text, the number of the text's first line, the index of the line after it.

    Raises:
        SiteError: the front matter is not closed.
    """
    first = next((index for index, line in enumerate(source.lines) if line.strip()), 0)
    opening = source.lines[first].rstrip()
    form = {FENCE: "yaml", "+++": "toml"}.get(opening)
    if form is None and opening.startswith("{"):
        whole = "\n".join(source.lines[first:])
        try:
            _, end = json.JSONDecoder().raw_decode(whole)
        except (ValueError, RecursionError):
            end = len(whole)
        return "json", whole[:end], first + 1, first + whole.count("\n", 0, end) + 1
    if form is None:
        return "", "", 1, 0
    closing = closing_line(source.lines, first, opening)
    if closing is None:
        raise SiteError([source.problem("front-matter", "the front matter is not closed", _START)])
    return form, "\n".join(source.lines[first + 1 : closing]), first + 2, closing + 1
