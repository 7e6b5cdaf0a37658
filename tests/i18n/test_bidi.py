"""Left-to-right runs in right-to-left text are isolated from the first character to the last, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n import bidi
from sitegen.i18n.bidi import isolate_ltr


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("دانشگاه (XJTU) است", "دانشگاه (<bdi>XJTU</bdi>) است"),
        ("WCAG 2.2، سطح AA", "<bdi>WCAG 2.2</bdi>، سطح <bdi>AA</bdi>"),
        ("R&amp;D و Xi&#39;an", "<bdi>R&amp;D</bdi> و <bdi>Xi&#39;an</bdi>"),
        ("زبان C++ ہے", "زبان <bdi>C++</bdi> ہے"),
        ("2FA اور 10KB و 5 GB", "<bdi>2FA</bdi> اور <bdi>10KB</bdi> و <bdi>5 GB</bdi>"),
        ("و São Paulo", "و <bdi>São Paulo</bdi>"),
        ("الطبعة 2nd وAïsha", "الطبعة <bdi>2nd</bdi> و<bdi>Aïsha</bdi>"),
        ("فون +86 29 8266 1234 ہے", 'فون <bdi dir="ltr">+86 29 8266 1234</bdi> ہے'),
        ("(029) 8266-1234 و", '<bdi dir="ltr">(029) 8266-1234</bdi> و'),
        ("میل office@example.cn پر", 'میل <bdi dir="ltr">office@example.cn</bdi> پر'),
        ("https://example.org/راه/?x=1، خوب", '<bdi dir="ltr">https://example.org/راه/?x=1</bdi>، خوب'),
        ("در 2025-09-02 و +5", 'در <bdi dir="ltr">2025-09-02</bdi> و <bdi dir="ltr">+5</bdi>'),
        ("CO<sub>2</sub> و", "<bdi>CO<sub>2</sub></bdi> و"),
        ("<em>Wall</em> Street و", "<bdi><em>Wall</em> Street</bdi> و"),
        ("<em>foo بد A</em> B", "<em><bdi>foo</bdi> بد <bdi>A</bdi></em> <bdi>B</bdi>"),
        ("تابع f(x) و Foo (bar).", "تابع <bdi>f(x)</bdi> و <bdi>Foo (bar)</bdi>."),
        ("U.S. و Москва و 西安", "<bdi>U.S.</bdi> و <bdi>Москва</bdi> و <bdi>西安</bdi>"),
        ("با <code>f(a)</code> و", 'با <code dir="ltr">f(a)</code> و'),
        ('<pre tabindex="0"><code>f(a)\n</code></pre>', '<pre dir="ltr" tabindex="0"><code>f(a)\n</code></pre>'),
        ("با <math><mi>x</mi></math> و", 'با <math dir="ltr"><mi>x</mi></math> و'),
        ('<pre><code><span class="k">def</span> f(a)</code></pre>', '<pre dir="ltr"><code><span class="k">def</span> f(a)</code></pre>'),
        # What the text's own direction orders as its readers expect.
        ("صفحات 10, 20, 30 و 2024-2025", "صفحات 10, 20, 30 و 2024-2025"),
        ("سال ۲۰۲۵ است", "سال ۲۰۲۵ است"),
        ("XJTU-میں", "<bdi>XJTU</bdi>-میں"),
        ("&lt;&amp;", "&lt;&amp;"),
        ('<a href="/fa/plan/">طرح</a>', '<a href="/fa/plan/">طرح</a>'),
        ('<a href="\x01/plan/\x03">طرح</a>', '<a href="\x01/plan/\x03">طرح</a>'),
    ],
)  # fmt: skip
def test_run_is_isolated_as_a_whole(html: str, expected: str) -> None:
    assert isolate_ltr(html) == expected


@given(st.text(alphabet="ab1 ()+-.,@/:<>&;ب،“”\"'[]é中\x01\x02\x03\x04\x0f") | st.text())
def test_text_is_kept_and_elements_stay_nested(text: str) -> None:
    from markupsafe import escape

    html = str(escape(text))

    assert re.sub(r"</?bdi[^>]*>", "", isolate_ltr(html)) == html


@given(st.lists(st.sampled_from(["<em>", "</em>", "<a href='x'>", "</a>", "(", ")", "a", "ب", " ", "1"]), max_size=30))
def test_elements_stay_nested(tokens: list[str]) -> None:
    nested, opened = list[str](), list[str]()
    for token in tokens:
        if token.startswith("</"):
            if not opened or opened[-1] != token[2]:
                continue
            opened.pop()
        elif token.startswith("<"):
            opened.append(token[1])
        nested.append(token)
    html = "".join(nested) + "".join({"e": "</em>", "a": "</a>"}[name] for name in reversed(opened))

    stack = list[str]()
    for closing, name in re.findall(r"<(/?)(\w+)", isolate_ltr(html)):
        if closing:
            assert stack.pop() == name
        else:
            stack.append(name)
    assert not stack


PIECES = st.sampled_from(
    '<p>|</p>|سلام |،|۱۲|٣|«|»|\u200c|—|<em>|</em>|<a href="\x01/x/\x03">|</a>|<code>|</code>|ABC|x|1|é|ж|中|½|²|_|&amp;|&quot;|-| '  # noqa: SIM905
    '|<h2 id="a1">|</h2>|<pre>|</pre>|\ufb50|\ufe8d|א|\u200e|܀|₀|ª|(+98)'.split("|")
)


@given(st.lists(PIECES, max_size=10).map("".join))
def test_text_that_is_passed_over_has_nothing_to_isolate(html: str) -> None:
    quick = isolate_ltr(html)
    with mock.patch("sitegen.i18n.bidi._blocks_with_left_to_right", _all_blocks):
        assert isolate_ltr(html) == quick


def _all_blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Where every block is, whatever is in it."""
    start = 0
    for tag in bidi._BLOCK_OF_BYTES.finditer(data):
        yield start, tag.start()
        start = tag.end()
    yield start, len(data)
