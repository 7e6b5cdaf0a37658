"""Markdown of a Hugo site becomes that of a page here; what is the same stays as its author wrote it."""

from __future__ import annotations

import pytest

from sitegen.adapt import Dialect, adapt, list_anchors
from sitegen.edits import Traced

HTML = Dialect(has_html=True)


def adapted(
    text: str, title: str = "Title", dialect: Dialect = HTML, *, has_ids: bool = True
) -> tuple[str, list[tuple[str, int]]]:
    """The text, its targets moved below /new; what is told, with the line of each."""
    told: list[tuple[str, int]] = []

    def tell(message: str, offset: int, hint: str) -> None:
        told.append((message, text.count("\n", 0, offset) + 1))

    def target(written: str, is_picture: bool) -> str | None:
        return f"/new{written}" if written.startswith("/") else None

    return adapt(Traced(text), title, dialect, target, tell, has_ids=has_ids).text, told


SAME = [
    "Plain *text* with `code` and [a link](https://example.org/x_y).\n\n- one\n- two\n",
    "## Heading\n\n### Below\n\n> A quotation\n\n| a |\n|---|\n| b |\n",
    "```html\n<div>https://example.org</div>\n# no heading\n```\n",
    "`www.example.org` and `<b>` and <https://example.org>\n",
    "Note[^1].\n\n[^1]: See <!-- a comment --> there.\n\n<!-- several\nlines -->\n",
]


@pytest.mark.parametrize("text", SAME, ids=["text", "blocks", "code block", "code", "notes and comments"])
def test_what_is_the_same_stays_to_the_letter(text: str) -> None:
    assert adapted(text) == (text, [])


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("[a](/x/)", "[a](/new/x/)"),
        ('[a](/x/ "/x/")', '[a](/new/x/ "/x/")'),
        ("[a](</x y/>)", "[a](</new/x y/>)"),
        ("[![b](/p.png)](/x/)", "[![b](/new/p.png)](/new/x/)"),
        ("[a][b] [b]\n\n[b]: /x/ 'T'\n", "[a][b] [b]\n\n[b]: /new/x/ 'T'\n"),
        ("[a](../x/)", "[a](../x/)"),
    ],
    ids=["link", "title", "angle brackets", "picture in a link", "by reference", "left alone"],
)
def test_target_of_a_link_is_changed_where_it_is_written(text: str, now: str) -> None:
    assert adapted(text) == (now, [])


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("See https://example.org/a_b_c. Yes", "See <https://example.org/a_b_c>. Yes"),
        ("(www.example.org)", "([www.example.org](https://www.example.org))"),
        ("a@example.org and x@y", "<a@example.org> and x@y"),
        ("- [ ] one\n- [x] two\n", "- ☐ one\n- ☑ two\n"),
        ("a<br>b", "a\\\nb"),
        ("a <b>b</b> <em>c</em> <kbd>d</kbd>", "a **b** *c* `d`"),
        ('<a href="/x/">a</a> and <img src="/p.png" alt="P"> too', "[a](/new/x/) and ![P](/new/p.png) too"),
    ],
    ids=["address", "without scheme", "e-mail", "tasks", "line break", "marks", "links"],
)
def test_what_only_hugo_reads_so_is_said_in_markdown(text: str, now: str) -> None:
    assert adapted(text) == (now, [])


def test_headings_begin_at_level_2_skip_none_and_keep_the_ids_they_had() -> None:
    text = "# Title\n\nIntro\n\n## What's new?\n\n#### Deep {.big}\n\nSet\n---\n\n## Set\n\n## Given {#own}\n"

    now, told = adapted(text)

    assert (
        now
        == "\n\nIntro\n\n## What's new? {#whats-new}\n\n### Deep {.big}\n\n## Set\n\n## Set {#set-1}\n\n## Given {#own}\n".replace(
            "\n\n", "\n", 1
        )
    )
    assert told == []


def test_further_headings_of_level_1_move_all_down() -> None:
    assert adapted("# One\n\n## Below\n\n# Two\n", title="Other")[0] == "## One\n\n### Below\n\n## Two\n"


def test_translation_says_no_ids() -> None:
    assert adapted("## What's new?\n", has_ids=False)[0] == "## What's new?\n"


def test_anchors_are_those_that_hugo_makes() -> None:
    text = "# Title\n## What's new?\n## What's new?\n## C++ & Go -- über\n> ## Quoted\n\n## Quoted\n## 你好，世界\n"

    assert list_anchors(Traced(text), "Title", HTML) == (
        "whats-new",
        "whats-new-1",
        "c--go--über",
        "quoted-1",
        "你好世界",
    )


def test_html_block_becomes_markdown_where_the_site_publishes_it_and_is_told() -> None:
    now, told = adapted('One\n\n<div class="box">\n<p>Two <a href="/x/">link</a></p>\n</div>\n\nThree\n')

    assert now == "One\n\nTwo [link](/new/x/)\n\nThree\n"
    assert told == [("the HTML '<div class=\"box\">' became Markdown", 3)]


def test_html_goes_where_hugo_leaves_it_out_and_is_told() -> None:
    now, told = adapted("a <b>b</b>\n\n<div>\nc\n</div>\n", dialect=Dialect())

    assert now == "a b\n\n\n"
    assert told == [
        ("the HTML '<b>' is left out, what it encloses stays", 1),
        ("the HTML '<div>' is left out, as Hugo did", 3),
    ]


def test_what_runs_or_is_loaded_is_left_out_and_told() -> None:
    assert adapted("<iframe src='https://example.org'></iframe>\n\n<script>\nx()\n</script>\n") == (
        "\n\n\n",
        [
            ("the HTML '<iframe src='https://example.org'></ifra' is left out", 1),
            ("the HTML '<script>' is left out", 3),
        ],
    )


def test_html_nested_beyond_all_measure_is_left_out() -> None:
    _, told = adapted("<div>" * 5_000 + "x" + "</div>" * 5_000 + "\n")

    assert [message for message, _ in told] == ["the HTML '<div><div><div><div><div><div><div><div>' is left out"]


def test_attributes_of_a_block_are_left_out_where_hugo_reads_them() -> None:
    dialect = Dialect(has_attributes=True)

    assert adapted("Text\n{.wide}\n", dialect=dialect) == ("Text\n\n", [("attributes of a block are left out", 2)])
    assert adapted("Text\n{.wide}\n") == ("Text\n{.wide}\n", [])


def test_words_before_the_mark_are_the_summary() -> None:
    made = adapt(
        Traced("One *two*\nthree.\n\n<!--more-->\n\nFour\n"), "", HTML, lambda *_: None, lambda *_: None, has_ids=True
    )

    assert made.summary == "One two three."
