"""Dates of national calendars, as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from sitegen.i18n.other_calendars import find_day


@pytest.mark.parametrize(
    ("year", "month", "day", "found"),
    [
        (1404, 11, 11, ("Persian", dt.date(2026, 1, 31))),
        (1405, 1, 1, ("Persian", dt.date(2026, 3, 21))),
        (1403, 12, 30, ("Persian", dt.date(2025, 3, 20))),
        (1404, 12, 30, None),
        (1357, 11, 22, ("Persian", dt.date(1979, 2, 11))),
        (1447, 1, 1, ("Islamic", dt.date(2025, 6, 26))),
        (1447, 8, 12, ("Islamic", dt.date(2026, 1, 31))),
        (2569, 1, 31, ("Buddhist", dt.date(2026, 1, 31))),
        (2026, 1, 31, None),
        (1026, 1, 31, None),
    ],
)
def test_date_in_another_calendar_is_found(year: int, month: int, day: int, found: tuple[str, dt.date] | None) -> None:
    assert find_day(year, month, day) == found
