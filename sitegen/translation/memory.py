"""Translation memory: finds existing translations of the same or a similar text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from sitegen.source.sequences import matcher

#: Minimum similarity of a suggested source text, in percent.
NEAR = 75
#: Texts up to this length are compared by characters, longer ones by words.
_SHORT = 1000


class TranslationMemory:
    """Existing translations of the whole site by their source texts."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._exact = dict(pairs)
        self._sources = list(self._exact)
        self._with_word: dict[str, list[int]] = {}
        for number, source in enumerate(self._sources):
            for word in _words(source):
                self._with_word.setdefault(word, []).append(number)

    def find(self, source: str) -> tuple[int, str, str] | None:
        """Return (similarity in percent, source, translation) of the most similar text; None if none is similar."""
        if source in self._exact:
            return 100, source, self._exact[source]
        shared = Counter(
            number for word in sorted(_words(source), key=lambda w: len(self._with_word.get(w, ())))[:8]
            for number in self._with_word.get(word, ())[:200]
        )  # fmt: skip
        best = max(
            ((_likeness(source, self._sources[number]), number) for number, _ in shared.most_common(20)), default=(0, 0)
        )
        return (best[0], self._sources[best[1]], self._exact[self._sources[best[1]]]) if best[0] >= NEAR else None


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def _likeness(one: str, other: str) -> int:
    if 200 * min(len(one), len(other)) < NEAR * (len(one) + len(other)):
        return 0
    by_words = len(one) > _SHORT
    found = matcher(_pieces(one), _pieces(other)) if by_words else matcher(one, other)
    return int(100 * found.ratio()) if found else 0


def _pieces(text: str) -> list[str]:
    return re.findall(r"\w+|\W+", text)
