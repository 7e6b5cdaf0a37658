"""Work spread over processes that are forked off, so that each begins with all that is known and shares its memory.

A process may die of what it works on: it is stopped at its limit of memory, or a library in C fails. Each notes which item
it has at hand, so that the file can be named.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sitegen.problems.problem import Problem, SiteError

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Fewer items than this are done faster than a process is forked off.
WORTH_FORKING = 96
#: Parts per process: enough that none waits long for another at the end.
PARTS = 8
#: Bytes that a process may take beyond those with which the work begins.
MOST_MEMORY = 4 << 30
#: Seconds for an item that may have ended a process, when it is tried once more by itself.
_TRIAL = 60
_NUMBER = struct.Struct("q")

_work: Callable[[Any], Any] | None = None
_items: Sequence[Any] = ()
#: Shared by the processes: how many have begun, then the number of the item that each has at hand, plus one; where this
#: one's stands. No file is behind it, as behind `multiprocessing.Value`: it works on a full disk too.
_at_hand: mmap.mmap | None = None
_place = 0


def available() -> int:
    """How many processes this machine runs at once; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    items: Sequence[Item], work: Callable[[Sequence[Item]], Result], workers: int, *, worth: int = WORTH_FORKING
) -> Iterator[Result]:
    """What `work` makes of each part of the items, in order.

    With one worker, or few items, the parts are done here; what `work` returns must else be picklable.

    Args:
        worth: fewer items than this are few.

    Raises:
        SiteError: an item takes too much memory or depth, or has ended its process.
    """
    if workers < 2 or len(items) < WORTH_FORKING:
        with _limited():
            yield from (_told(work, items, own) for own in _parts(len(items), WORTH_FORKING))
        return
    import multiprocessing  # where there is little to do they are not needed, and slow to load
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    global _work, _items, _at_hand  # inherited by the processes: a closure cannot be pickled
    _work, _items, _at_hand = work, items, mmap.mmap(-1, _NUMBER.size * (1 + workers))
    gc.freeze()  # what is known already is not looked at again, and so not copied
    fork = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(workers, fork, _begin, (fork.Lock(),)) as pool:
            yield from pool.map(_run, _parts(len(items), -(-len(items) // (workers * PARTS))))
    except BrokenProcessPool as error:
        numbers = [number - 1 for (number,) in _NUMBER.iter_unpack(_at_hand[_NUMBER.size :]) if number]
        ended = [number for number in numbers if not _is_survived(fork, number)] or numbers
        raise SiteError([_problem(items[number], "a process ended while reading it") for number in ended]) from error
    finally:
        _work, _items, _at_hand = None, (), None
        gc.unfreeze()


def _begin(lock: Any) -> None:
    """Give a new process its place, and its limit."""
    global _place
    assert _at_hand is not None
    with lock:
        begun = _NUMBER.unpack_from(_at_hand)[0] + 1
        _NUMBER.pack_into(_at_hand, 0, begun)
    _place = begun * _NUMBER.size
    _limit()


def _limit() -> int | None:
    """Let this process take so much memory more and no more; the limit before, None where the system has none."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most, (soft, hard) = pages * mmap.PAGESIZE + MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if soft < 0 else min(most, soft), hard))
        return soft
    return None


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Hold the work of this process to the limit that a process of its own would have."""
    before = _limit()
    try:
        yield
    finally:
        if before is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (before, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _run(own: range) -> Any:
    assert _work is not None
    try:
        return _told(_work, _items, own)
    finally:
        _note(-1)


def _told(work: Callable[[Sequence[Item]], Result], items: Sequence[Item], own: range) -> Result:
    """What `work` makes of a part of the items.

    Raises:
        SiteError: one of them takes too much memory or depth.
    """
    part = _Noted(items, own)
    try:
        return work(part)
    except (MemoryError, RecursionError) as error:
        what = "memory" if isinstance(error, MemoryError) else "depth"
        raise SiteError([_problem(items[part.number], f"this takes more {what} than a page may")]) from error


class _Noted(Sequence[Any]):
    """A part of the items; the one that is at hand is noted as each is asked for."""

    def __init__(self, items: Sequence[Any], own: range) -> None:
        self._items = items
        self._own = own
        self.number = own.start

    def __len__(self) -> int:
        return len(self._own)

    def __getitem__(self, index: Any) -> Any:
        return [self._items[number] for number in self._own][index]

    def __iter__(self) -> Iterator[Any]:
        for number in self._own:
            self.number = number
            _note(number)
            yield self._items[number]


def _note(number: int) -> None:
    if _at_hand is not None:
        _NUMBER.pack_into(_at_hand, _place, number + 1)


def _is_survived(fork: Any, number: int) -> bool:
    """Whether a process of its own gets over one item."""
    process = fork.Process(target=_run, args=(range(number, number + 1),))
    process.start()
    process.join(_TRIAL)
    if process.exitcode is None:
        process.kill()
        process.join()
    return process.exitcode in (0, 1)  # 1 is an exception, which the process has lived to tell


def _problem(item: Any, message: str) -> Problem:
    path = str(getattr(item, "path", item))
    path = f"content{path}".rstrip("/") if path.startswith("/") else path
    return Problem(path=path, code="too-costly", message=message, hint="make it smaller or simpler, or split it")


def _parts(count: int, size: int) -> Iterator[range]:
    return (range(start, min(start + size, count)) for start in range(0, count, max(1, size)))
