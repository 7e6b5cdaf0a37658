"""Formats of dates and numbers: from ICU, from Babel if ICU lacks the language, or of the nearest language."""

from __future__ import annotations

import datetime as dt
from functools import cache

from msgspec import Struct

from sitegen.i18n import icu
from sitegen.i18n.cldr_locales import ROOT, first_in_cldr, nearest_locale
from sitegen.i18n.language_tags import full_tag, names_of

#: The root locale has no month names, so only this style and skeleton are readable.
_ROOT_STYLE, _ROOT_SKELETON = "short", "yMd"


class Formats(Struct, frozen=True):
    """The formats of dates and numbers."""

    locale: str  #: ICU's locale name, with calendar and digits as keywords
    cldr: str = ""  #: Babel's locale name if ICU lacks the language; otherwise ""
    #: Tag of the language whose formats replace those missing in CLDR; "" if the language has its own.
    nearest: str = ""

    @classmethod
    @cache
    def of(cls, tag: str, calendar: str = "", digits: str = "") -> Formats:
        """Return the formats of a language tag, with CLDR's names for a calendar and digits."""
        own = next((name for name in names_of(tag) if icu.has(name)), "")
        if not own and not digits and calendar in ("", "gregorian") and (name := _with_months(tag)):
            return cls(ROOT, name)
        keywords = [f"calendar={calendar}"] if calendar else []
        keywords += [f"numbers={digits}"] if digits else []
        locale = own or nearest_locale(tag)
        nearest = "" if own else _shortest(locale.replace("_", "-"))
        return cls(locale + ("@" + ";".join(keywords) if keywords else ""), nearest=nearest)

    def date(self, value: dt.date, style: str) -> str:
        """Format a date in a CLDR style: "full", "long", "medium" or "short"."""
        if self.cldr:
            from babel.dates import format_date

            return format_date(_day(value), style, self.cldr)
        return icu.date(self.locale, value, _ROOT_STYLE if self._is_root else style)

    def date_range(self, first: dt.date, last: dt.date, skeleton: str) -> str:
        """Format a range of dates without repeating the parts that they share."""
        if first == last and (self.cldr or self._is_root):
            return self.date(first, "long")
        if self.cldr:
            from babel.dates import format_interval

            return format_interval(_day(first), _day(last), skeleton, locale=self.cldr)
        return icu.date_range(self.locale, first, last, _ROOT_SKELETON if self._is_root else skeleton)

    def number(self, value: float) -> str:
        """Format a number with the language's separators and digits; none of its digits is rounded."""
        if self.cldr:
            from babel.numbers import format_decimal

            return format_decimal(value, locale=self.cldr, decimal_quantization=False, numbering_system="default")
        return icu.number(self.locale, value)

    def percent(self, value: float) -> str:
        """Format a ratio as a percentage."""
        if self.cldr:
            from babel.numbers import format_percent

            return format_percent(value, locale=self.cldr, numbering_system="default")
        return icu.percent(self.locale, value)

    @property
    def _is_root(self) -> bool:
        return self.locale.partition("@")[0] == ROOT


def _day(value: dt.date) -> dt.date:
    """A date, or an error for what is none: Babel would show today in place of nothing."""
    return max(value, dt.date.min)


def _shortest(tag: str) -> str:
    """Remove the likely subtags from a tag: `ug-CN` → `ug`."""
    language = tag.partition("-")[0]
    return language if tag != ROOT and full_tag(language) == full_tag(tag) else tag


def _with_months(tag: str) -> str:
    """Return Babel's locale name for a tag if it has month names; those of root are M01, M02, and so on."""
    own = first_in_cldr(names_of(tag))
    return str(own) if own and "01" not in str(own.months["format"]["wide"][1]) else ""
