"""The pages of a list, and lists filtered by the value of a fact: `/programs/status/open/`, `/news/year/2025/`.

`children: {by: [type, status]}` in kinds.yaml declares the facts. The address of a filtered list contains the value
itself, the last part of the key for a page, or the year for a date; it is the same in every language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sitegen.library.library import Library
from sitegen.model.page import Choice, Key, Page, Reference, Selection
from sitegen.model.urls import last_part

#: Replaces the field's name in the address, for dates.
YEAR = "year"


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


def list_pages(library: Library, page: Page, language: str) -> Iterator[tuple[str, int]]:
    """Yield the pages of the list of a page's children as (selection, number); a page without a list has just one."""
    children = library.kind(page.key).children
    if not children.by and not children.per_page:  # as of most pages
        yield "", 1
        return
    for part in ("", *selections(library, page.key, language)) if children.by else ("",):
        yield from ((part, number) for number in range(1, page_count(library, page.key, language, part) + 1))


def selections(library: Library, key: Key, language: str) -> Mapping[str, Selection]:
    """Return the non-empty selections of a page's children by their part of the address, in the order of `by:`."""
    found: Mapping[str, Selection] = library.once(
        "narrowed", key, language, lambda own: {one.part: one for one in _find(own, key, language)}
    )
    return found


def _find(library: Library, key: Key, language: str) -> Iterator[Selection]:
    for field in library.kind(key).children.by:
        values: dict[str, Any] = {}
        keys: dict[str, list[Key]] = {}
        for child in library.children(key, language):
            for part, value in _values(library.pages[child].facts.get(field)):
                values.setdefault(part, value)
                keys.setdefault(part, []).append(child)
        order = _order(library, field, values, keys, language) if values else []
        name = YEAR if any(isinstance(value, int) for value in values.values()) else field
        for part in order:
            yield Selection(field, f"{name}/{part}", values[part], tuple(dict.fromkeys(keys[part])))


def _values(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case Choice():
            yield value.value, value
        case Reference():
            yield last_part(value.key) or "home", value
        case dt.date():
            yield str(value.year), value.year
        case str():
            yield value.lower(), value
        case tuple():
            for item in value:
                yield from _values(item)


def _order(
    library: Library, field: str, values: dict[str, Any], keys: Mapping[str, list[Key]], language: str
) -> list[str]:
    """Sort choices as declared, years from newest to oldest, countries by name, and pages by their `order`."""
    first = next(iter(values.values()))
    if isinstance(first, int):
        return sorted(values, reverse=True)
    if isinstance(first, str):
        locale = library.locales[language]
        return sorted(values, key=lambda part: locale.order(locale.country(values[part])))
    if isinstance(first, Reference):
        by_key = {value.key: part for part, value in values.items() if value.key in library.pages}
        return [by_key[page] for page in library.sorted(by_key, "order", language)]
    declared = library.kind(next(iter(keys.values()))[0]).fields[field]
    places = {choice: place for place, choice in enumerate((declared.item or declared).choices)}
    return sorted(values, key=lambda part: places.get(part, len(places)))
