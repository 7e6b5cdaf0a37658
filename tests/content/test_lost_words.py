"""Words that Markdown hides are told, and words that are shown are not."""

from __future__ import annotations

import pytest

from sitegen.content.markdown import parse_body
from sitegen.source.text import Source

TABLE = "| a | b |\n|---|---|\n"


def found(text: str) -> list[tuple[int | None, int | None, str]]:
    _, _, problems = parse_body(Source.of("index.en.md", text), 1)
    return [(own.line, own.column, own.message) for own in problems]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (f"{TABLE}| one | two | three | four |\n", (3, 15), "three | four"),
        (f"{TABLE}| x | `c|d` |\n", (3, 10), "d`"),
        ("a | b\n---|---\nc | d | Срок\n", (3, 9), "Срок"),
        ("> | a |\n> |---|\n> | Язык | e |\n", (3, 12), "e"),
        (f"{TABLE}| one | two |\n## Two\n| h |\n|---|\n| x | lost |\n", (7, 7), "lost"),
        (f"> {TABLE[:-1].replace(chr(10), chr(10) + '> ')}\n>\n> | h |\n> |---|\n> | x | lost |\n", (6, 9), "lost"),
        (f"{TABLE}| one | two |\n \n| h |\n|---|\n| x | lost |\n", (7, 7), "lost"),
    ],
)
def test_cells_beyond_the_columns_of_a_table_are_told(text: str, place: tuple[int, int], words: str) -> None:
    message = f"this row has more cells than the table has columns, so '{words}' is not shown"

    assert found(text) == [(*place, message)]


@pytest.mark.parametrize(
    "text",
    [
        f"{TABLE}| one | two |  |\n| one |\n| one \\| two | `a\\|b` |\n",
        "a | b\n\n---|---\n",
        "```\n" + TABLE + "| one | two | three |\n```\n",
        "[//]: # (a remark)\n\n[a]: https://example.org/\n[b]: /about/\n[c]: plan.pdf\n",
        "[x]: word\n\nThe [x] is a link.\n",
        "```\n[x]: word\n```\n\n    [y]: word\n\ntext\n[z]: word\n",
        'See [a].\n\n[a]: /about/ "Words"\n',
        'Text.\n\n[a]: /about/\n"We moved," he said.\n',
        "See [a], [b].\n\n[a]: <our plan.pdf>\n[b]: /about/\n(the house)\n\n[c]: <https://example.org/>\n",
    ],
    ids=[
        "whole rows",
        "no table",
        "code",
        "addresses",
        "used",
        "no definitions",
        "title",
        "words below",
        "in brackets",
    ],
)
def test_words_that_are_shown_are_not_told(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10. a\n9. b\n8. c\n", [(2, 1, "'9.' is shown as '11.'")]),
        ("- 1. a\n  2. b\n  4. c\n", [(3, 3, "'4.' is shown as '3.'")]),
        ("> 5) a\n> 7) b\n", [(2, 3, "'7)' is shown as '6)'")]),
        ("1. a\n1. b\n1. c\n", []),
        ("3. a\n4. b\n   1. c\n   2. d\n5. e\n\ntext\n\n7. f\n8. g\n", []),
        ("2019. a\n\n```\n1. a\n5. b\n```\n", []),
    ],
)
def test_items_that_are_shown_with_other_numbers_are_told(text: str, told: list[tuple[int, int, str]]) -> None:
    assert found(text) == [(line, column, f"{what}, as Markdown counts on") for line, column, what in told]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[Important]: Tomorrow\n", (1, 1), "[Important]: Tomorrow"),
        ("> [Срок]: понедельник.\n", (1, 3), "[Срок]: понедельник."),
        ("- [Deadline]: Monday\n", (1, 3), "[Deadline]: Monday"),
        ("[Note]:\nimportant\n", (1, 1), "[Note]: important"),
        ("[Deadline]: 31.12.2026\n", (1, 1), "[Deadline]: 31.12.2026"),
        ("[Open]: 24/7\n", (1, 1), "[Open]: 24/7"),
        ("[Email]: a@example.org\n", (1, 1), "[Email]: a@example.org"),
        ("[Speaker]: Prof.Dr.Li\n", (1, 1), "[Speaker]: Prof.Dr.Li"),
        ("[Room]: B/12\n", (1, 1), "[Room]: B/12"),
        ("[two\nlines]: word\n", (1, 1), "[two lines]: word"),
        ("[Call]: 9:00-17:00\n", (1, 1), "[Call]: 9:00-17:00"),
        ("1. [Note]: important\n", (1, 4), "[Note]: important"),
        ("See[^1].\n\n[^1]: [Deadline]: Monday\n", (3, 7), "[Deadline]: Monday"),
        ("Term\n:   [Deadline]: Monday\n", (2, 5), "[Deadline]: Monday"),
        ('Text.\n\n[Note]: /about/ "Closed on Sunday"\n', (3, 1), '[Note]: /about/ "Closed on Sunday"'),
        ('See [a].\n\n[a]: /b/ "one"\n[a]: /c/ "two"\n', (4, 1), '[a]: /c/ "two"'),
        ('[Note]: /about/\n"We moved here last year."\n', (1, 1), '[Note]: /about/ "We moved here last year."'),
        ("Срок.\n\n> [Note]: /about/\n> (до мая)\n", (3, 3), "[Note]: /about/ > (до мая)"),
        ("[Note]: <closed on Mondays>\n", (1, 1), "[Note]: <closed on Mondays>"),
    ],
)
def test_words_taken_for_an_address_that_nothing_refers_to_are_told(
    text: str, place: tuple[int, int], words: str
) -> None:
    assert found(text) == [(*place, f"'{words}' is taken for the address of a link, and is not shown")]


@pytest.mark.parametrize("info", ["Words~~~", " Note!", '"Title"', "(a)", "js what it does", "代码"])
def test_words_behind_a_fence_are_told(info: str) -> None:
    assert found(f"Text.\n\n- ~~~{info}\n  code\n  ~~~\n") == [
        (3, 3, f"'{info.strip()}' stands behind the fence of code, and is not shown")
    ]


@pytest.mark.parametrize(
    "info", ["", "py", " c++", "rust,ignore", 'js {1,3} title="a b"', "{.python .wide}", "ts twoslash", "diff-js"]
)
def test_language_of_code_and_options_are_no_words(info: str) -> None:
    assert found(f"Text.\n\n```{info}\ncode\n```\n") == []


def test_words_like_attributes_at_the_end_of_a_heading_are_told() -> None:
    assert found(
        "## Working with {.NET}\n\n## Fees {a=b}\n\n## Dates {#dates}\n\n## Plan {.wide #plan}\n\n## Of `{.NET}`\n"
    ) == [
        (1, 17, "'{.NET}' is taken for attributes of the heading, and is not shown"),
        (3, 9, "'{a=b}' is taken for attributes of the heading, and is not shown"),
    ]


@pytest.mark.parametrize(("box", "begin"), [("[x]", "- "), ("[ ]", "> 1. "), ("[X]", "* ")])
def test_a_box_to_tick_that_the_parser_takes_away_before_a_table_is_told(box: str, begin: str) -> None:
    rest = "> " * begin.startswith(">") + "     "
    table = f"{begin}{box} Язык | a\n{rest}-|-\n{rest}b | c\n"

    assert found(f"Ünï\n\n{table}") == [(3, len(begin) + 1, f"{box} before a table is not shown")]
    assert found(f"{begin}{box} a | b\n") == []
    assert found(f"```\n{table}```\n") == []
