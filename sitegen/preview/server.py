"""Live preview: one save, one rebuild; the browser reloads what changed, or shows the problems over the last good page."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

from livereload.handlers import LiveReloadHandler
from livereload.watcher import Watcher
from msgspec.structs import replace
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPInputError, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets

from sitegen.build.options import Options
from sitegen.model.loading import load_config, require_site
from sitegen.model.urls import ADMIN
from sitegen.preview.access import Guard
from sitegen.preview.handlers import Bar, Pages
from sitegen.preview.livereload import Reloads, Script
from sitegen.preview.rebuilding import Preview
from sitegen.preview.watching import watch
from sitegen.problems.problem import SiteError, refusal

PORTS_TRIED = 20
#: Characters of a host's name (RFC 1035 allows 253) and its port.
_LONGEST_HOST = 300
#: The most bytes that a browser may send, and seconds that it may take, for a head or a body.
MOST_SENT, PATIENCE = 64 * 1024, 20
#: The most connections at a time: a system with the smallest usual limit has 256 open files.
MOST_CONNECTIONS = 100


def serve(options: Options, host: str, first_port: int) -> None:
    """Serve until interrupted, by Ctrl+C or SIGTERM.

    Raises:
        SiteError: there is no site, no port is free, or an option is wrong for this site.
    """
    require_site(options.root)
    _refuse_wrong(options)
    with contextlib.suppress(KeyboardInterrupt):  # the normal way to stop
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        _serve(options, host, first_port)


def _refuse_wrong(options: Options) -> None:
    """Refuse options that no change of a file can put right; mistakes in the settings are shown in the browser."""
    try:
        load_config(options.root)
    except SiteError:
        return
    load_config(options.root, base_url=options.base_url, languages=options.languages, pseudo=options.pseudo)


def _serve(options: Options, host: str, first_port: int) -> None:
    sockets = _listen(host, first_port)
    guard = Guard(host, sockets[0].getsockname()[1])
    output = options.root / ".cache" / f"preview-{guard.port}"  # another preview of the site has its own
    options = replace(options, output=output, base_url=options.base_url or guard.url, drafts=True)
    with contextlib.closing(Preview(options, guard.token)) as preview:
        preview.rebuild()  # before any thread is started, so that it may fork processes
        preview.tell()
        with _answering(guard, preview, sockets):
            print(f"Preview at {guard.url} (stop with Ctrl+C)", file=sys.stderr, flush=True)
            if options.editor:
                print(f"Editor at {guard.url}{ADMIN}", file=sys.stderr, flush=True)
            preview.build_as_asked()


@contextlib.contextmanager
def _answering(guard: Guard, preview: Preview, sockets: list[socket.socket]) -> Iterator[None]:
    """Answer browsers and watch files in another thread: work in the main one can be interrupted when it takes too long."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(_answer(guard, preview, sockets))
    task.add_done_callback(lambda done: preview.stop(None if done.cancelled() else done.exception()))
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    with contextlib.closing(loop), contextlib.suppress(asyncio.CancelledError, Exception):  # told by `stop`
        loop.run_until_complete(task)


class _Server(HTTPServer):
    """Closes its oldest connection rather than to run out of files, as nobody could be answered then."""

    def initialize(self, *args: Any, **settings: Any) -> None:
        super().initialize(*args, **settings)
        self._streams: list[IOStream] = []

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Answer on a new connection."""
        self._streams = [own for own in self._streams if not own.closed()]
        while len(self._streams) >= MOST_CONNECTIONS:
            self._streams.pop(0).close()
        self._streams.append(stream)
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Begin to read a request; one whose `Host` is too long is malformed, as Tornado fails on a port of many digits."""
        delegate = super().start_request(server_conn, request_conn)
        receive = delegate.headers_received

        def checked(start_line: Any, headers: HTTPHeaders) -> Any:
            if len(headers.get("Host", "")) > _LONGEST_HOST:
                raise HTTPInputError("the Host is too long")
            return receive(start_line, headers)

        delegate.headers_received = checked  # type: ignore[method-assign]
        return delegate


async def _answer(guard: Guard, preview: Preview, sockets: list[socket.socket]) -> None:
    server = _Server(
        _application(guard, preview),
        max_body_size=MOST_SENT,
        max_header_size=MOST_SENT,
        body_timeout=PATIENCE,
        idle_connection_timeout=PATIENCE,
    )
    server.add_sockets(sockets)
    loop = asyncio.get_running_loop()
    preview.announce = lambda changed: loop.call_soon_threadsafe(Reloads.send, changed)
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


def _listen(host: str, first_port: int) -> list[socket.socket]:
    for port in range(first_port, min(first_port + PORTS_TRIED, 65_536)):
        with contextlib.suppress(OSError):
            return bind_sockets(port, host)
    message = f"no port from {first_port} to {first_port + PORTS_TRIED - 1} is free on {host}"
    raise refusal("--port", "unreadable", message, "stop another preview, or name another port")
