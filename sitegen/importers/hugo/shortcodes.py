"""Shortcodes of Hugo → Markdown. What has no counterpart there is taken out of the text, and told.

A new one is a function and a line of `SHORTCODES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.source.edits import Edit, Traced

_TAG = re.compile(r'\{\{([<%])((?:"(?:\\.|[^"\\\n])*"|`[^`]*`|[^"`]){0,4000}?)[>%]\}\}')
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
    """

    name: str
    arguments: Mapping[str, str]
    find: Callable[[str], str | None]
    param: Callable[[str], str | None]

    def get(self, *names: str) -> str:
        """The first of these arguments that is given; "" for none."""
        return next((self.arguments[name] for name in names if name in self.arguments), "")


@dataclass(frozen=True, slots=True)
class Made:
    """What stands in place of a shortcode's tags; what it encloses stays between them.

    Attributes:
        loss: what a reader has no more; "" for nothing.
    """

    before: str
    after: str = ""
    loss: str = ""


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
    edits = []
    for tag in tags:
        if tag.is_escaped:
            sign = text[tag.start + 2]
            shown = f"{'/' if tag.is_closing else ''}{tag.name} {tag.arguments}".strip()
            edits.append(Edit(tag.start, tag.end, f"{{{{{sign} {shown} {'>' if sign == '<' else '%'}}}}}"))
        elif not tag.is_closing:
            edits += _replaced(text, tag, Call(tag.name, parse_arguments(tag.arguments), find, param), tell)
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
    for tag in tags:
        if tag.is_escaped:
            continue
        if not tag.is_closing:
            opened.append(tag)
        elif any(other.name == tag.name for other in opened):
            while opened[-1].name != tag.name:
                opened.pop()
            opened.pop().closed_by = tag


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
            yield Edit(own.start, own.end, _left(text, own) if now is None else now)


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


def _details(call: Call) -> Made:
    return Made(f"**{call.get('summary') or 'Details'}**\n", loss="is shown open, below its summary")


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
    "details": _details,
    "param": _param,
    "gist": _address("https://gist.github.com/{0}/{1}"),
    "instagram": _address("https://www.instagram.com/p/{0}/"),
    "tweet": _TWEET,
    "twitter": _TWEET,
    "x": _TWEET,
    "vimeo": _address("https://vimeo.com/{0}"),
    "youtube": _address("https://www.youtube.com/watch?v={0}"),
}
