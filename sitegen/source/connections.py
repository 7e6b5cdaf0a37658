"""Connections with limits, for hosts that answer slowly, or that keep the processor busy with pieces of an answer."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

#: Bytes per second below which a host is too slow to wait for, once its time limit is over.
SLOWEST = 100_000
#: Interim answers (status 1xx) that a host may send before its answer; chunks whose average size is not looked at, and the
#: least average size of more.
MOST_INTERIM, FEW_CHUNKS, LEAST_CHUNK = 20, 10_000, 64


class _Answer(http.client.HTTPResponse):
    """An answer that is given up when it comes in more pieces than any server would send."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._begun = self._chunks = self._received = 0

    def _read_status(self) -> tuple[str, int, str]:
        self._begun += 1
        if self._begun > MOST_INTERIM:
            raise http.client.HTTPException("it sends interim answers without end")
        return super()._read_status()  # type: ignore[misc,no-any-return]

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        self._chunks += 1
        self._received += size
        if self._chunks > FEW_CHUNKS and self._received < LEAST_CHUNK * self._chunks:
            raise http.client.HTTPException("it sends its answer in tiny pieces")
        return size


def connection_to(address: str, seconds: float) -> http.client.HTTPConnection:
    """A connection to the host of an address, not yet open, whose answers have limits.

    Args:
        seconds: to wait for each piece of an answer.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=secure
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.response_class = _Answer
    return connection


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
