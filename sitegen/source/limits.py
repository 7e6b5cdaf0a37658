"""At most so much processor time, memory and depth for one item: a file that is read, checked and made into pages.

No look at a text tells what it will cost: so a timer interrupts work that goes on for too long, wherever it is. It counts
the time of this process, not that of programs that it has started, and not the time spent waiting. The processes of a
build keep a common account of the items that take long, so that all the work on a file has the time of one item.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.time_account import ACCOUNT, LOOP, slowness, spend, spent

Result = TypeVar("Result")

#: Seconds of processor time that an item may take. The largest known texts of their sort (release notes of 900 KB, 3,000
#: pieces of code) take a third of it to read, and not more to make into a page.
MOST_SECONDS = 2.0
#: Seconds after which work is interrupted again that goes on in spite of it, as in a destructor.
_AGAIN = 0.25
#: The thread that can be interrupted, which is the main one of a process; 0 where there are no timers, as on Windows.
_interruptible = 0
#: Seconds that a piece of work always has, and that are not put to the account if it takes no more: what a page takes
#: in which nothing is costly, in however many languages it is shown.
_FREE = 0.1

#: The seconds that the current work has, 0 while none is limited; with those that earlier work on its item has taken;
#: and those that the item has in all on a machine that is not slow.
_seconds = _given = _in_all = 0.0
_is_extended = _is_over = _is_ready = False


class TimeIsUpError(BaseException):
    """An item has taken too much time; no Exception, which libraries and extensions may survive."""


def within_limits(path: str, work: Callable[[], Result], beyond: float = 0) -> Result:
    """The result of `work`, which has the time that earlier work on the file has left; within other limited work, none.

    Only the main thread of a process can be interrupted: elsewhere, and where there are no timers, time has no limit.

    Args:
        path: the item's file.
        beyond: seconds that it may take in addition to what is left of `MOST_SECONDS`.

    Raises:
        SiteError: it takes too much time, memory or depth.
    """
    try:
        return work() if _seconds or threading.get_ident() != _interruptible else _timed(path, work, beyond)
    except (MemoryError, RecursionError) as error:
        raise SiteError([too_costly(path, error)]) from error
    except TimeIsUpError as error:
        if _seconds:  # the time of what this is a part of
            raise
        raise SiteError([too_costly(path, error)]) from error


def _timed(path: str, work: Callable[[], Result], beyond: float) -> Result:
    """As `within_limits`, several times for each page: so it calls nothing that it can do itself."""
    global _seconds, _given, _in_all, _is_extended, _is_over
    before = spent(path) if ACCOUNT[-1] else 0.0
    if before == math.inf:  # its problem has been reported, and nothing of it will be published
        raise TimeIsUpError
    seconds = (MOST_SECONDS - before if MOST_SECONDS - before > _FREE else _FREE) + beyond
    if not _is_ready:
        _get_ready()
    try:
        try:  # the time may be up even while the timer is being stopped
            _seconds, _given, _in_all = seconds, before + seconds, MOST_SECONDS + beyond
            _is_extended = _is_over = False
            signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
            result = work()
        finally:
            left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
            took, _seconds = _seconds - left, 0.0
        if _is_over:  # and something has gone on in spite of it
            raise TimeIsUpError
    except TimeIsUpError:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _seconds = 0.0
        spend(path, math.inf)
        raise
    if took > _FREE + beyond:
        spend(path, took - beyond)
    return result


def _get_ready() -> None:
    global _is_ready
    signal.signal(signal.SIGPROF, _interrupt)
    sys.unraisablehook = partial(_tell_unraised, sys.unraisablehook)
    _is_ready = True


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _seconds, _is_extended, _is_over
    if not _seconds:
        return
    if not _is_extended:
        _is_extended = True
        signal.setitimer(signal.ITIMER_PROF, 0)  # not within this
        more = _in_all * slowness() - _given
        is_slow = more > LOOP
        signal.setitimer(signal.ITIMER_PROF, more if is_slow else _AGAIN, _AGAIN)
        if is_slow:
            _seconds += more
            return
    _is_over = True
    raise TimeIsUpError


def _tell_unraised(tell: Callable[[Any], object], unraised: Any) -> None:
    """Tell what was raised where nothing can be raised, but for the time, which is up again soon."""
    if unraised.exc_type is not TimeIsUpError:
        tell(unraised)


def _begin_process() -> None:
    """Note the main thread; in a forked process, it is the one that forked."""
    global _interruptible
    _interruptible = threading.get_ident()


if hasattr(signal, "setitimer"):
    _interruptible = threading.main_thread().ident or 0
    os.register_at_fork(after_in_child=_begin_process)


def too_costly(item: Any, error: MemoryError | RecursionError | TimeIsUpError) -> Problem:
    """The problem of an item, or of a path, that takes too much memory, depth or time."""
    if isinstance(error, TimeIsUpError):
        return costly(item, f"this takes more than {MOST_SECONDS:g} seconds of processor time, more than a file may")
    what = "memory" if isinstance(error, MemoryError) else "depth"
    return costly(item, f"this takes more {what} than a file may")


def costly(item: Any, message: str) -> Problem:
    """The problem of an item, or of a path, that takes too much."""
    path = str(getattr(item, "path", item))
    path = f"content{path}".rstrip("/") if path.startswith("/") and path.endswith("/") else path
    return Problem(path=path, code="too-costly", message=message, hint="make it smaller or simpler, or split it")
