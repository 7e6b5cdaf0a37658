"""CLDR data for a language tag: from ICU, from Babel if ICU lacks the language, or of the nearest language.

The nearest language is the likely one for the same script and territory. Nothing depends on the machine's locale.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path

import babel
from babel.localedata import exists
from msgspec import Struct

from sitegen.i18n import icu
from sitegen.i18n.tags import Tag, full_tag, likely_language, names_of, parse_tag

#: The root locale has no month names, so only this style and skeleton are readable.
_ROOT, _ROOT_STYLE, _ROOT_SKELETON = "root", "short", "yMd"
#: Tag → the language's name for itself, taken from CLDR by tests/scripts/own_names.py: every page shows those of its
#: languages, and to read all that CLDR knows of them takes a sixth of a build.
OWN_NAMES = Path(__file__).with_name("own_names.json")


class Formats(Struct, frozen=True):
    """The formats of dates and numbers.

    Attributes:
        locale: ICU's locale name, with calendar and digits as keywords.
        cldr: Babel's locale name if ICU lacks the language; otherwise "".
        nearest: tag of the language whose formats replace those missing in CLDR; "" if the language has its own.
    """

    locale: str
    cldr: str = ""
    nearest: str = ""

    @classmethod
    @cache
    def of(cls, tag: str, calendar: str = "", digits: str = "") -> Formats:
        """Return the formats of a language tag, with CLDR's names for a calendar and digits."""
        own = next((name for name in names_of(tag) if name in icu.locales()), "")
        if not own and not digits and calendar in ("", "gregorian") and (name := _with_months(tag)):
            return cls(_ROOT, name)
        keywords = [f"calendar={calendar}"] if calendar else []
        keywords += [f"numbers={digits}"] if digits else []
        locale = own or _nearest(tag)
        nearest = "" if own else _shortest(locale.replace("_", "-"))
        return cls(locale + ("@" + ";".join(keywords) if keywords else ""), nearest=nearest)

    def date(self, value: dt.date, style: str) -> str:
        """Format a date in a CLDR style: "full", "long", "medium" or "short"."""
        if self.cldr:
            from babel.dates import format_date

            return format_date(value, style, self.cldr)
        return icu.date(self.locale, value, _ROOT_STYLE if self._is_root else style)

    def date_range(self, first: dt.date, last: dt.date, skeleton: str) -> str:
        """Format a range of dates without repeating the parts that they share."""
        if first == last and (self.cldr or self._is_root):
            return self.date(first, "long")
        if self.cldr:
            from babel.dates import format_interval

            return format_interval(first, last, skeleton, locale=self.cldr)
        return icu.date_range(self.locale, first, last, _ROOT_SKELETON if self._is_root else skeleton)

    def number(self, value: float) -> str:
        """Format a number with the language's separators and digits."""
        if self.cldr:
            from babel.numbers import format_decimal

            return format_decimal(value, locale=self.cldr, numbering_system="default")
        return icu.number(self.locale, value)

    def percent(self, value: float) -> str:
        """Format a ratio as a percentage."""
        if self.cldr:
            from babel.numbers import format_percent

            return format_percent(value, locale=self.cldr, numbering_system="default")
        return icu.percent(self.locale, value)

    @property
    def _is_root(self) -> bool:
        return self.locale.partition("@")[0] == _ROOT


@cache
def cldr_locale(tag: str) -> babel.Locale:
    """Return Babel's locale for a tag in its script, or for the nearest language if CLDR has none."""
    full = full_tag(tag)
    near = Tag(likely_language(full.script, full.territory) or "en", full.script, full.territory)
    names = (*names_of(tag), *names_of(str(near)), "en")
    return babel.Locale.parse(next(name for name in names if exists(name)))


@cache
def own_locale(tag: str) -> babel.Locale | None:
    """Return Babel's locale for a language in any script; None if CLDR has no data for it."""
    name = next((name for name in (*names_of(tag), full_tag(tag).language) if exists(name)), None)
    return babel.Locale.parse(name) if name else None


@cache
def icu_locale(tag: str) -> str:
    """Return ICU's locale name for a tag in its script, or for the nearest language, for collation and punctuation."""
    return next((name for name in names_of(tag) if name in icu.locales()), "") or _nearest(tag)


def language_name(tag: str, locale: babel.Locale, *, is_own: bool = False) -> str:
    """Return the name of a tag's language in the language of `locale`, else in English, else the tag.

    Args:
        is_own: whether the language names itself; then its script is omitted.
    """
    own, full = parse_tag(tag), full_tag(tag)
    if own is None:
        return tag
    for names in (locale.languages, babel.Locale("en").languages):
        for name in (own.locale, *names_of(tag)):
            if name in names:
                return str(names[name])
        if full.language in names and is_own and names is locale.languages:
            return str(names[full.language])
        if full.language in names:
            script = locale.scripts.get(full.script) if names is locale.languages else None
            script = script or babel.Locale("en").scripts.get(full.script, full.script)
            return f"{names[full.language]} ({script})"
    return tag


@cache
def own_names() -> dict[str, str]:
    """Return the names that languages have for themselves, by tag."""
    names: dict[str, str] = json.loads(OWN_NAMES.read_text(encoding="utf-8"))
    return names


def _shortest(tag: str) -> str:
    """Remove the likely subtags from a tag: `ug-CN` → `ug`."""
    language = tag.partition("-")[0]
    return language if tag != _ROOT and full_tag(language) == full_tag(tag) else tag


def _nearest(tag: str) -> str:
    full = full_tag(tag)
    near = Tag(likely_language(full.script, full.territory) or full.language, full.script, full.territory)
    return next((name for name in names_of(str(near)) if name in icu.locales()), _ROOT)


def _with_months(tag: str) -> str:
    """Return Babel's locale name for a tag if it has month names; those of root are M01, M02, and so on."""
    name = next((name for name in names_of(tag) if exists(name)), "")
    return name if name and "01" not in str(babel.Locale.parse(name).months["format"]["wide"][1]) else ""
