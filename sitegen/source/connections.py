"""Connections with limits, for hosts that answer slowly, or that keep the processor busy with pieces of an answer."""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

#: Bytes per second below which a host is too slow to wait for, once its time limit is over.
SLOWEST = 100_000
#: The bytes for which a line of headers or chunks counts beside its own, and a piece that arrives by itself: to read one
#: takes as long as so many bytes.
_LINE, _PIECE = 100, 500
#: One in so many bytes that arrive may be of lines and pieces, and as many more in each answer: 40 headers, chunks of 250
#: bytes and pieces of a kilobyte are not counted.
_SHARE, FREE = 2, 5_000
#: Bytes that a host may send to open a secure connection and, once it is open, for tickets; each further byte that gives
#: no content counts for so many, since 27 may change a key, which takes as long as 1,000 of headers.
_HANDSHAKE, _TICKETS, _HEAVY = 30_000, 3_000, 40
#: How much longer than its first a message of ours may be in the handshake: with keys of ffdhe3072, the longest that
#: browsers know, the second is; one of ffdhe8192 takes 0.2 s.
_KEY = 200
#: The length to which OpenSSL fills up the first message, or the second one where the first was shorter than 256 bytes.
_PADDED = 517
#: The longest record of TLS (RFC 8446, 5.2), and bytes that are read at once.
_RECORD, _AT_ONCE = 16_645, 16_384
#: Seconds that each answer may take without being counted, beside those for its bytes.
PROMPT = 1.0
#: Characters of a host's name (RFC 1035, 2.3.4).
LONGEST_NAME = 253
#: How many addresses of a host are tried: its name may stand for thousands.
MOST_ADDRESSES = 8

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ExcessError(http.client.HTTPException):
    """A host has used up what it may cost in all."""


class Allowance:
    """What all answers of a host may cost beside the files in them: what is read around these and kept, and waiting.

    Several threads may use it; what they count at the same moment may get lost.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._left, self._seconds = most, seconds

    def extend(self, size: int) -> None:
        """Allow more bytes."""
        self._left += size

    def spend(self, size: int = 0, seconds: float = 0) -> None:
        """Count bytes and seconds.

        Raises:
            ExcessError: these, or those counted before, are too many.
        """
        self._left -= size
        self._seconds -= seconds
        if self._left < 0:
            raise ExcessError("it sends far more headers, redirects or tiny pieces than a site has")
        if self._seconds < 0:
            raise ExcessError("all its answers together take too long")


class _Count:
    """Counts what there is around the body of one answer."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance, self._over = allowance, -FREE

    def __call__(self, size: int) -> None:
        self._over = max(self._over + size, -FREE)
        if self._over > 0:
            self._allowance.spend(self._over)
            self._over = 0


class _Pieces(io.RawIOBase):
    """What arrives on a connection; each piece is counted, since a host may send every byte by itself."""

    def __init__(self, raw: io.RawIOBase, count: Callable[[int], None]) -> None:
        self._raw, self._count = raw, count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        size: int = self._raw.readinto(buffer)
        self._count(_PIECE - size // _SHARE)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Lines(io.BufferedReader):
    """The same, of which each line is counted: of headers, interim answers, sizes of chunks, trailers."""

    def __init__(self, raw: io.RawIOBase, count: Callable[[int], None]) -> None:
        super().__init__(_Pieces(raw, count))
        self._count = count

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self._count(_LINE + len(line))
        return line


def _answer(allowance: Allowance, *arguments: Any, **options: Any) -> http.client.HTTPResponse:
    """An answer of which everything but the body is counted."""
    answer = http.client.HTTPResponse(*arguments, **options)
    answer.fp = _Lines(answer.fp.detach(), _Count(allowance))
    return answer


class _SecureSocket(socket.socket):
    """Speaks TLS by itself: OpenSSL alone would go on reading, uncounted, what a host sends instead of content.

    The handshake begins with what is first sent, so that a watch may look on.
    """

    def __init__(self, plain: socket.socket, host: str, allowance: Allowance) -> None:
        self._allowance, self._around, self._unfinished, self._hello = allowance, -_HANDSHAKE, 0, 0
        self._arrived, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _secure().wrap_bio(self._arrived, self._leaving, server_hostname=host)
        seconds = plain.gettimeout()
        super().__init__(plain.family, plain.type, plain.proto, plain.detach())
        self.settimeout(seconds)

    def sendall(self, content: Any, flags: int = 0, /) -> None:
        if not self._unfinished:
            self._until_done(self._tls.do_handshake)
            self._around, self._unfinished = self._arrived.pending - _TICKETS, _RECORD
        rest = memoryview(content)
        while rest:
            rest = rest[self._until_done(self._tls.write, rest) :]

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        try:
            size = self._until_done(self._tls.read, len(buffer), buffer)
        except ssl.SSLEOFError:  # as with Python's own: http.client knows whether the answer is whole
            return 0
        self._around -= size + size // 64 + 80  # what a record has beside its content, and pieces in which it may come
        self._settle(self._arrived.pending + self._tls.pending())
        return size

    def _until_done(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """What OpenSSL returns once enough has arrived."""
        try:
            while True:
                with suppress(ssl.SSLWantReadError):
                    done = act(*arguments)
                    self._send()
                    return done
                self._send()
                self._receive()
        except (ssl.SSLError, ConnectionError):
            self._settle(0)
            self._message()
            raise

    def _send(self) -> None:
        if message := self._message():
            super().sendall(message)

    def _message(self) -> bytes:
        """What OpenSSL wants to send; in the handshake, its length tells that of the keys."""
        message = self._leaving.read()
        self._hello = self._hello or max(len(message), _PADDED)
        if not self._unfinished and len(message) > self._hello + _KEY:
            raise ExcessError("it asks for keys that take too long to compute")
        return message

    def _receive(self) -> None:
        self._settle(self._unfinished)
        piece = self.recv(_AT_ONCE)
        self._around += len(piece) + _PIECE // _HEAVY
        self._arrived.write(piece) if piece else self._arrived.write_eof()

    def _settle(self, unread: int) -> None:
        """Count what has given no content, but for as many bytes that may yet give some."""
        if (wasted := self._around - unread) > 0:
            self._around = unread
            self._allowance.spend(wasted * _HEAVY)


class _SecureConnection(http.client.HTTPSConnection):
    """A connection with such a socket."""

    def __init__(self, host: str, port: int | None, seconds: float, allowance: Allowance) -> None:
        super().__init__(host, port, timeout=seconds, context=_secure())
        self._allowance = allowance

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = _SecureSocket(self.sock, self.host, self._allowance)


class NotPublicError(OSError):
    """A host whose address only machines near this one can reach."""


def connection_to(
    address: str, seconds: float, allowance: Allowance, *, is_public: bool = False
) -> http.client.HTTPConnection:
    """A connection to the host of an address, not yet open, whose answers have limits.

    Args:
        seconds: to wait for each piece of an answer.
        allowance: to which its answers are counted.
        is_public: whether to open it to public addresses only, whatever the host's name stands for at that moment;
            otherwise NotPublicError is raised then.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = _SecureConnection(host, port, seconds, allowance)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.response_class = partial(_answer, allowance)  # type: ignore[assignment]
    connection._create_connection = partial(_connect, is_public)  # type: ignore[attr-defined]
    return connection


@cache
def _secure() -> ssl.SSLContext:
    """What all secure connections share: the certificates take longer to load than a file."""
    context = ssl.create_default_context()
    context.options |= ssl.OP_NO_RENEGOTIATION  # each costs as much as a new connection
    names = [cipher["name"] for cipher in context.get_ciphers()]
    context.set_ciphers(":".join(name for name in names if not name.startswith("DHE-")))  # a key may take a second
    return context


def is_public(host: str) -> bool:
    """Whether a host has a public address; a name that stands for nothing has none, and raises OSError."""
    return any(map(_is_public, _addresses(host, 0)))


def _connect(is_public: bool, place: tuple[str, int], *arguments: Any) -> socket.socket:
    """As `socket.create_connection`, for a few addresses; it would ask for those of the name once more."""
    found = _addresses(*place)
    fit = [address for address in found if not is_public or _is_public(address)][:MOST_ADDRESSES]
    if not fit:
        raise NotPublicError(f"its address, {found[0]}, is not public")
    for address in fit[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, place[1]), *arguments)
    return socket.create_connection((fit[-1], place[1]), *arguments)


def _addresses(host: str, port: int) -> list[str]:
    if len(host) > LONGEST_NAME:  # Python would encode it first, in the square of its length
        raise socket.gaierror(f"no host has a name of {len(host)} characters")
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_public(address: str) -> bool:
    own = ipaddress.ip_address(address)
    if isinstance(own, ipaddress.IPv6Address):
        within = own.ipv4_mapped or own.sixtofour or (ipaddress.IPv4Address(own.packed[-4:]) if own in _NAT64 else None)
        return within.is_global if within else own.is_global and not own.is_multicast
    return own.is_global and not own.is_multicast


@contextmanager
def in_time(
    connection: http.client.HTTPConnection, seconds: float, allowance: Allowance
) -> Iterator[Callable[[int], None]]:
    """Shut a connection down after this many seconds, plus the time that a slow host may take for the bytes received.

    Yields a function to call with the number of bytes that have come.

    Raises:
        TimeoutError: the connection was shut down.
        ExcessError: the host has used up its allowance.
    """
    allowance.spend()
    watch = _Watch(seconds)
    try:
        if connection.sock is None:
            connection.connect()
        watch.look_at(connection.sock)  # the connection drops its socket when it closes
        yield watch.came
    except (OSError, ValueError, http.client.HTTPException) as error:
        if watch.is_late:
            raise TimeoutError("it answers too slowly") from error
        raise
    finally:
        watch.is_over.set()
        allowance.spend(seconds=watch.waited())
    if watch.is_late:
        raise TimeoutError("it answers too slowly")


class _Watch(threading.Thread):
    """Shuts a connection down when its time is over, which begins when it is open."""

    def __init__(self, seconds: float) -> None:
        super().__init__(daemon=True)
        self.is_over, self.is_late = threading.Event(), False
        self._seconds, self._begun, self._earned = seconds, time.monotonic(), 0.0

    def look_at(self, sock: socket.socket) -> None:
        """Begin with an open connection."""
        self._sock, self._end = sock, time.monotonic() + self._seconds
        self.start()

    def came(self, size: int) -> None:
        """Extend the time by what a slow host takes for this many bytes."""
        self._end += size / SLOWEST
        self._earned += size / SLOWEST

    def waited(self) -> float:
        """The seconds of waiting that are counted."""
        return max(0.0, time.monotonic() - self._begun - self._earned - PROMPT)

    def run(self) -> None:
        """Wait for the end of the answer or of its time."""
        while not self.is_over.wait(max(0, self._end - time.monotonic())):
            if time.monotonic() >= self._end:
                self.is_late = True
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
                return
