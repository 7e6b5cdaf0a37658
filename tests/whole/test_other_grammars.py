"""What editors write is unchanged in YAML, iCalendar, Atom and JSON-LD, read by independent parsers, or is reported."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import pytest
import vobject
import yaml
from conftest import MakeSite, TinySite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.problems.problem import SiteError
from sitegen.source.scalars import scalar

KINDS = """\
page: {template: page.html}
event:
  template: page.html
  facts: {starts: {type: date}, ends: {type: date}, at: {type: datetime}, seats: {type: number}}
  words: {place: {type: text}}
  calendar: {start: starts, end: ends, location: place}
news: {template: page.html, children: {kind: event, sort: -date}}
"""
#: Words with what each grammar takes for its own.
WORDS = st.text(
    st.one_of(
        st.sampled_from([*"\"'\\,;:<>&{}[]|#%@`!*-?=~^$/ \t\n", "\u200c", "é", "语", "ا", "😀", "\u00ad", "\u0300"]),
        st.characters(exclude_categories=["Cs", "Cc", "Cn"]),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() != "")


def event(site: TinySite, facts: str) -> tuple[str, ...]:
    """The codes of an event with these facts."""
    site.write("content/news/a/index.en.md", f"---\nkind: event\n{facts}title: A\n---\n")
    try:
        return tuple(problem.code for problem in site.report().warnings)
    except SiteError as error:
        return tuple(problem.code for problem in error.problems)


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site({"content/news/index.en.md": "---\nkind: news\ntitle: News\n---\n"}, kinds=KINDS)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ("starts: 9999-12-31\nends: 9999-12-31\n", ()),
        ("starts: 2026-01-01\nends: 9999-12-31\n", ()),
        ("starts: 0001-01-01\n", ("date",)),
        ("at: 0001-01-01T00:00+08:00\n", ("date",)),
        ("at: 9999-12-31T23:00-05:00\n", ("date",)),
        ("starts: 2026-05-04\nends: 2026-05-03\n", ("date",)),
        ("starts: 2026-05-04\nends: 2026-05-04\n", ()),
        ("seats: 1e999\n", ("number",)),
        ("seats: -1e999\n", ("number",)),
        ("seats: 1e9\n", ()),
        ('place: "a\\uFFFE"\n', ("control-character",)),
        ('place: "a\\u0007"\n', ("control-character",)),
        ('place: "a\\u202e"\n', ("control-character",)),
    ],
)
def test_value_that_no_output_can_hold_is_reported_at_its_position(
    site: TinySite, facts: str, codes: tuple[str, ...]
) -> None:
    assert event(site, facts) == codes


@pytest.mark.parametrize(
    "body",
    ['[x](https://e.org "&#2;&#3;")', '[x](https://e.org "&#1;") **keep** [b](/)', '![x](a.png "&#1;")', "user&#x202E;fdp.exe",
     "a&#xFFFE;b", "## a&#8;", "`a` &#x2066;"],
)  # fmt: skip
def test_numeric_reference_to_a_control_character_is_reported(make_site: MakeSite, body: str) -> None:
    site = make_site({"content/a/index.en.md": f"---\ntitle: A\n---\n{body}\n", "content/a/a.png": b""})

    assert "control-character" in {problem.code for problem in site.problems()}


def test_date_before_time_zones_gives_a_valid_feed(make_site: MakeSite) -> None:
    site = make_site(
        {"content/news/index.en.md": "---\nkind: news\ntitle: N\n---\n",
         "content/news/a/index.en.md": "---\nkind: page\ndate: 1896-03-29\ntitle: A\n---\n"},
        site="title: {en: A}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\ntime_zone: Asia/Shanghai\n"
        ,
        kinds=KINDS,
    )  # fmt: skip
    feed = site.build()["en/news/feed.xml"]

    moments = [
        str(own.text) for name in ("published", "updated") for own in ET.fromstring(feed).findall(".//{*}" + name)
    ]

    assert moments
    assert [moment for moment in moments if not re.fullmatch(r"[\d-]{10}T[\d:]{8}(?:Z|[+-]\d\d:\d\d)", moment)] == []


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS, place=WORDS, summary=WORDS)
def test_words_are_unchanged_in_every_output(site: TinySite, title: str, place: str, summary: str) -> None:
    values = {"title": title, "place": place, "summary": summary}
    words = {name: " ".join(text.split()) for name, text in values.items()}
    lines = [f"{name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in words.items()]
    site.write(
        "content/news/a/index.en.md", f"---\nkind: event\ndate: 2026-05-01\nstarts: 2026-05-04\n{''.join(lines)}---\n"
    )
    try:
        site.report()
    except SiteError as error:
        codes = {problem.code for problem in error.problems}
    else:
        codes = set()
    assert codes <= {"control-character"}
    if codes:
        return
    pages = site.files()

    calendar = icalendar.Calendar.from_ical(pages["en/news/a/event.ics"])
    (happening,) = calendar.walk("VEVENT")
    (other,) = vobject.readOne(pages["en/news/a/event.ics"].decode()).contents["vevent"]
    root = ET.fromstring(pages["en/news/feed.xml"])
    feed = feedparser.parse(pages["en/news/feed.xml"])

    assert str(happening["location"]) == words["place"]
    assert other.location.value == words["place"]
    assert root.findtext(".//{*}entry/{*}title") == words["title"]
    assert len(feed.entries) == 1


@given(text=WORDS, style=st.sampled_from(["", "'", '"']))
def test_text_equals_what_yaml_reads(text: str, style: str) -> None:
    text = text.strip()

    assert yaml.safe_load(f"key: {scalar(text, style)}\n") == {"key": text}
    assert yaml.safe_load(f"[{{key: {scalar(text, style)}}}, 1]\n") == [{"key": text}, 1]
