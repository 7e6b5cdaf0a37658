"""How a library is built of what was read: states, addresses and references of its pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sitegen.content.reader import Content, source_language
from sitegen.i18n.locale import Locale
from sitegen.library.library import EXPIRED, Library
from sitegen.library.parts import RECORD, translatable_parts
from sitegen.media.images import Pictures
from sitegen.model.fields import flat
from sitegen.model.kinds import Kind
from sitegen.model.page import Document, Key, Page, Reference, State, day_after
from sitegen.model.settings import Config
from sitegen.model.urls import alias_parts, file_path, parent_key
from sitegen.storage.blobs import Shelf


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
        return f"{EXPIRED} {facts['expires']}"
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
