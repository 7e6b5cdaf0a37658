"""Blocks are forms in the editor: editing an attribute changes nothing else, and blocks can be inserted from the menu."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import REPOSITORY
from editor import READ, Site, changed, editor_of, fill, kept, save, served_site
from lxml import html
from openday import FOLDER, make_open_day
from published import require

from sitegen.media.static_files import EDITOR

pytestmark = pytest.mark.slow

SOURCE, RUSSIAN = f"{FOLDER}/index.en.md", f"{FOLDER}/index.ru.md"
HARD = "content/about/index.en.md"
#: What the editor reads otherwise than Markdown does, or not at all.
TEXT = r"""
Some *stars*, some_names, 5 * 3, a\_b, C:\\x and [a link](/news/ "its title").
It goes on **here
and there**.
- one
  - two with `code`

    more of two


Term
: What it means.[^1]

| a | b |
|:--|--:|
| *1* | 2 |
```python
x = "  - no list"

:::
```
:::tip
Within it

* stars
:::
[^1]: A note.

<!-- a comment -->
> a quotation
>
> of two paragraphs
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    root = tmp_path_factory.mktemp("blocks")
    make_open_day(root, ("en", "zh", "ru", "ur"))
    (root / HARD).write_text(f"---\ntitle: About us\nsummary: Who we are.\n---\n{TEXT}", encoding="utf-8")
    shutil.copytree(REPOSITORY / EDITOR, root / EDITOR)
    with served_site(root) as site:
        yield site


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    with kept(site), editor_of(browser, site, "Events") as page:
        yield page


def opened(page: Any) -> None:
    """The page with every block, once they are drawn in the form and in the preview."""
    page.get_by_text("Events", exact=True).first.click()
    page.get_by_text("Open day of the university").first.click()
    page.frame_locator("iframe").locator("a.button").wait_for()
    page.mouse.move(300, 600)
    while not page.get_by_role("button", name="Button", exact=True).count():  # what is out of sight is not drawn yet
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(150)


def dialog_of(page: Any, block: str) -> None:
    """Open the form of a block."""
    page.get_by_text(block, exact=True).first.click()
    page.get_by_role("button", name="Update", exact=True).wait_for()


def update(page: Any) -> None:
    page.get_by_role("button", name="Update", exact=True).click()
    page.get_by_role("button", name="Update", exact=True).wait_for(state="detached")


def test_preview_shows_every_block_in_the_styles_of_the_site(page: Any, site: Site) -> None:
    opened(page)
    shown = page.frame_locator("iframe")

    assert "::" not in shown.locator("body").inner_text()
    assert shown.locator(".callout-note .callout-title").inner_text() == "Registration closes on 1 December"
    assert shown.locator(".callout-note strong").inner_text() == "without it"
    assert [shown.locator(path).count() for path in (".gallery figure img", ".quote blockquote p", ".contact dd")] == [
        2,
        1,
        4,
    ]
    assert shown.locator("abbr").get_attribute("title") == "Shanghai Cooperation Organisation"
    styles = shown.locator("link[rel=stylesheet]").evaluate_all("own => own.map(link => link.sheet && link.href)")
    assert [style.rpartition("/")[2].partition(".")[0] for style in styles] == ["site", "blocks", "preview"]

    dialog_of(page, "Note: Registration closes on 1 December")
    fill(page, (page.get_by_role("dialog").get_by_role("textbox", name="Title"), "It is full"))
    update(page)
    shown.get_by_text("It is full", exact=True).wait_for()


@pytest.mark.soak  # `make test` changes a word of a block, which is written back in the same way
def test_attribute_is_changed_and_nothing_else_in_the_file(page: Any, site: Site) -> None:
    opened(page)
    dialog_of(page, "Video: The opening last year")
    fill(page, (page.get_by_role("textbox", name="Src"), "https://films.example.net/watch/2"))
    update(page)
    dialog_of(page, "Figure: The great hall")
    fill(page, (page.get_by_role("textbox", name="Credit"), "Photograph: Anna"))
    update(page)
    save(page, site)

    before = site.pages()[SOURCE]
    assert changed(page, site).keys() == {SOURCE}
    now = before.replace("watch/1}", "watch/2}").replace("Photograph: press service", "Photograph: Anna", 1)
    assert page.evaluate(READ)[SOURCE] == now != before


def test_callout_is_inserted_and_built_and_a_word_is_changed_in_a_translation(page: Any, site: Site) -> None:
    opened(page)
    page.get_by_role("heading", name="People").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Insert", exact=True).first.click()
    page.get_by_role("menuitem", name="Note", exact=True).click()
    fill(
        page,
        (page.get_by_role("dialog").get_by_role("textbox", name="Title"), "Bring a friend"),
        (page.get_by_role("dialog").get_by_role("textbox", name="Text"), "There is **tea**."),
    )
    page.get_by_role("dialog").get_by_role("button", name="Insert", exact=True).click()
    page.get_by_role("dialog").wait_for(state="detached")  # while it fades, its button is named Update
    page.get_by_text("Note: Bring a friend", exact=True).wait_for()
    page.get_by_text("Russian", exact=True).nth(1).click()
    dialog_of(page, "Note: Регистрация закрывается 1 декабря")
    fill(page, (page.get_by_role("dialog").get_by_role("textbox", name="Title"), "Запись до 1 декабря"))
    update(page)
    save(page, site, files=2)

    before, now = site.pages(), page.evaluate(READ)
    assert changed(page, site).keys() == {SOURCE, RUSSIAN}
    added = "## People\n\n:::note[Bring a friend]\nThere is **tea**.\n:::\n"
    assert now[SOURCE] == before[SOURCE].replace("## People\n", added)
    assert now[RUSSIAN] == before[RUSSIAN].replace("[Регистрация закрывается 1 декабря]", "[Запись до 1 декабря]")

    for path in (SOURCE, RUSSIAN):
        (site.root / path).write_text(now[path], encoding="utf-8")
    shown = html.fromstring(site.build()["en/events/festival/index.html"])
    texts = [" ".join(box.text_content().split()) for box in shown.find_class("callout-note")]
    assert "Bring a friend There is tea." in texts


def test_every_letter_that_is_typed_stays(page: Any, site: Site) -> None:
    """A letter with a space behind it, or alone before Enter, was taken away as the beginning of a component."""
    opened(page)
    page.get_by_role("heading", name="People").click()
    page.keyboard.press("End")
    for line in ("A dog and I", "I am here", "x", "в лесу", "| a | b |", "2*3*4 中*文*字"):
        page.keyboard.press("Enter")
        page.keyboard.type(line, delay=20)
    save(page, site)

    added = "## People\n\nA dog and I\n\nI am here\n\nx\n\nв лесу\n\n| a | b |\n\n2\\*3\\*4 中\\*文\\*字\n"
    assert page.evaluate(READ)[SOURCE] == site.pages()[SOURCE].replace("## People\n", added)


def test_text_that_the_editor_parses_differently_stays_unchanged(page: Any, site: Site) -> None:
    page.get_by_text("Single pages", exact=True).first.click()
    page.get_by_text("About us", exact=True).first.click()
    page.get_by_role("group", name="Markdown").first.wait_for()
    fill(page, (page.get_by_role("textbox", name="Title").first, "About the house"))
    save(page, site)

    before = site.pages()[HARD]
    assert page.evaluate(READ)[HARD] == before.replace("title: About us", "title: About the house")


#: What a person types in the Markdown of that page; each alone means another thing, or looks as the editor would write it.
TYPED = [
    ("- one\n  - two", "- one\n    - two"),
    ("Some *stars*", "  \n   Some _stars_"),
    ('title").\n', 'title").  \n'),
    ('x = "  - no list"\n\n:::', 'if y:\n    - x = "*"\n\n\n\n:::'),
    ("```\n:::tip\nWithin it\n\n* stars\n", "```\n\n\n:::tip\n\n_Within_ it\n* stars\n\n"),
    ("> a quotation\n>\n", "> a quotation\n> \n"),
]


def test_text_typed_in_markdown_is_saved_letter_by_letter(page: Any, site: Site) -> None:
    typed = TEXT
    for old, new in TYPED:
        assert old in typed
        typed = typed.replace(old, new)
    page.get_by_text("Single pages", exact=True).first.click()
    page.get_by_text("About us", exact=True).first.click()
    page.get_by_role("group", name="Markdown").first.wait_for()
    page.get_by_role("button", name="Edit in Markdown").first.click()
    fill(page, (page.locator("section[data-key-path=body] textarea:visible").first, typed.strip("\n")))
    page.get_by_role("button", name="Edit in Markdown").first.click()
    page.get_by_role("group", name="Markdown").first.wait_for()
    fill(page, (page.get_by_role("textbox", name="Title").first, "About the house"))
    save(page, site)

    before = site.pages()[HARD]
    assert page.evaluate(READ)[HARD] == before.replace("title: About us", "title: About the house").replace(TEXT, typed)


def put_in(page: Any, block: str, **texts: str) -> None:
    """Put a block in from the menu, at the end of the text."""
    body = page.locator('[contenteditable="true"]').first
    body.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Insert", exact=True).first.click()
    page.get_by_role("menuitem", name=block, exact=True).click()
    dialog = page.get_by_role("dialog")
    fill(page, *((dialog.get_by_role("textbox", name=name), text) for name, text in texts.items()))
    dialog.get_by_role("button", name="Insert", exact=True).click()
    dialog.wait_for(state="detached")


@pytest.mark.parametrize("has_more", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_new_editor_makes_the_page_of_an_event_from_forms(page: Any, site: Site, has_more: bool) -> None:
    title = "Long concert" if has_more else "Concert"
    page.get_by_text("Events", exact=True).first.click()
    page.get_by_text("New", exact=True).first.click()
    for name, text in (
        ("Starts", "2026-12-20T10:00"),
        ("Title", title),
        ("Summary", "Songs."),
        ("Place", "Hall 1"),
    ):
        field = page.get_by_role("textbox", name=name, exact=True).first
        page.mouse.move(300, 600)
        while not field.count():  # what is out of sight of a long form is drawn when it is scrolled to
            page.mouse.wheel(0, 300)
            page.wait_for_timeout(200)
        fill(page, (field, text))
    page.mouse.move(300, 600)
    while not page.locator('[contenteditable="true"]').count():
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(200)
    put_in(page, "Note", Title="Seats", Text="Come **early**.")
    put_in(page, "Contact", Name="Li Wei", Email="li@example.org")
    if has_more:
        put_in(page, "Video", Title="Last year", Src="https://films.example.net/watch/3")
        put_in(page, "Quote", Source="The conductor", Text="We sing.")
    save(page, site)

    (path,) = changed(page, site)
    (site.root / path).parent.mkdir()
    (site.root / path).write_text(page.evaluate(READ)[path], encoding="utf-8")
    shown = html.fromstring(site.build()[f"en/events/{title.lower().replace(' ', '-')}/index.html"])
    assert [" ".join(box.text_content().split()) for box in shown.find_class("callout-note")] == ["Seats Come early."]
    assert [link.get("href") for link in shown.cssselect(".contact a")] == ["mailto:li@example.org"]
    if has_more:
        assert [link.get("href") for link in shown.cssselect(".elsewhere a")] == ["https://films.example.net/watch/3"]
        assert [box.text_content().strip() for box in shown.cssselect(".quote figcaption")] == ["The conductor"]
