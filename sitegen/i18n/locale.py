"""What depends on a language: direction, names, dates, numbers, lists, order, and the messages of the templates.

CLDR comes through Babel, and through ICU where Babel ends (`cldr_locales.py`, `icu.py`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

from sitegen.i18n import icu
from sitegen.i18n.cldr_locales import cldr_locale, icu_locale
from sitegen.i18n.dates_and_numbers import Formats
from sitegen.i18n.language import Language
from sitegen.i18n.language_names import language_name, own_names
from sitegen.i18n.language_tags import full_tag, is_rtl
from sitegen.i18n.transliteration import PSEUDO, writer

if TYPE_CHECKING:
    import babel


class Locale(Struct, frozen=True, dict=True):
    """A language of the site as CLDR describes it.

    Attributes:
        tag: BCP 47.
        path: first part of its addresses.
        chain: paths of the languages shown where this one has nothing.
        formats: tag whose dates, numbers and lists it uses, in its own `calendar` and `digits` if it has any.
        calendar: CLDR's name of the calendar of its dates; "" for the usual one.
        digits: CLDR's name of its digits; "" for the usual ones.
        base: path of the language that it is made of, in another script; `words` are spelled by hand.
        named: its own name, where the site says another than CLDR.
    """

    tag: str
    path: str
    chain: tuple[str, ...]
    formats: str
    calendar: str = ""
    digits: str = ""
    base: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    named: str = ""

    def __hash__(self) -> int:
        return hash((self.tag, self.path, self.formats, self.calendar, self.digits, self.base))

    @classmethod
    def of(cls, language: Language) -> Locale:
        return cls(
            language.tag,
            language.path,
            language.fallback,
            language.formats,
            language.calendar,
            language.digits,
            language.base,
            language.words,
            language.name,
        )

    def written(self, text: str) -> str:
        """A text of the language that this one is made of, in this one's script; of a language of its own, as it is."""
        return self._writer(text) if self.base else text

    @cached_property
    def _writer(self) -> Callable[[str], str]:
        return writer(self.tag, self.words)

    @cached_property
    def cldr(self) -> babel.Locale:
        return cldr_locale(self._described)

    @property
    def _described(self) -> str:
        """The tag that CLDR describes; a pseudo-locale is English to it."""
        return self.formats if self.tag in PSEUDO else self.tag

    @cached_property
    def _own_formats(self) -> Formats:
        return Formats.of(self.formats, self.calendar, self.digits)

    @cached_property
    def _formats(self) -> babel.Locale:
        return cldr_locale(self.formats)

    @cached_property
    def name(self) -> str:
        """Its own name, as it is written on its own: 简体中文, Русский."""
        if self.tag in PSEUDO:
            return self.tag
        name = self.named or NAMES.get(self.tag) or own_names().get(self.tag) or self._name_in_cldr
        return name[:1].upper() + name[1:]

    @property
    def _name_in_cldr(self) -> str:
        is_described = self.cldr.language == full_tag(self.tag).language
        import babel

        return language_name(self.tag, self.cldr if is_described else babel.Locale("en"), is_own=is_described)

    @cached_property
    def dir(self) -> str:
        """ "ltr" or "rtl"."""
        return "rtl" if is_rtl(self.tag) else "ltr"

    @cached_property
    def isolates_ltr(self) -> bool:
        """Whether Latin words in its texts run against it."""
        return self.dir == "rtl" and self.script != "Latn"

    @cached_property
    def script(self) -> str:
        """ISO 15924: "Latn", "Cyrl", "Hans", "Arab", "Deva"."""
        return full_tag(self.tag).script

    @cached_property
    def og(self) -> str:
        """Language and territory as Open Graph wants them: zh_CN."""
        return f"{full_tag(self.tag).language}_{full_tag(self.tag).territory}"

    def date(self, value: dt.date, style: str = "long") -> str:
        """A date in CLDR's style: "full", "long", "medium" or "short"; "long" in the words of `LONG_DATES` if they say so."""
        own = LONG_DATES.get(self.formats) if style == "long" else None
        return self.written(own(value, value) if own else self._own_formats.date(value, style))

    def date_range(self, first: dt.date, last: dt.date) -> str:
        """Two dates with what they share said once: 2–5 September 2025."""
        own = LONG_DATES.get(self.formats)
        skeleton = "yMMMd" if self.script in _MONTHS_IN_DIGITS else "yMMMMd"
        return self.written(own(first, last) if own else self._own_formats.date_range(first, last, skeleton))

    def time(self, value: dt.time | dt.datetime) -> str:
        """A time of day as the language writes it: 9:30 AM, 09:30."""
        from babel.dates import format_time

        plain = value.timetz() if isinstance(value, dt.datetime) else value
        text = self.written(self._digits(format_time(plain.replace(tzinfo=None), "short", locale=self._formats)))
        # "AM" would stand apart from its hour among words that run the other way
        is_mixed = self.isolates_ltr and any("A" <= letter <= "z" for letter in text)
        return f"\u2066{text}\u2069" if is_mixed else text

    def datetime(self, value: dt.date) -> str:
        """A day, with its time of day where it has one."""
        if not isinstance(value, dt.datetime):
            return self.date(value)
        return self._joined(self.date(value.date()), self.time(value))

    def when(self, first: dt.date | dt.time, last: dt.date | dt.time | None = None) -> str:
        """From when to when, what the two share said once; each a day, a day with its time, or both a time of day.

        Times of two zones, and those before and after clocks change, each have their zone beside them.
        """
        if isinstance(first, dt.time):
            return self._range(self.time(first), self.time(last)) if isinstance(last, dt.time) else self.time(first)
        if not isinstance(last, dt.date) or last == first:
            return self.datetime(first)
        if isinstance(first, dt.datetime) and isinstance(last, dt.datetime) and first.utcoffset() != last.utcoffset():
            return self._range(*(f"{self.datetime(value)} {self.zone(value)}" for value in (first, last)))
        return self._span(first, last)

    def _span(self, first: dt.date, last: dt.date) -> str:
        days = [value.date() if isinstance(value, dt.datetime) else value for value in (first, last)]
        if not isinstance(first, dt.datetime) and not isinstance(last, dt.datetime):
            return self.date_range(*days)
        if days[0] != days[1] or not isinstance(first, dt.datetime):  # only the end has a time
            return self._range(self.datetime(first), self.datetime(last))
        times = [self.time(value) for value in (first, last) if isinstance(value, dt.datetime)]
        return self._joined(self.date(days[0]), self._range(*times) if len(times) > 1 else times[0])

    def zone(self, value: dt.datetime) -> str:
        """The zone of a point of time, by its distance from Greenwich: GMT+08:00."""
        minutes = round((value.utcoffset() or dt.timedelta()).total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        pattern = str(self._formats.zone_formats["gmt"])
        return self.written(self._digits(pattern % f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"))

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency's symbol, as the language writes it; none of its digits is rounded."""
        from babel.numbers import format_currency

        pattern = str(self._formats.currency_formats["standard"].pattern)
        if amount == amount.to_integral_value():  # no cents where there are none
            pattern = re.sub(r"\.0+", "", pattern)
        separators = SEPARATORS.get(self.number(0), "latn")
        text = format_currency(
            amount,
            currency,
            pattern,
            locale=self._formats,
            currency_digits=False,
            decimal_quantization=False,
            numbering_system=separators,
        )
        return currency.join(self.written(self._digits(part)) for part in text.split(currency))

    def _joined(self, date: str, time: str) -> str:
        pattern = self.written(str(self._formats.datetime_formats["medium"]))
        return pattern.replace("{1}", date).replace("{0}", time)

    def _range(self, first: str, last: str) -> str:
        pattern = self.written(str(self._formats.interval_formats[None]))
        return pattern.replace("{0}", first).replace("{1}", last)

    def _digits(self, text: str) -> str:
        """A text with the language's digits."""
        return re.sub("[0-9]", lambda found: self.number(int(found[0])), text)

    def year(self, value: int) -> str:
        """A year of the Gregorian calendar, in the language's digits; with its era where the language counts otherwise."""
        digits = "".join(self.number(int(digit)) for digit in str(value))
        return digits if self.calendar in ("", "gregorian") else f"{digits} {self.cldr.eras['abbreviated'][1]}"

    def number(self, value: float) -> str:
        """A number with the language's separators and digits."""
        return self._own_formats.number(value)

    def percent(self, value: float) -> str:
        """A share in percent: 0.5 is 50 %."""
        return self._own_formats.percent(value)

    def file_size(self, size: int) -> str:
        """How large a file is, in the language's units: 1.2 MB."""
        from babel.units import format_unit

        units = ("kilobyte", "megabyte", "gigabyte")
        power = next((n for n in range(1, len(units)) if size < 1000 ** (n + 1)), len(units))
        value = max(1, round(size / 1000**power, 1 if power > 1 else None))
        shown = self.number(int(value) if value == int(value) else value)
        return self.written(format_unit(shown, f"digital-{units[power - 1]}", "short", locale=self._formats))

    def quoted(self, text: str) -> str:
        """A text in the language's quotation marks."""
        opening, closing = icu.quotation_marks(icu_locale(self._described))
        return f"{opening}{text}{closing}"

    def country(self, code: str) -> str:
        """CLDR's name of an ISO 3166-1 code."""
        own = COUNTRIES.get((self.tag, code))
        return own or self._named(str(self.cldr.territories.get(code, code)))

    def language(self, tag: str) -> str:
        """CLDR's name of a language, in this language."""
        return self._named(language_name(tag, self.cldr))

    def _named(self, name: str) -> str:
        return self.written(name) if self.tag in PSEUDO else name

    def conjunction(self, items: Iterable[str]) -> str:
        """`a, b and c` in this language."""
        from babel.lists import format_list

        *others, last = list(items) or [""]
        if others and self.tag in CONJUNCTIONS:
            return f"{', '.join(others)} {CONJUNCTIONS[self.tag]} {last}"
        if self.base:  # only what is between the items is CLDR's
            joined = format_list([f"%(i{number})s" for number in range(len(others) + 1)], locale=self._formats)
            return self.written(joined) % {f"i{number}": item for number, item in enumerate([*others, last])}
        return format_list([*others, last], locale=self._formats)

    def phrases(self, text: str, names: Callable[[str], re.Pattern[str] | None] = lambda path: None) -> list[str]:
        """A heading cut where its lines may end: between the words of Chinese or Japanese, else nowhere but as it is.

        `names` finds those of a language, by its path, within which no line ends.
        """
        if self.script not in WITHOUT_SPACES:
            return [text]
        return icu.phrases(icu_locale(self.tag), text, names(self.path))

    def order(self, text: str) -> bytes:
        """A key that sorts texts as this language does."""
        return icu.collation(icu_locale(self._described), ALPHABETS.get(self.tag, ""))(text)


#: Scripts in which a browser may end a line between any two characters, even within a word.
WITHOUT_SPACES = frozenset({"Hans", "Hant", "Jpan"})
#: Languages, in scripts of which CLDR 47 has no names: as their Wikipedias, and Unicode's own proposals, call them.
NAMES: Mapping[str, str] = {
    "crh": "Къырымтатарджа",
    "crh-Latn": "Qırımtatarca",
    "dng": "Хуэйзў йүян",
    "ku-Arab": "کوردی",
    "ky-Arab": "قىرعىزچا",
    "mn-Mong": "ᠮᠣᠩᠭᠣᠯ",
    "prs": "دری",
    "tg-Arab": "تاجیکی",
    "tt-Latn": "Tatarça",
    "ug-Cyrl": "Уйғурчә",
    "ug-Latn": "Uyghurche",
}
#: Alphabets that CLDR 47 has no order for: Tajik of 1998, where ё, ӣ and ӯ are letters of their own, and Uzbek of 1940, which
#: ends in ў қ ғ ҳ.
ALPHABETS: Mapping[str, str] = {"tg": "&е<ё<<<Ё&и<ӣ<<<Ӣ&у<ӯ<<<Ӯ", "uz-Cyrl": "&е<ё<<<Ё&я<ў<<<Ў<қ<<<Қ<ғ<<<Ғ<ҳ<<<Ҳ"}
_TAJIK_MONTHS = "январи феврали марти апрели майи июни июли августи сентябри октябри ноябри декабри".split()  # noqa: SIM905


def _tajik(first: dt.date, last: dt.date) -> str:
    end = f"{last.day} {_TAJIK_MONTHS[last.month - 1]} соли {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{_tajik(first, first)} – {end}"
    month = f" {_TAJIK_MONTHS[first.month - 1]} " if first.month != last.month else ""
    return f"{first.day}{month}–{' ' if month else ''}{end}"


#: Languages whose long dates CLDR 47 has in a form that nobody writes: Tajik joins day, month and year by izofat and writes
#: months small (as the site of the President of Tajikistan does, "2 сентябри соли 2025"); CLDR has "02 Сентябр 2025".
LONG_DATES: Mapping[str, Callable[[dt.date, dt.date], str]] = {"tg": _tajik}
#: Countries that CLDR 47 calls otherwise than the language's own ministry of foreign affairs does (mfa.tj: Чин, Беларус).
COUNTRIES: Mapping[tuple[str, str], str] = {("tg", "CN"): "Чин", ("tg", "BY"): "Беларус"}
#: "and" of languages whose lists CLDR 47 joins by commas alone.
CONJUNCTIONS: Mapping[str, str] = {"kk": "және", "tg": "ва", "uz-Cyrl": "ва"}
#: Zero in digits that have their own separators of thousands and decimals → CLDR's name of these digits.
SEPARATORS: Mapping[str, str] = {"٠": "arab", "۰": "arabext"}
#: Scripts that write months as numbers, for which ICU's long ranges mix two kinds of month.
_MONTHS_IN_DIGITS = frozenset({"Hans", "Hant", "Jpan", "Kore"})
