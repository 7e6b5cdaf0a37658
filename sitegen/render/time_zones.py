"""Time zones as calendars have them: when clocks change (RFC 5545, 3.6.5)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache
from typing import Any

#: In which steps the next change of clocks is looked for, in seconds: a week to a second.
_STEPS = (7 * 86_400, 86_400, 14_400, 3_600, 1_200, 300, 60, 20, 5, 1)


@lru_cache(maxsize=100)
def time_zone(name: str) -> Any:
    """The changes of clocks in a time zone, from 1970 to 2037.

    icalendar looks at every 64th day, and so misses a change that is taken back within that, as in Morocco for Ramadan.
    """
    import icalendar

    class Zone(icalendar.Timezone):
        _from_tzinfo_skip_search = [dt.timedelta(seconds=seconds) for seconds in _STEPS]  # noqa: RUF012 - as icalendar has it

    zone = Zone.from_tzinfo(zoneinfo.ZoneInfo(name), name)
    correct_onsets(zone)
    return zone


def correct_onsets(zone: Any) -> None:
    """Write when each offset begins in the time before it, as RFC 5545 (3.6.5) says.

    icalendar writes the hour that a clock is set forward to.
    """
    known = zoneinfo.ZoneInfo(str(zone["TZID"]))
    for part in zone.subcomponents:
        before, after = part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
        for value in (part["DTSTART"], *(part["RDATE"].dts if "RDATE" in part else ())):
            last = (value.dt - before).replace(tzinfo=dt.UTC) - dt.timedelta(seconds=1)
            if after > before and last.astimezone(known).utcoffset() == after:
                value.dt += before - after
