"""Releases in a folder of this machine: each whole in a folder of its own, and a link that says which is read.

    releases/<name>/   the files of a release and its manifest; what is as before is the same file on the disk
    current            → releases/<name>, switched by one rename; the folder that a server is given
    history            names of the releases, one a line, in the order in which they were published

Whatever stops a publication, `current` leads to a whole release, and the next publication clears up.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import MANIFEST, Manifest, find_wrong, problems_of, read_manifest
from sitegen.source.yaml import problem_at

try:
    import fcntl
except ImportError:  # no file locks: two publications at once could harm each other, so there is none
    fcntl = None  # type: ignore[assignment]

RELEASES = "releases"
CURRENT = "current"
HISTORY = "history"
LOCK = ".lock"
#: Folders that are no release yet.
STAGE = ".stage-"


@dataclass(frozen=True, slots=True)
class Published:
    """How a publication went.

    Attributes:
        name: of the release that is read now.
        files: how many it has.
        new: how many of them had to be written; the others were there.
        where: what a reader's server reads.
    """

    name: str
    files: int
    new: int
    where: str


def publish_to_folder(site: Path, manifest: Manifest, target: Path, keep: int) -> Published:
    """Make a built site the current release of a folder; `keep` releases stay, the current one among them.

    Raises:
        SiteError: the folder can't be written, is in use, or the site changed meanwhile; the current release stays.
    """
    _refuse_overlap(site, target)
    with _alone(target):
        now = _current(target)
        known = _known(target, now)
        whole = manifest.after(known)
        folder = target / RELEASES / manifest.name
        stage = folder if folder.exists() else target / RELEASES / f"{STAGE}{os.getpid()}"
        new = _fill(stage, whole, site, target / RELEASES / now if now and known else None)
        os.replace(stage, folder)
        _switch(target, manifest.name)
        others = [name for name in _history(target) if name not in (now, manifest.name)]
        _remember(target, [*others, *([now] if now and known and now != manifest.name else []), manifest.name], keep)
    return Published(manifest.name, len(whole.all), new, str(target / CURRENT))


def roll_back_folder(target: Path) -> Published:
    """Make the release that was published before the current one the current one.

    Raises:
        SiteError: there is none, or it is damaged; the current release stays.
    """
    with _alone(target):
        history, now = _history(target), _current(target)
        earlier = history[: history.index(now)] if now in history else history
        if not earlier:
            raise _refusal(target, "there is no release before the current one", "publish the site that you want")
        folder = target / RELEASES / earlier[-1]
        manifest = _read(folder)
        wrong = find_wrong(manifest, folder)
        if wrong:
            raise SiteError(problems_of(wrong, str(folder)))
        _switch(target, earlier[-1])
    return Published(earlier[-1], len(manifest.all), 0, str(target / CURRENT))


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the folder against others, clear what they have left, and tell what the disk refuses as a problem."""
    try:
        (target / RELEASES).mkdir(parents=True, exist_ok=True)
        with (target / LOCK).open("w") as lock:
            if not _is_locked(lock.fileno()):
                raise _refusal(target, "another publication is at work here", "run this again when it has ended")
            _clear(target)
            try:
                yield
            finally:
                _clear(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _refusal(target, f"the release can't be written: {reason}", "the release before is still read") from error


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _refusal(target: Path, message: str, hint: str) -> SiteError:
    return SiteError([problem_at(str(target), "publish", message, None, hint)])


def _refuse_overlap(site: Path, target: Path) -> None:
    one, other = site.resolve(), target.resolve()
    if one.is_relative_to(other / RELEASES) or other.is_relative_to(one):
        raise _refusal(target, "the site can't be published into itself", "name a folder outside of it")


def _clear(target: Path) -> None:
    """Remove what a publication that was cut short has left."""
    for left in (target / RELEASES).glob(f"{STAGE}*"):
        shutil.rmtree(left)
    for path in target.glob(f".{CURRENT}.*"):
        path.unlink()


def _fill(folder: Path, manifest: Manifest, site: Path, before: Path | None) -> int:
    """Make a folder hold what the manifest says, file by file, each by one rename; how many were written.

    What the release before has is the same file on the disk, unless it is damaged there.

    Raises:
        SiteError: a file still is not what the manifest says: the site has changed since.
    """
    folder.mkdir(exist_ok=True)
    wrong = find_wrong(manifest, folder)
    if before is not None and before != folder:
        _take(folder, [path for path, what in wrong.items() if what == "missing"], before, _link)
        wrong = find_wrong(manifest, folder)
    for path, what in wrong.items():
        if what == "no part of it":
            (folder / path).unlink()
    _take(folder, [path for path in wrong if path in manifest.files], site, shutil.copy2)
    still = find_wrong(manifest, folder) if wrong else {}
    if still:
        raise SiteError(problems_of(still, str(site)))
    _put(folder / MANIFEST, lambda path: path.write_bytes(manifest.as_json()))
    return len(wrong)


def _take(folder: Path, paths: Iterable[str], source: Path, how: Callable[[Path, Path], object]) -> None:
    """Put those files in place that the source has; whether they are right is for others to see."""
    for path in paths:
        if (source / path).is_file():
            _put(folder / path, partial(how, source / path))


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except PermissionError:  # a file system without links
        shutil.copy2(old, new)


def _put(path: Path, make: Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{STAGE}{path.name}"[:255])
    temporary.unlink(missing_ok=True)
    make(temporary)
    os.replace(temporary, path)


def _switch(target: Path, name: str) -> None:
    """Let readers have a release, once it is on the disk for good."""
    link = target / f".{CURRENT}.{os.getpid()}"
    link.symlink_to(f"{RELEASES}/{name}")
    os.sync()  # a power cut may else leave the link and lose the files
    os.replace(link, target / CURRENT)


def _current(target: Path) -> str | None:
    """The name of the release that is read."""
    try:
        return (target / CURRENT).readlink().name
    except FileNotFoundError:
        return None


def _read(folder: Path) -> Manifest:
    return read_manifest((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))


def _known(target: Path, name: str | None) -> Manifest | None:
    """The manifest of a release; None where it is damaged, as then nothing is taken from there."""
    try:
        return _read(target / RELEASES / name) if name else None
    except (OSError, SiteError):
        return None


def _history(target: Path) -> list[str]:
    """Names of the releases that are there, oldest first."""
    try:
        names = (target / HISTORY).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return []
    return [name for name in dict.fromkeys(names) if (target / RELEASES / name / MANIFEST).is_file()]


def _remember(target: Path, history: Sequence[str], keep: int) -> None:
    """Write the history down and remove the releases beyond the last ones."""
    kept = history[-keep:]
    _put(target / HISTORY, lambda path: path.write_text("".join(f"{name}\n" for name in kept), encoding="utf-8"))
    for folder in (target / RELEASES).iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder)
