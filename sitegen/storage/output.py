"""Outputs → disk: only what changed, each file whole, and nothing at all unless everything succeeded."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.problems.problem import SiteError
from sitegen.source.yaml import problem_at

#: Says that a folder holds a part of a site only.
PART = ".shard"


#: Says that a folder is ours, so that what is gone from the site may be removed from it, and that it is whole.
MARKER = ".sitegen"
_MARKER_TEXT = "Made by build.py: whatever is no part of the site is removed from this folder.\n"
#: Stands there while files are put in place one by one: what is left of that is no site to publish.
_UNFINISHED = "A build of this folder has not ended: it may hold files of two builds.\n"


@dataclass(frozen=True, slots=True)
class Change:
    """What a build did to the output folder: paths of the files written and removed, and how many others there are."""

    written: tuple[str, ...]
    gone: frozenset[str]
    unchanged: int

    @property
    def removed(self) -> int:
        return len(self.gone)


#: (size, time of change in nanoseconds) of a file.
Looks = tuple[int, int]


def list_output(target: Path) -> dict[str, Looks]:
    """Every file below the output folder and how it looks.

    Raises:
        SiteError: the folder holds files that no build made.
    """
    found: dict[str, Looks] = {}
    if target.exists() and not target.is_dir():
        hint = "remove it, or name another with --output"
        raise SiteError([problem_at(str(target), "unreadable", "the output folder is a file", None, hint)])
    if target.is_dir():
        found = list_files(target)
    if found and MARKER not in found:
        hint = "empty it, or name another with --output"
        raise SiteError(
            [problem_at(str(target), "unreadable", "the output folder holds files that no build made", None, hint)]
        )
    return found


def list_files(folder: Path) -> dict[str, Looks]:
    """Every file below a folder, links to files too, and how it looks."""
    found: dict[str, Looks] = {}
    _list(str(folder), "", found)
    return found


def find_marker(folder: Path) -> int | None:
    """When the build of a folder ended, in nanoseconds; None where it did not, or the folder is none of ours."""
    marker = folder / MARKER
    return os.stat(marker).st_mtime_ns if _read(str(marker)) == _MARKER_TEXT.encode() else None


def _list(target: str, below: str, found: dict[str, Looks]) -> None:
    with os.scandir(f"{target}/{below}") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _list(target, f"{below}{entry.name}/", found)
            else:
                stat = entry.stat(follow_symlinks=False)
                found[below + entry.name] = (stat.st_size, stat.st_mtime_ns)


def look_at(target: Path, paths: Iterable[str]) -> dict[str, Looks]:
    """How some files of the output folder look."""
    stats = {path: os.stat(target / path) for path in paths}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}


@dataclass
class Stage:
    """Files waiting beside the output folder until all of them are made.

    They lie on the same file system, so that each is put in place by one rename. A process that is forked off keeps
    files as well; its parent is told by `note`.

    Attributes:
        existing: what lies in the output folder.
        changed: paths of the files that wait.
        unchanged: number of files that the folder has already, byte for byte.
        ahead: paths of the files that were put in place before the others.
    """

    target: Path
    folder: Path
    existing: Mapping[str, Looks]
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    ahead: list[str] = field(default_factory=list)
    _folders: set[str] = field(default_factory=set)

    @classmethod
    def beside(cls, target: Path, existing: Mapping[str, Looks]) -> Stage:
        """A stage for the folder `target`."""
        target = target.resolve()
        for left in target.parent.glob(f".{target.name}.stage-*"):
            if not _is_alive(left.name.rpartition("-")[2]):  # what a build that was killed has left
                shutil.rmtree(left, ignore_errors=True)
        return cls(target, target.with_name(f".{target.name}.stage-{os.getpid()}"), existing)

    def keep(self, path: str, content: bytes) -> tuple[Looks, bool]:
        """Keep a file for `commit`, unless the target has it; how it looks, and whether it is new."""
        looks = self.existing.get(path)
        if looks is not None and looks[0] == len(content) and _read(f"{self.target}/{path}") == content:
            return looks, False
        return self.put(path, content), True

    def put(self, path: str, content: bytes, changed_at: int | None = None) -> Looks:
        """Keep a file for `commit` whether or not the target has it, with a time of change in nanoseconds."""
        staged = f"{self.folder}/{path}"
        folder = staged.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        with open(staged, "wb") as file:
            file.write(content)
        if changed_at is not None:
            os.utime(staged, ns=(changed_at, changed_at))
        return len(content), os.stat(staged).st_mtime_ns

    def looks(self, path: str) -> Looks:
        """How a file of the site will look; it waits here, or the target has it already."""
        try:
            stat = os.stat(f"{self.folder}/{path}")
        except FileNotFoundError:
            return self.existing[path]
        return stat.st_size, stat.st_mtime_ns

    def read(self, path: str) -> bytes:
        """The bytes of a file of the site."""
        return _read(f"{self.folder}/{path}") or _read(f"{self.target}/{path}")

    def note(self, changed: Iterable[str], unchanged: int) -> None:
        """Files that were kept, here or in another process."""
        self.changed.extend(changed)
        self.unchanged += unchanged

    def go_ahead(self) -> None:
        """Put the files that are kept so far in their place, in a folder that is shown to the person who edits it alone."""
        if self.target.exists():
            _refuse_unwritable(self.target, self.changed)
            self._place()
            self.ahead, self.changed = [*self.ahead, *self.changed], []

    def _place(self) -> None:
        if self.changed:
            _mark(self.target, _UNFINISHED)
        for path in sorted(self.changed, key=lambda path: (_is_page(path), path)):
            final = self.target / path
            _make_room(self.target, final)
            os.replace(self.folder / path, final)

    def commit(self, paths: Collection[str]) -> Change:
        """Put every kept file in its place and remove what is not among `paths`; pages last, as they name the others.

        Where there was nothing yet, the stage itself becomes the output folder.
        """
        unchanged = len(paths) - len(self.changed) - len(self.ahead)
        if not self.target.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _mark(self.folder, _MARKER_TEXT)
            os.replace(self.folder, self.target)
            return Change(tuple(sorted(self.changed)), frozenset(), unchanged)
        gone = self.existing.keys() - {*paths, MARKER}
        _refuse_unwritable(self.target, (*self.changed, *gone))
        if gone:
            _mark(self.target, _UNFINISHED)
        self._place()
        self.discard()
        _remove(self.target, gone)
        if find_marker(self.target) is None:
            _mark(self.target, _MARKER_TEXT)
        return Change(tuple(sorted([*self.ahead, *self.changed])), frozenset(gone), unchanged)

    def discard(self) -> None:
        """Forget every kept file."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _mark(folder: Path, text: str) -> None:
    temporary = folder / f"{MARKER}.{os.getpid()}"
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, folder / MARKER)


def _is_page(path: str) -> bool:
    """Whether a file is a page, or a compressed version of one."""
    return ".html" in path.rpartition("/")[2]


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except OSError:  # another user's
        return True
    return True


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _refuse_unwritable(target: Path, paths: Iterable[str]) -> None:
    """Find out before the first file is put in place that one could not be.

    Raises:
        PermissionError: a folder can't be written.
    """
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        if (target / folder).is_dir() and not os.access(target / folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target / folder))


def _make_room(target: Path, final: Path) -> None:
    """Make the file's folder; a file that was where a folder must be, or the other way round, gives way."""
    for folder in reversed(final.relative_to(target).parents[:-1]):
        if (target / folder).is_file():
            (target / folder).unlink()
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.is_dir():
        shutil.rmtree(final)


def _remove(target: Path, gone: Iterable[str]) -> None:
    """Remove files that are no part of the site any more, and the folders that they leave empty."""
    for path in sorted(gone):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (target / path).unlink()
        for folder in (target / path).parents:
            if folder == target or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
