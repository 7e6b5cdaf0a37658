"""The only way to write, move and remove files of a site: each is written whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from sitegen.problems.problem import refusal
from sitegen.source.files import WAITING, WAITING_NAME, inside, open_file, reason_of
from sitegen.source.text import decode

#: Seconds for which such a file may be of a process that another machine or container knows.
_SETTLED = 10
#: For more files than this, the whole disk is synced once, instead of each file.
_FEW = 8


def replace_files(root: Path, files: Mapping[str, bytes], *, settle: bool = True) -> None:
    """Put files in place, each whole: write all of them beside their places first, then rename each.

    Args:
        settle: wait until they are on disk; not needed for files that a build can do without after a crash.

    Raises:
        SiteError: one can't be written; nothing has changed except the files already renamed.
    """
    waiting: list[tuple[Path, Path]] = []
    places: dict[str, Path] = {}
    for path in files:
        with writing(path, "the file"):
            places[path] = inside(root, path)
    for folder in sorted({place.parent for place in places.values()}) if settle else ():
        _remove_waiting(folder)
    try:
        for path, content in files.items():
            with writing(path, "the file"):
                place = places[path]
                place.parent.mkdir(parents=True, exist_ok=True)
                temporary = _beside(place)
                waiting.append((temporary, place))
                _write(temporary, content, _mode_of(place), settle=settle and len(files) <= _FEW)
        if settle and len(files) > _FEW:
            os.sync()
        for temporary, place in waiting:
            with writing(place.relative_to(root).as_posix(), "the file"):
                os.replace(temporary, place)
        for folder in {place.parent for _, place in waiting} if settle else ():
            _settle(folder)
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def _beside(place: Path) -> Path:
    """Where something is that is to be at a place, or was there."""
    return place.with_name(f"{WAITING}{os.getpid():08x}{os.urandom(6).hex()}")


def _remove_waiting(folder: Path) -> None:
    """Remove what commands that were killed have left in a folder; where it can't be listed, writing tells why."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if (found := WAITING_NAME.fullmatch(entry.name)) and _has_ended(int(found[1], 16)):
                age = time.time() - entry.stat(follow_symlinks=False).st_mtime
                if age > _SETTLED and entry.is_dir(follow_symlinks=False):
                    remove_tree(Path(entry.path))
                elif age > _SETTLED and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)


def _has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def replace_texts(root: Path, files: Mapping[str, bytes], records: Mapping[str, bytes] | None = None) -> None:
    """Put texts of the site in place like `replace_files`, unless the next build would refuse to read one.

    Args:
        records: files that no build reads, of any size; they are put in place after the texts.

    Raises:
        SiteError: one has a line or a size over the limits, or can't be written; nothing has changed.
    """
    for path, content in files.items():
        decode(path, content)
    replace_files(root, {**files, **(records or {})})


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place whole, in a site or wherever the user asked for it.

    Raises:
        SiteError: it can't be written; the old file is unchanged.
    """
    replace_files(path.parent, {path.name: content})


def copy_files(old_root: Path, root: Path, paths: Mapping[str, str]) -> None:
    """Copy files into a folder that is not in place yet, as a copy may be cut short: new path → old path.

    Raises:
        OSError: one leads out of its folder, or can't be copied.
    """
    for path, old in paths.items():
        place = inside(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with open_file(old_root, old) as handle, open(handle, "rb", closefd=False) as file, open(place, "wb") as target:
            shutil.copyfileobj(file, target)


def move(root: Path, old: str, new: str) -> None:
    """Move a file or folder of the site, with everything in it, to a path that does not exist yet.

    Raises:
        OSError: a path leads elsewhere, or the move fails.
    """
    target = inside(root, new)
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
    target.parent.mkdir(parents=True, exist_ok=True)
    inside(root, old).rename(target)


def remove_folder(root: Path, path: str) -> str:
    """Remove a folder of the site with everything in it; the targets of links in it stay.

    It goes by one rename: no build finds a part of it, such as a translation without its source.

    Returns:
        Where what could not be deleted is now, such as somebody else's file; "" if all is.

    Raises:
        OSError: the path leads elsewhere, or nothing can be deleted; then the folder is where it was.
    """
    place = inside(root, path)
    count = 0
    for folder, _, names in os.walk(place):
        count += len(names)
        if not os.access(folder, os.W_OK | os.X_OK):  # what is in it would stay
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
    _remove_waiting(place.parent)
    waiting = _beside(place)
    place.rename(waiting)
    try:
        remove_tree(waiting)
    except OSError:
        if sum(len(names) for _, _, names in os.walk(waiting)) < count:  # a half of it would be published
            return PurePosixPath(path).with_name(waiting.name).as_posix()
        waiting.rename(place)
        raise
    return ""


def remove_tree(folder: Path) -> None:
    """Remove a folder with everything in it; the targets of links in it stay.

    Raises:
        OSError: it is a link or a file, the removal fails, or folders in it are nested a thousand deep.
    """
    if not stat.S_ISDIR(folder.stat(follow_symlinks=False).st_mode):  # rmtree would wait at a pipe
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    try:
        shutil.rmtree(folder)
    except RecursionError as error:  # until Python 3.13
        raise OSError(errno.ENAMETOOLONG, "folders in it are nested too deeply", str(folder)) from error


def remove_file(root: Path, path: str) -> None:
    """Remove a file of the site, if it is there; raises OSError if the path leads elsewhere, or the removal fails."""
    inside(root, path).unlink(missing_ok=True)


@contextmanager
def writing(path: str | Path, what: str = "the site") -> Iterator[None]:
    """Report what keeps a file or folder from being written, as its problem."""
    try:
        yield
    except OSError as error:
        raise refusal(path, "unwritable", f"{what} can't be written: {reason_of(error)}") from error


@contextmanager
def changing(root: Path) -> Iterator[None]:
    """Report what keeps a file below a folder from being changed, as a problem of that file."""
    try:
        yield
    except OSError as error:
        raise refusal(str(error.filename or root), "unwritable", reason_of(error)) from error


def _mode_of(place: Path) -> int | None:
    """The permissions of the file at a place; None if there is none: those of a link's target are no concern of ours."""
    with suppress(FileNotFoundError):
        mode = place.lstat().st_mode
        return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None
    return None


def _write(path: Path, content: bytes, mode: int | None, *, settle: bool) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        if settle:
            os.fsync(handle)
    if mode is not None:
        path.chmod(mode)


def _settle(folder: Path) -> None:
    """Sync the names in a folder to disk; systems that can't sync a folder keep them anyway."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
