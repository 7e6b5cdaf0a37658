"""Results that are costly to make and depend only on their inputs, kept between builds in .cache/.

Each entry is a file named by the digest of everything it depends on, including versions of libraries. It starts with
the digest of its name and content, and is made again if the two don't match. A clean build and `verify` read no entries.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import SiteError
from sitegen.source.file_writing import replace_files
from sitegen.source.files import MOST_BYTES, inside, is_waiting
from sitegen.storage.own_records import own_files, read_own, remove_own

FOLDER = ".cache/pictures"
#: The variable in which `compare` names the site whose pictures a build shares, as a commit can't be trusted to.
LENT = "SITEGEN_PICTURES_OF"
CATALOGS = ".cache/messages"
_DIGEST = 32
#: The name of a folder of entries, and of an entry, also as older versions were writing it.
_FOLDER = re.compile("[0-9a-f]{2}")
_OWN = re.compile(r"([0-9a-f]{16}|[0-9a-f]{64})(\.[0-9a-f]{8})?")


class Cache(Struct, frozen=True):
    """The entries of a site; nothing is kept in a folder that is not writable, or is reached through a link."""

    folder: Path
    is_read: bool = True  #: whether entries of earlier builds are used
    is_kept: bool = True  #: whether new entries are kept

    @classmethod
    def of(cls, root: Path, folder: str = FOLDER, *, is_read: bool = True) -> Cache:
        """A cache of a site."""
        root = Path(os.environ.get(LENT) or root) if folder == FOLDER else root
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
        try:
            whole = read_own(inside(self.folder, _place(key)), lambda size: size <= MOST_BYTES)
        except OSError:
            return None
        digest, content = whole[:_DIGEST], whole[_DIGEST:]
        return content if _digest(key, content) == digest else None

    def keep(self, key: str, content: bytes) -> None:
        """Write the content of a key."""
        if self.is_kept:
            with contextlib.suppress(OSError, SiteError):
                replace_files(self.folder, {_place(key): _digest(key, content) + content}, settle=False)

    def keep_only(self, key: str, content: bytes) -> None:
        """Write the content of a key, and remove all others."""
        self.keep(key, content)
        if self.is_kept:
            remove_own(file for file in self.entries() if file.name != key)

    def entries(self) -> Iterator[os.DirEntry[str]]:
        """The file of each entry, and of those that killed builds were writing."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as found:
            for folder in found:
                if _FOLDER.fullmatch(folder.name):
                    yield from own_files(folder, lambda name: _OWN.fullmatch(name) or is_waiting(name))


def _place(key: str) -> str:
    return f"{key[:2]}/{key}"


def _digest(key: str, content: bytes) -> bytes:
    """The digest of an entry: of its name too, so that one put in the place of another is noticed."""
    digest = hashlib.sha256(key.encode())
    digest.update(content)
    return digest.digest()


def _is_ours(root: Path, folder: str) -> bool:
    try:
        inside(root, f"{folder}/00/0")
    except OSError:  # a link that leads to somewhere else
        return False
    return True
