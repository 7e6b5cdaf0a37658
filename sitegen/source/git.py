"""Git commands in the site's folder."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sitegen.problems.problem import refusal
from sitegen.source.files import is_waiting, read_file

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

#: Length of the name of a content → its digest.
_DIGESTS = {40: "sha1", 64: "sha256"}
#: What the attribute `ident` is for, but for what git puts there itself.
_OWN_ID = re.compile(rb"\$Id:(?! [0-9a-f]{40,64} \$)[^$\n]*+\$")
#: Files that Finder and Explorer write into folders.
_LITTER = {".DS_Store", ".directory", "Thumbs.db", "desktop.ini"}


def environment(**own: str) -> dict[str, str]:
    """The environment for git: a hook's repository, with its index, isn't the one in whose folder git is run."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C", **own}


def find_unsaved(root: Path, folder: str) -> list[str]:
    """The files of a folder that the last commit lacks in their current state; all without git.

    Their contents are compared: what git notes of files, settings and marks can keep from changing with them.
    """
    rows = os.fsdecode(run_git(root, "ls-tree", "-r", "-z", "HEAD", folder)).split("\0")
    saved = {path: words.split()[2] for words, _, path in (row.partition("\t") for row in rows if row)}
    files = (path for path in (root / folder).rglob("*") if path.is_file())
    theirs = (path for path in files if path.name not in _LITTER and not is_waiting(path.name))
    names = sorted({path.relative_to(root).as_posix() for path in theirs})
    unlike = [name for name in names if name in saved and _blob(root, name, saved[name]) != saved[name]]
    filtered, lost = _filtered(root, unlike), _lost(root, [saved[name] for name in names if name in saved])
    changed = {name for name in unlike if filtered.get(name) != saved[name] or _has_own_id(root, name)}
    return [name for name in names if name not in saved or name in changed or saved[name] in lost]


def _blob(root: Path, name: str, like: str) -> str:
    """The name of a file's content in a repository that names its contents as `like`; of a link that of its target."""
    place = root / name
    is_link = place.is_symlink()
    content = os.fsencode(os.readlink(place)) if is_link else read_file(root, name, None)  # noqa: PTH115 - as written
    return hashlib.new(_DIGESTS[len(like)], b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _filtered(root: Path, names: Sequence[str]) -> dict[str, str]:
    """Path → the name of a file's content as git would commit it, with its line ends and filters (large files)."""
    plain = [name for name in names if "\n" not in name and not name.startswith('"')]  # which this command can be given
    made = run_git(root, "hash-object", "--stdin-paths", given="\n".join(plain)) if plain else b""
    return dict(zip(plain, made.decode().split(), strict=False))


def _has_own_id(root: Path, name: str) -> bool:
    """Whether a file has words between `$Id:` and `$` that git takes out of what it keeps (gitattributes: ident)."""
    if not _OWN_ID.search(read_file(root, name, None)):
        return False
    return run_git(root, "check-attr", "-z", "ident", "--", name).endswith(b"\0ident\0set\0")


def _lost(root: Path, blobs: Sequence[str]) -> set[str]:
    """Those of some contents that the repository has no more."""
    told = run_git(root, "cat-file", "--batch-check", given="".join(f"{blob}\n" for blob in blobs)).decode()
    return {line.split()[0] for line in told.splitlines() if line.endswith(" missing")}


def run_git(root: Path, *arguments: str, given: str = "") -> bytes:
    """The output of git in a folder; empty if there is no git, no repository or no such file.

    Args:
        given: what git reads from its input.

    Raises:
        SiteError: git fails, for instance because the folder belongs to someone else; with git's own message.
    """
    try:
        command = [*GIT, "-C", str(root), *arguments]
        done = subprocess.run(command, input=os.fsencode(given), capture_output=True, check=False, env=environment())  # noqa: S603 - no shell; paths are listed files
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
