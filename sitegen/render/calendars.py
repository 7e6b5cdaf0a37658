"""Events and deadlines as iCalendar (RFC 5545, RFC 7986), from the facts listed in a kind's `calendar:`.

A page has the same UID in all languages. Its time stamp is the day of its last change according to its fields, so that
two builds of a commit are identical.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sitegen.library.library import Library
from sitegen.model.page import day_after
from sitegen.render.file_names import CALENDAR, EVENT
from sitegen.render.jobs import Job, Output
from sitegen.render.page_views import PageView
from sitegen.render.renderer import Renderer
from sitegen.render.site_view import SiteView
from sitegen.render.time_zones import time_zone

if TYPE_CHECKING:
    import icalendar


#: How signs of paths stand in names of files.
_IN_NAMES = str.maketrans({"/": "-", "-": "_-", "_": "__"})


def calendar_of(pages: Iterable[PageView], name: str, tag: str) -> bytes:
    """Return a calendar with an event per page.

    Args:
        name: the name of the calendar in calendar applications.
        tag: BCP 47 tag of its texts.
    """
    import icalendar  # takes a seventh of the startup time, and most builds need no calendar

    calendar, name = icalendar.Calendar(), " ".join(name.split())
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//sitegen//NONSGML calendars//EN")
    _add_text(calendar, "name", name, tag)
    _add_text(calendar, "x-wr-calname", name)
    for page in pages:
        calendar.add_component(_event(page, tag))
    for number, zone in enumerate(sorted(calendar.get_missing_tzids())):
        calendar.subcomponents.insert(number, time_zone(zone))
    return bytes(calendar.to_ical())


def _event(page: PageView, tag: str) -> icalendar.Event:
    declared = page.scope.library.kind(page.key).calendar
    facts = page.scope.library.pages[page.key].facts
    start, end = _alike(facts[declared["start"]], facts.get(declared.get("end", "")))
    import icalendar

    event = icalendar.Event()
    event.add("uid", _uid(page))
    event.add("dtstamp", _moment(page.updated or page.date or start))
    event.add("dtstart", _day(start))
    is_moment = isinstance(end, dt.datetime) and end == start  # whose end RFC 5545 (3.8.2.2) leaves out
    if end is not None and start != dt.date.max and not is_moment:
        event.add("dtend", _day(end) if isinstance(end, dt.datetime) else day_after(end))
    label = declared.get("label")
    summary = f"{page.scope.message('calendar', label)}: {page.title}" if label else str(page.title)
    _add_text(event, "summary", summary, tag)
    for name, text in (("description", page.summary), ("location", _text(page, declared.get("location")))):
        if text:
            _add_text(event, name, str(text), tag)
    if online := facts.get(declared.get("online", "")):
        event.add("conference", icalendar.vUri(str(online)), {"VALUE": "URI"})
    event.add("url", page.absolute_url)
    event.add("transp", "TRANSPARENT")
    return event


def _add_text(component: icalendar.Component, name: str, text: str, tag: str = "") -> None:
    """Add a text in a language, escaped as RFC 5545 (3.3.11) says: the library takes `\\N` in it for the end of a line."""
    value = _text_type()(text)
    if tag:
        value.params["LANGUAGE"] = tag
    component.add(name, value, encode=False)


@cache
def _text_type() -> type[icalendar.vText]:
    import icalendar

    class Text(icalendar.vText):
        def to_ical(self) -> bytes:
            lines = str(self).replace("\r\n", "\n").replace("\r", "\n")
            return re.sub(r"[\\;,]", r"\\\g<0>", lines).replace("\n", r"\n").encode()

    return Text


def _uid(page: PageView) -> str:
    """A name that no other page of the host has (RFC 7986, 5.3): `/events/open-day/` is `events-open_-day@example.org`.

    Programs name files after it, so it has no slashes.
    """
    config = page.scope.library.config
    path = f"{config.base_path}{page.key[1:]}".strip("/")
    return f"{path.translate(_IN_NAMES) or '-'}@{urlsplit(config.base_url).hostname}"


def _alike(start: dt.date, end: dt.date | None) -> tuple[dt.date, dt.date | None]:
    """Return both with a time if one has it, as RFC 5545 (3.8.2.2) says: a day begins at midnight, and ends at the next."""
    if isinstance(start, dt.datetime) and end is not None and not isinstance(end, dt.datetime):
        return start, dt.datetime.combine(day_after(end), dt.time(), start.tzinfo) if end != dt.date.max else None
    if isinstance(end, dt.datetime) and not isinstance(start, dt.datetime):
        zone = end.tzinfo if start.year > dt.MINYEAR else dt.UTC  # in which the first day may begin before all time
        return dt.datetime.combine(start, dt.time(), zone), end
    return start, end


def _text(page: PageView, field: str | None) -> Any:
    if field is None:
        return None
    side = page.scope.library.kind(page.key).fields[field].side
    return getattr(page.facts if side == "facts" else page.words, field)


def _day(value: dt.date) -> dt.date:
    """Return a day or a time with a named zone unchanged; a time with only an offset in UTC."""
    if isinstance(value, dt.datetime) and not getattr(value.tzinfo, "key", None):
        return value.astimezone(dt.UTC)
    return value


def _moment(value: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return dt.datetime.combine(value, dt.time(), dt.UTC)


def _calendars(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for page in library.pages.values():
        if library.kind(page.key).has_day(page.facts):
            for language in page.states:
                if language in page.versions:
                    yield Job(library.file_beside(page.key, language, EVENT), name, language, page.key)
    if any(kind.calendar for kind in library.config.kinds.values()):
        yield from (Job(f"{language}/{CALENDAR}", name, language) for language in library.locales)


def _make_calendar(renderer: Renderer, job: Job) -> bytes:
    """Make the calendar of a page, or for the home page that of all pages of the language, except fallbacks."""
    scope, library = renderer.scopes[job.language], renderer.library
    title = str(SiteView(scope).title)
    if job.key != "/":
        return calendar_of([scope.page(job.key)], title, scope.locale.tag)
    keys = [
        key
        for key, page in library.pages.items()
        if library.kind(key).has_day(page.facts) and job.language in page.versions
    ]
    pages = (scope.page(key) for key in keys if job.language in library.pages[key].states)
    return calendar_of(pages, title, scope.locale.tag)


CALENDARS = Output(files=_calendars, make=_make_calendar)
