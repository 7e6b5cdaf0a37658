"""The editor in the browser, on a folder of the same machine, with the headers that hosts are asked for.

The folder is the browser's own file system, which the File System Access API gives out by the same handles as one of the disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from conftest import REPOSITORY
from lxml import html
from published import require

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.hosting.table import hosting_of
from sitegen.media.static import EDITOR
from sitegen.model.settings import load_config

PARTS = ("content", "templates", "static", "translations")
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
  const files = {};
  const read = async (folder, path) => {
    for await (const [name, handle] of folder.entries())
      if (handle.kind === 'directory') await read(handle, `${path}${name}/`);
      else files[path + name] = await (await handle.getFile()).text();
  };
  await read(await navigator.storage.getDirectory(), '');
  return files;
}"""


@dataclass(frozen=True)
class Site:
    """A copy of the Center's site with the editor, built and served."""

    root: Path
    address: str

    def pages(self) -> dict[str, str]:
        """Path → text of every page file."""
        paths = (self.root / "content").rglob("index.*.md")
        return {path.relative_to(self.root).as_posix(): path.read_text(encoding="utf-8") for path in paths}

    def build(self) -> dict[str, str]:
        """Build it again: path → text of every HTML file."""
        build(options_of(self.root))
        public = self.root / "public"
        return {
            path.relative_to(public).as_posix(): path.read_text(encoding="utf-8") for path in public.rglob("*.html")
        }


def options_of(root: Path) -> Options:
    return Options(root=root, output=root / "public", editor=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    root = tmp_path_factory.mktemp("editor")
    for part in PARTS:
        shutil.copytree(REPOSITORY / part, root / part)
    shutil.copytree(REPOSITORY / EDITOR, root / EDITOR)
    rules = hosting_of(build(options_of(root)).library).rules

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

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(root / "public")))
    Thread(target=server.serve_forever, daemon=True).start()
    yield Site(root, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    """The editor with the site's folder opened."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en")
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.add_init_script(CHOOSE)
    page.goto(f"{site.address}admin/")
    page.evaluate(FILL, sorted(site.pages().items()))
    page.get_by_text("Work with Local Repository").click()
    page.get_by_text("Study and programs", exact=True).first.wait_for(timeout=60_000)
    yield page
    context.close()


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


def save(page: Any, site: Site) -> None:
    """Press Save, and wait until files have changed and no more of them do."""
    page.get_by_role("button", name="Save", exact=True).click()
    before: dict[str, Any] = {}
    for _ in range(60):
        page.wait_for_timeout(500)
        now = changed(page, site)
        if now and now == before:
            return
        before = now


def changed(page: Any, site: Site) -> dict[str, tuple[list[str], list[str]]]:
    """File → lines that it has lost, and has won."""
    before, now = site.pages(), page.evaluate(READ)
    lines = {path: (before.get(path, "").splitlines(), now.get(path, "").splitlines()) for path in {*before, *now}}
    return {
        path: ([line for line in old if line not in new], [line for line in new if line not in old])
        for path, (old, new) in lines.items()
        if before.get(path) != now.get(path)
    }


def badges(page: str) -> list[str]:
    return [badge.text_content() for badge in html.fromstring(page).find_class("badge")]


def test_fact_and_translated_title_are_edited_and_nothing_else_is_touched(page: Any, site: Site) -> None:
    page.get_by_text("Study and programs", exact=True).first.click()
    page.get_by_text("SCO International Summer School Project").first.click()
    page.get_by_text("Open", exact=True).first.click()
    page.get_by_text("Chinese", exact=True).first.click()
    page.get_by_role("option", name="Russian").first.click()
    fill(page, (page.get_by_role("textbox", name="Title").nth(1), "Летняя школа"))
    save(page, site)

    folder, before = "content/study/summer-school", site.pages()
    source, translation = f"{folder}/index.en.md", f"{folder}/index.ru.md"
    now = page.evaluate(READ)
    assert changed(page, site).keys() == {source, translation}
    assert now[source] == before[source].replace("\nstatus: announced\n", "\nstatus: open\n")
    old = "\ntitle: Проект «Международная летняя школа ШОС»\n"
    assert now[translation] == before[translation].replace(old, "\ntitle: Летняя школа\n")

    shown = "en/study/summer-school/index.html", "ru/study/summer-school/index.html"
    as_it_was = site.build()
    for path in (source, translation):
        (site.root / path).write_text(now[path], encoding="utf-8")
    made = site.build()
    assert badges(as_it_was[shown[0]]) == ["Announced"]
    assert badges(made[shown[0]]) == ["Open"]
    assert "Летняя школа</h1>" not in as_it_was[shown[1]]
    assert "Летняя школа</h1>" in made[shown[1]]


def test_new_page_stands_in_the_source_language_and_builds(page: Any, site: Site) -> None:
    page.get_by_text("News and events", exact=True).first.click()
    page.get_by_text("New", exact=True).first.click()
    fill(page, (page.locator("input[type=date]").first, "2026-11-20"))
    for name, text in (("Title", "A first meeting"), ("Summary", "What was said.")):
        field = page.get_by_role("textbox", name=name).first
        page.mouse.move(300, 600)
        while not field.count():  # what is out of sight of a long form is drawn when it is scrolled to
            page.mouse.wheel(0, 300)
            page.wait_for_timeout(200)
        fill(page, (field, text))
    save(page, site)

    (path,) = changed(page, site)
    assert path == "content/news/a-first-meeting/index.en.md"
    text = page.evaluate(READ)[path]
    assert text == "---\ndate: 2026-11-20\ntitle: A first meeting\nsummary: What was said.\n---\n"
    (site.root / path).parent.mkdir()
    (site.root / path).write_text(text)
    assert "A first meeting" in site.build()["ru/news/a-first-meeting/index.html"]


def test_editor_asks_nobody_but_the_site(page: Any, site: Site) -> None:
    refused = "https://www.githubstatus.com/"  # the editor would ask whether GitHub is well; the policy says no

    own = (site.address, "data:", "blob:", refused)
    assert [url for url in page.asked if not url.startswith(own)] == []
    assert len(page.asked) > 3


def test_headers_of_the_site_are_as_strict_as_without_an_editor(site: Site) -> None:
    strict = load_config(REPOSITORY).editor

    assert strict is None, "the Center publishes no editor"
    headers = (site.root / "public/_headers").read_text(encoding="utf-8")
    everywhere, editor = headers.split("/admin/*\n")
    loose = [line for line in everywhere.splitlines() if "unsafe-inline" in line]
    assert [line for line in loose if not line.endswith("; sandbox")] == [], (
        "pictures may style themselves, in a sandbox"
    )
    assert "! Content-Security-Policy" in editor
