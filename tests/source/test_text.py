"""A text file is read with its positions, or forbidden content is reported."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.problems.problem import CODES, Problem, SiteError
from sitegen.source.text import decode


def test_bytes_are_decoded_without_a_bom_and_with_uniform_line_ends() -> None:
    assert decode("a.md", b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"


def test_invalid_utf_8_is_reported_at_its_position() -> None:
    with pytest.raises(SiteError) as caught:
        decode("a.md", "one\nдва ".encode() + b"\xff")

    (problem,) = caught.value.problems
    assert (problem.place, problem.code) == ("a.md:2:5", "encoding")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_reported_in_one_line(encoding: str) -> None:
    with pytest.raises(SiteError) as caught:
        decode("a.md", "---\ntitle: A\n---\n".encode(encoding))

    assert [problem.message for problem in caught.value.problems] == ["the file is UTF-16, not UTF-8"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n", 2),
        ("a: 1\r\n<<<<<<< HEAD\r\nb: 1\r\n", 2),
        ("b: 1\n=======\nc: 3\n>>>>>>> other\n", 4),
    ],
)
def test_merge_conflict_is_reported_once_where_it_begins(text: str, line: int) -> None:
    with pytest.raises(SiteError) as caught:
        decode("a.md", text.encode())

    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("merge-conflict", line)]


WHOLE = "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> spring\n"


@pytest.mark.parametrize(
    "text",
    [
        f"Git writes:\n\n```\n{WHOLE}```\n",
        f"~~~~ diff\na\n{WHOLE}{WHOLE}~~~\n~~~~~\n",
        f"  ```text\n{WHOLE}  ```\nEnd.\n",
        "```\ncode\n```\n\n```\n<<<<<<< ours\n=======\n>>>>>>> theirs\n```",
    ],
    ids=["backticks", "tildes, two", "indented", "second block, empty sides"],
)
def test_conflict_that_a_code_block_shows_whole_is_an_example(text: str) -> None:
    assert decode("a.md", text.encode()) == text
    with pytest.raises(SiteError):
        decode("a.yaml", text.encode())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"```\ncode\n```\n{WHOLE}\n```\ncode\n```\n", 4),
        ("```\n<<<<<<< HEAD\na\n=======\nb\n```\n>>>>>>> spring\n", 2),
        ("<<<<<<< HEAD\n```\na\n=======\n```\nb\n>>>>>>> spring\n```\n", 1),
        (f"```\n{WHOLE}", 2),
        ("```\n<<<<<<< HEAD\na\n```\n", 2),
        (f"```\n=======\n{WHOLE}```\n", 3),
        (f"```\n{WHOLE}```\n\n{WHOLE}", 9),
        (f"````\n{WHOLE}```\n", 2),
    ],
    ids=["between blocks", "end outside", "fence within", "never closed", "half", "out of order", "after an example", "shorter fence"],
)  # fmt: skip
def test_conflict_that_no_code_block_holds_whole_is_reported(text: str, line: int) -> None:
    with pytest.raises(SiteError) as caught:
        decode("a.md", text.encode())

    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("merge-conflict", line)


def test_arrows_in_a_text_are_not_a_conflict() -> None:
    for text in (
        "> > > > > > > a\n <<<<<<< HEAD\n=======\n>>>>>>>>\n",
        "> b\n\n>>>>>>> a\n",
        ">>>>>>> a\n\nTitle\n=======\n",
    ):
        assert decode("a.md", text.encode()) == text


@pytest.mark.parametrize(("path", "part"), [("a.md", "the page"), ("rows.csv", "the file")])
def test_file_over_its_limit_is_reported(path: str, part: str) -> None:
    with pytest.raises(SiteError) as caught:
        decode(path, b"a\n" * 1_000_001)

    (problem,) = caught.value.problems
    assert (problem.code, problem.hint.partition(",")[0]) == ("too-large", f"split {part}")


@given(st.binary(max_size=200))
@example(b"\xff\xfea")
def test_any_bytes_are_decoded_or_reported(data: bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        decode("a.md", data)
    except SiteError as error:
        problems = error.problems

    assert all(problem.code in CODES for problem in problems)
