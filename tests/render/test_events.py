"""Events have times and zones: on their page, in calendars and for search engines, until they are over."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from typing import Any

import icalendar
import pytest
from conftest import REPOSITORY, SITE, MakeSite, TinySite
from lxml import html

from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale

KINDS = """\
page: {template: page.html}
event:
  template: event.html
  schema: {type: Event, startDate: starts, endDate: ends}
  calendar: {start: starts, end: ends, zone: zone, location: place, online: online}
  facts:
    starts: {type: moment}
    ends: {type: moment}
    zone: {type: time_zone}
    online: {type: url}
  words:
    place: {type: text}
"""
TEMPLATE = (
    "<p>{{ page.facts.starts|when(page.facts.ends) }}</p>"
    "{% if page.calendar_url %}<a href='{{ page.calendar_url }}'>calendar</a>{% endif %}{{ page.jsonld }}"
)


HOME = "---\ntitle: Home\nsummary: All of it.\n---\n"


def event(facts: str) -> str:
    return f"---\ntitle: Opening\nkind: event\n{facts}---\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    facts = "starts: 2026-05-04T09:30\nends: 2026-05-04T11:00\nzone: Asia/Almaty\nonline: https://meet.example.org/a\n"
    return make_site(
        {"content/opening/index.en.md": event(facts), "templates/event.html": TEMPLATE},
        kinds=KINDS,
        site=SITE + "time_zone: Asia/Shanghai\n",
    )


def test_time_is_shown_in_the_time_zone_of_the_event(site: TinySite) -> None:
    pages = site.build(as_of=dt.date(2026, 5, 1))

    page = pages["en/opening/index.html"]
    assert "<p>May 4, 2026, 9:30 AM – 11:00 AM</p>" in " ".join(page.split())
    assert "4 mai 2026, 09:30 – 11:00" in " ".join(pages["fr/opening/index.html"].split())
    assert json.loads(page.partition("</a>")[2])["@graph"][0]["startDate"] == ("2026-05-04T09:30:00+05:00")


def test_calendar_has_the_zone_and_the_address_to_attend_at(site: TinySite) -> None:
    site.build(as_of=dt.date(2026, 5, 1))

    found: Any = icalendar.Calendar.from_ical(site.files()["en/opening/event.ics"]).walk("VEVENT")[0]
    assert found["DTSTART"].dt == dt.datetime.fromisoformat("2026-05-04T09:30+05:00")
    assert found["DTSTART"].params["TZID"] == "Asia/Almaty"
    assert found["DTEND"].dt == dt.datetime.fromisoformat("2026-05-04T11:00+05:00")
    assert str(found["CONFERENCE"]) == "https://meet.example.org/a"


@pytest.mark.parametrize(
    ("starts", "ends", "written"),
    [
        ("2026-05-04T09:30+05:00", "2026-05-05", ("2026-05-04T09:30+05:00", "2026-05-06T00:00+05:00")),
        ("2026-05-04", "2026-05-05T12:00", ("2026-05-04T00:00+05:00", "2026-05-05T12:00+05:00")),
        ("2026-05-04T09:30", "9999-12-31", ("2026-05-04T09:30+05:00", None)),
    ],
)
def test_calendar_has_a_time_at_both_ends_or_at_neither(
    site: TinySite, starts: str, ends: str, written: tuple[str, str | None]
) -> None:
    site.write("content/opening/index.en.md", event(f"starts: {starts}\nends: {ends}\nzone: Asia/Almaty\n"))
    site.build(as_of=dt.date(2026, 5, 1))

    found: Any = icalendar.Calendar.from_ical(site.files()["en/opening/event.ics"]).walk("VEVENT")[0]
    times = (found[name].dt if name in found else None for name in ("DTSTART", "DTEND"))
    assert [*times] == [text and dt.datetime.fromisoformat(text) for text in written]


@pytest.mark.parametrize(
    ("zone", "time", "is_error"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", True),
        ("Asia/Almaty", "2026-03-29T02:30", False),
        ("Europe/Berlin", "2026-03-29T02:30+01:00", False),
        ("Europe/Berlin", "2026-10-25T02:30", False),
    ],
)
def test_hour_that_summer_time_skips_is_an_error(site: TinySite, zone: str, time: str, is_error: bool) -> None:
    site.write("content/opening/index.en.md", event(f"zone: {zone}\nstarts: {time}\n"))

    if is_error:
        message = "starts: there is no such time 2026-03-29T02:30 in Europe/Berlin, as clocks go forward over it"
        assert f"content/opening/index.en.md:5:9: error[date]: {message}" in site.told()
    else:
        site.build(as_of=dt.date(2026, 3, 1))


def test_past_event_is_not_offered_to_calendars_by_a_later_build(site: TinySite) -> None:
    link = "<a href='/en/opening/event.ics'>"

    assert link in site.build(as_of=dt.date(2026, 5, 4))["en/opening/index.html"]
    assert link not in site.build(as_of=dt.date(2026, 5, 5))["en/opening/index.html"]


@pytest.mark.parametrize(
    "facts",
    [
        "starts: 2026-05-04T09:30\nends: 2026-05-04T09:00\n",
        "starts: 2026-05-04T09:30+05:00\nends: 2026-05-04T09:45+08:00\n",
        "starts: 2026-05-04T09:30\nends: 2026-05-03\n",
        "starts: 2026-05-04\nends: 2026-05-03\n",
    ],
)
def test_event_that_ends_before_it_starts_is_an_error(site: TinySite, facts: str) -> None:
    site.write("content/opening/index.en.md", event(facts))

    assert "content/opening/index.en.md:5:7: error[date]: ends: it ends before it starts" in site.told()


def test_unknown_time_zone_is_an_error_with_the_nearest(site: TinySite) -> None:
    site.write("content/opening/index.en.md", event("starts: 2026-05-04\nzone: Asia/Shangai\n"))

    told = site.told()
    assert "content/opening/index.en.md:5:7: error[expected]: zone: 'Asia/Shangai' is not a time zone" in told
    assert "did you mean 'Asia/Shanghai'?" in told


@pytest.mark.parametrize(
    ("tag", "same_day", "two_days"),
    [
        ("en-GB", "4 May 2026, 09:30 – 17:00", "4 May 2026, 09:30 – 6 May 2026, 12:00"),
        ("zh-Hans", "2026年5月4日 09:30 – 17:00", "2026年5月4日 09:30 – 2026年5月6日 12:00"),
        ("ru", "4 мая 2026 г., 09:30 – 17:00", "4 мая 2026 г., 09:30 – 6 мая 2026 г., 12:00"),
        ("tg", "4 майи соли 2026 09:30 – 17:00", "4 майи соли 2026 09:30 – 6 майи соли 2026 12:00"),
    ],
)
def test_range_writes_once_what_both_ends_share(tag: str, same_day: str, two_days: str) -> None:
    locale = Locale.of(Language(tag=tag, path=tag, fallback=(), formats=tag))
    first = dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC)

    found = [
        locale.when(first, first.replace(hour=17, minute=0)),
        locale.when(first, dt.datetime(2026, 5, 6, 12, tzinfo=dt.UTC)),
    ]

    assert [" ".join(text.split()) for text in found] == [same_day, two_days]


def test_persian_time_uses_its_calendar_and_digits() -> None:
    locale = Locale.of(Language(tag="fa", path="fa", fallback=(), formats="fa", calendar="persian", digits="arabext"))

    assert "۱۴ اردیبهشت ۱۴۰۵" in locale.when(dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC))
    assert "۹:۳۰" in locale.when(dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("tag", "formats", "calendar", "digits", "written"),
    [
        ("en-GB", "en-GB", "", "", "4 May 2026, 09:30 GMT+05:00 – 4 May 2026, 13:00 GMT+08:00"),
        ("zh-Hans", "zh-Hans", "", "", "2026年5月4日 09:30 GMT+05:00 – 2026年5月4日 13:00 GMT+08:00"),
        ("fa", "fa", "persian", "arabext", "۱۴ اردیبهشت ۱۴۰۵،‏ ۹:۳۰ +۰۵:۰۰ گرینویچ تا ۱۴ اردیبهشت ۱۴۰۵،‏ ۱۳:۰۰ +۰۸:۰۰ گرینویچ"),
    ],
)  # fmt: skip
def test_range_across_zones_has_the_zone_of_each_end(
    tag: str, formats: str, calendar: str, digits: str, written: str
) -> None:
    locale = Locale.of(Language(tag=tag, path=tag, fallback=(), formats=formats, calendar=calendar, digits=digits))
    first, last = (dt.datetime.fromisoformat(f"2026-05-04T{time}") for time in ("09:30+05:00", "13:00+08:00"))

    assert " ".join(locale.when(first, last).split()) == written


@pytest.mark.parametrize(
    ("tag", "calendar", "digits", "days", "times"),
    [
        ("fa", "persian", "arabext", "۱۰ تا ۱۴ اردیبهشت ۱۴۰۵", "۹:۳۰ تا ۱۷:۰۰"),
        ("hi", "", "deva", "३० अप्रैल – ४ मई २०२६", "९:३० am – ५:०० pm"),
        ("ur", "", "arabext", "۳۰ اپریل – ۴ مئی، ۲۰۲۶", "\u2066۹:۳۰ AM\u2069 – \u2066۵:۰۰ PM\u2069"),
        ("th", "buddhist", "", "30 เมษายน – 4 พฤษภาคม 2569", "09:30 – 17:00"),
    ],
)
def test_range_of_days_and_of_times_follows_calendar_and_digits(
    tag: str, calendar: str, digits: str, days: str, times: str
) -> None:
    locale = Locale.of(Language(tag=tag, path=tag, fallback=(), formats=tag, calendar=calendar, digits=digits))

    found = [
        locale.when(dt.date(2026, 4, 30), dt.date(2026, 5, 4)),
        locale.when(dt.time(9, 30), dt.time(17, 0)),
    ]

    assert [" ".join(text.split()) for text in found] == [days, times]


def test_range_over_a_change_of_clocks_has_both_zones() -> None:
    locale = Locale.of(Language(tag="en-GB", path="en", fallback=(), formats="en-GB"))
    zone = zoneinfo.ZoneInfo("Europe/Berlin")

    found = locale.when(dt.datetime(2026, 10, 24, 9, tzinfo=zone), dt.datetime(2026, 10, 25, 12, tzinfo=zone))

    assert " ".join(found.split()) == "24 October 2026, 09:00 GMT+02:00 – 25 October 2026, 12:00 GMT+01:00"


@pytest.fixture
def conference(make_site: MakeSite) -> TinySite:
    """An event in the theme, with registration until a day before it."""
    facts = (
        "starts: 2026-05-04T09:30\nends: 2026-05-05\nonline: https://meet.example.org/a\n"
        "registration: /register/\nregistration_until: 2026-05-01\nplace: Main hall\n"
    )
    kinds = (REPOSITORY / "sitegen/starter/site/content/kinds.yaml").read_text(encoding="utf-8")
    site = make_site(
        {
            "content/index.en.md": HOME,
            "content/opening/index.en.md": event(facts + "summary: It opens.\n"),
            "content/register/index.en.md": HOME,
        },
        kinds=kinds,
        site=SITE + "theme: default\n",
    )
    (site.root / "templates/page.html").unlink()
    return site


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (dt.date(2026, 5, 1), "Register until May 1, 2026"),
        (dt.date(2026, 5, 2), "Registration has closed"),
        (dt.date(2026, 5, 5), "Registration has closed"),
        (dt.date(2026, 5, 6), None),
    ],
)
def test_registration_is_offered_until_its_deadline(conference: TinySite, day: dt.date, shown: str | None) -> None:
    conference.build(as_of=dt.date(2026, 4, 1))

    page = html.fromstring(conference.build(as_of=day)["en/opening/index.html"])

    facts = {
        " ".join(name.text_content().split()): " ".join(value.text_content().split())
        for name, value in zip(page.findall(".//dt"), page.findall(".//dd"), strict=True)
    }
    assert facts.get("Registration") == shown


def test_deadline_is_told_in_the_zone_of_the_start(conference: TinySite) -> None:
    path = "content/opening/index.en.md"
    text = (conference.root / path).read_text()
    conference.write(
        path,
        text.replace("2026-05-04T09:30", "2026-05-04T09:30+05:00")
        .replace("ends: 2026-05-05", "ends: 2026-05-04T12:00+05:00")
        .replace("until: 2026-05-01", "until: 2026-05-01T12:00Z"),
    )

    page = html.fromstring(conference.build(as_of=dt.date(2026, 4, 1))["en/opening/index.html"])

    facts = [" ".join(value.text_content().split()) for value in page.findall(".//dd")]
    assert "Register until May 1, 2026, 5:00 PM" in facts
    assert any("GMT+05:00" in fact for fact in facts)


def test_search_engines_learn_where_one_attends_and_registers(conference: TinySite) -> None:
    def described(day: dt.date) -> dict[str, Any]:
        page = html.fromstring(conference.build(as_of=day)["en/opening/index.html"])
        found: dict[str, Any] = json.loads(page.findtext(".//script[@type='application/ld+json']") or "")["@graph"][0]
        return found

    found, later = described(dt.date(2026, 5, 1)), described(dt.date(2026, 5, 2))

    assert found["location"] == [
        {"@type": "Place", "name": "Main hall"},
        {"@type": "VirtualLocation", "url": "https://meet.example.org/a"},
    ]
    assert found["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert found["offers"] == {
        "@type": "Offer",
        "url": "https://example.org/en/register/",
        "validThrough": "2026-05-01",
    }
    assert "offers" not in later
