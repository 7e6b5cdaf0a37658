"""Where a text has the names of a glossary, in proportion to the text and the names together.

A name is looked for only where its rarest word occurs, found in an index of the text's words. Scripts without spaces
are looked up by Han character, or by what stands between signs and spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from sitegen.source.lazy_regex import lazily

_HAN = lazily(r"[\u3400-\u9fff]")
_WORD = lazily(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
#: Places at which the names of a glossary are compared with one text; a page of 60 KB and 1,300 names of a language need a thousand.
MOST_STEPS = 3_000_000
#: Belarusian writes the same word with ў after a vowel and with у after a consonant.
_SHORT_U = "уўУЎ"
_HIGHEST = chr(0x10FFFF)


class CostlyError(Exception):
    """A text and names made of a few words, in so many orders that comparing them takes long."""


class Stem:
    """What the forms of a word have in common: how it begins, or all of it."""

    __slots__ = ("is_whole", "spellings")

    def __init__(self, word: str, *, is_first: bool, is_last: bool) -> None:
        is_fixed = len(word) < 4 or (word.isascii() and word.isupper())
        stem = word if is_fixed else word[: max(3, len(word) - 3)]
        self.is_whole = is_fixed and not is_last
        if stem[0] in _SHORT_U:
            self.spellings = tuple(letter + stem[1:] for letter in _SHORT_U)
        else:
            self.spellings = _either(stem) if is_first else (stem,)

    def fits(self, word: str) -> bool:
        """Whether a word of a text may be a form of this one."""
        return word in self.spellings if self.is_whole else word.startswith(self.spellings)


class Words:
    """The words of a text, in their order; a Han character is a word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._steps = 0
        self._words: list[str] = []
        self._starts: list[int] = []
        self._places: dict[str, list[int]] = {}
        for number, found in enumerate(_WORD.finditer(text)):
            self._words.append(found[0])
            self._starts.append(found.start())
            self._places.setdefault(found[0], []).append(number)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._places)

    @cached_property
    def _counts(self) -> list[int]:
        """For each of the sorted words, how often the words before it occur in the text."""
        return [*accumulate((len(self._places[word]) for word in self._sorted), initial=0)]

    def find(self, name: str) -> Iterator[int]:
        """Where the text has exactly these words, as whole words unless they are Han: the offset of each place."""
        is_bounded = not _HAN.search(name)
        for spelling in _either(name) if is_bounded else (name,):
            for start in self._literal(spelling):
                if not (is_bounded and self._is_inside(start, start + len(spelling))):
                    yield start

    def _literal(self, name: str) -> Iterator[int]:
        words = [*(_HAN.finditer(name) if _HAN.search(name) else _WORD.finditer(name))]
        if not words:
            self._step(len(self.text) // 64)  # one search of the text, in C
            yield from (found.start() for found in re.finditer(re.escape(name), self.text))
            return
        rarest = min(words, key=lambda word: len(self._places.get(word[0], ())))
        for number in self._places.get(rarest[0], ()):
            self._step(1 + len(name) // 64)
            start = self._starts[number] - rarest.start()
            if start >= 0 and self.text.startswith(name, start):
                yield start

    def _is_inside(self, start: int, end: int) -> bool:
        """Whether a place is inside a longer word."""
        return _is_letter(self.text[start - 1 : start]) or _is_letter(self.text[end : end + 1])

    def has(self, name: str) -> bool:
        """Whether the text has a name in any grammatical form: Han literally, other words by their stems."""
        if _HAN.search(name) or not (words := _WORD.findall(name)):
            return next(self._literal(name), None) is not None
        last = len(words) - 1
        stems = [Stem(word, is_first=not n, is_last=n == last) for n, word in enumerate(words)]
        rarest = min(range(len(stems)), key=lambda n: self._count(stems[n]))
        return any(self._fits(stems, number - rarest) for number in self._forms(stems[rarest]))

    def _fits(self, stems: list[Stem], first: int) -> bool:
        """Whether the words from a number on are forms of these."""
        self._step(len(stems))
        return 0 <= first <= len(self._words) - len(stems) and all(
            stem.fits(self._words[first + n]) for n, stem in enumerate(stems)
        )

    def _count(self, stem: Stem) -> int:
        return sum(self._counts[end] - self._counts[begin] for begin, end in self._ranges(stem))

    def _forms(self, stem: Stem) -> Iterator[int]:
        for begin, end in self._ranges(stem):
            for word in self._sorted[begin:end]:
                yield from self._places[word]

    def _ranges(self, stem: Stem) -> Iterator[tuple[int, int]]:
        """The parts of the sorted words that are forms of a stem."""
        for spelling in stem.spellings:
            begin = bisect_left(self._sorted, spelling)
            if stem.is_whole:
                yield begin, begin + (spelling in self._places)
            else:
                yield begin, bisect_left(self._sorted, spelling + _HIGHEST)

    def _step(self, count: int) -> None:
        self._steps += count
        if self._steps > MOST_STEPS:
            raise CostlyError


def _either(text: str) -> tuple[str, ...]:
    """A name may open a sentence or a heading: its first letter, small in the glossary, may then be a capital."""
    return (text, text[0].upper() + text[1:]) if text[:1].islower() else (text,)


def _is_letter(text: str) -> bool:
    return (text.isalnum() and not _HAN.match(text)) or text == "_"
