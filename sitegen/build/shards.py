"""Builds in parts, one per machine: each reads the whole site and makes its share of the files; `merge` joins them.

A part records its number and its site, so that parts of different sites, days or engines are never joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from sitegen.build.dependencies import digest_of
from sitegen.build.engine_digest import version as engine
from sitegen.library.library import Library
from sitegen.problems.problem import SiteError, refusal
from sitegen.render.jobs import Job
from sitegen.source.file_writing import writing
from sitegen.source.files import read_file, reason_of
from sitegen.source.paths import find_twins
from sitegen.source.text import problem_at
from sitegen.storage.output import (
    MARKER,
    PART,
    Change,
    Stage,
    find_changed,
    find_marker,
    list_output,
    read_digests,
    unfit,
)
from sitegen.storage.output_lock import alone

_MOST_PARTS = 1000


class _Label(Struct, frozen=True, forbid_unknown_fields=True):
    """What a part says of itself."""

    shard: int
    of: int
    site: str


class Shard(Struct, frozen=True):
    """A part of a build: number `number`, counted from 1, of `count`."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> Shard:
        """Read `3/8`; raises ValueError if it is not a valid part."""
        number, _, count = text.partition("/")
        if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count) <= _MOST_PARTS):
            raise ValueError(text)
        return cls(int(number), int(count))

    @property
    def is_first(self) -> bool:
        return self.number == 1

    def own(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs of this part. Files that share work stay together: a page's; a language's feeds and indexes."""
        groups = {group: index for index, group in enumerate(dict.fromkeys(_group(job) for job in jobs))}
        return [job for job in jobs if groups[_group(job)] % self.count == self.number - 1]

    def label(self, site: str) -> bytes:
        """The label written beside the files of the part."""
        return msgspec.json.encode(_Label(self.number, self.count, site)) + b"\n"


def _group(job: Job) -> str:
    return job.language if job.key == "/" else job.key


def digest_site(library: Library, frames: Mapping[str, str], as_of: object, sizes: Iterable[tuple[str, int]]) -> str:
    """One digest of everything that the files of a site depend on, including the engine.

    Args:
        sizes: path and size in bytes of each file of content/.
    """
    texts = [(version.path, version.digest) for page in library.pages.values() for version in page.versions.values()]
    return digest_of((engine(), sorted(frames.items()), str(as_of), sorted(texts), sorted(sizes)))


def merge(parts: Sequence[Path], output: Path) -> Change:
    """Join the parts of a build in an output folder, with the same result as a single build.

    Raises:
        SiteError: a part is missing, unfinished, given twice or from another site; the output folder is unchanged.
    """
    _refuse_incomplete({part: _read_label(part) for part in parts}, output)
    with alone(output) as work:
        stage = Stage(output, work, list_output(output))
        with writing(output):
            return stage.commit(_take_all(parts, stage))


def _take_all(parts: Sequence[Path], stage: Stage) -> set[str]:
    """Keep the files of all parts on a stage; return their paths."""
    paths: set[str] = set()
    for part in parts:
        digests = {path: digest for path, digest in read_digests(part).items() if path not in (MARKER, PART)}
        own = list_output(part).keys() - {MARKER, PART}
        if strange := sorted(path for path in own if unfit(path)):
            _refuse(part, f"no site has a file '{strange[0]}': {unfit(strange[0])}", "build the part again")
        if both := paths & own:
            _refuse(part, f"'{min(both)}' is in another part too", "build again")
        paths |= own
        if twin := next(find_twins(sorted(paths)), None):
            _refuse(part, f"'{twin[0]}' and '{twin[1]}' can't be in one folder of every disk", "build all parts again")
        new = [path for path in sorted(own) if stage.keep(path, _content(part, path))[1]]
        if changed := find_changed(digests, {path: stage.digests[path] for path in own}):
            message = f"'{min(changed)}' was changed or removed after the part was built"
            _refuse(part, message, "build the part again")
        stage.note({path: stage.digests[path] for path in new}, len(own) - len(new))
    return paths


def _content(part: Path, path: str) -> bytes:
    try:
        return read_file(part, path, None)
    except OSError as error:
        _refuse(part / path, f"the file can't be read: {reason_of(error)}", "build the part again")


def _read_label(part: Path) -> _Label:
    try:
        label = msgspec.json.decode(read_file(part, PART), type=_Label)
        is_whole = find_marker(part) is not None and 1 <= label.shard <= label.of <= _MOST_PARTS
    except (OSError, ValueError, RecursionError):
        is_whole = False
    if not is_whole:
        hint = "make it with build --shard NUMBER/COUNT"
        raise refusal(part, "release", "the folder is not a complete part of a site", hint)
    return label


def _refuse_incomplete(labels: Mapping[Path, _Label], output: Path) -> None:
    numbers = sorted(label.shard for label in labels.values())
    counts = {label.of for label in labels.values()}
    problems = []
    if len({label.site for label in labels.values()}) > 1 or len(counts) > 1:
        hint = "build all parts from one commit, for one day, with the same options and the same Python"
        problems.append(problem_at(str(output), "release", "the parts belong to different sites", None, hint))
    elif numbers != [*range(1, max(counts) + 1)]:
        missing = ", ".join(str(number) for number in range(1, max(counts) + 1) if number not in numbers)
        message = f"parts are missing: {missing}" if missing else "one part is given twice"
        problems.append(problem_at(str(output), "release", message, None, f"name each of the {max(counts)} parts once"))
    if problems:
        raise SiteError(problems)


def _refuse(part: Path, message: str, hint: str) -> NoReturn:
    raise refusal(part, "release", message, hint)
