"""XLIFF 1.2 (OASIS), written here: translate-toolkit and gettext know 1.1, and drop contexts and earlier sources on the way.

Marks of Markdown stand in elements of their own, which a translator's tool shows as tags and protects: `<bpt>` and `<ept>`
around words, `<ph>` for what stands alone. What they hold is the mark itself, so a text is whole for tools that know none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from sitegen.i18n.catalogs import MESSAGES
from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError, listing
from sitegen.translation.marks import Piece, pieces_of
from sitegen.translation.units import Answer, Unit, bad_file, refuse_doubles

_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
_XLIFF_STATES = {
    "missing": "new",
    "stale": "needs-adaptation",
    "untracked": "needs-adaptation",
    "current": "translated",
}
_XML = "http://www.w3.org/XML/1998/namespace"
#: What a mark is → its element.
_ELEMENTS = {"open": "bpt", "close": "ept", "alone": "ph"}
_DONE = frozenset({"translated", "final", "signed-off", "reviewed"})


def write_xliff(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """A file element for each page."""
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
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _xliff_unit(body: ET.Element, unit: Unit, blocks: Mapping[str, BlockType]) -> None:
    for number, form in enumerate(unit.target.split("\0")):
        name = f"{unit.id}[{number}]" if unit.plural else unit.id
        element = ET.SubElement(body, "trans-unit", {"id": name, f"{{{_XML}}}space": "preserve"})
        ET.SubElement(element, "source").text = unit.plural if number and unit.plural else unit.source
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
            _mark(element, blocks)


def _mark(unit: ET.Element, blocks: Mapping[str, BlockType]) -> None:
    """Put the marks of a unit's texts into elements; those of a translation have the numbers of the source's."""
    source, target = unit[0], unit[1]
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


def read_xliff(path: Path, text: str) -> tuple[str, list[Answer]]:
    """XLIFF 1.1, 1.2 and 2.0, whatever tool has written it."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        raise SiteError([bad_file(path, "a document type declaration", "remove it; XLIFF needs none")])
    declared = re.match(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)", text[:1000])
    if declared and declared[1].lower().replace("-", "") not in ("utf8", "usascii", "ascii"):
        raise SiteError(
            [bad_file(path, f"the file says that it is in {declared[1]}, and is read as UTF-8", "save it as UTF-8")]
        )
    try:
        root = ET.fromstring(text.encode("utf-8", "replace"))  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        line, column = error.position
        message = f"the file is no readable XML: {str(error).partition(':')[0]}"
        hint = "mend this line, or save the file once more in the program that you translate with"
        raise SiteError(
            [Problem(path=str(path), code="exchange", message=message, line=line, column=column + 1, hint=hint)]
        ) from error
    tags = {element.get("target-language") or element.get("trgLang") or "" for element in root.iter()} - {""}
    if len(tags) > 1:
        raise SiteError(
            [bad_file(path, f"the file is in several languages: {listing(sorted(tags))}", "import them one by one")]
        )
    answers = [answer for element in root.iter() if (answer := _xliff_answer(element)) is not None]
    refuse_doubles(path, [answer.id for answer in answers])
    return next(iter(tags), ""), _joined_forms(answers)


def _xliff_answer(element: ET.Element) -> Answer | None:
    name = _local_name(element)
    if name not in ("trans-unit", "unit"):
        return None
    if segments := [child for child in element.iter() if _local_name(child) in ("segment", "ignorable")]:
        return _joined_segments(element, segments)
    parts = {"source": "", "target": ""}
    marks: dict[tuple[str, str], str] = {}
    state = element.get("state") or ""
    for child in element.iter():
        kind = _local_name(child)
        if kind in parts and not parts[kind] and not _is_alternative(element, child):
            parts[kind] = _text(child, marks)
            state = (child.get("state") or state) if kind == "target" else state
    return Answer(element.get("id") or "", parts["source"], parts["target"], state in _DONE)


def _text(element: ET.Element, marks: dict[tuple[str, str], str]) -> str:
    """What an element says; a mark that a tool has emptied is taken from the source.

    Args:
        marks: element and number → mark, noted from the first text and used for the next.
    """
    if not len(element) or _is_written_anew(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        name = _local_name(child)
        own = _text(child, marks)
        if name in _ELEMENTS.values():
            own = own or marks.get((name, child.get("id") or ""), "")
            marks.setdefault((name, child.get("id") or ""), own)
        parts += [own, child.tail or ""]
    return "".join(parts)


def _is_written_anew(element: ET.Element) -> bool:
    """Whether a tool that knows nothing of elements has put a whole text before those that stood there."""
    own = [child.text or "" for child in element if _local_name(child) in _ELEMENTS.values()]
    text = element.text or ""
    if not own or own[0].strip() not in text:
        return False
    return own == [piece.text for piece in pieces_of(text, shipped_blocks()) if piece.role]


def _joined_segments(unit: ET.Element, segments: list[ET.Element]) -> Answer:
    """A unit of XLIFF 2, which a translator's tool may have cut into sentences, as one text again."""
    sources, targets, states = list[str](), list[str](), list[str]()
    for segment in segments:
        parts = {_local_name(child): "".join(child.itertext()) for child in segment}
        sources.append(parts.get("source", ""))
        if _local_name(segment) == "segment":
            states.append((segment.get("state") or unit.get("state") or "") if "target" in parts else "")
            targets.append(parts.get("target", ""))
        else:  # what stands between sentences
            targets.append(parts.get("target") or sources[-1])
    is_filled = any(target.strip() for target in targets)
    return Answer(
        unit.get("id") or "", "".join(sources), "".join(targets) if is_filled else "", _DONE.issuperset(states)
    )


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_alternative(unit: ET.Element, child: ET.Element) -> bool:
    return any(child in tuple(other) for other in unit.iter() if str(other.tag).endswith("alt-trans"))


def _joined_forms(answers: list[Answer]) -> list[Answer]:
    """The forms of a plural, each a unit, as one answer."""
    joined: dict[str, Answer] = {}
    for answer in answers:
        name = re.sub(r"\[\d\]$", "", answer.id)
        if name != answer.id and name in joined:
            first = joined[name]
            joined[name] = first._replace(
                target=f"{first.target}\0{answer.target}", is_done=first.is_done and answer.is_done
            )
        else:
            joined[name] = answer._replace(id=name)
    return list(joined.values())
