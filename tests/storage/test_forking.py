"""Forked processes: their results come in order, their failures with their place, and none of them outlives its work."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from sitegen.storage.forking import DiedError, run_forked, survives

REPOSITORY = Path(__file__).parents[2]


def nothing(*given: object) -> None:
    """Takes the place of what is called in a new process, or meanwhile in this one."""


def children() -> set[int]:
    """The processes that this one has forked and not yet waited for."""
    return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))


def test_results_come_in_order_however_large() -> None:
    found = list(run_forked(lambda number: bytes([number]) * (1 << (number % 21)), 60, 3, nothing, nothing))

    assert found == [bytes([number]) * (1 << (number % 21)) for number in range(60)]


def test_this_process_does_something_else_meanwhile() -> None:
    done: list[int] = []

    assert list(run_forked(lambda number: number, 5, 2, nothing, lambda: done.append(os.getpid()))) == [*range(5)]
    assert done == [os.getpid()]


def test_failure_names_the_place_in_the_code_of_the_other_process() -> None:
    def fail(number: int) -> int:
        return 1 // (number - 3)

    with pytest.raises(ZeroDivisionError) as caught:
        list(run_forked(fail, 8, 2, nothing, nothing))

    assert "in fail" in "".join(traceback.format_exception(caught.value))


def test_result_that_no_other_process_can_read_is_a_failure() -> None:
    with pytest.raises(DiedError):
        list(run_forked(lambda number: lambda: number, 2, 2, nothing, nothing))


@pytest.mark.parametrize("status", [0, 3])
def test_exit_of_a_process_within_its_work_is_noticed(status: int) -> None:
    with pytest.raises(DiedError):
        list(run_forked(lambda number: os._exit(status), 4, 2, nothing, nothing))


def test_no_process_outlives_a_reader_that_stops_early() -> None:
    before = children()
    results = run_forked(lambda number: bytes(1 << 20), 50, 2, nothing, nothing)
    next(results)
    assert len(children() - before) == 2

    results.close()  # type: ignore[attr-defined]

    assert children() <= before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_no_process_outlives_a_parent_that_is_killed() -> None:
    program = (
        "import os, signal, time\n"
        "from sitegen.storage.forking import run_forked\n"
        "def begin(number):\n"
        "    os.write(1, b'begun\\n')\n"
        "    time.sleep(60)\n"
        "    os.write(1, b'outlived\\n')\n"
        "list(run_forked(lambda n: n, 4, 3, begin, lambda: None))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    for _ in range(3):
        assert parent.stdout.readline() == b"begun\n"

    parent.kill()

    assert parent.stdout.read() == b""  # each process has the pipe open until it ends
    parent.wait()
    parent.stdout.close()


def test_process_that_raises_survives_and_one_that_hangs_or_exits_does_not() -> None:
    assert survives(lambda: 1 // 0, 60)
    assert not survives(lambda: os._exit(1), 60)
    assert not survives(lambda: os.read(os.pipe()[0], 1), 0)


def test_what_waits_to_be_printed_is_printed_once() -> None:
    program = (
        "from sitegen.storage.forking import run_forked\n"
        "print('first ', end='')\n"
        "list(run_forked(lambda n: print(f'<{n}> ', end=''), 2, 2, lambda n: None, lambda: None))\n"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert sorted(printed.stdout.split()) == ["<0>", "<1>", "first"]
