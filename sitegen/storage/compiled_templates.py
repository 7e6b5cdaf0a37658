"""Compiled templates, kept for each user beside what other programs cache, as Python keeps compiled modules.

They are code, and so are never in a site's own `.cache/`, which may be somebody else's. As compiled modules they aren't
written with `python -B` or PYTHONDONTWRITEBYTECODE.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from sitegen.storage.cache import Cache
from sitegen.storage.own_records import remove_own
from sitegen.storage.user_folder import user_folder

#: From this many on, the older half of them is removed; a site has some fifty.
MOST = 2_000


def compiled_templates(root: Path, *, is_read: bool) -> Cache | None:
    """The compiled templates of this user; None if there is no folder that belongs to the user alone."""
    folder = user_folder(root, "templates")
    return Cache(folder, is_read, is_kept=not sys.dont_write_bytecode) if folder else None


def thin_out(cache: Cache) -> None:
    """Remove the older half of the entries if there are many: those of earlier versions, and of templates since changed."""
    with contextlib.suppress(OSError):  # another build may remove them too
        entries = sorted(cache.entries(), key=lambda file: file.stat(follow_symlinks=False).st_mtime_ns)
        remove_own(entries[: len(entries) // 2] if len(entries) > MOST else ())
