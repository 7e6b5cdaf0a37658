"""All pieces of one kind of work in a site have a time together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from work import work_for

from sitegen.source import time_budgets
from sitegen.source.time_budgets import TimeBudget, begin_budgets
from sitegen.storage.processes import spread


@pytest.mark.parametrize(("seconds", "length", "is_over"), [(0.3, 1, True), (0.3, 5_000, False), (0.01, 0, False)])
def test_a_kind_of_work_may_take_what_its_pieces_may_and_its_spare_time(
    monkeypatch: pytest.MonkeyPatch, seconds: float, length: int, is_over: bool
) -> None:
    monkeypatch.setattr(time_budgets, "slowness", lambda: 1.0)
    budget = TimeBudget("work", for_each=0.002, for_character=0.000_1, spare=0.1)
    other = replace(budget, name="other work")
    done = [budget.run(lambda: [work_for(seconds / 10)()], lambda: length // 10) for _ in range(10)]

    assert (done[-1] is None, other.run(lambda: "done", int)) == (is_over, "done")
    begin_budgets()
    assert budget.run(lambda: "done", int) == "done"


def test_processes_share_what_a_kind_of_work_has_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_budgets, "slowness", lambda: 1.0)
    budget = TimeBudget("work", for_each=0.001, for_character=0, spare=0.1, first=0.1)

    def work(part: Sequence[int]) -> bool:
        return all(budget.run(lambda: [work_for(0.06)()], int) is not None for _ in part)

    assert not all(spread(range(8), work, 2, worth=1))
    assert budget.run(lambda: "done", int) is None
