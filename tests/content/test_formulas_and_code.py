"""Code is highlighted at a cost in proportion to its length."""

from __future__ import annotations

import lxml.html
import pytest
from msgspec.structs import replace
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from sitegen.content import formulas_and_code
from sitegen.content.formulas_and_code import LONGEST_PIECE, pieces_of, with_colours
from sitegen.problems.problem import SiteError
from sitegen.source import limits
from sitegen.source.html import escape_text
from sitegen.source.limits import within_limits

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

    html = with_colours(f'<pre tabindex="0"><code class="language-python">{escape_text(code)}</code></pre>', "a.md")

    assert html == f'<pre tabindex="0"><code class="language-python">{whole}</code></pre>'


@pytest.mark.parametrize("language", ["crystal", "ruby", "perl", "python", "nobody"])
def test_code_is_never_shown_as_another_text(language: str) -> None:
    code = "<<A\n" * 900

    html = with_colours(f'<pre tabindex="0"><code class="language-{language}">{escape_text(code)}</code></pre>', "a.md")

    assert lxml.html.fromstring(html).text_content() == code
    assert len(html) < 20 * len(code)


def test_code_of_a_site_that_takes_far_too_long_to_colour_is_refused() -> None:
    """100 pages with 10 KB of `[` in Angular took 136 s, each of them less than a page may."""
    with pytest.raises(SiteError) as told:
        colour_strange_code(100)

    (problem,) = told.value.problems
    assert (problem.path, problem.code) == ("content/a/index.en.md", "too-costly")
    assert "'x" in problem.message
    assert "in 'easytrieve'" in problem.message


def test_code_that_was_cut_off_counts_for_the_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """30 pages with 1,000 tabs each were cut off after two seconds each."""
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.05)
    monkeypatch.setattr(formulas_and_code, "_COLOURS", replace(formulas_and_code._COLOURS, spare=0.02))
    with pytest.raises(SiteError):
        within_limits("a.md", lambda: colour_strange_code(20))
    told = [colour_one(number) for number in range(3)]

    assert [error.problems[0].message[:40] for error in told] == ["the code of this site takes too long to "] * 3


def colour_one(number: int) -> SiteError:
    with pytest.raises(SiteError) as told:
        with_colours(f'<pre tabindex="0"><code class="language-python">x = {number}</code></pre>', f"{number}.md")
    return told.value


def colour_strange_code(blocks: int) -> None:
    for number in range(blocks):
        code = "\t" * 600 + f"x{number}"
        html = f'<pre tabindex="0"><code class="language-easytrieve">{code}</code></pre>'
        with_colours(html, "content/a/index.en.md")


def test_much_code_may_take_as_long_as_it_is_long() -> None:
    for number in range(60):
        with_colours(f'<pre tabindex="0"><code class="language-python">{FUNCTION * 40}x{number}</code></pre>', "a.md")
