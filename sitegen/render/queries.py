"""Selects pages by kind and facts, for lists and blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sitegen.model.page import Key, comparable
from sitegen.render.dependency_recording import TracedLibrary


def choose(
    library: TracedLibrary, language: str, kind: str, facts: Mapping[str, Any], sort: str | None, but: Key | None
) -> Iterator[Key]:
    """Select a kind's pages with the given facts in a language, in the order of its lists; see `Scope.select`."""
    wanted = tuple((name, comparable(value)) for name, value in facts.items())
    name = ("chosen", language, kind, wanted, sort)
    found = library.trace.once(name, lambda: _in_order(library, language, kind, wanted, sort))
    return (key for key in found if key != but)


def _in_order(
    library: TracedLibrary, language: str, kind: str, wanted: tuple[tuple[str, Any], ...], sort: str | None
) -> list[Key]:
    having = [_having(library, language, kind, name).get(value, frozenset()) for name, value in wanted]
    first, *others = sorted(having, key=len) or [frozenset(_of_kind(library, language, kind))]
    chosen = [key for key in first if all(key in other for other in others)]
    return library.sorted(chosen, sort or _order_of(library, kind), language)


def _of_kind(library: TracedLibrary, language: str, kind: str) -> list[Key]:
    """Return the pages of a kind in a language."""
    return library.trace.once(
        ("kind", language, kind),
        lambda: [
            key for key, page in library.pages.items() if language in page.states and kind in library.kind(key).lineage
        ],
    )


def _having(library: TracedLibrary, language: str, kind: str, name: str) -> Mapping[Any, frozenset[Key]]:
    """Return value of a fact → pages of a kind with this value."""
    return library.trace.once(("having", language, kind, name), lambda: _by_value(library, language, kind, name))


def _by_value(library: TracedLibrary, language: str, kind: str, name: str) -> Mapping[Any, frozenset[Key]]:
    found: dict[Any, set[Key]] = {}
    for key in _of_kind(library, language, kind):
        value = library.pages[key].facts.get(name)
        for item in value if isinstance(value, tuple) else () if value is None else (value,):
            found.setdefault(comparable(item), set()).add(key)
    return {value: frozenset(keys) for value, keys in found.items()}


def _order_of(library: TracedLibrary, kind: str) -> str:
    """Return the sort order of a kind's pages: that of the first kind that lists them as children."""
    kinds = library.config.kinds.values()
    return next((own.children.sort for own in kinds if own.children.kind == kind), "order")
