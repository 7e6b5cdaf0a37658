"""Publication to a folder, a git branch and a host, each all or nothing."""

from __future__ import annotations

import errno
import getpass
import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import run
from conftest import MakeSite, TinySite
from published import require
from repository import show_signatures
from waiting import SOON, free_port, within

from sitegen.problems.problem import SiteError
from sitegen.publish.archive import archive
from sitegen.publish.folder import Published
from sitegen.publish.manifest import find_wrong, manifest_of, read_manifest
from sitegen.publish.rsync import Host
from sitegen.publish.targets import How, publish, releases, roll_back
from sitegen.storage.output import MANIFEST

PAGES = {
    "content/index.en.md": "---\ntitle: Home\n---\nFirst\n",
    "content/a/index.en.md": "---\ntitle: A\n---\nText\n",
    "static/assets/site.css": "p {}",
    "templates/page.html": '<link href="{{ asset("site.css") }}"><h1>{{ page.title|words }}</h1>{{ page.content }}',
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A built site of two pages and a style sheet."""
    made = make_site(PAGES)
    made.build()
    return made


def edit(site: TinySite, text: str) -> None:
    """Change the text of the home page."""
    site.write("content/index.en.md", f"---\ntitle: Home\n---\n{text}\n")
    site.build()


def refused(site: TinySite, target: str) -> str:
    """Publish, which must fail; return what is reported."""
    with pytest.raises(SiteError) as caught:
        publish(site.public, target, How())
    return "\n".join(str(problem) for problem in caught.value.problems)


def not_restored(target: str, wanted: str | None = None) -> str:
    """Roll back, which must fail; return what is reported."""
    with pytest.raises(SiteError) as caught:
        roll_back(target, wanted)
    return "\n".join(str(problem) for problem in caught.value.problems)


def home(folder: Path) -> str:
    """The home page as readers get it."""
    return (folder / "current/en/index.html").read_text(encoding="utf-8")


# what a release is


def test_the_same_site_has_the_same_release_name_wherever_it_is_built(site: TinySite, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    site.report(jobs=2)
    shutil.copytree(site.root, elsewhere, ignore=shutil.ignore_patterns("public", ".cache"))
    copy = TinySite(elsewhere)
    copy.build(jobs=1)

    assert manifest_of(copy.public).name == manifest_of(site.public).name


def test_a_manifest_can_be_checked_by_standard_unix_tools(site: TinySite) -> None:
    sums = manifest_of(site.public).sums
    done = subprocess.run(["sha256sum", "-c"], cwd=site.public, input=sums, text=True, capture_output=True)

    assert done.returncode == 0
    assert done.stdout.count(": OK") == len(site.files()) - 1


@pytest.mark.parametrize(
    ("old", "new"),
    [('"version": 1', '"version": 2'), ("index.html", "../index.html"), ("{", "["), ("index", "other")],
)
def test_a_damaged_manifest_is_refused(site: TinySite, old: str, new: str) -> None:
    content = manifest_of(site.public).as_json().decode()

    with pytest.raises(SiteError, match="1 problem"):
        read_manifest(content.replace(old, new).encode(), MANIFEST)


def test_an_interrupted_build_is_not_published(site: TinySite, tmp_path: Path) -> None:
    _, names = (site.public / ".sitegen").read_text().split("\n", 1)
    (site.public / ".sitegen").write_text(
        f"A build of this folder has not ended: it may hold files of two builds.\n{names}"
    )

    assert "interrupted" in refused(site, str(tmp_path / "host"))
    edit(site, "Second")
    publish(site.public, str(tmp_path / "host"), How())
    assert "Second" in home(tmp_path / "host")


HAND = {
    "changed": lambda public: (public / "en/index.html").write_text("Bought by another"),
    "removed": lambda public: (public / "en/index.html").unlink(),
    "added": lambda public: (public / "notes.html").write_text("<script>steal()</script>"),
}


@pytest.mark.parametrize("what", HAND)
def test_output_edited_after_the_build_is_not_published(site: TinySite, tmp_path: Path, what: str) -> None:
    publish(site.public, str(tmp_path / "host"), How())
    before = (tmp_path / "host/current").resolve()
    HAND[what](site.public)

    told = refused(site, str(tmp_path / "host"))

    name = "notes.html" if what == "added" else "en/index.html"
    assert f"public/{name}: error[release]: the file was {what} after the site was built" in told
    assert (tmp_path / "host/current").resolve() == before
    with pytest.raises(SiteError):
        archive(site.public, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    (site.public / "notes.html").unlink(missing_ok=True)
    site.report(clean=what == "changed")
    assert publish(site.public, str(tmp_path / "host"), How()).name == before.name


@pytest.mark.parametrize(
    "words", [["publish", "../host"], ["archive", "../host"], ["merge", "public", "--output", "../host"]]
)
@pytest.mark.parametrize("place", ["public", "folder/public"])
def test_another_site_is_not_published_through_a_link(
    make_site: MakeSite, tmp_path: Path, words: list[str], place: str
) -> None:
    other = make_site({"content/index.en.md": "---\ntitle: Of another\n---\n"})
    other.build()
    root = tmp_path / "own"
    root.mkdir()
    link = root / place.partition("/")[0]
    link.symlink_to(other.public if place == "public" else other.root)
    words = [place if word == "public" else word for word in words]

    done = run(root, *words, *(["--output", place] if words[0] != "merge" else []))

    assert done.returncode == 1
    assert f"{link.name}: error[" in done.stderr
    assert "can't be a link, or be reached through one" in done.stderr
    assert not (tmp_path / "host").exists()


def test_an_edited_page_is_published_once_a_build_writes_the_same(site: TinySite, tmp_path: Path) -> None:
    edit(site, "Second")
    second = (site.public / "en/index.html").read_bytes()
    edit(site, "First")
    (site.public / "en/index.html").write_bytes(second)

    edit(site, "Second")

    publish(site.public, str(tmp_path / "host"), How())
    assert "Second" in home(tmp_path / "host")


def test_a_copied_site_with_new_times_is_published(site: TinySite, tmp_path: Path) -> None:
    """As from one job of CI to another."""
    shutil.copytree(site.public, tmp_path / "copy", copy_function=shutil.copyfile)

    assert publish(tmp_path / "copy", str(tmp_path / "host"), How()).name == manifest_of(site.public).name


def test_a_site_built_without_digests_is_published(site: TinySite, tmp_path: Path) -> None:
    marker = site.public / ".sitegen"
    marker.write_text("".join(row[66:] if row[64:66] == "  " else row for row in marker.read_text().splitlines(True)))
    (site.public / "en/index.html").write_text("not known to be another")

    publish(site.public, str(tmp_path / "host"), How())
    assert "not known" in home(tmp_path / "host")
    edit(site, "Second")
    assert (site.public / ".sitegen").read_text().split("\n")[1][64:66] == "  "


def test_a_folder_of_other_origin_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="1 problem") as caught:
        publish(tmp_path, str(tmp_path / "host"), How())

    assert "no built site" in str(caught.value.problems[0])


@pytest.mark.parametrize("target", ["ftp:host", "s3:bucket", "RSYNC:host:dir", "git:", "folder:", "folder: ", " "])
def test_an_unknown_kind_of_target_is_reported_with_the_known_ones(site: TinySite, target: str) -> None:
    assert "name one as folder:DIR, git:REPOSITORY#BRANCH, rsync:HOST:DIR" in refused(site, target)


# a folder


def test_readers_get_the_last_release(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    first = publish(site.public, str(host), How())
    edit(site, "Second")
    second = publish(site.public, str(host), How())

    assert (first.new, second.new) == (first.files, 2)  # the page, and in French the notice above its text
    assert "Second" in home(host)
    assert find_wrong(manifest_of(site.public), host / "current") == {}


def test_a_release_reuses_unchanged_files_of_the_previous_one(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    first = publish(site.public, str(host), How())
    edit(site, "Second")
    second = publish(site.public, str(host), How())
    files = [(host / "releases" / done.name / "en/a/index.html").stat() for done in (first, second)]

    assert files[0].st_ino == files[1].st_ino


def test_open_pages_of_the_previous_release_still_find_their_style_sheet(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    publish(site.public, str(host), How())
    old = next((host / "current/assets").iterdir()).name
    names = [old]
    for colour in ("red", "blue"):
        site.write("static/assets/site.css", f"p {{color: {colour}}}")
        site.build()
        publish(site.public, str(host), How())
        names.append({path.name for path in (site.public / "assets").iterdir()}.pop())

    assert {path.name for path in (host / "current/assets").iterdir()} == set(names[1:])


def test_publishing_the_same_again_writes_nothing(site: TinySite, tmp_path: Path) -> None:
    publish(site.public, str(tmp_path / "host"), How())

    assert publish(site.public, str(tmp_path / "host"), How()).new == 0


def assert_every_release_is_listed_and_comes_back(target: str, read: Callable[[], str]) -> None:
    """First, second and third were published, each just now, and the first is current; each is made current by its name."""
    found = releases(target)
    assert [own.is_current for own in found].count(True) == 1
    assert all(0 <= time.time() - own.at < 600 for own in found)
    for own, text in zip(found, ("First", "Second", "Third"), strict=False):
        before = next(other.name for other in releases(target) if other.is_current)
        done = roll_back(target, own.name)
        assert text in read()
        assert (done.name, done.before) == (own.name, before)
        assert [other.name for other in releases(target) if other.is_current] == [own.name]
    with pytest.raises(SiteError) as caught:
        roll_back(target, "")
    assert "the name of the release is empty" in str(caught.value.problems[0])
    with pytest.raises(SiteError) as caught:
        roll_back(target, "0" * 16)
    assert f"there is no release {'0' * 16}" in str(caught.value.problems[0])


def test_every_release_of_a_folder_is_listed_and_can_be_restored(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    for text in ("First", "Second", "Third"):
        edit(site, text)
        publish(site.public, str(host), How())

    roll_back(str(host))
    roll_back(str(host))
    assert_every_release_is_listed_and_comes_back(str(host), lambda: home(host))


def test_each_rollback_goes_back_one_more_release(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    for text in ("First", "Second", "Third"):
        edit(site, text)
        publish(site.public, str(host), How())

    roll_back(str(host))
    assert "Second" in home(host)
    roll_back(str(host))
    assert "First" in home(host)
    with pytest.raises(SiteError) as caught:
        roll_back(str(host))
    assert "no release before" in str(caught.value.problems[0])
    assert "First" in home(host)


def test_after_a_rollback_the_next_release_follows_the_current_one(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    for text in ("First", "Second"):
        edit(site, text)
        publish(site.public, str(host), How())
    roll_back(str(host))
    edit(site, "Third")
    publish(site.public, str(host), How())
    roll_back(str(host))

    assert "First" in home(host)


def test_only_the_last_releases_are_kept(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    for number in range(5):
        edit(site, f"Number {number}")
        publish(site.public, str(host), How(keep=2))

    assert len(list((host / "releases").iterdir())) == 2
    assert "Number 4" in home(host)


@pytest.mark.parametrize("path", ["notes.txt", "en/notes", ".stage-mine", "mine/x"])
def test_an_old_release_with_a_file_of_others_is_not_removed(site: TinySite, tmp_path: Path, path: str) -> None:
    host = tmp_path / "host"
    first = publish(site.public, str(host), How(keep=1)).name
    lay_out(host / "releases" / first, {path: "mine"})
    for number in range(3):
        edit(site, f"Number {number}")
        last = publish(site.public, str(host), How(keep=1)).name

    assert (host / "releases" / first / path).read_text() == "mine"
    assert {folder.name for folder in (host / "releases").iterdir()} == {first, last}


def test_an_old_release_with_a_link_to_a_folder_is_not_removed(site: TinySite, tmp_path: Path) -> None:
    first = publish(site.public, str(tmp_path / "host"), How(keep=1)).name
    lay_out(tmp_path / "host/releases" / first, {"mine": "-> ../.."})
    edit(site, "Second")
    publish(site.public, str(tmp_path / "host"), How(keep=1))

    assert (tmp_path / "host/releases" / first / "mine").is_symlink()


def test_a_damaged_release_is_repaired_file_by_file(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    publish(site.public, str(host), How())
    (host / "current/en/index.html").write_text("Not ours")
    (host / "current/fr/a/index.html").unlink()
    (host / "current/extra.html").write_text("Not ours")

    assert publish(site.public, str(host), How()).new == 3
    assert find_wrong(manifest_of(site.public), host / "current") == {}


def test_a_damaged_file_of_the_previous_release_is_not_reused(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    publish(site.public, str(host), How())
    (host / "current/en/a/index.html").write_text("Not ours")
    edit(site, "Second")
    publish(site.public, str(host), How())

    assert find_wrong(manifest_of(site.public), host / "current") == {}


def test_a_damaged_release_is_not_restored(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    first = publish(site.public, str(host), How())
    edit(site, "Second")
    publish(site.public, str(host), How())
    (host / "releases" / first.name / "en/index.html").write_text("Not ours")

    with pytest.raises(SiteError) as caught:
        roll_back(str(host))
    assert [problem.message for problem in caught.value.problems] == ["the file is changed"]
    assert "Second" in home(host)


def test_leftovers_of_an_interrupted_publication_are_removed_by_the_next(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    publish(site.public, str(host), How())
    (host / "releases/.stage-0123abcd/en").mkdir(parents=True)
    (host / "releases/.stage-0123abcd/en/index.html").write_text("Half")
    (host / ".stage-0123456789ab").symlink_to("releases/0123456789abcdef")
    edit(site, "Second")
    publish(site.public, str(host), How())

    assert sorted(path.name for path in host.iterdir()) == [".lock", ".sitegen", "current", "history", "releases"]
    assert len(list((host / "releases").iterdir())) == 2


def test_one_of_two_simultaneous_publications_is_refused(site: TinySite, tmp_path: Path) -> None:
    host = tmp_path / "host"
    publish(site.public, str(host), How())
    with subprocess.Popen(["flock", str(host / ".lock"), "cat"], stdin=subprocess.PIPE) as other:
        while subprocess.run(["flock", "-n", str(host / ".lock"), "true"]).returncode == 0:
            time.sleep(0.01)
        told = refused(site, str(host))
        other.communicate()

    assert "another publication is running here" in told


def test_a_site_is_not_published_into_itself(site: TinySite) -> None:
    assert "into itself" in refused(site, str(site.public / "host"))


def test_a_folder_that_cannot_be_created_is_reported(site: TinySite, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "error[publish]: the release can't be written" in refused(site, str(tmp_path / "file/host"))


# a git branch


def git(repository: Path, *words: str) -> str:
    """The output of git for a repository."""
    return subprocess.run(["git", "-C", str(repository), *words], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOSYS, errno.EXDEV, errno.EOPNOTSUPP, errno.EMLINK])
def test_a_file_system_that_makes_no_hard_links_gets_copies(
    site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    publish(site.public, str(tmp_path / "host"), How())
    edit(site, "Second")
    publish(site.public, str(tmp_path / "host"), How())

    assert "Second" in (tmp_path / "host/current/en/index.html").read_text(encoding="utf-8")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An empty repository, as a host has it."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "bare.git")], check=True)
    return tmp_path / "bare.git"


def test_a_branch_gets_one_commit_with_only_the_changes(site: TinySite, bare: Path) -> None:
    publish(site.public, f"git:{bare}#web", How())
    edit(site, "Second")
    done = publish(site.public, f"git:{bare}#web", How())

    assert git(bare, "rev-list", "--count", "web") == "2\n"
    assert git(bare, "diff", "--name-only", "web^", "web").split() == ["en/index.html", "fr/index.html", "release.json"]
    assert "Second" in git(bare, "show", "web:en/index.html")
    assert done.new == 2


def test_a_branch_holds_every_file_byte_for_byte(site: TinySite, bare: Path, tmp_path: Path) -> None:
    site.write("static/.gitattributes", "* text eol=crlf\n")
    site.write("static/lines.txt", b"one\r\ntwo\n\x00\xff")
    site.report()
    publish(site.public, f"git:{bare}#web", How())
    archive = subprocess.run(["git", "-C", str(bare), "ls-tree", "-r", "--name-only", "web"], capture_output=True)
    blob = subprocess.run(["git", "-C", str(bare), "cat-file", "blob", "web:lines.txt"], capture_output=True)

    assert blob.stdout == b"one\r\ntwo\n\x00\xff"
    assert {*archive.stdout.decode().split()} == {*site.files(), "release.json", ".nojekyll"} - {".sitegen"}


def test_publishing_from_a_hook_leaves_the_repository_of_the_hook_as_it_is(
    site: TinySite, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "source")], check=True)
    (tmp_path / "source/staged").write_text("for the next commit")
    git(tmp_path / "source", "add", "staged")
    own = tmp_path / "source/.git"
    before = sorted(own.rglob("*")), (own / "index").read_bytes()
    monkeypatch.setenv("GIT_DIR", str(own))
    monkeypatch.setenv("GIT_INDEX_FILE", str(own / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(own / "objects"))

    publish(site.public, f"git:{bare}#web", How())

    assert (sorted(own.rglob("*")), (own / "index").read_bytes()) == before
    monkeypatch.undo()
    assert "First" in git(bare, "show", "web:en/index.html")


def test_publishing_the_same_again_makes_no_commit(site: TinySite, bare: Path) -> None:
    publish(site.public, f"git:{bare}#web", How())

    assert publish(site.public, f"git:{bare}#web", How()).new == 0
    assert git(bare, "rev-list", "--count", "web") == "1\n"


def test_a_branch_without_history_has_one_commit(site: TinySite, bare: Path) -> None:
    for text in ("First", "Second"):
        edit(site, text)
        publish(site.public, f"git:{bare}#web", How(has_history=False))

    assert git(bare, "rev-list", "--count", "web") == "1\n"
    assert "Second" in git(bare, "show", "web:en/index.html")


def test_what_somebody_has_changed_on_a_branch_without_history_stays_in_it(
    site: TinySite, bare: Path, tmp_path: Path
) -> None:
    publish(site.public, f"git:{bare}#pages", How(has_history=False))
    commit_to(bare, tmp_path / "work", {"en/index.html": "Corrected"}, "Correct")
    edit(site, "Second")
    publish(site.public, f"git:{bare}#pages", How(has_history=False))

    assert "Second" in git(bare, "show", "pages:en/index.html")
    assert git(bare, "show", "pages~:en/index.html") == "Corrected"


@pytest.mark.slow
@pytest.mark.parametrize("has_history", [True, False])
def test_what_somebody_has_changed_stays_under_the_releases_that_followed(
    site: TinySite, bare: Path, tmp_path: Path, has_history: bool
) -> None:
    publish(site.public, f"git:{bare}#pages", How(has_history=has_history))
    commit_to(bare, tmp_path / "work", {"en/index.html": "Corrected"}, "Release 20200101-000000")
    for text in ("Second", "Third", "Fourth"):
        edit(site, text)
        publish(site.public, f"git:{bare}#pages", How(has_history=has_history))
        has_history = False

    assert git(bare, "show", "pages~3:en/index.html") == "Corrected"
    assert git(bare, "rev-list", "--count", "pages") == "5\n"


@pytest.mark.slow
def test_each_rollback_of_a_branch_adds_one_commit(site: TinySite, bare: Path) -> None:
    for text in ("First", "Second", "Third"):
        edit(site, text)
        made = publish(site.public, f"git:{bare}#web", How())
    roll_back(f"git:{bare}#web")
    assert "Second" in git(bare, "show", "web:en/index.html")
    done = roll_back(f"git:{bare}#web")

    assert "First" in git(bare, "show", "web:en/index.html")
    assert git(bare, "rev-list", "--count", "web") == "5\n"
    assert done.name == git(bare, "log", "-1", "--format=%s", "web").split()[1]
    assert done.files == made.files
    assert_every_release_is_listed_and_comes_back(f"git:{bare}#web", lambda: git(bare, "show", "web:en/index.html"))
    roll_back(f"git:{bare}#web", done.name)
    with pytest.raises(SiteError) as caught:
        roll_back(f"git:{bare}#web")
    assert "no release before" in str(caught.value.problems[0])


def test_a_commit_that_somebody_has_changed_is_neither_listed_nor_brought_back(
    site: TinySite, bare: Path, tmp_path: Path
) -> None:
    publish(site.public, f"git:{bare}#pages", How())
    commit_to(bare, tmp_path / "work", {"en/index.html": "Changed"}, "Release \x1b[31m")
    edit(site, "Second")
    publish(site.public, f"git:{bare}#pages", How())
    head = git_at(bare, "rev-parse", "pages")

    assert len(releases(f"git:{bare}#pages")) == 2
    with pytest.raises(SiteError) as caught:
        roll_back(f"git:{bare}#pages")
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        (f"{bare}/en/index.html", "the file is changed")
    ]
    assert git_at(bare, "rev-parse", "pages") == head


@pytest.mark.parametrize("end", ["\u2028", "\r"])
@pytest.mark.parametrize("words", ["--output={precious} Release {name}", "x yesterday Release {name}"])
def test_words_of_a_commit_are_no_options_of_git_and_no_release(
    site: TinySite, bare: Path, tmp_path: Path, words: str, end: str
) -> None:
    target, precious = f"git:{bare}#pages", tmp_path / "precious"
    precious.write_text("precious")
    name = publish(site.public, target, How()).name
    subject = f"Tidy{end}{words.format(precious=precious, name=name)}\n\nBrings back: --output={precious}"
    commit = git_at(bare, "commit-tree", "-p", "pages", "-m", subject, "pages^{tree}")
    git_at(bare, "update-ref", "refs/heads/pages", commit)

    assert [release.name for release in releases(target)] == [name]
    assert roll_back(target).name == roll_back(target, name).name == name
    assert precious.read_text() == "precious"


def test_signatures_in_the_log_are_no_releases(
    site: TinySite, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_signatures(tmp_path, monkeypatch)
    name = publish(site.public, f"git:{bare}#pages", How()).name
    signed = git_at(bare, "commit-tree", "-S", "-p", "pages", "-m", f"Release {name}", "pages^{tree}")
    git_at(bare, "update-ref", "refs/heads/pages", signed)
    assert "Good signature" in git_at(bare, "log", "pages")

    assert [release.name for release in releases(f"git:{bare}#pages")] == [name, name]
    assert roll_back(f"git:{bare}#pages").name == name


@pytest.mark.parametrize("day", ["x", "9" * 23])
def test_a_commit_of_no_day_is_not_listed(site: TinySite, bare: Path, day: str) -> None:
    name = publish(site.public, f"git:{bare}#pages", How()).name
    head, tree = git_at(bare, "rev-parse", "pages", "pages^{tree}").split()
    ours = f"tree {tree}\nparent {head}\nauthor a <a> 1 +0000\ncommitter a <a> {day}\n\nRelease {name}\n"
    (bare / "commit").write_text(ours)
    git_at(
        bare, "update-ref", "refs/heads/pages", git_at(bare, "hash-object", "-wt", "commit", "--literally", "commit")
    )

    assert [(release.name, release.is_current) for release in releases(f"git:{bare}#pages")] == [(name, False)]


@pytest.mark.parametrize("mode", ["120000", "160000"], ids=["link", "submodule"])
def test_a_release_with_another_thing_in_place_of_a_file_is_not_brought_back(
    site: TinySite, bare: Path, mode: str
) -> None:
    publish(site.public, f"git:{bare}#pages", How())
    damage_on(bare, "en/index.html", mode)
    edit(site, "Second")
    publish(site.public, f"git:{bare}#pages", How())

    with pytest.raises(SiteError) as caught:
        roll_back(f"git:{bare}#pages")
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        (f"{bare}/en/index.html", "the file is changed")
    ]


@pytest.mark.parametrize("mode", ["", "100644", "120000", "160000"], ids=["lost", "changed", "link", "submodule"])
def test_a_style_sheet_that_is_damaged_on_the_branch_does_not_keep_the_next_release_from_being_published(
    site: TinySite, bare: Path, mode: str
) -> None:
    target = f"git:{bare}#pages"
    publish(site.public, target, How())
    css = f"assets/{next((site.public / 'assets').iterdir()).name}"

    def publish_styled(text: str) -> bool:
        site.write("static/assets/site.css", text)
        site.build()
        publish(site.public, target, How())
        return css in git_at(bare, "ls-tree", "-r", "--name-only", "pages").split()

    damage_on(bare, css, mode)
    assert not publish_styled("p {color: red}")
    assert publish_styled("p {}")
    assert publish_styled("p {color: red}")  # kept for pages that are still open
    damage_on(bare, css, mode)
    assert not publish_styled("p {color: red}")


def damage_on(bare: Path, path: str, mode: str) -> None:
    """Put another thing in place of a file of the branch: a page, as the mode says, or nothing."""
    page, index = git_at(bare, "rev-parse", "pages:en/index.html"), {"GIT_INDEX_FILE": str(bare / "other")}
    git_at(bare, "read-tree", "pages", **index)
    git_at(bare, "--work-tree=.", "update-index", "--force-remove", path, **index)
    if mode:
        git_at(bare, "update-index", "--add", "--cacheinfo", f"{mode},{page},{path}", **index)
    tree = git_at(bare, "write-tree", **index)
    git_at(bare, "update-ref", "refs/heads/pages", git_at(bare, "commit-tree", "-p", "pages", "-m", "x", tree))


@pytest.mark.parametrize("where", ["original", "remotes/origin", "heads/x"])
def test_a_reference_that_ends_in_the_name_of_the_branch_is_another_one(site: TinySite, bare: Path, where: str) -> None:
    publish(site.public, f"git:{bare}#other", How())
    git_at(bare, "update-ref", f"refs/{where}/refs/heads/pages", "other")

    assert releases(f"git:{bare}#pages") == []
    name = publish(site.public, f"git:{bare}#pages", How()).name
    assert [release.name for release in releases(f"git:{bare}#pages")] == [name]


@pytest.mark.parametrize("setting", ["i18n.commitEncoding", "i18n.logOutputEncoding"])
def test_messages_of_others_in_any_encoding_are_read(
    site: TinySite, bare: Path, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"COUNT": "1", "KEY_0": setting, "VALUE_0": "ISO-8859-1"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    target = f"git:{bare}#pages"
    names = []
    for text in ("First", "Second"):
        edit(site, text)
        names.append(publish(site.public, target, How()).name)
        for message in (b"Entwurf gel\xf6scht\n\n\xfe", "Entwurf gelöscht".encode()):
            file = bare / "message"
            file.write_bytes(message)
            commit = git_at(bare, "commit-tree", "-p", "pages", "-F", str(file), "pages^{tree}")
            git_at(bare, "update-ref", "refs/heads/pages", commit)

    assert [release.name for release in releases(target)] == names
    roll_back(target)
    assert "Second" in git(bare, "show", "pages:en/index.html")
    assert roll_back(target, names[0]).name == names[0]


def test_a_rejected_push_is_repeated_on_top_of_the_newer_commit(site: TinySite, bare: Path) -> None:
    publish(site.public, f"git:{bare}#web", How())
    overtaking = bare / "hooks/pre-receive"
    overtaking.write_text(
        "#!/bin/sh\nrm hooks/pre-receive\nunset GIT_QUARANTINE_PATH\n"
        "new=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x"
        " git commit-tree -p web -m Other web^{tree})\ngit update-ref refs/heads/web $new\n"
    )
    overtaking.chmod(0o755)
    edit(site, "Second")
    publish(site.public, f"git:{bare}#web", How())

    assert git(bare, "log", "--format=%s", "web").splitlines()[1] == "Other"
    assert "Second" in git(bare, "show", "web:en/index.html")


def test_why_a_server_has_rejected_a_push_is_told(site: TinySite, bare: Path) -> None:
    hook = bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho; echo 'Only maintainers may push to web'\nexit 1\n")
    hook.chmod(0o755)

    told = refused(site, f"git:{bare}#web")

    assert "[remote rejected] (pre-receive hook declined); remote: Only maintainers may push to web\n" in told


def test_a_server_that_breaks_off_after_the_branch_has_the_release_has_published_it(site: TinySite, bare: Path) -> None:
    hook = bare / "hooks/post-receive"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    hook.chmod(0o755)

    done = publish(site.public, f"git:{bare}#web", How())

    assert [release.name for release in releases(f"git:{bare}#web")] == [done.name]


def test_a_password_is_hidden_where_a_servers_reason_is_cut(site: TinySite, bare: Path) -> None:
    hook = bare / "hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\necho 'Push to {'x' * 160} https://robot:TOKEN{'n' * 40}@example.org/'\nexit 1\n")
    hook.chmod(0o755)

    told = refused(site, f"git:{bare}#web")

    assert "https://***@" in told
    assert "TOKEN" not in told


def test_a_missing_repository_is_reported(site: TinySite, tmp_path: Path) -> None:
    assert "error[publish]" in refused(site, f"git:{tmp_path}/none.git#web")


# a host, over SSH


def tree_of(folder: Path) -> dict[str, str | bytes]:
    """The content of a folder: path → bytes, or the target of a symlink."""
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in paths
    }


def lay_out(folder: Path, files: dict[str, str]) -> None:
    """Write files; a text that begins with `-> ` becomes a symlink."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            (folder / path).symlink_to(text.removeprefix("-> "))
        else:
            (folder / path).write_text(text)


#: Folders that other tools or people have laid out, and what is not ours in them.
#: What a publication puts beside the files of others.
OURS = {"releases", "current", "history", ".sitegen", ".lock"}

FOREIGN = {
    "capistrano": (
        {"releases/20260101120000/app.rb": "app", "current": "-> releases/20260101120000"},
        "releases/2026|current",
    ),
    "a name like ours": ({"releases/0123456789abcdef/app.rb": "app"}, "releases/0123456789abcdef"),
    "a stage with a number": ({"releases/.stage-1/app.rb": "app"}, "releases/.stage-1"),
    "a stage like ours": ({"releases/.stage-mine/app.rb": "app"}, "releases/.stage-mine"),
    "a file among releases": ({"releases/notes.txt": "mine"}, "releases/notes.txt"),
    "history of something": ({"history": "of my family", "current": "-> elsewhere"}, "current"),
    "current is a folder": ({"current/index.html": "a site"}, "current"),
    "releases elsewhere": ({"elsewhere/x": "x", "releases": "-> elsewhere"}, "releases"),
    "marker of another text": (
        {".sitegen": "mine", "releases/0123456789abcdef/x": "x"},
        r"releases/0123456789abcdef|\.sitegen",
    ),
    "something else named as the marker": ({".sitegen": "mine"}, r"\.sitegen"),
    "a built site": (
        {".sitegen": "Made by build.py, which replaces and removes the files named here.\n", "index.html": "a site"},
        r"\.sitegen",
    ),
    "a folder named as the marker": ({".sitegen/x": "mine"}, r"\.sitegen"),
}

#: Names that look like those of files which are not in place yet.
BESIDE = dict.fromkeys(
    (".current.notes", ".current.0123abcd", ".history", ".history.last", ".sitegen.new", ".stage-mine", ".stage-1"),
    "mine",
)


@pytest.mark.parametrize(("files", "strange"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_folder_is_left_unchanged(
    site: TinySite, tmp_path: Path, files: dict[str, str], strange: str
) -> None:
    lay_out(tmp_path / "host", files)
    before = tree_of(tmp_path / "host")

    told = refused(site, str(tmp_path / "host"))

    assert re.search(strange, told)
    assert "was not made by `publish`" in told
    assert tree_of(tmp_path / "host") == before


def test_what_is_named_as_a_temporary_file_stays_where_it_is(site: TinySite, tmp_path: Path) -> None:
    lay_out(tmp_path / "host", BESIDE)

    publish(site.public, str(tmp_path / "host"), How())

    assert {name: (tmp_path / "host" / name).read_text() for name in BESIDE} == BESIDE
    assert {path.name for path in (tmp_path / "host").iterdir()} == {*BESIDE, *OURS}


def test_a_foreign_folder_among_our_releases_is_reported_before_the_switch(site: TinySite, tmp_path: Path) -> None:
    publish(site.public, str(tmp_path / "host"), How())
    lay_out(tmp_path / "host", {"releases/backup/x": "mine"})
    edit(site, "Second")

    assert "releases/backup was not made by `publish`" in refused(site, str(tmp_path / "host"))
    assert "First" in home(tmp_path / "host")

    (tmp_path / "host/releases/backup").rename(tmp_path / "host/backup")
    publish(site.public, str(tmp_path / "host"), How())
    assert "Second" in home(tmp_path / "host")
    assert (tmp_path / "host/backup/x").read_text() == "mine"


def test_a_folder_published_to_before_markers_existed_is_ours(site: TinySite, tmp_path: Path) -> None:
    publish(site.public, str(tmp_path / "host"), How())
    (tmp_path / "host/.sitegen").unlink()
    edit(site, "Second")

    publish(site.public, str(tmp_path / "host"), How())

    assert "Second" in home(tmp_path / "host")
    assert (tmp_path / "host/.sitegen").is_file()


def test_the_lock_cannot_be_used_to_truncate_another_file(site: TinySite, tmp_path: Path) -> None:
    lay_out(tmp_path, {"diary": "years", "host/.lock": f"-> {tmp_path}/diary"})

    refused(site, str(tmp_path / "host"))

    assert (tmp_path / "diary").read_text() == "years"


@pytest.mark.parametrize("name", ["release.json", "x\ny.txt", "x\x1by.txt", "e\u0301.txt"])
def test_a_file_name_that_no_manifest_can_hold_is_reported_before_publishing(
    site: TinySite, tmp_path: Path, name: str
) -> None:
    (site.public / name).write_text("x")

    assert "the file can't be published" in refused(site, str(tmp_path / "host"))
    assert not (tmp_path / "host").exists()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"index.html": "of another tool"}, "the branch contains files that `publish` did not make"),
        ({"release.json": '{"version": 1}'}, "the branch contains files that `publish` did not make"),
    ],
)
def test_a_foreign_branch_is_left_unchanged(
    site: TinySite, bare: Path, tmp_path: Path, files: dict[str, str], told: str
) -> None:
    commit_to(bare, tmp_path / "work", files)
    before = git_at(bare, "rev-parse", "pages")

    assert told in refused(site, f"git:{bare}#pages")
    assert git_at(bare, "rev-parse", "pages") == before


def test_a_file_that_somebody_added_to_our_branch_is_not_lost(site: TinySite, bare: Path, tmp_path: Path) -> None:
    publish(site.public, f"git:{bare}#pages", How())
    commit_to(bare, tmp_path / "work", {"CNAME": "example.org"})
    edit(site, "Second")

    assert "CNAME on the branch was not made by `publish`" in refused(site, f"git:{bare}#pages")
    assert git_at(bare, "show", "pages:CNAME") == "example.org"


@pytest.mark.parametrize("remote", ["fd::0", "ext::touch {owned}", "--upload-pack=touch {owned}", "helper::x"])
def test_an_address_that_runs_a_program_or_waits_is_refused(site: TinySite, tmp_path: Path, remote: str) -> None:
    told = refused(site, f"git:{remote.format(owned=tmp_path / 'owned')}#pages")

    assert "error[publish]" in told
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "branch", ["-f", "--all", "a..b", "HEAD", "*", "@{-1}", "a b", "a\x07", "x.lock", "/a", "a:b", "refs/heads/x"]
)
def test_a_name_that_git_has_for_no_branch_is_refused(site: TinySite, bare: Path, branch: str) -> None:
    assert "can't be the name of a branch" in refused(site, f"git:{bare}#{branch}")
    assert git(bare, "for-each-ref") == ""


@pytest.mark.slow
def test_what_keeps_git_from_writing_a_branch_is_told(site: TinySite, bare: Path) -> None:
    lock = bare / "refs/heads/pages.lock"  # as a killed push leaves it
    lock.touch()
    assert "pages.lock" in refused(site, f"git:{bare}#pages")

    lock.unlink()
    publish(site.public, f"git:{bare}#pages/x", How())
    assert "cannot lock ref 'refs/heads/pages'" in refused(site, f"git:{bare}#pages")


@pytest.mark.parametrize("place", ["#pages", "#"])
def test_a_branch_of_no_repository_is_refused(
    site: TinySite, bare: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(bare)

    assert f"git:{place}: error[publish]: this names no repository" in refused(site, f"git:{place}")
    assert "this names no repository" in not_restored(f"git:{place}")
    assert git(bare, "for-each-ref") == ""


def test_a_token_in_the_address_is_not_printed(site: TinySite) -> None:
    told = refused(site, "git:http://someone:s3cret@127.0.0.1:9/site.git#pages")

    assert "s3cret" not in told
    assert "http://***@127.0.0.1:9/site.git#pages: error[publish]" in told


def commit_to(bare: Path, work: Path, files: dict[str, str], message: str = "Theirs") -> None:
    """Add files to the branch `pages`, as somebody else would."""
    own = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "clone", "-q", str(bare), str(work)], check=True, capture_output=True)
    subprocess.run(["git", "-C", str(work), "checkout", "-q", "-B", "pages"], check=True, capture_output=True)
    subprocess.run(["git", "-C", str(work), "pull", "-q", "origin", "pages"], check=False, capture_output=True)
    lay_out(work, files)
    subprocess.run(["git", "-C", str(work), "add", "-A"], check=True)
    subprocess.run(["git", *own, "-C", str(work), "commit", "-qm", message], check=True, capture_output=True)
    subprocess.run(["git", "-C", str(work), "push", "-q", "origin", "pages"], check=True, capture_output=True)


def git_at(repository: Path, *words: str, **env: str) -> str:
    given = ["git", "-C", str(repository), "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    done = subprocess.run(given, check=True, capture_output=True, text=True, env={**os.environ, **env})
    return done.stdout.strip()


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real SSH server that lets us in: the command that reaches it."""
    server = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    require("openssh-server", server is not None)
    require("rsync", shutil.which("rsync") is not None)
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("host", "own"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    settings = {
        "Port": (port := free_port()), "ListenAddress": "127.0.0.1", "HostKey": folder / "host", "PidFile": "none", "UsePAM": "no",
        "AuthorizedKeysFile": folder / "own.pub", "StrictModes": "no", "PermitRootLogin": "yes",
        "SetEnv": f"HOME={folder}",  # what a person's shell does as it starts may take longer than the command
    }  # fmt: skip
    (folder / "settings").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([str(server), "-D", "-e", "-f", str(folder / "settings")], stderr=subprocess.DEVNULL)
    command = (
        f"ssh -p {port} -i {folder / 'own'} -o BatchMode=yes -o StrictHostKeyChecking=no"
        f" -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -l {getpass.getuser()}"
        f" -o ControlMaster=auto -o ControlPath={folder / 'c'} -o ControlPersist=600"  # a key exchange takes half a second
    )
    reach = [*command.split(), "127.0.0.1", "true"]
    assert within(SOON, lambda: subprocess.run(reach, capture_output=True).returncode == 0)
    yield command
    subprocess.run([*command.split(), "-O", "exit", "127.0.0.1"], capture_output=True)
    process.terminate()
    process.wait()


@pytest.fixture
def send(ssh: str, site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The target of a folder on that host; its files are in tmp_path/host."""
    monkeypatch.setenv("RSYNC_RSH", ssh)
    return f"rsync:127.0.0.1:{tmp_path}/a host"


def send_text(site: TinySite, target: str, text: str, keep: int = 5) -> Published:
    """Publish a version of the home page."""
    edit(site, text)
    return publish(site.public, target, How(keep=keep))


def test_a_host_gets_only_the_changes_and_switches_at_the_end(site: TinySite, send: str, tmp_path: Path) -> None:
    first = send_text(site, send, "First")
    second = send_text(site, send, "Second")
    host = tmp_path / "a host"
    same = [(host / "releases" / done.name / "en/a/index.html").stat().st_ino for done in (first, second)]

    assert "Second" in home(host)
    assert find_wrong(manifest_of(site.public), host / "current") == {}
    assert (first.new, second.new) == (first.files, 2)
    assert same[0] == same[1]


def test_a_folder_below_the_home_of_a_host_gets_only_the_changes(site: TinySite, send: str, tmp_path: Path) -> None:
    below = os.path.relpath(tmp_path.resolve() / "a host", os.path.realpath(pwd.getpwuid(os.geteuid()).pw_dir))
    target = f"rsync:127.0.0.1:{below}"
    first = send_text(site, target, "First")
    second = send_text(site, target, "Second")

    assert (first.new, second.new) == (first.files, 2)
    assert "Second" in home(tmp_path / "a host")
    assert [release.name for release in releases(target)] == [first.name, second.name]


@pytest.mark.slow
def test_a_host_keeps_style_sheets_of_open_pages_and_the_last_releases(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    send_text(site, send, "First")
    site.write("static/assets/site.css", "p {color: red}")
    for text in ("Second", "Third", "Fourth"):
        send_text(site, send, text, keep=2)
        if text == "Second":
            assert len(list((tmp_path / "a host/current/assets").iterdir())) == 2

    assert len(list((tmp_path / "a host/releases").iterdir())) == 2
    assert len(list((tmp_path / "a host/current/assets").iterdir())) == 1


def test_an_old_release_of_a_host_with_a_file_of_others_is_not_removed(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    first = send_text(site, send, "First", keep=1).name
    lay_out(tmp_path / "a host/releases" / first, {"notes.txt": "mine"})
    for text in ("Second", "Third"):
        last = send_text(site, send, text, keep=1).name

    assert (tmp_path / "a host/releases" / first / "notes.txt").read_text() == "mine"
    assert {folder.name for folder in (tmp_path / "a host/releases").iterdir()} == {first, last}


#: The file that people put into an old release → the pages that they remove there.
OLD = {
    "mine.txt": ["en/index.html"],
    "en/index.html/mine": ["en/index.html"],
    "en/index.html\n./en/a/index.html": ["en/index.html", "en/a/index.html"],  # a listing shows it as these two
}


@pytest.mark.slow
def test_an_old_release_of_a_host_is_removed_only_with_the_files_of_its_manifest(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    host = tmp_path / "a host/releases"
    site.write('static/he said "no".txt', "a name that JSON writes otherwise")
    before = [host / send_text(site, send, f"{number}").name for number in range(len(OLD) + 1)]
    theirs = [host / "0123456789abcdef/mine", host / "fedcba9876543210/mine"]
    for path, old in zip(OLD, before, strict=False):
        for page in OLD[path]:
            (old / page).unlink()
        lay_out(old, {path: "mine"})
        theirs.append(old / path)
    row = f'  "mine": "4 {"0" * 64}"\n'
    forged = f' "digest": "fedcba9876543210{"0" * 48}",\n "files": {{\n{row} }},\n "kept": {{}}\n'
    lay_out(host, {"0123456789abcdef/mine": "mine", "fedcba9876543210/mine": "mine"})
    lay_out(host, {"fedcba9876543210/release.json": f'{{\n "version": 1,\n{forged}}}\n'})

    last = send_text(site, send, "Last", keep=1).name

    assert [path.read_text() for path in theirs] == ["mine"] * len(theirs)
    assert not before[-1].exists()
    assert len(list(host.iterdir())) == len(theirs) + 1
    assert (tmp_path / "a host/history").read_text() == f"{last}\n"


def test_words_in_the_lock_of_a_host_stay(site: TinySite, send: str, tmp_path: Path) -> None:
    lay_out(tmp_path / "a host", {".lock": "mine"})

    send_text(site, send, "Second")

    assert "Second" in home(tmp_path / "a host")
    assert (tmp_path / "a host/.lock").read_text() == "mine"


@pytest.mark.parametrize("name", [".lock", "history", ".sitegen"])
def test_a_link_or_a_pipe_that_has_a_name_of_ours_on_a_host_is_reported(
    site: TinySite, send: str, tmp_path: Path, name: str
) -> None:
    host = tmp_path / "a host"
    lay_out(tmp_path, {"diary": "years"})
    for link in ("../diary", "../missing"):
        lay_out(host, {name: f"-> {link}"})
        assert f"{name} was not made by `publish`" in refused(site, send)
        assert tree_of(host) == {name: link}
        (host / name).unlink()
    os.mkfifo(host / name)

    assert f"{name} was not made by `publish`" in refused(site, send)
    assert (tmp_path / "diary").read_text() == "years"
    assert not (tmp_path / "missing").exists()


def test_a_history_that_names_a_release_of_another_folder_moves_nothing_to_a_host(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    other = publish(site.public, str(tmp_path / "other"), How()).name
    now = send_text(site, send, "Second").name
    elsewhere = f"../../other/releases/{other}"
    (tmp_path / "a host/history").write_text(f"{elsewhere}\n{now}\n")

    assert [release.name for release in releases(send)] == [now]
    for wanted in (None, "0123456789abcdef", elsewhere):
        assert f"there is no release {wanted or 'before'}" in not_restored(send, wanted)
    assert "First" in home(tmp_path / "other")
    assert "Second" in home(tmp_path / "a host")


def test_a_release_with_links_or_pipes_on_its_host_is_not_restored(site: TinySite, send: str, tmp_path: Path) -> None:
    first = tmp_path / "a host/releases" / send_text(site, send, "First").name
    site.write("static/assets/site.css", "p {color: red}")
    second = tmp_path / "a host/releases" / send_text(site, send, "Second").name
    send_text(site, send, "Third")
    (first / "en/index.html").unlink()
    os.mkfifo(first / "en/index.html")  # nobody writes to it: who reads it waits
    shutil.rmtree(second / "assets")
    lay_out(tmp_path, {"mine/x": "mine", f"a host/releases/{second.name}/assets": "-> ../../../mine"})

    for damaged, path in ((first, "en/index.html"), (second, "assets")):
        assert f"{path} is not a part of it" in not_restored(send, damaged.name)
    assert "Third" in home(tmp_path / "a host")
    assert tree_of(tmp_path / "mine") == {"x": b"mine"}


def test_a_release_under_the_name_of_another_is_not_restored(site: TinySite, send: str, tmp_path: Path) -> None:
    first, last = (send_text(site, send, text).name for text in ("First", "Second"))
    (tmp_path / "a host/releases" / first).rename(tmp_path / "a host/releases/0123456789abcdef")
    (tmp_path / "a host/history").write_text(f"0123456789abcdef\n{last}\n")

    assert "the manifest is of another release" in not_restored(send)
    assert "Second" in home(tmp_path / "a host")
    assert (tmp_path / "a host/releases/0123456789abcdef").is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("history", [None, "", "garbage\n", "last"])
def test_a_release_that_a_damaged_history_has_lost_stays(
    site: TinySite, send: str, tmp_path: Path, history: str | None
) -> None:
    names = [send_text(site, send, text).name for text in ("First", "Second", "Third")]
    for second, name in enumerate(names):
        os.utime(tmp_path / "a host/releases" / name / "release.json", (second, second))
    (tmp_path / "a host/history").unlink()
    if history is not None:
        (tmp_path / "a host/history").write_text(f"{names[-1]}\n" if history == "last" else history)

    last = send_text(site, send, "Last", keep=3).name

    assert [release.name for release in releases(send)] == [*names[1:], last]
    assert not (tmp_path / "a host/releases" / names[0]).exists()
    roll_back(send)
    assert "Third" in home(tmp_path / "a host")


@pytest.mark.slow
def test_a_host_rolls_back(site: TinySite, send: str, tmp_path: Path) -> None:
    for text in ("First", "Second", "Third"):
        send_text(site, send, text)
    roll_back(send)
    assert "Second" in home(tmp_path / "a host")
    roll_back(send)

    assert "First" in home(tmp_path / "a host")
    assert_every_release_is_listed_and_comes_back(send, lambda: home(tmp_path / "a host"))
    roll_back(send, releases(send)[0].name)
    with pytest.raises(SiteError) as caught:
        roll_back(send)
    assert "no release before" in str(caught.value.problems[0])


def test_a_release_damaged_on_its_host_is_not_restored(site: TinySite, send: str, tmp_path: Path) -> None:
    first = send_text(site, send, "First")
    send_text(site, send, "Second")
    (tmp_path / "a host/releases" / first.name / "en/index.html").write_text("Not ours")

    with pytest.raises(SiteError) as caught:
        roll_back(send)
    assert "en/index.html" in str(caught.value.problems[0])
    assert "Second" in home(tmp_path / "a host")


def test_files_damaged_on_their_host_are_repaired(site: TinySite, send: str, tmp_path: Path) -> None:
    send_text(site, send, "First")
    (tmp_path / "a host/current/en/index.html").write_text("Not ours")
    (tmp_path / "a host/current/extra.html").write_text("Not ours")
    publish(site.public, send, How())

    assert find_wrong(manifest_of(site.public), tmp_path / "a host/current") == {}


def test_a_host_that_is_in_use_refuses(site: TinySite, send: str, tmp_path: Path) -> None:
    send_text(site, send, "First")
    lock = str(tmp_path / "a host/.lock")
    with subprocess.Popen(["flock", lock, "cat"], stdin=subprocess.PIPE) as other:
        while subprocess.run(["flock", "-n", lock, "true"]).returncode == 0:
            time.sleep(0.01)
        told = refused(site, send)
        other.communicate()

    assert "another publication is running here" in told


def test_an_unreachable_host_is_reported(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    require("ssh", shutil.which("ssh") is not None)
    monkeypatch.setenv("RSYNC_RSH", "ssh -o BatchMode=yes -o ConnectTimeout=60 -p 1")

    assert "error[publish]: ssh: connect to host 127.0.0.1 port 1: " in refused(site, "rsync:127.0.0.1:/nowhere")


def test_a_host_that_never_ends_its_answer_is_not_listened_to(
    site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RSYNC_RSH", "yes")
    endless = refused(site, "rsync:host:/dir")
    (tmp_path / "ssh").write_text("#!/bin/sh\nhead -c 4000000 /dev/zero | tr '\\0' '\\033' >&2\nexit 1\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(tmp_path / "ssh"))
    long = refused(site, "rsync:host:/dir")

    assert "the host answers otherwise than a shell" in endless
    assert "\\x1b" in long
    assert len(endless + long) < 3_000


@pytest.mark.parametrize(
    ("place", "name", "root"),
    [
        ("[::1]:/dir", "[::1]", "/dir"),
        ("ada@[fe80::1%eth0]:/a:b", "ada@[fe80::1%eth0]", "/a:b"),
        ("ada@host:a:b", "ada@host", "a:b"),
    ],
)
def test_host_may_be_an_ipv6_address(place: str, name: str, root: str) -> None:
    host = Host.of(place)

    assert (host.name, host.root) == (name, root)


@pytest.mark.parametrize("place", ["rsync:[::1]", "rsync:host", "rsync:-oProxyCommand=x:/a"])
def test_a_host_name_that_looks_like_an_option_or_lacks_a_folder_is_refused(site: TinySite, place: str) -> None:
    assert "names no folder of a host" in refused(site, place)


@pytest.mark.parametrize("folder", ["/", "//", ".", "..", "../..", "a/..", "~"])
def test_the_disk_and_the_home_folder_of_a_host_are_refused(site: TinySite, folder: str) -> None:
    assert "releases have a folder of their own" in refused(site, f"rsync:127.0.0.1:{folder}")


@pytest.mark.parametrize(("files", "strange"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_folder_on_a_host_is_left_unchanged(
    site: TinySite, send: str, tmp_path: Path, files: dict[str, str], strange: str
) -> None:
    lay_out(tmp_path / "a host", files)
    before = tree_of(tmp_path / "a host")

    told = refused(site, send)

    assert re.search(strange, told)
    assert "was not made by `publish`" in told
    assert tree_of(tmp_path / "a host") == before


def test_what_is_named_as_a_temporary_file_of_a_host_stays_where_it_is(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    lay_out(tmp_path / "a host", BESIDE)

    send_text(site, send, "First")
    send_text(site, send, "Second")

    assert {name: (tmp_path / "a host" / name).read_text() for name in BESIDE} == BESIDE
    assert {path.name for path in (tmp_path / "a host").iterdir()} == {*BESIDE, *OURS}
    history = (tmp_path / "a host/history").read_text().split()
    assert sorted(history) == sorted(path.name for path in (tmp_path / "a host/releases").iterdir())
    assert len(history) == 2


@pytest.mark.slow
def test_a_foreign_folder_among_the_releases_of_a_host_is_reported_before_the_switch(
    site: TinySite, send: str, tmp_path: Path
) -> None:
    send_text(site, send, "First")
    lay_out(tmp_path / "a host", {"releases/backup/x": "mine"})

    edit(site, "Second")
    assert "releases/backup was not made by `publish`" in refused(site, send)
    assert "First" in home(tmp_path / "a host")

    (tmp_path / "a host/releases/backup").rename(tmp_path / "a host/backup")
    (tmp_path / "a host/.sitegen").unlink()  # as of a release that was published before there was a marker
    send_text(site, send, "Second")
    assert "Second" in home(tmp_path / "a host")
