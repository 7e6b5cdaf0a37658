"""Blocks are recognized where Markdown allows them, and mistakes in one are reported at their line and column."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.content.blocks import OPTIONS, label_text, parse_around, written_label, written_value
from sitegen.content.markdown import parse_body
from sitegen.content.open_blocks import missing_attributes
from sitegen.model.blocks import shipped_blocks
from sitegen.model.page import Block, Body
from sitegen.problems.problem import Problem
from sitegen.source.text import Source, without_control_characters


def read(text: str) -> tuple[str, Body, list[Problem]]:
    return parse_body(Source.of("index.en.md", text), 1)


def shape(text: str) -> str:
    """Its HTML with only the names of blocks, and problems as an error."""
    html, _, problems = read(text)
    assert problems == []
    html = re.sub(r"<x-word.*?</x-word>", "", html, flags=re.DOTALL)
    return re.sub(r'<x-block data-n="\d+" data-is="([\w-]+)">', r"<\1>", html).replace("\n", "")


def named(text: str) -> list[str]:
    return [block.name for block in read(text)[1].blocks]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (":::note\na\n:::", "<note><p>a</p></x-block>"),
        ("a\n:::note\nb\n:::\nc", "<p>a</p><note><p>b</p></x-block><p>c</p>"),
        ("::::note\n:::tip\na\n:::\n::::", "<note><tip><p>a</p></x-block></x-block>"),
        ("- a\n\n  :::tip\n  b\n  :::\n- c", "<ul><li><p>a</p><tip><p>b</p></x-block></li><li><p>c</p></li></ul>"),
        ("> :::tip\n> a\n> :::", "<blockquote><tip><p>a</p></x-block></blockquote>"),
        (":::tip\n- a\n:::\nb", "<tip><ul><li>a</li></ul></x-block><p>b</p>"),
        (":::tip\n> a\n:::\nb", "<tip><blockquote><p>a</p></blockquote></x-block><p>b</p>"),
        ('a :abbr[*b*]{title="x"} c', "<p>a <abbr><em>b</em></x-block> c</p>"),
        ('**:abbr[b]{title="x"}**', "<p><strong><abbr>b</x-block></strong></p>"),
        ('| a |\n|---|\n| :abbr[b]{title="x|y"} |', "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><abbr>b</x-block></td></tr></tbody></table>"),
        ('中:abbr[上合]{title="x"}文', "<p>中<abbr>上合</x-block>文</p>"),
    ],
    ids=[
        "container", "ends a paragraph", "nested", "in a list", "in a quotation", "around a list", "around a quotation",
        "inline", "within bold words", "in a table", "between Han",
    ],
)  # fmt: skip
def test_block_is_recognized_where_markdown_allows_it(text: str, written: str) -> None:
    assert shape(text) == written


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("```\n:::note\n:tada: x\n```", ":::note\n:tada: x"),
        ("    :::note\n", ":::note"),
        ("a `:abbr[b]{title=c}` d", ":abbr[b]{title=c}"),
        ("a \\:abbr[b]{title=c}", ":abbr[b]{title=c}"),
        ("[a](/x/:abbr[b])", "/x/:abbr[b]"),
        ("https://a.org:80/ std::vector 12:30 a::b", "https://a.org:80/ std::vector 12:30 a::b"),
        ("Words.\n:tada: Done", "Words.\n:tada: Done"),
        ("Words.\n:-) smile", "Words.\n:-) smile"),
        ("Words.\n::before it all", "Words.\n::before it all"),
        ("see :foo: and :bar", "see :foo: and :bar"),
        ("![:abbr[b]{title=c}](a.png)", ":abbr[b]{title=c}"),
    ],
    ids=[
        "fence", "indented", "code span", "escaped", "address", "colons among words", "emoji", "smile", "words after colons", "roles", "description of a picture",
    ],
)  # fmt: skip
def test_text_that_only_resembles_a_mark_stays_unchanged(text: str, kept: str) -> None:
    html, body, problems = read(text)

    assert kept in html
    assert "<dl>" not in html
    assert body.blocks == ()
    assert problems == []


def test_definition_begins_with_a_colon_and_a_space() -> None:
    assert "<dd>Meaning</dd>" in read("Term\n: Meaning")[0]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        (":::nota\na\n:::", (1, 1, 7), "there is no block 'nota': did you mean 'note'?"),
        ("a\n\n:::note\nb", (3, 1, 7), "':::note' is never closed: put a line ::: below its text"),
        ("a\n\n:::\nb", (3, 1, 3), "':::' does not close a block"),
        ("::::note\na\n:::\n::::", (3, 1, 3), "':::' does not close '::::note' of line 1: write ::::"),
        (":::note\n:::tip\na\n:::\n:::", (2, 1, 6), "':::tip' has as many colons as 'note' around it: begin and end 'note' of line 1 with ::::"),
        ("::::note\n:::tip\na\n::::", (2, 1, 6), "':::tip' is never closed"),
        ("- :::tip\n  a\n\nb", (1, 3, 6), "':::tip' is never closed"),
        ("::: note\na\n:::", (1, 1, 4), "a space between the colons and the name"),
        (":::note Title\na\n:::", (1, 8, 6), "only [ ] and { } may follow the name: write :::note[Title]"),
        (":::note[Title\na\n:::", (1, 8, 6), "[ is not closed"),
        ('::video[A]{src=a.mp4 title="b}', (1, 22, 9), "the attributes in { } can't be read"),
        ("::video[A]{src=a.mp4 lenght=3}", (1, 22, 6), "'lenght' is not a field of the block 'video'"),
        ("::video[A]", (1, 1, 10), "'src' is missing; the block 'video' must have it: write {src=…}"),
        ("::::timeline\n:::entry[A]{date=2026-12-01 until=2026-01-01}\na\n:::\n::::", (2, 35, 10), "until: 2026-01-01 is before the date 2026-12-01: 'entry' has its last day in `until`"),
        ('::video[A]{src=" "}', (1, 1, 19), "'src' is missing; the block 'video' must have it: write {src=…}"),
        ("::video[\u200b]{src=a.mp4}", (1, 1, 21), "'title' is missing; the block 'video' must have it: write ::video[…]"),
        ("::video{src=a.mp4}", (1, 1, 18), "'title' is missing; the block 'video' must have it: write ::video[…]"),
        ("::video[A]{src=a.mp4 title=B}", (1, 22, 7), "'title' of 'video' appears twice"),
        ("::details[A]", (1, 1, 9), "'::details' is written with three colons or more: write :::details"),
        (":::tab[A]\na\n:::", (1, 1, 9), "'tab' can't be used on its own here: put it between ::::tabs and its end"),
        (":::::tabs\n::::note\na\n::::\n:::::", (2, 1, 8), "'note' can't be used in 'tabs': only :::tab can be used there"),
        ("::button[A]{to=apply}", (1, 16, 5), "'apply' is not a page, a file or an address"),
        ("::contact[A]{phone=12345}", (1, 20, 5), "'12345' is not a telephone number"),
        (":::details[A]{open=maybe}\na\n:::", (1, 20, 5), "'maybe' is neither true nor false"),
        ('a :abbr[b and c', (1, 3, 6), "'[' after ':abbr' is not closed"),
        ("::pages{kind=news", (1, 8, 10), "{ is not closed"),
    ],
)  # fmt: skip
def test_mistake_is_reported_where_it_is_made(text: str, place: tuple[int, int, int], told: str) -> None:
    source = Source.of("index.en.md", text)
    _, body, problems = parse_body(source, 1)
    problems += missing_attributes(source, body.blocks, shipped_blocks(), is_source=True)

    found = {(p.line, p.column, p.width): f"{p.message}: {p.hint}" for p in problems}
    message, _, hint = told.partition(": ")
    assert place in found
    assert message in found[place]
    assert hint in found[place]


def test_one_mistake_is_reported_once() -> None:
    for text in (":::nota\na\n:::", "::::note\n:::tip\na\n:::\n:::", "::: note\na\n:::", ":::note Title\na\n:::"):
        assert len(read(text)[2]) == 1


@pytest.mark.parametrize("word", ["Null", "null", "~", "true", "No", "1e3", "2026-01-01"])
def test_words_of_an_attribute_are_a_text_whatever_yaml_would_take_them_for(word: str) -> None:
    html, body, problems = read(f'::figure{{src=a.png alt="{word}" credit="{word}"}}')

    assert problems == []
    assert [span.name for span in body.blocks[0].spans] == ["src", "alt", "credit"]
    assert html.count(f">{word}\n</x-word>") == 2


def test_attributes_know_their_positions() -> None:
    block: Block = read('> ::video[The «opening»]{src=film.mp4 poster="a.png"}')[1].blocks[0]

    spans = {span.name: (span.side, span.mark.column, span.mark.width) for span in block.spans}
    assert spans == {"title": ("words", 11, 13), "src": ("facts", 30, 8), "poster": ("facts", 46, 7)}


def test_pages_named_by_facts_are_among_the_links() -> None:
    links = read('::button[A]{to="/apply/#how"}\n\n::contact[B]{page=/people/b/}\n\n::figure{src=a.png alt=c}')[1].links

    assert [(link.target, link.mark.column, link.is_picture) for link in links] == [
        ("/apply/#how", 17, False),
        ("/people/b/", 19, False),
        ("a.png", 14, True),
    ]


def test_digest_of_a_section_ignores_facts_and_depends_on_words() -> None:
    def digest(text: str) -> list[str]:
        return [section.digest for section in read(text)[1].sections]

    one = digest("## A\n::button[Apply]{to=/a/}")

    assert digest("## A\n::button[Apply]{to=/b/}") == one
    assert digest("## A\n::button[Apply now]{to=/a/}") != one
    assert digest(":::note\nx\n:::\n## A\n::button[Apply]{to=/a/}")[1] == one[0]


def test_page_without_blocks_is_parsed_as_plain_markdown() -> None:
    assert parse_around("a: b\n\n- c: d", OPTIONS).marks == {}


INLINE = st.sampled_from(
    ["a", "б", "中", "مرحبا", "*b*", "`c`", ':abbr[d]{title="e"}', "[f](/g/)", "1", "\\:h", ":", "[", "]{", "`"]
)
BLOCK = st.recursive(
    st.lists(INLINE, min_size=1, max_size=4).map(lambda parts: [" ".join(parts)])
    | st.sampled_from(
        [
            ["```", ":::note", "```"],
            ["    :::tip"],
            ["| a | b |", "|---|---|", "| :abbr[x]{title=y} | 2 |"],
            ["## H"],
            ["---"],
            [":tada: x"],
        ]
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from(["note", "quote", "item", "plain"]).map(lambda how: _around(how, parts))
    ),
    max_leaves=8,
)


def _around(how: str, parts: list[list[str]]) -> list[str]:
    lines = [line for part in parts for line in (*part, "")]
    if how == "note":
        colons = max((len(line.lstrip("> -")) - len(line.lstrip("> -").lstrip(":")) for line in lines), default=0)
        fence = ":" * max(3, colons + 1)
        return [f"{fence}note[T]", *lines, fence]
    if how == "quote":
        return [f"> {line}" for line in lines]
    if how == "item":
        return [("- " if not number else "  ") + line for number, line in enumerate(lines)]
    return lines


@pytest.mark.slow
@given(BLOCK)
@settings(max_examples=150)
def test_html_of_any_nesting_is_balanced_and_every_block_is_closed(lines: list[str]) -> None:
    html, body, _ = read("\n".join(lines))

    stack: list[str] = []
    for tag in re.finditer(r"<(/?)([a-z][a-z0-9-]*)[^>]*>", html):
        if tag[2] in ("br", "hr", "img"):
            continue
        if tag[1]:
            assert stack.pop() == tag[2]
        else:
            stack.append(tag[2])
    assert stack == []
    assert html.count("<x-block") == len(body.blocks)
    assert not re.search("[\x04-\x08]", html)


@pytest.mark.slow
@given(st.text(alphabet=":[]{}=\"'`ab \n>-\\", max_size=80))
@settings(max_examples=300)
def test_any_characters_are_parsed_without_an_error(text: str) -> None:
    html, _, _ = read(text)

    assert html.count("<x-block") == html.count("</x-block>")
    assert not re.search("[\x04-\x08]", html)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_label_and_value_hold_any_text(text: str) -> None:
    text = re.sub(" +", " ", without_control_characters(text)).strip()
    if not text:
        return
    html, _, problems = read(
        f"::button[{written_label(text)}]{{to={written_value('/a/')}}}\n\n:abbr[x]{{title={written_value(text)}}}"
    )

    words = re.findall(r"<x-word data-k=\"\w+\">(.*?)\n</x-word>", html, re.DOTALL)
    assert [unescape(word) for word in words] == [text, text]
    assert label_text(written_label(text)) == text
    assert problems == []


def test_only_an_entity_with_a_semicolon_is_one_in_a_value() -> None:
    """Of `?a=1&copy=2` readers got an address with a ©, though a link in the text kept it."""
    html, _, problems = read(
        ':abbr[x]{title="?a=1&copy=2&lt;&#x41;&reg &nosuch;&notit;&semi;"} :abbr[y]{title=?a=1&copy=2}'
    )

    words = re.findall(r"<x-word data-k=\"title\">(.*?)\n</x-word>", html, re.DOTALL)
    assert words == ["?a=1&amp;copy=2&lt;A&amp;reg &amp;nosuch;&amp;notit;;", "?a=1&amp;copy=2"]
    assert problems == []
    assert written_value("?a=1&copy=2") == '"?a=1&copy=2"'
    assert written_value("&copy;") == '"&amp;copy;"'
