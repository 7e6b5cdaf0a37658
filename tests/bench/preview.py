"""From save to screen: how long the preview takes to serve what was saved; prints a table for the README.

usage: python tests/bench/preview.py [RUNS]      default: 5 of each work, after one that is not counted
A copy of the site is served and edited; as a browser does, one that shows the page waits to be told to load it anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tornado.websocket import websocket_connect

REPOSITORY = Path(__file__).parent.parent.parent
sys.path.insert(0, str(REPOSITORY))

from sitegen.media.static_files import load_assets
from sitegen.source.theme_layers import Layers

PARTS = ("content", "templates", "static", "translations")
NEWS = "content/news/launch/index"
#: Seconds that the preview is left alone once all of the site is made anew, as an editor thinks.
PAUSE = 0.5


@dataclass(frozen=True)
class Work:
    """One way to change a site.

    Attributes:
        change: text of the file and number of the run → text that is saved, and what the page then has.
        page: address of the page that is looked at.
    """

    name: str
    path: str
    change: Callable[[str, int], tuple[str, str]]
    page: str = "/ru/news/launch/"


def _text(text: str, number: int) -> tuple[str, str]:
    return f"{text}\nНовое{'слово' * number}.\n", f"Новое{'слово' * number}."


def _title(text: str, number: int) -> tuple[str, str]:
    return text.replace("title: ", f"title: Вот{'и' * number} ", 1), f"Вот{'и' * number} "


def _fact(text: str, number: int) -> tuple[str, str]:
    return text.replace("date: 2025-", f"date: {2000 + number}-", 1), f'datetime="{2000 + number}-'


def _template(text: str, number: int) -> tuple[str, str]:
    mark = f"<b>seen {number}</b>"
    if "<svg" not in text:  # it extends one of the theme's
        return f"{text}{{% block parts %}}{mark}{{{{ super() }}}}{{% endblock %}}\n", mark
    return text.replace("<svg", f"{mark}<svg", 1), mark


def _style(text: str, number: int) -> tuple[str, str]:
    now = f"{text}\n.seen-{number} {{ color: red }}\n"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(REPOSITORY / "static", root / "static")
        (root / "static/assets/own.css").write_text(now, encoding="utf-8")
        return now, load_assets(Layers.of(root, ["default"])).paths["site.css"]


WORKS = (
    Work("a text", f"{NEWS}.ru.md", _text),
    Work("a title", f"{NEWS}.ru.md", _title),
    Work("a fact", f"{NEWS}.en.md", _fact),
    Work("the template of news", "templates/news.html", _template),
    Work("the template of all pages", "templates/parts/sign.html", _template),
    Work("the style sheet", "static/assets/own.css", _style),
)


def main(runs: int) -> None:
    """Time each work."""
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        root = Path(folder)
        for part in PARTS:
            shutil.copytree(REPOSITORY / part, root / part)
        with _preview(root) as preview:
            print(
                f"Medians of {runs} runs, {os.cpu_count()} cores.\n\n| saved | seconds until it is served |\n|---|---|"
            )
            for work in WORKS:
                seconds = [_time(root, preview, work, number) for number in range(1, runs + 2)]
                print(f"| {work.name} | {statistics.median(seconds[1:]):.3f} |", flush=True)


def _time(root: Path, preview: Preview, work: Work, number: int) -> float:
    """Seconds from one save until the page has it; the file is as it was afterwards."""
    path = root / work.path
    before = path.read_text(encoding="utf-8")
    now, seen = work.change(before, number)
    assert now != before, f"{work.path} has not what {work.name} changes"
    seconds = asyncio.run(_until_seen(preview.address, work.page, lambda: path.write_text(now, encoding="utf-8"), seen))
    preview.rest()
    path.write_text(before, encoding="utf-8")
    preview.rest()
    return seconds


async def _until_seen(address: str, page: str, save: Callable[[], object], seen: str) -> float:
    """Seconds from a save until a browser that shows the page has the change."""
    told = await websocket_connect(f"ws{address.removeprefix('http')}/livereload")
    await told.write_message(json.dumps({"command": "hello"}))
    await told.read_message()
    await told.write_message(json.dumps({"command": "info", "url": address + page}))
    urllib.request.urlopen(address + page).read()
    await asyncio.sleep(PAUSE)
    start = time.perf_counter()
    save()
    while await told.read_message():
        if seen.encode() in urllib.request.urlopen(address + page).read():
            break
    told.close()
    return time.perf_counter() - start


@dataclass
class Preview:
    """A running preview: its address, and what it says on the terminal."""

    address: str
    said: list[str]

    def rest(self) -> None:
        """Wait until the last save has been built."""
        while not any(" changed, in" in line for line in self.said):
            time.sleep(0.05)
        time.sleep(PAUSE)
        self.said.clear()


@contextmanager
def _preview(root: Path) -> Iterator[Preview]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--root", str(root), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Preview at" in line:
                break
        said: list[str] = []
        threading.Thread(target=said.extend, args=(process.stderr,), daemon=True).start()
        time.sleep(6 * PAUSE)
        said.clear()
        try:
            yield Preview(f"http://127.0.0.1:{port}", said)
        finally:
            process.terminate()


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]] or [5])
