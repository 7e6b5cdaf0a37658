"""Reloads what browsers show: the livereload library's protocol and script, and rebuilds of which browsers learn."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from urllib.parse import unquote, urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.escape import json_decode
from tornado.websocket import WebSocketClosedError

from sitegen.model.urls import parts_of
from sitegen.preview.access import Guarded, preview_headers
from sitegen.preview.rebuilding import Preview


class Reloads(Guarded, LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's own protocol, only for browsers on this preview's pages; records which page each shows."""

    def check_origin(self, origin: str) -> bool:
        return parts_of(origin).netloc == str(self.request.host)

    def on_message(self, message: str | bytes) -> None:
        try:
            announced = json_decode(message)
            if announced["command"] == "info" and isinstance(announced["url"], str):
                self.page = unquote(urlsplit(announced["url"]).path)
            super().on_message(message)
        except (ValueError, TypeError, KeyError, RecursionError):
            self.close(reason="not the protocol of livereload")

    def send_message(self, message: Mapping[str, object]) -> None:
        """Send a message, unless the browser has left; livereload would log a traceback then."""
        with contextlib.suppress(WebSocketClosedError):
            sent = asyncio.ensure_future(self.write_message(message))
            sent.add_done_callback(lambda done: done.cancelled() or done.exception())  # it may leave meanwhile

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


async def rebuild(preview: Preview, touched: Collection[str] | None) -> None:
    """Rebuild, one build at a time, and reload the browsers that show what changed."""
    async with preview.turn:
        before = preview.problems
        changed = await preview.in_main_thread(lambda: preview.rebuild(touched))
        if changed or changed is None or before != preview.problems:
            Reloads.send(changed)
            preview.tell()
        await asyncio.to_thread(preview.remember)
