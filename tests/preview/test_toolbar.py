"""The bar of a page: its state in each language, its problems, its buttons."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import MakeSite
from previewed import FILES, bar_of, post, serving
from waiting import SOON, within


def test_bar_shows_the_state_of_a_page_in_each_language_and_its_problems(make_site: MakeSite) -> None:
    files = {
        **FILES,
        "content/a/index.fr.md": "---\ntitle: A\n---\nUn texte.\n",
        "content/c/index.en.md": "---\npublish: 2999-01-01\ntitle: C\n---\n",
    }
    with serving(make_site(files)) as preview:
        translated, later = bar_of(preview, "/fr/a/"), bar_of(preview, "/en/c/")
        fallback = bar_of(preview, "/fr/c/")

    assert "/a/ in fr" in translated
    assert "untracked" in translated
    assert "1 to fix" in translated
    assert "python build.py translate accept /a/ fr" in translated
    assert "due on 2999-01-01" in later
    assert "not translated; shows en" in fallback


def test_bar_counts_the_problems_of_the_language_shown(make_site: MakeSite) -> None:
    files = {
        **FILES,
        "content/a/index.en.md": "---\ntitle: A\n---\n##Slip\n",
        "content/a/index.fr.md": "---\ntitle: A\n---\n##Faute\n\n#Faute\n",
        "content/b/index.fr.md": "---\ntitle: B\n---\n",
    }
    with serving(make_site(files)) as preview:
        english, french, right = (bar_of(preview, path) for path in ("/en/a/", "/fr/a/", "/en/b/"))

    assert "1 to fix" in english
    assert "Faute" not in english
    assert "Slip" not in french
    assert "to fix" not in right


def test_bar_is_never_part_of_the_published_site(make_site: MakeSite) -> None:
    site = make_site(FILES)
    with serving(site) as preview:
        assert "preview-bar" in preview.text("/en/a/")
    site.report()

    assert not any(b"preview-bar" in content for content in site.files().values())
    assert not any(b"preview-bar" in path.read_bytes() for path in (site.root / ".cache").rglob("preview-*/**/*.html"))


def test_button_opens_the_file_in_the_configured_program(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "bin/xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}:{os.environ['PATH']}")
    with serving(make_site(FILES)) as preview:
        status = post(preview, "/preview/edit", file="content/a/index.en.md")

        assert status == 303
        assert within(SOON, (tmp_path / "opened").exists)
        assert within(SOON, lambda: (tmp_path / "opened").read_text().endswith("/content/a/index.en.md\n"))


@pytest.mark.parametrize("opener", ["", "#!/bin/sh\nexit 3\n"], ids=["none", "without a program"])
def test_bar_says_once_that_no_program_could_be_started(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opener: str
) -> None:
    (tmp_path / "bin").mkdir()
    if opener:
        (tmp_path / "bin/xdg-open").write_text(opener)
        (tmp_path / "bin/xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with serving(make_site(FILES)) as preview:
        assert post(preview, "/preview/edit", file="content/a/index.en.md") == 303
        then, later = bar_of(preview, "/en/a/"), bar_of(preview, "/en/a/")

    assert "no editor could be opened; open content/a/index.en.md yourself" in then
    assert "no program" not in later
