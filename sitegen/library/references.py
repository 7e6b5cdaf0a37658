"""References between pages: which pages the facts of a page name, and which pages name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sitegen.model.fields import flat
from sitegen.model.page import Key, Page, Reference


def find_referrers(pages: Mapping[Key, Page]) -> dict[Key, dict[str, tuple[Key, ...]]]:
    """Return key → fact → keys of the pages whose fact refers to it."""
    found: dict[Key, dict[str, dict[Key, None]]] = {}
    for key, page in pages.items():
        for name, reference in references(page.facts):
            found.setdefault(reference.key, {}).setdefault(name, {})[key] = None
    return {key: {name: tuple(keys) for name, keys in fields.items()} for key, fields in found.items()}


def references(facts: Mapping[str, Any]) -> Iterator[tuple[str, Reference]]:
    """Yield each page that facts refer to, with the name of the fact; include those in lists and groups."""
    for name, value in facts.items():
        yield from ((name, part) for part in flat(value) if isinstance(part, Reference))
