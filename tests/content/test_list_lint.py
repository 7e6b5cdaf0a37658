"""Lists and headings typed in non-Latin scripts, which Markdown takes for text, are reported and fixed."""

from __future__ import annotations

import pytest

from sitegen.content.markdown_lint import find_unmarked
from sitegen.problems.problem import Problem
from sitegen.source.text import Source


def found(text: str) -> list[Problem]:
    return list(find_unmarked(Source.of("a.md", text), 1))


def fixed(text: str) -> str:
    """The text as `check --fix` leaves it."""
    lines = text.split("\n")
    for problem in sorted(found(text), key=lambda problem: -(problem.column or 0)):
        if problem.fix is not None and problem.line and problem.column:
            line, at = lines[problem.line - 1], problem.column - 1
            lines[problem.line - 1] = line[:at] + problem.fix + line[at + problem.width :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("##\u00a0Title", "## Title"),
        ("###\u3000标题", "### 标题"),
        ("##\u202fTitre", "## Titre"),
        ("-\u00a0one\n-\u00a0two", "- one\n- two"),
        ("text\n\n-\u3000一", "text\n\n- 一"),
        ("1.\u00a0one\n2.\u00a0two", "1. one\n2. two"),
        ("1)\u202fone", "1. one"),
        ("۱. یک\n۲. دو", "1. یک\n2. دو"),
        ("١) واحد\n٢) اثنان", "1. واحد\n2. اثنان"),
        ("१. एक\n२. दो", "1. एक\n2. दो"),
        ("1、一\n2、二\n3、三", "1. 一\n2. 二\n3. 三"),
        ("１．一\n２．二", "1. 一\n2. 二"),
        ("（1）一\n（2）二", "1. 一\n2. 二"),
        ("步骤：\n1、一\n2、二", "步骤：\n1. 一\n2. 二"),
        ("*\u00a0а\n*\u00a0б", "* а\n* б"),
    ],
)
def test_list_or_heading_is_reported_and_fixed(written: str, meant: str) -> None:
    assert fixed(written) == meant
    assert {problem.code for problem in found(written)} == {"markdown"}
    assert found(meant) == []


@pytest.mark.parametrize(
    "text",
    [
        "（1）一段。\n\n（2）又一段。",  # paragraphs, as Chinese documents number them
        "۱. یک بند",
        "2025、2026年",
        "am\n1.\u00a0September 2025",
        "1.\u00a0Januar 2026",
        "10.\u00a05 км",
        "`۱. یک`\n`۲. دو`",
        "```\n1、一\n2、二\n```",
        "1. one\n2. two",
        "—\u00a0Привет",
    ],
)
def test_text_that_is_shown_as_intended_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_list_inside_a_paragraph_is_reported_but_not_fixed() -> None:
    problems = found("然后\n3、三\n4、四")

    assert [(problem.line, problem.fix) for problem in problems] == [(2, None), (3, None)]


@pytest.mark.parametrize(
    "text",
    [
        "見出し*「強調」*です",
        "*「你好」*他",
        "他说~~「取消」~~然后",
        "他说_「你好」_然后",
        "中_强调_文",
        "word*(aside)*word",
    ],
)
def test_failed_emphasis_next_to_letters_is_reported_once(text: str) -> None:
    (problem,) = found(text)

    assert problem.code == "markdown"
    assert problem.fix is None


@pytest.mark.parametrize(
    "text",
    ["*emphasis* _and_ ~~this~~", "*「強調」* です", "a_b_c snake_case", "2*3*4 and a * b * c", "цена* и скидка*", "`*「a」*b`", "*hello*。你好", "~5 km", r"\*「a」\*b"],
)  # fmt: skip
def test_intended_emphasis_and_characters_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["-\u00a05 degrees\n-\u00a07 degrees", "+\u2009one\n+\u20092 more"])
def test_bullet_before_a_number_may_be_its_sign_and_is_not_fixed(text: str) -> None:
    assert [problem.fix for problem in found(text)] == [None, None]


@pytest.mark.parametrize(
    "row", ["1.Ann | France", "| 1、Ann | b |\n| 2、Bob | c |", "##x | c", "•a | b\n•c | d", "١. a | b\n٢. c | d"]
)
def test_words_that_begin_the_row_of_a_table_begin_nothing_else(row: str) -> None:
    assert found(f"a | b\n--|--\n{row}\n") == []
