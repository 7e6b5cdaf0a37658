"""A connection that a slow host cannot hold."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: Bytes in a second below which a host is too slow to be waited for, once `PATIENCE` is over.
SLOWEST = 100_000


@contextmanager
def in_time(connection: http.client.HTTPConnection, seconds: float) -> Iterator[Callable[[int], None]]:
    """End what a host lets drip: after so many seconds its connection is shut, but for those that what has come may take.

    Gives the function that is to be told of bytes that have come.

    Raises:
        TimeoutError: it was.
    """
    if connection.sock is None:
        connection.connect()
    watch = _Watch(connection.sock, seconds)  # its socket is no longer there once it closes
    watch.start()
    try:
        yield watch.came
    except (OSError, ValueError, http.client.HTTPException) as error:
        if watch.is_late:
            raise TimeoutError("it answers too slowly") from error
        raise
    finally:
        watch.is_over.set()
    if watch.is_late:
        raise TimeoutError("it answers too slowly")


class _Watch(threading.Thread):
    """Shuts a connection when its time is over."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        super().__init__(daemon=True)
        self.is_over, self.is_late = threading.Event(), False
        self._sock, self._end = sock, time.monotonic() + seconds

    def came(self, size: int) -> None:
        """Give the rest as much more time as a slow host takes for so many bytes."""
        self._end += size / SLOWEST

    def run(self) -> None:
        """Wait for the end of the answer, or of its time."""
        while not self.is_over.wait(max(0, self._end - time.monotonic())):
            if time.monotonic() >= self._end:
                self.is_late = True
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
                return
