"""Names that are given once: one that is taken gets a number."""

from __future__ import annotations

from collections.abc import Callable


class FreeNames:
    """Gives names; it goes on from the last number of a name, as an old site may have one name thousands of times."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def take(self, *tries: str, numbered: Callable[[int], str]) -> str:
        """Return the first name that is still free, or else the last one with a number, from 2 on."""
        name = next((own for own in tries if own not in self._taken), "") or self._numbered(tries[-1], numbered)
        self._taken.add(name)
        return name

    def _numbered(self, name: str, numbered: Callable[[int], str]) -> str:
        number = self._numbers.get(name, 2)
        while numbered(number) in self._taken:
            number += 1
        self._numbers[name] = number + 1
        return numbered(number)
