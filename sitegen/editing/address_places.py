"""Where the addresses of a page's links stand: after their words, or in definitions, also in quotations and notes.

Parsers do not report where definitions stand. So each candidate is replaced with a unique address and the page is read:
a link that leads to this address is written there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import count

from msgspec import Struct

from sitegen.content.markdown import parse_body
from sitegen.model.settings import Config
from sitegen.model.urls import plain
from sitegen.problems.problem import SiteError
from sitegen.source.edits import END, within
from sitegen.source.front_matter import end_of_front_matter, front_matter_span
from sitegen.source.text import Source

#: What may be an address: in a definition or link, where it may be on the next line of a quotation, or in a tag of HTML.
_MAY_BE = re.compile(
    rf"\]:[ \t]*(?:{END}[ \t>]*)?<?(?P<defined>[^\s<>\[]+(?:\[\][^\s<>\[]*)*)"  # a note may begin with a link
    rf"|\]\([ \t]*(?:{END}[ \t>]*)?<?(?P<inline>[^\s<>()]+)"
    r"|\b(?:href|src)[ \t]*=[ \t]*[\"'](?P<attribute>[^\s\"'<>]+)"
)
#: Where a range begins and ends, in characters.
Span = tuple[int, int]
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Addresses(Struct, frozen=True):
    """Ranges of a page's text that hold one of some targets, in order."""

    links: tuple[Span, ...] = ()  #: those of links, and of definitions that no link uses
    words: tuple[Span, ...] = ()  #: those that look like them, as in code


def find_addresses(path: str, text: str, targets: Collection[str], config: Config) -> Addresses:
    """Return where these targets stand in the text of a page; nothing if the page can't be read with other addresses."""
    found = [*_candidates(text, targets)]
    if not found:
        return Addresses()
    sign = next(sign for sign in (f"q{number}x" for number in count()) if sign not in text)
    source = Source.of(path, _marked(text, [place for _, place in found], sign))
    try:
        html, body, _ = parse_body(source, end_of_front_matter(source.lines) + 2, config)
    except SiteError:  # the caller finds the links unchanged, and reports them
        return Addresses()
    own = re.compile(rf"/{sign}(\d+)/")
    used = {int(match[1]) for link in body.links if (match := own.fullmatch(link.target))}
    unseen = {*range(len(found))}.difference(map(int, own.findall(html)))
    is_comment = within(comment.span() for comment in _COMMENT.finditer(text))
    used |= {number for number in unseen if found[number][0] == "defined" and not is_comment(found[number][1][0])}
    links = tuple(place for number, (_, place) in enumerate(found) if number in used)
    return Addresses(links, tuple(place for number, (_, place) in enumerate(found) if number not in used))


def likely_addresses(text: str, targets: Collection[str], count: int, known: Collection[Span] = ()) -> Addresses | None:
    """Return where these targets stand in the text of a page; None if that takes a reading of it.

    It is right if all links lead elsewhere once they are edited: then each of the places was one of them.

    Args:
        count: how many links lead to the targets besides those whose place is known.
        known: the ranges of these.
    """
    found = [(name, place) for name, place in _candidates(text, targets) if place not in known]
    is_likely = len(found) == count and all(name != "defined" for name, _ in found)
    return Addresses(tuple(place for _, place in found)) if is_likely else None


def _candidates(text: str, targets: Collection[str]) -> Iterator[tuple[str, Span]]:
    """Yield the kind and range of each text that may be one of the targets."""
    wanted = {*map(plain, targets)}
    for found in _MAY_BE.finditer(text, front_matter_span(text)[1]):
        name = found.lastgroup or ""
        if plain(found[name]) in wanted:
            yield name, found.span(name)


def _marked(text: str, ranges: Collection[Span], sign: str) -> str:
    """Return a text with a unique address in each range."""
    parts, last = list[str](), 0
    for number, (start, end) in enumerate(ranges):
        parts += [text[last:start], f"/{sign}{number}/"]
        last = end
    return "".join((*parts, text[last:]))
