"""Folders among the system's temporary ones, for what a command needs only while it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitegen.problems.problem import refusal
from sitegen.source.files import reason_of

_PREFIX = "sitegen-"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder, which is removed at the end; raises SiteError if none can be made."""
    import tempfile  # loads random, which most builds don't need

    with _making():
        made = tempfile.TemporaryDirectory(prefix=_PREFIX)
    with made as folder:
        yield Path(folder)


def make_temporary_folder() -> Path:
    """A new folder that is the caller's to remove; raises SiteError if none can be made."""
    import tempfile

    with _making():
        return Path(tempfile.mkdtemp(prefix=_PREFIX))


@contextmanager
def _making() -> Iterator[None]:
    """Report what keeps a folder from being made: a full disk, or a system that nobody may write to, as in some containers."""
    try:
        yield
    except OSError as error:  # of no file, if none of the usual places will do
        reason = reason_of(error) if error.filename else "neither here nor in the other usual places"
        message = f"no folder for temporary files can be made: {reason}"
        hint = "free some disk space, or name a folder that you may write to in the variable TMPDIR"
        raise refusal(error.filename or os.environ.get("TMPDIR", "/tmp"), "unwritable", message, hint) from error  # noqa: S108 - only named
