"""The preview starts at its own address, prints it, and ends cleanly."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import REPOSITORY, MakeSite
from previewed import FILES, ask, page, serving
from waiting import SOON, within

from sitegen.preview.server import MOST_CONNECTIONS


def test_preview_is_built_next_to_the_site_and_shows_drafts_at_its_own_address(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/c/index.en.md": "---\ndraft: true\ntitle: C\n---\n"})

    with serving(site) as preview:
        assert preview.get("/en/c/")[0] == 200
        assert f"<loc>{preview.url}/en/</loc>" in preview.text("/en/sitemap.xml")

    assert not site.public.exists()


def test_address_of_the_editor_is_printed_if_there_is_one(make_site: MakeSite) -> None:
    site = make_site({**FILES, "build/editor/entry.js": "made\n"})

    with serving(site, "--editor") as preview:
        assert within(SOON, lambda: f"Editor at {preview.url}/admin/\n" in preview.said), preview.said
        assert preview.get("/admin/")[0] == 200
    assert preview.process.returncode == 0, "it was stopped as it asks to be"


def test_site_below_a_path_of_its_host_is_previewed_at_the_root(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.en.md": page("A", "[b](/b/)")})
    site.write("content/site.yaml", (site.root / "content/site.yaml").read_text().replace("org/", "org/repo/"))

    with serving(site) as preview:
        assert 'href="/en/b/"' in preview.text("/en/a/")


def test_next_port_is_used_if_the_first_is_taken(make_site: MakeSite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])

        with serving(make_site(FILES), port=port) as preview:
            assert int(preview.url.rpartition(":")[2]) > port
            assert preview.get("/en/a/")[0] == 200


def test_interrupted_preview_ends_without_a_traceback(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        preview.get("/en/a/")

    assert preview.process.returncode is not None
    assert "Traceback" not in "".join(preview.said)


def test_readers_are_answered_beside_any_number_of_requests_that_never_end(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview, contextlib.ExitStack() as opened:
        address = "127.0.0.1", int(preview.url.rpartition(":")[2])
        others = [opened.enter_context(socket.create_connection(address)) for _ in range(MOST_CONNECTIONS + 20)]
        for other in others:
            with contextlib.suppress(ConnectionError):  # it has been closed by now
                other.sendall(b"GET / HTTP/1.1\r\nX: ")

        assert preview.get("/en/a/")[0] == 200
        others[0].settimeout(SOON)
        with contextlib.suppress(ConnectionResetError):
            assert others[0].recv(1) == b"", "the oldest one is closed"
    assert "Traceback" not in "".join(preview.said)


def test_preview_of_a_folder_without_a_site_ends_with_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--root", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SOON, check=False)

    assert ended.returncode == 1
    assert f"content: error[missing-content]: there is no site in {tmp_path}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["serve", "--languages", "xx"], "error[unknown-language]: --languages: 'xx' is not one of en, fr"),
        (["serve", "--languages", "en-XA"], "error[unknown-language]: --languages: 'en-XA' is not one of en, fr"),
        (["serve", "--base-url", "javascript:x"], "--base-url:1:1: error["),
    ],
)
def test_an_option_that_is_wrong_for_the_site_ends_the_preview(
    make_site: MakeSite, words: list[str], expected: str
) -> None:
    site = make_site(FILES)

    ended = subprocess.run(
        [sys.executable, str(REPOSITORY / "build.py"), *words],
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )

    assert ended.returncode == 1
    assert expected in ended.stderr
    assert "Preview at" not in ended.stderr


def test_preview_ends_even_if_its_parent_ignores_interrupts(make_site: MakeSite) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with serving(make_site(FILES)) as preview:
            assert preview.get("/en/a/")[0] == 200
    finally:
        signal.signal(signal.SIGINT, before)

    assert preview.process.returncode == 0


def test_two_previews_of_a_site_each_use_their_own_address(make_site: MakeSite) -> None:
    site = make_site({**FILES, "templates/page.html": "<head></head>{{ page.absolute_url }} {{ page.content }}"})
    with serving(site) as first, serving(site) as second:
        site.write("content/a/index.en.md", page("A", "Second text"))
        for preview in (first, second):
            assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))  # noqa: B023
            assert preview.url in preview.text("/en/a/")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1"])
def test_a_printed_address_can_be_opened(make_site: MakeSite, host: str) -> None:
    with serving(make_site(FILES), "--host", host) as preview:
        assert preview.get("/en/a/")[0] == 200
        port = urlsplit(preview.url).port
        assert preview.url == (f"http://localhost:{port}" if host == "0.0.0.0" else f"http://[::1]:{port}")
        assert ask(preview, "/en/a/", Host=f"192.168.0.7:{port}")[0] == (403 if host == "::1" else 200)
        assert ask(preview, "/en/a/", Host=f"evil.example:{port}")[0] == 403


def test_a_terminated_preview_ends_cleanly_and_leaves_its_cache_to_the_next(make_site: MakeSite) -> None:
    site = make_site(FILES)
    with serving(site) as preview:
        preview.process.terminate()
        assert preview.process.wait(SOON) == 0

    assert "Traceback" not in "".join(preview.said)
    with serving(site) as preview:
        assert preview.get("/en/a/")[0] == 200
