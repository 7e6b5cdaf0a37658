"""A place in a source file."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """Where a value stands in its file: 1-based line and column, width in code points."""

    line: int
    column: int
    width: int = 1
