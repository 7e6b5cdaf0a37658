"""Files of an old site are placed beside pages, under names that say nothing to the generator."""

from __future__ import annotations

from pathlib import Path

import pytest
from work import calls

from sitegen.importers.placed_files import PlacedFiles, has_meaning
from sitegen.model.page import Key

HOME, PAGE = Key("/"), Key("/a/")


def laid(folder: Path, files: dict[str, str]) -> PlacedFiles:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return PlacedFiles(folder)


def test_files_of_one_name_get_numbers_and_equal_ones_share_a_place(tmp_path: Path) -> None:
    files = laid(tmp_path, {"1/d.txt": "one", "2/d.txt": "two", "3/d.txt": "two", "4/d.txt": "one"})

    links = [files.link(f"{number}/d.txt", PAGE) for number in range(1, 5)]

    assert links == ["d.txt", "d-2.txt", "d-2.txt", "d.txt"]
    assert files.taken == {(PAGE, "d.txt"): "1/d.txt", (PAGE, "d-2.txt"): "2/d.txt"}


def test_a_file_stays_beside_the_page_that_linked_to_it_first(tmp_path: Path) -> None:
    files = laid(tmp_path, {"d.txt": "one"})

    assert [files.link("d.txt", PAGE), files.link("d.txt", HOME)] == ["d.txt", "/a/d.txt"]


@pytest.mark.parametrize(
    ("owner", "name", "placed"),
    [
        (HOME, "site.yaml", "file-site.yaml"),
        (HOME, "Kinds.yaml", "file-Kinds.yaml"),
        (HOME, "_blocks.yaml", "file-blocks.yaml"),
        (HOME, "tables.yaml", "file-tables.yaml"),
        (PAGE, "site.yaml", "site.yaml"),
        (PAGE, "index.en.MD", "file-index.en.MD"),
        (PAGE, "_.", "file"),
        (PAGE, "README", "README"),
    ],
)
def test_no_file_takes_the_name_of_settings_or_of_a_page(tmp_path: Path, owner: Key, name: str, placed: str) -> None:
    files = laid(tmp_path, {name: "one"})

    assert files.link(name, owner) == placed


def test_a_file_without_an_extension_gets_its_language_or_number_at_the_end(tmp_path: Path) -> None:
    files = laid(tmp_path, {f"{number}/README": str(number) for number in range(3)})

    for number in range(3):
        files.place(f"{number}/README", PAGE, "README", "fr")

    assert [name for _, name in files.taken] == ["README", "README.fr", "README-2"]


def test_hundreds_of_files_of_one_name_are_read_once_each(tmp_path: Path) -> None:
    files = laid(tmp_path, {f"{number}/d.txt": str(number) for number in range(300)})

    first = calls(lambda: [files.link(f"{number}/d.txt", PAGE) for number in range(100)])
    second = calls(lambda: [files.link(f"{number}/d.txt", PAGE) for number in range(100, 300)])

    assert second < 2.1 * first


def test_what_pages_settings_templates_and_catalogs_are_is_no_file() -> None:
    meaning = [
        "content/Site.yaml",
        "content/a/index.fr.md",
        "templates/page.html",
        "translations/fr.po",
        "extensions.py",
    ]
    plain = ["content/a/site.yaml", "content/d.txt", "static/site.yaml", "static/index.fr.md"]

    assert [path for path in (*meaning, *plain) if has_meaning(path)] == meaning
