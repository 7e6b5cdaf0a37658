"""The picture of the README: one site in English, Chinese and Persian, as the preview shows it.

usage: python tests/scripts/picture.py      writes docs/picture.png; needs Chromium
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from sitegen.editing.init import init_site

REPOSITORY = Path(__file__).parents[2]
PICTURE = REPOSITORY / "docs/picture.png"
LANGUAGES = ("en", "zh", "fa")
WIDTH, HEIGHT, GAP = 500, 640, 16


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        init_site(folder / "site", ("en", "zh-Hans", "fa"), dt.date(2026, 3, 1))
        command = [
            sys.executable,
            str(REPOSITORY / "build.py"),
            "serve",
            "--root",
            str(folder / "site"),
            "--port",
            "8471",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            try:
                address = _address(server)
                shots = [_shot(f"{address}{language}/", folder / f"{language}.png") for language in LANGUAGES]
            finally:
                server.terminate()
        whole = Image.new("RGB", (len(shots) * (WIDTH + GAP) + GAP, HEIGHT + 2 * GAP), "#d8d3d2")
        for number, shot in enumerate(shots):
            whole.paste(shot, (GAP + number * (WIDTH + GAP), GAP))
        whole.quantize(96).save(PICTURE, optimize=True)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://[^/\s]+:\d+/", line):
            return found[0]
    raise SystemExit("the preview did not start")


def _shot(address: str, path: Path) -> Image.Image:
    chromium = shutil.which("chromium") or "chromium"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=4000"]
    subprocess.run(
        [chromium, *flags, f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={path}", address],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return Image.open(path).convert("RGB").crop((0, 0, WIDTH, HEIGHT))


if __name__ == "__main__":
    main()
