"""Markdown marks in a text to translate: splits texts into words and marks, and finds marks that a translation breaks.

A text is split into pieces, words and marks, that concatenate to the original text. `**strong**` is a mark, a word and
a mark; so is `[news](/news/)`, with the address in the second mark. Code is a single mark, as it is not translated.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from sitegen.content.blocks import OPTIONS, Found, Range, parse_around
from sitegen.content.code_blocks import INDENTED
from sitegen.model.blocks import BlockType

Role = Literal["", "open", "close", "alone"]
Broken = Literal["missing", "twice", "stray"]
#: Events with words between two marks → kind.
_PAIRS = {"Emphasis": "italic", "Strong": "bold", "Strikethrough": "strike", "Link": "link", "Image": "image"}
#: Events without words, each a single mark → kind.
_ALONE = {"Code": "code", "InlineHtml": "comment", "InlineMath": "math", "DisplayMath": "math"}
#: Events whose whole content is a single mark → kind.
_WHOLE = {"CodeBlock": "code", "HtmlBlock": "comment"}
#: Kinds of marks that a translation must keep.
KEPT = frozenset({"link", "image", "code", "comment", "math", "note", "block", "heading"})
_NOTE = re.compile(r"\[\^[^\[\]\s]+\]:?")
#: Remains of a broken mark.
_STRAY = re.compile(r"\*\*|~~|`+|\]\(|(?<![\w\\]):[a-z][a-z0-9-]+\[")
#: The mark of a heading without words, or before another one.
_NO_HEADING = re.compile(r"[ \t]*(#{1,6})(?:[ \t]*(?:\n|$)|[ \t]+#{1,6}(?:\s|$))")
#: The columns from which an indented line may be code.
_CODE_INDENT = 4
#: What begins a block of code, or says where a link leads; both reach beyond the text in which they stand.
_BEYOND = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]++)*(`{3,}+(?=[^`\n]*+$)|~{3,}+|\[(?!\^)[^\]\n]++\]:)", re.MULTILINE
)
#: A picture of another site, of which pages show none.
_ELSEWHERE = re.compile(r"!\[….*\(<?(?:[a-z]+:)?//", re.IGNORECASE)
#: The title of a link or picture, which may be translated.
_TITLE = re.compile(r"""(?<!\s)\s++(?:"[^"]*"|'[^']*'|\([^()]*\))\s*+\)\Z""")
_LINE_END = ord("\n")
#: Text between two events that only separates or escapes words.
_NO_MARK = re.compile(r"[\s\\]*")


class Piece(NamedTuple):
    """A piece of text: words, or a mark."""

    text: str
    role: Role = ""  #: "" for words; for a mark, whether it opens or closes a pair or is single ("alone")
    kind: str = ""  #: "bold", "link", …
    pair: int = 0  #: the number shared by the two marks of a pair; 0 for other pieces


def pieces_of(text: str, blocks: Mapping[str, BlockType]) -> list[Piece]:
    """Split a text into pieces that concatenate to the text.

    A text that is indented as code is a paragraph of a list from which it has been cut, as code is not translated.
    """
    indent = _columns(text)
    if indent < _CODE_INDENT:
        return _pieces(text, blocks)
    lines = [_dedented(line, indent) for line in text.split("\n")]
    pieces = _pieces("\n".join(rest for _, rest in lines), blocks)
    blanks = iter([blank for blank, _ in lines])
    first = Piece(next(blanks))
    rest = [piece._replace(text=re.sub("\n", lambda _: f"\n{next(blanks)}", piece.text)) for piece in pieces]
    return list(_joined([first, *rest]))


def _pieces(text: str, blocks: Mapping[str, BlockType]) -> list[Piece]:
    marked = parse_around(text, OPTIONS)
    cutter = _Cutter(text, blocks, marked.marks)
    for event, place in marked.events:
        cutter.take(event, place)
    return cutter.finish()


def _columns(line: str) -> int:
    """Count the columns of blanks with which a line begins; a tab reaches to the next multiple of four."""
    return len(_blanks(line).expandtabs(_CODE_INDENT))


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _dedented(line: str, columns: int) -> tuple[str, str]:
    """Split a line after as many of its blanks as fit into some columns."""
    column = end = 0
    for blank in _blanks(line):
        column += 1 if blank == " " else _CODE_INDENT - column % _CODE_INDENT
        if column > columns:
            break
        end += 1
    return line[:end], line[end:]


class _Cutter:
    """Splits a text at the events of the parser.

    `_at` is the end of the pieces so far; `_opened` are the pairs opened there that have no content yet.
    """

    def __init__(self, text: str, blocks: Mapping[str, BlockType], marks: Mapping[int, Found]) -> None:
        self._text = text
        self._encoded = text.encode()
        self._blocks = blocks
        self._pieces: list[Piece] = []
        self._at = 0
        self._opened: list[tuple[int, str, int]] = []
        self._within: list[int] = []
        self._pairs = 0
        self._whole = 0
        self._heading = False
        self._indented = False  # within an indented block
        self._inline: dict[int, tuple[Found, int]] = {}
        self._marks = marks  # the block marks to look for
        self._places = sorted(start for start, mark in marks.items() if mark.role != "colon")

    def take(self, event: Any, place: Range) -> None:
        if isinstance(event, str):
            if event == "Rule":
                self._reach(place["start"])
                self._rule(place)
            return
        ((name, value),) = event.items()
        if name in ("Start", "End"):
            kind = value if isinstance(value, str) else next(iter(value))
            self._tag(name == "Start", kind, value, place)
        elif not self._whole and name in _ALONE:
            self._reach(place["start"])
            self._add(place["end"], "alone", _ALONE[name])
        elif not self._whole and name == "Text":
            self._reach(place["start"])
            self._words(place["end"])

    def finish(self) -> list[Piece]:
        self._reach(len(self._encoded))
        return list(_joined(self._pieces))

    def _tag(self, is_start: bool, kind: str, value: Any, place: Range) -> None:
        if value == INDENTED:  # perhaps a paragraph of what Python-Markdown's extensions read, or of a deep list
            self._indented = True
        if self._indented and kind == "CodeBlock":
            self._indented = is_start
            return
        is_auto = kind == "Link" and is_start and value["Link"]["link_type"] in ("Autolink", "Email")
        if kind in _WHOLE or is_auto or (self._whole and kind == "Link"):
            self._one(is_start, _WHOLE.get(kind, "link"), place)
        elif self._whole:
            return
        elif kind in _PAIRS:
            self._pair(is_start, _PAIRS[kind], place)
        elif kind == "Heading":
            if (
                not is_start
                and self._slice(self._at, place["end"]).strip("\n")
                and self._encoded[self._at] == _LINE_END
            ):
                self._heading = True  # it is underlined
            self._reach(place["start"] if is_start else place["end"])
            self._heading = is_start

    def _one(self, is_start: bool, kind: str, place: Range) -> None:
        if is_start:
            self._reach(place["start"])
        self._whole += 1 if is_start else -1
        if not self._whole:
            self._add(place["end"], "alone", kind)

    def _pair(self, is_start: bool, kind: str, place: Range) -> None:
        if is_start:
            if not self._opened:
                self._reach(place["start"])
            self._pairs += 1
            self._opened.append((place["start"], kind, self._pairs))
            self._within.append(self._pairs)
            return
        number = self._within.pop()
        if self._opened and self._opened[-1][2] == number:  # the pair is empty
            start = self._opened.pop()[0]
            self._open(start)
            self._add(place["end"], "alone", kind)
        else:
            self._add(place["end"], "close", kind, number)

    def _open(self, end: int) -> None:
        """Add the opening marks of the pairs that are open, up to their content."""
        ends = [*(start for start, _, _ in self._opened[1:]), end]
        for (_, kind, number), stop in zip(self._opened, ends, strict=False):
            self._add(stop, "open", kind, number)
        self._opened.clear()

    def _reach(self, start: int) -> None:
        """Add the text up to `start`: opening marks, the markup of lists and tables, separators between words."""
        self._open(start)
        between = self._slice(self._at, start)
        if between:
            kind = "heading" if self._heading else "note" if _NOTE.match(between) else "markup"
            self._add(start) if _NO_MARK.fullmatch(between) else self._add(start, "alone", kind)
        self._heading = False

    def _words(self, end: int) -> None:
        """Add words, and the block marks among them."""
        index = bisect_left(self._places, self._at)
        while index < len(self._places) and self._places[index] < end:
            self._add(self._places[index])
            self._block(self._marks[self._places[index]])
            index += 1
        self._add(end)

    def _rule(self, place: Range) -> None:
        mark = self._marks.get(place["start"])
        if mark is None:
            self._add(place["end"], "alone", "markup")
        else:
            self._block(mark)

    def _block(self, mark: Found) -> None:
        """Add the mark of a block in pieces around the words in it."""
        if mark.role == "inline" and mark.partner >= 0:  # its attributes come after its words
            self._pairs += 1
            self._inline[mark.start] = mark, self._pairs
            self._add(self._at + self._size(mark.start, mark.end), "open", "block", self._pairs)
            return
        opened, pair = self._inline.get(mark.partner, (mark, 0))
        place = mark.start
        for number, (first, last) in enumerate([*self._block_words(opened), (mark.end, mark.end)]):
            is_closing = pair and not number
            end = self._at + self._size(place, first)
            self._add(end, "close" if is_closing else "alone", "block", pair if is_closing else 0)
            self._add(self._at + self._size(first, last))
            place = last

    def _block_words(self, mark: Found) -> Iterator[tuple[int, int]]:
        """Yield the ranges of a block's words in its mark."""
        own = self._blocks.get(mark.name)
        if own is not None and mark.label and own.label:
            yield mark.label
        for attribute in mark.attributes:
            if own is not None and attribute.value and _is_word(own, attribute.name):
                quote = self._text[attribute.start] in "'\""
                yield attribute.start + quote, attribute.end - quote

    def _size(self, first: int, last: int) -> int:
        return len(self._text[first:last].encode())

    def _add(self, end: int, role: Role = "", kind: str = "", pair: int = 0) -> None:
        if end > self._at:
            self._pieces.append(Piece(self._slice(self._at, end), role, kind, pair))
            self._at = end

    def _slice(self, start: int, end: int) -> str:
        return self._encoded[start:end].decode()


def _is_word(block: BlockType, name: str) -> bool:
    declared = block.fields.get(name)
    return declared is not None and declared.side == "words"


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Merge adjacent words into one piece, and split footnote marks from them."""
    texts: list[str] = []
    for piece in pieces:
        if not piece.role:
            texts.append(piece.text)
            continue
        yield from _without_notes("".join(texts))
        texts.clear()
        yield piece
    yield from _without_notes("".join(texts))


def _without_notes(text: str) -> Iterator[Piece]:
    """Split words from references to footnotes; that a footnote begins here, the parser would have said."""
    place = 0
    for found in _NOTE.finditer(text) if "[^" in text else ():
        if found.start() > place:
            yield Piece(text[place : found.start()])
        mark = found[0].partition("]")[0] + "]"
        yield Piece(mark, "alone", "note")
        place = found.start() + len(mark)
    if place < len(text):
        yield Piece(text[place:])


# broken marks


def broken_marks(source: str, before: str, now: str, blocks: Mapping[str, BlockType]) -> Iterator[tuple[str, Broken]]:
    """Find marks of a source that its translation lacks or repeats, and remains of broken marks.

    Args:
        before: the previous translation; marks that it lacks may also be missing from the new one.
    """
    if now in (source, before):
        return
    wanted, has = pieces_of(source, blocks), pieces_of(now, blocks)
    had = pieces_of(before, blocks) if before else wanted
    kept, known = _kept(has), _kept(wanted) | _kept(had)
    yield from ((mark, "missing") for mark in (_kept(wanted) & _kept(had)) - kept)
    yield from ((mark, "twice") for mark in kept - known if mark in known)
    yield from ((mark, "stray") for mark in kept - known if mark not in known and _ELSEWHERE.match(mark))
    headings = [Counter(_headings(pieces)) for pieces in (wanted, had, has)]
    if headings[2].total() > max(own.total() for own in headings[:2]):
        yield from ((mark, "stray") for mark in headings[2].keys() - known)
    strays = [
        _strays(pieces) + Counter(_BEYOND.findall(text))
        for pieces, text in ((wanted, source), (had, before), (has, now))
    ]
    yield from ((mark, "stray") for mark in strays[2] - (strays[0] | strays[1]))


def _kept(pieces: Sequence[Piece]) -> Counter[str]:
    """Count the marks that must be kept: a pair counts as one mark without its title, and only the start of a block counts."""
    closing = {
        piece.pair: _TITLE.sub(")", piece.text) for piece in pieces if piece.role == "close" and piece.kind != "block"
    }
    return Counter(_headings(pieces)) + Counter(
        f"{piece.text}…{closing.get(piece.pair, ']')}" if piece.role == "open" else piece.text.strip()
        for piece in pieces
        if piece.kind in KEPT - {"heading"}
        and piece.role in ("open", "alone")
        and (piece.kind != "block" or piece.text[0] == ":")
    )


def _headings(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the marks of headings, each with what stands before it in its line, as it may be in a list; of a line below, three."""
    text, place = "".join(piece.text for piece in pieces), 0
    for piece in pieces:
        end = place + len(piece.text)
        if piece.kind == "heading" and _is_before(piece):
            yield text[text.rfind("\n", 0, place) + 1 : end].rstrip("\\ \t\n").lstrip()
        elif piece.kind == "heading":
            yield 3 * piece.text.rstrip()[-1]
        place = end


def _is_before(heading: Piece) -> bool:
    """Whether the mark of a heading stands before its words, not below them."""
    return not heading.text.startswith("\n")


def _strays(pieces: Sequence[Piece]) -> Counter[str]:
    found = Counter(found for piece in pieces if not piece.role for found in _STRAY.findall(piece.text))
    both = (pair for pair in pairwise([*pieces, Piece("")]) if pair[0].kind == "heading" and _is_before(pair[0]))
    found.update(mark[1] for heading, after in both if (mark := _NO_HEADING.match(heading.text + after.text)))
    return found
