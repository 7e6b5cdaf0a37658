"""Git commands in the site's folder."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from sitegen.problems.problem import refusal
from sitegen.source.files import is_waiting

#: Messages of git for a folder that simply has no history; all its other messages are reported.
_NO_HISTORY = re.compile(
    rb"not a git repository|HEAD|does not have any commits|exists on disk|does not exist|Not a valid object"
)


#: What git tells the programs that it starts, such as hooks, about the repository that they were started for.
_OF_A_HOOK = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_IMPLICIT_WORK_TREE",
]

#: How each command of git begins: a folder that looks like a bare repository is none unless the command names it as one. A
#: branch can bring such a folder along, whose configuration names programs to run. Git obeys this from version 2.38 on.
GIT = ("git", "-c", "safe.bareRepository=explicit")

#: Files that Finder and Explorer write into folders.
_LITTER = {".DS_Store", ".directory", "Thumbs.db", "desktop.ini"}


def environment(**own: str) -> dict[str, str]:
    """The environment for git: a hook's repository, with its index, isn't the one in whose folder git is run."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C", **own}


def find_unsaved(root: Path, folder: str) -> list[str]:
    """The files of a folder that the last commit lacks in their current state; all without git.

    Of a file marked `assume-unchanged` or `skip-worktree`, git can't say that, so it counts as changed.
    """
    listed = run_git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD", folder)
    has_history = bool(listed)
    changed = run_git(root, "diff", "-z", "--name-only", "--relative", "HEAD", "--", folder, has_history=has_history)
    known = run_git(root, "ls-files", "-v", "-z", folder, has_history=has_history)
    marked = re.findall(r"(?:^|\0)(?:[a-z]|S) ([^\0]+)", os.fsdecode(known))
    saved = set(os.fsdecode(listed).split("\0")) - set(os.fsdecode(changed).split("\0")) - set(marked)
    files = (path for path in (root / folder).rglob("*") if path.is_file())
    theirs = (path for path in files if path.name not in _LITTER and not is_waiting(path.name))
    return sorted({path.relative_to(root).as_posix() for path in theirs} - saved)


def run_git(root: Path, *arguments: str, has_history: bool = False) -> bytes:
    """The output of git in a folder; empty if there is no git, no repository or no such file.

    Args:
        has_history: whether there is all that git needs, so that each failure is one.

    Raises:
        SiteError: git fails, for instance because the folder belongs to someone else; with git's own message.
    """
    try:
        command = [*GIT, "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, check=False, env=environment())  # noqa: S603 - no shell; paths are listed files
    except OSError:
        return b""
    if done.returncode and (has_history or (done.stderr and not _NO_HISTORY.search(done.stderr))):
        message, hint = words_of(done.stderr.decode("utf-8", "replace"))
        raise refusal(".git", "unreadable", f"git: {message}", hint)
    return done.stdout


def words_of(stderr: str) -> tuple[str, str]:
    """Git's error message, and the command that it suggests, or ""."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:] or ["failed"]
    command = next((line for line in lines if line.startswith("git ")), "")
    return fatal[0].partition(": ")[2] or fatal[0], f"run: {command}" if command else ""
