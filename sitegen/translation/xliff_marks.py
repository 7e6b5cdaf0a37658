"""Marks of Markdown in XLIFF: elements of their own, which a translator's tool shows as tags and protects.

`<bpt>` and `<ept>` stand around words, `<ph>` for what stands alone. What they hold is the mark itself, so a text is whole
for tools that know none of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.translation.marks import Piece, pieces_of

#: What a mark is → its element.
_ELEMENTS = {"open": "bpt", "close": "ept", "alone": "ph"}


def put_marks(source: ET.Element, target: ET.Element, blocks: Mapping[str, BlockType]) -> None:
    """Put the marks of a unit's texts into elements; those of a translation have the numbers of the source's."""
    known = _Numbers()
    _fill(source, pieces_of(source.text or "", blocks), known)
    _fill(target, pieces_of(target.text or "", blocks), known.again())


class _Numbers:
    """The number of each mark of a source; a translation's same mark has the same."""

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

    def again(self) -> _Numbers:
        """The numbers that have been given, to be given again."""
        return _Numbers(self._given, self._last)


def _fill(element: ET.Element, pieces: Sequence[Piece], numbers: _Numbers) -> None:
    if not any(piece.role for piece in pieces):
        return
    closing = {piece.pair: piece.text for piece in pieces if piece.role == "close"}
    of_pair: dict[int, str] = {}
    element.text = ""
    last: ET.Element | None = None
    for piece in pieces:
        if not piece.role:
            _append(element, last, piece.text)
            continue
        if piece.role == "open":
            of_pair[piece.pair] = numbers.of(f"{piece.text}\0{closing.get(piece.pair, '')}")
        number = of_pair[piece.pair] if piece.pair else numbers.of(piece.text)
        last = ET.SubElement(element, _ELEMENTS[piece.role], {"id": number, **_ctype(piece)})
        last.text = piece.text


def _append(element: ET.Element, last: ET.Element | None, text: str) -> None:
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _ctype(piece: Piece) -> dict[str, str]:
    """What a mark is, in the words of XLIFF where it has one."""
    own = {"bold", "italic", "link", "image"}
    return {} if piece.role == "close" else {"ctype": piece.kind if piece.kind in own else f"x-{piece.kind}"}


def text_of(element: ET.Element, marks: dict[tuple[str, str], str]) -> str:
    """What an element says; a mark that a tool has emptied is taken from the source.

    Args:
        marks: element and number → mark, noted from the first text and used for the next.
    """
    if not len(element) or _is_written_anew(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        own = text_of(child, marks)
        if name in _ELEMENTS.values():
            own = own or marks.get((name, child.get("id") or ""), "")
            marks.setdefault((name, child.get("id") or ""), own)
        parts += [own, child.tail or ""]
    return "".join(parts)


def _is_written_anew(element: ET.Element) -> bool:
    """Whether a tool that knows nothing of elements has put a whole text before those that stood there."""
    own = [child.text or "" for child in element if local_name(child) in _ELEMENTS.values()]
    text = element.text or ""
    if not own or own[0].strip() not in text:
        return False
    return own == [piece.text for piece in pieces_of(text, shipped_blocks()) if piece.role]


def local_name(element: ET.Element) -> str:
    """The name of an element, whatever its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
