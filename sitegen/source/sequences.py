"""Two rows compared by difflib, where that does not take long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)

#: Pairs of equal items that are looked at: difflib's time grows with them, and with the square of what repeats itself.
_MOST_PAIRS = 300_000


def matcher(one: Sequence[Item], other: Sequence[Item]) -> SequenceMatcher[Item] | None:
    """What compares two rows; None where they repeat themselves so often that it would take seconds."""
    counts = Counter(one)
    if sum(counts[item] * number for item, number in Counter(other).items()) > _MOST_PAIRS:
        return None
    return SequenceMatcher(None, one, other, autojunk=False)
