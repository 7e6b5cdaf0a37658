"""A page of an MkDocs site has its title and summary from its front matter or its heading."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TinySite

from sitegen.importers.importer import import_site
from sitegen.importers.mkdocs.front_matter import split_title


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


def test_heading_that_readers_see_is_the_title_and_that_of_the_front_matter_its_name_in_menus(tmp_path: Path) -> None:
    """As MkDocs shows them."""
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\nnav: [index.md, b.md, The nav: c.md]\n")
    for name in ("index", "b", "c"):
        old.write(f"docs/{name}.md", f"---\ntitle: Short {name}\n---\n# The long heading of {name}\n\nText\n")

    told = import_site(old.root, tmp_path / "new").problems
    pages = {name: (tmp_path / f"new/content/{name}/index.en.md").read_text() for name in ("b", "c")}

    assert "title: The long heading of b\nshort_title: Short b\n" in pages["b"]
    assert "title: The long heading of c\nshort_title: The nav\n" in pages["c"]
    assert [(Path(problem.path).name, problem.message) for problem in told] == [
        ("c.md", "title: 'Short c' is left out: a heading is the page's title, and nav names it")
    ]


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

    assert split_title(text)[0] == title
