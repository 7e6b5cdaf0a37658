"""Connections with a time limit, for hosts that answer slowly."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: Bytes per second below which a host is too slow to wait for, once its time limit is over.
SLOWEST = 100_000


@contextmanager
def in_time(connection: http.client.HTTPConnection, seconds: float) -> Iterator[Callable[[int], None]]:
    """Shut a connection down after this many seconds, plus the time that a slow host may take for the bytes received.

    Yields a function to call with the number of bytes that have come.

    Raises:
        TimeoutError: the connection was shut down.
    """
    if connection.sock is None:
        connection.connect()
    watch = _Watch(connection.sock, seconds)  # the connection drops its socket when it closes
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
    """Shuts a connection down when its time is over."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        super().__init__(daemon=True)
        self.is_over, self.is_late = threading.Event(), False
        self._sock, self._end = sock, time.monotonic() + seconds

    def came(self, size: int) -> None:
        """Extend the time by what a slow host takes for this many bytes."""
        self._end += size / SLOWEST

    def run(self) -> None:
        """Wait for the end of the answer or of its time."""
        while not self.is_over.wait(max(0, self._end - time.monotonic())):
            if time.monotonic() >= self._end:
                self.is_late = True
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
                return
