"""Problems of pages among others: links, translations beside their sources, names. Each check is a generator in `CHECKS`."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
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


def structure(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Translations whose headings, lists, tables, links, pictures or numbers are others than the source's; stale parts aside."""
    source = page.versions[page.source]
    theirs = _parts(library, source)
    for path, document in page.written.items():
        state = page.states.get(path)
        if document is source or state is None or "#" in "".join(state.changed):
            continue
        own = _parts(library, document)
        if [part.level for part in own] != [part.level for part in theirs]:
            yield _other_headings(document, own, theirs)
            continue
        digits_differ = library.locales[path].calendar not in ("", "gregorian")
        for one, other in zip(own, theirs, strict=True):
            yield from _other_parts(document, one, other, digits_differ)


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of a body, as what a translation must keep: its heading's level and line, and what its HTML holds."""

    level: int
    line: int
    html: str

    def count(self, tag: str) -> int:
        return len(re.findall(f"<{tag}[ >]", self.html))

    @property
    def targets(self) -> Counter[str]:
        return Counter(html.unescape(found) for found in re.findall(r'(?:href|src)="\x01?([^"\x03]*)', self.html))

    @property
    def numbers(self) -> set[str]:
        text = html.unescape(_TAGS.sub("", self.html))
        plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
        return set(re.findall(r"\d+(?:\.\d+)*", plain))

    @property
    def paragraphs(self) -> list[str]:
        texts = re.findall(r"<p>(.*?)</p>", self.html, re.DOTALL)
        return [" ".join(html.unescape(_TAGS.sub("", text)).split()) for text in texts]


#: HTML element → what a translator calls it.
_COUNTED = {
    "li": "list items",
    "tr": "table rows",
    "img": "pictures",
    "blockquote": "quotations",
    "pre": "blocks of code",
}
#: Numbers up to this are often words in one language and digits in another.
_SPELLED = 20
#: Fewer words may well be the same in two languages.
_UNTRANSLATED = 5


def _parts(library: Library, document: Document) -> list[_Part]:
    """The text before the first heading, then each section with its heading."""
    first, *sections = re.split(r'(?=<h[2-6] id="\x02)', library.shelf.get(document.html).decode())
    headings = document.body.headings
    parts = [_Part(heading.level, heading.line, text) for heading, text in zip(headings, sections, strict=True)]
    return [_Part(0, 1, first), *parts]


def _other_headings(document: Document, own: list[_Part], theirs: list[_Part]) -> Problem:
    pairs = enumerate(zip_longest((part.level for part in own), (part.level for part in theirs)))
    first = next(index for index, (mine, its) in pairs if mine != its)
    mark = Mark(own[min(first, len(own) - 1)].line, 1)
    message = f"the headings are not those of the source: {len(own) - 1} here, {len(theirs) - 1} there"
    hint = f"they differ from line {theirs[min(first, len(theirs) - 1)].line} of the source on"
    return problem_at(document.path, "structure", message, mark, hint)


def _other_parts(document: Document, own: _Part, source: _Part, is_other_calendar: bool) -> Iterator[Problem]:
    mark, hint = Mark(own.line, 1), f"see line {source.line} of the source"
    for message in (*_other_counts(own, source), *_other_numbers(own, source, is_other_calendar)):
        yield problem_at(document.path, "structure", message, mark, hint)
    for text in own.paragraphs:
        if len(text.split()) >= _UNTRANSLATED and text in source.paragraphs:
            yield problem_at(document.path, "untranslated", f"'{text[:40]}…' is the source's text", mark, hint)


def _other_counts(own: _Part, source: _Part) -> Iterator[str]:
    for tag, name in _COUNTED.items():
        if own.count(tag) != source.count(tag):
            yield f"{own.count(tag)} {name} in this section, {source.count(tag)} in the source's"
    for target in source.targets - own.targets:
        yield f"the link to '{target}' is missing in this section"
    for target in own.targets - source.targets:
        yield f"the source has no link to '{target}' in this section"


def _other_numbers(own: _Part, source: _Part, is_other_calendar: bool) -> Iterator[str]:
    for number in sorted(source.numbers - own.numbers):
        if _is_telling(number):
            yield f"the number {number} is missing in this section"
    for number in sorted(own.numbers - source.numbers):
        if _is_telling(number) and not is_other_calendar:
            yield f"the source has no number {number} in this section"


def _is_telling(number: str) -> bool:
    return "." in number or int(number) > _SPELLED


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
CHECKS: tuple[Callable[[Path, Library, Page], Iterator[Problem]], ...] = (dead_links, structure, glossary_terms)
