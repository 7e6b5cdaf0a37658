"""Two sequences compared by difflib, unless that takes too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from difflib import SequenceMatcher

Item = TypeVar("Item", bound=Hashable)

#: The most pairs of equal items: difflib's time grows with their number, and with the square of what is repeated.
_MOST_PAIRS = 300_000


def matcher(one: Sequence[Item], other: Sequence[Item]) -> SequenceMatcher[Item] | None:
    """A matcher for two sequences; None if they repeat themselves so often that it would take seconds."""
    counts = Counter(one)
    if sum(counts[item] * number for item, number in Counter(other).items()) > _MOST_PAIRS:
        return None
    from difflib import SequenceMatcher  # most builds compare nothing

    return SequenceMatcher(None, one, other, autojunk=False)


def common(one: Sequence[Item], other: Sequence[Item]) -> int:
    """How many items both begin with, found by comparing halves, which is fast for long texts."""
    first, last = 0, min(len(one), len(other))
    while first < last:
        middle = (first + last + 1) // 2
        if one[first:middle] == other[first:middle]:
            first = middle
        else:
            last = middle - 1
    return first
