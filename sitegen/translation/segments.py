"""Segments of a page's file: the texts to translate with their positions, so that each can be replaced.

Each text of the front matter is a segment (`title`, `terms[center].term`). A body is split at its headings and blank
lines: `#how-to-apply.0` is a heading, `#how-to-apply.2` the second block below it. The rest of a file stays unchanged.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.blocks import OPTIONS, attribute_text, label_text, parse_around, written_label, written_value
from sitegen.library.translated_parts import notes_name
from sitegen.model.page import Block, Document
from sitegen.source.front_matter import front_matter_span
from sitegen.source.html import COMMENT
from sitegen.source.mark import Places
from sitegen.source.scalars import scalar

#: A text without letters is not translated.
LETTER = re.compile(r"[^\W\d_]")
#: One that is published all the same.
_FIGURES = re.compile(r"\s*+\$\$|.*\d", re.DOTALL)
#: The first line of a footnote, and a line that can't belong to one.
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:")
_NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,999})\]")
#: A line to which indented lines below may belong: an item of a list, a definition, a box or tab of Python-Markdown.
_HOLDS_LINES = re.compile(r" {0,3}(?:[-*+:]|[0-9]{1,9}[.)]|!!!|\?\?\?\+?|===|\[\^[^\]\s]+\]:)(?:\s|$)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_NO_NOTE = re.compile(r" {0,3}(?:::|#{1,6}\s|`{3}|~{3})")


#: Styles of a block's words: the text in its brackets, and the value of an attribute.
LABEL, ATTRIBUTE = "[]", "{}"
#: Style of code, and of figures and formulas without letters, which are not exported.
CODE = "```"


class Segment(Struct, frozen=True):
    """A text in a file."""

    name: str  #: the name of its part, followed by its position there
    text: str
    start: int  #: character offset into the file
    end: int
    #: The style of a YAML scalar ("" if plain); `LABEL` or `ATTRIBUTE` for a block's word; `CODE`; None for Markdown.
    style: str | None = None
    sections: tuple[str, ...] = ()  #: the parts that it contains, if these are several sections
    #: Where it goes on below footnotes that stand between its lines: with the blank lines above.
    more: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the page whose state depends on it."""
        return self.sections or (self.part,)

    @property
    def part(self) -> str:
        """The part of the page whose state is tracked: a field, or `#anchor`."""
        below = r"\.\d+(?:\.\w+)?$" if self.name.startswith("#") else r"[.\[]"
        return re.split(below, self.name)[0]

    @property
    def word(self) -> str:
        """The name of the block word that this is; "" for other texts."""
        return self.name.rpartition(".")[2] if self.style in (LABEL, ATTRIBUTE) else ""


class Part(NamedTuple):
    """The name and the segments of a section, the whole section as a single segment, and its code."""

    name: str
    segments: list[Segment]
    whole: Segment | None
    code: Sequence[Segment] = ()
    marks: Sequence[
        tuple[str, int]
    ] = ()  #: name of each block that begins, or "" where one ends → the number of texts above

    def code_of(self, name: str = "") -> list[tuple[str, int]]:
        """Return the code, or that of one part of the page, each piece with the number of texts, or of the part's, above it."""
        texts = [segment.start for segment in self.segments if name in ("", segment.part)]
        return [(code.text, bisect_left(texts, code.start)) for code in self.code if name in ("", code.part)]


def body_segments(text: str, document: Document, anchors: Iterable[str]) -> list[Part]:
    """Return the texts of a file's body by sections; the first part is the text before the first heading.

    Block marks are not texts, but each word in them is a segment; facts are always left out. Code is not translated.
    All footnotes form the last part, wherever they are in the file.

    Args:
        anchors: the ids of the source's headings, which name the segments.
    """
    body = _Body(text, document)
    first = text[: front_matter_span(text)[1]].count("\n") + 1
    bounds = [first, *(heading.line - 1 for heading in document.body.headings), len(body.lines)]
    names = ["#", *("#" + anchor for anchor in anchors)]
    parts = []
    for number, (name, section) in enumerate(zip(names, pairwise(bounds), strict=True)):
        found = list(body.segments(section, name, is_first=not number))
        texts, code = ([s for s in found if (s.style == CODE) is is_code] for is_code in (False, True))
        parts.append(Part(name, texts, body.whole(section, name), code, list(body.marks(section, texts))))
    return [*parts, Part(body.notes_name, list(body.notes()), None)]


def joined(text: str, document: Document, parts: Sequence[Part]) -> list[Part]:
    """Join the sections of a body into one, for when the sections of two languages don't match."""
    wholes = [part.whole for part in parts if part.whole is not None]
    segments = [segment for part in parts for segment in part.segments]
    code = [segment for part in parts for segment in part.code]
    if not wholes:
        return [Part(parts[0].name, segments, None)]
    places = [place for whole in wholes for place in ((whole.start, whole.end), *whole.more)]
    whole = _in_places(text, wholes[0].name, places, fact_ranges(text, document))
    whole = replace(whole, sections=tuple(part.name for part in parts))
    return [Part(whole.name, segments, whole, code)]


class _Body:
    """The lines of a file, and the positions of its block marks."""

    def __init__(self, text: str, document: Document) -> None:
        self._text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._facts = fact_ranges(text, document)
        self._notes = list(note_ranges(self.lines, document))
        self.notes_name = notes_name(document.body.headings)
        self._fenced = _fenced(self.lines)
        self._indented = set(_indented_code(self.lines, text[: front_matter_span(text)[1]].count("\n") + 1))
        self._in_notes = {line for begin, end in self._notes for line in range(begin, end)}
        self._marks: dict[int, Block | None] = {}
        for block in document.body.blocks:
            if not block.is_inline and self._is_mark(block):
                self._marks[block.mark.line - 1] = block
                if block.end:
                    self._marks[block.end - 1] = None

    def _is_mark(self, block: Block) -> bool:
        """Whether a block is written with colons, not as a call-out in a block quote."""
        return self.lines[block.mark.line - 1][block.mark.column - 1 :].startswith("::")

    def segments(self, section: tuple[int, int], name: str, *, is_first: bool) -> Iterator[Segment]:
        """Yield the runs of non-blank lines, and code, as segments; a heading is its own segment."""
        number = 1 if is_first else 0
        begin, was_code = None, False
        for line in range(section[0], section[1] + 1):
            is_code = line < section[1] and line in self._fenced
            is_over = line == section[1] or line in self._marks or is_code != was_code or self._parts(line, is_code)
            if begin is not None and (is_over or (number == 0 and not is_first and line > section[0])):
                yield from self._segment(f"{name}.{number}", begin, line, is_code=was_code)
                number, begin = number + 1, None
            if line < section[1] and line in self._marks:
                yield from self._words(f"{name}.{number}", self._marks[line])
                number += 1
            elif line < section[1] and not self._parts(line, is_code):
                begin = line if begin is None else begin
            was_code = is_code

    def _parts(self, line: int, is_code: bool) -> bool:
        """Whether a line separates two texts and belongs to neither: a blank line, or a line of a footnote."""
        return line in self._in_notes or not (is_code or self.lines[line].strip())

    def marks(self, section: tuple[int, int], texts: Sequence[Segment]) -> Iterator[tuple[str, int]]:
        """Yield the marks of blocks in a section, as in `Part.marks`."""
        starts = [segment.start for segment in texts]
        for line in range(*section):
            if line in self._marks:
                block = self._marks[line]
                yield block.name if block is not None else "", bisect_left(starts, self._starts[line])

    def notes(self) -> Iterator[Segment]:
        """Yield the footnotes in the order of the file."""
        for number, (begin, end) in enumerate(self._notes):
            yield from self._segment(f"{self.notes_name}.{number}", begin, end)

    def _segment(self, name: str, begin: int, end: int, *, is_code: bool = False) -> Iterator[Segment]:
        """Yield lines as one segment, unless readers see nothing in them; figures without letters are like code."""
        start, stop = self._starts[begin], self._starts[end] - 1
        text = _cut(self._text, start, stop, self._facts)
        shown = COMMENT.sub("", text) if "<!--" in text else text
        has_letters = LETTER.search(shown) is not None
        is_code = is_code or self._indented.issuperset(range(begin, end))
        if is_code or (not has_letters and _FIGURES.match(shown)):
            yield Segment(name, text, start, stop, CODE)
        elif has_letters:
            yield Segment(name, text, start, stop)

    def _words(self, name: str, block: Block | None) -> Iterator[Segment]:
        """Yield the words in the mark of a block."""
        for span in block.spans if block is not None else ():
            start = self._starts[span.mark.line - 1] + span.mark.column - 1
            written = self._text[start : start + span.mark.width]
            text = label_text(written) if span.is_label else attribute_text(written)
            if span.side == "words" and LETTER.search(text):
                style = LABEL if span.is_label else ATTRIBUTE
                yield Segment(f"{name}.{span.name}", text, start, start + span.mark.width, style)

    def whole(self, section: tuple[int, int], name: str) -> Segment | None:
        """Return a section as a single segment without its footnotes, for when the segments of two languages don't match."""
        filled = [line for line in range(*section) if self.lines[line].strip() and line not in self._in_notes]
        if not filled:
            return None
        places = [(self._starts[line], self._starts[line + 1] - 1) for line in filled]
        return _in_places(self._text, name, places, self._facts)


def _in_places(text: str, name: str, places: Iterable[tuple[int, int]], facts: Sequence[tuple[int, int]]) -> Segment:
    """Return a segment whose lines are in several places of a file, with blank lines or footnotes between them."""
    runs: list[list[int]] = []  # where each begins with what is above it, where it begins, and where it ends
    for start, end in places:
        between = text[runs[-1][2] : start] if runs else ""
        if not runs or between.strip():
            runs.append([start - len(between) + len(between.rstrip()), start, end])
        runs[-1][2] = end
    whole = "\n\n".join(_cut(text, start, end, facts) for _, start, end in runs)
    return Segment(name, whole, runs[0][0], runs[0][2], more=tuple((above, end) for above, _, end in runs[1:]))


def _indented_code(lines: Sequence[str], first: int) -> Iterator[int]:
    """Yield the lines from `first` on that are code as they are indented; not those that may belong to what is above."""
    may_belong = was_blank = False
    for number, line in enumerate(lines[first:], first):
        is_blank = not line.strip()
        if _INDENTED.match(line):
            if not (may_belong or is_blank):
                yield number
        elif _HOLDS_LINES.match(line):
            may_belong = True
        elif was_blank and not (is_blank or line[0] == " "):
            may_belong = False
        was_blank = is_blank


def note_ranges(lines: Sequence[str], document: Document) -> Iterator[tuple[int, int]]:
    """Yield the line ranges of the footnotes in a file: the first line, counted from 0, and the line after the last."""
    headings = document.body.headings
    if not any(section.heading == len(headings) for section in document.body.sections):
        return
    begin, blank, fenced = None, 0, _fenced(lines)
    for number, line in enumerate([*lines, "#"]):
        if begin is None and number in fenced:
            continue
        is_new = _NOTE.match(line) is not None
        is_more = not blank or line.startswith(("    ", "\t"))
        if (
            begin is not None
            and line.strip()
            and (is_new or not is_more or _NO_NOTE.match(line) or number == len(lines))
        ):
            yield begin, number - blank
            begin = None
        if is_new:
            begin = number
        blank = 0 if line.strip() else blank + 1


def note_label(text: str) -> str:
    """Return the label of a footnote, such as 1 for `[^1]:`; "" if the text is not a footnote."""
    found = _NOTE.match(text)
    return found[1] if found else ""


def unused_notes(text: str, document: Document) -> dict[str, tuple[int, int]]:
    """Return the label of each footnote to which nothing in a file refers → its lines, as `note_ranges` yields them."""
    lines = text.split("\n")
    found = {note_label(lines[begin]): (begin, end) for begin, end in note_ranges(lines, document)}
    marks = Counter(_NOTE_MARK.findall(text)) if found else Counter[str]()
    return {label: lines for label, lines in found.items() if marks[label] == 1}  # its own


def without_label(text: str) -> str:
    """Return a footnote without its label."""
    found = _NOTE.match(text)
    return text[found.end() if found else 0 :].strip()


def fact_ranges(text: str, document: Document) -> list[tuple[int, int]]:
    """Return the ranges of block facts with the spaces before them, or with their braces if these hold only facts."""
    blocks = [block for block in document.body.blocks if any(span.side == "facts" for span in block.spans)]
    if not blocks:
        return []
    places, ranges = Places(text), []
    for block in blocks:
        spans = [span for span in block.spans if not span.is_label]
        wholes = [(places.offset(s.whole.line) + s.whole.column - 1, s.whole.width, s.side) for s in spans]
        if all(side == "facts" for _, _, side in wholes):
            ranges.append((text.rindex("{", 0, wholes[0][0]), text.index("}", sum(wholes[-1][:2])) + 1))
            continue
        for start, width, side in wholes:
            if side == "facts":
                end = start + width
                after = end + len(text[end:]) - len(text[end:].lstrip(" \t")) if text[start - 1] == "{" else end
                ranges.append((len(text[:start].rstrip(" \t")), after))
    return sorted(ranges)


def _cut(text: str, start: int, end: int, ranges: Sequence[tuple[int, int]]) -> str:
    """Return a slice of a text without the given ranges."""
    parts = []
    for first, last in ranges[bisect_left(ranges, (start, start)) :]:
        if first >= end:
            break
        parts.append(text[start:first])
        start = last
    return "".join((*parts, text[start:end]))


def _fenced(lines: Sequence[str]) -> set[int]:
    """Return the lines of a file, counted from 0, that are code between fences, and those of the fences."""
    text = "\n".join(lines)
    if "```" not in text and "~~~" not in text:
        return set()
    _, start = front_matter_span(text)
    first, body = text.count("\n", 0, start), text[start:].encode()
    found, last, line = set[int](), 0, first
    for event, place in parse_around(text[start:], OPTIONS).events:
        if isinstance(event, dict) and "Fenced" in _kind_of_code(event):
            line, last = line + body.count(b"\n", last, place["start"]), place["start"]
            end = line + body[place["start"] : place["end"]].rstrip(b"\n").count(b"\n")
            found.update(range(line, end + 1))
    return found


def _kind_of_code(event: Mapping[str, Any]) -> Any:
    """What kind of a block of code begins: {"Fenced": language} or "Indented"; "" if none does."""
    started = event.get("Start")
    return started.get("CodeBlock", "") if isinstance(started, dict) else ""


def with_texts(text: str, changes: Mapping[Segment, str]) -> str:
    """Replace the texts of some segments in a file; what is added in one place is in the order of the changes."""
    edits = [
        edit
        for segment, new in changes.items()
        if new != segment.text or segment.style is None
        for edit in (
            (segment.start, segment.end, as_written(new, segment.style)),
            *((start, end, "") for start, end in segment.more),
        )
    ]
    for start, end, new in sorted(edits, key=itemgetter(0))[::-1]:
        text = text[:start] + new + text[end:]
    return text


def as_written(text: str, style: str | None) -> str:
    """Return a text as it stands in a file."""
    match style:
        case None | "```":
            return text
        case _ if style == LABEL:
            return written_label(text)
        case _ if style == ATTRIBUTE:
            return written_value(text)
    return scalar(text, style)


def without_facts(text: str, document: Document, kept: Iterable[Segment]) -> dict[Segment, str]:
    """Return changes that remove the facts of blocks from a file, except in the `kept` segments."""
    inside = [(segment.start, segment.end) for segment in kept]
    return {
        Segment("", text[start:end], start, end): ""
        for start, end in fact_ranges(text, document)
        if not any(first <= start and end <= last for first, last in inside)
    }
