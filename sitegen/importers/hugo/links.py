"""Converts the links of a Hugo site to our links, and places the files that they lead to."""

from __future__ import annotations

import posixpath
import re
from itertools import chain, count
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct, field

from sitegen.importers.hugo.addresses import key_of
from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.site import HugoPage
from sitegen.model.page import Key
from sitegen.model.urls import is_external, join_key, with_scheme
from sitegen.source.files import read_file

#: A link to a page's file: `two.md`, `two.fr.md`, `bundle/index.md`.
_MARKDOWN = re.compile(r"\.(?:md|markdown|mdown)$", re.IGNORECASE)


class Links(Struct, dict=True):
    """Finds pages, headings and files of the old site, and records where files are placed."""

    folder: Path
    adopted: Adopted
    #: (language, new key) → ids of the headings of this version.
    anchors: dict[tuple[str, Key], tuple[str, ...]] = field(default_factory=dict)
    #: Path of a file in the old site → (page that it is placed beside, its name).
    placed: dict[str, tuple[Key, str]] = field(default_factory=dict)
    #: The inverse of `placed`; for identical files, the first of them.
    taken: dict[tuple[Key, str], str] = field(default_factory=dict)

    def target(self, page: HugoPage, written: str) -> str | None:
        """Return the new target of a link in a page's text; None if it is external, with a scheme, or dead."""
        path, mark, anchor = self._below_site(written).partition("#")
        if is_external(path):
            return with_scheme(written) if path.startswith("//") else None
        own = self.adopted.of[page.language, page.key]
        if not path:
            return mark + self._anchor(page, own, anchor)
        path, asked, query = path.partition("?")
        path = unquote(path)
        found = self.find_page(page, path)
        if found is not None:
            return found + asked + query + mark + (self._anchor(page, found, anchor) if mark else "")
        source = self._find_file(page, path)
        return self._beside(own, source) if source else None

    def logical(self, page: HugoPage, named: str) -> str | None:
        """Return the old address of the page that `ref` refers to; None if there is no such page."""
        path, mark, anchor = named.partition("#")
        found = self.find_page(page, path) if path else self.adopted.of[page.language, page.key]
        if found is None and "/" not in path.strip("/"):  # a bare name can refer to a page anywhere
            stem = f"/{key_of(_stem(path)).strip('/')}/"
            alike = [key for (language, key) in self.adopted.of if language == page.language and key.endswith(stem)]
            found = self.adopted.of[page.language, alike[0]] if len(alike) == 1 else None
        if found is None:
            return None
        family = self.adopted.families[found]
        return family.versions.get(page.language, family.head).url + mark + anchor

    def find_page(self, page: HugoPage, path: str) -> Key | None:
        """Find a page by the path of its file, as Hugo does first, or by its address."""
        site = self.adopted.site
        languages = tuple(dict.fromkeys((page.language, site.default, *site.languages)))
        key, from_root = key_of(join_key(page.folder, _stem(path))), key_of(_stem(path))
        without_language = (Key(key.removeprefix(f"/{path}")) for path in languages if key.startswith(f"/{path}/"))
        for own in (key, *without_language, *(() if path.startswith(".") else (from_root,))):
            found = (self.adopted.of.get((language, own)) for language in languages)
            if first := next(filter(None, found), None):
                return first
        address = posixpath.normpath(posixpath.join(page.url, path))
        for candidate in (address, address + "/", path):
            if candidate in self.adopted.by_url:
                return self.adopted.by_url[candidate]
        return None

    def place_bundles(self) -> None:
        """Keep all files that are beside a page beside it, whether or not they are linked to."""
        for (language, folder, name), source in self.adopted.site.files.items():
            owner = self.adopted.of.get((language, folder))
            if owner is not None:
                self._place(source, owner, name, language)

    def _below_site(self, written: str) -> str:
        """Remove the site's base URL from an address."""
        base = self.adopted.site.base_url.rstrip("/")
        is_own = base and (written == base or written.startswith(base + "/"))
        return (written[len(base) :] or "/") if is_own else written

    def _anchor(self, page: HugoPage, key: Key, anchor: str) -> str:
        """Return the id of a heading in all languages: that of the source's heading at the same position."""
        family = self.adopted.families[key]
        shown = page.language if page.language in family.versions else family.source
        own, source = self.anchors.get((shown, key), ()), self.anchors.get((family.source, key), ())
        plain = unquote(anchor)
        number = own.index(plain) if plain in own else len(source)
        return source[number] if number < len(source) else plain

    def _find_file(self, page: HugoPage, path: str) -> str | None:
        """Find a file by its path: beside this page or another one, or in static/ or assets/."""
        site = self.adopted.site
        folder, _, name = path.rpartition("/")
        for base in (page.folder, page.url):
            key = key_of(join_key(Key(base), folder + "/" if folder or path.startswith("/") else "."))
            for language in dict.fromkeys((page.language, site.default, *site.languages)):
                if (language, key, name) in site.files:
                    return site.files[language, key, name]
        return site.shared.get(posixpath.normpath(posixpath.join(page.url, path)))

    def _beside(self, own: Key, source: str) -> str:
        """Return the link from a page to a file, placing the file beside the page if it has no place yet."""
        if source not in self.placed:
            self._place(source, own, source.rpartition("/")[2])
        owner, name = self.placed[source]
        return name if owner == own else owner + name

    def _place(self, source: str, owner: Key, name: str, language: str = "") -> None:
        """Place a file beside a page; if its name is taken, add the language or a number.

        Leading `_` and `.` are removed, as files with such names are not published.
        """
        name = name.lstrip("_.") or "file"
        stem, dot, ending = name.rpartition(".")
        of_language = f"{stem}.{language}{dot}{ending}" if language else name
        numbered = (f"{stem}-{number}{dot}{ending}" for number in count(2))
        tries = chain((name, of_language), numbered)
        for place in ((owner, own) for own in tries):
            other = self.taken.setdefault(place, source)
            if other == source or read_file(self.folder, other) == read_file(self.folder, source):
                self.placed[source] = place
                return


def _stem(path: str) -> str:
    """Return a path without `.md`, language and `index`, as for a page."""
    if not _MARKDOWN.search(path):
        return path
    stem = re.sub(r"\.[a-z]{2,3}(-[A-Za-z0-9]+)*$", "", _MARKDOWN.sub("", path))
    folder, _, name = stem.rpartition("/")
    return (folder or ".") if name in ("index", "_index") else stem
