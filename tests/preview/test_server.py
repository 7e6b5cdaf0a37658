"""The live preview: saved changes are shown, problems are laid over the last good page, and no page is ever partial."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from conftest import HOME, KINDS, REPOSITORY, SITE, MakeSite, TinySite
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

PAGE = "<!doctype html><html><head><title>{{ page.title }}</title></head><body>{{ page.content }}</body></html>"
#: Seconds that a loaded machine may take; a wait ends when what is waited for is there.
SOON = 20.0


#: What a site must have beside `FILES`.
SETTINGS = {"content/site.yaml": SITE, "content/kinds.yaml": KINDS, "content/index.en.md": HOME}


def page(title: str, body: str = "") -> str:
    return f"---\ntitle: {title}\n---\n{body}\n"


@dataclass
class Preview:
    """A running `build.py serve`."""

    site: TinySite
    process: subprocess.Popen[str]
    url: str
    said: list[str]
    before: int = 0
    ready: dict[Path, int] = field(default_factory=dict)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an address."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def text(self, path: str) -> str:
        return self.get(path)[1]

    def rebuilds(self) -> int:
        """How many changes have been noticed since it was ready."""
        return sum(line.startswith("changed: ") for line in self.said) - self.before

    def get_ready(self) -> None:
        """Wait until a change is noticed."""
        assert within(2, lambda: self._probe())
        assert within(2, lambda: self.get("/probe.txt")[1] == (self.site.root / "static/probe.txt").read_text())
        within(0.2, lambda: False)
        self.before += self.rebuilds()
        self.ready = self.stamps()

    def stamps(self) -> dict[Path, int]:
        """When each file and folder of the site was last written."""
        found = (path for path in self.site.root.rglob("*") if ".cache" not in path.parts)
        return {path: path.lstat().st_mtime_ns for path in found}

    def _probe(self) -> bool:
        self.site.write("static/probe.txt", str(time.monotonic()))
        return within(0.2, lambda: self.get("/probe.txt")[0] == 200)


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Whether a condition becomes true in time; checked often, waits no longer than needed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(site: TinySite, *words: str, port: int = 0) -> Iterator[Preview]:
    """A preview of a site on a free port; ended by a signal that no parent process can have disabled."""
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--port", str(port or free_port()), *words]
    process = subprocess.Popen(command, cwd=site.root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    said: list[str] = []
    assert process.stderr is not None
    listener = threading.Thread(target=lambda stream: said.extend(iter(stream.readline, "")), args=(process.stderr,))
    listener.start()
    try:
        assert within(20, lambda: any("Preview at" in line for line in said) or process.poll() is not None), said
        found = re.search(r"Preview at (http://\S+)/", "".join(said))
        assert found, said
        yield Preview(site, process, found[1], said)
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait(10)
            listener.join(10)
        process.stderr.close()


FILES = {
    "templates/page.html": PAGE,
    "templates/404.html": "<!doctype html><html><head></head><body>nothing here</body></html>",
    "content/a/index.en.md": page("A", "First text"),
    "content/b/index.en.md": page("B"),
    "static/robots-note.txt": "note",
}


LEAST = {**SETTINGS, **FILES}


def write_all(site: TinySite) -> None:
    """Restore every changed file and leave the others alone."""
    for path, text in LEAST.items():
        if not (site.root / path).is_file() or (site.root / path).read_text() != text:
            site.write(path, text)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """One preview for all tests that need no fresh start."""
    site = TinySite(tmp_path_factory.mktemp("preview") / "site")
    write_all(site)
    with serving(site) as preview:
        yield preview


@pytest.fixture
def preview(running: Preview) -> Preview:
    """The preview of a site in its initial state; most tests leave it so."""
    if running.stamps() == running.ready:
        running.before += running.rebuilds()
        return running
    for folder in ("content", "templates"):
        known = {running.site.root / path for path in LEAST}
        for path in sorted((running.site.root / folder).rglob("*"), reverse=True):
            if path.is_file() and path not in known:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
    write_all(running.site)
    running.get_ready()
    return running


def test_change_saved_while_the_preview_starts_is_noticed_too(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        preview.site.write("content/a/index.en.md", page("A", "Second text"))

        assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))


def test_page_is_served_with_the_script_that_reloads_it(preview: Preview) -> None:
    status, text = preview.get("/en/a/")

    assert status == 200
    assert "First text" in text
    assert text.count("<script") == 1
    script = re.search(r'<script src="(/[^"]+)"', text)
    assert script
    assert preview.get(script[1])[0] == 200


def test_preview_is_built_next_to_the_site_and_shows_drafts_at_its_own_address(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/c/index.en.md": "---\ndraft: true\ntitle: C\n---\n"})

    with serving(site) as preview:
        assert preview.get("/en/c/")[0] == 200
        assert f"<loc>{preview.url}/en/</loc>" in preview.text("/en/sitemap.xml")

    assert not site.public.exists()


def test_address_of_the_editor_is_printed_if_there_is_one(make_site: MakeSite) -> None:
    site = make_site({**FILES, "build/editor/entry.js": "made\n"})

    with serving(site, "--editor") as preview:
        assert within(5, lambda: f"Editor at {preview.url}/admin/\n" in preview.said), preview.said
        assert preview.get("/admin/")[0] == 200
    assert preview.process.returncode == 0, "it was stopped as it asks to be"


def test_site_below_a_path_of_its_host_is_previewed_at_the_root(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.en.md": page("A", "[b](/b/)")})
    site.write("content/site.yaml", (site.root / "content/site.yaml").read_text().replace("org/", "org/repo/"))

    with serving(site) as preview:
        assert 'href="/en/b/"' in preview.text("/en/a/")


def test_saved_text_is_shown_soon_and_built_once(preview: Preview) -> None:
    preview.site.write("content/a/index.en.md", page("A", "Second text"))

    assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
    assert not within(0.5, lambda: preview.rebuilds() > 1)


def test_save_through_a_temporary_file_is_one_change(preview: Preview) -> None:
    """The way vim, emacs and many others save."""
    new = preview.site.root / "content/a/index.en.md.tmp~"
    backup = preview.site.root / "content/a/index.en.md~"
    old = preview.site.root / "content/a/index.en.md"
    shutil.copy(old, backup)
    new.write_text(page("A", "Second text"))
    os.replace(new, old)
    backup.unlink()

    assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
    assert not within(0.5, lambda: preview.rebuilds() > 1)


@pytest.mark.parametrize(
    ("path", "text", "seen"),
    [
        ("templates/page.html", PAGE.replace("</body>", "A new footer</body>"), "A new footer"),
        ("content/site.yaml", "", ""),
    ],
    ids=["template", "settings"],
)
def test_change_of_any_input_is_noticed(preview: Preview, path: str, text: str, seen: str) -> None:
    if path == "content/site.yaml":
        old = (preview.site.root / path).read_text()
        text, seen = old.replace("- {tag: fr}", "- {tag: fr}\n  - {tag: ru}"), "First text"
        address = "/ru/a/"
    else:
        address = "/en/a/"

    preview.site.write(path, text)

    assert within(SOON, lambda: seen in preview.text(address))


def test_new_renamed_and_deleted_pages_are_noticed(preview: Preview) -> None:
    content = preview.site.root / "content"

    preview.site.write("content/deep/er/index.en.md", page("New", "New text"))
    assert within(SOON, lambda: "New text" in preview.text("/en/deep/er/"))

    (content / "deep").rename(content / "moved")
    assert within(SOON, lambda: "New text" in preview.text("/en/moved/er/"))
    assert within(SOON, lambda: preview.get("/en/deep/er/")[0] == 404)

    shutil.rmtree(content / "moved")
    assert within(SOON, lambda: preview.get("/en/moved/er/")[0] == 404)


def test_catalog_added_after_the_start_is_noticed(make_site: MakeSite) -> None:
    with serving(make_site({**FILES, "templates/page.html": "<title>{{ _('Hello') }}</title>"})) as preview:
        preview.get_ready()

        preview.site.write(
            "translations/fr/LC_MESSAGES/messages.po",
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Hello"\nmsgstr "Bonjour"\n',
        )

        assert within(SOON, lambda: "Bonjour" in preview.text("/fr/a/"))


def test_broken_file_shows_its_problem_over_the_last_good_page_until_it_is_fixed(preview: Preview) -> None:
    preview.site.write("content/a/index.en.md", "---\ntitel: <A>\n---\nBroken text\n")

    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/a/"))
    status, text = preview.get("/en/b/")
    assert status == 200
    assert "unknown-key" in text
    assert "titel: &lt;A&gt;" in text
    assert "First text" in preview.text("/en/a/")

    preview.site.write("content/a/index.en.md", page("A", "Mended text"))
    assert within(SOON, lambda: "Mended text" in preview.text("/en/a/"))
    assert within(SOON, lambda: 'role="alert"' not in preview.text("/en/a/") + preview.text("/en/b/"))


def test_restoring_a_file_clears_its_problem(preview: Preview) -> None:
    good = page("A", "First text")
    preview.site.write("content/a/index.en.md", "---\n")
    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/a/"))

    preview.site.write("content/a/index.en.md", good)

    assert within(SOON, lambda: 'role="alert"' not in preview.text("/en/a/"))


def test_site_that_is_broken_at_the_start_says_so_and_appears_when_fixed(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.en.md": "---\n"})

    with serving(site) as preview:
        assert 'role="alert"' in preview.text("/en/")
        assert any("front-matter" in line for line in preview.said)

        within(0.5, lambda: False)
        site.write("content/a/index.en.md", page("A", "Good text"))
        assert within(SOON, lambda: "Good text" in preview.text("/en/a/"))


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
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    assert answer.split(" ")[1] in ("400", "404")
    assert "base_url" not in answer
    assert "root:" not in answer


def test_page_is_never_empty_or_partial_during_repeated_saves(preview: Preview) -> None:
    long = "Word\n" * 20_000
    preview.site.write("content/a/index.en.md", page("A", f"{long} 0 END"))
    assert within(5, lambda: "END" in preview.text("/en/a/"))

    for number in range(1, 30):
        preview.site.write("content/a/index.en.md", page("A", f"{long} {number} END"))
        for _ in range(5):
            status, text = preview.get("/en/a/")
            assert status == 200
            assert "END" in text or 'role="alert"' in text
            assert text.rstrip().endswith("</html>")

    assert within(5, lambda: "29 END" in preview.text("/en/a/"))


def test_next_port_is_used_if_the_first_is_taken(make_site: MakeSite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])

        with serving(make_site(FILES), port=port) as preview:
            assert int(preview.url.rpartition(":")[2]) > port
            assert preview.get("/en/a/")[0] == 200


def test_preview_only_answers_this_machine(preview: Preview) -> None:
    port = int(preview.url.rpartition(":")[2])

    with socket.socket() as listener:  # another address of this machine is free on that port
        listener.bind(("127.0.0.2", port))


def test_interrupted_preview_ends_without_a_traceback(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        preview.get("/en/a/")

    assert preview.process.returncode is not None
    assert "Traceback" not in "".join(preview.said)


def test_browser_shows_saved_changes_and_problems_by_itself(preview: Preview, browser: Any) -> None:
    from playwright.sync_api import expect

    preview.site.write("content/a/index.en.md", page("A", "First text"))
    tab = browser.new_page()
    with tab.expect_websocket():
        tab.goto(f"{preview.url}/en/a/")
    expect(tab.get_by_text("First text")).to_be_visible()
    tab.wait_for_timeout(200)  # the browser's side says which page it shows

    preview.site.write("content/a/index.en.md", page("A", "Second text"))
    expect(tab.get_by_text("Second text")).to_be_visible(timeout=5000)
    tab.wait_for_timeout(200)

    preview.site.write("content/a/index.en.md", "---\ntitel: A\n---\n")
    expect(tab.get_by_role("alert")).to_contain_text("titel", timeout=5000)
    tab.wait_for_timeout(200)

    preview.site.write("content/a/index.en.md", page("A", "Third text"))
    expect(tab.get_by_text("Third text")).to_be_visible(timeout=5000)
    expect(tab.get_by_role("alert")).to_have_count(0)
    tab.close()


def test_dismissed_problems_reappear_with_the_next_failing_build(preview: Preview, browser: Any) -> None:
    from playwright.sync_api import expect

    preview.site.write("content/a/index.en.md", "---\ntitel: A\n---\n")
    assert within(SOON, lambda: 'role="alert"' in preview.text("/en/b/"))
    tab = browser.new_page()
    with tab.expect_websocket():
        tab.goto(f"{preview.url}/en/b/")

    expect(tab.get_by_role("dialog", name="Problems")).to_be_visible()
    tab.get_by_role("button", name="Close").click()
    expect(tab.get_by_role("dialog")).to_have_count(0)
    tab.wait_for_timeout(200)  # the browser's side says which page it shows

    preview.site.write("content/a/index.en.md", "---\ntitle: A\nkind: none\n---\n")
    expect(tab.get_by_role("alert")).to_contain_text("none", timeout=5000)
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.get_by_role("alert")).to_have_count(0)
    tab.close()


def test_preview_of_a_folder_without_a_site_ends_with_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--root", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 1
    assert f"content: error[missing-content]: there is no site in {tmp_path}" in ended.stderr
    assert "Traceback" not in ended.stderr


def removed(folder: Path) -> bool:
    """Whether a folder is gone after one more try; the preview may still be writing there."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def test_preview_survives_the_loss_of_its_cache(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        assert preview.get("/en/a/")[0] == 200
        assert within(30, lambda: removed(preview.site.root / ".cache"))

        preview.site.write("content/a/index.en.md", page("A", "Newer text"))
        assert within(30, lambda: "Newer text" in preview.text("/en/a/"))
        preview.site.write("content/a/index.en.md", page("A", "Newest text"))
        assert within(30, lambda: "Newest text" in preview.text("/en/a/"))
        assert "Traceback" not in "".join(preview.said)


def post(preview: Preview, path: str, **fields: str) -> int:
    """Press a button of the bar; return the status without following redirects."""
    origin = fields.pop("origin", preview.url)
    fields = {"token": token_of(preview), **fields}
    headers = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded", "Referer": f"{preview.url}/en/a/"}
    with contextlib.closing(HTTPConnection(urlsplit(preview.url).netloc)) as connection:
        connection.request("POST", path, urlencode(fields), headers)
        return connection.getresponse().status


def token_of(preview: Preview) -> str:
    """What the preview's own pages have beside each button."""
    return str(re.findall(r"name=.token. value=.([^']+)", preview.text("/en/a/"))[0])


def bar_of(preview: Preview, path: str) -> str:
    """The bar of a page as plain text."""
    found = re.search(r'<aside id="preview-bar".*?</aside>', preview.text(path), re.DOTALL)
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", found[0]) if found else ""


def test_bar_shows_the_state_of_a_page_in_each_language_and_its_problems(make_site: MakeSite) -> None:
    files = {
        **FILES,
        "content/a/index.fr.md": "---\ntitle: A\n---\nUn texte.\n",
        "content/c/index.en.md": "---\npublish: 2999-01-01\ntitle: C\n---\n",
    }
    with serving(make_site(files)) as preview:
        translated, later = bar_of(preview, "/fr/a/"), bar_of(preview, "/en/c/")
        fallback = bar_of(preview, "/fr/c/")

    assert "/a/ in fr" in translated
    assert "untracked" in translated
    assert "1 to mend" in translated
    assert "python build.py translate accept /a/ fr" in translated
    assert "due on 2999-01-01" in later
    assert "not translated; shows en" in fallback


def test_bar_counts_the_problems_of_the_language_shown(make_site: MakeSite) -> None:
    files = {
        **FILES,
        "content/a/index.en.md": "---\ntitle: A\n---\n##Slip\n",
        "content/a/index.fr.md": "---\ntitle: A\n---\n##Faute\n\n#Faute\n",
        "content/b/index.fr.md": "---\ntitle: B\n---\n",
    }
    with serving(make_site(files)) as preview:
        english, french, right = (bar_of(preview, path) for path in ("/en/a/", "/fr/a/", "/en/b/"))

    assert "1 to mend" in english
    assert "Faute" not in english
    assert "Slip" not in french
    assert "to mend" not in right


def test_preview_ends_even_if_its_parent_ignores_interrupts(make_site: MakeSite) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with serving(make_site(FILES)) as preview:
            assert preview.get("/en/a/")[0] == 200
    finally:
        signal.signal(signal.SIGINT, before)

    assert preview.process.returncode == 0


def test_bar_is_never_part_of_the_published_site(make_site: MakeSite) -> None:
    site = make_site(FILES)
    with serving(site) as preview:
        assert "preview-bar" in preview.text("/en/a/")
    site.report()

    assert not any(b"preview-bar" in content for content in site.files().values())
    assert not any(b"preview-bar" in path.read_bytes() for path in (site.root / ".cache").rglob("preview-*/**/*.html"))


def test_button_opens_the_file_in_the_configured_program(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "bin/xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}:{os.environ['PATH']}")
    with serving(make_site(FILES)) as preview:
        status = post(preview, "/preview/edit", file="content/a/index.en.md")

        assert status == 303
        assert within(10, (tmp_path / "opened").exists)
        assert within(10, lambda: (tmp_path / "opened").read_text().endswith("/content/a/index.en.md\n"))


@pytest.mark.parametrize("opener", ["", "#!/bin/sh\nexit 3\n"], ids=["none", "without a program"])
def test_bar_says_once_that_no_program_could_be_started(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opener: str
) -> None:
    (tmp_path / "bin").mkdir()
    if opener:
        (tmp_path / "bin/xdg-open").write_text(opener)
        (tmp_path / "bin/xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with serving(make_site(FILES)) as preview:
        assert post(preview, "/preview/edit", file="content/a/index.en.md") == 303
        then, later = bar_of(preview, "/en/a/"), bar_of(preview, "/en/a/")

    assert "no editor could be opened; open content/a/index.en.md yourself" in then
    assert "no program" not in later


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


def test_another_day_and_pseudo_locales_are_shown_on_demand(make_site: MakeSite) -> None:
    files = {**FILES, "content/c/index.en.md": "---\nexpires: 2030-01-01\ntitle: C\n---\n"}
    with serving(make_site(files)) as preview:
        assert "expired" not in bar_of(preview, "/en/c/")
        assert preview.get("/en-XA/a/")[0] == 404

        assert post(preview, "/preview/options", as_of="2031-01-01", pseudo="on") == 303
        assert "expired on 2030-01-01" in bar_of(preview, "/en/c/")
        assert preview.get("/en-XA/a/")[0] == 200


def test_translation_is_shown_next_to_its_source(preview: Preview) -> None:
    status, text = preview.get("/preview/beside?left=/en/a/&right=/fr/a/")

    assert status == 200
    assert re.findall(r'<iframe src="([^"]+)"', text) == ["/en/a/", "/fr/a/"]


@pytest.mark.parametrize(
    "url",
    ["//example.org/", "/\\example.org/", "/%09/example.org/", "https://example.org/x", "javascript:alert(1)", "\\\\x"],
)
def test_no_foreign_page_is_shown_next_to_a_page(preview: Preview, url: str) -> None:
    _, text = preview.get(f"/preview/beside?left={quote(url)}&right=/en/a/")

    left, _ = re.findall(r'<iframe src="([^"]+)"', text)
    assert urljoin("http://preview/", unescape(left)).startswith("http://preview/")
    assert re.fullmatch(r"/(?![/\\\t])[^\\]*", left)


# strangers


def ask(preview: Preview, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, redirects not followed; `host` and `origin` as a browser would send them."""
    with contextlib.closing(HTTPConnection(urlsplit(preview.url).netloc, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


STRANGERS = ("evil.example:{port}", "evil.example", "localhost:1", "localhost", "127.0.0.1.evil.example:{port}", "x@localhost:{port}",
             "[::2]:{port}", "192.168.0.1:{port}", "localhost:{port}:1", "localhost:{port}/x", "localhost.:{port}", "[::1")  # fmt: skip


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
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_a_head_request_gets_the_headers_without_the_page(preview: Preview) -> None:
    status, headers, body = ask(preview, "/en/a/", "HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 100


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
    (preview.site.root / "static/up.txt").unlink()


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
        status, _, _ = ask(preview, "/loop")
        loop.unlink()
        for message in ('{"command": "info", "url": 5}', '{"command": "info", "url": {}}', "[]", "5", "[" * 50_000):
            with ThreadPoolExecutor(1) as thread:  # a browser's test may have left an event loop in this one
                thread.submit(asyncio.run, speak(preview, message)).result()
        preview.site.write("content/a/index.en.md", page("A", "Text"))  # a build may have met the link
        assert within(SOON, lambda: ask(preview, "/nowhere/")[0] == 404)

    assert status == 404
    assert "Traceback" not in "".join(preview.said)


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
        assert preview.process.wait(10) == 0

    assert "Traceback" not in "".join(preview.said)
    with serving(site) as preview:
        assert preview.get("/en/a/")[0] == 200
