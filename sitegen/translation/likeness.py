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


def is_contradicted(accepted: Iterable[Was], now: Mapping[str, str]) -> bool:
    """Whether a section has more words of another one that was accepted than of the one that it is by its heading.

    Args:
        accepted: the sections that have changed since.
        now: the sections of today's source that are new or have changed: name → text.
    """
    words, before = (
        {name: _words(text) for name, text in now.items()},
        [(_words(was.text), was.name) for was in accepted],
    )
    places = dict[str, list[str]]()
    for name, own in words.items():
        for word in own:
            places.setdefault(word, []).append(name)
    known = {name: _share(own, words[name]) for own, name in before if name in words}
    for own, name in before:
        votes = Counter(
            other for word in own if len(places.get(word, ())) <= _MOST_SECTIONS for other in places.get(word, ())
        )
        del votes[name]
        for other, _ in votes.most_common(1):
            if _share(own, words[other]) > max(known.get(name, 0), known.get(other, 0), _ALIKE):
                return True
    return False


def _words(text: str) -> Counter[str]:
    """Count the words below a heading."""
    return Counter(_WORD.findall(text.partition("\n")[2]))


def _share(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(one.total(), other.total(), 1)
