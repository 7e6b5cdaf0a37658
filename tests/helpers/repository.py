"""A git repository for a tiny site, with its own identity."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Editor", "-c", "user.email=editor@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def commit(root: Path, message: str = "Edit") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
