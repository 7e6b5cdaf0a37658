"""The Center's site in a real browser: accessible, legible, light, and whole without scripts."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from published import Published, require

MODULES = Path(__file__).parent / "node_modules"
AXE = MODULES / "axe-core/axe.min.js"
VNU = MODULES / "vnu-jar/build/dist/vnu.jar"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: As strict as it can be: what a host is asked to send.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; manifest-src 'self'"
)
#: One page of each kind, and the pages of no kind.
PAGE_TYPES = (
    "", "center/", "center/platform/", "plan/", "plan/talent-teacher-development/", "programs/",
    "programs/summer-school/", "news/", "news/launch/", "events/", "events/inauguration-tianjin/", "partners/",
    "partners/shaanxi-government/", "partners/xjtu/", "people/", "people/zhang-liqun/", "states/", "glossary/",
    "about/", "about/sources/", "about/sources/xjtu-2025-09-03/", "404.html",
)  # fmt: skip
LANGUAGES = ("en", "zh", "ru")


class Handler(SimpleHTTPRequestHandler):
    """Serves the built site with the strict policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(center: Published) -> Iterator[str]:
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(center.folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def page_of(browser: Any, **options: Any) -> Iterator[Any]:
    """A page in a context of its own."""
    context = browser.new_context(**options)
    try:
        yield context.new_page()
    finally:
        context.close()


def test_html_checker_finds_no_error(center: Published) -> None:
    require("java", subprocess.run(["which", "java"], capture_output=True, check=False).returncode == 0)
    require("vnu-jar", VNU.exists())

    command = ["java", "-Xss4m", "-jar", str(VNU), "--errors-only", "--skip-non-html", str(center.folder)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert checked.stderr == ""
    assert checked.returncode == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (1280, 900)], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_violation(browser: Any, address: str, language: str, size: tuple[int, int], scheme: str) -> None:
    require("axe-core", AXE.exists())
    found = []
    viewport = {"width": size[0], "height": size[1]}

    with page_of(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as page:
        for path in PAGE_TYPES:
            page.goto(f"{address}{language}/{path}")
            page.add_script_tag(path=str(AXE))
            result = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
            found += [(path, v["id"], v["nodes"][0]["html"][:200]) for v in result["violations"]]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (360, 1), (1280, 1), (320, 2)], ids=str)
def test_nothing_scrolls_sideways(browser: Any, address: str, language: str, width: int, zoom: int) -> None:
    """Also with text at 200 %."""
    wide = []

    with page_of(browser, viewport={"width": width, "height": 740}, bypass_csp=True) as page:
        for path in PAGE_TYPES:
            page.goto(f"{address}{language}/{path}")
            if zoom > 1:
                page.add_style_tag(content=f":root {{ font-size: {zoom * 100}% }}")
            size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            if size[0] > size[1]:
                wide.append((path, size))

    assert wide == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_whole_without_scripts_cookies_and_other_hosts(browser: Any, address: str, language: str) -> None:
    requests: list[str] = []
    failures: list[str] = []

    with page_of(browser, java_script_enabled=False) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.on("requestfailed", lambda request: failures.append(request.url))
        page.on("console", lambda message: failures.append(message.text))
        for path in PAGE_TYPES:
            requests.clear()
            page.goto(f"{address}{language}/{path}")
            assert page.locator("h1").is_visible()
            assert len(page.locator("main").inner_text()) > 20
            assert all(url.startswith((address, "data:")) for url in requests)
            assert len(requests) <= 6
        assert page.context.cookies() == []

    assert failures == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_strict_policy_is_never_violated(browser: Any, address: str, language: str) -> None:
    told: list[str] = []

    with page_of(browser) as page:
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        for path in PAGE_TYPES:
            page.goto(f"{address}{language}/{path}")

    assert [text for text in told if "404" not in text] == []


def test_first_tab_skips_to_the_content_and_focus_is_seen(browser: Any, address: str) -> None:
    with page_of(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}en/plan/")
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
        page.goto(f"{address}en/plan/")
        page.locator("header summary").focus()
        page.keyboard.press("Enter")
        link = page.locator("header a[hreflang='zh-Hans']")
        assert link.is_visible()
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/zh/plan/")
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"


@pytest.mark.parametrize("language", LANGUAGES)
def test_diagram_is_legible_on_a_phone_and_its_nodes_are_links(browser: Any, address: str, language: str) -> None:
    with page_of(browser, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{address}{language}/")
        weave = page.locator(".weave")
        nodes = weave.locator("a").evaluate_all(
            "links => links.map(a => [new URL(a.href).pathname, parseFloat(getComputedStyle(a).fontSize)])"
        )

        assert weave.locator("svg").count() >= 6
        assert len([path for path, _ in nodes if path.startswith(f"/{language}/programs/")]) == 6
        assert len([path for path, _ in nodes if path.startswith(f"/{language}/plan/")]) == 4
        assert min(size for _, size in nodes) >= 11


def test_page_prints_with_its_text(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        page.goto(f"{address}en/programs/summer-school/")
        page.emulate_media(media="print")

        assert page.locator("h1").is_visible()
        assert not page.locator("header nav").first.is_visible()
        assert page.pdf()[:5] == b"%PDF-"
