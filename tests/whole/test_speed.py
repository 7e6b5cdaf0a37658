"""No change makes a build more work than the record says, unless it changes the record too: `python tests/bench/record.py --write`."""

from __future__ import annotations

from pathlib import Path

import pytest
from record import PYTHON, ROOM, measure, recorded, tell


def test_a_build_is_no_more_work_than_recorded(tmp_path: Path) -> None:
    if not recorded():
        pytest.skip(f"calls are not recorded for Python {PYTHON}, and differ between Pythons")
    now = measure(tmp_path)

    assert [name for name, count in now.items() if count > ROOM * recorded()[name] + 200] == [], tell(now, recorded())
