"""Waiting for facts: a test never waits for a time, which a loaded machine would not keep."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: Seconds that a loaded machine may take; a wait ends when what is waited for is there.
SOON = 120.0
#: The first port that the system itself hands out, to clients too.
_HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST, _PORTS = 10_000, 20_000
#: Each process of a run begins elsewhere.
_places = itertools.count(os.getpid() * 101)


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Whether a condition becomes true in time; checked often, waits no longer than needed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()


def write_later(path: Path, text: str) -> None:
    """Write a file with a later time than before, even within a tick of the clock that files have their times from."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    if path.stat().st_mtime_ns <= before:
        os.utime(path, ns=(before + 1, before + 1))


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """What waits without end, for a lock or a pipe, ends in an error."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def free_port() -> int:
    """A port for a server that can't choose one itself; none that the system could hand to another in the meantime."""
    last = int(_HANDED_OUT.read_text().split()[0]) if _HANDED_OUT.exists() else 0
    for place in itertools.islice(_places, _PORTS if last >= _FIRST + _PORTS else 0):
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port := _FIRST + place % _PORTS)) != 0:
                return port
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
