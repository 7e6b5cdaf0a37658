"""Raw HTML within Markdown → Markdown, where a site of Hugo publishes it; elsewhere it goes, as it does there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any

import pyromark

from sitegen.content.markdown import COMMENT, OPTIONS
from sitegen.source.edits import Edit, Traced

#: Tells what can't be brought: message, offset, hint.
Tell = Callable[[str, int, str], None]

_ATTRIBUTES = re.compile(r"^[ \t]*\{(?:[.#][\w-]+|[\w-]+=(?:\"[^\"]*\"|\S+?))(?:\s+[^}]*)?\}[ \t]*$", re.MULTILINE)
#: After so many rounds whatever looks like HTML is none.
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the site's Markdown may hold.

    Attributes:
        has_html: whether raw HTML is published.
        has_attributes: whether `{.class}` below a block is no text.
        has_addresses: whether bare addresses are links.
    """

    has_html: bool = False
    has_attributes: bool = False
    has_addresses: bool = True


def without_html(text: Traced, dialect: Dialect, tell: Tell) -> Traced:
    """The text with Markdown for its HTML; what that has hidden is looked for again."""
    for _ in range(_ROUNDS):
        found = _Html(text.text, dialect, from_first(text, tell))
        if not found.edits:
            break
        text = text.edited(apart(found.edits))
    return text


def from_first(text: Traced, tell: Tell) -> Tell:
    """Tells places of a text that was changed as those of the first one."""
    return lambda message, offset, hint: tell(message, text.origin(offset), hint)


def apart(edits: list[Edit]) -> Iterator[Edit]:
    """The changes, without those within a heading that goes."""
    end = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.start < edit.end, -edit.end)):
        if edit.start >= end:
            yield edit
            end = max(end, edit.end)


@dataclass
class Reader:
    """Goes through the events of a text, and notes what is to be changed."""

    text: str
    dialect: Dialect
    tell: Tell
    edits: list[Edit] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        starts = [0, *accumulate(len(character.encode()) for character in self.text)]
        self._places = {byte: place for place, byte in enumerate(starts)}
        for event, place in pyromark.events_with_range(self.text, options=OPTIONS):
            self._take(event, self._places[place["start"]], self._places[place["end"]])

    def _take(self, event: Any, start: int, end: int) -> None:
        if isinstance(event, str):
            self.void(event, start, end)
            return
        ((name, value),) = event.items()
        if name == "Start":
            own = value if isinstance(value, str) else next(iter(value))
            self.inside.append(own)
            self.start(own, {} if isinstance(value, str) else value[own], start, end)
        elif name == "End":
            self.end(self.inside[-1], start, end)
            self.inside.pop()
        else:
            self.inline(name, value, start, end)

    def void(self, name: str, start: int, end: int) -> None:
        """A line break or a rule."""

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        """The beginning of what stands from `start` to `end`."""

    def end(self, name: str, start: int, end: int) -> None:
        """Its end."""

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        """A piece of text, code or HTML."""


#: Inline elements → what stands for their start and end in Markdown.
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "**"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "*"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "`"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
}


@dataclass
class _Html(Reader):
    """Raw HTML becomes Markdown where the site publishes it; elsewhere it goes, as it does in Hugo."""

    links: list[tuple[str, int, int]] = field(default_factory=list)
    blocks: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._leave_open_links()
        for found in _ATTRIBUTES.finditer(self.text) if self.dialect.has_attributes else ():
            if not any(start <= found.start() < end for start, end in self.blocks):
                self.tell("attributes of a block are left out", found.start(), f"they were {found[0].strip()}")
                self.edits.append(Edit(found.start(), found.end(), ""))

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        if name in ("CodeBlock", "HtmlBlock"):
            self.blocks.append((start, end))
        if name == "HtmlBlock":
            self._block(start, end)

    def end(self, name: str, start: int, end: int) -> None:
        if name in ("Paragraph", "Heading", "TableCell"):
            self._leave_open_links()

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        if name != "InlineHtml" or value.startswith("<!--"):
            return
        tag = _Tag.of(value)
        if not self.dialect.has_html:
            self._leave(value, start, end)
        elif tag.name == "a" and not tag.is_closing and "href" in tag.attributes:
            self.links.append((tag.attributes["href"], start, end))
        elif tag.name == "a" and tag.is_closing and self.links:
            target, opened, after = self.links.pop()
            self.edits += [Edit(opened, after, "["), Edit(start, end, f"]({written_target(target)})")]
        elif tag.name == "br":
            is_last, is_narrow = self.text.startswith("\n", end), {"TableCell", "Heading"} & set(self.inside)
            self.edits.append(Edit(start, end, " " if is_narrow else "\\" if is_last else "\\\n"))
        elif tag.name == "img":
            now = f"![{tag.attributes.get('alt', '')}]({written_target(tag.attributes.get('src', ''))})"
            self.edits.append(Edit(start, end, now))
        elif tag.name in _MARKS:
            self.edits.append(Edit(start, end, _MARKS[tag.name]))
        else:
            self._leave(value, start, end)

    def _leave_open_links(self) -> None:
        """Take out links that nothing closes."""
        for _, start, end in self.links:
            self._leave(self.text[start:end], start, end)
        self.links = []

    def _leave(self, tag: str, start: int, end: int) -> None:
        """Take a tag out; that which closes it is not told."""
        if not tag.startswith("</"):
            self.tell(f"the HTML '{_short(tag)}' is left out, what it encloses stays", start, "")
        self.edits.append(Edit(start, end, ""))

    def _block(self, start: int, end: int) -> None:
        text = self.text[start:end]
        if not COMMENT.sub("", text).strip():
            return
        if not self.dialect.has_html:
            self.tell(f"the HTML '{_short(text)}' is left out, as Hugo did", start, "write it in Markdown")
            self.edits.append(Edit(start, end, "\n"))
            return
        made = _as_markdown(text)
        is_lost = re.search(r"<(iframe|script|style|video|audio|form|object|embed|svg|canvas)\b", text, re.IGNORECASE)
        if is_lost or not made:
            self.tell(f"the HTML '{_short(text)}' is left out", start, "")
        else:
            self.tell(f"the HTML '{_short(text)}' became Markdown", start, "see whether it says the same")
        self.edits.append(Edit(start, end, f"{made}\n" if made else "\n"))


class _Tag(HTMLParser):
    """One tag."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.attributes, self.is_closing = "", dict[str, str](), False

    @classmethod
    def of(cls, text: str) -> _Tag:
        tag = cls()
        tag.feed(text)
        return tag

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.name, self.attributes = tag, {name: value or "" for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        self.name, self.is_closing = tag, True


def _as_markdown(text: str) -> str:
    from markdownify import ATX, MarkdownConverter

    try:
        return str(MarkdownConverter(heading_style=ATX, bullets="-").convert(text)).strip()
    except RecursionError:  # nested deeper than anything that is meant to be read
        return ""


def _short(text: str) -> str:
    return text.strip().split("\n")[0][:40]


def written_target(target: str) -> str:
    """A target as Markdown takes it."""
    return f"<{target}>" if re.search(r"[\s()]", target) else target
