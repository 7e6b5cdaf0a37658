"""The glossary: the page that holds the names of a site, in every language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sitegen.library.library import Library
from sitegen.model.fields import Group
from sitegen.model.page import Document, Page

#: So many characters fit on a line of any heading, on the narrowest phone too.
_LINE = 9


def glossary_page(library: Library) -> Page | None:
    """The page that `glossary:` in site.yaml names; None if there is none."""
    reference = library.config.glossary
    return library.pages[reference.key] if reference and reference.key in library.pages else None


def terms_of(document: Document) -> Iterator[Mapping[str, Any]]:
    """The fields of each name of a glossary that has a key and a term; which others there are depends on the content model."""
    terms = document.words.get("terms")
    for term in terms if isinstance(terms, tuple) else ():
        if isinstance(term, Group) and term.values.get("key") and term.values.get("term"):
            yield term.values


def short_names(library: Library, language: str) -> re.Pattern[str] | None:
    """The names of the glossary in a language that fit on any line, the longest first; None if there are none."""
    page = glossary_page(library)
    terms = terms_of(page.versions[language]) if page and language in page.versions else ()
    names = {str(term["term"]) for term in terms if len(str(term["term"])) <= _LINE}
    return re.compile(_any_of(names)) if names else None


def _any_of(names: Collection[str]) -> str:
    """A pattern that finds the longest of some names, and reads each beginning that they share once."""
    rests: dict[str, set[str]] = {}
    for name in sorted(filter(None, names)):
        rests.setdefault(name[0], set()).add(name[1:])
    parts = [re.escape(first) + (_any_of(rest) if rest != {""} else "") for first, rest in rests.items()]
    return f"(?:{'|'.join(parts)}){'?' if '' in names else ''}"
