"""Texts for Python-Markdown give the same body as those for CommonMark, where both mean the same, and nothing unsafe."""

from __future__ import annotations

import cProfile
import gc
import re
from typing import Any

import pytest
from conftest import SITE, MakeSite
from hostile import LINKS, SCRIPTS
from lxml import html

from sitegen.content import python_markdown_cost
from sitegen.content.markdown import parse_body
from sitegen.content.python_markdown import events_of
from sitegen.content.python_markdown_cost import find_costly
from sitegen.model.loading import load_config
from sitegen.model.page import Body
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.text import Source

EXTENSIONS = "[tables, fenced_code, footnotes, def_list, attr_list, sane_lists, admonition, md_in_html, abbr]"
ENGINE = f"markdown: {{engine: python-markdown, extensions: {EXTENSIONS}}}\n"


@pytest.fixture
def config(make_site: MakeSite) -> Config:
    return load_config(make_site(site=SITE + ENGINE).root)


def both(text: str, config: Config) -> tuple[Any, Any]:
    """What each engine makes of a text."""
    source = Source.of("index.en.md", text)
    return parse_body(source, 1), parse_body(source, 1, config)


def plain(text: str) -> str:
    """HTML without the invisible white space between blocks."""
    text = re.sub(r"\s+", " ", text)
    return re.sub(
        r" ?(</?(?:p|ul|ol|li|h\d|blockquote|pre|table|thead|tbody|tr|td|th|dl|dt|dd|hr|br|div)\b[^>]*>) ?", r"\1", text
    ).strip()


def known(body: Body) -> Any:
    return (
        [(h.level, h.title, h.anchor, h.line) for h in body.headings],
        [(link.target, link.mark, link.is_picture) for link in body.links],
        [(link.target, link.mark) for link in body.outward],
        [section.heading for section in body.sections],
    )


SAME = [
    "Words.", "Two\nlines.", "One.\n\nTwo.", "*a* and _b_", "**a** and __b__", "**a *b* c**", "`code`", "``a ` b``", "a  \nbreak", "---",
    "## Heading", "## One\n\ntext\n\n### Two\n\nmore", "## Same\n\n## Same", "## Own {#id}", "Setext\n------\n\ntext", "## With *words* in it",
    "- a\n- b", "1. a\n2. b", "- a\n\n- b", "- a\n    - b\n- c", "3. a\n4. b", "* a\n* b", "+ a", "> quote", "> a\n>\n> b", "> - a\n> - b",
    "[x](/plan/)", "[x](/plan/#how)", '[x](https://a.org/ "T")', "[x](../a/) and [y](b.pdf)", "[x](<a b.pdf>)", "![A hall](hall.png)", '![A hall](hall.png "T")',
    "<https://a.org/>", "[*x*](/a/)", "[x](/a/)\n\n[y](/a/)", "```python\nif a < 1: pass\n```", "    indented\n\nmore", "~~~\ncode\n~~~", "a < b & c > d", "&copy; and &amp;",
    "\\*stars\\*", "a\\\\b", "| a | b |\n|---|--:|\n| 1 | 2 |", "| a |\n|:-:|\n| *b* |", "Term\n: Meaning", "中文，没有空格。", "متن فارسی", "हिन्दी **पाठ**", "А [б](/в/) г",
    "# Too high", "## A\n\n#### Skipped", "text\n\n## H\n\n- [x](/a/)\n\n![p](p.png)",
]  # fmt: skip
#: Where the two differ, and how: text → what Python-Markdown makes of it.
OTHER = {
    "***both***": "<strong><em>",
    "[x][r]\n\n[r]: /plan/": '<a href="\x01/plan/\x03">',
    "## A\nright below": "<h2",
    "*a*b*": "<em>",
    "1) a\n2) b": "<p>1) a 2) b</p>",
    "Words\n- no list": "<p>Words - no list</p>",
    "- a\n  - b": "<ul><li>a</li><li>b</li></ul>",
    "~~gone~~": "<p>~~gone~~</p>",
    "- [ ] task": "<li>[ ] task</li>",
    "!!! note\n    Called out": '<div class="admonition note">',
    "The SCO.\n\n*[SCO]: Shanghai Cooperation Organization": "<abbr",
    "10<sup>6</sup>": "<sup>6</sup>",
}


def test_at_least_fifty_texts_are_compared() -> None:
    assert len(SAME) >= 50


@pytest.mark.parametrize("text", SAME)
def test_both_engines_give_the_same_result(text: str, config: Config) -> None:
    first, second = both(text, config)

    assert plain(second[0]) == plain(first[0])
    assert known(second[1]) == known(first[1])
    assert [(p.code, p.line) for p in second[2]] == [(p.code, p.line) for p in first[2]]


@pytest.mark.parametrize("text", OTHER)
def test_where_the_engines_differ_each_follows_its_own_rules(text: str, config: Config) -> None:
    _, second = both(text, config)

    assert OTHER[text] in plain(second[0])


@pytest.mark.parametrize(
    ("written", "alt"),
    [
        ("![[*Z*](/z/)](p.svg)", "Z"), ("![a [_Z_](/z/) b](p.svg)", "a Z b"), ("![see [*the **plan***][r]](p.svg)", "see the plan"),
        ("![a `x < y` b](p.svg)", "a x < y b"), (r"![[*a \* b*](/z/)](p.svg)", "a * b"), ("![[*a &amp; b*](/z/)](p.svg)", "a & b"),
        ('![[*a <b id="x">c</b> d*](/z/)](p.svg)', "a c d"), (r"![[*a **s \_** b*](/z/)](p.svg)", "a s _ b"), ("![[*<a@b.c>*](/z/)](p.svg)", "a@b.c"),
        ("![[*a &#42; b*](/z/)](p.svg)", "a * b"),
    ],
)  # fmt: skip
def test_description_of_a_picture_has_the_words_of_marks_in_it(written: str, alt: str, config: Config) -> None:
    text = f"# One\n\n{written}\n\n## Two\n\n[r]: /z/\n"

    _, (page_html, body, _) = both(text, config)
    page = html.fromstring("<main>" + re.sub(r"[\x01-\x03]", "", page_html) + "</main>")

    assert page.xpath("string(.//img/@alt)") == alt
    assert [heading.title for heading in body.headings] == ["One", "Two"]


@pytest.mark.parametrize("engine", ["python-markdown", "commonmark"])
@pytest.mark.parametrize("text", [*SCRIPTS, *LINKS])
def test_nothing_unsafe_is_published(text: str, engine: str, config: Config) -> None:
    found = parse_body(Source.of("a.md", text), 1, config if engine == "python-markdown" else None)[0]

    page = html.fromstring("<main>" + re.sub("[\x01-\x03]", "", found) + "</main>")
    for element in page.iter():
        assert element.tag not in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "link",
            "meta",
            "base",
            "svg",
        )
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert name not in ("style", "srcset", "formaction")
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:"))


def test_dead_link_is_reported_at_its_line_and_column(make_site: MakeSite) -> None:
    body = "---\ntitle: H\n---\nSee /gone/ and\nmore [words](/gone/) of it.\n"
    site = make_site({"content/index.en.md": body}, site=SITE + ENGINE)

    told: list[Problem] = [p for p in site.problems() if p.code == "dead-page"]
    assert [(p.line, p.column, p.width) for p in told] == [(5, 14, 6)]


def test_site_is_built_with_its_markdown_extensions(make_site: MakeSite) -> None:
    body = '---\ntitle: H\n---\n!!! warning "Mind"\n    The *gap*.\n\n## How {#how}\n\nA note[^1].\n\n[^1]: Here.\n'
    pages = make_site({"content/index.en.md": body}, site=SITE + ENGINE).build()

    page: Any = html.fromstring(pages["en/index.html"])
    assert page.find(".//div[@class='admonition warning']/p").text == "Mind"
    assert page.find(".//h2[@id='how']") is not None
    note = page.find(".//sup//a")
    assert page.find(f".//*[@id='{note.get('href')[1:]}']") is not None


def test_unknown_or_file_reading_extension_is_an_error(make_site: MakeSite) -> None:
    for name, hint in (("tabels", "did you mean 'tables'?"), ("pymdownx.snippets", ""), ("pymdownx.util", "")):
        site = make_site(site=SITE + f"markdown: {{engine: python-markdown, extensions: [{name}]}}\n")
        told = site.told()
        assert f"error[choice]: extensions: '{name}' is not an extension of Python-Markdown" in told
        assert hint in told


#: Texts that the library reads in the square of their size, each beginning in its second block.
SLOW = {
    "brackets": "[" * 40_000, "pictures": "![" * 20_000, "references": "[a][" * 10_000, "links": "[a](" * 10_000, "abbreviations": "*[a]: b\n" * 6_000,
    "definitions": "[a]:\n" * 10_000, "code": "``a`" * 10_000, "fences": "```a\n" * 8_000, "fences apart": "```a\n\n" * 8_000, "lines to mark": '``` hl_lines="\n```\n' * 4_000,
    "tags": "<a " * 15_000, "declarations": "<![CDATA[" * 4_000, "declarations apart": "<![CDATA[\n\n" * 4_000, "underlines": "a\n===\n" * 8_000, "call-outs": "!!! a\n" * 8_000, "details": "??? a\n" * 8_000, "tabs": '=== "a"\n' * 8_000,
    "brackets in many blocks": ("[" * 1_500 + "\n\n") * 12, "list": "- a\n" + "- b [" * 12_000, "lines that are no list": "a\n" + "- [\n" * 12_000, "lines that are no table": "a|`b|`\n-|-\n" + "[a\n" * 12_000,
    "code in an item": "- a\n\n" + "    [\n" * 12_000, "code in a note": "[^1]: a\n\n" + "    [\n" * 12_000, "after code": "    a\n" + "[" * 40_000,
    "headings": "## a\n" * 9_000, "definition list": "a\n" + ": b\n" * 9_000, "rules": "***\n" * 9_000, "spaced rules": "_ _ _\n" * 7_000, "headings in a quotation": "> # a\n" * 7_000, "definitions in a quotation": "> : b\n" * 9_000,
    "open elements": "<ul>\n<li>" * 7_000, "open terms": "<dl><dt>" * 7_000, "open divisions": "<div>a</b>\n" * 9_000, "open marks": "<p>" + "<b id=a>" * 400 + "</p>" + "<p>a</p>\n" * 2_000,
    "code that never begins": "```!!\n" + "[" * 40_000 + "\n```\n", "code after other code": "~~~ {.a}\n```a\n~~~\n" + "[" * 40_000 + "\n```\n",
}  # fmt: skip
#: Long texts of the same signs, each closed soon.
LONG = {
    "list of links": "- [A name](https://example.org/some/where/) and what it says\n" * 2_000, "table of links": "| a | b |\n|---|---|\n" + "| [a](/a/) | [b] |\n" * 3_000,
    "data": "```json\n" + '{"a": [1, [2, 3], "<b"]}\n' * 4_000 + "```\n", "data with attributes": "~~~ {.json}\n" + "[[1], `2`\n" * 4_000 + "~~~\n",
    "elements": "<div><ul>\n<li><b>a</b>\n</ul></div>\n\n" * 3_000, "names of elements": "The element `<b>` and `<ul>` in a line\n\n" * 150,
    "HTML": "<table>\n" + "<tr><td><a href='/a/'>a</a></td></tr>\n" * 3_000 + "</table>\n", "programs": "Words.\n\n```sh\nls <a >b\n```\n\n" * 4_000,
    "sections": "## A [link](/a/) in `code`\n\nWords *and* words[^1], x < y.\n\n" * 3_000, "addresses": "".join(f"[v{n}]: https://a.org/{n}\n" for n in range(500)),
    "indented code": "    a = [[1, 2], `ls`\n" * 3_000, "indented code after words": "Words.\n\n" + "    [\n" * 12_000 + "\nWords.\n", "code behind tabs": "\ta[0] = [1\n" * 4_000,
    "definition list": "Word\n: What it means, in ten words and some more of them\n\n" * 2_000, "definitions in a row": "Word\n" + ": What it means\n" * 800, "headings and rules": "# A\n***\nWords.\n\n" * 4_000,
    "notes": "".join(f"[^{n}]: A note of words\n\n" for n in range(3_000)), "plain": "Words and words, and a sign [ that stays open.\n" * 400,
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_text_that_takes_the_square_of_its_size_is_refused_at_its_block(name: str, config: Config) -> None:
    source = Source.of("index.en.md", f"Words.\n\n{SLOW[name]}")

    with pytest.raises(SiteError) as told:
        parse_body(source, 1, config)

    (problem,) = told.value.problems
    assert (problem.code, problem.path) == ("too-costly", "index.en.md")
    assert problem.line is not None
    assert 3 <= problem.line <= 6
    assert problem.hint


@pytest.mark.parametrize("name", LONG)
def test_long_text_whose_signs_are_closed_is_read(name: str, config: Config) -> None:
    assert find_costly(LONG[name], config.markdown.extensions) is None


def test_number_of_paragraphs_is_bounded_and_blank_lines_and_code_are_none(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_markdown_cost, "MOST_BLOCKS", 4_000)
    source = Source.of("index.en.md", "a\n\n" * 9_500)

    with pytest.raises(SiteError) as told:
        parse_body(source, 1, config)

    (problem,) = told.value.problems
    assert (problem.code, problem.line, problem.hint) == ("too-costly", 8_003, "split the text into several pages")
    assert problem.message == "9,500 paragraphs take too long to read"
    for text in ("a\n\n" * 4_000, "a\n" + "\n \n" * 9_500, "```\n" + "a\n\n" * 9_500 + "```\n"):
        assert find_costly(text, config.markdown.extensions) is None


#: Extension → a text that is too costly with it, the line of its start, and one of the same sort that is read.
WITH_EXTENSION = {
    "nl2br": ("Words.\n\n" + "> a\n" * 20_000, 3, "> Some words of a line\n" * 2_000),
    "smarty": ("- a\n" * 20_000, 1, "- Some words of an item\n" * 5_000),
    "footnotes": ("a[^1]\n\n" * 3_000 + "[^1]: b\n", 6_001, "a[^1]\n\n" * 500 + "[^1]: b\n"),
    "abbr": (
        "Words.\n\n" + "".join(f"*[A{n}]: b\n" for n in range(3_000)) + "\nA1 A2\n" * 500,
        3,
        "*[SCO]: b\n\nThe SCO.\n" * 60,
    ),
    "toc": ("Words.\n\n" + "[TOC]\n\n" * 400 + "## A\n\n" * 400, 3, "[TOC]\n\n" + "## A heading\n\n" * 2_000),
    "legacy_em": ("_a_ " * 20_000, 1, "The _first_ of the words\n" * 1_000),
}


@pytest.mark.parametrize("extension", WITH_EXTENSION)
def test_costs_of_an_extension_are_bounded(extension: str) -> None:
    costly, line, common = WITH_EXTENSION[extension]

    found = find_costly(costly, [extension])

    assert found is not None
    assert costly.count("\n", 0, found.start) + 1 == line
    assert find_costly(common, [extension]) is None


NESTED = {
    "items": "- " * 40 + "a\n", "numbers": "1. " * 30 + "a\n", "quoted items": "> - " * 40 + "a\n", "items apart": "> - " * 40 + "a\n\n",
    "definitions": "a\n: " + "> " * 40 + "a\n\n", "notes": "[^1]: " + "* " * 40 + "a\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_items_and_quotations_within_others_on_a_line_are_bounded(name: str) -> None:
    found = find_costly(NESTED[name] * 800, [])

    assert found is not None
    assert found.what == "over 10,000 items and quotations within others on the same line"
    assert find_costly(NESTED[name] * 100, []) is None


def test_common_items_and_quotations_are_no_others_on_a_line() -> None:
    for common in ("- **a** b\n", "> > > a\n", "- > a\n", "1. - a\n", "- -a\n"):
        assert find_costly(f"{common}\n" * 9_000, []) is None


@pytest.mark.parametrize(
    "lines", ["## {}\n\n", "> ## {}\n\n", "{}\n---\n\n", "{}\n: b\n\n", "a | b\n--|--\n{} | b\n\n"]
)
def test_braces_that_may_open_attributes_are_bounded_by_line(lines: str) -> None:
    costly = "Words.\n\n" + lines.format("a {.x " * 16_000)

    found = find_costly(costly, ["attr_list"])

    assert found is not None
    assert "16,000 characters '{' on a line of 96,0" in found.what
    assert find_costly(costly, ["tables"]) is None
    assert find_costly(lines.format("A name { #with-an-anchor .and-class }") * 2_000, ["attr_list"]) is None
    assert find_costly("    " + '{"a": {"b": 1}}' * 6_000, ["attr_list"]) is None


def test_number_of_code_blocks_is_bounded() -> None:
    found = find_costly("```\n" * 60_000, ["pymdownx.superfences"])

    assert found is not None
    assert (found.start, found.what) == (160_000, "60,000 lines that begin or end code")
    assert find_costly("```\n" * 30_000, ["pymdownx.superfences"]) is None


MADE = {
    "pymdownx.smartsymbols": "(c) +/- --> 1/2", "pymdownx.magiclink": "http://a.b c@d.e", "pymdownx.emoji": ":smile: :a:",
    "pymdownx.caret": "^^a^^ ^b^", "pymdownx.tilde": "~~a~~ ~b~", "pymdownx.mark": "==a== b", "pymdownx.keys": "++ctrl+a++",
}  # fmt: skip


@pytest.mark.parametrize("extension", MADE)
def test_signs_that_an_extension_makes_elements_are_bounded_by_paragraph(extension: str) -> None:
    signs = f"{MADE[extension]}\n"

    assert find_costly(signs * 15_000, [extension]) is not None
    assert find_costly(signs * 15_000, []) is None
    assert find_costly(f"Some words, {signs}\n" * 2_000, [extension]) is None


def test_quotes_and_dashes_that_become_elements_are_bounded_by_paragraph() -> None:
    quotes, prose = "\"a\" -- 'b'...\n", '"Some words", and more -- it\'s read...\n'

    found = find_costly("Words.\n\n" + quotes * 8_000, ["smarty"])

    assert found is not None
    assert found.start == len("Words.\n\n")
    assert find_costly(quotes * 8_000, []) is None
    assert find_costly((prose * 8 + "\n") * 1_000, ["smarty"]) is None


def test_many_notes_are_bounded_and_what_is_no_note_costs_nothing() -> None:
    notes = "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(6_000))

    assert find_costly(notes, ["footnotes"]) is not None
    assert find_costly("a[^1]\n\n" * 3_000, ["footnotes"]) is None  # nothing defines it
    assert find_costly(notes, ["tables"]) is None


def test_text_on_which_an_extension_fails_is_a_problem_of_its_page(make_site: MakeSite) -> None:
    """Of a note that holds the definition of another one, the extension changes the notes that it goes through."""
    text = "See[^a][^b][^c].\n\n[^a]: One\n\n    [^b]: Two\n\n[^c]: Three\n"
    settings = SITE + "markdown: {engine: python-markdown, extensions: [footnotes]}\n"
    site = make_site({"content/a/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings)

    with pytest.raises(SiteError) as told:
        site.build()

    (problem,) = told.value.problems
    assert (problem.path, problem.line, problem.code) == ("content/a/index.en.md", 4, "unreadable")
    assert "RuntimeError" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "<pre>\nRoses are red,\n  violets  are blue.\n</pre>\n",
        'Text.\n\n<pre class="poem">春眠不觉晓\n处处闻啼鸟 <b>x</b>\n\n花落知多少</pre>\n',
    ],
)
def test_preformatted_text_that_is_not_code_keeps_its_lines(make_site: MakeSite, text: str) -> None:
    settings = SITE + "markdown: {engine: python-markdown, extensions: [extra]}\n"
    made = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{text}"}, site=settings).build()["en/index.html"]

    (shown,) = html.fromstring(made).xpath("//pre")
    assert shown.text_content().strip() == html.fromstring(text[text.index("<pre") :]).text_content().strip()
    assert not shown.xpath(".//code")


def test_elements_after_the_reference_of_a_footnote_end_as_they_began() -> None:
    found, _ = events_of("Foo[^1].\n\n- one\n\n- two\n\n[^1]: Note.\n", ("footnotes",))
    events = [event for event, _ in found]

    assert events.count({"Start": "Paragraph"}) == events.count({"End": "Paragraph"}) == 4
    assert {"Raw": "</p>"} not in events


CODED = """\
    def f(x):
        return 1

A

    :::python
    y = 2

B

    #!python
    z = 3

```python
import os
```

```
plain = 1
```
"""


@pytest.mark.parametrize(
    ("extensions", "languages"),
    [
        ("codehilite", ["", "python", "python"]),
        ("codehilite, fenced_code", ["", "python", "python", "python", ""]),
        ("codehilite, extra", ["", "python", "python", "python", ""]),
        ("pymdownx.superfences", ["", "", "", "python", ""]),
        ("pymdownx.extra", ["", "", "", "python", ""]),
        ("pymdownx.highlight, pymdownx.superfences, codehilite", ["", "", "", "python", ""]),
    ],
)
def test_code_is_coloured_in_its_language_and_never_in_a_guessed_one(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, extensions: str, languages: list[str]
) -> None:
    monkeypatch.setattr("pygments.lexers.guess_lexer", lambda *code, **options: pytest.fail("a language was guessed"))
    settings = SITE + f"markdown: {{engine: python-markdown, extensions: [{extensions}]}}\n"
    made = make_site({"content/index.en.md": f"---\ntitle: A\n---\n{CODED}"}, site=settings).build()["en/index.html"]

    blocks = html.fromstring(made).xpath("//pre/code")
    assert [(block.get("class") or "").removeprefix("language-") for block in blocks] == languages
    coloured = [bool(block.xpath(".//span")) for block in blocks]
    assert coloured == [bool(language) for language in languages]
    assert "def f(x):\n    return 1" in blocks[0].text_content()


@pytest.mark.parametrize("extensions", ["extra", "codehilite, extra", "fenced_code, attr_list", "pymdownx.extra"])
def test_fence_with_options_for_colouring_is_code(make_site: MakeSite, extensions: str) -> None:
    settings = SITE + f"markdown: {{engine: python-markdown, extensions: [{extensions}]}}\n"
    text = '---\ntitle: A\n---\n```{.python linenums="1" hl_lines="1"}\nz = 3\n```\n'
    made = make_site({"content/index.en.md": text}, site=settings).build()["en/index.html"]

    assert [block.text_content().strip() for block in html.fromstring(made).xpath("//pre/code")] == ["z = 3"]


@pytest.mark.parametrize("extensions", [("codehilite",), ("codehilite", "fenced_code"), ("pymdownx.superfences",)])
def test_code_costs_a_part_of_what_guessing_its_language_would(extensions: tuple[str, ...]) -> None:
    """Calls of functions for a block without a language; guessing took 4,000."""

    def calls(count: int) -> int:
        text = "\n\n".join(f"    def f(x):\n        return x + {n}\n\nWords." for n in range(count))
        profile = cProfile.Profile()
        profile.runcall(lambda: [*events_of(text, extensions)])
        return sum(entry.callcount for entry in profile.getstats())

    calls(1)
    assert calls(40) - calls(20) < 20 * 1_000


def test_little_of_a_text_that_was_read_stays_in_memory_until_the_build_ends() -> None:
    """The build collects no cycles meanwhile: with pymdownx.emoji, each page kept 0.4 MB."""
    text, extensions = "Text with `code`[^1].\n\n[^1]: Note\n", ("footnotes", "tables", "abbr")
    list(events_of(text, extensions)[0])
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(10):
            list(events_of(text, extensions)[0])
        kept = len(gc.get_objects()) - before
    finally:
        gc.enable()

    assert kept < 800
