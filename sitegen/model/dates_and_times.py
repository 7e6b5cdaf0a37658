"""Dates, times and time zones as people write them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from sitegen.i18n.other_calendars import find_day
from sitegen.model.fields import Checker, Field
from sitegen.model.numbers_and_money import in_ascii_digits
from sitegen.problems.suggestions import nearest
from sitegen.source.lazy_regex import lazily
from sitegen.source.yaml import Node

#: Years outside this range cause a warning.
_EARLIEST, _LATEST = 1800, 2200
#: Patterns for Python and for JSON Schema; in Python, `\d` has the digits of other scripts too.
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-5][0-9])?"
TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
#: Common ways to write a time of day, and a date with one.
_CLOCK = r"(\d{1,2})[:.](\d{2})(?:\s*([ap])\.?m\.?)?"
_MOMENT = lazily(
    r"(?P<day>.{6,30}?)(?:,? at |, |T| )(?P<time>\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?)(?P<offset>Z|[+-]\d{2}:[0-5]\d)?",
    re.IGNORECASE,
)


#: Common unambiguous ways to write a date.
_DAYS = (
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?",
    r"(?P<m>\d{1,2})/(?P<d>1[3-9]|2\d|3[01])/(?P<y>\d{4})",
    r"(?P<d>1[3-9]|2\d|3[01])/(?P<m>\d{1,2})/(?P<y>\d{4})",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[A-Za-z]{3,9})\.?,? (?P<y>\d{4})",
    r"(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
)


def read_date(check: Checker, declared: Field, node: Node) -> dt.date | None:
    """Read a date; for one in another notation, suggest the right one."""
    if re.fullmatch(DAY, node.text):
        try:
            day = dt.date.fromisoformat(node.text)
        except ValueError:
            check.reject(node, "date", f"{declared.name}: there is no date {node.text}")
            return None
        _question(check, declared, node, day)
        return day
    message = f"{declared.name}: {node.quoted} is not a date"
    _reject(check, node, message, _as_date(node.text), "2026-01-31")
    return None


def _reject(check: Checker, node: Node, message: str, meant: str | None, example: str) -> None:
    """Report what is no date in ISO 8601; what was meant is certain, unless its year is one of another calendar."""
    other = _of_other_calendar(meant[:10]) if meant else ""
    check.reject(node, "date", message, other or f"write it as {meant or example}", None if other else meant)


def _question(check: Checker, declared: Field, node: Node, day: dt.date) -> None:
    """Warn about an unlikely year; 9999 means forever."""
    if not (_EARLIEST <= day.year <= _LATEST or day.year == dt.MAXYEAR):
        message = f"{declared.name}: is the year {day.year} meant?"
        hint = _of_other_calendar(day.isoformat()) or "dates are of the Gregorian calendar, such as 2026-01-31"
        check.problems.append(replace(check.source.problem("date", message, node.mark, hint), severity="warning"))


def _of_other_calendar(iso: str) -> str:
    """Return a hint if the year of a date is a current one in another calendar; otherwise ""."""
    year, month, day = map(int, iso.split("-"))
    found = find_day(year, month, day)
    return f"{iso} of the {found[0]} calendar is {found[1]}; write that day" if found else ""


def _as_date(text: str) -> str | None:
    """Convert an unambiguous date such as 31.1.2026, 1/31/2026, 2026年1月31日 or January 31, 2026 to ISO 8601."""
    plain = in_ascii_digits(text.strip())
    for pattern in _DAYS:
        found = re.fullmatch(pattern, plain)
        if found:
            try:
                return dt.date(int(found["y"]), _month(found["m"]), int(found["d"])).isoformat()
            except ValueError:  # no such date
                return None
    return None


def _month(text: str) -> int:
    """Return the number of a month: 1 for `01`, `Jan` and `january`; 0 if it is not a month."""
    if text.isdecimal():
        return int(text)
    import calendar  # only a slip in a date needs the names of months

    names = enumerate(name.lower() for name in calendar.month_name)
    return next((number for number, name in names if name.startswith(text.lower())), 0)


def _as_time(text: str) -> str | None:
    """Convert a time such as 9.30 or 6:30 pm to ISO 8601."""
    found = re.fullmatch(_CLOCK, in_ascii_digits(text.strip()), re.IGNORECASE)
    if not found:
        return None
    hour = int(found[1]) % 12 + 12 * (found[3].lower() == "p") if found[3] else int(found[1])
    return f"{hour:02}:{found[2]}" if hour < 24 and int(found[2]) < 60 else None


def read_datetime(check: Checker, declared: Field, node: Node) -> dt.datetime | None:
    """Read a date with time; without an offset, it is in the site's time zone."""
    if re.fullmatch(DAY + MOMENT, node.text):
        try:
            moment = dt.datetime.fromisoformat(node.text)
        except ValueError:
            check.reject(node, "date", f"{declared.name}: there is no such time {node.text}")
            return None
        if not dt.MINYEAR < moment.year < dt.MAXYEAR:  # converting to another time zone might overflow
            message = f"{declared.name}: the year {moment.year:04} is beyond what calendars hold"
            check.reject(node, "date", message, "leave the field out if there is no end")
            return None
        _question(check, declared, node, moment.date())
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=check.time_zone)
    message = f"{declared.name}: {node.quoted} is not a date with time"
    _reject(check, node, message, _as_moment(node.text), "2026-01-31T09:30")
    return None


def is_skipped(moment: dt.datetime) -> bool:
    """Whether clocks go forward over a time of day, so that it never is."""
    zone = moment.tzinfo
    return moment.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None)


def read_moment(check: Checker, declared: Field, node: Node) -> dt.date | None:
    """Read a date, or a date with time."""
    has_time = re.match(DAY + "[T ]", node.text) or _as_moment(node.text)
    return read_datetime(check, declared, node) if has_time else read_date(check, declared, node)


def _as_moment(text: str) -> str | None:
    """Convert an unambiguous date and time such as 31.1.2026 18:30 or January 31, 2026, 6:30 pm to ISO 8601."""
    plain = in_ascii_digits(text.strip())
    if re.fullmatch(DAY + MOMENT, plain):
        return plain
    found = _MOMENT.fullmatch(plain)
    day, time = (_as_date(found["day"]), _as_time(found["time"])) if found else (None, None)
    return f"{day}T{time}{found['offset'] or ''}" if found and day and time else None


@cache
def time_zones() -> frozenset[str]:
    """The names of IANA's time zones, whatever else this machine calls one: its own, `localtime`, is another elsewhere."""
    import tzdata

    names = Path(tzdata.__file__).with_name("zones").read_text(encoding="ascii").split()
    return frozenset(names) - {"Factory"}  # says that a machine has not been set up yet


def read_time_zone(check: Checker, declared: Field, node: Node) -> str | None:
    """Read a time zone by its IANA name."""
    if isinstance(node.value, str) and node.text in time_zones():
        return node.text
    message = f"{declared.name}: {node.quoted} is not a time zone"
    hint = nearest(node.text, time_zones()) or "write an IANA name such as Asia/Shanghai"
    check.reject(node, "expected", message, hint)
    return None


def read_time(check: Checker, declared: Field, node: Node) -> dt.time | None:
    """Read a time of day, without a time zone."""
    if re.fullmatch(TIME, node.text) and isinstance(node.value, str):
        return dt.time.fromisoformat(node.text)
    now = _as_time(node.text)
    message = f"{declared.name}: {node.quoted} is not a time of day"
    check.reject(node, "date", message, f"write it as {now or '09:30'}", now)
    return None
