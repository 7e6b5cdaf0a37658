"""hreflang: the real translations of a page, which its head and the sitemaps list for search engines."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sitegen.library.lists import page_count, selections
from sitegen.model.page import Key, State
from sitegen.render.dependency_recording import TracedLibrary


class Alternate(Struct, frozen=True):
    """A real translation, for hreflang.

    Attributes:
        tag: BCP 47.
        url: absolute.
    """

    tag: str
    url: str


def published_states(library: TracedLibrary, key: Key) -> Mapping[str, State]:
    """Return the states of a page in the languages that are built."""
    states, built = library.pages[key].states, library.config.built
    return states if len(built) == len(library.locales) else {path: states[path] for path in built if path in states}


def alternates_of(library: TracedLibrary, key: Key, number: int = 1, part: str = "") -> tuple[Alternate, ...]:
    """Return the real translations of a page, in the order of the site's languages.

    Args:
        number: the page of its list, 1-based; languages with a shorter list are left out.
        part: the selection of its list; languages without this selection are left out.
    """
    page = library.pages[key]
    real = [path for path in published_states(library, key) if path in page.versions]
    if part:
        real = [path for path in real if part in selections(library, key, path)]
    if number > 1:
        real = [path for path in real if number <= page_count(library, key, path, part)]
    locales, origin_of = library.locales, library.config.origin_of
    urls = zip(real, library.urls(key, real, number, part), strict=True)
    return tuple([Alternate(locales[path].tag, origin_of(path) + url) for path, url in urls])
