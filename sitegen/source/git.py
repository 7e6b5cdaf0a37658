"""Git commands in the site's folder."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from sitegen.problems.problem import refusal

#: Messages of git for a folder that simply has no history; all its other messages are reported.
_NO_HISTORY = re.compile(
    rb"not a git repository|HEAD|does not have any commits|exists on disk|does not exist|Not a valid object"
)


def find_unsaved(root: Path, folder: str) -> list[str]:
    """The files of a folder, except hidden ones, that the last commit lacks in their current state; all without git."""
    listed = run_git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD", folder)
    changed = run_git(root, "diff", "-z", "--name-only", "--relative", "HEAD", "--", folder)
    saved = set(os.fsdecode(listed).split("\0")) - set(os.fsdecode(changed).split("\0"))
    files = (path for path in (root / folder).rglob("[!.]*") if path.is_file())
    return sorted({path.relative_to(root).as_posix() for path in files} - saved)


def run_git(root: Path, *arguments: str) -> bytes:
    """The output of git in a folder; empty if there is no git, no repository or no such file.

    Raises:
        SiteError: git fails, for instance because the folder belongs to someone else; with git's own message.
    """
    try:
        command = ["git", "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})  # noqa: S603 - no shell; paths are listed files
    except OSError:
        return b""
    if done.returncode and done.stderr and not _NO_HISTORY.search(done.stderr):
        message, hint = words_of(done.stderr.decode("utf-8", "replace"))
        raise refusal(".git", "unreadable", f"git: {message}", hint)
    return done.stdout


def words_of(stderr: str) -> tuple[str, str]:
    """Git's error message, and the command that it suggests, or ""."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:] or ["failed"]
    command = next((line for line in lines if line.startswith("git ")), "")
    return fatal[0].partition(": ")[2] or fatal[0], f"run: {command}" if command else ""
