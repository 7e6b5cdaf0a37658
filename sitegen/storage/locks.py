"""Locks of files, which end with the process that holds them: of builds, of their memory, of publications."""

from __future__ import annotations

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
