"""Work spread over processes that are forked off, so that each begins with all that is known and shares its memory."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Fewer items than this are done faster than a process is forked off.
WORTH_FORKING = 96
#: Parts per process: enough that none waits long for another at the end.
PARTS = 8

_work: Callable[[Any], Any] | None = None


def available() -> int:
    """How many processes this machine runs at once; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(items: Sequence[Item], work: Callable[[Sequence[Item]], Result], workers: int) -> Iterator[Result]:
    """What `work` makes of each part of the items, in order.

    With one worker, or few items, the parts are done here; what `work` returns must else be picklable.
    """
    if workers < 2 or len(items) < WORTH_FORKING:
        yield from (work(part) for part in _parts(items, WORTH_FORKING))
        return
    import multiprocessing  # where there is little to do they are not needed, and slow to load
    from concurrent.futures import ProcessPoolExecutor

    global _work  # inherited by the processes: a closure cannot be pickled
    _work = work
    gc.freeze()  # what is known already is not looked at again, and so not copied
    try:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_run, _parts(items, -(-len(items) // (workers * PARTS))))
    finally:
        _work = None
        gc.unfreeze()


def _run(part: Sequence[Any]) -> Any:
    assert _work is not None
    return _work(part)


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), max(1, size)))
