"""Connections with limits, for hosts that answer slowly, or that keep the processor busy with pieces of an answer."""

from __future__ import annotations

import http.client
import ipaddress
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

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


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


class NotPublicError(OSError):
    """A host whose address only machines near this one can reach."""


def connection_to(address: str, seconds: float, *, is_public: bool = False) -> http.client.HTTPConnection:
    """A connection to the host of an address, not yet open, whose answers have limits.

    Args:
        seconds: to wait for each piece of an answer.
        is_public: whether to open it to public addresses only, whatever the host's name stands for at that moment;
            otherwise NotPublicError is raised then.
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
    if is_public:
        connection._create_connection = _connect_in_public  # type: ignore[attr-defined]
    return connection


def is_public(host: str) -> bool:
    """Whether a host has a public address; a name that stands for nothing has none, and raises OSError."""
    return any(map(_is_public, _addresses(host, 0)))


def _connect_in_public(place: tuple[str, int], *arguments: Any) -> socket.socket:
    """As `socket.create_connection`, which would ask for the addresses of the name once more."""
    found = _addresses(*place)
    public = [address for address in found if _is_public(address)]
    if not public:
        raise NotPublicError(f"its address, {found[0]}, is not public")
    for address in public[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, place[1]), *arguments)
    return socket.create_connection((public[-1], place[1]), *arguments)


def _addresses(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_public(address: str) -> bool:
    own = ipaddress.ip_address(address)
    if isinstance(own, ipaddress.IPv6Address):
        within = own.ipv4_mapped or own.sixtofour or (ipaddress.IPv4Address(own.packed[-4:]) if own in _NAT64 else None)
        return within.is_global if within else own.is_global and not own.is_multicast
    return own.is_global and not own.is_multicast


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
