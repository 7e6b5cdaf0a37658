"""The state of each page in each language, and what is shown in place of what is missing."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite, TinySite
from four_languages import THREE, make, page, shown

from sitegen.translation.status_report import status


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
        ("It's A", THREE.split("## Two")[0], "A sum", "#two (removed)"),
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


@pytest.mark.parametrize("languages", ["[xx]", "[EN, 'fr-CA']"])
def test_page_without_a_language_of_the_site_is_reported_with_its_files(make_site: MakeSite, languages: str) -> None:
    site = make(make_site, {"content/a/index.en.md": page("A", languages=languages), "content/a/plan.txt": "Plan\n"})

    found = [(problem.path, problem.line, problem.code) for problem in site.problems()]
    assert ("content/a/index.en.md", 2, "unknown-language") in found


@pytest.mark.parametrize("slug", ["..", "'../../x'", "/etc", "''"])
def test_slug_that_no_address_can_have_gives_way_to_the_name_of_the_folder(make_site: MakeSite, slug: str) -> None:
    settings = SITE + "checks: {slug: warning}\n"
    site = make_site({"content/a/index.en.md": page("A", slug=slug)}, site=settings)

    assert "en/a/index.html" in site.build()
