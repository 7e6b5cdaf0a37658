"""Converts the links of a Hugo site to our links, and places the files that they lead to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.site import HugoPage
from sitegen.importers.keys import key_of
from sitegen.importers.placed_files import PlacedFiles
from sitegen.model.page import Key
from sitegen.model.urls import is_external, join_key, last_part, with_scheme

#: A link to a page's file: `two.md`, `two.fr.md`, `bundle/index.md`.
_MARKDOWN = re.compile(r"\.(?:md|markdown|mdown)$", re.IGNORECASE)


class Links(Struct, dict=True):
    """Finds pages, headings and files of the old site, and places the files."""

    adopted: Adopted
    files: PlacedFiles
    #: (language, new key) → ids of the headings of this version, and id → its number.
    _anchors: dict[tuple[str, Key], tuple[str, ...]] = field(default_factory=dict)
    _numbers: dict[tuple[str, Key], dict[str, int]] = field(default_factory=dict)

    def know_anchors(self, language: str, key: Key, ids: Sequence[str]) -> None:
        """Note the ids of the headings of a version."""
        self._anchors[language, key] = tuple(ids)
        self._numbers[language, key] = {own: number for number, own in reversed(list(enumerate(ids)))}

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
        return self.files.link(source, own) if source else None

    def logical(self, page: HugoPage, named: str) -> str | None:
        """Return the old address of the page that `ref` refers to; None if there is no such page."""
        path, mark, anchor = named.partition("#")
        found = self.find_page(page, path) if path else self.adopted.of[page.language, page.key]
        if found is None and "/" not in path.strip("/"):  # a bare name can refer to a page anywhere
            stem = key_of(_stem(path)).strip("/")
            found = self._by_name.get((page.language, stem))
        if found is None:
            return None
        family = self.adopted.families[found]
        return family.versions.get(page.language, family.head).url + mark + anchor

    def find_page(self, page: HugoPage, path: str) -> Key | None:
        """Find a page by the path of its file, as Hugo does first, or by its address."""
        site = self.adopted.site
        key, from_root = key_of(join_key(page.folder, _stem(path))), key_of(_stem(path))
        first = key.split("/")[1]
        without_language = (Key(key.removeprefix(f"/{first}")),) if first in site.languages else ()
        for own in (key, *without_language, *(() if path.startswith(".") else (from_root,))):
            if versions := self._versions.get(own):
                return versions[self._nearest(page, versions)]
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
                self.files.place(source, owner, name, language)

    def place_left(self) -> None:
        """Keep the files of content/ that have no page beside them and that no text names."""
        owners: dict[str, dict[Key, Key]] = {}
        for (language, old), key in self.adopted.of.items():
            owners.setdefault(language, {})[old] = key
        for (language, folder, _), source in self.adopted.site.files.items():
            self.files.place_left(source, folder, owners.get(language, {}).get, language)

    def _nearest(self, page: HugoPage, languages: Mapping[str, object]) -> str:
        """Return the language in which to look for what a page links to: its own, the default one, the first one."""
        wanted = (page.language, self.adopted.site.default)
        return next((language for language in wanted if language in languages), next(iter(languages)))

    @cached_property
    def _versions(self) -> dict[Key, dict[str, Key]]:
        """Key in Hugo → language → new key."""
        found: dict[Key, dict[str, Key]] = {}
        for (language, old), key in sorted(self.adopted.of.items(), key=self._order):
            found.setdefault(old, {})[language] = key
        return found

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Key | None]:
        """(language, name of a page) → its new key; None if several pages have this name."""
        found: dict[tuple[str, str], Key | None] = {}
        for (language, old), key in self.adopted.of.items():
            place = (language, last_part(old))
            found[place] = None if place in found else key
        return found

    @cached_property
    def _files(self) -> dict[tuple[Key, str], dict[str, str]]:
        """(key of the folder, name) → language → path."""
        found: dict[tuple[Key, str], dict[str, str]] = {}
        for (language, key, name), path in sorted(self.adopted.site.files.items(), key=self._order):
            found.setdefault((key, name), {})[language] = path
        return found

    def _order(self, entry: tuple[tuple[Any, ...], object]) -> int:
        """Return the place of the language that the key of an entry begins with."""
        return self.adopted.site.order[entry[0][0]]

    def _below_site(self, written: str) -> str:
        """Remove the site's base URL from an address."""
        base = self.adopted.site.base_url.rstrip("/")
        is_own = base and (written == base or written.startswith(base + "/"))
        return (written[len(base) :] or "/") if is_own else written

    def _anchor(self, page: HugoPage, key: Key, anchor: str) -> str:
        """Return the id of a heading in all languages: that of the source's heading at the same position."""
        family = self.adopted.families[key]
        shown = page.language if page.language in family.versions else family.source
        plain, source = unquote(anchor), self._anchors.get((family.source, key), ())
        number = self._numbers.get((shown, key), {}).get(plain, len(source))
        return source[number] if number < len(source) else plain

    def _find_file(self, page: HugoPage, path: str) -> str | None:
        """Find a file by its path: beside this page or another one, or in static/ or assets/."""
        site = self.adopted.site
        folder, _, name = path.rpartition("/")
        for base in (page.folder, page.url):
            key = key_of(join_key(Key(base), folder + "/" if folder or path.startswith("/") else "."))
            if found := self._files.get((key, name)):
                return found[self._nearest(page, found)]
        return site.shared.get(posixpath.normpath(posixpath.join(page.url, path)))


def _stem(path: str) -> str:
    """Return a path without `.md`, language and `index`, as for a page."""
    if not _MARKDOWN.search(path):
        return path
    stem = re.sub(r"\.[a-z]{2,3}(-[A-Za-z0-9]+)*$", "", _MARKDOWN.sub("", path))
    folder, _, name = stem.rpartition("/")
    return (folder or ".") if name in ("index", "_index") else stem
