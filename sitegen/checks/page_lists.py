"""Checks what lists show together: those in texts, `::pages{kind=news}`, may each show every page of the site.

A list with `by:` in kinds.yaml has a page for each value, and each of them links to all values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from sitegen.library.library import Library
from sitegen.library.lists import list_pages, selections
from sitegen.model.fields import flat
from sitegen.model.page import Block, Page, comparable
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Pages that all lists of a site may show together, in all languages, and further ones for each page in each language. A
#: blog of 5,000 posts with three topics each shows 15,000 in one.
MOST_LISTED, MOST_LISTED_EACH = 60_000, 10
#: Characters of a summary; one with several times as many counts as several pages.
_OF_SUMMARY = 1_000

#: Pages that narrow all lists with `by:`, in all languages together, and further ones for each page in each language. A
#: list by 100 countries and 30 years has 1,300 in ten languages; a blog of 5,000 posts with 300 topics has 1,050.
MOST_NARROWED, MOST_NARROWED_EACH = 1_000, 1
#: The same for the links to values on these pages, of which each has all of its list. The blog has 315,000 of them.
MOST_CHOICES, MOST_CHOICES_EACH = 200_000, 300


def lists_of(page: Page, config: Config) -> Iterator[Block]:
    """Yield the lists of pages in a page's text."""
    for block in page.versions[page.source].body.blocks:
        if (own := config.blocks.get(block.name)) and own.selects:
            yield block


def crowded_lists(library: Library) -> Iterator[Problem]:
    """Report the longest list if all lists together show too many pages."""
    found = [(page, block) for page in library.pages.values() for block in lists_of(page, library.config)]
    if not found:
        return
    count, length = _counting(library)
    counted = [(count(block) * length(block) * len(page.states), page, block) for page, block in found]
    total, most = sum(own for own, *_ in counted), MOST_LISTED + MOST_LISTED_EACH * _count_shown(library)
    if total > most:
        longest, page, block = max(counted, key=itemgetter(0))
        message = f"{len(found):,} lists show {total:,} pages together, in all languages, over {most:,}; this one shows {longest:,}"
        if any(length(block) > 1 for *_, block in counted):
            message += f" (a page counts once for each {_OF_SUMMARY:,} characters of its summary)"
        hint = "say how many it shows at most, such as limit=10"
        yield problem_at(page.versions[page.source].path, "too-costly", message, block.mark, hint)


def crowded_choices(library: Library) -> Iterator[Problem]:
    """Report the largest list if all lists with `by:` together have too many pages, or too many links to values."""
    narrowed = {name for name, kind in library.config.kinds.items() if kind.children.by}
    if not narrowed:
        return
    counted = {key: _narrowed(library, page) for key, page in library.pages.items() if page.kind in narrowed}
    shown = _count_shown(library)
    limits = (MOST_NARROWED + MOST_NARROWED_EACH * shown, MOST_CHOICES + MOST_CHOICES_EACH * shown)
    for place, (what, most) in enumerate(zip(("pages that narrow them", "links to values"), limits, strict=True)):
        counts = {key: own[place] for key, own in counted.items()}
        total = sum(counts.values())
        if total > most:
            page = library.pages[max(counts, key=counts.__getitem__)]
            message = f"lists with `by:` have {total:,} {what}, over {most:,}; this one has {counts[page.key]:,}"
            hint = "in kinds.yaml, leave facts with many values out of `by:`"
            yield problem_at(page.versions[page.source].path, "too-costly", message, Mark(1, 1), hint)


def _count_shown(library: Library) -> int:
    """The pages of the site, in all languages in which each is shown."""
    return sum(len(page.states) for page in library.pages.values())


def _narrowed(library: Library, page: Page) -> tuple[int, int]:
    """The pages that narrow a list, and the links to values on all its pages, in all languages together."""
    pages = links = 0
    for language in page.states:
        parts = [part for part, _ in list_pages(library, page, language)]
        pages += len(parts) - parts.count("")
        links += len(parts) * len(selections(library, page.key, language))
    return pages, links


def _counting(library: Library) -> tuple[Callable[[Block], int], Callable[[Block], int]]:
    """Functions that count the pages that a list shows at most, and how often each counts for its summary, on average."""

    @cache
    def of_kind(kind: str) -> list[Page]:
        return [page for key, page in library.pages.items() if kind in library.kind(key).lineage]

    @cache
    def by_value(kind: str, name: str) -> Mapping[Any, int]:
        return Counter(comparable(value) for page in of_kind(kind) for value in flat(page.facts.get(name)))

    @cache
    def characters(kind: str) -> int:
        return sum(len(str(page.versions[page.source].words.get("summary", ""))) for page in of_kind(kind))

    def length(block: Block) -> int:
        kind = str(block.facts.get("kind"))
        return 1 + max(0, characters(kind) - 1) // (_OF_SUMMARY * max(1, len(of_kind(kind))))

    def count(block: Block) -> int:
        own, kind = library.config.blocks[block.name], str(block.facts.get("kind"))
        facts = {name: value for name, value in block.facts.items() if name not in own.fields}
        counts = [by_value(kind, name)[comparable(value)] for name, value in facts.items()]
        limit = block.facts.get("limit")
        return min([len(of_kind(kind)), *counts, *([int(limit)] if limit else [])])

    return count, length
