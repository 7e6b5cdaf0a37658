"""Signs that Markdown takes for its own, as in `5*5 and 6*6`, `>5 years`, `$5–$6` and `## Music in C#`: readers don't get them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sitegen.content.blocks import Range, parse_around
from sitegen.content.positions import Places, byte_offsets
from sitegen.problems.problem import Problem
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import Source


class _Sign(NamedTuple):
    """A sign as people write it for itself.

    Attributes:
        sign: what a text has then.
        pattern: begins with a literal character, for which the search is fast.
        message: what the sign is taken for.
        hint: how to write it for itself.
    """

    sign: str
    pattern: re.Pattern[str]
    message: str
    hint: str


_SIGNS = (
    _Sign(  # between two numbers, or behind two of them: 2*3, 5*-hotels and 4*-hotels
        "*",
        lazily(r"\*(?<=\d\*)\**(?=\d|[^\s*][^*\n]{0,200}\d\*(?!\*))"),
        "this * is taken for emphasis, and is not shown",
        "for the character itself write \\*, or ×",
    ),
    _Sign(
        ">",
        lazily(r">(?=[=<\d$€£¥₹₽])"),
        "this > begins a quotation, and is not shown",
        "for the character itself write \\>; for a quotation put a space after it",
    ),
    _Sign(
        "$",
        lazily(r"\$(?=\d)(?<=[^\s\\]\$)"),
        "this $ is taken for the end of a formula, and is not shown",
        "for the character itself write \\$",
    ),
    _Sign(
        "#\n",
        lazily(r"#(?<=[^\\#]#)#*+(?=\n|\Z)"),
        "this # is taken for the end of the heading, and is not shown",
        "for the character itself write \\#",
    ),
)
#: What begins and ends a line that is a heading.
_OPENING, _CLOSING = re.compile(rb"#+(?=([ \t]?))"), re.compile(rb"([ \t]?)(?<![#\\])(#+)\Z")
#: Emphasis that begins within a word, as it does for Python-Markdown only, whatever follows.
_WITHIN_WORD = re.compile(r"\d<(?:em|strong)>")


def find_lost_signs(
    source: Source, first_line: int, text: str, html: str, options: Any, *, is_commonmark: bool = True
) -> Iterator[Problem]:
    """Yield a problem for each sign that is most likely written for itself, and is not shown in the HTML of a text."""
    found = list[tuple[re.Match[str], _Sign]]()
    whole = f"{text}\n"
    for sign in _SIGNS:  # without a call more than there must be, for each text
        if sign.sign in whole:
            for own in sign.pattern.finditer(text):
                found.append((own, sign))
    if not found:
        return
    found.sort(key=lambda own: own[0].start())
    events = [*parse_around(text, options).events]
    taken = {*_taken(events, text.encode(), is_commonmark=is_commonmark)}
    if not is_commonmark and _WITHIN_WORD.search(html):
        taken.update(_stars_shown(events))
    places = Places(text, first_line)
    for (own, sign), offset in zip(found, byte_offsets(text, (own.start() for own, _ in found)), strict=True):
        if offset in taken or offset + len(own[0]) - 1 in taken:
            yield source.problem("markdown", sign.message, places.mark(offset, len(own[0])), sign.hint)


def _taken(events: Iterable[tuple[Any, Range]], text: bytes, *, is_commonmark: bool) -> Iterator[int]:
    """Yield where signs stand that begin or end something, in bytes."""
    for event, place in events:
        started = event.get("Start", event) if isinstance(event, dict) else ()
        if started in ("Emphasis", "Strong"):
            yield place["start"]
            if text[place["end"] : place["end"] + 1].isdigit():
                yield place["end"] - 1
        elif "BlockQuote" in started:
            yield place["start"]
        elif "InlineMath" in started:
            yield place["end"] - 1
        elif "Heading" in started and started is not event:
            yield from _end_of_heading(text[place["start"] : place["end"]].rstrip(), place["start"], is_commonmark)


def _end_of_heading(line: bytes, start: int, is_commonmark: bool) -> Iterator[int]:
    """Yield where the signs at the end of a heading stand that are not shown, unless they are as many as at its beginning.

    For Python-Markdown they end it without a space before them, too.
    """
    opening, closing = _OPENING.match(line), _CLOSING.search(line)
    if opening and closing and closing.start(2) > opening.end():
        is_apart, is_as_long = bool(closing[1]), len(closing[2]) == len(opening[0])
        is_taken = is_apart or not is_commonmark
        if is_taken and (not is_as_long or (opening[1] and not is_apart)):
            yield start + closing.start(2)


def _stars_shown(events: Iterable[tuple[Any, Range]]) -> Iterator[int]:
    """Yield where asterisks stand that CommonMark shows as they are."""
    for event, place in events:
        if isinstance(event, dict) and "*" in event.get("Text", ""):
            yield from range(place["start"], place["end"])
