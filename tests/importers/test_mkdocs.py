"""A MkDocs site with languages is imported with its texts unchanged: by file name and by folder."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import TinySite
from lxml import html
from work import calls

from sitegen.importers import mkdocs
from sitegen.importers.importer import import_site
from sitegen.importers.registry import IMPORTERS, importer_for
from sitegen.problems.problem import CODES, SiteError

SETTINGS = """\
site_name: Guide
site_url: https://e.org/
nav:
  - index.md
  - Use:
      - use/first.md
      - More: use/more.md
markdown_extensions:
  - admonition
  - toc: {permalink: true}
  - pymdownx.nothing: {slugify: !!python/name:os.system }
plugins:
  - search
  - i18n:
      docs_structure: STRUCTURE
      languages:
        - {locale: en, default: true}
        - {locale: fr, site_name: Le guide}
"""
PAGES = {
    "index.md": "# Home\n\nSee [first](use/first.md#a) and [out](https://x.org/a.md).\n\n!!! note\n    Mind *this*.\n",
    "use/first.md": "---\ntitle: First\ndescription: Of it.\nicon: x\n---\n# First\n\n## A\n\n![P](../img/p.png) `[x](more.md)` [more](more.md)\n",
    "use/more.md": "# More\n\n```\n[kept](first.md)\n```\n",
}
#: More languages than a site may have.
TAGS = [f"en-{number:03}" for number in range(101)]
FRENCH = {"index.md": "# Accueil\n\nVoir [premier](use/first.md).\n", "use/first.md": "# Premier\n\n## Un\n\nTexte\n"}


def laid_out(tmp_path: Path, structure: str) -> Path:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", SETTINGS.replace("STRUCTURE", structure))
    for path, text in PAGES.items():
        old.write(f"docs/en/{path}" if structure == "folder" else f"docs/{path}", text)
    for path, text in FRENCH.items():
        old.write(f"docs/fr/{path}" if structure == "folder" else f"docs/{path.replace('.md', '.fr.md')}", text)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
    old.write("docs/en/img/p.png" if structure == "folder" else "docs/img/p.png", png)
    return old.root


@pytest.mark.parametrize("structure", ["suffix", "folder"])
def test_site_with_languages_is_imported_and_builds(tmp_path: Path, structure: str) -> None:
    done = import_site(laid_out(tmp_path, structure), tmp_path / "new")
    new = TinySite(tmp_path / "new")
    new.report()
    pages = new.pages()

    assert (done.pages, done.versions, done.files) == (4, 6, 1)
    assert [problem for problem in done.problems if problem.severity == "error"] == []
    assert '<a href="/en/use/first/#a">first</a>' in pages["en/index.html"]
    assert "<em>this</em>" in pages["en/index.html"]
    assert ">Accueil<" in pages["fr/index.html"]
    assert '<a href="/fr/use/first/">premier</a>' in pages["fr/index.html"]
    assert "[kept](first.md)" in pages["en/use/more/index.html"]
    assert (new.root / "content/use/first/p.png").is_file()
    settings = (new.root / "content/site.yaml").read_text(encoding="utf-8")
    assert "  fr: Le guide\n" in settings
    assert "markdown: {engine: python-markdown, extensions: [tables, fenced_code, admonition]}" in settings
    assert "  main: [/, {page: /use/first/, label: {en: Use}}]\n" in settings
    assert "order: 3\n" in (new.root / "content/use/more/index.en.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("structure", ["suffix", "folder"])
def test_file_that_no_text_names_goes_to_the_nearest_page_above_it(tmp_path: Path, structure: str) -> None:
    folder = laid_out(tmp_path, structure)
    docs = folder / ("docs/en" if structure == "folder" else "docs")
    for path in ("files/q.csv", "use/e.txt", "use/more/deep/d.txt"):
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(path, encoding="utf-8")
    (docs / "p.html").write_text("<p>P</p>", encoding="utf-8")

    done = import_site(folder, tmp_path / "new")

    content = tmp_path / "new/content"
    assert (content / "q.csv").read_text() == "files/q.csv"
    assert (content / "use/more/d.txt").read_text() == "use/more/deep/d.txt"
    assert [path.read_text() for path in content.rglob("e.txt")] == ["use/e.txt"]
    assert any("p.html" in str(problem) for problem in done.problems)


def test_features_that_cannot_be_imported_are_reported(tmp_path: Path) -> None:
    done = import_site(laid_out(tmp_path, "suffix"), tmp_path / "new")

    messages = [problem.message for problem in done.problems]
    assert "the Markdown extension 'pymdownx.nothing' is not installed or not allowed here" in messages
    assert "front matter is left out: icon" in messages


def test_hidden_files_and_folders_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\n")
    for path in ("index.md", ".well-known/a.txt", ".well-known/b.txt", "img/.c.png", ".gitignore"):
        old.write(f"docs/{path}", "# Home\n")

    done = import_site(old.root, tmp_path / "new")

    told = [problem.path.removeprefix(f"{old.root}/docs/") for problem in done.problems]
    assert told == [".well-known", "img/.c.png"]


def test_names_in_the_navigation_are_kept_or_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write(
        "mkdocs.yml",
        "site_name: Guide\nnav:\n- Start: index.md\n- Use it:\n  - a.md\n  - Deep:\n    - Bee: b.md\n- More:\n  - a.md\n"
        "plugins:\n- search\n- i18n:\n    languages:\n    - {locale: en, default: true}\n"
        "    - {locale: fr, nav_translations: {Use it: Usage, Start: Début}, copyright: Nous}\n",
    )
    for path, text in {"index.md": "# Home", "index.fr.md": "# Accueil", "a.md": "# A", "b.md": "# B"}.items():
        old.write(f"docs/{path}", f"{text}\n\nText\n")

    problems = import_site(old.root, tmp_path / "new").problems

    new = TinySite(tmp_path / "new")
    settings = (new.root / "content/site.yaml").read_text()
    assert 'main: [/, {page: /a/, label: {en: "Use it", fr: Usage}}]\n' in settings
    assert "title:\n  en: Guide\n  fr: Guide\n" in settings
    assert "title: Home\nshort_title: Start\n" in (new.root / "content/index.en.md").read_text()
    assert "title: Accueil\nshort_title: Début\n" in (new.root / "content/index.fr.md").read_text()
    assert "title: B\nshort_title: Bee\n" in (new.root / "content/b/index.en.md").read_text()
    assert ">Usage<" in new.build()["fr/index.html"]
    assert [(problem.line, problem.message) for problem in problems] == [
        (6, "nav: the name 'Deep' is left out"),
        (8, "nav: the name 'More' is left out"),
        (12, "the setting 'copyright' of the language 'fr' is not imported"),
    ]


def test_settings_with_words_are_reported_at_their_lines(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write(
        "mkdocs.yml",
        "site_name: Guide\nstrict: true\ncopyright: We\nextra:\n  social: [{link: https://e.org/}]\nempty: {a: true}\n"
        "theme:\n  name: material\n  custom_dir: own\n  logo: a.png\n"
        "markdown_extensions:\n- footnotes: {BACKLINK_TEXT: back}\n- toc: {permalink: x}\n- tables\n",
    )
    old.write("docs/index.md", "# Home\n\nText\n")

    problems = import_site(old.root, tmp_path / "new").problems

    assert [(problem.line, problem.message) for problem in problems] == [
        (3, "the setting 'copyright' is not imported"),
        (4, "the setting 'extra' is not imported"),
        (9, "theme: custom_dir 'own' is not imported"),
        (10, "theme: logo 'a.png' is not imported"),
        (12, "the options of the Markdown extension 'footnotes' are not imported"),
    ]


@pytest.mark.parametrize("top", ['{% include "x" %}', "+++\na = 1\n+++", "---\n\nNot closed"])
def test_text_that_is_not_front_matter_for_mkdocs_stays_text(tmp_path: Path, top: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\n")
    old.write("docs/index.md", f"{top}\n\nText\n")

    import_site(old.root, tmp_path / "new")

    assert (tmp_path / "new/content/index.en.md").read_text().endswith(f"{top}\n\nText\n")


def test_front_matter_of_another_shape_is_reported_at_its_line(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\n")
    old.write("docs/index.md", "---\ntitle: Home\ndescription: [a, b]\n---\nText\n")
    old.write("docs/a.md", "---\n- a\n---\n# A\n")

    problems = import_site(old.root, tmp_path / "new").problems

    assert [(problem.line, problem.message) for problem in problems] == [
        (2, "front matter that can't be read is left out: it has no keys"),
        (3, "front matter is left out: description"),
    ]


def test_settings_that_are_inherited_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\nINHERIT: ../base.yml\n")
    old.write("docs/index.md", "# Home\n")
    done = import_site(old.root, tmp_path / "new")

    found = [problem for problem in done.problems if "INHERIT" in problem.message]
    assert [(problem.code, problem.line) for problem in found] == [("not-imported", 2)]


def test_command_picks_the_importer_by_the_folder_or_by_name(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, "suffix")

    assert importer_for(folder) is IMPORTERS["mkdocs"]
    assert importer_for(tmp_path) is IMPORTERS["hugo"]
    assert importer_for(folder, "hugo") is IMPORTERS["hugo"]
    with pytest.raises(SiteError) as caught:
        importer_for(folder, "jekyll")
    assert caught.value.problems[0].message == "--from: 'jekyll' is not an importer"


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("/etc", "'/etc' is outside the site"),
        ("../x", "'../x' is outside the site"),
        ("x/..", "'.' is the folder of this file"),
    ],
)
def test_folder_that_is_none_of_the_site_is_told_at_its_line(tmp_path: Path, folder: str, told: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", f"site_name: A\ndocs_dir: {folder}\n")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (2, f"docs_dir: {told}")


@pytest.mark.parametrize(
    "settings",
    [
        "a: [",
        "docs_dir: ../x\n",
        "docs_dir: none\n",
        "theme: {language: xx-none-1}\n",
        'site_name: "a\\0b"\n',
        f"plugins: [i18n: {{languages: [{', '.join(f'{{locale: {tag}}}' for tag in TAGS)}]}}]\n",
    ],
    ids=["yaml", "outside", "empty", "language", "hidden", "languages"],
)
def test_unusable_settings_are_refused(tmp_path: Path, settings: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", settings)

    with pytest.raises(SiteError):
        import_site(old.root, tmp_path / "new")
    assert not (tmp_path / "new/content").exists()


def test_front_matter_with_hidden_characters_is_reported_at_its_line(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: A\nplugins: [i18n: {languages: [{locale: en}, {locale: fr}]}]\n")
    old.write("docs/index.md", '---\ntitle: "a\\0b"\n---\n# Home\n\nText\n')

    problems = import_site(old.root, tmp_path / "new").problems

    assert [(problem.line, problem.message.partition(": ")[2]) for problem in problems if problem.line] == [
        (2, "a character that can't be seen, U+0000")
    ]
    assert [p.message for p in problems if not p.line] == ["the language 'fr' is left out, as it has no pages"]
    assert "title: Home\n" in (tmp_path / "new/content/index.en.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "settings",
    [
        "site_name: 2024-13-45\n",
        "site_name: !!int abc\nextra: [!!float x, !!bool x, !!timestamp x]\n",
        f"site_name: {'9' * 5000}\n",
        "nav: 5\n",
        "nav: true\n",
        "plugins:\n- i18n: [en]\n",
        "plugins:\n- i18n: en\n",
    ],
)
def test_settings_of_a_wrong_type_cause_no_traceback(tmp_path: Path, settings: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", settings)
    old.write("docs/index.md", "# Home\n\nText\n")
    assert import_site(old.root, tmp_path / "new").pages == 1


@pytest.mark.parametrize(
    "settings",
    [
        "nav: &a [*a]\n",
        "nav: &a {x: *a}\n",
        "a0: &a0 [index.md]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
        + "nav: *a8\n",
        "nav: " + "[" * 20_000 + "\n",
        'site_name: "\\ud800"\n',
    ],
)
def test_settings_that_grow_or_contain_themselves_are_refused(tmp_path: Path, settings: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", settings)
    old.write("docs/index.md", "# Home\n\nText\n")
    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")
    (problem,) = caught.value.problems
    assert (problem.code, problem.path.endswith("mkdocs.yml"), problem.code in CODES) == ("yaml-syntax", True, True)
    assert problem.line is not None
    assert not (tmp_path / "new" / "content").exists()


def brought(tmp_path: Path, extensions: str, page: str) -> str:
    """A page of a site of MkDocs, as it is published here."""
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", f"site_name: Guide\nmarkdown_extensions: [{extensions}]\n")
    old.write("docs/index.md", "# Home\n\n## Use\n\nText\n")
    old.write("docs/a/b.md", page)
    import_site(old.root, tmp_path / "new")
    new = TinySite(tmp_path / "new")
    new.report()
    return new.pages()["en/a/b/index.html"]


@pytest.mark.parametrize(
    "text",
    ["[home][h]\n\n[h]: ../index.md#use", "[home](../index.md?h=use#use)", "[home][]\n\n   [home]: <../index.md#use>"],
    ids=["reference", "query", "brackets"],
)
def test_links_by_reference_and_with_a_query_lead_to_the_page(tmp_path: Path, text: str) -> None:
    assert '<a href="/en/#use">home</a>' in brought(tmp_path, "", f"# B\n\n{text}\n")


def test_a_link_without_a_scheme_gets_one(tmp_path: Path) -> None:
    assert '<a href="https://example.org/x">out</a>' in brought(tmp_path, "", "# B\n\n[out](//example.org/x)\n")


@pytest.mark.skipif(find_spec("pymdownx") is None, reason="needs pymdown-extensions")
def test_extensions_of_pymdownx_are_used_where_they_are_installed(tmp_path: Path) -> None:
    text = '# B\n\n??? note "More"\n\n    ``` python\n    # x\n    ```\n\n=== "One"\n\n    first\n'

    page = brought(tmp_path, "pymdownx.superfences, pymdownx.details, pymdownx.tabbed", text)

    assert "???" not in page
    assert "===" not in page
    body = html.document_fromstring(page).find(".//main")
    assert body is not None
    words = " ".join(body.text_content().split())
    assert [words.count(own) for own in ("More", "# x", "One", "first")] == [1, 1, 1, 1]
    assert body.find(".//h1[2]") is None


def test_heading_of_level_1_in_a_text_is_published_where_that_is_only_a_warning(tmp_path: Path) -> None:
    assert ">Again</h1>" in brought(tmp_path, "", "# B\n\nText\n\n# Again\n\nText\n")


LONG_PAGES = {
    "a title after many lines": ("\n" * 60_000 + "# A title\n\nWords.\n", "A title"),
    "a title of blanks": ("#" + " \t" * 25_000 + "x\n", "x"),
    "lines that nearly are a title": ("\n \n" * 30_000 + "#x\n", ""),
    "a title with many braces": ("# T " + "{" * 40_000 + "\n", "T " + "{" * 40_000),
    "a title with many attributes": ("# T" + " {a}" * 10_000 + "x\n", "T" + " {a}" * 10_000 + "x"),
}


@pytest.mark.parametrize("name", LONG_PAGES)
def test_title_of_a_long_page_is_found(name: str) -> None:
    text, title = LONG_PAGES[name]

    heading = mkdocs._TITLE.match(text)

    assert (mkdocs._title(heading[1]) if heading else "") == title


@pytest.mark.parametrize(
    ("unit", "blocks"),
    [("```a\n", 0), ("```\n", 1_500), ("~~~~ x\n", 0), ("~~~~ x\n````\n", 1_500), ("```a\nb\n```\n", 3_000)],
)
def test_fences_of_a_page_are_paired_in_proportion_to_their_number(unit: str, blocks: int) -> None:
    def fences(count: int) -> int:
        return len([*mkdocs._fences((unit * count).splitlines(keepends=True))])

    small, middle, large = (calls(partial(fences, count)) for count in (750, 1_500, 3_000))

    assert large - middle < 2.2 * (middle - small)
    assert fences(3_000) == blocks


@pytest.mark.parametrize("settings", ["", "- site_name: A\n", "A\n", "5\n"], ids=["empty", "list", "text", "number"])
def test_settings_that_are_not_a_mapping_are_refused(tmp_path: Path, settings: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", settings)
    old.write("docs/index.md", "# Home\n\nText\n")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    assert f"{old.root}/mkdocs.yml: error[yaml-syntax]: there are no settings in it" in str(caught.value.problems[0])


def test_plugins_and_an_address_that_are_not_imported_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write(
        "mkdocs.yml", "site_url: /docs/\nplugins:\n- search\n- redirects: {redirect_maps: {old.md: index.md}}\n- mike\n"
    )
    old.write("docs/index.md", "# Home\n\nText\n")

    told = [(problem.message, problem.hint) for problem in import_site(old.root, tmp_path / "new").problems]

    assert told == [
        ("site_url: '/docs/' is not the address of a site", "write it as base_url in content/site.yaml"),
        ("the plugin 'mike' is not imported", "do without what it adds"),
        (
            "the plugin 'redirects' is not imported",
            "write each old address as `aliases: [/old/]` in the front matter of its page",
        ),
    ]


UNSAFE = {
    "see [the *plan*](javascript:alert(1)) now": (
        "see the *plan* now",
        "3:5: a link may not begin with 'javascript:'",
    ),
    "a ![map](JavaScript:x 'T')": ("a map", "3:3: a link may not begin with 'JavaScript:'"),
    "[d](data:text/html,x) b": ("d b", "3:1: a link may not begin with 'data:'"),
    "[v](<vbscript:x>) b": ("v b", "3:1: a link may not begin with 'vbscript:'"),
    "[e](&#106;avascript:x)": ("e", "3:1: a link may not begin with 'javascript:'"),
    "[![p](https://e.org/a.png)](javascript:x)": (
        "![p](https://e.org/a.png)",
        "3:1: a link may not begin with 'javascript:'",
    ),
    "[w][1]\n\n[1]: javascript:x": ("[w][1]\n\n[1]: #", "5:6: a link may not begin with 'javascript:'"),
    "go <javascript:x>": ("go javascript:x", "3:4: a link may not begin with 'javascript:'"),
    '<a href="javascript:x">w</a>': ('<a href="#">w</a>', "3:9: a link may not begin with 'javascript:'"),
    "[w](https:x)": ("w", "3:1: 'https:x' is not an address"),
    "`[c](javascript:x)` and [m](mailto:a@b.org)": ("`[c](javascript:x)` and [m](mailto:a@b.org)", ""),
    "```\n[c](javascript:x)\n```": ("```\n[c](javascript:x)\n```", ""),
}


@pytest.mark.parametrize("text", UNSAFE)
def test_links_that_run_programs_keep_their_words_and_are_reported_in_the_old_file(tmp_path: Path, text: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: X\n")
    old.write("docs/index.md", f"# T\n\n{text}\n")

    problems = import_site(old.root, tmp_path / "new").problems

    found = [problem for problem in problems if problem.code == "not-imported"]
    told = [f"{problem.line}:{problem.column}: {problem.message.partition(';')[0]}" for problem in found]
    assert (tmp_path / "new/content/index.en.md").read_text().partition("---\n\n")[2].strip() == UNSAFE[text][0]
    assert told == [UNSAFE[text][1]] * bool(UNSAFE[text][1])
    assert {problem.path for problem in found} <= {f"{old.root}/docs/index.md"}


def test_what_the_navigation_has_besides_pages_is_reported_at_its_line(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    nav = "nav:\n  - Home: index.md\n  - Run: javascript:x\n  - More:\n    - Out: https://e.net/\n    - gone.md\n"
    old.write("mkdocs.yml", f"site_name: X\n{nav}")
    old.write("docs/index.md", "# T\n")

    problems = import_site(old.root, tmp_path / "new").problems

    assert [(problem.line, problem.message) for problem in problems] == [
        (4, "nav: 'javascript:x' is left out: a link may not begin with 'javascript:'"),
        (5, "nav: the name 'More' is left out"),
        (6, "nav: 'https://e.net/' is left out"),
        (7, "nav: 'gone.md' is left out: there is no such page"),
    ]


def test_folder_of_the_texts_is_reported_however_its_setting_is_written(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", 'site_name: S\n"docs_\\x64ir": ../x\n')

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    problem = caught.value.problems[0]
    assert (problem.line, problem.message) == (1, "docs_dir: '../x' is outside the site")


def test_files_named_as_settings_or_pages_do_not_become_them(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: S\n")
    old.write("docs/index.md", "# Home\n\n`[x](site.yaml)` [k](kinds.yaml) [i](INDEX.EN.txt)\n")
    for name in ("site.yaml", "kinds.yaml", "INDEX.EN.txt"):
        old.write(f"docs/{name}", "page: {template: evil.html}\n")

    import_site(old.root, tmp_path / "new")

    new = tmp_path / "new/content"
    assert "Made from an MkDocs site" in (new / "site.yaml").read_text(encoding="utf-8")
    assert "evil" not in (new / "kinds.yaml").read_text(encoding="utf-8")
    assert not (new / "INDEX.EN.txt").exists()


def test_work_grows_no_faster_than_files_of_one_name(tmp_path: Path) -> None:
    def work(size: int) -> int:
        old = TinySite(tmp_path / str(size))
        old.write("mkdocs.yml", "site_name: S\n")
        old.write("docs/index.md", "".join(f"[x]({number}/d.txt)\n\n" for number in range(size)))
        for number in range(size):
            old.write(f"docs/{number}/d.txt", str(number))
        return calls(lambda: mkdocs.read_mkdocs(old.root))

    work(8)  # what is read and remembered once for all

    first, second, third = (work(size) for size in (60, 120, 240))

    assert third - second < 2.4 * (second - first)
