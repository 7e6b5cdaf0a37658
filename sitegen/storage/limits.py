"""At most so much processor time, memory and depth for one item: a text that is read or checked, a page that is made.

No look at a text tells what it will cost: so a timer interrupts work that goes on for too long, wherever it is. It counts
the time of this process, not that of programs that it has started, and not the time spent waiting.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from sitegen.problems.problem import Problem, SiteError

Result = TypeVar("Result")

#: Seconds of processor time that an item may take. The largest known texts of their sort (release notes of 900 KB, 3,000
#: pieces of code) take a third of it to read, and not more to make into a page.
MOST_SECONDS = 2.0
#: Seconds after which work is interrupted again that goes on in spite of it, as in a destructor.
_AGAIN = 0.25
#: Seconds in which a machine of 2024 goes through the loop that measures a slower one, which is given more time.
_LOOP = 0.001
_ROUNDS, _SLOWEST = 100_000, 20

#: The seconds that the current item may take; 0 while none is limited.
_seconds = 0.0
_is_extended = _is_over = _is_ready = False


class TimeIsUpError(BaseException):
    """An item has taken too much time; no Exception, which libraries and extensions may survive."""


def within_limits(path: str, work: Callable[[], Result], beyond: float = 0) -> Result:
    """The result of `work`; within other limited work, it has no time of its own.

    Only the main thread of a process can be interrupted: elsewhere, and where there are no timers, time has no limit.

    Args:
        path: the item's file.
        beyond: seconds that it may take in addition to `MOST_SECONDS`.

    Raises:
        SiteError: it takes too much time, memory or depth.
    """
    try:
        return work() if _seconds or not _can_interrupt() else _timed(work, MOST_SECONDS + beyond)
    except (MemoryError, RecursionError) as error:
        raise SiteError([too_costly(path, error)]) from error
    except TimeIsUpError as error:
        if _seconds:  # the time of what this is a part of
            raise
        raise SiteError([too_costly(path, error)]) from error


def _timed(work: Callable[[], Result], seconds: float) -> Result:
    try:
        try:  # the time may be up even while the timer is being stopped
            _start(seconds)
            result = work()
        finally:
            _stop()
    except TimeIsUpError:
        _stop()
        raise
    if _is_over:  # and something has gone on in spite of it
        raise TimeIsUpError
    return result


def _can_interrupt() -> bool:
    return hasattr(signal, "setitimer") and threading.get_ident() == threading.main_thread().ident


def _start(seconds: float) -> None:
    global _seconds, _is_extended, _is_over, _is_ready
    if not _is_ready:
        signal.signal(signal.SIGPROF, _interrupt)
        sys.unraisablehook = partial(_tell_unraised, sys.unraisablehook)
        _is_ready = True
    _seconds, _is_extended, _is_over = seconds, False, False
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)


def _stop() -> None:
    global _seconds
    signal.setitimer(signal.ITIMER_PROF, 0)
    _seconds = 0.0


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _is_extended, _is_over
    if not _seconds:
        return
    if not _is_extended:
        _is_extended = True
        signal.setitimer(signal.ITIMER_PROF, 0)  # not within this
        more = _seconds * (_slowness() - 1)
        signal.setitimer(signal.ITIMER_PROF, more or _AGAIN, _AGAIN)
        if more:
            return
    _is_over = True
    raise TimeIsUpError


def _tell_unraised(tell: Callable[[Any], object], unraised: Any) -> None:
    """Tell what was raised where nothing can be raised, but for the time, which is up again soon."""
    if unraised.exc_type is not TimeIsUpError:
        tell(unraised)


def _slowness() -> float:
    """How many times slower this machine is now than the one for which the limit was chosen; at least 1."""
    best = min(_loop() for _ in range(3))
    return min(max(1.0, best / _LOOP), _SLOWEST)


def _loop() -> float:
    start = time.process_time()
    for _ in range(_ROUNDS):
        pass
    return time.process_time() - start


def too_costly(item: Any, error: MemoryError | RecursionError | TimeIsUpError) -> Problem:
    """The problem of an item, or of a path, that takes too much memory, depth or time."""
    if isinstance(error, TimeIsUpError):
        return costly(item, f"this takes more than {MOST_SECONDS:g} seconds of processor time, more than a page may")
    what = "memory" if isinstance(error, MemoryError) else "depth"
    return costly(item, f"this takes more {what} than a page may")


def costly(item: Any, message: str) -> Problem:
    """The problem of an item, or of a path, that takes too much."""
    path = str(getattr(item, "path", item))
    path = f"content{path}".rstrip("/") if path.startswith("/") else path
    return Problem(path=path, code="too-costly", message=message, hint="make it smaller or simpler, or split it")
