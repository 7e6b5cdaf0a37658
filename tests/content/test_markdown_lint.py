"""Failed Markdown: what was probably meant is reported; valid, escaped and code text is not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.content.markdown_lint import find_unmarked, text_alone
from sitegen.source.text import Source


def find(text: str) -> list[tuple[str, str]]:
    """(line:column, what is marked) of every slip."""
    lines = text.split("\n")
    problems = find_unmarked(Source.of("index.en.md", text), 1)
    return [(f"{p.line}:{p.column}", lines[(p.line or 0) - 1][(p.column or 0) - 1 :][: p.width]) for p in problems]


@pytest.mark.parametrize(
    ("text", "place", "marked"),
    [
        ("##Heading", "1:1", "##"),
        ("- a\n- ###Heading", "2:3", "###"),
        ("#Heading", "1:1", "#"),
        ("Words\n\n＃＃ 标题", "3:1", "＃＃"),
        ("• one\n\n• two", "1:1", "• "),
        ("-one\n-two", "1:1", "-"),
        ("1.Центр", "1:1", "1."),
        ("2)中心", "1:1", "2)"),
        ("a **жирный текст", "1:3", "**"),
        ("a ** bold ** b **c **", "1:16", "**"),
        ("**中心（西安）**是", "1:1", "**"),
        ("a __bold", "1:3", "__"),
        ("日本 [x] (/plan/)", "1:6", "] ("),
        ("[字]（/plan/）", "1:3", "]（"),
        ("[x](/plan/", "1:3", "]("),
        ("[x](/a plan/)", "1:3", "]("),
        ("x](/plan/)", "1:2", "]("),
        ("(x)[/plan/]", "1:4", "["),
        ("words[^1]", "1:6", "[^1]"),
        ("[[Plan]]", "1:1", "[["),
        ("See https://example.org/a_b?c=1. So", "1:5", "https://example.org/a_b?c=1"),
        ("见https://example.org/。", "1:2", "https://example.org/"),
        ("Words:\n| a | b |\n| c | d |", "2:1", "|"),
    ],
    ids=[
        "heading", "heading in a list", "single sign", "full-width signs", "bullet", "hyphen", "number", "number with a bracket",
        "bold not closed", "bold with a space", "bold beside Han", "underscores", "space within a link", "full-width brackets",
        "link not closed", "address with a space", "link not opened", "brackets turned around", "note",
        "brackets of a wiki", "address", "address among Han", "table",
    ],
)  # fmt: skip
def test_text_meant_as_markdown_is_reported_at_its_position(text: str, place: str, marked: str) -> None:
    assert find(text)[0] == (place, marked)


@pytest.mark.parametrize(
    ("text", "place", "marked", "hint"),
    [
        ('!!! note "Title"\n    text', "1:1", "!!! note", ":::note[Title]"),
        ("??? tip\n    text", "1:1", "??? tip", ":::note[Title]"),
        ("a\n\n/// note | Title\ntext\n///", "3:1", "/// note", ":::note[Title]"),
        ("> [!INFO]\n> text", "1:3", "[!INFO]", "[!NOTE]"),
        ('=== "Linux"\n\n    text', "1:1", '=== "', "::::tabs"),
        ('a {{< youtube id="x" >}}', "1:3", '{{< youtube id="x" >}}', "::video[Title]{src=…}"),
        ("{{% notice %}}\ntext", "1:1", "{{% notice %}}", ":::note[Title]"),
        ("a ==words== b", "1:3", "==", "write **words**"),
        ("[[_TOC_]]", "1:1", "[[_TOC_]]", "delete it"),
        ("[TOC]\n\ntext", "1:1", "[TOC]", "delete it"),
        ("so $x^2$ is", "1:4", "$x^2$", "markdown: {math: true}"),
        ("so \\(x\\) is", "1:4", "\\(x\\)", "markdown: {math: true}"),
        ("Words.\n:tada: Done", "2:1", ":tada:", "the emoji itself"),
        ("A lead {.lead}", "1:8", "{.lead}", "delete them"),
        ("{* ../a.py *}", "1:1", "{* ../a.py *}", "write the text itself"),
    ],
)  # fmt: skip
def test_syntax_of_another_dialect_is_reported_with_the_syntax_to_use(
    text: str, place: str, marked: str, hint: str
) -> None:
    problems = list(find_unmarked(Source.of("index.en.md", text), 1))

    assert find(text)[0] == (place, marked)
    assert hint in problems[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "`!!! note` and `{{< x >}}` and `$x^2$`", "```\n!!! note\n{{< x >}}\n```", "a == b and c==d", "it costs $5, then $6_000",
        "12:30:45 and :ref:`x` and a:b:c", "## Heading {#id}", "> [!NOTE]\n> text", "- [ ] task\n- [x] done", ":::note\ntext\n:::",
        "| a |\n|:-:|\n| b |", "wow!!! really", "and/or // not ///", "{not} an {attribute}", "\\==a\\==",
    ],
)  # fmt: skip
def test_text_that_only_resembles_another_dialect_is_not_reported(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "## Heading\n\n#5 is a number, and #SCO a tag",
        "`**x` and `[x] (/plan/)`",
        "```\n##x\n• y\n```",
        "    ##x",
        "\\*\\*x and [x\\](/y/)",
        "\\##x",
        "**a** __b__ ***c*** **中心**是",
        "2 ** 3 and snake__case",
        "- one\n- two\n\n1. one\n2) two\n\n-5 degrees\n1.5 million",
        "3.x is old\n\n阿卜杜勒\n·拉赫曼",
        "[x](/plan/) ![y](a.png \"z\") [a][b] [c] (see below) <https://example.org/>\n\n[b]: /a/",
        "words[^1]\n\n[^1]: Note",
        "[1] and ] and )",
        "<https://example.org/> [https://example.org/](https://example.org/) `https://example.org/`",
        "| a | b |\n|---|---|\n| c | d |\n\n|x| is the size",
        "Type \\[words\\](doc.pdf), !\\[words\\](our plan.svg), a \\](data.csv).",
        "the word \\[sic] (/about/)\n\n- [ ] (/about/)\n\na[^1] (/about/)\n\n[^1]: Note",
        "•\n\n## A\n\n·\n\n```\nx\n```\n\n• • •\n\n·\t·",
    ],
    ids=[
        "headings", "code", "fence", "indented code", "escaped", "escaped heading", "bold", "powers", "lists", "versions and names",
        "links", "note", "brackets", "addresses", "table", "escaped brackets", "brackets before an address", "dividers",
    ],
)  # fmt: skip
def test_valid_markdown_and_plain_text_are_not_reported(text: str) -> None:
    assert find(text) == []


def test_a_slip_is_reported_once_per_line() -> None:
    assert find("**a **b **c\n**d") == [("1:1", "**"), ("2:1", "**")]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("##A", "## A"),
        ("• a", "- a"),
        ("•a", "- a"),
        ("[x] (/a/)", "[x](/a/)"),
        ("http://a.org", "<http://a.org>"),
    ],
)
def test_certain_slips_are_fixed(text: str, now: str) -> None:
    (problem,) = find_unmarked(Source.of("index.en.md", text), 1)

    assert problem.fix is not None
    start = (problem.column or 0) - 1
    assert text[:start] + problem.fix + text[start + problem.width :] == now


@pytest.mark.parametrize(
    ("text", "fixes"),
    [
        ("1.А\n2.Б", ["1. ", "2. "]),
        ("1.Мая\n5.Июня", [None, None]),
        ("Mon • Tue\n• Wed", [None]),
        ("Mon • Tue\n• Wed\n• Thu", [None, None]),
        ("• Mon\n• Tue", ["- ", "- "]),
        ("**a\n##b** c", [None]),
        ("Text\n\n##B", ["## "]),
        ("٣．٥ and\n５．１", []),
    ],
)
def test_slip_is_fixed_only_where_it_begins_something(text: str, fixes: list[str | None]) -> None:
    found = [
        problem.fix for problem in find_unmarked(Source.of("index.en.md", text), 1) if "bold" not in problem.message
    ]

    assert found == fixes


@pytest.mark.parametrize("text", ["5．1 million\n1．5 million", "1、2、3\n4、5、6", "（1）a\n（4）b", "1、a\n5、b"])
def test_numbers_that_markdown_would_change_stay(text: str) -> None:
    assert [problem.fix for problem in find_unmarked(Source.of("index.en.md", text), 1) if problem.fix] == []


@given(st.text(alphabet="#*_[]()^•-1. \n`ab中（/!<>\\|~:", max_size=60))
@example(":::•")  # a mark of more bytes than letters
def test_plain_text_keeps_its_offsets(text: str) -> None:
    alone = text_alone(text)

    assert len(alone) == len(text)
    assert all(own in ("\0", there) for own, there in zip(alone, text, strict=True))
    assert alone.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "width", "fixed"),
    [
        ("详情请访问https://example.com/docs了解更多。", 24, None),
        ("https://ru.wikipedia.org/wiki/Россия", 30, None),
        ("https://пример.рф/", 8, None),
        ("https://en.wikipedia.org/wiki/Foo_(bar)", 34, None),
        ("「https://example.com/c」以及", 21, "「<https://example.com/c>」以及"),
        ("https://example.com/a۔ دیکھیں", 21, "<https://example.com/a>۔ دیکھیں"),
        ("https://example.com/a। देखें", 21, "<https://example.com/a>। देखें"),
        ("http://example.com/a，然后", 20, "<http://example.com/a>，然后"),
        ("Go to https://a.org/x?b=c&d=%20#e.", 27, "Go to <https://a.org/x?b=c&d=%20#e>."),
        ("“https://a.org/x”", 15, "“<https://a.org/x>”"),
        ("See https://a.org/?b=1&amp;c=2.", 26, None),
        ("[see https://a.org/x now](/b/)", 15, None),
        ("[the page\nhttps://a.org/x\nnow](/b/)", 15, None),
        ("[news](/news/) https://a.org/x", 15, "[news](/news/) <https://a.org/x>"),
        ("https://a.org/x*b*c", 15, None),
        ("https://a.org/x\u200cb", 15, None),
    ],
)
def test_address_is_only_fixed_if_its_end_is_certain(text: str, width: int, fixed: str | None) -> None:
    (problem,) = find_unmarked(Source.of("x.md", text), 1)

    assert (problem.message, problem.width) == ("a bare address does not make a link", width)
    start = text.rfind("\n", 0, text.index("http")) + (problem.column or 0)
    now = text[:start] + problem.fix + text[start + width :] if problem.fix is not None else None
    assert now == fixed


@pytest.mark.parametrize(
    "text",
    [
        "[#general](https://example.org/c) is our channel.",
        "- **#help**: for questions",
        "`#news`-like channels",
        "## `basic`-level words",
        "*#one* of them",
        "See <https://a.example/#https://b.example/c>.",
        "`1.`Alpha",
        "![a](b.png)-like",
    ],
)
def test_characters_after_markup_do_not_count_as_line_starts(text: str) -> None:
    assert list(find_unmarked(Source.of("x.md", text), 1)) == []


@pytest.mark.parametrize("before", ["", "> ", "- ", "1. ", "> - ", "* [ ] ", "  "])
def test_hash_at_the_start_of_any_text_line_is_reported(before: str) -> None:
    (problem,) = find_unmarked(Source.of("x.md", f"{before}#Heading\n"), 1)

    assert (problem.message, problem.column) == ("'#' does not make a heading", len(before) + 1)


def test_file_name_with_a_space_is_reported_with_how_to_write_it() -> None:
    (problem,) = find_unmarked(Source.of("x.md", "![Hall](IMG 2034.JPG)"), 1)

    assert problem.message == "a link ends at a space, so the file 'IMG 2034.JPG' is not linked"
    assert (problem.hint, problem.fix) == ("rename the file, or write <IMG 2034.JPG>", "<IMG 2034.JPG>")
