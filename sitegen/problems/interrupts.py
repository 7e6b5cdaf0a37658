"""Ctrl+C that arrives where nothing can be raised, as in a destructor, arrives again a moment later.

Python runs a signal's handler at the next line of Python; after a search for cycles that is often a weak reference's
callback, and what is raised in one is only printed.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

#: Seconds after which it arrives again: callbacks end sooner as a rule, and else it is repeated.
_AGAIN = 0.05


def repeat_lost_interrupts() -> None:
    """From now on, in this process, repeat what interrupts it until that is raised where it ends the command."""
    sys.unraisablehook = partial(_repeat_or_tell, sys.unraisablehook)


def _repeat_or_tell(tell: Callable[[Any], object], unraised: Any) -> None:
    if unraised.exc_type is not KeyboardInterrupt:
        tell(unraised)
        return
    # a process in the background may ignore Ctrl+C; `serve` is ended by SIGTERM too
    number = signal.SIGTERM if callable(signal.getsignal(signal.SIGTERM)) else signal.SIGINT
    again = threading.Timer(_AGAIN, _thread.interrupt_main, [number])
    again.daemon = True
    again.start()
