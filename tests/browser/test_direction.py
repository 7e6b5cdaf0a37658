"""What runs from left to right within right-to-left text, in a real browser: its characters' boxes, read from the left, are the text."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import page_of
from conftest import SITE, MakeSite

#: Markdown → the text that readers see, where it is another.
SNIPPETS: dict[str, str] = {
    # addresses of people and of the web
    "office@example.cn": "", "<office@example.cn>": "office@example.cn", "first.last+tag@mail.example.org": "",
    "<https://example.org/>": "https://example.org/", "<https://example.org/a?b=c#d>": "https://example.org/a?b=c#d",
    "<https://example.org/a?b=c&d=e#f-1>": "https://example.org/a?b=c&d=e#f-1", "www.example.org/plan/": "",
    "[example.org/plan](https://example.org/)": "example.org/plan", "example.org:8080": "",
    # telephones
    "+86 29 8266 1234": "", "+86-29-8266-1234": "", "(+86) 29 8266 1234": "", "(029) 8266-1234": "", "029 8266 1234": "",
    "+7 (727) 250-00-00": "", "Tel. +86 29 8266 1234": "",
    # versions, numbers, dates, codes
    "Python 3.12.1": "", "v2.0-rc.1": "", "WCAG 2.2 AA": "", "ISO 8601-1:2019": "", "2025-09-02": "", "ISBN 978-7-5693-1234-5": "",
    "978-7-5693-1234-5": "", "COVID-19": "", "2FA": "", "1,234.56": "", "+5": "", "-40 °C": "", "192.168.0.1": "",
    # units and shares
    "10KB": "", "5 GB": "", "24 °C": "", "60 km/h": "", "$5,000": "", "USD 5,000": "", "50%": "", "3.5 m²": "",
    # languages of programmes, code
    "C++": "", "C#": "", ".NET": "", "f(x)": "", "`print(a)`": "print(a)", "`a[0] = -1;`": "a[0] = -1;", "--help": "",
    "/etc/hosts": "", "the `x` option": "the x option", "a_b-c.tar.gz": "",
    # names
    "São Paulo": "", "Xi'an": "", "Aïsha O’Neill-Łukasz": "", "R&D": "", "U.S.": "", "西安交通大学 (XJTU)": "", "Москва": "",
    "Journal of *Walls*, 40(1)": "Journal of Walls, 40(1)",
    # citations, brackets, footnotes
    "(XJTU)": "", "[12]": "", "(Miller et al., 2003)": "", "Miller, A. (2003). “The House.” *Walls*, 40(1): 35–42":
    "Miller, A. (2003). “The House.” Walls, 40(1): 35–42", "Smith et al. [12]": "", "Wall[^1]": "Wall1",
}  # fmt: skip
#: Language → words around a snippet.
AROUND = {"ur": ("یہ لفظ", "اردو میں ہے"), "fa": ("این واژه", "فارسی است"), "ar": ("هذه الكلمة", "في النص")}
TEMPLATE = (
    "<!doctype html><html lang={{ locale.tag }} dir={{ locale.dir }}><meta charset=utf-8><body>{{ page.content }}"
)
#: The characters of each item of the list, in order, each with the left edge of its box; brackets as they are drawn.
BOXES = """() => [...document.querySelectorAll('ul > li')].map(item => {
  const mirrored = {'(': ')', ')': '(', '[': ']', ']': '['}, found = [], range = document.createRange();
  const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, isApart = node.parentElement.closest('bdi, code');
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at); range.setEnd(node, at + 1);
      found.push([node.data[at], isApart ? node.data[at] : mirrored[node.data[at]] ?? node.data[at], range.getBoundingClientRect().left]);
    }
  }
  return found;
})"""


@pytest.mark.parametrize("language", AROUND)
def test_boxes_from_left_to_right_give_the_text(browser: Any, make_site: MakeSite, language: str) -> None:
    before, behind = AROUND[language]
    items = [f"- {before} {snippet} {behind}\n- {before} {snippet}\n" for snippet in SNIPPETS]
    site = SITE.replace("fr", language)
    text = "---\ntitle: S\n---\n" + "".join(items) + "\n[^1]: Note\n"
    made = make_site({f"content/index.{language}.md": text, "templates/page.html": TEMPLATE}, site=site)
    html = made.build()[f"{language}/index.html"]

    with page_of(browser, viewport={"width": 1600, "height": 900}) as page:
        page.set_content(html)
        lines = page.evaluate(BOXES)

    assert len(SNIPPETS) >= 60
    assert len(lines) == 2 * len(SNIPPETS)
    wrong = [(expected, drawn) for expected, drawn in zip(_expected(), map(_drawn, lines, _froms(before)), strict=True)
             if expected != drawn]  # fmt: skip
    assert wrong == []


def _expected() -> list[str]:
    return [shown or snippet for snippet, shown in SNIPPETS.items() for _ in range(2)]


def _froms(before: str) -> list[tuple[int, int]]:
    return [(len(before) + 1, len(before) + 1 + len(text)) for text in _expected()]


def _drawn(line: list[list[Any]], place: tuple[int, int]) -> str:
    """The characters of a snippet from left to right; a zero-width space keeps its position."""
    characters = line[place[0] : place[1]]
    return "".join(drawn for _, drawn, _ in sorted(characters, key=lambda row: row[2]))
