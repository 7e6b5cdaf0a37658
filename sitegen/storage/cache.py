"""Results that are costly to make and depend only on their inputs, kept between builds in .cache/.

Each entry is a file named by the digest of everything it depends on, including versions of libraries. It starts with
the digest of its name and content, and is made again if the two don't match. A clean build and `verify` read no entries.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from sitegen.source.files import read_given

FOLDER = ".cache/pictures"
CATALOGS = ".cache/messages"
_DIGEST = 32


class Cache(Struct, frozen=True):
    """The entries of a site; nothing is kept if the folder is not writable, or is a link to somewhere else."""

    folder: Path
    is_read: bool = True  #: whether entries of earlier builds are used
    is_kept: bool = True  #: whether new entries are kept

    @classmethod
    def of(cls, root: Path, folder: str = FOLDER, *, is_read: bool = True) -> Cache:
        """A cache of a site."""
        is_ours = _is_ours(root, folder)
        return cls(root / folder, is_read and is_ours, is_kept=is_ours)

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The content of a key (hex digits), made now if it is not in the cache."""
        kept = self.find(key)
        if kept is None:
            kept = make()
            self.keep(key, kept)
        return kept

    def find(self, key: str) -> bytes | None:
        """The content of a key; None if it is missing or damaged."""
        if not self.is_read:
            return None
        path = self._place(key)
        try:
            whole = read_given(path)
        except OSError:
            return None
        digest, content = whole[:_DIGEST], whole[_DIGEST:]
        return content if _digest(path, content) == digest else None

    def keep(self, key: str, content: bytes) -> None:
        """Write the content of a key."""
        if not self.is_kept:
            return
        path = self._place(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
            try:
                temporary.write_bytes(_digest(path, content) + content)
                os.replace(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)

    def keep_only(self, key: str, content: bytes) -> None:
        """Write the content of a key, and remove all others."""
        self.keep(key, content)
        with contextlib.suppress(OSError):
            for path in self.folder.glob("*/*") if self.is_kept else ():
                if path.name != key:
                    path.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _digest(path: Path, content: bytes) -> bytes:
    """The digest of an entry: of its name too, so that one put in the place of another is noticed."""
    digest = hashlib.sha256(path.name.encode())
    digest.update(content)
    return digest.digest()


def _is_ours(root: Path, folder: str) -> bool:
    """Whether the folder is a cache of its kind: this site's, or another site's to which `compare` has linked it."""
    return os.path.realpath(root / folder).replace(os.sep, "/").endswith(f"/{folder}")
