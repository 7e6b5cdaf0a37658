"""Whether the last build is still current; if so, the next one ends here, before the engine is imported.

Only metadata of files counts, never their contents: a file that was merely touched is left to the full build.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from sitegen.build.engine_digest import ENGINE, installed
from sitegen.build.options import INPUTS, Options
from sitegen.problems.problem import Problem
from sitegen.storage.own_records import read_bounded

FILE = ".cache/standing"
#: What builds record for `publish`; if it differs, another build has written it.
BUILT = ".cache/built.json"
#: A file modified this shortly before it is examined may change again within the same clock tick, in nanoseconds.
UNSETTLED = 2_000_000_000
#: The most that local time can be behind and ahead of UTC: no time zone is needed if the result is the same everywhere.
_BEHIND, _AHEAD = dt.timedelta(hours=-12), dt.timedelta(hours=14)
_CHECKSUM = 8
#: Bytes of the first line that are read, most of which are warnings.
_MOST_HEAD = 20_000_000


class Seen(NamedTuple):
    """The inputs of a build as they were before anything was read."""

    at: int  #: the time, in nanoseconds since 1970
    asked: str  #: the options, the engine and its libraries
    folders: tuple[str, ...]  #: the folders that were searched
    inputs: bytes  #: metadata of every file in them; empty if a file may have changed again since
    engine: str  #: the same of the engine's files alone, and what else its digest depends on


class Standing(NamedTuple):
    """A build that is still current, and what it reported."""

    pages: int
    languages: int
    files: int
    warnings: tuple[Problem, ...]


class _Head(Struct, frozen=True):
    """The first line of the file: what is not a list of files; `size` is that of the inputs."""

    asked: str
    folders: tuple[str, ...]
    due: tuple[str, str]
    counts: tuple[int, int, int]
    warnings: tuple[Problem, ...]
    built: str
    size: int


class _Kept(NamedTuple):
    """What a build has saved; `head.built` is what it recorded for `publish`."""

    head: _Head
    inputs: bytes
    outputs: bytes


_decode_head = msgspec.json.Decoder(_Head).decode


def find_standing(options: Options) -> tuple[Seen, Standing | None]:
    """The inputs, and the last build if it was made from the same inputs and its files are still in place."""
    kept = _read(options.root, options.output) if _is_remembered(options) else None
    if kept is not None and not _are_own(options.root, kept.head.folders):
        kept = None
    seen = _see(options, kept.head.folders if kept else INPUTS)
    if kept is None or not _is_of(kept, seen, options) or not _is_in_place(kept, options):
        return seen, None
    return seen, Standing(*kept.head.counts, kept.head.warnings)


def _are_own(root: Path, folders: Sequence[str]) -> bool:
    """Whether folders are a site's inputs, and those of themes that its settings name; a cache may be another's."""
    if tuple(folders[: len(INPUTS)]) != INPUTS:
        return False
    themes = folders[len(INPUTS) :]
    settings = read_bounded(root, "content/site.yaml").decode("utf-8", "replace") if themes else ""
    names = [folder for folder in themes if folder[:1] != "/"]
    if not all(name.strip("./") and name in settings and ".." not in name.split("/") for name in names):
        return False
    places = {f"{ENGINE}/theme", *(os.path.realpath(root / name) for name in names if "\0" not in name)}
    packages = tuple(f"{os.path.realpath(place)}/" for place in sys.path)
    named = [folder for folder in themes if folder.startswith(packages) and os.path.basename(folder) in settings]
    return all(folder in places or folder in named for folder in themes if folder not in names)


def _is_of(kept: _Kept, seen: Seen, options: Options) -> bool:
    """Whether a build was made from these inputs; False if they may have changed again since."""
    is_same = (kept.head.asked, kept.inputs) == (seen.asked, seen.inputs)
    return seen.inputs != b"" and is_same and _is_due(kept.head.due, options.as_of, seen.at)


def _is_in_place(kept: _Kept, options: Options) -> bool:
    """Whether the files of a build are still in place, and it was the last build."""
    built = read_bounded(options.root, BUILT).decode("utf-8", "replace")
    try:
        return built == kept.head.built and not _is_at_work(options.output) and _list(options.output) == kept.outputs
    except OSError:
        return False


def as_kept(
    seen: Seen,
    themes: Iterable[str],
    due: tuple[str, str],
    looks: Mapping[str, tuple[int, int]],
    told: Standing,
    built: bytes,
) -> bytes:
    """What a build saves for `find_standing`.

    Args:
        themes: folders of the site's themes.
        looks: path → (size, modification time) of every file in the output folder.
    """
    folders = (*INPUTS, *themes)
    outputs = _as_lines([f"/{path}\0{size} {changed}\0" for path, (size, changed) in looks.items()])
    head = {
        "asked": seen.asked,
        "folders": folders,
        "due": due,
        "counts": told[:3],
        "warnings": [{name: getattr(own, name) for name in Problem.__struct_fields__} for own in told.warnings],
        "built": built.decode(),
    }
    inputs = seen.inputs if folders == seen.folders else b""
    whole = json.dumps({**head, "size": len(inputs)}).encode() + b"\n" + inputs + outputs
    return b"%08x" % zlib.crc32(whole) + whole


def _is_remembered(options: Options) -> bool:
    """Whether an earlier build may be reused; never with extensions, which may read anything."""
    return (
        options.remembers
        and not options.clean
        and options.shard is None
        and not (options.root / "extensions.py").exists()
    )


def _see(options: Options, folders: Sequence[str]) -> Seen:
    at = time.time_ns()
    asked = repr(
        (
            *(str(path.resolve()) for path in (options.root, options.output)),
            *(options.base_url, options.languages, options.drafts, str(options.as_of), options.strict),
            *(options.pseudo, options.compress, options.editor, os.environ.get("SOURCE_DATE_EPOCH", "")),
            *(sys.version, ENGINE, installed()),
        )
    )
    settled = at - UNSETTLED
    own, found = _looks((ENGINE,), options.root, settled), _looks(folders, options.root, settled)
    engine = repr((sys.version, installed(), own)) if own else ""
    return Seen(at, asked, tuple(folders), _as_lines([*own, *found]) if own and found else b"", engine)


def _looks(folders: Sequence[str], root: Path, settled: int) -> list[str]:
    """The metadata of every file in folders; empty if one may have changed again since."""
    found: list[tuple[str, os.stat_result]] = []
    try:
        for place in folders:
            _look(os.path.join(root, place), place, found)
    except (OSError, ValueError):  # ValueError: a folder's name in a damaged file
        return []
    if [path for path, own in found if own.st_mtime_ns >= settled or own.st_ctime_ns >= settled]:
        return []
    return [f"{path}\0{own.st_mtime_ns} {own.st_ctime_ns} {own.st_size} {own.st_ino}\0" for path, own in found]


def _look(folder: str, shown: str, found: list[tuple[str, os.stat_result]]) -> None:
    """Add every file below a folder with its metadata."""
    waiting = [(folder, shown)]
    for place, name in waiting:  # which grows
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    path = f"{name}/{entry.name}"
                    if not entry.is_dir(follow_symlinks=False):
                        found.append((path, entry.stat(follow_symlinks=False)))
                    elif entry.name != "__pycache__":
                        waiting.append((entry.path, path))
        except (FileNotFoundError, NotADirectoryError):
            continue


def _list(output: Path) -> bytes:
    """The files in an output folder with their metadata; `as_kept` writes `Report.looks` in the same form."""
    found: list[tuple[str, os.stat_result]] = []
    _look(str(output), "", found)
    return _as_lines([f"{path}\0{own.st_size} {own.st_mtime_ns}\0" for path, own in found])


def _as_lines(looks: list[str]) -> bytes:
    """One file per line, sorted; no name contains the NUL at its end."""
    return "\n".join(sorted(looks)).encode("utf-8", "surrogateescape")


def _is_due(due: tuple[str, str], as_of: dt.date | None, at: int) -> bool:
    """Whether the same pages are published, whatever the site's time zone."""
    now = dt.datetime.fromtimestamp(at / 1e9, dt.UTC)
    first, last = (as_of, as_of) if as_of else ((now + _BEHIND).date(), (now + _AHEAD).date())
    return due[0] <= first.isoformat() and last.isoformat() < due[1]


def _is_at_work(output: Path) -> bool:
    """Whether another build is using the output folder, or was killed there."""
    target = output.resolve()
    return any(map(os.path.lexists, (target.with_name(f".{target.name}.stage"), target / ".sitegen-stage")))


def _read(root: Path, output: Path) -> _Kept | None:
    """What the last build has saved; None if it is damaged."""
    content = read_bounded(root, FILE, [root / "content", output])
    if content[:_CHECKSUM] != b"%08x" % zlib.crc32(memoryview(content)[_CHECKSUM:]):
        return None
    end = content.find(b"\n", 0, _MOST_HEAD)
    try:
        own = _decode_head(content[_CHECKSUM:end])
    except (ValueError, RecursionError):  # written by another version
        return None
    return _Kept(own, content[end + 1 : end + 1 + own.size], content[end + 1 + own.size :])
