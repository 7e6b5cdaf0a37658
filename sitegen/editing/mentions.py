"""Mentions of pages: in links, references and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from sitegen.checks.file_checks import find_tables
from sitegen.library.library import Library
from sitegen.library.links import is_file, links_of
from sitegen.library.references import references
from sitegen.model.menus import menu_references
from sitegen.model.page import Document, Key, Link
from sitegen.model.urls import Target, join_key
from sitegen.source.mark import Mark

SETTINGS = "content/site.yaml"


class Mention(Struct, frozen=True):
    """A place that refers to a page."""

    path: str  #: path of the file
    mark: Mark
    written: str  #: the target as written, such as `../a/#how`
    key: Key  #: the page, or the page that the target file is beside
    base: Key  #: the page that contains the mention, to which a relative target is resolved; `/` for settings

    @property
    def file(self) -> str:
        """The name of the file beside the page that is named; "" if it is the page itself."""
        path = Target.of(self.written).path
        return path.rpartition("/")[2] if is_file(path) else ""


def find_mentions(root: Path, library: Library) -> Iterator[Mention]:
    """Yield every link, reference, cell of a table and setting that refers to a page or a file beside one.

    Raises:
        SiteError: a table can't be read.
    """
    for page, path in find_tables(library):
        table, _ = library.tables.read(root, path, library.config)
        yield from _links(path, page.key, table.inner_links)
    for page in library.pages.values():
        for document in page.versions.values():
            if document.is_written:
                yield from mentions_in(document)
    config = library.config
    in_menus = (reference for menu in config.menus.values() for reference in menu_references(menu))
    for reference in filter(None, (*in_menus, config.organisation, config.glossary)):
        yield Mention(SETTINGS, reference.mark, reference.key, reference.key, Key("/"))


def mentions_in(document: Document) -> Iterator[Mention]:
    """Yield every link and reference of a document, in the same order as long as only their targets are edited."""
    yield from _links(document.path, document.key, links_of(document))
    for _, reference in references({**document.facts, **document.words}):
        yield Mention(document.path, reference.mark, reference.key, reference.key, document.key)


def _links(file: str, base: Key, links: Iterable[Link]) -> Iterator[Mention]:
    for link in links:
        path = Target.of(link.target).path
        if path:
            folder = path.rpartition("/")[0] + "/" if "/" in path else "."
            key = join_key(base, folder if is_file(path) else path)
            yield Mention(file, link.mark, link.target, key, base)
