"""The build's memory in .cache/build/: what the last build read and made, for the next one, in this process or another.

An index, small and whole, says what there is; pages and texts lie on a shelf and are read when they are needed. What
is damaged, cut short or of another version is forgotten. One build at a time has the memory; another does without.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import marshal
import os
import pickle
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sitegen.model.values import Document, Key, Page, Shelved
from sitegen.problems.problem import SiteError
from sitegen.storage.blobs import DamagedError, Shelf
from sitegen.storage.processes import spread

try:
    import fcntl
except ImportError:  # no file locks, so no memory either: two builds at once could harm each other
    fcntl = None  # type: ignore[assignment]

FOLDER = ".cache/build"
INDEX = "index"
#: Files of the last build whose time is this near to its end may have changed once more within the same tick.
UNSETTLED = 2_000_000_000
#: Each build that reads anew adds files to the shelf; beyond this many it is cleared by a build from the beginning.
MOST_FILES = 64

_LIBRARIES = ("Babel", "Jinja2", "MarkupSafe", "PyYAML", "icalendar", "icu4py", "pillow", "pyromark")


class Opened(Protocol):
    """A lock that is held until it is closed."""

    def close(self) -> None: ...


@dataclass
class Memory:
    """What the last build knew; `index` is empty where it knew nothing.

    Attributes:
        shelf: pages and texts, of the last build and of this one.
        is_kept: whether this build may leave its own index for the next.
    """

    folder: Path
    shelf: Shelf
    is_kept: bool
    index: dict[str, Any] = field(default_factory=dict)
    lock: Opened | None = None

    @classmethod
    def open(cls, root: Path, *, clean: bool = False, is_kept: bool = True) -> Memory:
        """The memory of a site; one that forgets everything if asked, or where .cache/ can't be written or is in use."""
        folder = root / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = _lock(folder) if is_kept else None
        except OSError:
            lock = None
        if lock is None:
            temporary = Path(tempfile.mkdtemp(prefix="sitegen-"))
            return cls(temporary, Shelf(temporary), is_kept=False)
        memory = cls(folder, Shelf(folder), is_kept=True, lock=lock)
        memory.index = {} if clean else _read_index(folder / INDEX)
        if not memory.index or len(memory.index["shelves"]) > MOST_FILES:
            memory.forget()
        return memory

    def forget(self) -> None:
        """Begin anew."""
        self.index = {}
        self.shelf.close()
        for path in self.folder.iterdir():
            if path.name != "lock":
                path.unlink(missing_ok=True)

    def documents(self, key: Key) -> tuple[Document, ...]:
        """The versions of a page as the last build read them.

        Raises:
            DamagedError: they are no longer readable.
        """
        content = self.shelf.get(Shelved(*self.index["pages"][key][:4]))
        try:
            documents: tuple[Document, ...] = pickle.loads(content)  # noqa: S301 - our own: its checksum is in our index
        except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError) as error:
            raise DamagedError(key) from error
        return documents

    def shelve(self, pages: Mapping[Key, tuple[Document, ...]], workers: int) -> dict[Key, tuple[Any, ...]]:
        """Put the versions of pages on the shelf: key → where, and in which files their texts are."""

        def put(keys: Sequence[Key]) -> list[tuple[Key, tuple[Any, ...]]]:
            return [(key, (*self.shelf.put(pickle.dumps(pages[key], protocol=5)), _files(pages[key]))) for key in keys]

        if not self.is_kept:
            return {}
        try:
            return dict(row for rows in spread(list(pages), put, workers) for row in rows)
        except SiteError:  # the disk is full, but the site is whole
            self.is_kept = False
            return {}

    def save(self, index: Mapping[str, Any]) -> None:
        """Leave an index for the next build; without one it begins anew, so a full disk costs no more than time."""
        if not self.is_kept:
            return
        used = {name for place in index["pages"].values() for name in (place[0], *place[4])}
        whole = {**index, "version": version(), "shelves": sorted(used), "saved": time.time_ns()}
        payload = marshal.dumps(whole)
        self.index = whole
        temporary = self.folder / f"{INDEX}.{os.getpid()}"
        with contextlib.suppress(OSError):
            temporary.write_bytes(hashlib.sha256(payload).digest() + payload)
            os.replace(temporary, self.folder / INDEX)
            for path in self.folder.iterdir():
                if path.name not in used and path.name not in (INDEX, "lock"):
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let another build have it."""
        self.shelf.close()
        if self.lock is not None:
            self.lock.close()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class RememberedPages(Mapping[Key, Page]):
    """The pages of the last build, each read when it is asked for, but for those that are newer."""

    def __init__(self, keys: Iterable[Key], read: Callable[[Key], Page], newer: Mapping[Key, Page]) -> None:
        self._keys = dict.fromkeys(keys)
        self._read = read
        self._known: dict[Key, Page] = dict(newer)

    def __getitem__(self, key: Key) -> Page:
        if key not in self._known:
            if key not in self._keys:
                raise KeyError(key)
            self._known[key] = self._read(key)
        return self._known[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


def _files(documents: Iterable[Document]) -> tuple[str, ...]:
    return tuple(sorted({document.html.file for document in documents}))


def version() -> str:
    """The code, the libraries and Python: what another of them remembers is not to be trusted."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    for name in _LIBRARIES:
        digest.update(importlib.metadata.version(name).encode())
    return digest.hexdigest()


def _lock(folder: Path) -> Opened | None:
    """A lock on the folder; None where another build has it."""
    if fcntl is None:
        return None
    handle = (folder / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def _read_index(path: Path) -> dict[str, Any]:
    """The index of the last build; empty where there is none that can be trusted."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return {}
    try:
        index: dict[str, Any] = marshal.loads(content[32:])  # noqa: S302 - its digest is that of what we wrote
    except (EOFError, ValueError, TypeError):  # another Python's
        return {}
    return index if index.get("version") == version() else {}
