"""Where links, pictures and headings stand in a text of which Python-Markdown has made HTML, as it tells no positions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyromark

from sitegen.content.blocks import Range
from sitegen.content.code_blocks import INDENTED
from sitegen.content.positions import byte_offsets, in_characters
from sitegen.source.edits import within
from sitegen.source.html import Tag
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Places as LinePlaces

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
#: A line that makes the one above it a heading.
_BELOW = re.compile(r"(?:=+|-+)\s*")
#: How the address of a link or picture is written: after its words, in a definition, as an attribute of HTML, or alone.
_ADDRESS = lazily(
    r"\]\([ \t]*+(?:\n[ \t]*+)?(?:<(?P<angled>[^<>\n]*)>|(?P<inline>[^\s()<>\"]*(?:\([^\s()<>\"]*\)[^\s()<>\"]*)*))"
    r"|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*+(?:\n[ \t]*+)?<?(?P<defined>[^\s<>]+)"
    r"|\b(?:href|src)[ \t]*=[ \t]*[\"'](?P<attribute>[^\"'\n]*)[\"']"
    r"|<(?P<alone>[A-Za-z][A-Za-z+.-]*:[^\s<>]+)>",
    re.MULTILINE,
)
#: An address that extensions make a link of wherever it stands.
_BARE = re.compile(r"(?:https?://|www\.)[^\s<>()\"']+")


class Places:
    """Positions in a text, in bytes: those of each address in order, and those of headings."""

    def __init__(self, text: str, html: Iterable[Tag | str]) -> None:
        """Find where what the HTML of a text refers to stands in it."""
        self._lines = text.split("\n")
        self._ends = [*_ends_of(self._lines)]
        self._headings = self._heading_lines()
        shown = Counter(
            piece.attributes.get("href" if piece.name == "a" else "src", "")
            for piece in html
            if isinstance(piece, Tag) and piece.name in ("a", "img") and not piece.is_end
        )
        self._lines_of: dict[str, int] = {}
        self._ranges = {address: iter(own) for address, own in self._found(text, shown)}

    def of(self, address: str) -> Range:
        """Return the range of the address in the next link or picture that has it; an empty one if that is uncertain."""
        found = next(self._ranges.get(address, iter(())), None)
        if found is not None:
            return found
        end = self._ends[self._lines_of.get(address, 0)]
        return Range(start=end, end=end)

    def heading(self) -> Range:
        """Return the range of the next heading's line."""
        number = next(self._headings, 0)
        return Range(start=self._ends[number - 1] + 1 if number else 0, end=self._ends[number])

    def _found(self, text: str, shown: Counter[str]) -> Iterator[tuple[str, list[Range]]]:
        """Yield the addresses of which it is certain where they stand, each as often as it is shown.

        That is so if there are as many links as addresses in them; further links are by reference, if they have definitions.
        What is indented may be code: where one of them is, links may not have any other source.
        """
        indented, written = _indented(text), Counter[str]()
        inline, defined = defaultdict[str, list[Range]](list), defaultdict[str, list[Range]](list)
        for name, address, line, place in _written(text, shown):
            (defined if name == "defined" else inline)[address].append(place)
            self._lines_of.setdefault(address, line)
        for address, count in shown.items():
            here, there = inline[address], defined[address]
            by_reference = count - len(here)
            if indented and any(indented(place["start"]) for place in here):
                written = written or _count_written(text)
                if there or written[address] > len(here):
                    continue
            if by_reference == 0 or 0 < len(there) <= by_reference:
                yield address, [*here, *(there[number % len(there)] for number in range(by_reference))]

    def _heading_lines(self) -> Iterator[int]:
        fence, last = "", -1
        for number, line in enumerate(self._lines):
            found = _FENCE.match(line)
            if found and (not fence or found[1].startswith(fence)):
                fence = "" if fence else found[1]
            elif not fence and re.match(r"#{1,6}[^#]", line):
                yield number
                last = number
            elif not fence and number - 1 > last and _BELOW.fullmatch(line) and self._lines[number - 1].strip():
                yield number - 1
                last = number


def _ends_of(lines: Iterable[str]) -> Iterator[int]:
    """Yield where each line ends, in bytes."""
    end = -1
    for line in lines:
        end += len(line.encode()) + 1
        yield end


def _written(text: str, wanted: Counter[str]) -> Iterator[tuple[str, str, int, Range]]:
    """Yield how, which, on what line and where each wanted address is written, outside of code and comments."""
    is_code, lines = within(in_characters(text, _code(text))), LinePlaces(text, 0)
    named = ((found.lastgroup or "", found) for found in _ADDRESS.finditer(text) if not is_code(found.start()))
    own = [(name, found[name], found.start(name)) for name, found in named if found[name] in wanted]
    for (name, address, start), offset in zip(own, byte_offsets(text, (start for *_, start in own)), strict=True):
        around = name == "alone"  # its brackets belong to it
        place = Range(start=offset - around, end=offset + len(address.encode()) + around)
        yield name, address, lines.mark(start).line, place


def _count_written(text: str) -> Counter[str]:
    """Count each address as often as it is written, in code too, as a link or bare."""
    written, bare = Counter[str](), Counter[str](_BARE.findall(text))
    written.update(found[found.lastgroup or 0] for found in _ADDRESS.finditer(text))
    return written | bare


def _indented(text: str) -> Callable[[int], bool] | None:
    """Return what tells whether a byte is in a block that CommonMark takes for code, as it is indented; None if there is none."""
    events = pyromark.events_with_range(text, options=pyromark.Options(0))
    ranges = [(place["start"], place["end"]) for event, place in events if event == {"Start": INDENTED}]
    return within(ranges) if ranges else None


def _code(text: str) -> Iterator[Range]:
    """Yield the ranges of fenced code, code within lines and comments; what is indented may be a part of a list, or a note."""
    encoded, last = text.encode(), 0
    for event, place in pyromark.events_with_range(text, options=pyromark.Options(0)):
        if place["start"] >= last and _is_code(event, encoded[place["start"] : place["start"] + 10]):
            last = place["end"]
            yield place


def _is_code(event: Any, begins: bytes) -> bool:
    if not isinstance(event, dict):
        return False
    block = event.get("Start")
    is_html = "InlineHtml" in event or block == "HtmlBlock"
    is_fenced = isinstance(block, dict) and "Fenced" in block.get("CodeBlock", ())
    return "Code" in event or is_fenced or (is_html and begins.lstrip().startswith(b"<!--"))
