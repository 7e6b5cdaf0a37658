"""`new` writes a page that only needs to be filled in."""

from __future__ import annotations

import re

import pytest
from conftest import MakeSite, TinySite

from sitegen.errors import SiteError
from sitegen.scaffold import new_page

KINDS = """\
page: {template: page.html}
newsroom: {template: page.html, children: {kind: news}}
news:
  template: page.html
  facts:
    date: {type: date, required: true}
    status: {type: choice, of: [planned, held], required: true}
    seats: {type: number, required: true}
    is_open: {type: boolean, required: true}
    author: {type: page, kind: person, required: true}
    topics: {type: list, of: {type: text}, required: true}
    address: {type: group, fields: {town: {type: text}}, required: true}
    site: {type: url, required: true}
    host: {type: country, required: true}
    when: {type: datetime, required: true}
    picture: {type: image}
  words:
    motto: {type: text, required: true}
    place: {type: text}
person: {template: page.html}
"""
FILLED = {
    "seats": "12",
    "author": "/ada/",
    "topics": "[art]",
    "address": "{town: Here}",
    "site": "https://example.org",
    "host": "KZ",
    "when": "2026-01-31T09:30",
    "title": "Title",
    "motto": "Motto",
    "summary": "Summary",
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A site with a kind that asks for every type of field."""
    return make_site({"content/ada/index.en.md": "---\nkind: person\ntitle: Ada\n---\n"}, kinds=KINDS)


def told(site: TinySite, kind: str, path: str) -> str:
    with pytest.raises(SiteError) as caught:
        new_page(site.root, kind, path)
    return str(caught.value.problems[0])


def test_page_has_a_line_for_each_required_field(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    keys = re.findall(r"^(\w+):", (site.root / path).read_text(), re.MULTILINE)
    assert path == "content/news/opening/index.en.md"
    assert keys[:2] == ["kind", "draft"]
    assert sorted(keys[2:]) == sorted([*FILLED, "date", "status", "is_open"])


def test_page_passes_the_reader_once_filled_in(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    text = (site.root / path).read_text()
    for name, value in FILLED.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
    site.write(path, text.replace("draft: true", "draft: false"))

    assert "en/news/opening/index.html" in site.build()


def test_page_that_is_not_filled_in_is_told_line_by_line(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    problems = site.problems()

    assert {problem.path for problem in problems} == {path}
    text = (site.root / path).read_text().split("\n")
    named = {text[(problem.line or 1) - 1].split(":")[0] for problem in problems}
    assert named >= {"title", "motto", "seats", "site", "host", "when", "address"}


def test_simplest_page_needs_a_title_only(site: TinySite) -> None:
    path = new_page(site.root, "page", "about")

    site.write(path, (site.root / path).read_text().replace('title: ""', "title: About").replace("draft: true\n", ""))

    assert path == "content/about/index.en.md"
    assert "en/about/index.html" in site.build()


@pytest.mark.parametrize("path", ["/Über/", "/a b/", "../x", "/a/../../x/", "/_hidden/", "/.git/", "/-a/", "/ä/"])
def test_path_that_is_no_content_path_is_refused(site: TinySite, path: str) -> None:
    before = sorted(site.root.parent.rglob("*"))

    assert "error[slug]" in told(site, "page", path)
    assert sorted(site.root.parent.rglob("*")) == before


def test_unknown_kind_is_refused_with_the_near_one(site: TinySite) -> None:
    assert told(site, "newz", "/x/") == (
        "content/kinds.yaml: error[unknown-kind]: 'newz' is not a kind\n  hint: did you mean 'news'?"
    )
    assert not (site.root / "content/x").exists()


def test_page_that_exists_is_refused_and_stays_as_it_is(site: TinySite) -> None:
    assert "the page exists" in told(site, "page", "/ada/")
    assert "Ada" in (site.root / "content/ada/index.en.md").read_text()


def test_page_that_exists_in_another_language_is_refused_too(site: TinySite) -> None:
    """A second file would become its source version, and its facts would stand in the wrong one."""
    site.write("content/eva/index.fr.md", "---\nkind: person\ntitle: Eva\n---\n")

    assert "the page exists" in told(site, "person", "/eva/")
