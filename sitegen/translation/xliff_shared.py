"""What XLIFF 1.2 and 2.0 share: plural forms, numbers of marks, bounds, and names of elements."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from sitegen.model.blocks import shipped_blocks
from sitegen.translation.inline_marks import pieces_of
from sitegen.translation.texts import Unit

#: Characters of a text, and of all texts in a file, once each mark stands in its places: a long one may have many.
_MOST_OF_ONE, MOST_TEXT = 2_000_000, 50_000_000
#: An attribute of an element whose spaces count.
SPACE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}

#: States of a text that a translator has finished.
DONE = frozenset({"translated", "final", "signed-off", "reviewed"})


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


def put_text(element: ET.Element, last: ET.Element | None, text: str) -> None:
    """Add text to an element, after its last child if it has one."""
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def joined(parts: Sequence[str]) -> str:
    """Return the parts of a text together; raises OverflowError if they are longer than a page can be."""
    if sum(map(len, parts)) > _MOST_OF_ONE:
        raise OverflowError
    return "".join(parts)


def is_written_anew(text: str, marks: Sequence[str]) -> bool:
    """Whether a tool without support for inline elements has put the whole text before them, with all their marks."""
    if not marks or marks[0].strip() not in text:
        return False
    return marks == [piece.text for piece in pieces_of(text, shipped_blocks()) if piece.role]


def is_translated(source: str, target: str) -> bool:
    """Whether a sentence has a translation, or needs none."""
    return bool(target.strip()) or not any(map(str.isalnum, source))


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
