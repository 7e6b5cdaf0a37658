"""A name is given once; one that is taken gets a number."""

from __future__ import annotations

from work import calls

from sitegen.importers.free_names import FreeNames


def take(names: FreeNames, name: str) -> str:
    return names.take(name, numbered=lambda number: f"{name}-{number}")


def test_a_taken_name_gets_the_next_number_that_is_free() -> None:
    names = FreeNames()

    given = [take(names, name) for name in ("c", "c-2", "c", "c", "d")]

    assert given == ["c", "c-2", "c-3", "c-4", "d"]


def test_the_first_free_of_several_names_is_given() -> None:
    names = FreeNames()

    given = [names.take("tip", "tip-leaf", numbered=lambda number: f"tip-leaf-{number}") for _ in range(3)]

    assert given == ["tip", "tip-leaf", "tip-leaf-2"]


def test_thousands_of_one_name_take_the_same_work_each() -> None:
    names = FreeNames()

    first = calls(lambda: [take(names, "c") for _ in range(500)])
    second = calls(lambda: [take(names, "c") for _ in range(1_000)])

    assert second < 2.1 * first
