"""How much work a build is, in function calls: the same on any machine, so that each change can be held to the record.

usage: python tests/bench/record.py [--write | --json]      tells today's figures beside the recorded ones, or records them
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from unittest import mock

BENCH = Path(__file__).parent
sys.path[:0] = map(str, (BENCH, BENCH.parent / "helpers", BENCH.parents[1]))
from corpus import BLOCK, LANGUAGES, lay_out_own
from work import calls

from sitegen.cli import main
from sitegen.source.limits import MOST_SECONDS

RECORD = Path(__file__).parent / "record.json"
PAGES = 100
#: Pages of the site with a block on each, which is built cold only.
PAGES_WITH_BLOCKS = 40
#: What a figure may be: so many times the record, and some calls more, as minor versions of Python differ.
ROOM, MORE = 1.03, {"each page": 2, "each build": 200}
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def measure(folder: Path) -> dict[str, int]:
    """Function calls, Python's and C's, of builds of the corpus in one process: by page, and what any build costs."""
    os.environ["XDG_CACHE_HOME"] = str(folder / "home")
    plain = _measure_works(folder / "plain", PAGES, ("cold", "warm", "text", "title"))
    return plain | _measure_works(folder / "blocks", PAGES_WITH_BLOCKS, ("blocks",), BLOCK)


def _measure_works(folder: Path, pages: int, works: tuple[str, ...], end: str = "") -> dict[str, int]:
    """The calls of works on a site of so many pages, each with `end` at its end."""
    first, small, large = folder / "first", folder / "small", folder / "large"
    for root, size in ((first, 4), (small, pages // 2), (large, pages)):
        lay_out_own(size, root, end)
    _calls(first)  # what is read and remembered once for all
    counts = {}
    for work in works:
        few, many = (_work(work, root) for root in (small, large))
        by_page = (many - few) / (pages // 2 * len(LANGUAGES))
        counts[f"{work}, each page"] = round(by_page)
        counts[f"{work}, each build"] = round(many - by_page * pages * len(LANGUAGES))
    return counts


def _work(work: str, root: Path) -> int:
    if work in ("cold", "blocks"):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)  # compiled templates
    path = root / "content/news/p00001/index.ru.md"
    if work == "text":
        path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    if work == "title":
        path.write_text(re.sub("title: ", "title: New ", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    return _calls(root)


def _calls(root: Path) -> int:
    sys.dont_write_bytecode = False  # as compiled templates are kept where compiled modules are
    settled = mock.patch("sitegen.build.incremental.UNSETTLED", 0)
    trusted = mock.patch("sitegen.build.up_to_date.UNSETTLED", 0)
    one = mock.patch.object(os, "sched_getaffinity", return_value={0})
    same = mock.patch.dict(os.environ, LANGUAGE="C")  # in which argparse looks for no catalogs of its own
    quick = mock.patch(
        "sitegen.source.limits._FREE", MOST_SECONDS
    )  # however slow the machine, no page is remembered as slow
    with settled, trusted, one, same, quick, contextlib.redirect_stderr(io.StringIO()) as told:
        return calls(lambda: _build(root, told))


def _build(root: Path, told: io.StringIO) -> None:
    if main(["build", "--root", str(root), "--jobs", "1"]):
        raise SystemExit(told.getvalue())


def recorded() -> dict[str, int]:
    """The figures of the record for this Python; none where it has no record."""
    figures: dict[str, int] = json.loads(RECORD.read_text()).get(PYTHON, {})
    return figures


def too_many(now: dict[str, int], before: dict[str, int]) -> list[str]:
    """Return the figures that are above the record."""
    return [name for name, count in now.items() if count > ROOM * before[name] + MORE[name.partition(", ")[2]]]


def tell(now: dict[str, int], before: dict[str, int]) -> str:
    """Return both as a table."""
    rows = (f"{name:20}{before.get(name, 0):>12,}{count:>12,}" for name, count in now.items())
    return "\n".join((f"{'calls':20}{'recorded':>12}{'now':>12}", *rows))


def run(words: list[str]) -> None:
    """Measure, print, and record on request."""
    folder = Path(tempfile.mkdtemp(prefix="record-"))
    try:
        now = measure(folder)
    finally:
        shutil.rmtree(folder)
    print(json.dumps(now) if "--json" in words else tell(now, recorded()))
    if "--write" in words:
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        RECORD.write_text(json.dumps({**known, PYTHON: now}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    run(sys.argv[1:])
