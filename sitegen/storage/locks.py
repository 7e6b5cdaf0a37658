"""Locks, which end with the process that holds them: of builds, of their memory, of publications, of a site's sources."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]


def is_locked(handle: int, *, otherwise: bool) -> bool:
    """Lock an open file unless another process has locked it; `otherwise` where the system or the disk has no locks."""
    if fcntl is None:
        return otherwise
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return otherwise
    return True


def open_lock(path: Path, mode: int = 0o666) -> int:
    """A file to be locked, open and created if needed; a link is not followed, and a pipe not waited for."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)


@contextmanager
def one_at_a_time(folder: Path, tell: Callable[[], None]) -> Iterator[None]:
    """Wait for the others that have locked a folder, and then be the one that has; `tell` is called if there are any.

    A folder that can't be opened isn't locked: either there is none, or the system opens no folders.
    """
    handle = -1
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if handle >= 0 and not is_locked(handle, otherwise=True):
            tell()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle >= 0:
            os.close(handle)
