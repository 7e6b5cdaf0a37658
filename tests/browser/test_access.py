"""Accessibility: rules on every page, use by keyboard alone, and what a screen reader announces."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, page_of, served, violations
from PIL import Image
from published import MAIN_TYPES, PAGE_TYPES, REPOSITORY, Published, build_center, copy_center, require, sampled

pytestmark = pytest.mark.slow

sys.path.append(str(REPOSITORY / "tests/bench"))

LANGUAGES = ("en", "zh", "ru", "kk", "ky", "tg", "uz", "uz-cyrl", "be", "hi", "ur", "fa")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}

#: The element that has the focus: what it is, whether its outline is seen, whether it lies in the window uncovered.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getClientRects()[0] ?? element.getBoundingClientRect();
  const [x, y] = [Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)), box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const all = [...document.querySelectorAll('a[href], button, input, summary, [tabindex]')];
  return {
    what: element.outerHTML.slice(0, 120),
    position: all.indexOf(element),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && !!top && (element.contains(top) || top.contains(element)),
  };
}"""


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_a_language_breaks_a_rule(browser: Any, center: Published, address: str, language: str) -> None:
    own = (page for page in center.pages.values() if page.language == language and not page.is_redirect)
    urls = [address + page.path.removesuffix("index.html") for page in own]

    assert len(urls) > 30
    assert violations(browser, urls, viewport=PHONE) == []


@pytest.mark.parametrize(
    ("language", "path"),
    sampled(product(["en", "ur"], PAGE_TYPES), {*product(["en"], MAIN_TYPES), ("en", "study/faq/"), ("ur", "search/")}),
)
def test_tab_key_visits_a_page_in_order_and_leaves_it(browser: Any, address: str, language: str, path: str) -> None:
    """Each focused element is outlined and visible, none traps the focus, and the order is that of the page."""
    walked: list[dict[str, Any]] = []

    with page_of(browser, viewport=DESKTOP, reduced_motion="reduce") as page:
        page.goto(f"{address}{language}/{path}")
        page.keyboard.press("Tab")
        while (focused := page.evaluate(FOCUSED)) and len(walked) < 400:
            walked.append(focused)
            page.keyboard.press("Tab")

    positions = [step["position"] for step in walked]
    assert 10 < len(walked) < 400
    assert positions == sorted(set(positions))
    assert [step["what"] for step in walked if not (step["outlined"] and step["seen"])] == []


def test_open_list_of_languages_works_by_keyboard(browser: Any, address: str) -> None:
    with page_of(browser, viewport=PHONE) as page:
        page.goto(f"{address}en/about/plan/")
        page.locator(".languages button").focus()
        page.keyboard.press("Enter")
        names = []
        for _ in LANGUAGES:
            page.keyboard.press("Tab")
            names.append(page.evaluate("document.activeElement.hreflang"))
        page.keyboard.press("Tab")
        after = page.evaluate("document.activeElement.closest('.languages') === null")

    assert len(set(names)) == len(LANGUAGES)
    assert after


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The Center's site with one Urdu page missing, another behind its source, and a photograph."""
    root = tmp_path_factory.mktemp("changed")
    copy_center(root)
    (root / "content/about/plan/index.ur.md").unlink()
    heading = "## Who stands behind it\n"
    replaced(root / "content/about/index.en.md", heading, f"{heading}\nOne sentence more.\n")
    Image.new("RGB", (800, 500), "gray").save(root / "content/news/launch/hall.jpg")
    words = "photo: hall.jpg\nphoto_alt: A full hall\nphoto_credit: By XJTU\ntitle: "
    replaced(root / "content/news/launch/index.en.md", "title: ", words)
    return build_center(root / "public", "--root", str(root), "--languages", "en", "ur")


@pytest.fixture(scope="module")
def behind(changed: Published) -> Iterator[str]:
    """Where that site is served."""
    with served(changed.folder) as address:
        yield address


def test_photograph_stands_in_place_of_the_cloth_with_its_words(changed: Published) -> None:
    pages = changed.pages

    figure = pages["en/news/launch/index.html"].root.xpath("//header/figure")[0]
    assert figure.xpath(".//img/@alt") == ["A full hall"]
    assert figure.xpath("string(figcaption)") == "By XJTU"
    assert not pages["en/news/launch/index.html"].root.xpath("//main//*[contains(@class, 'piece')]")
    assert pages["en/news/secretariat-meeting/index.html"].root.xpath("//main//*[contains(@class, 'piece')]")


def test_screen_reader_announces_a_page_that_is_not_translated(browser: Any, behind: str) -> None:
    """The frame and the notice are in the reader's language; the text declares its own."""
    with page_of(browser, viewport=DESKTOP) as page:
        page.goto(f"{behind}ur/about/plan/")
        tree = page.locator("body").aria_snapshot()
        notice = page.locator(".note").first
        told = (notice.inner_text(), page.evaluate("document.documentElement.lang"))
        shown = page.locator(".prose").first.evaluate("e => [e.closest('[lang]').lang, getComputedStyle(e).direction]")
        heading = page.locator("h1 [lang]").get_attribute("lang")

    assert told[1] == "ur"
    assert "English" in told[0]
    assert shown == ["en", "ltr"]
    assert heading == "en"
    assert 'heading "The Construction Plan" [level=1]' in tree
    assert "- banner:" in tree
    assert "- main:" in tree
    assert "- contentinfo:" in tree
    assert tree.count("- navigation ") >= 3


def test_screen_reader_announces_which_sections_of_a_page_are_stale(browser: Any, behind: str) -> None:
    with page_of(browser, viewport=DESKTOP) as page:
        page.goto(f"{behind}ur/about/")
        tree = page.locator("main").aria_snapshot()
        notices = page.locator(".note").all_inner_texts()
        links = page.locator(".note a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        heading = page.locator("#who-stands-behind-it").inner_text()

    assert len(notices) == 2
    assert links == ["/en/about/", "/en/about/#who-stands-behind-it"]
    assert heading in notices[0]
    assert "Who stands behind it" not in notices[0], "a section is named as the page itself names it"
    assert tree.index("[level=1]") < tree.index("/en/about/")


def test_landmarks_are_named_in_the_language_of_the_page(browser: Any, address: str) -> None:
    names = {}

    with page_of(browser, viewport=DESKTOP) as page:
        for language in LANGUAGES:
            page.goto(f"{address}{language}/about/")
            names[language] = page.locator("nav").evaluate_all(
                "navs => navs.map(n => n.getAttribute('aria-label') ?? document.getElementById(n.getAttribute('aria-labelledby')).textContent)"
            )

    assert all(len(own) == 5 and len(set(own)) == 5 and all(own) for own in names.values())
    for language in LANGUAGES[1:]:
        assert not set(names[language]) & set(names["en"])


def test_forced_colours_keep_links_and_threads_visible(browser: Any, address: str) -> None:
    with page_of(browser, viewport=DESKTOP, forced_colors="active") as page:
        page.goto(f"{address}en/about/plan/")
        colours = page.evaluate(
            "['.menu a', '.reading .warp', '.prose p'].map(s => getComputedStyle(document.querySelector(s))[s.includes('warp') ? 'stroke' : 'color'])"
        )
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper not in colours


#: What is too faint where the reader chooses the colours: texts and controls under 4.5 : 1, threads under 3 : 1.
FAINT = """() => {
  const channels = colour => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = colour => channels(colour).slice(0, 3).map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [.2126, .7152, .0722][n], 0);
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort(); return (y + .05) / (x + .05); };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects()[0]?.width > 1;
  const texts = [...document.querySelectorAll('body *')].filter(element => seen(element) && !element.closest('svg')
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  const threads = [...document.querySelectorAll('svg :is(.warp, .weft)')].filter(seen);
  return [
    ...texts.filter(element => contrast(getComputedStyle(element).color, behind(element)) < 4.5),
    ...threads.filter(element => contrast(getComputedStyle(element).stroke, behind(element)) < 3),
  ].map(element => element.outerHTML.slice(0, 120));
}"""


def test_every_type_of_page_is_legible_in_forced_colours(browser: Any, address: str) -> None:
    faint = {}
    with page_of(browser, viewport=DESKTOP) as page:
        for path in PAGE_TYPES:
            page.goto(f"{address}en/{path}")
            for scheme in ("light", "dark"):
                page.emulate_media(forced_colors="active", color_scheme=scheme)
                faint[path, scheme] = page.evaluate(FAINT)

    assert {look: elements for look, elements in faint.items() if elements} == {}
    assert len(faint) == 2 * len(PAGE_TYPES)


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_page_transitions_respect_reduced_motion(browser: Any, address: str, motion: str, moves: bool) -> None:
    with page_of(browser, viewport=DESKTOP, reduced_motion=motion) as page:
        page.goto(f"{address}en/")
        page.evaluate("addEventListener('pageswap', e => sessionStorage.moved = !!e.viewTransition)")
        page.locator(".menu a").first.click()
        page.wait_for_url("**/about/")
        moved = page.evaluate("sessionStorage.moved")

    assert moved == str(moves).lower()


@pytest.mark.parametrize("language", sampled(LANGUAGES, ["en", "zh", "ru", "hi", "ur"]))
def test_page_is_printed_in_every_language(browser: Any, address: str, language: str) -> None:
    """Text and address are printed without menus; nothing is wider than the sheet."""
    with page_of(browser, viewport={"width": 660, "height": 940}) as page:
        page.goto(f"{address}{language}/study/summer-school/")
        page.emulate_media(media="print")
        seen = [
            page.locator(part).first.is_visible() for part in ("h1", ".print-only", "header nav", ".groups", ".tool")
        ]
        wide = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        paper = page.pdf(format="A4")

    assert seen == [True, True, False, False, False]
    assert wide
    assert paper[:5] == b"%PDF-"
    assert 1 <= paper.count(b"/Type /Page\n") <= 3


@pytest.mark.soak
@pytest.mark.parametrize("language", ["en", "zh", "ur"])
def test_lighthouse_finds_nothing_to_fix_on_any_type_of_page(center: Published, language: str) -> None:
    """No page is short of 100, shifts or weighs too much; timings are measured by `make lighthouse`."""
    from lighthouse import LIGHTHOUSE, PAGES, Compressed, measure

    require("lighthouse", LIGHTHOUSE.exists())
    require("chromium", CHROMIUM.exists())
    only = "--only-categories=accessibility,best-practices,seo,performance"
    with served(center.folder, Compressed) as address:
        runs = [(path, measure(f"{address}{language}/{path}", only)) for path in PAGES]

    assert [
        (path, run)
        for path, run in runs
        if (run["accessibility"], run["best-practices"], run["seo"], run["cls"]) != (100, 100, 100, 0)
        or run["bytes"] > (120_000 if language == "ur" else 60_000)
    ] == []
