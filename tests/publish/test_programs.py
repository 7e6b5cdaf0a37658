"""What other machines say is read up to a limit."""

from __future__ import annotations

import sys

import pytest

from sitegen.publish import programs
from sitegen.publish.programs import TooMuchError, run_program


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys, time; {code}"]


def test_output_messages_and_status_are_those_of_the_program() -> None:
    words = "x" * 300_000

    done = run_program(
        python("print(sys.stdin.read()[::-1]); print('why', file=sys.stderr); sys.exit(3)"), words.encode()
    )

    assert (done.stdout.decode(), done.stderr, done.returncode) == (f"{words}\n", b"why\n", 3)


def test_program_that_reads_nothing_is_no_failure() -> None:
    assert run_program(python("print('done')"), b"x" * 1_000_000).stdout == b"done\n"


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        run_program(["no-such-program"])


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_program_that_says_too_much_is_ended(stream: str) -> None:
    with pytest.raises(TooMuchError):
        run_program(python(f"print('x' * 1_100, file=sys.{stream}, flush=True); time.sleep(600)"), most=1_000)


def test_what_such_a_program_has_started_is_ended_too() -> None:
    """As by a script that runs ssh, and has not replaced itself with it."""
    with pytest.raises(TooMuchError):
        run_program(["sh", "-c", "yes; true"], most=1_000)


def test_only_the_beginning_of_messages_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MOST_KEPT", 1_000)

    assert len(run_program(python("print('x' * 5_000, file=sys.stderr)")).stderr) == 1_000
