"""The documentation as readers see it: accessibility by an external checker, links, search, code, width.

One page of each template in each language stands for the others; links are followed on every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from browsing import page_of, served, violations
from lxml import html
from published import DOCS_PAGES as PAGES
from published import LONG_DOCS_PAGES as LONG

pytestmark = pytest.mark.slow

PHONE = {"width": 320, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def docs_address(docs: Path) -> Iterator[str]:
    with served(docs) as url:
        yield url


def broken(browser: Any, address: str, paths: list[str], scheme: str) -> list[tuple[str, str, str]]:
    return violations(browser, [address + path for path in paths], viewport=DESKTOP, color_scheme=scheme)


@pytest.mark.parametrize(
    ("scheme", "pages"),
    [
        ("light", [*(path for path in PAGES if path.startswith("en/")), "zh/start/", "ru/search/"]),
        ("dark", ["en/", "en/start/"]),
        pytest.param("light", PAGES, marks=pytest.mark.soak),
        pytest.param("dark", PAGES, marks=pytest.mark.soak),
    ],
)
def test_no_page_breaks_an_accessibility_rule(browser: Any, docs_address: str, scheme: str, pages: list[str]) -> None:
    assert broken(browser, docs_address, pages, scheme) == []


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_long_page_breaks_an_accessibility_rule(browser: Any, docs_address: str, scheme: str) -> None:
    assert broken(browser, docs_address, LONG, scheme) == []


def test_every_link_leads_to_a_page_and_a_heading(docs: Path) -> None:
    roots = {path: html.document_fromstring(path.read_bytes()) for path in docs.rglob("*.html")}
    ids = {path: set(root.xpath("//@id")) for path, root in roots.items()}
    dead = []

    for path, root in roots.items():
        here = f"/{path.relative_to(docs).as_posix().removesuffix('index.html')}"
        for href in root.xpath("//a/@href"):
            parts = urlsplit(urljoin(here, href))
            if parts.scheme or parts.netloc:
                continue
            target = docs / unquote(parts.path).lstrip("/")
            target = target / "index.html" if parts.path.endswith("/") else target
            anchor = unquote(parts.fragment)
            if not target.is_file() or (anchor and target in ids and anchor not in ids[target]):
                dead.append((here, href))

    assert len(roots) > 60
    assert dead == []


#: (language, what is typed, where one of the first three results leads)
QUERIES = [
    ("en", "rollback", "/en/publishing/"),
    ("en", "systemd", "/en/server/"),
    ("en", "hold_until", "/en/editing/"),
    ("en", "calendar persian", "/en/languages/"),
    ("zh", "翻译状态", "/zh/"),
    ("ru", "переводчикам", "/ru/translating/"),
]


def test_search_finds_a_chapter_by_its_words(browser: Any, docs_address: str) -> None:
    missed = {}
    with page_of(browser, viewport=DESKTOP) as page:
        for language, query, chapter in QUERIES:
            page.goto(f"{docs_address}{language}/search/?q={query}")
            page.locator(".found .title a").first.wait_for()
            found = page.locator(".found .title a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
            if not any(url.startswith(chapter) for url in found[:3]):
                missed[query] = found[:5]

    assert missed == {}


def test_code_is_copied_by_a_button(browser: Any, docs_address: str) -> None:
    with page_of(browser, viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{docs_address}zh/start/")
        button = page.locator(".copied button").nth(1)
        name = button.inner_text()
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("button => button.textContent === '已复制'", arg=button.element_handle())
        copied = page.evaluate("navigator.clipboard.readText()")

    assert name == "复制"
    assert copied == "sitegen init my-site --languages en,fr,ar,sr\ncd my-site\nsitegen serve"


def test_next_links_lead_through_the_whole_menu(browser: Any, docs_address: str) -> None:
    walked: list[str] = []

    with page_of(browser, viewport=DESKTOP) as page:
        page.route("**/*.{css,js,svg}", lambda route: route.abort())
        page.goto(f"{docs_address}en/start/")
        menu = page.locator(".chapters a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        while len(walked) <= len(menu):
            walked.append(urlsplit(page.url).path)
            assert page.locator(".chapters [aria-current=page]").get_attribute("href") == walked[-1]
            if not page.locator(".beside [rel=next]").count():
                break
            page.goto(urljoin(page.url, page.locator(".beside [rel=next]").get_attribute("href")))

    assert walked == menu


def test_no_page_scrolls_sideways_on_a_small_phone(browser: Any, docs_address: str) -> None:
    widths = {}
    with page_of(browser, viewport=PHONE) as page:
        for path in [*PAGES, *LONG]:
            page.goto(docs_address + path)
            widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in widths.items() if width > PHONE["width"]} == {}
