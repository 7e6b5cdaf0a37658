"""Former addresses, and those that are claimed twice."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from conftest import MakeSite
from four_languages import LANGUAGES, NEWS, make, page


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


@pytest.mark.parametrize(("most", "is_told"), [(9, True), (10, False)])
def test_old_addresses_of_a_page_are_bounded_by_their_folders_in_all_languages(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, most: int, is_told: bool
) -> None:
    monkeypatch.setattr("sitegen.library.redirects.MOST_FOLDERS", most)
    monkeypatch.setattr("sitegen.library.cross_page_problems.MOST_FOLDERS", most)
    site = make(make_site, {"content/a/index.en.md": page("A", aliases="[/old/b/, /ru/c/]")})

    if is_told:
        told = "aliases: 2 old addresses need 10 folders in all languages, over 9"
        assert f"content/a/index.en.md:2:10: error[too-costly]: {told}" in site.told()
    else:
        assert {"kk/old/b/index.html", "ru/c/index.html"} <= site.build().keys()


@pytest.mark.parametrize(("most", "is_told"), [(9, True), (10, False)])
def test_old_addresses_of_all_pages_are_bounded_by_the_size_of_the_site(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, most: int, is_told: bool
) -> None:
    monkeypatch.setattr("sitegen.library.cross_page_problems.MOST_OF_SITE", most)
    monkeypatch.setattr("sitegen.library.cross_page_problems.MOST_OF_VERSION", 0)
    files = {
        "content/a/index.en.md": page("A", aliases="[/ru/c/]"),
        "content/b/index.en.md": page("B", aliases="[/b1/b2/]"),
    }
    site = make(make_site, files)

    if is_told:
        told = "aliases: the old addresses of all pages need 10 folders in all languages, over 9"
        assert f"content/b/index.en.md:2:10: error[too-costly]: {told}" in site.told()
    else:
        assert {"kk/b1/b2/index.html", "ru/c/index.html"} <= site.build().keys()


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
