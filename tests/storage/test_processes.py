"""Work is spread over processes, and the death of one is reported with its file."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
from collections.abc import Callable, Sequence

import pytest
from conftest import MakeSite

from sitegen.problems.problem import SiteError
from sitegen.storage import processes
from sitegen.storage.processes import WORTH_FORKING, spread

ITEMS = [f"/page-{number}/" for number in range(2 * WORTH_FORKING)]


def deep(depth: int = 0) -> int:
    return deep(depth + 1) + 1


def crash() -> None:
    """End this process as a fault in a library does, without pytest's report of it."""
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)


def _work(item: str, bad: Callable[[], object]) -> Callable[[Sequence[str]], list[str]]:
    def work(part: Sequence[str]) -> list[str]:
        return [own if own != item else str(bad()) for own in part]

    return work


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_item_is_processed_in_order(workers: int) -> None:
    done = [item for part in spread(ITEMS, list, workers) for item in part]

    assert done == ITEMS


@pytest.mark.parametrize("number", [0, 57, 191])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (crash, "a process ended while reading it"),
        (lambda: os._exit(-1), "a process ended while reading it"),
        (deep, "this takes more depth than a file may"),
        (lambda: bytearray(1 << 40), "this takes more memory than a file may"),
    ],
    ids=["signal", "exit", "depth", "memory"],
)
def test_death_of_a_process_is_reported_with_its_file(bad: Callable[[], object], message: str, number: int) -> None:
    with pytest.raises(SiteError) as caught:
        list(spread(ITEMS, _work(ITEMS[number], bad), 2))

    (problem,) = caught.value.problems
    assert (problem.path, problem.code, problem.message) == (f"content/page-{number}", "too-costly", message)


def test_memory_limit_applies_to_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MOST_MEMORY", 1 << 28)

    assert [len(part) for part in spread(ITEMS, lambda part: bytes(1 << 20) and list(part), 2)]
    with pytest.raises(SiteError, match="1 problem"):
        list(spread(ITEMS, _work(ITEMS[5], lambda: len(bytearray(1 << 29))), 2))


@pytest.mark.parametrize(("bad", "what"), [(deep, "depth"), (lambda: len(bytearray(1 << 29)), "memory")])
def test_a_small_site_in_one_process_has_the_same_limits(
    bad: Callable[[], object], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MOST_MEMORY", 1 << 28)
    before = resource.getrlimit(resource.RLIMIT_AS)

    with pytest.raises(SiteError) as caught:
        list(spread(ITEMS[:20], _work(ITEMS[5], bad), 1))

    (problem,) = caught.value.problems
    assert problem.path == "content/page-5"
    assert problem.message == f"this takes more {what} than a file may"
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ page.url * 1000000000 }}", "this takes more memory than a file may"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "this takes more depth than a file may"),
        pytest.param(
            "{{ 'x' * 400000000 }}",
            "it makes 400,000,000 characters of one page, over 100,000,000",
            marks=pytest.mark.soak,  # takes seconds to compile
        ),
    ],
)
def test_a_template_that_takes_too_much_is_a_problem(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, template: str, message: str
) -> None:
    monkeypatch.setattr(processes, "MOST_MEMORY", 1 << 28)
    site = make_site({"templates/page.html": template})

    assert {(problem.code, problem.message) for problem in site.problems()} == {("too-costly", message)}


@pytest.mark.parametrize(("worth", "is_forked"), [(1_000, False), (500, True)])
def test_processes_are_forked_if_there_is_enough_work(worth: int, is_forked: bool) -> None:
    made_by = {pid for part in spread(range(500), lambda part: {os.getpid()}, 2, worth=worth) for pid in part}

    assert (os.getpid() not in made_by) is is_forked
