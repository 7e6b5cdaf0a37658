"""Which pages of a Hugo site belong together, their kinds, and their fields."""

from __future__ import annotations

import pytest
from conftest import MoveHugo

from sitegen.importers.hugo import terms

KINDS = "content/kinds.yaml"


def test_pages_with_one_translation_key_are_one_page_with_an_address_in_each_language(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/about.md": "---\ntitle: About\ntranslationKey: a\n---\n",
            "content/propos.fr.md": "---\ntitle: À propos\ntranslationKey: a\n---\n",
        }
    )

    assert site.text("content/about/index.fr.md") == "---\ntitle: À propos\nslug: propos\n---\n"
    assert 'hreflang="fr" href="https://old.example/fr/propos/"' in site.build()["en/about/index.html"]


def test_pages_below_a_section_with_a_translation_key_stay_below_it(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/posts/_index.md": "---\ntitle: Posts\ntranslationKey: p\n---\n",
            "content/articles/_index.fr.md": "---\ntitle: Articles\ntranslationKey: p\n---\n",
            "content/articles/un.fr.md": "---\ntitle: Un\n---\n",
        }
    )

    assert site.text("content/posts/un/index.fr.md") == "---\ntitle: Un\n---\n"
    assert "fr/articles/un/index.html" in site.build()


def test_each_section_and_type_becomes_a_kind_that_its_pages_inherit(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/docs/_index.md": "---\ntitle: Docs\n---\n",
            "content/docs/one.md": "---\ntitle: One\nweight: 2\n---\n",
            "content/docs/deep/two.md": "---\ntitle: Two\nweight: 1\ntype: landing\n---\n",
        }
    )

    assert site.text("content/docs/index.en.md").startswith("---\nkind: docs\n")
    assert site.text("content/docs/one/index.en.md").startswith("---\norder: 2\n")
    assert site.text("content/docs/deep/two/index.en.md").startswith("---\nkind: landing\norder: 1\n")
    assert "docs:\n  template: page.html\n  children: {kind: docs, sort: order}\n" in site.text(KINDS)


def test_missing_list_and_home_pages_are_written(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/good-news/one.md": "---\ntitle: One\n---\n", "content/x.fr.md": "---\ntitle: X\n---\n"})

    assert site.text("content/index.fr.md") == "---\ntitle: Vieux\n---\n"
    assert site.text("content/good-news/index.en.md") == "---\nkind: good-news\ntitle: Good news\n---\n"
    assert "One" in site.build()["en/good-news/index.html"]


def test_terms_become_pages_named_by_facts_with_translated_titles(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\ntags: [Science, C++, C]\ncategories: News\n---\n",
            "content/a.fr.md": "---\ntitle: A\ntags: [Sciences, C++, C]\n---\n",
        }
    )

    assert "tags: [/tags/science/, /tags/c-2/, /tags/c/]\n" in site.text("content/a/index.en.md")
    assert "categories: [/categories/news/]\n" in site.text("content/a/index.en.md")
    assert "tags" not in site.text("content/a/index.fr.md")
    assert site.text("content/tags/science/index.fr.md") == "---\ntitle: Sciences\nslug: sciences\n---\n"
    assert "tags: {type: list, of: {type: page, kind: tag}}" in site.text(KINDS)
    pages = site.build()
    assert 'href="/en/a/"' in pages["en/tags/science/index.html"]
    assert 'href="/fr/tags/sciences/"' in pages["fr/a/index.html"]


def test_terms_are_left_out_where_a_page_would_make_too_many_pages_of_them(
    move_hugo: MoveHugo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "MOST_TERMS", 3)
    monkeypatch.setattr(terms, "MOST_TAXONOMIES", 2)

    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\ntags: [b, c]\ncategories: [d, e]\n---\n",
            "content/f.md": "---\ntitle: F\ntags: [g, h, i]\nfields: [j]\n---\n",
        },
        settings="[taxonomies]\ntag = 'tags'\ncategory = 'categories'\nfield = 'fields'\n",
    )

    assert "tags: [/tags/b/, /tags/c/]\ncategories: [/categories/d/]\n" in site.text("content/a/index.en.md")
    assert "tags: [/tags/g/, /tags/h/, /tags/i/]\ntitle: F\nfields: [j]\n" in site.text("content/f/index.en.md")
    assert "content/a.md:4:17: warning[not-imported]: categories: a page has at most 3 terms" in site.told_then
    assert "hugo.toml:1:2: warning[not-imported]: the taxonomy 'fields' is not imported: there are more than 2" in (
        site.told_then
    )


def test_languages_without_pages_are_left_out(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "---\ntitle: A\n---\n"}, settings="[languages.de]\n")

    assert "languages:\n  - {tag: en}\n" in site.text("content/site.yaml")
    assert "hugo.toml:1:12: warning[not-imported]: the language 'de' is left out, as it has no pages" in site.told_then
    assert "fr/index.html" not in site.build()


def test_terms_that_only_a_translation_has_are_reported(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {"content/a.md": "---\ntitle: A\ntags: [x]\n---\n", "content/a.fr.md": "---\ntitle: A\ntags: [x, y]\n---\n"}
    )

    assert (
        "content/a.fr.md:3:1: warning[not-imported]: tags: 2 terms, 1 in content/a.md, which hold for all languages\n"
        "  3 | tags: [x, y]\n"
        "    | ^^^^\n"
        "  hint: put what is missing there"
    ) in site.told_then


def test_field_is_a_fact_if_languages_agree_and_a_word_otherwise(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\nauthor: Ada\nmood: good\nseats: 12\nkind: x\n---\n",
            "content/a.fr.md": "---\ntitle: A\nauthor: Ada\nmood: bon\n---\n",
        }
    )

    assert (
        "  facts:\n    author: {type: text}\n    seats: {type: number}\n  words:\n    mood: {type: text}\n    own_kind: {type: text}\n"
    ) in site.text(KINDS)
    assert site.text("content/a/index.en.md") == (
        "---\nauthor: Ada\nseats: 12\ntitle: A\nmood: good\nown_kind: x\n---\n"
    )
    assert site.text("content/a/index.fr.md") == "---\ntitle: A\nmood: bon\n---\n"


def test_field_of_two_shapes_is_left_out_and_reported(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\nauthor: Ada\n---\n",
            "content/b.md": "---\ntitle: B\nauthor: {name: Ada}\n---\n",
        }
    )

    assert (
        site.told_then.count("'author' has another shape on other pages, or is not a valid field name; it is left out")
        == 2
    )
    site.build()


def test_keywords_of_a_page_stay_those_that_its_readers_search_for(move_hugo: MoveHugo) -> None:
    """Hugo takes one keyword or a list of them, in any language."""
    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\nkeywords: ['press, kit', media]\n---\n",
            "content/a.fr.md": "---\ntitle: A\nkeywords: revue\n---\n",
        }
    )

    assert site.text("content/a/index.en.md") == '---\ntitle: A\nkeywords: ["press, kit", media]\n---\n'
    assert site.text("content/a/index.fr.md") == "---\ntitle: A\nkeywords: [revue]\n---\n"
    site.build()


def test_home_page_with_a_translation_key_stays_the_home_page(move_hugo: MoveHugo) -> None:
    menu = "[[menus.main]]\nname = 'Home'\npageRef = '/'\n"
    files = {
        "content/_index.md": "---\ntitle: Home\ntranslationKey: a\n---\n",
        "content/a.md": "---\ntitle: A\ntranslationKey: a\n---\n",
    }

    site = move_hugo(files, settings=menu)

    assert "title: Home" in site.text("content/index.en.md")
    assert "main: [/]" in site.text("content/site.yaml")


def test_folders_and_files_named_as_settings_do_not_become_settings(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/_index.md": "---\ntitle: Home\n---\n",
            "content/site.yaml": "title: {en: Evil}\n",
            "content/kinds.yaml/_index.md": "---\ntitle: Kinds\n---\n",
        }
    )

    assert "Evil" not in site.text("content/site.yaml")
    assert "title: Kinds" in site.text("content/kinds-yaml/index.en.md")
