"""Markdown marks in XLIFF: inline elements, which translation tools show as tags and protect.

`<bpt>` and `<ept>` enclose words; `<ph>` is a single mark. The content of these elements is the mark itself, so tools
that don't support them still get the complete text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.translation.marks import Piece, pieces_of
from sitegen.translation.texts import Unit

#: Characters of a text, and of all texts in a file, once each mark stands in its places: a long one may have many.
_MOST_OF_ONE, MOST_TEXT = 2_000_000, 50_000_000
#: An attribute of an element whose spaces count.
SPACE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}
#: Role of a mark → name of its element.
_ELEMENTS = {"open": "bpt", "close": "ept", "alone": "ph"}


def put_marks(source: ET.Element, target: ET.Element, blocks: Mapping[str, BlockType]) -> None:
    """Wrap the marks of a unit's texts in elements; marks of a translation get the same ids as in the source."""
    known = Numbers()
    _fill(source, pieces_of(source.text or "", blocks), known)
    _fill(target, pieces_of(target.text or "", blocks), known.again())


class Numbers:
    """Numbers for the marks of a source; an equal mark in the translation gets the same number."""

    def __init__(self, left: Mapping[str, Sequence[str]] | None = None, last: int = 0) -> None:
        self._left = {key: deque(numbers) for key, numbers in (left or {}).items()}
        self._given: dict[str, list[str]] = {}
        self._last = last

    def of(self, key: str) -> str:
        own = self._left.get(key)
        if own:
            return own.popleft()
        self._last += 1
        self._given.setdefault(key, []).append(str(self._last))
        return str(self._last)

    def again(self) -> Numbers:
        """Return numbers that reuse those assigned so far."""
        return Numbers(self._given, self._last)


def _fill(element: ET.Element, pieces: Sequence[Piece], numbers: Numbers) -> None:
    if not any(piece.role for piece in pieces):
        return
    closing = {piece.pair: piece.text for piece in pieces if piece.role == "close"}
    of_pair: dict[int, str] = {}
    element.text = ""
    last: ET.Element | None = None
    for piece in pieces:
        if not piece.role:
            put_text(element, last, piece.text)
            continue
        if piece.role == "open":
            of_pair[piece.pair] = numbers.of(f"{piece.text}\0{closing.get(piece.pair, '')}")
        number = of_pair[piece.pair] if piece.pair else numbers.of(piece.text)
        last = ET.SubElement(element, _ELEMENTS[piece.role], {"id": number, **_ctype(piece)})
        last.text = piece.text


def put_text(element: ET.Element, last: ET.Element | None, text: str) -> None:
    """Add text to an element, after its last child if it has one."""
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _ctype(piece: Piece) -> dict[str, str]:
    """Return the `ctype` of a mark: an XLIFF value if there is one, otherwise with the prefix `x-`."""
    own = {"bold", "italic", "link", "image"}
    return {} if piece.role == "close" else {"ctype": piece.kind if piece.kind in own else f"x-{piece.kind}"}


def text_of(element: ET.Element, marks: dict[tuple[str, str], str]) -> str:
    """Return the text of an element; a mark whose element a tool has emptied is restored from the source.

    Args:
        marks: (element name, id) → mark; filled from the first text and used for the next one.
    """
    own = [child.text or "" for child in element if local_name(child) in _ELEMENTS.values()]
    if not len(element) or is_written_anew(element.text or "", own):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        text = text_of(child, marks)
        if name in _ELEMENTS.values():
            text = text or marks.get((name, child.get("id") or ""), "")
            marks.setdefault((name, child.get("id") or ""), text)
        parts += [text, child.tail or ""]
    return joined(parts)


def joined(parts: Sequence[str]) -> str:
    """Return the parts of a text together.

    Raises:
        OverflowError: they are longer than a page can be.
    """
    if sum(map(len, parts)) > _MOST_OF_ONE:
        raise OverflowError
    return "".join(parts)


def is_written_anew(text: str, marks: Sequence[str]) -> bool:
    """Whether a tool without support for inline elements has put the whole text before them, with all their marks."""
    if not marks or marks[0].strip() not in text:
        return False
    return marks == [piece.text for piece in pieces_of(text, shipped_blocks()) if piece.role]


def forms_of(unit: Unit) -> Iterator[tuple[int, str, str, str]]:
    """Yield the number, the name, the source and the target of each plural form of a unit, or of its only text."""
    for number, form in enumerate(unit.target.split("\0")):
        name = f"{unit.id}[{number}]" if unit.plural else unit.id
        yield number, name, unit.plural if number and unit.plural else unit.source, form


def as_file(root: ET.Element) -> bytes:
    """Return a document with its declaration, in UTF-8."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def local_name(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
