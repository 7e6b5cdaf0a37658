"""A build is all or nothing, reports every problem in one run, and writes the same bytes everywhere."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPOSITORY, SITE, MakeSite, TinySite

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.checks import registry
from sitegen.library.library import Library
from sitegen.model.page import Page
from sitegen.problems.problem import Problem, SiteError

CODE = """\
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from sitegen.build.options import Options
from sitegen.build.pipeline import build
build(Options(root=Path(sys.argv[2]), output=Path(sys.argv[3])))
"""
GOOD = REPOSITORY / "tests/sites/good"


def page(title: str, body: str = "") -> str:
    return f"---\ntitle: {title}\n---\n{body}"


def build_apart(root: Path, output: Path, **environment: str) -> None:
    """Build in a process of its own."""
    command = [sys.executable, "-c", CODE, str(REPOSITORY), str(root), str(output)]
    subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True)


@pytest.mark.slow
def test_same_input_gives_the_same_bytes_in_another_folder_on_another_day(tmp_path: Path) -> None:
    """The hash seed, time zone, locale and umask of the machine do not matter either."""
    first, second = tmp_path / "here", tmp_path / "deep" / "folder" / "there"
    shutil.copytree(GOOD, first)
    shutil.copytree(GOOD, second)
    for path in second.rglob("*"):
        os.utime(path, (0, 0))

    build_apart(first, first / "public", SOURCE_DATE_EPOCH="1800000000", PYTHONHASHSEED="1", TZ="Asia/Almaty")
    build_apart(
        second, second / "out", SOURCE_DATE_EPOCH="1900000000", PYTHONHASHSEED="2", TZ="America/Lima", LC_ALL="C"
    )

    built = TinySite(first).files()
    assert built == {
        path.relative_to(second / "out").as_posix(): path.read_bytes()
        for path in (second / "out").rglob("*")
        if path.is_file()
    }
    assert len(built) > 10


def test_files_are_the_same_whatever_was_built_before(make_site: MakeSite) -> None:
    """A build over an older one equals a clean one."""
    site = make_site({"content/a/index.en.md": page("A", "## One\n"), "static/assets/s.css": "a{}"})
    site.build()
    for path, text in {
        "content/a/index.en.md": page("B", "## Two\n[x](#two)\n"),
        "content/a/index.fr.md": page("Bé"),
        "content/c/index.en.md": page("C"),
        "content/c/p.png": "p",
        "templates/page.html": "{{ page.title }} {{ asset('s.css') }} {{ page.alternates|length }}",
        "static/assets/s.css": "b{}",
        "content/site.yaml": SITE.replace("title: {en: Site", "title: {en: New"),
        "content/index.en.md": page("House"),
    }.items():
        site.write(path, text)
        site.build()

    warm = site.files()
    shutil.rmtree(site.public)

    site.build()
    assert site.files() == warm


def test_day_of_source_date_epoch_decides_what_is_due_unless_as_of_says_otherwise(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({"content/a/index.en.md": "---\npublish: 2027-01-01\ntitle: A\n---\n"})

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761599")  # the last second of 2026
    assert "en/a/index.html" not in site.build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761600")
    assert "en/a/index.html" in site.build()
    assert "en/a/index.html" not in site.build(as_of=dt.date(2026, 12, 31))


@pytest.mark.parametrize("value", ["x", "-1", "1e5", "253402300800", "9" * 30, "٣"])
def test_a_source_date_epoch_that_names_no_day_is_an_error(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n"})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)

    assert "SOURCE_DATE_EPOCH: error[date]: it must be a number of seconds since 1970" in site.told()


def test_problems_of_every_stage_are_reported_in_one_run(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/a/index.en.md": "---\ntitel: A\n---\n",
            "content/b/index.en.md": page("B", "[x](/gone/)"),
            "content/c/index.en.md": "no front matter",
            "templates/other.html": "{% if %}",
            "translations/fr/LC_MESSAGES/messages.po": "nonsense",
        }
    )

    assert [(problem.path, problem.code) for problem in site.problems()] == [
        ("content/a/index.en.md", "unknown-key"),
        ("content/b/index.en.md", "dead-page"),
        ("content/c/index.en.md", "front-matter"),
        ("templates/other.html", "template-syntax"),
        ("translations/fr/LC_MESSAGES/messages.po", "catalog-syntax"),
    ]


def test_mistake_in_a_template_is_reported_once_not_for_every_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{{ page.nothing }}",
            **{f"content/n{number}/index.en.md": page("N") for number in range(5)},
        }
    )

    assert len(site.problems()) == 1


def test_warning_does_not_stop_a_build_unless_it_is_strict(make_site: MakeSite) -> None:
    site = make_site({"content/index.fr.md": page("Accueil")})

    assert [problem.code for problem in site.report().warnings] == ["untracked"]
    assert [(problem.code, problem.severity) for problem in site.problems(strict=True)] == [("untracked", "error")]


def test_check_reports_what_a_build_would_and_writes_nothing(make_site: MakeSite) -> None:
    site = make_site({"templates/page.html": "ok\n{{ page.nothing }}"})
    told_by_build = site.told()

    with pytest.raises(SiteError) as caught:
        check(Options(root=site.root, output=site.public))

    assert "\n".join(str(problem) for problem in caught.value.problems) == told_by_build
    assert not site.public.exists()


def test_check_of_a_good_site_returns_its_warnings_and_writes_nothing(make_site: MakeSite) -> None:
    site = make_site({"content/index.fr.md": page("Accueil")})

    warnings = check(Options(root=site.root, output=site.public))

    assert [problem.code for problem in warnings] == ["untracked"]
    assert not site.public.exists()


def test_report_counts_pages_and_languages(make_site: MakeSite) -> None:
    report = make_site({"content/a/index.en.md": page("A")}).report()

    assert (report.pages, report.languages) == (4, 2)


def test_progress_counts_up_to_all_files(make_site: MakeSite) -> None:
    from sitegen.build.pipeline import build

    site = make_site()
    steps: list[tuple[int, int]] = []

    def note(done: int, total: int, slowest: str) -> None:
        steps.append((done, total))

    build(Options(root=site.root, output=site.public), note)

    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] == len(site.files()) - 1


def test_missing_home_page_is_reported_even_if_it_is_a_draft(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ndraft: true\ntitle: Home\n---\n"})

    (problem,) = site.problems()

    assert (problem.path, problem.code) == ("content", "missing-content")


def test_two_files_of_one_output_are_the_same_in_every_build(make_site: MakeSite) -> None:
    """A static file that the site also generates must not appear in every other build only."""
    site = make_site({"static/robots.txt": "User-agent: *\nDisallow: /\n"})

    try:
        first = site.build()["robots.txt"]
        second = site.build()["robots.txt"]
    except SiteError as error:
        assert [problem.code for problem in error.problems] == ["url-clash"]  # noqa: PT017 - telling it is right too
    else:
        assert first == second


@pytest.mark.parametrize("is_killed", [False, True])
def test_problems_are_the_same_whichever_process_finds_them(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    """Also where the other process ends before its time, and where more links are dead than are guessed at."""
    texts = {f"content/n{n}/index.en.md": page(f"N{n}", "[a](/nn/) [b](hall.pdf)\n") for n in range(15)}
    translations = {f"content/n{n}/index.ru.md": page(f"N{n}") for n in range(15)}
    site = make_site({**texts, **translations, "content/n1/other.html": "<p>Text</p>"})
    alone, here = site.problems(jobs=1), os.getpid()

    def end_elsewhere(root: Path, library: Library, page: Page) -> Iterator[Problem]:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()

    monkeypatch.setattr("sitegen.build.site._TEXTS_WORTH_FORKING", 1)
    if is_killed:
        monkeypatch.setattr("sitegen.checks.registry.CHECKS", [*registry.CHECKS, end_elsewhere])
    assert len(alone) > 40
    assert site.problems(jobs=2) == alone
