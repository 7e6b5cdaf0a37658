"""How the last build was made, kept in .cache/ for `publish`; a site that was copied here has no record."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from sitegen.build.options import Options
from sitegen.build.pipeline import Report
from sitegen.build.up_to_date import BUILT, FILE, Seen, Standing, as_kept
from sitegen.model.urls import parts_of
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.file_writing import replace_files
from sitegen.source.files import walk
from sitegen.source.theme_layers import Layers
from sitegen.storage.own_records import read_bounded

_SOURCES = ("content", "templates", "static", "translations")
#: Names reserved for examples and tests (RFC 2606 and 6761).
_RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")


class Record(Struct, frozen=True):
    """How a site was built."""

    output: str  #: the folder into which it was built
    base_url: str
    drafts: bool
    pseudo: bool
    languages: tuple[str, ...]  #: those given with `--languages`; empty for all
    as_of: str  #: the day on which it was built
    at: int  #: when its sources were read, in nanoseconds since 1970


def write_record(options: Options, report: Report, seen: Seen) -> None:
    """Save a record of a build, and what the next one needs to see that it is current, if they can be written."""
    library = report.library
    record = Record(
        str(options.output.resolve()),
        library.config.base_url,
        options.drafts,
        options.pseudo,
        options.languages,
        report.as_of.isoformat(),
        seen.at,
    )
    built = json.dumps(asdict(record)).encode()
    files = report.change.unchanged + len(report.change.written)
    told = Standing(report.pages, report.languages, files, report.warnings)
    kept = as_kept(seen, _themes(options.root, library.config.theme), library.due, report.looks, told, built)
    with contextlib.suppress(SiteError):
        replace_files(options.root, {BUILT: built, FILE: kept}, settle=False)


def _themes(root: Path, names: Sequence[str]) -> Iterator[str]:
    """The folders of themes, and the folders of the site that would take the place of one."""
    for folder in Layers.of(root, names).themes:
        yield str(folder.resolve())
    yield from names


def read_record(root: Path, output: Path) -> Record | None:
    """The record of the site in a folder; None if another site was built last, or none here."""
    try:
        record = msgspec.json.decode(read_bounded(root, BUILT), type=Record)
    except (ValueError, RecursionError):
        return None
    return record if record.output == str(output.resolve()) else None


def find_doubts(root: Path, record: Record, allowed: Mapping[str, bool]) -> Iterator[Problem]:
    """Reasons not to publish a site: errors for what readers must not see, warnings for the rest.

    Args:
        allowed: "drafts" and "pseudo" → whether to publish them.
    """
    for name, what in (("drafts", "drafts"), ("pseudo", "pseudo-locales")):
        if getattr(record, name) and not allowed[name]:
            hint = f"build it without --{name}, or publish it with --{name}"
            yield Problem(path=record.output, code="publish", message=f"the site was built with {what}", hint=hint)
    host = (parts_of(record.base_url).hostname or "").lower()
    if any(host == name or host.endswith(f".{name}") for name in _RESERVED):
        hint = "set base_url in content/site.yaml, or build with --base-url"
        yield _warning(record, f"its address is {record.base_url}, a name for examples", hint)
    if record.languages:
        yield _warning(record, f"it was built in these languages only: {', '.join(record.languages)}", "")
    changed = next(_changed_since(root, record.at), None)
    if changed is not None:
        yield _warning(record, f"the sources have changed since it was built: {changed}", "build it again")


def _warning(record: Record, message: str, hint: str) -> Problem:
    return Problem(path=record.output, code="publish", message=message, hint=hint, severity="warning")


def _changed_since(root: Path, moment: int) -> Iterator[str]:
    """Files and folders of the sources that are newer than a moment."""
    for top in _SOURCES:
        for folder, files in walk(root, top, []):
            for path in (folder, *(f"{folder}/{entry.name}" for entry in files)):
                with contextlib.suppress(OSError):
                    if os.stat(root / path).st_mtime_ns > moment:
                        yield path
