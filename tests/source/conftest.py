"""A folder of a site for tests of its files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site's folder, and a secret beside it."""
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "site/content/a").mkdir(parents=True)
    (tmp_path / "site/.git").mkdir()
    (tmp_path / "site/.git/config").write_text("token")
    (tmp_path / "site/content/a/x.txt").write_text("x")
    return tmp_path / "site"
