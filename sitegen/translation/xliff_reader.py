"""Reads XLIFF 1.1, 1.2 or 2.0, written by any tool, as answers; see `xliff1.py` and `xliff2.py` for their units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from sitegen.problems.problem import SiteError, listing
from sitegen.translation.texts import Answer, Places, bad_file, place_in, place_of_language, refuse_doubles
from sitegen.translation.xliff1 import read_unit1
from sitegen.translation.xliff2 import read_unit2
from sitegen.translation.xliff_shared import MOST_TEXT, local_name

#: Elements within elements; exports have six.
_MOST_DEPTH = 100
#: The id of a unit with a plural form: that of the message, and which form it is.
_FORM = re.compile(r"(.*)\[([0-9])\]", re.DOTALL)


def read_xliff(path: Path, text: str) -> tuple[str, list[Answer]]:
    """Read XLIFF 1.1, 1.2 or 2.0, written by any tool."""
    if found := re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        place = place_in(text, found.start())
        raise SiteError([bad_file(path, "a document type declaration", "remove it; XLIFF needs none", place)])
    declared = re.match(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)", text[:1000])
    if declared and declared[1].lower().replace("-", "") not in ("utf8", "usascii", "ascii"):
        message = f"the file says that it is in {declared[1]}, and is read as UTF-8"
        raise SiteError([bad_file(path, message, "save it as UTF-8", place_in(text, declared.start(1)))])
    try:
        root = ET.fromstring(text.encode("utf-8", "replace"))  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        line, column = error.position
        message = f"the file is not valid XML: {str(error).partition(':')[0]}"
        hint = "correct this line, or save the file again in the program that you translate with"
        raise SiteError([bad_file(path, message, hint, (line, column + 1))]) from error
    if local_name(root).lower() != "xliff":
        message = f"the file is not XLIFF: its first element is <{root.tag.rpartition('}')[2]}>"
        found = re.search(r"<[A-Za-z]", text)
        raise SiteError([bad_file(path, message, "export it again", place_in(text, found.start() if found else 0))])
    if _is_deep(root):
        message = f"its elements are nested more than {_MOST_DEPTH} deep"
        raise SiteError([bad_file(path, message, "export it again", _place_of_depth(text))])
    tags = {element.get("target-language") or element.get("trgLang") or "" for element in root.iter()} - {""}
    if len(tags) > 1:
        message = f"the file is in several languages: {listing(sorted(tags))}"
        raise SiteError([bad_file(path, message, "import them one by one", place_of_language(text, second=True))])
    answers = _within_bounds(path, text, root)
    forms = {answer.id.removesuffix("[0]") for answer in answers if answer.id.endswith("[0]")}
    refuse_doubles(path, text, [f"{answer.id}[0]" if answer.id in forms else answer.id for answer in answers])
    return next(iter(tags), ""), _joined_forms(answers)


def _is_deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(_MOST_DEPTH):
        level = [child for element in level for child in element]
    return bool(level)


def _place_of_depth(text: str) -> tuple[int, int]:
    """Return the line and column of the first element that is nested too deep in a well-formed text."""
    parser, open_ones, places = expat.ParserCreate(), list[str](), list[tuple[int, int]]()

    def begin(name: str, _: object) -> None:
        open_ones.append(name)
        if len(open_ones) > _MOST_DEPTH and not places:
            places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_ones.pop()
    parser.Parse(text.encode("utf-8", "replace"), True)
    return places[0]


def _units(root: ET.Element) -> Iterator[ET.Element]:
    """The units of a file in its order; no unit is in another."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if local_name(element) in ("trans-unit", "unit"):
            yield element
        else:
            waiting += reversed(element)


def _within_bounds(path: Path, text: str, root: ET.Element) -> list[Answer]:
    """The answers; raises SiteError if all together are longer than any file with their texts."""
    found, size = [], 0
    for unit in _units(root):
        try:
            answer = read_unit2(unit) or read_unit1(unit)
            size += len(answer.source) + len(answer.target)
            if size > MOST_TEXT:
                raise OverflowError
        except OverflowError as error:
            message = "with its marks filled in everywhere, the text is longer than a page can be"
            place = Places(path, text).of(unit.get("name") or unit.get("id") or "")
            raise SiteError([bad_file(path, message, "export it again", place)]) from error
        found.append(answer)
    return found


def _joined_forms(answers: list[Answer]) -> list[Answer]:
    """Join the plural forms of a message, each a unit with its number, into one answer; what the file lacks is empty."""
    forms: dict[str, dict[int, Answer]] = {}
    for answer in answers:
        found = _FORM.fullmatch(answer.id)
        name, number = (found[1], int(found[2])) if found else (answer.id, 0)
        forms.setdefault(name, {})[number] = answer
    return [_joined(name, own) for name, own in forms.items()]


def _joined(name: str, forms: Mapping[int, Answer]) -> Answer:
    texts = (forms[number].target if number in forms else "" for number in range(max(forms) + 1))
    is_done = all(form.is_done for form in forms.values())
    source = forms[0].source if 0 in forms else ""
    plural = dict.fromkeys(form.source for number, form in forms.items() if number)
    is_half = any(form.is_half for form in forms.values())
    return Answer(name, source, "\0".join(texts), is_done, "\0".join(plural), is_half=is_half)
