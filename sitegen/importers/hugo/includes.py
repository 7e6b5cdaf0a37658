"""Inserts the texts that pages include by shortcode; these may include further texts."""

from __future__ import annotations

import re

from sitegen.importers.hugo.shortcode_parser import Tag, find_tags, parse_arguments
from sitegen.importers.hugo.site import HugoPage, HugoSite
from sitegen.importers.keys import key_of
from sitegen.model.urls import join_key
from sitegen.source.edits import Edit, Traced
from sitegen.source.html import unescape
from sitegen.source.text import CONTROL

#: Names of the shortcode in themes and sites.
NAMES = frozenset({"include", "include-md", "includes", "readfile", "read-file", "snippet"})
#: A numeric character reference.
_REFERENCE = re.compile(r"&#(?:[xX][0-9a-fA-F]+|\d+);")
#: Maximum depth of nested includes, which also stops recursive ones.
_DEPTH = 5
#: Maximum length of a text that has includes, in characters; texts that include each other would grow without end.
_LONGEST = 200_000


def with_includes(page: HugoPage, site: HugoSite) -> Traced:
    """Return the text of a page with its includes inserted, unless not found, and invisible characters removed."""
    text = Traced(page.body)
    if "&#" in page.body:
        text = text.edited(
            Edit(*found.span(), " " if character.isspace() else "")
            for found in _REFERENCE.finditer(page.body)
            if CONTROL.fullmatch(character := unescape(found[0]))
        )
    for _ in range(_DEPTH):
        found = list(_found(page, site, text.text)) if "{{" in text.text else []
        if not found or len(text.text) + sum(len(edit.text) for edit in found) > _LONGEST:
            break
        text = text.edited(found)
    return text


def _found(page: HugoPage, site: HugoSite, text: str) -> list[Edit]:
    if not any(name in text for name in NAMES):
        return []
    tags = [tag for tag in find_tags(text) if tag.name.lower() in NAMES and not (tag.is_closing or tag.is_escaped)]
    pairs = [(tag, _text_of(page, site, tag)) for tag in tags if tag.closed_by is None and not tag.in_code]
    return [Edit(tag.start, tag.end, own.strip("\n")) for tag, own in pairs if own is not None]


def _text_of(page: HugoPage, site: HugoSite, tag: Tag) -> str | None:
    """Return the text of a Markdown file by its path from the page's folder or the content root; None if not found."""
    given = parse_arguments(tag.arguments)
    name = given.get("file") or given.get("path") or given.get("0", "")
    if not name.lower().endswith((".md", ".markdown")):
        return None
    stem = name.rpartition(".")[0]
    for key in (key_of(join_key(page.folder, stem)), key_of(stem)):
        for language in dict.fromkeys((page.language, site.default)):
            if (language, key) in site.texts:
                return site.texts[language, key]
    return None
