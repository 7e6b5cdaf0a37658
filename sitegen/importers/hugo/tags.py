"""Shortcodes as they are written in a text of Hugo: their tags, which of them belong together, what they are given."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

Form = Literal["container", "leaf", "inline"]

_TAG = re.compile(r'\{\{([<%])((?:"(?:\\.|[^"\\\n])*+"|`[^`]*+`|[^"`{]|\{(?!\{[<%])){0,4000}?)[>%]\}\}')
_LEFT = re.compile(r"\{\{[<%]")
_ARGUMENT = re.compile(r'(?:([\w-]+)\s*=\s*)?("(?:\\.|[^"\\])*"|`[^`]*`|[^\s"`]+)')
#: What may stand before a mark that has a line of its own.
_BEFORE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?")
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
#: So far is looked around a tag.
_NEAR = 400
#: Before a tag that is a part of a link's address or of an HTML tag.
_IN_ADDRESS = re.compile(r"\]\(<?[^()\s]*\Z|<[A-Za-z][^<>\n]*\Z")
#: Before a tag within an element of HTML that holds words, and in the same paragraph.
_IN_ELEMENT = re.compile(
    r"<(a|button|em|h[1-6]|p|span|strong|summary|td|th)\b[^<>]*>(?:(?!</\1>|\n\s*\n).)*\Z", re.DOTALL
)


class Tag(Struct, eq=False):
    """A tag in a text.

    Attributes:
        sign: `<` or `%`.
        closed_by: the tag that ends it; None for one that encloses nothing.
        opened_by: of a closing tag that which it ends.
        parent: the shortcode that it stands in.
        in_code: whether it stands in a fenced block of code.
        in_address: whether it is a part of a link's address, or of an HTML tag.
        column: at which it begins once it is a block: what stands in another is not made code by its indent.
    """

    start: int
    end: int
    sign: str
    name: str
    arguments: str
    is_closing: bool
    is_escaped: bool
    closed_by: Tag | None = None
    opened_by: Tag | None = None
    parent: Tag | None = None
    in_code: bool = False
    in_address: bool = False
    column: int = 0

    @classmethod
    def of(cls, found: re.Match[str]) -> Tag:
        """The tag that a pattern has found."""
        words = found[2].strip()
        is_escaped = words.startswith("/*") and words.endswith("*/")
        words = words[2:-2].strip() if is_escaped else words
        name, *arguments = words.lstrip("/ \n").split(maxsplit=1) or [""]
        is_closing = words.startswith("/")
        return cls(*found.span(), found[1], name.rstrip("/"), "".join(arguments), is_closing, is_escaped)

    @property
    def last(self) -> int:
        """The offset behind all of it."""
        return (self.closed_by or self).end


def find_tags(text: str) -> list[Tag]:
    """The tags of a text, each with that which closes it and that within which it stands."""
    tags = [Tag.of(found) for found in _TAG.finditer(text)]
    _pair(tags)
    code = list(_code(text)) if tags else []
    for tag in tags:
        number = bisect_left(code, (tag.start, 0)) - 1
        tag.in_code = number >= 0 and tag.start < code[number][1]
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
    """Offsets of what begins as a tag and is none."""
    return (found.start() for found in _LEFT.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)))


def parse_arguments(text: str) -> dict[str, str]:
    """`"a b" c=d` → {"0": "a b", "c": "d"}."""
    found: dict[str, str] = {}
    for name, value in _ARGUMENT.findall(text.strip().removesuffix("/").rstrip()):
        plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] == '"' else value.strip("`")
        found[name or str(len(found))] = plain
    return found


def _pair(tags: Sequence[Tag]) -> None:
    """Let each tag know the one that closes it, and what it stands in."""
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


def _code(text: str) -> Iterator[tuple[int, int]]:
    """Where fenced blocks of code stand."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence if fence[1][0] == "~" or "`" not in fence[2] else None
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            yield opened.start(), fence.end()
            opened = None
    if opened is not None:
        yield opened.start(), len(text)


def height_of(tags: Sequence[Tag]) -> dict[int, int]:
    """Offset of a tag that is closed → how many colons its block has: more than any block within it."""
    found: dict[int, int] = {}
    for tag in reversed([tag for tag in tags if tag.closed_by is not None and not tag.is_escaped]):
        found.setdefault(tag.start, 3)
        above = tag.parent
        if above is not None:
            found[above.start] = max(found.get(above.start, 3), found[tag.start] + 1)
    return found


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands on the line before one place and on the line behind another; of long ones what is near."""
    first = text.rfind("\n", max(0, start - _NEAR), start) + 1 or max(0, start - _NEAR)
    last = text.find("\n", end, end + _NEAR)
    return text[first:start], text[end : last if last >= 0 else end + _NEAR]


def form_of(text: str, tag: Tag) -> Form:
    """Whether a shortcode is a block around a text, a block without one, or stands among words."""
    before, after = around(text, tag.start, tag.last)
    is_alone = _BEFORE.fullmatch(before) is not None and not after.strip()
    if tag.closed_by is None:
        return "leaf" if is_alone and not _IN_ELEMENT.search(text, max(0, tag.start - _NEAR), tag.start) else "inline"
    inner = text[tag.end : tag.closed_by.start]
    is_within_line = not is_alone and "\n\n" not in inner and inner.partition("\n")[0].strip() != ""
    return "inline" if is_within_line else "container"


def on_its_line(text: str, start: int, end: int, mark: str) -> str:
    """The mark of a block in a tag's place, on a line of its own that is indented as the tag's."""
    before, after = around(text, start, end)
    indent = re.match(r"[ \t>]*", before)[0]  # type: ignore[index]
    is_first = _BEFORE.fullmatch(before) is not None
    lines = mark.replace("\n", f"\n{indent}")
    return ("" if is_first else f"\n{indent}") + lines + (f"\n{indent}" if after.strip() else "")
