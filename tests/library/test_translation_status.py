"""Shares of pages and words that are current in each language."""

from __future__ import annotations

import json

from conftest import MakeSite, TinySite
from lxml import html

from sitegen.cli import main
from sitegen.translation.review import accept
from sitegen.translation.status_report import find_status, status

SOURCE = "---\ntitle: Two words\nsummary: And three words\n---\nStart of it.\n\n## One\n\nFour words of text.\n\n## Two\n\nFive words of plain text.\n"
FRENCH = "---\ntitle: Deux\nsummary: Somme\nreview: machine\n---\nDébut.\n\n## Un\n\nTexte.\n\n## Deux\n\nTexte.\n"


def make(make_site: MakeSite) -> TinySite:
    """A page of 19 words, accepted in French; a home page of one word, which is not translated."""
    site = make_site({"content/a/index.en.md": SOURCE, "content/a/index.fr.md": FRENCH})
    list(accept(site.root, "/a/", "fr"))
    return site


def test_only_words_of_current_sections_count_as_current(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/a/index.en.md", SOURCE.replace("Four words of text", "Four more words of text"))

    english, french = find_status(site.root).languages

    assert (english.words, english.current, english.percent) == (21, 21, 100)
    assert (french.words, french.current) == (21, 14)  # 20 - 6 of the section "One", and none of the home page's
    assert [(page.key, page.state.name, page.state.changed) for page in french.pages] == [
        ("/", "missing", ()),
        ("/a/", "stale", ("#one",)),
    ]
    assert [page.review for page in french.pages] == [None, "machine"]


def test_chinese_is_counted_by_characters(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ntitle: 中文 two\n---\n"})

    assert find_status(site.root).languages[0].words == 3


def test_hundred_percent_is_only_shown_when_nothing_is_left(make_site: MakeSite) -> None:
    words = "word " * 999
    site = make_site(
        {"content/index.en.md": f"---\ntitle: One\n---\n{words}\n", "content/index.fr.md": "---\ntitle: Un\n---\nMot\n"}
    )
    list(accept(site.root, "/", "fr", "#"))

    assert find_status(site.root).languages[1].percent == 99


def test_status_as_json_holds_every_page_and_language(make_site: MakeSite) -> None:
    data = json.loads(status(make(make_site).root, "json"))

    assert data["languages"]["fr"]["pages"]["/a/"] == {
        "state": "current", "behind": [], "review": "machine", "words": 19, "current_words": 19,
    }  # fmt: skip
    assert data["languages"]["fr"]["current_words"] == 19
    assert data["orphans"] == []


def test_status_as_html_is_one_table(make_site: MakeSite) -> None:
    page = html.document_fromstring(status(make(make_site).root, "html"))

    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in page.xpath("//tr")]

    assert rows == [
        ["Page", "en100 %", "fr95 %"],
        ["/", "source", "missing"],
        ["/a/", "source", "current machine draft"],
    ]


def test_translation_without_its_source_is_orphaned(make_site: MakeSite) -> None:
    site = make(make_site)
    (site.root / "content/a/index.en.md").unlink()

    assert find_status(site.root).orphans == ("content/a/index.fr.md",)


def test_command_fails_if_a_language_is_below_its_threshold(make_site: MakeSite) -> None:
    root = ["--root", str(make(make_site).root)]

    assert main(["translate", "status", *root]) == 0
    assert main(["translate", "status", *root, "--fail-under", "95"]) == 0
    assert main(["translate", "status", *root, "--fail-under", "96"]) == 1
    assert main(["translate", "status", *root, "--fail-stale", "en"]) == 0
    assert main(["translate", "status", *root, "--fail-stale", "en", "fr"]) == 1
    assert main(["translate", "status", *root, "--fail-stale", "xx"]) == 1
