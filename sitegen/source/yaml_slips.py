"""What a person most likely meant by text that is not valid YAML."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml_entries import scalars_of

_HALVES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
#: A line whose value begins with a quote; and the end of the text in each kind of quotes.
_QUOTED = re.compile(r"""(\s*(?:- +)*(?:[\w-]+: +)?)(["'])(.*)""")
_QUOTE_ENDS = {'"': re.compile(r'(?<!\\)(?:\\\\)*"'), "'": re.compile(r"(?<!')(?:'')*'(?!')")}
#: A line up to the end of a value in quotes or brackets.
_ENDS_EARLY = re.compile(r"""\s*(?:- +)*[\w-]+: +(?:"[^"]*"|'[^']*'|\[[^]]*\]|\{[^}]*\})\s*$""")
#: Spaces that YAML treats as letters.
_NO_SPACE = r"\u00a0\u2000-\u200a\u202f\u3000"
_GLUED = re.compile(rf"(\s*(?:- +)*(?P<key>[\w-]+))(?::(?=[\S{_NO_SPACE}])|\s*：)[{_NO_SPACE}]*")
#: A line below which keys may be indented: a key without a value, or with one that begins in brackets; and list items.
_OPENS = re.compile(r"\s*+(?:-(?:\s++|$))*(?:[\w-]++\s*+[:：])?\s*+(?:#.*|[{\[].*)?$")
_DASHES = re.compile(r"(?:- +)*")
_KEY = re.compile(r"""(?:[\w-]++|"[^"]*"|'[^']*')\s*+[:：]""")
#: A line that begins with a word without a colon after it: `status = open`.
_NO_COLON = re.compile(r"([^\W\d][\w-]*)(?![\w-])(?!\s*[:：])[\s=;]*(.*)")
_IN_QUOTES = "put the whole value in double quotes"
_INDENTED = "check its indentation, and put values with quotes inside in double quotes"
#: PyYAML's message → the message for editors, and the hint. The first match wins.
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a colon and a space inside a value", _IN_QUOTES),
    ("unexpected end of stream", "a quote is opened here but not closed", "close it"),
    ("found character '\\t'", "a tab where a space must be", "use spaces"),
    ("invalid Unicode character escape", "this \\u is not a character", "write the character itself"),
    ("hexdecimal", "a backslash in a double-quoted value", "write \\\\ or use single quotes"),
    ("sequence entries are not allowed", "a value may not begin with - and a space", _IN_QUOTES),
    ("mapping keys are not allowed", "a value may not begin with ? and a space", _IN_QUOTES),
    ("unknown escape character", "a backslash in a double-quoted value", "write \\\\ or use single quotes"),
    ("',' or ']'", "a list in [ ] is not closed", "close it with ]"),
    ("',' or '}'", "a table in { } is not closed", "close it with }"),
    ("expected node content", "a list in [ ] or a table in { } is not closed", "close it with ] or }"),
    ("cannot start any token", "a value may not begin with this character", _IN_QUOTES),
    ("alphabetic or numeric", "a value may not begin with * or &", _IN_QUOTES),
    ("undefined alias", "a value may not begin with *", _IN_QUOTES),
    ("expected ':'", "a line without `key: value`", "write a key, a colon, a space and the value"),
    ("expected <block end>", "the line does not fit the lines above", _INDENTED),
    ("expected key", "the line does not fit the lines above", _INDENTED),
    ("expected '-' indicator", "the line does not fit the list above", "begin it with - at the same indentation"),
    ("single document", "a second --- inside the YAML", "keep one document"),
)


def explain_syntax(source: Source, text: str, first_line: int, error: yaml.YAMLError) -> Problem:
    """The problem for an error from PyYAML, at the place of the slip rather than where it was noticed."""
    problem = str(getattr(error, "problem", "") or error)
    mark = getattr(error, "problem_mark", None)
    noticed = mark.line if mark else 0
    if "end of stream" in problem or "',' or" in problem:
        mark = getattr(error, "context_mark", None) or mark
    meant = _meant(source, text, first_line, problem, mark, noticed)
    if meant:
        return meant
    last = first_line + text.count("\n")
    place = Mark(min(first_line + mark.line, last), mark.column + 1) if mark else Mark(first_line, 1)
    if "node content" in problem:
        opened = _last_bracket(text.split("\n"), place.line - first_line, first_line)
        problem = problem if opened else "cannot start any token"
        place = opened or place
    if "character escape" in problem and (pair := _surrogates(source, place)):
        return pair
    if "mapping values" in problem and source.lines[place.line - 1][:1] == " " and ": " in source.lines[place.line - 2]:
        problem = "expected key"
    if mark and "expected" in problem and _ENDS_EARLY.match(source.lines[place.line - 1][: place.column - 1]):
        message = "a value in quotes or brackets ends here, and more follows"
        return source.problem("yaml-syntax", message, place, _IN_QUOTES)
    for pattern, message, hint in _SYNTAX:
        if pattern in problem:
            return source.problem("yaml-syntax", message, place, hint)
    return source.problem("yaml-syntax", problem, place)


def _surrogates(source: Source, place: Mark) -> Problem | None:
    r"""A character written as two halves, as in JSON: `\ud83d\ude00`."""
    found = next(
        (m for m in _HALVES.finditer(source.lines[place.line - 1]) if m.start() < place.column <= m.end()), None
    )
    if found is None:
        return None
    character = json.loads(f'"{found[0]}"')
    message, hint = "this character is written as two surrogates, as in JSON", f"write {character}"
    return source.problem("yaml-syntax", message, Mark(place.line, found.start() + 1, len(found[0])), hint, character)


def _meant(source: Source, text: str, first_line: int, problem: str, mark: Any, last: int) -> Problem | None:
    """A slip that explains a YAML error, which is often noticed further below, in the line of the index `last`."""
    glued = find_glued(source, text, first_line, last) if "expected" in problem or "mapping values" in problem else None
    if glued or not mark:
        return glued
    lines = text.split("\n")[: mark.line + 1]
    opened = _open_quote(lines)
    if opened:
        message, hint = "a quote is opened here but not closed", "close it at the end of the line"
        return source.problem("yaml-syntax", message, Mark(first_line + opened.line - 1, opened.column), hint)
    is_of_keys = "expected ':'" in problem or "mapping values" in problem
    return _without_colon(source, lines, first_line) if is_of_keys else None


def _open_quote(lines: Sequence[str]) -> Mark | None:
    """The last value that begins with a quote and does not end with it."""
    for number, line in reversed([*enumerate(lines, 1)]):
        found = _QUOTED.match(line)
        if found and not _QUOTE_ENDS[found[2]].search(found[3]):
            return Mark(number, found.end(1) + 1)
    return None


def _without_colon(source: Source, lines: Sequence[str], first_line: int) -> Problem | None:
    """The last line that begins with a word, like a key, without a colon after it."""
    for number, line in reversed([*enumerate(lines, first_line)]):
        found = _NO_COLON.match(line)
        if found:
            message, hint = "a line without `key: value`", f"write `{found[1]}: {found[2] or '…'}`"
            return source.problem("yaml-syntax", message, Mark(number, 1, len(line)), hint)
    return None


def _last_bracket(lines: Sequence[str], index: int, first_line: int) -> Mark | None:
    """The last bracket that is opened on the line or above."""
    for number in range(min(index, len(lines) - 1), -1, -1):
        column = max(lines[number].rfind("["), lines[number].rfind("{"))
        if column >= 0:
            return Mark(number + first_line, column + 1)
    return None


def find_glued(source: Source, text: str, first_line: int, last: int | None = None) -> Problem | None:
    """The first line such as `title:abc` or `title：abc`, which YAML reads as one word, up to the line of this index."""
    lines, read = text.split("\n"), _starts_of_texts(text, last) if last is not None else frozenset()
    for number in lines_outside_values(text):
        line, found = lines[number], _GLUED.match(lines[number])
        if last is not None and number > last:
            return None
        if found and (number, found.start("key")) in read:
            continue
        if not found or ": " in line or line.endswith(":") or "://" in line:
            continue
        if "- " in found[1] and not _is_key("".join(lines[number + 1 : number + 2]), found.start("key")):
            continue  # an item that is a text
        sign = line[found.end(1) : found.end()]
        mark = Mark(number + first_line, found.end(1) + 1, len(sign))
        return source.problem("yaml-syntax", _between(sign), mark, f"write `{found['key']}: …`", ": ")
    return None


def _starts_of_texts(text: str, last: int) -> frozenset[tuple[int, int]]:
    """Where the texts begin, line and column, that end before a line that YAML can't read: the slip is in none of them."""
    passed = (token for token in scalars_of(text)[0] if token.end_mark.line < last)
    return frozenset((token.start_mark.line, token.start_mark.column) for token in passed)


def _is_key(line: str, column: int) -> bool:
    return not line[:column].strip(" ") and _KEY.match(line, column) is not None


def lines_outside_values(text: str) -> Iterator[int]:
    """The indexes of the lines that do not begin within a text, as far as YAML's scanner reads.

    From there on, they are those that may begin with a key: none that is indented more than the one whose text it goes on.
    """
    inside, stop = _lines_in_scalars(text)
    most: float = math.inf
    for number, line in enumerate(text.split("\n")):
        if number in inside:
            continue
        indent = len(line) - len(line.lstrip(" "))
        is_open = bool(line.strip()) and indent <= most
        if is_open or number <= stop:
            yield number
        if is_open:
            dashes = _DASHES.match(line, indent)
            column = dashes.end() if dashes else indent
            most = math.inf if _OPENS.match(line) else column if _KEY.match(line, column) else max(indent, column - 2)


def _lines_in_scalars(text: str) -> tuple[set[int], int]:
    """The indexes of the lines that begin within a text, and of the last line that YAML's scanner reads."""
    scalars, stop = scalars_of(text)
    inside = set[int]()
    for token in scalars:
        is_below = token.style in ("|", ">") and token.end_mark.column == 0  # where the next line begins
        inside.update(range(token.start_mark.line + 1, token.end_mark.line + (not is_below)))
    return inside, stop


def _between(sign: str) -> str:
    """What is wrong with the separator between a key and its value."""
    if "：" in sign:
        return "a full-width colon, as used in Chinese"
    return "an invisible character after the colon, not a space" if sign != ":" else "no space after the colon"
