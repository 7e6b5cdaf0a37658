"""One preview for all tests of a module that need no fresh start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import TinySite
from previewed import (
    LEAST,
    Preview,
    serving,
    write_all,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """One preview for all tests that need no fresh start."""
    site = TinySite(tmp_path_factory.mktemp("preview") / "site")
    write_all(site)
    with serving(site) as preview:
        yield preview


@pytest.fixture
def preview(running: Preview) -> Preview:
    """The preview of a site in its initial state; most tests leave it so."""
    if running.stamps() == running.ready:
        running.before += running.rebuilds()
        return running
    for folder in ("content", "templates"):
        known = {running.site.root / path for path in LEAST}
        for path in sorted((running.site.root / folder).rglob("*"), reverse=True):
            if path.is_file() and path not in known:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
    write_all(running.site)
    running.get_ready()
    return running
