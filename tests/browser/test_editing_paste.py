"""What is pasted in the editor keeps its signs and its breaks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from conftest import REPOSITORY
from editor import READ, Site, editor_of, fill, kept, save, served_site
from lxml import html
from openday import make_open_day
from published import require

from sitegen.media.static_files import EDITOR

pytestmark = pytest.mark.slow

PATH = "content/contact/index.en.md"
#: The page in the editor's menu, which has the titles of the last build.
NAMES = re.compile("^(Contact|Reach us)$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    root = tmp_path_factory.mktemp("pasted")
    make_open_day(root, ("en", "zh"))
    shutil.copytree(REPOSITORY / EDITOR, root / EDITOR)
    with served_site(root) as site:
        yield site


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    with kept(site), editor_of(browser, site, "Events") as page:
        yield page


#: What somebody copies from a page, by its paragraph there → as it is written; readers get the words that they copied.
PASTED = [
    ("<p>- 5 °C at night</p>", r"\- 5 °C at night"),
    ("<p>&gt; 50 people came</p>", r"\> 50 people came"),
    ("<p>+ 7 more</p>", r"\+ 7 more"),
    ("<p>1. May</p>", r"1\. May"),
    ("<p><span>2)</span><span> June</span></p>", r"2\) June"),
    ("<p># of <b>people</b></p>", r"\# of **people**"),
    ("<p>-5 and #1, 3.5 or<br>- 6<br>==</p>", "-5 and #1, 3.5 or  \n\\- 6  \n\\=="),
    ("<p>[x]: the unknown</p>", r"\[x]: the unknown"),
    ("<p>: so be it</p>", "&#58; so be it"),
    ("<p>::video</p>", "&#58;:video"),
    ("<p>---</p>", r"\---"),
    (r"<p>Open C:\_temp\!old</p>", r"Open C:\\\_temp\\!old"),
    ("<p>snake _case_ here, some_names</p>", r"snake \_case\_ here, some_names"),
    ("<p>AT&amp;T, &amp;copy; or List&lt;String&gt;</p>", "AT&T, &amp;copy; or List&lt;String>"),
    ("<p>f[0](x)</p>", r"f[0]\(x)"),
    ("<p><code>- _c_ &amp;lt;</code> - 5</p>", "`- _c_ &lt;` - 5"),
    ("<p>Two <b>bold</b> words\n- and a line.</p>", "Two **bold** words - and a line."),
    (r"<p>Open <b>C:\</b> now</p>", r"Open **C:\\** now"),
    ("<p>An :abbr[x] here</p>", "An &#58;abbr[x] here"),
    ("<pre>## two\n- x\nf(a)</pre>", "\\## two  \n\\- x  \nf(a)"),
    ("<h2>1. June</h2>", "## 1. June"),
    ("<ul><li>- 3 °C</li></ul>", r"- \- 3 °C"),
    ("<p>a*b*c or 4*5*</p>", r"a\*b\*c or 4\*5\*"),
]
#: A cell with two lines, as Word has them.
TABLE = "<table><tr><th>A</th></tr><tr><td><p>one</p><p>two</p></td></tr></table>"
TEXT = "text => navigator.clipboard.writeText(text)"
COPY = """html => {
  const types = {'text/html': html, 'text/plain': html.replace(/<[^>]*>/g, ' ')};
  const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], {type})]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}"""


def opened(page: Any, title: str) -> None:
    """A page whose title is changed: a form that has just opened takes what is in it for empty."""
    page.get_by_text("Single pages", exact=True).first.click()
    page.get_by_text(NAMES).first.click()
    fill(page, (page.get_by_role("textbox", name="Title").first, title))


def paste(page: Any, site: Site, copy: str, text: str, shown: str, keys: Sequence[str] = ("Control+A",)) -> str:
    """Paste a text in place of a page's or where the keys lead, wait until the editor shows some words of it, save; the file's text."""
    opened(page, "Reach us")
    page.locator('[contenteditable="true"] p').first.click()
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(100)  # until the editor knows where the caret is
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(copy, text)
    page.keyboard.press("Control+V")
    page.locator('[contenteditable="true"]', has_text=shown).first.wait_for()
    page.wait_for_timeout(500)  # until the form knows of it
    save(page, site)
    return kept_text(page, site)


def kept_text(page: Any, site: Site) -> str:
    """The page's text in the editor's folder, which the site gets, too."""
    now: str = page.evaluate(READ)[PATH]
    (site.root / PATH).write_text(now, encoding="utf-8")
    return now.partition("\n---\n\n")[2]


#: What ends with a sign that begins something before it → as it is written, and what readers get.
LAST = [
    (COPY, "<p>a*b*c, 5*</p>", r"a\*b\*c, 5\*", "a*b*c, 5*"),
    (COPY, "<p><i>_a_</i></p>", r"_\_a\__", "<em>_a_</em>"),
    (COPY, "<h2><b><i>_a_</i></b></h2>", r"## **_\_a\__**", "<strong><em>_a_</em></strong>"),
    (COPY, "<ul><li><i>_中_</i></li></ul>", r"- _\_中\__", "<em>_中_</em>"),
    (COPY, "<p><i>_a_</i> and <i>_b_</i></p>", r"_\_a\__ and _\_b\__", "<em>_a_</em> and <em>_b_</em>"),
    (COPY, "<table><tr><th>a_h</th></tr><tr><td>_b_</td></tr></table>", "| a_h |\n| \\_b\\_ |", "| _b_ |"),
    (COPY, "<table><tr><td>a</td><td><b>_c_</b></td></tr></table>", r"| a | **\_c\_** |", "<strong>_c_</strong>"),
    (TEXT, "as `ls`", r"as \`ls\`", "as `ls`"),
    (TEXT, "2 _b_ and *c* in a_b_c, __d__", r"2 \_b\_ and \*c\* in a_b_c, \_\_d\_\_", "2 _b_ and *c* in a_b_c, __d__"),
    (TEXT, "https://a.example/_b_", r"[https://a.example/\_b\_](https://a.example/_b_)", ">https://a.example/_b_</a>"),
]


@pytest.mark.parametrize(("copy", "text", "written", "read"), LAST)
def test_a_sign_at_the_end_of_what_is_pasted_ends_nothing(
    page: Any, site: Site, copy: str, text: str, written: str, read: str
) -> None:
    """Behind a longer paragraph the editor took it for a sign that somebody has typed: of 4*5* it made 4 and an italic 5."""
    shown = re.sub("<[^>]*>", "", text)[:1]
    now = paste(page, site, copy, text, shown, ("Control+End", "Enter"))
    assert now == f"Write your address, telephone number and e-mail address here.\n\n{written}\n"
    assert read in site.build()["en/contact/index.html"]


def test_text_pasted_from_a_page_keeps_the_signs_that_markdown_would_take(page: Any, site: Site) -> None:
    now = paste(page, site, COPY, TABLE + "".join(copied for copied, _ in PASTED), "snake")

    assert now == "\n\n".join(["| A |\n| one two |", *(line for _, line in PASTED)]) + "\n"
    (main,) = html.fromstring(site.build()["en/contact/index.html"]).cssselect("main")
    words = " ".join(main.text_content().split())
    copied = html.fromstring("\n".join(f"<div>{copied.replace('<br>', ' ')}</div>" for copied, _ in PASTED))
    assert " ".join(copied.text_content().split()) in words
    assert not main.cssselect("blockquote, ol, dl")


#: What has breaks where the editor's rich text holds only words → as it is written.
BREAKS = [
    ("<blockquote><p>q1</p><p>q2</p></blockquote>", "> q1\n>\n> q2"),
    ("<blockquote><b><p>q3</p><div>q4<br>q5</div></b></blockquote>", "> **q3**\n>\n> **q4**  \n> **q5**"),
    (
        "<blockquote><h3>h1</h3><ul><li>i1</li><li>i2<p>i3</p></li></ul><hr><ol><li>i4</li><li>i5</li></ol></blockquote>",
        "> ### h1\n>\n> - i1\n> - i2\n>\n>     i3\n>\n> ---\n>\n> 1. i4\n> 2. i5",
    ),
    (
        "<blockquote>a1<blockquote><p>a2</p><p>a3</p></blockquote></blockquote>",
        "> a1\n>\n> > a2\n> >\n> > a3",
    ),
    (
        "<blockquote><table><tr><th>b1</th></tr><tr><td>b2</td><td>b3</td></tr></table></blockquote>",
        "> b1\n>\n> b2 b3",
    ),
    (
        "<ul><li><p>c1</p><p>c2<br>c3</p><ol><li><div>d1</div><div>d2</div></li><li>d3</li></ol></li><li>d4</li></ul>",
        "- c1\n\n    c2  \n    c3\n\n    1. d1\n\n        d2\n\n    2. d3\n\n- d4",
    ),
    ("<h2>e1<br>e2<p>e3</p></h2>", "## e1 e2 e3"),
    ("<p>f1<br>f2<br></p>", "f1  \nf2"),
    ("<div>g1<div>g2</div>g3</div>", "g1\n\ng2\n\ng3"),
    ("<dl><dt>j1</dt><dd><p>j2</p><p>j3</p></dd></dl>", "j1\n\nj2\n\nj3"),
    ("<figure><p>k1</p><figcaption>k2</figcaption></figure>", "k1\n\nk2"),
    ("<details><summary>l1</summary>l2</details>", "l1\n\nl2"),
    ("<pre><code>m1\n<i>m2</i><br>  m3\n</code></pre>", "m1  \n_m2_  \n  m3"),
    (
        "<table><caption>n0</caption><tr><th>n1</th></tr><tr><td>n2<ul><li>n3</li></ul><h3>n4</h3></td></tr></table>",
        "n0\n\n| n1 |\n| n2 n3 n4 |",
    ),
    ("<p>z1</p>", "z1"),
]


def test_breaks_of_what_is_pasted_stay_and_are_there_when_it_is_edited_again(page: Any, site: Site) -> None:
    now = paste(page, site, COPY, "".join(copied for copied, _ in BREAKS), "z1")

    assert now == "\n\n".join(line for _, line in BREAKS) + "\n"
    (main,) = html.fromstring(site.build()["en/contact/index.html"]).cssselect("main")
    assert [own.text for own in main.cssselect("blockquote:first-of-type > p")[:2]] == ["q1", "q2"]
    found = {
        path: len(main.cssselect(path))
        for path in ("blockquote h3", "blockquote li", "blockquote blockquote p", "li li p", "p br")
    }
    assert found == {"blockquote h3": 1, "blockquote li": 4, "blockquote blockquote p": 2, "li li p": 3, "p br": 5}

    page.get_by_text("Events", exact=True).first.click()
    opened(page, "Write to us")
    page.locator('[contenteditable="true"] p', has_text="z1").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" and more", delay=20)
    page.wait_for_timeout(500)  # until the form knows of it
    save(page, site)
    assert kept_text(page, site) == now.replace("z1", "z1 and more")


def test_a_stroke_in_a_cell_that_is_pasted_does_not_end_it(page: Any, site: Site) -> None:
    """The row had a cell more than the table, and readers lost the last one."""
    rows = "<tr><th>A|a</th><th>B</th></tr><tr><td>1|2 <code>c|d</code></td><td>last</td></tr>"

    now = paste(page, site, COPY, f"<table>{rows}</table><p>z1</p>", "z1")

    assert now == "| A\\|a | B |\n| --- | --- |\n| 1\\|2 `c\\|d` | last |\n\nz1\n"
    (main,) = html.fromstring(site.build()["en/contact/index.html"]).cssselect("main")
    assert [cell.text_content() for cell in main.cssselect("th, td")] == ["A|a", "B", "1|2 c|d", "last"]
