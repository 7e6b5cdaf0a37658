"""Live preview: one save, one rebuild; the browser reloads what changed, or shows the problems over the last good page.

livereload brings the protocol and the browser's side; watching is watchfiles', because livereload polls, rebuilds once
for each file of a save, and misses files that arrive with an old time.
"""

from __future__ import annotations

import asyncio
import html
import mimetypes
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import watchfiles
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import web
from tornado.escape import json_decode
from tornado.httpserver import HTTPServer

from sitegen.errors import Problem, SiteError, format_text
from sitegen.pipeline import Options, Report, build

INPUTS = ("content", "templates", "static", "translations")
PORTS_TRIED = 20

_SCRIPT = b'<script src="/livereload.js?snipver=1"></script>'
_OVERLAY = """<div role="alert" dir="ltr" lang="en" style="position:fixed;inset:0;z-index:2147483647;overflow:auto;background:#1b1b1bf2;color:#fff;\
padding:2rem;text-align:left;font:14px/1.5 ui-monospace,monospace"><strong>{count}</strong><pre style="white-space:pre-wrap">{text}</pre></div>"""


@dataclass
class Preview:
    """What the preview serves: the last good site, and the problems of the newest state of the files."""

    options: Options
    problems: tuple[Problem, ...] = ()
    report: Report | None = None

    def rebuild(self) -> set[str] | None:
        """Build; returns the paths that changed, or None where every page must be shown anew."""
        before = self.problems
        try:
            self.report = build(self.options)
            self.problems = ()
        except SiteError as error:
            self.problems = error.problems
        if self.problems or before:
            return None
        assert self.report is not None
        return set(self.report.change.written)

    def tell(self) -> None:
        """Say on the terminal how the rebuild went."""
        if self.problems:
            print(format_text(self.problems), file=sys.stderr)
        elif self.report:
            print(f"{len(self.report.change.written)} files changed, in {self.report.seconds:.2f} s", file=sys.stderr)

    def overlay(self) -> bytes:
        """The problems as HTML over the page; nothing when there are none."""
        if not self.problems:
            return b""
        count = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        return _OVERLAY.format(count=count, text=html.escape(format_text(self.problems))).encode()


class Pages(web.RequestHandler):
    """Serves the preview's files; HTML with the reload script and the problems."""

    def initialize(self, preview: Preview) -> None:
        self.preview = preview

    def get(self, address: str) -> None:
        root = self.preview.options.output.resolve()
        path = (root / unquote(address)).resolve()
        if address == "" or address.endswith("/"):
            path = path / "index.html"
        if path.is_dir():
            self.redirect(f"/{address}/")
            return
        self.set_header("Cache-Control", "no-store")
        if not path.is_relative_to(root) or not path.is_file():
            self.set_status(404 if not self.preview.problems else 200)
            path = self._not_found(root, address)
        content = path.read_bytes() if path.is_file() else b"<!doctype html><title>Preview</title><body></body>"
        kind = mimetypes.guess_type(path.name)[0] or "text/html"
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.write(self._live(content) if kind == "text/html" else content)

    def _not_found(self, root: Path, address: str) -> Path:
        own = root / address.partition("/")[0] / "404.html"
        return own if own.is_relative_to(root) and own.is_file() else root / "404.html"

    def _live(self, content: bytes) -> bytes:
        head, found, rest = content.partition(b"</head>")
        page = head + _SCRIPT + found + rest if found else content + _SCRIPT
        body, found, rest = page.rpartition(b"</body>")
        return body + self.preview.overlay() + found + rest if found else page + self.preview.overlay()


class Reloads(LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's own protocol, for browsers on this machine's pages alone; knows which page each shows."""

    def check_origin(self, origin: str) -> bool:
        return urlsplit(origin).netloc == str(self.request.host)

    def on_message(self, message: str | bytes) -> None:
        super().on_message(message)
        announced = json_decode(message)
        if announced.get("command") == "info":
            self.page = unquote(urlsplit(announced.get("url", "")).path)

    @classmethod
    def send(cls, changed: set[str] | None) -> None:
        """Reload the browsers that show one of the files; all of them for None or when anything but pages changed."""
        pages_only = changed is not None and all(path.endswith((".html", ".xml")) for path in changed)
        for waiter in tuple(LiveReloadHandler.waiters):
            file = getattr(waiter, "page", "/").lstrip("/")
            file = file + "index.html" if file == "" or file.endswith("/") else file
            if not pages_only or changed is None or file in changed:
                waiter.send_message({"command": "reload", "path": "*", "liveCSS": False})


class Inputs(watchfiles.DefaultFilter):
    """Leaves out what editors write beside a file while they save it."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        name = Path(path).name
        return super().__call__(change, path) and not (
            name.startswith((".", "#")) or name.endswith("~") or name == "4913"
        )


def serve(options: Options, host: str, first_port: int) -> None:
    """Serve until interrupted.

    Raises:
        SiteError: no port is free.
    """
    asyncio.run(_serve(options, host, first_port))


async def _serve(options: Options, host: str, first_port: int) -> None:
    server = HTTPServer(web.Application())
    port = _listen(server, host, first_port)
    name = "localhost" if host in ("127.0.0.1", "localhost") else host
    output = options.root / ".cache" / "preview"
    preview = Preview(
        replace(options, output=output, base_url=options.base_url or f"http://{name}:{port}/", drafts=True)
    )
    LiveReloadHandler.watcher = Watcher()
    handlers = [
        (r"/livereload", Reloads),
        (r"/livereload.js", LiveReloadJSHandler),
        (r"/(.*)", Pages, {"preview": preview}),
    ]
    server.request_callback = web.Application(handlers)  # type: ignore[arg-type]
    await asyncio.to_thread(preview.rebuild)
    preview.tell()
    print(f"Preview at http://{name}:{port}/ (stop with Ctrl+C)", file=sys.stderr, flush=True)
    await _watch(preview)


def _listen(server: HTTPServer, host: str, first_port: int) -> int:
    for port in range(first_port, first_port + PORTS_TRIED):
        try:
            server.listen(port, address=host)
        except OSError:
            continue
        return port
    message = f"no port from {first_port} to {first_port + PORTS_TRIED - 1} is free on {host}"
    raise SiteError(
        [Problem(path="--port", code="unreadable", message=message, hint="stop another preview, or name another port")]
    )


async def _watch(preview: Preview) -> None:
    root = preview.options.root
    folders: Sequence[Path] = [root / name for name in INPUTS if (root / name).is_dir()]
    async for changes in watchfiles.awatch(*folders, watch_filter=Inputs(), debounce=50, step=10):
        _name(changes)
        changed = await asyncio.to_thread(preview.rebuild)
        preview.tell()
        Reloads.send(changed)


def _name(changes: Iterable[tuple[watchfiles.Change, str]]) -> None:
    names = sorted({Path(path).name for _, path in changes})
    print(f"changed: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}", file=sys.stderr)
