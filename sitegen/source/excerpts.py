"""Excerpts for problems: the source line that each is about. `problems/excerpt_drawing.py` draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file, read_given


@contextmanager
def told_with_excerpts(root: Path) -> Iterator[None]:
    """Add the source lines that they are about to problems raised inside."""
    try:
        yield
    except SiteError as error:
        raise SiteError(with_excerpts(root, error.problems)) from error


def with_excerpts(root: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Add to each problem the line of its file that it is about."""
    lines: dict[str, list[str]] = {}
    told = []
    for problem in problems:
        if problem.line is not None and not problem.excerpt:
            if problem.path not in lines:
                lines[problem.path] = _lines(root, problem.path)
            text = lines[problem.path]
            problem = replace(problem, excerpt=text[problem.line - 1] if problem.line <= len(text) else "")
        told.append(problem)
    return tuple(told)


def _lines(root: Path, path: str) -> list[str]:
    is_given = path.startswith(("/", "../"))  # such as a table that the user named
    try:
        content = read_given(root / path) if is_given else read_file(root, path)
    except (OSError, ValueError):  # missing, a link out of the site, or not a valid name
        return []
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
