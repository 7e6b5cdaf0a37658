"""A connection that a slow host cannot hold."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def in_time(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """End what a host lets drip: after so many seconds its connection is shut, whatever has come by then.

    Raises:
        TimeoutError: it was.
    """
    if connection.sock is None:
        connection.connect()
    is_late = threading.Event()
    late = threading.Timer(
        seconds, _hang_up, (connection.sock, is_late)
    )  # its socket is no longer there once it closes
    late.daemon = True
    late.start()
    try:
        yield
    except (OSError, ValueError, http.client.HTTPException) as error:
        if is_late.is_set():
            raise TimeoutError("it answers too slowly") from error
        raise
    finally:
        late.cancel()
    if is_late.is_set():
        raise TimeoutError("it answers too slowly")


def _hang_up(sock: socket.socket, is_late: threading.Event) -> None:
    is_late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
