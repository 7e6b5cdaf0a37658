"""A git repository for a tiny site, with its own identity."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Editor", "-c", "user.email=editor@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def commit(root: Path, message: str = "Edit") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def show_signatures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git sign commits and show that in its log, as people set it who sign; the program that signs is none."""
    program = folder / "gpg"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\necho 'gpg: Good signature' >&2\n"
        "echo -----BEGIN PGP SIGNATURE-----\necho -----END PGP SIGNATURE-----\n"
    )
    program.chmod(0o755)
    settings = {"commit.gpgSign": "true", "gpg.program": str(program), "log.showSignature": "true"}
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (name, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
