"""How far each language has come: pages and words that are current, stale or missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from sitegen.content.section_digests import split_sections
from sitegen.library.library import Library
from sitegen.library.translated_parts import notes_name, translatable_parts
from sitegen.model.fields import Group
from sitegen.model.page import Choice, Document, Key, State
from sitegen.source.html import plain_text
from sitegen.source.lazy_regex import lazily

#: A word, or a sign of a script that is written without spaces.
_WORD = lazily(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


class PageCoverage(Struct, frozen=True):
    """A page in one language.

    Attributes:
        key: its content path.
        state: how far its translation is; `state.name` as of `page.state`.
        review: "machine", "human", or None where nothing is said or nothing translated.
        words: words of the source.
        current: those of them whose translation renders today's source.
    """

    key: Key
    state: State
    review: str | None
    words: int
    current: int


class Coverage(Struct, frozen=True, dict=True):
    """All pages in one language.

    Attributes:
        language: its path.
        pages: each page that exists in it.
    """

    language: str
    pages: tuple[PageCoverage, ...]

    @cached_property
    def words(self) -> int:
        """Words of the sources of its pages."""
        return sum(page.words for page in self.pages)

    @cached_property
    def current(self) -> int:
        """Those of them whose translation renders today's source."""
        return sum(page.current for page in self.pages)

    @cached_property
    def reviewed_pages(self) -> int:
        """Those that a person has read beside the source."""
        return sum(page.review == "human" for page in self.pages)

    @cached_property
    def behind(self) -> tuple[PageCoverage, ...]:
        """Those that are not current."""
        return tuple(page for page in self.pages if page.state.name not in ("source", "current"))

    @cached_property
    def current_pages(self) -> int:
        """How many pages are current."""
        return sum(page.state.name in ("source", "current") for page in self.pages)

    @property
    def percent(self) -> int:
        """The share of words that are current; 100 only when all are."""
        return 100 * self.current // self.words if self.words else 100

    @property
    def share(self) -> float:
        """`percent` as a number up to 1."""
        return self.percent / 100


def as_data(languages: tuple[Coverage, ...]) -> dict[str, Any]:
    """The coverage as plain data, for other tools."""
    return {own.language: _language_data(own) for own in languages}


def _language_data(own: Coverage) -> dict[str, Any]:
    return {
        "words": own.words,
        "current_words": own.current,
        "pages": {
            page.key: {
                "state": page.state.name,
                "behind": list(page.state.changed),
                **{name: list(own) for name in ("moved", "removed") if (own := getattr(page.state, name))},
                "review": page.review,
                "words": page.words,
                "current_words": page.current,
            }
            for page in own.pages
        },
    }


def measure(library: Library) -> tuple[Coverage, ...]:
    """The coverage of each language, in the order of site.yaml, but for those that a build must not name."""
    counts = {key: count_words(library, page.versions[page.source]) for key, page in library.pages.items()}
    return tuple(
        Coverage(path, tuple(_pages(library, path, counts)))
        for path in library.config.languages
        if path not in library.config.held
    )


def _pages(library: Library, path: str, counts: Mapping[Key, Mapping[str, int]]) -> Iterator[PageCoverage]:
    for key, page in library.pages.items():
        if path not in page.states:
            continue
        state, words = page.states[path], counts[key]
        total = sum(words.values())
        behind = total if state.name in ("missing", "untracked") else sum(words.get(name, 0) for name in state.changed)
        yield PageCoverage(key, state, _review(page.versions.get(path)), total, total - behind)


def _review(document: Document | None) -> str | None:
    review = document.words.get("review") if document is not None else None
    return review.value if isinstance(review, Choice) else None


def count_words(library: Library, document: Document) -> dict[str, int]:
    """Words in each translatable part of a document, by the part's name."""
    names = list(translatable_parts(document, library.kind(document.key)))
    texts = [text for text in split_sections(library.text(document)) if text.strip()]
    notes = notes_name(document.body.headings)
    sections = [name for name in names if name.startswith("#") and name != notes]
    counts = {name: _count(_text_of(document.words[name])) for name in names if not name.startswith("#")}
    counts.update({name: _count(plain_text(text, " ")) for name, text in zip(sections, texts, strict=False)})
    return counts


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _text_of(value: Any) -> str:
    """Every text of a value of words."""
    match value:
        case str():
            return value
        case tuple():
            return " ".join(map(_text_of, value))
        case Group():
            return " ".join(map(_text_of, value.values.values()))
        case dict():
            return " ".join(map(_text_of, value.values()))
    return ""
