"""The Center's site in a real browser: accessible, legible, small, and complete without scripts."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from itertools import product
from typing import Any

import pytest
from browsing import page_of, served, settle, violations
from conftest import MakeSite
from published import MAIN_TYPES, OF_EACH_SCRIPT, PAGE_TYPES, Published, sampled

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "zh", "ru", "kk", "ky", "tg", "uz", "uz-cyrl", "be", "hi", "ur", "fa")

#: Texts that stand on one another or run out of the page. A line's box is taken without its outer quarters, as fonts
#: claim more room than their letters fill.
COLLISIONS = """() => {
  const boxes = [], found = [];
  const unseen = e => !!e && (getComputedStyle(e).clipPath === 'inset(50%)' || unseen(e.parentElement));  // but heard
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || unseen(parent) || parent.closest('.skip, details:not([open]) > :not(summary), script, .print-only')) continue;
    let block = parent;
    while (getComputedStyle(block).display.startsWith('inline') && getComputedStyle(block).display !== 'inline-block') block = block.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    const room = parent.closest('pre')?.getBoundingClientRect();  // code scrolls in its own box
    for (const whole of range.getClientRects()) {
      const r = {left: whole.left, right: Math.min(whole.right, room?.right ?? Infinity), top: whole.top, bottom: whole.bottom, height: whole.height};
      if (r.right - r.left < 1 || r.height < 1) continue;
      if (r.left < -1 || r.right > innerWidth + 1) found.push(['outside', node.data.trim().slice(0, 40)]);
      boxes.push({block, text: node.data.trim().slice(0, 40), left: r.left, right: r.right, top: r.top + r.height / 4, bottom: r.bottom - r.height / 4});
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom - 1; j++)
      if (boxes[i].block !== boxes[j].block && boxes[j].left < boxes[i].right - 2 && boxes[i].left < boxes[j].right - 2)
        found.push(['overlap', boxes[i].text, boxes[j].text]);
  for (const element of document.querySelectorAll('body *'))
    if (['hidden', 'clip'].includes(getComputedStyle(element).overflowX) && !unseen(element) && !element.closest('svg') && element.scrollWidth > element.clientWidth + 1)
      found.push(['clipped', element.className]);
  return found;
}"""
#: Characters that the page's own fonts, and those behind them, draw as the box of a character that nobody has.
MISSING = """() => {
  const seen = new Set();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 48;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const drawn = (text, font) => {
    context.clearRect(0, 0, 48, 48);
    context.font = font;
    context.fillText(text, 8, 34);
    return context.getImageData(0, 0, 48, 48).data.join();
  };
  const missing = new Set(), boxes = {};
  for (const element of [...document.querySelectorAll('h1, p, li, dd, a, span')]) {
    const font = '24px ' + getComputedStyle(element).fontFamily;
    const own = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('');
    for (const letter of new Set(own.match(/[\\p{L}\\p{N}\\p{P}]/gu) ?? [])) {
      const key = font + letter;
      if (seen.has(key)) continue;
      seen.add(key);
      boxes[font] ??= [drawn('\\u{10fffd}', font), drawn('\\u{e123}', font)];
      if (boxes[font].includes(drawn(letter, font))) missing.add(letter);
    }
  }
  return [...missing];
}"""


#: What axe looks at in each script whose lines run from left to right as in English: the rest is as it is there.
SCRIPT_TYPES = ("", "study/summer-school/", "search/")
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
OTHER_TYPES = tuple(path for path in PAGE_TYPES if path not in MAIN_TYPES)
TYPES = {"script": SCRIPT_TYPES, "main": MAIN_TYPES, "other": OTHER_TYPES, "all": PAGE_TYPES}


def looks() -> list[Any]:
    """Each type of page on a phone, the main ones from right to left; some in the dark at a desk."""
    main = [("en", "desktop", "dark", "script"), ("ur", "phone", "light", "main"), ("en", "phone", "light", "other")]
    main += [(own, "phone", "light", "script") for own in ("zh", "ru", "hi")]
    everywhere = [(*look, "all") for look in product(OF_EACH_SCRIPT, SIZES, ("light", "dark"))]
    everywhere += [(own, "phone", "light", "all") for own in LANGUAGES if own not in OF_EACH_SCRIPT]
    return [*main, *sampled(everywhere, ())]


@pytest.mark.parametrize(("language", "size", "scheme", "types"), looks())
def test_axe_finds_no_violation(browser: Any, address: str, language: str, size: str, scheme: str, types: str) -> None:
    urls = [f"{address}{language}/{path}" for path in TYPES[types]]

    assert violations(browser, urls, viewport=SIZES[size], color_scheme=scheme) == []


WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def rooms() -> list[Any]:
    """All types of page in English on a phone; the main ones in each script and the language of the longest words, and at a desk."""
    main = [
        *sampled(
            ((own, "phone", "main") for own in LANGUAGES[1:]),
            {(own, "phone", "main") for own in (*OF_EACH_SCRIPT, "kk")},
        ),
        *sampled(((own, "desktop", "main") for own in ("en", "zh", "ur")), {("ur", "desktop", "main")}),
    ]
    return [*main, *sampled(product(LANGUAGES, SIZES, ["all"]), {("en", "phone", "all")})]


@pytest.mark.parametrize(("language", "size", "types"), rooms())
def test_no_text_is_cut_off_overlapped_or_without_a_glyph_and_the_strict_policy_is_kept(
    browser: Any, address: str, language: str, size: str, types: str
) -> None:
    found, told = [], []

    with page_of(browser, viewport=SIZES[size]) as page:
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        for path in TYPES[types]:
            page.goto(f"{address}{language}/{path}")
            found += [(path, *collision) for collision in page.evaluate(COLLISIONS)]
            found += [(path, "no glyph", letter) for letter in page.evaluate(MISSING)]
            width, room = page.evaluate(WIDTHS)
            found += [(path, "scrolls sideways", width)] if width > room else []

    assert found == []
    assert [text for text in told if "404" not in text] == []


def test_character_that_no_font_has_is_found(browser: Any) -> None:
    with page_of(browser) as page:
        page.set_content("<p>a\U0010fffd</p>")
        assert page.evaluate(MISSING.replace("{L}", "{L}\\p{Co}")) == ["\U0010fffd"]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ur", "rtl"), ("fa", "rtl")])
def test_layout_is_mirrored_with_the_direction(browser: Any, address: str, language: str, direction: str) -> None:
    with page_of(browser, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}{language}/about/plan/")
        middles = [
            page.locator(part).first.evaluate(
                "e => { const r = e.getBoundingClientRect(); return (r.left + r.right) / 2 }"
            )
            for part in (".nameplate", ".languages button", ".reading .cloth", ".reading ul a")
        ]

    name, switch, cloth, node = middles
    assert (name < switch) == (cloth < node) == (direction == "ltr")


@pytest.mark.parametrize(
    ("language", "types"),
    [
        *product(("en", "ru", "kk", "ur"), ["main"]),
        *sampled(product((*OF_EACH_SCRIPT, "kk", "uz"), ["all"]), ()),
    ],
)
def test_nothing_scrolls_sideways(browser: Any, address: str, language: str, types: str) -> None:
    """On the narrowest phone, with text at 100 % and at 200 %."""
    wide = []

    with page_of(browser, viewport={"width": 320, "height": 740}, bypass_csp=True) as page:
        for path in TYPES[types]:
            page.goto(f"{address}{language}/{path}")
            for zoom in (1, 2):
                page.add_style_tag(content=f":root {{ font-size: {zoom * 100}% }}")
                size = page.evaluate(WIDTHS)
                if size[0] > size[1]:
                    wide.append((path, zoom, size))

    assert wide == []


@pytest.mark.parametrize(("language", "types"), [("ur", "main"), *sampled(product(OF_EACH_SCRIPT, ["all"]), ())])
def test_page_is_complete_without_scripts_cookies_and_other_hosts(
    browser: Any, address: str, language: str, types: str
) -> None:
    visits: list[tuple[Any, list[str]]] = []
    failures: list[str] = []

    with page_of(browser, java_script_enabled=False) as first:
        for path in TYPES[types]:
            page, requests = first.context.new_page(), list[str]()
            page.on("request", lambda request, requests=requests: requests.append(request.url))
            page.on("requestfailed", lambda request: failures.append(request.url))
            page.on("console", lambda message: failures.append(message.text))
            page.goto(f"{address}{language}/{path}")
            visits.append((page, requests))
        for page, requests in visits:
            settle(page)
            assert page.locator("h1").is_visible()
            assert len(page.locator("main").inner_text()) > 20
            assert requests
            assert all(url.startswith((address, "data:")) for url in requests)
            assert len(requests) <= 8
        assert first.context.cookies() == []
        assert failures == [], "before the pages are closed, and what they may still ask for is cut off"


def test_first_tab_skips_to_the_content_and_focus_is_visible(browser: Any, address: str) -> None:
    with page_of(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}en/about/plan/")
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "[document.activeElement.getAttribute('href'), getComputedStyle(document.activeElement).outlineStyle]"
        )
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")

    assert focused[0] == "#main"
    assert focused[1] != "none"
    assert box["width"] > 20
    assert box["top"] >= 0
    assert inside


def test_language_switcher_works_by_keyboard_and_leads_to_the_same_page(browser: Any, address: str) -> None:
    with page_of(browser, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{address}en/about/plan/")
        page.locator(".languages button").focus()
        page.keyboard.press("Enter")
        link = page.locator("header a[hreflang='zh-Hans']")
        assert link.is_visible()
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/zh/about/plan/")
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_diagram_is_legible_on_a_phone_and_its_nodes_are_links_in_every_language(browser: Any, address: str) -> None:
    found = {}
    with page_of(browser, viewport={"width": 360, "height": 740}) as page:
        for language in LANGUAGES:
            page.goto(f"{address}{language}/about/plan/")
            reading = page.locator(".reading")
            nodes = reading.locator("a").evaluate_all(
                "links => links.map(a => [new URL(a.href).pathname, parseFloat(getComputedStyle(a).fontSize)])"
            )
            paths = [path for path, _ in nodes]
            programs = sum(path.startswith(f"/{language}/study/") for path in paths)
            parts = paths.count(f"/{language}/about/plan/")
            legible = min(size for _, size in nodes) >= 15
            found[language] = (reading.locator("svg").count(), programs, parts, legible)

    assert found == dict.fromkeys(LANGUAGES, (6, 6, 4, True))


def parts_of_loom(page: Any) -> tuple[list[list[float]], list[list[float]]]:
    """The boxes of its names, each with the size of its text, and those of its threads."""
    loom = page.locator(".loom")
    names = loom.locator(".functions span, .means p").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect();"
        " return [r.left, r.top, r.right, r.bottom, parseFloat(getComputedStyle(e).fontSize)] })"
    )
    threads = loom.locator(".means svg").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] })"
    )
    return names, threads


def are_apart(box: list[float], other: list[float]) -> bool:
    return box[2] <= other[0] + 1 or other[2] <= box[0] + 1 or box[3] <= other[1] + 1 or other[3] <= box[1] + 1


def test_loom_names_five_functions_and_four_means_visibly_in_every_language(browser: Any, address: str) -> None:
    """Every name is complete, none overlaps another or a thread, and each means has its thread."""
    wrong = []
    with page_of(browser) as page:
        for width, language in product((360, 1280), LANGUAGES):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(f"{address}{language}/about/platform/")
            names, threads = parts_of_loom(page)
            assert (len(names), len(threads)) == (9, 4), (language, width)
            others = [*((a, b) for a, b in product(names, names) if a is not b), *product(names, threads)]
            if (
                min(size for *_, size in names) < 15
                or not all(0 <= box[0] < box[2] <= width for box in names)
                or not all(are_apart(*pair) for pair in others)
            ):
                wrong.append((language, width))

    assert wrong == []


def test_masthead_leaves_a_phone_room_for_the_page_in_every_language(browser: Any, address: str) -> None:
    bottoms = {}
    with page_of(browser, viewport={"width": 390, "height": 844}) as page:
        for language in LANGUAGES:
            page.goto(f"{address}{language}/")
            bottoms[language] = page.locator(".masthead").evaluate("e => e.getBoundingClientRect().bottom")

    assert {language: bottom for language, bottom in bottoms.items() if bottom > 120} == {}


def test_list_of_languages_closes_on_escape_and_on_a_click_outside(browser: Any, address: str) -> None:
    with page_of(browser, viewport=SIZES["phone"], java_script_enabled=False) as page:
        page.goto(f"{address}en/about/plan/")
        button, chosen = page.locator(".languages button"), page.locator("header a[hreflang='zh-Hans']")
        button.click()
        assert chosen.is_visible()
        page.keyboard.press("Escape")
        assert not chosen.is_visible()
        button.click()
        page.mouse.click(20, 700)
        assert not chosen.is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_chooser_shows_every_language_without_scrolling(browser: Any, address: str, size: str) -> None:
    with page_of(browser, viewport=SIZES[size]) as page:
        page.goto(address)

        assert page.locator("li a").count() == len(LANGUAGES)
        assert page.locator("li").last.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")


@pytest.mark.parametrize(
    ("width", "languages"),
    [
        (390, OF_EACH_SCRIPT),
        (1280, ("en", "ur")),
        *(pytest.param(width, LANGUAGES, marks=pytest.mark.soak) for width in (390, 1280)),
    ],
)
def test_glossary_is_not_an_endless_scroll_in_any_language(
    browser: Any, address: str, width: int, languages: tuple[str, ...]
) -> None:
    """At most seven screens of a phone; the field filters by terms in any language."""
    found = {}
    with page_of(browser, viewport={"width": width, "height": 844}) as page:
        for language in languages:
            page.goto(f"{address}{language}/glossary/")
            height = page.evaluate("document.documentElement.scrollHeight")
            own = page.locator(".glossary").evaluate("e => e.offsetHeight")
            page.locator("#filter").fill("西安交通大学")
            left = page.locator("[data-term]:visible").count()
            found[language] = (height < 6400, own < 4500, 1 <= left < 5)

    assert found == dict.fromkeys(languages, (True, True, True))


@pytest.mark.parametrize("language", sampled(LANGUAGES, ["en", "ru", "ur"]))
def test_first_visit_loads_little(browser: Any, center: Published, address: str, language: str) -> None:
    """Page, style, icon and fonts as sent with an empty cache: 60 KB, and 120 for Urdu with its Nastaliq."""
    most, heavy = (120_000 if language == "ur" else 60_000), []

    with ExitStack() as stack:
        visits: dict[str, tuple[Any, list[str]]] = {}
        for path in ("", "about/", "study/summer-school/", "news/launch/"):
            page, needed = stack.enter_context(page_of(browser, viewport=SIZES["phone"])), list[str]()
            page.on("request", lambda request, needed=needed: needed.append(request.url))
            page.goto(f"{address}{language}/{path}")
            visits[path] = page, needed
        for path, (page, needed) in visits.items():
            settle(page)
            names = [url.removeprefix(address) + ("index.html" if url.endswith("/") else "") for url in needed]
            files = [(center.folder / name).read_bytes() for name in names]
            weight = sum(min(len(content), len(gzip.compress(content))) for content in files)
            if weight > most:
                heavy.append((path, weight))

    assert heavy == []


#: Whether all that stands in the page lies within the sheet, with nothing left to scroll to.
WITHIN = """[...document.querySelectorAll('main *')].every(part =>
  part.scrollWidth <= Math.max(part.clientWidth, document.documentElement.clientWidth)
  && part.getBoundingClientRect().right <= document.documentElement.clientWidth)"""


def test_long_code_and_wide_tables_are_printed_whole(browser: Any, make_site: MakeSite) -> None:
    cells = [f"column{number}" * 2 for number in range(9)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in (cells, ["---"] * 9, cells))
    site = make_site(
        {
            "content/a/index.en.md": f"---\ntitle: A\n---\n```\n{'a = b + c; ' * 40}\n{'x' * 400}\n```\n\n{table}\n\n"
            "::table[Costs]{src=costs.csv}\n",
            "content/a/costs.csv": "\n".join([",".join(cells)] * 3) + "\n",
        },
        site="title: {en: Site}\nbase_url: https://example.org/\ntheme: default\nlanguages: [{tag: en}]\n",
    )
    (site.root / "templates/page.html").unlink()
    site.build()

    with served(site.public) as address, page_of(browser, viewport={"width": 660, "height": 940}) as page:
        page.goto(f"{address}en/a/")
        on_screen = page.evaluate(WITHIN)
        page.emulate_media(media="print")

        assert (on_screen, page.evaluate(WITHIN)) == (False, True)
