"""The build's memory in .cache/build/: what the last build read and made, for the next build in any process.

A small record lists what there is; pages and texts are on a shelf and are read on demand. Neither can run code, see
`serialization.py`. A memory that is damaged, truncated, from another version or implausible is discarded. One build at
a time holds the memory; another works without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.engine_digest import version
from sitegen.build.serialization import UnstoredError, decode_documents, decoder, encode, encode_documents
from sitegen.content.content_files import Signature
from sitegen.i18n.language_tags import Tags, known_tags, recall
from sitegen.model.page import Document, Key, Page, Shelved
from sitegen.problems.problem import Problem, SiteError
from sitegen.render.dependency_recording import Kind
from sitegen.source.file_writing import remove_tree, replace_files
from sitegen.source.files import inside, is_waiting
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse
from sitegen.storage.blobs import DamagedError, Shelf
from sitegen.storage.locks import is_locked, open_lock
from sitegen.storage.own_records import own_files, read_bounded, remove_own
from sitegen.storage.processes import spread
from sitegen.storage.temporary_folder import make_temporary_folder

FOLDER = ".cache/build"
INDEX = "index"
#: Files of the last build modified this shortly before its end may have changed again within the same clock tick.
UNSETTLED = 2_000_000_000
#: Each build that reads pages adds files to the shelf; beyond this many, a build starts from scratch and clears it.
MOST_FILES = 64
#: From this many pages on, several processes are faster than one: shelving takes 50 µs a page, starting them 20 ms.
MANY = 2_000

_CHECKSUM = 32
#: The names that we give: of the record, also as older versions wrote it, and of what is on the shelf.
_OWN = re.compile(rf"{INDEX}(\.[0-9]+)?|[0-9]+-[0-9a-f]{{8}}")


class StoredPage(NamedTuple):
    """A page on the shelf: where its documents are, and which files hold their texts."""

    place: Shelved
    files: tuple[str, ...]


class Fingerprint(NamedTuple):
    """An aspect, and its digest in the last build."""

    kind: Kind
    key: Key
    language: str
    digest: str


class MadeBefore(NamedTuple):
    """A file that was made: its job, the numbers of the aspects it depends on, and its size and modification time."""

    maker: str
    language: str
    key: Key
    number: int
    name: str
    aspects: tuple[int, ...]
    looks: tuple[int, int]


class StoredNode(Node, frozen=True):
    """A node, with the types that its value may have."""

    value: bool | int | float | str | tuple[StoredNode, ...] | dict[str, StoredNode] | None


class Record(Struct, frozen=True, kw_only=True):
    """What a build saves for the next one."""

    settings: str  #: digest of the settings files
    frames: dict[str, str]  #: language → digest of what all its pages share
    due: tuple[str, str]  #: the first day on which the same pages are published, and the day after the last
    is_whole: bool  #: whether every page of the site is stored
    signatures: dict[str, Signature]
    pages: dict[Key, StoredPage]  #: those that were read without a problem; `held` to `moved` are as in the library
    held: dict[Key, str]
    referrers: dict[Key, dict[str, tuple[Key, ...]]]
    segments: dict[tuple[Key, str], tuple[str, ...]]
    below: dict[Key, tuple[Key, ...]]
    ordered: dict[tuple[Key, str], tuple[Key, ...]]
    moved: dict[Key, Key]
    output: str  #: the folder in which the outputs are
    outputs: dict[str, MadeBefore]
    aspects: tuple[Fingerprint, ...]
    warnings: tuple[Problem, ...]
    version: str = ""  #: of the code, the libraries and Python; a record from another version is not trusted
    saved: int = 0  #: when it was saved, in nanoseconds since 1970
    parsed: dict[str, StoredNode] = {}  #: digest of a settings file → its nodes
    tags: Tags = Tags({}, {})

    def shelves(self) -> set[str]:
        """The shelf files that hold pages and texts of this record."""
        return {name for page in self.pages.values() for name in (page.place.file, *page.files)}

    def is_sound(self) -> bool:
        """Whether every path is below its folder; nothing else in a record could do harm."""
        return all("/" not in name and name not in ("", "..", ".") for name in self.shelves()) and all(
            not path.startswith("/") and ".." not in path.split("/")
            for path in self.outputs
            if ".." in path or path[:1] in "/"
        )


_decode_record = decoder(Record)

#: Pages that are kept as they were decoded; all of a large site would take too much memory.
MOST_DECODED = 200


class Memory(Struct):
    """What the last build knew; `record` is None if nothing is known."""

    folder: Path
    shelf: Shelf  #: pages and texts, of the last build and of this one
    is_kept: bool  #: whether this build may leave its own record for the next
    record: Record | None = None
    lock: IO[str] | None = None  #: held until it is closed
    parsed: dict[str, Node] = {}  #: digest of a settings file → its nodes, of those read since the record was saved
    decoded: dict[Shelved, tuple[Document, ...]] = {}  #: pages that the preview need not read from the shelf again

    @classmethod
    def open(cls, root: Path, *, clean: bool = False, is_kept: bool = True) -> Memory:
        """The memory of a site; an empty one if `clean`, or if .cache/ is not writable or is in use."""
        folder = root / FOLDER
        try:
            inside(root, f"{FOLDER}/lock").parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(folder) if is_kept else None
        except OSError:
            lock = None
        if lock is None:
            temporary = make_temporary_folder()
            return cls(temporary, Shelf(temporary), is_kept=False)
        memory = cls(folder, Shelf(folder), is_kept=True, lock=lock)
        memory.record = None if clean else _read_record(root)
        if memory.record is None or len(memory.record.shelves()) > MOST_FILES:
            memory.forget()
        if memory.record is not None:
            recall(memory.record.tags)
        return memory

    def is_there(self) -> bool:
        """Whether its folder is still the one that was opened: anybody may delete .cache/ at any time."""
        try:
            found = os.stat(self.folder / "lock" if self.lock else self.folder)
            return self.lock is None or os.path.samestat(found, os.fstat(self.lock.fileno()))
        except OSError:
            return False

    def forget(self) -> None:
        """Discard everything and start from scratch."""
        self.record = None
        self.shelf.close()
        self._remove_but(frozenset())

    def _remove_but(self, used: frozenset[str]) -> None:
        own = own_files(self.folder, lambda name: _OWN.fullmatch(name) or is_waiting(name))
        remove_own(file for file in own if file.name not in used)

    def parse(self, source: Source, text: str) -> Node:
        """The nodes of a settings file, as the last build read them if the text is the same; loading PyYAML takes longer.

        Raises:
            SiteError: with every problem of the file.
        """
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = {**(self.record.parsed if self.record else {}), **self.parsed}.get(digest)
        self.parsed[digest] = known if known is not None and known.entries else parse(source, text)
        return self.parsed[digest]

    def documents(self, key: Key) -> tuple[Document, ...]:
        """The versions of a page as the last build read them.

        Raises:
            DamagedError: they are unreadable, or belong to another page.
        """
        if self.record is None or key not in self.record.pages:
            raise DamagedError(key)
        place = self.record.pages[key].place
        documents = self.decoded.get(place) or decode_documents(self.shelf.get(place))
        if not documents or any(document.key != key for document in documents):
            raise DamagedError(key)
        if len(self.decoded) >= MOST_DECODED:
            self.decoded.clear()
        self.decoded[place] = documents
        return documents

    def shelve(self, pages: Mapping[Key, tuple[Document, ...]], workers: int) -> dict[Key, StoredPage]:
        """Put the versions of pages on the shelf, and return where they are."""

        def put(keys: Sequence[Key]) -> list[tuple[Key, StoredPage]]:
            return [(key, stored) for key in keys if (stored := self._put(pages[key]))]

        if not self.is_kept:
            return {}
        try:
            return dict(row for rows in spread(list(pages), put, workers, worth=MANY) for row in rows)
        except SiteError:  # the disk is full, but the site is whole
            self.is_kept = False
            return {}

    def _put(self, documents: tuple[Document, ...]) -> StoredPage | None:
        try:
            content = encode_documents(documents)
        except UnstoredError:
            return None
        return StoredPage(self.shelf.put(content), tuple(sorted({document.html.file for document in documents})))

    def save(self, record: Record) -> None:
        """Save a record for the next build; if that fails, as on a full disk, the next build only takes longer."""
        if not self.is_kept:
            return
        self.record = replace(record, version=version(), saved=time.time_ns(), parsed=self.parsed, tags=known_tags())
        self.parsed = {}
        with contextlib.suppress(OSError, SiteError, UnicodeEncodeError):  # names not in Unicode are not remembered
            payload = encode(self.record)
            replace_files(self.folder, {INDEX: hashlib.sha256(payload).digest() + payload}, settle=False)
            self._remove_but(frozenset((INDEX, *self.record.shelves())))

    def close(self) -> None:
        """Release the memory for other builds."""
        self.shelf.close()
        if self.lock is not None:
            self.lock.close()
        else:
            with contextlib.suppress(OSError):
                remove_tree(self.folder)


class RememberedPages(Mapping[Key, Page]):
    """The pages of the last build, each read on demand, except for the newer ones."""

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


def _lock(folder: Path) -> IO[str] | None:
    """A lock on the folder; None if another build holds it."""
    handle = os.fdopen(open_lock(folder / "lock"))
    if is_locked(handle.fileno(), otherwise=False):
        return handle
    handle.close()
    return None


def _read_record(root: Path) -> Record | None:
    """The record of the last build; None if there is none or it can't be trusted."""
    try:
        content = read_bounded(root, f"{FOLDER}/{INDEX}", [root / "content"])
        payload = content[_CHECKSUM:]
        if hashlib.sha256(payload).digest() != content[:_CHECKSUM]:
            return None
        record = _decode_record(payload)
    except (OSError, DamagedError):
        return None
    return record if record.version == version() and record.is_sound() else None
