"""A day as another calendar counts it → the day of the Gregorian calendar that is meant."""

from __future__ import annotations

import datetime as dt
import re

from sitegen.i18n import icu

#: Name of a calendar → ICU's, the years that people write today, and how they are counted: by day 1 and days in a year.
_CALENDARS = {
    "Persian": ("persian", range(1300, 1421), dt.date(622, 3, 22), 365.2422),
    "Islamic": ("islamic-umalqura", range(1421, 1501), dt.date(622, 7, 19), 354.36708),
    "Buddhist": ("buddhist", range(2443, 2744), dt.date(1, 1, 1), 365.2425),
}
#: How far a count by years of one length is from a calendar, in days.
_NEAR = 40


def find_day(year: int, month: int, day: int) -> tuple[str, dt.date] | None:
    """The calendar that counts such years today, and its day in ours; None where no calendar does, or it has no such day."""
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
    """Year, month and day of a calendar."""
    month, own, year, *_ = map(int, re.findall(r"\d+", icu.date(f"en@calendar={calendar}", day, "short")))
    return year, month, own
