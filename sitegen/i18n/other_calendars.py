"""Dates in other calendars → the same dates in the Gregorian calendar."""

from __future__ import annotations

import datetime as dt
import re

from sitegen.i18n import icu

#: Name of a calendar → ICU's name, the years in current use, the first day of year 1, and the days per year.
_CALENDARS = {
    "Persian": ("persian", range(1300, 1421), dt.date(622, 3, 22), 365.2422),
    "Islamic": ("islamic-umalqura", range(1421, 1501), dt.date(622, 7, 19), 354.36708),
    "Buddhist": ("buddhist", range(2443, 2744), dt.date(1, 1, 1), 365.2425),
}
#: Maximum error, in days, of an estimate from the average length of a year.
_NEAR = 40


def find_day(year: int, month: int, day: int) -> tuple[str, dt.date] | None:
    """Return the calendar in which the year is a current one, and the Gregorian date; None if there is no such date."""
    for name, (calendar, years, begin, length) in _CALENDARS.items():
        if year not in years:
            continue
        since = 543 if name == "Buddhist" else 0
        guess = begin + dt.timedelta(days=round((year - since - 1) * length + (month - 1) * length / 12 + day - 1))
        near = (guess + dt.timedelta(days=shift) for shift in range(-_NEAR, _NEAR + 1))
        found = (own for own in near if _parts(calendar, own) == (year, month, day))
        return next(((name, own) for own in found), None)
    return None


def _parts(calendar: str, day: dt.date) -> tuple[int, int, int]:
    """Return the year, month and day of a date in a calendar."""
    month, own, year, *_ = map(int, re.findall(r"\d+", icu.date(f"en@calendar={calendar}", day, "short")))
    return year, month, own
