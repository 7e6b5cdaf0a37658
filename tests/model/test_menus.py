"""Menus: nested entries, addresses elsewhere, labels of their own, and a page's children."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite

MENUS = """\
menus:
  main:
    - /about/
    - {page: /news/, label: {en: What is new, fr: Nouveautés}, children: true}
    - label: {en: Elsewhere}
      entries:
        - {url: "https://example.net/", label: {en: Friends, fr: Amis}}
        - /about/
"""
SITE = "title: {en: Site, fr: Site}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\n"
TEMPLATE = """\
{% for entry in site.menus.main recursive %}[{{ entry.title|words }}|{{ entry.url }}|{{ entry.key }}{% if page.is_within(entry) %}|here{% endif %}{{ loop(entry.entries) }}]{% endfor %}
"""
FILES = {
    "content/about/index.en.md": "---\ntitle: About\n---\n",
    "content/news/index.en.md": "---\ntitle: News\n---\n",
    "content/news/one/index.en.md": "---\ntitle: One\n---\n",
    "templates/page.html": TEMPLATE,
}


def make(make_site: MakeSite, menus: str) -> TinySite:
    return make_site(FILES, site=SITE + menus)


def test_entries_nest_and_have_their_own_labels(make_site: MakeSite) -> None:
    pages = make(make_site, MENUS).build()

    assert pages["en/about/index.html"].strip() == (
        "[About|/en/about/|/about/|here]"
        "[What is new|/en/news/|/news/[One|/en/news/one/|/news/one/]]"
        "[Elsewhere||[Friends|https://example.net/|][About|/en/about/|/about/|here]]"
    )
    assert "[Nouveautés|/fr/news/" in pages["fr/about/index.html"]
    assert '[<span lang="en" dir="ltr">Elsewhere</span>||' in pages["fr/about/index.html"]


def test_child_that_is_added_is_shown_in_the_menu_of_every_page(make_site: MakeSite) -> None:
    site = make(make_site, MENUS)
    site.build()

    site.write("content/news/two/index.en.md", "---\ntitle: Two\norder: 1\n---\n")

    assert "[Two|/en/news/two/|" in site.build()["en/about/index.html"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{page: /about/, url: 'https://a.example/'}", "menus.main: an entry has a page or a url"),
        ("{label: {en: A}}", "menus.main: the entry leads nowhere"),
        ("{url: 'https://a.example/'}", "menus.main: the entry has no label"),
        ("{page: /abot/}", "menus.main: the page '/abot/' does not exist"),
        ("{label: {en: A}, entries: [/abot/]}", "menus.main: the page '/abot/' does not exist"),
        ("{pge: /about/}", "'pge' is not"),
        ("{url: 'javascript:x', label: {en: A}}", "url: 'javascript:x'"),
        ("{page: /about/, label: {xx: A}}", "'xx' is not"),
        (
            "{page: /news/, children: true}, {label: {en: A}, entries: [/news/, {page: /news/, children: true}]}",
            "site.yaml:4:90: error[expected]: menus.main: the children of '/news/' are in this menu already",
        ),
    ],
)
def test_mistake_in_an_entry_is_reported(make_site: MakeSite, entry: str, told: str) -> None:
    assert told in make(make_site, f"menus: {{main: [{entry}]}}\n").told()


def test_page_may_stand_in_a_menu_often_and_its_children_once_in_each(make_site: MakeSite) -> None:
    entries = "[/news/, {page: /news/, children: true}, {label: {en: A}, entries: [/news/]}]"
    site = make(make_site, f"menus: {{main: {entries}, footer: {entries}}}\n")

    assert site.build()["en/about/index.html"].count("[One|") == 1


def test_page_of_a_nested_entry_is_renamed_in_the_menu_too(make_site: MakeSite) -> None:
    from sitegen.editing.rename_remove import rename

    site = make(make_site, MENUS)

    rename(site.root, "/about/", "/us/")

    settings = (site.root / "content/site.yaml").read_text(encoding="utf-8")
    assert settings.count("/us/") == 2
    assert "/about/" not in settings
