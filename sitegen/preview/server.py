"""Live preview: one save, one rebuild; the browser reloads what changed, or shows the problems over the last good page.

The pages that are being viewed are built and shown first, the rest of the site after them.

livereload supplies the protocol and the browser's side; watchfiles watches the files, because livereload polls,
rebuilds once for each file of a save, and misses files that arrive with an old time.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import watchfiles
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from msgspec.structs import replace
from tornado import web
from tornado.escape import json_decode
from tornado.httpserver import HTTPServer

from sitegen.build.options import INPUTS, Options
from sitegen.build.pipeline import Ahead, Builder, Report
from sitegen.hosting.rules import ADMIN, editor_hosts
from sitegen.model.loading import load_config, require_site
from sitegen.model.urls import parts_of
from sitegen.preview.guard import Guard, Guarded, find_file, local_path, preview_headers
from sitegen.preview.overlay import OVERLAY, OWN_POLICY, PARTS, SCRIPT
from sitegen.preview.toolbar import beside, documents_of, make_bar
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.reporters import format_first
from sitegen.render.jobs import Job
from sitegen.source.html import escape
from sitegen.source.layers import Layers

PORTS_TRIED = 20
#: How many of the pages requested last are built before the others.
LOOKED_AT = 8
#: The command that opens a file in the desktop's program for it.
OPENER = "open" if sys.platform == "darwin" else "xdg-open"
#: Seconds within which the command fails if there is no such program.
AT_ONCE = 1
#: Milliseconds: a save of many files is one rebuild if none follows within STEP, at the latest after DEBOUNCE.
DEBOUNCE, STEP = 50, 10
#: Milliseconds between checks for an input folder that did not exist.
LOOK_AGAIN = 1000
#: The most bytes that a browser may send, and seconds that it may take.
MOST_SENT, PATIENCE = 64 * 1024, 20


class Preview:
    """What the preview serves: the last good site, and the problems in the current state of the files."""

    def __init__(self, options: Options, token: str = "") -> None:
        self.options = options
        self.token = token
        self.problems: tuple[Problem, ...] = ()
        self.note = ""  # shown in the bar of the next page that is viewed
        self.report: Report | None = None
        self._builder = Builder(options)
        self._jobs: dict[str, Job] = {}
        self._looked_at: dict[str, None] = {}  # the latest at the end
        self.announce: Callable[[set[str]], object] = lambda changed: None
        self.turn = asyncio.Lock()  # one build at a time, whoever requests it

    def show(self, *, as_of: dt.date, pseudo: bool) -> None:
        """From the next build on, preview another day, with or without pseudo-locales."""
        self.options = replace(self.options, as_of=as_of, pseudo=pseudo)
        self._builder.options = replace(self._builder.options, as_of=as_of, pseudo=pseudo)

    def alone(self) -> None:
        """Build in one process from now on: a process with threads must not be forked."""
        self._builder.options = replace(self.options, jobs=1)

    def rebuild(self, touched: Collection[str] | None = None) -> set[str] | None:
        """Build; return the paths that changed, or None if every page must be shown again.

        Args:
            touched: paths, relative to the root, of the files that were saved; None if any may have changed.
        """
        before = self.problems
        bars: dict[str, bytes] = {}

        def show(paths: Collection[str]) -> None:
            bars.update({path: self.bar(path) for path in paths})
            self.announce(set(paths))

        ahead = Ahead(tuple(self._looked_at), show) if touched and not before else None
        try:
            self.report = self._build(touched, ahead)
            self._jobs = {job.path: job for job in self.report.jobs}
            self.problems = ()
        except SiteError as error:
            self.problems = error.problems
        except Exception as error:  # the preview survives our own bugs too
            traceback.print_exc()
            message = f"the build failed: {type(error).__name__}: {error}"
            self.problems = (Problem(path=".", code="failed", message=message, hint="see the terminal for more"),)
        if self.problems or before:
            return None
        assert self.report is not None
        shown = {path for path, bar in bars.items() if bar == self.bar(path)}
        return {*self.report.change.written, *self.report.change.gone} - shown

    def look_at(self, path: str) -> None:
        """Record that a file of the preview is being viewed."""
        self._looked_at.pop(path, None)
        self._looked_at = {**dict.fromkeys([*self._looked_at][1 - LOOKED_AT :]), path: None}

    def _build(self, touched: Collection[str] | None, ahead: Ahead | None) -> Report:
        try:
            return self._builder.build(touched=touched, ahead=ahead)
        except OSError:  # the memory is gone: .cache/ has been emptied
            self._builder.close()
            self._builder = Builder(self._builder.options)
            return self._builder.build()

    def close(self) -> None:
        """Release the site's memory for others."""
        self._builder.close()

    def remember(self) -> None:
        """Save what the last build knew for the next preview; called after its readers have been served."""
        with contextlib.suppress(OSError):  # the next preview starts from scratch
            self._builder.remember()

    def tell(self) -> None:
        """Print the result of the rebuild on the terminal."""
        if self.problems:
            print(format_first(self.problems), file=sys.stderr)
        elif self.report:
            print(f"{len(self.report.change.written)} files changed, in {self.report.seconds:.2f} s", file=sys.stderr)

    def bar(self, path: str, note: str = "") -> bytes:
        """The bar of the page in a file of the preview; empty for other files, or while its data is being replaced."""
        if self.report is None:
            return b""
        try:
            pseudo, token = self.options.pseudo, self.token
            text = make_bar(self.report, self._jobs, path, self.report.as_of, pseudo=pseudo, token=token, note=note)
        except (KeyError, OSError):  # a build is just replacing the data
            return b""
        return text.encode()

    def overlay(self) -> bytes:
        """The problems as HTML over the page; empty if there are none."""
        if not self.problems:
            return b""
        count = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        return OVERLAY.format(count=count, text=escape(format_first(self.problems))).encode()


class Pages(Guarded):
    """Serves the preview's files; adds the reload script and the problems to HTML."""

    def initialize(self, guard: Guard, preview: Preview) -> None:  # type: ignore[override]
        super().initialize(guard)
        self.preview = preview

    def get(self, address: str) -> None:
        root = self.preview.options.output.resolve()
        path = find_file(root, address)
        if path is not None and path.is_dir() and address and not address.endswith("/"):
            self.redirect(local_path(f"{path.relative_to(root).as_posix()}/"))
            return
        if path is not None and path.is_dir():
            path = find_file(root, f"{address}index.html")
        if path is None or not path.is_file():
            self.set_status(404 if not self.preview.problems else 200)
            path = self._not_found(root, address)
        inside = path.relative_to(root).as_posix() if path is not None else "index.html"
        self.set_headers(preview_headers(inside, str(self.request.host), self._editor()))
        content = path.read_bytes() if path is not None else b"<!doctype html><title>Preview</title><body></body>"
        is_live = inside.endswith(".html") and not inside.startswith(ADMIN)
        self.write(self._live(content, inside if path is not None else "") if is_live else content)

    head = get

    def _editor(self) -> tuple[str, ...]:
        report = self.preview.report
        editor = report.library.config.editor if report else None
        return editor_hosts(editor) if editor else ()

    def _not_found(self, root: Path, address: str) -> Path | None:
        return find_file(root, address.partition("/")[0] + "/404.html") or find_file(root, "404.html")

    def _live(self, content: bytes, file: str) -> bytes:
        self.preview.look_at(file)
        head, found, rest = content.partition(b"</head>")
        page = head + SCRIPT + found + rest if found else content + SCRIPT
        body, found, rest = page.rpartition(b"</body>")
        added = self.preview.bar(file, self.preview.note) + self.preview.overlay()
        self.preview.note = ""
        return body + added + found + rest if found else page + added


class Bar(Guarded):
    """Handles the buttons of the bar, only for pages of this preview."""

    def initialize(self, guard: Guard, preview: Preview) -> None:  # type: ignore[override]
        super().initialize(guard)
        self.preview = preview

    def set_default_headers(self) -> None:
        self.set_headers({**preview_headers("index.html"), "Content-Security-Policy": OWN_POLICY})

    def get(self, name: str) -> None:
        if name in PARTS:
            self.set_headers(preview_headers(name))
            self.write(PARTS[name])
        elif name == "beside":
            self.write(beside(*(local_path(self.get_query_argument(side, "/")) for side in ("left", "right"))))
        else:
            raise web.HTTPError(404)

    head = get

    async def post(self, name: str) -> None:
        self.require_token()
        if name == "options":
            await self._show()
        elif name == "edit":
            await self._edit(self.get_body_argument("file", ""))
        else:
            raise web.HTTPError(404)
        self.redirect(local_path(self.request.headers.get("Referer", "/")), status=303)

    async def _show(self) -> None:
        try:
            as_of = dt.date.fromisoformat(self.get_body_argument("as_of", ""))
        except ValueError as error:
            raise web.HTTPError(400) from error
        self.preview.show(as_of=as_of, pseudo=bool(self.get_body_argument("pseudo", "")))
        await _rebuild(self.preview, None)

    async def _edit(self, file: str) -> None:
        """Open a page's file in the program that the desktop has for it."""
        report = self.preview.report
        if report is None or file not in documents_of(report.library):
            raise web.HTTPError(404)
        path = str(self.preview.options.root.resolve() / file)
        if not await asyncio.to_thread(_open, path):
            self.preview.note = f"no editor could be opened; open {file} yourself"
            print(f"edit {path}", file=sys.stderr)


def _open(path: str) -> bool:
    """Open a file in a program, and return whether that worked; a program that keeps running has opened it."""
    try:
        if shutil.which(OPENER):
            return subprocess.Popen([OPENER, path]).wait(AT_ONCE) == 0  # noqa: S603 - a page of the site, no shell
        if hasattr(os, "startfile"):
            os.startfile(path)  # noqa: S606 - the same, on Windows
            return True
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
    return False


class Reloads(Guarded, LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's own protocol, only for browsers on this preview's pages; records which page each shows."""

    def check_origin(self, origin: str) -> bool:
        return parts_of(origin).netloc == str(self.request.host)

    def on_message(self, message: str | bytes) -> None:
        try:
            announced = json_decode(message)
            if announced["command"] == "info":
                self.page = unquote(urlsplit(announced["url"]).path)
            super().on_message(message)
        except (ValueError, TypeError, KeyError):
            self.close(reason="not the protocol of livereload")

    @classmethod
    def send(cls, changed: set[str] | None) -> None:
        """Reload the browsers that show one of the files; all of them for None, or if anything but pages changed."""
        pages_only = changed is not None and all(path.endswith((".html", ".xml")) for path in changed)
        for waiter in tuple(LiveReloadHandler.waiters):
            file = getattr(waiter, "page", "/").lstrip("/")
            file = file + "index.html" if file == "" or file.endswith("/") else file
            if not pages_only or changed is None or file in changed:
                waiter.send_message({"command": "reload", "path": "*", "liveCSS": False})


class Script(Guarded, LiveReloadJSHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's script for the browser."""

    def get(self) -> None:
        super().get()
        self.set_headers(preview_headers("livereload.js"))

    head = get


class Inputs(watchfiles.DefaultFilter):
    """Ignores what editors write beside a file while they save it."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        name = Path(path).name
        return super().__call__(change, path) and not (
            name.startswith((".", "#")) or name.endswith("~") or name == "4913"
        )


def serve(options: Options, host: str, first_port: int) -> None:
    """Serve until interrupted, by Ctrl+C or SIGTERM.

    Raises:
        SiteError: the folder contains no site, or no port is free.
    """
    require_site(options.root)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):  # the normal way to stop
        asyncio.run(_serve(options, host, first_port))


async def _serve(options: Options, host: str, first_port: int) -> None:
    server = HTTPServer(web.Application(), max_body_size=MOST_SENT, max_header_size=MOST_SENT, body_timeout=PATIENCE)
    guard = Guard(host, _listen(server, host, first_port))
    output = options.root / ".cache" / f"preview-{guard.port}"  # another preview of the site has its own
    options = replace(options, output=output, base_url=options.base_url or guard.url, drafts=True)
    with contextlib.closing(Preview(options, guard.token)) as preview:
        server.request_callback = _application(guard, preview)
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        with contextlib.suppress(NotImplementedError):  # Windows has no such signal
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        preview.announce = lambda changed: loop.call_soon_threadsafe(Reloads.send, changed)
        preview.rebuild()  # before any thread is started, so that it may fork processes
        preview.tell()
        print(f"Preview at {guard.url} (stop with Ctrl+C)", file=sys.stderr, flush=True)
        if options.editor:
            print(f"Editor at {guard.url}{ADMIN}", file=sys.stderr, flush=True)
        await _watch(preview)


def _application(guard: Guard, preview: Preview) -> web.Application:
    LiveReloadHandler.watcher = Watcher()
    mine, whole = {"guard": guard}, {"guard": guard, "preview": preview}
    return web.Application(
        [
            (r"/livereload", Reloads, mine),
            (r"/livereload.js", Script, mine),
            (r"/preview/([\w.]+)", Bar, whole),
            (r"/(.*)", Pages, whole),
        ],
        websocket_max_message_size=MOST_SENT,
    )


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
    """Rebuild at each change; folders that appear later are watched from then on."""
    root = preview.options.root.resolve()
    preview.alone()
    while True:
        folders = _folders(root)
        changes = watchfiles.awatch(
            *folders,
            watch_filter=Inputs(),
            debounce=DEBOUNCE,
            step=STEP,
            rust_timeout=LOOK_AGAIN,
            yield_on_timeout=True,
        )
        first = asyncio.ensure_future(anext(changes))  # watching starts here; the rebuild below covers earlier changes
        await asyncio.sleep(0)
        await _rebuild(preview, None)
        await _handle(preview, root, await first)
        async for changed in changes:
            await _handle(preview, root, changed)
            if _folders(root) != folders:
                break


def _folders(root: Path) -> Sequence[Path]:
    """The folders to watch: the site's own, and those of its themes that are inside it."""
    own = [root / name for name in INPUTS if (root / name).is_dir()]
    try:
        themes = Layers.of(root, load_config(root).theme).themes
    except SiteError:  # reported by the build
        themes = ()
    return own + [theme for theme in themes if theme.is_relative_to(root)]


async def _handle(preview: Preview, root: Path, changes: set[tuple[watchfiles.Change, str]]) -> None:
    if changes:
        _name(changes)
        await _rebuild(preview, {Path(path).relative_to(root).as_posix() for _, path in changes})


async def _rebuild(preview: Preview, touched: Collection[str] | None) -> None:
    async with preview.turn:
        before = preview.problems
        changed = await asyncio.to_thread(preview.rebuild, touched)
        if changed or changed is None or before != preview.problems:
            Reloads.send(changed)
            preview.tell()
        await asyncio.to_thread(preview.remember)


def _name(changes: Iterable[tuple[watchfiles.Change, str]]) -> None:
    names = sorted({Path(path).name for _, path in changes})
    print(f"changed: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}", file=sys.stderr)
