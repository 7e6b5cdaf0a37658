"""Files are only read inside the site, and replaced completely or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOME, REPOSITORY, MakeSite, TinySite
from conftest import SITE as SETTINGS
from hugosite import PNG
from killed import MOMENTS, run_until

from sitegen.cli import main
from sitegen.problems.problem import SiteError
from sitegen.source.files import (
    LinkError,
    inside,
    move,
    read_file,
    read_given,
    read_text,
    reading_once,
    remove_folder,
    replace_file,
    replace_files,
)  # fmt: skip
from sitegen.storage.cache import Cache

# reading


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site's folder, and a secret beside it."""
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "site/content/a").mkdir(parents=True)
    (tmp_path / "site/.git").mkdir()
    (tmp_path / "site/.git/config").write_text("token")
    (tmp_path / "site/content/a/x.txt").write_text("x")
    return tmp_path / "site"


def test_a_symlink_inside_the_folder_is_followed(root: Path) -> None:
    (root / "content/b").mkdir()
    (root / "content/b/x.txt").symlink_to("../a/x.txt")

    assert read_file(root, "content/b/x.txt") == b"x"
    (root.parent / "linked").symlink_to(root)
    assert read_file(root.parent / "linked", "content/b/x.txt") == b"x"


def two_steps(root: Path) -> None:
    (root / "content/m").symlink_to("../../secret")
    (root / "content/l").symlink_to("m")


LINKS: dict[str, Callable[[Path], object]] = {
    "out": lambda root: (root / "content/l").symlink_to("../../secret"),
    "absolute": lambda root: (root / "content/l").symlink_to(root.parent / "secret"),
    "to another top folder": lambda root: (root / "content/l").symlink_to("../.git/config"),
    "of a folder": lambda root: (root / "content/f").symlink_to(root.parent),
    "of the top folder": lambda root: (root / "static").symlink_to(root.parent),
    "two steps": two_steps,
}


@pytest.mark.parametrize("path", ["content/out/x.txt", "content/out/a/x.txt", "content/a/../../../secret"])
def test_a_build_refuses_a_link_whatever_else_it_has_read_of_its_folder(root: Path, path: str) -> None:
    (root.parent / "a").mkdir()
    for place in ("x.txt", "a/x.txt"):
        (root.parent / place).write_text("s3cret")
    (root / "content/out").symlink_to(root.parent)
    (root / "content/in").symlink_to(root / "content/a")

    with reading_once():
        for _ in range(2):
            assert read_file(root, "content/a/x.txt") == read_file(root, "content/in/x.txt") == b"x"
            with pytest.raises(LinkError):
                read_file(root, path)


def test_a_build_looks_at_a_folder_once_for_all_its_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "content/a/y.txt").write_text("y")
    seen: list[str] = []
    monkeypatch.setattr(os.path, "islink", seen.append)

    with reading_once():
        for name in ("x.txt", "y.txt", "x.txt"):
            read_file(root, f"content/a/{name}")

    assert sorted(seen) == [f"{root}/content", f"{root}/content/a"]


@pytest.mark.parametrize("name", LINKS)
def test_a_symlink_that_leads_out_is_not_read(root: Path, name: str) -> None:
    LINKS[name](root)
    path = next(path for path in ("content/l", "content/f/secret", "static/secret") if (root / path).is_file())

    with pytest.raises(LinkError):
        read_file(root, path)
    with pytest.raises(SiteError) as caught:
        read_text(root, path)
    assert [problem.code for problem in caught.value.problems] == ["symlink"]
    assert "s3cret" not in str(caught.value.problems[0])


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "a pipe"),
        (os.mkdir, "a folder"),
        (lambda path: path.symlink_to("/dev/null"), "a device"),
        (lambda path: bound(path), "a socket"),
    ],
    ids=["pipe", "folder", "device", "socket"],
)
@pytest.mark.parametrize(
    "path", ["content/site.yaml", "content/kinds.yaml", "content/blocks.yaml", "content/tables.yaml", "extensions.py"]
)
def test_what_stands_in_place_of_a_file_is_named(
    make_site: MakeSite, path: str, make: Callable[[Path], object], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    (site.root / path).unlink(missing_ok=True)
    make(site.root / path)

    assert main(["check", "--root", str(site.root)]) == 1
    told = capsys.readouterr()
    assert (
        f"{path}: error[unreadable]: the file can't be read: it is not a regular file but {what}" in told.out + told.err
    )


def bound(path: Path) -> None:
    """Leave a socket as a server that was killed does."""
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):
        server.bind(path.name)


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


@pytest.mark.parametrize(
    "read", [lambda root: read_file(root, "content/odd"), lambda root: read_given(root / "content/odd")]
)
def test_a_pipe_or_a_device_is_not_waited_for(root: Path, read: Callable[[Path], bytes]) -> None:
    os.mkfifo(root / "content/odd")
    with pytest.raises(OSError, match="not a regular file"):
        read(root)
    (root / "content/odd").unlink()
    (root / "content/odd").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="not a regular file"):
        read(root)


@pytest.mark.parametrize(
    ("path", "most"),
    [("content/index.en.md", 2_000_000), ("content/site.yaml", 2_000_000), ("content/kinds.yaml", 2_000_000), ("templates/page.html", 100_000_000),
     ("translations/fr/LC_MESSAGES/messages.po", 100_000_000), ("content/t.csv", 2_000_000), ("content/x.pdf", 100_000_000), ("content/x.png", 100_000_000),
     ("content/x.svg", 100_000_000), ("content/x.webp", 100_000_000)],
)  # fmt: skip
def test_a_file_that_is_too_large_is_reported_before_it_is_read(make_site: MakeSite, path: str, most: int) -> None:
    text = HOME + "::table[Table]{src=t.csv columns='a'}\n" if path.endswith(".csv") else HOME
    site = make_site({"content/index.en.md": text})
    (site.root / path).parent.mkdir(parents=True, exist_ok=True)
    with (site.root / path).open("r+b" if (site.root / path).exists() else "wb") as file:
        file.write({"pdf": b"%PDF-1.7\n", "png": PNG, "webp": PNG}.get(path.rpartition(".")[2], b""))
        file.truncate(1 << 41)  # a hole, of which there is nothing on the disk, and more than any memory

    problems = site.problems()

    assert [(problem.path, problem.code) for problem in problems] == [(path, "too-large")]
    assert problems[0].message == f"the file has {1 << 41:,} bytes, over {most:,}"


def test_an_entry_of_a_cache_that_is_too_large_is_made_anew(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep("abcd", b"a picture")
    with (tmp_path / "ab/abcd").open("r+b") as file:
        file.truncate(1 << 41)

    assert cache.get("abcd", lambda: b"another") == b"another"
    assert cache.find("abcd") == b"another"


# s-25: catalogs, templates and settings are read by the same door


@pytest.mark.parametrize(
    "path", ["translations/fr/LC_MESSAGES/messages.po", "templates/page.html", "content/site.yaml", "content/kinds.yaml", "static/x.txt",
             "content/index.en.md", "content/blocks.yaml", "templates/card.yaml", "content/x.png"],
)  # fmt: skip
def test_no_file_of_a_site_may_be_a_symlink_to_another_place(make_site: MakeSite, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text('msgid "s3cret\n')
    site = make_site()
    (site.root / path).parent.mkdir(parents=True, exist_ok=True)
    (site.root / path).unlink(missing_ok=True)
    (site.root / path).symlink_to(tmp_path / "secret")

    found = site.problems()

    assert ("symlink", path) in [(problem.code, problem.path) for problem in found]
    assert not any("s3cret" in str(problem) for problem in found)


@pytest.mark.parametrize("what", ["a catalog", "an empty folder", "nothing"])
@pytest.mark.parametrize(
    "path", ["translations", "translations/fr", "translations/fr/LC_MESSAGES", "translations/fr/LC_MESSAGES/messages.po",
             "static", "static/fr", "templates/fr", "theme/translations", "theme/translations/fr", "theme/static", "theme/templates/x"],
)  # fmt: skip
def test_no_folder_may_be_a_link_to_another_place_whatever_is_there(
    make_site: MakeSite, tmp_path: Path, path: str, what: str
) -> None:
    if what != "nothing":
        (tmp_path / "out").mkdir()
    if what == "a catalog":
        for name in ("fr/LC_MESSAGES", "LC_MESSAGES", ""):
            (tmp_path / "out" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "out" / name / "messages.po").write_text('msgid "s3cret\n')
    site = make_site({"theme/templates/own.html": ""}, site=SETTINGS + "theme: theme\n")
    place = site.root / path
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(tmp_path / "out")

    (found,) = [problem for problem in site.problems() if problem.severity == "error"]

    assert found.code == "symlink"
    assert found.path == path or found.path.startswith(f"{path}/")
    assert "s3cret" not in str(found)


# writing


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
    "content/c/index.en.md": "---\ntitle: C\n---\r\n[A](/a/)\n" + "Words.\r\n" * 400,
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
    ["schema"], ["new", "page", "/n/", "--set", "title=" + "N" * 2000], ["remove", "/a/", "--to", "/b/", "--force"],
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


def check_moments(make_site: MakeSite, words: list[str], moments: Callable[[int], list[int]]) -> None:
    site = make_site(SITE)
    before = texts(site.root)
    status, count = run_until(site.root, words, 0)
    assert status == 0
    after = texts(site.root)
    assert after != before
    whole = {*before.values(), *after.values()}
    for moment in moments(count):
        restore(site, before)
        status, _ = run_until(site.root, words, moment)
        assert status == -signal.SIGKILL
        left = {path: content for path, content in texts(site.root).items() if "/.edit-" not in f"/{path}"}
        assert [path for path, content in left.items() if content not in whole] == []
        assert {path for path in before if path not in left} <= {path for path in before if path not in after}


WRITERS = [words for words in COMMANDS if words[0] in ("translate", "rename", "check") and words[1:2] != ["extract"]]


@pytest.mark.parametrize("words", WRITERS, ids=lambda words: " ".join(words[:2]))
def test_a_command_that_is_killed_leaves_each_file_whole(make_site: MakeSite, words: list[str]) -> None:
    check_moments(make_site, words, lambda count: [count - 1, count])


@pytest.mark.soak
@pytest.mark.parametrize("words", WRITERS, ids=lambda words: " ".join(words[:2]))
def test_a_command_that_is_killed_at_200_moments_leaves_each_file_whole(make_site: MakeSite, words: list[str]) -> None:
    check_moments(make_site, words, MOMENTS)


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


def test_a_file_is_replaced_on_any_file_system(tmp_path: Path) -> None:
    replace_file(tmp_path / "deep/er/x.po", b"one")
    replace_file(tmp_path / "deep/er/x.po", b"two")

    assert (tmp_path / "deep/er/x.po").read_bytes() == b"two"
    assert len(list((tmp_path / "deep/er").iterdir())) == 1


@pytest.mark.parametrize("path", ["public", "content/l.txt", "static/l.txt", "templates/l.html"])
def test_a_symlink_to_itself_is_a_problem(make_site: MakeSite, path: str) -> None:
    site = make_site()
    (site.root / path).parent.mkdir(exist_ok=True)
    (site.root / path).symlink_to((site.root / path).name)

    (problem,) = site.problems()

    assert (problem.path, problem.code) == ((str(site.public), "unreadable") if path == "public" else (path, "symlink"))
