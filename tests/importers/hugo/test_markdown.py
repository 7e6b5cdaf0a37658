"""Markdown of a Hugo site is converted; syntax that means the same stays as its author wrote it."""

from __future__ import annotations

import pytest

from sitegen.importers.html_to_markdown import Dialect
from sitegen.importers.hugo.markdown import adapt, list_anchors
from sitegen.source.edits import Traced

HTML = Dialect(has_html=True)


def adapted(
    text: str, title: str = "Title", dialect: Dialect = HTML, *, has_ids: bool = True
) -> tuple[str, list[tuple[str, int]]]:
    """The text, its targets moved below /new; what is told, with the line of each."""
    told: list[tuple[str, int]] = []

    def tell(message: str, offset: int, hint: str) -> None:
        told.append((message, text.count("\n", 0, offset) + 1))

    def target(written: str) -> str | None:
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
def test_markdown_that_means_the_same_stays_unchanged(text: str) -> None:
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
def test_link_target_is_rewritten_in_place(text: str, now: str) -> None:
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
def test_syntax_of_hugo_alone_becomes_plain_markdown(text: str, now: str) -> None:
    assert adapted(text) == (now, [])


def test_headings_start_at_level_2_skip_no_level_and_keep_their_ids() -> None:
    text = "# Title\n\nIntro\n\n## What's new?\n\n#### Deep {.big}\n\nSet\n---\n\n## Set\n\n## Given {#own}\n"

    now, told = adapted(text)

    assert (
        now
        == "\n\nIntro\n\n## What's new? {#whats-new}\n\n### Deep {.big}\n\n## Set\n\n## Set {#set-1}\n\n## Given {#own}\n".replace(
            "\n\n", "\n", 1
        )
    )
    assert told == []


def test_underlined_heading_of_two_lines_becomes_one_line() -> None:
    assert adapted("A [b](/x/)\nc\n---\n")[0] == "## A [b](/new/x/) c\n"


def test_second_heading_of_level_1_moves_all_headings_down() -> None:
    assert adapted("# One\n\n## Below\n\n# Two\n", title="Other")[0] == "## One\n\n### Below\n\n## Two\n"


def test_translation_has_no_explicit_ids() -> None:
    assert adapted("## What's new?\n", has_ids=False)[0] == "## What's new?\n"


def test_anchors_are_those_of_hugo() -> None:
    text = "# Title\n## What's new?\n## What's new?\n## C++ & Go -- über\n> ## Quoted\n\n## Quoted\n## 你好，世界\n"

    assert list_anchors(Traced(text), "Title", HTML) == (
        "whats-new",
        "whats-new-1",
        "c--go--über",
        "quoted-1",
        "你好世界",
    )


def test_text_before_the_first_more_mark_is_the_summary() -> None:
    made = adapt(
        Traced("One *two*\nthree.\n\n<!--more-->\n\nFour\n\n<!--more-->\n"),
        "",
        HTML,
        lambda *_: None,
        lambda *_: None,
        has_ids=True,
    )

    assert made.summary == "One two three."
