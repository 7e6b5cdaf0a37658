"""The state of each page in each language, its place in the tree, and the references."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from conftest import MakeSite, TinySite

from sitegen.translation.review import accept
from sitegen.translation.status_report import status

LANGUAGES = """\
title: {en: Site, ru: Сайт}
base_url: https://example.org/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
  - {tag: zh-Hans, path: zh}
checks: {untracked: off}
"""
SHOWN = "{{ page.title }}|{{ page.summary }}|{{ page.shown.path }}|{{ page.state }}|{{ page.content }}"
KINDS = """\
page:
  template: page.html
  facts:
    tasks: {type: list, of: {type: page}}
    place: {type: group, fields: {host: {type: page}}}
    rank: {type: number}
    level: {type: choice, of: [low, high]}
list:
  template: list.html
  children: {kind: item, sort: -date, per_page: 2}
item:
  extends: page
  template: page.html
by-title:
  template: list.html
  children: {sort: title}
by-rank:
  template: list.html
  children: {sort: rank}
"""
LIST = "{% for child in page.items %}{{ child.title }};{% endfor %}"


def page(title: str, body: str = "", **fields: object) -> str:
    """A page's file."""
    lines = [f"{name}: {value}\n" for name, value in {**fields, "title": title}.items()]
    return f"---\n{''.join(lines)}---\n{body}"


def make(make_site: MakeSite, files: dict[str, str]) -> TinySite:
    """A site in English, Russian, Kazakh and Chinese, whose pages print what they show."""
    return make_site(
        {"templates/page.html": SHOWN, "templates/list.html": LIST, **files}, site=LANGUAGES, kinds=KINDS
    )  # fmt: skip


def shown(site: TinySite, path: str, **options: Any) -> tuple[str, ...]:
    """Title, summary, language and state that a page shows."""
    return tuple(site.build(**options)[f"{path}index.html"].split("|")[:4])


# states

THREE = "Start.\n\n## One\n\nText one.\n\n## Two\n\nText two.\n"
DREI = "Начало.\n\n## Раз\n\nТекст раз.\n\n## Два\n\nТекст два.\n"


@pytest.fixture
def tracked(make_site: MakeSite) -> TinySite:
    """A site whose page /a/ has an accepted Russian translation."""
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("It's A", THREE, summary="A sum", slug="aa"),
            "content/a/index.ru.md": page("А", DREI, summary="Сумма"),
        },
    )
    list(accept(site.root, "all", "all"))
    return site


def test_page_is_source_current_or_missing_in_a_language(tracked: TinySite) -> None:
    pages = tracked.build()

    assert [pages[f"{path}/{slug}/index.html"].split("|")[2:4] for path, slug in
            [("en", "aa"), ("ru", "aa"), ("kk", "aa"), ("zh", "aa")]] == [
        ["en", "source"], ["ru", "current"], ["ru", "missing"], ["en", "missing"],
    ]  # fmt: skip


def test_translation_without_a_record_is_untracked(make_site: MakeSite) -> None:
    site = make(make_site, {"content/index.ru.md": page("Дом")})

    assert shown(site, "ru/")[3] == "untracked"


@pytest.mark.parametrize(
    ("title", "body", "summary", "changed"),
    [
        ("It's A", THREE.replace("one.", "1."), "A sum", "#one"),
        ("It's A", THREE.replace("Start", "Begin"), "A sum", "#"),
        ("It's B", THREE, "A sum", "title"),
        ("It's A", THREE, "Sums", "summary"),
        ("It's A", THREE + "\n## Three\n", "A sum", "#three"),
        ("It's A", THREE.split("## Two")[0], "A sum", "#two"),
        ("It's B", THREE.replace("two.", "2."), "A sum", "title, #two"),
        ("It's A", THREE.replace("Text two", "[Text](/) two"), "A sum", "#two"),
    ],
    ids=["section", "opening", "title", "summary", "new section", "section gone", "two of them", "link"],
)
def test_stale_translation_reports_what_changed_in_the_source(
    tracked: TinySite, title: str, body: str, summary: str, changed: str
) -> None:
    tracked.write("content/a/index.en.md", page(title, body, summary=summary, slug="aa"))

    assert f"  /a/ stale: {changed}\n" in status(tracked.root)


@pytest.mark.parametrize(
    "text",
    [
        page("It's A", THREE.replace("Text one.", "Text\none."), summary="A sum", slug="aa"),
        page("It’s A", THREE, summary="A sum", slug="aa"),
        page('"It\'s A"', THREE, summary="A sum", slug="aa"),
        page("It's A", THREE, summary=">\n  A\n  sum", slug="aa"),
        page("It's A", THREE, summary="A sum", slug="other"),
        page("It's A", THREE, summary="A sum", slug="aa", date="2026-01-31", rank=3),
        page("It's A", THREE.replace("\n\n", "\n\n\n"), summary="A sum", slug="aa").replace("\n", "\r\n"),
    ],
    ids=["wrapped", "drawn apostrophe", "quoted", "folded", "slug", "facts", "blank lines and line ends"],
)
def test_translation_stays_current_when_only_formatting_or_a_fact_of_the_source_changes(
    tracked: TinySite, text: str
) -> None:
    tracked.write("content/a/index.en.md", text)

    assert "stale" not in status(tracked.root)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("two.", "2.", "stale: Два in ru"),
        ("## Two", "## New\n\nText.\n\n## Two", "stale: New in en"),
        ("Start", "Begin", "stale:  in "),
    ],
    ids=["own title", "new section", "opening"],
)
def test_stale_page_names_the_sections_that_changed(tracked: TinySite, old: str, new: str, expected: str) -> None:
    tracked.write("content/a/index.en.md", page("It's A", THREE.replace(old, new), summary="A sum", slug="aa"))
    tracked.write(
        "templates/page.html",
        "{{ page.state }}: {{ page.changed|join(', ') }} in {{ page.changed[0].locale.path if page.changed }}",
    )

    assert tracked.build()["ru/aa/index.html"] == expected


# fallbacks


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (("en", "ru", "kk"), "kk"),
        (("en", "ru"), "ru"),
        (("en",), "en"),
        (("en", "zh"), "en"),
        (("zh",), "zh"),
        (("ru", "zh"), "ru"),
    ],
    ids=["own", "Russian", "English", "never Chinese", "Chinese alone", "Russian first"],
)
def test_page_falls_back_along_the_language_s_own_chain_when_untranslated(
    make_site: MakeSite, versions: tuple[str, ...], expected: str
) -> None:
    site = make(make_site, {f"content/a/index.{path}.md": page(f"Title in {path}") for path in versions})

    assert shown(site, "kk/a/")[0] == f"Title in {expected}"
    assert shown(site, "kk/a/")[2] == expected


def test_missing_word_of_a_translation_falls_back_along_the_chain(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", summary="English sum"),
            "content/a/index.ru.md": page("А", summary="Русская сумма"),
            "content/a/index.kk.md": page("Ә"),
            "content/a/index.zh.md": "---\nsummary: 总\n---\n",
        },
    )

    assert shown(site, "kk/a/")[:3] == ("Ә", "Русская сумма", "kk")
    assert shown(site, "zh/a/")[:3] == ("A", "总", "zh")


def test_page_in_chinese_alone_is_shown_in_every_language(make_site: MakeSite) -> None:
    site = make(make_site, {"content/a/index.zh.md": page("标题", "正文", rank=3, summary="总")})

    pages = site.build()

    assert pages["zh/a/index.html"].split("|")[:4] == ["标题", "总", "zh", "source"]
    assert pages["en/a/index.html"].split("|")[:4] == ["标题", "总", "zh", "missing"]
    assert pages["ru/a/index.html"].split("|")[:4] == ["标题", "总", "zh", "missing"]


@pytest.mark.parametrize(
    ("languages", "paths"),
    [("[en, ru]", {"en", "ru"}), ("[ru]", {"ru"}), ("[zh]", {"zh"}), ("[en]", {"en"})],
    ids=["two", "a translation alone", "an untranslated one", "the source alone"],
)
def test_page_is_offered_in_its_languages_only_and_links_from_others_lead_to_the_nearest(
    make_site: MakeSite, languages: str, paths: set[str]
) -> None:
    site = make(
        make_site,
        {
            "content/index.en.md": page("Home", "[a](/a/)"),
            "content/a/index.en.md": page("A", languages=languages),
            "content/a/index.ru.md": page("А"),
        },
    )

    pages = site.build()

    assert {path.split("/")[0] for path in pages if path.endswith("/a/index.html")} == paths
    assert all(pages[f"{path}/index.html"].count('href="/') == 1 for path in ("en", "ru", "kk", "zh"))
    for path in ("en", "ru", "kk", "zh"):
        address = pages[f"{path}/index.html"].split('href="/')[1].split('"')[0]
        assert f"{address}index.html" in pages


def test_page_without_a_built_language_is_left_out(make_site: MakeSite) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", languages="[ru]"), "content/a/index.ru.md": page("А")})

    pages = site.build(languages=("en",))

    assert [path for path in pages if "/a/" in path] == []


# what is published


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


def test_page_is_held_until_the_languages_it_waits_for_are_current(tracked: TinySite) -> None:
    source = page("It's A", THREE, summary="A sum", slug="aa", hold_until="[ru]")
    tracked.write("content/a/index.en.md", source)
    assert "en/aa/index.html" in tracked.build()

    tracked.write("content/a/index.en.md", source.replace("Text one", "New text"))
    assert [path for path in tracked.build() if "/aa/" in path] == []

    list(accept(tracked.root, "/a/", "ru"))
    assert "en/aa/index.html" in tracked.build()


def test_page_is_held_even_if_this_build_leaves_out_the_language_it_waits_for(tracked: TinySite) -> None:
    tracked.write("content/a/index.en.md", page("New", THREE, summary="A sum", slug="aa", hold_until="[ru]"))

    assert [path for path in tracked.build(languages=("en",)) if "/aa/" in path] == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"draft": "true"}, "is a draft"),
        ({"publish": "2026-12-01"}, "is due on 2026-12-01"),
        ({"hold_until": "[zh]"}, "is held until 'zh' is current (it is missing)"),
    ],
    ids=["draft", "not due", "held"],
)
def test_link_and_reference_to_a_held_page_are_problems_with_the_reason(
    make_site: MakeSite, fields: dict[str, str], reason: str
) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", **fields),
            "content/b/index.en.md": page("B", "[a](/a/)", tasks="[/a/]"),
            "content/site.yaml": LANGUAGES + "menus: {main: [/a/]}\n",
        },
    )

    problems = site.problems(as_of=dt.date(2026, 1, 1))

    assert {(problem.code, problem.path.split("/")[1]) for problem in problems} == {
        ("dead-page", "b"),
        ("reference", "b"),
        ("reference", "site.yaml"),
    }
    assert all(reason in problem.message for problem in problems)


# references


def test_page_knows_its_referrers_by_field_in_order(make_site: MakeSite) -> None:
    told = "{% for p in page.referrers('tasks') %}{{ p.key }}{% endfor %}|{% for p in page.referrers('place') %}{{ p.key }}{% endfor %}"
    site = make(
        make_site,
        {
            "templates/page.html": told,
            "content/task/index.en.md": page("T"),
            "content/a/index.en.md": page("A", tasks="[/task/, /task/]", order=2),
            "content/b/index.en.md": page("B", tasks="[/, /task/]", order=1),
            "content/c/index.en.md": page("C", place="{host: /task/}"),
            "content/d/index.en.md": page("D", tasks="[/task/]", draft="true"),
        },
    )

    assert site.build()["zh/task/index.html"] == "/b//a/|/c/"


def test_reference_reported_as_a_warning_is_left_out(make_site: MakeSite) -> None:
    facts = "friend: {type: page}\n    friends: {type: list, of: {type: page}}"
    files = {
        "content/site.yaml": LANGUAGES.replace("{untracked", "{reference: warning, untracked")
        + "menus: {main: [/a/, /gone/]}\norganisation: /gone/\n",
        "content/a/index.en.md": "---\ntitle: A\nfriend: /gone/\nfriends: [/gone/, /]\n---\n",
        "templates/page.html": "{{ page.title }}: {{ page.facts.friend.title if page.facts.friend }} {% for p in page.facts.friends %}{{ p.title }}{% endfor %}"
        " {% for p in site.menus.main %}{{ p.title }}{% endfor %} {{ site.organisation.title if site.organisation }}",
    }
    site = make_site(files, kinds=f"page:\n  template: page.html\n  facts:\n    {facts}\n")

    assert site.build()["en/a/index.html"] == "A:  Home A "
    site.write("content/gone/index.en.md", "---\ntitle: Back\n---\n")
    assert site.build()["en/a/index.html"] == "A: Back BackHome ABack Back"


def test_only_the_first_problems_of_a_kind_suggest_a_fix(make_site: MakeSite) -> None:
    links = "".join(f"[x](/target-{number}x/)\n" for number in range(30))
    files = {f"content/target-{number}/index.en.md": "---\ntitle: T\n---\n" for number in range(60)}
    site = make_site({**files, "content/links/index.en.md": f"---\ntitle: Links\n---\n{links}"})
    hints = [problem.hint for problem in site.problems() if problem.code == "dead-page"]
    assert len(hints) == 30
    assert [bool(hint) for hint in hints] == [True] * 20 + [False] * 10
    assert hints[7] == "did you mean '/target-7/'?"


def test_reference_to_a_kind_accepts_a_kind_that_extends_it(make_site: MakeSite) -> None:
    kinds = KINDS + "special: {extends: item}\nuser: {template: page.html, facts: {one: {type: page, kind: item}}}\n"
    site = make(
        make_site,
        {
            "content/kinds.yaml": kinds,
            "content/a/index.en.md": page("A", kind="special"),
            "content/b/index.en.md": page("B", kind="user", one="/a/"),
            "content/c/index.en.md": page("C", kind="user", one="/"),
        },
    )

    (problem,) = site.problems()

    assert str(problem) == (
        "content/c/index.en.md:3:6: error[reference-kind]: one: '/' is of the kind 'page', not 'item'\n"
        "  3 | one: /\n    |      ^"
    )


# order and lists


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


NEWS = {
    "content/news/index.en.md": page("News", kind="list"),
    **{f"content/news/n{day}/index.en.md": page(f"N{day}", date=f"2026-01-0{day}") for day in (1, 2, 3)},
    "content/news/none/index.en.md": page("None"),
    "content/news/old/index.en.md": page("Old", date="2020-01-01"),
}


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


# addresses


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


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"content/a/index.en.md": page("A", slug="b"), "content/b/index.en.md": page("B")}, "url-clash"),
        (
            {
                "content/a/index.en.md": page("A"),
                "content/b/index.en.md": page("B"),
                "content/b/index.ru.md": page("Б", slug="a"),
            },
            "url-clash",
        ),
        ({"content/a/index.en.md": page("A", aliases="[/b/]"), "content/b/index.en.md": page("B")}, "alias-clash"),
        ({"content/a/index.en.md": page("A"), "content/A/index.en.md": page("B")}, "url-clash"),
        ({"content/a/index.en.md": page("A", aliases="[/]")}, "alias-clash"),
        ({"content/a/index.en.md": page("A", aliases="[/a/]")}, "alias-clash"),
        (
            {
                "content/a/index.en.md": page("A", aliases="[/old/]"),
                "content/b/index.en.md": page("B", aliases="[/ru/old/]"),
            },
            "alias-clash",
        ),
        ({**NEWS, "content/news/page/2/index.en.md": page("Two")}, "url-clash"),
        ({**NEWS, "content/news/feed.xml": "<feed/>"}, "url-clash"),
        ({"static/robots.txt": "User-agent: *\n"}, "url-clash"),
        ({"static/en/index.html": "<p>mine</p>"}, "url-clash"),
    ],
    ids=[
        "slug", "translated slug", "capital letters", "alias at a page", "alias at home", "alias at itself", "two aliases", "list page",
        "feed", "static robots.txt", "static page",
    ],
)  # fmt: skip
def test_address_claimed_twice_is_reported(make_site: MakeSite, files: dict[str, str], code: str) -> None:
    site = make(make_site, files)

    assert {problem.code for problem in site.problems()} - {"file-type"} == {code}


def test_alias_redirects_in_every_language_or_in_the_one_it_names(make_site: MakeSite) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A <1>", aliases="[/old/, /ru/ancient/]"),
            "content/a/index.ru.md": page("А", slug="новая"),
        },
    )

    pages = site.build()

    assert {path for path in pages if "old" in path or "ancient" in path} == {
        "en/old/index.html", "ru/old/index.html", "kk/old/index.html", "zh/old/index.html", "ru/ancient/index.html",
    }  # fmt: skip
    assert 'content="0; url=/en/a/"' in pages["en/old/index.html"]
    assert "<title>A &lt;1&gt;</title>" in pages["en/old/index.html"]
    assert f'content="0; url=/ru/{quote("новая")}/"' in pages["ru/ancient/index.html"]
    assert "/old/" not in pages["en/sitemap.xml"]


def test_addresses_without_a_language_redirect_to_their_former_language(make_site: MakeSite) -> None:
    files = {"content/a/index.en.md": page("A", slug="aa", aliases="[/en/old/, /ru/ancient/]")}
    site = make(make_site, {**files, "content/site.yaml": LANGUAGES + "unprefixed: en\n"})

    pages = site.build()

    own = {
        path for path in pages if path.count("/") and path.partition("/")[0] not in ("en", "ru", "kk", "zh", "status")
    }
    assert own == {"aa/index.html", "old/index.html"}
    assert 'content="0; url=/en/aa/"' in pages["aa/index.html"] == pages["old/index.html"]


def test_address_without_a_language_must_not_clash_with_another_file(make_site: MakeSite) -> None:
    files = {"content/ru/index.en.md": page("Russia"), "content/site.yaml": LANGUAGES + "unprefixed: en\n"}

    (problem,) = make(make_site, files).problems()

    assert problem.code == "alias-clash"
    assert problem.message == "aliases: /ru/ is also the address of content/index.en.md"


def test_alias_in_a_language_that_is_not_built_is_left_out_too(make_site: MakeSite) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", aliases="[/ru/old/]")})

    assert [path for path in site.build(languages=("en",)) if "old" in path] == []


# languages to build


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
