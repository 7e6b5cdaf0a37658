"""Code is highlighted at a cost in proportion to its length."""

from __future__ import annotations

import lxml.html
import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from sitegen.content.formulas_and_code import LONGEST_PIECE, pieces_of, with_colours
from sitegen.source.html import escape_text

FUNCTION = 'def add(a, b):\n    """The sum."""\n    return a + b  # not checked\n\n\n'


@pytest.mark.parametrize("code", [FUNCTION * 400, "s{" * 20_000, "a = 1\n" * 9_000, "\n\n" * 9_000, "x"])
def test_no_more_than_a_piece_is_highlighted_at_once(code: str) -> None:
    pieces = list(pieces_of(code))

    assert "".join(pieces) == code
    assert max(map(len, pieces)) <= LONGEST_PIECE
    assert len(pieces) <= 1 + 2 * len(code) / LONGEST_PIECE


def test_long_code_looks_as_if_it_were_highlighted_whole() -> None:
    code = FUNCTION * 400
    whole = highlight(code, get_lexer_by_name("python", stripnl=False, ensurenl=False), HtmlFormatter(nowrap=True))

    html = with_colours(f'<pre tabindex="0"><code class="language-python">{escape_text(code)}</code></pre>')

    assert html == f'<pre tabindex="0"><code class="language-python">{whole}</code></pre>'


@pytest.mark.parametrize("language", ["crystal", "ruby", "perl", "python", "nobody"])
def test_code_is_never_shown_as_another_text(language: str) -> None:
    code = "<<A\n" * 900

    html = with_colours(f'<pre tabindex="0"><code class="language-{language}">{escape_text(code)}</code></pre>')

    assert lxml.html.fromstring(html).text_content() == code
    assert len(html) < 20 * len(code)
