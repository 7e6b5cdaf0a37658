"""The Center's site in a real browser, with the headers that its own `_headers` asks hosts for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler
from typing import Any

import pytest
from browsing import WATCH, page_of, served, settle
from published import Published, matching, read_headers

TYPES = {"chooser": "", "home": "{}/", "plan": "{}/about/plan/", "article": "{}/news/launch/", "missing": "{}/404.html"}
LANGUAGES = ("en", "zh", "ur")
#: The three ways in which a stranger's text becomes a script.
INJECTIONS = {
    "element": "const e = document.createElement('script'); e.textContent = 'window.ran = 1'; document.body.append(e)",
    "handler": "document.body.insertAdjacentHTML('beforeend', '<img src=\"/none.png\" onerror=\"window.ran = 1\">')",
    "address": "const a = document.createElement('a'); a.href = 'javascript:window.ran = 1'; document.body.append(a); a.click()",
}


class Handler(SimpleHTTPRequestHandler):
    """Serves the built site with the headers that its `_headers` gives each path."""

    rules: dict[str, dict[str, str]]

    def end_headers(self) -> None:
        for name, values in matching(self.rules, self.path).items():
            self.send_header(name, ", ".join(values))
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(center: Published) -> Iterator[str]:
    """Where the site is served."""
    rules = read_headers((center.folder / "_headers").read_text(encoding="utf-8"))
    handler = type("Ruled", (Handler,), {"rules": rules})
    with served(center.folder, handler) as address:
        yield address


def watch(page: Any, complaints: list[str]) -> Any:
    page.add_init_script(WATCH)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    return page


@contextmanager
def watched(browser: Any, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and the complaints of its console and network."""
    complaints: list[str] = []
    with page_of(browser, **options) as page:
        yield watch(page, complaints), complaints


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_needs_nothing_that_the_policy_blocks(browser: Any, address: str, language: str) -> None:
    """Each page stays open in a tab until it has everything, as leaving it would count as a complaint."""
    with watched(browser) as (first, complaints):
        answers, tabs = {}, {name: watch(first.context.new_page(), complaints) for name in TYPES}
        for name, page in tabs.items():
            answers[name] = page.goto(address + TYPES[name].format(language))
        for page in tabs.values():
            settle(page)
        refused = {name: page.evaluate("window.refused") for name, page in tabs.items()}
        styled = "document.styleSheets.length > 0 && document.styleSheets[0].cssRules.length > 0"
        without_style = [name for name, page in tabs.items() if not page.evaluate(styled)]
        found = refused, tuple(complaints), without_style  # a request that comes late must not be one of them

    for answer in answers.values():
        assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert found == ({name: [] for name in TYPES}, (), [])


@pytest.mark.parametrize("injection", INJECTIONS)
def test_injected_script_does_not_run(browser: Any, address: str, injection: str) -> None:
    with watched(browser) as (page, _):
        page.goto(f"{address}en/")
        page.evaluate(INJECTIONS[injection])
        page.wait_for_function("window.refused.length > 0")
        ran, refused = page.evaluate("[window.ran, window.refused[0][0]]")

    assert ran is None
    assert refused.startswith("script-src")


@pytest.mark.parametrize("injection", INJECTIONS)
def test_injected_script_would_run_without_the_policy(browser: Any, address: str, injection: str) -> None:
    with watched(browser, bypass_csp=True) as (page, _):
        page.goto(f"{address}en/")
        page.evaluate(INJECTIONS[injection])
        page.wait_for_function("window.ran === 1")


@pytest.mark.parametrize("has_policy", [True, False], ids=["policy", "no policy"])
def test_page_of_another_site_cannot_frame_a_page(
    browser: Any, center: Published, address: str, has_policy: bool
) -> None:
    stranger, framed = address.replace("127.0.0.1", "localhost"), f"{address}en/"

    with watched(browser) as (page, _):
        page.route(stranger, lambda route: route.fulfill(body="<title>Stranger</title>", content_type="text/html"))
        if not has_policy:  # the same page, without its headers
            page.route(framed, lambda route: route.fulfill(path=center.folder / "en/index.html"))
        page.goto(stranger)
        page.evaluate(
            "url => new Promise(done => { const e = document.createElement('iframe'); e.onload = done; e.src = url; document.body.append(e) })",
            framed,
        )
        is_there = page.frames[1].locator("link[rel=canonical]").count() == 1

    assert is_there == (not has_policy)
