"""The built site in a browser: served with the strictest policy, in a separate context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from published import require
from waiting import SOON

from sitegen.hosting.headers_and_redirects import POLICY

CHROMIUM = Path("/usr/bin/chromium")
#: The same browser without the pages of its own that each window of Chromium draws unseen: four times as fast to open one.
HEADLESS = Path("/usr/bin/chromium-headless-shell")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-site-isolation-trials",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # no waiting for another host
)
AXE = Path(__file__).parents[1] / "browser/node_modules/axe-core/axe.min.js"
#: What the policy refuses, told by the browser itself.
WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation', e => window.refused.push([e.effectiveDirective, e.blockedURI, e.sample]));
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Bare(SimpleHTTPRequestHandler):
    """Serves the built site without a policy."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Handler(Bare):
    """Serves the built site with the strict policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@contextmanager
def started() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * SOON)
    program = HEADLESS if HEADLESS.exists() else CHROMIUM
    require("chromium", program.exists())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        yield browser
        browser.close()


class Server(ThreadingHTTPServer):
    """Takes all connections that pages opened at the same moment ask for, where five would wait by default."""

    request_queue_size = 100


@contextmanager
def served(folder: Path, handler: type[SimpleHTTPRequestHandler] = Handler) -> Iterator[str]:
    """The address at which a folder is served."""
    server = Server(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def context_of(browser: Any, **options: Any) -> Iterator[Any]:
    """A context of its own, whose pages have the time that a loaded machine takes."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * SOON)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def page_of(browser: Any, **options: Any) -> Iterator[Any]:
    """A page in a separate context."""
    with context_of(browser, **options) as context:
        yield context.new_page()


def settle(page: Any) -> None:
    """Wait until a page that is loaded has its fonts, too: the last that it asks for.

    Not until the network is idle: one event that the browser doesn't send, and a test waits in vain.
    """
    page.evaluate("document.fonts.ready.then(() => {})")


def violations(browser: Any, urls: Iterable[str], **options: Any) -> list[tuple[str, str, str]]:
    """What axe finds on pages: address, rule, element."""
    require("axe-core", AXE.exists())
    found = []
    with page_of(browser, bypass_csp=True, **options) as page:
        page.add_init_script(path=AXE)  # sent to the browser once, not with each page
        for url in urls:
            page.goto(url)
            result = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
            found += [(url, v["id"], v["nodes"][0]["html"][:200]) for v in result["violations"]]
    return found
