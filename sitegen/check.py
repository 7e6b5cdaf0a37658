"""Problems of pages among others: links, translations beside their sources, names. Each check is a generator in `CHECKS` or `OWN_CHECKS`."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sitegen.config import Config, read_text
from sitegen.drawings import find_unsafe, is_drawing
from sitegen.errors import Problem
from sitegen.fields import Group
from sitegen.hosts import is_text
from sitegen.library import Library
from sitegen.model import Document, Key, Mark, Page
from sitegen.nodes import problem_at
from sitegen.pictures import is_picture
from sitegen.prose import find_dead_links
from sitegen.structure import find_other_structure

_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>|[\x01\x02][^\x03]*\x03")
_HAN = re.compile(r"[\u3400-\u9fff]")
#: Between Han, which is written without spaces, and other letters.
_HAN_EDGE = re.compile(r"(?<=[\u3400-\u9fff])(?=\w)(?![\u3400-\u9fff])|(?<=\w)(?<![\u3400-\u9fff])(?=[\u3400-\u9fff])")
_EDGE = "\u200b"


#: What `OWN_CHECKS` have found: page → digests of the files that were read, and the problems.
Known = dict[Key, tuple[tuple[str, ...], tuple[Problem, ...]]]


def find_problems(root: Path, library: Library, known: Known) -> Iterator[Problem]:
    """What every check finds in every page, in no order.

    Args:
        known: of an earlier run with the same settings; what is found anew is noted there.
    """
    for page in library.pages.values():
        yield from find_problems_of(root, library, page, known)


def find_problems_of(root: Path, library: Library, page: Page, known: Known) -> Iterator[Problem]:
    """What every check finds in one page."""
    for check in CHECKS:
        yield from check(root, library, page)
    digests = (*_digests(page), *_digests(_glossary(library)))
    found = known.get(page.key)
    if found is None or found[0] != digests:
        found = digests, tuple(problem for check in OWN_CHECKS for problem in check(root, library, page))
        known[page.key] = found
    yield from found[1]


def _digests(page: Page | None) -> Iterator[str]:
    yield from (document.digest for document in page.written.values()) if page else ()


def _glossary(library: Library) -> Page | None:
    reference = library.config.glossary
    return library.pages[reference.key] if reference and reference.key in library.pages else None


def unreadable_pictures(library: Library) -> Iterator[Problem]:
    """Pictures beside pages that can't be published in other forms."""
    pictures = library.pictures
    for (key, _), path in library.files.items():
        if pictures.widths and is_picture(path) and key in library.pages and (problem := pictures.problem(path)):
            yield problem


def find_overweight(config: Config, path: str, content: bytes) -> Iterator[Problem]:
    """A file of the site that is heavier, as it is sent, than the budget of its ending."""
    budget = config.budgets.get(path.rpartition(".")[2])
    if budget is None or len(content) <= budget.most:
        return
    sent = len(gzip.compress(content, 6, mtime=0)) if is_text(path) else len(content)
    if sent > budget.most:
        message = f"'{path}' weighs {sent / 1000:,.1f} KB as it is sent, not at most {budget.most / 1000:,.0f}"
        yield problem_at("content/site.yaml", "budget", message, budget.mark, "make it lighter, or the budget larger")


def unsafe_drawings(root: Path, library: Library) -> Iterator[Problem]:
    """What is more than a drawing in SVG files beside pages."""
    for (key, _), path in library.files.items():
        if key in library.pages and is_drawing(path):
            yield from find_unsafe(root, path)


def dead_links(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Links, anchors and pictures that lead nowhere in the language of their text."""
    for document in page.written.values():
        yield from find_dead_links(library, document)


def glossary_terms(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Names that a translation renders otherwise than the glossary, and renderings that the glossary bans."""
    found = _glossary(library)
    if found is None or page.key == found.key or page.source not in found.versions:
        return
    glossary = found.versions
    source_text = visible_text(library, page.versions[page.source])
    terms = {path: _terms(glossary[path]) for path in page.written if path in glossary}
    source = terms[page.source]
    used = {key: source[key].term for key in _used(source, source_text)}
    for path, own in terms.items():
        yield from _wrong_terms(root, library, page.versions[path], used if path != page.source else {}, own)


@dataclass(frozen=True, slots=True)
class _Term:
    """A name in one language, and renderings of it that are not to be used."""

    term: str
    avoid: tuple[str, ...]


def _terms(document: Document) -> dict[str, _Term]:
    """The names of a glossary, by key; the content model decides what else a glossary holds, so any of it may be missing."""
    groups = [term.values for term in document.words.get("terms") or () if isinstance(term, Group)]
    return {
        str(values["key"]): _Term(str(values["term"]), tuple(map(str, values.get("avoid") or ())))
        for values in groups
        if values.get("key") and values.get("term")
    }


def _wrong_terms(
    root: Path, library: Library, document: Document, used: Mapping[str, str], own: Mapping[str, _Term]
) -> Iterator[Problem]:
    text = visible_text(library, document)
    for term in own.values():
        for banned in term.avoid:
            if _pattern(_exactly(banned)).search(text):
                mark = _place(root, document, _exactly(banned))
                message = f"'{banned}' is not the name to use"
                yield problem_at(document.path, "glossary", message, mark, f"write '{term.term}'")
    for key, name in used.items():
        if key in own and not _pattern(stems(own[key].term)).search(text):
            message = f"the name '{own[key].term}' is not used"
            yield problem_at(document.path, "glossary", message, Mark(1, 1), f"the source has '{name}'")


def _used(terms: Mapping[str, _Term], text: str) -> Iterator[str]:
    """Keys of the names that a text uses; a name within a longer one is not used by itself."""
    for key in sorted(terms, key=lambda key: -len(terms[key].term)):
        left = _pattern(_exactly(terms[key].term)).sub(" ", text)
        if left != text:
            yield key
            text = left


def visible_text(library: Library, document: Document) -> str:
    """Title, other words and body of a document as plain text on one line, Han set apart from other letters; blocks of
    code aside, which nobody translates.
    """
    words = [str(value) for name, value in document.words.items() if isinstance(value, str) and name != "slug"]
    body = html.unescape(_TAGS.sub("", _CODE.sub(" ", library.shelf.get(document.html).decode())))
    return _apart(re.sub(r"\s+", " ", " ".join((*words, body))))


def _apart(text: str) -> str:
    return _HAN_EDGE.sub(_EDGE, text)


#: re itself keeps 512 patterns, and a glossary in many languages has more.
_pattern = cache(re.compile)


@cache
def stems(term: str) -> str:
    """A pattern that finds a name in any of its grammatical forms: Han as it is, other words by their stems."""
    if _HAN.search(term):
        return re.escape(_apart(term))
    parts = [_stem(word) for word in re.findall(r"\w+", term)]
    return r"(?<!\w)" + r"\W+".join(parts) if parts else re.escape(term)


def _stem(word: str) -> str:
    is_fixed = len(word) < 4 or (word.isascii() and word.isupper())
    pattern = re.escape(word) if is_fixed else re.escape(word[: max(3, len(word) - 3)]) + r"\w*"
    # Belarusian writes the same word with ў after a vowel and with у after a consonant.
    return re.sub("^[уўУЎ]", "[уўУЎ]", pattern)


@cache
def _exactly(term: str) -> str:
    """A pattern that finds the words as they are written, whole."""
    return re.escape(_apart(term)) if _HAN.search(term) else rf"(?<!\w){re.escape(term)}(?!\w)"


def _place(root: Path, document: Document, pattern: str) -> Mark:
    for number, line in enumerate(read_text(root, document.path).split("\n"), 1):
        text = _apart(line)
        found = re.search(pattern, text)
        if found:
            before = text[: found.start()].count(_EDGE)
            return Mark(number, found.start() - before + 1, len(found[0].replace(_EDGE, "")))
    return Mark(1, 1)


Check = Callable[[Path, Library, Page], Iterator[Problem]]
#: What is checked of each page among others.
CHECKS: tuple[Check, ...] = (dead_links,)
#: What is checked of each page by its own files and the glossary's alone, whatever the others are.
OWN_CHECKS: tuple[Check, ...] = (find_other_structure, glossary_terms)
