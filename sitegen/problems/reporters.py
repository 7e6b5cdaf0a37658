"""Formats for problems: for people, for other tools, and for pull requests."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import asdict

from sitegen.problems.problem import Problem, counted
from sitegen.problems.safe_output import escaped, in_json, one_line

#: Of more problems with one code than this, only the first are shown with their lines.
MOST_ALIKE = 10
#: A warning that occurs more often than this is not listed every time.
MOST_WARNINGS = 50
#: The most characters of a line in JSON, so that thousands of problems in one long line are not as many copies of it.
LONGEST_EXCERPT = 1_000
#: The most rows in a summary; GitHub accepts at most 1 MiB.
MOST_ROWS = 1000

#: Folders in which `check --fix` fixes what is certain.
_FIXED_FOLDERS = ("content/", "translations/")

#: Part of a problem → colour on a terminal (ECMA-48).
_COLOURS = {"error": "1;31", "warning": "1;33", "mark": "1;31", "hint": "36"}


def format_all(problems: Sequence[Problem]) -> str:
    """Every problem, in the order of `in_order`; of many with one code, only the first are shown with their lines."""
    drawn = set(_of_each(problems))
    return "\n".join(str(problem) if problem in drawn else _in_short(problem) for problem in problems)


def format_text(problems: Sequence[Problem]) -> str:
    """The same, but only the first of warnings that occur too often, and how many more there are."""
    counts = Counter(problem.code for problem in problems if problem.severity == "warning")
    often = {code for code, count in counts.items() if count > MOST_WARNINGS}
    first = set(_of_each(problems))
    kept = [own for own in problems if own in first or own.code not in often or own.severity == "error"]
    shown = [format_all(kept)] if kept else []
    return "\n".join([*shown, *_more({code: counts[code] for code in often}, "`python build.py check --all`")])


def _more(counts: Mapping[str, int], where: str) -> Iterator[str]:
    """How many problems with a code are left out, and the command that lists them."""
    for code, count in sorted(counts.items()):
        if count > MOST_ALIKE:
            yield f"and {count - MOST_ALIKE:,} more with [{code}]: {where} lists all"


def _in_short(problem: Problem) -> str:
    """A problem on one line, in the form that editors recognize."""
    hint = f" ({one_line(problem.hint)})" if problem.hint else ""
    return f"{problem.place}: {problem.severity}[{problem.code}]: {one_line(problem.message)}{hint}"


def format_first(problems: Sequence[Problem], where: str = "`python build.py check`") -> str:
    """A short form: only the first problems with each code, and how many more there are.

    Args:
        where: what lists all of them.
    """
    told = list(_of_each(problems))
    counts = Counter(problem.code for problem in problems)
    return "\n".join([*map(str, told), *_more(counts, where)])


def _of_each(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problems with each code."""
    seen: Counter[str] = Counter()
    for problem in problems:
        seen[problem.code] += 1
        if seen[problem.code] <= MOST_ALIKE:
            yield problem


def format_totals(problems: Sequence[Problem]) -> str:
    """The number of problems by severity and code, where to read more, and how many can be fixed automatically."""
    errors = sum(problem.severity == "error" for problem in problems)
    counts = Counter(problem.code for problem in problems)
    by_code = ", ".join(f"{count:,} {code}" for code, count in counts.most_common())
    more = f" ({by_code})" if len(counts) > 1 else ""
    code = next(iter(counts))
    totals = f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}{more}"
    certain = sum(problem.fix is not None and problem.path.startswith(_FIXED_FOLDERS) for problem in problems)
    fixes = f"; `python build.py check --fix` fixes {certain}" if certain else ""
    return f"{totals}; `python build.py explain {code}` explains more{fixes}"


def colour(text: str) -> str:
    """Add terminal colours to the output of `format_text`."""
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"^(\S.*?: )((error|warning)\[[a-z-]+\])", lambda m: m[1] + _paint(m[2], m[3]), line)
        line = re.sub(r"^( +\| *)(\^+)$", lambda m: m[1] + _paint(m[2], "mark"), line)
        lines.append(_paint(line, "hint") if line.startswith("  hint: ") else line)
    return "\n".join(lines)


def _paint(text: str, part: str) -> str:
    return f"\x1b[{_COLOURS[part]}m{text}\x1b[0m"


def format_json(problems: Sequence[Problem]) -> str:
    """A JSON array of objects with the attributes of `Problem`, for other tools."""
    rows = [asdict(problem) | {"excerpt": problem.excerpt[:LONGEST_EXCERPT]} for problem in problems]
    return in_json(json.dumps(rows, ensure_ascii=False, indent=2))


def format_github(problems: Sequence[Problem]) -> str:
    """Workflow commands that GitHub shows as annotations on the lines of a pull request."""
    return "\n".join(_annotation(problem) for problem in problems)


#: `--format` of the command line → the function that formats problems.
FORMATS = {"text": format_text, "json": format_json, "github": format_github}


def _annotation(problem: Problem) -> str:
    fields = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.code}
    where = ",".join(
        f"{key}={_escape(escaped(str(value)), ':,')}" for key, value in fields.items() if value is not None
    )
    text = problem.message + (f" ({problem.hint})" if problem.hint else "")
    return f"::{problem.severity} {where}::{_escape(escaped(text))}"


def _escape(text: str, also: str = "") -> str:
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def format_summary(problems: Sequence[Problem]) -> str:
    """A Markdown table for the summary of a run, as GitHub shows only ten annotations."""
    rows = ["| | where | what |", "|---|---|---|"]
    for problem in problems[:MOST_ROWS]:
        text = problem.message + (f" ({problem.hint})" if problem.hint else "")
        rows.append(f"| {problem.severity} `{problem.code}` | {code_span(problem.place)} | {_cell(text)} |")
    if len(problems) > MOST_ROWS:
        rows.append(f"| | | {len(problems) - MOST_ROWS:,} more |")
    return "\n".join([f"### {format_totals(problems)}", "", *rows, ""])


def code_span(text: str) -> str:
    """A text as code within a line or a table of Markdown, unable to break out of it."""
    return f"`{one_line(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _cell(text: str) -> str:
    """A text as a table cell, with everything escaped that means something in Markdown."""
    return re.sub(r"[|<>&*_~#!`\\\[\]\n\r@]|:(?=//)", lambda found: f"&#{ord(found[0])};", escaped(text))
