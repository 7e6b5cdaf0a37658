"""The format of problems: on a terminal, in a summary, and when there are thousands."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from work import calls

from sitegen.problems.problem import Problem, in_order
from sitegen.problems.reporters import (
    LONGEST_EXCERPT,
    MOST_ALIKE,
    MOST_ROWS,
    colour,
    format_first,
    format_json,
    format_summary,
    format_text,
    format_totals,
)

PROBLEM = Problem(
    path="content/a/index.en.md", code="choice", message="status: 'opened' is not one of announced, open", line=4, column=9,
    width=6, hint="did you mean 'open'?", excerpt="status: opened",
)  # fmt: skip


def test_problems_are_grouped_by_file_with_errors_first() -> None:
    def found(path: str, severity: str) -> Problem:
        return Problem(path=path, code="choice", message="x", severity=severity)  # type: ignore[arg-type]

    problems = in_order([found("b", "warning"), found("c", "error"), found("a", "warning"), found("a", "error")])

    assert [line[:4] for line in format_text(problems).splitlines()] == ["a: e", "a: w", "c: e", "b: w"]


def thousands() -> list[Problem]:
    """Many alike, and one other."""
    alike = [
        Problem(path=f"content/{n:04}.md", code="dead-page", message="x", line=1, excerpt="y", hint="z")
        for n in range(3000)
    ]
    return [*alike, PROBLEM]


def test_thousands_of_problems_take_one_line_each_after_the_first() -> None:
    lines = format_text(in_order(thousands())).splitlines()

    assert lines[:3] == ["content/0000.md:1: error[dead-page]: x", "  1 | y", "  hint: z"]
    assert lines[MOST_ALIKE * 3] == f"content/{MOST_ALIKE:04}.md:1: error[dead-page]: x (z)"
    assert sum("[dead-page]: x" in line for line in lines) == 3000
    assert sum("[choice]" in line for line in lines) == 1


def test_json_does_not_repeat_a_long_line_for_each_of_its_problems() -> None:
    line = "status: opened " * 5_000
    rows = json.loads(format_json([replace(PROBLEM, excerpt=line, column=n + 1) for n in range(200)]))

    assert {row["excerpt"] for row in rows} == {line[:LONGEST_EXCERPT]}
    assert [row["column"] for row in rows] == list(range(1, 201))


def test_overlay_shows_the_first_of_thousands_and_counts_the_others() -> None:
    problems = thousands()
    lines = format_first(in_order(problems)).splitlines()

    assert sum("[dead-page]: x" in line for line in lines) == MOST_ALIKE
    assert any("[choice]" in line for line in lines)
    assert lines[-1] == "and 2,990 more with [dead-page]: `python build.py check` lists all"
    assert format_totals(problems).startswith("3,001 errors, 0 warnings (3,000 dead-page, 1 choice); ")


def test_totals_name_the_command_that_fixes_certain_slips() -> None:
    certain = replace(PROBLEM, fix="open")

    assert "--fix" not in format_totals([PROBLEM])
    assert format_totals([PROBLEM, certain]).endswith("; `python build.py check --fix` fixes 1")
    assert "--fix" not in format_totals([replace(certain, path="--set")]), "an answer at a terminal is no file"


def test_colour_adds_nothing_but_escapes() -> None:
    text = format_text([PROBLEM])
    painted = colour(text)

    assert "\x1b[1;31merror[choice]\x1b[0m: status" in painted
    assert "\x1b[1;31m^^^^^^\x1b[0m" in painted
    assert "\x1b[36m  hint: did you mean 'open'?\x1b[0m" in painted
    for code in ("\x1b[1;31m", "\x1b[36m", "\x1b[0m"):
        painted = painted.replace(code, "")
    assert painted == text


def test_summary_is_a_table_that_content_cannot_break() -> None:
    wild = Problem(path="content/a|b.md", code="yaml-syntax", message="`x` | <b>\n[y](z)")
    row = format_summary([wild]).splitlines()[-1]

    assert row.replace("\\|", "").count("|") == 4
    assert "<b>" not in row
    assert "[y]" not in row


def test_summary_stays_within_the_limit_of_github() -> None:
    lines = format_summary([PROBLEM] * (MOST_ROWS + 5)).splitlines()

    assert lines[-1] == "| | | 5 more |"


@pytest.mark.parametrize("column", [1, 80, 50_000, 99_990, 100_000])
def test_excerpt_of_a_long_line_is_the_part_around_the_column(column: int) -> None:
    line = "".join(f"<{number}>" for number in range(20_000))[:100_000]
    problem = Problem(path="a.md", code="dead-page", message="x", line=1, column=column, width=1, excerpt=line)

    shown, marks = str(problem).splitlines()[1:3]

    assert len(shown) < 200
    assert shown[marks.index("^")] == line[column - 1]


def test_excerpts_of_many_problems_in_a_long_line_cost_their_windows_only() -> None:
    line = "x" * 100_000
    long = [
        Problem(path="a.md", code="dead-page", message="x", line=1, column=column, width=3, excerpt=line)
        for column in range(1, 100_000, 500)
    ]
    short = [replace(own, column=5_000, excerpt=line[:10_000]) for own in long]

    assert calls(lambda: [*map(str, long)]) < 1.1 * calls(lambda: [*map(str, short)])
    assert max(len(str(own)) for own in long) < 500
