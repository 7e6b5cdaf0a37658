"""Lighthouse on a phone and a simulated slow 4G: six kinds of page in three scripts, the median of several runs.

    python tests/bench/lighthouse.py [--runs 5] [--languages en zh ur]

Needs Debian's chromium, and `npm --prefix tests/browser ci --ignore-scripts`. Prints a table; exit status 1 when a
score is under 100, the largest paint later than a second, or anything shifts.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [
    str(Path(__file__).parents[1] / "helpers"),
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[2]),
]

from browsing import CHROMIUM, Handler, served
from published import build_center

REPOSITORY = Path(__file__).parents[2]
LIGHTHOUSE = REPOSITORY / "tests/browser/node_modules/lighthouse/cli/index.js"
PAGES = ("", "about/", "about/plan/", "study/summer-school/", "news/launch/", "search/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
TRIES = 3
TEXTS = (".html", ".css", ".js", ".svg", ".json", ".xml")


class Compressed(Handler):
    """Serves as a host does: compressed, over connections that stay open, assets kept for a year."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in TEXTS or not path.is_file():
            return super().send_head()
        content = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(str(path))}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if path.parent.name == "assets" else "no-cache"
        )
        self.end_headers()
        return io.BytesIO(content)


def measure(url: str, *options: str) -> dict[str, Any]:
    """One run of Lighthouse: category → score of 100; "lcp" in seconds, "cls", "bytes", and audits that failed."""
    command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--chrome-flags={FLAGS}", *options]
    environment = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
    for _ in range(TRIES):  # on a busy machine the browser does not always come up in time
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if run.returncode == 0:
            break
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    scores = {name: round(100 * (found["score"] or 0)) for name, found in report["categories"].items()}
    audits = report["audits"]
    counted = {ref["id"] for found in report["categories"].values() for ref in found["auditRefs"] if ref["weight"]}
    failed = sorted(name for name in counted if audits[name]["score"] not in (None, 1))
    return {
        **scores,
        "lcp": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "bytes": audits["total-byte-weight"]["numericValue"],
        "failed": failed,
    }


def main() -> int:
    """Measure all pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--languages", nargs="+", default=["en", "zh", "ur"])
    options = parser.parse_args()
    is_met = True
    print("| page | performance | accessibility | best practices | SEO | largest paint | shift | bytes |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        center = build_center(Path(folder) / "public")
        with served(center.folder, Compressed) as address:
            for path in (f"{language}/{page}" for language in options.languages for page in PAGES):
                runs = [measure(address + path) for _ in range(options.runs)]
                middle = {name: median(run[name] for run in runs) for name in (*CATEGORIES, "lcp", "cls", "bytes")}
                scores = " | ".join(f"{middle[name]:.0f}" for name in CATEGORIES)
                print(
                    f"| /{path} | {scores} | {middle['lcp']:.2f} s | {middle['cls']:g} | {middle['bytes']:.0f} |",
                    flush=True,
                )
                failed = sorted({name for run in runs for name in run["failed"]})
                if failed:
                    print(f"  not whole in a run: {', '.join(failed)}", file=sys.stderr)
                is_met &= min(middle[name] for name in CATEGORIES) == 100 and middle["lcp"] < 1 and middle["cls"] == 0
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
