"""Files are only read inside the site."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOME, MakeSite
from conftest import SITE as SETTINGS
from hugosite import PNG

from sitegen.cli import main
from sitegen.problems.problem import SiteError
from sitegen.source.files import LinkError, read_file, read_given, read_text, reading_once  # fmt: skip
from sitegen.storage.cache import Cache

# reading


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
     ("translations/fr/LC_MESSAGES/messages.po", 100_000_000), ("content/t.csv", 2_000_000), ("content/x.json", 100_000_000), ("content/x.pdf", 100_000_000), ("content/x.png", 100_000_000),
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


@pytest.mark.parametrize("path", ["public", "content/l.txt", "static/l.txt", "templates/l.html"])
def test_a_symlink_to_itself_is_a_problem(make_site: MakeSite, path: str) -> None:
    site = make_site()
    (site.root / path).parent.mkdir(exist_ok=True)
    (site.root / path).symlink_to((site.root / path).name)

    (problem,) = site.problems()

    assert (problem.path, problem.code) == ((str(site.public), "unreadable") if path == "public" else (path, "symlink"))
