"""The page of an event as a new editor writes it, from text alone, in four languages, without problems."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from lxml import html
from openday import KEY, make_open_day, words

from sitegen.build.options import Options
from sitegen.build.pipeline import Report, build

LANGUAGES = ("en", "zh", "ru", "ur")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("open-day") / "site"
    make_open_day(root, LANGUAGES)
    return build(Options(root=root, output=root / "public", as_of=dt.date(2026, 11, 20)))


@pytest.fixture(scope="module")
def public(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "open-day0/site/public"


@pytest.mark.slow
def test_page_has_no_problems(report: Report) -> None:
    assert [str(problem) for problem in report.warnings if KEY in problem.path] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_complete_in_every_language(public: Path, language: str) -> None:
    own = words(language)
    page = html.fromstring((public / f"{language}{KEY}index.html").read_text(encoding="utf-8"))

    def text(path: str) -> list[str]:
        return [" ".join(found.text_content().split()) for found in page.cssselect(path)]

    assert page.get("dir") == ("rtl" if language == "ur" else "ltr")
    assert text(".callout-note .callout-title") == [own["note"]]
    assert (
        page.cssselect("a[href='https://films.example.net/watch/1']")[0].text_content().strip().startswith(own["film"])
    )
    (download,) = page.cssselect("p.download")
    assert own["file"] in download.text_content()
    assert "PDF" in download.text_content()
    assert [link.get("href") for link in page.cssselect("p.download a")] == ["/en/events/festival/program.pdf"]
    assert text("figure.quote figcaption") == [own["who"]]
    assert text(".gallery figcaption")[0].startswith(own["hall"])
    assert [picture.get("alt") for picture in page.cssselect(".gallery img")] == [own["hall_alt"], own["garden_alt"]]
    assert [part.strip() for part in own["columns"].replace("،", ",").split(",")] == text("main thead th")
    assert "Li Wei" in text("main tbody")[0]
    assert text(".contact-name") == [own["name"]]
    assert text("main time")[0]
    assert {time.get("datetime") for time in page.cssselect("main time")} >= {"2026-12-05T09:30:00+00:00"}
    assert page.cssselect("a[href='https://forms.example.net/1']")


@pytest.mark.parametrize("language", LANGUAGES)
def test_event_can_be_added_to_a_calendar_with_its_times(public: Path, language: str) -> None:
    calendar = (public / f"{language}{KEY}event.ics").read_text(encoding="utf-8")

    assert "DTSTART:20261205T093000Z" in calendar
    assert "DTEND:20261205T170000Z" in calendar
    assert words(language)["place"].split("،")[0].split(",")[0] in calendar
