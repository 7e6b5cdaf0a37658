"""What a change means for readers, language by language."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, SITE, MakeSite, TinySite
from PIL import Image

from sitegen.problems.problem import SiteError
from sitegen.publish.compare import Difference, as_markdown, built_at, compare, read_tree
from sitegen.translation.review import accept

STATUS = {"templates/translations.html": "<p></p>"}


def after(site: TinySite, change: dict[str, str | None]) -> dict[str, Difference]:
    """Build a site, change it and build it again: language → difference."""
    site.report()
    before = read_tree(site.public)
    for path, text in change.items():
        if text is None:
            (site.root / path).unlink()
        else:
            site.write(path, text)
    site.report()
    return {own.language: own for own in compare(before, read_tree(site.public))}


def test_no_change_reports_nothing(make_site: MakeSite) -> None:
    found = after(make_site(STATUS), {})

    assert all((own.new, own.changed, own.gone, own.states) == ((), (), (), ()) for own in found.values())
    assert list(found) == ["en", "fr"]


def test_new_changed_and_removed_pages_are_reported_in_their_language(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/a/index.en.md": "---\nlanguages: [en]\ntitle: A\n---\n",
            "content/index.fr.md": "---\ntitle: Accueil\n---\n",
        }
    )
    change = {
        "content/a/index.en.md": None,
        "content/b/index.en.md": "---\nlanguages: [en]\ntitle: B\n---\n",
        "content/index.fr.md": "---\ntitle: Bienvenue\n---\nTexte.\n",
    }
    found = after(site, change)

    assert (found["en"].new, found["en"].gone, found["en"].changed) == (("en/b/index.html",), ("en/a/index.html",), ())
    assert found["fr"].changed == ("fr/index.html",)
    assert found["fr"].weight[1] > found["fr"].weight[0]


@pytest.mark.parametrize("text", ["[", "[]", '{"en": 1}', '{"en": {"pages": {"/": {}}}}', '{"en": ' * 5000, "\xff"])
def test_damaged_list_of_states_is_a_problem_of_its_file(make_site: MakeSite, text: str) -> None:
    site = make_site(STATUS)
    site.report()
    (site.public / "status.json").write_text(text, encoding="latin-1")

    with pytest.raises(SiteError) as caught:
        read_tree(site.public)

    [problem] = caught.value.problems
    assert (Path(problem.path).name, problem.code) == ("status.json", "unreadable")


def test_newly_stale_translation_is_reported(make_site: MakeSite) -> None:
    site = make_site({**STATUS, "content/index.fr.md": "---\ntitle: Accueil\n---\n"})
    site.report()
    assert list(accept(site.root, "/", "fr", None))
    found = after(site, {"content/index.en.md": "---\ntitle: Another home\n---\n"})

    assert found["fr"].states == (("/", "current", "stale"),)
    assert "- `/`: `current` → `stale`" in as_markdown(tuple(found.values()))


def test_long_list_of_pages_is_truncated_and_counted(make_site: MakeSite) -> None:
    pages: dict[str, str | None] = {
        f"content/p{n}/index.en.md": "---\nlanguages: [en]\ntitle: P\n---\n" for n in range(40)
    }
    text = as_markdown(tuple(after(make_site(), pages).values()))

    assert "| en | 40 | 0 | 0 | – |" in text
    assert "- new: 10 more" in text


def test_folder_without_a_site_is_reported(make_site: MakeSite) -> None:
    with pytest.raises(SiteError) as caught:
        read_tree(make_site().root / "content")

    assert "the folder contains no built site" in str(caught.value.problems[0])


@pytest.mark.slow
def test_commit_is_built_by_its_own_engine(make_site: MakeSite) -> None:
    site = make_site()
    shutil.copytree(REPOSITORY / "sitegen", site.root / "sitegen", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "build.py", site.root)
    site.write(".gitignore", "public/\n.cache/\n__pycache__/\n")
    git = ["git", "-C", str(site.root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)
    site.write("content/index.en.md", "---\ntitle: Another home\n---\n")

    command = [sys.executable, "build.py", "compare", "HEAD"]
    told = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=True).stdout

    assert "| en | 0 | 1 | 0 |" in told
    assert (
        subprocess.run([*git, "worktree", "list"], capture_output=True, text=True, check=True).stdout.count("\n") == 1
    )


def committed(site: TinySite, folder: Path, *options: str) -> None:
    """Make a repository of a folder, with all its files in one commit."""
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    site.write(".gitignore", "public/\n.cache/\n")
    for command in (["init", "-q"], ["add", "-A", *options], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)


@pytest.mark.parametrize("above", [False, True], ids=["repository of its own", "folder of a larger repository"])
def test_commit_without_an_engine_is_built_by_this_one(make_site: MakeSite, above: bool) -> None:
    site = make_site()
    committed(site, site.root.parent if above else site.root)
    site.write("content/index.en.md", "---\ntitle: Another home\n---\n")
    site.report()

    with built_at(site.root, "HEAD") as folder:
        found = {own.language: own for own in compare(read_tree(folder), read_tree(site.public))}

    assert {path: own.changed for path, own in found.items()} == {
        "en": ("en/index.html",),
        "fr": ("fr/index.html",),
    }


@pytest.mark.parametrize("link", [".cache", ".cache/messages/ab"])
def test_a_commit_that_leads_elsewhere_by_links_changes_nothing_there(
    make_site: MakeSite, tmp_path: Path, link: str
) -> None:
    site, elsewhere = make_site(), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ("ab" * 8)).write_text("mine")
    (site.root / link).parent.mkdir(parents=True, exist_ok=True)
    (site.root / link).symlink_to(elsewhere)
    committed(site, site.root, "-f")
    shutil.rmtree(site.root / ".cache") if "/" in link else (site.root / link).unlink()

    with built_at(site.root, "HEAD") as folder:
        assert (folder / "en/index.html").is_file()

    assert [path.read_text() for path in elsewhere.iterdir()] == ["mine"]


def test_a_commit_shares_the_pictures_of_the_site(make_site: MakeSite) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (900, 9)).save(picture, "PNG")
    site = make_site(
        {"content/index.en.md": "---\ntitle: Home\n---\n![A hall](hall.png)\n", "content/hall.png": picture.getvalue()},
        site=SITE + "pictures: {widths: [480], sizes: 100vw}\n",
    )
    committed(site, site.root)

    with built_at(site.root, "HEAD"):
        pass

    assert [*(site.root / ".cache/pictures").glob("*/*")] != []


def test_a_commit_whose_folder_is_a_link_is_refused(make_site: MakeSite, tmp_path: Path) -> None:
    site, elsewhere = make_site(), tmp_path / "elsewhere"
    shutil.copytree(site.root, elsewhere)
    repository = site.root.parent
    shutil.move(site.root, repository / "aside")
    site.root.symlink_to(elsewhere)
    committed(site, repository)
    site.root.unlink()
    shutil.move(repository / "aside", site.root)

    with pytest.raises(SiteError) as caught, built_at(site.root, "HEAD"):
        pass

    assert "its folder is reached through a link" in caught.value.problems[0].message
    assert not (elsewhere / ".cache").exists()


def test_commit_with_mistakes_is_reported_with_the_first_of_them(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ntitel: Home\n---\n"})
    committed(site, site.root)

    with pytest.raises(SiteError) as caught, built_at(site.root, "HEAD"):
        pass

    (problem,) = caught.value.problems
    assert "can't be built: content/index.en.md:2:1: error[unknown-key]: 'titel'" in problem.message
    assert "git worktree add" in problem.hint


@pytest.mark.skipif(sys.platform == "win32", reason="a hook is a program of another kind there")
def test_comparing_runs_no_hook_that_the_commit_brings_along(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.write("hooks/post-checkout", f"#!/bin/sh\ntouch '{tmp_path / 'owned'}'\n")
    (site.root / "hooks/post-checkout").chmod(0o755)
    committed(site, site.root)
    subprocess.run(["git", "-C", str(site.root), "config", "core.hooksPath", "hooks"], check=True)
    (tmp_path / "owned").unlink(missing_ok=True)

    with built_at(site.root, "HEAD") as built:
        assert (built / "en/index.html").is_file()

    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("commit", ["no-such-commit", "--upload-pack=true", "--lock", "-b"])
def test_unknown_commit_is_reported(make_site: MakeSite, commit: str) -> None:
    """One that begins with a hyphen is a name too, not an option of git's."""
    site = make_site()
    committed(site, site.root)

    with pytest.raises(SiteError) as caught, built_at(site.root, commit):
        pass

    told = str(caught.value.problems[0])
    assert f"the commit '{commit}' can't be built: invalid reference: {commit}" in told
