"""Converts formulas, which Hugo passes on between delimiters that a site chooses, to `$x$` and `$$x$$`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from msgspec import Struct

from sitegen.importers.html_to_markdown import FORMULA
from sitegen.importers.hugo.fences import find_fenced
from sitegen.importers.hugo.site import HugoSite
from sitegen.source.edits import Edit, Traced, within

#: Inline code, shortcodes, autolinks and escapes, in which nothing is a formula.
_APART = r"(?P<apart>(?<!`)(?P<ticks>`{1,8})(?!`)[^`\n]{1,500}(?P=ticks)(?!`)|\{\{[<%][^\n]{0,500}?[>%]\}\}|<[^<>\s]{1,500}>|\\[^\n])"
#: A formula's text, at most so long and without an empty line.
_TEXT = r"(?:(?!\n[ \t>]*\n)[^$]){1,2000}?"


class Pair(Struct, frozen=True):
    """The delimiters of formulas."""

    start: str
    end: str
    is_block: bool


def pairs_of(site: HugoSite) -> tuple[Pair, ...]:
    """Return the delimiters of the site; none unless it passes formulas on."""
    passing = ("markup", "goldmark", "extensions", "passthrough")
    if site.setting(*passing, "enable") is not True:
        return ()
    return tuple(chain.from_iterable(_pairs(site, passing, sort) for sort in ("block", "inline")))


def _pairs(site: HugoSite, passing: Sequence[str], sort: str) -> Iterator[Pair]:
    node = site.node(*passing, "delimiters", sort)
    for pair in node.items if node is not None else ():
        signs = [own.text for own in pair.items]
        if len(signs) == 2 and all(signs):
            yield Pair(signs[0], signs[1], sort == "block")


def with_formulas(text: Traced, pairs: tuple[Pair, ...]) -> Traced:
    """Rewrite the formulas of a text; those that contain a `$` stay as they are."""
    if not any(pair.start in text.text for pair in pairs):
        return text
    is_code = within(find_fenced(text.text))
    return text.edited(edit for edit in _edits(text.text, pairs) if not is_code(edit.start))


def _edits(text: str, pairs: tuple[Pair, ...]) -> Iterator[Edit]:
    for found in _pattern(pairs).finditer(text):
        if found["apart"] is None:
            number = next(n for n in range(len(pairs)) if found[f"f{n}"] is not None)
            yield Edit(*found.span(), formula(found[f"f{number}"], is_block=pairs[number].is_block))


@cache
def _pattern(pairs: tuple[Pair, ...]) -> re.Pattern[str]:
    longest = sorted(enumerate(pairs), key=lambda one: -len(one[1].start))
    own = (f"{re.escape(pair.start)}(?P<f{n}>{_TEXT}){re.escape(pair.end)}" for n, pair in longest)
    return re.compile("|".join((*own, _APART)), re.DOTALL)


def formula(text: str, *, is_block: bool) -> str:
    """Return a formula in our Markdown, with the mark that tells it from other texts between dollar signs."""
    return f"$${FORMULA}{text}$$" if is_block else f"${FORMULA}{text.strip()}$"
