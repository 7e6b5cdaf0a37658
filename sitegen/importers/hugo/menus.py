"""Converts the menus of a Hugo site, from its settings and front matter, for site.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

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
                known.labels.setdefault(language, text)
        return {name: self._written(name, list(entries.values())) for name, entries in sorted(menus.items())}

    def _menus_of_settings(self) -> Iterator[tuple[str, _Entry]]:
        site = self.adopted.site
        home = self.adopted.families[Key("/")]
        tables = [(site.default, site.settings[name]) for name in ("menus", "menu") if name in site.settings]
        if languages := site.settings.get("languages"):
            for path, node in languages.node.entries.items():
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
        if key is not None:
            yield menu, _Entry(key, weight, own.get("parent", ""), (*names, key), labels, path, mark)
        elif re.match("https?://", target) and labels:
            yield menu, _Entry(target, weight, own.get("parent", ""), names, labels, path, mark)
        else:
            message = f"menus.{menu}: '{own.get('name') or target}' does not lead to a page of the site"
            hint = "menus name pages and addresses that begin with https://; put it into a template"
            self.problems.append(problem_at(path, "not-imported", message, mark, hint))

    def _menus_of_pages(self) -> Iterator[tuple[str, _Entry]]:
        for family in self.adopted.families.values():
            for name in ("menu", "menus"):
                node = family.head.front.get(name)
                if node is None or node.value is None:
                    continue
                if isinstance(node.value, dict):
                    for menu, entry in node.value.items():
                        own = entry.entries
                        above = own["parent"].text if "parent" in own else ""
                        names = tuple(own[key].text for key in ("identifier", "name") if key in own)
                        weight, path, mark = weight_of(own.get("weight")), family.head.path, entry.key or entry.mark
                        yield menu, _Entry(family.key, weight, above, (*names, family.key), {}, path, mark)
                else:
                    weight = weight_of(family.head.front.get("weight"))
                    for item in node.items:
                        own_entry = _Entry(family.key, weight, "", (family.key,), {}, family.head.path, item.mark)
                        yield item.text, own_entry

    def _written(self, menu: str, entries: Sequence[_Entry]) -> list[str]:
        """Return the entries of a menu as written in site.yaml; report those that nothing leads to."""
        written, shown = _written_menu(entries)
        for entry in entries:
            if entry.target not in shown:
                message = (
                    f"menus.{menu}: '{entry.target}' is left out, as its parents are nested too deep or in a circle"
                )
                hint = f"nest at most {_MOST_LEVELS} levels"
                self.problems.append(problem_at(entry.path, "not-imported", message, entry.mark, hint))
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
        if is_page and not inner:
            return entry.target
        label = ", ".join(f"{language}: {list_item(text)}" for language, text in sorted(entry.labels.items()))
        parts = [f"page: {entry.target}" if is_page else f"url: {list_item(entry.target)}"]
        parts += [f"label: {{{label}}}"] if not is_page else []
        parts += [f"entries: [{', '.join(inner)}]"] if inner else []
        return "{" + ", ".join(parts) + "}"

    return [written(entry, 1) for entry in below.get("", ())], shown
