"""Text files, read with their faults as problems."""

from __future__ import annotations

from pathlib import Path

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.yaml import decode


def read_text(root: Path, path: str) -> str:
    """The text of a file below the root.

    Raises:
        SiteError: it cannot be read or is not clean UTF-8 text.
    """
    try:
        return decode(path, (root / path).read_bytes())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SiteError([Problem(path=path, code="unreadable", message=f"the file can't be read: {reason}")]) from error
