"""HTML for the events of a Markdown parser, with the links, headings and blocks of a text.

pyromark (pulldown-cmark) gives the position of every CommonMark event, so a dead link can be reported with its column.
The HTML is written here because the engine handles links, ids and sections itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from sitegen.content.blocks import BLOCK_END, Found, Marked, Range
from sitegen.content.footnotes import Footnotes
from sitegen.content.formulas_and_code import fault_of_formula
from sitegen.content.lost_words import words_behind_fence
from sitegen.content.open_blocks import OpenBlocks
from sitegen.content.plain_markdown import HEADING_TAG, LINK_TAG, Plain
from sitegen.content.positions import Places
from sitegen.content.section_digests import make_sections
from sitegen.model.page import Body, Heading, Link, Section
from sitegen.model.settings import Config
from sitegen.model.slugs import slugify
from sitegen.model.urls import SCHEME, names_its_target, normal, with_scheme, with_slashes
from sitegen.problems.problem import Problem
from sitegen.problems.safe_output import shortened
from sitegen.source.html import ANCHOR, COMMENT, END, LINK, SAFE_SCHEMES, escape, escape_text, plain_text
from sitegen.source.line_joining import is_space
from sitegen.source.mark import Mark
from sitegen.source.text import CONTROL, Source, without_control_characters

_BLANKS = re.compile(r"[\t\n\r]")
#: Braces at the end of a heading, and what looks like a class or value in them.
_BRACES, _CLASSES = re.compile(r"(\{[^{}]*\})[ \t]*+#*+[ \t]*+$"), re.compile(r"[.=]")
_ID = re.compile(r"#([\w-]+)")
_ALIGNED = {"Center": ' class="align-center"', "Right": ' class="align-end"'}

#: Events whose value is not needed → HTML at their start and end.
_TAGS = {
    "Paragraph": ("<p>", "</p>\n"),
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<del>", "</del>"),
    "Item": ("<li>", "</li>\n"),
    "BlockQuote": ("<blockquote>\n", "</blockquote>\n"),
    "DefinitionList": ("<dl>\n", "</dl>\n"),
    "DefinitionListTitle": ("<dt>", "</dt>\n"),
    "DefinitionListDefinition": ("<dd>", "</dd>\n"),
    "Table": ("<table>\n", "</tbody>\n</table>\n"),
    "TableHead": ("<thead>\n<tr>", "</tr>\n</thead>\n<tbody>\n"),
    "TableRow": ("<tr>", "</tr>\n"),
    "Link": ("", "</a>"),
}


def _given_anchor(line: str) -> str:
    """Return the explicit id at the end of a heading's line, as in `{#how}`; "" if there is none."""
    line = line.rstrip()
    if not line.endswith("}") or "#" not in line:
        return ""
    _, brace, attributes = line[line.rfind("}", 0, -1) + 1 : -1].partition("{")
    given = _ID.findall(attributes) if brace else []
    return normal(given[-1]) if given else ""


#: Characters of HTML that any text may become, and for each of its own.
MOST_ADDED, _MOST_TIMES = 50_000, 16


def most_html(text: str) -> int:
    """How many characters of HTML a text may become: rows are filled up with empty cells, and definitions are written out."""
    return MOST_ADDED + _MOST_TIMES * len(text)


class HtmlWriter(Struct):
    """Writes events as HTML and records what the library needs."""

    source: Source
    first_line: int
    text: str
    places: Places
    parts: list[str] = field(default_factory=list)  #: the HTML so far, of the body or of the open footnote
    problems: list[Problem] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)  #: heading ids → the last number appended to make one unique
    links: list[Link] = field(default_factory=list)
    outward: list[Link] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    depth: int = 0  #: number of open blocks; a heading inside a list or quotation starts no section
    title: list[str] | None = None
    picture: list[str] | None = None
    pictures: int = 0
    columns: tuple[str, ...] = ()
    cell: int = 0
    in_head: bool = False
    notes: Footnotes = field(default_factory=Footnotes)
    #: The parts of the texts around the open notes, the outermost first; a note may be in another.
    around: list[list[str]] = field(default_factory=list)
    has_references: bool = False
    marks: Mapping[int, Found] = field(default_factory=dict)
    inline: list[int] = field(default_factory=list)
    blocks: OpenBlocks | None = None
    #: Whether the text uses a script without spaces; if so, `last` is the last character so far and `broken` the
    #: position of the line end after it.
    is_unspaced: bool = False
    last: str = ""
    broken: list[tuple[list[str], int]] = field(default_factory=list)

    def expect(self, marked: Marked, config: Config | None) -> None:
        """Prepare for the marks of blocks."""
        self.marks = marked.marks
        self.inline = sorted(start for start, mark in marked.marks.items() if mark.role in ("inline", "end", "colon"))
        self.blocks = OpenBlocks(self.source, self.first_line, self.text, config, self.problems)
        self.blocks.refuse_unclosed(marked.unclosed)

    def take(self, events: Iterable[tuple[Any, Range]]) -> None:
        """Write events; this is the hot path, as nearly every event passes through it."""
        for event, place in events:
            if event.__class__ is str:
                self._void(event, place)
                continue
            ((name, value),) = event.items()
            tags = _TAGS_AT.get(name)
            if tags is None:
                _INLINE[name](self, value, place)
            elif value.__class__ is not str:
                ((block, given),) = value.items()
                _BLOCKS[block](self, name == "Start", given, place)
            elif value in tags:
                self._write(tags[value])
            else:
                _BLOCKS[value](self, name == "Start", value, place)

    def take_plain(self, plain: Plain) -> None:
        """Write a text that was parsed without events."""
        titles, links = iter(plain.titles), iter(plain.links)
        for number, run in enumerate(plain.runs):
            if number:
                self._block(plain.marks[number - 1])
            if LINK_TAG in run:
                run = self._with_links(run, links)
            html, *headings = HEADING_TAG.split(run)
            self.parts.append(html)
            for level, after in zip(headings[::2], headings[1::2], strict=True):
                self._plain_heading(int(level), after, next(titles)[1])

    def _with_links(self, html: str, links: Iterator[tuple[str, Mark]]) -> str:
        """Return the HTML with the targets of its links left for the library to resolve."""
        first, *others = html.split(LINK_TAG)
        parts = [first]
        for other in others:
            target, mark = next(links)
            parts += [LINK_TAG, self._target(target, mark, False), other[len(target) :]]
        return "".join(parts)

    def _plain_heading(self, level: int, html: str, line: int) -> None:
        """Write a heading, and what follows it."""
        if self.depth:
            self.parts.append(f"<h{level}>{html}")
            return
        inner, end, after = html.partition(f"</h{level}>\n")
        self.starts.append(len(self.parts))
        self.parts.append(self._open_heading(level, plain_text(inner), line))
        self.parts.append(f"{inner}{end}{after}")

    def _void(self, event: str, place: Range) -> None:
        """Write an event that has neither text nor an end."""
        if event == "Rule" and place["start"] in self.marks:
            self._block(self.marks[place["start"]])
            return
        self._write(_VOID[event])
        for words in (self.title, self.picture):
            if words is not None:
                words.append(" ")
        if self.is_unspaced:
            self._note_break(event)

    def finish(self) -> tuple[str, Body]:
        """Return the HTML and the body."""
        if self.blocks is not None:
            self._write(self.blocks.leave()[0])
        if notes := self.notes.html():
            self.starts.append(len(self.parts))
            self._write(notes)
        bounds = [0, *self.starts, len(self.parts)]
        texts = ["".join(self.parts[start:end]) for start, end in pairwise(bounds)]
        return "".join(texts), self._body(make_sections(texts))

    def _body(self, sections: Iterable[Section]) -> Body:
        if self.blocks is None:
            return Body.of(self.headings, self.links, sections, self.outward)
        links, outward = (*self.links, *self.blocks.links), (*self.outward, *self.blocks.outward)
        return Body.of(self.headings, links, sections, outward, self.blocks.blocks)

    def _block(self, mark: Found) -> None:
        """Write a block mark."""
        assert self.blocks is not None
        if mark.role in ("open", "leaf", "inline"):
            self._write(self.blocks.begin(mark))
            self.depth += mark.role == "open"
        elif mark.role == "close":
            html, count = self.blocks.close(mark)
            self.depth -= count
            self._write(html)
        elif mark.role == "end":
            self._write(BLOCK_END)

    def _write(self, html: str) -> None:
        if self.picture is None:
            self.parts.append(html)

    def _report(self, code: str, message: str, mark: Mark, hint: str, fix: str | None = None) -> None:
        self.problems.append(self.source.problem(code, message, mark, hint, fix))

    def _text(self, text: str, place: Range) -> None:
        if self.inline:
            first = bisect_left(self.inline, place["start"])
            if first < len(self.inline) and self.inline[first] < place["end"]:
                self._marked_text(text, place, first)
                return
        self._plain_text(text, place)

    def _marked_text(self, text: str, place: Range, first: int) -> None:
        """Write a text that contains inline marks."""
        encoded, end = text.encode(), 0
        for index in range(first, len(self.inline)):
            start = self.inline[index]
            if start >= place["end"]:
                break
            mark, begin = self.marks[start], start - place["start"]
            if begin > end:
                self._plain_text(encoded[end:begin].decode(), Range(start=place["start"] + end, end=start))
            end = begin + len(self.text[mark.start : mark.end].encode())
            if mark.role == "colon":
                self._plain_text(":", Range(start=start, end=start + 1))
            else:
                self._block(mark)
        if end < len(encoded):
            self._plain_text(encoded[end:].decode(), Range(start=place["start"] + end, end=place["end"]))

    def _plain_text(self, text: str, place: Range) -> None:
        if self.has_references:
            text = self._visible(text, place)
        if self.is_unspaced and text:
            self._join(text)
        if self.title is not None:
            self.title.append(text)
        if self.picture is not None:
            self.picture.append(text)
        else:
            self.parts.append(escape_text(text))

    def _note_break(self, event: str) -> None:
        """Record where a line ends; the text that follows decides whether a space is needed."""
        written = self.parts if self.picture is None else None
        lists = (written, self.title, self.picture) if event == "SoftBreak" else ()
        self.broken = [(words, len(words) - 1) for words in lists if words]

    def _join(self, text: str) -> None:
        """Remove the line end before a text if its script is written without spaces."""
        if self.broken and not is_space(self.last, text[0]):
            for words, at in self.broken:
                words[at] = ""
        self.broken, self.last = [], text[-1]

    def _visible(self, text: str, place: Range) -> str:
        """Return the text without control characters written as references such as `&#1;`, and report them."""
        if not self.has_references or not CONTROL.search(text):
            return text
        message = "a control character, written as a reference"
        self._report("control-character", message, self.places.mark(place["start"]), "delete it")
        return without_control_characters(text)

    def _code(self, text: str, place: Range) -> None:
        self._write("<code>")
        self._text(text, place)
        self._write("</code>")

    def _math(self, text: str, place: Range, *, shape: str) -> None:
        """Write a formula as code until it is rendered; as code it is not translated."""
        if fault := fault_of_formula(text):
            mark = self.places.mark(place["start"], place["end"] - place["start"])
            message = f"the formula '{text.strip()[:40]}' {fault[0]}"
            self._report("markdown", message, mark, fault[1])
        self._write(f'<code class="math-{shape}">{escape_text(text)}</code>')

    def _html(self, text: str, place: Range) -> None:
        """Report raw HTML, which would be code in content; drop comments silently."""
        end = text.rfind("-->") + 3  # no comment ends after this, and searching there for each start would be quadratic
        plain = COMMENT.sub(lambda found: " " * len(found[0]), text[:end]) + text[end:] if end > 2 else text
        shown = plain.strip().split("\n")[0][:40]
        if shown:
            start = place["start"] + len(text[: plain.index(shown)].encode())
            is_beside = "<" not in shown and plain != text
            message = f"'{shown}' is hidden, as it shares a line with a comment" if is_beside else f"raw HTML '{shown}'"
            hint = (
                "give the comment a line of its own" if is_beside else "write it in Markdown; for a literal < write \\<"
            )
            self._report("html", message, self.places.mark(start, len(shown)), hint)

    def _html_block(self, is_start: bool, value: Any, place: Range) -> None:
        """Report an HTML block once, at its start; the events for its lines are ignored."""
        if is_start:
            self._html(self.places.written(place), place)

    def _note(self, is_start: bool, label: str, place: Range) -> None:
        if is_start:
            self.around.append(self.parts)
            self.parts = self.notes.parts_of(label)
            self._nest(is_start)
        else:
            self._nest(is_start)
            self.parts = self.around.pop()

    def _list(self, is_start: bool, value: Any, place: Range) -> None:
        self.depth += 1 if is_start else -1
        if is_start:
            self._write("<ul>\n" if value is None else "<ol>\n" if value == 1 else f'<ol start="{value}">\n')
        else:
            self._write("</ol>\n" if value else "</ul>\n")

    def _quote(self, is_start: bool, value: Any, place: Range) -> None:
        """Write a block quotation, or a call-out that begins with `> [!NOTE]`."""
        self._nest(is_start)
        if value is None:
            self._write(_TAGS["BlockQuote"][0 if is_start else 1])
        elif not is_start:
            self._write(BLOCK_END)
        else:
            assert self.blocks is not None
            self._write(self.blocks.alert(_ALERTS[value], self.places.mark(place["start"])))

    def _item(self, is_start: bool, value: Any, place: Range) -> None:
        """Write an item, at whose end all blocks opened inside it end too."""
        self._nest(is_start)
        self._write(_TAGS[value][0 if is_start else 1])

    def _nest(self, is_start: bool) -> None:
        """Enter or leave an element that may hold blocks; blocks opened inside it end with it."""
        if self.blocks is not None:
            html, count = self.blocks.enter() if is_start else self.blocks.leave()
            self._write(html)
            self.depth -= count
        self.depth += 1 if is_start else -1

    def _code_block(self, is_start: bool, value: Any, place: Range) -> None:
        """Write a code block with the language after its fence; it may scroll, so it is focusable by keyboard."""
        if not is_start:
            self._write("</code></pre>\n")
            return
        info = value["Fenced"] if isinstance(value, dict) else ""
        name = re.match(r"[\w+-]{1,40}(?!\S)", info)
        if words := words_behind_fence(info):
            message = f"'{shortened(words, 80)}' stands behind the fence of code, and is not shown"
            hint = "begin the code on the next line; behind the fence write its language alone"
            self.problems.append(self.source.problem("markdown", message, self.places.mark(place["start"]), hint))
        own = f' class="language-{name[0]}"' if name else ""
        self._write(f'<pre tabindex="0"><code{own}>')

    def _heading(self, is_start: bool, value: Any, place: Range) -> None:
        if is_start:
            self.title = []
            level = int(value["level"][1])
            if self.depth == 0:
                self.starts.append(len(self.parts))
                self.parts.append("")  # placeholder for the opening tag, whose id depends on the text
            else:
                self._write(f"<h{level}>")
            return
        level = int(value[1])
        if words := self._words_in_braces(place):
            self._write(f" {escape(words)}")
            if self.title is not None:
                self.title.append(f" {words}")
        self._write(f"</h{level}>\n")
        if self.depth == 0:
            line = self.places.mark(place["start"]).line
            self.parts[self.starts[-1]] = self._open_heading(level, "".join(self.title or ()), line)
        self.title = None

    def _words_in_braces(self, place: Range) -> str:
        """Return trailing words that the parser took for attributes, as in `## Sets of {object}`, or ""."""
        line = self.places.mark(place["start"]).line
        found = _BRACES.search(self.source.lines[line - 1])
        is_shown = found is None or "".join(self.title or ()).rstrip().endswith(found[1])
        if found is None or is_shown or "#" in found[1]:
            return ""
        if not _CLASSES.search(found[1]):
            return found[1]
        message = f"'{found[1]}' is taken for attributes of the heading, and is not shown"
        mark = Mark(line, found.start(1) + 1, len(found[1]))
        self._report("markdown", message, mark, "put it into backquotes; a heading may have an id: {#fees}")
        return ""

    def _open_heading(self, level: int, text: str, line: int) -> str:
        """Record the heading of a section, and return its opening tag."""
        title = " ".join(text.split())
        anchor = _given_anchor(self.source.lines[line - 1]) or slugify(title)
        plain = anchor
        while anchor in self.taken:
            self.taken[plain] += 1
            anchor = f"{plain}-{self.taken[plain]}"
        self.taken[anchor] = 1
        self._check_level(level, Mark(line, 1, level))
        self.headings.append(Heading(level, title, anchor, line))
        return f'<h{level} id="{ANCHOR}{anchor}{END}">'

    def _check_level(self, level: int, mark: Mark) -> None:
        above = self.headings[-1].level if self.headings else 1
        if level == 1:
            message, hint = "a heading of level 1, which is the page's title", "write ## instead of #"
        elif level > above + 1:
            message = f"a heading of level {level} right under one of level {above}"
            hint = f"write {'#' * (above + 1)} instead of {'#' * level}"
        else:
            return
        self._report("heading", message, mark, hint)

    def _link(self, is_start: bool, value: Any, place: Range) -> None:
        target = ("mailto:" if value["link_type"] == "Email" else "") + value["dest_url"]
        title = f' title="{escape(self._visible(value["title"], place))}"' if value["title"] else ""
        self._write(f'<a href="{self._written_target(target, place, False)}"{title}>')

    def _picture(self, is_start: bool, value: Any, place: Range) -> None:
        """Write a picture; a picture in the description of another is reduced to its text."""
        self.pictures += 1 if is_start else -1
        if is_start and self.pictures == 1:
            title = f' title="{escape(self._visible(value["title"], place))}"' if value["title"] else ""
            self.parts.append(f'<img src="{self._written_target(value["dest_url"], place, True)}"{title}')
            self.picture = []
        elif not is_start and self.pictures == 0:
            alt = " ".join("".join(self.picture or ()).split())
            if not alt:
                hint = "say between the brackets what it shows: ![A lecture hall](…)"
                self._report("alt", "the picture has no description", self.places.mark(place["start"]), hint)
            self.parts.append(f' alt="{escape(alt)}">')
            self.picture = None

    def _written_target(self, target: str, place: Range, is_picture: bool) -> str:
        shown = self._visible(target, place)
        if shown[:1] == " " or "\t" in shown or "\n" in shown or "\r" in shown:  # as in `&Tab;`; browsers drop it
            shown = _BLANKS.sub("", shown).strip(" ")
        return self._target(shown, self.places.target(shown, place), is_picture)

    def _target(self, target: str, mark: Mark, is_picture: bool) -> str:
        """Return the address to write: as is for an external link, otherwise left for the library to resolve."""
        scheme = SCHEME.match(target)
        if scheme is None:
            self.links.append(Link(target, mark, is_picture))
            return f"{LINK}{escape(target)}{END}"
        if scheme[1] is None:
            fix = with_scheme(target)
            message = f"'{target}' leads to another site without saying how"
            is_written = mark.width == len(target)  # not below the text, as `[1]: //example.org`
            self._report("url", message, mark, f"write {fix}", fix if is_written else None)
            return ""
        if scheme[1].lower() not in SAFE_SCHEMES:
            hint = "link to https:, http:, mailto: or tel: addresses, or to pages of the site"
            self._report("url", f"a link may not begin with '{scheme[1]}:'", mark, hint)
            return ""
        if is_picture and not scheme[1].lower().startswith("http"):
            self._report("url", f"no picture is at '{scheme[1]}:'", mark, "put the file into the page's folder")
            return ""
        if not names_its_target(target):
            hint = f"write {with_slashes(target) or 'an address such as https://example.org/'}"
            self._report("url", f"'{target}' is not an address", mark, hint)
            return ""
        if scheme[1].lower().startswith("http"):
            self.outward.append(Link(target, mark, is_picture))
        return escape(target)

    def _table(self, is_start: bool, value: Any, place: Range) -> None:
        if is_start:
            self.columns = tuple(value)
        self._write(_TAGS["Table"][0 if is_start else 1])

    def _row(self, is_start: bool, value: Any, place: Range, *, is_head: bool) -> None:
        self.cell, self.in_head = 0, is_head
        self._write(_TAGS["TableHead" if is_head else "TableRow"][0 if is_start else 1])

    def _cell(self, is_start: bool, value: Any, place: Range) -> None:
        tag = "th" if self.in_head else "td"
        if is_start:
            aligned = self.columns[self.cell] if self.cell < len(self.columns) else "None"
            self._write(f"<{tag}{_ALIGNED.get(aligned, '')}>")
        else:
            self.cell += 1
            self._write(f"</{tag}>")


_VOID = {"SoftBreak": "\n", "HardBreak": "<br>\n", "Rule": "<hr>\n"}

#: Events without start and end → the function that writes them.
_INLINE: dict[str, Callable[[HtmlWriter, Any, Range], None]] = {
    "Text": HtmlWriter._text,
    "Code": HtmlWriter._code,
    "Html": lambda writer, text, place: None,  # a line of an HTML block, which is reported as a whole
    "InlineHtml": HtmlWriter._html,
    "FootnoteReference": lambda writer, label, place: writer._write(writer.notes.reference(label)),
    "InlineMath": partial(HtmlWriter._math, shape="inline"),
    "DisplayMath": partial(HtmlWriter._math, shape="block"),
    "Raw": lambda writer, html, place: writer._write(html),  # safe HTML that CommonMark has no event for
    "TaskListMarker": lambda writer, is_done, place: writer._write("☑ " if is_done else "☐ "),
}

#: The type of a call-out, as in `> [!NOTE]` → the block that it becomes.
_ALERTS = {"Note": "note", "Tip": "tip", "Important": "important", "Warning": "warning", "Caution": "warning"}

#: Events with a start and an end that need more than a tag → the function that writes them.
_BLOCKS: dict[str, Callable[[HtmlWriter, bool, Any, Range], None]] = {
    "Heading": HtmlWriter._heading,
    "List": HtmlWriter._list,
    "BlockQuote": HtmlWriter._quote,
    "Item": HtmlWriter._item,
    "DefinitionListDefinition": HtmlWriter._item,
    "HtmlBlock": HtmlWriter._html_block,
    "CodeBlock": HtmlWriter._code_block,
    "Link": HtmlWriter._link,
    "Image": HtmlWriter._picture,
    "Table": HtmlWriter._table,
    "TableHead": partial(HtmlWriter._row, is_head=True),
    "TableRow": partial(HtmlWriter._row, is_head=False),
    "TableCell": HtmlWriter._cell,
    "FootnoteDefinition": HtmlWriter._note,
}

#: The tags of events that need nothing else, at their start and end.
_TAGS_AT = {
    "Start": {name: tags[0] for name, tags in _TAGS.items() if name not in _BLOCKS},
    "End": {name: tags[1] for name, tags in _TAGS.items() if name not in _BLOCKS or name == "Link"},
}
