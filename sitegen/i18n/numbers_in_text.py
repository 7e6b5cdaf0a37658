"""Numbers in texts, parsed by the rules of all languages: `1,250.50`, `1250,50`, `1 250,50`, `۱٬۲۵۰٫۵۰` are equal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sitegen.source.lazy_regex import lazily

#: Numbers up to this are often spelled out in one language and written in digits in another.
_SPELLED = 20
#: Numbers with more characters are ignored.
_LONGEST = 40
#: A space separates only groups of three digits; other signs may separate any digits.
_NUMBER = lazily(r"[\d]\d*(?:[.,'’٫٬]\d+|[ \u00a0\u2009\u202f]\d{3}(?!\d))*")
_GROUPED = lazily(r"([1-9]\d{0,2})([.,'’٬ \u00a0\u2009\u202f])\d{3}(?:\2\d{3})*(?:(?!\2)[.,٫](\d+))?")
#: Grouping as in India: 1,00,000.
_BY_TWO = lazily(r"([1-9]\d?)(,)\d\d(?:,\d\d)*,\d{3}(?:\.(\d+))?")
_DECIMAL = lazily(r"(\d+)[.,٫](\d+)")
#: Text that may also be several numbers: the time 17.30, the list 12,345.
_TWO = lazily(r"\d{1,2}\.\d\d|\d+[ ,\u00a0\u2009\u202f].*")
#: A number that may be spelled out: a hundred, two thousand.
_ROUND = lazily(r"[1-9]0{2,}")
#: Words that multiply the preceding number → number of zeros.
_ZEROS = {
    word: zeros
    for zeros, words in {
        3: "thousand тыс мың миң ming минг ҳазор हज़ार हजार ہزار هزار",
        4: "万 萬 만",
        5: "lakh लाख لاکھ",
        6: "million mln млн миллион мільён میلیون ملین مليون",
        7: "crore करोड़ کروڑ",
        8: "亿 億 억",
        9: "billion milliard mlrd млрд миллиард мільярд میلیارد ارب",
    }.items()
    for word in words.split()
}
_MULTIPLIED = lazily(r"[ \u00a0\u202f-]?(" + "|".join(sorted(_ZEROS, key=len, reverse=True)) + ")", re.IGNORECASE)


class Number(NamedTuple):
    """A number in a text."""

    text: str  #: the number as written
    start: int
    #: Its possible meanings in ASCII digits with a decimal point, the likeliest first; each may be several numbers, as
    #: it may be a list.
    readings: tuple[frozenset[str], ...]

    @property
    def plain(self) -> frozenset[str]:
        """The likeliest reading, without small numbers, which may be spelled out."""
        return frozenset(number for number in self.readings[0] if not _is_small(number))

    @property
    def is_round(self) -> bool:
        """Whether another language may spell it out, as for 100 or 2,000."""
        return all(_ROUND.fullmatch(number) for number in self.readings[0])


def find_numbers(text: str) -> Iterator[Number]:
    """Yield each number in a text, in any digits; skip runs of digits that are too long."""
    for found in _NUMBER.finditer(text):
        if len(found[0]) <= _LONGEST:
            yield Number(found[0], found.start(), tuple(_readings(text, found)))


def other_numbers(own: Iterable[Number], source: Iterable[Number]) -> tuple[list[Number], list[Number]]:
    """Return the numbers of the source that a translation lacks, and those that only the translation has; each once.

    A round number may be spelled out in the other text, unless that has a different number instead.
    """
    own, source = list(own), list(source)
    lacking, strange = _unlike(source, own), _unlike(own, source)
    if not strange:
        lacking = [number for number in lacking if not number.is_round]
    if not lacking:
        strange = [number for number in strange if not number.is_round]
    return lacking, strange


def _unlike(numbers: Iterable[Number], others: Iterable[Number]) -> list[Number]:
    """Return the numbers of which no reading occurs among the others."""
    known = {plain for other in others for reading in other.readings for plain in reading}
    unlike = (number for number in numbers if not _is_among(number, known))
    return list({number.readings[0]: number for number in unlike}.values())


def _is_among(number: Number, known: Collection[str]) -> bool:
    first, *others = number.readings
    return all(_is_small(plain) or plain in known for plain in first) or any(
        all(plain in known for plain in reading) for reading in others
    )


def _is_small(plain: str) -> bool:
    return "." not in plain and len(plain) < 3 and int(plain) <= _SPELLED


def _readings(text: str, found: re.Match[str]) -> Iterator[frozenset[str]]:
    written = found[0]
    grouped = _GROUPED.fullmatch(written) or _BY_TWO.fullmatch(written)
    decimal = _DECIMAL.fullmatch(written)
    whole = ""
    if grouped:
        end = grouped.start(3) - 1 if grouped[3] else len(written)
        whole = _joined(re.sub(r"\D", "", written[:end]), grouped[3] or "")
    elif decimal:
        whole = _joined(decimal[1], decimal[2])
    elif written.isdigit():
        whole = _joined(written)
    if whole:
        yield frozenset({whole})
    if grouped and decimal:  # 1,250 means 1250 in some languages and 1.25 in others
        yield frozenset({_joined(decimal[1], decimal[2])})
    if not whole or _TWO.fullmatch(written):
        yield frozenset(_joined(part) for part in re.findall(r"\d+", written))
    times = _MULTIPLIED.match(text, found.end())
    if whole and times:
        yield frozenset({_multiplied(whole, _ZEROS[times[1].lower()])})


def _joined(whole: str, part: str = "") -> str:
    """Convert digits of any script to ASCII, without leading zeros."""
    return str(int(whole)) + ("." + "".join(str(int(digit)) for digit in part) if part else "")


def _multiplied(plain: str, zeros: int) -> str:
    whole, _, part = plain.partition(".")
    kept = part[zeros:].rstrip("0")
    return str(int(whole + part[:zeros].ljust(zeros, "0"))) + ("." + kept if kept else "")
