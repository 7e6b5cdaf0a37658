"""Outputs → disk: only files that changed, each file whole, and nothing at all unless everything succeeded.

One build at a time uses an output folder; see `output_lock.py`. Nothing in it is replaced or removed unless the marker
lists every file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from msgspec import Struct, field

from sitegen.problems.problem import SiteError, counted, refusal
from sitegen.source.file_writing import remove_tree
from sitegen.source.paths import fault_of
from sitegen.storage.own_records import read_bounded, read_own

#: Marks a folder as ours: whether it is complete, and which files builds have put there, in the format of `sha256sum`.
MARKER = ".sitegen"
#: Recorded in place of an unknown digest, if an older generator wrote the file.
UNKNOWN = "0" * 64
_SHORTEST_ROW = len(f"{UNKNOWN}  a\n")
#: Rows of a marker that may be shorter, as older generators wrote them, without digests.
_FEW_ROWS = 100_000
WHOLE = "Made by build.py, which replaces and removes the files named here.\n"
#: The marker's state while files are put in place one by one: an interrupted build leaves no site to publish.
UNFINISHED = "A build of this folder has not ended: it may hold files of two builds.\n"
#: The content of the marker in a folder of releases, and the names in it that lead to them.
PUBLISHED = "Releases of build.py publish: it removes the older ones from releases/.\n"
RELEASES = "releases"
CURRENT = "current"
#: Marks a folder that holds only a part of a site.
PART = ".shard"
#: Lists the content of a release.
MANIFEST = "release.json"
#: Where files wait inside an output folder if they can't be moved there from beside it.
WAITING = ".sitegen-stage"
#: Files and a folder that building and publishing add or leave out; no site may have any with these names.
RESERVED = (MARKER, PART, MANIFEST, WAITING)
_RESERVED = "releases have a file of that name themselves"
#: The only folder with a dot in which builds may write, as those of the preview do.
_CACHE = ".cache"
#: Recorded as the size of a link: no file has it, so a link is never mistaken for a file.
_LINK = -1
#: Linux follows no more links than this on the way to a file.
_MOST_LINKS = 40


class Change(Struct, frozen=True):
    """What a build did to the output folder: paths of files written and removed, and the number of unchanged files."""

    written: tuple[str, ...]
    gone: frozenset[str]
    unchanged: int

    @property
    def removed(self) -> int:
        return len(self.gone)


#: (size, modification time in nanoseconds) of a file.
Looks = tuple[int, int]


def unfit(path: str) -> str:
    """Why no site can have a file of a path; "" if one can."""
    return fault_of(path) or (_RESERVED if path.partition("/")[0].casefold() in RESERVED else "")


def list_output(target: Path) -> dict[str, Looks]:
    """Every file below the output folder, with its looks; raises SiteError if it has files that no build made."""
    if os.path.lexists(target) and not target.is_dir():
        raise _refusal(target, "the output folder is a file", "remove it, or name another with --output")
    found = list_files(target) if target.is_dir() else {}
    named = read_digests(target).keys()
    strange = sorted(found.keys() - named - {MARKER})
    strange = strange or ([] if named or is_built(target) else [MARKER] * (MARKER in found))
    if strange and (strange := [path for path in strange if not _is_folder_turned_link(path, found, named)]):
        more = f", as {strange[0]}" + (f" and {counted(len(strange) - 1, 'other')}" if strange[1:] else "")
        hint = "move them elsewhere or delete the folder, or name another with --output"
        if not named and os.path.lexists(target / MARKER):
            more, hint = f"{more}; or its {MARKER} is damaged", "delete the folder, if all in it was built"
        raise _refusal(target, f"the output folder contains files that no build made{more}", hint)
    return found


def _is_folder_turned_link(path: str, found: Mapping[str, Looks], named: Collection[str]) -> bool:
    """Whether a link has replaced a folder of ours: the link is removed, but what it points to stays."""
    return found[path][0] == _LINK and any(name.startswith(f"{path}/") for name in named)


def read_digests(target: Path) -> dict[str, str]:
    """The files that builds have put in an output folder, each with its SHA-256 or `UNKNOWN`."""
    content = read_bounded(target, MARKER, [target])
    if content.count(b"\n") > _FEW_ROWS + len(content) // _SHORTEST_ROW:
        return {}
    state, *rows = content.decode("utf-8", "replace").split("\n")
    if f"{state}\n" not in (WHOLE, UNFINISHED):
        return {}
    if not rows or rows[0][64:66] != "  ":
        return dict.fromkeys(filter(None, rows), UNKNOWN)
    return {row[66:]: row[:64] for row in rows if row}


def is_built(folder: Path) -> bool:
    """Whether a folder has the marker of a build, even of one that has not ended."""
    return read_bounded(folder, MARKER, [folder]).startswith((WHOLE.encode(), UNFINISHED.encode()))


def find_changed(built: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Path → `added`, `changed` or `removed` since it was built; both mappings are path → SHA-256."""
    since = dict.fromkeys(built.keys() - now.keys(), "removed") | dict.fromkeys(now.keys() - built.keys(), "added")
    since |= {path: "changed" for path, digest in now.items() if built.get(path, digest) not in (digest, UNKNOWN)}
    return dict(sorted(since.items()))


def _refusal(target: Path, message: str, hint: str) -> SiteError:
    return refusal(target, "unreadable", message, hint)


def refuse_inputs(root: Path, output: Path, inputs: Iterable[str]) -> None:
    """Raise SiteError if a build would write where nothing made from the site may be; see `refuse_place`."""
    what, hint = "the output folder", "name another folder with --output, such as public"
    refuse_place(root, output, inputs, what, hint, is_output=True)


def refuse_place(
    root: Path, target: Path, own: Iterable[str], what: str, hint: str, *, is_output: bool = False
) -> None:
    """Make sure that a folder to fill is not around the site, nor the user's own, nor one that `refuse_own` refuses.

    Args:
        is_output: whether the folder may be that of a built site.

    Raises:
        SiteError: it is one of these.
    """
    place = _resolved(target, what)
    if _resolved(root, "the site's folder").is_relative_to(place):
        raise _refusal(target, f"{what} can't be the site's folder, or one around it", hint)
    home = os.path.expanduser("~")  # noqa: PTH111 - it does not fail for a user without one
    if place == Path(home).resolve():
        raise _refusal(target, f"{what} can't be your home folder", hint)
    refuse_own(root, target, own, what, hint, is_output=is_output)


def refuse_overlap(target: Path, other: Path, hint: str) -> None:
    """Make sure that the output folder is not one that is read, nor in it or around it.

    Raises:
        SiteError: it is.
    """
    place, own = _resolved(target, "the output folder"), _resolved(other, "the output folder")
    if place.is_relative_to(own) or own.is_relative_to(place):
        raise _refusal(target, f"the output folder can't be one that is read, or in or around it: {other}", hint)


def refuse_own(root: Path, target: Path, own: Iterable[str], what: str, hint: str, *, is_output: bool = False) -> None:
    """Make sure that a folder to write to is none of the site's own, nor of a site that was built or published.

    Raises:
        SiteError: it is in one of the folders `own`, in one with settings of a program, such as .github, or in a
            repository's; it is within a built site or a release; or a link in the site's folder leads to it.
    """
    site, place = _resolved(root, "the site's folder"), _resolved(target, what)
    top = place.relative_to(site).parts[0] if place.is_relative_to(site) and place != site else ""
    if top in own or (top.startswith(".") and top != _CACHE) or ".git" in place.parts:
        raise _refusal(target, f"{what} can't be one of the site's own folders", hint)
    refuse_links(root, target, what)
    refuse_made(target, what, hint, is_output=is_output)


def refuse_made(target: Path, what: str, hint: str, *, is_output: bool = False) -> None:
    """Raise SiteError if a folder to write to is within a built site, which it may be as output, or within releases."""
    place = _resolved(target, what)
    made = next((folder for folder in (place, *place.parents) if _is_made(folder, place, is_output=is_output)), None)
    if made:
        raise _refusal(target, within(what, made), hint)


def within(what: str, made: str | Path) -> str:
    """The message for a folder that lies in one that `_is_made`."""
    return f"{what} can't be within a site that was built or published: {made}"


def _is_made(folder: Path, place: Path, *, is_output: bool) -> bool:
    """Whether a folder, in which a place is, holds a built site or the releases of a publication."""
    if folder.name == RELEASES and (has_releases(folder.parent) or leads_to_release(folder.parent / CURRENT)):
        return True
    return not (is_output and folder == place) and is_built(folder)


def has_releases(folder: Path) -> bool:
    """Whether a folder has the marker of a publication."""
    return read_bounded(folder, MARKER) == PUBLISHED.encode()


def leads_to_release(link: Path) -> bool:
    """Whether a path is a link as publications make it, whatever is at its end."""
    folder, _, name = (os.readlink(link) if link.is_symlink() else "").rpartition("/")  # noqa: PTH115 - as it is written
    return folder == RELEASES and is_release_name(name)


def is_release_name(name: str) -> bool:
    """Whether a name is one that a release may have, such as `0123456789abcdef`."""
    return len(name) == 16 and not name.strip("0123456789abcdef")


def refuse_links(root: Path, target: Path, what: str) -> None:
    """Make sure that no link of the site leads to a folder, at any step of the way.

    Links in the site's folder may have come with a branch; those elsewhere are the user's.

    Raises:
        SiteError: it is, or is reached through, a link in the site's folder.
    """
    site, place = _resolved(root, "the site's folder"), _resolved(target, what)
    link = next((link for link in islice(_links_to(target), _MOST_LINKS) if link.is_relative_to(site)), None)
    if link:
        message = f"{what} can't be a link, or be reached through one"
        raise _refusal(link, message, f"delete the link, and name the folder itself: {place}")


def _links_to(path: Path) -> Iterator[Path]:
    """Each link that is followed on the way to a path, also those to which others lead, where it really is."""
    whole = path if path.is_absolute() else Path.cwd() / path  # the folder that somebody is in may be gone
    place, steps = Path(), [*reversed(whole.parts)]
    while steps:
        step = steps.pop()
        place = place.parent if step == ".." else place / step  # the root of the disk replaces what was before
        if place.is_symlink():
            yield place
            steps += reversed(place.readlink().parts)
            place = place.parent


def _resolved(path: Path, what: str) -> Path:
    try:
        return path.resolve()
    except FileNotFoundError:  # the working folder has been deleted
        raise
    except (OSError, RuntimeError) as error:  # the latter before Python 3.13
        raise _refusal(path, f"{what} is a link that leads to itself", "delete it") from error


def list_files(folder: Path) -> dict[str, Looks]:
    """Every file below a folder, with its size and time; a link counts as a file, wherever it leads."""
    found: dict[str, Looks] = {}
    waiting = [""]
    while waiting:
        waiting += reversed(_list(str(folder), waiting.pop(), found))
    return found


def find_marker(folder: Path) -> int | None:
    """When the build of a folder ended, in nanoseconds; None if it did not end, or if the folder is not ours."""
    is_whole = read_bounded(folder, MARKER, [folder]).startswith(WHOLE.encode())
    return os.stat(folder / MARKER).st_mtime_ns if is_whole else None


def _list(top: str, below: str, found: dict[str, Looks]) -> list[str]:
    """Add the files of one folder; return the folders in it."""
    folders = []
    with os.scandir(f"{top}/{below}") as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                stat = entry.stat(follow_symlinks=False)
                found[below + entry.name] = (_LINK if entry.is_symlink() else stat.st_size, stat.st_mtime_ns)
            elif below or entry.name != WAITING:
                folders.append(f"{below}{entry.name}/")
    return folders


def look_at(target: Path, paths: Iterable[str]) -> dict[str, Looks]:
    """The sizes and times of some files of the output folder."""
    stats = {path: os.stat(target / path) for path in paths}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}


class Stage(Struct):
    """Files that wait until all of them are made; each is put in place by one rename.

    A forked process keeps files as well; its parent learns of them and of their digests through `note`.
    """

    target: Path
    folder: Path  #: where files wait, as `alone` yields it
    existing: Mapping[str, Looks]  #: the files in the output folder
    changed: list[str] = field(default_factory=list)  #: paths of the waiting files
    unchanged: int = 0  #: number of files that the folder already has, byte for byte
    ahead: list[str] = field(default_factory=list)  #: paths of the files that were put in place before the others
    #: Path → SHA-256, of the files that builds have put there and of those that are waiting.
    digests: dict[str, str] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)
    _solid: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.target = self.target.resolve()
        self.digests = read_digests(self.target)

    def keep(self, path: str, content: bytes) -> tuple[Looks, bool]:
        """Keep a file for `commit`, unless the target has it; return its size and time, and whether it is new."""
        looks = self.existing.get(path)
        if looks is None or looks[0] != len(content) or read_own(f"{self.target}/{path}") != content:
            return self.put(path, content), True
        digest = hashlib.sha256(content).hexdigest()
        if self.digests.get(path) not in (digest, UNKNOWN):  # changed by hand meanwhile
            return self.put(path, content), True
        self.digests[path] = digest
        return looks, False

    def put(self, path: str, content: bytes, changed_at: int | None = None) -> Looks:
        """Keep a file for `commit` even if the target has it, with a modification time in nanoseconds."""
        if fault := fault_of(path):
            raise OSError(errno.EINVAL, fault, path)
        staged = f"{self.folder}/{path}"
        self._make_folder(staged.rpartition("/")[0])
        self.digests[path] = hashlib.sha256(content).hexdigest()
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            written = os.write(handle, content)
            while written < len(content):  # a full disk: the next attempt raises the error
                written += os.write(handle, content[written:])
            if changed_at is not None:
                os.utime(handle, ns=(changed_at, changed_at))
            return len(content), os.fstat(handle).st_mtime_ns
        finally:
            os.close(handle)

    def _make_folder(self, folder: str) -> None:
        """Create a folder where files wait; most hold one file, and their parent exists already."""
        if folder not in self._folders:
            try:
                os.mkdir(folder)  # noqa: PTH102 - for each page that is written
            except FileExistsError:  # another process has created it
                pass
            except FileNotFoundError:
                os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)

    def looks(self, path: str) -> Looks:
        """The size and time that a file of the site will have; it is waiting here or already in the target."""
        try:
            stat = os.stat(f"{self.folder}/{path}")
        except FileNotFoundError:
            return self.existing[path]
        return stat.st_size, stat.st_mtime_ns

    def read(self, path: str) -> bytes:
        """The bytes of a file of the site."""
        return read_own(f"{self.folder}/{path}") or read_own(f"{self.target}/{path}")

    def note(self, changed: Mapping[str, str], unchanged: int) -> None:
        """Record files that were kept, here or in another process, with their digests."""
        self.changed.extend(changed)
        self.digests.update(changed)
        self.unchanged += unchanged

    def go_ahead(self) -> None:
        """Put the files kept so far in place; only for a folder that nobody but its editor sees."""
        if self.target.exists():
            _refuse_unwritable(self.target, self.changed)
            self._place()
            self.ahead, self.changed = [*self.ahead, *self.changed], []

    def _place(self) -> None:
        if self.changed:
            self._mark(self.target, UNFINISHED, {*self.existing, *self.ahead, *self.changed})
        for path in sorted(self.changed, key=lambda path: (_is_page(path), path)):
            self._make_room(self.target / path)
            os.replace(self.folder / path, self.target / path)

    def _make_room(self, final: Path) -> None:
        """Create the file's folder, and remove what is in the way: files or links in the path, a folder at its end."""
        for folder in reversed(final.relative_to(self.target).parents[:-1]):
            place = self.target / folder
            if place not in self._solid:
                if place.is_symlink() or place.is_file():
                    place.unlink()
                place.mkdir(exist_ok=True)
                self._solid.add(place)
        if final.is_dir() and not final.is_symlink():
            remove_tree(final)
            self._solid = {place for place in self._solid if not place.is_relative_to(final)}

    def _mark(self, folder: Path, state: str, names: Iterable[str]) -> None:
        """Write the marker of a folder: its state, and which files builds have put there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / MARKER
        rows = (f"{self.digests.get(name, UNKNOWN)}  {name}\n" for name in sorted(names) if name != MARKER)
        temporary.write_text("".join([state, *rows]), "utf-8")
        os.replace(temporary, folder / MARKER)

    def commit(self, paths: Collection[str]) -> Change:
        """Put every kept file in place, pages last, and remove what is not in `paths`; or rename the stage to the output."""
        unchanged = len(paths) - len(self.changed) - len(self.ahead)
        if not self.target.exists():
            self._mark(self.folder, WHOLE, paths)
            os.replace(self.folder, self.target)
            return Change(tuple(sorted(self.changed)), frozenset(), unchanged)
        gone = self.existing.keys() - {*paths, MARKER}
        _refuse_unwritable(self.target, (*self.changed, *gone))
        if gone:
            self._mark(self.target, UNFINISHED, {*self.existing, *self.ahead, *self.changed})
        with _told_half_way(self.target):
            self._place()
            _remove(self.target, gone)
        if find_marker(self.target) is None or read_digests(self.target).keys() != {*paths} - {MARKER}:
            self._mark(self.target, WHOLE, paths)
        return Change(tuple(sorted([*self.ahead, *self.changed])), frozenset(gone), unchanged)


@contextlib.contextmanager
def _told_half_way(target: Path) -> Iterator[None]:
    """Say of an error after the first file has been put in place, as at one that can't be changed, where it was and what is left."""
    try:
        yield
    except OSError as error:
        place = os.path.relpath(error.filename2 or error.filename or target, target)
        told = f"{os.strerror(error.errno or 0)} at {place}; other files are new already, and the next build makes it whole"
        raise OSError(error.errno, told, error.filename) from error


def _is_page(path: str) -> bool:
    """Whether a file is a page, or a compressed version of one."""
    return ".html" in path.rpartition("/")[2]


def _refuse_unwritable(target: Path, paths: Iterable[str]) -> None:
    """Raise PermissionError, before the first file is put in place, if one of them can't be."""
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        if (target / folder).is_dir() and not os.access(target / folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target / folder))


def _remove(target: Path, gone: Iterable[str]) -> None:
    """Remove files that are no longer part of the site, and the folders that this leaves empty."""
    for path in sorted(gone):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (target / path).unlink()
        for folder in (target / path).parents:
            if folder == target or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
