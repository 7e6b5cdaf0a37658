"""The source version that a translation rendered, from git: real repositories, shallow ones and none."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeSite, TinySite
from repository import commit, git, show_signatures

from sitegen.content import reader
from sitegen.problems.problem import SiteError
from sitegen.source import limits
from sitegen.source.git import run_git
from sitegen.translation import history
from sitegen.translation.exchange import export, import_file
from sitegen.translation.review import accept, diff
from sitegen.translation.status_report import status

SOURCE = "---\ntitle: Study here\n---\n## One\n\nApply until the third of March.\n\n## Two\n\nNothing else.\n"
FRENCH = "---\ntitle: Étudier\n---\n## Un\n\nJusqu'au trois mars.\n\n## Deux\n\nRien.\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A page accepted in French and committed; then its source edited twice."""
    site = make_site({"content/a/index.en.md": SOURCE, "content/a/index.fr.md": FRENCH})
    git(site.root, "init", "--quiet")
    list(accept(site.root, "/a/", "fr"))
    commit(site.root)
    for old, new in (("third", "tenth"), ("of March", "of April")):
        path = site.root / "content/a/index.en.md"
        path.write_text(path.read_text().replace(old, new))
        commit(site.root)
    return site


def test_diff_is_word_by_word_since_the_translated_version(site: TinySite) -> None:
    lines = list(diff(site.root, "/a/", "fr"))

    assert len(lines) == 2
    assert lines[0].startswith("#one: since 20")
    assert lines[1] == "## One\n\nApply until the [-third-]{+tenth+} of [-March-]{+April+}."


def test_first_commit_is_found_whatever_the_settings_of_git_log(site: TinySite) -> None:
    for name in ("showRoot", "follow"):
        git(site.root, "config", f"log.{name}", str(name == "follow").lower())

    assert next(diff(site.root, "/a/", "fr")).startswith("#one: since 20")


def test_signatures_in_the_log_are_no_versions(site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show_signatures(tmp_path, monkeypatch)
    site.write("content/a/index.en.md", SOURCE.replace("third", "ninth"))
    commit(site.root)
    assert "Good signature" in git(site.root, "log")

    assert list(diff(site.root, "/a/", "fr"))[1] == "## One\n\nApply until the [-third-]{+ninth+} of March."


def test_changed_field_is_shown_too(site: TinySite) -> None:
    path = site.root / "content/a/index.en.md"
    path.write_text(path.read_text().replace("Study here", "Study there"))

    assert list(diff(site.root, "/a/", "fr"))[1] == "Study [-here-]{+there+}"


def test_current_translation_is_reported_as_such(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))

    assert list(diff(site.root, "/a/", "fr")) == [
        "content/a/index.fr.md: nothing has changed in content/a/index.en.md since this was accepted"
    ]


def test_translation_never_accepted_is_reported_with_what_to_do(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH)

    assert list(diff(site.root, "/a/", "fr")) == [
        "content/a/index.fr.md: nobody has accepted it yet; read it beside content/a/index.en.md, and once it is right, "
        "run: python build.py translate accept /a/ fr"
    ]


def test_version_unknown_to_git_is_reported(site: TinySite, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{site.root}", "shallow")

    lines = list(diff(tmp_path / "shallow", "/a/", "fr"))

    assert lines == [
        "#one: git has no version that this translation renders; today it reads:",
        "## One\n\nApply until the tenth of April.",
    ]


def test_states_are_the_same_in_a_shallow_clone_after_a_rebase_and_after_a_squash(
    site: TinySite, tmp_path: Path
) -> None:
    before = status(site.root)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{site.root}", "shallow")
    assert status(tmp_path / "shallow") == before

    git(site.root, "checkout", "--quiet", "-b", "topic", "HEAD~1")
    site.write("content/b/index.en.md", "---\ntitle: B\n---\n")
    commit(site.root)
    git(site.root, "rebase", "--quiet", "main")
    (site.root / "content/b/index.en.md").unlink()
    assert status(site.root) == before

    git(site.root, "checkout", "--quiet", "--force", "main")
    git(site.root, "reset", "--quiet", "--soft", "HEAD~2")
    commit(site.root, "All at once")
    assert status(site.root) == before


def test_missing_translation_is_reported(site: TinySite) -> None:
    for page, language in (("/b/", "fr"), ("/a/", "en"), ("/a/", "all"), ("all", "fr")):
        with pytest.raises(SiteError) as caught:
            list(diff(site.root, page, language))

        assert f"there is no translation of {page} in '{language}'" in str(caught.value.problems[0])


def test_each_version_has_time_of_its_own(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they may take longer than a file may: here, each takes a third of that."""
    make_slow(monkeypatch, 0.18)

    assert next(diff(site.root, "/a/", "fr")).startswith("#one: since 20")


def make_slow(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let each file take so long to be read, of the half second that it may."""
    read = reader._draft

    def read_slowly(*given: Any) -> Any:
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        return read(*given)

    monkeypatch.setattr(reader, "_draft", read_slowly)
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(limits, "_FREE", 0.01)
    monkeypatch.setattr(limits, "slowness", lambda: 1.0)


def test_versions_that_would_take_too_long_are_told(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    make_slow(monkeypatch, 0.18)
    monkeypatch.setattr(history, "SECONDS", 0.0)
    day = git(site.root, "log", "--max-count=1", "--format=%cs").strip()

    assert next(diff(site.root, "/a/", "fr")) == (
        f"#one: git has no version after {day} that this translation renders, and to look at those before would take "
        "too long; today it reads:"
    )


@pytest.mark.parametrize("most", [1, 2])
def test_versions_beyond_the_most_are_told_to_translators_too(
    site: TinySite, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(history, "MOST_COMMITS", most)

    assert " and to look at those before would take too long; today" in next(diff(site.root, "/a/", "fr"))
    assert b"#. The earlier source is not shown: git has no version after " in export(site.root, "fr", "po")


def test_versions_are_looked_at_once_in_a_command(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all of it has the same, even where the time was not enough for all."""
    asked = Counter[str]()
    monkeypatch.setattr(history, "run_git", lambda root, *words: asked.update(words[:1]) or run_git(root, *words))
    exported = site.root / "fr.po"
    exported.write_bytes(export(site.root, "fr", "po").replace(b'msgstr "Rien."', b'msgstr "Rien !"'))
    in_export = Counter(asked)

    assert import_file(site.root, exported).written == ("content/a/index.fr.md",)
    assert asked - in_export == in_export == {"rev-list": 1, "show": 3}


@pytest.mark.parametrize("style", ["text", "json"])
def test_name_of_a_page_is_one_line_of_the_status(make_site: MakeSite, style: str) -> None:
    """A line of its own such as `::error::` would be a command to a runner of GitHub."""
    name = "content/a\n::error::b\x1b[2J\u202ec"
    site = make_site({f"{name}/index.en.md": SOURCE, f"{name}/index.fr.md": FRENCH})

    told = status(site.root, style)

    assert "::error::b" in told
    assert not [line for line in told.splitlines() if line.startswith("::")]
    assert not {"\x1b", "\u202e"} & set(told)
