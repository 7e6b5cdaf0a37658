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
    anchors = dict.fromkeys(heading.anchor for heading in source[: len(own)])
    numbers: dict[str, int] = {}
    for heading in own[len(source) :]:
        number, anchor = numbers.get(heading.anchor, 1), heading.anchor
        while anchor in anchors:
            number += 1
            anchor = f"{heading.anchor}-{number}"
        numbers[heading.anchor] = number
        anchors[anchor] = None
    return tuple([Heading(h.level, h.title, anchor, h.line) for h, anchor in zip(own, anchors, strict=True)])


def known_anchors(library: Library, key: Key, language: str) -> frozenset[str]:
    """Return the heading ids of a page as a language shows it."""

    def find(own: Library) -> frozenset[str]:
        return frozenset(heading.anchor for heading in shared_headings(own, own.shown(key, language)))

    found: frozenset[str] = library.once("anchors", key, language, find)
    return found
