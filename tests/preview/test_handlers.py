"""What the preview answers to each request."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import MakeSite
from previewed import FILES, Preview, ask, page, serving
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect
from waiting import SOON, within

#: Address → status while a problem stands.
PAGES_AND_OTHERS = {
    "/": 200,
    "/en/b/": 200,
    "/en/b": 200,
    "/en/b.html": 200,
    "/en/v1.2/": 200,
    "/.env": 404,
    "/.git/": 404,
    "/en/.hidden/b/": 404,
    "/.sitegen": 404,
    "/release.json": 404,
    "/en/b/map.png": 404,
    "/feed.xml": 404,
}


def test_page_is_served_with_the_script_that_reloads_it(preview: Preview) -> None:
    status, text = preview.get("/en/a/")

    assert status == 200
    assert "First text" in text
    assert text.count("<script") == 1
    script = re.search(r'<script src="(/[^"]+)"', text)
    assert script
    assert preview.get(script[1])[0] == 200


def test_address_without_a_page_answers_404(preview: Preview) -> None:
    status, text = preview.get("/en/nothing/")

    assert status == 404
    assert "nothing here" in text


def test_folder_address_without_a_slash_redirects_to_the_one_with_it(preview: Preview) -> None:
    connection = HTTPConnection(preview.url.removeprefix("http://"))
    connection.request("GET", "/en/a")
    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Location")) == (302, "/en/a/")
    connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/../site/content/site.yaml",
        "/../../content/site.yaml",
        "/%2e%2e/%2e%2e/content/site.yaml",
        "/..%2f..%2fcontent/site.yaml",
        "/%252e%252e%252f%252e%252e%252fcontent/site.yaml",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/en/a/%00",
        "//etc",
        "/..%2f..",
    ],
)
def test_files_outside_the_preview_are_not_served(preview: Preview, path: str) -> None:
    host, _, port = preview.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=SOON) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    assert answer.split(" ")[1] in ("400", "404")
    assert "base_url" not in answer
    assert "root:" not in answer


def test_translation_is_shown_next_to_its_source(preview: Preview) -> None:
    status, text = preview.get("/preview/beside?left=/en/a/&right=/fr/a/")

    assert status == 200
    assert re.findall(r'<iframe src="([^"]+)"', text) == ["/en/a/", "/fr/a/"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/en/a/", "text/html; charset=utf-8"),
        ("/en/a/evil.foo", "application/octet-stream"),
        ("/feed.xml", "application/atom+xml; charset=utf-8"),
        ("/robots-note.txt", "text/plain; charset=utf-8"),
        ("/nowhere/", "text/html; charset=utf-8"),
        ("/livereload.js", "text/javascript; charset=utf-8"),
        ("/preview/preview.css", "text/css; charset=utf-8"),
    ],
)
def test_types_and_policy_are_those_of_real_hosts(preview: Preview, path: str, kind: str) -> None:
    preview.site.write("static/en/a/evil.foo", "<script>alert(1)</script>")
    preview.site.write("static/feed.xml", "<feed/>")
    assert within(SOON, lambda: preview.get("/en/a/evil.foo")[0] == 200 and preview.get("/feed.xml")[0] == 200)

    _, headers, _ = ask(preview, path)

    assert headers["content-type"] == kind
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_a_head_request_gets_the_headers_without_the_page(preview: Preview) -> None:
    status, headers, body = ask(preview, "/en/a/", "HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 100


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how much memory is used")
def test_files_that_are_asked_for_and_not_read_take_no_memory(preview: Preview) -> None:
    megabytes = 20
    preview.site.write("static/film.mp4", bytes(megabytes << 20))
    assert within(SOON, lambda: ask(preview, "/film.mp4", "HEAD")[1].get("content-length") == f"{megabytes << 20}")
    place = urlsplit(preview.url)

    def used() -> int:
        return int(Path(f"/proc/{preview.process.pid}/statm").read_text().split()[1]) * 4096 >> 20

    before = used()
    with contextlib.ExitStack() as opened:
        for _ in range(10):
            reader = opened.enter_context(socket.create_connection((place.hostname or "", place.port or 80)))
            reader.sendall(f"GET /film.mp4 HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        assert ask(preview, "/en/a/")[0] == 200
        assert used() - before < 5 * megabytes  # a rebuild may have begun
    assert len(ask(preview, "/film.mp4")[2]) == megabytes << 20


def test_a_range_of_a_file_is_sent_as_players_of_films_ask_for_it(preview: Preview) -> None:
    film = bytes(range(200))
    preview.site.write("static/film.mp4", film)

    def sends(asked: str, status: int, content: bytes, place: str = "", **headers: str) -> bool:
        """Whether that is the answer, once the site is built."""

        def answer() -> bool:
            told, its, body = ask(preview, "/film.mp4", Range=asked, **headers)
            return (told, body, its.get("content-range", "")) == (status, content, place)

        return within(SOON, answer)

    for asked, begin, end in (
        ("0-1", 0, 2),
        ("50-", 50, 200),
        ("-20", 180, 200),
        ("190-999", 190, 200),
        ("-999", 0, 200),
    ):
        assert sends(f"bytes={asked}", 206, film[begin:end], f"bytes {begin}-{end - 1}/200")
    for asked in ("bytes=-", "bytes=200-", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2", f"bytes={'9' * 99}-", "bytes=-0"):
        assert sends(asked, 200, film)
    assert sends("bytes=0-1", 200, film, **{"If-Range": '"a"'})


@pytest.mark.parametrize(
    ("site", "use", "status"),
    [
        ("cross-site", "video", 403), ("same-site", "empty", 403), ("cross-site", "iframe", 403), ("cross-site", "document", 200),
        ("same-origin", "iframe", 200), ("none", "document", 200),
    ],
)  # fmt: skip
def test_a_page_of_another_site_may_lead_here_and_show_nothing_from_here(
    preview: Preview, site: str, use: str, status: int
) -> None:
    assert ask(preview, "/en/a/", **{"Sec-Fetch-Site": site, "Sec-Fetch-Dest": use})[0] == status


@pytest.mark.parametrize(
    "path", ["/" + "x" * 300, "/" + "x/" * 3000, "/en/" + "y" * 5000 + "/", "/en/%00", "/en/%0d%0ax", "/%5c%5cx"]
)
def test_an_impossible_file_name_answers_404(preview: Preview, path: str) -> None:
    assert ask(preview, path)[0] in (400, 404)


@pytest.mark.parametrize(
    "path", ["/en/a", "/%5Cexample.org/..%2Fen/a", "/%2Fexample.org/..%2Fen/a", "/en/a/../../en/b", "//en/a"]
)
def test_a_redirect_stays_on_this_server(preview: Preview, path: str) -> None:
    status, headers, _ = ask(preview, path)

    assert (status, headers.get("location")) in ((301, "/en/a/"), (302, "/en/a/"), (404, None))


def test_a_symlink_that_appears_while_it_runs_is_not_followed(preview: Preview, tmp_path: Path) -> None:
    """As a stranger's branch could bring it: in place of a file beside a page, of a page, and in the preview itself."""
    (tmp_path / "secret.txt").write_text("s3cret")
    preview.site.write("content/a/up.txt", "plain")
    assert within(SOON, lambda: preview.get("/en/a/up.txt")[0] == 200)

    for place in ("content/a/up.txt", "content/b/index.fr.md", "static/up.txt"):
        (preview.site.root / "new").symlink_to(tmp_path / "secret.txt")
        (preview.site.root / "new").rename(preview.site.root / place)
    output = next((preview.site.root / ".cache").glob(f"preview-*{urlsplit(preview.url).port}"))
    (output / "direct.txt").symlink_to(tmp_path / "secret.txt")

    assert within(SOON, lambda: "link out of the site" in preview.text("/en/b/"))
    for path in ("/en/a/up.txt", "/fr/b/", "/up.txt", "/direct.txt"):
        assert "s3cret" not in preview.text(path)
    (output / "direct.txt").unlink()
    for place in ("content/a/up.txt", "content/b/index.fr.md", "static/up.txt"):
        (preview.site.root / place).unlink()


def test_only_what_may_be_a_page_is_answered_with_the_problems(make_site: MakeSite) -> None:
    with serving(make_site({**FILES, "content/b/index.en.md": "---\ntitel: B\n---\n"})) as preview:
        assert "titel" in preview.get("/en/b/")[1]

        found = {path: preview.get(path)[0] for path in PAGES_AND_OTHERS}

    assert found == PAGES_AND_OTHERS


@pytest.mark.parametrize("path", ["/.sitegen", "/.sitegen/", "/.SITEGEN", "/.git/config"])
def test_the_preview_answers_nothing_that_a_host_does_not_have(preview: Preview, path: str) -> None:
    """The record of a build names every draft, with its digest."""
    output = next((preview.site.root / ".cache").glob(f"preview-*{urlsplit(preview.url).port}"))

    assert (output / ".sitegen").is_file()
    assert preview.get(path)[0] == 404


def test_hidden_files_of_the_site_are_served_as_a_host_does(preview: Preview) -> None:
    preview.site.write("static/.well-known/security.txt", "Contact: mailto:a@example.org")

    assert within(SOON, lambda: preview.get("/.well-known/security.txt")[0] == 200)
    (preview.site.root / "static/.well-known/security.txt").unlink()


def leave_at_once(preview: Preview) -> None:
    """Greet the reload socket, and reset the connection before the answer can be read."""
    host, port = urlsplit(preview.url).hostname, urlsplit(preview.url).port
    greeting = b'{"command": "hello"}'
    frame = bytes([0x81, 0x80 | len(greeting), 0, 0, 0, 0]) + greeting
    head = (
        f"GET /livereload HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {preview.url}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=SOON) as connection:
        connection.sendall(head.encode())
        connection.recv(65536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(frame * 20)


def test_a_browser_that_leaves_early_leaves_no_traceback(make_site: MakeSite) -> None:
    with serving(make_site()) as preview:
        for _ in range(20):
            leave_at_once(preview)
        assert preview.get("/en/")[0] == 200

    assert not [line for line in preview.said if "Error" in line or "Traceback" in line]


async def speak(preview: Preview, message: str) -> None:
    """Send the reload socket a message, and wait until it has been read."""
    address = HTTPRequest(preview.url.replace("http:", "ws:") + "/livereload", headers={"Origin": preview.url})
    socket = await websocket_connect(address)
    await socket.write_message(message)
    is_closed = False
    with contextlib.suppress(TimeoutError, WebSocketClosedError):  # the server may end the connection
        await socket.write_message('{"command": "unknown"}')
        is_closed = await asyncio.wait_for(socket.read_message(), 0.3) is None  # which is told once
    socket.close()
    with contextlib.suppress(TimeoutError):
        while not is_closed and await asyncio.wait_for(socket.read_message(), 5) is not None:
            pass  # until both ends have closed it


def test_a_link_to_itself_and_a_wrong_message_leave_no_traceback(make_site: MakeSite) -> None:
    with serving(make_site()) as preview:
        loop = next((preview.site.root / ".cache").glob("preview-*")) / "loop"
        loop.symlink_to(loop)
        status, _, body = ask(preview, "/loop")
        loop.unlink()
        for message in ('{"command": "info", "url": 5}', '{"command": "info", "url": {}}', "[]", "5", "[" * 50_000):
            with ThreadPoolExecutor(1) as thread:  # a browser's test may have left an event loop in this one
                thread.submit(asyncio.run, speak(preview, message)).result()
        preview.site.write("content/a/index.en.md", page("A", "Text"))  # a build may have met the link
        assert within(SOON, lambda: ask(preview, "/nowhere/")[0] == 404)

    assert status == 404 or b"loop" in body, body[:1500]  # or the page of problems of a build that has met the link
    assert "Traceback" not in "".join(preview.said)
