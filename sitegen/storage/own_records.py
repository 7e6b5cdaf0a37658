"""What builds have left for the next one: read only while it is no larger than the site explains."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

#: Bytes that any record may have, and bytes more for each file in the folders that it is about.
FOR_ALL, FOR_EACH = 10_000_000, 5_000


def read_bounded(path: Path | str, folders: Iterable[Path | str] = ()) -> bytes:
    """The bytes of a record; empty if there is none, or a link, a pipe, or more than can have been left there.

    Args:
        folders: the files below them, of which the record tells.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            looks = os.fstat(handle)
            is_read = stat.S_ISREG(looks.st_mode) and _is_explained(looks.st_size, folders)
            return file.read(looks.st_size) if is_read else b""
    except OSError:  # a folder among others
        return b""


def _is_explained(size: int, folders: Iterable[Path | str]) -> bool:
    """Whether a record may be so large; files are counted for a large one only, until they are enough."""
    wanted = (size - FOR_ALL) / FOR_EACH
    counts = (len(files) for folder in folders for _, _, files in os.walk(folder))
    return wanted <= 0 or any(count >= wanted for count in accumulate(counts))
