"""What is costly to make and depends on nothing but what it is made of, kept between builds in .cache/.

Each entry is a file named by the digest of all that it depends on, the versions of libraries among it; it begins with
the digest of its own bytes, and is made anew where they differ. A clean build and `verify` read none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

FOLDER = ".cache/pictures"
_DIGEST = 32


class Cache(Struct, frozen=True):
    """The entries of a site; where its folder can't be written, or a link in its place leads elsewhere, nothing is kept.

    Attributes:
        is_read: whether entries of earlier builds are used.
        is_kept: whether new ones are kept.
    """

    folder: Path
    is_read: bool = True
    is_kept: bool = True

    @classmethod
    def of(cls, root: Path, *, is_read: bool = True) -> Cache:
        """The cache of a site."""
        return cls(root / FOLDER, is_read and _is_ours(root), is_kept=_is_ours(root))

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of a key (hex digits), made now if they are not kept."""
        path = self.folder / key[:2] / key
        kept = self._read(path) if self.is_read else None
        return self._keep(path, make()) if kept is None else kept

    def _read(self, path: Path) -> bytes | None:
        """The bytes of an entry; None where there is none, or it is damaged."""
        try:
            whole = path.read_bytes()
        except OSError:
            return None
        digest, content = whole[:_DIGEST], whole[_DIGEST:]
        return content if hashlib.sha256(content).digest() == digest else None

    def _keep(self, path: Path, content: bytes) -> bytes:
        if not self.is_kept:
            return content
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            try:
                temporary.write_bytes(hashlib.sha256(content).digest() + content)
                os.replace(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
        return content


def _is_ours(root: Path) -> bool:
    """Whether the folder is a cache of pictures: this site's, or that of another to which `compare` has linked it."""
    return os.path.realpath(root / FOLDER).replace(os.sep, "/").endswith(f"/{FOLDER}")
