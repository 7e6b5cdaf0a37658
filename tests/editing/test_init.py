"""A new site is complete in every language, and existing files stay untouched."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from conftest import TinySite
from lxml import html
from published import sampled

from sitegen.build.options import Options
from sitegen.build.pipeline import build, check
from sitegen.cli import main
from sitegen.editing.init import init_site
from sitegen.problems.problem import SiteError

DAY = dt.date(2026, 3, 1)
WORDS = sorted(path.stem for path in (Path(init_site.__code__.co_filename).parents[1] / "starter/words").glob("*.yaml"))


def made(tmp_path: Path, *tags: str, **options: object) -> TinySite:
    init_site(tmp_path / "site", tags, DAY, **options)  # type: ignore[arg-type]
    return TinySite(tmp_path / "site")


def test_site_in_four_languages_is_complete_and_has_no_problem(tmp_path: Path) -> None:
    site = made(tmp_path, "en", "fr", "ar", "sr")

    assert check(Options(root=site.root, output=site.public)) == ()
    assert "pictures: {widths: [480, 960, 1440]}" in (site.root / "content/site.yaml").read_text(encoding="utf-8")
    pages = site.build()
    wanted = ["", "about/", "news/", "news/website/", "events/", "events/open-day/", "contact/", "search/", "site/"]
    assert [
        f"{path}/{page}"
        for path in ("en", "fr", "ar", "sr")
        for page in wanted
        if f"{path}/{page}index.html" not in pages
    ] == []
    others = ("index.html", "ar/404.html", "en/feed.xml", "sr/calendar.ics", "status.json")
    assert [path for path in others if not (site.public / path).is_file()] == []
    assert '<html lang="ar" dir="rtl">' in pages["ar/index.html"]
    assert "<h1>Événements</h1>" in pages["fr/events/index.html"]
    assert (
        "30 April 2026" in pages["en/events/open-day/index.html"]
        or "April 30, 2026" in pages["en/events/open-day/index.html"]
    )
    assert "Ова страница" not in pages["sr/index.html"]  # nothing falls back


@pytest.mark.parametrize("tag", sampled(WORDS, ["en", "de", "zh-Hans", "fa"]))
def test_starter_is_complete_in_each_of_its_languages(tmp_path: Path, tag: str) -> None:
    site = made(tmp_path, tag, "de" if tag != "de" else "fr")

    assert check(Options(root=site.root, output=site.public)) == ()


def test_language_in_a_second_script_is_transliterated_from_the_first(tmp_path: Path) -> None:
    pages = made(tmp_path, "sr", "sr-Latn").build()

    assert "<h1>Događaji</h1>" in pages["sr-latn/events/index.html"]
    assert "<h1>Догађаји</h1>" in pages["sr/events/index.html"]


def test_language_without_own_starter_text_falls_back(tmp_path: Path) -> None:
    report = build(Options(root=made(tmp_path, "en", "sw").root, output=tmp_path / "public"))

    assert {warning.code for warning in report.warnings} == {"missing-message"}
    assert "News" in (tmp_path / "public/sw/news/index.html").read_text(encoding="utf-8")


def test_minimal_site_has_three_files(tmp_path: Path) -> None:
    site = made(tmp_path, "fr", "en", is_minimal=True)

    files = sorted(p.relative_to(site.root).as_posix() for p in site.root.rglob("*") if p.is_file())
    assert files == ["content/index.fr.md", "content/kinds.yaml", "content/site.yaml"]
    assert check(Options(root=site.root, output=site.public)) == ()


def test_nonempty_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(SiteError) as caught:
        made(tmp_path, "en")

    assert [p.code for p in caught.value.problems] == ["not-empty"]
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("tags", [("en", "no such tag"), ("english",), ()])
def test_invalid_language_is_reported_and_nothing_is_written(tmp_path: Path, tags: tuple[str, ...]) -> None:
    with pytest.raises(SiteError) as caught:
        made(tmp_path, *tags)

    assert [p.path for p in caught.value.problems] == ["--languages"]
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("tags", "message", "hint"),
    [
        (
            ("sr-Latn", "sr", "en"),
            "'sr-Latn' is derived from 'sr', so it can't be the source language",
            "begin with the other script, as in: --languages sr,sr-Latn,en",
        ),
        (
            ("sr", "sr-Latn", "uz", "uz-Cyrl"),
            "sr-Latn, uz-Cyrl: a site has only one language in a second script",
            "name the first of them only",
        ),
    ],
)
def test_scripts_that_a_site_cannot_derive_are_reported_once(
    tmp_path: Path, tags: tuple[str, ...], message: str, hint: str
) -> None:
    with pytest.raises(SiteError) as caught:
        made(tmp_path, *tags)

    assert [(p.path, p.message, p.hint) for p in caught.value.problems] == [("--languages", message, hint)]
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("tags", [("en", "sr-Latn", "sr"), ("sr", "sr-Latn"), ("sr-Latn",), ("sr-Latn", "en")])
def test_second_script_may_come_before_the_first_or_alone(tmp_path: Path, tags: tuple[str, ...]) -> None:
    assert made(tmp_path, *tags)


def test_command_takes_title_and_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "init",
        str(tmp_path / "site"),
        "--languages",
        "zh-Hans,en",
        "--title",
        "Север",
        "--base-url",
        "https://north.example/",
    ]

    assert main(asked) == 0
    settings = (tmp_path / "site/content/site.yaml").read_text(encoding="utf-8")
    assert "  zh: Север" in settings
    assert "base_url: https://north.example/" in settings
    assert "{tag: zh-Hans, path: zh}" in settings


def test_command_without_languages_is_an_error_without_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert main(["init", str(tmp_path / "site")]) == 2
    assert "--languages en,fr,ar" in capsys.readouterr().err


def test_event_of_the_starter_may_have_times_in_its_zone_and_a_registration(tmp_path: Path) -> None:
    site = made(tmp_path, "en", "ar")
    site.write(
        "content/events/workshop/index.en.md",
        "---\nstarts: 2027-02-01T09:30+05:00\nends: 2027-02-02T17:00+05:00\nregistration: https://example.net/form\n"
        "registration_until: 2027-01-20\ntitle: Workshop\nsummary: Two days.\nplace: Almaty\n---\n",
    )

    pages = site.build(as_of=DAY)

    event = html.fromstring(pages["en/events/workshop/index.html"])
    facts = " ".join(event.find_class("facts")[0].text_content().split())
    assert "February 1, 2027, 9:30 AM – February 2, 2027, 5:00 PM GMT+05:00" in facts.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{THIN SPACE}", " ")  # fmt: skip
    assert "Register until January 20, 2027" in facts
    assert "DTEND:20270202T120000Z" in (site.public / "en/events/workshop/event.ics").read_text()
    neighbors = " ".join(event.find_class("neighbors")[0].text_content().split())
    assert "Previous Open day" in neighbors
    assert "Next Workshop" in " ".join(
        html.fromstring(pages["en/events/open-day/index.html"]).find_class("neighbors")[0].text_content().split()
    )


def test_list_of_the_theme_can_be_narrowed_by_a_fact_unknown_to_the_theme(tmp_path: Path) -> None:
    site = made(tmp_path, "en", "ar")
    kinds = site.root / "content/kinds.yaml"
    own = "    size_of_hall: {type: choice, of: {small: Small, large: Large}}\n"
    text = kinds.read_text().replace("by: [date]", "by: [size_of_hall]")
    kinds.write_text(text.replace("  facts:\n    date:", f"  facts:\n{own}    date:"))
    for number in range(9):
        site.write(
            f"content/news/n{number}/index.en.md",
            f"---\ndate: 2026-01-0{number + 1}\nsize_of_hall: {'small' if number % 2 else 'large'}\n"
            f"title: N{number}\nsummary: A note.\n---\n",
        )

    pages = site.build(as_of=DAY)

    listed = " ".join(html.fromstring(pages["en/news/index.html"]).text_content().split())
    assert "Find by Size of hall Small (4) Large (5)" in listed


def test_folder_in_which_init_was_killed_stays_empty(tmp_path: Path) -> None:
    (tmp_path / "site/.init-x/content").mkdir(parents=True)
    (tmp_path / "site/.init-x/begun").touch()

    init_site(tmp_path / "site", ["en"], DAY)

    assert [path.name for path in (tmp_path / "site").iterdir() if path.name.startswith((".init", "begun"))] == []


def test_title_with_forbidden_characters_is_refused_and_two_lines_become_one(tmp_path: Path) -> None:
    for title in ("a\0", "\u202ea", "\x1b[31m"):
        with pytest.raises(SiteError) as caught:
            init_site(tmp_path / "site", ["en"], DAY, title=title)
        assert [problem.code for problem in caught.value.problems] == ["control-character"]
        assert not (tmp_path / "site").exists()
    init_site(tmp_path / "site", ["en"], DAY, title="Our\nsite")

    assert "Our site" in TinySite(tmp_path / "site").build(as_of=DAY)["en/index.html"]
