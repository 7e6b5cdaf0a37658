"""Removes what drawing programs add to SVG files: document types, private data, links.

Anything that a person may have added on purpose (scripts, external pictures) stays and is still reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape

from sitegen.source.text import MAX_FILE

_SVG = "http://www.w3.org/2000/svg"
#: Namespace of Illustrator's private data: its native file, and a placeholder that other programs never show.
_PRIVATE = "http://ns.adobe.com/"
#: Limits for declared entities; Illustrator declares its namespaces as entities, whose values are short.
_MOST_ENTITIES, _LONGEST_ENTITY = 50, 200
_REFERENCE = re.compile(r"&([\w.-]+);")


def cleaned(text: str) -> str | None:
    """Return the drawing without its program's additions; None if it can't be parsed or has none."""
    try:
        plain = _without_document_type(text)
        now = "".join(_Cutter(plain).kept()) if plain is not None else None
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return now if now != text else None


def _without_document_type(text: str) -> str | None:
    """Return the text without its document type and with entities expanded; None if it declares anything else."""
    content, bounds, entities, is_plain = text.encode(), list[int](), dict[str, str](), [True]
    parser = expat.ParserCreate()

    def entity(name: str, is_parameter: bool, value: str | None, *outside: object) -> None:
        is_simple = value is not None and not is_parameter and len(value) <= _LONGEST_ENTITY
        if not is_simple or re.search("[&<%]", value or "") or len(entities) >= _MOST_ENTITIES:
            is_plain[0] = False
        entities.setdefault(name, value or "")

    parser.EntityDeclHandler = entity
    parser.StartDoctypeDeclHandler = lambda *declared: bounds.append(
        content.rindex(b"<!DOCTYPE", 0, parser.CurrentByteIndex)
    )
    parser.EndDoctypeDeclHandler = lambda: bounds.append(content.index(b">", parser.CurrentByteIndex) + 1)
    parser.DefaultHandler = lambda data: None  # a default handler keeps the parser from expanding entities
    try:
        parser.Parse(content, True)
    finally:  # they hold each other, and 30 KB outside of Python, until cycles are looked for
        parser.StartDoctypeDeclHandler = parser.EndDoctypeDeclHandler = None
    if not bounds:
        return text
    if not is_plain[0] or len(bounds) != 2:
        return None
    rest = content[bounds[1] :].decode().lstrip("\n")
    return _written_out(content[: bounds[0]].decode() + rest, entities)


def _written_out(text: str, entities: dict[str, str]) -> str | None:
    names = [found[1] for found in _REFERENCE.finditer(text) if found[1] in entities]
    if len(text) + sum(len(entities[name]) for name in names) > MAX_FILE:
        return None
    quoted = {name: escape(value, {'"': "&quot;", "'": "&#39;"}) for name, value in entities.items()}
    return _REFERENCE.sub(lambda found: quoted.get(found[1], found[0]), text)


class _Cutter:
    """Finds the ranges to remove: whole elements, or the start and end tags of a link."""

    def __init__(self, text: str) -> None:
        self._content = text.encode()
        self._cuts: list[tuple[int, int]] = []
        self._depth = 0
        self._dropped: tuple[int, int] | None = None  # start and depth of the element
        self._has_words = False  # whether what it holds may be words for readers, as labels of draw.io and Mermaid are
        self._from: int | None = None  # start of the range that ends at the next event
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.DefaultHandler = lambda data: self._at()
        self._parser.ProcessingInstructionHandler = self._instruction

    def kept(self) -> Iterator[str]:
        """Yield the remaining pieces of the text."""
        try:
            self._parser.Parse(self._content, True)
        finally:
            del self._parser  # for the same reason
        self._finish(len(self._content))
        end = 0
        for start, stop in self._cuts:
            yield self._content[end:start].decode()
            end = stop
        yield self._content[end:].decode()

    def _at(self) -> int:
        index = self._parser.CurrentByteIndex
        self._finish(index)
        return index

    def _finish(self, index: int) -> None:
        if self._from is not None:
            self._cuts.append((self._from, index))
            self._from = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        index = self._at()
        self._depth += 1
        namespace, _, element = name.rpartition(" ")
        is_private = namespace.startswith(_PRIVATE)
        if self._dropped is not None:
            self._has_words &= not is_private
        elif is_private or (namespace == _SVG and element == "foreignObject"):
            self._dropped, self._has_words = (index, self._depth), not is_private
        elif namespace == _SVG and element == "a":
            self._from = index

    def _end(self, name: str) -> None:
        index = self._at()
        if self._dropped is not None and self._dropped[1] == self._depth:
            self._from, self._dropped = self._dropped[0], None
        elif self._dropped is None and name == f"{_SVG} a":
            self._from = index
        self._depth -= 1

    def _text(self, data: str) -> None:
        self._at()
        if self._dropped is not None and self._has_words and data.strip():
            raise ValueError("these words would be lost")

    def _instruction(self, target: str, data: str) -> None:
        index = self._at()
        if self._dropped is None:
            self._from = index
