"""Settings of an MkDocs site that can't be used are refused at their line, whatever their type."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TinySite

from sitegen.importers.importer import import_site
from sitegen.problems.problem import CODES, SiteError

#: More languages than a site may have.
TAGS = [f"en-{number:03}" for number in range(101)]


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


def test_folder_of_the_texts_is_reported_however_its_setting_is_written(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", 'site_name: S\n"docs_\\x64ir": ../x\n')

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    problem = caught.value.problems[0]
    assert (problem.line, problem.message) == (1, "docs_dir: '../x' is outside the site")


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


@pytest.mark.parametrize("settings", ["", "- site_name: A\n", "A\n", "5\n"], ids=["empty", "list", "text", "number"])
def test_settings_that_are_not_a_mapping_are_refused(tmp_path: Path, settings: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", settings)
    old.write("docs/index.md", "# Home\n\nText\n")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    assert f"{old.root}/mkdocs.yml: error[yaml-syntax]: there are no settings in it" in str(caught.value.problems[0])
