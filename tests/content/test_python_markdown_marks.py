"""Marks of emphasis take away only themselves, and an & is only a reference with its semicolon."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Any

import pytest
from conftest import SITE, MakeSite
from lxml import html

from sitegen.content.python_markdown import events_of

PYMDOWNX = ("pymdownx.betterem", "pymdownx.tilde", "pymdownx.caret", "pymdownx.mark")
MARKS = re.compile(r"[\s*_~^=\\]")


def shown(text: str, extensions: tuple[str, ...]) -> str:
    return "".join(event["Text"] for event, _ in events_of(text, extensions)[0] if "Text" in event)


def body_of(make_site: MakeSite, text: str) -> str:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [md_in_html, fenced_code]}\n"
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n\n{text}\n"}, site=settings)
    return site.build()["en/index.html"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"*Fee **net\**500 EUR* a year", "<em>Fee **net*</em>500 EUR* a year"),
        ("*Fee **a*500 EUR** b*", "<em>Fee **a</em>500 EUR** b*"),
        (r"*a**b c\**中文 word*", "<em>a**b c*</em>中文 word*"),
        (r"_Fee __net\__500 EUR_", "_Fee __net_<em>500 EUR</em>"),
        ("***Fee** net* 500", "<em><strong>Fee</strong> net</em> 500"),
    ],
)
def test_a_mark_closes_the_one_of_its_own_length(make_site: MakeSite, text: str, words: str) -> None:
    assert words in body_of(make_site, text)


@pytest.mark.parametrize(
    "extensions", [(), ("legacy_em",), PYMDOWNX, PYMDOWNX[1:]], ids=["own", "legacy", "all", "some"]
)
def test_no_letter_vanishes_between_marks(extensions: tuple[str, ...]) -> None:
    chosen = random.Random(11)
    signs = ["x", "y", "5", "**", "*", "_", " ", r"\*", *("^~=" if "pymdownx.mark" in extensions else "")]
    for _ in range(400):
        text = "w " + "".join(chosen.choices(signs, k=chosen.randint(4, 16)))

        assert MARKS.sub("", shown(text, extensions)) == MARKS.sub("", text), text


def test_marks_that_pymdownx_fails_on_are_shown() -> None:
    assert MARKS.sub("", shown("a *~^~*^ b\n\n*c*", PYMDOWNX[1:])) == "abc"


def test_marks_are_paired_anew_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    processor = pytest.importorskip("pymdownx.delimiterprocessor").DelimiterProcessor
    steps, search = Counter[str](), processor.search

    def counted(self: Any, text: str, start: int) -> Any:
        steps["searched"] += 1
        return search(self, text, start)

    monkeypatch.setattr(processor, "search", counted)

    shown("w " + "*_d__*g* " * 1_000, PYMDOWNX)

    assert 0 < steps["searched"] < 400_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Room &#50,5 and &#x51 end", "Room &#50,5 and &#x51 end"),
        ("At the end &#50", "At the end &#50"),
        ("AT&T &copy 2026, &lt5, C&# and &#z;", "AT&T &copy 2026, &lt5, C&# and &#z;"),
        ("A &#50; and &#x51;", "A 2 and Q"),
        ("`&#50,5 &#50;`", "&#50,5 &#50;"),
        ("    &#50,5 in code", "&#50,5 in code"),
        ("```\n&#50,5 in a fence\n```", "&#50,5 in a fence"),
        ("<div markdown='1'>\n\n&#50,5 in HTML\n\n</div>", "&#50,5 in HTML"),
        ("<div>&#50,5 &copy 2026 as browsers read it</div>", "2,5 © 2026 as browsers read it"),
    ],
)
def test_only_a_semicolon_makes_a_reference_of_text(make_site: MakeSite, text: str, words: str) -> None:
    assert words in html.fromstring(body_of(make_site, text)).text_content()


def test_titles_descriptions_and_addresses_are_kept_without_a_semicolon(make_site: MakeSite) -> None:
    page = html.fromstring(body_of(make_site, '[a](https://a.org/?x=1&#50,5 "T &#50,5 &copy 2")'))

    (link,) = page.xpath("//a[@title]")
    assert (link.get("href"), link.get("title")) == ("https://a.org/?x=1&#50,5", "T &#50,5 &copy 2")
