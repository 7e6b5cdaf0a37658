"""Where no folder for temporary files can be made, each command that needs one says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import run
from conftest import HOME, MakeSite, TinySite
from repository import git

from sitegen.problems.problem import SiteError
from sitegen.storage.temporary_folder import make_temporary_folder, temporary_folder

COMMANDS = (
    "rename /a/ /b/", "remove /a/", "new page /c/ --set title=C", "translate accept all all", "translate review all fr --human",
    "translate diff /a/ fr", "translate export fr", "translate import texts.po", "publish git:host",
    "verify public", "compare HEAD", "docs",
)  # fmt: skip
NO_FOLDER = ": error[unwritable]: no folder for temporary files can be made: neither here nor in the other usual places"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    site = make_site({"content/a/index.en.md": HOME, "content/a/index.fr.md": HOME})
    site.build()
    run(site.root, "translate", "export", "fr", "--output", "texts.po")
    return site


@pytest.fixture
def without_temporary(site: TinySite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TinySite:
    """A site where all places that are usual are folders that nobody can write to."""
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "gone")])
    return site


def test_each_command_says_that_no_temporary_folder_can_be_made(without_temporary: TinySite) -> None:
    site = without_temporary
    git(site.root, "init", "--quiet", "--bare", "host")

    done = {words: run(site.root, *words.split()) for words in COMMANDS}

    assert {words: own for words, own in done.items() if NO_FOLDER not in own.stderr or own.returncode != 1} == {}
    assert "in the variable TMPDIR" in done["docs"].stderr


def test_a_check_that_can_not_use_what_the_last_build_has_left_says_so_too(without_temporary: TinySite) -> None:
    site = without_temporary
    (site.root / ".cache").rename(site.root / "cache")
    site.write(".cache", "")

    assert NO_FOLDER in run(site.root, "check").stderr


def test_a_temporary_folder_is_removed_with_all_that_is_in_it() -> None:
    with temporary_folder() as folder:
        (folder / "a").mkdir()

    assert not folder.exists()


def test_the_folder_that_can_not_take_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    with pytest.raises(SiteError) as caught:
        make_temporary_folder()

    (problem,) = caught.value.problems
    assert problem.path.startswith(str(tmp_path / "gone"))
    assert problem.message == "no folder for temporary files can be made: no such file or directory"
