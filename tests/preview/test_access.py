"""Who may read the preview and press its buttons: this machine, and pages of its own."""

from __future__ import annotations

import re
import socket
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import pytest
from previewed import (
    Preview,
    ask,
    post,
)


def test_preview_only_answers_this_machine(preview: Preview) -> None:
    port = int(preview.url.rpartition(":")[2])

    with socket.socket() as listener:  # another address of this machine is free on that port
        listener.bind(("127.0.0.2", port))


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/preview/edit", {"file": "content/site.yaml"}),
        ("/preview/edit", {"file": "/etc/passwd"}),
        ("/preview/edit", {"file": "content/a/index.en.md", "origin": "https://example.org"}),
        ("/preview/edit", {"file": "content/a/index.en.md", "token": ""}),
        ("/preview/options", {"as_of": "2031-01-01", "token": "x" * 32}),
        ("/preview/options", {"as_of": "soon"}),
        ("/preview/other", {}),
    ],
)
def test_button_of_another_page_is_refused(preview: Preview, path: str, fields: dict[str, str]) -> None:
    assert 400 <= post(preview, path, **fields) < 500


@pytest.mark.parametrize(
    "url",
    ["//example.org/", "/\\example.org/", "/%09/example.org/", "https://example.org/x", "javascript:alert(1)", "\\\\x"],
)
def test_no_foreign_page_is_shown_next_to_a_page(preview: Preview, url: str) -> None:
    _, text = preview.get(f"/preview/beside?left={quote(url)}&right=/en/a/")

    left, _ = re.findall(r'<iframe src="([^"]+)"', text)
    assert urljoin("http://preview/", unescape(left)).startswith("http://preview/")
    assert re.fullmatch(r"/(?![/\\\t])[^\\]*", left)


STRANGERS = ("evil.example:{port}", "evil.example", "localhost:1", "localhost", "127.0.0.1.evil.example:{port}", "x@localhost:{port}",
             "[::2]:{port}", "192.168.0.1:{port}", "localhost:{port}:1", "localhost:{port}/x", "localhost.:{port}", "[::1", "localhost:" + "9" * 5_000)  # fmt: skip


@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", ["/en/a/", "/livereload.js", "/preview/beside", "/livereload"])
def test_a_foreign_host_name_is_not_answered(preview: Preview, host: str, path: str) -> None:
    host = host.format(port=urlsplit(preview.url).port)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }

    status, _, body = ask(
        preview, path, Host=host, Origin=f"http://{host}", **(upgrade if path == "/livereload" else {})
    )

    assert status in (400, 403)
    assert b"First text" not in body


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_own_host_names_are_answered(preview: Preview, name: str) -> None:
    assert ask(preview, "/en/a/", Host=f"{name}:{urlsplit(preview.url).port}")[0] == 200


def test_a_page_of_another_origin_reads_no_page_and_receives_no_reload(preview: Preview) -> None:
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }

    assert ask(preview, "/en/a/", Origin="http://localhost:3000")[0] == 403
    assert ask(preview, "/livereload", Origin="http://localhost:3000", **upgrade)[0] == 403
    assert ask(preview, "/en/a/", Origin="http://[::1")[0] == 403
    assert ask(preview, "/livereload", Origin="http://[::1", **upgrade)[0] == 403
    assert ask(preview, "/livereload", Origin=preview.url, **upgrade)[0] == 101
