"""HTML is escaped, read, cleaned and made plain text in one module."""

from __future__ import annotations

import ast
import re

import pytest
from drawing import ENGINE

from sitegen.source.html import (
    END,
    LINK,
    Tag,
    cleaned,
    escape,
    escape_text,
    markup_of,
    pieces,
    plain_text,
    unescape,
    words_of,
)


def test_escaped_text_is_unescaped_unchanged() -> None:
    text = "a < b & \"c\" > 'd' &amp;"

    assert unescape(escape(text)) == unescape(escape_text(text)) == text
    assert '"' not in escape(text)
    assert escape_text(text).count('"') == 2


def test_plain_text_has_no_tag() -> None:
    html = f'<p>R&amp;D <a href="{LINK}/a/{END}">in</a>side</p><p>Next {LINK}never closed'

    assert plain_text(html) == "R&D insideNext "
    assert words_of(html).split() == ["R&D", "inside", "Next"]
    assert plain_text("a<br>b", between="\n") == "a\nb"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("plain, 1 < 2", ()),
        ('<a href="/x">y</a>', ("/a []", "a ['href=/x']")),
        ("<A HREF=/x>y</A>", ("/a []", "a ['href=/x']")),
        ("a<br>b", ("br []",)),
        ("<b>open", None),
        ("<b>crossed<i></b></i>", None),
        ("<!-- note -->", None),
    ],
)
def test_tags_of_a_message_are_parsed_as_by_a_browser(text: str, tags: tuple[str, ...] | None) -> None:
    assert markup_of(text) == tags


def test_pieces_are_tags_and_texts_in_order() -> None:
    assert pieces("<p class=a>x &lt; y<br/><!-- z --></P>") == [
        Tag("p", {"class": "a"}, False),
        "x < y",
        Tag("br", {}, False),
        Tag("p", {}, True),
    ]


def test_active_content_is_removed() -> None:
    html = (
        '<p onclick="x()" class="a">One <script>two()</script><a href="javascript:x()">three</a>'
        '<iframe src="/x"></iframe><td style="text-align: right; color: red">4</td></p>'
    )

    clean = cleaned(f"<table><tr>{html}</tr></table>")

    assert not any(word in clean for word in ("onclick", "two()", "javascript", "iframe", "color"))
    assert 'class="a"' in clean
    assert "text-align: right" in clean.replace("text-align:right", "text-align: right")


IMPORTED = re.compile(r"\b(?:import|from)\b.*\b(?:html|nh3|saxutils)\b")


def test_no_other_module_reads_or_escapes_html() -> None:
    """Except those that pass templates their own type of text."""
    found = {
        (path.relative_to(ENGINE).as_posix(), name)
        for path in ENGINE.rglob("*.py")
        if IMPORTED.search(text := path.read_text(encoding="utf-8"))  # to parse all of the engine takes seconds
        for node in ast.walk(ast.parse(text))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name in ("html", "html.parser", "nh3", "xml.sax.saxutils")
    }

    assert found == {
        ("source/html.py", "html"),
        ("source/html.py", "html.parser"),
        ("source/html.py", "nh3"),
        ("media/svg_fix.py", "xml.sax.saxutils"),
    }
