"""What is costly to make and depends on nothing but what it is made of, kept between builds in .cache/, even a clean one's.

Each entry is a file named by the digest of all that it depends on, the versions of libraries among it, and so is never
wrong; what no build has asked for in a quarter of a year is removed.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = ".cache/pictures"
_LONGEST = 90 * 24 * 3600
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Cache:
    """The entries of a site; where its folder can't be written, nothing is kept."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> Cache:
        """The cache of a site."""
        return cls(root / FOLDER)

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of a key (hex digits), made now if they are not kept."""
        path = self.folder / key[:2] / key
        try:
            content = path.read_bytes()
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)
        except OSError:
            content = b""
        return content or self._keep(path, make())

    def _keep(self, path: Path, content: bytes) -> bytes:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{path.name}.{os.getpid()}")
            temporary.write_bytes(content)
            os.replace(temporary, path)
        return content

    def prune(self) -> None:
        """Remove what has not been asked for in a long time."""
        with contextlib.suppress(OSError):
            for path in self.folder.glob("??/*"):
                if time.time() - path.stat().st_mtime > _LONGEST:
                    path.unlink()
