"""Signs that Markdown takes for its own are told where people write them for themselves, and only there."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

TAKEN = {
    "*": "is taken for emphasis",
    ">": "begins a quotation",
    "$": "is taken for the end of a formula",
    "#": "is taken for the end of the heading",
}
COMMONMARK = SITE + "markdown: {math: true}\n"
PYTHON_MARKDOWN = SITE + "markdown: {engine: python-markdown, extensions: [extra]}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A hall of 5*5 m and 6*6 m.\n", [(1, 12, "*"), (1, 22, "*")]),
        ("Зал 5**5** м.\n", [(1, 6, "*")]),
        ("Between 2*x and 3*y.\n", [(1, 10, "*")]),
        ("5 * 5 and 2*3, *6* m, **2027**, `2*3*4`, 2\\*3\\*4, [a](https://a.example/2*3*4)\n", []),
        ("Rooms\n>= 5 beds\n", [(2, 1, ">")]),
        ("- >5 years\n- > 5 years\n- x >5\n", [(1, 3, ">")]),
        (">50% off\n>60% off\n", [(1, 1, ">")]),
        ("\\>5 years\n\n> 5 years\n\n>Words\n\n```\n>5\n```\n", []),
        ("Tickets cost $5–$6.\n", [(1, 17, "$")]),
        ("US$1,000-US$2,000, ($5)-($6)\n", [(1, 12, "$"), (1, 26, "$")]),
        ("$5 and $6, $x^2$ and $y$, \\$5–\\$6, `$5–$6`\n", []),
        ("## Press #\n\nText.\n", [(1, 10, "#")]),
        ("## Music in C#\n\n## C# ##\n\n### C\\#\n", []),
    ],
)
def test_signs_that_are_not_shown_are_told(make_site: MakeSite, text: str, told: list[tuple[int, int, str]]) -> None:
    assert signs_told(make_site, text, COMMONMARK) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## Music in C#\n\n## About##\n\nText.\n", [(1, 14, "#"), (3, 9, "#")]),
        ("## C #\n", [(1, 6, "#")]),
        ("##About##\n\n## Press ##\n\n## C\\#\n", []),
        ("A 5*-hotel and a 4*-hotel.\n", [(1, 4, "*")]),
        ("A 5*kg* bag, **5**, *5*.\n", []),
        ("Rooms\n\n>= 5 beds\n", [(3, 1, ">")]),
    ],
)
def test_signs_that_python_markdown_does_not_show_are_told(
    make_site: MakeSite, text: str, told: list[tuple[int, int, str]]
) -> None:
    assert signs_told(make_site, text, PYTHON_MARKDOWN) == told


def signs_told(make_site: MakeSite, text: str, settings: str) -> list[tuple[int, int, str]]:
    site = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)
    signs = {f"this {sign} {taken}, and is not shown": sign for sign, taken in TAKEN.items()}
    return [((told.line or 0) - 3, told.column or 0, signs[told.message]) for told in site.report().warnings]
