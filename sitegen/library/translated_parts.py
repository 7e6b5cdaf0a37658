"""The parts of a page that are translated, by name, and how a translation records what it was made from."""

from __future__ import annotations

import json
from typing import Any

from sitegen.content.section_digests import digest
from sitegen.model.fields import Group
from sitegen.model.kinds import Kind
from sitegen.model.page import Choice, Document, Heading, Reference, Section
from sitegen.source.lazy_regex import lazily

#: One line of a translation's `source:`, such as `s12ab34cd56ef t65fe43dc21ba #who-can-apply`.
RECORD = lazily(r"s([0-9a-f]{12}) t([0-9a-f]{12}) (\S+)")


def records_of(document: Document) -> dict[str, tuple[str, str]]:
    """Return the records of a translation, in their order: part of the source → digest of it, digest of its rendering."""
    lines = (RECORD.fullmatch(line) for line in document.words.get("source", ()))
    return {found[3]: (found[1], found[2]) for found in lines if found}


def translatable_parts(document: Document, kind: Kind) -> dict[str, str]:
    """Return a document's translatable parts in order: field name, or `#anchor` of a section → digest."""
    parts = {
        f.name: digest(json.dumps(_plain(document.words[f.name]), ensure_ascii=False, default=str))
        for f in kind.of_side("words")
        if f.name != "slug" and f.translate and f.name in document.words
    }
    headings = document.body.headings
    for section in document.body.sections:
        parts[section_name(section, headings)] = section.digest
    return parts


def section_name(section: Section, headings: tuple[Heading, ...]) -> str:
    """Return `#anchor` for a section, `#` for the text before the first heading, and `#notes` for the footnotes."""
    if section.heading == len(headings):
        return notes_name(headings)
    return "#" + (headings[section.heading].anchor if section.heading >= 0 else "")


def notes_name(headings: tuple[Heading, ...]) -> str:
    """Return the name of the footnotes: `#notes`, with hyphens appended if a heading has that id."""
    name = "#notes"
    while any("#" + heading.anchor == name for heading in headings):
        name += "-"
    return name


def _plain(value: Any) -> Any:
    match value:
        case Choice():
            return value.value
        case Reference():
            return value.key
        case Group():
            return {name: _plain(child) for name, child in value.values.items()}
        case tuple():
            return [_plain(child) for child in value]
    return value
