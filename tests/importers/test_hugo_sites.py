"""Small Hugo sites with every way to write things: what Hugo 0.168 publishes of them is imported or reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MoveHugo, TinySite, moved_from_hugo

from sitegen.importers.importer import import_site
from sitegen.problems.problem import SiteError


def settled(files: dict[str, str], tmp_path: Path) -> TinySite:
    """A Hugo site with its own settings, imported and built."""
    old = TinySite(tmp_path / "old")
    for path, text in files.items():
        old.write(path, text)
    import_site(old.root, tmp_path / "new")
    new = TinySite(tmp_path / "new")
    new.report()
    return new


def refused(files: dict[str, str], tmp_path: Path) -> list[str]:
    with pytest.raises(SiteError) as caught:
        settled(files, tmp_path)
    assert not (tmp_path / "new" / "content").exists()
    return [problem.code for problem in caught.value.problems]


# languages


def test_each_language_may_have_settings_in_a_file_of_its_own(tmp_path: Path) -> None:
    files = {
        "config/_default/hugo.toml": 'baseURL = "https://e.org/"\n',
        "config/_default/languages.en.toml": 'title = "Site"\nweight = 1\n',
        "config/_default/languages.fr.toml": 'title = "Le site"\nweight = 2\n',
        "config/_default/menus.fr.toml": '[[main]]\nname = "Accueil"\npageRef = "/"\n',
        "content/_index.md": "---\ntitle: Home\n---\nHi\n",
        "content/_index.fr.md": "---\ntitle: Accueil\n---\nBonjour\n",
    }

    site = settled(files, tmp_path)

    assert "Bonjour" in site.pages()["fr/index.html"]
    assert "main: [/]" in (site.root / "content/site.yaml").read_text()


@pytest.mark.parametrize("languages", ["sites: {matrix: {languages: [fr]}}", "lang: fr"], ids=["since 0.153", "before"])
def test_mounts_give_each_language_its_folder(tmp_path: Path, languages: str) -> None:
    files = {
        "hugo.yaml": (
            "baseURL: https://e.org/\nlanguages: {en: {weight: 1}, fr: {weight: 2}}\nmodule:\n  mounts:\n"
            f"    - {{source: texts/en, target: content, {languages.replace('fr', 'en')}}}\n"
            f"    - {{source: texts/fr, target: content, {languages}}}\n"
            "    - {source: more, target: content/more}\n"
        ),
        "texts/en/docs/one.md": "---\ntitle: One\n---\nA\n",
        "texts/fr/docs/one.md": "---\ntitle: Un\n---\nA\n",
        "more/two.md": "---\ntitle: Two\n---\nB\n",
    }

    pages = settled(files, tmp_path).pages()

    assert ">One<" in pages["en/docs/one/index.html"]
    assert ">Un<" in pages["fr/docs/one/index.html"]
    assert ">Two<" in pages["en/more/two/index.html"]


def test_settings_may_have_anchors_and_aliases(tmp_path: Path) -> None:
    files = {
        "hugo.yaml": "params:\n  own: &base https://e.org/\nbaseURL: *base\ntitle: &title The site\nlanguages:\n  en: {title: *title}\n",
        "content/_index.md": "---\ntitle: Home\n---\nHi\n",
    }

    written = (settled(files, tmp_path).root / "content/site.yaml").read_text()

    assert "base_url: https://e.org/" in written
    assert "The site" in written


# addresses


def test_permalinks_of_a_language_redirect(tmp_path: Path) -> None:
    files = {
        "hugo.yaml": (
            "baseURL: https://e.org/\ndefaultContentLanguageInSubdir: true\nlanguages:\n"
            '  en: {contentDir: content/en, permalinks: {blog: "/:year/:month/:slugorcontentbasename/"}}\n'
            '  fr: {contentDir: content/fr, permalinks: {blog: "/:year/:slugorcontentbasename/"}}\n'
        ),
        "content/en/blog/one.md": "---\ntitle: One\ndate: 2024-05-06\n---\nA\n",
        "content/fr/blog/one.md": "---\ntitle: Un\ndate: 2024-05-06\n---\nA\n",
    }

    site = settled(files, tmp_path)

    redirects = (site.public / "_redirects").read_text()
    assert "/en/2024/05/one/ /en/blog/one/ " in redirects
    assert "/fr/2024/one/ /fr/blog/one/ " in redirects


@pytest.mark.parametrize(
    ("pattern", "old"),
    [
        ("/d/:sections[1:]/:slug/", "/d/the-deep-one/"),
        ("/:sections[last]/:contentbasename/", "/docs/deep/"),
        ("/:year/:monthname/:contentbasename/", "/2024/march/deep/"),
        ("/n/:year/:yearday/:slugorcontentbasename", "/n/2024/65/deep/"),
        ("/:weekdayname/:weekday/:day/:title/", "/tuesday/2/05/the-deep-one/"),
    ],
)
def test_every_token_of_a_permalink_is_filled_in_as_hugo_does(move_hugo: MoveHugo, pattern: str, old: str) -> None:
    """Folders without a page of their own are no sections."""
    settings = f"[permalinks]\ndocs = '{pattern}'\n"

    site = move_hugo(
        {"content/docs/a/b/deep.md": "---\ntitle: The Deep One\ndate: 2024-03-05\n---\nA\n"}, settings=settings
    )

    assert f"aliases: [{old}]" in site.text("content/docs/a/b/deep/index.en.md").replace("/en/", "/", 1)


def test_two_pages_with_one_slug_keep_both_addresses(move_hugo: MoveHugo) -> None:
    settings = '[permalinks]\npost = "/:year/:month/:slug.html"\n'
    files = {
        f"content/post/{year}-report.md": f"---\ntitle: Report\ndate: {year}-07-01\nslug: report\n---\n{year}\n"
        for year in (2015, 2016)
    }

    site = move_hugo(files, settings=settings)
    pages = site.build()

    assert "<p>2015</p>" in pages["en/post/report/index.html"]
    assert "<p>2016</p>" in pages["en/post/2016-report/index.html"]


def test_ugly_urls_may_be_set_for_one_section(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {"content/post/a.md": "---\ntitle: A\n---\n", "content/docs/b.md": "---\ntitle: B\n---\n"},
        settings="[uglyURLs]\npost = true\n",
    )

    assert "/post/a.html" in site.text("content/post/a/index.en.md")
    assert "aliases" not in site.text("content/docs/b/index.en.md")


# links


def test_links_lead_where_browsers_resolved_them(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/blog/_index.md": "---\ntitle: Blog\n---\n",
            "content/reg/_index.md": "---\ntitle: Reg\n---\n## Old\n",
            "content/docs/more/blog.md": "---\ntitle: Blog of docs\n---\n## Old\n",
            "content/docs/more/checks.md": "---\ntitle: Checks\n---\n[a](../blog/#old) [b](/reg/?language=go&x=1#old)\n",
        }
    )

    assert "[a](/docs/more/blog/#old) [b](/reg/?language=go&x=1#old)" in site.text(
        "content/docs/more/checks/index.en.md"
    )


# terms


def test_terms_of_a_translation_match_in_any_order(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/one.md": "---\ntitle: One\ntags: [linux, security]\n---\nA\n",
            "content/one.fr.md": "---\ntitle: Un\ntags: [security, linux]\n---\nA\n",
        }
    )

    assert "title: linux" in site.text("content/tags/linux/index.fr.md")


def test_terms_with_one_address_do_not_stop_the_build(tmp_path: Path) -> None:
    files = {
        "hugo.toml": (
            "baseURL='https://e.org/'\n[languages.en]\ncontentDir='content/en'\nweight=1\n[languages.de]\n"
            "contentDir='content/de'\nweight=2\n[languages.at]\ncontentDir='content/at'\nlanguageCode='de-AT'\nweight=3\n"
        ),
        "content/en/one.md": "---\ntitle: One\ntags: [basics]\n---\nA\n",
        "content/at/one.md": "---\ntitle: Eins\ntags: [Grundlagen]\n---\nA\n",
        "content/en/two.md": "---\ntitle: Two\ntags: [basics]\n---\nA\n",
        "content/de/two.md": "---\ntitle: Zwei\ntags: [Grundlagen, Netz]\n---\nA\n",
    }

    pages = settled(files, tmp_path).pages()

    assert {"at/tags/basics/index.html", "de/tags/grundlagen/index.html"} <= pages.keys()


# texts


def test_html_pages_are_imported(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/jobs/_index.html": "---\ntitle: Jobs\n---\n<p>We <b>look</b> for a clerk.</p>\n",
            "content/jobs/clerk.md": "---\ntitle: Clerk\n---\nA\n",
        }
    )

    assert "We **look** for a clerk." in site.text("content/jobs/index.en.md")


def test_translation_without_words_falls_back_to_the_next_language(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {"content/office.md": "---\ntitle: Office\n---\nWords.\n", "content/office.fr.md": "---\nslug: office\n---\n"}
    )

    assert not (site.root / "content/office/index.fr.md").exists()
    assert (
        "content/office.fr.md: warning[not-imported]: a translation without a title or text is left out"
        in site.told_then
    )


@pytest.mark.parametrize(
    "text",
    [
        'title: Here\naliases: [\n\t"/old/",\n]',
        "title: Here #1",
        "title: Here\nshared: &s {a: b}\nagain: *s",
        "title: Here\ncaption: >-\n  clouds \u200b\u200bcoloured",
    ],
    ids=["tab", "comment", "alias", "space of no width"],
)
def test_malformed_front_matter_that_hugo_accepts_is_read_and_reported(move_hugo: MoveHugo, text: str) -> None:
    site = move_hugo({"content/a.md": f"---\n{text}\n---\nWords.\n"})

    assert "title: Here\n" in site.text("content/a/index.en.md")
    assert "read as Hugo reads it" in site.told_then


def test_lines_above_the_front_matter_change_nothing(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "\n\n---\ntitle: Here\n---\nWords.\n"})

    assert site.text("content/a/index.en.md") == "---\ntitle: Here\n---\n\nWords.\n"


def test_invisible_characters_are_removed_and_reported(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "---\ntitle: A\n---\nA \u202aleft\u202c word\n"})

    assert site.text("content/a/index.en.md").endswith("A left word\n")
    assert "invisible characters are removed" in site.told_then


def test_local_file_addresses_stay_text(move_hugo: MoveHugo) -> None:
    body = "It listens at http://127.0.0.1:8080, then see http://example.org/a，然后."

    site = move_hugo({"content/a.md": f"---\ntitle: A\n---\n{body}\n"})

    assert "at http://127.0.0.1:8080, then see <http://example.org/a>，然后." in site.text("content/a/index.en.md")
    assert site.report().warnings == () or "markdown" not in {p.code for p in site.report().warnings}


def test_drawing_with_external_content_is_left_out_and_the_site_builds(move_hugo: MoveHugo) -> None:
    files = {
        "content/a/index.md": "---\ntitle: A\n---\n![a map](d.svg)\n",
        "content/a/d.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://e.org/x.png"/></svg>',
    }

    site = move_hugo(files)
    site.report()

    assert "content/a/d.svg" in site.told_then
    assert not (site.root / "content/a/d.svg").exists()


# attacks


@pytest.mark.parametrize("name", ["x/../../../../pwned", "..", "a b", "a\\nb"])
def test_language_code_that_is_not_a_path_segment_is_refused(tmp_path: Path, name: str) -> None:
    files = {"hugo.toml": f'[languages."{name}"]\nlocale = "fr"\n', "content/a.md": "---\ntitle: A\n---\n"}

    assert refused(files, tmp_path) == ["language"]


def test_taxonomy_name_with_path_traversal_is_left_out(tmp_path: Path) -> None:
    files = {
        "hugo.toml": 'baseURL = "https://e.org/"\n[taxonomies]\nx = "../../../pwned"\n',
        "content/a.md": '---\ntitle: A\n"../../../pwned": [one]\n---\n',
    }

    settled(files, tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"old", "new"}


def test_settings_are_quoted_as_yaml(tmp_path: Path) -> None:
    files = {
        "hugo.toml": (
            'baseURL = "https://e.org/x: #y"\ntitle = "a: b # c"\n[menus]\n[[menus."main: x\\n#"]]\npageRef = "/"\n'
        ),
        "content/_index.md": "---\ntitle: A\n---\n",
    }
    old = TinySite(tmp_path / "old")
    for path, text in files.items():
        old.write(path, text)

    import_site(old.root, tmp_path / "new")

    assert "base_url: https://example.org/\n" in (tmp_path / "new/content/site.yaml").read_text()


@pytest.mark.parametrize("place", ["content", "static", "assets", "hugo.toml"])
def test_symlink_as_the_site_folder_is_refused(tmp_path: Path, place: str) -> None:
    secret = tmp_path / "secret"
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", "title = 'Old'\n")
    old.write("content/a.md", "---\ntitle: A\n---\n")
    secret.mkdir()
    (secret / "own.txt").write_text("own\n")
    (old.root / place).rename(tmp_path / "gone") if (old.root / place).exists() else None
    (old.root / place).symlink_to(secret / "own.txt" if "." in place else secret)

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    assert [problem.code for problem in caught.value.problems] == ["symlink"]
    assert "own" not in str(caught.value.problems[0].excerpt)


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "\\ud800"}\n',
        '{"a": ' * 9_000 + "1" + "}" * 9_000 + "\n",
        "+++\na = " + "[" * 20_000 + "\n+++\n",
        "+++\n" + "a.'a' ." * 100 + "a = 1\n+++\n",
        "+++\n[" + "a." * 200 + "a]\n+++\n",
    ],
    ids=["half a character", "deep JSON", "deep TOML", "deep key of TOML", "deep table of TOML"],
)
def test_huge_front_matter_is_one_problem(move_hugo: MoveHugo, text: str) -> None:
    site = move_hugo({"content/a.md": text, "content/b.md": "---\ntitle: B\n---\n"})

    assert ": error[front-matter]: unreadable" in site.told_then
    assert (site.root / "content/b/index.en.md").exists()


def test_folder_with_the_name_of_a_page_file_gets_another_and_the_site_builds(tmp_path: Path) -> None:
    page = "---\ntitle: A\n---\nhi\n"
    site = settled(
        {"hugo.toml": "title='x'\n", "content/posts/index.md.md": page, "content/index.en.md/b.md": page}, tmp_path
    )

    assert {"en/posts/index-md/index.html", "en/index.en-md/b/index.html"} <= set(site.build())


def test_base_url_that_is_not_an_address_is_reported(tmp_path: Path) -> None:
    found = []
    for number, base in enumerate(("/", "https://e x.org/", "https://e.org/a_b?c")):
        site = moved_from_hugo(
            tmp_path / str(number), {"hugo.toml": f"title = 'x'\nbaseURL = '{base}'\n", "content/a.md": "x\n"}
        )
        found.append(f"hugo.toml:2:1: warning[not-imported]: baseURL: '{base}' is not the address" in site.told_then)
        assert "base_url: https://example.org/\n" in site.text("content/site.yaml")

    assert found == [True, True, True]


def test_terms_too_long_for_an_address_are_shortened_and_reported(move_hugo: MoveHugo) -> None:
    one, other = "ж" * 300 + "a", "ж" * 300 + "b"
    site = move_hugo({"content/a.md": f"---\ntitle: A\ntags: [{one}, ok, {other}]\n---\nhi\n"})

    assert site.told_then.count("content/a.md:3:8: warning[not-imported]: tags: a term is too long for an address") == 1
    assert site.told_then.count("a term is too long") == 2
    pages = site.build()
    assert one in pages[f"en/tags/{'ж' * 100}/index.html"]
    assert other in pages[f"en/tags/{'ж' * 100}-2/index.html"]


def test_links_that_run_programs_keep_their_words_and_are_reported(move_hugo: MoveHugo) -> None:
    body = "See [the *plan*](javascript:alert\\(1\\)), ![a map](JavaScript:x 'T'), [mail](mailto:a@b.org), [b](https:/x) and [a](/a/)."
    site = move_hugo({"content/a.md": f"---\ntitle: A\n---\n\n{body}\n"})

    assert site.text("content/a/index.en.md").endswith(
        "See the *plan*, a map, [mail](mailto:a@b.org), b and [a](/a/).\n"
    )
    assert "content/a.md:5:5: warning[not-imported]: a link may not begin with 'javascript:'" in site.told_then
    assert "'JavaScript:'" in site.told_then
    assert "'https:/x' is not an address" in site.told_then
    site.report()


def test_references_and_addresses_in_brackets_that_run_programs_are_reported_too(move_hugo: MoveHugo) -> None:
    body = "A [b][1], [c][], [d], <javascript:x> and <https://e.org/>.\n\n[1]: javascript:x\n[c]: data:x\n[d]: <vbscript:x>"
    site = move_hugo({"content/a.md": f"---\ntitle: A\n---\n\n{body}\n"})

    assert "A b, c, d, javascript:x and <https://e.org/>.\n" in site.text("content/a/index.en.md")
    for column, scheme in ((3, "javascript"), (11, "data"), (18, "vbscript"), (23, "javascript")):
        assert (
            f"content/a.md:5:{column}: warning[not-imported]: a link may not begin with '{scheme}:'" in site.told_then
        )
    site.report()


def test_folders_of_another_name_are_imported_or_reported(move_hugo: MoveHugo) -> None:
    settings = "staticDir = ['static', 'public files', '../outside']\ni18nDir = 'words'\ndataDir = '../data'\n"
    files = {
        "static/a.txt": "a",
        "public files/b.txt": "b",
        "words/en.toml": "",
        "content/a.md": "---\ntitle: A\n---\n[b](/b.txt)\n",
    }
    site = move_hugo(files, settings=settings)

    told = "".join(site.told_then.split())
    assert [name for name in ("a.txt", "b.txt") if (site.root / "static" / name).exists()] == ["a.txt", "b.txt"]
    for folder, sort in (("../outside", "static"), ("words", "i18n"), ("../data", "data")):
        assert f"{sort}:what'{folder}'holdsisnotimported" in told
    assert "publicfiles'holds" not in told
