"""Markdown becomes HTML with the position of every link, and digests that only real changes affect."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html

from sitegen.content.markdown import parse_body
from sitegen.model.page import Body
from sitegen.problems.problem import CODES, Problem
from sitegen.source.text import Source


def read(text: str, first_line: int = 1) -> tuple[str, Body, list[Problem]]:
    """HTML with unresolved links and ids, the rest that is known of the text, and its problems."""
    return parse_body(Source.of("index.en.md", "\n" * (first_line - 1) + text), first_line)


def write(text: str) -> str:
    """The HTML of a text without links to resolve."""
    return re.sub("[\x01-\x03]", "", read(text)[0])


@pytest.mark.parametrize(
    "text",
    [">[!NOTE]\n>a", "   > [!note]\n   > a", ">\t[!NOTE]\n> a", "- > [!NOTE]\n  > a", "1. > [!NOTE]\n   > a", "> > [!NOTE]\n> > a",
     "a[^1]\n\n[^1]: > [!NOTE]\n    > a", "A\n: > [!NOTE]\n  > a", "> [!NOTE]\n> a"],
)  # fmt: skip
def test_a_call_out_may_stand_wherever_a_quotation_may(text: str) -> None:
    (note,) = html.fromstring(f"<main>{write(text)}</main>").xpath("//x-block")

    assert note.text_content().split() == ["a"]


def digests(text: str) -> list[str]:
    return [section.digest for section in read(text)[1].sections]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("```python x\na < b\n```", '<pre tabindex="0"><code class="language-python">a &lt; b\n</code></pre>'),
        ('```"x"\na\n```', '<pre tabindex="0"><code>a\n</code></pre>'),
        ("---", "<hr>"),
        ("Term\n: Meaning", "<dl>\n<dt>Term</dt>\n<dd>Meaning</dd>\n</dl>"),
        ("[x](https://a.org/?b&c \"T\")", '<p><a href="https://a.org/?b&amp;c" title="T">x</a></p>'),
        ("<ada@example.org>", '<p><a href="mailto:ada@example.org">ada@example.org</a></p>'),
        ("a<!-- note -->b", "<p>ab</p>"),
        ("", ""),
    ],
    ids=[
        "emphasis", "escapes", "hard break", "list", "numbered from 3", "quotation", "code", "code of no language", "rule", "definition",
        "link out", "e-mail", "comment", "nothing",
    ],
)  # fmt: skip
def test_markdown_becomes_html(text: str, written: str) -> None:
    assert write(text).rstrip("\n") == written


def test_multiline_comment_is_dropped_silently() -> None:
    html, _, problems = read("One.\n\n<!-- a note\nto ourselves\n\nof three lines -->\n\nTwo.")

    assert html == "<p>One.</p>\n<p>Two.</p>\n"
    assert problems == []


def test_table_keeps_headers_and_alignment() -> None:
    table = html.fromstring(write("| a | b |\n|---|--:|\n| 1 | 2 |"))

    assert [cell.text for cell in table.findall("thead/tr/th")] == ["a", "b"]
    assert [(cell.text, cell.get("class")) for cell in table.findall("tbody/tr/td")] == [
        ("1", None),
        ("2", "align-end"),
    ]


def test_footnotes_are_at_the_end_numbered_by_first_reference() -> None:
    page = html.fromstring("<main>" + write("One[^b] two[^a].\n\n[^a]: Second\n\n[^b]: First\n\nEnd.") + "</main>")

    notes = [" ".join(note.text_content().split()) for note in page.findall(".//ol/li")]
    references = [a.text for a in page.findall(".//sup/a")]
    assert references == ["1", "2"]
    assert [note.split(" ")[0] for note in notes] == ["First", "Second"]


def test_footnote_referenced_twice_has_unique_ids() -> None:
    page = html.fromstring("<main>" + write("One[^a] two[^a].\n\n[^a]: Note") + "</main>")

    ids = [str(element.get("id")) for element in page.iter() if element.get("id")]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ("first[^1].\n\n[^1]: one\n\n    > [^2]: two\n\nafter", 1),
        ("first[^1] also[^2].\n\n[^1]: one\n\n    - [^2]: two\n\n## after", 0),
        (
            "> first[^1][^2].\n>\n> [^1]: one\n>\n>     > [^2]: two\n>     >\n>     > > [^3]: three\n\n## after\n\nlast",
            3,
        ),
        ("first[^1]\n\n[^1]: one\n\n    > [^1]: two\n\nafter", 1),
    ],
)
def test_each_word_stands_once_though_a_footnote_is_defined_in_another(text: str, quotations: int) -> None:
    made = write(text)
    words = re.findall("[a-z]+", html.fromstring(f"<main>{made}</main>").text_content())

    assert sorted(words) == sorted(re.findall("[a-z]+", text))
    assert words[0] == "first"
    assert made.count("<blockquote>") == made.count("</blockquote>") == quotations


def test_unreferenced_footnote_has_no_back_link() -> None:
    page = html.fromstring("<main>" + write("Text.\n\n[^a]: Lonely") + "</main>")

    assert [a.get("href") for a in page.iter("a")] == []


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("## What it is\n## Who?", ["what-it-is", "who"]),
        ("## *What* `it` is", ["what-it-is"]),
        ("## What {#given}", ["given"]),
        ("What\n---", ["what"]),
        ("What\nit is\n---", ["what-it-is"]),
        ("## A\n## A\n## A", ["a", "a-2", "a-3"]),
        ("## A\n## B {#a}", ["a", "a-2"]),
        ("## Что это\n## 什么", ["что-это", "什么"]),
        ("## !\n## ?", ["section", "section-2"]),
        ("> ## Quoted\n\n- ## Listed\n\n## Own", ["own"]),
    ],
    ids=[
        "words", "markup", "given", "underlined", "underlined on two lines", "twice",
        "given and taken", "own script", "no letters", "inside others",
    ],
)  # fmt: skip
def test_heading_has_a_unique_id(text: str, anchors: list[str]) -> None:
    _, body, _ = read(text)

    assert [heading.anchor for heading in body.headings] == anchors


def test_heading_id_is_unique_even_if_its_number_is_taken() -> None:
    _, body, _ = read("## A\n## A 3\n## A\n## A 4\n## A")

    assert len({heading.anchor for heading in body.headings}) == 5


def test_heading_knows_its_text_and_line() -> None:
    _, body, _ = read("Text\n\n## What *it* is {#it}\n\n### More\n", first_line=7)

    assert [(heading.level, heading.title, heading.line) for heading in body.headings] == [
        (2, "What it is", 9),
        (3, "More", 11),
    ]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a\n\n# Title", "heading", "3:1"),
        ("## A\n\n#### B", "heading", "3:1"),
        ("a <b>c", "html", "1:3"),
        ("<div>\n\nx\n\n</div>", "html", "1:1"),
        ("<!-- a --> shown nowhere", "html", "1:12"),
        ("<!-- never closed\n\nx", "html", "1:1"),
        ("日本 [x](javascript:alert(1))", "url", "1:8"),
        ("![x](data:image/png;base64,AA)", "url", "1:6"),
        ("[x]\n\n[x]: vbscript:y", "url", "1:1"),
        ("a [x](https:/evil.org/)", "url", "1:7"),
        ("a [x](https:evil)", "url", "1:7"),
        ("![x](http://)", "url", "1:6"),
        ("a <mailto:>", "url", "1:3"),
        ("[x]\n\n[x]: https://a.org\\\\@b.org", "url", "1:1"),
    ],
    ids=[
        "level 1",
        "level skipped",
        "tag",
        "block",
        "beside a comment",
        "comment never closed",
        "script",
        "data",
        "by reference",
        "one slash",
        "no slash",
        "no host",
        "no mailbox",
        "two hosts",
    ],
)
def test_forbidden_content_is_reported_at_its_position(text: str, code: str, place: str) -> None:
    _, _, problems = read(text)

    assert (problems[0].code, problems[0].place) == (code, f"index.en.md:{place}")


def test_links_to_content_know_their_position() -> None:
    _, body, _ = read("日本 [a](/x/) and\n![b](p.jpg) [c](https://a.org) [d][e]\n\n[e]: ../y/#z\n", first_line=5)

    assert [(link.target, link.is_picture, link.mark.line, link.mark.column) for link in body.links] == [
        ("/x/", False, 5, 8),
        ("p.jpg", True, 6, 6),
        ("../y/#z", False, 6, 32),
    ]


def test_picture_has_its_alternative_text_as_plain_text() -> None:
    image = html.fromstring(write('![A *fine*\n[house](/x/) `& "co"`](p.jpg "Here")')).find(".//img")

    assert image is not None
    assert (image.get("src"), image.get("alt"), image.get("title")) == ("p.jpg", 'A fine house & "co"', "Here")


def test_picture_inside_alternative_text_becomes_text() -> None:
    page = html.fromstring("<main>" + write("![a ![b](b.png) c](a.png)") + "</main>")

    assert [(image.get("src"), image.get("alt"), len(image.attrib)) for image in page.iter("img")] == [
        ("a.png", "a b c", 2)
    ]


@pytest.mark.parametrize("text", ["&#1;/x/&#3;", "&#2;x&#3;", "[a](&#2;b&#3;)", "## &#2;a&#3;"])
def test_control_character_as_an_entity_is_not_taken_for_an_internal_mark(text: str) -> None:
    written, body, problems = read(text)

    opened = len(re.findall("[\x01\x02]", written))
    assert problems or opened == len(body.links) + len(body.headings)


ONE = """\
A first paragraph of "some" length that it's easy to wrap.

## Heading

- one
- two

More text here.
"""


@pytest.mark.parametrize(
    "text",
    [
        ONE.replace("paragraph of", "paragraph\nof"),
        ONE.replace('"some"', "“some”").replace("it's", "it’s"),
        ONE.replace("\n\n", "\n\n\n"),
        ONE.replace("- ", "* "),
        ONE.replace("## Heading", "Heading\n-------"),
        ONE.replace("## Heading", "## Heading {#other-id}"),
        ONE + "\n<!-- a note of the editor's -->\n",
    ],
    ids=["wrapped", "quotes", "blank lines", "bullets", "underlined heading", "heading's id", "comment"],
)
def test_digest_ignores_formatting(text: str) -> None:
    assert digests(text) == digests(ONE)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (ONE.replace("first", "last"), [True, False]),
        (ONE.replace("two", "three"), [False, True]),
        (ONE.replace("Heading", "Headings"), [False, True]),
        (ONE.replace("- one", "1. one").replace("- two", "2. two"), [False, True]),
        (ONE.replace("some", "*some*"), [True, False]),
    ],
    ids=["word", "item", "heading", "kind of list", "emphasis"],
)
def test_only_the_digest_of_the_changed_section_changes(text: str, changed: list[bool]) -> None:
    assert [one != other for one, other in zip(digests(text), digests(ONE), strict=True)] == changed


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n  b: 1", "\n    b: 1"), ("\n", "\n\n"), ("yaml", "toml"), ('"', "“"), ("  b", "\tb")],
    ids=["indentation", "blank line", "language", "quotes", "tab"],
)
def test_blanks_quotes_and_the_language_count_in_code(old: str, new: str) -> None:
    code = '```yaml\na:\n  b: 1\n  c: "2"\n```\n'

    assert digests(f"{ONE}\n{code}")[1] != digests(f"{ONE}\n{code.replace(old, new)}")[1]
    assert digests(f"{ONE}\n{code}") == digests(f"{ONE}\n\n{code}".replace("first paragraph", "first\nparagraph"))


def test_section_begins_at_each_heading_and_footnotes_come_last() -> None:
    _, body, _ = read(ONE + "\nNote[^a].\n\n[^a]: Text\n")

    assert [section.heading for section in body.sections] == [-1, 0, 1]


MARKDOWNISH = st.lists(
    st.sampled_from(
        [*"ab01 #*_`~[]()!<>|:-+.\"'\\&;{}=^$\n\té中", "\n\n", "\n- ", "\n> ", "\n## ", "](", "![", "[^a]", "\n[^a]: ",
         "\n    ", "```\n", "|\n|---|\n", "\n: ", "{#a}", "/x/", "https://a", "&#2;", "&#1;", "&amp;", "<b>", "<!--", "-->", "\n---\n"]
    ),
    max_size=60,
).map("".join)  # fmt: skip
CLEAN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100)


@given(MARKDOWNISH | CLEAN)
@example("| a |\n|---|\n| [^a] |\n\n[^a]: > ## x\n")
@example("[^a]: x\n\n    [^b]: y\n\n[^a][^b]")
@example("## ![a\nb](c) {#}\n{#x}\n===")
@example("![a ![b](c)](d)")
def test_any_markdown_is_parsed_with_problems_at_existing_lines(text: str) -> None:
    _, body, problems = read(text)

    lines = text.count("\n") + 1
    assert all(problem.code in CODES and 1 <= (problem.line or 1) <= lines for problem in problems)
    assert all(1 <= link.mark.line <= lines and link.mark.column >= 1 for link in body.links)
    assert len({heading.anchor for heading in body.headings}) == len(body.headings)


@given(MARKDOWNISH)
@example("![a ![b](c)](d)")
def test_any_markdown_becomes_valid_html(text: str) -> None:
    """As XML with void elements closed, which is stricter than any browser."""
    written = re.sub(r"<(img|br|hr)((?:[^>\"]|\"[^\"]*\")*)>", r"<\1\2/>", write(text))
    written = re.sub(r"&(?!amp;|lt;|gt;|quot;|#x27;)", "&amp;", written)

    root = etree.fromstring(f"<main>{written}</main>".encode())

    assert [element.tag for element in root.iter() if element.tag in ("script", "b", "style")] == []


@pytest.mark.parametrize(
    ("source", "title", "anchor"),
    [
        ("## Sets like {verb} {object}", "Sets like {verb} {object}", "sets-like-verb-object"),
        ("## The {name}", "The {name}", "the-name"),
        ("## The {first name} ##", "The {first name}", "the-first-name"),
        ("## The {name} {#own}", "The {name}", "own"),
        ("## The name {.wide #own}", "The name", "own"),
        ("## Use {{ x }}", "Use {{ x }}", "use-x"),
    ],
)
def test_words_in_braces_at_the_end_of_a_heading_are_shown(source: str, title: str, anchor: str) -> None:
    text, body, _ = parse_body(Source.of("x.md", source), 1)

    assert [(heading.title, heading.anchor) for heading in body.headings] == [(title, anchor)]
    assert f">{title}</h2>" in text
