"""A line break inside Chinese or Japanese is no space when shown, searched or compared; elsewhere it is one."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

from sitegen.content.markdown import parse_body
from sitegen.model.page import Key
from sitegen.source.text import Source
from sitegen.source.yaml import parse


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("西安交通大\n学。", "<p>西安交通大学。</p>\n"),
        ("他*说*\n你好", "<p>他<em>说</em>你好</p>\n"),
        ("你好，\nEnglish text\n中文", "<p>你好，English text\n中文</p>\n"),
        ("他说：\n“你好”\n他", "<p>他说：“你好”他</p>\n"),
        ("日本\nごみ", "<p>日本ごみ</p>\n"),
        ("- 一\n  二", "<ul>\n<li>一二</li>\n</ul>\n"),
        ("中  \n文", "<p>中<br>\n文</p>\n"),
        ("한국어\n한국어", "<p>한국어\n한국어</p>\n"),
        ("one\ntwo", "<p>one\ntwo</p>\n"),
        ("中 文", "<p>中 文</p>\n"),
        ("```\n中\n文\n```", '<pre tabindex="0"><code>中\n文\n</code></pre>\n'),
        ("中\n\n文", "<p>中</p>\n<p>文</p>\n"),
    ],
)
def test_line_break_in_a_text_is_read_as_markdown_does(written: str, shown: str) -> None:
    html, _, problems = parse_body(Source.of("a.md", written), 1)

    assert html == shown
    assert problems == []


def test_wrapped_texts_of_links_and_pictures_are_joined() -> None:
    html, body, _ = parse_body(Source.of("a.md", "## 标\n\n[链\n接](/a/)\n字 ![图\n片](a.png)\n"), 1)

    assert ">链接</a>字 <img" in html
    assert 'alt="图片"' in html
    assert [heading.title for heading in body.headings] == ["标"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a: 中心由中国\n  大学管理\n", "中心由中国大学管理"),
        ("a: >\n  中心，\n  English here\n  文\n", "中心，English here 文\n"),
        ("a: |\n  中\n  文\n", "中\n文\n"),
        ('a: "张 三\n  来了"\n', "张 三来了"),
        ("a: 中 文\n", "中 文"),
        ("a: one\n  two\n", "one two"),
    ],
)
def test_line_break_in_a_field_is_read_as_yaml_does(written: str, value: str) -> None:
    source = Source.of("a.yaml", written)

    assert parse(source, written).value["a"].value == value


def test_joining_lines_makes_no_translation_stale_and_wrapped_words_are_found(make_site: MakeSite) -> None:
    site = (
        SITE.replace("{tag: en}", "{tag: zh-Hans, path: zh}")
        .replace("en: Site", "zh: 站")
        .replace("source_language: en", "source_language: zh")
    )
    wrapped = "---\ntitle: 首页\nsummary: 中心由中国\n  大学管理\n---\n西安交通大\n学。\n"
    made = make_site(
        {
            "content/index.zh.md": wrapped,
            "templates/search.html": "",
            "templates/page.html": "{{ page.summary }}{{ page.content }}",
        },
        site=site,
    )
    (made.root / "content/index.en.md").unlink()

    made.report()
    digests = [
        section.digest
        for document in made.report().library.pages[Key("/")].versions.values()
        for section in document.body.sections
    ]
    made.write("content/index.zh.md", wrapped.replace("国\n  大", "国大").replace("大\n学", "大学"))
    again = [
        section.digest
        for document in made.report().library.pages[Key("/")].versions.values()
        for section in document.body.sections
    ]

    assert made.pages()["zh/index.html"] == "中心由中国大学管理<p>西安交通大学。</p>\n"
    assert digests == again
    assert "大学" in (made.public / "zh/search-terms-0.json").read_text(encoding="utf-8")
