"""Converts shortcodes of Hugo and its popular themes to Markdown and built-in blocks.

To add one, write a function and add it to `SHORTCODES`. Other shortcodes become the site's own blocks; see `declared`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from sitegen.content.blocks import written_label, written_value
from sitegen.importers.html_to_markdown import html_as_markdown
from sitegen.importers.hugo.formulas import formula
from sitegen.importers.hugo.shortcode_parser import Form


class Ways(Struct, frozen=True, kw_only=True):
    """The lookup functions for a page's shortcodes."""

    find: Callable[[str], str | None]  #: page in the syntax of `ref` → its old address; None if there is no such page
    param: Callable[[str], str | None]  #: name of a parameter → its text; None if it is missing
    target: Callable[[str], str | None]  #: old address or file → its new target; None if it does not exist


class Call(Struct, frozen=True, kw_only=True):
    """A shortcode with its arguments."""

    name: str
    arguments: Mapping[str, str]  #: arguments by name, or by 0-based position
    ways: Ways
    form: Form = "inline"  #: its form in the text
    inner: str = ""  #: the text that it encloses
    colons: int = 0  #: the number of colons of its block; 0 if it can't be a block
    outer: Call | None = None  #: the enclosing shortcode
    index: int = 0  #: the number of preceding shortcodes with the same name in `outer`
    asked: set[str] = field(default_factory=set)  #: the arguments that its conversion has asked for

    def get(self, *names: str) -> str:
        """Return the first of these arguments that is given; "" if there is none."""
        self.asked.update(names)
        return next((self.arguments[name] for name in names if name in self.arguments), "")

    def unasked(self) -> dict[str, str]:
        """Return the arguments with text for readers for which nothing has asked."""
        given = self.arguments.items()
        return {name: value for name, value in given if name not in self.asked and is_read(name, value)}


#: Arguments that control the look, or whose values are not shown to readers.
_UNREAD = frozenset(
    """align class color colour file filter filterargs height href icon id image img lang language link options page path
    pattern process size src style target theme type url width""".split()  # noqa: SIM905
)


def is_read(name: str, value: str) -> bool:
    """Whether an argument is text for readers: several words, a non-ASCII word or a capitalized word."""
    if name.lower() in _UNREAD:
        return False
    if re.search(r"[/\\<>{}=]|\w\.\w|://", value):
        return " " in value.strip() and re.search(r"[^\W\d_]{2} [^\W\d_]", value) is not None
    return re.search(r"\S\s+\S", value) is not None or not value.isascii() or value[:1].isupper()


class Made(Struct, frozen=True):
    """The replacement of a shortcode's tags; the enclosed text stays between them."""

    before: str
    after: str = ""
    loss: str = ""  #: what is lost for readers; "" for nothing
    is_block: bool = False  #: whether both replacements are on their own lines
    is_whole: bool = False  #: whether `before` replaces the enclosed text too


class Leaf(Struct, frozen=True):
    """A block without enclosed text."""

    name: str
    facts: Mapping[str, str]  #: its attributes that are only in the source version
    label: str  #: the text in its brackets
    otherwise: Made  #: the replacement for languages whose facts differ from the source's
    words: Mapping[str, str] = field(default_factory=dict)
    loss: str = ""  #: what is lost for readers; "" for nothing

    def written(self, *, has_facts: bool) -> str:
        """Return the block as a line."""
        label = f"[{written_label(self.label)}]" if self.label else ""
        return f"::{self.name}{label}{written_attributes({**(self.facts if has_facts else {}), **self.words})}"


def written_attributes(given: Mapping[str, str]) -> str:
    """Return attributes in braces; "" if all are empty."""
    filled = [f"{name}={written_value(value)}" for name, value in given.items() if value.strip()]
    return f"{{{' '.join(filled)}}}" if filled else ""


# Hugo's built-in shortcodes


def _ref(call: Call) -> Made:
    target = call.get("path", "0")
    return Made(call.ways.find(target) or target)


def _figure(call: Call) -> Made | Leaf:
    """Convert to a picture, or to a figure block if it has a plain-text caption and no link."""
    caption, title, source = call.get("caption"), call.get("title"), call.get("attr")
    alt, src, link = _plain(call.get("alt") or caption or title), call.get("src", "0"), call.get("link")
    picture = f"![{alt}]({_target(src)})"
    picture = f"[{picture}]({_target(link)})" if link else picture
    words = " ".join(part for part in (f"**{title}**" if title else "", caption, source) if part)
    made = Made(f"{picture}\n\n{words}\n" if words else picture)
    own, is_plain = call.ways.target(src), re.search(r"[*_`\[\]<>\\]", f"{title}{caption}{source}") is None
    if own is None or "/" in own or link or not words or not is_plain or call.form != "leaf":
        return made
    label = " · ".join(part for part in (title, caption) if part)
    return Leaf("figure", {"src": own}, label, made, {"alt": alt, "credit": source})


def _plain(text: str) -> str:
    return re.sub(r"[*_`\[\]]", "", text)


def _target(text: str) -> str:
    return f"<{text}>" if " " in text else text


def _highlight(call: Call) -> Made:
    language, code = call.get("lang", "language", "0"), call.inner.strip("\n")
    options = call.get("options", "1").replace(" ", "")
    shown = [name for name in ("hl_lines", "linenos") if name in options.lower()]
    most = max(map(len, re.findall("`+", code)), default=0)
    loss = f"is without its {' and '.join(shown)}" if shown else ""
    if call.form == "inline" or "hl_inline=true" in options:
        ticks = "`" * (1 + most)
        return Made(f"{ticks}{code}{ticks}", is_whole=True)
    fence = "`" * max(3, 1 + most)
    return Made(f"{fence}{language}", fence, loss=loss, is_block=True)


def _formula(call: Call) -> Made:
    is_block = "\n" in call.inner or call.get("display") not in ("", "false") or call.get("0") in ("display", "block")
    return Made(formula(call.inner, is_block=is_block), is_whole=True)


def _video(pattern: str, host: str) -> Callable[[Call], Made | Leaf]:
    """Return a function that converts a video on another site to a card that links to it."""

    def make(call: Call) -> Made | Leaf:
        address = pattern.format(call.get("id", "0"))
        otherwise = Made(f"<{address}>", loss="became a link")
        if call.form != "leaf":
            return otherwise
        label = call.get("title") or host
        return Leaf("video", {"src": address}, label, otherwise, loss="became a card that leads there")

    return make


def _raw(call: Call) -> Made:
    """Convert HTML that Hugo publishes unchanged."""
    return Made(html_as_markdown(call.inner), is_whole=True)


def _hidden(call: Call) -> Made:
    """Remove a text that is not shown."""
    return Made("", is_whole=True)


def _block(name: str, *titles: str, needs: str = "") -> Callable[[Call], Made | None]:
    """Return a function that converts an enclosing shortcode to a block; `needs` is the default of a required title."""

    def make(call: Call) -> Made | None:
        if not call.colons:
            return None
        title = call.get(*titles) or needs
        colons = ":" * call.colons
        return Made(f"{colons}{name}" + (f"[{written_label(title)}]" if title else ""), colons, is_block=True)

    return make


def _tab(call: Call) -> Made | None:
    """Convert a tab, whose title may be in a list on the enclosing shortcode."""
    listed = call.outer.get("items", "names", "titles").split(",") if call.outer else []
    needs = listed[call.index].strip() if call.index < len(listed) else ""
    return _block("tab", "title", "name", "header", "label", "0", needs=needs or "…")(call)


def _call_out(call: Call) -> Made | None:
    """Convert `{{% notice warning "Title" %}}`; type and title are given by position or by name."""
    sort = call.get("type", "style", "context", "color", "0").lower()
    return _block(_SORTS.get(sort, "note"), "title", "1" if sort in _SORTS else "0")(call)


#: Types of call-outs in themes → name of the block.
_SORTS = {
    "note": "note", "info": "note", "primary": "note", "secondary": "note", "tip": "tip", "success": "tip", "hint": "tip",
    "important": "important", "warning": "warning", "warn": "warning", "caution": "warning", "danger": "warning", "error": "warning",
}  # fmt: skip


def _param(call: Call) -> Made | None:
    value = call.ways.param(call.get("0", "name"))
    return None if value is None else Made(value)


def _address(pattern: str) -> Callable[[Call], Made]:
    """Return a function that converts embedded content of another site to a link."""

    def make(call: Call) -> Made:
        values = [call.get("user", "0"), call.get("id", "1")] if "{1}" in pattern else [call.get("id", "0")]
        return Made(f"<{pattern.format(*values)}>", loss="became a link")

    return make


_TWEET = _address("https://x.com/{0}/status/{1}")
#: Name of a shortcode → function that converts it; this returns None if it can't be converted.
SHORTCODES: Mapping[str, Callable[[Call], Made | Leaf | None]] = {
    "ref": _ref,
    "relref": _ref,
    "figure": _figure,
    "highlight": _highlight,
    **dict.fromkeys(("katex", "math", "latex"), _formula),
    **{name: _block(block, "title", "0") for name, block in _SORTS.items() if name not in ("primary", "secondary")},
    **dict.fromkeys(("admonition", "alert", "callout", "notice"), _call_out),
    **dict.fromkeys(("details", "expand", "collapse"), _block("details", "summary", "title", "0", needs="…")),
    **dict.fromkeys(("tabs", "tabpane"), _block("tabs")),
    "tab": _tab,
    "steps": _block("steps"),
    "param": _param,
    "gist": _address("https://gist.github.com/{0}/{1}"),
    "instagram": _address("https://www.instagram.com/p/{0}/"),
    "tweet": _TWEET,
    "twitter": _TWEET,
    "x": _TWEET,
    "vimeo": _video("https://vimeo.com/{0}", "Vimeo"),
    "youtube": _video("https://www.youtube.com/watch?v={0}", "YouTube"),
    "comment": _hidden,
    **dict.fromkeys(("rawhtml", "raw", "html", "unsafe"), _raw),
}
