"""Texts as most are: paragraphs, headings, lists, quotations, tables, emphasis and links, and blocks between them.

pulldown-cmark writes the HTML of such a text itself, many times as fast as it can be written from events. What events are
needed for, the places of headings and links, is found here in the text, where nothing but a heading or a link can look
like one. A text with anything else is left to the events.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyromark
from msgspec import Struct

from sitegen.content.blocks import Found, hide_marks
from sitegen.source.mark import Mark

#: With one of these a text may hold code, HTML, pictures, definitions, call-outs, or control characters: single signs,
#: signs in a row by their rarer one, and patterns that begin with a literal character, for which the search is fast.
_SIGNS = ("<", "\t", "{", "\r")
_ROWS = (("`", "```"), ("~", "~~~"), ("!", "!["), ("!", "[!"), ("&", "&#"))
_INDENTED, _AFTER = re.compile(r"\n "), re.compile(r":(?<=[\]\n]:)")
_TARGET = re.compile(r"\]\(([\w/.:?=~+#%-]+)\)", re.ASCII)
_TITLE = re.compile(r"\n(#{1,6})(?=[ \n]|\Z)")
LINK_TAG, HEADING_TAG, _RULE_TAG = '<a href="', re.compile(r"<h([1-6])>"), "<hr />\n"
#: A line end that a line of the same paragraph follows.
_BREAK = re.compile(r"\n(?!</?(?:[uo]l|li|p|h\d|table|thead|tbody|t[rhd]|blockquote|hr)[ >]|\Z)")
#: How pulldown-cmark writes a tag → how the writer of events does.
_TAGS = (
    ("<li>\n", "<li>"),
    ("<br />", "<br>"),
    ("<table><thead><tr>", "<table>\n<thead>\n<tr>"),
    ("</tr></thead><tbody>\n", "</tr>\n</thead>\n<tbody>\n"),
    ("</tbody></table>", "</tbody>\n</table>"),
    (' style="text-align: left"', ""),
    (' style="text-align: center"', ' class="align-center"'),
    (' style="text-align: right"', ' class="align-end"'),
)


class Plain(Struct, frozen=True):
    """A text's HTML, and what is in it, in order."""

    runs: list[str]  #: the HTML between the marks of blocks; links and headings are as pulldown-cmark writes them
    marks: Sequence[Found]
    titles: list[tuple[int, int]]  #: level and line of each heading
    links: list[tuple[str, Mark]]  #: target and place of each link


def parse_plain(text: str, first_line: int, marks: Sequence[Found], options: Any, *, is_unspaced: bool) -> Plain | None:
    """Parse a text; None if it has more than can be read without events.

    Args:
        marks: the marks of its blocks.
        is_unspaced: whether line ends in it may mean no space.
    """
    if not all(_is_line(text, mark) for mark in marks):
        return None
    shown = hide_marks(text, marks)[0] if marks else text
    if _has_other(shown):
        return None
    links = _find_links(shown, first_line) if "[" in shown else []
    if shown.count("[") != len(links):
        return None
    html = pyromark.html(shown, options=options)
    titles = _find_titles(shown, first_line)
    if (
        [level for level, _ in titles] != [int(level) for level in HEADING_TAG.findall(html)]
        or [target for target, _ in links] != [part.partition('"')[0] for part in html.split(LINK_TAG)[1:]]
        or html.count(_RULE_TAG) != len(marks)
        or (is_unspaced and _BREAK.search(html))
    ):
        return None
    for theirs, ours in _TAGS if "|" in shown else _TAGS[:2]:
        html = html.replace(theirs, ours)
    return Plain(html.split(_RULE_TAG), marks, titles, links)


def _has_other(text: str) -> bool:
    """Whether a text may have more than can be read without events."""
    return (
        any(sign in text for sign in _SIGNS)
        or any(sign in text and row in text for sign, row in _ROWS)
        or text[:1] in (" ", ":")
        or _INDENTED.search(text) is not None
        or _AFTER.search(text) is not None
    )


def _is_line(text: str, mark: Found) -> bool:
    """Whether a mark is alone on its line and begins it."""
    begins = mark.start == 0 or text[mark.start - 1] == "\n"
    return begins and mark.role in ("open", "close", "leaf") and text[mark.end : mark.end + 1] in ("\n", "")


def _find_links(text: str, line: int) -> list[tuple[str, Mark]]:
    links, last, begin = list[tuple[str, Mark]](), 0, 0
    for found in _TARGET.finditer(text):
        start = found.start(1)
        line += text.count("\n", last, start)
        begin = text.rfind("\n", last, start) + 1 or begin  # of the line, which may be long and full of links
        links.append((found[1], Mark(line, start - begin + 1, len(found[1]))))
        last = start
    return links


def _find_titles(text: str, line: int) -> list[tuple[int, int]]:
    text = f"\n{text}"
    titles, last = list[tuple[int, int]](), 1
    for found in _TITLE.finditer(text):
        start = found.start(1)
        line += text.count("\n", last, start)
        titles.append((len(found[1]), line))
        last = start
    return titles
