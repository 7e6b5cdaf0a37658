"""Markdown that is none: what an editor meant as a heading, a list, bold words, a link or a note, and readers see as it is written.

A parser takes all of it for text. So the text is looked at alone, without code, links and whatever else is well formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sitegen.content.blocks import Marked, parse_around
from sitegen.content.markdown import OPTIONS
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark, Places
from sitegen.source.yaml import Source

#: In place of each character that is no text.
_BLANK = "\0"
#: Bold words that are surely well formed.
_BOLD = re.compile(r"\*\*\w(?:[^*\n]*\w)?\*\*|__\w(?:[^_\n]*\w)?__")
_BLOCKS_OF_CODE = frozenset({"CodeBlock", "HtmlBlock"})


class _Slip(NamedTuple):
    """What is found in text alone, with what to say of it.

    Attributes:
        pattern: its group is what is marked.
        message: {0} is what is marked; so in `hint` and `mend`.
        mend: what stands in its place, where that is certain.
        raw: what a text has that may have the slip, where `pattern` finds in it what is well formed too.
    """

    pattern: re.Pattern[str]
    message: str
    hint: str
    mend: str | None = None
    raw: re.Pattern[str] | None = None


def _line_with(pattern: str) -> re.Pattern[str]:
    """A pattern at the beginning of a line's text."""
    return re.compile(f"^[{_BLANK} ]*{pattern}", re.MULTILINE)


_HASH = re.compile(r"[#＃](?<![(/\w][#＃])[^#\s]|＃")
#: A character before an address that is part of something else; those of which an address is made.
_WITHIN, _OF_ADDRESS = rf"[A-Za-z0-9_/@.:<({_BLANK}]", rf"[^\s<>(){_BLANK}，。；：！？、（）《》]"
_LIST = "begin each item with - and a space"
_LINK = "write [words](/address/)"
#: Every slip that is looked for.
SLIPS = (
    _Slip(
        _line_with(rf"(#{{2,6}})(?=[^#\s{_BLANK}])"),
        "'{0}' makes no heading without a space behind it",
        "write `{0} ` and the heading",
        "{0} ",
        raw=_HASH,
    ),
    _Slip(
        _line_with(r"(#(?=[^\W\d_])|＃+)"),
        "'{0}' makes no heading",
        "write `## ` and the heading; for the sign \\#",
        raw=_HASH,
    ),
    _Slip(_line_with(r"([•●▪◦‣\uf0b7]\s*|·\s+)(?=\S)"), "'{0}' makes no list", _LIST, "- "),
    _Slip(_line_with(r"(-)(?=[^\W\d])"), "'{0}' makes no list without a space behind it", _LIST),
    _Slip(
        _line_with(r"(\d{1,2}[.)])(?=[^\W\d_a-z])"),
        "'{0}' makes no list without a space behind it",
        "write `{0} ` and the item",
        "{0} ",
    ),
    _Slip(
        re.compile(r"(\*\*)(?:(?=\S)|(?<=\S\*\*))"),
        "'{0}' makes no bold words here, and is shown",
        "write **words** with no space inside, and no punctuation inside next to a letter outside; for the signs \\*\\*",
    ),
    _Slip(
        re.compile(r"(__)(?:(?<!\w__)(?=\w)|(?<=\w__)(?!\w))"),
        "'{0}' makes no bold words here, and is shown",
        "write **words**; for the signs \\_\\_",
    ),
    _Slip(
        re.compile(r"(\][ \t]+\()(?=(?:/|#|\.\./|https?:|mailto:)[^)\n]*\))"),
        "a space parts the words of a link from its address",
        _LINK,
        "](",
    ),
    _Slip(re.compile(r"(\][ \t]*（)"), "'{0}' makes no link; its brackets are plain ones", _LINK),
    _Slip(
        re.compile(r"(?<!\\)(\]\()"),
        "a link is begun here, and is none",
        f"{_LINK}: a [ before the words, a ) behind the address, no space in it",
        raw=re.compile(r"\]\((?![^\s()]*(?:\)|\s+\"))"),
    ),
    _Slip(re.compile(r"(\[\[)[^\[\]\n]+\]\]"), "'{0}' makes no link", _LINK),
    _Slip(
        re.compile(
            rf"(https?://(?<!{_WITHIN}http://)(?<!{_WITHIN}https://){_OF_ADDRESS}*{_OF_ADDRESS}(?<![.,;:!?'\"»”]))"
        ),
        "an address alone makes no link",
        "write <{0}>, or [words]({0})",
        "<{0}>",
    ),
    _Slip(
        _line_with(r"(\|)[^\n]*\|[ \t]*$"),
        "a table is begun here, and is none",
        "write a line | --- | --- | under its first line, with a --- for each column, and an empty line above it",
    ),
    _Slip(re.compile(r"\)(\[)(?=/|https?:)"), "a link has its words in [ ] and its address in ( )", _LINK),
    _Slip(
        re.compile(r"(\[\^[^\]\s]+\])"),
        "the note '{0}' is written nowhere",
        "add a line `{0}: …` below, or take it away",
        raw=re.compile(r"\[\^"),
    ),
)


def find_unmarked(source: Source, first_line: int) -> Iterator[Problem]:
    """The slips in the Markdown that stands in a file from `first_line` on; of one sort the first in each line."""
    text = "\n".join(source.lines[first_line - 1 :])
    if not _may_have_some(_BOLD.sub("", text)):
        return
    alone = text_alone(text)
    places = Places(alone, first_line)
    for slip in SLIPS:
        last = 0
        for found in slip.pattern.finditer(alone):
            mark = places.mark(found.start(1), len(found[1]))
            if mark.line != last:
                yield _problem(source, mark, slip, found[1].strip())
            last = mark.line


def _may_have_some(text: str) -> bool:
    """Whether it's worth while to look closer; most texts have nothing of the sort."""
    return text.count("[") != text.count("]") or any((slip.raw or slip.pattern).search(text) for slip in SLIPS)


def _problem(source: Source, mark: Mark, slip: _Slip, words: str) -> Problem:
    mend = None if slip.mend is None else slip.mend.format(words)
    return source.problem("markdown", slip.message.format(words), mark, slip.hint.format(words), mend)


def text_alone(text: str) -> str:
    """Markdown with all blanked that is code or markup; line ends and what escapes a sign stay, and everything stands where it stood."""
    marked = parse_around(text, OPTIONS)
    encoded, parts, end, code = _without_marks(text, marked), list[str](), 0, 0
    event: Any
    for event, place in marked.events:
        if not isinstance(event, dict):
            continue
        ((name, value),) = event.items()
        if name in ("Start", "End"):
            is_code = any(block in value for block in _BLOCKS_OF_CODE)
            code += (1 if name == "Start" else -1) * is_code
        elif name == "Text" and not code and place["start"] >= end:
            parts += [_blanked(encoded[end : place["start"]]), encoded[place["start"] : place["end"]].decode()]
            end = place["end"]
    return "".join((*parts, _blanked(encoded[end:])))


def _without_marks(text: str, marked: Marked) -> bytes:
    """The text with the marks of blocks blanked, a colon that is no mark as it is written."""
    encoded = bytearray(text.encode())
    for start, mark in marked.marks.items():
        if mark.role != "colon":
            size = len(text[mark.start : mark.end].encode())
            encoded[start : start + size] = _BLANK.encode() * size
    return bytes(encoded)


def _blanked(encoded: bytes) -> str:
    return re.sub(r"[^\n\\]", _BLANK, encoded.decode())
