"""Converts raw HTML in Markdown to Markdown if the Hugo site publishes it; otherwise removes it, as Hugo does."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cache
from itertools import accumulate
from typing import Any

import pyromark
from msgspec import Struct, field

from sitegen.content.blocks import OPTIONS, parse_around, written_label
from sitegen.model.blocks import NAME
from sitegen.model.urls import with_scheme
from sitegen.source.edits import Edit, Traced, apart, within
from sitegen.source.html import ELEMENTS, VOID, Tag, pieces, without_comments

#: Reports what can't be imported: message, offset, hint.
Tell = Callable[[str, int, str], None]

#: A processing instruction, which browsers treat as a comment.
_INSTRUCTION = re.compile(r"<\?[^<>]*>")
_TAG = re.compile(r"</?([A-Za-z][\w:-]*+)[^<>]*+>")
#: Block-level elements; where only inline content is allowed, they are replaced by spaces.
_BLOCKS = frozenset("dd div dl dt li ol p table td th tr ul".split())  # noqa: SIM905
#: Byte of UTF-8 → whether a character begins with it.
_BEGINS = bytes((byte & 0xC0) != 0x80 for byte in range(256))
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_ATTRIBUTES = re.compile(
    r"^[ \t]*+\{(?:[.#][\w-]+|[\w-]++=(?:\"[^\"\n]*\"|\S+?))(?:[ \t][^}\n]*)?\}[ \t]*$", re.MULTILINE
)
#: Marks a formula of the old site, as our Markdown finds others between dollar signs; removed at the end.
FORMULA = "\ue010"
#: A block mark on its own line or inline, a shortcode, or a formula.
_MARK = re.compile(
    rf"""(?P<line>^[ \t]*:{{2,}}[^\n]*$)|(?<![\w:]):{NAME}\{{(?:"[^"\n]*"|'[^'\n]*'|[^"'{{}}\n])*\}}|\{{\{{[<%](?:(?!\{{\{{[<%])[^\n])*?[>%]\}}\}}|\${{1,2}}{FORMULA}[^$]*\${{1,2}}""",
    re.MULTILINE,
)
#: Maximum number of passes; what still looks like HTML then is left as text.
_ROUNDS = 8
#: The most colons that a block may begin with. Each around another has one more, so that blocks in blocks would take the
#: square of their number.
MOST_COLONS = 50
#: How deep elements may be nested: more takes the parser the square of it, and converting it more stack than there is.
_DEEPEST = 500


class Dialect(Struct, frozen=True):
    """The Markdown features that the old site uses."""

    has_html: bool = False  #: whether Hugo publishes raw HTML
    has_attributes: bool = False  #: whether `{.class}` below a block is an attribute list
    has_addresses: bool = True  #: whether bare addresses are links
    has_formulas: bool = False  #: whether the new site has formulas
    has_emoji: bool = False  #: whether `:smile:` is an emoji


def without_html(text: Traced, dialect: Dialect, tell: Tell) -> Traced:
    """Replace the HTML in a text with Markdown, in several passes, as each one may uncover more HTML."""
    for _ in range(_ROUNDS):
        found = _Html(text.text, dialect, from_first(text, tell))
        if not found.edits:
            break
        text = text.edited(apart(found.edits))
    return text


def from_first(text: Traced, tell: Tell) -> Tell:
    """Return a `Tell` that converts offsets in an edited text to offsets in the original."""
    return lambda message, offset, hint: tell(message, text.origin(offset), hint)


class Reader(Struct, dict=True):
    """Goes through the events of a text and collects edits."""

    text: str
    dialect: Dialect
    tell: Tell
    edits: list[Edit] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)  #: the ranges of the marks that start and end blocks

    def __post_init__(self) -> None:
        places = list(accumulate(self.text.encode().translate(_BEGINS), initial=0))  # byte → character
        options = OPTIONS | pyromark.Options.ENABLE_MATH if self.dialect.has_formulas else OPTIONS
        marked = parse_around(self.text, options)
        self.marks = [(mark.start, mark.end) for mark in marked.marks.values() if mark.role != "colon"]
        for event, place in marked.events:
            self._take(event, places[place["start"]], places[place["end"]])

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

    def without_marks(self, start: int, end: int) -> str:
        """Return a part of the text with block marks replaced by spaces."""
        piece = self.text[start:end]
        for number in range(max(0, bisect_right(self.marks, (start, 0)) - 1), len(self.marks)):
            place, stop = self.marks[number]
            if place >= end:
                break
            own, last = max(place, start) - start, min(stop, end) - start
            if own < last:
                piece = piece[:own] + " " * (last - own) + piece[last:]
        return piece

    def void(self, name: str, start: int, end: int) -> None:
        """Handle a line break or a rule."""

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        """Handle the start of the element from `start` to `end`."""

    def end(self, name: str, start: int, end: int) -> None:
        """Handle the end of an element."""

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        """Handle a piece of text, code or HTML."""


#: What is text in HTML and would be Markdown: each match is escaped.
_MEANT = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])|\[(?=\^)|&(?=\#?\w{1,31};)|(?<!/)~|`
    |^[ \t]*(?:\#(?=\#{0,5}(?:[ \t]|$))|[-+](?=[ \t]|$)|>|:(?=[ \t])|[-=](?=[-=]*[ \t]*$)|\[(?=[^\]\n]{1,200}\]:)|\|)
    |^[ \t]*\d{1,9}[.)](?=[ \t]|$)""",
    re.MULTILINE | re.VERBOSE,
)


def _escaped(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\{found[0][-1]}"


#: Inline elements → the Markdown for their start and end tags.
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "**"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "*"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "`"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
}
#: Elements whose marks may not stand beside a space, which is moved out of them.
_SPACED = frozenset({*_MARKS, "a"})


#: The start of `<details>` without its end, as a blank line ends the HTML.
_DETAILS = re.compile(
    r"\s*+<details\b[^<>]*+>\s*+(?:<summary\b[^<>]*+>((?:(?!</?(?:summary|details)\b).){0,500}?)</summary>)?\s*+",
    re.IGNORECASE | re.DOTALL,
)


class _Opened(Struct):
    """A `<details>` that is not closed yet: its place, its summary, and the colons that it needs as a block."""

    start: int
    end: int
    summary: str
    colons: int = 3


class _Html(Reader):
    """Converts raw HTML to Markdown if the site publishes it; otherwise removes it, as Hugo does."""

    links: list[tuple[str, int, int]] = field(default_factory=list)
    shifted: list[tuple[str, int, int]] = field(default_factory=list)
    blocks: list[tuple[int, int]] = field(default_factory=list)
    opened: list[_Opened] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._leave_open_links()
        for details in self.opened:
            self._block(details.start, details.end)
        is_verbatim = within(self.blocks)  # blocks of code and HTML are never nested
        for found in _ATTRIBUTES.finditer(self.text) if self.dialect.has_attributes else ():
            if not is_verbatim(found.start()):
                self.tell("attributes of a block are left out", found.start(), f"they were {found[0].strip()}")
                self.edits.append(Edit(found.start(), found.end(), ""))

    def start(self, name: str, value: Any, start: int, end: int) -> None:
        if name in ("CodeBlock", "HtmlBlock"):
            self.blocks.append((start, end))
        if name == "HtmlBlock" and not (self.dialect.has_html and self._details(start, end)):
            self._block(start, end)

    def end(self, name: str, start: int, end: int) -> None:
        if name in ("Paragraph", "Heading", "TableCell"):
            self._leave_open_links()
            for _, opened, after in self.shifted:
                self._leave(self.text[opened:after], opened, after)
            self.shifted = []

    def inline(self, name: str, value: str, start: int, end: int) -> None:
        if name.endswith("Math") and not value.startswith(FORMULA):
            self.edits.append(Edit(start, start, "\\"))
        if name != "InlineHtml" or value.startswith("<!--"):
            return
        tag = next((piece for piece in pieces(value) if isinstance(piece, Tag)), None)
        if tag is None or not self.dialect.has_html:
            self._leave(value, start, end)
        elif tag.name in ("sub", "sup"):
            self._shift(tag, value, start, end)
        else:
            self._inline(tag, value, start, end)

    def _inline(self, tag: Tag, value: str, start: int, end: int) -> None:
        if tag.name == "a" and not tag.is_end and "href" in tag.attributes:
            self.links.append((tag.attributes["href"], start, end))
        elif tag.name == "a" and tag.is_end and self.links:
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
        elif tag.name in _BLOCKS and {"TableCell", "Heading"} & set(self.inside):
            self.edits.append(Edit(start, end, "; " if tag.name == "li" and tag.is_end else " "))
        else:
            self._leave(value, start, end)

    def _shift(self, tag: Tag, value: str, start: int, end: int) -> None:
        """Convert `10<sup>6</sup>` to `10⁶` if all characters have such a form; otherwise remove the tags."""
        if not tag.is_end:
            self.shifted.append((tag.name, start, end))
        elif self.shifted and self.shifted[-1][0] == tag.name:
            _, opened, after = self.shifted.pop()
            enclosed = self.text[after:start]
            made = shifted(enclosed, tag.name)
            if made != enclosed:
                self.edits.append(Edit(opened, end, made))
            else:
                self._leave(self.text[opened:after], opened, after)
                self._leave(value, start, end)

    def _leave_open_links(self) -> None:
        """Remove the tags of links that are not closed."""
        for _, start, end in self.links:
            self._leave(self.text[start:end], start, end)
        self.links = []

    def _leave(self, tag: str, start: int, end: int) -> None:
        """Remove a tag, and report it unless it is an end tag."""
        if not tag.startswith("</"):
            self.tell(f"the HTML '{_short(tag)}' is left out; its content is kept", start, "")
        self.edits.append(Edit(start, end, ""))

    def _details(self, start: int, end: int) -> bool:
        """Pair the tags of `<details>` with Markdown between them; return whether this is one of them."""
        text = self.text[start:end]
        opening = _DETAILS.fullmatch(text) if "<details" in text.lower() else None
        if opening:
            self.opened.append(_Opened(start, end, html_as_markdown(opening[1] or "…")))
        elif self.opened and text.strip().lower() == "</details>":
            own = self.opened.pop()
            if self.opened:
                self.opened[-1].colons = max(self.opened[-1].colons, own.colons + 1)
            if own.colons > MOST_COLONS:
                self.tell("<details> around too many others is left out; its content is kept", own.start, "")
                self.edits += [Edit(own.start, own.end, f"{own.summary}\n\n"), Edit(start, end, "")]
                return True
            colons, label = ":" * own.colons, written_label(re.sub(r"[*_`\n\\]", "", own.summary))
            self.edits.append(Edit(own.start, own.end, f"{colons}details[{label}]\n"))
            self.edits.append(Edit(start, end, f"{colons}\n"))
        else:
            return False
        return True

    def _block(self, start: int, end: int) -> None:
        text = self.text[start:end]
        if not without_comments(text).strip():
            return
        if not without_comments(_INSTRUCTION.sub("", text)).strip():
            self._leave(text.strip(), start, end)
            return
        if not self.dialect.has_html:
            self.tell(f"the HTML '{_short(text)}' is left out, as Hugo did", start, "write it in Markdown")
            self.edits.append(Edit(start, end, "\n"))
            return
        made = html_as_markdown(text)
        is_lost = re.search(r"<(iframe|script|style|video|audio|form|object|embed|svg|canvas)\b", text, re.IGNORECASE)
        if is_lost or not made:
            self.tell(f"the HTML '{_short(text)}' is left out", start, "")
        else:
            self.tell(f"the HTML '{_short(text)}' became Markdown", start, "check that it still says the same")
        self.edits.append(Edit(start, end, f"{made}\n" if made else "\n"))


def html_as_markdown(text: str) -> str:
    """Convert HTML to Markdown with all words that a browser shows; block marks and shortcodes stay unchanged."""
    marks: list[str] = []

    def hide(found: re.Match[str]) -> str:
        marks.append(found[0].strip())
        sign = f"\ue000{len(marks) - 1}\ue001"
        return f"\n<p>{sign}</p>\n" if found["line"] else sign

    made = _converted(_MARK.sub(hide, text)) if any(sign in text for sign in ("::", "{", FORMULA)) else _converted(text)
    return re.sub("\ue000(\\d+)\ue001", lambda found: marks[int(found[1])], made)


def _converted(text: str) -> str:
    text = _INSTRUCTION.sub("", without_comments(text)).replace("<!--", "&lt;!--")
    text = _TAG.sub(lambda found: found[0] if found[1].lower() in ELEMENTS else "", text)
    whole = text.rfind(">") + 1  # an unclosed tag is text; the parser would take quadratic time on many of them
    text = text[:whole] + text[whole:].replace("<", "&lt;")
    if _depth(text) > _DEEPEST:
        return _words(text)
    try:
        return str(_converter().convert(text + "\n")).strip()  # Beautiful Soup warns of one line that is an address
    except RecursionError:  # nested deeper than any genuine content
        return _words(text)


def _depth(text: str) -> int:
    """How deep elements are nested in a text, as a parser sees it that closes none by itself."""
    steps = ((-1 if found[0][1] == "/" else found[1].lower() not in VOID) for found in _TAG.finditer(text))
    return max(accumulate(steps, lambda depth, step: max(0, depth + step)), default=0)


@cache
def _converter() -> Any:
    from markdownify import ATX, MarkdownConverter

    class Converter(MarkdownConverter):  # type: ignore[misc, unused-ignore]
        def process_text(self, el: Any, parent_tags: set[str] | None = None) -> str:
            text = str(super().process_text(el, parent_tags))  # type: ignore[misc]
            is_inline = el.parent is not None and el.parent.name in _SPACED
            return re.sub(r"\A\n|\n\Z", " ", text) if is_inline else text

        def escape(self, text: str, parent_tags: set[str]) -> str:
            escaped = str(super().escape(_MEANT.sub(_escaped, text), parent_tags))  # type: ignore[misc]
            return re.sub(r"(?<!\{\{)<", r"\\<", escaped)

        def convert_summary(self, el: Any, text: str, parent_tags: set[str]) -> str:
            return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""

        def convert_details(self, el: Any, text: str, parent_tags: set[str]) -> str:
            return _details(text) if el.name == "details" and el.find("summary") else text

        def convert_sup(self, el: Any, text: str, parent_tags: set[str]) -> str:
            return shifted(text, "sup")

        def convert_sub(self, el: Any, text: str, parent_tags: set[str]) -> str:
            return shifted(text, "sub")

    return Converter(heading_style=ATX, bullets="-")


def _details(text: str) -> str:
    """Convert `<details>` with its summary on the first line to a block with more colons than the blocks in it."""
    summary, _, rest = text.strip().partition("\n")
    colons = ":" * max((len(found) + 1 for found in re.findall(r"^(:{3,})", rest, re.MULTILINE)), default=3)
    label = written_label(re.sub(r"[*_`]", "", summary))
    return f"\n\n{colons}details[{label}]\n{rest.strip()}\n{colons}\n\n" if rest.strip() else f"\n\n{summary}\n\n"


def _words(html: str) -> str:
    """Return the words of a piece of HTML as plain text, escaped for Markdown."""
    words = "".join(piece for piece in pieces(html) if isinstance(piece, str))
    return "\n".join(re.sub(r"([\\<`*_\[\]])", r"\\\1", line.strip()) for line in words.splitlines() if line.strip())


def shifted(text: str, element: str) -> str:
    """Convert a text to superscript (`sup`) or subscript (`sub`) characters; unchanged if one has no such form."""
    table = _RAISED if element == "sup" else _LOWERED
    return text.translate(table) if text and all(ord(sign) in table for sign in text) else text


def _short(text: str) -> str:
    return text.strip().split("\n")[0][:40]


def written_target(target: str) -> str:
    """Return a link target in Markdown syntax."""
    target = with_scheme(target)
    return f"<{target}>" if re.search(r"[\s()]", target) else target
