"""Raw HTML of a Hugo site becomes Markdown if it was published; losses are reported at their position."""

from __future__ import annotations

import re

import pytest
from lxml import html
from work import calls

from sitegen.content.markdown import parse_body
from sitegen.importers.html_to_markdown import Dialect, html_as_markdown, without_html
from sitegen.source.edits import Traced
from sitegen.source.text import Source

HTML = Dialect(has_html=True)


def unwrapped(text: str, dialect: Dialect = HTML) -> tuple[str, list[tuple[str, int]]]:
    """The text without HTML; what is told, with the line of each."""
    told: list[tuple[str, int]] = []

    def tell(message: str, offset: int, hint: str) -> None:
        told.append((message, text.count("\n", 0, offset) + 1))

    return without_html(Traced(text), dialect, tell).text, told


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("a<br>b", "a\\\nb"),
        ("| a |\n|---|\n| b<br>c |\n", "| a |\n|---|\n| b c |\n"),
        ("a <b>b</b> <em>c</em> <kbd>d</kbd>", "a **b** *c* `d`"),
        ('<a href="//example.org/x">a</a>', "[a](https://example.org/x)"),
        ('<a href="/x y/">a</a> and <img src="/p.png" alt="P"> too', "[a](</x y/>) and ![P](/p.png) too"),
    ],
    ids=["line break", "in a table", "marks", "link without a scheme", "links"],
)
def test_html_tag_becomes_its_markdown_counterpart(text: str, now: str) -> None:
    assert unwrapped(text) == (now, [])


def test_html_uncovered_by_removing_other_html_is_converted_too() -> None:
    assert unwrapped("<div>\n<b>x\n</div>\n<span>y</span>\n")[0].split() == ["**x**", "y"]


def test_unclosed_link_is_removed_and_reported() -> None:
    assert unwrapped("a <a href='/x/'>b\n\nc</a>\n") == (
        "a b\n\nc\n",
        [("the HTML '<a href='/x/'>' is left out; its content is kept", 1)],
    )


def test_html_block_becomes_markdown_if_the_site_publishes_it_and_is_reported() -> None:
    now, told = unwrapped('One\n\n<div class="box">\n<p>Two <a href="/x/">link</a></p>\n</div>\n\nThree\n')

    assert now == "One\n\nTwo [link](/x/)\n\nThree\n"
    assert told == [("the HTML '<div class=\"box\">' became Markdown", 3)]


def test_html_that_hugo_omits_is_removed_and_reported() -> None:
    now, told = unwrapped("a <b>b</b>\n\n<div>\nc\n</div>\n", Dialect())

    assert now == "a b\n\n\n"
    assert told == [
        ("the HTML '<b>' is left out; its content is kept", 1),
        ("the HTML '<div>' is left out, as Hugo did", 3),
    ]


def test_scripts_and_embeds_are_left_out_and_reported() -> None:
    assert unwrapped("<iframe src='https://example.org'></iframe>\n\n<script>\nx()\n</script>\n") == (
        "\n\n\n",
        [
            ("the HTML '<iframe src='https://example.org'></ifra' is left out", 1),
            ("the HTML '<script>' is left out", 3),
        ],
    )


def test_deeply_nested_html_keeps_its_words() -> None:
    text, told = unwrapped("<div>" * 5_000 + "x &lt;y&gt;" + "</div>" * 5_000 + "\n")

    assert text.strip() == "x \\<y>"
    assert [message for message, _ in told] == ["the HTML '<div><div><div><div><div><div><div><div>' became Markdown"]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<div>\nWrite &lt;name&gt; here\n</div>\n", "Write \\<name> here"),
        ("<div>\n[0] <ann> one\n[1] <ann> two\n</div>\n", "[0] one [1] two"),
        ("After 10<sup>6</sup> and H<sub>2</sub>O.\n", "After 10⁶ and H₂O."),
        ("The 4<sup>th</sup> time.\n", "The 4th time."),
        ("A <?note to self?>word.\n", "A word."),
        ("| a |\n|---|\n| <ul><li>one</li><li>two</li></ul> |\n", "| a | |---| | one; two; |"),
    ],
    ids=["entities", "no element", "raised and lowered", "letters", "instruction", "list in a cell"],
)
def test_no_word_of_html_is_lost(html: str, markdown: str) -> None:
    text, _ = unwrapped(html)

    assert " ".join(text.split()) == markdown


def test_attributes_of_a_block_are_left_out_if_hugo_parses_them() -> None:
    dialect = Dialect(has_attributes=True)

    assert unwrapped("Text\n{.wide}\n", dialect) == ("Text\n\n", [("attributes of a block are left out", 2)])
    assert unwrapped("Text\n{.wide}\n") == ("Text\n{.wide}\n", [])


@pytest.mark.parametrize(
    ("html", "made"),
    [
        ("<details><summary>More</summary>hidden *words*</details>", ":::details[More]\nhidden \\*words\\*\n:::"),
        (
            "<details><summary>A</summary><p>b</p><details><summary>C</summary><p>d</p></details></details>",
            "::::details[A]\nb\n\n:::details[C]\nd\n:::\n::::",
        ),
        ("<details>\n<summary>Begun and not ended here</summary>\n", "**Begun and not ended here**"),
        ("<details><p>a</p></details>", "a"),
    ],
    ids=["whole", "one in another", "begun", "without a summary"],
)
def test_collapsible_text_stays_collapsible(html: str, made: str) -> None:
    assert html_as_markdown(html) == made


@pytest.mark.parametrize(
    "text",
    ["a[^1] b", "[^*]: a note", "[RFC]: a reference", "# no heading", "- no item", "+ no item", "1. no item", "2) no item",
     "> no quotation", ": no definition", "---", "===", "a ~~b~~ c", "a `b` c", "C:\\*.txt \\[x\\]", "&amp;lt; stays", "| a | b |",
     "a *b* _c_ __d__"],
)  # fmt: skip
@pytest.mark.parametrize(
    "around", ["<div><p>{}</p></div>", "<div><p>one</p>\n<p>{}</p>\n<p>two</p></div>", "<div>one\n{}\ntwo</div>"]
)
def test_text_of_html_stays_text(text: str, around: str) -> None:
    made = html_as_markdown(around.format(text))
    shown, _, problems = parse_body(Source.of("a.md", made), 1)

    words = " ".join(html.fromstring(f"<div>{shown}</div>").text_content().split())
    assert words == " ".join(html.fromstring(around.format(text)).text_content().split())
    assert problems == []


@pytest.mark.parametrize("element", ["a href=/x/", "b", "em", "del"])
def test_space_inside_an_element_stays_between_the_words(element: str) -> None:
    made = html_as_markdown(f"<p>one<{element}>\n  two\n</{element.split()[0]}>three</p>")
    shown = parse_body(Source.of("a.md", made), 1)[0]

    assert html.fromstring(shown).text_content().split() == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("<details>\n<summary>A <b>b</b></summary>\n\nOne\n\n</details>\n", ":::details[A b]\n\nOne\n\n:::\n"),
        (
            "<details><summary>A</summary>\n\n<details><summary>B</summary>\n\nOne\n\n</details>\n\n</details>\n",
            "::::details[A]\n\n:::details[B]\n\nOne\n\n:::\n\n::::\n",
        ),
        ("<details open>\n\nOne\n\n</details>\n", ":::details[…]\n\nOne\n\n:::\n"),
    ],
    ids=["marks", "nested", "without a summary"],
)
def test_details_with_markdown_between_its_tags_become_a_block(text: str, now: str) -> None:
    assert unwrapped(text) == (now, [])


@pytest.mark.slow
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_details_in_details_take_no_longer_than_their_text(between: str) -> None:
    def nested(depth: int) -> tuple[str, str]:
        opened = "".join(f"<details><summary>s{number}</summary>{between}" for number in range(depth))
        return opened, f"{opened}x\n{between}" + f"</details>{between}" * depth

    opened, text = nested(500)
    now, _ = unwrapped(text)

    assert re.findall(r"s\d+|x", now) == [*(f"s{number}" for number in range(500)), "x"]
    assert len(now) < 4 * len(opened)
    assert calls(lambda: unwrapped(text)) < 2.2 * calls(lambda: unwrapped(nested(250)[1]))


def test_details_that_are_not_closed_keep_their_words() -> None:
    now, told = unwrapped("<details><summary>A</summary>\n\nOne\n")

    assert now.split() == ["**A**", "One"]
    assert told == [("the HTML '<details><summary>A</summary>' became Markdown", 1)]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ["https://example.org/a", "index.html", "/var/log"])
def test_text_that_looks_like_an_address_is_converted_without_a_warning(text: str) -> None:
    assert html_as_markdown(text) == text
