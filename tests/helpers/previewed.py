"""A running preview of a tiny site, and what it is asked."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from conftest import HOME, INPUTS, KINDS, REPOSITORY, SITE, TinySite

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
        """When each file and folder of the site's inputs was last written."""
        found = (path for name in (*INPUTS, "static") for path in (self.site.root / name).rglob("*"))
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
    return str(re.findall(r'name="token" value="([^"]+)', preview.text("/en/a/"))[0])


def bar_of(preview: Preview, path: str) -> str:
    """The bar of a page as plain text."""
    found = re.search(r'<aside id="preview-bar".*?</aside>', preview.text(path), re.DOTALL)
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", found[0]) if found else ""


def ask(preview: Preview, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, redirects not followed; `host` and `origin` as a browser would send them."""
    with contextlib.closing(HTTPConnection(urlsplit(preview.url).netloc, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
