"""Files are replaced whole or not at all, whatever ends a command."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, MakeSite, TinySite
from killed import MOMENTS, run_until

from sitegen.problems.problem import SiteError
from sitegen.source.file_writing import move, remove_folder, replace_file, replace_files
from sitegen.source.files import inside  # fmt: skip


def test_leftover_of_a_killed_command_is_removed_by_the_next_one_there(root: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = {"ended": ended.pid, "at work": os.getpid(), "young": ended.pid}
    left = {name: root / f"content/.edit-{pid:08x}{number:012x}" for number, (name, pid) in enumerate(names.items())}
    for name, path in left.items():
        path.write_text("half")
        if name != "young":
            os.utime(path, (0, 0))
    (root / "content/.edit-mine").write_text("a person's")

    replace_file(root / "content/a.md", b"new")

    assert {name for name, path in left.items() if path.exists()} == {"at work", "young"}
    assert (root / "content/.edit-mine").exists()
    assert (root / "content/a.md").read_bytes() == b"new"


@pytest.mark.parametrize("path", ["../x", "/x", "a\nb", "content/f/x", "content/f/g/x"])
def test_nothing_is_written_outside_the_site(root: Path, path: str) -> None:
    (root / "content/f").symlink_to(root.parent)
    before = sorted(root.parent.rglob("*"))

    with pytest.raises(SiteError):
        replace_files(root, {"content/new": b"", path: b"x"})
    for change in (
        lambda: move(root, "content/a", path),
        lambda: remove_folder(root, path),
        lambda: inside(root, path),
    ):
        with pytest.raises(OSError, match=r"."):
            change()

    assert sorted(root.parent.rglob("*")) == before


def test_replacing_a_symlink_leaves_its_target(root: Path) -> None:
    (root / "content/l").symlink_to(root.parent / "secret")

    replace_files(root, {"content/l": b"mine"})

    assert (root.parent / "secret").read_text() == "s3cret"
    assert not (root / "content/l").is_symlink()


@pytest.mark.parametrize("target", ["/dev/null", "secret"])
def test_what_replaces_a_symlink_has_the_default_mode(root: Path, target: str) -> None:
    """Of a link to /dev/null became a file that everybody on the machine could write."""
    (root.parent / "secret").chmod(0o666)
    (root / "content/l").symlink_to(root.parent / target)
    before = os.umask(0o022)
    try:
        replace_files(root, {"content/l": b"mine"})
    finally:
        os.umask(before)

    assert stat.S_IMODE((root / "content/l").stat().st_mode) == 0o644


def test_a_file_keeps_its_mode_and_a_new_one_has_the_default(root: Path) -> None:
    (root / "content/a/x.txt").chmod(0o640)
    before = os.umask(0o027)
    try:
        replace_files(root, {"content/a/x.txt": b"new", "content/a/y.txt": b"new"})
    finally:
        os.umask(before)

    assert stat.S_IMODE((root / "content/a/x.txt").stat().st_mode) == 0o640
    assert stat.S_IMODE((root / "content/a/y.txt").stat().st_mode) == 0o640
    assert sorted(path.name for path in (root / "content/a").iterdir()) == ["x.txt", "y.txt"]


def test_a_folder_is_never_moved_over_another(root: Path) -> None:
    (root / "content/b").mkdir()

    with pytest.raises(FileExistsError):
        move(root, "content/a", "content/b")


# a full disk


LIMITED = """
import resource, signal, sys, pathlib
sys.path.insert(0, {repository!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # Python 3.11 would keep half a module, and stumble over it at the next start
from sitegen.cli import main
from sitegen import cli
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.exit(main({words!r}))
"""

PAGE = "---\ntitle: A\n---\n" + "Some words.\n\n" * 200
SITE = {
    "content/a/index.en.md": PAGE,
    "content/a/index.fr.md": PAGE.replace("Some words", "Des mots").replace("title: A", "title: Un"),
    "content/b/index.en.md": "---\ntitle: B\n---\n[A](/a/)\n",
    "content/c/index.en.md": "---\ntitle: C\n---\r\n[A] (/a/)\n" + "Words.\r\n" * 400,
    "templates/page.html": "<h1>{{ page.title|words }}</h1>{{ page.content }}"
    + "".join(f"{{{{ _('A message {n}') }}}}" for n in range(60)),
    "translations/messages.pot": 'msgid ""\nmsgstr ""\n\nmsgid "A message"\nmsgstr ""\n\n'
    + "".join(f'msgid "Old {n}"\nmsgstr ""\n\n' for n in range(90)),
    "translations/fr/LC_MESSAGES/messages.po": 'msgid ""\nmsgstr ""\n\n'
    + "".join(f'msgid "Old {n}"\nmsgstr "Vieux {n}"\n\n' for n in range(90)),
}
#: Commands that write what people write.
COMMANDS = [
    ["translate", "accept", "all", "all"], ["translate", "extract"], ["translate", "update"], ["rename", "/a/", "/d/"], ["check", "--fix"],
    ["schema"], ["new", "page", "/n/", "--set", "title=" + "N" * 900], ["remove", "/a/", "--to", "/b/", "--force"],
]  # fmt: skip


def texts(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_file_that_does_not_fit_on_the_disk_is_left_unchanged(make_site: MakeSite, words: list[str]) -> None:
    site = make_site(SITE)
    before = texts(site.root)
    code = LIMITED.format(repository=str(REPOSITORY), limit=1024, words=[*words, "--root", str(site.root)])

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    after = texts(site.root)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "error[unwritable]" in done.stderr
    assert after == before


# killed at any moment


def restore(site: TinySite, files: dict[str, bytes]) -> None:
    """Restore a site's folder."""
    shutil.rmtree(site.root)
    for path, content in files.items():
        site.write(path, content)


def with_plain_lines(content: bytes) -> bytes:
    """A file as `check --fix` writes it first, whole: it then looks for what is to be fixed in its lines."""
    return content.replace(b"\r\n", b"\n")


def check_moments(make_site: MakeSite, words: list[str], moments: Callable[[int], list[int]]) -> None:
    site = make_site(SITE)
    before = texts(site.root)
    status, count = run_until(site.root, words, 0)
    assert status == 0
    after = texts(site.root)
    assert after != before
    whole = {*before.values(), *after.values(), *map(with_plain_lines, before.values())}
    for moment in moments(count):
        restore(site, before)
        status, _ = run_until(site.root, words, moment)
        assert status == -signal.SIGKILL
        left = {path: content for path, content in texts(site.root).items() if "/.edit-" not in f"/{path}"}
        assert [path for path, content in left.items() if content not in whole] == []
        assert {path for path in before if path not in left} <= {path for path in before if path not in after}


WRITERS = [words for words in COMMANDS if words[0] in ("translate", "rename", "check") and words[1:2] != ["extract"]]


@pytest.mark.slow
@pytest.mark.parametrize("words", WRITERS, ids=lambda words: " ".join(words[:2]))
def test_a_command_that_is_killed_leaves_each_file_whole(make_site: MakeSite, words: list[str]) -> None:
    check_moments(make_site, words, lambda count: [count - 1, count])


@pytest.mark.soak
@pytest.mark.parametrize("words", WRITERS, ids=lambda words: " ".join(words[:2]))
def test_a_command_that_is_killed_at_200_moments_leaves_each_file_whole(make_site: MakeSite, words: list[str]) -> None:
    check_moments(make_site, words, MOMENTS)


@pytest.mark.slow
def test_an_accept_that_is_killed_is_completed_by_the_next(make_site: MakeSite) -> None:
    pages = {
        f"content/p{number}/index.{own}.md": f"---\ntitle: {own}\n---\n" for number in range(4) for own in ("en", "fr")
    }
    site = make_site({**SITE, **pages})
    before, words = texts(site.root), ["translate", "accept", "all", "all"]
    _, count = run_until(site.root, words, 0)
    after = texts(site.root)
    assert len([path for path in after if after[path] != before[path]]) >= 4
    for moment in (count // 2, count - 2):
        restore(site, before)
        assert run_until(site.root, words, moment)[0] == -signal.SIGKILL

        assert run_until(site.root, words, 0)[0] == 0

        assert {path: text for path, text in texts(site.root).items() if "/.edit-" not in path} == after


@pytest.mark.parametrize("step", ["before", "within"])
def test_a_removal_that_is_killed_has_removed_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    page = tmp_path / "content/a"
    page.mkdir(parents=True)
    for name in ("index.en.md", "index.fr.md"):
        (page / name).write_text("text")

    def killed(place: Path, *_: object) -> None:
        if step == "within":
            (place / "index.en.md").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.rename" if step == "before" else "shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        remove_folder(tmp_path, "content/a")
    monkeypatch.undo()

    assert page.exists() == (step == "before")
    left = list((tmp_path / "content").glob(".edit-*"))
    assert len(left) == (step == "within")
    for path in left:  # the process has ended, long ago
        os.utime(path.rename(path.with_name(".edit-7fffffff000000000000")), (0, 0))
    replace_files(tmp_path, {"content/x": b"x"})
    assert not list((tmp_path / "content").glob(".edit-*"))


def test_a_folder_that_can_not_be_removed_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "content/a/deep"
    locked.mkdir(parents=True)
    (locked / "b.txt").write_text("text")

    def fails(folder: Path) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(folder))

    monkeypatch.setattr("os.access", lambda path, mode: path != str(locked))  # root may write anywhere
    with pytest.raises(PermissionError, match="deep"):
        remove_folder(tmp_path, "content/a")
    monkeypatch.undo()
    monkeypatch.setattr("shutil.rmtree", fails)
    with pytest.raises(OSError, match=os.strerror(errno.EBUSY)):
        remove_folder(tmp_path, "content/a")

    assert [path.name for path in (tmp_path / "content").iterdir()] == ["a"]
    assert (locked / "b.txt").read_text() == "text"


def test_a_file_is_replaced_on_any_file_system(tmp_path: Path) -> None:
    replace_file(tmp_path / "deep/er/x.po", b"one")
    replace_file(tmp_path / "deep/er/x.po", b"two")

    assert (tmp_path / "deep/er/x.po").read_bytes() == b"two"
    assert len(list((tmp_path / "deep/er").iterdir())) == 1
