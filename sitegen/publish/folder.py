"""Releases in a folder of this machine: each whole in its own folder, and a link to the one that is served.

        releases/<name>/   the files of a release and its manifest; unchanged files are hard links to the release before
        current            → releases/<name>, switched by one rename; the folder to give to a server
        history            names of the releases, one per line, in the order in which they were published
        .sitegen           marks all this as ours; a folder that has any of these names, but no marker, is refused

However a publication is interrupted, `current` leads to a whole release, and the next publication cleans up.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import SiteError, refusal
from sitegen.publish.manifest import Manifest, find_wrong, manifest_at, manifest_in, problems_of
from sitegen.source.files import read_given, reason_of, remove_tree
from sitegen.storage.locks import is_locked
from sitegen.storage.output import MANIFEST, MARKER, WAITING, list_files

RELEASES = "releases"
CURRENT = "current"
HISTORY = "history"
LOCK = ".lock"
#: Prefix of folders that are not releases yet.
STAGE = ".stage-"
#: The name of a release, and of a folder that is to become one.
NAME = re.compile(r"[0-9a-f]{16}")
STAGED = re.compile(r"\.stage-[0-9a-f]{1,16}")
#: The name of a link that is to become `current`.
SWITCHING = re.compile(rf"\.{CURRENT}\.[0-9a-f]{{1,8}}")
MARKER_TEXT = "Releases of build.py publish: it removes the older ones from releases/.\n"
FOREIGN_HINT = "publish to an empty folder; nothing was changed in this one"


class Published(Struct, frozen=True):
    """The result of a publication."""

    name: str  #: of the release that is served now
    files: int  #: how many files it has
    new: int  #: how many of them had to be written; the others were already there
    where: str  #: the place that a server reads
    before: str = ""  #: name of the release that was served before a rollback; "" otherwise


class Release(Struct, frozen=True):
    """A release that can be restored."""

    name: str
    at: float  #: when it was published, in seconds since 1970
    is_current: bool  #: whether it is the one that is served


def no_such_release(name: str) -> str:
    """The message for a release that does not exist."""
    return f"there is no release {name}" if name else "there is no release before the current one"


def served_folder(folder: Path) -> Path:
    """Where a server finds the site: `current` in a folder that is published to, otherwise the folder itself."""
    current = folder / CURRENT  # a link: a page's old addresses may be folders of these names in the site itself
    return current if (folder / RELEASES).is_dir() and current.is_symlink() and current.exists() else folder


def publish_to_folder(site: Path, manifest: Manifest, target: Path, keep: int) -> Published:
    """Make a built site the current release of a folder; `keep` releases stay, including the current one.

    Raises:
        SiteError: the folder can't be written, is in use, or the site has changed since; the current release stays.
    """
    _refuse_overlap(site, target)
    with _alone(target):
        now = _current(target)
        known = manifest_in(target / RELEASES / now) if now else None  # of a damaged one, nothing is taken
        whole = manifest.after(known)
        folder = target / RELEASES / manifest.name
        stage = folder if folder.exists() else target / RELEASES / f"{STAGE}{secrets.token_hex(4)}"
        new = _fill(stage, whole, site, target / RELEASES / now if now and known else None)
        os.replace(stage, folder)
        _switch(target, manifest.name)
        others = [name for name in _history(target) if name not in (now, manifest.name)]
        _remember(target, [*others, *([now] if now and known and now != manifest.name else []), manifest.name], keep)
    return Published(manifest.name, len(whole.all), new, str(target / CURRENT))


def list_folder(target: Path) -> list[Release]:
    """The existing releases, in the order in which they were published."""
    now, folder = _current(target), target / RELEASES
    return [Release(name, (folder / name / MANIFEST).stat().st_mtime, name == now) for name in _history(target)]


def roll_back_folder(target: Path, wanted: str = "") -> Published:
    """Make a release current: the one published before the current one, or the one with the name `wanted`.

    Raises:
        SiteError: there is no such release, or it is damaged; the current release stays.
    """
    if not target.is_dir():
        raise _refusal(target, no_such_release(wanted), "publish the site that you want")
    with _alone(target):
        history, now = _history(target), _current(target)
        earlier = history[: history.index(now)] if now in history else history
        chosen = [name for name in history if name == wanted] if wanted else earlier[-1:]
        if not chosen:
            raise _refusal(target, no_such_release(wanted), "publish the site that you want")
        folder = target / RELEASES / chosen[0]
        manifest = manifest_at(folder / MANIFEST)
        wrong = find_wrong(manifest, folder)
        if wrong:
            raise SiteError(problems_of(wrong, str(folder)))
        _switch(target, chosen[0])
    return Published(chosen[0], len(manifest.all), 0, str(target / CURRENT), now or "")


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Lock the folder, remove what interrupted publications have left, and report disk errors as a problem."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        if not _has_marker(target):  # before the first file is put there
            _refuse_foreign(target)
        with _lock_of(target) as lock:
            if not is_locked(lock, otherwise=False):
                raise _refusal(target, "another publication is running here", "run this again when it has finished")
            _refuse_foreign(target)
            _put(target / MARKER, lambda path: path.write_text(MARKER_TEXT, encoding="utf-8"))
            (target / RELEASES).mkdir(exist_ok=True)
            _clear(target)
            try:
                yield
            finally:
                _clear(target)
    except OSError as error:
        message, hint = f"the release can't be written: {reason_of(error)}", "the previous release is still being read"
        raise _refusal(target, message, hint) from error


@contextmanager
def _lock_of(target: Path) -> Iterator[int]:
    """The lock file, to which nothing is written."""
    handle = os.open(target / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


def _refuse_foreign(target: Path) -> None:
    """Make sure that everything a publication replaces or removes was made by one.

    Raises:
        SiteError: the folder was made by another tool, or something else has been put among the releases.
    """
    releases, current = target / RELEASES, target / CURRENT
    if not any(os.path.lexists(target / name) for name in (RELEASES, CURRENT, HISTORY, MARKER)):
        return
    strange = [path for path in sorted(releases.iterdir()) if not _is_ours(path)] if releases.is_dir() else []
    strange += [path for path in (releases, target / HISTORY) if path.is_symlink()]
    strange += [target / MARKER] if _has_other_marker(target) else []
    if os.path.lexists(current) and not (current.is_symlink() and _is_release(str(current.readlink()))):
        strange.append(current)
    if not strange and not _has_marker(target):
        strange = [path for path in releases.iterdir() if not _has_manifest(path)] if releases.is_dir() else [current]
    if strange:
        raise _refusal(target, f"{strange[0].relative_to(target)} was not made by `publish`", FOREIGN_HINT)


def _has_marker(target: Path) -> bool:
    try:
        return read_given(target / MARKER) == MARKER_TEXT.encode()
    except OSError:
        return False


def _has_other_marker(target: Path) -> bool:
    """Whether something else has the marker's name, such as that of a build."""
    return (target / MARKER).is_symlink() or (os.path.lexists(target / MARKER) and not _has_marker(target))


def _has_manifest(release: Path) -> bool:
    """Whether a folder has the manifest that its name is made from, like releases published without a marker."""
    manifest = manifest_in(release)
    return manifest is not None and manifest.name == release.name


def _is_release(link: str) -> bool:
    folder, _, name = link.rpartition("/")
    return folder == RELEASES and NAME.fullmatch(name) is not None


def _is_ours(path: Path) -> bool:
    """Whether an entry of releases/ may be a release, or was to become one."""
    is_named = STAGED.fullmatch(path.name) or NAME.fullmatch(path.name)
    return is_named is not None and path.is_dir() and not path.is_symlink()


def _refusal(target: Path, message: str, hint: str) -> SiteError:
    return refusal(target, "publish", message, hint)


def _refuse_overlap(site: Path, target: Path) -> None:
    one, other = site.resolve(), target.resolve()
    if one.is_relative_to(other / RELEASES) or other.is_relative_to(one):
        raise _refusal(target, "the site can't be published into itself", "name a folder outside of it")


def _clear(target: Path) -> None:
    """Remove what an interrupted publication has left."""
    for left in (target / RELEASES).glob(f"{STAGE}*"):
        remove_tree(left)
    for path in target.glob(f".{CURRENT}.*"):
        if SWITCHING.fullmatch(path.name) and path.is_symlink() and path.readlink().parts[0] == RELEASES:
            path.unlink()


def _fill(folder: Path, manifest: Manifest, site: Path, before: Path | None) -> int:
    """Make a folder match the manifest, each file by one rename, and return how many files had to be changed.

    A file that the release before has is linked, not copied, unless it is damaged there.

    Raises:
        SiteError: a file still does not match the manifest: the site has changed since.
    """
    folder.mkdir(exist_ok=True)
    wrong = find_wrong(manifest, folder)
    if before is not None and before != folder:
        _take(folder, [path for path, what in wrong.items() if what == "missing"], before, _link)
        wrong = find_wrong(manifest, folder)
    for path, what in wrong.items():
        if what == "not part of it":
            (folder / path).unlink()
    _take(folder, [path for path in wrong if path in manifest.files], site, shutil.copy2)
    still = find_wrong(manifest, folder) if wrong else {}
    if still:
        raise SiteError(problems_of(still, str(site)))
    _put(folder / MANIFEST, lambda path: path.write_bytes(manifest.as_json()))
    return len(wrong)


def _take(folder: Path, paths: Iterable[str], source: Path, how: Callable[[Path, Path], object]) -> None:
    """Put in place those files that the source has; the caller checks whether they are right."""
    for path in paths:
        if (source / path).is_file():
            _put(folder / path, partial(how, source / path))


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except PermissionError:  # a file system without hard links
        shutil.copy2(old, new)


def _put(path: Path, make: Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{STAGE}{secrets.token_hex(6)}")
    try:
        make(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _switch(target: Path, name: str) -> None:
    """Make a release current, once it is safely on the disk."""
    link = target / f".{CURRENT}.{secrets.token_hex(4)}"
    link.symlink_to(f"{RELEASES}/{name}")
    os.sync()  # otherwise a power cut may leave the link and lose the files
    os.replace(link, target / CURRENT)


def _current(target: Path) -> str | None:
    """The name of the current release."""
    try:
        return (target / CURRENT).readlink().name
    except FileNotFoundError:
        return None


def _history(target: Path) -> list[str]:
    """Names of the existing releases, oldest first."""
    try:
        names = read_given(target / HISTORY).decode().split()
    except (OSError, ValueError):
        return []
    names = [name for name in dict.fromkeys(names) if NAME.fullmatch(name)]
    return [name for name in names if (target / RELEASES / name / MANIFEST).is_file()]


def _remember(target: Path, history: Sequence[str], keep: int) -> None:
    """Write the history, and remove all releases but the last `keep` and those into which something else was put."""
    kept = history[-keep:]
    _put(target / HISTORY, lambda path: path.write_text("".join(f"{name}\n" for name in kept), encoding="utf-8"))
    for folder in (target / RELEASES).iterdir():
        if folder.name not in kept and _is_only_ours(folder):
            remove_tree(folder)


def _is_only_ours(release: Path) -> bool:
    """Whether a release has no file but those of its manifest, and what an interrupted repair has left."""
    manifest = manifest_in(release)
    if manifest is None:
        return False
    ours = {*manifest.all, MANIFEST}
    if (release / WAITING).exists():  # which a build would have there, and `list_files` leaves out
        return False
    return all(STAGED.fullmatch(path.rpartition("/")[2]) or path in ours for path in list_files(release))
