"""What the pages of real sites hold most often: it works, `import` brings it, or it is told at its place.

The rows are the constructs of 35,000 files of 25 sites of Hugo and others, most frequent first.
"""

from __future__ import annotations

import pytest
from conftest import HUGO, SITE, MakeSite, Moved, moved_from_hugo
from lxml import html

from sitegen.build.options import Options
from sitegen.build.pipeline import check

SETTINGS = """title: Old
baseURL: https://old.example/
enableEmoji: true
params: {version: "1.2"}
markup:
  goldmark:
    renderer: {unsafe: true}
    extensions: {passthrough: {enable: true, delimiters: {inline: [['\\(', '\\)']]}}}
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
#: Construct, its text on a page of Hugo, what is found in the page here (an XPath below main), what is told (or "").
BROUGHT = [
    ("heading with an id", "## Words {#own}", "//h2[@id = 'own'][starts-with(., 'Words')]", ""),
    ("include", '{{% include "part.md" %}}', "//p[. = 'Included words']", ""),
    ("call-out of GitHub", "> [!WARNING]\n> Mind the gap", "//*[contains(@class, 'warning')]//p[. = 'Mind the gap']", ""),
    ("call-out", '{{% notice tip "Title" %}}\nMind *it*\n{{% /notice %}}', "//*[contains(@class, 'tip')]//em[. = 'it']", ""),
    ("emoji", "Done :tada:", "//p[. = 'Done 🎉']", ""),
    ("table", "| a | b |\n|---|---|\n| c | d |", "//table//td[2][. = 'd']", ""),
    ("page link", '[it]({{< ref "other.md" >}})', "//a[@href = '/en/other/'][. = 'it']", ""),
    ("tabs", '{{< tabs >}}\n{{% tab "One" %}}\nfirst\n{{% /tab %}}\n{{% tab "Two" %}}\nsecond\n{{% /tab %}}\n{{< /tabs >}}', "//*[@class = 'tabs']//label[. = 'Two']", ""),
    ("glossary term", '{{< def "Root certificate" >}}', "//*[. = 'Root certificate']", "a/index.md:5:1: warning[shortcode]: the shortcode 'def' became the block '::def'"),
    ("abbreviation", '<abbr title="Central Asia">CA</abbr> too', "//p[. = 'CA too']", "a/index.md:5:1: warning[not-imported]: the HTML '<abbr title=\"Central Asia\">' is left out"),
    ("picture in HTML", '<img src="hall.png" alt="A hall" width="9">', "//img[@alt = 'A hall']", "the HTML '<img src="),
    ("figure", '{{< figure src="hall.png" alt="A hall" caption="Seen at noon" >}}', "//figure//figcaption[contains(., 'Seen at noon')]", ""),
    ("line break", "one<br>two", "//p[br][. = 'one\ntwo']", ""),
    ("line break in a cell", "| a |\n|---|\n| b<br>c |", "//td[. = 'b c']", ""),
    ("definition list", "Term\n: Its meaning", "//dl[dt = 'Term']/dd[contains(., 'Its meaning')]", ""),
    ("keys", "Press <kbd>Ctrl</kbd>", "//p[code = 'Ctrl'][. = 'Press Ctrl']", ""),
    ("icon", "A {{< icon star >}} star", "//p[normalize-space(.) = 'A star']", "a/index.md:5:3: warning[shortcode]: the shortcode 'icon' became the block ':icon'"),
    ("badge", '{{< badge "New words" >}}', "//*[. = 'New words']", "warning[shortcode]: the shortcode 'badge' became the block '::badge'"),
    ("button", "{{< button href=other >}}Go on{{< /button >}}", "//*[contains(., 'Go on')]", "warning[shortcode]: the shortcode 'button' became"),
    ("options of code", "```go {hl_lines=[2]}\na\nb\n```", "//pre[code = 'a\nb\n']", "a/index.md:5:1: warning[not-imported]: options of a code block are left out: hl_lines=[2]"),
    ("card", '{{< card title="The title" subtitle="More of it" link="other" >}}', "//a[@href = '/en/other/'][. = 'The title']", "warning[shortcode]: the shortcode 'card' became the block '::card'"),
    ("download", "[The plan](plan.pdf)", "//a[contains(@href, 'plan')][. = 'The plan']", ""),
    ("steps", "{{% steps %}}\n### One\n\nDo it\n{{% /steps %}}", "//*[@class = 'steps']//p[. = 'Do it']", ""),
    ("file tree", '{{< filetree/folder name="content" >}}\n{{< filetree/file name="_index.md" >}}\n{{< /filetree/folder >}}', "//div[p = 'content']//p[. = '_index.md']", "the shortcode 'filetree/file' became the block '::filetree-file'"),
    ("variable", "Version {{< param version >}}", "//p[. = 'Version 1.2']", ""),
    ("diagram", "```mermaid\ngraph TD\n```", "//pre[code = 'graph TD\n']", "a/index.md:5:1: warning[not-imported]: the diagram in 'mermaid' is shown as its code"),
    ("details", "<details><summary>More</summary>\n\nHidden\n\n</details>", "//details[summary = 'More']//p[. = 'Hidden']", ""),
    ("details, a shortcode", '{{% details "More" %}}\nHidden\n{{% /details %}}', "//details[contains(summary, 'More')]//p[. = 'Hidden']", ""),
    ("table in HTML", "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "//table[contains(., 'a') and contains(., 'b')]//td[contains(., 'c')]", "a/index.md:5:1: warning[not-imported]: the HTML '<table>"),
    ("formula", "So \\(x^2\\)", "//p//*[local-name() = 'math'][@alttext = 'x^2']", ""),
    ("footnote", "A note[^1].\n\n[^1]: Its words.", "//*[contains(., 'Its words.')]", ""),
    ("strikethrough", "~~gone~~", "//del[. = 'gone']", ""),
    ("task", "- [ ] open\n- [x] done", "//li[contains(., '☑ done')]", ""),
    ("superscript", "10<sup>6</sup> and H<sub>2</sub>O", "//p[. = '10⁶ and H₂O']", ""),
    ("superscript of words", "1<sup>er</sup>", "//p[. = '1er']", "a/index.md:5:2: warning[not-imported]: the HTML '<sup>' is left out; its content is kept"),
    ("video", "{{< youtube w7Ft2ymGmfc >}}", "//a[contains(@href, 'w7Ft2ymGmfc')]", "a/index.md:5:1: warning[shortcode]: the shortcode 'youtube' became a card that leads there"),
    ("other embed", "{{< gist ada 123 >}}", "//a[@href = 'https://gist.github.com/ada/123']", "warning[shortcode]: the shortcode 'gist' became a link"),
]  # fmt: skip
#: Construct, its text on a page of ours, what is found in the page ("" if nothing is), what is told (or "").
NATIVE = [
    ("heading with an id", "## Words {#own}", "//h2[@id = 'own']", ""),
    ("include", "{* ../part.py *}", "", "'{* ../part.py *}' does not include a file here: write the text itself"),
    ("snippet", '--8<-- "part.md"', "", "does not include a file here"),
    ("call-out of GitHub", "> [!NOTE]\n> Mind", "//*[contains(@class, 'note')]//p[. = 'Mind']", ""),
    ("call-out of MkDocs", "!!! note\n    Mind", "", "'!!! note' does not make a call-out here: write :::note[Title]"),
    ("call-out of pymdownx", "/// note\nMind\n///", "", "'/// note' does not make a block here: write :::note[Title]"),
    ("call-out", ":::note[Title]\nMind\n:::", "//*[contains(@class, 'note')]//p[. = 'Mind']", ""),
    ("shortcode", "{{< youtube x >}}", "", "is a shortcode of Hugo and is shown as it is written: write a block"),
    ("emoji", "Done :tada:", "", "':tada:' is shown as it is written: write the emoji itself, such as 🎉"),
    ("table", "| a | b |\n|---|---|\n| c | d |", "//td[2][. = 'd']", ""),
    ("tabs", "::::tabs\n:::tab[One]\nfirst\n:::\n::::", "//*[@class = 'tabs']//label[. = 'One']", ""),
    ("tabs of MkDocs", '=== "One"\n\n    first', "", "does not make a tab here: write ::::tabs"),
    ("abbreviation", 'A :abbr[CA]{title="Central Asia"}', "//abbr[@title = 'Central Asia'][. = 'CA']", ""),
    ("HTML", 'one <kbd title="x">Ctrl</kbd>', "", "raw HTML '<kbd title=\"x\">': write it in Markdown"),
    ("line break", "one\\\ntwo", "//p[br]", ""),
    ("definition list", "Term\n: Meaning", "//dl[dt = 'Term']", ""),
    ("details", ":::details[More]\nHidden\n:::", "//details[contains(summary, 'More')]", ""),
    ("steps", ":::steps\n1. One\n:::", "//*[@class = 'steps']", ""),
    ("formula", "So $x^2$", "", "the formula '$x^2$' is shown as it is written: add `markdown: {math: true}` to site.yaml"),
    ("table of contents", "[TOC]", "", "'[TOC]' does not make a table of contents: delete it"),
    ("mark", "A ==marked== word", "", "'==' does not mark words here"),
    ("attributes", "Words\n{.lead}", "", "the attributes '{.lead}' are shown as they are written"),
    ("footnote", "A note[^1].\n\n[^1]: Its words.", "//*[contains(., 'Its words.')]", ""),
    ("strikethrough", "~~gone~~", "//del[. = 'gone']", ""),
    ("task", "- [x] done", "//li[contains(., 'done')]", ""),
    ("video", '::video[Opening]{src="https://videos.example.net/1"}', "//a[@href = 'https://videos.example.net/1']", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> tuple[Moved, dict[str, str]]:
    """A site of Hugo with a page of each construct, imported and built."""
    files: dict[str, str | bytes] = {
        "hugo.toml": HUGO,
        "hugo.yaml": SETTINGS,
        "content/other.md": "---\ntitle: Other\n---\nText\n",
        "content/part.md": "---\ntitle: Part\nbuild: {render: never}\n---\nIncluded words\n",
    }
    for number, (_, text, *_) in enumerate(BROUGHT):
        files |= {
            f"content/a{number}/index.md": f"---\ntitle: A{number}\n---\n\n{text}\n",
            f"content/a{number}/hall.png": PNG,
            f"content/a{number}/plan.pdf": "%PDF",
        }
    site = moved_from_hugo(tmp_path_factory.mktemp("constructs"), files)
    return site, site.build()


@pytest.mark.parametrize("number", range(len(BROUGHT)), ids=[row[0] for row in BROUGHT])
def test_what_a_page_of_hugo_holds_is_brought_or_told(brought: tuple[Moved, dict[str, str]], number: int) -> None:
    site, pages = brought
    _, _, found, told = BROUGHT[number]

    page = html.document_fromstring(pages[f"en/a{number}/index.html"])
    assert page.xpath(f"//main{found}") or page.xpath(found)
    about = [line for line in site.told_then.splitlines() if f"a{number}/index.md" in line]
    told = told.replace("a/index.md", f"a{number}/index.md")
    assert any(told in line for line in about) if told else about == []


@pytest.mark.parametrize(("text", "found", "told"), [row[1:] for row in NATIVE], ids=[row[0] for row in NATIVE])
def test_what_is_written_here_works_or_is_told(make_site: MakeSite, text: str, found: str, told: str) -> None:
    page = f"---\ntitle: Home\n---\n\n{text}\n"
    site = make_site({"content/index.en.md": page}, site=f"{SITE}checks: {{html: warning}}\n")

    found_there = check(Options(root=site.root, output=site.public))
    own = [problem for problem in found_there if problem.path == "content/index.en.md" and (problem.line or 0) >= 5]

    said = [f"{problem.message}: {problem.hint}" for problem in own]
    assert any(told in line for line in said) if told else said == []
    if found:
        assert html.document_fromstring(site.build()["en/index.html"]).xpath(found)
