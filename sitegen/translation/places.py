"""Which item of a translation renders which item of its source: in the lists of a field, and the blocks of a section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from sitegen.library.section_pairs import runs_between


def places_before(now: Sequence[Hashable], earlier: Sequence[Hashable]) -> list[int | None]:
    """Return where each item was in an earlier list; None for a new one.

    If a single item has changed, and stands between the same neighbors as before, it is that one with other words.
    """
    new, old = _numbered(now), _numbered(earlier)
    where = {name: place for place, name in enumerate(old)}
    kept = where.keys() & set(new)
    olds, news = runs_between(old, kept), runs_between(new, kept)
    if olds.keys() == news.keys() and [len(run) for run in (*olds.values(), *news.values())] == [1, 1]:
        where.update((name, where[was]) for (was,), (name,) in zip(olds.values(), news.values(), strict=True))
    return [where.get(name) for name in new]


def certain_places(
    count: int, before: Sequence[int | None], accepted: int, *, is_as_accepted: bool
) -> list[int | None]:
    """Return for each item of a source the index of the translation's item that certainly renders it, or None.

    Args:
        count: how many items the translation has.
        before: where each item was in the source that was accepted, which had `accepted` items.
        is_as_accepted: whether the translation has not been changed since; otherwise it may have been put in today's order.
    """
    if count != accepted:
        return [None] * len(before)
    is_alike = count == len(before)
    return [place if is_as_accepted or (is_alike and place == number) else None for number, place in enumerate(before)]


def _numbered(items: Iterable[Hashable]) -> tuple[str, ...]:
    """Return a name for each item; those of equal items differ by their number."""
    seen = Counter[Hashable]()
    names = []
    for item in items:
        seen[item] += 1
        names.append(f"{seen[item]} {item!r}")
    return tuple(names)
