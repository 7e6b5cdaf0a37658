"""The files of an MkDocs site are read, and those with hidden names are reported."""

from __future__ import annotations

from pathlib import Path

from conftest import TinySite

from sitegen.importers.importer import import_site


def test_hidden_files_and_folders_are_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: Guide\n")
    for path in ("index.md", ".well-known/a.txt", ".well-known/b.txt", "img/.c.png", ".gitignore"):
        old.write(f"docs/{path}", "# Home\n")

    done = import_site(old.root, tmp_path / "new")

    told = [problem.path.removeprefix(f"{old.root}/docs/") for problem in done.problems]
    assert told == [".well-known", "img/.c.png"]
