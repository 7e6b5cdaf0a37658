"""One table in three formats is the same table, with the position of each key."""

from __future__ import annotations

import pytest

from sitegen.importers.front_matter_formats import parse_loosely, parse_table
from sitegen.problems.problem import SiteError
from sitegen.source.text import Source

YAML = "Title: Home\nweight: 3\ndraft: false\nauthor:\n  Name: Ada\ntags: [a, b]\n"
TOML = "Title = 'Home'\nweight = 3\ndraft = false\ntags = ['a', 'b']\n\n[author]\nName = 'Ada'\n"
JSON = '{\n  "Title": "Home",\n  "weight": 3,\n  "draft": false,\n  "author": {"Name": "Ada"},\n  "tags": ["a", "b"]\n}'


@pytest.mark.parametrize(
    ("form", "text", "lines"),
    [("yaml", YAML, (1, 2, 5)), ("toml", TOML, (1, 2, 7)), ("json", JSON, (2, 3, 5))],
    ids=["yaml", "toml", "json"],
)
def test_front_matter_has_the_same_values_in_each_format_and_keys_know_their_lines(
    form: str, text: str, lines: tuple[int, int, int]
) -> None:
    table = parse_table(Source.of("a", text), form).value

    assert (table["title"].text, table["weight"].value, table["draft"].value) == ("Home", 3, False)
    assert [node.text for node in table["tags"].value] == ["a", "b"]
    name = table["author"].value["name"]
    assert name.text == "Ada"
    assert (table["title"].key.line, table["weight"].key.line, name.key.line) == lines


def test_toml_date_equals_the_yaml_text() -> None:
    table = parse_table(Source.of("a", "date = 2024-05-06\nmoment = 2024-05-06T07:08:09Z\n"), "toml").value

    assert table["date"].text == "2024-05-06"
    assert table["moment"].text == "2024-05-06T07:08:09+00:00"


@pytest.mark.parametrize(
    ("form", "text", "place"),
    [
        ("toml", "a = 1\nb = \n", "a:2:5"),
        ("json", '{\n "a": }', "a:2:7"),
        ("json", "[1]", "a:1:1"),
        ("yaml", "a: [1", "a:1:4"),
    ],
    ids=["toml", "json", "no table", "yaml"],
)
def test_malformed_front_matter_is_reported_at_its_position(form: str, text: str, place: str) -> None:
    with pytest.raises(SiteError) as caught:
        parse_table(Source.of("a", text), form)

    assert caught.value.problems[0].place == place


def test_yaml_aliases_are_resolved_and_keys_keep_their_positions() -> None:
    text = "a: &a [1, {B: 2}]\nc: *a\nd: {<<: &e {f: 3}, g: 4}\nh: one #two\n"

    table = parse_loosely(Source.of("a", text), text, 1).value

    assert table["c"].value[1].value["b"].value == 2
    assert table["d"].value["f"].value == 3
    assert table["h"].text == "one"
    assert [(table[key].key.line, table[key].key.column) for key in "acdh"] == [(1, 1), (2, 1), (3, 1), (4, 1)]


@pytest.mark.parametrize("depth", [5, 40], ids=["wide", "deep"])
def test_aliases_that_grow_without_end_are_reported(depth: int) -> None:
    width = 20 if depth == 5 else 2
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, depth)]
    text = f"a0: &a0 [1]\n{''.join(lines)}"

    with pytest.raises(SiteError) as caught:
        parse_loosely(Source.of("a", text), text, 1)

    assert caught.value.problems[0].code == "yaml-alias"


@pytest.mark.parametrize(
    ("form", "text"),
    [("json", '{"a":' * 25 + "1" + "}" * 25), ("toml", "a = " + "[" * 25 + "]" * 25 + "\n")],
    ids=["json", "toml"],
)
def test_tables_are_nested_no_deeper_than_in_yaml(form: str, text: str) -> None:
    with pytest.raises(SiteError) as caught:
        parse_table(Source.of("a", text), form)

    assert caught.value.problems[0].message == f"unreadable {form.upper()}: nested too deep"


def test_invisible_character_written_as_an_escape_is_reported_at_its_line() -> None:
    with pytest.raises(SiteError) as caught:
        parse_table(Source.of("a", '{\n "a": 1,\n "b": ["c\\u0000d"]\n}'), "json")

    problem = caught.value.problems[0]
    assert (problem.line, problem.message) == (3, "unreadable JSON: a character that can't be seen, U+0000")
