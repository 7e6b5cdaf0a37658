"""The name of the command line as this user runs it."""

from __future__ import annotations

import sys
from pathlib import Path


def program() -> str:
    """The command that the user typed: `sitegen`, or `build.py` in a repository."""
    run = Path(sys.argv[0])
    return "sitegen" if run.stem == "sitegen" or run.parts[-2:] == ("sitegen", "__main__.py") else "build.py"


def as_run(text: str) -> str:
    """A text whose hints name the command as this user runs it."""
    return text.replace("python build.py", "sitegen") if program() == "sitegen" else text
