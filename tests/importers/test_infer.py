"""Values that nobody declared become the narrowest field that holds them all, as kinds.yaml has it."""

from __future__ import annotations

import pytest

from sitegen.importers.infer import declaration, infer_field, written
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse


def nodes(*values: str) -> list[Node]:
    return [parse(Source.of("a", f"x: {value}"), f"x: {value}").value["x"] for value in values]


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        (["true", "false"], "{type: boolean}"),
        (["1", "2.5"], "{type: number}"),
        (["2024-05-06"], "{type: date}"),
        (["2024-05-06T07:08"], "{type: datetime}"),
        (["https://example.org/"], "{type: url}"),
        (["ada@example.org"], "{type: email}"),
        (["1", "one"], "{type: text}"),
        (["2024-02-30"], "{type: text}"),
        (["[a, b]", "c", "[]"], "{type: list, of: {type: text}}"),
        (["[1, 2]"], "{type: list, of: {type: number}}"),
        (["{a: 1}", "{b: x}", ""], "{type: group, fields: {a: {type: number}, b: {type: text}}}"),
        (["{}", "{a: 1}"], "{type: group, fields: {a: {type: number}}}"),
        (["{}"], "{type: text}"),
        (["[{a: 1}]"], "{type: list, of: {type: group, fields: {a: {type: number}}}}"),
    ],
)
def test_field_is_the_narrowest_that_holds_all_values(values: list[str], declared: str) -> None:
    found = infer_field("x", nodes(*values))

    assert found is not None
    assert declaration(found) == declared


@pytest.mark.parametrize(
    "values",
    [["a", "{b: c}"], ["[[a]]"], ["{a b: c}"], ["{a: {a: {a: {a: {a: x}}}}}"]],
    ids=["text and table", "list of lists", "no name", "too deep"],
)
def test_values_without_a_common_shape_have_no_field(values: list[str]) -> None:
    assert infer_field("x", nodes(*values)) is None


@pytest.mark.parametrize(
    ("value", "as_yaml", "items"),
    [
        ("a", "[a]", ["a"]),
        ('["a, b", "true", "#x"]', '["a, b", "true", "#x"]', ["a, b", "true", "#x"]),
        ('"x: y"', '["x: y"]', ["x: y"]),
        ("[a, null]", "[a]", ["a"]),
    ],
    ids=["text", "signs", "colon", "nothing"],
)
def test_value_survives_writing_and_reading(value: str, as_yaml: str, items: list[str]) -> None:
    declared = infer_field("x", nodes(value, "[text]"))
    assert declared is not None

    text = written(declared, nodes(value)[0])

    assert text == as_yaml
    assert [item.text for item in nodes(text)[0].value] == items


def test_group_without_a_value_is_written_as_an_empty_one() -> None:
    declared = infer_field("x", nodes("{a: 1}", "null"))
    assert declared is not None

    assert [written(declared, node) for node in nodes("{a: 1}", "null")] == ["{a: 1}", "{}"]
