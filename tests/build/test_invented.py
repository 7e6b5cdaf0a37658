"""A warm build equals a clean one byte for byte, for random sites and changes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from invented import COVERAGE, PAGE, SITE, differences

from sitegen.build.last_build import MOST_FILES, Memory
from sitegen.render.page_views import Pager, PageView
from sitegen.render.site_view import SiteView

#: Of the night's run: builds in all, and changes to each site.
BUILDS, STEPS = 1_000, 14
#: Of each run.
SEEDS = range(1, 11)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust a file's time at once, as a build does two seconds later."""
    monkeypatch.setattr("sitegen.build.incremental.UNSETTLED", 0)
    monkeypatch.setattr("sitegen.build.up_to_date.UNSETTLED", 0)


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cached entry is dropped silently: they all fit."""

    forget = Memory.forget

    def forget_nothing(memory: Memory) -> None:
        if memory.record is not None and len(memory.record.shelves()) <= MOST_FILES:
            raise AssertionError("the memory did not fit the site")
        forget(memory)

    monkeypatch.setattr(Memory, "forget", forget_nothing)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_warm_build_equals_clean_build(tmp_path: Path, seed: int) -> None:
    assert [found for found in differences(tmp_path, seed, 4) if found] == []


@pytest.mark.soak
def test_warm_build_equals_clean_build_a_thousand_times(tmp_path: Path) -> None:
    first = int(time.time())
    for seed in range(first, first + BUILDS // (2 * (STEPS + 1))):
        print(f"seed {seed}")
        steps = random.Random(seed).randint(STEPS // 2, STEPS + STEPS // 2)
        assert [found for found in differences(tmp_path / str(seed), seed, steps) if found] == []


@pytest.mark.parametrize("view", [PageView, SiteView, Pager])
def test_invented_templates_print_everything_a_template_can_see(view: type) -> None:
    own = {name for name in dir(view) if not name.startswith("_")}
    assert [name for name in own if f".{name}" not in PAGE + SITE + COVERAGE] == []
