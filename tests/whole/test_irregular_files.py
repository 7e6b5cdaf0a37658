"""Pipes, folders and sockets in place of files that the engine keeps or has made: no command waits for them or crashes."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from conftest import MakeSite
from PIL import Image
from waiting import at_most

from sitegen.cli import main
from sitegen.storage.output import MARKER

SITE = """\
title: {en: Site, fr: Site}
base_url: https://site.example.org/
languages: [{tag: en}, {tag: fr}]
pictures: {widths: [10]}
"""
#: The last word of some names a file of the site.
COMMANDS = (
    *(["build"], ["check"], ["verify", "public"], ["verify", "target/current"]),
    *(["archive", "archive"], ["publish", "--history", "target"], ["publish", "target"], ["compare", "public"]),
)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket has at most 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as own:
            own.bind(path.name)
    finally:
        os.chdir(here)


#: What takes the place of a file; a socket is also no file for a device, which only root can make.
MADE: dict[str, Callable[[Path], object]] = {"pipe": os.mkfifo, "folder": Path.mkdir, "socket": _socket}


@pytest.fixture(autouse=True)
def never_waiting() -> Iterator[None]:
    """A command that waits is ended with an error."""
    with at_most(300):
        yield


def kept(root: Path) -> list[str]:
    """The files that a build and a publication have left, one of each kind."""
    shelf = next(path.name for path in sorted((root / ".cache/build").iterdir()) if path.name not in ("index", "lock"))
    picture = next(path for path in sorted((root / ".cache/pictures").rglob("*")) if path.is_file())
    release = next((root / "target/releases").iterdir())
    own = (picture, release / "release.json", release / "en/index.html")
    return [
        *(".cache/standing", ".cache/built.json", ".cache/build/index", ".cache/build/lock", f".cache/build/{shelf}"),
        *(path.relative_to(root).as_posix() for path in own),
        *("target/history", "target/.sitegen", "target/.lock", "public/en/index.html", f"public/{MARKER}"),
    ]


def outcome(root: Path, command: str, *places: str) -> str:
    """What a command prints on the standard error."""
    told = io.StringIO()
    with redirect_stderr(told), redirect_stdout(io.StringIO()):
        assert main(
            [command, "--root", str(root), *(place if place[0] == "-" else str(root / place) for place in places)]
        ) in (0, 1)
    return told.getvalue()


#: A pipe takes the place of each other file, and a folder that of the rest; `make soak` puts each in each place.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("pipe", slice(0, None, 2)),
        ("folder", slice(1, None, 2)),
        *(pytest.param(kind, slice(None), marks=pytest.mark.soak) for kind in MADE),
    ],
    ids=str,
)
def test_what_is_no_file_in_place_of_one_is_a_clear_line_or_forgotten(
    make_site: MakeSite, kind: str, places: slice
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(picture, "PNG")
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\n![a](a.png)\n", "content/a/a.png": picture.getvalue()}, site=SITE
    )
    outcome(site.root, "build")
    outcome(site.root, "publish", "target")
    shutil.copytree(site.root, whole := site.root.with_name("whole"))

    for path in kept(whole)[places]:
        shutil.rmtree(site.root)
        shutil.copytree(whole, site.root, symlinks=True)
        (site.root / path).unlink()
        MADE[kind](site.root / path)
        for command in COMMANDS:
            told = outcome(site.root, *command)
            assert not re.search("internal error|Traceback", told), (path, command, told)
        site.write("content/a/index.en.md", "---\ntitle: Another\n---\n![a](a.png)\n")
        outcome(site.root, "build")


def _deep_folder(top: Path, name: str) -> None:
    """Make folders 1,150 levels deep with a file in them; no single path could name it."""
    here = Path.cwd()
    top.mkdir(parents=True, exist_ok=True)
    os.chdir(top)
    try:
        for _ in range(1150):
            Path("d").mkdir()
            os.chdir("d")
        Path(name).write_text("x")
    finally:
        os.chdir(here)


FIXED = (("check",), ("build",), ("build", "--clean"), ("check", "--fix"), ("schema",))


@pytest.mark.parametrize(
    ("place", "name"),
    [("content", "index.en.md"), ("templates", "x.html"), ("static", "x.txt"), ("public", "x.txt"), (".cache", "x")],
)
def test_folders_nested_a_thousand_deep_crash_no_command(make_site: MakeSite, place: str, name: str) -> None:
    site = make_site({}, site=SITE)
    outcome(site.root, "build")
    _deep_folder(site.root / place, name)
    try:
        said = {words: outcome(site.root, *words) for words in FIXED}
    finally:
        subprocess.run(["rm", "-rf", site.root / place / "d"], check=True)

    assert [words for words, text in said.items() if "internal error" in text] == []
    if place in ("content", "templates", "static"):
        assert all("error[too-deep]: folders are nested more than 100 deep" in said[words] for words in FIXED[:3])
    if place == ".cache":
        assert [words for words, text in said.items() if "error" in text.replace("no errors", "")] == []
