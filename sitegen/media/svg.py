"""SVG beside pages: a drawing, and nothing that runs, loads or links; what it may hold is listed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.yaml import MAX_FILE, problem_at

_SVG = "http://www.w3.org/2000/svg"
#: Namespaces whose elements a browser does more with than draw.
_FORBIDDEN_NAMESPACES = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML", ""})
#: Elements of SVG 2 that draw, group, name or describe.
ELEMENTS = frozenset(
    """svg g defs symbol use switch title desc metadata path rect circle ellipse line polyline polygon text tspan textPath
    image marker pattern clipPath mask linearGradient radialGradient stop filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence style view""".split()  # noqa: SIM905
)
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\s*\(", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|webp|avif);base64,[A-Za-z0-9+/=\s]*\Z")


def is_drawing(path: str) -> bool:
    """Whether a file is an SVG."""
    return path.lower().endswith((".svg", ".svgz"))


def find_unsafe(root: Path, path: str) -> Iterator[Problem]:
    """Everything in an SVG that is more than a drawing, at its line."""
    try:
        content = (root / path).read_bytes()
    except OSError as error:
        yield problem_at(path, "unreadable", f"the file can't be read: {(error.strerror or str(error)).lower()}")
        return
    if len(content) > MAX_FILE:
        yield problem_at(path, "too-large", f"the drawing has {len(content)} bytes, at most {MAX_FILE}")
        return
    yield from _Reader(path).read(content)


class _Reader:
    """Reads a file by expat, which loads nothing that the file names."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: list[Problem] = []
        self._in_style = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, content: bytes) -> list[Problem]:
        try:
            self._parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            self._tell(f"the drawing is no readable SVG: {error}", "save it anew as plain SVG")
        return self._found

    def _tell(self, message: str, hint: str) -> None:
        mark = Mark(max(1, self._parser.CurrentLineNumber), self._parser.CurrentColumnNumber + 1)
        self._found.append(problem_at(self._path, "svg", message, mark, hint))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        is_svg = namespace == _SVG
        if (is_svg and element not in ELEMENTS) or namespace in _FORBIDDEN_NAMESPACES:
            self._tell(f"<{element}> is no part of a drawing", "remove it; export the file as plain SVG")
        self._in_style = is_svg and element == "style"
        for attribute, value in attributes.items():
            self._attribute(element, attribute.rpartition(" ")[2], value)

    def _attribute(self, element: str, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self._tell(f"'{name}' would run a script", "remove it")
        elif name == "href" and not (value.startswith("#") or (element == "image" and _PICTURE.match(value))):
            self._tell(
                f"'{value[:40]}' leads out of the drawing", "use what is in the file: #id, or an embedded picture"
            )
        elif name != "href" and _OUTSIDE.search(value):
            self._tell(f"{name}: '{value[:40]}' leads out of the drawing", "use what is in the file: url(#id)")

    def _text(self, text: str) -> None:
        if self._in_style and _OUTSIDE.search(text):
            self._tell("the style leads out of the drawing", "use what is in the file: url(#id)")

    def _end(self, name: str) -> None:
        self._in_style = False

    def _document_type(self, *declared: Any) -> None:
        self._tell("a document type, which can hide anything", "delete the line that begins with <!DOCTYPE")

    def _instruction(self, target: str, data: str) -> None:
        self._tell(f"the instruction <?{target}?> may load a style", "delete it")
