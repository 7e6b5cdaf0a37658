"""One save, one rebuild: watches the inputs of a site and rebuilds at each change.

watchfiles watches the files, because livereload polls, rebuilds once for each file of a save, and misses files that
arrive with an old time.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from sitegen.build.options import INPUTS
from sitegen.model.loading import load_config
from sitegen.preview.livereload import rebuild
from sitegen.preview.rebuilding import Preview
from sitegen.problems.problem import SiteError, refusal
from sitegen.problems.safe_output import one_line
from sitegen.source.leftover_files import is_litter
from sitegen.source.theme_layers import Layers

#: Milliseconds: a save of many files is one rebuild if none follows within STEP, at the latest after DEBOUNCE.
DEBOUNCE, STEP = 50, 5
#: Milliseconds between checks for an input folder that did not exist.
LOOK_AGAIN = 1000
#: Whether each folder is named to the system: Linux, asked for all below one, follows links, also out of the site.
_IS_EACH_WATCHED = sys.platform == "linux"
#: A theme may be a repository of its own.
_KEPT_BY_GIT = frozenset({".git"})


def is_watched(root: Path, path: str) -> bool:
    """Whether a file that changed may be part of a build: one that is never published is not, nor what Git keeps."""
    if is_litter(Path(path).name):
        return Path(path).is_dir()  # a folder is part of it whatever its name; its files may not be told of one by one
    return not _KEPT_BY_GIT.intersection(Path(path).relative_to(root).parent.parts)


async def watch(preview: Preview) -> None:
    """Rebuild at each change; folders that appear later are watched from then on."""
    root = preview.options.root.resolve()
    preview.alone()
    while True:
        try:
            await _watch(preview, root, _folders(root))
        except* (WatchfilesRustInternalError, FileNotFoundError):
            # the name of a changed file isn't UTF-8, which the rebuild that follows says; or a folder has just been removed
            await asyncio.sleep(LOOK_AGAIN / 1000)


@contextmanager
def _told_if_impossible(root: Path) -> Iterator[None]:
    """Say what to do if the system watches no more files."""
    lacking: Sequence[BaseException] = ()
    try:
        yield
    except* FileNotFoundError:
        raise
    except* OSError as errors:
        lacking = errors.exceptions
    if lacking:
        hint = "close other programs that watch files, or raise the system's limit (Linux: fs.inotify.max_user_watches)"
        raise refusal(str(root), "unreadable", f"its files can't be watched: {lacking[0]}", hint) from lacking[0]


async def _watch(preview: Preview, root: Path, folders: Sequence[Path]) -> None:
    """Rebuild at each change until other folders are there, be it under the same names: they aren't watched yet."""
    watched = frozenset(_folders_below(folders) if _IS_EACH_WATCHED else folders)
    changes = watchfiles.awatch(
        *watched,
        recursive=not _IS_EACH_WATCHED,
        watch_filter=lambda _, path: is_watched(root, path),
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=LOOK_AGAIN,
        yield_on_timeout=True,
    )
    first = asyncio.ensure_future(anext(changes))  # watching starts here; the rebuild below covers earlier changes
    await asyncio.sleep(0)
    await rebuild(preview, None)
    with _told_if_impossible(root):
        changed = await first
    while not _are_others(watched, changed):
        await _handle(preview, root, changed)
        if _folders(root) != folders:
            break
        changed = await anext(changes)
    await changes.aclose()


def _are_others(folders: Collection[Path], changes: Iterable[tuple[watchfiles.Change, str]]) -> bool:
    """Whether a folder has come, or one of those that are watched has gone: Git and editors put others in their places.

    What is written into a new folder before it is watched is not told.
    """
    added, deleted = watchfiles.Change.added, watchfiles.Change.deleted
    return any(
        (change is added and Path(path).is_dir()) or (change is deleted and Path(path) in folders)
        for change, path in changes
    )


def _folders_below(folders: Iterable[Path]) -> Iterator[Path]:
    """These folders and all in them that can be read, through no link."""
    for top in folders:
        for folder, names, _ in os.walk(top):
            names[:] = [name for name in names if name not in _KEPT_BY_GIT]
            if os.access(folder, os.R_OK | os.X_OK):
                yield Path(folder)


def _folders(root: Path) -> Sequence[Path]:
    """The folders to watch: the site's own, and those of its themes that are inside it."""
    own = [root / name for name in INPUTS if (root / name).is_dir() and not (root / name).is_symlink()]
    try:
        themes = Layers.of(root, load_config(root).theme).themes
    except SiteError:  # reported by the build
        themes = ()
    return own + [theme for theme in themes if theme.is_relative_to(root) and not theme.is_symlink()]


async def _handle(preview: Preview, root: Path, changes: set[tuple[watchfiles.Change, str]]) -> None:
    if changes:
        _name(changes)
        await rebuild(preview, {Path(path).relative_to(root).as_posix() for _, path in changes})


def _name(changes: Iterable[tuple[watchfiles.Change, str]]) -> None:
    names = sorted({Path(path).name for _, path in changes})
    print(one_line(f"changed: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}"), file=sys.stderr)
