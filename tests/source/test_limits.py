"""What takes too much processor time is interrupted, wherever it is, and reported with its file."""

from __future__ import annotations

import contextlib
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOME, SITE, MakeSite
from work import work_for

from sitegen.problems.problem import SiteError
from sitegen.source import limits
from sitegen.source.limits import TimeIsUpError, within_limits
from sitegen.source.time_account import spent
from sitegen.source.time_budgets import begin_budgets
from sitegen.translation import exchange

#: Seconds for what never ends; the rest of a tiny site takes a tenth of it.
FEW = 0.5


@pytest.fixture(autouse=True)
def few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", FEW)


def endless() -> None:
    while True:
        pass


def endless_pattern() -> None:
    re.match("(a|aa)*$", "a" * 99 + "b")


def endless_in_spite_of_errors() -> None:
    while True:
        with contextlib.suppress(Exception):
            endless()


def unconcerned() -> str:
    """Go on when interrupted, as a destructor does."""
    with contextlib.suppress(BaseException):
        endless()
    return "done"


def endless_twice() -> None:
    unconcerned()
    endless()


class Lasting:
    def __del__(self) -> None:
        endless()


def endless_at_the_end_of_an_object() -> None:
    Lasting()
    endless()


@pytest.mark.parametrize(
    "work",
    [endless, endless_pattern, endless_in_spite_of_errors, unconcerned, endless_twice, endless_at_the_end_of_an_object],
)
def test_what_takes_too_long_is_interrupted(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.02)

    with pytest.raises(SiteError) as caught:
        within_limits("content/a/index.en.md", work)

    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("content/a/index.en.md", "too-costly")
    assert problem.message == "this takes more than 0.02 seconds of processor time, more than a file may"
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert within_limits("content/b/index.en.md", lambda: 42) == 42


def test_a_part_has_no_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.02)

    with pytest.raises(SiteError) as caught:
        within_limits("outer.md", lambda: [within_limits("one.md", int), within_limits("two.md", endless)])

    assert [problem.path for problem in caught.value.problems] == ["outer.md"]


@pytest.mark.parametrize("error", [SiteError([]), ValueError("a"), KeyboardInterrupt()])
def test_errors_of_the_work_are_its_own_and_end_the_limit(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        within_limits("a.md", fail)

    assert caught.value is error
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_a_slower_machine_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []
    monkeypatch.setattr(limits, "slowness", lambda: 5.0)

    def interrupted() -> None:
        signal.raise_signal(signal.SIGPROF)  # as when the time is up for the first time
        left.append(signal.getitimer(signal.ITIMER_PROF)[0])
        with pytest.raises(TimeIsUpError):
            signal.raise_signal(signal.SIGPROF)

    with pytest.raises(SiteError):
        within_limits("a.md", interrupted)

    assert left == [pytest.approx(4 * FEW, rel=0.1)]


def test_another_thread_is_not_limited_and_limits_nobody() -> None:
    found: list[tuple[float, float]] = []
    work = threading.Thread(
        target=lambda: within_limits("a.md", lambda: found.append(signal.getitimer(signal.ITIMER_PROF)))
    )

    work.start()
    work.join()

    assert found == [(0, 0)]


def test_all_work_on_a_file_shares_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "slowness", lambda: 1.0)
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.6)  # a machine may stand still for a tenth
    monkeypatch.setattr(limits, "_FREE", 0.01)
    for path in ("a.md", "b.md"):
        within_limits(path, work_for(0.36))
    within_limits("a.md", int)  # what nearly nothing costs is made

    with pytest.raises(SiteError):
        within_limits("a.md", work_for(0.45))
    within_limits("c.md", work_for(0.36))
    done: list[str] = []
    with pytest.raises(SiteError):  # until one has taken too long: then no other is begun
        within_limits("a.md", lambda: done.append("a"))
    assert done == []

    begin_budgets()
    within_limits("a.md", work_for(0.36))


def test_work_within_its_free_time_is_not_put_to_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.2)
    for _ in range(6):
        within_limits("a.md", work_for(0.05))

    assert spent("a.md") == 0


ENDLESS = "{% if page.title == 'Endless' %}{% for number in range(10 ** 12) %}{% endfor %}{% endif %}"
UNKNOWN = "{% if page.title == 'Wrong' %}{{ nothing.at_all }}{% endif %}"


@pytest.mark.slow
@pytest.mark.parametrize(("pages", "jobs"), [(3, 1), (96, 2)], ids=["here", "forked"])
def test_a_page_without_end_hides_no_other_problem_and_the_last_site_stays(
    make_site: MakeSite, pages: int, jobs: int
) -> None:
    texts = {f"content/p{number}/index.en.md": f"---\ntitle: P{number}\n---\n" for number in range(pages)}
    site = make_site({**texts, "templates/page.html": ENDLESS + UNKNOWN + "{{ page.title }}"})
    before = site.build(jobs=jobs)

    site.write("content/p1/index.en.md", "---\ntitle: Endless\n---\n")
    site.write("content/p2/index.en.md", "---\ntitle: Wrong\n---\n")
    problems = site.problems(jobs=jobs)

    assert {(problem.path, problem.code) for problem in problems} == {
        ("content/p1/index.en.md", "too-costly"),
        ("templates/page.html", "template-undefined"),
    }
    assert site.pages() == before


@pytest.mark.slow
@pytest.mark.parametrize(("pages", "jobs"), [(3, 1), (96, 2)], ids=["here", "forked"])
def test_a_text_that_takes_too_long_to_read_hides_no_other_problem(make_site: MakeSite, pages: int, jobs: int) -> None:
    texts = {
        f"content/p{number}/index.en.md": f"---\ntitle: P{number}\n---\n![](none.png)\n" for number in range(pages)
    }
    site = make_site(texts, site=SITE + "markdown: {engine: python-markdown, extensions: [tables]}\n")
    site.write("content/p1/index.en.md", HOME + "Some *words*.\n\n" * 30_000)

    found = {(problem.path, problem.code) for problem in site.problems(jobs=jobs)}

    assert ("content/p1/index.en.md", "too-costly") in found
    assert {(f"content/p{number}/index.en.md", "alt") for number in range(pages) if number != 1} <= found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("content/kinds.yaml", "sitegen.model.loading.read_kinds"),
        ("content/site.yaml", "sitegen.model.loading.read_settings"),
        ("translations/fr/LC_MESSAGES/messages.po", "sitegen.i18n.po_files._forms_by_line"),
        ("translations/fr/LC_MESSAGES/messages.po", "sitegen.i18n.catalogs.message_problems"),
        ("translations/fr/LC_MESSAGES/messages.po", "sitegen.i18n.catalogs._compiled"),
    ],
)
def test_settings_and_catalogs_have_limits(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, path: str, function: str
) -> None:
    catalog = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hello"\nmsgstr "Bonjour"\n'
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog})
    monkeypatch.setattr(function, lambda *_, **__: endless())

    with pytest.raises(SiteError) as caught:
        site.build()
    assert ("too-costly", path) in {(problem.code, problem.path) for problem in caught.value.problems}


@pytest.mark.slow
def test_a_file_to_import_has_limits_that_grow_with_its_size(
    tmp_path: Path, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fr.po"
    file.write_bytes(b"#" * exchange.SLOWEST)
    monkeypatch.setattr(exchange, "_read", lambda _: endless())

    with pytest.raises(SiteError) as caught:
        exchange.import_file(make_site().root, file)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("too-costly", str(file))]
    assert exchange._seconds_of(file) == 1
