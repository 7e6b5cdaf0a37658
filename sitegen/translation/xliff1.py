"""Texts to translate as XLIFF 1.2 (OASIS), and the answers in a unit of 1.1 or 1.2.

Marks are inline elements, which translation tools show as tags and protect: `<bpt>` and `<ept>` enclose words; `<ph>`
is a single mark. The content of these elements is the mark itself, so tools that don't support them still get the
complete text. No library is used: translate-toolkit and gettext support only 1.1, and lose contexts and earlier
sources. For XLIFF 2 see `xliff2.py`; `xliff_reader.py` reads files of any version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from sitegen.i18n.po_files import MESSAGES
from sitegen.model.blocks import BlockType
from sitegen.model.settings import Config
from sitegen.translation.inline_marks import Piece, pieces_of
from sitegen.translation.texts import Answer, Unit
from sitegen.translation.xliff_shared import (
    DONE,
    SPACE,
    Numbers,
    as_file,
    forms_of,
    is_translated,
    is_written_anew,
    joined,
    local_name,
    put_text,
)

_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
_XLIFF_STATES = {
    "missing": "new",
    "stale": "needs-adaptation",
    "untracked": "needs-adaptation",
    "current": "translated",
}
#: What Trados keeps of a text that a reviewer has deleted.
_DELETED = "x-sdl-deleted"
#: Role of a mark → name of its element.
_ELEMENTS = {"open": "bpt", "close": "ept", "alone": "ph"}


def write_xliff(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """Write units as XLIFF 1.2 (OASIS), with a file element per page."""
    root = ET.Element("xliff", {"version": "1.2", "xmlns": _XLIFF})
    bodies: dict[str, ET.Element] = {}
    for unit in units:
        if unit.page not in bodies:
            about = {
                "original": unit.page or MESSAGES,
                "source-language": config.languages[config.source_language].tag,
                "target-language": config.languages[language].tag,
                "datatype": "x-markdown" if unit.page else "po",
            }
            bodies[unit.page] = ET.SubElement(ET.SubElement(root, "file", about), "body")
    ET.indent(root, " ")
    for unit in units:
        _xliff_unit(bodies[unit.page], unit, config.blocks)
    return as_file(root)


def _xliff_unit(body: ET.Element, unit: Unit, blocks: Mapping[str, BlockType]) -> None:
    for _, name, source, form in forms_of(unit):
        element = ET.SubElement(body, "trans-unit", {"id": name, **SPACE})
        ET.SubElement(element, "source").text = source
        ET.SubElement(element, "target", {"state": _XLIFF_STATES[unit.state]}).text = form
        if unit.earlier:
            before = ET.SubElement(element, "alt-trans")
            ET.SubElement(before, "source").text = unit.earlier
            ET.SubElement(before, "target").text = form
        for note in unit.notes:
            ET.SubElement(element, "note").text = note
        ET.indent(element, " ", 3)
        element.tail = f"\n{' ' * 3}"
        if unit.is_markdown:
            _put_marks(element[0], element[1], blocks)


def read_unit1(element: ET.Element) -> Answer:
    """Return the answer in a unit; one of which a sentence is not translated yet has no target."""
    parts = {"source": "", "target": ""}
    marks: dict[tuple[str, str], str] = {}
    state = element.get("state") or ("final" if element.get("approved") == "yes" else "")
    space = element.tag.rpartition("}")[0]  # of XLIFF itself; a tool may have put its own elements in
    others = {child for other in element.iter() if local_name(other) == "alt-trans" for child in other}
    for child in filter(lambda own: str(own.tag).rpartition("}")[0] == space, element.iter()):
        kind = local_name(child)
        if kind in parts and not parts[kind] and child not in others:
            parts[kind] = _text_of(child, marks)
            state = _state_of(child, state) if kind == "target" else state
    is_half = not _is_whole(element)
    target = "" if is_half else parts["target"]
    is_half &= bool(parts["target"].strip())
    return Answer(element.get("id") or "", parts["source"], target, state in DONE, is_half=is_half)


def _state_of(target: ET.Element, state: str) -> str:
    """Return the state of a translation, or that of its unit; "" if somebody has rejected it."""
    is_rejected = (target.get("state-qualifier") or "").startswith("rejected-")
    return "" if is_rejected else target.get("state") or state


def _is_whole(unit: ET.Element) -> bool:
    """Whether each sentence into which a tool has split the text is translated, unless the translation is not split."""
    sources, targets = (_sentences(unit, side) for side in ("seg-source", "target"))
    return not targets or all(is_translated(text, targets.get(number, "")) for number, text in sources.items())


def _sentences(unit: ET.Element, side: str) -> dict[str, str]:
    """Return number → sentence, as a tool has marked them in the unit's own texts."""
    own = (child for child in unit if local_name(child) == side)
    marks = (mark for text in own for mark in text.iter() if mark.get("mtype") == "seg")
    return {mark.get("mid") or "": "".join(mark.itertext()) for mark in marks}


def _put_marks(source: ET.Element, target: ET.Element, blocks: Mapping[str, BlockType]) -> None:
    """Wrap the marks of a unit's texts in elements; marks of a translation get the same ids as in the source."""
    known = Numbers()
    _fill(source, pieces_of(source.text or "", blocks), known)
    _fill(target, pieces_of(target.text or "", blocks), known.again())


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


def _ctype(piece: Piece) -> dict[str, str]:
    """Return the `ctype` of a mark: an XLIFF value if there is one, otherwise with the prefix `x-`."""
    own = {"bold", "italic", "link", "image"}
    return {} if piece.role == "close" else {"ctype": piece.kind if piece.kind in own else f"x-{piece.kind}"}


def _text_of(element: ET.Element, marks: dict[tuple[str, str], str]) -> str:
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
        text = "" if child.get("mtype") == _DELETED else _text_of(child, marks)
        if name in _ELEMENTS.values():
            text = text or marks.get((name, child.get("id") or ""), "")
            marks.setdefault((name, child.get("id") or ""), text)
        parts += [text, child.tail or ""]
    return joined(parts)
