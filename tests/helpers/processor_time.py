"""How long the processor works on something."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable

from sitegen.problems.problem import SiteError


def seconds(work: Callable[[], object], times: int) -> float:
    """The least time that the processor needed, out of a few: whatever else the machine does can only add to it."""
    least = float("inf")
    gc.disable()
    try:
        for _ in range(times):
            begin = time.process_time()
            with contextlib.suppress(SiteError):
                work()
            least = min(least, time.process_time() - begin)
    finally:
        gc.enable()
    return least
