"""A site too large for one machine, in parts: builds each as a machine would, joins them, and compares every byte.

usage: python tests/bench/shards.py [PAGES [PARTS]]      pages per language (default: 25000, in 8 parts); four languages
Everything is laid out in the folder for temporary files (TMPDIR). Memory is the peak of a part's processes together.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))
from bench import Run, run
from corpus import LANGUAGES, lay_out

from sitegen.publish.manifest import manifest_of

BUILD = [sys.executable, str(Path(__file__).parent.parent.parent / "build.py")]


def main(pages: int, count: int) -> None:
    """Build in parts and whole, one after another."""
    with tempfile.TemporaryDirectory(prefix="shards-") as temporary:
        folder = Path(temporary)
        lay_out(pages, folder)
        for other in ("hugo", "pelican", "eleventy"):
            shutil.rmtree(folder / other)
        site, parts = folder / "ours", [str(folder / f"part-{number}") for number in range(1, count + 1)]
        print(
            f"{pages * len(LANGUAGES):,} pages, {os.cpu_count()} cores\n\n| work | seconds | peak memory, MB |\n|---|---|---|"
        )
        for number, part in enumerate(parts, 1):
            command = [*BUILD, "build", "--shard", f"{number}/{count}", "--output", part]
            _tell(f"part {number} of {count}", run(command, site))
        _tell("merge", run([*BUILD, "merge", *parts, "--output", "joined"], site))
        joined = manifest_of(site / "joined")
        for part in (*parts, str(site / "joined")):
            shutil.rmtree(part)
        _tell("the same in one build", run([*BUILD, "build", "--output", "whole"], site))
        whole = manifest_of(site / "whole")
        print(f"\n{len(whole.files):,} files; release {joined.name} in parts, {whole.name} whole")
        sys.exit(joined.files != whole.files)


def _tell(work: str, result: Run) -> None:
    print(f"| {work} | {result.seconds:.1f} | {result.memory:.0f} |", flush=True)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [25_000, 8][len(numbers) :]))
