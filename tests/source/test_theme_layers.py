"""The site's own files come first, then the theme's, file by file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import SITE, MakeSite

from sitegen.source.theme_layers import Layers


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    for name, text in {
        "templates/page.html": "site",
        "ours/templates/page.html": "ours",
        "ours/templates/list.html": "ours",
        "ours/static/assets/a.css": "ours",
        "ours/templates/page.html~": "left by an editor",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Layers.of(tmp_path, ["ours", "default"])


def test_first_layer_that_has_a_file_gives_it(layers: Layers) -> None:
    found = {name: layers.find(f"templates/{name}") for name in ("page.html", "list.html", "404.html", "none.html")}

    assert {name: file and file.layer for name, file in found.items()} == {
        "page.html": 0,
        "list.html": 1,
        "404.html": 2,
        "none.html": None,
    }


def test_lower_layers_are_selected_by_number(layers: Layers) -> None:
    behind = layers.find("templates/page.html", 1)

    assert behind is not None
    assert behind.text() == "ours"
    assert behind.shown == "ours/templates/page.html"


def test_files_are_those_of_all_layers_each_once(layers: Layers) -> None:
    files = layers.files("templates")

    assert {"page.html", "list.html", "404.html", "parts/head.html"} <= files.keys()
    assert "page.html~" not in files
    assert files["page.html"].layer == 0


@pytest.mark.parametrize("name", ["templates/../ours/templates/list.html", "../x"])
def test_files_outside_the_layers_are_not_found(layers: Layers, name: str) -> None:
    assert layers.find(name) is None


def test_theme_may_be_an_installed_package_that_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "elsewhere/our_theme"
    (package / "templates").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('run')", encoding="utf-8")
    (package / "templates/page.html").write_text("package", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")

    file = Layers.of(tmp_path, ["our_theme"]).find("templates/page.html")

    assert file is not None
    assert file.text() == "package"


@pytest.mark.parametrize(
    "slip", [{"kinds": f"page:\n  template: {'x' * 5_000}\n"}, {"site": f"{SITE}theme: {'x' * 5_000}\n"}]
)
def test_name_that_is_too_long_is_a_problem(make_site: MakeSite, slip: dict[str, str]) -> None:
    assert make_site(**slip).problems()


@pytest.mark.parametrize(
    "name", ["templates/list.html", "translations/messages.pot", "translations/fr/LC_MESSAGES/messages.po"]
)
def test_folder_in_place_of_a_file_is_reported_even_if_a_theme_has_that_file(make_site: MakeSite, name: str) -> None:
    site = make_site({f"{name}/x.txt": "x"}, site=f"{SITE}theme: [default]\n")

    assert (name, "unreadable") in {(problem.path, problem.code) for problem in site.problems()}


@pytest.mark.parametrize("name", ["static", "translations", "templates"])
def test_file_in_place_of_a_folder_is_reported(make_site: MakeSite, name: str) -> None:
    site = make_site(site=f"{SITE}theme: [default]\n")
    shutil.rmtree(site.root / name, ignore_errors=True)
    (site.root / name).write_text("x", encoding="utf-8")

    assert (name, "unreadable") in {(problem.path, problem.code) for problem in site.problems()}
