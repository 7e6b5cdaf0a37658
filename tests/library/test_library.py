"""What is published, its place in the tree, lists, addresses and the languages to build."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest
from conftest import MakeSite, TinySite
from four_languages import LIST, NEWS, SHOWN, make, page, shown

from sitegen.translation.review import accept


@pytest.mark.parametrize(
    ("fields", "day", "is_published"),
    [
        ({}, "2026-01-01", True),
        ({"draft": "true"}, "2026-01-01", False),
        ({"draft": "false"}, "2026-01-01", True),
        ({"publish": "2026-02-01"}, "2026-01-31", False),
        ({"publish": "2026-02-01"}, "2026-02-01", True),
        ({"expires": "2026-02-01"}, "2026-01-31", True),
        ({"expires": "2026-02-01"}, "2026-02-01", False),
        ({"publish": "2026-02-01", "expires": "2026-03-01"}, "2026-02-15", True),
    ],
    ids=["plain", "draft", "no draft", "before", "on the day", "before the end", "on the last day", "between"],
)
def test_page_is_published_when_it_is_due(
    make_site: MakeSite, fields: dict[str, str], day: str, is_published: bool
) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", **fields)})

    pages = site.build(as_of=dt.date.fromisoformat(day))

    assert ("en/a/index.html" in pages) is is_published
    assert ("/en/a/" in pages["en/sitemap.xml"]) is is_published


def test_drafts_are_built_when_asked_for(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", draft="true"),
            "content/b/index.en.md": page("B"),
            "content/b/index.ru.md": page("Б", draft="true"),
            "content/c/index.en.md": page("C", publish="2999-01-01"),
        },
    )

    pages = site.build(drafts=True)

    assert {"en/a/index.html", "en/c/index.html"} < set(pages)
    assert pages["ru/b/index.html"].startswith("Б|")


def test_draft_translation_is_shown_in_the_fallback_language_until_it_is_done(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", summary="S"),
            "content/a/index.ru.md": page("А", draft="true", summary="С"),
        },
    )

    assert shown(site, "ru/a/") == ("A", "S", "en", "missing")
    assert shown(site, "kk/a/") == ("A", "S", "en", "missing")


def test_children_have_the_kind_that_the_kind_of_their_parent_names(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "templates/page.html": "{{ page.kind }}",
            "content/news/index.en.md": page("N", kind="list"),
            "content/news/a/index.en.md": page("A"),
            "content/news/b/index.en.md": page("B", kind="page"),
        },
    )

    pages = site.build()

    assert (pages["en/news/a/index.html"], pages["en/news/b/index.html"]) == ("item", "page")


@pytest.mark.parametrize(
    ("language", "titles", "expected"),
    [
        ("en", ["Zoo", "äpfel", "Book"], ["äpfel", "Book", "Zoo"]),
        ("ru", ["Жук", "Ёлка", "Еда", "Ель"], ["Еда", "Ёлка", "Ель", "Жук"]),
        ("kk", ["Бала", "Әке", "Ана"], ["Ана", "Әке", "Бала"]),
        ("zh", ["中国", "安徽", "北京"], ["安徽", "北京", "中国"]),
    ],
    ids=["English", "Russian", "Kazakh", "Chinese"],
)
def test_children_are_sorted_by_title_in_the_language_of_the_reader(
    make_site: MakeSite, language: str, titles: list[str], expected: list[str]
) -> None:
    files = {"content/all/index.en.md": page("All", kind="by-title")}
    for number, title in enumerate(titles):
        files[f"content/all/n{number}/index.en.md"] = page("Same")
        files[f"content/all/n{number}/index.{language}.md"] = page(title)

    pages = make(make_site, files).build()

    assert pages[f"{language}/all/index.html"] == "".join(f"{title};" for title in expected)


def test_children_are_sorted_by_a_fact_then_key_with_missing_facts_last(make_site: MakeSite) -> None:
    ranks = {"a": 10, "b": 9, "c": None, "d": 9, "e": 0.5}
    files = {
        f"content/all/{name}/index.en.md": page(name) if rank is None else page(name, rank=rank)
        for name, rank in ranks.items()
    }

    pages = make(make_site, {"content/all/index.en.md": page("All", kind="by-rank"), **files}).build()

    assert pages["en/all/index.html"] == "e;b;d;a;c;"


def test_long_list_is_paginated_newest_first(make_site: MakeSite) -> None:
    pages = make(make_site, NEWS).build()

    lists = {path: text for path, text in pages.items() if path.startswith("en/news/") and ";" in text}
    assert lists == {
        "en/news/index.html": "N3;N2;",
        "en/news/page/2/index.html": "N1;Old;",
        "en/news/page/3/index.html": "None;",
    }


def test_pager_knows_the_pages_before_and_after(make_site: MakeSite) -> None:
    pager = "{% set p = page.pager %}{{ p.number }}/{{ p.count }} {{ p.previous_url }} {{ p.next_url }} {{ page.url }}"
    pages = make(make_site, {**NEWS, "templates/list.html": pager}).build()

    assert pages["ru/news/index.html"] == "1/3 None /ru/news/page/2/ /ru/news/"
    assert pages["ru/news/page/2/index.html"] == "2/3 /ru/news/ /ru/news/page/3/ /ru/news/page/2/"
    assert pages["ru/news/page/3/index.html"] == "3/3 /ru/news/page/2/ None /ru/news/page/3/"


def test_list_that_fits_one_page_has_no_pager(make_site: MakeSite) -> None:
    files = dict(list(NEWS.items())[:3])

    pages = make(make_site, {**files, "templates/list.html": "{{ page.pager }} {{ page.items|length }}"}).build()

    assert pages["en/news/index.html"] == "None 2"
    assert "en/news/page/2/index.html" not in pages


@pytest.mark.parametrize(
    ("declared", "values"),
    [
        ("{type: datetime}", ["2026-01-31T09:30", "2026-01-31T09:30+08:00"]),
        ("{type: moment}", ["2026-01-31T09:30", "2026-01-31"]),
        ("{type: page}", ["/", "/all/"]),
        ("{type: list, of: {type: page}}", ["[/]", "[/all/]"]),
        ("{type: group, fields: {x: {type: text}}}", ["{x: a}", "{x: b}"]),
    ],
    ids=["times with and without offset", "days with and without time", "pages", "lists", "groups"],
)
def test_any_field_can_be_sorted_by_or_is_reported(make_site: MakeSite, declared: str, values: list[str]) -> None:
    kinds = (
        f"page:\n  template: page.html\n  facts: {{when: {declared}}}\n"
        "list:\n  template: list.html\n  children: {sort: -when, per_page: 1}\n"
    )
    site = make_site(
        {
            "templates/list.html": LIST,
            "content/all/index.en.md": page("All", kind="list"),
            **{f"content/all/n{n}/index.en.md": page(f"N{n}", when=value) for n, value in enumerate(values)},
        },
        kinds=kinds,
    )

    try:
        pages = site.build()
    except Exception as error:
        assert type(error).__name__ == "SiteError", repr(error)  # noqa: PT017 - what kind of error is the point
        assert {problem.path for problem in error.problems} == {"content/kinds.yaml"}  # type: ignore[attr-defined]  # noqa: PT017
    else:
        assert "en/all/page/2/index.html" in pages


def test_address_has_the_translated_slugs_of_the_page_and_its_ancestors(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "templates/page.html": "{{ page.url }} {% for v in page.translations %}{{ v.url }} {% endfor %}",
            "content/news/index.en.md": page("News"),
            "content/news/index.ru.md": page("Новости", slug="новости"),
            "content/news/opening/index.en.md": page("Opening", slug="the-opening"),
            "content/news/opening/index.ru.md": page("Открытие", slug="открытие"),
            "content/news/opening/deep/index.en.md": page("Deep"),
        },
    )

    pages = site.build()

    russian = f"/ru/{quote('новости')}/{quote('открытие')}/"
    urls = f"/en/news/the-opening/ {russian} {russian.replace('/ru/', '/kk/')} /zh/news/the-opening/ "
    assert pages["ru/новости/открытие/index.html"] == f"{russian} {urls}"
    assert pages["en/news/the-opening/index.html"] == f"/en/news/the-opening/ {urls}"
    assert "ru/новости/открытие/deep/index.html" in pages
    assert "en/news/the-opening/deep/index.html" in pages
    assert f"<loc>https://example.org{russian}</loc>" in pages["ru/sitemap.xml"]


def test_folder_without_a_page_keeps_its_name_in_addresses(make_site: MakeSite) -> None:
    site = make(make_site, {"content/a/b/index.en.md": page("B", slug="bb")})

    assert "en/a/bb/index.html" in site.build()


@pytest.mark.parametrize("slug", ["новости", "2026", "v1.0", "हिन्दी", "新闻", "~ada"])
def test_slug_may_be_of_any_script(make_site: MakeSite, slug: str) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", slug=f"'{slug}'")})

    assert f"en/{slug}/index.html" in site.build()


@pytest.mark.parametrize("folder", ["my page", "a&b", "a+b", "50%"])
def test_folder_that_is_not_a_path_segment_is_reported(make_site: MakeSite, folder: str) -> None:
    site = make(make_site, {f"content/{folder}/index.en.md": page("A"), f"content/{folder}/index.ru.md": page("А")})

    (problem,) = (problem for problem in site.problems() if problem.severity == "error")
    assert (problem.code, problem.path) == ("slug", f"content/{folder}/index.en.md")


@pytest.mark.parametrize("slug", ["a/b", "..", ".", "a b", "a?b", "a#b", "a\\b", "/"])
def test_slug_that_is_not_a_path_segment_is_reported(make_site: MakeSite, slug: str) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", slug=f"'{slug}'")})

    assert [problem.code for problem in site.problems()] == ["slug"]


def test_build_of_one_language_still_uses_facts_and_fallbacks_of_the_source(tracked: TinySite) -> None:
    tracked.write("content/b/index.en.md", page("B only in English", rank=7))
    tracked.write("templates/page.html", SHOWN + "|{{ page.facts.rank }}")
    everything = tracked.build()

    pages = tracked.build(languages=("ru",))

    assert {path for path in pages if path.endswith("index.html")} == {
        "ru/index.html", "ru/aa/index.html", "ru/b/index.html",
    }  # fmt: skip
    assert pages["ru/b/index.html"] == everything["ru/b/index.html"]
    assert pages["ru/aa/index.html"] == everything["ru/aa/index.html"]


def test_site_without_any_review_record_is_reported_in_one_line(make_site: MakeSite) -> None:
    page = "---\ntitle: A\n---\n"
    site = make_site({f"content/{folder}index.{path}.md": page for folder in ("", "a/", "b/") for path in ("en", "fr")})

    (problem,) = site.report().warnings
    assert (problem.path, problem.code) == ("content", "untracked")
    assert problem.message == "no translation records which version of its source it renders (3 files)"
    assert problem.hint == "if they are right, run: python build.py translate accept all all"
    site.write("content/a/index.fr.md", page + "Texte.\n")
    assert site.report().warnings == (problem,)

    list(accept(site.root, "/a/", "fr"))

    assert [own.path for own in site.report().warnings] == ["content/b/index.fr.md", "content/index.fr.md"]


@pytest.mark.parametrize("folder", ["aux", "nul", "COM1"])
def test_a_folder_that_no_clone_on_windows_has_is_reported_but_may_be_a_slug(make_site: MakeSite, folder: str) -> None:
    site = make_site({"content/ok/index.en.md": f"---\ntitle: A\nslug: {folder.lower()}\n---\n"})
    site.build()
    site.write(f"content/{folder}/index.en.md", "---\ntitle: B\n---\n")

    assert any(own.code == "slug" and "Windows can't store it" in own.message for own in site.problems())
