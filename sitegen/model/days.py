"""Days that a site may name, and those that were meant in another calendar."""

from __future__ import annotations

import datetime as dt

#: Years that every writer of ours holds: time zones and weeks around a day stay within Python's own bounds.
FIRST_YEAR, LAST_YEAR = 100, 9000
#: Days of the Persian year before each of its months.
_MONTHS = (0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336)


def other_calendar(day: dt.date) -> str:
    """What to write instead, for a day whose year is one of another calendar; "" for all others."""
    if 1300 <= day.year <= 1500:
        return f"if it is a day of the Persian calendar, write {_of_persian(day.year, day.month, day.day)}"
    if 2400 <= day.year <= 2699:
        return f"if it is a year of the Buddhist era, write {day.year - 543}{day.isoformat()[4:10]}"
    return ""


def _of_persian(year: int, month: int, day: int) -> dt.date:
    """The Gregorian day; leap years by the cycle of 33 years, which holds from 1178 to 1633 (Birashk, Borkowski)."""
    leaps = sum((own % 33) in (1, 5, 9, 13, 17, 22, 26, 30) for own in range(1300, year))
    return dt.date(1921, 3, 21) + dt.timedelta(days=365 * (year - 1300) + leaps + _MONTHS[month - 1] + day - 1)
