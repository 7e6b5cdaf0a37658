"""Problems of pages among others: links, and the names of the glossary. Each check is a generator in `CHECKS`."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sitegen.config import read_text
from sitegen.errors import Problem
from sitegen.fields import Group
from sitegen.library import Library
from sitegen.model import Document, Mark, Page
from sitegen.nodes import problem_at
from sitegen.prose import find_dead_links

_TAGS = re.compile(r"<[^>]*>|[\x01\x02][^\x03]*\x03")
_HAN = re.compile(r"[\u3400-\u9fff]")
#: No letter stands there, but for Han, which is written without spaces.
_BEFORE, _AFTER = r"(?<![^\W\u3400-\u9fff])", r"(?![^\W\u3400-\u9fff])"


def find_problems(root: Path, library: Library) -> Iterator[Problem]:
    """What every check finds in every page, in no order."""
    for page in library.pages.values():
        yield from find_problems_of(root, library, page)


def find_problems_of(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """What every check finds in one page."""
    for check in CHECKS:
        yield from check(root, library, page)


def dead_links(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Links, anchors and pictures that lead nowhere in the language of their text."""
    for document in page.written.values():
        yield from find_dead_links(library, document)


def glossary_terms(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Names that a translation renders otherwise than the glossary, and renderings that the glossary bans."""
    reference = library.config.glossary
    if reference is None or reference.key not in library.pages or page.key == reference.key:
        return
    glossary = library.pages[reference.key].versions
    if page.source not in glossary:
        return
    source_text = visible_text(library, page.versions[page.source])
    terms = {path: _terms(glossary[path]) for path in page.written if path in glossary}
    for path, own in terms.items():
        yield from _wrong_terms(root, library, page.versions[path], terms[page.source], own, source_text)


def _terms(document: Document) -> dict[str, Any]:
    return {term.key: term for term in document.words.get("terms", ()) if isinstance(term, Group)}


def _wrong_terms(
    root: Path, library: Library, document: Document, source: dict[str, Any], own: dict[str, Any], source_text: str
) -> Iterator[Problem]:
    text = visible_text(library, document)
    for term in own.values():
        for banned in term.avoid or ():
            if re.search(_exactly(banned), text):
                mark = _place(root, document, _exactly(banned))
                message = f"'{banned}' is not the name to use"
                yield problem_at(document.path, "glossary", message, mark, f"write '{term.term}'")
    for key in _used(source, source_text):
        if key in own and own is not source and not re.search(_loosely(own[key].term), text):
            message = f"the name '{own[key].term}' is not used"
            yield problem_at(document.path, "glossary", message, Mark(1, 1), f"the source has '{source[key].term}'")


def _used(terms: Mapping[str, Any], text: str) -> Iterator[str]:
    """Keys of the names that a text uses; a name within a longer one is not used by itself."""
    for key in sorted(terms, key=lambda key: -len(terms[key].term)):
        left = re.sub(_exactly(terms[key].term), " ", text)
        if left != text:
            yield key
            text = left


def visible_text(library: Library, document: Document) -> str:
    """Title, other words and body of a document as plain text on one line."""
    words = [str(value) for name, value in document.words.items() if isinstance(value, str) and name != "slug"]
    body = html.unescape(_TAGS.sub("", library.shelf.get(document.html).decode()))
    return re.sub(r"\s+", " ", " ".join((*words, body)))


@cache
def _loosely(term: str) -> str:
    """A pattern that finds a name in any of its grammatical forms: Han as it is, other words by their stems."""
    if _HAN.search(term):
        return re.escape(term)
    stems = [_stem(word) for word in re.findall(r"\w+", term)]
    return _BEFORE + r"\W+".join(stems) if stems else re.escape(term)


def _stem(word: str) -> str:
    is_fixed = len(word) < 4 or (word.isascii() and word.isupper())
    return re.escape(word) if is_fixed else re.escape(word[: max(3, len(word) - 3)]) + r"\w*"


@cache
def _exactly(term: str) -> str:
    """A pattern that finds the words as they are written, whole."""
    return re.escape(term) if _HAN.search(term) else rf"{_BEFORE}{re.escape(term)}{_AFTER}"


def _place(root: Path, document: Document, pattern: str) -> Mark:
    for number, line in enumerate(read_text(root, document.path).split("\n"), 1):
        found = re.search(pattern, line)
        if found:
            return Mark(number, found.start() + 1, len(found[0]))
    return Mark(1, 1)


#: What is checked of each page.
CHECKS: tuple[Callable[[Path, Library, Page], Iterator[Problem]], ...] = (dead_links, glossary_terms)
