"""Processes forked for one piece of work: each takes part after part, and sends what it made back through a pipe.

`concurrent.futures` can do it too, but its modules, threads and queues cost 20 ms at each use, and a build has two: a
fifteenth of the time of a small site.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import select
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

from sitegen.problems.problem import SiteError

_NUMBER, _SIZE = struct.Struct("=I"), struct.Struct("=Q")
#: Bytes that are read from a pipe at once.
_MOST_AT_ONCE = 1 << 20


class DiedError(Exception):
    """A process was killed, or has ended before its work was done."""


class _Process:
    """A forked process, with the pipe through which its results come."""

    def __init__(self, work: Callable[[int], object]) -> None:
        for stream in (sys.stdout, sys.stderr):  # otherwise the process would print again what waits there
            stream.flush()
        self.results, own_end = os.pipe()
        _widen(own_end)
        parent, (watched, self._life) = os.getpid(), os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._life)
            _end_with(parent, watched)
            _run_and_exit(work, own_end)
        os.close(own_end)
        os.close(watched)
        self._status: int | None = None

    def receive(self) -> tuple[int, Any, Exception | None] | None:
        """The next part's number with its result, or with what was raised; None if the process has ended.

        Raises:
            DiedError: it was killed, or has exited.
        """
        head = _read(self.results, _SIZE.size)
        if not head and self.wait() == 0:
            return None
        content = _read(self.results, *_SIZE.unpack(head)) if len(head) == _SIZE.size else b""
        if not content:
            raise DiedError
        found: tuple[int, Any, Exception | None] = pickle.loads(content)  # noqa: S301 - from this very program
        return found

    def wait(self) -> int:
        """The status with which the process ends."""
        if self._status is None:
            self._status = os.waitpid(self._pid, 0)[1]
        return self._status

    def end(self) -> int:
        """End the process, if it has not ended, and return its status."""
        os.close(self.results)
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
        status = self.wait()
        os.close(self._life)
        return status


def _widen(pipe: int) -> None:
    """Let a pipe hold what a process makes of a few parts: it need not wait for this one to take them."""
    with contextlib.suppress(AttributeError, OSError):  # not Linux, or over the user's limit
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _MOST_AT_ONCE)


def run_forked(
    run: Callable[[int], Any],
    count: int,
    workers: int,
    begin: Callable[[int], None],
    meanwhile: Callable[[], None],
) -> Iterator[Any]:
    """The results of `run` for the numbers below `count`, in order; they must be picklable.

    Args:
        count: at most 4,096, as their numbers wait in a pipe.
        begin: called in each new process with its number.
        meanwhile: called in this process once the others are at work.

    Raises:
        DiedError: a process was killed, or has exited.
    """
    parts = _queue(count)
    processes: list[_Process] = []
    try:
        processes.extend(_Process(partial(_work, run, parts, partial(begin, own))) for own in range(workers))
        meanwhile()
        yield from _in_order(processes, count)
    finally:
        os.close(parts)
        for process in processes:
            process.end()


def survives(run: Callable[[], object], seconds: int) -> bool:
    """Whether a process that runs this ends by itself within some seconds, be it by an exception."""
    process = _Process(lambda results: _try(run))
    ended = select.poll()
    ended.register(process.results)
    is_in_time = bool(ended.poll(1000 * seconds))
    return process.end() == 0 and is_in_time


def _try(run: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        run()


def _queue(count: int) -> int:
    """The end of a pipe from which each process takes the number of its next part, until there is none."""
    end, start = os.pipe()
    os.write(start, b"".join(map(_NUMBER.pack, range(count))))
    os.close(start)
    return end


def _end_with(parent: int, watched: int) -> None:
    """Let the system end this process as soon as its parent is gone, even by a signal that can't be caught.

    Otherwise it would go on writing into folders that the next run removes, and hold the parent's locks.

    Args:
        watched: the end of a pipe whose other end only the parent has, and processes that were forked later.
    """
    if hasattr(signal, "SIGIO"):  # sent when the other end is closed; it ends a process that does not handle it
        fcntl.fcntl(watched, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(watched, fcntl.F_SETFL, os.O_ASYNC)
    if os.getppid() != parent:
        os._exit(1)


def _run_and_exit(work: Callable[[int], object], results: int) -> NoReturn:
    """Do the work of a new process, which must never return into the code that forked it."""
    status = 1
    try:
        work(results)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        status = 0
    finally:
        os._exit(status)


def _work(run: Callable[[int], Any], parts: int, begin: Callable[[], None], results: int) -> None:
    begin()
    while taken := os.read(parts, _NUMBER.size):
        (number,) = _NUMBER.unpack(taken)
        content = pickle.dumps((number, *_outcome(run, number)), pickle.HIGHEST_PROTOCOL)
        for whole in (_SIZE.pack(len(content)), content):
            waiting = memoryview(whole)
            while waiting:
                waiting = waiting[os.write(results, waiting) :]


def _outcome(run: Callable[[int], Any], number: int) -> tuple[Any, Exception | None]:
    """A result, or what was raised, with its place in the code, which would not reach the other process."""
    try:
        return run(number), None
    except SiteError as error:
        return None, error
    except Exception as error:
        import traceback

        told = _sendable(error)
        told.add_note("".join(traceback.format_tb(error.__traceback__)))
        return None, told


def _sendable(error: Exception) -> Exception:
    """An error, or another one in its place: what an extension raises may be known to itself only."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - from this very program
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _in_order(processes: list[_Process], count: int) -> Iterator[Any]:
    """Each part's result, as soon as it and those before it have come."""
    at_work = {process.results: process for process in processes}
    ready = select.poll()
    for results in at_work:
        ready.register(results, select.POLLIN)
    found: dict[int, Any] = {}
    for number in range(count):
        while number not in found:
            if not at_work:
                raise DiedError
            for results, _ in ready.poll():
                told = at_work[results].receive()
                if told is None:
                    ready.unregister(results)
                    del at_work[results]
                    continue
                part, found[part], error = told
                if error is not None:
                    raise error
        yield found.pop(number)
    for process in at_work.values():  # what they have printed must not be lost
        process.wait()


def _read(results: int, size: int) -> bytes:
    """So many bytes from a pipe, or fewer if it ends before."""
    content = bytearray()
    while len(content) < size and (more := os.read(results, min(size - len(content), _MOST_AT_ONCE))):
        content += more
    return bytes(content)
