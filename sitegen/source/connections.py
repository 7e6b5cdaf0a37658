"""Connections with limits, for hosts that answer slowly, or that keep the processor busy with pieces of an answer."""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from sitegen.source.time_account import slowness

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

#: Bytes per second below which a host is too slow to wait for, once its time limit is over.
SLOWEST = 100_000
#: Bytes for which a second of processor time is allowed: to read them in pieces of a kilobyte takes half of it.
_FOR_WORK = 50_000_000
#: The most bytes of an answer before its body.
_HEAD = 100_000
#: Seconds that each answer may take without being counted, beside those for its bytes.
PROMPT = 1.0
#: Seconds between two looks at the work that an answer takes, at least and at most: there are more while it takes this share
#: of the time, or else to look at hosts that keep silent would be the most work. And those between two at how slow the
#: machine is.
_LOOK, _LOOK_RARELY, _BUSY = 0.02, 0.16, 0.1
_LOOK_AT_MACHINE = 1.0
#: Characters of a host's name (RFC 1035, 2.3.4).
LONGEST_NAME = 253
#: How many addresses of a host are tried: its name may stand for thousands.
MOST_ADDRESSES = 8

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ExcessError(http.client.HTTPException):
    """A host has used up what it may cost in all."""


class _Slowness:
    """How slow the machine has been at most: work of minutes may have begun in a quiet moment."""

    def __init__(self) -> None:
        self._most, self._next = 1.0, 0.0

    def now(self) -> float:
        """How many times slower it is than that for which times are chosen."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LOOK_AT_MACHINE  # before this, so that other threads don't do the same
            self._most = max(self._most, slowness())
        return self._most


class Allowance:
    """What all answers of a host may cost: what is kept of their words, waiting, and the work of reading them.

    Work is measured, and not what causes it: headers, pieces, keys and messages of TLS, in whatever form the next host
    sends them. Several threads may use an allowance; what they count at the same moment may get lost.

    Args:
        spare: what several hosts have together for work beyond their own. Once it is used up, only those are given up
            that need it; and what they have cost is not counted again to what they are asked next.
    """

    def __init__(self, kept: int, waiting: float, work: float, spare: Allowance | None = None) -> None:
        self._kept, self._waiting, self._work, self._spare = kept, waiting, work, spare
        self._worked = 0.0
        self._slowness: _Slowness = spare._slowness if spare else _Slowness()

    def extend(self, *, kept: int = 0, work: float = 0) -> None:
        """Allow more bytes, and seconds of processor time of a machine that is not slow."""
        self._kept += kept
        self._work += work

    def spend(self, *, kept: int = 0, waiting: float = 0, work: float = 0) -> None:
        """Count bytes and seconds.

        Raises:
            ExcessError: these, or those counted before, are too many.
        """
        self._kept -= kept
        self._waiting -= waiting
        self._worked += work
        if self._kept < 0:
            raise ExcessError("it sends far more headers and redirects than a site has")
        if self._waiting < 0:
            raise ExcessError("all its answers together take too long")
        beyond = self._worked / self._slowness.now() - self._work
        if beyond > 0:
            if self._spare is None:
                raise ExcessError("its answers take far more work than the files in them")
            self._work += beyond
            self._spare.spend(work=beyond * self._slowness.now())

    def pay_for(
        self, work: Callable[Parameters, Result], *arguments: Parameters.args, **options: Parameters.kwargs
    ) -> Result:
        """The result of a short piece of work on what a host has sent, which is counted.

        Raises:
            ExcessError: this, or what was counted before, is too much.
        """
        clock = _clock()
        begun = clock()
        try:
            return work(*arguments, **options)
        finally:
            self.spend(work=clock() - begun)


class _Head:
    """The lines of an answer before its body: the library takes 6.5 MB of them, and may make 300,000 headers of one line."""

    def __init__(self, lines: Any) -> None:
        self._lines, self._left = lines, _HEAD
        self.close = lines.close

    def readline(self, size: int) -> bytes:
        line: bytes = self._lines.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise ExcessError("it sends far more headers than a site has")
        return line


class _Answer(http.client.HTTPResponse):
    """An answer with a bounded head, in which hints of what will come may go before (RFC 8297)."""

    def begin(self) -> None:
        lines = self.fp
        self.fp = _Head(lines)  # type: ignore[assignment]
        try:
            super().begin()
            while http.client.PROCESSING <= self.status < http.client.OK:
                self.headers = None  # type: ignore[assignment]
                super().begin()
        finally:
            self.fp = lines if self.fp else self.fp


class _SecureConnection(http.client.HTTPSConnection):
    """One whose handshake begins with what is first sent, so that a watch may look on."""

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = _secure().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)


class NotPublicError(OSError):
    """A host whose address only machines near this one can reach."""


def connection_to(address: str, seconds: float, *, is_public: bool = False) -> http.client.HTTPConnection:
    """A connection to the host of an address, not yet open.

    Args:
        seconds: to wait for each piece of an answer.
        is_public: whether to open it to public addresses only, whatever the host's name stands for at that moment;
            otherwise NotPublicError is raised then.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = _SecureConnection(host, port, timeout=seconds, context=_secure())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.response_class = _Answer
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

    The same happens as soon as the allowance is used up by the work of this thread. Where a system has no clock of a
    thread that others can read (macOS, Windows), that is seen at the end only.

    Yields a function to call with the number of bytes of a file that have come.

    Raises:
        TimeoutError: the connection was shut down.
        ExcessError: the host has used up its allowance.
    """
    allowance.spend()
    watch = _Watch(seconds, allowance)
    try:
        if connection.sock is None:
            connection.connect()
        watch.look_at(connection.sock)  # the connection drops its socket when it closes
        yield watch.came
    except (OSError, ValueError, http.client.HTTPException) as error:
        if watch.reason:
            raise watch.reason from error
        raise
    finally:
        watch.end()
    if watch.reason:
        raise watch.reason


class _Watch(threading.Thread):
    """Shuts a connection down when its time is over, which begins when it is open, or when it takes too much work."""

    def __init__(self, seconds: float, allowance: Allowance) -> None:
        super().__init__(daemon=True)
        self.reason: Exception | None = None  #: why it was shut down
        self._allowance, self._seconds, self._is_over = allowance, seconds, threading.Event()
        self._begun, self._came, self._looking = time.monotonic(), 0, threading.Lock()
        self._clock = _clock()
        self._counted = self._clock()

    def look_at(self, sock: socket.socket) -> None:
        """Begin with an open connection."""
        self._sock, self._end = sock, time.monotonic() + self._seconds
        self._held = sock.makefile("rb", 0)  # so its number is no other connection's
        self.start()

    def came(self, size: int) -> None:
        """Allow the time and the work that so many bytes may take."""
        self._end += size / SLOWEST
        self._came += size
        self._allowance.extend(work=size / _FOR_WORK)

    def end(self) -> None:
        """Stop, and count what the answer took."""
        with self._looking:
            self._is_over.set()
        if self.ident:
            self._held.close()
        waited = time.monotonic() - self._begun - self._came / SLOWEST - PROMPT
        self._allowance.spend(waiting=max(0.0, waited), work=self._worked())

    def run(self) -> None:
        """Wait for the end of the answer, of its time or of the work it may take."""
        pause = _LOOK
        while not (self.reason or self._is_over.wait(max(0.0, min(pause, self._end - time.monotonic())))):
            with self._looking:  # afterwards the answer's thread and connection may be gone
                if not self._is_over.is_set():
                    is_busy = self._look() > _BUSY * pause
                    pause = _LOOK if is_busy else min(2 * pause, _LOOK_RARELY)

    def _look(self) -> float:
        """Cut the connection if its time or its work is too much; return the work since the last look."""
        worked = self._worked() if _IS_TOLD else 0.0
        try:
            self._allowance.spend(work=worked)
            if time.monotonic() >= self._end:
                raise TimeoutError("it answers too slowly")
        except (ExcessError, TimeoutError) as error:
            self.reason = error
            self._cut()
        return worked

    def _cut(self) -> None:
        """Put a connection that has ended in the place of this one, of which a host could go on filling its end."""
        ended, other = socket.socketpair()
        with ended, other, suppress(OSError):  # on Windows, a shutdown is enough
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # that of ssl would say goodbye
            os.dup2(ended.fileno(), self._held.fileno(), inheritable=False)

    def _worked(self) -> float:
        """The seconds that the answer's thread has worked since this was last asked."""
        before, self._counted = self._counted, self._clock()
        return self._counted - before


#: Whether a thread's clock can be read by others: neither macOS nor Windows tells them.
_IS_TOLD = hasattr(time, "pthread_getcpuclockid")


def _clock() -> Callable[[], float]:
    """Tells the processor time of the thread that calls this."""
    if sys.platform == "darwin" or sys.platform == "win32":
        return time.thread_time
    return partial(time.clock_gettime, time.pthread_getcpuclockid(threading.get_ident()))
