"""The history of a site's folder: nothing without a repository, and git's own words if it refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from commands import run
from conftest import MakeSite, TinySite
from repository import commit, git

from sitegen.problems.problem import SiteError
from sitegen.source.git import find_unsaved, run_git, words_of


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A page whose source has changed since its translation was accepted, in a repository."""
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\nOne.\n", "content/a/index.fr.md": "---\ntitle: Z\n---\nUn.\n"}
    )
    git(site.root, "init", "--quiet")
    run(site.root, "translate", "accept", "/a/", "fr")
    commit(site.root)
    site.write("content/a/index.en.md", "---\ntitle: A\n---\nTwo.\n")
    return site


@pytest.mark.parametrize(
    "words",
    [
        ("translate", "diff", "/a/", "fr"),
        ("translate", "export", "fr"),
        ("remove", "/a/"),
        ("compare", "HEAD"),
    ],
    ids=lambda words: words[-2],
)
def test_folder_that_git_does_not_trust_is_reported_in_the_words_of_git(
    site: TinySite, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    done = run(site.root, *words)

    assert done.returncode == 1
    assert "detected dubious ownership in repository at" in done.stderr
    assert f"hint: run: git config --global --add safe.directory {site.root}" in done.stderr
    assert (site.root / "content/a/index.en.md").exists()


def test_folder_without_history_has_none(make_site: MakeSite) -> None:
    site = make_site()
    assert find_unsaved(site.root, "content") == [f"content/{n}" for n in ("index.en.md", "kinds.yaml", "site.yaml")]

    git(site.root, "init", "--quiet")
    assert run_git(site.root, "log", "--", "content/index.en.md") == b""
    assert len(find_unsaved(site.root, "content")) == 3

    commit(site.root)
    assert run_git(site.root, "show", "HEAD:./content/gone.md") == b""
    assert find_unsaved(site.root, "content") == []


@pytest.mark.parametrize("name", [".notes.md.swp", ".draft", "sub/.hidden/words.txt", "é.txt"])
def test_files_that_git_does_not_have_are_found_though_hidden(site: TinySite, name: str) -> None:
    commit(site.root)
    site.write(f"content/a/{name}", "mine")
    site.write("content/a/.DS_Store", "of the system")

    assert find_unsaved(site.root, "content/a") == [f"content/a/{name}"]


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_change_that_git_was_asked_to_overlook_is_not_saved(site: TinySite, mark: str) -> None:
    commit(site.root)
    git(site.root, "update-index", mark, "content/a/index.fr.md")
    site.write("content/a/index.fr.md", "---\ntitle: Y\n---\nDeux.\n")

    assert find_unsaved(site.root, "content") == ["content/a/index.fr.md"]


@pytest.mark.parametrize(("name", "value"), [("core.checkStat", "minimal"), ("core.trustctime", "false")])
def test_change_that_settings_keep_git_from_noticing_is_not_saved(site: TinySite, name: str, value: str) -> None:
    commit(site.root)
    git(site.root, "config", name, value)
    path = site.root / "content/a/index.fr.md"
    git(site.root, "status")
    before = path.stat()
    text = path.read_text()
    with path.open("r+") as file:
        file.write(text.replace("Un.", "Du."))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert text.replace("Un.", "Du.") != text
    assert find_unsaved(site.root, "content") == ["content/a/index.fr.md"]


def test_file_whose_content_git_has_lost_is_not_saved(site: TinySite) -> None:
    commit(site.root)
    blob = git(site.root, "rev-parse", "HEAD:content/a/index.fr.md").strip()
    (site.root / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()

    assert find_unsaved(site.root, "content") == ["content/a/index.fr.md"]


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_file_with_the_line_ends_of_windows_and_a_link_are_saved(make_site: MakeSite, form: str) -> None:
    site = make_site({".gitattributes": "* text=auto eol=lf\n", "content/a/index.en.md": "---\r\ntitle: A\r\n---\r\n"})
    (site.root / "content/a/b.txt").symlink_to("../site.yaml")
    git(site.root, "init", "--quiet", f"--object-format={form}")
    commit(site.root)

    assert b"\r" not in run_git(site.root, "show", "HEAD:content/a/index.en.md")
    assert find_unsaved(site.root, "content") == []


@pytest.mark.parametrize(("words", "is_saved"), [(" {blob} ", True), (" somebody's words ", False)])
def test_words_that_git_takes_out_of_what_it_keeps_are_not_saved(site: TinySite, words: str, is_saved: bool) -> None:
    """A branch can bring the attribute."""
    site.write(".gitattributes", "*.md ident\n")
    site.write("content/a/index.fr.md", "---\ntitle: A\n---\n$Id$\n")
    commit(site.root)
    blob = git(site.root, "rev-parse", "HEAD:content/a/index.fr.md").strip()
    site.write("content/a/index.fr.md", f"---\ntitle: A\n---\n$Id:{words.format(blob=blob)}$\n")

    assert (find_unsaved(site.root, "content") == []) == is_saved


def test_hook_of_another_repository_does_not_change_whose_history_is_read(
    site: TinySite, make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(site.root)
    git(tmp_path, "init", "--quiet", "--bare", "other.git")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other.git/index"))

    assert find_unsaved(site.root, "content") == []


@pytest.mark.parametrize("words", [("compare", "HEAD"), ("remove", "/a/"), ("translate", "diff", "/a/", "fr")])
def test_repository_that_a_branch_brings_into_the_folder_of_the_site_runs_nothing(
    site: TinySite, words: tuple[str, ...]
) -> None:
    site.write("objects/keep", "")
    site.write("refs/heads/keep", "")
    site.write("HEAD", "ref: refs/heads/main\n")
    (site.root / ".git").rename(site.root.parent / ".git")
    program = "sh -c 'touch ran; false' #"
    core = ["[core]", "repositoryformatversion = 0", "bare = false", "worktree = .", f'fsmonitor = "{program}"']
    site.write("config", "\n".join(core))
    git(site.root, "ls-files", "--others")
    assert (site.root / "ran").exists()  # the trap works
    (site.root / "ran").unlink()

    done = run(site.root, *words)

    assert not (site.root / "ran").exists()
    assert done.returncode == 1
    assert "cannot use bare repository" in done.stderr


def test_broken_repository_is_reported(site: TinySite) -> None:
    for path in Path(site.root / ".git/objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"")

    with pytest.raises(SiteError) as caught:
        find_unsaved(site.root, "content")

    assert caught.value.problems[0].message.startswith("git: ")


def test_the_most_telling_line_of_git_is_kept() -> None:
    told = (
        "warning: a\nfatal: '/x' is no repository\nfatal: Could not read from remote repository.\n\nPlease make sure\n"
    )

    assert words_of(told) == ("'/x' is no repository", "")
    assert words_of("") == ("failed", "")
