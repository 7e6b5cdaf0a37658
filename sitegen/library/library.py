"""Documents → Library: every page in every language, the version that is shown there, and references between pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from msgspec.structs import replace

from sitegen.content.digests import digest
from sitegen.content.reader import Content, source_language
from sitegen.i18n.locale import Locale
from sitegen.media.images import Pictures
from sitegen.model.fields import Group, flat
from sitegen.model.kinds import Kind
from sitegen.model.settings import Config
from sitegen.model.urls import alias_parts, ancestor_keys, file_path, parent_key, url_of_file
from sitegen.model.values import (
    Choice,
    Document,
    FileName,
    Heading,
    Id,
    Key,
    Page,
    Reference,
    Section,
    State,
    Url,
    day_after,
)
from sitegen.problems.problem import Words, nearest
from sitegen.storage.blobs import Shelf

#: Maximum number of problems per code with a "did you mean" hint; the rest are reported without one.
MOST_GUESSES = 20
#: One line of a translation's `source:`, such as `s12ab34cd56ef t65fe43dc21ba #who-can-apply`.
RECORD = re.compile(r"s([0-9a-f]{12}) t([0-9a-f]{12}) (\S+)")


#: How far an event is: people can register, no longer can, or it is over.
Stage = Literal["open", "closed", "past"]
#: Prefix of the reason for which an expired page is held back.
_EXPIRED = "expired on"


@dataclass(frozen=True)
class Library:
    """All pages, complete and checked against each other.

    Attributes:
        files: (key, file name) → path of a file beside a page, relative to the root.
        unread: pages that exist but could not be read; references to them are not reported.
        held: key → why a page is not published: "a draft", "due on 2026-12-01", …
        referrers: key → fact → keys of the pages whose fact refers to it, sorted by key.
        due: first day, and day after the last (ISO 8601), on which the same pages are published.
        shelf: storage of the texts.
        pictures: the sizes of pictures beside pages.
        never_tracked: number of translations if none of them records its source; otherwise 0.
        segments: (page, language) → slugs of the page and its folders, as in its address after the language.
        below: key → keys of the child pages, sorted by key.
        ordered: cache of `children`.
        known: cache of `once`.
        moved: old address without a language, as in `aliases` → the page that had it.
        guessed: code → number of problems that have asked for a guess.
    """

    config: Config
    locales: Mapping[str, Locale]
    pages: Mapping[Key, Page]
    files: Mapping[tuple[Key, str], str]
    unread: frozenset[Key]
    held: Mapping[Key, str]
    referrers: Mapping[Key, Mapping[str, tuple[Key, ...]]]
    due: tuple[str, str]
    shelf: Shelf
    pictures: Pictures
    segments: Mapping[tuple[Key, str], tuple[str, ...]] = field(default_factory=dict)
    below: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    ordered: dict[tuple[Key, str], tuple[Key, ...]] = field(default_factory=dict)
    known: dict[tuple[str, Key, str], Any] = field(default_factory=dict)
    moved: Mapping[Key, Key] = field(default_factory=dict)
    guessed: dict[str, int] = field(default_factory=dict)
    never_tracked: int = 0

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
        return url_of_file(self.config.base_path, self.file(key, language, number, part))

    def file(self, key: Key, language: str, number: int = 1, part: str = "") -> str:
        """Return the output file of a page in a language.

        Args:
            number: 1-based page of a list.
            part: the selection of a filtered list, such as `status/open`; see `selections.py`.
        """
        path = self.nearest_language(key, language)
        return file_path(path, (*self.segments[key, path], *filter(None, part.split("/"))), number)

    def children(self, key: Key, language: str) -> tuple[Key, ...]:
        """Return the child pages offered in a language, in the order that the page's kind declares."""
        if (key, language) not in self.ordered:
            offered = [child for child in self.below.get(key, ()) if language in self.pages[child].states]
            self.ordered[key, language] = tuple(self.sorted(offered, self.kind(key).children.sort, language))
        return self.ordered[key, language]

    def once(
        self, name: Literal["narrowed", "anchors"], key: Key, language: str, make: Callable[[Library], Any]
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
        return self.held.get(key, "").startswith(_EXPIRED)

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
        stem_language = name.split(".")[-2] if name.count(".") > 1 else ""
        language = stem_language if stem_language in self.locales else self.pages[key].source
        return self.file(key, language).removesuffix("index.html") + name


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


def build_library(
    content: Content,
    config: Config,
    locales: Mapping[str, Locale],
    shelf: Shelf,
    pictures: Pictures,
    *,
    as_of: dt.date,
    with_drafts: bool = False,
) -> Library:
    """Group the documents into pages, and compute everything that depends on more than one of them."""
    versions: dict[Key, dict[str, Document]] = {}
    for document in content.documents:
        versions.setdefault(document.key, {})[document.language] = document
    held: dict[Key, str] = {}
    pages: dict[Key, Page] = {}
    for key, documents in sorted(versions.items()):
        page = make_page(key, documents, config, locales, with_drafts)
        reason = "" if with_drafts else reason_to_hold(page, as_of)
        if reason:
            held[key] = reason
        else:
            pages[key] = page
    library = Library(
        config,
        locales,
        pages,
        content.files,
        content.unread,
        held,
        _referrers(pages),
        _due(content.documents, as_of, config.kinds),
        shelf,
        pictures,
    )
    return dataclasses.replace(
        library,
        segments=_find_segments(library),
        below=_find_below(pages),
        moved=_find_moved(pages),
        never_tracked=_count_untracked(pages.values()),
    )


def _count_untracked(pages: Iterable[Page]) -> int:
    """Return the number of translations if there are several and none records its source; otherwise 0."""
    names = Counter(page.states[path].name for page in pages for path in page.written if path in page.states)
    return names["untracked"] if names["untracked"] > 1 and not (names["current"] or names["stale"]) else 0


def _find_segments(library: Library) -> dict[tuple[Key, str], tuple[str, ...]]:
    found: dict[tuple[Key, str], tuple[str, ...]] = {}
    for key in sorted(library.pages, key=lambda key: key.count("/")):
        above = parent_key(key)
        for path in library.pages[key].states:
            if above is None:
                found[key, path] = ()
                continue
            slug = library.word(key, path, "slug")
            own = str(slug[0]) if slug else key[len(above) : -1]
            before = found.get((above, path))
            folders = tuple(part for part in above.split("/") if part)
            found[key, path] = (*(before if before is not None else folders), own)
    return found


def _find_below(pages: Iterable[Key]) -> dict[Key, tuple[Key, ...]]:
    below: dict[Key, list[Key]] = {}
    for key in sorted(pages):
        above = parent_key(key)
        if above is not None:
            below.setdefault(above, []).append(key)
    return {key: tuple(keys) for key, keys in below.items()}


def _find_moved(pages: Mapping[Key, Page]) -> dict[Key, Key]:
    moved: dict[Key, Key] = {}
    for key, page in pages.items():
        for alias in page.facts.get("aliases", ()):
            moved.setdefault(alias, key)
    return moved


def make_page(
    key: Key, documents: Mapping[str, Document], config: Config, locales: Mapping[str, Locale], with_drafts: bool
) -> Page:
    """Combine the versions of one page, and determine its state in each language."""
    source = source_language(documents, config)
    facts = documents[source].facts
    published = {
        path: documents[path]
        for path in config.languages
        if path in documents and (path == source or with_drafts or documents[path].words.get("draft") is not True)
    }
    made = {
        path: replace(published[language.base], language=path)
        for path, language in config.languages.items()
        if language.base in published and path not in documents
    }
    published = {path: {**published, **made}[path] for path in config.languages if path in published or path in made}
    offered = [path for path in config.languages if path in facts.get("languages", config.languages)]
    kind = config.kinds[documents[source].kind]
    states = {path: _state(path, published, source, kind, locales[path]) for path in offered}
    return Page(key=key, kind=kind.name, source=source, facts=facts, versions=published, states=states)


def _state(path: str, versions: Mapping[str, Document], source: str, kind: Kind, locale: Locale) -> State:
    if path == source:
        return State("source", path)
    if path in versions and not versions[path].is_written:
        base = _state(locale.base, versions, source, kind, locale)
        return replace(base, name="current" if base.name == "source" else base.name, shown=path)
    if path not in versions:
        shown = next((other for other in locale.chain if other in versions), source)
        return State("current" if versions[source].facts.get("translate") is False else "missing", shown)
    records = {
        found[3]: found[1] for line in versions[path].words.get("source", ()) if (found := RECORD.fullmatch(line))
    }
    if not records:
        return State("untracked", path)
    parts = translatable_parts(versions[source], kind)
    changed = [name for name, current in parts.items() if records.get(name) != current]
    changed += [
        name for name in records if name not in parts and (name not in kind.fields or kind.fields[name].translate)
    ]
    return State("stale" if changed else "current", path, tuple(changed))


def translatable_parts(document: Document, kind: Kind) -> dict[str, str]:
    """Return a document's translatable parts in order: field name, or `#anchor` of a section → digest."""
    parts = {
        f.name: digest(json.dumps(_plain(document.words[f.name]), ensure_ascii=False, default=str))
        for f in kind.of_side("words")
        if f.name != "slug" and f.translate and f.name in document.words
    }
    headings = document.body.headings
    for section in document.body.sections:
        parts[section_name(section, headings)] = section.digest
    return parts


def section_name(section: Section, headings: tuple[Heading, ...]) -> str:
    """Return `#anchor` for a section, `#` for the text before the first heading, and `#notes` for the footnotes."""
    if section.heading == len(headings):
        return notes_name(headings)
    return "#" + (headings[section.heading].anchor if section.heading >= 0 else "")


def notes_name(headings: tuple[Heading, ...]) -> str:
    """Return the name of the footnotes: `#notes`, with hyphens appended if a heading has that id."""
    name = "#notes"
    while any("#" + heading.anchor == name for heading in headings):
        name += "-"
    return name


def _plain(value: Any) -> Any:
    match value:
        case Choice():
            return value.value
        case Reference():
            return value.key
        case Group():
            return {name: _plain(child) for name, child in value.values.items()}
        case tuple():
            return [_plain(child) for child in value]
    return value


def _due(documents: Iterable[Document], as_of: dt.date, kinds: Mapping[str, Kind]) -> tuple[str, str]:
    """Return two days: from the first until before the second, no page becomes due, expires or is over."""
    days = {d.facts[name] for d in documents for name in ("publish", "expires") if name in d.facts}
    events = [(kinds[d.kind], d.facts) for d in documents if kinds[d.kind].calendar]
    over = (day for kind, facts in events for day in (kind.last_day(facts), kind.deadline(facts)))
    days |= {day_after(day) for day in over if day is not None}
    since = max((day for day in days if day <= as_of), default=dt.date.min)
    until = min((day for day in days if day > as_of), default=dt.date.max)
    return since.isoformat(), until.isoformat()


def reason_to_hold(page: Page, as_of: dt.date) -> str:
    """Return why a page is not published on a day, such as "a draft" or "due on 2026-12-01"; "" if it is published."""
    facts = page.facts
    if facts.get("draft"):
        return "a draft"
    if "publish" in facts and facts["publish"] > as_of:
        return f"due on {facts['publish']}"
    if "expires" in facts and facts["expires"] <= as_of:
        return f"{_EXPIRED} {facts['expires']}"
    for path in facts.get("hold_until", ()):
        if path in page.states and page.states[path].name not in ("source", "current"):
            return f"held until '{path}' is current (it is {page.states[path].name})"
    return ""


def _referrers(pages: Mapping[Key, Page]) -> dict[Key, dict[str, tuple[Key, ...]]]:
    found: dict[Key, dict[str, dict[Key, None]]] = {}
    for key, page in pages.items():
        for name, reference in references(page.facts):
            found.setdefault(reference.key, {}).setdefault(name, {})[key] = None
    return {key: {name: tuple(keys) for name, keys in fields.items()} for key, fields in found.items()}


def references(facts: Mapping[str, Any]) -> Iterator[tuple[str, Reference]]:
    """Yield each page that facts refer to, with the name of the fact; include those in lists and groups."""
    for name, value in facts.items():
        yield from ((name, part) for part in flat(value) if isinstance(part, Reference))


def aliases(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    """Yield (output file of an old address, language that it redirects to).

    `/old/` is an old address in every language, `/ru/old/` only in Russian. In the language that `unprefixed:` names,
    the old addresses and the page's own address also work without the language.
    """
    bare = library.config.unprefixed
    if bare in page.states and page.key != "/":
        yield library.file(page.key, bare).removeprefix(f"{bare}/"), bare
    for file, path in _written_aliases(library, page):
        yield file, path
        if path == bare:
            yield file.removeprefix(f"{bare}/"), bare


def _written_aliases(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    for alias in page.facts.get("aliases", ()):
        parts = alias_parts(alias)
        if parts and parts[0] in library.locales:
            yield file_path(parts[0], parts[1:]), parts[0]
        else:
            yield from ((file_path(path, parts), path) for path in page.states)
