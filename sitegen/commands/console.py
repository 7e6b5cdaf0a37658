"""Communication with the user: exit statuses, problems, questions."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sitegen.problems.problem import Problem
from sitegen.problems.program_name import as_run
from sitegen.problems.reporters import (
    FORMATS,
    colour,
    format_all,
    format_first,
    format_summary,
    format_text,
    format_totals,
)
from sitegen.problems.safe_output import Commands, one_line

WELL, PROBLEMS, WRONG_USE = 0, 1, 2

#: Progress is shown only for more files than this: fewer are made before it could be read.
PARTS_SHOWN = 200

#: Commands that continue after warnings: they show the first ones and say where to find the rest.
_ALL_BY_CHECK = ("build", "compare", "hosts")
#: Commands after which a user may expect that something was published.
_PUBLISHING = ("build", "check", "publish")


def editing(run: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """A command that changes a site's sources, while no other does: each writes files anew, as it has read them."""

    def alone(options: Namespace) -> int:
        from sitegen.storage.locks import one_at_a_time

        with one_at_a_time(options.root, lambda: say("waiting for another command that is changing this site")):
            return run(options)

    return alone


def tell(problems: Sequence[Problem], options: Namespace) -> None:
    """Report problems: as text on stderr for a person, in other formats on stdout for a program."""
    told: Sequence[Problem] = ()
    if problems:
        from sitegen.source.excerpts import with_excerpts

        told = with_excerpts(options.root, problems)
    if options.format not in FORMATS or options.format == "text":
        if told:
            text = _as_text(told, options)
            print(as_run(colour(text) if _is_coloured() else text), file=sys.stderr)
    elif told or options.format == "json":
        text = f"{as_run(FORMATS[options.format](told))}\n"
        sys.stdout.write(Commands(text) if options.format == "github" else text)
    if told:
        _tell_totals(told, options)


def _as_text(told: Sequence[Problem], options: Namespace) -> str:
    if options.name in _ALL_BY_CHECK:
        return format_first(told, "`python build.py check`")
    if options.name == "import":
        return format_first(told, f"{options.root / 'import.txt'}")
    return format_all(told) if getattr(options, "all", False) else format_text(told)


def _tell_totals(told: Sequence[Problem], options: Namespace) -> None:
    end = "; nothing was published" if options.name in _PUBLISHING and has_error(told) else ""
    print(as_run(f"{format_totals(told)}{end}"), file=sys.stderr)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and options.format == "github":
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(format_summary(told) + "\n")


def has_error(problems: Sequence[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.severity == "error" for problem in problems)


def _is_coloured() -> bool:
    """Whether to use colour: on a terminal, unless the user has turned it off (no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def ask(question: str) -> str:
    """Ask the user at the terminal, and return the answer."""
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def print_each(lines: Iterable[object]) -> int:
    """Print what a command has made or changed, a line each, as it comes; return the status for success."""
    for line in lines:
        print_line(line)
    return WELL


def print_line(line: object) -> int:
    """Print the one thing that a command has made or changed; return the status for success."""
    print(one_line(str(line)))
    return WELL


def say_each(lines: Iterable[str]) -> None:
    """Print messages for the user."""
    for line in lines:
        say(line)


def say(text: str) -> None:
    """Print a message for the user on one line of stderr, where no program reads it."""
    print(one_line(text), file=sys.stderr)
