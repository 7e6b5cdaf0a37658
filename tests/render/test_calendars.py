"""Events and deadlines as iCalendar, read back by another library (vobject)."""

from __future__ import annotations

import datetime as dt
import io
import re
import zoneinfo
from itertools import pairwise
from typing import Any

import pytest
import vobject
from conftest import MakeSite, TinySite
from published import Published
from work import calls

from sitegen.render.time_zones import FIRST, LAST, changes, time_zone

KINDS = """\
page:
  template: page.html
event:
  extends: page
  calendar: {start: starts, end: ends, location: place}
  facts:
    starts: {type: datetime, required: true}
    ends: {type: datetime}
  words:
    place: {type: text}
call:
  extends: page
  calendar: {start: deadline, label: Apply by}
  facts:
    deadline: {type: date}
"""
#: The same, of events that may take whole days.
DAYS = KINDS.replace("datetime", "moment")
SITE = """\
title: {en: Site, fr: Site}
base_url: https://example.org/
source_language: en
time_zone: Asia/Shanghai
languages:
  - {tag: en}
  - {tag: fr}
"""
EVENT = """\
---
kind: event
starts: 2026-03-02T09:30
ends: 2026-03-02T17:00
title: "A meeting; with a semicolon, a comma"
summary: One line of a length that has to be folded, since it is longer than the seventy-five octets that a line may have.
place: Hall 1, Xi'an
---
"""


def make(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "content/meeting/index.en.md": EVENT,
            "content/meeting/index.fr.md": "---\ntitle: Une réunion\nplace: Salle 1\n---\n",
            "content/call/index.en.md": "---\nkind: call\nupdated: 2026-01-05\ndeadline: 2026-04-30\ntitle: A call\n---\n",
            "content/later/index.en.md": "---\nkind: call\ntitle: A call without a day\n---\n",
        },
        site=SITE,
        kinds=KINDS,
    )


def events(content: bytes) -> list[Any]:
    return list(vobject.readOne(content.decode()).contents.get("vevent", []))


def test_calendar_of_a_language_has_every_date_of_its_own_pages(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()

    assert {event.summary.value for event in events(site.files()["en/calendar.ics"])} == {
        "A meeting; with a semicolon, a comma",
        "Apply by: A call",
    }
    assert [event.summary.value for event in events(site.files()["fr/calendar.ics"])] == ["Une réunion"]


def test_time_is_in_the_time_zone_of_the_site_with_its_definition(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    content = site.files()["en/meeting/event.ics"]
    (event,) = events(content)

    assert event.dtstart.value.astimezone(dt.UTC) == dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
    assert event.dtend.value.astimezone(dt.UTC) == dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    assert b"DTSTART;TZID=Asia/Shanghai:20260302T093000" in content
    assert b"BEGIN:VTIMEZONE" in content


def test_date_without_a_time_is_a_whole_day(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    (event,) = events(site.files()["en/call/event.ics"])

    assert event.dtstart.value == dt.date(2026, 4, 30)
    assert event.dtstamp.value == dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def test_event_has_one_uid_in_all_languages_and_words_in_each(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    english, french = (events(site.files()[f"{path}/meeting/event.ics"])[0] for path in ("en", "fr"))

    assert english.uid.value == french.uid.value == "meeting@example.org"
    assert (english.location.value, french.location.value) == ("Hall 1, Xi'an", "Salle 1")
    assert french.url.value == "https://example.org/fr/meeting/"
    assert french.summary.params["LANGUAGE"] == ["fr"]


@pytest.mark.parametrize("words", [r"C:\News and C:\new", r"\\server\North; a, b", "A\\\\Nb\\;"])
def test_signs_of_the_format_in_words_are_words(make_site: MakeSite, words: str) -> None:
    """The library writes a line end for a backslash before a capital N."""
    site = make(make_site)
    site.write(
        "content/meeting/index.en.md",
        (site.root / "content/meeting/index.en.md").read_text().replace("Hall 1, Xi'an", words),
    )
    site.report()

    (event,) = events(site.files()["en/meeting/event.ics"])
    assert event.location.value == words


def test_no_two_pages_of_a_host_have_one_uid(make_site: MakeSite) -> None:
    talk = "---\ntitle: Talk\nkind: event\nstarts: 2026-03-02\n---\n"
    pages = {
        f"content/{key}index.en.md": talk
        for key in ("", "home/", "a/b/", "a-b/", "a-/b/", "a/-b/", "a--b/", "a_b/", "a-.b/", "a_-b/", "x/a/")
    }
    uids = []
    for path in ("/", "/x/"):
        site = make_site(pages, site=SITE.replace("example.org/", f"example.org{path}"), kinds=DAYS)
        site.report()
        uids += [event.uid.value for event in events(site.files()["en/calendar.ics"])]

    assert len({*uids}) == len(uids) == 2 * len(pages)


def test_an_event_that_ends_as_it_begins_has_no_end(make_site: MakeSite) -> None:
    text = "---\ntitle: Bell\nkind: event\nstarts: 2026-03-02T10:00\nends: 2026-03-02T10:00\n---\n"
    site = make_site({"content/index.en.md": text}, site=SITE, kinds=KINDS)
    site.report()
    (event,) = events(site.files()["en/event.ics"])

    assert "dtend" not in event.contents


@pytest.mark.parametrize("zone", ["Asia/Almaty", "America/New_York"])
def test_an_event_may_begin_on_the_first_of_all_days(make_site: MakeSite, zone: str) -> None:
    text = "---\ntitle: Talk\nkind: event\nstarts: 0001-01-01\nends: 2026-03-02T10:00\n---\n"
    site = make_site({"content/index.en.md": text}, site=SITE.replace("Asia/Shanghai", zone), kinds=DAYS)
    site.report()
    (event,) = events(site.files()["en/event.ics"])

    assert event.dtstart.value.year == 1


def test_lines_are_folded_and_ended_by_the_standard(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    content = site.files()["en/calendar.ics"]

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_page_without_a_date_or_translation_has_no_file(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()

    assert "en/later/event.ics" not in site.files()
    assert "fr/call/event.ics" not in site.files()


def test_two_builds_of_the_same_pages_are_the_same(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(as_of=dt.date(2026, 1, 1))
    first = site.files()["en/calendar.ics"]
    site.report(as_of=dt.date(2027, 1, 1), clean=True)

    assert site.files()["en/calendar.ics"] == first


def test_field_that_is_not_a_date_is_reported(make_site: MakeSite) -> None:
    kinds = KINDS.replace("{start: starts,", "{start: title,").replace("start: deadline", "start: dedline")
    told = make_site(kinds=kinds).told()

    assert "calendar: 'title' is a text" in told
    assert "calendar: 'dedline' is not a field of the kind" in told
    assert "did you mean 'deadline'?" in told


def test_calendars_of_the_center_can_be_read(center: Published) -> None:
    files = sorted(center.folder.rglob("*.ics"))

    assert len(files) >= 24
    for file in files:
        assert all(
            event.summary.value and event.url.value.startswith("https://") for event in events(file.read_bytes())
        )


def test_name_of_a_calendar_is_a_text(make_site: MakeSite) -> None:
    """RFC 7986 (5.1); the library writes properties that it does not know as they are."""
    site = make(make_site)
    text = (site.root / "content/site.yaml").read_text()
    site.write("content/site.yaml", re.sub(r"(?m)^title:.*$", r"title: {en: 'A; B, C\\N', fr: F}", text))
    site.report()

    calendar = vobject.readOne(site.files()["en/calendar.ics"].decode())
    assert (
        calendar.name_prop if hasattr(calendar, "name_prop") else calendar.contents["name"][0]
    ).value == r"A; B, C\N"


def test_site_title_of_two_lines_is_one_line_of_a_calendar(make_site: MakeSite) -> None:
    site = make(make_site)
    text = (site.root / "content/site.yaml").read_text()
    site.write(
        "content/site.yaml", re.sub(r"(?m)^title:.*$", 'title: {en: "Our\\\\nsite", fr: "Notre\\\\nsite"}', text)
    )

    site.report()

    calendars = [path for path in site.public.rglob("*.ics") if b"NAME" in path.read_bytes()]
    assert calendars
    assert all(vobject.readOne(path.read_text(encoding="utf-8")) for path in calendars)


@pytest.mark.parametrize(
    ("zone", "forward"),
    [
        ("Europe/Belgrade", "20270328T020000"),
        ("Europe/Dublin", "20270328T010000"),
        ("America/New_York", "20270314T020000"),
        ("Australia/Sydney", "20271003T020000"),
        ("Asia/Beirut", "20270328T000000"),
    ],
)
def test_clock_goes_forward_at_the_hour_before_it_does(zone: str, forward: str) -> None:
    own: Any = time_zone(zone)

    onsets = [
        f"{value.dt:%Y%m%dT%H%M%S}"
        for part in own.subcomponents
        if part["TZOFFSETTO"].td > part["TZOFFSETFROM"].td
        for value in (part["DTSTART"], *part["RDATE"].dts)
        if value.dt.year == 2027
    ]
    assert onsets == [forward]


#: Zones that took a change back within weeks; Recife's summer of 2000 was of a week.
SOON_TAKEN_BACK = ("Africa/Casablanca", "Pacific/Fiji", "America/Recife")


@pytest.mark.parametrize("zone", [*SOON_TAKEN_BACK, "Africa/Cairo", "Asia/Hebron", "Europe/Berlin"])
def test_every_change_of_clocks_is_in_the_file(make_site: MakeSite, zone: str) -> None:
    """Some are taken back within a few weeks, as for Ramadan; each day's noon is read as another library does."""
    from dateutil.tz import tzical  # type: ignore[import-untyped]

    site = make_site(
        {"content/iftar/index.en.md": f"---\nkind: event\nstarts: 2027-02-20T18:30\nzone: {zone}\ntitle: Iftar\n---\n"},
        kinds=KINDS.replace("end: ends,", "end: ends, zone: zone,").replace(
            "  words:", "    zone: {type: time_zone}\n  words:", 1
        ),
        site=SITE,
    )
    site.build()
    text = next((site.public / "en").rglob("event.ics")).read_text(encoding="utf-8")

    read = tzical(io.StringIO(text.replace("\r\n ", ""))).get(zone)

    known, wrong = zoneinfo.ZoneInfo(zone), list[dt.datetime]()
    for number in range(366 * 30):
        noon = dt.datetime(2000, 1, 2, 12) + dt.timedelta(days=number)
        if noon.replace(tzinfo=read).utcoffset() != noon.replace(tzinfo=known).utcoffset():
            wrong.append(noon)
    assert wrong == []


def test_every_change_is_found_that_lasts_a_day() -> None:
    zones = [*sorted(zoneinfo.available_timezones())[::20], *SOON_TAKEN_BACK]
    first, last = FIRST.replace(tzinfo=dt.UTC), LAST.replace(tzinfo=dt.UTC)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]

    for zone in map(zoneinfo.ZoneInfo, zones):
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        assert len([*changes(zone, first, last)]) == sum(a != b for a, b in pairwise(offsets)), zone


def test_a_zone_is_searched_once_however_many_there_are() -> None:
    zones = sorted(zoneinfo.available_timezones())[:150]

    searched = calls(lambda: [*map(time_zone, zones)])
    again = calls(lambda: [*map(time_zone, zones)])

    assert searched < 35_000 * len(zones)
    assert again < 2 * len(zones)
