"""A contact sheet of each script: every kind of page, on a phone and a desktop, light and dark, for review by eye.

make sheet                    → build/sheet-en.png, build/sheet-zh.png, …
python tests/browser/sheet.py ur hi
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path[:0] = [
    str(Path(__file__).parents[1] / "helpers"),
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[2]),
]

from browsing import page_of, served, started
from PIL import Image
from published import PAGE_TYPES, REPOSITORY, build_center

#: One language of each script, and how it is read.
LANGUAGES = ("en", "zh", "ru", "hi", "ur", "fa")
#: Width of the window, height of it that is shown, width on the sheet.
SIZES = {"phone": (360, 1100, 180), "desktop": (1280, 1500, 420)}
SCHEMES = ("light", "dark")
GAP = 12


def shoot(browser: Any, address: str, language: str) -> Image.Image:
    """Every kind of page in a language: a row for each, its sizes and schemes side by side."""
    columns = [(size, scheme) for size in SIZES for scheme in SCHEMES]
    shots = {column: _column(browser, address, language, *column) for column in columns}
    heights = [max(shots[column][row].height for column in columns) for row in range(len(PAGE_TYPES))]
    width = sum(SIZES[size][2] + GAP for size, _ in columns)
    sheet = Image.new("RGB", (width, sum(heights) + GAP * len(heights)), "gray")
    top = 0
    for row, height in enumerate(heights):
        left = 0
        for column in columns:
            sheet.paste(shots[column][row], (left, top))
            left += SIZES[column[0]][2] + GAP
        top += height + GAP
    return sheet


def _column(browser: Any, address: str, language: str, size: str, scheme: str) -> list[Image.Image]:
    width, height, shown = SIZES[size]
    found = []
    with page_of(browser, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        for path in PAGE_TYPES:
            page.goto(f"{address}{language}/{path}")
            with Image.open(io.BytesIO(page.screenshot())) as shot:
                found.append(
                    shot.convert("RGB").resize((shown, shot.height * shown // width), Image.Resampling.LANCZOS)
                )
    return found


def main(languages: list[str]) -> None:
    """Make the sheets of the languages asked for."""
    folder = REPOSITORY / "build"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, started() as browser:
        center = build_center(Path(temporary) / "public")
        with served(center.folder) as address:
            for language in languages or LANGUAGES:
                path = folder / f"sheet-{language}.png"
                shoot(browser, address, language).save(path)
                print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
