"""The pages of a list, and whether a page has a calendar day."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.library.library import Library
from sitegen.library.selections import selections
from sitegen.model.page import Key, Page


def page_count(library: Library, key: Key, language: str, part: str = "") -> int:
    """Return the number of pages in the list of a page's children in a language; at least 1.

    Args:
        part: the selection of a filtered list, such as `status/open`.
    """
    per_page = library.kind(key).children.per_page
    if not per_page:
        return 1
    chosen = selections(library, key, language).get(part) if part else None
    return max(1, -(-len(chosen.keys if chosen else library.children(key, language)) // per_page))


def has_day(library: Library, key: Key) -> bool:
    """Whether a page has the start date that its kind uses for calendars."""
    start = library.kind(key).calendar.get("start")
    return start is not None and start in library.pages[key].facts


def list_pages(library: Library, page: Page, language: str) -> Iterator[tuple[str, int]]:
    """Yield the pages of the list of a page's children as (selection, number); a page without a list has just one."""
    by = library.kind(page.key).children.by
    for part in ("", *selections(library, page.key, language)) if by else ("",):
        yield from ((part, number) for number in range(1, page_count(library, page.key, language, part) + 1))
