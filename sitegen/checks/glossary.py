"""Official names that translations must use, as the glossary defines them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.checks.glossary_names import CostlyError, Words
from sitegen.library.glossary import glossary_page, terms_of
from sitegen.library.library import Library
from sitegen.model.page import Document, Page
from sitegen.problems.problem import Problem
from sitegen.source.files import read_text
from sitegen.source.html import plain_text
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark, Places
from sitegen.source.text import problem_at

_CODE = lazily(r"<pre\b.*?</pre>", re.DOTALL)


def glossary_terms(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Report names that a translation renders differently from the glossary, and renderings that the glossary bans."""
    found = glossary_page(library)
    if found is None or page.key == found.key or page.source not in found.versions:
        return
    glossary = found.versions
    terms = {path: _terms(glossary[path]) for path in page.written if path in glossary}
    try:
        used = _used(terms[page.source], Words(visible_text(library, page.versions[page.source])))
        for path, own in terms.items():
            yield from _wrong_terms(root, library, page.versions[path], used if path != page.source else {}, own)
    except CostlyError:
        message = "comparing the page with the names of the glossary takes too long"
        hint = "split the page, or remove names that consist of the same few words"
        yield problem_at(page.versions[page.source].path, "too-costly", message, Mark(1, 1), hint)


class _Term(Struct, frozen=True):
    """A name in one language, and renderings of it to avoid."""

    term: str
    avoid: tuple[str, ...]


def _terms(document: Document) -> dict[str, _Term]:
    """The names of a glossary, by key."""
    return {
        str(values["key"]): _Term(str(values["term"]), tuple(map(str, values.get("avoid") or ())))
        for values in terms_of(document)
    }


def _wrong_terms(
    root: Path, library: Library, document: Document, used: Mapping[str, str], own: Mapping[str, _Term]
) -> Iterator[Problem]:
    text = Words(visible_text(library, document))
    banned = [
        (name, term.term) for term in own.values() for name in term.avoid if next(text.find(name), None) is not None
    ]
    if banned:
        source = read_text(root, document.path)
        written, places = Words(source), Places(source)
        for name, right in banned:
            start = next(written.find(name), None)
            mark = Mark(1, 1) if start is None else places.mark(start, len(name))
            yield problem_at(document.path, "glossary", f"'{name}' is not the term to use", mark, f"write '{right}'")
    for key, name in used.items():
        if key in own and not text.has(own[key].term):
            message = f"the name '{own[key].term}' is not used"
            yield problem_at(document.path, "glossary", message, Mark(1, 1), f"the source has '{name}'")


def _used(terms: Mapping[str, _Term], text: Words) -> dict[str, str]:
    """The names that a text uses, by key; a name inside a longer name does not count."""
    taken = bytearray(len(text.text))
    used = {}
    for key in sorted(terms, key=lambda key: -len(terms[key].term)):
        name = terms[key].term
        for start in text.find(name):
            if not any(taken[start : start + len(name)]):
                taken[start : start + len(name)] = b"\1" * len(name)
                used[key] = name
    return used


def visible_text(library: Library, document: Document) -> str:
    """Title, other words and body of a document as plain text on one line.

    Blocks of code are left out, as nobody translates them.
    """
    words = [str(value) for name, value in document.words.items() if isinstance(value, str) and name != "slug"]
    body = plain_text(_CODE.sub(" ", library.text(document)))
    return re.sub(r"\s+", " ", " ".join((*words, body)))
