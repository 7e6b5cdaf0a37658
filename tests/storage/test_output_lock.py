"""The lock of an output folder, and where files wait."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, MakeSite, TinySite

from sitegen.storage.output_lock import alone


def page(title: str) -> str:
    return f"---\ntitle: {title}\n---\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    made = make_site({"content/a/index.en.md": page("A")})
    made.report()
    return made


def test_one_of_two_simultaneous_builds_is_refused_and_the_older_never_wins(site: TinySite) -> None:
    before = site.files()

    with alone(site.public):
        told = site.told()

    assert "public: error[unreadable]: another build is running in this output folder" in told
    assert site.files() == before
    assert site.report()


def test_lock_of_a_killed_build_blocks_nobody(site: TinySite) -> None:
    kill = "import os, pathlib, sys; from sitegen.storage.output_lock import alone; held = alone(pathlib.Path(sys.argv[1])); held.__enter__().mkdir(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", kill, str(site.public)], check=False, cwd=REPOSITORY)
    left = site.root / ".public.stage"
    assert sorted(path.name for path in left.iterdir()) == ["lock", "site"]

    site.report()

    assert not left.exists()


@pytest.mark.parametrize("lock", [None, "", "pid 1"], ids=["no lock", "an empty lock", "a lock of another"])
def test_what_no_build_has_made_is_not_removed_from_where_files_wait(site: TinySite, lock: str | None) -> None:
    files = {"site/diary.txt": "years"} | ({} if lock is None else {"lock": lock})
    for path, text in files.items():
        site.write(f".public.stage/{path}", text)
    site.write("content/b/index.en.md", page("B"))

    assert "the site can't be written: no build has made what is in .public.stage" in site.told()
    left = (path for path in (site.root / ".public.stage").rglob("*") if path.is_file())
    assert {path.relative_to(site.root / ".public.stage").as_posix(): path.read_text() for path in left} == files


def test_a_lock_that_a_full_disk_has_left_empty_blocks_nobody(site: TinySite) -> None:
    site.write(".public.stage/lock", "")
    site.write("content/b/index.en.md", page("B"))

    site.report()

    assert not (site.root / ".public.stage").exists()


def test_what_an_older_version_has_left_with_an_empty_lock_blocks_nobody_if_its_marker_names_it(site: TinySite) -> None:
    site.report()
    shutil.copytree(site.public, site.root / ".public.stage/site")
    site.write(".public.stage/lock", "")
    site.write("content/b/index.en.md", page("B"))

    site.report()

    assert not (site.root / ".public.stage").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
@pytest.mark.parametrize("how", [["-t", "tmpfs"], ["--bind"]])
def test_output_folder_may_be_a_mount_point(make_site: MakeSite, tmp_path: Path, how: list[str]) -> None:
    """A disk of its own, and a folder of the same disk mounted once more."""
    site = make_site({"content/a/index.en.md": page("A")})
    site.public.mkdir()
    (tmp_path / "volume").mkdir()
    made = subprocess.run(["mount", *how, str(tmp_path / "volume"), str(site.public)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        first = site.build()
        site.write("content/a/index.en.md", page("New A"))
        second = site.build()
        with alone(site.public):
            told = site.told()
    finally:
        subprocess.run(["umount", str(site.public)], check=True)

    assert "en/a/index.html" in first
    assert "New A" in second["en/a/index.html"]
    assert "another build is running" in told
    assert sorted(path.name for path in site.root.iterdir() if path.name.startswith(".public")) == []
