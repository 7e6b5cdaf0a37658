"""YAML text → nodes that know their place; YAML 1.2 core schema, no anchors, no tags, bounded.

`no`, `12:30` and `1_000` are text, as in the YAML that web editors write; PyYAML's own resolver (YAML 1.1)
would make them False, 750 and 1000.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.mark import Mark, Places
from sitegen.source.wrapping import has_unspaced, unfolded

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, same nodes
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_FILE = 2_000_000
MAX_LINE = 100_000
MAX_YAML = 64_000
MAX_DEPTH = 20
#: Control characters and conflicts that are told of one file; a text that has more is no text.
_MOST_TOLD = 100

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
#: Among them those that YAML 1.1 takes for the end of a line, and no editor shows as one.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
#: What git writes around two changes of the same lines; where only the end of it is left, that.
_CONFLICT = re.compile(r"^<{7}(?: .*)?$", re.MULTILINE), re.compile(r"^>{7} .*$", re.MULTILINE)
#: A comment that was hardly meant as one: `title: Room #5`.
_NO_COMMENT = re.compile(r"[ \t]+#[^\s#]")
_PLAIN_TAGS = frozenset(
    "tag:yaml.org,2002:" + name
    for name in ["str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map"]
) | {"!"}
_HALVES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_QUOTES = ("'", '"', "|", ">")
#: A line whose value begins with a quote; and where the text of each quote ends.
_QUOTED = re.compile(r"""(\s*(?:- +)*(?:[\w-]+: +)?)(["'])(.*)""")
_QUOTE_ENDS = {'"': re.compile(r'(?<!\\)(?:\\\\)*"'), "'": re.compile(r"(?<!')(?:'')*'(?!')")}
#: A line up to the end of a value in quotes or brackets.
_ENDS_EARLY = re.compile(r"""\s*(?:- +)*[\w-]+: +(?:"[^"]*"|'[^']*'|\[[^]]*\]|\{[^}]*\})\s*$""")
#: Spaces that YAML takes for letters.
_NO_SPACE = r"\u00a0\u2000-\u200a\u202f\u3000"
_GLUED = re.compile(rf"(\s*[\w-]+)(?::(?=[\S{_NO_SPACE}])|\s*：)[{_NO_SPACE}]*")
#: A line that begins with a word and no colon behind it: `status = open`.
_NO_COLON = re.compile(r"([^\W\d][\w-]*)(?![\w-])(?!\s*[:：])[\s=;]*(.*)")


@dataclass(frozen=True, slots=True)
class Source:
    """A text file: its path relative to the root, and its lines without their ends."""

    path: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        return cls(path, tuple(text.split("\n")))

    def problem(
        self, code: str, message: str, mark: Mark | None = None, hint: str = "", mend: str | None = None
    ) -> Problem:
        """A problem at `mark`; without a mark, of the whole file."""
        return problem_at(self.path, code, message, mark, hint, mend)


def problem_at(
    path: str, code: str, message: str, mark: Mark | None = None, hint: str = "", mend: str | None = None
) -> Problem:
    """A problem at a place; its excerpt is filled in when it is told."""
    if mark is None:
        return Problem(path=path, code=code, message=message, hint=hint)
    return Problem(
        path=path,
        code=code,
        message=message,
        line=mark.line,
        column=mark.column,
        width=mark.width,
        hint=hint,
        mend=mend,
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file and its place.

    Attributes:
        value: None, bool, int, float, str, a tuple of nodes, or a mapping of keys to nodes.
        text: as written, for scalars.
        key: where its key stands, in a mapping.
    """

    value: Any
    text: str
    mark: Mark
    key: Mark | None = None

    @property
    def type_name(self) -> str:
        """What an editor would call it: "a list", "text", "nothing"."""
        return "nothing" if self.value is None else TYPE_NAMES[type(self.value)]


def decode(path: str, data: bytes) -> str:
    """The text of a file: UTF-8, a byte order mark dropped, line ends made `\\n`.

    Raises:
        SiteError: not UTF-8, a control character, or beyond `MAX_FILE` or `MAX_LINE`.
    """
    if len(data) > MAX_FILE:
        raise SiteError(
            [
                Problem(
                    path=path,
                    code="too-large",
                    message=f"the file has {len(data):,} bytes, over {MAX_FILE:,}",
                    hint="split the page",
                )
            ]
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.count(b"\0") > len(data) / 4:
        message, hint = "the file is UTF-16, not UTF-8", "save it as UTF-8"
        raise SiteError([Problem(path=path, code="encoding", message=message, line=1, column=1, hint=hint)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SiteError([_not_utf8(path, data, error)]) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    source = Source.of(path, text)
    problems = [*find_conflicts(source, text), *_control_characters(source, text), *_long_lines(source)]
    if problems:
        raise SiteError(problems)
    return text


def without_control_characters(text: str) -> str:
    """The text without the characters that `decode` refuses."""
    return CONTROL.sub("", text)


def parse(source: Source, text: str, first_line: int = 1) -> Node:
    """The mapping that a YAML text is, with marks counted from `first_line` of the source.

    Raises:
        SiteError: with every problem found, at its line and column.
    """
    problems = [*_too_much(source, text, first_line), *_control_characters(source, text, first_line)]
    if problems:
        raise SiteError(problems)
    builder = _Builder(source, first_line - 1, _Loader(text))
    try:
        node = builder.document()
    except yaml.YAMLError as error:
        raise SiteError([_syntax(source, text, first_line, error)]) from error
    finally:
        builder.parser.dispose()
    problems = builder.problems
    if node is None:
        return Node({}, "", Mark(first_line, 1))
    if not problems and not isinstance(node.value, dict):
        problems.append(
            _glued(source, text, first_line)
            or source.problem("expected", "this must be lines of `key: value`", node.mark, "as `title: The opening`")
        )
    if problems:
        raise SiteError(problems)
    return node


@dataclass(slots=True)
class _Builder:
    """Makes nodes of libyaml's events.

    libyaml's parser keeps its own stack on the heap; what composes nodes of its events is recursive C, which a deep text
    overflows. Here the depth is known at each event, and nothing behind the first that is too deep is read.
    """

    source: Source
    shift: int
    parser: Any
    problems: list[Problem] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    #: Where the collection that was read last ends.
    end: Any = None

    def document(self) -> Node | None:
        """The only document of the text; None where it has none or an empty one."""
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
            self.anchors.add(event.anchor)
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
        return Node(value, event.value if isinstance(event, yaml.ScalarEvent) else "", mark)

    def _until(self, end: type) -> Iterator[Any]:
        """The events of a collection's own nodes; each must be made a node of before the next is asked for."""
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
        message, hint = "an alias (*) repeats a value", "write the value out"
        self.problems.append(self.source.problem("yaml-alias", message, mark, hint))
        return Node(None, "", mark)

    def _scalar_value(self, event: Any, mark: Mark) -> Any:
        hidden = CONTROL.search(event.value)
        if hidden:
            self.problems.append(_control_character(self.source, hidden[0], mark))
        first, last = event.start_mark.line, event.end_mark.line
        if first != last and event.style != "|" and has_unspaced(event.value):
            event.value = unfolded(event.value, self.source.lines[first + self.shift : last + self.shift + 1])
        if event.style in _QUOTES:
            return event.value
        if event.value:
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
                message = f"'{key.text}' stands twice, first on line {first[key.text]}"
                self.problems.append(self.source.problem("yaml-duplicate", message, key.mark, "remove one of them"))
            else:
                first[key.text] = key.mark.line
                yield key.text, Node(value.value, value.text, value.mark, key.mark)


def _lost_words(source: Source, line: int, column: int) -> Iterator[Problem]:
    """A comment after a plain value that was hardly meant as one."""
    lost = _NO_COMMENT.match("".join(source.lines[line : line + 1]), column)
    if lost:
        message, hint = "what follows # is left out, as a comment", "put the whole value in double quotes"
        yield source.problem("yaml-syntax", message, Mark(line + 1, lost.end() - 1), hint)


def plain_scalar(text: str) -> Any:
    """The value of a text without quotes: a number, true, false, nothing, or the text itself."""
    for pattern, convert in _CORE:
        if pattern.match(text):
            value = convert(text)
            return text if value in (math.inf, -math.inf) else value  # 1e999 is no number that JSON can write
    return text


def _too_much(source: Source, text: str, first_line: int) -> Iterator[Problem]:
    if len(text) > MAX_YAML:
        yield source.problem(
            "too-large",
            f"{len(text):,} characters of YAML, over {MAX_YAML:,}",
            Mark(first_line, 1),
            "move text to the body",
        )
        return
    for number, line in enumerate(text.split("\n"), first_line):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            tabs = indent[indent.index("\t") :]
            mark = Mark(number, indent.index("\t") + 1, len(tabs))
            yield source.problem(
                "yaml-tab", "a tab at the beginning of the line", mark, "use spaces", tabs.replace("\t", "  ")
            )
        if "\N{NO-BREAK SPACE}" in indent or "\N{ZERO WIDTH SPACE}" in line:
            mend = line.replace("\N{ZERO WIDTH SPACE}", "").replace("\N{NO-BREAK SPACE}", " ")
            mark, hint = Mark(number, 1, len(line)), "type the line anew, with plain spaces"
            yield source.problem("control-character", "an invisible character", mark, hint, mend)


def find_conflicts(source: Source, text: str) -> Iterator[Problem]:
    """The place where each conflict of a merge begins."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    begin, end = _CONFLICT
    found_ones = [*begin.finditer(text)] or [*end.finditer(text)]
    places = Places(text) if found_ones else None
    for found in found_ones[:_MOST_TOLD]:
        assert places is not None
        mark = places.mark(found.start(), len(found[0]))
        message, hint = (
            "git could not join two changes here",
            "keep what is right, and delete the lines <<<, === and >>>",
        )
        yield source.problem("merge-conflict", message, mark, hint)


def _control_characters(source: Source, text: str, first_line: int = 1) -> Iterator[Problem]:
    if not CONTROL.search(text):
        return
    places = Places(text, first_line)
    for found in islice(CONTROL.finditer(text), _MOST_TOLD):
        yield _control_character(source, found[0], places.mark(found.start()), "")


def _control_character(source: Source, character: str, mark: Mark, mend: str | None = None) -> Problem:
    return source.problem("control-character", f"a control character U+{ord(character):04X}", mark, "delete it", mend)


def _long_lines(source: Source) -> Iterator[Problem]:
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_LINE:
            yield source.problem(
                "too-large", f"a line of {len(line):,} characters, over {MAX_LINE:,}", Mark(number, 1), "break the line"
            )


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
    hint = "save the file as UTF-8 (it may be Windows-1251 or GBK)"
    return Problem(
        path=path,
        code="encoding",
        message=f"byte 0x{data[error.start]:02x} is not UTF-8",
        line=line,
        column=column,
        hint=hint,
    )


#: What PyYAML says → what an editor reads, and what to do. The first match wins.
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a colon and a space inside a value", "put the whole value in double quotes"),
    ("unexpected end of stream", "a quote is opened here and never closed", "close it"),
    ("found character '\\t'", "a tab where a space must be", "use spaces"),
    ("invalid Unicode character escape", "this \\u stands for no character", "write the character itself"),
    ("hexdecimal", "a backslash in a double-quoted value", "write \\\\ or use single quotes"),
    (
        "sequence entries are not allowed",
        "a value may not begin with - and a space",
        "put the whole value in double quotes",
    ),
    (
        "mapping keys are not allowed",
        "a value may not begin with ? and a space",
        "put the whole value in double quotes",
    ),
    ("unknown escape character", "a backslash in a double-quoted value", "write \\\\ or use single quotes"),
    ("',' or ']'", "a list in [ ] is not closed", "close it with ]"),
    ("',' or '}'", "a table in { } is not closed", "close it with }"),
    ("expected node content", "a list in [ ] or a table in { } is not closed", "close it with ] or }"),
    ("cannot start any token", "a value may not begin with this character", "put the whole value in double quotes"),
    ("alphabetic or numeric", "a value may not begin with * or &", "put the whole value in double quotes"),
    ("undefined alias", "a value may not begin with *", "put the whole value in double quotes"),
    ("expected ':'", "a line without `key: value`", "write a key, a colon, a space and the value"),
    (
        "expected <block end>",
        "the line does not fit the lines above",
        "check its indentation, and put values with quotes inside in double quotes",
    ),
    (
        "expected key",
        "the line does not fit the lines above",
        "check its indentation, and put values with quotes inside in double quotes",
    ),
    ("expected '-' indicator", "the line does not fit the list above", "begin it with - at the same indentation"),
    ("single document", "a second --- inside the YAML", "keep one document"),
)


def _syntax(source: Source, text: str, first_line: int, error: yaml.YAMLError) -> Problem:
    problem = str(getattr(error, "problem", "") or error)
    mark = getattr(error, "problem_mark", None)
    if "end of stream" in problem or "',' or" in problem:
        mark = getattr(error, "context_mark", None) or mark
    meant = _meant(source, text, first_line, problem, mark)
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
        return source.problem("yaml-syntax", message, place, "put the whole value in double quotes")
    for pattern, message, hint in _SYNTAX:
        if pattern in problem:
            return source.problem("yaml-syntax", message, place, hint)
    return source.problem("yaml-syntax", problem, place)


def _surrogates(source: Source, place: Mark) -> Problem | None:
    r"""A character written as two halves, as JSON writes it: `\ud83d\ude00`."""
    found = next(
        (m for m in _HALVES.finditer(source.lines[place.line - 1]) if m.start() < place.column <= m.end()), None
    )
    if found is None:
        return None
    character = json.loads(f'"{found[0]}"')
    message, hint = "this character is written as two halves, as JSON has it", f"write {character}"
    return source.problem("yaml-syntax", message, Mark(place.line, found.start() + 1, len(found[0])), hint, character)


def _meant(source: Source, text: str, first_line: int, problem: str, mark: Any) -> Problem | None:
    """A slip that explains what a reader of YAML stumbles over, often further below."""
    glued = _glued(source, text, first_line) if "expected" in problem or "mapping values" in problem else None
    if glued or not mark:
        return glued
    lines = text.split("\n")[: mark.line + 1]
    opened = _open_quote(lines)
    if opened:
        message, hint = "a quote is opened here and never closed", "close it at the end of the line"
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
    """The last line that begins with a word, as a key does, and has no colon behind it."""
    for number, line in reversed([*enumerate(lines, first_line)]):
        found = _NO_COLON.match(line)
        if found:
            message, hint = "a line without `key: value`", f"write `{found[1]}: {found[2] or '…'}`"
            return source.problem("yaml-syntax", message, Mark(number, 1, len(line)), hint)
    return None


def _last_bracket(lines: Sequence[str], index: int, first_line: int) -> Mark | None:
    """The last bracket that is opened on a line or above."""
    for number in range(min(index, len(lines) - 1), -1, -1):
        column = max(lines[number].rfind("["), lines[number].rfind("{"))
        if column >= 0:
            return Mark(number + first_line, column + 1)
    return None


def _glued(source: Source, text: str, first_line: int) -> Problem | None:
    """The first line such as `title:abc` or `title：abc`, which YAML reads as one word."""
    for number, line in enumerate(text.split("\n"), first_line):
        found = _GLUED.match(line)
        if found and ": " not in line and not line.endswith(":") and "://" not in line:
            sign = line[found.end(1) : found.end()]
            mark, hint = Mark(number, found.end(1) + 1, len(sign)), f"write `{found[1].strip()}: …`"
            return source.problem("yaml-syntax", _between(sign), mark, hint, ": ")
    return None


def _between(sign: str) -> str:
    """What is wrong with what stands between a key and its value."""
    if "：" in sign:
        return "a full-width colon, as Chinese has it"
    return "an invisible character behind the colon, not a space" if sign != ":" else "no space after the colon"


def table(node: Node) -> Mapping[str, Node]:
    """The entries of a mapping node; the caller has made sure that it is one."""
    assert isinstance(node.value, dict)
    return node.value
