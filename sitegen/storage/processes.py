"""Work shared among forked processes, which start with everything already loaded and share its memory.

An item may kill its process by reaching the memory limit, or by crashing a library written in C. Each process records
its current item, so that the file can be named.
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

from sitegen.problems.problem import SiteError
from sitegen.source.limits import costly, too_costly

Item = TypeVar("Item")
Result = TypeVar("Result")

#: With fewer items than this, forking takes longer than the work.
WORTH_FORKING = 96
#: Parts per process: enough that no process waits long for another at the end.
PARTS = 16
#: More processes than this are not forked: the numbers of their parts would not fit into a pipe.
_MOST_WORKERS = 256
#: Bytes that a process may use beyond those in use when the work begins.
MOST_MEMORY = 4 << 30
#: Seconds for retrying an item that may have killed a process, in a separate process.
_TRIAL = 60
_NUMBER = struct.Struct("q")

#: Shared by the processes: the number of each one's current item, plus one; `_place` is the offset of this process. Not
#: backed by a file: it works on a full disk too.
_at_hand: mmap.mmap | None = None
_place = 0


def available() -> int:
    """How many processes this machine can run at once; 1 if processes can't be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Result],
    workers: int,
    *,
    worth: int = WORTH_FORKING,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """The results of `work` for each part of the items, in order.

    With one worker or few items, the parts are processed here; otherwise, what `work` returns must be picklable.

    Args:
        worth: with fewer items than this, no process is forked.
        meanwhile: what this process does while others work; it is not called where none is forked.

    Raises:
        SiteError: an item takes too much memory or depth, or has killed its process.
    """
    if workers < 2 or len(items) < worth:
        with _limited():
            yield from (_told(work, items, own) for own in _parts(len(items), WORTH_FORKING))
        return
    from sitegen.storage.forking import DiedError, run_forked, survives  # not needed for little work

    global _at_hand
    workers = min(workers, _MOST_WORKERS)
    parts = [*_parts(len(items), -(-len(items) // (workers * PARTS)))]
    _at_hand = mmap.mmap(-1, _NUMBER.size * workers)
    gc.freeze()  # what is already loaded is not scanned again, and so not copied

    def run(number: int) -> Result:
        try:
            return _told(work, items, parts[number])
        finally:
            _note(-1)

    try:
        yield from run_forked(run, len(parts), workers, _begin, meanwhile)
    except DiedError as error:
        numbers = [number - 1 for (number,) in _NUMBER.iter_unpack(_at_hand) if number]
        if not numbers:  # it was no item that ended a process
            raise
        ended = [n for n in numbers if not survives(lambda n=n: _told(work, items, range(n, n + 1)), _TRIAL)] or numbers  # type: ignore[misc]
        raise SiteError([costly(items[number], "a process ended while reading it") for number in ended]) from error
    finally:
        _at_hand = None
        gc.unfreeze()


def _begin(number: int) -> None:
    """Give a new process its place and its memory limit."""
    global _place
    _place = number * _NUMBER.size
    _limit()


def _limit() -> int | None:
    """Limit how much more memory this process may use; return the previous limit, or None if the system has none."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most, (soft, hard) = pages * mmap.PAGESIZE + MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if soft < 0 else min(most, soft), hard))
        return soft
    return None


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Limit the work of this process to the memory that a forked process would have."""
    before = _limit()
    try:
        yield
    finally:
        if before is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (before, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _told(work: Callable[[Sequence[Item]], Result], items: Sequence[Item], own: range) -> Result:
    """The result of `work` for a part of the items; raises SiteError if an item takes too much memory or depth."""
    part = _Noted(items, own)
    try:
        return work(part)
    except (MemoryError, RecursionError) as error:
        raise SiteError([too_costly(items[part.number], error)]) from error


class _Noted(Sequence[Any]):
    """A part of the items; iterating it records each item as the current one."""

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


def _parts(count: int, size: int) -> Iterator[range]:
    return (range(start, min(start + size, count)) for start in range(0, count, max(1, size)))
