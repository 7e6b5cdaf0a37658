"""A slip of an editor costs one line: one slip of a kind, at random places of the Center's content (`make slips` makes 300)."""

from __future__ import annotations

from pathlib import Path

import pytest
from published import sampled
from slips import SLIPS, Injector


@pytest.fixture(scope="module")
def injector(tmp_path_factory: pytest.TempPathFactory) -> Injector:
    root: Path = tmp_path_factory.mktemp("slips")
    return Injector(root, seed=7)


#: Each costs a check of the whole site; `make soak` tries every kind.
KINDS = sampled(SLIPS, list(SLIPS)[::8])


@pytest.mark.parametrize("kind", KINDS)
def test_slip_is_reported_in_its_file_near_its_line(injector: Injector, kind: str) -> None:
    injector.chance.seed(kind)  # the same slip, whichever tests have run before

    outcome = injector.try_one(kind)

    assert outcome.told, str(outcome)
    assert outcome.told.message
    assert outcome.told.line is not None or kind in ("language of the file's name", "source version deleted")
