"""An MkDocs site with languages is imported with its texts unchanged: by file name and by folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TinySite
from work import calls

from sitegen.importers.importer import import_site
from sitegen.importers.mkdocs.conversion import read_mkdocs

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
        return calls(lambda: read_mkdocs(old.root))

    work(8)  # what is read and remembered once for all

    first, second, third = (work(size) for size in (60, 120, 240))

    assert third - second < 2.4 * (second - first)
