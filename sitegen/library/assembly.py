"""Documents → Library: groups them into pages, and computes what depends on several pages.

Which pages are held back is in `held_pages.py`, the states of translations in `states_and_fallbacks.py`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from sitegen.content.reader import Content
from sitegen.i18n.locale import Locale
from sitegen.library.held_pages import due_days, reason_to_hold, without_held
from sitegen.library.library import Library
from sitegen.library.references import find_referrers
from sitegen.library.states_and_fallbacks import make_page
from sitegen.media.images import Pictures
from sitegen.model.page import Document, Key, Page
from sitegen.model.settings import Config
from sitegen.model.urls import parent_key
from sitegen.source.paths import LONGEST_NAME, fault_of
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
        reason = "" if with_drafts else reason_to_hold(page, as_of, config.held)
        if reason:
            held[key] = reason
        else:
            pages[key] = page
    library = Library(
        config,
        locales,
        pages,
        without_held(content.files, config.held),
        content.unread,
        held,
        find_referrers(pages),
        due_days(content.documents, as_of, config.kinds),
        shelf,
        pictures,
        below=_find_below(pages),
        moved=_find_moved(pages),
        never_tracked=_count_untracked(pages.values()),
    )
    return dataclasses.replace(library, segments=_find_segments(library))


def _count_untracked(pages: Iterable[Page]) -> int:
    """Return the number of translations if there are several and none records its source; otherwise 0."""
    names = Counter(page.states[path].name for page in pages for path in page.written if path in page.states)
    return names["untracked"] if names["untracked"] > 1 and not (names["current"] or names["stale"]) else 0


def _find_segments(library: Library) -> dict[tuple[Key, str], tuple[str, ...]]:
    found: dict[tuple[Key, str], tuple[str, ...]] = {}
    for key in sorted(library.pages, key=lambda key: key.count("/")):
        above = parent_key(key)
        name = key[len(above) : -1] if above is not None else ""
        for path in library.pages[key].states:
            if above is None:
                found[key, path] = ()
                continue
            slug = library.word(key, path, "slug")
            own = str(slug[0]) if slug and _is_part(slug[0]) else name
            before = found.get((above, path))
            folders = tuple(part for part in above.split("/") if part)
            found[key, path] = (*(before if before is not None else folders), own)
    return found


def _is_part(slug: str) -> bool:
    """Whether a slug can be written as a part of an address, if it isn't too long, which is reported as the address's fault."""
    return "/" not in slug and (not fault_of(slug) or len(slug.encode()) > LONGEST_NAME)


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
