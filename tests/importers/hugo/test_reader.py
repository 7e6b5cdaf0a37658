"""A Hugo site is read as Hugo reads it: its languages, its structure, and its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sitegen.importers.hugo.reader import read_site
from sitegen.importers.hugo.site import HugoSite
from sitegen.problems.problem import SiteError

Files = Mapping[str, str]


def read(root: Path, files: Files) -> HugoSite:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return read_site(root)


def addresses(site: HugoSite) -> dict[str, str]:
    return {page.path: page.url for page in site.pages}


BY_NAME = "[languages.en]\nweight = 2\n[languages.fr]\nweight = 1\ndisabled = false\n[languages.de]\ndisabled = true\n"
BY_FOLDER = "defaultContentLanguageInSubdir = true\n[languages.en]\ncontentDir = './content/en/'\n[languages.fr]\ncontentDir = 'content/fr'\n"


def test_languages_by_file_name_are_sorted_by_weight_without_disabled_ones(tmp_path: Path) -> None:
    site = read(tmp_path, {"hugo.toml": BY_NAME, "content/a.md": "", "content/a.fr.md": "", "content/b.en.md": ""})

    assert list(site.languages) == ["fr", "en"]
    assert addresses(site) == {"content/a.fr.md": "/fr/a/", "content/a.md": "/a/", "content/b.en.md": "/b/"}


def test_languages_by_folder_have_separate_trees(tmp_path: Path) -> None:
    site = read(tmp_path, {"hugo.toml": BY_FOLDER, "content/en/x/a.md": "", "content/fr/x/a.md": ""})

    assert addresses(site) == {"content/en/x/a.md": "/en/x/a/", "content/fr/x/a.md": "/fr/x/a/"}
    assert {page.key for page in site.pages} == {"/x/a/"}


def test_settings_may_be_in_a_folder(tmp_path: Path) -> None:
    files = {"config/_default/hugo.yaml": "title: Old\n", "config/_default/languages.yaml": "fr: {locale: fr-CA}\n"}

    site = read(tmp_path, {**files, "content/a.fr.md": ""})

    assert site.languages["fr"].tag == "fr-CA"
    assert site.languages["fr"].title == "Old"


@pytest.mark.parametrize(
    ("code", "locale", "tag"),
    [
        ("fr", "", "fr"),
        ("pt-br", "", "pt-BR"),
        ("zh-hans", "", "zh-Hans"),
        ("cn", "zh_CN", "zh-CN"),
        ("en", "en-us", "en-US"),
    ],
)
def test_tag_of_a_language_is_its_locale_or_code(tmp_path: Path, code: str, locale: str, tag: str) -> None:
    settings = f"defaultContentLanguage = '{code}'\n[languages.{code}]\nlanguageCode = '{locale}'\n"

    assert read(tmp_path, {"hugo.toml": settings}).languages[code].tag == tag


def test_language_without_a_tag_is_reported_with_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        read(tmp_path, {"hugo.toml": "title = 'x'\n[languages.cn]\nweight = 1\n"})

    assert str(caught.value.problems[0]) == (
        "hugo.toml:2:12: error[language]: 'cn' is not a language in CLDR; add its tag, such as `locale = \"zh-CN\"`"
    )


@pytest.mark.parametrize(
    ("path", "front", "url"),
    [
        ("content/_index.md", "", "/"),
        ("content/about.md", "", "/about/"),
        ("content/My Page.md", "", "/my-page/"),
        ("content/posts/_index.md", "", "/posts/"),
        ("content/posts/one/index.md", "", "/posts/one/"),
        ("content/posts/one.md", "slug: uno", "/posts/uno/"),
        ("content/posts/one.md", "url: /else/where/", "/else/where/"),
        ("content/notes/one.md", "title: A Title\ndate: 2024-05-06", "/2024/05/a-title/"),
        ("content/notes/one.md", "slug: s\ndate: 2024-05-06", "/2024/05/s/"),
    ],
)
def test_page_has_the_address_that_hugo_gives_it(tmp_path: Path, path: str, front: str, url: str) -> None:
    settings = "[permalinks]\nnotes = '/:year/:month/:slug/'\n"

    site = read(tmp_path, {"hugo.toml": settings, path: f"---\n{front}\n---\n"})

    assert addresses(site) == {path: url}


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\nparams:\n  mood: good\n---\nBody\n",
        "+++\ntitle = 'T'\n[params]\nmood = 'good'\n+++\nBody\n",
        '{"title": "T", "Mood": "good"}\nBody\n',
    ],
    ids=["yaml", "toml", "json"],
)
def test_front_matter_is_read_in_each_format(tmp_path: Path, text: str) -> None:
    (page,) = read(tmp_path, {"hugo.toml": "", "content/a.md": text}).pages

    assert (page.text("title"), page.text("mood"), page.body.strip()) == ("T", "good", "Body")
    assert text.split("\n")[page.first_line - 1] == "Body"


def test_cascade_of_a_section_is_written_into_its_pages(tmp_path: Path) -> None:
    cascade = "cascade:\n  mood: good\n  params: {level: 2}\n"
    files = {
        "content/a/_index.md": f"---\n{cascade}---\n",
        "content/a/b/c.md": "---\nlevel: 3\n---\n",
        "content/a/d/_index.md": "---\ncascade: {build: {render: never}}\n---\n",
        "content/a/d/e.md": "",
        "content/f/_index.md": "---\ncascade: [{target: {kind: page}, mood: bad}]\n---\n",
    }

    site = read(tmp_path, {"hugo.toml": "", **files})

    assert {page.path: (page.text("mood"), page.text("level")) for page in site.pages} == {
        "content/a/_index.md": ("good", "2"),
        "content/a/b/c.md": ("good", "3"),
        "content/f/_index.md": ("", ""),
    }
    assert [(problem.path, problem.message) for problem in site.problems] == [
        ("content/f/_index.md", "a cascade for some pages only can't be followed"),
        ("content/a/d/_index.md", "a page without an address (`headless`, or `build`)"),
        ("content/a/d/e.md", "a page without an address (`headless`, or `build`)"),
    ]


def test_content_that_is_not_a_page_is_reported(tmp_path: Path) -> None:
    files = {
        "content/a.html": "<p>",
        "content/b/index.md": "",
        "content/b/part.md": "",
        "content/c.md": "---\nbuild: {render: never}\n---\n",
        "content/d.md": "---\ntitle: [\n---\n",
        "content/e.md": "",
        "content/e/index.md": "",
    }

    mounts = (
        "[module]\n[[module.mounts]]\nsource = 'x'\n[[module.mounts]]\nsource = 'more/f.md'\ntarget = 'content/f.md'\n"
    )
    site = read(tmp_path, {"hugo.toml": mounts, "more/f.md": "", **files})

    assert [(problem.path, problem.message) for problem in site.problems] == [
        ("hugo.toml", "the mount of 'x' can't be followed"),
        ("hugo.toml", "the mount of 'more/f.md' can't be followed"),
        ("content/a.html", "a page in .html can't be imported"),
        ("content/d.md", "a list in [ ] or a table in { } is not closed"),
        ("content/b/part.md", "a text within a bundle, which is not a page, can't be imported"),
        ("content/e/index.md", "the same page as content/e.md"),
        ("content/c.md", "a page without an address (`headless`, or `build`)"),
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"readme.txt": ""}, "this is not a Hugo site: it has no hugo.toml"),
        ({"hugo.toml": "a = \n"}, "unreadable TOML: invalid value"),
        (
            {"hugo.toml": "[languages.en]\ncontentDir = '../../etc'\n"},
            "contentDir: '../../etc' is outside the site",
        ),
    ],
    ids=["no site", "unreadable", "outside"],
)
def test_unreadable_site_is_reported(tmp_path: Path, files: Files, message: str) -> None:
    with pytest.raises(SiteError) as caught:
        read(tmp_path, files)

    assert caught.value.problems[0].message == message


def test_the_first_language_is_the_default_if_there_is_no_english(tmp_path: Path) -> None:
    settings = "[languages.fr]\nweight = 2\n[languages.de]\nweight = 1\n[languages.en]\ndisabled = true\n"
    files = {"hugo.toml": settings, "content/_index.md": "", "content/_index.fr.md": ""}

    site = read(tmp_path, files)

    assert site.default == "de"
    assert addresses(site) == {"content/_index.md": "/", "content/_index.fr.md": "/fr/"}


@pytest.mark.parametrize(
    ("settings", "line", "message"),
    [
        (
            "defaultContentLanguage = 'it'\n[languages.fr]\n",
            1,
            "defaultContentLanguage: 'it' is not among the languages",
        ),
        ("[languages.fr]\ndisabled = true\n", 1, "all languages are disabled"),
        (
            "\n" + "".join(f"[languages.l{number}]\nlocale = 'en'\n" for number in range(101)),
            2,
            "101 languages, more than the 100 that can be imported",
        ),
        (
            "[module]\n" + "[[module.mounts]]\nsource = 'a'\ntarget = 'static'\n" * 501,
            2,
            "more than 500 mounts",
        ),
        (
            f"[permalinks]\na = '/:year/'\n[permalinks.page]\nposts = '{':title' * 100}'\n",
            4,
            "permalinks: a pattern of 600 characters, over 500",
        ),
        (
            f"[languages.en]\n[languages.en.permalinks]\nposts = '{':title' * 100}'\n",
            3,
            "permalinks: a pattern of 600 characters, over 500",
        ),
    ],
    ids=["default", "disabled", "too many", "mounts", "pattern", "pattern of a language"],
)
def test_settings_that_cannot_be_followed_are_reported_at_their_line(
    tmp_path: Path, settings: str, line: int, message: str
) -> None:
    with pytest.raises(SiteError) as caught:
        read(tmp_path, {"hugo.toml": settings, "content/_index.md": ""})

    problem = caught.value.problems[0]
    assert (problem.path, problem.line, problem.message) == ("hugo.toml", line, message)


def test_a_cascade_that_hands_down_too_much_is_left_out_and_that_above_it_holds(tmp_path: Path) -> None:
    much = "".join(f"  k{number}: v\n" for number in range(100))
    files = {
        "hugo.toml": "",
        "content/_index.md": "---\ncascade:\n  a: all\n  b: all\n---\n",
        "content/s/_index.md": "---\ncascade:\n  b: own\n---\n",
        "content/s/p.md": "",
        "content/t/_index.md": f"---\ntitle: T\ncascade:\n{much}---\n",
        "content/t/p.md": "",
    }

    site = read(tmp_path, files)

    inherited = {page.path: page.text("a") + page.text("b") + page.text("k1") for page in site.pages}
    assert inherited["content/s/p.md"] == "allown"
    assert inherited["content/t/p.md"] == "allall"
    message = "the cascade is not imported, as it hands down too much to each page below"
    assert [(p.path, p.line, p.message) for p in site.problems] == [("content/t/_index.md", 3, message)]


def test_a_folder_that_is_mounted_again_and_again_is_reported(tmp_path: Path) -> None:
    mounts = "".join(f"[[module.mounts]]\nsource = 'more'\ntarget = 'static/{number}'\n" for number in range(30))
    files = {"hugo.toml": mounts, "content/_index.md": "", **{f"more/{number}.txt": "" for number in range(100)}}

    site = read(tmp_path, files)

    assert len(site.shared) == 1_500
    assert [problem.path for problem in site.problems] == ["more"]
