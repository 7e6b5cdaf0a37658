"""A search index per language, from words as people type them to pages, in files that a browser fetches on demand.

Indexed texts and queries are normalized and split by the same rules. The index contains these rules, and
`static/assets/search.js` applies them to the query. Text in scripts without spaces is split into pairs of characters,
so that a word is found regardless of word boundaries; words of other scripts are found by prefix and common stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from msgspec import Struct

from sitegen.i18n.traditional_chinese import simplified
from sitegen.library.library import Library
from sitegen.library.links import render_prose
from sitegen.model.fields import flat
from sitegen.model.page import Id, Key
from sitegen.problems.problem import SiteError
from sitegen.source.html import words_of
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Pages per file of results, and pages per file of words.
PAGES_PER_FILE, PAGES_PER_SHARD = 200, 400
#: The most different words of a text, or pairs of characters, each a line of the index; a novel has fewer.
MOST_TERMS = 300_000

#: Interchangeable letters → one of them. Letters that Unicode decomposes (ё, й, ў, ӣ, é, آ, ؤ) need no entry.
FOLDED = {
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss",
    "ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и",  # kk, ky
    "ҳ": "х", "ҷ": "ч", "ґ": "г", "ј": "й", "ъ": "", "ь": "",
    "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه", "ٱ": "ا",
    "ँ": "ं",
    **{chr(start + n): str(n) for start in (0x660, 0x6F0, 0x966) for n in range(10)},
}  # fmt: skip
#: Patterns for spelling variants within words, valid in both Python and JavaScript → replacement.
#: In Indic scripts, a nasal before a consonant of the same class can also be written as anusvara: केन्द्र and केंद्र,
#: সম্বন্ধ and সংবন্ধ. The signs have the same offsets in each Unicode block.
REWRITTEN = tuple(
    (
        "|".join(
            f"{chr(block + nasal)}{chr(block + 0x4D)}(?=[{chr(block + first)}-{chr(block + first + 4)}])"
            for nasal, first in ((0x19, 0x15), (0x1E, 0x1A), (0x23, 0x1F), (0x28, 0x24), (0x2E, 0x2A))
        ),
        chr(block + 2),
    )
    for block in (0x900, 0x980, 0xA00, 0xA80, 0xB00, 0xC00, 0xC80)
)
#: Optional characters: apostrophes and half-rings, vowel signs of Arabic script, nukta, soft hyphens, joiners.
#: The zero-width non-joiner of Persian is not included, as it separates parts of a word; see `terms`.
DROPPED = "\u0300-\u036f'’‘ʻʼʽʿʾ`´ʹ\u064b-\u065f\u0670\u0640\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc\u00ad\u200d\u2060"
#: Scripts written without spaces: Han, kana, Thai, Lao, Myanmar, Khmer.
UNSPACED = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"

#: The weight of a word by where it occurs.
_TITLE, _SOURCE_TITLE, _KEYWORD, _HEADING, _FIELD, _TEXT = 8, 6, 3.5, 3, 3, 3
_NOT_INDEXED = frozenset({"title", "slug", "source", "review", "draft", "keywords"})
_DROPPED = lazily(f"[{DROPPED}]")
_FOLD = str.maketrans(FOLDED)
_REWRITTEN = tuple((lazily(pattern), sign) for pattern, sign in REWRITTEN)
_INDIC = lazily("[\u0900-\u0cff]")
_HAN = lazily("[\u3400-\u9fff\uf900-\ufaff]")
_UNSPACED = lazily(f"[{UNSPACED}]+")
_NON_JOINER = "\u200c"
_MAY_BE_CUT = lazily(f"[{UNSPACED}{_NON_JOINER}]")


class Found(Struct, frozen=True):
    """A search result: address, title and summary of a page."""

    url: str
    title: str
    summary: str


class SearchIndex(Struct, frozen=True, dict=True):
    """The search index of a language."""

    version: str
    pages: tuple[Found, ...]  #: the pages written in the language; their positions are the page numbers
    terms: Mapping[str, tuple[tuple[int, int], ...]]  #: normalized word → (page number, weight), …
    shards: int  #: the number of files for the terms

    @cached_property
    def rules(self) -> dict[str, Any]:
        """The rules that a browser needs to run a query."""
        return {
            "version": self.version,
            "pages": len(self.pages),
            "shards": self.shards,
            "perFile": PAGES_PER_FILE,
            "dropped": DROPPED,
            "folded": {**FOLDED, **self._traditional},
            "rewritten": REWRITTEN,
            "unspaced": UNSPACED,
        }

    @property
    def _traditional(self) -> dict[str, str]:
        """Traditional → simplified Han characters that occur in the index; the full table exceeds most indexes."""
        present = {sign for term in self.terms if _HAN.match(term) for sign in term}
        return {chr(sign): other for sign, other in simplified().items() if other in present} if present else {}

    def shard(self, number: int) -> dict[str, list[int]]:
        """Return the terms of a file: term → [page, weight, page, weight, …]."""
        chosen = sorted(term for term in self.terms if ord(term[0]) % self.shards == number)
        return {term: [n for pair in self.terms[term] for n in pair] for term in chosen}

    def results(self, number: int) -> list[tuple[str, str, str]]:
        """Return the pages of a file: address, title, summary."""
        chosen = self.pages[number * PAGES_PER_FILE : (number + 1) * PAGES_PER_FILE]
        return [(page.url, page.title, page.summary) for page in chosen]


def own_pages(library: Library, language: str) -> list[Key]:
    """Return the pages indexed for a language, without fallbacks, which are indexed in the language that they show."""
    return [key for key, page in library.pages.items() if language in page.states and language in page.versions]


def shard_count(library: Library, language: str) -> int:
    """Return the number of files for the words of a language."""
    return -(-len(own_pages(library, language)) // PAGES_PER_SHARD) or 1


def file_count(library: Library, language: str) -> int:
    """Return the number of files for the results of a language."""
    return -(-len(own_pages(library, language)) // PAGES_PER_FILE)


def text_version(library: Library, language: str) -> str:
    """Return sixteen hex digits that change whenever the search index of a language changes."""
    seen = sha256(repr((FOLDED, REWRITTEN, DROPPED, UNSPACED)).encode())
    for key in own_pages(library, language):
        page = library.pages[key]
        chain = (*library.locales[language].chain, page.source)  # for missing words
        fronts = [page.versions[path].front_digest for path in chain if path in page.versions]
        seen.update(repr((key, page.versions[language].digest, fronts, library.url(key, language))).encode())
    return seen.hexdigest()[:16]


def build_index(library: Library, language: str) -> SearchIndex:
    """Build the search index of a language."""
    found: list[Found] = []
    weights: dict[str, list[tuple[int, int]]] = {}
    for number, key in enumerate(own_pages(library, language)):
        title, summary = (_word(library, key, language, name) for name in ("title", "summary"))
        found.append(Found(library.url(key, language), title, summary))
        for term, weight in _weigh(library, key, language).items():
            weights.setdefault(term, []).append((number, round(10 * weight)))
    terms = {term: tuple(pairs) for term, pairs in weights.items()}
    return SearchIndex(text_version(library, language), tuple(found), terms, shard_count(library, language))


def _word(library: Library, key: Key, language: str, name: str) -> str:
    word = library.word(key, language, name)
    return str(word[0]) if word else ""


def _weigh(library: Library, key: Key, language: str) -> dict[str, float]:
    """Return the weight of each term on a page.

    Raises:
        SiteError: its text has too many of them.
    """
    page = library.pages[key]
    prose = render_prose(library, key, language, is_seen=False)
    parts = [
        (_HEADING, terms(" ".join(heading.title for heading in prose.headings))),
        (_KEYWORD, terms(" ".join(_keywords(library, key, language)))),
        (_FIELD, terms(" ".join(_fields(library, key, language)))),
        (_TEXT, terms(words_of(prose.html))),
    ]
    weights: dict[str, float] = {}
    for most, words in parts:
        counts = Counter(words)
        if len(counts) > MOST_TERMS:
            what = f"the text has {len(counts):,} different words for the search, over {MOST_TERMS:,}"
            path = page.versions[language].path
            raise SiteError([problem_at(path, "too-costly", what, Mark(1, 1), "divide it among several pages")])
        for term, count in counts.items():
            weights[term] = weights.get(term, 0) + most * count / (count + 0.5 + len(words) / 200)
    for most, path in ((_TITLE, language), (_SOURCE_TITLE, page.source)):
        title = terms(_word(library, key, path, "title")) if most == _TITLE or path != language else []
        for term in set(title):
            weights[term] = weights.get(term, 0) + most * (0.6 + 0.4 / len(title))
    return weights


def _keywords(library: Library, key: Key, language: str) -> Iterator[str]:
    """Yield search words that are not on the page: those of the field `keywords`."""
    is_word = library.kind(key).fields["keywords"].side == "words"  # a site may declare facts by this name
    if is_word and (word := library.word(key, language, "keywords")):
        yield from _texts(word[0])


def _fields(library: Library, key: Key, language: str) -> Iterator[str]:
    """Yield the texts of a page other than its title and body: other words, and names of countries."""
    for declared in library.kind(key).fields.values():
        if declared.side == "facts":
            countries = declared.type == "country" or (declared.item is not None and declared.item.type == "country")
            value = library.pages[key].facts.get(declared.name) if countries else None
            codes = value if isinstance(value, tuple) else (value,) if value else ()
            yield from (library.locales[language].country(code) for code in codes)
        elif declared.name not in _NOT_INDEXED and (word := library.word(key, language, declared.name)):
            yield from _texts(word[0])


def _texts(value: Any) -> Iterator[str]:
    return (own for own in flat(value) if isinstance(own, str) and not isinstance(own, Id))


def terms(text: str) -> list[str]:
    """Return the normalized terms of a text; a Persian compound as its parts and itself."""
    folded = fold(text)
    words: list[str] = _words().findall(folded)
    return words if folded.isascii() or not _MAY_BE_CUT.search(folded) else [*_parts(words)]


def _parts(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if _NON_JOINER in word:
            yield from filter(None, (*word.split(_NON_JOINER), word.replace(_NON_JOINER, "")))
        else:
            yield from _cut(word)


def fold(text: str) -> str:
    """Normalize a text: decompose compatibility forms, lowercase, unify variants, remove optional characters."""
    folded = _DROPPED.sub("", unicodedata.normalize("NFKD", text).lower()).translate(_FOLD)
    if _INDIC.search(folded):
        for pattern, sign in _REWRITTEN:
            folded = pattern.sub(sign, folded)
    return folded.translate(simplified()) if _HAN.search(folded) else folded  # so that each form finds the other


def _cut(word: str) -> Iterator[str]:
    """Yield a word in a script with spaces unchanged; other text as pairs of characters and its last character."""
    end = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > end:
            yield word[end : run.start()]
        yield from _pairs(run[0])
        end = run.end()
    if end < len(word):
        yield word[end:]


def _pairs(run: str) -> Iterable[str]:
    return (*(run[n : n + 2] for n in range(len(run) - 1)), run[-1])


@cache
def _words() -> re.Pattern[str]:
    r"""Match letters, digits and combining marks, as JavaScript's `[\p{L}\p{N}\p{M}]+`, and the non-joiner."""
    marks = "".join(char for code in range(0x300, 0x10000) if unicodedata.category(char := chr(code))[0] == "M")
    return re.compile(rf"(?:[^\W_]++|[{marks}{_NON_JOINER}]++)+")
