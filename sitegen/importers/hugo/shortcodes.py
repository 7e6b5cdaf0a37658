"""Shortcodes of Hugo and of its usual themes → Markdown and the blocks that every site here has.

A new one is a function and a line of `SHORTCODES`. Those that are not here become blocks of the site's own: see `declared`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from sitegen.content.blocks import written_label, written_value
from sitegen.importers.html import html_as_markdown
from sitegen.importers.hugo.tags import Form


class Call(Struct, frozen=True, kw_only=True):
    """A shortcode with what it is given.

    Attributes:
        arguments: by name, or by number from 0 on.
        find: a page as `ref` names it → its content path; None where there is none.
        param: the text of a parameter; None where there is none.
        target: an address or a file as it is named here; None where there is none.
        form: how it stands in its text.
        inner: the text that it encloses.
        colons: with how many a block begins that is made of it; 0 for one that can't be a block.
        outer: the shortcode that it stands in.
        index: how many of its name stand before it there.
    """

    name: str
    arguments: Mapping[str, str]
    find: Callable[[str], str | None]
    param: Callable[[str], str | None]
    target: Callable[[str], str | None]
    form: Form = "inline"
    inner: str = ""
    colons: int = 0
    outer: Call | None = None
    index: int = 0

    def get(self, *names: str) -> str:
        """The first of these arguments that is given; "" for none."""
        return next((self.arguments[name] for name in names if name in self.arguments), "")


class Made(Struct, frozen=True):
    """What stands in place of a shortcode's tags; what it encloses stays between them.

    Attributes:
        loss: what a reader has no more; "" for nothing.
        is_block: whether both stand on lines of their own.
        is_whole: whether what it encloses goes, and `before` is all that stays.
    """

    before: str
    after: str = ""
    loss: str = ""
    is_block: bool = False
    is_whole: bool = False


class Leaf(Struct, frozen=True):
    """A block without a text in it.

    Attributes:
        facts: its attributes that stand in the source version only.
        label: what stands in its brackets.
        otherwise: what stands in its place where a language has other facts than the source.
        loss: what a reader has no more; "" for nothing.
    """

    name: str
    facts: Mapping[str, str]
    label: str
    otherwise: Made
    words: Mapping[str, str] = field(default_factory=dict)
    loss: str = ""

    def written(self, *, has_facts: bool) -> str:
        """It as a line."""
        label = f"[{written_label(self.label)}]" if self.label else ""
        return f"::{self.name}{label}{written_attributes({**(self.facts if has_facts else {}), **self.words})}"


def written_attributes(given: Mapping[str, str]) -> str:
    """Attributes in braces; "" for none."""
    filled = [f"{name}={written_value(value)}" for name, value in given.items() if value.strip()]
    return f"{{{' '.join(filled)}}}" if filled else ""


# those that Hugo brings


def _ref(call: Call) -> Made:
    target = call.get("path", "0")
    return Made(call.find(target) or target)


def _figure(call: Call) -> Made | Leaf:
    """A picture; a figure where it has words below it that are plain ones, and leads nowhere."""
    caption, title, source = call.get("caption"), call.get("title"), call.get("attr")
    alt, src, link = _plain(call.get("alt") or caption or title), call.get("src", "0"), call.get("link")
    picture = f"![{alt}]({_target(src)})"
    picture = f"[{picture}]({_target(link)})" if link else picture
    words = " ".join(part for part in (f"**{title}**" if title else "", caption, source) if part)
    made = Made(f"{picture}\n\n{words}\n" if words else picture)
    own, is_plain = call.target(src), re.search(r"[*_`\[\]<>\\]", f"{title}{caption}{source}") is None
    if own is None or "/" in own or link or not words or not is_plain or call.form != "leaf":
        return made
    label = " · ".join(part for part in (title, caption) if part)
    return Leaf("figure", {"src": own}, label, made, {"alt": alt, "credit": source})


def _plain(text: str) -> str:
    return re.sub(r"[*_`\[\]]", "", text)


def _target(text: str) -> str:
    return f"<{text}>" if " " in text else text


def _highlight(call: Call) -> Made:
    return Made(f"```{call.get('lang', 'language', '0')}", "```")


def _video(pattern: str, host: str) -> Callable[[Call], Made | Leaf]:
    """A film on another site → a card that leads there."""

    def make(call: Call) -> Made | Leaf:
        address = pattern.format(call.get("id", "0"))
        otherwise = Made(f"<{address}>", loss="became a link")
        if call.form != "leaf":
            return otherwise
        return Leaf(
            "video", {"src": address}, call.get("title") or host, otherwise, loss="became a card that leads there"
        )

    return make


def _raw(call: Call) -> Made:
    """HTML that Hugo publishes as it is."""
    return Made(html_as_markdown(call.inner), is_whole=True)


def _hidden(call: Call) -> Made:
    """A text that nobody sees."""
    return Made("", is_whole=True)


def _block(name: str, *titles: str, needs: str = "") -> Callable[[Call], Made | None]:
    """A shortcode that encloses a text → a block; `needs` is its title where none is given and there must be one."""

    def make(call: Call) -> Made | None:
        if not call.colons:
            return None
        title = call.get(*titles) or needs
        colons = ":" * call.colons
        return Made(f"{colons}{name}" + (f"[{written_label(title)}]" if title else ""), colons, is_block=True)

    return make


def _tab(call: Call) -> Made | None:
    """A tab, whose title may stand in a list of those around it."""
    listed = call.outer.get("items", "names", "titles").split(",") if call.outer else []
    needs = listed[call.index].strip() if call.index < len(listed) else ""
    return _block("tab", "title", "name", "header", "label", "0", needs=needs or "…")(call)


def _call_out(call: Call) -> Made | None:
    """`{{% notice warning "Title" %}}`: of what sort it is, then its title, each by its place or by name."""
    sort = call.get("type", "style", "context", "color", "0").lower()
    return _block(_SORTS.get(sort, "note"), "title", "1" if sort in _SORTS else "0")(call)


#: What themes call their call-outs → the block that it is.
_SORTS = {
    "note": "note", "info": "note", "primary": "note", "secondary": "note", "tip": "tip", "success": "tip", "hint": "tip",
    "important": "important", "warning": "warning", "warn": "warning", "caution": "warning", "danger": "warning", "error": "warning",
}  # fmt: skip


def _param(call: Call) -> Made | None:
    value = call.param(call.get("0", "name"))
    return None if value is None else Made(value)


def _address(pattern: str) -> Callable[[Call], Made]:
    """A shortcode that shows something of another site → a link to it."""

    def make(call: Call) -> Made:
        values = [call.get("user", "0"), call.get("id", "1")] if "{1}" in pattern else [call.get("id", "0")]
        return Made(f"<{pattern.format(*values)}>", loss="became a link")

    return make


_TWEET = _address("https://x.com/{0}/status/{1}")
#: Name of a shortcode → what stands in its place; None where that can't be told.
SHORTCODES: Mapping[str, Callable[[Call], Made | Leaf | None]] = {
    "ref": _ref,
    "relref": _ref,
    "figure": _figure,
    "highlight": _highlight,
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
