"""The editor in the browser, on a folder of the same machine, with the headers that hosts are asked for.

The folder is the browser's own file system, which the File System Access API gives out by the same handles as one of the disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

from browsing import page_of, served

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.hosting.headers_and_redirects import hosting_of

#: Lets the page have the browser's own file system where a person would choose a folder.
CHOOSE = "window.showDirectoryPicker = () => navigator.storage.getDirectory()"
FILL = """async files => {
  const root = await navigator.storage.getDirectory();
  await root.getDirectoryHandle('.git', {create: true});
  for (const [path, text] of files) {
    const parts = path.split('/'), name = parts.pop();
    let folder = root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, {create: true});
    const file = await (await folder.getFileHandle(name, {create: true})).createWritable();
    await file.write(text);
    await file.close();
  }
}"""
READ = """async () => {
  const files = {}, decoder = new TextDecoder("utf-8", {ignoreBOM: true});
  const read = async (folder, path) => {
    for await (const [name, handle] of folder.entries())
      if (handle.kind === 'directory') await read(handle, `${path}${name}/`);
      else files[path + name] = decoder.decode(await (await handle.getFile()).arrayBuffer());
  };
  await read(await navigator.storage.getDirectory(), '');
  return files;
}"""


@dataclass(frozen=True)
class Site:
    """A site with the editor, built and served."""

    root: Path
    address: str
    languages: tuple[str, ...] = ()

    def pages(self) -> dict[str, str]:
        """Path → text of every page file in its languages."""
        paths = (self.root / "content").rglob("index.*.md")
        own = (path for path in paths if not self.languages or path.name.split(".")[1] in self.languages)
        return {path.relative_to(self.root).as_posix(): path.read_bytes().decode() for path in own}

    def build(self) -> dict[str, str]:
        """Build it again: path → text of every HTML file."""
        build(options_of(self.root, self.languages))
        public = self.root / "public"
        return {
            path.relative_to(public).as_posix(): path.read_text(encoding="utf-8") for path in public.rglob("*.html")
        }


@contextmanager
def kept(site: Site) -> Iterator[None]:
    """Put the site's pages back as they were, for the next test, whichever that is."""
    before = site.pages()
    yield
    for path in site.pages().keys() - before.keys():
        shutil.rmtree((site.root / path).parent)
    for path, text in before.items():
        (site.root / path).write_bytes(text.encode())


def options_of(root: Path, languages: tuple[str, ...]) -> Options:
    return Options(root=root, output=root / "public", editor=True, languages=languages)


@contextmanager
def served_site(root: Path, languages: tuple[str, ...] = ()) -> Iterator[Site]:
    """A site with the editor where it is served, in these languages or all."""
    rules = hosting_of(build(options_of(root, languages)).library).rules

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            own = {
                key: value
                for rule in rules
                if fnmatchcase(self.path[1:], rule.pattern)
                for key, value in rule.headers.items()
            }
            for name, value in own.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with served(root / "public", Handler) as address:
        yield Site(root, address, languages)


@contextmanager
def editor_of(browser: Any, site: Site, collection: str) -> Iterator[Any]:
    """The editor with the site's folder opened, once it shows a collection."""
    with page_of(browser, viewport={"width": 1400, "height": 900}, locale="en") as page:
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.add_init_script(CHOOSE)
        page.goto(f"{site.address}admin/")
        page.evaluate(FILL, sorted(site.pages().items()))
        page.get_by_text("Work with Local Repository").click()
        page.get_by_text(collection, exact=True).first.wait_for()
        yield page


def fill(page: Any, *entries: tuple[Any, str]) -> None:
    """Type texts into fields, once more while one does not keep its text: a form that has just opened empties its fields."""
    for _ in range(20):
        for field, text in entries:
            if field.input_value() != text:
                field.fill(text)
        page.wait_for_timeout(1000)
        if all(field.input_value() == text for field, text in entries):
            return
    raise AssertionError([field.input_value() for field, _ in entries])


def save(page: Any, site: Site, files: int = 1) -> None:
    """Press Save and wait until so many files have changed, and no more change; a new file is empty at first."""
    page.get_by_role("button", name="Save", exact=True).click()
    before: dict[str, Any] = {}
    for _ in range(200):
        page.wait_for_timeout(500)
        now = changed(page, site)
        if len(now) >= files and now == before and all(map(any, now.values())):
            return
        before = now
    raise AssertionError(before)


def changed(page: Any, site: Site) -> dict[str, tuple[list[str], list[str]]]:
    """File → lines removed and added."""
    before, now = site.pages(), page.evaluate(READ)
    lines = {path: (before.get(path, "").splitlines(), now.get(path, "").splitlines()) for path in {*before, *now}}
    return {
        path: ([line for line in old if line not in new], [line for line in new if line not in old])
        for path, (old, new) in lines.items()
        if before.get(path) != now.get(path)
    }
