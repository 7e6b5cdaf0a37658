"""Official names that translations must use, as the glossary defines them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from sitegen.library.glossary import glossary_page, terms_of
from sitegen.library.library import Library
from sitegen.model.page import Document, Page
from sitegen.problems.problem import Problem
from sitegen.source.files import read_text
from sitegen.source.html import plain_text
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

_CODE = lazily(r"<pre\b.*?</pre>", re.DOTALL)
_HAN = lazily(r"[\u3400-\u9fff]")
#: The boundary between Han, which is written without spaces, and other letters.
_HAN_EDGE = lazily(r"(?<=[\u3400-\u9fff])(?=\w)(?![\u3400-\u9fff])|(?<=\w)(?<![\u3400-\u9fff])(?=[\u3400-\u9fff])")
_EDGE = "\u200b"


def glossary_terms(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Report names that a translation renders differently from the glossary, and renderings that the glossary bans."""
    found = glossary_page(library)
    if found is None or page.key == found.key or page.source not in found.versions:
        return
    glossary = found.versions
    source_text = visible_text(library, page.versions[page.source])
    terms = {path: _terms(glossary[path]) for path in page.written if path in glossary}
    source = terms[page.source]
    used = {key: source[key].term for key in _used(source, source_text)}
    for path, own in terms.items():
        yield from _wrong_terms(root, library, page.versions[path], used if path != page.source else {}, own)


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
    text = visible_text(library, document)
    for term in own.values():
        for banned in term.avoid:
            if _pattern(_exactly(banned)).search(text):
                mark = _place(root, document, _exactly(banned))
                message = f"'{banned}' is not the term to use"
                yield problem_at(document.path, "glossary", message, mark, f"write '{term.term}'")
    for key, name in used.items():
        if key in own and not _pattern(stems(own[key].term)).search(text):
            message = f"the name '{own[key].term}' is not used"
            yield problem_at(document.path, "glossary", message, Mark(1, 1), f"the source has '{name}'")


def _used(terms: Mapping[str, _Term], text: str) -> Iterator[str]:
    """Keys of the names that a text uses; a name inside a longer name does not count."""
    for key in sorted(terms, key=lambda key: -len(terms[key].term)):
        left = _pattern(_exactly(terms[key].term)).sub(" ", text)
        if left != text:
            yield key
            text = left


def visible_text(library: Library, document: Document) -> str:
    """Title, other words and body of a document as plain text on one line, with Han set apart from other letters.

    Blocks of code are left out, as nobody translates them.
    """
    words = [str(value) for name, value in document.words.items() if isinstance(value, str) and name != "slug"]
    body = plain_text(_CODE.sub(" ", library.text(document)))
    return _apart(re.sub(r"\s+", " ", " ".join((*words, body))))


def _apart(text: str) -> str:
    return _HAN_EDGE.sub(_EDGE, text)


#: re caches only 512 patterns, and a glossary in many languages has more.
_pattern = cache(re.compile)


@cache
def stems(term: str) -> str:
    """A pattern that finds a name in any grammatical form: Han literally, other words by their stems."""
    if _HAN.search(term):
        return re.escape(_apart(term))
    parts = [_stem(word) for word in re.findall(r"\w+", term)]
    return r"(?<!\w)" + _either(r"\W+".join(parts)) if parts else re.escape(term)


def _stem(word: str) -> str:
    is_fixed = len(word) < 4 or (word.isascii() and word.isupper())
    pattern = re.escape(word) if is_fixed else re.escape(word[: max(3, len(word) - 3)]) + r"\w*"
    # Belarusian writes the same word with ў after a vowel and with у after a consonant.
    return re.sub("^[уўУЎ]", "[уўУЎ]", pattern)


@cache
def _exactly(term: str) -> str:
    """A pattern that finds the exact words, as whole words."""
    return re.escape(_apart(term)) if _HAN.search(term) else rf"(?<!\w){_either(re.escape(term))}(?!\w)"


def _either(pattern: str) -> str:
    """A name may open a sentence or a heading: its first letter, small in the glossary, may then be a capital."""
    return f"[{pattern[0]}{pattern[0].upper()}]{pattern[1:]}" if pattern[:1].islower() else pattern


def _place(root: Path, document: Document, pattern: str) -> Mark:
    for number, line in enumerate(read_text(root, document.path).split("\n"), 1):
        text = _apart(line)
        found = re.search(pattern, text)
        if found:
            before = text[: found.start()].count(_EDGE)
            return Mark(number, found.start() - before + 1, len(found[0].replace(_EDGE, "")))
    return Mark(1, 1)
