"""Markdown that was written for Hugo → Markdown of a page here: links, headings, raw HTML, bare addresses.

The text is parsed, and only what differs is changed where it stands; the rest stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any, NamedTuple

import pyromark

from sitegen.edits import Edit, Traced
from sitegen.markup import OPTIONS
from sitegen.urls import slugify

#: Of a link its target as it is written, and whether it is a picture → its target here; None to leave it.
Target = Callable[[str, bool], str | None]
#: Tells what can't be brought: message, offset, hint.
Tell = Callable[[str, int, str], None]

_ADDRESS = re.compile(r"(?<![\w/@.:<])(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?'\"()\[\]*_~]")
_E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TASK = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+(\[([ xX])\])[ \t]")
_ATTRIBUTES = re.compile(r"^[ \t]*\{(?:[.#][\w-]+|[\w-]+=(?:\"[^\"]*\"|\S+?))(?:\s+[^}]*)?\}[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\r\n]+\]:[ \t]*<?([^\s>]+)", re.MULTILINE)
_UNDERLINE = re.compile(r"\n[ \t]{0,3}(?:=+|-+)[ \t]*\Z")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MORE = re.compile(r"<!--\s*more\s*-->")
#: Typographic signs that Hugo makes of plain ones, before it makes ids.
_DRAWN = (("...", "…"), ("---", "—"), ("--", "–"))


class Head(NamedTuple):
    """A heading: its level, its text, the id that Hugo gives it, where it stands."""

    level: int
    text: str
    anchor: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Adapted:
    """A text as it is to be written, what is said of the page before `<!--more-->`, and its heading of level 1."""

    text: str
    summary: str
    title: str


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


def adapt(text: Traced, title: str, dialect: Dialect, target: Target, tell: Tell, *, has_ids: bool) -> Adapted:
    """The text of a page, with what differs here put right or told.

    Args:
        title: of the page; a first heading that repeats it goes.
        has_ids: whether headings say the ids that they would not get by themselves; translations have their source's.
        tell: offsets are those of the first text.
    """

    def tell_here(message: str, offset: int, hint: str) -> None:
        tell(message, text.origin(offset), hint)

    first = _Html(text.text, dialect, tell_here)
    text = text.edited(first.edits)
    second = _Rest(text.text, dialect, tell_here, target=target)
    edits = [*second.edits, *_level(text.text, second.heads, title, has_ids=has_ids)]
    own_title = next((head.text for head in second.heads if head.level == 1), "")
    return Adapted(text.edited(edits).text, second.summary, own_title)


def list_anchors(text: Traced, title: str, dialect: Dialect) -> tuple[str, ...]:
    """The ids that Hugo gives to the headings that stay, those within lists and quotations left out."""
    heads = _Rest(text.edited(_Html(text.text, dialect, lambda *_: None).edits).text, dialect, lambda *_: None).heads
    return tuple(head.anchor for head in heads[1 if _repeats(heads, title) else 0 :])


@dataclass
class _Reader:
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
class _Html(_Reader):
    """Raw HTML becomes Markdown where the site publishes it; elsewhere it goes, as it does in Hugo."""

    links: list[str] = field(default_factory=list)
    codes: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dialect.has_attributes:
            for found in _ATTRIBUTES.finditer(self.text):
                if not any(start <= found.start() < end for start, end in self.codes):
                    self.tell("attributes of a block are left out", found.start(), f"they were {found[0].strip()}")
                    self.edits.append(Edit(found.start(), found.end(), ""))

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        if name == "CodeBlock":
            self.codes.append((start, end))
        if name == "HtmlBlock":
            self._block(start, end)

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        if name != "InlineHtml" or value.startswith("<!--"):
            return
        now = self._tag(value) if self.dialect.has_html else None
        if now is None:
            if not value.startswith("</"):
                self.tell(f"the HTML '{_short(value)}' is left out, what it encloses stays", start, "")
            now = ""
        elif now == "\\\n":
            is_last = self.text.startswith("\n", end)
            now = " " if "TableCell" in self.inside or "Heading" in self.inside else "\\" if is_last else now
        self.edits.append(Edit(start, end, now))

    def _tag(self, text: str) -> str | None:
        """An inline tag as Markdown; None where it has no counterpart."""
        found = _Tag.of(text)
        if found.name in _MARKS:
            return _MARKS[found.name]
        if found.name == "br":
            return "\\\n"
        if found.name == "img":
            return f"![{found.attributes.get('alt', '')}]({_written(found.attributes.get('src', ''))})"
        if found.name == "a" and found.is_closing:
            return f"]({_written(self.links.pop())})" if self.links else None
        if found.name == "a" and "href" in found.attributes:
            self.links.append(found.attributes["href"])
            return "["
        return None

    def _block(self, start: int, end: int) -> None:
        text = self.text[start:end]
        if not _COMMENT.sub("", text).strip():
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


def _written(target: str) -> str:
    """A target as Markdown takes it."""
    return f"<{target}>" if re.search(r"[\s()]", target) else target


@dataclass
class _Rest(_Reader):
    """Links, headings, bare addresses and tasks.

    Attributes:
        heads: of the page, not of lists and quotations.
        summary: words before `<!--more-->`.
    """

    target: Target = lambda written, is_picture: None
    heads: list[Head] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    heading: list[str] | None = None
    given: str | None = None
    run: tuple[int, int] = (0, 0)
    summary: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._end_run()

    def void(self, name: str, start: int, end: int) -> None:
        self.words.append(" ")

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        self._end_run()
        if name == "Heading":
            self.heading, self.given = [], value["id"]
        elif name == "Item" and (task := _TASK.match(self.text, start)):
            self.edits.append(Edit(task.start(1), task.end(1), "☐" if task[2] == " " else "☑"))
        elif name in ("Link", "Image") and value["link_type"] not in ("Autolink", "Email"):
            self._link(value, start, end, is_picture=name == "Image")
        elif name == "Paragraph":
            self.words.append(" ")

    def end(self, name: str, start: int, end: int) -> None:
        self._end_run()
        if name == "Heading":
            self._head(start, end)

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        if name in ("Html", "InlineHtml") and _MORE.match(value.strip()):
            self.summary = " ".join("".join(self.words).split())
        if name not in ("Text", "Code"):
            return
        if self.heading is not None:
            self.heading.append(value)
        elif "CodeBlock" not in self.inside:
            self.words.append(value)
        is_plain = name == "Text" and not {"Link", "Image", "CodeBlock"} & set(self.inside)
        if is_plain and self.dialect.has_addresses:
            self.run = (self.run[0] if self.run[1] == start and self.run[1] else start, end)

    def _end_run(self) -> None:
        """Bare addresses of the text that is over."""
        start, end = self.run
        self.run = (0, 0)
        if not end:
            return
        found = [*_ADDRESS.finditer(self.text, start, end)]
        for address in found:
            now = f"<{address[0]}>" if address[0].startswith("http") else f"[{address[0]}](https://{address[0]})"
            self.edits.append(Edit(address.start(), address.end(), now))
        rest = _ADDRESS.sub(lambda address: " " * len(address[0]), self.text[start:end])
        for mail in _E_MAIL.finditer(rest):
            self.edits.append(Edit(start + mail.start(), start + mail.end(), f"<{mail[0]}>"))

    def _head(self, start: int, end: int) -> None:
        text = " ".join("".join(self.heading or ()).split())
        anchor = self.given or _hugo_id(text)
        count = self.taken.get(anchor, 0)
        self.taken[anchor] = count + 1
        self.heading = None
        if len(self.inside) == 1:
            found = re.match(r" {0,3}(#{1,6})", self.text[start:end])
            level = len(found[1]) if found else 1 if "=" in self.text[start:end].rstrip().rpartition("\n")[2] else 2
            self.heads.append(Head(level, text, f"{anchor}-{count}" if count else anchor, start, end))

    def _link(self, value: Any, start: int, end: int, *, is_picture: bool) -> None:
        now = self.target(value["dest_url"], is_picture)
        if now is None or now == value["dest_url"]:
            return
        places = list(_places(self.text, start, end, value))
        if not places:
            self.tell(f"the link to '{value['dest_url']}' can't be changed", start, f"write {now}")
        self.edits += [Edit(place, stop, _written(now)) for place, stop in places]


def _places(text: str, start: int, end: int, value: Any) -> Iterator[tuple[int, int]]:
    """Where the target of a link is written, its angle brackets included: in it, or in the definitions it refers to."""
    target = value["dest_url"]
    if value["link_type"] != "Inline":
        for found in _DEFINITION.finditer(text):
            if found[1] == target:
                wide = text[found.start(1) - 1] == "<"
                yield found.start(1) - wide, found.end(1) + wide
        return
    for opening, closing in (("](", ""), ("](<", ">")):
        place = text.rfind(opening + target + closing, start, end)
        if place >= 0:
            yield place + 2, place + len(opening) + len(target) + len(closing)
            return


def _hugo_id(text: str) -> str:
    """The id of a heading as Hugo makes it, GitHub's way: letters, digits, `-` and `_`, a hyphen for each space."""
    for plain, drawn in _DRAWN:
        text = text.replace(plain, drawn)
    return "".join("-" if c == " " else c for c in text.lower() if c.isalnum() or c in "-_ ")


def _repeats(heads: list[Head], title: str) -> bool:
    """Whether the first heading is the page's title once more, or the only one it has."""
    return bool(heads) and heads[0].level == 1 and title in ("", heads[0].text)


def _level(text: str, heads: list[Head], title: str, *, has_ids: bool) -> Iterator[Edit]:
    """Headings from level 2 on, none skipped, with the ids by which they are known."""
    if _repeats(heads, title):
        yield Edit(heads[0].start, heads[0].end, "")
        heads = heads[1:]
    lower, above, taken = any(head.level == 1 for head in heads), 1, set[str]()
    for head in heads:
        above = min(head.level + lower, above + 1, 6)
        is_silent = not has_ids or _is_known(head, taken)
        yield from _heading(text, head, above, "" if is_silent else f" {{#{head.anchor}}}")
        taken.add(slugify(head.text))


def _is_known(head: Head, taken: set[str]) -> bool:
    """Whether the page would give a heading its id without being told."""
    return head.anchor == slugify(head.text) and head.anchor not in taken


def _heading(text: str, head: Head, level: int, anchor: str) -> Iterator[Edit]:
    """The changes of one heading: its level, and the id behind it unless one is written there."""
    end = head.start + len(text[head.start : head.end].rstrip())
    signs = re.compile(r" {0,3}(#{1,6})").match(text, head.start, end)
    line = None if signs else _UNDERLINE.search(text[head.start : end])
    if signs and len(signs[1]) != level:
        yield Edit(signs.start(1), signs.end(1), "#" * level)
    if line:
        yield Edit(head.start, head.start, "#" * level + " ")
        yield Edit(head.start + line.start(), end, anchor)
        return
    given = re.search(r"\{[^{}]*\}\Z", text[head.start : end])
    if anchor and not given:
        yield Edit(end, end, anchor)
    elif anchor and given and "#" not in given[0]:
        yield Edit(head.start + given.start(), end, anchor.strip())
