"""The time that all pieces of one kind of work may take in a build, such as the reading of texts."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from sitegen.problems.suggestions import begin_suggestions
from sitegen.source.time_account import ACCOUNT, begin_time_account, slowness, spend, spent

Result = TypeVar("Result")

#: Kind of work → the seconds that this process has spent and was allowed, of which the account does not know yet.
_own: dict[str, tuple[float, float]] = {}


class TimeBudget(Struct, frozen=True):
    """The time for a kind of work of which a site has many pieces, each within the limits of its file, but not all together.

    A piece may take some seconds of processor time, and more for each character, which is what such pieces take at most on
    a machine that is not slow, unless somebody means harm.

    Attributes:
        name: the name of its account.
        for_each: seconds that a piece may take; one that takes less is not put to the account.
        for_character: seconds that it may take besides for each of its characters.
        spare: seconds that all pieces of a build may take besides.
        first: seconds that each process may take besides, in which it loads what it needs.
    """

    name: str
    for_each: float
    for_character: float
    spare: float
    first: float = 0.0

    def run(self, work: Callable[[], Result], length: Callable[[], int]) -> Result | None:
        """The result of a piece of work with so many characters; None if those of this build have taken far too long."""
        if ACCOUNT[-1] and spent(self.name) == math.inf:
            return None
        start = time.thread_time()
        try:
            result = work()
        finally:  # also where the time of the file is up
            seconds = time.thread_time() - start
            is_over = seconds > self.for_each and self._spend(seconds, self.for_each + self.for_character * length())
        return None if is_over else result

    def _spend(self, seconds: float, allowed: float) -> bool:
        """Put a piece to this process's own account, and to that of all processes once it is overdrawn; whether that is too."""
        own, given = _own.get(self.name, (0.0, self.first))
        _own[self.name] = own, given = own + seconds, given + allowed
        if own <= given:
            return False
        _own[self.name] = (0.0, 0.0)
        allowance = f"{self.name}, allowed"
        spend(self.name, own)
        spend(allowance, given)
        over = spent(self.name) / (spent(allowance) + self.spare)
        if over > 1 and over > slowness():
            spend(self.name, math.inf)
        return spent(self.name) == math.inf


def begin_budgets() -> None:
    """Let all items and kinds of work have their whole time, as in a new build."""
    begin_time_account()
    _own.clear()
    begin_suggestions()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_own.clear)
