"""Block marks in Markdown, such as `:::note[Title]{key=value}`: found before parsing and hidden from the parser.

The syntax is that of the generic directives proposed for CommonMark. The parser does not know it, so each mark is
replaced by a placeholder of the same length: a mark on its own line by a thematic break, an inline mark by letters.
A placeholder that turns up in code, in a link's address or the like was not a mark; the original text is then
restored there, and the whole text is parsed again.
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
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import without_control_characters

Role = Literal["open", "close", "leaf", "inline", "end", "colon"]
#: Marks that take a whole line.
_OF_A_LINE = frozenset({"open", "close", "leaf"})
#: Replaces each byte of an inline mark: a letter, which is valid anywhere and has no meaning in Markdown.
_FILLING = "x"

_LINE = lazily(r"((?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(:{2,})([^\n]*)")
#: Matches if a text may contain inline marks. It begins with a literal colon, which makes the search fast.
_INLINE = re.compile(rf":{NAME}[\[{{]")
#: A colon that the parser would take for the start of a definition.
_COLON = re.compile(r"\n[ \t>]*:(?![ \t\n]|-+:?[ \t]*(?:\||\n|\Z))(?!\Z)")
_NAME = lazily(r"[ \t]*([A-Za-z][\w-]*)")
_ATTRIBUTE = lazily(
    r"""[ \t]*(?:(?P<end>\})|(?P<key>[A-Za-z_][\w-]*)(?:[ \t]*=[ \t]*(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s"'{}<>`][^\s"{}<>`]*))?(?=[\s}]))"""
)
#: The tokens that matter for pairing the brackets of a paragraph.
_TOKEN = lazily(rf"\\.|`+|(?<![A-Za-z0-9:\\]):{NAME}(?=[\[{{])|[\[\]]|\n[ \t>]*(?=\n)", re.DOTALL)
_EMPTY_LINE = lazily(r"\n[ \t>]*(?=\n)")
_SPACES = lazily(r"[ \t]*")
_ESCAPE = lazily(r"\\([!-/:-@\[-`{-~])")
#: An entity, or a number of a character, as CommonMark knows them.
_ENTITY = lazily(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,40});")
#: The extensions to CommonMark that pages may use.
OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_GFM
)


class Range(TypedDict):
    """The position of an event: byte offsets into the UTF-8 text."""

    start: int
    end: int


class Attribute(Struct, frozen=True):
    """A `key=value` as written, with character offsets into the text."""

    name: str
    value: str | None  #: the value without its quotes; None for a key without a value
    start: int  #: offset of the value including its quotes, or of the key if there is no value
    end: int
    key: int  #: offset of the key


class Found(Struct, frozen=True):
    """A mark and its position as character offsets into the text."""

    role: Role
    start: int
    end: int
    name: str = ""
    colons: int = 0
    label: tuple[int, int] | None = None  #: offsets of the text between its brackets
    attributes: tuple[Attribute, ...] = ()
    partner: int = -1  #: offset of the matching end mark, or of the start mark for an end mark; -1 if there is none
    slip: str = ""  #: the syntax error, if any; parsing of the mark stops there
    slip_at: int = 0  #: offset of the syntax error


class Marked(Struct, frozen=True):
    """A text parsed with its marks hidden."""

    events: Iterable[tuple[Any, Range]]  #: the parser's events with their positions
    marks: Mapping[int, Found]  #: byte offset → mark
    unclosed: tuple[Found, ...] = ()  #: inline marks whose bracket is never closed


def parse_around(text: str, options: Any) -> Marked:
    """Parse a text with its marks hidden."""
    found, unclosed = find_marks(text)
    if not found:
        return Marked(pyromark.events_with_range(text, options=options), {}, unclosed)
    for _ in range(2):
        hidden, marks = hide_marks(text, found)
        events = list(pyromark.events_with_range(hidden, options=options))
        misplaced = _misplaced(events, marks)
        if not misplaced:
            return Marked(events, marks, unclosed)
        found = [mark for mark in found if mark.start not in misplaced and mark.partner not in misplaced]
    hidden, marks = hide_marks(text, [mark for mark in found if mark.role in _OF_A_LINE])
    return Marked(list(pyromark.events_with_range(hidden, options=options)), marks, unclosed)


def find_marks(text: str) -> tuple[list[Found], tuple[Found, ...]]:
    """Return the candidate marks in order, and the inline marks that are never closed."""
    if ":" not in text:
        return [], ()
    found = list(_line_marks(text)) if "::" in text else []
    rest = without_marks(text, found, "\n") if found else text
    inline, unclosed = _inline_marks(rest) if _INLINE.search(rest) else ([], ())
    colons = [Found("colon", place.end() - 1, place.end()) for place in _COLON.finditer(text)]
    if not (inline or colons):
        return found, unclosed
    marks: list[Found] = []
    for mark in sorted([*found, *inline, *colons], key=lambda mark: (mark.start, mark.role == "colon")):
        if not marks or mark.start >= marks[-1].end:
            marks.append(mark)
    starts = {mark.start for mark in marks}
    return [mark for mark in marks if mark.partner < 0 or mark.partner in starts], unclosed


def without_marks(text: str, found: Iterable[Found], sign: str) -> str:
    """Replace each character of marks, given in order, with a sign, so that all other offsets stay the same."""
    parts, place = [], 0
    for mark in found:
        parts += [text[place : mark.start], sign * (mark.end - mark.start)]
        place = mark.end
    return "".join((*parts, text[place:]))


def _lines_with_colons(text: str) -> Iterator[re.Match[str]]:
    """Yield the lines that begin with two colons or more; the colons are looked for, as few lines have any."""
    place = text.find("::")
    while place >= 0:
        line = _LINE.match(text, text.rfind("\n", 0, place) + 1)
        if line is not None:
            yield line
        end = text.find("\n", place)
        place = text.find("::", end) if end >= 0 else -1


def _line_marks(text: str) -> Iterator[Found]:
    for line in _lines_with_colons(text):
        start, end = line.end(1), line.start(3) + len(line[3].rstrip())
        colons = len(line[2])
        if colons > 2 and not line[3].strip():
            yield Found("close", start, end, colons=colons)
        elif colons > 2 or re.match(rf"{NAME}(?=[\[{{]|[ \t]*$)", line[3]):
            yield _opened(text, start, line.start(3), end, colons)


def _opened(text: str, start: int, place: int, end: int, colons: int) -> Found:
    """Parse `:::name[label]{key=value}`, which nothing may follow."""
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
    """Return the offset of the bracket that closes the one at `place`, or -1."""
    depth = 0
    while place < end:
        char = text[place]
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return place
        place += 2 if char == "\\" else 1
    return -1


def _attributes(text: str, place: int, end: int) -> tuple[tuple[Attribute, ...], int]:
    """Return the attributes in the braces at `place` and the offset after them, or the negated offset of an error."""
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
    """Return the inline marks whose brackets are paired within their paragraph, and those that are unpaired."""
    found: list[Found] = []
    unclosed: list[Found] = []
    ticks = CodeSpans(text)
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


def find_code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of code spans, in order."""
    spans, place = CodeSpans(text), 0
    for run in re.finditer("`+", text):
        if run.start() >= place and (place := spans.after(run)) > run.end():
            yield run.start(), place


class CodeSpans:
    """Finds where a code span ends, in a single pass over the backticks; no span crosses an empty line."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = {}
        self._ends = [line.start() for line in _EMPTY_LINE.finditer(text)]
        for run in re.finditer("`+", text):
            self._runs.setdefault(len(run[0]), []).append(run.start())

    def after(self, run: re.Match[str]) -> int:
        """Return the offset after the code span that a run opens, or after the run itself if it opens none."""
        places = self._runs.get(len(run[0]), [])
        index, line = bisect_left(places, run.end()), bisect_left(self._ends, run.end())
        last = self._ends[line] if line < len(self._ends) else sys.maxsize
        return places[index] + len(run[0]) if index < len(places) and places[index] < last else run.end()


def hide_marks(text: str, found: Sequence[Found]) -> tuple[str, dict[int, Found]]:
    """Return the text with its marks hidden, and byte offset → mark."""
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
    """Return the offsets of marks in invalid positions: in code, in an address, or overlapping other marks."""
    rules = (place["start"] for event, place in events if event == "Rule")
    seen = {marks[start].start: 0 for start in rules if start in marks}
    starts = sorted(start for start, mark in marks.items() if mark.role not in _OF_A_LINE)
    if starts:
        seen |= _seen_in_lines(events, marks, starts)
    return {
        mark.start
        for mark in marks.values()
        if mark.start not in seen or (mark.partner >= 0 and seen.get(mark.partner) != seen[mark.start])
    }


def _seen_in_lines(
    events: Sequence[tuple[Any, Range]], marks: Mapping[int, Found], starts: Sequence[int]
) -> dict[int, int]:
    """Return the offset of each inline mark that is in text → the number of the element around it."""
    seen: dict[int, int] = {}
    within, count = [0], 0
    closed = 0
    for event, place in events:
        if isinstance(event, str):
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
    return seen


def label_text(written: str) -> str:
    """Return the text in a block's brackets with its backslash escapes resolved."""
    return _ESCAPE.sub(r"\1", written)


def attribute_text(written: str) -> str:
    """Return an attribute's value unquoted, with entities decoded and control characters removed."""
    return without_control_characters(_decoded(written[1:-1] if written[0] in "\"'" else written))


def _decoded(text: str) -> str:
    """A text with the characters for which entities stand; CommonMark knows none without a semicolon: `?a=1&copy=2`."""
    return _ENTITY.sub(lambda found: _character(found[0]), text) if "&" in text else text


def _character(entity: str) -> str:
    """The character for which an entity stands; one that nobody knows stays, though HTML reads `&notit;` as ¬ and `it;`."""
    character = unescape(entity)
    return entity if len(character) > 1 and character.endswith(";") else character


def written_label(text: str) -> str:
    """Escape a text for a block's brackets."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", _on_one_line(text))


def written_value(text: str) -> str:
    """Quote a text as an attribute's value."""
    text = _on_one_line(text)
    if _decoded(text) != text:
        text = text.replace("&", "&amp;")
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'


def _on_one_line(text: str) -> str:
    """A text with single spaces; others, such as those that don't break, stay."""
    return " ".join(filter(None, re.split(r"[ \t\r\n]+", text)))


def block_tag(number: int, name: str, words: Mapping[str, str]) -> str:
    """Return the start tag of a block not yet rendered, with its words, one per line; the content follows."""
    own = "".join(f'<x-word data-k="{word}">{escape_text(text)}\n</x-word>' for word, text in words.items())
    return f'<x-block data-n="{number}" data-is="{name}">{own}'


#: The end tag of a block that is not yet rendered.
BLOCK_END = "</x-block>"
