"""What the preview answers: pages with the reload script and their problems, and the bar's buttons."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tornado import web
from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError

from sitegen.hosting.headers_and_redirects import editor_hosts
from sitegen.model.urls import ADMIN
from sitegen.preview.access import Guard, Guarded, find_file, local_path, may_be_page, preview_headers
from sitegen.preview.livereload import rebuild
from sitegen.preview.overlay import OWN_POLICY, PARTS, SCRIPT, draw
from sitegen.preview.rebuilding import Preview
from sitegen.preview.toolbar import documents_of
from sitegen.problems.safe_output import one_line
from sitegen.source.files import open_file, read_file
from sitegen.storage.blobs import DamagedError

#: The command that opens a file in the desktop's program for it.
OPENER = "open" if sys.platform == "darwin" else "xdg-open"
#: Seconds within which the command fails if there is no such program.
AT_ONCE = 1
#: Bytes of a file that wait to be read.
_PIECE = 64 * 1024
#: What is shown with the problems where there is no page.
_EMPTY = b"<!doctype html><title>Preview</title><body></body>"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class _OfPreview(Guarded):
    """A handler that shows or changes what the preview shows."""

    def initialize(self, guard: Guard, preview: Preview) -> None:  # type: ignore[override]
        super().initialize(guard)
        self.preview = preview


class Pages(_OfPreview):
    """Serves the preview's files; adds the reload script and the problems to HTML."""

    async def get(self, address: str) -> None:
        try:
            await self._answer(address)
        except OSError:  # somebody has just deleted .cache/, or nobody may read the file
            self.clear()
            self.set_status(503)
            self.set_headers(preview_headers("index.html", str(self.request.host)))
            self.write(self._live(_EMPTY, ""))

    async def _answer(self, address: str) -> None:
        root = self.preview.options.output.resolve()
        if self.preview.report is not None and not root.is_dir():  # somebody has deleted .cache/
            self.preview.is_lost = True
            await rebuild(self.preview, None)
        path = find_file(root, address)
        if path is not None and path.is_dir() and address and not address.endswith("/"):
            self.redirect(local_path(f"{path.relative_to(root).as_posix()}/"))
            return
        if path is not None and path.is_dir():
            path = find_file(root, f"{address}index.html")
        if path is None or not path.is_file():
            self.set_status(200 if self.preview.problems and may_be_page(address) else 404)
            path = find_file(root, address.partition("/")[0] + "/404.html") or find_file(root, "404.html")
        inside = path.relative_to(root).as_posix() if path is not None else "index.html"
        self.set_headers(preview_headers(inside, str(self.request.host), self._editor()))
        if path is None:
            self.write(self._live(_EMPTY, ""))
        elif inside.endswith(".html") and not inside.startswith(ADMIN):
            self.write(self._live(read_file(root, inside, None), inside))
        else:
            await self._send(root, inside)

    head = get

    def compute_etag(self) -> None:
        """Have none: Tornado makes it of what is sent, which is nothing for HEAD."""

    async def _send(self, root: Path, path: str) -> None:
        """Send a file in pieces, as fast as they are read: many may ask for a film and not look at it."""
        with open_file(root, path) as handle, contextlib.suppress(StreamClosedError):
            at, end = self._wanted(os.fstat(handle).st_size)
            self.set_header("Content-Length", end - at)
            os.lseek(handle, at, os.SEEK_SET)
            while self.request.method != "HEAD" and (piece := os.read(handle, min(_PIECE, end - at))):
                at += len(piece)
                self.write(piece)
                await self.flush()

    def _wanted(self, size: int) -> tuple[int, int]:
        """The range of bytes that is asked for, as Safari does of each film (RFC 9110, 14); all for what can't be had."""
        self.set_header("Accept-Ranges", "bytes")
        found = _RANGE.fullmatch(self.request.headers.get("Range", ""))
        if not found or found[0] == "bytes=-" or "If-Range" in self.request.headers or self.get_status() != 200:
            return 0, size
        at = int(found[1] or max(0, size - int(found[2])))
        end = min(size, int(found[2]) + 1 if found[1] and found[2] else size)
        if at >= end:
            return 0, size
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {at}-{end - 1}/{size}")
        return at, end

    def _editor(self) -> tuple[str, ...]:
        report = self.preview.report
        editor = report.library.config.editor if report else None
        return editor_hosts(editor) if editor else ()

    def _live(self, content: bytes, file: str) -> bytes:
        self.preview.look_at(file)
        head, found, rest = content.partition(b"</head>")
        page = head + SCRIPT + found + rest if found else content + SCRIPT
        body, found, rest = page.rpartition(b"</body>")
        added = self.preview.bar(file, self.preview.note) + self.preview.overlay()
        if self.preview.is_lost:
            IOLoop.current().spawn_callback(rebuild, self.preview, None)
        self.preview.note = ""
        return body + added + found + rest if found else page + added


class Bar(_OfPreview):
    """Handles the buttons of the bar, only for pages of this preview."""

    def set_default_headers(self) -> None:
        self.set_headers({**preview_headers("index.html"), "Content-Security-Policy": OWN_POLICY})

    def get(self, name: str) -> None:
        if name in PARTS:
            self.set_headers(preview_headers(name))
            self.write(PARTS[name])
        elif name == "beside":
            urls = [local_path(self.get_query_argument(side, "/")) for side in ("left", "right")]
            self.write(draw("beside.html", urls=urls))
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
        await rebuild(self.preview, None)

    async def _edit(self, file: str) -> None:
        """Open a page's file in the program that the desktop has for it."""
        if file not in await self._documents():
            raise web.HTTPError(404)
        path = str(self.preview.options.root.resolve() / file)
        if not await asyncio.to_thread(_open, path):
            self.preview.note = f"no editor could be opened; open {file} yourself"
            print(one_line(f"edit {path}"), file=sys.stderr)

    async def _documents(self) -> frozenset[str]:
        """The files that may be opened; what has been deleted from .cache/ is built again."""
        if self.preview.report is None:
            return frozenset()
        try:
            return documents_of(self.preview.report.library)
        except DamagedError:
            self.preview.is_lost = True
            await rebuild(self.preview, None)
            return documents_of(self.preview.report.library)


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
