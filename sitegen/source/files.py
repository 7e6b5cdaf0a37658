"""The only access to the files of a site: each path is checked before it is used, and its target once it is open.

A file is read only if it is below the site's folder and in the top folder that its path names: a link from `content/`
to another place in `content/` is followed, one that leads out is refused. They are written by `file_writing.py`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.paths import fault_of
from sitegen.source.text import MAX_FILE, decode, too_large

#: Prefix of files that wait to replace another; they are never read.
WAITING = ".edit-"
WAITING_NAME = re.compile(rf"{re.escape(WAITING)}([0-9a-f]{{8}})[0-9a-f]{{12}}")
#: Characters of a path that the disk refuses; it may be thousands.
_MOST_SHOWN = 160
#: Bytes of a file that is read: what GitHub takes, and four times what most hosts publish. It is held in memory twice.
MOST_BYTES = 100_000_000
#: Levels of folders below the site's; a path of 4,096 characters, the most that Linux takes, could have 2,000.
MOST_FOLDERS = 100
#: Bytes that are read at once of a file that has grown since it was looked at.
_MOST_AT_ONCE = 1 << 16
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
#: Where Linux tells which file a handle has open.
_HANDLES = "/proc/self/fd"

#: What may be in the place of a file, apart from devices.
_SORTS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


class LinkError(OSError):
    """A file is a link that leads out of the site, or is reached through one."""


class LargeError(OSError):
    """A file has more bytes than it may, of which none was read."""

    def __init__(self, path: str, size: int, most: int) -> None:
        super().__init__(errno.EFBIG, f"the file has {size:,} bytes, over {most:,}", path)
        self.size, self.most = size, most


def inside(root: Path, path: str) -> Path:
    """The place of a relative path below a folder, for writing; none of the folders in the path is a link.

    Raises:
        OSError: the path is not valid, or leads elsewhere.
    """
    fault = fault_of(unicodedata.normalize("NFC", path))
    if fault:
        raise OSError(errno.EINVAL, fault, path)
    folder = str(root)
    for part in path.split("/")[:-1]:
        folder = f"{folder}/{part}"
        if os.path.islink(folder):  # noqa: PTH114 - for each entry of a cache
            raise LinkError(errno.ELOOP, "a link is where a folder must be", path)
    return root / path


def shown(path: str) -> str:
    """A path that can be printed, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def walk(
    root: Path, top: str, problems: list[Problem], is_passed: Callable[[str], bool] = lambda name: False
) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Each folder below `top` with its files, sorted and including links to files; problems are appended.

    Args:
        is_passed: whether to skip a name.
    """
    waiting = [top] if (root / top).is_dir() else []
    if (root / top).is_symlink():  # none of its files could be read: they are not below it
        hint = "put the folder itself here"
        problems.append(Problem(path=shown(top), code="symlink", message="a link in place of a folder", hint=hint))
        waiting = []
    elif not waiting and (root / top).exists():
        message, hint = "a file in place of a folder", "delete it, or rename it"
        problems.append(Problem(path=shown(top), code="unreadable", message=message, hint=hint))
    while waiting:
        folder = waiting.pop()
        if folder.count("/") >= MOST_FOLDERS:
            problems.append(too_deep(folder))
            continue
        files, folders = [], []
        for entry in _entries(root, folder, problems):
            if is_passed(entry.name):
                continue
            if entry.is_file(follow_symlinks=False) and entry.name.isascii():
                files.append(entry)  # as nearly all are, so that large sites are listed faster
            elif fault := _fault_of_entry(root, folder, entry):
                path = shown(f"{folder}/{entry.name}")
                hint = "put the file itself here" if fault[0] == "symlink" else ""
                problems.append(Problem(path=path, code=fault[0], message=fault[1], hint=hint))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(f"{folder}/{entry.name}")
            else:
                files.append(entry)
        yield folder, files
        waiting += reversed(folders)


def too_deep(folder: str) -> Problem:
    """The problem of a folder that is below too many others."""
    message = f"folders are nested more than {MOST_FOLDERS} deep"
    return Problem(path=shown(folder), code="too-deep", message=message, hint="move it up")


def files_below(root: Path, top: str, suffix: str = "") -> list[str]:
    """The paths of the files below `top`, by folder and name, without links; folders that no build reads are left out."""
    found = (f"{folder}/{entry.name}" for folder, entries in walk(root, top, []) for entry in entries)
    return sorted((path for path in found if path.endswith(suffix)), key=lambda path: path.split("/"))


def _entries(root: Path, folder: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{root}/{folder}") as entries:
            return sorted(entries, key=attrgetter("name"))
    except OSError as error:
        message = f"the folder can't be read: {reason_of(error)}"
        problems.append(Problem(path=shown(folder), code="unreadable", message=message))
        return []


def _fault_of_entry(root: Path, folder: str, entry: os.DirEntry[str]) -> tuple[str, str] | None:
    """Why an entry of a folder can't be read, as the code and message of a problem; None if it can."""
    if not entry.name.isprintable() and any(unicodedata.category(letter) == "Cs" for letter in entry.name):
        return "unreadable", "the name is not valid UTF-8; rename it"
    if entry.is_symlink():
        inside = os.path.realpath(root / folder.partition("/")[0]) + os.sep
        if not Path(entry.path).is_file() or not os.path.realpath(entry.path).startswith(inside):  # not its own: a loop
            return "symlink", "a link out of the site, or to a folder"
    elif not entry.is_file() and not entry.is_dir():
        return "unreadable", "the file can't be read: it is not a regular file"
    return None


def read_file(root: Path, path: str, most: int | None = MOST_BYTES) -> bytes:
    """The bytes of a file of the site.

    Args:
        most: how many it may have; None for any number.

    Raises:
        LargeError: it has more.
        LinkError: it leads out of the site's folder, or of the top folder that its path names.
        OSError: it can't be read, or is not a regular file.
    """
    once = _ONCE.get()
    if once is None or not _is_shared(path):
        return _read(root, path, most)[0]
    whole = f"{root}/{path}"
    content, state = once.kept.get(whole, (None, None))
    return _read_again(root, path, once.kept, state, most) if content is None else content


def _read(root: Path, path: str, most: int | None) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its looks before them; a file object would make a buffer for each file."""
    handle, looks = _open(root, path, most)
    try:
        content = os.read(handle, looks.st_size)
        while more := os.read(handle, _MOST_AT_ONCE):
            content += more
    finally:
        os.close(handle)
    return content, looks


#: Path → its bytes and its state, of which the bytes of a large file are not kept.
_Kept = dict[str, tuple[bytes | None, tuple[int, ...]]]


class _Once(Struct):
    """What a build has seen of the disk, and need not look at again."""

    kept: _Kept = {}
    folders: dict[str, bool] = {}  #: path → whether neither it nor one above it, below the site's folder, is a link


_ONCE: ContextVar[_Once | None] = ContextVar("once", default=None)
#: Larger files, such as fonts for cards, are read again, and must be what they were.
_MOST_KEPT = 1_000_000


@contextmanager
def reading_once() -> Iterator[None]:
    """Give the same bytes of a file of settings, templates or messages to all who read it, such as for its digest.

    If it changes and changes back meanwhile, what was made of the text in between would count as made of the other.
    """
    token = _ONCE.set(_Once())
    try:
        yield
    finally:
        _ONCE.reset(token)


def was_read(folder: Path, name: str) -> bool:
    """Whether a file that all pages share has been read by now, so that it exists even if it is gone since."""
    once = _ONCE.get()
    return once is not None and f"{folder}/{name}" in once.kept


def _is_shared(path: str) -> bool:
    """Whether a file concerns all pages, so that its digest is taken apart from reading it."""
    return path.startswith(("templates/", "translations/")) or (path.endswith(".yaml") and path.count("/") == 1)


def _read_again(root: Path, path: str, kept: _Kept, before: tuple[int, ...] | None, most: int | None) -> bytes:
    content, looks = _read(root, path, most)
    state = (looks.st_ino, looks.st_size, looks.st_mtime_ns, looks.st_ctime_ns)
    if before is not None and state != before:
        raise OSError(errno.ESTALE, "it has changed while the site was built; build it again", path)
    kept[f"{root}/{path}"] = (content if len(content) <= _MOST_KEPT else None), state
    return content


def read_given(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file that the user names, wherever it is; a device or a pipe is refused.

    Raises:
        LargeError: it has more than `most` bytes.
        OSError: it can't be read, or is not a regular file.
    """
    handle = os.open(path, _READING)
    with open(handle, "rb") as file:
        _require_regular(handle, str(path), most)
        return file.read()


def read_text(root: Path, path: str) -> str:
    """The text of a file of the site.

    Raises:
        SiteError: it cannot be read, leads out of the site or is not clean UTF-8 text.
    """
    try:
        return decode(path, read_file(root, path, MAX_FILE))
    except OSError as error:
        raise SiteError([unreadable(path, error)]) from error


def unreadable(path: str, error: OSError) -> Problem:
    """The problem of a file that can't be read."""
    if isinstance(error, LinkError):
        return Problem(path=path, code="symlink", message=str(error.strerror), hint="put the file itself here")
    if isinstance(error, LargeError):
        return too_large(path, error.size, error.most)
    return Problem(path=path, code="unreadable", message=f"the file can't be read: {reason_of(error)}")


def unusable(error: OSError | RuntimeError) -> Problem | None:
    """The problem of a path that the disk refuses: too long, not allowed, or gone; None if an error is of no path."""
    if isinstance(error, RuntimeError):  # how `Path.resolve` reports a link to itself before Python 3.13
        loop = re.fullmatch(r"Symlink loop from ('.*'|\".*\")", str(error), re.DOTALL)
        error = OSError(errno.ELOOP, os.strerror(errno.ELOOP), loop[1][1:-1] if loop else None)
    if error.errno == errno.ENOENT and error.filename is None:  # as only the working folder's name is asked for
        message = "the folder in which this runs has been deleted"
        return Problem(path=".", code="unreadable", message=message, hint="change to another one with `cd`")
    if not isinstance(error.filename, (str, bytes)):  # None, or the number of an open file
        return None
    path = shown(os.fsdecode(error.filename))
    if len(path) > _MOST_SHOWN:
        path = f"{path[: _MOST_SHOWN // 2]}…{path[-_MOST_SHOWN // 2 :]}"
    return Problem(path=path, code="unreadable", message=f"the path can't be used: {reason_of(error)}")


@contextmanager
def open_file(root: Path, path: str, most: int | None = None) -> Iterator[int]:
    """Open the same file for reading; a device, a pipe or a folder is refused without waiting for it.

    Args:
        most: how many bytes it may have; None for any number.
    """
    handle, _ = _open(root, path, most)
    try:
        yield handle
    finally:
        os.close(handle)


def _open(root: Path, path: str, most: int | None) -> tuple[int, os.stat_result]:
    """A handle of a file that may be read, and the file's looks."""
    whole, is_link = f"{root}/{path}", False
    try:
        handle = os.open(whole, _READING | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK):  # the latter on FreeBSD
            raise
        handle, is_link = os.open(whole, _READING), True
    try:
        looks = _require_regular(handle, whole, most)
        if is_link or not _is_below(root, path.rpartition("/")[0]):
            _refuse_outside(handle, root, path)
    except BaseException:
        os.close(handle)
        raise
    return handle, looks


def _require_regular(handle: int, path: str, most: int | None) -> os.stat_result:
    looks = os.fstat(handle)
    if not stat.S_ISREG(looks.st_mode):
        sort = _SORTS.get(stat.S_IFMT(looks.st_mode), "a device")
        raise OSError(errno.EINVAL, f"it is not a regular file but {sort}", path)
    if most is not None and looks.st_size > most:
        raise LargeError(path, looks.st_size, most)
    return looks


def _is_below(root: Path, folder: str) -> bool:
    """Whether a build has seen that no link leads to a folder; it looks at each once, as many files are in one."""
    once = _ONCE.get()
    if once is None or not folder:
        return not folder
    whole = f"{root}/{folder}"
    if whole not in once.folders:
        above, _, name = folder.rpartition("/")
        once.folders[whole] = name != ".." and _is_below(root, above) and not os.path.islink(whole)  # noqa: PTH114 - for each folder
    return once.folders[whole]


def _refuse_outside(handle: int, root: Path, path: str) -> None:
    whole = f"{root}/{path}"
    found = _leads_to(handle, whole)
    if found == whole:  # no link has been followed
        return
    top = _real(os.path.abspath(root))  # noqa: PTH100 - a link in it is followed once, not each time
    if found != f"{top}/{path}" and not found.startswith(f"{top}/{path.partition('/')[0]}/"):
        raise LinkError(errno.ELOOP, "a link out of the site", whole)


@lru_cache(maxsize=64)
def _real(root: str) -> str:
    return os.path.realpath(root)


def _leads_to(handle: int, path: str) -> str:
    try:
        return os.readlink(f"{_HANDLES}/{handle}")  # noqa: PTH115 - for each file that is read
    except OSError:  # not Linux
        return os.path.realpath(path)


def is_waiting(name: str) -> bool:
    """Whether a file has the name of one that waits to replace another, or that a killed command has left."""
    return WAITING_NAME.fullmatch(name) is not None


def reason_of(error: OSError) -> str:
    """The system's message, worded as part of a sentence."""
    if error.errno == errno.ENXIO:  # what opening a socket gives
        return "it is not a regular file but a socket"
    return (error.strerror or str(error)).lower()
