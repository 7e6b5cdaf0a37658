"""Outputs → disk: only what changed, each file whole, and nothing at all unless everything succeeded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.errors import SiteError
from sitegen.nodes import problem_at

#: Says that a folder is ours, so that what is gone from the site may be removed from it.
MARKER = ".sitegen"
_MARKER_TEXT = "Made by build.py: whatever is no part of the site is removed from this folder.\n"


@dataclass(frozen=True, slots=True)
class Change:
    """What a build did to the output folder: numbers of files, and the paths of those written."""

    written: tuple[str, ...]
    removed: int
    unchanged: int


@dataclass
class Stage:
    """Files waiting beside the output folder until all of them are made.

    They lie on the same file system, so that each is put in place by one rename.
    """

    target: Path
    folder: Path
    changed: list[str] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    unchanged: int = 0

    @classmethod
    def beside(cls, target: Path) -> Stage:
        """A stage for the folder `target`.

        Raises:
            SiteError: the folder holds files that no build made.
        """
        if target.is_dir() and any(target.iterdir()) and not (target / MARKER).exists():
            hint = "empty it, or name another with --output"
            raise SiteError(
                [problem_at(str(target), "unreadable", "the output folder holds files that no build made", None, hint)]
            )
        return cls(target, target.with_name(f".{target.name}.stage-{os.getpid()}"))

    def add(self, path: str, content: bytes) -> None:
        """Keep a file for `commit`, unless the target has it already, byte for byte."""
        if _holds(f"{self.target}/{path}", content):
            self.unchanged += 1
            return
        staged = f"{self.folder}/{path}"
        folder = staged.rpartition("/")[0]
        if folder not in self.folders:
            os.makedirs(folder, exist_ok=True)
            self.folders.add(folder)
        with open(staged, "wb") as file:
            file.write(content)
        self.changed.append(path)

    def commit(self, paths: Iterable[str]) -> Change:
        """Put every kept file in its place and remove what is not among `paths`; pages last, as they name the others.

        Where there was nothing yet, the stage itself becomes the output folder.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
        if not self.target.exists():
            os.replace(self.folder, self.target)
            return Change(tuple(sorted(self.changed)), 0, 0)
        for path in sorted((*self.changed, MARKER), key=lambda path: (path.endswith(".html"), path)):
            final = self.target / path
            _make_room(self.target, final)
            os.replace(self.folder / path, final)
        self.discard()
        return Change(tuple(sorted(self.changed)), _prune(self.target, {*paths, MARKER}), self.unchanged)

    def discard(self) -> None:
        """Forget every kept file."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _holds(path: str, content: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except OSError:
        return False


def _make_room(target: Path, final: Path) -> None:
    """Make the file's folder; a file that was where a folder must be, or the other way round, gives way."""
    for folder in reversed(final.relative_to(target).parents[:-1]):
        if (target / folder).is_file():
            (target / folder).unlink()
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.is_dir():
        shutil.rmtree(final)


def _prune(target: Path, keep: set[str]) -> int:
    removed = 0
    for folder, folders, names in os.walk(target, topdown=False):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, target).replace(os.sep, "/") not in keep:
                os.unlink(path)
                removed += 1
        for name in folders:
            below = os.path.join(folder, name)
            if not os.listdir(below):
                os.rmdir(below)
    return removed
