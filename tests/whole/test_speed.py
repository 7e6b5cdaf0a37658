"""No change makes a build more work than the record says, unless it changes the record too: `python tests/bench/record.py --write`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import REPOSITORY
from record import PYTHON, ROOM, recorded, tell


def test_a_build_makes_no_more_calls_than_recorded() -> None:
    """Counted in a process of its own, as the record was: what others have imported is no work of a build."""
    if not recorded():
        pytest.skip(f"calls are not recorded for Python {PYTHON}, and differ between Pythons")
    script = str(REPOSITORY / "tests/bench/record.py")
    done = subprocess.run([sys.executable, script, "--json"], capture_output=True, text=True, check=True)
    now: dict[str, int] = json.loads(done.stdout)

    assert [name for name, count in now.items() if count > ROOM * recorded()[name] + 200] == [], tell(now, recorded())
