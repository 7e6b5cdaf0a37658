"""Whether the words of sections contradict what their headings say: which section of today's source has become of which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sitegen.source.lazy_regex import lazily

#: A word, or a sign of a script that is written without spaces.
_WORD = lazily(r"[\u3040-\u9fff]|[^\W\u3040-\u9fff]+")
#: A word in more sections than these tells nothing, and would make the work grow faster than the text.
_MOST_SECTIONS = 20
#: The share of its words with which one section may be another one after a change.
_ALIKE = 0.5


class Was(NamedTuple):
    """A section of the source that a translation renders, as it was accepted."""

    text: str
    name: str  #: the section of today's source that it is by its heading; "" if that has gone


class _Words(NamedTuple):
    """The words below a heading."""

    counts: Counter[str]
    total: int

    @classmethod
    def of(cls, text: str) -> _Words:
        counts = Counter(_WORD.findall(text.partition("\n")[2]))
        return cls(counts, counts.total())

    def share(self, other: _Words) -> float:
        """Return the share of words that two sections have in common; the work depends on the words of this one alone."""
        return (self.counts & other.counts).total() / max(self.total, other.total, 1)


def is_contradicted(accepted: Iterable[Was], now: Mapping[str, str]) -> bool:
    """Whether a section has more words of another one that was accepted than of the one that it is by its heading.

    Args:
        accepted: the sections that have changed since.
        now: the sections of today's source that are new or have changed: name → text.
    """
    words = {name: _Words.of(text) for name, text in now.items()}
    before = [(_Words.of(was.text), was.name) for was in accepted]
    places = dict[str, list[str]]()
    for name, own in words.items():
        for word in own.counts:
            places.setdefault(word, []).append(name)
    telling = {word: names for word, names in places.items() if len(names) <= _MOST_SECTIONS}
    known = {name: own.share(words[name]) for own, name in before if name in words}
    for own, name in before:
        votes = Counter(other for word in own.counts for other in telling.get(word, ()) if other != name)
        for other, _ in votes.most_common(1):
            if own.share(words[other]) > max(known.get(name, 0), known.get(other, 0), _ALIKE):
                return True
    return False
