"""Converts the navigation of an MkDocs site to a menu, an order and short titles, and reports the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from sitegen.importers.mkdocs.site import MkDocsSite
from sitegen.importers.unsafe_links import fault_of_link
from sitegen.model.page import Key
from sitegen.model.urls import is_external
from sitegen.source.front_matter import list_item


class Navigation(Struct, frozen=True, dict=True):
    """The navigation, with what it says of each page."""

    site: MkDocsSite

    @property
    def entries(self) -> Any:
        """The setting, of whatever type."""
        return self.site.settings.values.get("nav")

    @cached_property
    def orders(self) -> Mapping[Key, int]:
        """Page → its place, 1-based."""
        return {key: number for number, key in enumerate(dict.fromkeys(self._keys(self.entries)), 1)}

    @cached_property
    def names(self) -> Mapping[Key, str]:
        """Page → its name in the navigation."""
        return {
            key: name for name, named in _names(self.entries) if isinstance(named, str) for key in self._keys(named)
        }

    def menu(self) -> Iterator[str]:
        """Yield the entries of the menu: the first page of each part of the navigation, by the part's name.

        Names of parts that the menu doesn't show are reported, unless a page has such a title.
        """
        seen: set[Key] = set()
        for entry in self.entries if isinstance(self.entries, list) else ():
            name, below = next(iter(entry.items())) if isinstance(entry, dict) and entry else ("", entry)
            part = str(name) if isinstance(below, list) else ""
            key = next(self._keys([entry]), None)
            if key is not None and key not in seen:
                seen.add(key)
                yield self._menu_entry(key, part)
            elif part:
                self._tell_part(part)
            for inner, named in _names(below):
                if isinstance(named, list):
                    self._tell_part(inner)

    def _menu_entry(self, key: Key, name: str) -> str:
        languages = self.site.languages
        page = self.site.pages.get((key, languages.default))
        if not name or (page is not None and name == page.title):
            return key
        names = {locale: languages.nav_name(locale, name) for locale in languages.tags}
        label = ", ".join(f"{locale}: {list_item(own)}" for locale, own in names.items() if own)
        return f"{{page: {key}, label: {{{label}}}}}"

    def _tell_part(self, name: str) -> None:
        if name.casefold() not in self.site.titles:
            hint = "add it to menus in content/site.yaml, as {label: {…}, entries: […]}"
            self._tell(f"nav: the name '{name}' is left out", hint, f"{name}:")

    def tell_others(self) -> None:
        """Report what the navigation has besides pages."""
        for target in _targets(self.entries):
            if self._key(target) is None:
                fault = fault_of_link(target) or ("" if is_external(target) else "there is no such page")
                hint = "" if fault else "add it to menus in content/site.yaml, as {url: …, label: {…}}"
                self._tell(f"nav: '{target}' is left out" + (f": {fault}" if fault else ""), hint, target)

    def _tell(self, message: str, hint: str, entry: str) -> None:
        settings = self.site.settings
        self.site.problems.append(settings.loss(message, hint, settings.line_of_entry(entry)))

    def _keys(self, nav: Any) -> Iterator[Key]:
        """Yield the pages of a part of the navigation in order."""
        yield from filter(None, map(self._key, _targets(nav)))

    def _key(self, target: str) -> Key | None:
        docs = self.site.docs
        return self.site.key_at(f"{docs}/{target}", f"{docs}/{self.site.languages.default}/{target}")


def _targets(nav: Any) -> Iterator[str]:
    """Yield the pages and addresses that a part of the navigation names, in order."""
    if isinstance(nav, str):
        yield nav
    for entry in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        yield from _targets(entry)


def _names(nav: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names in a part of the navigation, each with what it names, those of sections first."""
    for entry in nav if isinstance(nav, list) else ():
        for name, named in entry.items() if isinstance(entry, dict) else ():
            yield str(name), named
            yield from _names(named)
