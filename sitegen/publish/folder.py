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
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import SiteError, refusal
from sitegen.publish.manifest import File, Manifest, find_wrong, manifest_in, problems_of, read_files
from sitegen.source.file_writing import remove_tree
from sitegen.source.files import reason_of
from sitegen.storage.locks import is_locked, open_lock
from sitegen.storage.output import (
    CURRENT,
    MANIFEST,
    MARKER,
    PUBLISHED,
    RELEASES,
    has_releases,
    is_release_name,
    leads_to_release,
    list_files,
)
from sitegen.storage.own_records import read_bounded

HISTORY = "history"
LOCK = ".lock"
#: Prefix of folders that are not releases yet; on a host, the name of the release follows.
STAGE = ".stage-"
#: The whole names: of what is at work here, of a file or link, and of a release on a host; others may be somebody's own.
_STAGED = re.compile(r"\.stage-(?:[0-9a-f]{8}|[0-9a-f]{12}|[0-9a-f]{16})")
#: Seconds after which nobody fills such a folder of a host any more.
_SETTLED = 24 * 60 * 60
NO_HOME, NO_HOME_HINT = "this names no home folder", "name the whole path of the folder, or begin it with ./"
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
    with _alone(target) as work:
        now = _current(target)
        known = manifest_in(target / RELEASES / now) if now else None  # of a damaged one, nothing is taken
        whole = manifest.after(known, partial(_read_own, target / RELEASES / (now or "")))
        folder = target / RELEASES / manifest.name
        stage = folder if folder.exists() else work / manifest.name
        new = _fill(stage, whole, site, target / RELEASES / now if now and known else None, work)
        rights = stat.S_IMODE(work.stat().st_mode) & 0o777  # those that new folders get
        _let_read(stage, rights)
        os.replace(stage, folder)
        _set_rights(target / RELEASES, rights)
        listed = _history(target)
        others = [name for name in (*_unlisted(target, listed), *listed) if name not in (now, manifest.name)]
        kept = [*others, *([now] if now and known and now != manifest.name else []), manifest.name][-keep:]
        _put(target / HISTORY, lambda path: path.write_text("".join(f"{name}\n" for name in kept), "utf-8"), target)
        _switch(target, manifest.name)  # after which nothing may fail
        _remove_others(target, kept, work)
    return Published(manifest.name, len(whole.all), new, str(target / CURRENT))


def list_folder(target: Path) -> list[Release]:
    """The existing releases, in the order in which they were published."""
    _refuse_foreign(target)
    now, folder = _current(target), target / RELEASES
    return [Release(name, (folder / name / MANIFEST).stat().st_mtime, name == now) for name in _history(target)]


def roll_back_folder(target: Path, wanted: str = "") -> Published:
    """Make a release current: the one published before the current one, or the one with the name `wanted`.

    Raises:
        SiteError: there is no such release, or it is damaged; the current release stays.
    """
    _refuse_foreign(target)
    if not _history(target):  # before anything is written there
        raise _refusal(target, no_such_release(wanted), "publish the site that you want")
    with _alone(target):
        history, now = _history(target), _current(target)
        earlier = history[: history.index(now)] if now in history else history
        chosen = [name for name in history if name == wanted] if wanted else earlier[-1:]
        if not chosen:
            raise _refusal(target, no_such_release(wanted), "publish the site that you want")
        folder = target / RELEASES / chosen[0]
        manifest = manifest_in(folder)
        if manifest is None or manifest.name != chosen[0]:
            message = "the manifest is damaged, or of another release"
            raise refusal(folder / MANIFEST, "release", message, "publish the site that you want")
        wrong = find_wrong(manifest, folder)
        if wrong:
            raise SiteError(problems_of(wrong, str(folder)))
        _switch(target, chosen[0])
    return Published(chosen[0], len(manifest.all), 0, str(target / CURRENT), now or "")


@contextmanager
def _alone(target: Path) -> Iterator[Path]:
    """Lock the folder, report disk errors as a problem, and yield a folder in it for what is not in place yet.

    What interrupted publications have left is removed.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(target)  # before the first file is put there
        with _lock_of(target) as lock:
            if not is_locked(lock, otherwise=False):
                raise _refusal(target, "another publication is running here", "run this again when it has finished")
            _refuse_foreign(target)
            if not has_releases(target):
                _put(target / MARKER, lambda path: path.write_text(PUBLISHED, encoding="utf-8"), target)
            (target / RELEASES).mkdir(exist_ok=True)
            _clear(target)
            work = target / RELEASES / f"{STAGE}{secrets.token_hex(4)}"
            work.mkdir()
            try:
                yield work
            finally:
                _remove(work)
    except OSError as error:
        message, hint = f"the release can't be written: {reason_of(error)}", "the previous release is still being read"
        raise _refusal(target, message, hint) from error


@contextmanager
def _lock_of(target: Path) -> Iterator[int]:
    """The lock file, to which nothing is written."""
    handle = open_lock(target / LOCK, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


def _refuse_foreign(target: Path) -> None:
    """Make sure that everything a publication replaces or removes was made by one.

    Raises:
        SiteError: the folder was made by another tool, or something else has been put among the releases.
    """
    strange = next(_foreign(target), None)
    if strange:
        raise _refusal(target, f"{strange.relative_to(target)} was not made by `publish`", FOREIGN_HINT)


def _foreign(target: Path) -> Iterator[Path]:
    """What has a name of ours and was not made by a publication; `check_ours` in on_the_host.sh says the same."""
    releases, current, history = (target / name for name in (RELEASES, CURRENT, HISTORY))
    if os.path.lexists(releases) and not _is_folder(releases):
        yield releases
    yield from (
        path for name in (HISTORY, MARKER, LOCK) if os.path.lexists(path := target / name) and not _is_file(path)
    )
    if os.path.lexists(current) and not leads_to_release(current):
        yield current
    entries = sorted(releases.iterdir()) if _is_folder(releases) else []
    others = [path for path in (target / MARKER, *(() if entries else (current, history))) if os.path.lexists(path)]
    is_marked = has_releases(target)  # after all else has been looked at: another publication may have just begun
    if not is_marked:  # as before there were markers, or never published to
        yield from others
    for path in entries:
        is_named = is_release_name(path.name) or _STAGED.fullmatch(path.name)
        if not (is_named and _is_folder(path) and (is_marked or _has_manifest(path))):
            yield path


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not path.is_symlink()  # noqa: PTH112 - False in a folder that can't be entered


def _is_file(path: Path) -> bool:
    return os.path.isfile(path) and not path.is_symlink()  # noqa: PTH113 - False in a folder that can't be entered


def _has_manifest(release: Path) -> bool:
    """Whether a folder has the manifest that its name is made from, like releases published without a marker."""
    manifest = manifest_in(release)
    return manifest is not None and manifest.name == release.name


def _refusal(target: Path, message: str, hint: str) -> SiteError:
    return refusal(target, "publish", message, hint)


def _refuse_overlap(site: Path, target: Path) -> None:
    one, other = site.resolve(), target.resolve()
    if one.is_relative_to(other / RELEASES) or other.is_relative_to(one):
        raise _refusal(target, "the site can't be published into itself", "name a folder outside of it")


def _clear(target: Path) -> None:
    """Remove what interrupted publications have left; a host's folder that may be filled from elsewhere only later."""
    for left in (target / RELEASES).glob(f"{STAGE}*"):
        is_of_host = is_release_name(left.name.removeprefix(STAGE))
        if not is_of_host or time.time() - left.stat().st_mtime > _SETTLED:
            _remove(left)
    for left in target.glob(f"{STAGE}*"):
        if _STAGED.fullmatch(left.name) and not _is_folder(left):
            left.unlink()


def _remove(folder: Path) -> None:
    """Remove what nobody reads; what can't be removed stays, and is tried again by the next publication."""
    with suppress(OSError):
        remove_tree(folder)


def _fill(folder: Path, manifest: Manifest, site: Path, before: Path | None, work: Path) -> int:
    """Make a folder match the manifest, each file by one rename, and return how many files had to be changed.

    A file that the release before has is linked, not copied, unless it is damaged there.

    Raises:
        SiteError: a file still does not match the manifest: the site has changed since.
    """
    folder.mkdir(exist_ok=True)
    strange = list(_strange_in(folder, manifest))
    for path in strange:  # first of all: a link could lead what is put below it elsewhere
        if _is_folder(path):
            path.rmdir()
        else:
            path.unlink()
    wrong = find_wrong(manifest, folder)
    if before is not None and before != folder:
        _take(folder, [path for path, what in wrong.items() if what == "missing"], before, _link, work)
        wrong = find_wrong(manifest, folder)
    _take(folder, wrong, site, shutil.copy2, work)
    still = find_wrong(manifest, folder) if wrong else {}
    if still:
        raise SiteError(problems_of(still, str(site)))
    _put(folder / MANIFEST, lambda path: path.write_bytes(manifest.as_json()), work)
    return len(wrong) + len(strange)


def _read_own(release: Path, paths: Collection[str]) -> dict[str, File]:
    """Those of some files that a release has itself, not by a folder that is a link; none if it can't be read."""
    with suppress(OSError):
        return read_files(release, list_files(release).keys() & paths)
    return {}


def _let_read(release: Path, rights: int) -> None:
    """Give a release the rights that a new one gets: what it has from an earlier one may have stricter ones.

    None is taken away: files are also those of the release that is being served.
    """
    for place, _, names in os.walk(release):
        _set_rights(Path(place), rights)
        for name in names:
            _set_rights(Path(place, name), rights & 0o666)


def _set_rights(path: Path, rights: int) -> None:
    mode = stat.S_IMODE(path.lstat().st_mode)
    if rights & ~mode:
        with suppress(OSError):  # another's, who has published this before; or a disk without rights
            path.chmod(mode | rights)


def _strange_in(release: Path, manifest: Manifest) -> Iterator[Path]:
    """What a release has beside the files of its manifest and their folders; what is in a folder comes before it."""
    files, folders = {MANIFEST, *manifest.all}, set[str]()
    for folder in manifest.all:
        while (folder := folder.rpartition("/")[0]) and folder not in folders:
            folders.add(folder)
    for top, below, names in os.walk(release, topdown=False):
        for path in (Path(top, name) for name in (*names, *below)):
            if path.relative_to(release).as_posix() not in (folders if _is_folder(path) else files):
                yield path


def _take(folder: Path, paths: Iterable[str], source: Path, how: Callable[[Path, Path], object], work: Path) -> None:
    """Put in place those files that the source has; the caller checks whether they are right."""
    for path in paths:
        if os.path.isfile(source / path):  # noqa: PTH113 - see _is_file
            _put(folder / path, partial(how, source / path), work)


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links, or with too many of this file; each says so in its own way
        shutil.copy2(old, new)


def _put(path: Path, make: Callable[[Path], object], work: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = work / f"{STAGE}{secrets.token_hex(6)}"
    try:
        make(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _switch(target: Path, name: str) -> None:
    """Make a release current, once it is safely on the disk; `releases` may be on another one."""
    link = target / f"{STAGE}{secrets.token_hex(6)}"
    link.symlink_to(f"{RELEASES}/{name}")
    os.sync()  # otherwise a power cut may leave the link and lose the files
    os.replace(link, target / CURRENT)


def _current(target: Path) -> str | None:
    """The name of the current release."""
    current = target / CURRENT
    return current.readlink().name if leads_to_release(current) else None


def _history(target: Path) -> list[str]:
    """Names of the existing releases, oldest first, whatever an editor has put around them; as `past` in on_the_host.sh."""
    # UTF-16 has these around ASCII, and UTF-8 has not.
    content = read_bounded(target, HISTORY).translate(None, b"\0\xfe\xff")
    lines = content.decode("utf-8", "replace").split("\n")
    names = dict.fromkeys(line.strip("\ufeff\t\r ") for line in lines)
    return [name for name in names if is_release_name(name) and _is_file(target / RELEASES / name / MANIFEST)]


def _unlisted(target: Path, listed: Sequence[str]) -> list[str]:
    """Names of the releases that a damaged history doesn't have, oldest first; as `unlisted` in on_the_host.sh."""
    manifests = (path / MANIFEST for path in (target / RELEASES).iterdir() if is_release_name(path.name))
    found = {own.parent.name: own.stat().st_mtime for own in manifests if _is_file(own)}
    return sorted(found.keys() - listed, key=lambda name: (found[name], name))


def _remove_others(target: Path, kept: Sequence[str], work: Path) -> None:
    """Remove all releases but these and those that are no longer as they were published."""
    for folder in (target / RELEASES).iterdir():
        if folder.name not in kept and _is_as_published(folder):
            with suppress(OSError):
                os.replace(folder, work / folder.name)


def _is_as_published(release: Path) -> bool:
    """Whether a release has nothing but what its manifest names, as it is named there; some of it may be gone."""
    manifest = manifest_in(release) if _has_manifest(release) else None
    if manifest is None or any(_strange_in(release, manifest)):
        return False
    try:
        return {*find_wrong(manifest, release).values()} <= {"missing"}
    except OSError:  # a folder in it can't be read
        return False
