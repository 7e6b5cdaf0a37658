"""SVG files beside pages: drawings that run, load and link nothing; this module lists what they may contain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from xml.parsers import expat

from sitegen.media.css import MOST_NESTED, PICTURE, cost_of, is_nested_too_deeply, read_style, read_value
from sitegen.media.svg_expansion import MOST_DRAWN, Expansion
from sitegen.problems.problem import Problem
from sitegen.source.files import read_file, unreadable
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import MAX_FILE, problem_at

_SVG = "http://www.w3.org/2000/svg"
#: Namespaces of elements with which browsers do more than draw.
_FORBIDDEN_NAMESPACES = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML", ""})
#: Elements of SVG 2 that draw, group, name or describe.
ELEMENTS = frozenset(
    """svg g defs symbol use switch title desc metadata path rect circle ellipse line polyline polygon text tspan textPath
    image marker pattern clipPath mask linearGradient radialGradient stop filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence style view""".split()  # noqa: SIM905
)
#: Encodings that browsers and this parser decode in the same way.
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_ON_OTHER_HOSTS = ("use what is in the file: #id, or an embedded picture", "use what is in the file: url(#id)")
#: Maximum nesting of elements; no program nests them deeper, and browsers fail.
_MAX_DEPTH = 200
#: The most elements of a drawing, and characters of its styles without embedded pictures; both take under half a second.
MOST_ELEMENTS, MOST_STYLE = 60_000, 200_000
#: A reference to a declared entity, unless it is in a comment or the like. Only browsers know the declarations.
_ENTITY = lazily(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(&(?!#|(?:amp|lt|gt|quot|apos);)[^&;\s]{0,40};?)", re.DOTALL
)
_SIMPLER = "simplify it in the program that it was drawn with, or publish it as a PNG or WebP"
#: Maximum number of problems to report per drawing; so many are usually of the same kind.
_MOST_TOLD = 20


def is_drawing(path: str) -> bool:
    """Whether a file is an SVG."""
    return path.lower().endswith((".svg", ".svgz"))


def find_unsafe(root: Path, path: str) -> Iterator[Problem]:
    """Report everything in an SVG file that is not allowed in a drawing, with its line."""
    ending = path.rpartition(".")[2]
    if ending not in (ending.lower(), ending.upper()):
        message = f"some hosts know the ending .{ending} in small letters or in capitals only"
        yield problem_at(path, "svg", message, hint=f"rename it to .{ending.lower()}")
    try:
        content = read_file(root, path)
    except OSError as error:
        yield unreadable(path, error)
        return
    if len(content) > MAX_FILE:
        yield problem_at(path, "too-large", f"the drawing has {len(content)} bytes, at most {MAX_FILE}")
        return
    yield from find_unsafe_in(path, content)


def find_unsafe_in(path: str, content: bytes) -> list[Problem]:
    """Return a problem for everything in an SVG that is not allowed in a drawing; `path` is used in the problems."""
    return _Reader(path).read(content)


def find_pictures(content: bytes) -> list[tuple[str, int]]:
    """Return the addresses of the pictures embedded in a drawing in which nothing is unsafe, as browsers read them, with lines."""
    reader = _Reader("")
    reader.read(content)
    return reader.pictures


class _Stop(Exception):  # noqa: N818 - not an error: enough has been read
    """Raised to stop reading the file."""


class _Reader:
    """Reads a file with expat, which loads no external resources."""

    def __init__(self, path: str) -> None:
        self.pictures: list[tuple[str, int]] = []
        self._path = path
        self._found: list[Problem] = []
        self._depth = 0
        self._style: list[str] | None = None
        self._style_line = 0
        self._expansion = Expansion()
        self._cost = 0
        self._content = b""
        self._names_declarations = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, content: bytes) -> list[Problem]:
        self._content = content
        with suppress(_Stop):  # also at what is told last
            try:
                self._parser.Parse(content, True)
            except (expat.ExpatError, ValueError, LookupError) as error:
                self._tell(f"the drawing is not valid SVG: {error}", "save it again as plain SVG")
            else:
                self._refuse_excess()
        del self._parser  # they hold each other, and 30 KB outside of Python, until cycles are looked for
        return self._found

    def _refuse_excess(self) -> None:
        if (line := self._expansion.find_excess()) is not None:
            message = f"it draws more than {MOST_DRAWN:,} elements, as what it refers to does so again"
            self._tell(
                message, "refer less often from what is itself referred to: <use>, patterns, masks, markers", line
            )

    def _tell(self, message: str, hint: str, line: int | None = None) -> None:
        here = Mark(max(1, self._parser.CurrentLineNumber), self._parser.CurrentColumnNumber + 1)
        self._found.append(problem_at(self._path, "svg", message, here if line is None else Mark(line, 1), hint))
        if len(self._found) >= _MOST_TOLD:
            raise _Stop

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self._tell(f"the encoding '{encoding}' is not read alike everywhere", "save the file as UTF-8")
            raise _Stop

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._depth and self._names_declarations:
            self._refuse_entities()
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._tell(f"elements nested more than {_MAX_DEPTH} deep", "ungroup the drawing")
            raise _Stop
        namespace, _, element = name.rpartition(" ")
        is_svg = namespace == _SVG
        if (is_svg and element not in ELEMENTS) or namespace in _FORBIDDEN_NAMESPACES:
            self._tell(f"<{element}> is not a part of a drawing", "remove it; export the file as plain SVG")
        elif self._style is not None:
            self._tell(f"<{element}> is inside a style", "remove it; export the file as plain SVG")
        elif is_svg and element == "style":
            self._style, self._style_line = [], self._parser.CurrentLineNumber
        found = {name: self._attribute(element, name, value) for name, value in attributes.items()}
        references = {name: ids for name, ids in found.items() if ids}
        self._expansion.begin(element, attributes, references, self._parser.CurrentLineNumber)
        if self._expansion.elements > MOST_ELEMENTS:
            self._refuse_cost(f"the drawing has more than {MOST_ELEMENTS:,} elements")

    def _refuse_entities(self) -> None:
        """Report entities declared elsewhere, which the parser leaves out: browsers know some, and fail at the others."""
        content = self._content[self._parser.CurrentByteIndex :]  # from the `<` of the first element on
        rest = content.decode({b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(content[:2], "latin-1"), "replace")
        for found in _ENTITY.finditer(rest):
            if found[1]:
                line = self._parser.CurrentLineNumber + rest.count("\n", 0, found.start())
                self._tell(f"{found[1]} is not read alike everywhere", "write the character itself", line)

    def _refuse_cost(self, message: str) -> None:
        here = Mark(max(1, self._parser.CurrentLineNumber), 1)
        self._found.append(problem_at(self._path, "too-costly", message, here, _SIMPLER))
        raise _Stop

    def _spend(self, css: str, cost: int) -> None:
        """Count the characters of styles that are parsed."""
        if is_nested_too_deeply(css):
            self._refuse_cost(f"the styles of the drawing are nested more than {MOST_NESTED} deep")
        self._cost += cost
        if self._cost > MOST_STYLE:
            self._refuse_cost(f"the styles of the drawing have more than {MOST_STYLE:,} characters")

    def _attribute(self, element: str, name: str, value: str) -> list[str]:
        """Check an attribute, and return the ids that it refers to."""
        namespace, _, plain = name.rpartition(" ")
        if plain.lower().startswith("on"):
            self._tell(f"'{plain}' would run a script", "remove it")
        elif plain == "base" and namespace.endswith("/namespace"):
            self._tell("'xml:base' changes where every link leads", "remove it")
        elif plain == "href" and not (value.startswith("#") or (element == "image" and PICTURE.match(value))):
            self._tell(f"'{value[:40]}' leads out of the drawing", _ON_OTHER_HOSTS[0])
        elif plain != "href":
            found = read_value(value)
            self._note_pictures(found.pictures)
            self._spend(value, found.cost)
            if found.outside:
                self._tell(f"{plain}: '{value[:40]}' leads out of the drawing", _ON_OTHER_HOSTS[1])
            return [*found.ids]
        elif not value.startswith("#"):
            self._note_pictures([value])
        return [value.strip().removeprefix("#")] if plain == "href" else []

    def _note_pictures(self, addresses: Iterable[str]) -> None:
        self.pictures.extend((address, self._parser.CurrentLineNumber) for address in addresses)

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._expansion.end()
        if self._style is not None and name == f"{_SVG} style":
            style, self._style = "".join(self._style), None
            self._spend(style, cost_of(style))
            outside, pictures, rules = read_style(style)
            self._expansion.add_rules(rules)
            self.pictures.extend((address, self._style_line + line - 1) for address, line in pictures)
            for written, line in outside:
                message = f"the style leads out of the drawing by '{written[:40]}'"
                self._tell(message, _ON_OTHER_HOSTS[1], self._style_line + line - 1)

    def _document_type(self, name: str, system: str | None, public: str | None, has_own: int) -> None:
        """Report a document type with declarations, which can hide anything; one that only names some hides nothing."""
        self._names_declarations = system is not None
        if has_own:
            self._tell(
                "a document type with declarations, which can hide anything",
                "`python build.py check --fix` takes out what Illustrator declares; else export the file as plain SVG",
            )
            raise _Stop

    def _instruction(self, target: str, data: str) -> None:
        self._tell(f"the instruction <?{target}?> may load a style", "delete it")
