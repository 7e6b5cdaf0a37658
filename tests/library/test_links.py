"""Links, pictures and heading ids of a text are right in each language."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal
from urllib.parse import quote

import pytest
from conftest import SITE as PLAIN_SITE
from conftest import MakeSite
from linked import SITE, make, page
from lxml import html


def attributes(text: str, tag: str, name: str) -> list[str]:
    """An attribute of every element of a kind, in order."""
    return [str(element.get(name)) for element in html.fromstring(f"<main>{text}</main>").iter(tag)]


def ids(text: str) -> list[str]:
    """Ids of all headings, in order."""
    return [str(heading.get("id")) for heading in html.fromstring(f"<main>{text}</main>").xpath("//h2|//h3|//h4")]


def test_heading_ids_come_from_the_source_by_position_in_every_language(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/index.en.md": page("A", "## What it is\n\n### {#how} How\n\n## Who?\n".replace("{#how} How", "How {#how}")),
            "content/index.ru.md": page("А", "## Что это\n\n### Как {#kak}\n\n## Кто\n\n## Ещё\n"),
        },
    )  # fmt: skip

    pages = site.build()

    assert ids(pages["en/index.html"]) == ["what-it-is", "how", "who"]
    assert ids(pages["ru/index.html"]) == ["what-it-is", "how", "who", "ещё"]
    assert ids(pages["kk/index.html"]) == ids(pages["ru/index.html"])


def test_extra_heading_of_a_translation_takes_no_id_of_the_source(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/index.en.md": page("A", "## One\n\n## Two\n"),
            "content/index.ru.md": page("А", "## А\n\n## Б\n\n## Two\n\n## One\n\n## Two 3\n"),
        },
    )

    found = ids(site.build()["ru/index.html"])

    assert found[:2] == ["one", "two"]
    assert len(set(found)) == 5


def test_headings_of_a_page_are_listed_with_their_ids(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "templates/page.html": "{% for h in page.headings %}{{ h.level }} {{ h.anchor }} {{ h.title }};{% endfor %}",
            "content/index.en.md": page("A", "## One\n"),
            "content/index.ru.md": page("А", "## *Раз*\n"),
        },
    )

    assert site.build()["ru/index.html"] == "2 one Раз;"


def test_links_keep_the_language_of_the_reader(make_site: MakeSite) -> None:
    links = "[up](/a/) [down](../b/#part) [here](#own) [home](/) [out](https://a.org/x?y&z#w) [self](.)"
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", f"## Own\n\n{links}"),
            "content/b/index.en.md": page("B", "## Part\n"),
            "content/b/index.ru.md": page("Б", "## Часть\n", slug="бэ"),
        },
    )

    pages = site.build()

    out = "https://a.org/x?y&z#w"
    assert attributes(pages["en/a/index.html"], "a", "href") == ["/en/a/", "/en/b/#part", "#own", "/en/", out, "/en/a/"]
    assert attributes(pages["ru/a/index.html"], "a", "href") == [
        "/ru/a/", f"/ru/{quote('бэ')}/#part", "#own", "/ru/", out, "/ru/a/",
    ]  # fmt: skip
    assert attributes(pages["kk/a/index.html"], "a", "href")[1] == f"/kk/{quote('бэ')}/#part"


def test_links_have_the_base_path_of_the_site(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {"content/index.en.md": page("A", "[home](/) ![p](p.jpg)"), "content/p.jpg": b"p"},
        site=SITE.replace("example.org/", "example.org/repo"),
    )

    text = site.build()["ru/index.html"]

    assert attributes(text, "a", "href") == ["/repo/ru/"]
    assert attributes(text, "img", "src") == ["/repo/en/p.jpg"]


def test_picture_in_the_language_of_the_reader_wins_along_the_fallback_chain(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", "![map](map.png)\n"),
            "content/a/map.png": b"en",
            "content/a/map.ru.png": b"ru",
        },
    )

    pages = site.build()

    assert {path: attributes(pages[f"{path}/a/index.html"], "img", "src") for path in ("en", "ru", "kk")} == {
        "en": ["/en/a/map.png"],
        "ru": ["/ru/a/map.ru.png"],
        "kk": ["/ru/a/map.ru.png"],
    }


def test_file_next_to_a_page_is_published_once(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", "[Plan](plan.pdf)", slug="aa"),
            "content/a/index.ru.md": page("А", "[План](plan.pdf) [Other](../b/other.csv)", slug="аа"),
            "content/b/index.ru.md": page("Б"),
            "content/a/plan.pdf": b"plan",
            "content/b/other.csv": b"other",
        },
    )

    site.build()

    files = {path: data for path, data in site.files().items() if data in (b"plan", b"other")}
    assert files == {"en/aa/plan.pdf": b"plan", "ru/b/other.csv": b"other"}
    assert attributes(site.pages()["ru/аа/index.html"], "a", "href") == ["/en/aa/plan.pdf", "/ru/b/other.csv"]


@pytest.mark.parametrize(
    "body", ["&#2;x&#3;", "&#1;/a/&#3;", "## &#2;x&#3; heading\n\n&#3;"], ids=["anchor", "link", "heading"]
)
def test_text_that_resembles_internal_marks_stays_text(make_site: MakeSite, body: str) -> None:
    site = make(make_site, {"content/index.en.md": page("A", body)})

    try:
        text = site.build()["en/index.html"]
    except Exception as error:
        assert type(error).__name__ == "SiteError", repr(error)  # noqa: PT017 - what kind of error is the point
        assert {problem.path for problem in error.problems} == {"content/index.en.md"}  # type: ignore[attr-defined]  # noqa: PT017
    else:
        assert not set(text) & {"\x01", "\x02", "\x03"}
        assert "/en/a/" not in text


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("my%20report.pdf", "/en/a/my%20report.pdf"),
        ("<my report.pdf>", "/en/a/my%20report.pdf"),
        ("my%20report.pdf?v=2#page=2", "/en/a/my%20report.pdf?v=2#page=2"),
        ("c%23d.pdf", "/en/a/c%23d.pdf"),
        ("100%25.pdf", "/en/a/100%25.pdf"),
        ("100%.pdf", "/en/a/100%25.pdf"),
        ("cafe\u0301.pdf", "/en/a/caf%C3%A9.pdf"),
        ("caf%C3%A9.pdf", "/en/a/caf%C3%A9.pdf"),
        ("cafe%CC%81.pdf", "/en/a/caf%C3%A9.pdf"),
        ("/%D0%B9/", "/en/%D0%B9/"),
        ("/\u0438\u0306/", "/en/%D0%B9/"),
        ("../й/?q=a", "/en/%D0%B9/?q=a"),
        ("/?q=a", "/en/?q=a"),
        ("?page=2", "?page=2"),
        ("#top", "#top"),
        ("#TOP", "#TOP"),
        ("#", "#"),
        ("/й/#top", "/en/%D0%B9/#top"),
        ("#p%C3%A4rt", "#p%C3%A4rt"),
        ("#pa\u0308rt", "#pa\u0308rt"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_links_resolve_as_in_browsers_however_names_are_stored(
    make_site: MakeSite, target: str, address: str, form: Literal["NFC", "NFD"]
) -> None:
    folder, file = (unicodedata.normalize(form, name) for name in ("й", "café.pdf"))
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", f"## Pärt\n\n[x]({target})\n"),
            **{f"content/a/{name}": name for name in ("my report.pdf", "c#d.pdf", "100%.pdf", file)},
            f"content/{folder}/index.en.md": page("Й"),
        },
    )

    site.build()

    assert attributes(site.pages()["en/a/index.html"], "a", "href") == [address]
    assert "en/й/index.html" in site.files()


def test_file_name_with_a_reserved_character_is_linked_as_the_hint_says(make_site: MakeSite) -> None:
    site = make(make_site, {"content/index.en.md": page("A", "[x](c#d.pdf)"), "content/c#d.pdf": "c"})
    (problem,) = site.problems()

    site.write("content/index.en.md", page("A", f"[x]({problem.hint.rpartition(' ')[2]})"))

    assert problem.code == "dead-page"
    assert attributes(site.build()["en/index.html"], "a", "href") == ["/en/c%23d.pdf"]


def test_names_that_look_the_same_are_reported_and_kept_apart(make_site: MakeSite) -> None:
    site = make(make_site, {"content/caf\u00e9.pdf": "1", "content/cafe\u0301.pdf": "2"})

    (problem,) = site.problems()

    assert (problem.path, problem.code) == ("content/caf\u00e9.pdf", "url-clash")


def test_footnote_and_heading_of_the_same_name_have_distinct_ids(make_site: MakeSite) -> None:
    text = "---\ntitle: H\n---\nA.[^1] [see](#note-1)\n\n## Note 1\n\n## Noted 1\n\n[^1]: Note.\n"
    page = make_site({"content/index.en.md": text}).build()["en/index.html"]
    ids = re.findall(r' id="([^"]*)"', page)

    assert sorted(ids) == ["note-1", "note:1", "noted-1", "noted:1"]
    assert '<a href="#note:1" id="noted:1" role="doc-noteref">1</a>' in page
    assert '<a href="#noted:1" role="doc-backlink">' in page
    assert '<a href="#note-1">see</a>' in page


def test_code_and_formulas_run_left_to_right_on_a_right_to_left_page(make_site: MakeSite) -> None:
    text = "---\ntitle: H\n---\nبا `f(a)` و $x^2$\n\n```python\ndef f(a): pass\n```\n"
    site = PLAIN_SITE.replace("fr", "fa") + "markdown: {math: true, highlight: true}\n"
    page = make_site({"content/index.fa.md": text}, site=site).build()["fa/index.html"]

    assert '<code dir="ltr">f(a)</code>' in page
    assert '<math dir="ltr"' in page
    assert '<pre dir="ltr" tabindex="0"><code class="language-python"><span' in page
