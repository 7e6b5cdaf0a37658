"""The lock of an output folder: one build at a time uses it, and has a folder beside it in which its files wait.

The lock ends with the process that holds it; what a killed build has left is removed by the next.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitegen.problems.problem import SiteError, refusal
from sitegen.source.file_writing import remove_tree, writing
from sitegen.storage.locks import is_locked, open_lock
from sitegen.storage.output import WAITING, list_output

#: What a lock holds, beside which anything may be removed.
_OURS = b"A build of sitegen puts files here, and removes what is here.\n"


@contextmanager
def alone(target: Path) -> Iterator[Path]:
    """Lock an output folder, and yield the folder in which files may wait; raises SiteError if another build runs."""
    with writing(target):
        work = _workplace(target.resolve())
        lock = _lock(work)
    if lock is None:
        hint = "run this again when it has finished, or name another folder with --output"
        raise refusal(target, "unreadable", "another build is running in this output folder", hint)
    try:
        with writing(target), contextlib.suppress(FileNotFoundError):  # left by a build that was killed
            _require_folder(work / "site")
            remove_tree(work / "site")
        yield work / "site"
    finally:
        with contextlib.suppress(OSError):
            remove_tree(work / "site")
        with contextlib.suppress(OSError):  # while it is locked: the next build creates it again
            if not os.path.lexists(work / "site"):  # otherwise the lock shows whose it is
                (work / "lock").unlink()
                work.rmdir()
        os.close(lock)


def _workplace(target: Path) -> Path:
    """The working folder: beside the output folder, or in it if that is a separate disk, as a container's volume."""
    return target.with_name(f".{target.name}.stage") if _takes_from_beside(target) else target / WAITING


def _takes_from_beside(target: Path) -> bool:
    """Whether a rename from beside the folder into it works: the same disk may still be mounted twice."""
    if not target.is_dir():
        return True
    probe = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        probe.mkdir()
    except OSError:
        return False
    try:
        probe.rename(target / probe.name)
        probe = target / probe.name
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    finally:
        probe.rmdir()
    return True


def _lock(work: Path) -> int | None:
    """An open file that locks a folder, created if needed; None if another build has locked it.

    Raises:
        OSError: what is there was made by no build, which leaves no file in it without the lock.
    """
    while True:
        with contextlib.suppress(FileExistsError):
            work.mkdir(mode=0o700, parents=True)
        _require_folder(work)
        is_new = not (work / "lock").exists()
        try:
            handle = open_lock(work / "lock", 0o600)
        except FileNotFoundError:  # the build that held it has just ended
            continue
        if not is_locked(handle, otherwise=True):
            os.close(handle)
            return None
        if _is_same(handle, work / "lock"):
            _claim(handle, work, is_new=is_new)
            return handle
        os.close(handle)


def _claim(handle: int, work: Path, *, is_new: bool) -> None:
    """Let the lock say whose it is; raises OSError and closes it if it says otherwise, or nothing beside other files."""
    said = os.pread(handle, len(_OURS) + 1, 0) if stat.S_ISREG(os.fstat(handle).st_mode) else b"a pipe"
    if said == _OURS:
        return
    if _OURS.startswith(said) and _has_only_ours(work):  # new, or as a full disk or an older version has left it
        os.pwrite(handle, _OURS, 0)
        return
    if is_new:
        (work / "lock").unlink()
    os.close(handle)
    raise FileExistsError(errno.EEXIST, f"no build has made what is in {work.name}; move it elsewhere", str(work))


def _has_only_ours(work: Path) -> bool:
    """Whether there is nothing beside the lock but files that the marker among them names."""
    with contextlib.suppress(SiteError):
        return {path.name for path in work.iterdir()} <= {"lock", "site"} and list_output(work / "site") is not None
    return False


def _require_folder(folder: Path) -> None:
    """Raise OSError if there is something else."""
    is_link = folder.is_symlink()
    if is_link or (folder.exists() and not folder.is_dir()):
        what = "a link" if is_link else "a file"
        message = f"{what} is where temporary files must be, {folder.parent.name}/{folder.name}"
        raise FileExistsError(errno.EEXIST, message, str(folder))


def _is_same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False
