"""Texts read without events: the same HTML, headings, links and places as by events."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content import markdown
from sitegen.content.blocks import OPTIONS
from sitegen.content.markdown import parse_body
from sitegen.content.markdown_lint import find_unmarked
from sitegen.content.plain_markdown import parse_plain
from sitegen.content.section_digests import digest, digest_below, make_sections
from sitegen.content.section_shape import Shape
from sitegen.model.page import Body, Section
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import Source

#: What texts are made of, each piece with what may be taken for something else after another.
PIECES = st.sampled_from(
    r"""a¦word ¦слово¦中文¦，¦# ¦## ¦### ¦- ¦* ¦+ ¦1. ¦3) ¦> ¦[a](b)¦[a](/x/#y)¦](x)¦(c)¦[¦]¦**¦*¦_¦__¦~¦~~¦`¦```¦\¦  ¦---¦===¦:¦::
    ¦www.a.b ¦https://x.y/z ¦&¦&amp;¦&#1;¦&lt;¦>¦"¦'¦!¦[x](https://a.b/c_d)¦[Ж *b*](mailto:a@b.c)¦[j](javascript:x)¦$¦{¦}¦#¦-
    ¦[ ] ¦[^1]¦`c`¦<b>¦<!-- c -->¦!(¦![p](q.png)¦^¦[e]()¦[t](u "v")¦{#id}¦|¦
    ¦
¦

¦
## ¦
- ¦
1. ¦
> ¦
===
¦
---
¦
| a | b |
|---|:-:|
| c | d |
¦
:::note[T]
¦
:::
¦
::video[x]{src=y}
¦
::::tabs
¦\
""".split("¦")  # noqa: SIM905
    + list("\t\u3000\u00a0\u200b")  # noqa: RUF005, RUF100
)
TEXTS = st.lists(PIECES, max_size=20).map("".join)


def _by_events(text: str) -> tuple[str, Body, list[Problem]]:
    with mock.patch.object(markdown, "parse_plain", return_value=None):
        return _read(text)


def _read(text: str) -> tuple[str, Body, list[Problem]]:
    html, body, problems = parse_body(Source.of("index.en.md", text), 1)
    return html, body, sorted(problems, key=repr)


@given(TEXTS)
def test_a_text_reads_the_same_without_events(text: str) -> None:
    assert _read(text) == _by_events(text)


@given(TEXTS)
def test_the_html_of_a_text_tells_no_other_slips(text: str) -> None:
    source = Source.of("index.en.md", text)
    assert list(find_unmarked(source, 1, None, parse_body(source, 1)[0])) == list(find_unmarked(source, 1))


def test_a_table_without_its_second_line_is_reported_anywhere() -> None:
    text = "First.\n\n| a | b |\n| c | d |\n\nLast.\n"
    source = Source.of("index.en.md", text)
    found = find_unmarked(source, 1, None, parse_body(source, 1)[0])
    assert [(problem.line, problem.message) for problem in found] == [
        (3, "this table is not complete"),
        (4, "this table is not complete"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "One **two** [three](/a/) *four*.\n\n## Five [six](https://b.example/c#d)\n\n- seven\n- eight\n\n1. nine\n\n> ten\n",
        "| a | b |\n|:-:|--:|\n| c | d |\n",
        "Слово  \nслово\n\n### Глава\n\nтекст & <текст>".replace("<", "&lt;"),
        "中文。\n\n## 标题\n\n[链接](/a/)\n",
        ":::note[Title]\nWords.\n\n## Inside\n:::\n\n## Outside\n",
    ],
)
def test_usual_texts_are_read_without_events(text: str) -> None:
    with mock.patch.object(markdown, "parse_around", side_effect=AssertionError("read by events")):
        plain = _read(text)
    assert plain == _by_events(text)


@pytest.mark.parametrize(
    "text",
    "<b>x</b>¦a\n\n    b¦```\n# a\n```¦![a](b.png)¦# a {#b}¦[a]: /b/¦a\n: b¦&#1;¦> [!NOTE]\n> a".split("¦"),  # noqa: SIM905
)
def test_other_texts_are_left_to_events(text: str) -> None:
    assert parse_plain(text, 1, (), OPTIONS, is_unspaced=False) is None


def test_links_and_headings_have_their_places() -> None:
    body = parse_body(Source.of("index.en.md", "\n".join(["---", "---", "Ж [a](/b/)", "", "## C"])), 3)[1]
    (link,) = body.links
    assert (link.target, link.mark) == ("/b/", Mark(3, 7, 3))
    assert [(heading.title, heading.line) for heading in body.headings] == [("C", 5)]


HTML = st.lists(
    st.sampled_from(
        """<p>¦</p>
¦ ¦  ¦
¦word ¦слова и ¦中文，¦۱¦９¦५¦5 ¦<h2 id="\x02a1-b\x03">¦</h2>
¦<a href="\x01/x/\x03">¦<a href="https://a.example/1">¦</a>¦“¦«¦<pre tabindex="0"><code class="language-x">¦&amp;¦&lt;¦<li>
¦<x-block data-n="3" data-is="note">¦one two three four five ¦<img src="a.png" alt="x 3">¦\t¦\u3000¦\u00a0¦\u1680""".split(  # noqa: SIM905
            "¦"
        )
    ),
    max_size=12,
).map("".join)


@given(st.lists(HTML, min_size=1, max_size=3))
def test_sections_made_together_are_as_each_alone(texts: list[str]) -> None:
    alone = [
        Section(n, digest(t), Shape(t).digest, Shape(t).sentences, digest_below(t) if n >= 0 else "")
        for n, t in enumerate(texts, -1)
        if t
    ]
    assert list(make_sections(texts)) == alone
