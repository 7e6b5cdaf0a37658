"""Time zones as calendars have them: when clocks change (RFC 5545, 3.6.5)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import icalendar

#: The years whose changes a calendar has.
FIRST, LAST = dt.datetime(1970, 1, 1), dt.datetime(2038, 1, 1)
#: How far apart offsets are compared: the shortest summer, that of Recife in 2000, was an hour shorter than seven days.
STEP = dt.timedelta(days=5)
_SECOND = dt.timedelta(seconds=1)


class Clock(NamedTuple):
    """What clocks show from a change until the next: RFC 5545 has a part for each that differs."""

    before: dt.timedelta
    after: dt.timedelta
    name: str
    is_standard: bool


@cache
def time_zone(name: str) -> icalendar.Timezone:
    """The changes of clocks in a time zone, from 1970 to 2037.

    icalendar's own search misses changes that are soon taken back, as in Morocco for Ramadan, or takes 75 ms a zone.
    """
    import icalendar

    zone = icalendar.Timezone()
    zone.add("tzid", name)
    zone.add("comment", f"This timezone only works from {FIRST:%Y-%m-%d} to {LAST:%Y-%m-%d}.")
    for clock, (first, *others) in _onsets(zoneinfo.ZoneInfo(name)).items():
        part = icalendar.TimezoneStandard() if clock.is_standard else icalendar.TimezoneDaylight()
        part.TZOFFSETFROM, part.TZOFFSETTO = clock.before, clock.after
        part.add("tzname", clock.name)
        part.DTSTART = first
        if others:
            part.add("rdate", others)
        zone.add_component(part)
    return zone


def _onsets(zone: dt.tzinfo) -> dict[Clock, list[dt.datetime]]:
    """Return when each clock begins, in the time before it, as RFC 5545 (3.6.5) says."""
    first, last = (day.replace(tzinfo=zone).astimezone(dt.UTC) for day in (FIRST, LAST))
    onsets = dict[Clock, list[dt.datetime]]()
    before = _offset(first.astimezone(zone))
    for moment in (first, *changes(zone, first, last)):
        here = moment.astimezone(zone)
        clock = Clock(before, _offset(here), here.tzname() or str(_offset(here)), not here.dst())
        onsets.setdefault(clock, []).append(moment.replace(tzinfo=None) + before)
        before = clock.after
    return onsets


def changes(zone: dt.tzinfo, first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the second of each change of a zone's offset, after `first` and up to `last`; all are in UTC."""
    offset = first.astimezone(zone).utcoffset()
    while first < last:
        end = min(first + STEP, last)
        later = end.astimezone(zone).utcoffset()
        if later != offset:
            yield _change(zone, first, end)
        first, offset = end, later


def _change(zone: dt.tzinfo, first: dt.datetime, last: dt.datetime) -> dt.datetime:
    """Return the first second with the offset of `last`, by halves."""
    offset = last.astimezone(zone).utcoffset()
    while (seconds := (last - first) // _SECOND) > 1:
        middle = first + seconds // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            last = middle
        else:
            first = middle
    return last


def _offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta()
