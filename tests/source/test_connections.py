"""Answers of hosts that would keep the processor busy are given up; those of odd but honest ones are not."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import make_certificate

from sitegen.source import connections
from sitegen.source.connections import FREE, SLOWEST, Allowance, ExcessError, connection_to, in_time

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


def allowance(most: int = 1_000_000, seconds: float = 60) -> Allowance:
    return Allowance(most, seconds)


def body_of(port: int, own: Allowance | None = None, *, top: str = "http://127.0.0.1") -> bytes:
    own = own or allowance()
    connection = connection_to(f"{top}:{port}/", 30, own)
    with contextlib.closing(connection), in_time(connection, 30, own):
        connection.request("GET", "/")
        return connection.getresponse().read()


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"", INTERIM),
        (CHUNKED, b"1\r\na\r\n"),
        (CHUNKED, b"1;" + b"x" * 3_000 + b"\r\na\r\n"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 30_000 + b"\r\n"),
    ],
    ids=["interim answers", "chunks of a byte", "extensions of chunks", "trailers", "headers"],
)
def test_an_answer_with_far_more_than_its_body_is_given_up(begin: bytes, again: bytes) -> None:
    with host(begin, again, None) as port, pytest.raises(ExcessError, match="far more headers"):
        body_of(port)


def test_what_a_host_may_cost_is_counted_over_all_its_answers() -> None:
    own = allowance(most=30_000)
    large = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 30_000 + b"\r\nContent-Length: 0\r\n\r\n"
    with host(large, b"", 0) as port:
        assert body_of(port, own) == b"", "one answer alone may have them"

    with host(large, b"", 0) as port, pytest.raises(ExcessError):
        body_of(port, own)


def test_bytes_that_arrive_one_by_one_are_counted() -> None:
    class Single(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            buffer[:1] = b"a"
            return 1

    counted: list[int] = []
    whole = connections._Lines(Single(), counted.append).read(1_000)

    assert len(whole) == 1_000
    assert sum(counted) > 10 * FREE


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
@pytest.mark.parametrize("size", [2_000, 100_000], ids=["small chunks", "large chunks"])
def test_a_secure_answer_costs_no_more_than_another(secure: ssl.SSLContext, most: ssl.TLSVersion, size: int) -> None:
    secure.maximum_version = most
    whole = CHUNKED + b"".join(b"%x\r\n%s\r\n" % (size, b"a" * size) for _ in range(50)) + b"0\r\n\r\n"
    with host(whole, b"", 0, secure) as port:
        assert body_of(port, allowance(most=0), top="https://127.0.0.1") == b"a" * size * 50


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


HELLO_REQUESTS = b"\0\0\0\0" * 4_000
"""Messages that a host may send at any time, and that mean nothing during a handshake (RFC 5246, 7.4.1.1)."""


@pytest.mark.parametrize("size", [4, 16_000], ids=["a record each", "in large records"])
def test_a_handshake_without_end_is_given_up(size: int) -> None:
    record = b"\x16\x03\x03" + size.to_bytes(2, "big") + HELLO_REQUESTS[:size]
    with host(b"", record, None) as port, pytest.raises(ExcessError, match="tiny pieces"):
        body_of(port, top="https://127.0.0.1")


def test_a_handshake_is_shut_down_in_time() -> None:
    own = allowance()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        contextlib.closing(connection_to(f"https://127.0.0.1:{silent.getsockname()[1]}/", 30, own)) as connection,
        pytest.raises(TimeoutError, match="too slowly"),
        in_time(connection, 0.05, own),
    ):
        connection.request("GET", "/")


def test_tickets_without_end_are_given_up(secure: ssl.SSLContext) -> None:
    secure.num_tickets = 200
    with host(b"HTTP/1.1 200 OK\r\n\r\n", b"", 0, secure) as port, pytest.raises(ExcessError, match="tiny pieces"):
        body_of(port, top="https://127.0.0.1")


def test_a_host_may_ask_for_another_key(secure: ssl.SSLContext) -> None:
    secure.set_ecdh_curve("secp521r1")
    with host(CHUNKED, b"1\r\na\r\n", 1, secure) as port:
        assert body_of(port, allowance(most=0), top="https://127.0.0.1") == b"a"


def test_a_host_that_asks_for_a_key_of_8192_bits_is_given_up() -> None:
    def ask(hello: bytes) -> bytes:  # a HelloRetryRequest (RFC 8446, 4.1.4) for ffdhe8192, in TLS 1.3
        of_the_session, extensions = hello[43:76], bytes.fromhex("002b 0002 0304 0033 0002 0104")
        request = b"\3\3" + hashlib.sha256(b"HelloRetryRequest").digest() + of_the_session
        request += b"\x13\1\0" + len(extensions).to_bytes(2, "big") + extensions
        request = b"\2" + len(request).to_bytes(3, "big") + request
        return b"\x16\3\3" + len(request).to_bytes(2, "big") + request

    with host(ask, b"", 0) as port, pytest.raises(ExcessError, match="keys that take too long"):
        body_of(port, top="https://127.0.0.1")


def test_no_host_chooses_the_length_of_keys() -> None:
    """As with DHE in TLS 1.2, where one of 10,000 bits takes a second."""
    exchanges = {cipher["kea"] for cipher in connections._secure().get_ciphers()}
    assert exchanges >= {"kx-any", "kx-ecdhe"}
    assert "kx-dhe" not in exchanges


# what hosts may cost in all


def test_a_host_that_is_late_each_time_is_given_up() -> None:
    own = allowance(seconds=-connections.PROMPT)

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
        connection_to("http://many.example/", 30, allowance()).connect()

    assert len(tried) == connections.MOST_ADDRESSES


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
