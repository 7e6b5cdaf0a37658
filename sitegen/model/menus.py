"""The menus of site.yaml: nested entries for pages, external addresses and groups, with optional labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sitegen.model.fields import Checker, Field
from sitegen.model.page import Reference
from sitegen.source.yaml import Node

#: Reads a setting's text in each language from its node.
ReadTexts = Callable[[Checker, str, Node | None], dict[str, str]]

#: Keys of a menu's entry → their description.
ENTRY_KEYS = {
    "page": "content path of a page of the site",
    "url": "address elsewhere, such as https://example.org/",
    "label": "its name in each language, by the language's path; the page's short title or title",
    "children": "true: the page's own children follow below it",
    "entries": "the entries below it",
}
_PAGE = Field(name="page", type="page")
_URL = Field(name="url", type="url")
_FLAG = Field(name="children", type="boolean")


class MenuEntry(Struct, frozen=True):
    """An entry of a menu: a page, an external address, or a label for a group of entries."""

    page: Reference | None = None
    url: str = ""
    #: Language path → label; the page's short title or title if empty.
    label: Mapping[str, str] = field(default_factory=dict)
    has_children: bool = False  #: whether the page's children are listed below it
    entries: tuple[MenuEntry, ...] = ()

    def __hash__(self) -> int:
        return hash((self.page, self.url, self.has_children, self.entries))


def menu_references(entries: Iterable[MenuEntry]) -> Iterator[Reference]:
    """Return the pages that a menu refers to."""
    return (entry.page for entry in _flat(entries) if entry.page is not None)


def read_menus(check: Checker, node: Node | None, read_texts: ReadTexts) -> dict[str, tuple[MenuEntry, ...]]:
    """Read menus such as `main: [/about/, {url: …, label: {en: …}}]`; return name → entries."""
    if not check.is_mapping(node, "menus: must have a line for each menu", "write `main: [/about/]` under it"):
        return {}
    menus = {name: _entries(check, child, name, read_texts) for name, child in node.value.items()}
    for name, entries in menus.items():
        _refuse_repeated_children(check, name, entries)
    return menus


def _refuse_repeated_children(check: Checker, name: str, entries: Iterable[MenuEntry]) -> None:
    """Report pages whose children a menu lists again: each page of the site would show them as often."""
    seen = set()
    for page in (entry.page for entry in _flat(entries) if entry.has_children and entry.page):
        if page.key in seen:
            message = f"menus.{name}: the children of '{page.key}' are in this menu already"
            check.report("expected", message, page.mark, "remove `children: true` here")
        seen.add(page.key)


def _flat(entries: Iterable[MenuEntry]) -> Iterator[MenuEntry]:
    for entry in entries:
        yield entry
        yield from _flat(entry.entries)


def _entries(check: Checker, node: Node, name: str, read_texts: ReadTexts) -> tuple[MenuEntry, ...]:
    if not isinstance(node.value, tuple):
        check.reject(node, "expected", f"menus.{name}: must be a list of entries", "write [/about/, /news/]")
        return ()
    found = (_entry(check, child, name, read_texts) for child in node.value)
    return tuple(entry for entry in found if entry is not None)


def _entry(check: Checker, node: Node, name: str, read_texts: ReadTexts) -> MenuEntry | None:
    if not isinstance(node.value, dict):
        page = check.value(_PAGE, node)
        return MenuEntry(page=page) if page is not None else None
    for key, child in node.value.items():
        if key not in ENTRY_KEYS:
            check.unknown(key, child, ENTRY_KEYS, "an entry of a menu")
    values = {
        key: _value(check, key, child, name, read_texts) for key, child in node.value.items() if key in ENTRY_KEYS
    }
    if values.get("page") and values.get("url"):
        check.reject(node.value["url"], "expected", f"menus.{name}: an entry has a page or a url", "remove one of them")
    if not node.value.keys() & {"page", "url", "entries"}:
        check.reject(node, "required", f"menus.{name}: the entry leads nowhere", "add `page:`, `url:` or `entries:`")
    if "page" not in node.value and "label" not in node.value:
        check.reject(node, "required", f"menus.{name}: the entry has no label", "add `label: {en: …}`")
    return MenuEntry(
        page=values.get("page"),
        url=values.get("url") or "",
        label=values.get("label") or {},
        has_children=bool(values.get("children")),
        entries=values.get("entries") or (),
    )


def _value(check: Checker, key: str, node: Node, name: str, read_texts: ReadTexts) -> Any:
    match key:
        case "label":
            return read_texts(check, "label", node)
        case "entries":
            return _entries(check, node, name, read_texts)
        case "children":
            return check.value(_FLAG, node)
        case "url":
            return check.value(_URL, node)
    return check.value(_PAGE, node)
