"""Words that Python-Markdown drops are told, and words that are shown are not."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

from sitegen.content.python_markdown_losses import find_lost_words
from sitegen.source.text import Source

TABLE = "| a | b |\n|---|---|\n"


@pytest.mark.parametrize(
    ("text", "place", "words", "names"),
    [
        ("Text.\n\n<svg><text>drawn</text></svg>\n", (6, 12), "drawn", "<svg>, <text>"),
        ("<template>\nplanned\n</template>\n", (5, 1), "planned", "<template>"),
        ("Write <project> here.\n", (4, 7), "<project", "<project>"),
        (f"{TABLE}| one | two | three |\n", (6, 15), "three", ""),
        ("See[^f].\n\n[^f]: One\n\n[^f]: Two\n", (6, 1), "[^f]", ""),
        ("Text.\n\n*[Note]: Closed on Mondays.\n", (6, 1), "*[Note]: Closed on Mondays.", ""),
        ("Text.\n[Note]: closed\n", (5, 1), "[Note]: closed", ""),
        ("  ```\n[Note]: closed\n  ```\n", (5, 1), "[Note]: closed", ""),
        ("!!! note Bring your passport\n    It is checked.\n", (4, 10), "Bring your passport", ""),
        ("!!! note please bring your passport\n    It is checked.\n", (4, 10), "please bring your passport", ""),
        ('!!! note Важно "Passport"\n    It is checked.\n', (4, 10), "Важно", ""),
    ],
)
def test_words_that_python_markdown_hides_are_told(
    make_site: MakeSite, text: str, place: tuple[int, int], words: str, names: str
) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [tables, footnotes, abbr, admonition]}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    (problem,) = site.report().warnings

    assert (problem.line, problem.column) == place
    assert f"'{words}'" in problem.message
    assert "is not shown" in problem.message
    assert problem.message.endswith(names and f"as a page can't have {names}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Name | Fee\n-----|----\nBea | 600\n| Anna | 500 |\n", (7, 1)),
        ("Name | Fee\n-----|----\nBea | 600\n\n| Anna | 500 |\n", None),
        ("| Name | Fee |\n|---|---|\nBea | 600\n| Anna | 500 |\n", None),
        ("Name | Fee |\n-----|----|\n| Anna | 500 |\n", None),
        ("    Name | Fee\n    -----|----\n    | Anna | 500 |\n", None),
    ],
)
def test_a_row_that_alone_begins_with_a_stroke_is_told(
    make_site: MakeSite, text: str, place: tuple[int, int] | None
) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [tables]}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    told = [(own.line, own.column) for own in site.report().warnings if "begins with |" in own.message]

    assert told == ([] if place is None else [place])


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("<div>\nfoo\n</div\n\nRest of the page\n\n## Head\n\nMore <b>x</b>\n", (8, 1), "Rest of the page"),
        ("*[Note]:\nClosed on Mondays\n\nMore.\n", (5, 1), "Closed on Mondays"),
        ("> *[Note]: 周一 不开放\n\nMore.\n", (4, 5), "Note]: 周一 不开放"),
        ("a | b\n--|--\n:::\nOne | Two | Three words\n", (7, 13), "Three words"),
        ("<div>from <b 5 degrees, and rain today.</div>\n\nMore.\n", (4, 16), "degrees, and rain today"),
        ('## Days\n\n<div markdown="1">\n\n- Monday\n- Tuesday\n\n<div markdown="1">\n\n## Fees\n', (9, 3), "Tuesday"),
        ("~~~\nText.\n\na | b\n--|--\nOne | Two | Three\n", (9, 13), "Three"),
        ("Use `#!py True` or ++ctrl+alt++ in <b>all</b> files {.wide}.\n", None, ""),
    ],
)
def test_lines_that_python_markdown_hides_for_whatever_reason_are_told(
    make_site: MakeSite, text: str, place: tuple[int, int] | None, words: str
) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [extra]}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    told = [(problem.line, problem.column, problem.message) for problem in site.report().warnings]

    assert told == (
        [(*place, f"'{words}' is not shown, as Python-Markdown takes it for something else")] if place else []
    )


def test_html_that_readers_get_is_not_told(make_site: MakeSite) -> None:
    text = "<center>one</center> <u>two</u> <script>three</script>\n\n<font color=red>four</font>\n\n`<project>`\n"
    text += '\n```\n[Note]: closed\n```\n\nSee [the plan].\n[the plan]: / "Our plan"\n\n!!! note inline end "Title"\n    Words.\n\n```\n!!! note In code\n```\n'
    text += "\nSee[^a].\n\n```\n[^a]: b\n*[XJTU]: d\n```\n\n[^a]: c\n\nThe SCO here.\n\n*[SCO]: Shanghai Cooperation Organisation\n"
    settings = SITE + "markdown: {engine: python-markdown, extensions: [footnotes, fenced_code, abbr, admonition]}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    assert site.report().warnings == ()


def test_first_lines_of_a_text_are_shown_with_an_extension_for_metadata_too(make_site: MakeSite) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [meta]}\n"
    site = make_site({"content/index.en.md": "---\ntitle: A\n---\nOpening: 9 to 5\n\nText.\n"}, site=settings)

    assert "<p>Opening: 9 to 5</p>" in site.build()["en/index.html"]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("Our [chat](skype:office) is open.", "url", "a link can't lead to 'skype:office'"),
        ("A [file](https://a.example plan).", "url", "a link can't lead to 'https://a.example plan'"),
        ("The set **S**{1, 2, 3} is small.", "markdown", "'{1, 2, 3}' is taken for attributes, and is not shown"),
        ("if a <b and words> c", "markdown", "'<b and words>' is taken for attributes, and is not shown"),
        ("x <b.words> y", "markdown", "'<b.words' is not shown, as a page can't have <b.words>"),
        ("x </words> y", "markdown", "'<words' is not shown, as a page can't have <words>"),
        ("## Sets of {object}", "markdown", "'{object}' is taken for attributes, and is not shown"),
        ("| a {b} | c |\n|---|---|\n| d | e |", "markdown", "'{b}' is taken for attributes, and is not shown"),
    ],
)
def test_links_and_words_in_braces_that_python_markdown_drops_are_told(
    make_site: MakeSite, text: str, code: str, told: str
) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [attr_list, tables]}\nchecks: {url: warning}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}\n"}, site=settings)

    assert [(problem.code, problem.message) for problem in site.report().warnings] == [(code, told)]


def test_attributes_of_python_markdown_are_no_words(make_site: MakeSite) -> None:
    text = "**a**{.wide} [b](/){ .button download } `**S**{1, 2}` c {d}\n{: #own .x }\n\n<details open>e</details>\n"
    settings = SITE + "markdown: {engine: python-markdown, extensions: [attr_list]}\n"

    assert make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings).report().warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Write <code>first `name` there</code> now.\n",
        "<pre><code>x\n</pre>\n\nThe first paragraph.\n\nUse `x`, <code>y</code>.\n",
    ],
)
def test_words_before_code_in_code_are_shown(make_site: MakeSite, text: str) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: []}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    assert "first" in site.build()["en/index.html"]


@pytest.mark.parametrize("words", ["这里的文字非常重要", "ここにある", "ข้อความสำคัญ", "ຂໍ້ຄວາມ", "អក្សរខ្មែរ"])
def test_lost_words_of_a_script_without_spaces_are_counted_by_letters(words: str) -> None:
    source = Source.of("index.md", f"See {words} now.\n")

    (problem,) = find_lost_words(source, 1, f"See {words} now.\n", "<p>See now.</p>")

    assert "is not shown" in problem.message
    assert not [*find_lost_words(source, 1, f"See {words} now.\n", f"<p>See {words} now.</p>")]
