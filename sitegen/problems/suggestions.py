"""What somebody meant who has written an unknown word: the most similar of those that are known."""

from __future__ import annotations

import heapq
import itertools
import mmap
import struct
from collections.abc import Collection, Iterable, Set
from functools import lru_cache

from sitegen.problems.problem import MOST_LISTED, listing

#: How similar two words must be for a suggestion, and how many candidates are compared letter by letter.
_NEAR, _MOST_ALIKE = 0.6, 24
#: The words, at most, of which each is compared.
_MANY = 200
#: With fewer letters, a letter more or less often makes another word: `fee` and `free`, `tag` and `stag`.
_LEAST_LETTERS = 5
#: What people write in one way or another, or leave out, without meaning anything else.
_NOT_COMPARED = frozenset("-_‐‑–\"'“”„‘’«»")
#: With how many known words the wrong ones of a build are compared, which takes a second; one of few is compared whole.
_MOST_COMPARED, _WHOLE = 2_000_000, 4
#: With how many they have been, in all processes of a build.
_compared = mmap.mmap(-1, mmap.PAGESIZE)
_NUMBER = struct.Struct("=q")


def begin_suggestions() -> None:
    """Suggest something for the first wrong words again, as in a new build."""
    _NUMBER.pack_into(_compared, 0, 0)


def may_suggest() -> bool:
    """Whether words are still compared in this build."""
    return bool(_NUMBER.unpack_from(_compared)[0] < _MOST_COMPARED)


class Words:
    """Many known words, in which similar ones are found without comparing a word with each of them.

    They are indexed by length and pairs of letters: a word that shares few pairs with another is not similar to it.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[frozenset[str], str]]] = {}
        self._number = 0
        for self._number, word in enumerate(sorted(known), 1):
            self._by_length.setdefault(len(word), []).append((_pairs(word), word))

    def __len__(self) -> int:
        return self._number

    def alike(self, word: str) -> tuple[str, ...]:
        """The known words that share the most pairs of letters with a word."""
        pairs, length = _pairs(word), len(word)
        lengths = [own for own in self._by_length if 2 * min(own, length) >= _NEAR * (own + length)]
        rated = ((len(pairs & own), known) for near in lengths for own, known in self._by_length[near])
        return tuple(known for _, known in heapq.nlargest(_MOST_ALIKE, rated))


def _pairs(word: str) -> frozenset[str]:
    small = word.lower()
    return frozenset(map("".join, itertools.pairwise(small))) or frozenset((small,))


def nearest(word: str, known: Iterable[str] | Words) -> str:
    """`did you mean 'title'?`, or nothing if no known word is similar; case is ignored.

    Nothing either, as from the other functions here, once a build has compared so many words that its time would be spent on it.
    """
    return _nearest(word, _few(word, known))


def nearest_or_all(word: str, known: Collection[str], before: str) -> str:
    """`nearest`, or all known words after some others, as in `kinds are news, event`; nothing if they are many."""
    if (meant := nearest(word, known)) or not 0 < len(known) <= MOST_LISTED:
        return meant
    return f"{before} {listing(sorted(known) if isinstance(known, Set) else known)}"


def _few(word: str, known: Iterable[str] | Words) -> tuple[str, ...]:
    """All known words; of many, those with which it is worth comparing a word, since a file may have many wrong words too."""
    if not may_suggest():
        return ()
    every, before = known if isinstance(known, Words) else tuple(known), _NUMBER.unpack_from(_compared)[0]
    _NUMBER.pack_into(_compared, 0, before + len(every) * (1 if len(every) > _MANY else _WHOLE))
    if isinstance(every, Words):
        return every.alike(word)
    return every if len(every) <= _MANY else _index(every).alike(word)


@lru_cache(4)
def _index(known: tuple[str, ...]) -> Words:
    return Words(known)


@lru_cache(1024)  # one mistake is often made on many pages
def _nearest(word: str, known: tuple[str, ...]) -> str:
    by_small = {own.lower(): own for own in sorted(known, reverse=True)}
    close = _close(word.lower(), by_small, 1, _NEAR)
    return f"did you mean '{by_small[close[0]]}'?" if close else ""


def _close(word: str, known: Iterable[str], most: int, cutoff: float) -> list[str]:
    import difflib  # not needed for a site without mistakes

    return difflib.get_close_matches(word, sorted(known), n=most, cutoff=cutoff)


def likely(word: str, known: Iterable[str]) -> str | None:
    """The known word that is meant most likely: more similar than `nearest` requires, and the only one so similar."""
    close = _close(word, _few(word, known), 2, 0.8)
    return close[0] if len(close) == 1 else None


def certain(key: str, known: Iterable[str]) -> str | None:
    """The only known key that can be meant: one slip of a hand away, and no other word, as `level-2` is for `level-1`.

    >>> [certain(key, ["title", "active"]) for key in ("titel", "Title", "activ", "inactive")]
    ['title', 'title', 'active', None]
    """
    if not may_suggest():
        return None
    known = tuple(known)
    meant = likely(key, known)
    return same_but_for_case(key, known) or (meant if meant and _is_slip(key.lower(), meant.lower()) else None)


def same_but_for_case(word: str, known: Iterable[str]) -> str | None:
    """The only known word that differs in case, blanks, hyphens or quotation marks; a similar one may be the opposite.

    >>> [same_but_for_case(word, ["in-progress", "paid", "c"]) for word in ("“In progress”", "unpaid", "piad", "c++")]
    ['in-progress', None, None, None]
    """
    few = _few(word, known)
    bare = _bare(word) if few else ""
    alike = [own for own in few if bare and _bare(own) == bare]
    return alike[0] if len(alike) == 1 else None


def _count_equal(word: str, other: str) -> int:
    """How many letters two words begin with."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))


def _bare(word: str) -> str:
    return "".join(letter for letter in word.casefold() if not letter.isspace() and letter not in _NOT_COMPARED)


def _is_slip(word: str, known: str) -> bool:
    """Whether two letters have changed places, or one is missing or too many, but not at a part's start as in `a-typical`."""
    start = _count_equal(word, known)
    end = _count_equal(word[start:][::-1], known[start:][::-1])
    own, other = word[start : len(word) - end], known[start : len(known) - end]
    if len(own) == 2:
        return own == other[::-1] and own.isalpha()
    is_within = word[start - 1 : start].isalpha() and min(len(word), len(known)) >= _LEAST_LETTERS
    return is_within and len(own + other) == 1 and (own + other).isalpha()
