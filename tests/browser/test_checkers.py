"""Checks by external tools: HTML by the W3C's checker, structured data by the types of schema.org, photographs by a browser that decodes them."""

from __future__ import annotations

import io
import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from browsing import page_of, served
from conftest import SITE, MakeSite
from PIL import Image
from published import DOCS_PAGES, LONG_DOCS_PAGES, MAIN_TYPES, OF_EACH_SCRIPT, Published, html_errors, require

MODULES = Path(__file__).parent / "node_modules"
TSC = MODULES / "typescript/bin/tsc"
#: Without the types of browsers, which data has no use for and which take a fifth of the time.
OPTIONS = {
    "noEmit": True, "strict": True, "skipLibCheck": True, "moduleResolution": "node", "lib": ["es2015"], "types": [],
}  # fmt: skip


def complaints(graphs: list[Any], folder: Path) -> str:
    """What TypeScript finds wrong with JSON-LD by schema-dts, the types made from schema.org's own vocabulary."""
    require("typescript", TSC.exists())
    require("schema-dts", (MODULES / "schema-dts").exists())
    lines = [f"export const g{number}: Graph = {json.dumps(graph)};" for number, graph in enumerate(graphs)]
    source = folder / "check.ts"
    source.write_text("\n".join(["import type { Graph } from 'schema-dts';", *lines]), encoding="utf-8")
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "files": [source.name]}))
    return subprocess.run(["node", str(TSC), "-p", "."], capture_output=True, text=True, check=False, cwd=folder).stdout


@pytest.mark.slow
@pytest.mark.parametrize("types", ["main", pytest.param("all", marks=pytest.mark.soak)])
def test_html_checker_finds_no_error(center: Published, docs: Path, types: str) -> None:
    """All pages in English, the main types in each script, and the documentation; `make soak` checks everything."""
    main = {f"{language}/{path}index.html" for language, path in product(OF_EACH_SCRIPT, MAIN_TYPES)}
    paths = [
        path for path, page in center.pages.items() if types == "all" or page.language in ("", "en") or path in main
    ]
    told = ["", *DOCS_PAGES, *(LONG_DOCS_PAGES if types == "all" else ())]

    assert main <= set(paths)
    assert (
        html_errors([*(center.folder / path for path in paths), *(docs / path / "index.html" for path in told)]) == ""
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.soak)])
def test_structured_data_of_every_page_follows_schema_org(center: Published, tmp_path: Path, language: str) -> None:
    """And what schema.org does not know is found, in the same compilation."""
    pages = [page for page in center.real if page.language == language]
    texts = [page.root.xpath("//script[@type='application/ld+json']/text()")[0] for page in pages]
    person = {"@type": "Person", "name": "A", "jobTitel": "B"}
    wrong = {"@context": "https://schema.org", "@graph": [person]}
    [found] = complaints([*map(json.loads, texts), wrong], tmp_path).splitlines()

    assert len(texts) > 40
    assert "jobTitel" in found


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scale", "chosen"), [(320, 1, 400), (320, 3, 1200), (1280, 1, 800)])
def test_browser_loads_the_smallest_sharp_picture(
    browser: Any, make_site: MakeSite, width: int, scale: int, chosen: int
) -> None:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((1600, 800)).convert("RGB").save(buffer, "JPEG")
    site = make_site(
        {
            "content/a/index.en.md": "---\ntitle: A\n---\n" + "Text.\n\n" * 200 + "![A sphere](sphere.jpg)\n",
            "content/a/sphere.jpg": buffer.getvalue(),
            "templates/page.html": '<!doctype html><meta name="viewport" content="width=device-width"><h1>{{ page.title }}</h1>{{ page.content }}',
        },
        site=SITE + 'pictures: {widths: [400, 800, 1200], sizes: "(min-width: 40rem) 42rem, 100vw"}\n',
    )
    site.report()

    with (
        served(site.public) as address,
        page_of(browser, viewport={"width": width, "height": 600}, device_scale_factor=scale) as page,
    ):
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}en/a/")
        before = [url for url in requests if "sphere" in url]
        img = page.locator("img")
        img.scroll_into_view_if_needed()
        img.evaluate("img => img.decode()")
        source, natural = img.evaluate("img => [img.currentSrc, img.naturalWidth > 0]")

    assert before == []
    assert source == f"{address}en/a/sphere.{chosen}.avif"
    assert natural
