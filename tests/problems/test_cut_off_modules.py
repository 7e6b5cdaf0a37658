"""Compiled modules that a full disk has cut off are removed, and the next run of a command works again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY


@pytest.mark.parametrize("module", ["cli", "problems/reporters"])
def test_module_that_was_cut_off_is_removed_and_told(tmp_path: Path, module: str) -> None:
    def command() -> subprocess.CompletedProcess[str]:
        words = [sys.executable, str(REPOSITORY / "build.py"), "check", "--root", str(tmp_path)]
        own = {"PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | own
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    whole = command()
    (compiled,) = (tmp_path / "compiled").rglob(f"sitegen/{module}.cpython-*.pyc")
    compiled.write_bytes(compiled.read_bytes()[:200])
    told = command().stderr

    assert "Traceback" not in told
    assert "cut off, as by a full disk, and are removed: run the command again" in told
    assert command().stderr == whole.stderr
