"""Documents → Library: every page in every language, the version that is shown there, and references between pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from msgspec.structs import replace

from sitegen.content.tables import Tables
from sitegen.i18n.locale import Locale
from sitegen.media.images import Pictures
from sitegen.model.fields import Group
from sitegen.model.kinds import Kind
from sitegen.model.page import Choice, Document, FileName, Id, Key, Page, Url, day_after
from sitegen.model.settings import Config
from sitegen.model.urls import ancestor_keys, file_path, url_of_page
from sitegen.problems.suggestions import Words, nearest
from sitegen.storage.blobs import Shelf

#: Maximum number of problems per code with a "did you mean" hint; the rest are reported without one.
MOST_GUESSES = 20


#: How far an event is: people can register, no longer can, or it is over.
Stage = Literal["open", "closed", "past"]
#: Prefix of the reason for which an expired page is held back.
EXPIRED = "expired on"


@dataclass(frozen=True, eq=False, repr=False)  # writing these methods takes a hundredth of a small build
class Library:
    """All pages, complete and checked against each other."""

    config: Config
    locales: Mapping[str, Locale]
    pages: Mapping[Key, Page]
    files: Mapping[tuple[Key, str], str]  #: (key, file name) → path of a file beside a page, relative to the root
    unread: frozenset[Key]  #: pages that exist but could not be read; references to them are not reported
    held: Mapping[Key, str]  #: key → why a page is not published: "a draft", "due on 2026-12-01", …
    #: Key → fact → keys of the pages whose fact refers to it, sorted by key.
    referrers: Mapping[Key, Mapping[str, tuple[Key, ...]]]
    due: tuple[str, str]  #: first day, and day after the last (ISO 8601), on which the same pages are published
    shelf: Shelf  #: storage of the texts
    pictures: Pictures  #: the sizes of pictures beside pages
    #: (page, language) → slugs of the page and its folders, as in its address after the language.
    segments: Mapping[tuple[Key, str], tuple[str, ...]] = field(default_factory=dict)
    below: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)  #: key → keys of the child pages, sorted by key
    ordered: dict[tuple[Key, str], tuple[Key, ...]] = field(default_factory=dict)  #: cache of `children`
    known: dict[tuple[str, Key, str], Any] = field(default_factory=dict)  #: cache of `once`
    #: Old address without a language, as in `aliases` → the page that had it.
    moved: Mapping[Key, Key] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)  #: the tables beside pages, as they are read
    guessed: dict[str, int] = field(default_factory=dict)  #: code → number of problems that have asked for a guess
    never_tracked: int = 0  #: number of translations if none of them records its source; otherwise 0

    def kind(self, key: Key) -> Kind:
        """Return the kind of a page."""
        return self.config.kinds[self.pages[key].kind]

    def shown(self, key: Key, language: str) -> Document:
        """Return the version of a page that a language shows."""
        page = self.pages[key]
        return page.versions[page.states[self.nearest_language(key, language)].shown]

    def nearest_language(self, key: Key, language: str) -> str:
        """Return the language itself or, if the page is not offered in it, the first fallback that has the page.

        A language that is built takes precedence over those excluded by `--languages`.
        """
        states = self.pages[key].states
        if language in states:
            return language
        chain = (*self.locales[language].chain, self.pages[key].source, *states)
        offered = [path for path in chain if path in states]
        return next((path for path in offered if path in self.config.built), offered[0])

    def word(self, key: Key, language: str, name: str) -> tuple[Any, str] | None:
        """Return a word and its language: the language itself, else a fallback, else the source language."""
        page = self.pages[key]
        for path in (language, *self.locales[language].chain, page.source):
            document = page.versions.get(path)
            words = document.words if document is not None else {}
            if document is not None and name in words:
                is_own = document.is_written or name == "slug"
                return words[name] if is_own else _written(words[name], self.locales[path]), path
        return None

    def url(self, key: Key, language: str, number: int = 1, part: str = "") -> Url:
        """Return the address of a page in a language or, if it is not offered there, in the nearest one."""
        path = self.nearest_language(key, language)
        segments = (*self.segments[key, path], *filter(None, part.split("/"))) if part else self.segments[key, path]
        return url_of_page(self.config.base_path, path, segments, number)

    def file(self, key: Key, language: str, number: int = 1, part: str = "") -> str:
        """Return the output file of a page in a language.

        Args:
            number: 1-based page of a list.
            part: the selection of a filtered list, such as `status/open`; see `lists.py`.
        """
        path = self.nearest_language(key, language)
        return file_path(path, (*self.segments[key, path], *filter(None, part.split("/"))), number)

    def urls(self, key: Key, paths: Iterable[str], number: int = 1, part: str = "") -> list[Url]:
        """Return the addresses of a page in languages in which it is offered, as `url` does for one."""
        base, own = self.config.base_path, tuple(filter(None, part.split("/"))) if part else ()
        segments = self.segments
        return [url_of_page(base, path, (*segments[key, path], *own), number) for path in paths]

    def children(self, key: Key, language: str) -> tuple[Key, ...]:
        """Return the child pages offered in a language, in the order that the page's kind declares."""
        if (key, language) not in self.ordered:
            offered = [child for child in self.below.get(key, ()) if language in self.pages[child].states]
            self.ordered[key, language] = tuple(self.sorted(offered, self.kind(key).children.sort, language))
        return self.ordered[key, language]

    def once(
        self, name: Literal["narrowed", "anchors", "earlier"], key: Key, language: str, make: Callable[[Library], Any]
    ) -> Any:
        """Return a value computed for a page in a language; it is computed once and cached."""
        if (name, key, language) not in self.known:
            self.known[name, key, language] = make(self)
        return self.known[name, key, language]

    def text(self, document: Document) -> str:
        """Return the HTML of a document, with link targets and heading ids as written."""
        return self.shelf.get(document.html).decode()

    def stage(self, key: Key) -> Stage:
        """How far a page's calendar event was on the day of the build; "open" for other pages."""
        kind, facts = self.kind(key), self.pages[key].facts
        if not kind.calendar:
            return "open"
        return (
            "past"
            if self._is_over(kind.last_day(facts))
            else "closed"
            if self._is_over(kind.deadline(facts))
            else "open"
        )

    def _is_over(self, day: dt.date | None) -> bool:
        return day is not None and day_after(day).isoformat() <= self.due[0]

    def sorted(self, keys: Iterable[Key], sort: str, language: str) -> list[Key]:
        """Sort keys by a field, descending with a `-` prefix; pages without it come last, ties are sorted by key."""
        name = sort.removeprefix("-")
        values = {key: self._sort_value(key, name, language) for key in sorted(keys)}
        filled = sorted(
            (key for key in values if values[key] is not None), key=lambda key: values[key], reverse=sort[0] == "-"
        )
        return [*filled, *(key for key in values if values[key] is None)]

    def _sort_value(self, key: Key, name: str, language: str) -> Any:
        if name in self.pages[key].facts:
            value = self.pages[key].facts[name]
            if type(value) is dt.date:  # a `moment` may also be a datetime: compare a day as midnight
                return dt.datetime.combine(value, dt.time(), self.config.time_zone)
            return value.value if isinstance(value, Choice) else value
        word = self.word(key, language, name)
        return self.locales[language].order(str(word[0])) if word else None

    def ancestors(self, key: Key) -> tuple[Key, ...]:
        """Return the ancestor pages, home first; skip folders without a page."""
        return tuple(above for above in ancestor_keys(key) if above in self.pages)

    def is_expired(self, key: Key) -> bool:
        """Whether a page is held back because it has expired."""
        return self.held.get(key, "").startswith(EXPIRED)

    def in_place_of(self, key: Key) -> Key | None:
        """Return the nearest ancestor, to which links to an expired page lead; None if the page is not expired."""
        return (self.ancestors(key) or (None,))[-1] if self.is_expired(key) else None

    @cached_property
    def beside(self) -> Mapping[Key, tuple[str, ...]]:
        """Key → names of the files beside the page."""
        found: dict[Key, list[str]] = {}
        for key, name in self.files:
            found.setdefault(key, []).append(name)
        return {key: tuple(names) for key, names in found.items()}

    @cached_property
    def at(self) -> Mapping[str, Key]:
        """Output file of a page in a language → its key."""
        return {file_path(language, parts): key for (key, language), parts in self.segments.items()}

    @cached_property
    def keys(self) -> Words:
        """The keys of all pages, prepared for guesses."""
        return Words(self.pages)

    def guess(self, code: str, word: str, known: Iterable[str] | Words) -> str:
        """Return `nearest` for a problem, or "" after `MOST_GUESSES` problems of the same code."""
        self.guessed[code] = self.guessed.get(code, 0) + 1
        return nearest(word, known) if self.guessed[code] <= MOST_GUESSES else ""

    def resolve_file(self, key: Key, name: str, language: str) -> tuple[str, str] | None:
        """Return the file that `campus.jpg` means in a language: (file beside the page, language of its address).

        `campus.ru.jpg` takes precedence in Russian and in languages that fall back to it. A file for all languages is
        published once, next to the page's source version.
        """
        stem, dot, ending = name.rpartition(".")
        for path in (language, *self.locales[language].chain):
            if (key, f"{stem}.{path}{dot}{ending}") in self.files:
                return f"{stem}.{path}{dot}{ending}", path
        return (name, self.pages[key].source) if (key, name) in self.files else None

    def size(self, key: Key, name: str) -> int:
        """Return the size in bytes of a file beside a page."""
        return (self.pictures.root / self.files[key, name]).stat().st_size

    def file_target(self, key: Key, name: str) -> str:
        """Return the output path of a file beside a page."""
        named = language_in_name(name)
        return self.file_beside(key, named if named in self.locales else self.pages[key].source, name)

    def file_beside(self, key: Key, language: str, name: str) -> str:
        """Return the output path of a file of this name beside a page in a language."""
        return self.file(key, language).removesuffix("index.html") + name

    def published_files(self) -> Iterator[tuple[Key, str, str]]:
        """Yield the files beside pages that are published: the page, the file's name, and its path from the root."""
        return ((key, name, path) for (key, name), path in self.files.items() if key in self.pages)


def language_in_name(name: str) -> str:
    """Return what may be the language of a file beside a page, such as `ru` of `hall.ru.jpg`; "" if nothing may."""
    return name.split(".")[-2] if name.count(".") > 1 else ""


def _written(value: Any, locale: Locale) -> Any:
    """Transliterate a word for a language derived from another; ids and names of files stay unchanged."""
    match value:
        case Id() | FileName():
            return value
        case str():
            return locale.written(value)
        case tuple():
            return tuple(_written(child, locale) for child in value)
        case Group():
            return replace(value, values={name: _written(child, locale) for name, child in value.values.items()})
        case dict():
            return {name: _written(child, locale) for name, child in value.items()}
    return value
