"""Answers of hosts that would keep the processor busy are given up; those of odd but honest ones are not."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from sitegen.source.connections import SLOWEST, connection_to, in_time

INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextlib.contextmanager
def host(begin: bytes, again: bytes, times: int | None) -> Iterator[int]:
    """The port of a host that answers with a beginning, and then the same again, without end if `times` is None."""

    def answer() -> None:
        with listening.accept()[0] as connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(begin)
            if times is not None:
                connection.sendall(again * times + b"0\r\n\r\n")
            while times is None:
                connection.sendall(again * 10_000)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def body_of(port: int) -> bytes:
    connection = connection_to(f"http://127.0.0.1:{port}/", 30)
    with contextlib.closing(connection), in_time(connection, 30):
        connection.request("GET", "/")
        return connection.getresponse().read()


@pytest.mark.parametrize(
    ("begin", "again", "told"),
    [(b"", INTERIM, "interim answers without end"), (CHUNKED, b"1\r\na\r\n", "in tiny pieces")],
    ids=["interim answers", "chunks of a byte"],
)
def test_an_answer_in_pieces_without_end_is_given_up(begin: bytes, again: bytes, told: str) -> None:
    with host(begin, again, None) as port, pytest.raises(http.client.HTTPException, match=told):
        body_of(port)


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
    with own, silent, pytest.raises(TimeoutError, match="it answers too slowly"), in_time(open_connection(own), 0.05):
        assert own.recv(1) == b"", "the end of what was shut down"


def test_time_of_an_answer_grows_with_the_bytes_that_have_come() -> None:
    own, slow = socket.socketpair()
    with own, slow, in_time(open_connection(own), 0.3) as came:
        came(60 * SLOWEST)
        time.sleep(0.4)
        slow.send(b"a")
        assert own.recv(1) == b"a"
