"""Marks of blocks in Markdown, as `:::note[Title]{key=value}`: found before the text is parsed, and hidden from the parser.

The syntax is that of CommonMark's generic directives. The parser, which knows nothing of it, gets the same text with
each mark made into something as long that it passes through: a line of its own into a rule, a mark among words into
letters. What then turns up within code, a link's address or the like was no mark, and the text is parsed once
more with that as it is written.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypedDict

import pyromark
from msgspec import Struct

from sitegen.model.blocks import NAME
from sitegen.source.html import escape_text, unescape
from sitegen.source.text import without_control_characters

Role = Literal["open", "close", "leaf", "inline", "end", "colon"]
#: Marks that take a line of their own.
_OF_A_LINE = frozenset({"open", "close", "leaf"})
#: In place of each byte of a mark among words: what may stand anywhere and means nothing.
_FILLING = "x"

_LINE = re.compile(r"^((?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(:{2,})([^\n]*)$", re.MULTILINE)
#: What a text has that may have a mark among its words; it begins with the colon, for which the search is fast.
_INLINE = re.compile(rf":{NAME}[\[{{]")
#: A colon that the parser would take for the beginning of a definition.
_COLON = re.compile(r"\n[ \t>]*:(?![ \t\n]|-+:?[ \t]*(?:\||\n|\Z))(?!\Z)")
_NAME = re.compile(r"[ \t]*([A-Za-z][\w-]*)")
_ATTRIBUTE = re.compile(
    r"""[ \t]*(?:(?P<end>\})|(?P<key>[A-Za-z_][\w-]*)(?:[ \t]*=[ \t]*(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s"'{}<>`][^\s"{}<>`]*))?(?=[\s}]))"""
)
#: What is looked at to pair the brackets of a paragraph.
_TOKEN = re.compile(rf"\\.|`+|(?<![A-Za-z0-9:\\]):{NAME}(?=[\[{{])|[\[\]]|\n[ \t>]*(?=\n)", re.DOTALL)
_EMPTY_LINE = re.compile(r"\n[ \t>]*(?=\n)")
_SPACES = re.compile(r"[ \t]*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Range(TypedDict):
    """Where an event stands: byte offsets into the text as UTF-8."""

    start: int
    end: int


class Attribute(Struct, frozen=True):
    """`key=value` as it is written; character offsets into the text.

    Attributes:
        value: without its quotes; None of a key alone.
        start: of the value and its quotes, or of the key where there is no value.
        key: offset of the key.
    """

    name: str
    value: str | None
    start: int
    end: int
    key: int


class Found(Struct, frozen=True):
    """A mark: its place as character offsets into the text.

    Attributes:
        label: offsets of the text between its brackets.
        partner: of an inline mark the offset of its end, of that its beginning; -1 where there is none.
        slip: what is wrong with how it is written; then nothing behind that is read.
        slip_at: where.
    """

    role: Role
    start: int
    end: int
    name: str = ""
    colons: int = 0
    label: tuple[int, int] | None = None
    attributes: tuple[Attribute, ...] = ()
    partner: int = -1
    slip: str = ""
    slip_at: int = 0


class Marked(Struct, frozen=True):
    """A text parsed around its marks.

    Attributes:
        events: of the parser, each with its place.
        marks: byte offset → mark.
        unclosed: inline marks whose bracket is never closed.
    """

    events: Iterable[tuple[Any, Range]]
    marks: Mapping[int, Found]
    unclosed: tuple[Found, ...] = ()


def parse_around(text: str, options: Any) -> Marked:
    """The events of a text, its marks hidden."""
    found, unclosed = find_marks(text)
    if not found:
        return Marked(pyromark.events_with_range(text, options=options), {}, unclosed)
    for _ in range(2):
        hidden, marks = _hide(text, found)
        events = list(pyromark.events_with_range(hidden, options=options))
        misplaced = _misplaced(events, marks)
        if not misplaced:
            return Marked(events, marks, unclosed)
        found = [mark for mark in found if mark.start not in misplaced and mark.partner not in misplaced]
    hidden, marks = _hide(text, [mark for mark in found if mark.role in _OF_A_LINE])
    return Marked(list(pyromark.events_with_range(hidden, options=options)), marks, unclosed)


def find_marks(text: str) -> tuple[list[Found], tuple[Found, ...]]:
    """What may be marks, in order, and the inline ones that are never closed."""
    if ":" not in text:
        return [], ()
    found = list(_line_marks(text)) if "::" in text else []
    inline, unclosed = _inline_marks(_without(text, found)) if _INLINE.search(text) else ([], ())
    colons = [Found("colon", place.end() - 1, place.end()) for place in _COLON.finditer(text)]
    if not (inline or colons):
        return found, unclosed
    marks: list[Found] = []
    for mark in sorted([*found, *inline, *colons], key=lambda mark: (mark.start, mark.role == "colon")):
        if not marks or mark.start >= marks[-1].end:
            marks.append(mark)
    starts = {mark.start for mark in marks}
    return [mark for mark in marks if mark.partner < 0 or mark.partner in starts], unclosed


def _without(text: str, found: Iterable[Found]) -> str:
    """The text with empty lines in the place of marks, so that all else stands where it stood."""
    parts, place = [], 0
    for mark in found:
        parts += [text[place : mark.start], "\n" * (mark.end - mark.start)]
        place = mark.end
    return "".join((*parts, text[place:]))


def _line_marks(text: str) -> Iterator[Found]:
    for line in _LINE.finditer(text):
        start, end = line.end(1), line.start(3) + len(line[3].rstrip())
        colons = len(line[2])
        if colons > 2 and not line[3].strip():
            yield Found("close", start, end, colons=colons)
        elif colons > 2 or re.match(rf"{NAME}(?=[\[{{]|[ \t]*$)", line[3]):
            yield _opened(text, start, line.start(3), end, colons)


def _opened(text: str, start: int, place: int, end: int, colons: int) -> Found:
    """`:::name[label]{key=value}` and nothing behind."""
    role: Role = "leaf" if colons == 2 else "open"
    name = _NAME.match(text, place, end)
    if name is None:
        return Found(role, start, end, colons=colons, slip="a name must follow the colons", slip_at=place)
    label: tuple[int, int] | None = None
    attributes: tuple[Attribute, ...] = ()
    place = name.end()
    slip = "a space between the colons and the name" if text[name.start() : name.start(1)] else ""
    slip_at = name.start()
    if not slip and text[place : place + 1] == "[":
        close = _closing(text, place, end)
        if close < 0:
            slip, slip_at = "[ is not closed", place
        else:
            label, place = (place + 1, close), close + 1
    if not slip and text[place : place + 1] == "{":
        attributes, after = _attributes(text, place, end)
        if after > 0:
            place = after
        elif "}" in text[place:end]:
            slip, slip_at = "the attributes in { } can't be read", -after
        else:
            slip, slip_at = "{ is not closed", place
    if not slip and place < end:
        slip, slip_at = "only [ ] and { } may follow the name", place
    return Found(role, start, end, name[1], colons, label, attributes, -1, slip, slip_at)


def _closing(text: str, place: int, end: int) -> int:
    """The bracket that closes the one at a place; -1 where none does."""
    depth = 0
    while place < end:
        char = text[place]
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return place
        place += 2 if char == "\\" else 1
    return -1


def _attributes(text: str, place: int, end: int) -> tuple[tuple[Attribute, ...], int]:
    """What stands in the braces at a place, and the offset behind them; a negative one is where it can't be read."""
    attributes: list[Attribute] = []
    place += 1
    while found := _ATTRIBUTE.match(text, place, end):
        if found["end"]:
            return tuple(attributes), found.end()
        written = found["value"]
        value = None if written is None else attribute_text(written)
        start = found.start("key") if written is None else found.start("value")
        attributes.append(Attribute(found["key"], value, start, found.end(), found.start("key")))
        place = found.end()
    return (), -_SPACES.match(text, place).end()  # type: ignore[union-attr]


def _inline_marks(text: str) -> tuple[list[Found], tuple[Found, ...]]:
    """Marks among words whose brackets are paired within their paragraph; those that are not."""
    found: list[Found] = []
    unclosed: list[Found] = []
    ticks = _Ticks(text)
    opened: list[tuple[int, str]] = []
    place = 0
    while token := _TOKEN.search(text, place):
        place, sign = token.end(), token[0]
        if sign[0] == "`":
            place = ticks.after(token)
        elif sign[0] == ":":
            if text[place] == "[":
                opened.append((token.start(), sign[1:]))
                place += 1
            else:
                attributes, after = _attributes(text, place, len(text))
                if after > 0:
                    found.append(Found("inline", token.start(), after, sign[1:], attributes=attributes))
                    place = after
        elif sign == "[":
            opened.append((token.start(), ""))
        elif sign == "]" and opened:
            start, name = opened.pop()
            if name:
                attributes, after = _attributes(text, place, len(text)) if text[place : place + 1] == "{" else ((), 0)
                place = max(place, after)
                head = start + 2 + len(name)
                found.append(Found("inline", start, head, name, 1, None, attributes, token.start()))
                found.append(Found("end", token.start(), place, name, 1, None, (), start))
        elif sign[0] == "\n":
            unclosed += (Found("inline", start, start + 1 + len(name), name, 1) for start, name in opened if name)
            opened.clear()
    unclosed += (Found("inline", start, start + 1 + len(name), name, 1) for start, name in opened if name)
    return found, tuple(unclosed)


class _Ticks:
    """Finds where a span of code ends, each run of backticks looked at once; none goes on over an empty line."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = {}
        self._ends = [line.start() for line in _EMPTY_LINE.finditer(text)]
        for run in re.finditer("`+", text):
            self._runs.setdefault(len(run[0]), []).append(run.start())

    def after(self, run: re.Match[str]) -> int:
        """The offset behind the span that a run begins; behind the run alone where it begins none."""
        places = self._runs.get(len(run[0]), [])
        index, line = bisect_left(places, run.end()), bisect_left(self._ends, run.end())
        last = self._ends[line] if line < len(self._ends) else sys.maxsize
        return places[index] + len(run[0]) if index < len(places) and places[index] < last else run.end()


def _hide(text: str, found: Sequence[Found]) -> tuple[str, dict[int, Found]]:
    """The text with its marks hidden, and byte offset → mark."""
    parts: list[str] = []
    marks: dict[int, Found] = {}
    place = offset = 0
    for mark in found:
        before, own = text[place : mark.start], text[mark.start : mark.end]
        offset += len(before.encode())
        marks[offset] = mark
        size = len(own.encode())
        parts += [before, ("*" if mark.role in _OF_A_LINE else _FILLING) * size]
        offset += size
        place = mark.end
    return "".join((*parts, text[place:])), marks


def _misplaced(events: Sequence[tuple[Any, Range]], marks: Mapping[int, Found]) -> set[int]:
    """Character offsets of what stands where no mark can: in code, in an address, or across the bounds of other marks."""
    starts = sorted(start for start, mark in marks.items() if mark.role not in _OF_A_LINE)
    seen: dict[int, int] = {}
    within, count = [0], 0
    closed = 0
    for event, place in events:
        if isinstance(event, str):
            if event == "Rule" and place["start"] in marks:
                seen[marks[place["start"]].start] = 0
            continue
        ((name, value),) = event.items()
        if name in ("Start", "End"):
            is_start, count = name == "Start", count + 1
            if is_start:
                within.append(count)
            else:
                within.pop()
            closed += (1 if is_start else -1) * ("CodeBlock" in value or "Image" in value)
        elif name == "Text" and not closed:
            for index in range(bisect_left(starts, place["start"]), len(starts)):
                if starts[index] >= place["end"]:
                    break
                seen[marks[starts[index]].start] = within[-1]
    return {
        mark.start
        for mark in marks.values()
        if mark.start not in seen or (mark.partner >= 0 and seen.get(mark.partner) != seen[mark.start])
    }


def label_text(written: str) -> str:
    """What stands in a block's brackets, without the backslashes that escape signs."""
    return _ESCAPE.sub(r"\1", written)


def attribute_text(written: str) -> str:
    """An attribute's value without its quotes and with what its entities stand for, but for control characters."""
    return without_control_characters(unescape(written[1:-1] if written[0] in "\"'" else written))


def written_label(text: str) -> str:
    """A text as it stands in a block's brackets."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", " ".join(text.split()))


def written_value(text: str) -> str:
    """A text as an attribute's value, in quotes."""
    text = " ".join(text.split())
    if unescape(text) != text:
        text = text.replace("&", "&amp;")
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'


def block_tag(number: int, name: str, words: Mapping[str, str]) -> str:
    """How a block begins in a text's HTML, until it is drawn: its words come first, each a line, then what it holds."""
    own = "".join(f'<x-word data-k="{word}">{escape_text(text)}\n</x-word>' for word, text in words.items())
    return f'<x-block data-n="{number}" data-is="{name}">{own}'


#: How it ends.
BLOCK_END = "</x-block>"
