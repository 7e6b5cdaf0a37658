"""No change makes a build more work than the record says, unless it changes the record too: `python tests/bench/record.py --write`."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from conftest import REPOSITORY
from corpus import LANGUAGES, lay_out_own
from record import PYTHON, recorded, tell, too_many

from sitegen.build.inputs import read_inputs
from sitegen.build.options import Options
from sitegen.content.reader import load_content
from sitegen.library.assembly import build_library
from sitegen.library.library import Library
from sitegen.media.images import Pictures
from sitegen.storage.blobs import Shelf

#: Bytes of a text with three sections and links, and of its words, as each process of a build holds them: 2,350, and room.
MOST_BYTES = 2_700


@pytest.mark.slow
def test_a_build_makes_no_more_calls_than_recorded() -> None:
    """Counted in a process of its own, as the record was: what others have imported is no work of a build."""
    if not recorded():
        pytest.skip(f"calls are not recorded for Python {PYTHON}, and differ between Pythons")
    script = str(REPOSITORY / "tests/bench/record.py")
    done = subprocess.run([sys.executable, script, "--json"], capture_output=True, text=True, check=True)
    now: dict[str, int] = json.loads(done.stdout)

    assert too_many(now, recorded()) == [], tell(now, recorded())


def test_a_library_holds_few_bytes_of_each_text(tmp_path: Path) -> None:
    pages = 40
    lay_out_own(pages, tmp_path)
    inputs = read_inputs(Options(root=tmp_path, output=tmp_path / "public"))

    def read() -> Library:
        content = load_content(tmp_path, inputs.config, inputs.listing, Shelf(tmp_path))
        pictures = Pictures.of(tmp_path, inputs.config)
        return build_library(content, inputs.config, inputs.locales, Shelf(tmp_path), pictures, as_of=inputs.as_of)

    read()  # what is read and remembered once for all
    tracemalloc.start()
    try:
        library = read()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    texts = sum(len(page.versions) for page in library.pages.values())
    assert texts > pages * len(LANGUAGES)
    assert held < MOST_BYTES * texts
