"""Mentions of pages: in links, references and settings."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sitegen.library.building import references
from sitegen.library.library import Library
from sitegen.library.links import is_file, links_of
from sitegen.model.menus import menu_references
from sitegen.model.page import Document, Key
from sitegen.model.urls import Target, join_key
from sitegen.source.mark import Mark

SETTINGS = "content/site.yaml"


class Mention(Struct, frozen=True):
    """A place that refers to a page.

    Attributes:
        path: path of the file.
        written: the target as written, such as `../a/#how`.
        key: the page, or the page that the target file is beside.
        base: the page that contains the mention, to which a relative target is resolved; `/` for settings.
    """

    path: str
    mark: Mark
    written: str
    key: Key
    base: Key


def find_mentions(library: Library) -> Iterator[Mention]:
    """Yield every link, reference and setting that refers to a page or a file beside one."""
    for page in library.pages.values():
        for document in page.versions.values():
            if document.is_written:
                yield from _links(document)
                for _, reference in references({**document.facts, **document.words}):
                    yield Mention(document.path, reference.mark, reference.key, reference.key, page.key)
    config = library.config
    named = (
        *(r for menu in config.menus.values() for r in menu_references(menu)),
        config.organisation,
        config.glossary,
    )
    for reference in filter(None, named):
        yield Mention(SETTINGS, reference.mark, reference.key, reference.key, Key("/"))


def _links(document: Document) -> Iterator[Mention]:
    for link in links_of(document):
        path = Target.of(link.target).path
        if path:
            folder = path.rpartition("/")[0] + "/" if "/" in path else "."
            key = join_key(document.key, folder if is_file(path) else path)
            yield Mention(document.path, link.mark, link.target, key, document.key)
