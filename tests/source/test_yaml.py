"""YAML is read as YAML 1.2 with the position of every value, and mistakes are reported where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.problems.problem import CODES, Problem, SiteError
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse


def read(text: str, first_line: int = 1) -> Node:
    return parse(Source.of("a.yaml", "\n" * (first_line - 1) + text), text, first_line)


def read_in_vain(text: str) -> Problem:
    with pytest.raises(SiteError) as caught:
        read(text)
    (problem,) = caught.value.problems
    return problem


def problems_of(read_text: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems of reading; none if all is well. Any other exception is a crash."""
    try:
        read_text()
    except SiteError as error:
        return error.problems or (Problem(path="", code="", message="an error without a problem"),)
    return ()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-01-31", "2026-01-31"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("0o17x", "0o17x"),
        ("1.2.3", "1.2.3"),
        ("e5", "e5"),
        ("tRUE", "tRUE"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0123", 123),
        ("-7", -7),
        ("+7", 7),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("9007199254740992", 9007199254740992),
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890", "12345678901234567890"),
        ("0.12345678901234567", "0.12345678901234567"),
        ("0.10000000000000000", 0.1),
        ("1e999", "1e999"),
        ("1e-400", "1e-400"),
    ],
)
def test_plain_scalar_is_read_by_the_core_schema_of_yaml_1_2(written: str, value: Any) -> None:
    node = read(f"key: {written}").value["key"]

    assert node.value == value
    assert type(node.value) is type(value)


def test_number_keeps_the_text_it_is_written_as() -> None:
    assert read("phone: 0123").value["phone"].text == "0123"


def test_key_that_looks_like_a_boolean_stays_a_word() -> None:
    assert list(read("no: 1\non: 2\n12: 3").value) == ["no", "on", "12"]


def test_merge_key_is_an_ordinary_key() -> None:
    assert list(read("<<: {a: 1}\nb: 2").value) == ["<<", "b"]


def test_values_know_their_position_from_the_given_first_line() -> None:
    list_node = read("a: 1\n\u4e2d\u6587: [x, \u00e9t\u00e9]", first_line=5).value["中文"]

    assert (list_node.key.line, list_node.key.column, list_node.key.width) == (6, 1, 2)
    assert [(item.mark.line, item.mark.column, item.mark.width) for item in list_node.value] == [(6, 6, 1), (6, 9, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "# a: #b\na: 1",
        "a: 1 # see b: #c",
        'a: "b: #c"',
        "a: |\n  b: #c",
        "a: # todo\n  - b",
        "#a: 1\nb: 2",
        "a: [b] # - #c",
    ],
)
def test_comment_that_is_meant_as_one_is_not_questioned(text: str) -> None:
    assert read(text).value


def test_empty_text_is_an_empty_table() -> None:
    assert read("").value == {}
    assert read("# nothing yet\n").value == {}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\nb: 2\na: 3", "yaml-duplicate", "3:1"),
        ("a:\n  b: 1\n  b: 2", "yaml-duplicate", "3:3"),
        ("a: &x 1\nb: *x", "yaml-alias", "2:4"),
        ("a: *gone", "yaml-syntax", "1:4"),
        ("a: &Friends of us", "yaml-alias", "1:4"),
        ("a: ! Notice", "yaml-alias", "1:4"),
        ("a: #Words, more", "yaml-syntax", "1:4"),
        ("a: [b, #c\n  d]", "yaml-syntax", "1:8"),
        ("a: {b: #5\n  }", "yaml-syntax", "1:8"),
        ("a:\n  - #b\n  - c", "yaml-syntax", "2:5"),
        ("a: !!set {x}", "yaml-alias", "1:4"),
        ("\ta: 1", "yaml-tab", "1:1"),
        ("a:\n  - b\n \t- c", "yaml-tab", "3:2"),
        ("a: [1, 2", "yaml-syntax", "1:4"),
        ("a: 1\nb: [\n", "yaml-syntax", "2:4"),
        ("- a\n- b", "expected", "1:1"),
        ("just words", "expected", "1:1"),
        ("[a, b]: 1", "expected", "1:1"),
        ("a: 1\n---\nb: 2", "yaml-syntax", "2:1"),
        ('a: "\\q"', "yaml-syntax", "1:5"),
        ("a: Room #5", "yaml-syntax", "1:9"),
        ("a: C #", "yaml-syntax", "1:6"),
        ("a:\n  - b\n   - c\n", "yaml-syntax", "3:4"),
        ("a:\n  - C # \n", "yaml-syntax", "2:7"),
        ("a: [b] c", "yaml-syntax", "1:8"),
        ("a: 'b' c", "yaml-syntax", "1:8"),
        ("a: *b*", "yaml-syntax", "1:6"),
        ("a: %x", "yaml-syntax", "1:4"),
        ("a: @x", "yaml-syntax", "1:4"),
        ("a: 1\nb = 2\nc: 3", "yaml-syntax", "2:1"),
        ("a: 1\nb 2\nc: 3", "yaml-syntax", "2:1"),
        ("a: 1\nслово\nc: 3", "yaml-syntax", "2:1"),
        ("a: 1\nb:\N{NO-BREAK SPACE}2\nc: 3", "yaml-syntax", "2:2"),
        ("\N{NO-BREAK SPACE}a: 1", "control-character", "1:1"),
        ("a: " + "[" * 30, "too-deep", "1:23"),
        ("a: " + "[ # ]\n" * 30, "too-deep", "20:1"),
        ("? " * 30_000 + "a", "too-deep", "1:41"),
        ("a:\n" + "- " * 30_000 + "a", "too-deep", "2:39"),
        ("".join("  " * n + "a:\n" for n in range(30)), "too-deep", "20:39"),
        ("a: {" + "a: {" * 10_000, "too-deep", "1:77"),
        ("a: x\n" + "b: " + "y" * 64_000, "too-large", "1:1"),
    ],
    ids=[
        "duplicate", "duplicate below", "alias", "star", "anchor", "tag without a name", "hash first", "hash in a list", "hash in a table", "hash for an item", "tag", "tab", "tab below", "open list", "nothing in a list", "list",
        "words", "list as key", "two documents", "escape", "hash", "hash alone", "item too far in", "hash alone in a list", "list and words", "quote and words", "stars", "percent", "at", "equals sign", "no colon", "word alone", "no-break space behind the colon", "no-break space", "deep", "brackets in comments", "keys as keys", "items in items", "tables", "tables on a line", "large",
    ],
)  # fmt: skip
def test_mistake_is_reported_at_its_position(text: str, code: str, place: str) -> None:
    problem = read_in_vain(text)

    assert (problem.code, problem.place) == (code, f"a.yaml:{place}")


def test_brackets_in_text_and_comments_do_not_count_as_nesting() -> None:
    text = "".join(f"key{n}: '[[{{{{' # [[[\n" for n in range(30)) + "last: [[a]]\n"

    assert len(read(text).value) == 31


def test_every_duplicate_is_reported_in_one_run() -> None:
    with pytest.raises(SiteError) as caught:
        read("a: 1\na: 2\nb: 3\nb: 4")

    assert [problem.message for problem in caught.value.problems] == [
        "'a' appears twice, first on line 1",
        "'b' appears twice, first on line 3",
    ]


def test_escaped_control_character_is_reported_too() -> None:
    """It would appear in feeds and sitemaps, and XML forbids it."""
    problem = read_in_vain('title: "a\\x08b"')

    assert problem.code == "control-character"
    assert problem.line == 1


def test_comment_after_a_value_is_not_part_of_it() -> None:
    assert read("a: x # why\nb: x#5\nc: '# 5'  ## so").value["b"].text == "x#5"


YAMLISH = st.lists(
    st.sampled_from(
        [
            *"abc019 :-[]{},&*!|>'\"#%@`?~=.\t\n\\",
            "\n  ",
            "\n- ",
            ": ",
            "- ",
            "key: ",
            "...",
            "---",
            "<<: ",
            "!!",
            "&a ",
            "*a",
            "？：",
            "\N{ZERO WIDTH SPACE}",
        ]
    ),
    max_size=40,
).map("".join)


@given(YAMLISH | st.text(max_size=80))
@example("? a")
@example("a: !<x> b")
@example('"\\ud800": 1')
@example("%YAML 3.0\n---\na: 1")
@example("a: 1e999")
@example("\x850")
@example("a: b\u2028c")
def test_any_text_is_a_table_or_reported_at_an_existing_line(text: str) -> None:
    text = text.replace("\r", "\n")  # as `decode` does
    problems = problems_of(lambda: read(text))

    assert all(problem.code in CODES for problem in problems)
    assert all(problem.line is None or 1 <= problem.line <= text.count("\n") + 1 for problem in problems)


FLAT = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=6), st.text("abc: '\"#-\u00e9\u4e2d", max_size=12), max_size=6
)


@given(FLAT)
def test_output_of_another_yaml_writer_is_read_back(values: dict[str, str]) -> None:
    text = yaml.safe_dump(values, allow_unicode=True, default_style='"', width=10_000) if values else ""

    assert {name: child.value for name, child in read(text).value.items()} == values


#: What a value on a line is made of, each piece with a meaning for YAML in some place.
VALUES = st.lists(
    st.sampled_from(
        [
            "word",
            "слово",
            "中文",
            "«",
            "(",
            "/topics/x/",
            "[a, /b/]",
            "[1,true ]",
            "[",
            "]",
            ",",
            "-",
            "- ",
            "#",
            " #",
            ":",
            ": ",
            " ",
            '"',
            "'",
            "&a",
            "*a",
            "!",
            "~",
            "null",
            "true",
            "12:30",
            "2024-01-02",
            "1e3",
            ".5",
            "=",
            "\xa0",
            "\u200b",
            "\u2028",
            "é",
            "½",
            "https://a.example/",
        ]
    ),
    max_size=4,
).map("".join)


@given(st.lists(st.tuples(st.sampled_from(["a: ", "b_c: ", "d:  ", "e:", "f-g: ", "- "]), VALUES), max_size=4))
def test_plain_lines_are_read_as_libyaml_reads_them(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(key + value for key, value in lines)
    with mock.patch("sitegen.source.yaml._parse_plain", return_value=None):
        events = _node_or_problems(text)

    assert _node_or_problems(text) == events


def _node_or_problems(text: str) -> object:
    try:
        return read(text, 3)
    except SiteError as error:
        return error.problems
