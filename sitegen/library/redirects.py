"""The old addresses of pages, from which output files redirect."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.library.library import Library
from sitegen.model.aliases import alias_parts
from sitegen.model.page import Page
from sitegen.model.urls import file_path

#: The most folders that the old addresses of a page may have in all its languages together: about a second's work.
MOST_FOLDERS = 10_000
#: The most of all pages together: for a site, and more for each version of a page.
MOST_OF_SITE, MOST_OF_VERSION = 20_000, 20


def aliases(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    """Yield (output file of an old address, language that it redirects to).

    `/old/` is an old address in every language, `/ru/old/` only in Russian. In the language that `unprefixed:` names,
    the old addresses and the page's own address also work without the language.
    """
    bare = library.config.unprefixed
    if bare in page.states and page.key != "/":
        yield library.file(page.key, bare).removeprefix(f"{bare}/"), bare
    for file, path in _written_aliases(library, page):
        yield file, path
        if path == bare:
            yield file.removeprefix(f"{bare}/"), bare


def alias_folders(library: Library, page: Page) -> int:
    """How many folders the old addresses of a page have in all its languages."""
    old = map(alias_parts, page.facts.get("aliases", ()))
    return sum(len(parts) * (1 if parts and parts[0] in library.locales else len(page.states)) for parts in old)


def _written_aliases(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    if alias_folders(library, page) > MOST_FOLDERS:  # which is reported
        return
    for alias in page.facts.get("aliases", ()):
        parts = alias_parts(alias)
        if parts and parts[0] in library.locales:
            yield file_path(parts[0], parts[1:]), parts[0]
        else:
            yield from ((file_path(path, parts), path) for path in page.states)
