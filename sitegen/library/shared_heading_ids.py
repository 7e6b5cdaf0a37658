"""Ids of headings: those of the source version, in every language. How they are made of titles is in `model/slugs.py`."""

from __future__ import annotations

from sitegen.library.library import Library
from sitegen.model.page import Document, Heading, Key


def shared_headings(library: Library, document: Document) -> tuple[Heading, ...]:
    """Return a document's headings with the ids of the source version, so that an anchor works in every language."""
    page = library.pages[document.key]
    source = page.versions[page.source].body.headings
    own = document.body.headings
    if document.language == page.source:
        return own
    state = page.states.get(document.language)
    rendered = state.anchors if state is not None and state.anchors else [heading.anchor for heading in source]
    given = [*rendered[: len(own)], *[""] * (len(own) - len(rendered))]
    taken, numbers = {heading.anchor for heading in source}, dict[str, int]()
    anchors = [anchor or _unused(heading.anchor, taken, numbers) for heading, anchor in zip(own, given, strict=True)]
    return tuple([Heading(h.level, h.title, anchor, h.line) for h, anchor in zip(own, anchors, strict=True)])


def _unused(anchor: str, taken: set[str], numbers: dict[str, int]) -> str:
    """Return an id that is not taken: with a number, if need be, from the last one used for this id on."""
    number, found = numbers.get(anchor, 1), anchor
    while found in taken:
        number += 1
        found = f"{anchor}-{number}"
    numbers[anchor] = number
    taken.add(found)
    return found


def known_anchors(library: Library, key: Key, language: str) -> frozenset[str]:
    """Return the heading ids of a page as a language shows it."""

    def find(own: Library) -> frozenset[str]:
        return frozenset(heading.anchor for heading in shared_headings(own, own.shown(key, language)))

    found: frozenset[str] = library.once("anchors", key, language, find)
    return found
