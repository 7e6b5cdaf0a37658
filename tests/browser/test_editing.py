"""Pages are edited in the browser: an edit changes what it should and nothing else."""

from __future__ import annotations

import codecs
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import REPOSITORY
from editor import READ, Site, changed, editor_of, fill, kept, save, served_site
from lxml import html
from published import copy_center, require

from sitegen.media.static_files import EDITOR
from sitegen.model.loading import load_config

#: A page with a byte order mark and the ends of lines of Windows.
TRANSLATION = "content/study/summer-school/index.ru.md"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy of the Center's site."""
    require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    root = tmp_path_factory.mktemp("editor")
    copy_center(root)
    (root / TRANSLATION).write_bytes(codecs.BOM_UTF8 + (root / TRANSLATION).read_bytes().replace(b"\n", b"\r\n"))
    shutil.copytree(REPOSITORY / EDITOR, root / EDITOR)
    with served_site(root, ("en", "ru")) as site:
        yield site


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    """The editor with the site's folder opened."""
    with kept(site), editor_of(browser, site, "Study and programs") as page:
        yield page


def badges(page: str) -> list[str]:
    return [badge.text_content() for badge in html.fromstring(page).find_class("badge")]


@pytest.mark.slow
def test_fact_and_translated_title_are_edited_and_nothing_else_is_touched(page: Any, site: Site) -> None:
    page.get_by_text("Study and programs", exact=True).first.click()
    page.get_by_text("SCO International Summer School Project").first.click()
    page.get_by_text("Open", exact=True).first.click()
    page.get_by_text("Preview", exact=True).first.click()
    page.get_by_role("option", name="Russian").first.click()
    title = page.get_by_role("textbox", name=re.compile("^Title")).last  # the editor draws only what is in view
    fill(page, (title, "Летняя школа"))
    save(page, site, files=2)

    source, translation, before = "content/study/summer-school/index.en.md", TRANSLATION, site.pages()
    now = page.evaluate(READ)
    assert changed(page, site).keys() == {source, translation}
    assert now[source] == before[source].replace("\nstatus: announced\n", "\nstatus: open\n")
    old = "\r\ntitle: Проект «Международная летняя школа ШОС»\r\n"
    assert now[translation] == before[translation].replace(old, "\r\ntitle: Летняя школа\r\n")

    shown = "en/study/summer-school/index.html", "ru/study/summer-school/index.html"
    as_it_was = site.build()
    for path in (source, translation):
        (site.root / path).write_bytes(now[path].encode())
    made = site.build()
    assert badges(as_it_was[shown[0]]) == ["Announced"]
    assert badges(made[shown[0]]) == ["Open"]
    assert "Летняя школа</h1>" not in as_it_was[shown[1]]
    assert "Летняя школа</h1>" in made[shown[1]]
    assert_asked_of_the_site_alone(page, site)


def assert_asked_of_the_site_alone(page: Any, site: Site) -> None:
    """All that the editor has asked for since it was opened."""
    refused = "https://www.githubstatus.com/"  # the editor would ask whether GitHub is well; the policy says no

    own = (site.address, "data:", "blob:", refused)
    assert [url for url in page.asked if not url.startswith(own)] == []
    assert len(page.asked) > 3


@pytest.mark.soak  # `make test` makes a page with blocks, in test_editing_blocks.py
def test_new_page_is_in_the_source_language_and_builds(page: Any, site: Site) -> None:
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
