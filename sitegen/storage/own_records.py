"""What builds have left for the next one, in folders that a branch may have filled first.

A record is read only while it is no larger than the site explains, no link is followed on the way to it, and what is
removed has a name that we give. `replace_files` writes records, whole and through no link either.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path

#: Bytes that any record may have, and bytes more for each file in the folders that it is about.
FOR_ALL, FOR_EACH = 10_000_000, 5_000


def read_bounded(root: Path, path: str, folders: Iterable[Path | str] = ()) -> bytes:
    """The bytes of a record; empty if there is none, or a pipe, or more than can have been left there.

    Args:
        path: the record's, below `root`; no step of it is a link.
        folders: the files below them, of which the record tells.
    """
    place = str(root)
    for step in path.split("/")[:-1]:
        place = f"{place}/{step}"
        if os.path.islink(place):  # noqa: PTH114 - each build reads some
            return b""
    return read_own(f"{root}/{path}", lambda size: _is_explained(size, folders))


def open_own(path: str | Path) -> int:
    """A file of ours, open to be read; a link or a pipe may be in its place: neither is followed or waited for."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def read_own(path: str | Path, is_read: Callable[[int], bool] = lambda size: True) -> bytes:
    """The bytes of a file of ours; empty if there is none, or a link, or a pipe, which nobody may ever fill.

    Args:
        is_read: whether a file of a size is read.
    """
    try:
        handle = open_own(path)
        with open(handle, "rb") as file:
            looks = os.fstat(handle)
            return file.read() if stat.S_ISREG(looks.st_mode) and is_read(looks.st_size) else b""
    except OSError:  # a folder among others
        return b""


def own_files(folder: Path | os.DirEntry[str], is_ours: Callable[[str], object]) -> list[os.DirEntry[str]]:
    """The regular files of a folder that have names which we give; none if it is a link."""
    found: list[os.DirEntry[str]] = []
    if not folder.is_symlink():
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            found += (entry for entry in entries if is_ours(entry.name) and entry.is_file(follow_symlinks=False))
    return found


def remove_own(files: Iterable[os.DirEntry[str]]) -> None:
    """Remove files that `own_files` has found; another build may remove them too."""
    for file in files:
        with contextlib.suppress(OSError):
            os.unlink(file)


def _is_explained(size: int, folders: Iterable[Path | str]) -> bool:
    """Whether a record may be so large; files are counted for a large one only, until they are enough."""
    wanted = (size - FOR_ALL) / FOR_EACH
    counts = (len(files) for folder in folders for _, _, files in os.walk(folder))
    return wanted <= 0 or any(count >= wanted for count in accumulate(counts))
