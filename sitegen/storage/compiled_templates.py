"""Compiled templates, kept for each user beside what other programs cache, as Python keeps compiled modules.

They are code, and so are never in a site's own `.cache/`, which may be somebody else's. As compiled modules they aren't
written with `python -B` or PYTHONDONTWRITEBYTECODE.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from sitegen.storage.cache import Cache

#: From this many on, the older half of them is removed; a site has some fifty.
MOST = 2_000


def compiled_templates(root: Path, *, is_read: bool) -> Cache | None:
    """The compiled templates of this user; None if there is no folder that belongs to the user alone.

    A home within the site's folder (CI may set HOME to the checkout) came with the site, which another may have written.
    """
    try:
        ours = _caches() / "sitegen"
        if ours.resolve().is_relative_to(root.resolve()):
            return None
        folder = ours / "templates"
        for place in (ours, folder):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_own = _is_own(ours) and _is_own(folder)
    except (OSError, RuntimeError):  # no home, or one that can't be written
        return None
    return Cache(folder, is_read, is_kept=not sys.dont_write_bytecode) if is_own else None


def thin_out(cache: Cache) -> None:
    """Remove the older half of the entries if there are many: those of earlier versions, and of templates since changed."""
    with contextlib.suppress(OSError):  # another build may remove them too
        entries = sorted(cache.folder.glob("*/*"), key=lambda path: path.stat().st_mtime_ns)
        for path in entries[: len(entries) // 2] if len(entries) > MOST else ():
            path.unlink(missing_ok=True)


def _caches() -> Path:
    """Where this user's programs keep what can be made again."""
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".cache"


def _is_own(folder: Path) -> bool:
    """Whether nobody but this user can write to a folder; Windows gives each user folders of their own."""
    if not hasattr(os, "geteuid"):
        return True
    found = folder.stat(follow_symlinks=False)
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022
