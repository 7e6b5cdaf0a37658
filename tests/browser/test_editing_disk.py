"""What changes on the disk while a page is open in the editor is never lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import REPOSITORY
from editor import CHOOSE, FILL, READ, Site, editor_of, fill, served_site
from published import require

from sitegen.media.static_files import EDITOR

pytestmark = pytest.mark.slow

FILES = {
    "content/site.yaml": "title: {en: S, fr: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\n",
    "content/kinds.yaml": """\
page: {template: page.html, words: {title: {type: text, required: true}}}
newsroom: {extends: page, children: {kind: page}}
""",
    "content/index.en.md": "---\ntitle: Home\n---\n",
    "content/news/index.en.md": "---\nkind: newsroom\ntitle: News\n---\n",
    "templates/page.html": "{{ page.title|words }}",
}
ABOVE, BELOW = "content/news/open/index.en.md", "content/news/open/day/index.en.md"
EN, FR = "content/news/fair/index.en.md", "content/news/fair/index.fr.md"
PAGE, TRANSLATION = "---\ntitle: A fair\n---\n\nText.\n", "---\ntitle: Une foire\n---\n"
REMOVE = """async path => {
  const parts = path.split('/'), name = parts.pop();
  let folder = await navigator.storage.getDirectory();
  for (const part of parts) folder = await folder.getDirectoryHandle(part);
  await folder.removeEntry(name);
}"""

#: What the last step of writing a file does on a disk that is full.
FULL = """() => {
  window.close_file = FileSystemWritableFileStream.prototype.close;
  FileSystemWritableFileStream.prototype.close = async function () {
    await this.abort();
    throw Error('The disk is full.');
  };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    root = tmp_path_factory.mktemp("disk")
    for path, text in {**FILES, EN: PAGE, FR: TRANSLATION, ABOVE: PAGE}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    shutil.copytree(REPOSITORY / EDITOR, root / EDITOR)
    with served_site(root) as site:
        yield site


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    with editor_of(browser, site, "News") as page:
        yield page


def put(page: Any, **files: str) -> None:
    """Change the page, or its translation, as a colleague or `git pull` would."""
    page.evaluate(FILL, [[{"en": EN, "fr": FR}[language], text] for language, text in files.items()])


def opened(page: Any, name: str = "fair") -> None:
    page.evaluate(f"location.hash = '#/collections/news/entries/{name}/index'")
    page.locator("section[data-key-path=title] input").first.wait_for()


def titled(page: Any, title: str) -> None:
    """Give the page that is open another title."""
    fill(page, (page.locator("section[data-key-path=title] input").first, title))


def save(page: Any) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def refusal(page: Any) -> str:
    """Press Save; what the editor says instead of saving."""
    save(page)
    said = page.get_by_text("Nothing was changed")
    text = str(said.inner_text())
    page.get_by_role("button", name="OK").click()
    said.wait_for(state="detached")
    return text


def becomes(page: Any, path: str, text: str) -> None:
    """Wait until a file is this; while it is written, others come and go."""
    now = f"({READ})().catch(() => ({{}}))"
    page.wait_for_function(f"async ([path, text]) => (await {now})[path] === text", arg=[path, text], polling=50)


def test_page_that_changed_since_it_was_opened_is_not_saved_over(page: Any) -> None:
    changed = PAGE.replace("Text.", "A colleague's text.")
    opened(page)
    put(page, en=changed)
    titled(page, "Mine")

    assert f"{EN} has changed on the disk" in refusal(page)
    assert page.evaluate(READ)[EN] == changed

    page.evaluate(REMOVE, EN)
    assert f"{EN} is no longer on the disk" in refusal(page)
    assert EN not in page.evaluate(READ)

    put(
        page, en=PAGE, fr="---\ntitle: Une autre foire\n---\n"
    )  # as it was; the translation, which nobody edits here, is not
    save(page)
    becomes(page, EN, PAGE.replace("A fair", "Mine"))
    assert page.evaluate(READ)[FR] == "---\ntitle: Une autre foire\n---\n"

    opened(page)
    titled(page, "Mine again")
    save(page)
    becomes(page, EN, PAGE.replace("A fair", "Mine again"))


def test_second_window_does_not_undo_what_the_first_one_saved(page: Any, site: Site) -> None:
    second = page.context.new_page()
    second.add_init_script(CHOOSE)
    second.goto(f"{site.address}admin/")
    second.get_by_text("News", exact=True).first.wait_for()
    for window in (page, second):
        opened(window)
    titled(page, "First")
    titled(second, "Second")

    save(page)
    becomes(page, EN, PAGE.replace("A fair", "First"))
    assert f"{EN} has changed on the disk" in refusal(second)
    assert page.evaluate(READ)[EN] == PAGE.replace("A fair", "First")


def remove(page: Any, answer: str) -> list[str]:
    """Delete the page that is open; what the editor says before the answer."""
    said: list[str] = []

    def hear(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.accept()

    page.once("dialog", hear)
    page.get_by_role("button", name="Show Editor Options").or_(
        page.get_by_role("button", name="Show Menu")
    ).first.click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    page.get_by_text(answer).first.wait_for()
    return said


def test_page_that_changed_is_not_removed(page: Any) -> None:
    opened(page)
    put(page, en=PAGE.replace("Text.", "A colleague's text."))
    (said,) = remove(page, "Couldn’t delete")
    assert f"{EN} has changed on the disk" in said
    assert EN in page.evaluate(READ)

    put(page, en=PAGE)
    assert remove(page, "Entry deleted") == []
    assert EN not in page.evaluate(READ)


def test_page_with_others_below_it_is_not_removed(page: Any) -> None:
    """A page that the last build did not know yet is a file of the one above it to the editor, whose question does not name it."""
    page.evaluate(FILL, [[BELOW, PAGE]])
    page.reload()
    page.get_by_text("News", exact=True).first.wait_for()
    opened(page, "open")
    (said,) = remove(page, "Couldn’t delete")

    assert f"the page {BELOW} is below one that you are deleting" in said
    assert {ABOVE, BELOW} <= set(page.evaluate(READ))


def test_page_is_whole_where_the_disk_is_full(page: Any, site: Site) -> None:
    opened(page)
    page.evaluate(FULL)
    titled(page, "Mine")
    save(page)
    page.get_by_text("The disk is full.").wait_for()

    files = page.evaluate(READ)
    assert files[EN] == PAGE
    assert [path for path in files if "tmp" in path] == []

    page.get_by_role("button", name="OK").click()
    page.evaluate("() => { FileSystemWritableFileStream.prototype.close = window.close_file; }")
    save(page)
    becomes(page, EN, PAGE.replace("A fair", "Mine"))
