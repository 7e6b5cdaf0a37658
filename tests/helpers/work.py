"""Work is counted, never timed: a count is the same on every machine, however busy."""

from __future__ import annotations

import cProfile
import time
from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """The calls of Python's and C's functions that some work takes."""
    profile = cProfile.Profile()
    profile.runcall(work)
    # pstats has one entry for all functions of one name and line, as those of named tuples, and keeps the calls of any one of them
    return sum(entry.callcount for entry in profile.getstats())


def work_for(seconds: float) -> Callable[[], None]:
    """Work that takes so much processor time, for limits of it."""

    def work() -> None:
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass

    return work
