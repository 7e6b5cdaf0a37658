"""Texts on disk instead of in memory: written once, readable by any process, so that none holds the whole site."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from pathlib import Path

from msgspec import Struct, field

from sitegen.model.page import Shelved
from sitegen.problems.problem import refusal
from sitegen.source.files import reason_of
from sitegen.storage.own_records import open_own


class DamagedError(Exception):
    """Content that was put on a shelf is missing or has changed."""


class Shelf(Struct):
    """A folder of files to which bytes are appended, one file for each process that writes.

    A forked process writes to its own file, and reads those of its parent. Files of this shelf are known by their names:
    only what an earlier build has left may have changed since.
    """

    folder: Path
    _ending: str = field(default_factory=lambda: f"-{os.urandom(4).hex()}")
    _own: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)

    def put(self, content: bytes) -> Shelved:
        """Keep bytes; raises SiteError if the disk is full, or the folder is gone."""
        try:
            name, handle, offset = self._own.get(os.getpid()) or self._begin()
            written = os.write(handle, content)
            self._own[os.getpid()] = (name, handle, offset + written)
            if written != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise refusal(
                self.folder, "unwritable", f"the build's cache can't be written: {reason_of(error)}"
            ) from error
        return Shelved(name, offset, len(content), zlib.crc32(content))

    def get(self, shelved: Shelved) -> bytes:
        """The bytes that were kept; raises DamagedError if they are missing, or have changed since an earlier build."""
        file, offset, length, checksum = shelved
        try:
            if file not in self._open:
                self._open[file] = open_own(self.folder / file)
            content = os.pread(self._open[file], length, offset)
        except OSError as error:
            raise DamagedError(file) from error
        if len(content) != length or (not file.endswith(self._ending) and zlib.crc32(content) != checksum):
            raise DamagedError(file)
        return content

    def close(self) -> None:
        """Close every file; what was kept stays."""
        for handle in (*self._open.values(), *(handle for _, handle, _ in self._own.values())):
            os.close(handle)
        self._open.clear()
        self._own.clear()

    def _begin(self) -> tuple[str, int, int]:
        name = f"{os.getpid()}{self._ending}"
        handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
        looks = os.fstat(handle)
        if not looks.st_mode & stat.S_IRUSR:  # as the umask would have it; we must read it
            os.fchmod(handle, stat.S_IMODE(looks.st_mode) | stat.S_IRUSR)
        return name, handle, looks.st_size  # a process that has ended may have had the same number
