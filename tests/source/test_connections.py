"""Answers of hosts that would keep the processor busy are given up; those of odd but honest ones are not."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import make_certificate

from sitegen.source import connections
from sitegen.source.connections import SLOWEST, Allowance, ExcessError, connection_to, in_time

INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextlib.contextmanager
def host(
    begin: bytes | Callable[[bytes], bytes], again: bytes, times: int | None, secure: ssl.SSLContext | None = None
) -> Iterator[int]:
    """The port of a host that answers with a beginning, and then the same again, without end if `times` is None."""

    def answer() -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            connection = stack.enter_context(listening.accept()[0])
            if secure:
                connection = stack.enter_context(secure.wrap_socket(connection, server_side=True))
            request = connection.recv(65_536)
            connection.sendall(begin if isinstance(begin, bytes) else begin(request))
            if times is not None:
                connection.sendall(again * times + b"0\r\n\r\n")
            while times is None:
                connection.sendall(again * (100_000 // len(again) + 1))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def allowance(waiting: float = 60, work: float = 60) -> Allowance:
    return Allowance(0, waiting, work)


def body_of(port: int, own: Allowance | None = None, *, top: str = "http://127.0.0.1") -> bytes:
    own = own or allowance()
    connection = connection_to(f"{top}:{port}/", 30)
    with contextlib.closing(connection), in_time(connection, 30, own):
        connection.request("GET", "/")
        return connection.getresponse().read()


# the work of reading an answer


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at a clock finds a second more of work than the one before."""
    ticks = itertools.count()
    monkeypatch.setattr(connections, "_clock", lambda: lambda: float(next(ticks)))
    monkeypatch.setattr(connections, "slowness", lambda: 1.0)
    monkeypatch.setattr(connections, "_LOOK", 0.01)


HELLO_REQUESTS = b"\x16\x03\x03\x3e\x80" + b"\0\0\0\0" * 4_000
"""Messages that a host may send at any time, and that mean nothing during a handshake (RFC 5246, 7.4.1.1)."""


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize(
    ("top", "begin", "again"),
    [
        ("http", CHUNKED, b"1\r\na\r\n"),
        ("http", CHUNKED, b"fffffff\r\n"),
        ("https", b"", HELLO_REQUESTS),
    ],
    ids=["chunks of a byte", "a body", "a handshake"],
)
def test_an_answer_that_takes_far_more_work_than_its_body_is_given_up(top: str, begin: bytes, again: bytes) -> None:
    with host(begin, again, None) as port, pytest.raises(ExcessError, match="far more work"):
        body_of(port, allowance(work=2.5), top=f"{top}://127.0.0.1")


@pytest.mark.parametrize(
    ("begin", "again"),
    [(b"", INTERIM), (b"HTTP/1.1 200 OK\r\n", b"X: " + b"\r" * 60_000 + b"\r\n")],
    ids=["interim answers", "300,000 headers"],  # each CR ends one, for the library
)
def test_an_answer_with_far_more_headers_than_a_site_has_is_given_up(begin: bytes, again: bytes) -> None:
    with host(begin, again, None) as port, pytest.raises(ExcessError, match="far more headers"):
        body_of(port)


@pytest.mark.usefixtures("ticking")
def test_work_is_counted_over_all_answers_of_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_LOOK", 60)  # so that answers alone are counted, however slow the machine is
    own = allowance(work=1.5)
    with host(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", 0) as port:
        assert body_of(port, own) == b"", "one answer alone may take it"

    with host(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", 0) as port, pytest.raises(ExcessError):
        body_of(port, own)


@pytest.mark.usefixtures("ticking")
def test_the_bytes_of_a_file_allow_the_work_that_they_take() -> None:
    own, silent = socket.socketpair()
    kept = allowance(work=0.5)
    with own, silent, in_time(open_connection(own), 30, kept) as came:
        came(connections._FOR_WORK)

    with own, silent, pytest.raises(ExcessError), in_time(open_connection(own), 30, kept):
        pass

    assert kept._worked == 2, "each second is counted once"


def test_a_machine_that_is_slow_for_a_while_has_more_time_for_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = iter([1.0, 3.0, 1.0, 1.0])
    monkeypatch.setattr(connections, "slowness", lambda: next(measured))
    monkeypatch.setattr(connections, "_LOOK_AT_MACHINE", 0.0)
    own = allowance(work=1)
    own.spend(work=0.5)
    own.spend(work=2)
    own.spend(work=0.4)

    with pytest.raises(ExcessError):
        own.spend(work=0.2)


@pytest.mark.usefixtures("ticking")
def test_work_on_what_a_host_has_sent_is_counted_too() -> None:
    own = allowance(work=1.5)
    assert own.pay_for(max, 1, 2) == 2

    with pytest.raises(ExcessError, match="far more work"):
        own.pay_for(max, 1, 2)


def test_work_beyond_its_own_is_paid_by_what_hosts_have_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "slowness", lambda: 1.0)
    spare = allowance(work=2)
    costly, honest = (Allowance(0, 60, 1, spare) for _ in range(2))
    costly.spend(work=2.5)
    with pytest.raises(ExcessError, match="far more work"):
        costly.spend(work=1)

    honest.spend(work=1)
    costly.extend(work=0.5)
    costly.spend(work=0.5)


def test_a_clock_tells_of_the_thread_that_made_it() -> None:
    clock, told = connections._clock(), list[float]()
    before = time.thread_time()
    reading = threading.Thread(target=lambda: told.append(clock()))
    reading.start()
    reading.join()

    assert before <= told[0] <= time.thread_time()


# secure connections


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    make_certificate(folder)
    return folder


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """That of a host at 127.0.0.1 which is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "fullchain.pem", certificate / "privkey.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "fullchain.pem"))
    connections._secure.cache_clear()
    yield context
    connections._secure.cache_clear()


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_secure_answer_is_read_whole(secure: ssl.SSLContext, most: ssl.TLSVersion) -> None:
    secure.maximum_version = most
    with host(CHUNKED, b"7d0\r\n" + b"a" * 2_000 + b"\r\n", 50, secure) as port:
        assert body_of(port, top="https://127.0.0.1") == b"a" * 100_000


def test_a_secure_answer_may_end_without_saying_so(secure: ssl.SSLContext) -> None:
    with host(b"HTTP/1.1 200 OK\r\n\r\na", b"", 0, secure) as port:
        assert body_of(port, top="https://127.0.0.1") == b"a0\r\n\r\n"


def test_a_host_needs_a_certificate_of_its_name(secure: ssl.SSLContext) -> None:
    with host(b"", b"", 0, secure) as port, pytest.raises(ssl.SSLCertVerificationError) as raised:
        body_of(port, top="https://localhost")

    assert "Hostname mismatch" in raised.value.verify_message


def test_a_host_needs_a_certificate_that_is_trusted(secure: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with host(b"", b"", 0, secure) as port, pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        body_of(port, top="https://127.0.0.1")


def test_a_handshake_is_shut_down_in_time() -> None:
    own = allowance()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        contextlib.closing(connection_to(f"https://127.0.0.1:{silent.getsockname()[1]}/", 30)) as connection,
        pytest.raises(TimeoutError, match="too slowly"),
        in_time(connection, 0.05, own),
    ):
        connection.request("GET", "/")


def test_no_host_chooses_the_length_of_keys() -> None:
    """As with DHE in TLS 1.2, where one of 10,000 bits takes a second."""
    exchanges = {cipher["kea"] for cipher in connections._secure().get_ciphers()}
    assert exchanges >= {"kx-any", "kx-ecdhe"}
    assert "kx-dhe" not in exchanges


# what hosts may cost in all


def test_a_host_that_is_late_each_time_is_given_up() -> None:
    own = allowance(waiting=-connections.PROMPT)

    with pytest.raises(ExcessError, match="take too long"):
        own.spend()


def test_few_addresses_of_a_host_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[str]()

    def refuse(place: tuple[str, int], *_: object) -> socket.socket:
        tried.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "_addresses", lambda *_: [f"127.0.{n // 256}.{n % 256}" for n in range(4_000)])
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(ConnectionRefusedError):
        connection_to("http://many.example/", 30).connect()

    assert len(tried) == connections.MOST_ADDRESSES


def test_hints_before_an_answer_are_not_taken_for_it() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 2
    with host(hints + CHUNKED, b"1\r\na\r\n", 5) as port:
        assert body_of(port) == b"aaaaa"


@pytest.mark.parametrize("size", [1, 2_000], ids=["a few tiny ones", "usual ones"])
def test_an_answer_in_chunks_is_read_whole(size: int) -> None:
    with host(INTERIM + CHUNKED, b"%x\r\n%s\r\n" % (size, b"a" * size), 5_000) as port:
        assert body_of(port) == b"a" * size * 5_000


def open_connection(own: socket.socket) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("example.org")
    connection.sock = own
    return connection


def test_a_host_that_sends_nothing_in_time_is_given_up() -> None:
    own, silent = socket.socketpair()
    with (
        own,
        silent,
        pytest.raises(TimeoutError, match="it answers too slowly"),
        in_time(open_connection(own), 0.05, allowance()),
    ):
        assert own.recv(1) == b"", "the end of what was shut down"


def test_time_of_an_answer_grows_with_the_bytes_that_have_come() -> None:
    own, slow = socket.socketpair()
    with own, slow, in_time(open_connection(own), 0.3, allowance()) as came:
        came(60 * SLOWEST)
        time.sleep(0.4)
        slow.send(b"a")
        assert own.recv(1) == b"a"


class _Pauses(threading.Event):
    """Never waits, but notes for how long it should have, seven times."""

    def __init__(self) -> None:
        super().__init__()
        self.noted = list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.noted.append(timeout or 0)
        return len(self.noted) == 7


@pytest.mark.parametrize(
    ("work", "pauses"),
    [
        ([0, 0, 0, 0, 0, 0], [0.02, 0.04, 0.08, 0.16, 0.16, 0.16, 0.16]),
        ([0, 0.001, 0, 0.1, 0, 0], [0.02, 0.04, 0.08, 0.16, 0.02, 0.04, 0.08]),
    ],
    ids=["silent", "sometimes busy"],
)
def test_a_host_is_looked_at_rarely_unless_its_answer_takes_work(work: list[float], pauses: list[float]) -> None:
    times, waits = iter([0, *itertools.accumulate(work)]), _Pauses()
    watch = connections._Watch(60, allowance())
    watch._clock, watch._is_over, watch._end = lambda: next(times), waits, time.monotonic() + 60
    watch._counted = next(times)

    watch.run()

    assert waits.noted == pauses


def test_threads_that_use_one_allowance_measure_the_machine_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = list[float]()
    own = connections._Slowness()

    def measure() -> float:
        measured.append(own.now())  # as another thread would, meanwhile
        return 2.0

    monkeypatch.setattr(connections, "slowness", measure)

    assert (own.now(), measured) == (2.0, [1.0])
