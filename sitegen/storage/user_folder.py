"""The user's own folder for code that can be made again, beside what other programs cache."""

from __future__ import annotations

import os
from pathlib import Path


def user_folder(root: Path, name: str) -> Path | None:
    """A folder that belongs to the user alone; None if there is none.

    Args:
        root: the site's folder. A home within it (CI may set HOME to the checkout) came with the site, which another may
            have written.
    """
    try:
        ours = _caches() / "sitegen"
        if _is_within(root, ours):
            return None
        folder = ours / name
        for place in (ours, folder):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_own(place):
                return None
        return folder
    except (OSError, RuntimeError):  # no home, or one that can't be written
        return None


def _is_within(root: Path, folder: Path) -> bool:
    """Whether a folder is in the site's, as it is written or in fact, or in a home that is: links may lead out again."""
    sites = tuple(os.path.join(site, "") for site in (os.path.abspath(root), os.path.realpath(root)))  # noqa: PTH100
    places = (folder, os.path.realpath(folder), os.path.realpath(folder.parent.parent))
    return any(f"{place}/".startswith(sites) for place in places)


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
