"""Problems of the whole site: links, and the names of the glossary. Each check is a generator in `CHECKS`."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sitegen.config import read_text
from sitegen.errors import Problem
from sitegen.fields import Group
from sitegen.library import Library
from sitegen.model import Document, Mark
from sitegen.nodes import problem_at
from sitegen.prose import find_dead_links

_TAGS = re.compile(r"<[^>]*>|[\x01\x02][^\x03]*\x03")
_HAN = re.compile(r"[\u3400-\u9fff]")


def find_problems(root: Path, library: Library) -> Iterator[Problem]:
    """What every check finds, in no order."""
    for check in CHECKS:
        yield from check(root, library)


def dead_links(root: Path, library: Library) -> Iterator[Problem]:
    """Links, anchors and pictures that lead nowhere in the language of their text."""
    for page in library.pages.values():
        for document in page.versions.values():
            yield from find_dead_links(library, document)


def glossary_terms(root: Path, library: Library) -> Iterator[Problem]:
    """Names that a translation renders otherwise than the glossary, and renderings that the glossary bans."""
    reference = library.config.glossary
    if reference is None or reference.key not in library.pages:
        return
    versions = library.pages[reference.key].versions
    terms = {
        path: {term.key: term for term in document.words.get("terms", ()) if isinstance(term, Group)}
        for path, document in versions.items()
    }
    for page in library.pages.values():
        if page.key == reference.key or page.source not in terms:
            continue
        source_text = visible_text(page.versions[page.source])
        for path, document in page.versions.items():
            if path in terms:
                yield from _wrong_terms(root, document, terms[page.source], terms[path], source_text)


def _wrong_terms(
    root: Path, document: Document, source: dict[str, Any], own: dict[str, Any], source_text: str
) -> Iterator[Problem]:
    text = visible_text(document)
    for key, term in own.items():
        for banned in term.avoid or ():
            if re.search(_loosely(banned), text):
                mark = _place(root, document, banned)
                yield problem_at(
                    document.path, "glossary", f"'{banned}' is not the name to use", mark, f"write '{term.term}'"
                )
        if (
            key in source
            and source[key] is not term
            and source[key].term in source_text
            and not re.search(_loosely(term.term), text)
        ):
            hint = f"the source has '{source[key].term}'"
            yield problem_at(document.path, "glossary", f"the name '{term.term}' is not used", Mark(1, 1), hint)


def visible_text(document: Document) -> str:
    """Title, other words and body of a document as plain text on one line."""
    words = [str(value) for name, value in document.words.items() if isinstance(value, str) and name != "slug"]
    body = html.unescape(_TAGS.sub("", document.body.html))
    return re.sub(r"\s+", " ", " ".join((*words, body)))


@cache
def _loosely(term: str) -> str:
    """A pattern that finds a name in any of its grammatical forms: Han as it is, other words by their stems."""
    if _HAN.search(term):
        return re.escape(term)
    return r"\W+".join(_stem(word) for word in re.findall(r"\w+", term)) or re.escape(term)


def _stem(word: str) -> str:
    return (
        re.escape(word)
        if len(word) < 4 or (word.isascii() and word.isupper())
        else re.escape(word[: max(3, len(word) - 3)]) + r"\w*"
    )


def _place(root: Path, document: Document, text: str) -> Mark:
    for number, line in enumerate(read_text(root, document.path).split("\n"), 1):
        found = re.search(_loosely(text), line)
        if found:
            return Mark(number, found.start() + 1, len(found[0]))
    return Mark(1, 1)


#: What is checked of the whole site.
CHECKS: tuple[Callable[[Path, Library], Iterator[Problem]], ...] = (dead_links, glossary_terms)
