"""Texts to translate as XLIFF 2.0 (OASIS, ISO 21720), and the answers in such a file.

Marks are `<pc>` around words and `<ph>` alone; the Markdown that they stand for is in `<originalData>`, out of a translator's reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from xml.etree import ElementTree as ET

from sitegen.i18n.language_tags import is_rtl
from sitegen.i18n.po_files import MESSAGES
from sitegen.model.blocks import BlockType
from sitegen.model.settings import Config
from sitegen.translation.inline_marks import KEPT, Piece, pieces_of
from sitegen.translation.texts import Answer, Unit
from sitegen.translation.xliff_shared import (
    DONE,
    MOST_TEXT,
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

_CORE = "urn:oasis:names:tc:xliff:document:2.0"
_MATCHES = "urn:oasis:names:tc:xliff:matches:2.0"
#: State of a unit → its attributes; XLIFF 2 has no state for a text whose source has changed.
_STATES = {
    "missing": {"state": "initial"},
    "stale": {"state": "initial", "subState": "sitegen:stale"},
    "untracked": {"state": "initial", "subState": "sitegen:untracked"},
    "current": {"state": "translated"},
}
#: Kind of a mark → its type and subtype.
_TYPES = {"bold": ("fmt", "xlf:b"), "italic": ("fmt", "xlf:i"), "link": ("link", ""), "image": ("image", "")}


def write_xliff2(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """Write units as XLIFF 2.0, with a file element per page."""
    source, target = config.languages[config.source_language].tag, config.languages[language].tag
    about = {"version": "2.0", "xmlns": _CORE, "xmlns:mtc": _MATCHES, "srcLang": source, "trgLang": target}
    root = ET.Element("xliff", about)
    directions = {name: "rtl" if is_rtl(tag) else "ltr" for name, tag in (("srcDir", source), ("trgDir", target))}
    files: dict[str, ET.Element] = {}
    for unit in units:
        if unit.page not in files:
            own = {"id": f"f{len(files) + 1}", "original": unit.page or MESSAGES, **directions}
            files[unit.page] = ET.SubElement(root, "file", own)
    ET.indent(root, " ")
    for number, unit in enumerate(units, 1):
        for place, name, *texts in forms_of(unit):
            own = {"id": f"u{number}.{place}" if unit.plural else f"u{number}", "name": name, **SPACE}
            _unit(ET.SubElement(files[unit.page], "unit", own), unit, texts, config.blocks)
    return as_file(root)


def _unit(element: ET.Element, unit: Unit, texts: Sequence[str], blocks: Mapping[str, BlockType]) -> None:
    """Fill the element of a unit; `texts` are its source and its target."""
    if unit.earlier:
        match = ET.SubElement(ET.SubElement(element, "mtc:matches"), "mtc:match", {"ref": "#s1"})
        ET.SubElement(match, "source").text = unit.earlier
        ET.SubElement(match, "target").text = texts[1]
    if unit.notes:
        notes = ET.SubElement(element, "notes")
        for note in unit.notes:
            ET.SubElement(notes, "note").text = note
    sides = [ET.Element(side) for side in ("source", "target")]
    if data := _put_texts(unit, zip(sides, texts, strict=True), blocks):
        original = ET.SubElement(element, "originalData")
        for text, own in data.items():
            ET.SubElement(original, "data", {"id": own}).text = text
    segment = ET.SubElement(element, "segment", {"id": "s1", **_STATES[unit.state]})
    segment.extend(ET.Element(side.tag) for side in sides)
    ET.indent(element, " ", 2)
    element.tail = "\n  "
    for place, side in zip(segment, sides, strict=True):  # only now, as the spaces of a text count
        place.text = side.text
        place.extend(side)


def _put_texts(unit: Unit, sides: Iterable[tuple[ET.Element, str]], blocks: Mapping[str, BlockType]) -> dict[str, str]:
    """Fill source and target with words and marks; return the Markdown of the marks, each with its id."""
    data: dict[str, str] = {}
    numbers = Numbers()
    for element, text in sides:
        if unit.is_markdown:
            _fill(element, pieces_of(text, blocks), numbers, data)
        else:
            element.text = text
        numbers = numbers.again()
    return data


def _fill(element: ET.Element, pieces: Sequence[Piece], numbers: Numbers, data: dict[str, str]) -> None:
    closing = {piece.pair: piece.text for piece in pieces if piece.role == "close"}
    within: list[tuple[ET.Element, ET.Element | None]] = [(element, None)]

    def ref(text: str) -> str:
        return data.setdefault(text, f"d{len(data) + 1}")

    for piece in pieces:
        around, last = within[-1]
        if not piece.role:
            put_text(around, last, piece.text)
        elif piece.role == "close":
            within.pop()
        else:
            is_open = piece.role == "open"
            key = f"{piece.text}\0{closing.get(piece.pair, '')}" if is_open else piece.text
            marks = {"dataRefStart" if is_open else "dataRef": ref(piece.text)}
            marks |= {"dataRefEnd": ref(closing[piece.pair])} if is_open else {}
            own = ET.SubElement(around, "pc" if is_open else "ph", {"id": numbers.of(key), **marks, **_about(piece)})
            within[-1] = around, own
            if is_open:
                within.append((own, None))


def _about(piece: Piece) -> dict[str, str]:
    type_, subtype = _TYPES.get(piece.kind, ("other", f"sitegen:{piece.kind}"))
    kept = {"canCopy": "no", "canDelete": "no"} if piece.kind in KEPT else {}
    return {**kept, "type": type_, **({"subType": subtype} if subtype else {})}


def read_unit2(unit: ET.Element) -> Answer | None:
    """Return the answer in a unit, whose text a tool may have split into sentences; None if it has no segment.

    A unit of which a sentence is not translated yet has no target: half of one would take the place of the whole text.
    """
    segments = [child for child in unit.iter() if local_name(child) in ("segment", "ignorable")]
    if not segments:
        return None
    data = {child.get("id") or "": child.text or "" for child in unit.iter() if local_name(child) == "data"}
    marks: dict[str, tuple[str, str]] = {}
    sources, targets, states, size, is_whole, is_begun = list[str](), list[str](), list[str](), 0, True, False
    places = list[int]()
    for number, segment in enumerate(segments, 1):
        parts = {local_name(child): _written_anew(child, data) or _text_of(child, data, marks) for child in segment}
        sources.append(parts.get("source", ""))
        places.append(_place(segment) or number)
        size += sum(map(len, parts.values()))
        if size > MOST_TEXT:
            raise OverflowError
        if local_name(segment) == "segment":
            states.append((segment.get("state") or unit.get("state") or "") if "target" in parts else "")
            targets.append(parts.get("target", ""))
            is_whole &= is_translated(sources[-1], targets[-1])
            is_begun |= bool(targets[-1].strip())
        else:  # the text between sentences
            targets.append(parts.get("target") or sources[-1])
    in_order = [target for _, target in sorted(zip(places, targets, strict=True), key=itemgetter(0))]
    target = "".join(in_order) if is_whole and any(target.strip() for target in targets) else ""
    name, id_ = unit.get("name") or "", unit.get("id") or ""
    id_ = name if "|" in name else id_
    return Answer(id_, "".join(sources), target, DONE.issuperset(states), is_half=is_begun and not is_whole)


def _place(segment: ET.Element) -> int:
    """Return where the target of a segment stands among those of its unit, from 1 on; 0 if nothing is said."""
    orders = (child.get("order") or "" for child in segment if local_name(child) == "target")
    return next((int(order) for order in orders if re.fullmatch("[0-9]{1,9}", order)), 0)


def _written_anew(element: ET.Element, data: Mapping[str, str]) -> str:
    """Return the text that a tool without support for inline elements has put before the existing ones; or ""."""
    text = element.text or ""
    return text if is_written_anew(text, list(_data_in(element, data))) else ""


def _data_in(element: ET.Element, data: Mapping[str, str]) -> Iterator[str]:
    """Yield the Markdown of the marks in an element, in its order."""
    for child in element:
        yield from filter(None, (data.get(child.get(name) or "") for name in ("dataRef", "dataRefStart")))
        yield from _data_in(child, data)
        yield from filter(None, [data.get(child.get("dataRefEnd") or "")])


def _text_of(element: ET.Element, data: Mapping[str, str], marks: dict[str, tuple[str, str]]) -> str:
    """Return a text with its marks; one that a tool has put in without its data is that of the source.

    Args:
        marks: id → the two halves of a mark; filled from sources and used for targets.
    """
    parts = [element.text or ""]
    for child in element:
        name, own = local_name(child), _text_of(child, data, marks)
        if name == "cp":
            own = _character(child.get("hex") or "")
        elif name in ("pc", "ph", "sc", "ec"):
            start, end = _halves(child, name, data, marks)
            own = start + own + end
        parts += [own, child.tail or ""]
    return joined(parts)


def _character(digits: str) -> str:
    """Return the character of a `<cp>`; the replacement character for a code that is none, or half of one."""
    code = int(digits, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", digits) else 0
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"


def _halves(
    element: ET.Element, name: str, data: Mapping[str, str], marks: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """Return the Markdown before and after the words of a mark."""
    number = (element.get("startRef") if name == "ec" else None) or element.get("id") or ""
    first, second = {"pc": ("dataRefStart", "dataRefEnd"), "ec": ("", "dataRef")}.get(name, ("dataRef", ""))
    before = marks.get(number, ("", ""))
    start, end = data.get(element.get(first) or "", ""), data.get(element.get(second) or "", "")
    if not (start or end):
        return (before[0] if first else ""), (before[1] if second else "")
    marks.setdefault(number, (start, end))
    return start, end
