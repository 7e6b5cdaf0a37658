"""Working folders, in which `import` and `init` make a site before they move it into place, all of it or nothing.

What a command that was killed has left there is completed or removed by the next one.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sitegen.source.file_writing import move, remove_tree, replace_files
from sitegen.storage.locks import is_locked, one_at_a_time, open_lock
from sitegen.storage.own_records import read_bounded

#: Marks each working folder, and names what is moved once all is made.
_OURS, _READY = "begun", "ready"
#: Locked beside such folders while one is emptied; the site's folder itself may be locked by the whole command.
_LOCK = ".put-in-place"
#: How often to try to lock such a folder, and the seconds between two tries.
_TRIES, _PAUSE = 100, 0.02


@contextmanager
def working_folder(root: Path, prefix: str) -> Iterator[Path]:
    """A new folder inside `root`, which is created if needed; whatever is left in it at the end is removed.

    Raises:
        OSError: it can't be created.
    """
    import tempfile  # loads random, which a build does not need

    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root, prefix=prefix))
    with _alone(folder):
        try:
            yield folder
        finally:
            _remove(folder)


def put_in_place(work: Path, names: Iterable[str]) -> None:
    """Move what was made in a working folder out of it, in this order, or let `finish_interrupted` do the rest.

    Raises:
        OSError: something of one of these names is there already, or a move fails.
    """
    names, lock = [*names], work.parent / _LOCK
    os.close(open_lock(lock))
    with one_at_a_time(lock, lambda: None), _removed(lock):  # another command may have begun at the same moment
        if any(os.path.lexists(work.parent / name) for name in names):
            raise FileExistsError(errno.EEXIST, "another command has made a site there meanwhile", str(work.parent))
        replace_files(work, {_READY: "\n".join(names).encode()})
        _move_out(work)


@contextmanager
def _removed(lock: Path) -> Iterator[None]:
    """Remove a file in the end; whoever waits for it will find a site."""
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _move_out(work: Path) -> bool:
    """Move what is still there of what is ready; return whether a command got so far."""
    ready = read_bounded(work, _READY).decode("utf-8", "replace")
    for name in ready.split("\n") if ready else ():
        if os.path.lexists(work / name):
            move(work.parent, f"{work.name}/{name}", name)
    return bool(ready)


def finish_interrupted(root: Path, prefix: str) -> bool:
    """Complete the moves of commands that were killed, and remove their folders; return whether any was completed.

    Raises:
        OSError: a command is still at work in such a folder, or it can't be moved or removed.
    """
    finished = False
    if (root / _LOCK).exists():
        (root / _LOCK).unlink(missing_ok=True)
    for folder in sorted(root.glob(f"{prefix}*")):
        if folder.is_dir() and not folder.is_symlink() and ((folder / _OURS).exists() or not any(folder.iterdir())):
            with _alone(folder):
                finished |= _move_out(folder)
                _remove(folder)
    return finished


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock a working folder; forked processes hold the lock as well, until the last of them has ended.

    The processes of a command that was just killed have a moment to end. Where the system or the disk has no locks, two
    commands at work in one folder go unnoticed, as two builds do.
    """
    handle = open_lock(folder / _OURS)
    try:
        for _ in range(_TRIES):
            if is_locked(handle, otherwise=True):
                break
            time.sleep(_PAUSE)
        else:
            message = "another command is at work there; run this again when it has finished"
            raise BlockingIOError(errno.EWOULDBLOCK, message, str(folder))
        yield
    finally:
        os.close(handle)


def _remove(folder: Path) -> None:
    """Remove a working folder; the file that marks it as ours goes last."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        elif path.name != _OURS:
            path.unlink()
    remove_tree(folder)
