"""Converts the menus of a Hugo site, from its settings and front matter, for site.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sitegen.importers.hugo.front_matter import weight_of
from sitegen.importers.hugo.links import Links
from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.site import HugoPage, Setting
from sitegen.model.page import Key
from sitegen.model.urls import with_scheme
from sitegen.problems.problem import Problem
from sitegen.source.front_matter import list_item
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node

#: The most levels of a menu; site.yaml has a limited depth.
_MOST_LEVELS = 6
#: The keys of an entry that are used here.
_USED = frozenset({"identifier", "name", "pageref", "parent", "url", "weight"})


class Menus(Struct, dict=True):
    """Reads menus, and reports entries that lead nowhere."""

    adopted: Adopted
    links: Links
    problems: list[Problem]

    def written(self) -> dict[str, list[str]]:
        """Return name → entries as written in site.yaml, ordered by weight, for menus in settings and front matter."""
        menus: dict[str, dict[str, _Entry]] = {}
        for name, entry in (*self._menus_of_settings(), *self._menus_of_pages()):
            known = menus.setdefault(name, {}).setdefault(entry.target, entry)
            for language, text in entry.labels.items():
                if known.labels.setdefault(language, text) != text:
                    shown = known.labels[language]
                    self._tell(entry, f"menus.{name}: '{text}' leads where '{shown}' does, and is left out")
        return {
            name: self._written(name, [replace(entry, labels=self._labels(entry)) for entry in entries.values()])
            for name, entries in sorted(menus.items())
        }

    def _labels(self, entry: _Entry) -> dict[str, str]:
        """Return the labels to write: none if all are the titles of the entry's page.

        Otherwise they include its titles in other languages, whose readers would be shown a label in a fallback.
        """
        family = self.adopted.families.get(Key(entry.target))
        titles = {language: page.text("title") for language, page in family.versions.items()} if family else {}
        if family and entry.labels.items() <= titles.items():
            return {}
        return {**{language: title for language, title in titles.items() if title}, **entry.labels}

    def _menus_of_settings(self) -> Iterator[tuple[str, _Entry]]:
        site = self.adopted.site
        home = self.adopted.families[Key("/")]
        tables = [(site.default, site.settings[name]) for name in ("menus", "menu") if name in site.settings]
        if languages := site.settings.get("languages"):
            for path, node in languages.node.entries.items():
                if path not in site.languages:
                    continue
                own = (node.entries.get(name) for name in ("menus", "menu"))
                tables += [(path, Setting(languages.path, menu)) for menu in own if menu is not None]
        tables += [
            (path, site.settings[f"{name}.{path}"])
            for path in site.languages
            for name in ("menus", "menu")
            if f"{name}.{path}" in site.settings
        ]
        for language, table in tables:
            page = home.versions.get(language, home.head)
            for name, menu in table.node.entries.items():
                for entry in menu.items if isinstance(menu.value, tuple) else ():
                    if isinstance(entry.value, dict):
                        yield from self._entry(page, language, name, entry, table.path)

    def _entry(self, page: HugoPage, language: str, menu: str, entry: Node, path: str) -> Iterator[tuple[str, _Entry]]:
        own = {name: node.text for name, node in entry.value.items()}
        target = own.get("pageref") or with_scheme(own.get("url") or "")
        key = self.links.find_page(page, target) if target.startswith("/") or "pageref" in own else None
        labels = {language: own["name"]} if own.get("name") else {}
        mark, weight = entry.key or entry.mark, weight_of(entry.value.get("weight"))
        names = (own.get("identifier", ""), own.get("name", ""))
        made = _Entry(key or target, weight, own.get("parent", ""), (*names, key or ""), labels, path, mark)
        if key is not None or (re.match("https?://", target) and labels):
            self._tell_unused(menu, entry, path)
            yield menu, made
        else:
            message = f"menus.{menu}: '{own.get('name') or target}' does not lead to a page of the site"
            self._tell(made, message, "menus name pages and addresses that begin with https://; put it into a template")

    def _tell_unused(self, menu: str, entry: Node, path: str) -> None:
        """Report what an entry has besides what a menu shows, such as a tooltip or an icon."""
        for name in sorted(entry.entries.keys() - _USED):
            message = f"menus.{menu}: '{name}' is left out"
            mark = entry.value[name].key or entry.mark
            self.problems.append(problem_at(path, "not-imported", message, mark, "put it into a template"))

    def _tell(self, entry: _Entry, message: str, hint: str = "") -> None:
        self.problems.append(problem_at(entry.path, "not-imported", message, entry.mark, hint))

    def _menus_of_pages(self) -> Iterator[tuple[str, _Entry]]:
        for family in self.adopted.families.values():
            for page in sorted(family.versions.values(), key=lambda page: page is not family.head):
                for node in (page.front[name] for name in ("menu", "menus") if name in page.front):
                    weight = weight_of(page.front.get("weight"))
                    if isinstance(node.value, dict):
                        yield from self._entries_of_page(family.key, page, node)
                    elif node.value is not None:
                        for item in node.items:
                            yield item.text, _Entry(family.key, weight, "", (family.key,), {}, page.path, item.mark)

    def _entries_of_page(self, key: Key, page: HugoPage, node: Node) -> Iterator[tuple[str, _Entry]]:
        for menu, entry in node.entries.items():
            self._tell_unused(menu, entry, page.path)
            own = {name: child.text for name, child in entry.entries.items()}
            names = tuple(own[name] for name in ("identifier", "name") if name in own)
            labels = {page.language: own["name"]} if own.get("name") else {}
            weight, mark = weight_of(entry.entries.get("weight")), entry.key or entry.mark
            yield menu, _Entry(key, weight, own.get("parent", ""), (*names, key), labels, page.path, mark)

    def _written(self, menu: str, entries: Sequence[_Entry]) -> list[str]:
        """Return the entries of a menu as written in site.yaml; report those that nothing leads to."""
        written, shown = _written_menu(entries)
        for entry in entries:
            if entry.target not in shown:
                message = (
                    f"menus.{menu}: '{entry.target}' is left out, as its parents are nested too deep or in a circle"
                )
                self._tell(entry, message, f"nest at most {_MOST_LEVELS} levels")
        return written


class _Entry(Struct, frozen=True):
    """An entry of a Hugo menu."""

    target: str  #: content path of a page, or an external address
    weight: float
    parent: str  #: a name of its parent entry; "" if there is none
    names: tuple[str, ...]  #: the names by which child entries refer to it
    labels: dict[str, str]  #: language path → label
    path: str  #: the file that has it
    mark: Mark


def _written_menu(entries: Sequence[_Entry]) -> tuple[list[str], set[str]]:
    """Return the entries of a menu as written in site.yaml, with child entries nested, and the targets of them all."""
    places = {name: entry for entry in entries for name in entry.names if name}
    below: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.weight, entry.target)):
        above = places.get(entry.parent) if entry.parent else None
        below.setdefault(above.target if above is not None and above is not entry else "", []).append(entry)

    shown: set[str] = set()

    def written(entry: _Entry, level: int) -> str:
        shown.add(entry.target)
        inner = [written(child, level + 1) for child in below.get(entry.target, ()) if level < _MOST_LEVELS]
        is_page = entry.target.startswith("/")
        if is_page and not inner and not entry.labels:
            return entry.target
        label = ", ".join(f"{language}: {list_item(text)}" for language, text in sorted(entry.labels.items()))
        parts = [f"page: {entry.target}" if is_page else f"url: {list_item(entry.target)}"]
        parts += [f"label: {{{label}}}"] if label else []
        parts += [f"entries: [{', '.join(inner)}]"] if inner else []
        return "{" + ", ".join(parts) + "}"

    return [written(entry, 1) for entry in below.get("", ())], shown
