"""Shortcodes of Hugo → Markdown. What has no counterpart there is taken out of the text, and told.

A new one is a function and a line of `SHORTCODES`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.content.blocks import written_label
from sitegen.source.edits import Edit, Traced

_TAG = re.compile(r'\{\{([<%])((?:"(?:\\.|[^"\\\n])*+"|`[^`]*+`|[^"`{]|\{(?!\{[<%])){0,4000}?)[>%]\}\}')
_LEFT = re.compile(r"\{\{[<%]")
_ARGUMENT = re.compile(r'(?:([\w-]+)=)?("(?:\\.|[^"\\])*"|`[^`]*`|[^\s"`]+)')

#: Tells what became of a shortcode: message, offset, hint.
Tell = Callable[[str, int, str], None]


@dataclass(frozen=True, slots=True)
class Call:
    """A shortcode with what it is given.

    Attributes:
        arguments: by name, or by number from 0 on.
        find: a page as `ref` names it → its content path; None where there is none.
        param: the text of a parameter; None where there is none.
        colons: with how many a block begins that is made of it; 0 for one that encloses nothing.
    """

    name: str
    arguments: Mapping[str, str]
    find: Callable[[str], str | None]
    param: Callable[[str], str | None]
    colons: int = 0

    def get(self, *names: str) -> str:
        """The first of these arguments that is given; "" for none."""
        return next((self.arguments[name] for name in names if name in self.arguments), "")


@dataclass(frozen=True, slots=True)
class Made:
    """What stands in place of a shortcode's tags; what it encloses stays between them.

    Attributes:
        loss: what a reader has no more; "" for nothing.
        is_block: whether both stand on lines of their own.
    """

    before: str
    after: str = ""
    loss: str = ""
    is_block: bool = False


@dataclass
class _Tag:
    """A tag in a text."""

    start: int
    end: int
    name: str
    arguments: str
    is_closing: bool
    is_escaped: bool
    closed_by: _Tag | None = field(default=None, repr=False)

    @classmethod
    def of(cls, found: re.Match[str]) -> _Tag:
        words = found[2].strip()
        is_escaped = words.startswith("/*") and words.endswith("*/")
        words = words[2:-2].strip() if is_escaped else words
        name, *arguments = words.lstrip("/ \n").split(maxsplit=1) or [""]
        return cls(found.start(), found.end(), name.rstrip("/"), "".join(arguments), words.startswith("/"), is_escaped)


def replace_shortcodes(
    text: str, find: Callable[[str], str | None], param: Callable[[str], str | None], tell: Tell
) -> Traced:
    """The text with Markdown in place of its shortcodes; those that are shown as an example stay."""
    tags = [_Tag.of(found) for found in _TAG.finditer(text)]
    _pair(tags)
    colons = _colons([tag for tag in tags if not tag.is_escaped and not tag.is_closing])
    edits = []
    for tag in tags:
        if tag.is_escaped:
            sign = text[tag.start + 2]
            shown = f"{'/' if tag.is_closing else ''}{tag.name} {tag.arguments}".strip()
            edits.append(Edit(tag.start, tag.end, f"{{{{{sign} {shown} {'>' if sign == '<' else '%'}}}}}"))
        elif not tag.is_closing:
            call = Call(tag.name, parse_arguments(tag.arguments), find, param, colons.get(tag.start, 0))
            edits += _replaced(text, tag, call, tell)
    closed = {tag.closed_by.start for tag in tags if tag.closed_by}
    edits += [
        Edit(tag.start, tag.end, "")
        for tag in tags
        if tag.is_closing and not tag.is_escaped and tag.start not in closed
    ]
    for found in _LEFT.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)):
        tell("a shortcode that can't be read", found.start(), "look for a quote or a bracket that is missing")
    return Traced(text).edited(edits)


def parse_arguments(text: str) -> dict[str, str]:
    """`"a b" c=d` → {"0": "a b", "c": "d"}."""
    found: dict[str, str] = {}
    for name, value in _ARGUMENT.findall(text.strip().removesuffix(" /")):
        plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] == '"' else value.strip("`")
        found[name or str(len(found))] = plain
    return found


def _pair(tags: Sequence[_Tag]) -> None:
    """Let each tag know the one that closes it."""
    opened: list[_Tag] = []
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
            opened.pop().closed_by = tag


def _colons(tags: Sequence[_Tag]) -> dict[int, int]:
    """Offset of a tag that is closed → how many colons its block has: more than any block within it."""
    found: dict[int, int] = {}
    opened: list[tuple[_Tag, int]] = []
    for tag in tags:
        while opened and opened[-1][0].closed_by is not None and opened[-1][0].closed_by.start < tag.start:
            done, height = opened.pop()
            found[done.start] = height
            if opened:
                opened[-1] = opened[-1][0], max(opened[-1][1], height + 1)
        if tag.closed_by is not None:
            opened.append((tag, 3))
    while opened:
        done, height = opened.pop()
        found[done.start] = height
        if opened:
            opened[-1] = opened[-1][0], max(opened[-1][1], height + 1)
    return found


def _replaced(text: str, tag: _Tag, call: Call, tell: Tell) -> Iterator[Edit]:
    made = SHORTCODES[tag.name](call) if tag.name in SHORTCODES else None
    if made is None:
        what = ", what it encloses stays" if tag.closed_by else ""
        tell(
            f"the shortcode '{tag.name}' has no counterpart and is left out{what}",
            tag.start,
            f"it was {text[tag.start : tag.end]}",
        )
    elif made.loss:
        tell(f"the shortcode '{tag.name}' {made.loss}", tag.start, f"it was {text[tag.start : tag.end]}")
    for own, now in ((tag, made.before if made else None), (tag.closed_by, made.after if made else None)):
        if own is not None:
            now = _alone(text, own, now) if now is not None and made is not None and made.is_block else now
            yield Edit(own.start, own.end, _left(text, own) if now is None else now)


def _alone(text: str, tag: _Tag, mark: str) -> str:
    """The mark of a block in a tag's place, on a line of its own that is indented as the tag's."""
    before, after = text[: tag.start].rpartition("\n")[2], text[tag.end :].partition("\n")[0]
    indent = re.match(r"[ \t>]*", before)[0]  # type: ignore[index]
    is_first = re.fullmatch(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?", before) is not None
    return ("" if is_first else f"\n{indent}") + mark + (f"\n{indent}" if after.strip() else "")


def _left(text: str, tag: _Tag) -> str:
    """What stays of a tag without a counterpart: a comment, if it has a line of its own."""
    before, after = text[: tag.start].rpartition("\n")[2], text[tag.end :].partition("\n")[0]
    written = text[tag.start : tag.end]
    is_alone = len(before) < 4 and not before.strip() and not after.strip()
    return f"<!-- {written} -->" if is_alone and "\n" not in written and "--" not in written else ""


# those that Hugo brings


def _ref(call: Call) -> Made:
    target = call.get("path", "0")
    return Made(call.find(target) or target)


def _figure(call: Call) -> Made:
    caption, title, source = call.get("caption"), call.get("title"), call.get("attr")
    picture = f"![{_plain(call.get('alt') or caption or title)}]({_target(call.get('src', '0'))})"
    if link := call.get("link"):
        picture = f"[{picture}]({_target(link)})"
    words = " ".join(part for part in (f"**{title}**" if title else "", caption, source) if part)
    return Made(f"{picture}\n\n{words}\n" if words else picture)


def _plain(text: str) -> str:
    return re.sub(r"[*_`\[\]]", "", text)


def _target(text: str) -> str:
    return f"<{text}>" if " " in text else text


def _highlight(call: Call) -> Made:
    return Made(f"```{call.get('lang', 'language', '0')}", "```")


def _block(name: str, *titles: str, needs: str = "") -> Callable[[Call], Made | None]:
    """A shortcode that encloses a text → a block; `needs` is its title where none is given and there must be one."""

    def make(call: Call) -> Made | None:
        if not call.colons:
            return None
        title = call.get(*titles) or needs
        colons = ":" * call.colons
        return Made(f"{colons}{name}" + (f"[{written_label(title)}]" if title else ""), colons, is_block=True)

    return make


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
SHORTCODES: Mapping[str, Callable[[Call], Made | None]] = {
    "ref": _ref,
    "relref": _ref,
    "figure": _figure,
    "highlight": _highlight,
    **{name: _block(block, "title", "0") for name, block in _SORTS.items() if name not in ("primary", "secondary")},
    **dict.fromkeys(("admonition", "alert", "callout", "notice"), _call_out),
    **dict.fromkeys(("details", "expand", "collapse"), _block("details", "summary", "title", "0", needs="…")),
    **dict.fromkeys(("tabs", "tabpane"), _block("tabs")),
    "tab": _block("tab", "title", "name", "header", "label", "0", needs="…"),
    "steps": _block("steps"),
    "param": _param,
    "gist": _address("https://gist.github.com/{0}/{1}"),
    "instagram": _address("https://www.instagram.com/p/{0}/"),
    "tweet": _TWEET,
    "twitter": _TWEET,
    "x": _TWEET,
    "vimeo": _address("https://vimeo.com/{0}"),
    "youtube": _address("https://www.youtube.com/watch?v={0}"),
}
