"""Parses shortcodes in Hugo texts: finds their tags, pairs them, and parses their arguments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sitegen.importers.hugo.fences import find_fenced
from sitegen.source.edits import within

Form = Literal["container", "leaf", "inline"]

_TAG = re.compile(r'\{\{([<%])((?:"(?>(?:\\.|[^"\\\n])*)"|`[^`]*+`|[^"`{]|\{(?!\{[<%])){0,4000}?)[>%]\}\}')
_LEFT = re.compile(r"\{\{[<%]")
_ARGUMENT = re.compile(r'(?:([\w-]+)\s*=\s*)?("(?:\\.|[^"\\])*"|`[^`]*`|[^\s"`]+)')
#: What may precede a block mark on its line: the markup of block quotes and list items.
_BEFORE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?")
#: Maximum distance to search around a tag, in characters.
_NEAR = 400
#: Precedes a tag that is part of a link's address or of an HTML tag.
_IN_ADDRESS = re.compile(r"\]\(<?[^()\s]*\Z|<[A-Za-z][^<>\n]*\Z")
#: Precedes a tag inside an HTML element with text, in the same paragraph.
_IN_ELEMENT = re.compile(
    r"<(a|button|em|h[1-6]|p|span|strong|summary|td|th)\b[^<>]*>(?:(?!</\1>|\n\s*\n).)*\Z", re.DOTALL
)


class Tag(Struct, eq=False):
    """A tag in a text."""

    start: int
    end: int
    sign: str  #: `<` or `%`
    name: str
    arguments: str
    is_closing: bool
    is_escaped: bool
    closed_by: Tag | None = None  #: the matching closing tag; None if it encloses nothing
    opened_by: Tag | None = None  #: for a closing tag, the matching opening tag
    parent: Tag | None = None  #: the enclosing shortcode
    in_code: bool = False  #: whether it is in a fenced code block
    in_address: bool = False  #: whether it is part of a link's address or of an HTML tag
    column: int = 0  #: its column as a block; reduced for nested tags whose indentation would make them code

    @classmethod
    def of(cls, found: re.Match[str]) -> Tag:
        """Return the tag for a match."""
        words = found[2].strip()
        is_escaped = words.startswith("/*") and words.endswith("*/")
        words = words[2:-2].strip() if is_escaped else words
        name, *arguments = words.lstrip("/ \n").split(maxsplit=1) or [""]
        is_closing = words.startswith("/")
        return cls(*found.span(), found[1], name.rstrip("/"), "".join(arguments), is_closing, is_escaped)

    @property
    def last(self) -> int:
        """The offset after the whole shortcode."""
        return (self.closed_by or self).end


def find_tags(text: str) -> list[Tag]:
    """Return the tags of a text, each with its closing tag and its enclosing shortcode."""
    tags = [Tag.of(found) for found in _TAG.finditer(text)]
    _pair(tags)
    is_code = within(find_fenced(text) if tags else ())
    for tag in tags:
        tag.in_code = is_code(tag.start)
        before = around(text, tag.start, tag.end)[0]
        tag.in_address = _IN_ADDRESS.search(before) is not None
        tag.column = _column(tag, before)
    return tags


def _column(tag: Tag, before: str) -> int:
    outer, own = (tag.opened_by or tag).parent, len(_BEFORE.match(before)[0])  # type: ignore[index]
    if tag.opened_by is not None:
        return min(tag.opened_by.column, own)
    is_deep = outer is not None and not before.strip() and len(before.expandtabs(4)) - outer.column > 3
    return outer.column if is_deep and outer is not None else own


def unread(text: str) -> Iterator[int]:
    """Return the offsets of text that starts like a tag but is not a valid one."""
    return (found.start() for found in _LEFT.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)))


def parse_arguments(text: str) -> dict[str, str]:
    """Parse `"a b" c=d` to {"0": "a b", "c": "d"}."""
    found: dict[str, str] = {}
    for name, value in _ARGUMENT.findall(text.strip().removesuffix("/").rstrip()):
        plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] == '"' else value.strip("`")
        found[name or str(len(found))] = plain
    return found


def _pair(tags: Sequence[Tag]) -> None:
    """Set the closing tag and the enclosing shortcode of each tag."""
    opened: list[Tag] = []
    names: Counter[str] = Counter()
    for tag in tags:
        if tag.is_escaped:
            continue
        if not tag.is_closing:
            opened.append(tag)
            names[tag.name] += 1
        elif names[tag.name]:
            while opened[-1].name != tag.name:
                names[opened.pop().name] -= 1
            names[tag.name] -= 1
            tag.opened_by = opened.pop()
            tag.opened_by.closed_by = tag
    around: list[Tag] = []
    for tag in tags:
        while around and around[-1].last <= tag.start:
            around.pop()
        tag.parent = around[-1] if around else None
        if tag.closed_by is not None:
            around.append(tag)


def height_of(tags: Sequence[Tag]) -> dict[int, int]:
    """Return offset of a closed tag → number of colons of its block, which is more than that of any block in it."""
    found: dict[int, int] = {}
    for tag in reversed([tag for tag in tags if tag.closed_by is not None and not tag.is_escaped]):
        found.setdefault(tag.start, 3)
        above = tag.parent
        if above is not None:
            found[above.start] = max(found.get(above.start, 3), found[tag.start] + 1)
    return found


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the text before `start` and after `end` on their lines, up to a maximum length."""
    first = text.rfind("\n", max(0, start - _NEAR), start) + 1 or max(0, start - _NEAR)
    last = text.find("\n", end, end + _NEAR)
    return text[first:start], text[end : last if last >= 0 else end + _NEAR]


def form_of(text: str, tag: Tag) -> Form:
    """Return whether a shortcode is a block with text, a block without text, or inline."""
    before, after = around(text, tag.start, tag.last)
    is_alone = _BEFORE.fullmatch(before) is not None and not after.strip()
    if tag.closed_by is None:
        return "leaf" if is_alone and not _IN_ELEMENT.search(text, max(0, tag.start - _NEAR), tag.start) else "inline"
    inner = text[tag.end : tag.closed_by.start]
    is_within_line = not is_alone and "\n\n" not in inner and inner.partition("\n")[0].strip() != ""
    return "inline" if is_within_line else "container"


def on_its_line(text: str, start: int, end: int, mark: str) -> str:
    """Return a block mark to replace a tag, on its own line with the indentation of the tag's line."""
    before, after = around(text, start, end)
    indent = re.match(r"[ \t>]*", before)[0]  # type: ignore[index]
    is_first = _BEFORE.fullmatch(before) is not None
    lines = mark.replace("\n", f"\n{indent}")
    return ("" if is_first else f"\n{indent}") + lines + (f"\n{indent}" if after.strip() else "")
