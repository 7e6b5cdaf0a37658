"""A running preview of a tiny site, and what it is asked."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from conftest import HOME, INPUTS, KINDS, REPOSITORY, SITE, TinySite
from waiting import SOON, free_port, within

PAGE = "<!doctype html><html><head><title>{{ page.title }}</title></head><body>{{ page.content }}</body></html>"


#: What a site must have beside `FILES`.
SETTINGS = {"content/site.yaml": SITE, "content/kinds.yaml": KINDS, "content/index.en.md": HOME}


def page(title: str, body: str = "") -> str:
    return f"---\ntitle: {title}\n---\n{body}\n"


@dataclass
class Preview:
    """A running `build.py serve`."""

    site: TinySite
    process: subprocess.Popen[bytes]
    url: str
    log: Path
    before: int = 0
    ready: dict[Path, int] = field(default_factory=dict)
    _probes: Iterator[int] = field(default_factory=itertools.count)

    @property
    def said(self) -> list[str]:
        """The lines that it has printed; to a file, as what is in a pipe may not have been read yet."""
        return self.log.read_text(encoding="utf-8").splitlines(keepends=True)

    def begins(self) -> bool:
        """Whether its address has been printed."""
        found = re.search(r"Preview at (http://\S+)/ ", "".join(self.said))
        self.url = found[1] if found else ""
        return bool(found)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an address."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=SOON) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def text(self, path: str) -> str:
        return self.get(path)[1]

    def rebuilds(self) -> int:
        """How many changes have been noticed since it was ready, but for those of `settle`."""
        noticed = (line for line in self.said if line.startswith("changed: "))
        return sum(line != "changed: probe.txt\n" for line in noticed) - self.before

    def settle(self) -> None:
        """Wait until all that has been written is built, and no build is under way that began before.

        A build that shows the first probe may have read other files earlier; the next one has not.
        """
        for _ in range(2):
            text = str(next(self._probes))
            write_at_once(self.site, "static/probe.txt", text)
            assert within(SOON, lambda: self.get("/probe.txt") == (200, text)), self.said  # noqa: B023

    def get_ready(self) -> None:
        """Wait until the site is built as it is, and begin to count."""
        self.settle()
        self.before += self.rebuilds()
        self.ready = self.stamps()

    def stamps(self) -> dict[Path, int]:
        """When each file and folder of the site's inputs was last written."""
        found = (path for name in (*INPUTS, "static") for path in (self.site.root / name).rglob("*"))
        return {path: path.lstat().st_mtime_ns for path in found}


def write_at_once(site: TinySite, path: str, text: str) -> None:
    """Put a file in place as one change; one that is written where it lies changes as often as its writer is interrupted."""
    site.write(".new", text)
    (site.root / path).parent.mkdir(parents=True, exist_ok=True)
    (site.root / ".new").replace(site.root / path)


@contextlib.contextmanager
def serving(site: TinySite, *words: str, port: int = 0) -> Iterator[Preview]:
    """A preview of a site on a free port; ended by a signal that no parent process can have disabled."""
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--port", str(port or free_port()), *words]
    handle, log = tempfile.mkstemp(dir=site.root.parent, prefix="said-")
    process = subprocess.Popen(command, cwd=site.root, stderr=handle, stdout=subprocess.DEVNULL)
    os.close(handle)
    preview = Preview(site, process, "", Path(log))
    try:
        assert within(SOON, lambda: preview.begins() or process.poll() is not None)
        assert preview.url, preview.said
        yield preview
    finally:
        process.terminate()
        try:
            process.wait(SOON)
        finally:
            process.kill()
            process.wait(SOON)


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
    if "token" not in fields:
        fields = {"token": token_of(preview), **fields}
    headers = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded", "Referer": f"{preview.url}/en/a/"}
    with contextlib.closing(HTTPConnection(urlsplit(preview.url).netloc, timeout=SOON)) as connection:
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
    with contextlib.closing(HTTPConnection(urlsplit(preview.url).netloc, timeout=SOON)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
