"""What the last build was made of and how, kept in .cache/ for `publish`; a site that was brought here has none."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sitegen.build.options import Options
from sitegen.build.pipeline import Report
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import replace_files

_FILE = ".cache/built.json"
_SOURCES = ("content", "templates", "static", "translations")
#: Names that are reserved for examples and tests (RFC 2606 and 6761).
_RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")


@dataclass(frozen=True, slots=True)
class Record:
    """How a site was built.

    Attributes:
        output: the folder that it was built into.
        languages: those that `--languages` named; none for all.
        as_of: the day on which it was built.
        at: when its sources were read, in nanoseconds since 1970.
    """

    output: str
    base_url: str
    drafts: bool
    pseudo: bool
    languages: tuple[str, ...]
    as_of: str
    at: int


def write_record(options: Options, report: Report, started: int) -> None:
    """Leave a record of a build; where it can't be written there is none."""
    record = Record(
        str(options.output.resolve()),
        report.library.config.base_url,
        options.drafts,
        options.pseudo,
        options.languages,
        report.as_of.isoformat(),
        started,
    )
    with contextlib.suppress(SiteError):  # nothing of it is kept where .cache/ can't be written
        replace_files(options.root, {_FILE: json.dumps(asdict(record)).encode()})


def begin() -> int:
    """The moment before a build reads anything."""
    return time.time_ns()


def read_record(root: Path, output: Path) -> Record | None:
    """The record of the site in a folder; None where another was built last, or none here."""
    try:
        rows = json.loads((root / _FILE).read_bytes())
        record = Record(**{**rows, "languages": tuple(rows["languages"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return record if record.output == str(output.resolve()) else None


def find_doubts(root: Path, record: Record, allowed: Mapping[str, bool]) -> Iterator[Problem]:
    """What speaks against publishing a site: errors for what readers must not see, warnings for the rest.

    Args:
        allowed: "drafts" and "pseudo" → whether they are meant to be published.
    """
    for name, what in (("drafts", "drafts"), ("pseudo", "pseudo-locales")):
        if getattr(record, name) and not allowed[name]:
            hint = f"build it without --{name}, or publish it with --{name}"
            yield Problem(path=record.output, code="publish", message=f"the site was built with {what}", hint=hint)
    host = (urlsplit(record.base_url).hostname or "").lower()
    if any(host == name or host.endswith(f".{name}") for name in _RESERVED):
        hint = "set base_url in content/site.yaml, or build with --base-url"
        yield _warning(record, f"its address is {record.base_url}, a name for examples", hint)
    if record.languages:
        yield _warning(record, f"it was built in these languages alone: {', '.join(record.languages)}", "")
    changed = next(_changed_since(root, record.at), None)
    if changed is not None:
        yield _warning(record, f"the sources have changed since it was built: {changed}", "build it again")


def _warning(record: Record, message: str, hint: str) -> Problem:
    return Problem(path=record.output, code="publish", message=message, hint=hint, severity="warning")


def _changed_since(root: Path, moment: int) -> Iterator[str]:
    """Files and folders of the sources that are newer, one after another."""
    for top in _SOURCES:
        for folder, _, files in os.walk(root / top):
            for path in (folder, *(os.path.join(folder, name) for name in sorted(files))):
                with contextlib.suppress(OSError):
                    if os.stat(path).st_mtime_ns > moment:
                        yield os.path.relpath(path, root).replace(os.sep, "/")
