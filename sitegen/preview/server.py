"""Live preview: one save, one rebuild; the browser reloads what changed, or shows the problems over the last good page."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from livereload.handlers import LiveReloadHandler
from livereload.watcher import Watcher
from msgspec.structs import replace
from tornado import web
from tornado.httpserver import HTTPServer

from sitegen.build.options import Options
from sitegen.hosting.headers_and_redirects import ADMIN
from sitegen.model.loading import load_config, require_site
from sitegen.preview.access import Guard
from sitegen.preview.handlers import Bar, Pages
from sitegen.preview.livereload import Reloads, Script
from sitegen.preview.rebuilding import Preview
from sitegen.preview.watching import watch
from sitegen.problems.problem import SiteError, refusal

PORTS_TRIED = 20
#: The most bytes that a browser may send, and seconds that it may take.
MOST_SENT, PATIENCE = 64 * 1024, 20


def serve(options: Options, host: str, first_port: int) -> None:
    """Serve until interrupted, by Ctrl+C or SIGTERM.

    Raises:
        SiteError: there is no site, no port is free, or an option is wrong for this site.
    """
    require_site(options.root)
    _refuse_wrong(options)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):  # the normal way to stop
        asyncio.run(_serve(options, host, first_port))


def _refuse_wrong(options: Options) -> None:
    """Refuse options that no change of a file can put right; mistakes in the settings are shown in the browser."""
    try:
        load_config(options.root)
    except SiteError:
        return
    load_config(options.root, base_url=options.base_url, languages=options.languages, pseudo=options.pseudo)


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
        await watch(preview)


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
    for port in range(first_port, min(first_port + PORTS_TRIED, 65_536)):
        try:
            server.listen(port, address=host)
        except OSError:
            continue
        return port
    message = f"no port from {first_port} to {first_port + PORTS_TRIED - 1} is free on {host}"
    raise refusal("--port", "unreadable", message, "stop another preview, or name another port")
