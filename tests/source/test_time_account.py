"""Time is put to one account by all processes of a build."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.source import time_account
from sitegen.source.time_account import spend, spent
from sitegen.storage.processes import spread


def test_forked_processes_share_the_account() -> None:
    paths = [f"{number}.md" for number in range(4)]

    def work(part: Sequence[str]) -> None:
        for path in part:
            spend(path, 1.5)

    work(paths)
    list(spread(paths, work, 2, worth=1))

    assert [spent(path) for path in paths] == [3.0] * 4


def test_a_full_account_forgets_new_items_only() -> None:
    for number in range(2 * time_account._ENTRIES):
        spend(f"{number}.md", 1.0)

    assert spent("0.md") == 1.0
    assert {spent(f"{number}.md") for number in range(2 * time_account._ENTRIES)} == {0.0, 1.0}
