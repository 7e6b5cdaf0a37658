"""Git, asked about the site's folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def find_unsaved(root: Path, folder: str) -> list[str]:
    """The files of a folder, but for hidden ones, that the last commit lacks as they are now; all where there is no git."""
    listed = run_git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD", folder)
    changed = run_git(root, "diff", "-z", "--name-only", "--relative", "HEAD", "--", folder)
    saved = set(os.fsdecode(listed).split("\0")) - set(os.fsdecode(changed).split("\0"))
    files = (path for path in (root / folder).rglob("[!.]*") if path.is_file())
    return sorted({path.relative_to(root).as_posix() for path in files} - saved)


def run_git(root: Path, *arguments: str) -> bytes:
    """What git prints in a folder; nothing where it fails."""
    try:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603 - no shell; paths are listed files
    except OSError:
        return b""
