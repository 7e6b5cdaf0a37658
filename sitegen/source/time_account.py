"""Processor time that items of a build have taken, in an account that all its processes share, and how slow a machine is."""

from __future__ import annotations

import mmap
import struct
import time

#: Seconds in which a machine of 2024 goes through the loop that measures a slower one, which is given more time.
LOOP = 0.001
_ROUNDS, _SLOWEST = 100_000, 20

#: The account, shared with processes that are forked: entries of an item's hash and its seconds; the last byte says
#: whether there are any.
ACCOUNT = mmap.mmap(-1, mmap.PAGESIZE)
_ENTRY = struct.Struct("=qd")
_ENTRIES, _TRIES = mmap.PAGESIZE // _ENTRY.size - 1, 16


def begin_time_account() -> None:
    """Let all items have their whole time, as in a new build."""
    ACCOUNT[:] = bytes(len(ACCOUNT))


def spent(path: str) -> float:
    """The seconds that earlier work on an item has taken."""
    place = _place(path)
    seconds: float = _ENTRY.unpack_from(ACCOUNT, place)[1] if place >= 0 else 0.0
    return seconds


def spend(path: str, seconds: float) -> None:
    """Put seconds to the account; with a full one, nothing is known of the item."""
    place = _place(path)
    if place >= 0:
        _ENTRY.pack_into(ACCOUNT, place, hash(path), spent(path) + seconds)
        ACCOUNT[-1] = 1


def _place(path: str) -> int:
    """The place of an item's entry, or of an empty one for it; -1 if there is none. Forked processes agree on hashes."""
    own = hash(path)
    for number in range(own, own + _TRIES):
        place = number % _ENTRIES * _ENTRY.size
        if _ENTRY.unpack_from(ACCOUNT, place)[0] in (0, own):
            return place
    return -1


def slowness() -> float:
    """How many times slower this machine is now than the one for which the limit was chosen; at least 1."""
    best = min(_loop() for _ in range(3))
    return min(max(1.0, best / LOOP), _SLOWEST)


def _loop() -> float:
    start = time.thread_time()
    for _ in range(_ROUNDS):
        pass
    return time.thread_time() - start
