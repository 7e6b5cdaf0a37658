"""Settings of an MkDocs site without a counterpart are reported."""

from __future__ import annotations

from pathlib import Path

from conftest import TinySite

from sitegen.importers.importer import import_site


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


def test_settings_that_are_inherited_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\nINHERIT: ../base.yml\n")
    old.write("docs/index.md", "# Home\n")
    done = import_site(old.root, tmp_path / "new")

    found = [problem for problem in done.problems if "INHERIT" in problem.message]
    assert [(problem.code, problem.line) for problem in found] == [("not-imported", 2)]


def test_plugins_and_an_address_that_are_not_imported_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write(
        "mkdocs.yml", "site_url: /docs/\nplugins:\n- search\n- redirects: {redirect_maps: {old.md: index.md}}\n- mike\n"
    )
    old.write("docs/index.md", "# Home\n\nText\n")

    told = [
        (problem.line, problem.message, problem.hint) for problem in import_site(old.root, tmp_path / "new").problems
    ]

    assert told == [
        (None, "the plugin 'mike' is not imported", "do without what it adds"),
        (
            None,
            "the plugin 'redirects' is not imported",
            "write each old address as `aliases: [/old/]` in the front matter of its page",
        ),
        (1, "site_url: '/docs/' is not the address of a site", "write it as base_url in content/site.yaml"),
    ]
