"""Converts Markdown written for Hugo to our Markdown: links, headings, raw HTML, bare addresses.

The text is parsed, and only the differences are edited in place; the rest stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct, field

from sitegen.content.code_blocks import DEFINITION
from sitegen.content.formulas_and_code import fault_of_formula
from sitegen.importers.html_to_markdown import (
    FORMULA,
    Dialect,
    Reader,
    Tell,
    from_first,
    without_html,
    written_target,
)
from sitegen.importers.unsafe_links import HINT, fault_of_link
from sitegen.model.slugs import slugify
from sitegen.source.edits import Edit, Traced, apart

#: Target of a link or a picture → new target; None to leave it unchanged.
Target = Callable[[str], str | None]

#: Addresses as Hugo detects them: only ASCII characters, and a host that ends in `.` and letters, so not `localhost`.
_ADDRESS = re.compile(
    r"(?<![\w/@.:<])(?:https?://|www\.)[-\w@%+~=]+(?:\.[-\w@%+~=]+){0,126}(?<=\.[a-z][a-z])[a-z]*(?::\d+)?"
    r"(?:[/?#][!-;=?-~]*(?<=[\w/#=&%+@$-]))?",
    re.ASCII,
)
_E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TASK = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+(\[([ xX])\])[ \t]")
#: A fence with a file name in its options: `` ```yaml {file="hugo.yaml"} ``.
_FILE_NAME = re.compile(
    r"""(?:`{3,}+|~{3,}+)[^\n{]*+\{[^\n}]*?\b(?:file|filename|name|title|caption)=(?:"(?P<quoted>[^"\n`]+)"|(?P<plain>[^\s"}`]+))"""
)
_OPTIONS = re.compile(r"(?:`{3,}+|~{3,}+)[^\n{]*+\{([^\n}]*)\}")
#: A block of code that Hugo or popular themes draw.
_DIAGRAM = re.compile(r"(?:`{3,}+|~{3,}+)[ \t]*(mermaid|goat|plantuml|markmap|drawio|dot|graphviz)\b")
#: Options that number lines or mark some of them.
_SHOWN_OPTION = re.compile(
    r"""\b(?:hl_lines|linenos|linenostart)\b(?:=(?:\[[^\]\n]{0,999}\]|"[^"\n]{0,999}"|[^\s,}]+))?""", re.IGNORECASE
)
_NUMBERLESS = re.compile(r"linenos=[\"']?(?:false|0)\b", re.IGNORECASE)
_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_FORMULA_HINT = "write it with commands of LaTeX itself; packages such as mhchem are not known"
_UNDERLINE = re.compile(r"\n[ \t]{0,3}(?:=+|-+)[ \t]*\Z")
_MORE = re.compile(r"<!--\s*more\s*-->")
#: Typographic replacements that Hugo makes before it generates ids.
_DRAWN = (("...", "…"), ("---", "—"), ("--", "–"))


class Head(NamedTuple):
    """A heading: its level, its text, its id in Hugo, its position."""

    level: int
    text: str
    anchor: str
    start: int
    end: int


class Adapted(Struct, frozen=True):
    """A converted text, its summary (the text before `<!--more-->`), and its title (the heading of level 1)."""

    text: str
    summary: str
    title: str


def adapt(text: Traced, title: str, dialect: Dialect, target: Target, tell: Tell, *, has_ids: bool) -> Adapted:
    """Convert the text of a page, and report what can't be converted.

    Args:
        title: the title of the page; a first heading that repeats it is removed.
        has_ids: whether to write the ids that headings would not get automatically; translations use the source's ids.
        tell: reports problems, with offsets into the original text.
    """

    text = without_html(text, dialect, tell)
    rest = _Rest(text.text, dialect, from_first(text, tell), target=target)
    edits = [*_level(text.text, rest.heads, title, has_ids=has_ids), *rest.edits]
    own_title = next((head.text for head in rest.heads if head.level == 1), "")
    return Adapted(text.edited(apart(edits)).text, rest.summary or "", own_title)


def list_anchors(text: Traced, title: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the ids in Hugo of the headings that are kept, without those in lists and block quotes."""
    heads = _Rest(without_html(text, dialect, lambda *_: None).text, dialect, lambda *_: None).heads
    return tuple(head.anchor for head in heads[1 if _repeats(heads, title) else 0 :])


class _Rest(Reader):
    """Converts links, headings, bare addresses and tasks."""

    target: Target = lambda written: None
    heads: list[Head] = field(default_factory=list)  #: the headings outside lists and block quotes
    taken: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    definitions: dict[str, list[tuple[int, int]]] | None = None  #: as `_definitions` finds them, when one is asked for
    heading: list[str] | None = None
    given: str | None = None
    run: tuple[int, int] = (0, 0)
    summary: str | None = None  #: the text before the first `<!--more-->`, the only one that Hugo looks for

    def __post_init__(self) -> None:
        super().__post_init__()
        self._end_run()

    def void(self, name: str, start: int, end: int) -> None:
        self.words.append(" ")

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        self._end_run()
        if name == "Heading":
            self.heading, self.given = [], value["id"]
        elif name == "CodeBlock":
            self._file_name(start)
            self._options(start)
        elif name == "Item" and (task := _TASK.match(self.text, start)):
            self.edits.append(Edit(task.start(1), task.end(1), "☐" if task[2] == " " else "☑"))
        elif name in ("Link", "Image") and value["link_type"] != "Email":
            self._link(value, start, end)
        elif name == "Paragraph":
            self.words.append(" ")

    def end(self, name: str, start: int, end: int) -> None:
        self._end_run()
        if name == "Heading":
            self._head(start, end)

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        if name in ("Html", "InlineHtml") and self.summary is None and _MORE.match(value.strip()):
            self.summary = " ".join("".join(self.words).split())
        if name.endswith("Math"):
            value = self._formula(value, start)
        elif name not in ("Text", "Code"):
            return
        if self.marks and name == "Text":
            value = self.without_marks(start, end)
        if self.heading is not None:
            self.heading.append(value)
        elif "CodeBlock" not in self.inside:
            self.words.append(value)
        if name == "Text" and "CodeBlock" not in self.inside:
            self.run = (self.run[0] if self.run[1] == start and self.run[1] else start, end)

    def _formula(self, value: str, start: int) -> str:
        """Remove the mark of a formula, and report one that can't be drawn; return its text."""
        place = self.text.find(FORMULA, start)
        self.edits.append(Edit(place, place + 1, ""))
        if fault_of_formula(value[1:]):
            shown = value[1:].strip()[:40]
            self.tell(f"the formula '{shown}' can't be drawn, and is shown as it is written", start, _FORMULA_HINT)
        return value[1:]

    def _options(self, start: int) -> None:
        """Report a diagram, and the options of a code block that readers see."""
        if diagram := _DIAGRAM.match(self.text, start):
            self.tell(f"the diagram in '{diagram[1]}' is shown as its code", start, "put it beside the page as an SVG")
        found = _OPTIONS.match(self.text, start)
        options = [own[0] for own in _SHOWN_OPTION.finditer(found[1])] if found else []
        shown = [own for own in options if not _NUMBERLESS.match(own)]
        if shown:
            message = f"options of a code block are left out: {', '.join(shown)}"
            self.tell(message, start, "say in the text which lines matter")

    def _file_name(self, start: int) -> None:
        """Move a file name in the options of a code block to a line above it, where many themes show it."""
        found = _FILE_NAME.match(self.text, start)
        if found is None:
            return
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        indent = re.sub(r"[^\s>]", " ", before)
        is_first = not before.strip(" \t>")
        name = found["quoted"] or found["plain"]
        self.edits.append(Edit(start, start, (f"\n{indent}" if is_first else "") + f"`{name}`\n\n{indent}"))

    def _end_run(self) -> None:
        """Convert the emoji and the bare addresses in the run of text that ends here."""
        start, end = self.run
        self.run = (0, 0)
        if not end:
            return
        text = self.without_marks(start, end) if self.marks else self.text[start:end]
        for code, sign in emoji_in(text) if self.dialect.has_emoji else ():
            self.edits.append(Edit(start + code.start(), start + code.end(), sign))
        if self.dialect.has_addresses and not {"Link", "Image"} & set(self.inside):
            self._addresses(text, start)

    def _addresses(self, text: str, start: int) -> None:
        for address in _ADDRESS.finditer(text):
            now = f"<{address[0]}>" if address[0].startswith("http") else f"[{address[0]}](https://{address[0]})"
            self.edits.append(Edit(start + address.start(), start + address.end(), now))
        rest = _ADDRESS.sub(lambda address: " " * len(address[0]), text)
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

    def _link(self, value: Any, start: int, end: int) -> None:
        if self._unlink(value, start, end) or value["link_type"] == "Autolink":
            return
        now = self.target(value["dest_url"])
        if now is None or now == value["dest_url"]:
            return
        if not self._write(value, start, end, written_target(now)):
            self.tell(f"the link to '{value['dest_url']}' can't be changed", start, f"write {now}")

    def _write(self, value: Any, start: int, end: int, target: str) -> bool:
        """Write another target in a link, or once in all definitions of its target; return whether it was found."""
        written = value["dest_url"]
        if value["link_type"] == "Inline":
            own = _place(self.text, start, end, written)
            self.edits += [Edit(*own, target)] if own else []
            return own is not None
        if self.definitions is None:
            self.definitions = _definitions(self.text)
        if written not in self.definitions:
            return False
        self.edits += [Edit(*own, target) for own in self.definitions[written]]
        self.definitions[written].clear()
        return True

    def _unlink(self, value: Any, start: int, end: int) -> bool:
        """Keep only the words of a link that runs a program, has another scheme that no link may have, or no host."""
        fault = fault_of_link(value["dest_url"])
        end += 2 if value["link_type"] == "Collapsed" and self.text.startswith("[]", end) else 0
        place = self._end_of_words(value["link_type"], start, end) if fault else -1
        if place < 0:
            return False
        self.tell(f"{fault}; its words are kept", start, HINT)
        opening = 2 if self.text[start] == "!" else 1
        self.edits += [Edit(start, start + opening, ""), Edit(place, end, "")]
        if value["link_type"] not in ("Inline", "Autolink"):
            self._write(value, start, end, "#")
        return True

    def _end_of_words(self, kind: str, start: int, end: int) -> int:
        """Where the words of a link end; -1 if it is written in no way that is known."""
        if kind in ("Autolink", "Shortcut"):
            return end - 1
        return self.text.rfind("](" if kind == "Inline" else "][", start, end)


def _place(text: str, start: int, end: int, target: str) -> tuple[int, int] | None:
    """Return the range of an inline link's target, including angle brackets."""
    for opening, closing in (("](", ""), ("](<", ">")):
        place = text.rfind(opening + target + closing, start, end)
        if place >= 0:
            return place + 2, place + len(opening) + len(target) + len(closing)
    return None


def _definitions(text: str) -> dict[str, list[tuple[int, int]]]:
    """Return target → its ranges in link reference definitions, including angle brackets."""
    places: dict[str, list[tuple[int, int]]] = {}
    for found in DEFINITION.finditer(text):
        wide = text[found.start(1) - 1] == "<"
        places.setdefault(found[1], []).append((found.start(1) - wide, found.end(1) + wide))
    return places


def emoji_in(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield the codes of emoji in a text, as GitHub names them, with their signs."""
    for found in _EMOJI.finditer(text):
        sign = _emoji(found[0])
        if sign != found[0]:
            yield found, sign


@cache
def _emoji(code: str) -> str:
    from emoji import emojize  # a table of all signs

    return str(emojize(code, language="alias"))


def _hugo_id(text: str) -> str:
    """Return the id that Hugo generates for a heading, as on GitHub: letters, digits, `-`, `_`, a hyphen per space."""
    for plain, drawn in _DRAWN:
        text = text.replace(plain, drawn)
    return "".join("-" if c == " " else c for c in text.lower() if c.isalnum() or c in "-_ ")


def _repeats(heads: list[Head], title: str) -> bool:
    """Whether the first heading repeats the page's title, or is its only title."""
    return bool(heads) and heads[0].level == 1 and title in ("", heads[0].text)


def _level(text: str, heads: list[Head], title: str, *, has_ids: bool) -> Iterator[Edit]:
    """Yield edits that make headings start at level 2 without skipping levels, and add their ids."""
    if _repeats(heads, title):
        yield Edit(heads[0].start, heads[0].end, "")
        heads = heads[1:]
    lower, above, taken = any(head.level == 1 for head in heads), 1, set[str]()
    for head in heads:
        above = min(head.level + lower, above + 1, 6)
        is_silent = not has_ids or (head.anchor == slugify(head.text) and head.anchor not in taken)
        yield from _heading(text, head, above, "" if is_silent else f" {{#{head.anchor}}}")
        taken.add(slugify(head.text))


def _heading(text: str, head: Head, level: int, anchor: str) -> Iterator[Edit]:
    """Yield the edits of a heading: its level, and its id unless it already has one."""
    end = head.start + len(text[head.start : head.end].rstrip())
    signs = re.compile(r" {0,3}(#{1,6})").match(text, head.start, end)
    line = None if signs else _UNDERLINE.search(text[head.start : end])
    if signs and len(signs[1]) != level:
        yield Edit(signs.start(1), signs.end(1), "#" * level)
    if line:
        last = head.start + line.start()
        yield Edit(head.start, head.start, "#" * level + " ")
        yield from (Edit(own.start(), own.end(), " ") for own in re.compile("\n").finditer(text, head.start, last))
        yield Edit(last, end, anchor)
        return
    given = re.search(r"\{[^{}]*\}\Z", text[head.start : end])
    if anchor and not given:
        yield Edit(end, end, anchor)
    elif anchor and given and "#" not in given[0]:
        yield Edit(head.start + given.start(), end, anchor.strip())
