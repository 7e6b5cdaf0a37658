"""Menus as templates see them: their entries, with the pages that these lead to, for the readers of one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sitegen.model.menus import MenuEntry
from sitegen.model.urls import ancestor_keys
from sitegen.render.dependency_recording import recorded
from sitegen.render.language_scope import Scope
from sitegen.render.page_views import PageView
from sitegen.render.value_views import Words


class MenuView:
    """An entry of a menu; what it does not have itself is its page's.

    Attributes:
        page: the page that it leads to; None for an address elsewhere and for a label over other entries.
        label: its own name; None where it has its page's.
        entries: the entries below it.
    """

    def __init__(
        self, page: PageView | None, label: Words | None = None, url: str = "", entries: tuple[MenuView, ...] = ()
    ) -> None:
        self.page = page
        self.label = label
        self.entries = entries
        self._url = url
        self.scope = page.scope if page else None

    @property
    def title(self) -> Words:
        """Its label, or its page's short title or title."""
        return self.label or (self._title_of_page if self.page else Words(""))

    @recorded
    def _title_of_page(self) -> Words:
        assert self.page is not None
        return getattr(self.page.words, "short_title", None) or self.page.title

    @property
    def url(self) -> str:
        """Where it leads; "" for a label over other entries."""
        return self.page.url if self.page else self._url

    @property
    def key(self) -> str:
        """Its page's content path; "" where it has none."""
        return self.page.key if self.page else ""

    @property
    def summary(self) -> Words | None:
        """Its page's summary."""
        return self.page.summary if self.page else None

    def leads_to(self, page: PageView) -> bool:
        """Whether a page is this entry's page or is below it."""
        return self.page is not None and page.is_within(self.page)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.page is None:
            raise AttributeError(name)
        return getattr(self.page, name)


def flat_menu(entries: Iterable[MenuView]) -> Iterator[MenuView]:
    """The entries of a menu, each before those below it."""
    for entry in entries:
        yield entry
        yield from flat_menu(entry.entries)


class Order:
    """The entries of a menu that lead to pages, in order; made once, since each page asks where it stands among them."""

    def __init__(self, menu: Iterable[MenuView]) -> None:
        self._entries = [entry for entry in flat_menu(menu) if entry.page]
        self._places: dict[str, int] = {}
        for number, entry in enumerate(self._entries):
            self._places.setdefault(entry.key, number)

    def neighbours(self, page: PageView) -> tuple[MenuView | None, MenuView | None]:
        """The entries before and after a page's; None at the ends of the menu."""
        place = self._places.get(page.key)
        if place is None:
            return None, None
        before = self._entries[place - 1] if place else None
        return before, self._entries[place + 1] if place + 1 < len(self._entries) else None

    def trail(self, page: PageView) -> tuple[str, ...]:
        """The keys of a page and of those that it is below, but for the home page, as far as they are in the menu."""
        above = (key for key in ancestor_keys(page.key) if key != "/")
        return tuple(sorted({*above, page.key} & self._places.keys(), key=self._places.__getitem__))


class Menus(Mapping[str, tuple[MenuView, ...]]):
    """The menus of site.yaml by name, each made when it is asked for.

    Entries of pages that do not exist in any language are left out.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._menus = scope.library.config.menus

    def __getitem__(self, name: str) -> tuple[MenuView, ...]:
        menu = self._menus[name]
        return self._scope.trace.once(("menu", name, self._scope.locale.path), lambda: _entries(self._scope, menu))

    def __iter__(self) -> Iterator[str]:
        return iter(self._menus)

    def __len__(self) -> int:
        return len(self._menus)

    def order(self, name: str) -> Order:
        """The pages of a menu in order; of none if there is no such menu."""
        place = ("order", name, self._scope.locale.path)
        return self._scope.trace.once(place, lambda: Order(self.get(name, ())))


def _entries(scope: Scope, entries: Iterable[MenuEntry]) -> tuple[MenuView, ...]:
    views = (_entry(scope, entry) for entry in entries)
    return tuple(view for view in views if view is not None)


def _entry(scope: Scope, entry: MenuEntry) -> MenuView | None:
    page: PageView | None = scope.value(entry.page) if entry.page else None
    if entry.page and page is None:
        return None
    children = [MenuView(child) for child in page.children] if page and entry.has_children else []
    label = scope.setting(entry.label, scope.locale)
    if label is None and page is None:  # it has a label in languages that are held back only
        label = Words.of(entry.url or "…", scope.locale)
    return MenuView(page, label, entry.url, (*_entries(scope, entry.entries), *children))
