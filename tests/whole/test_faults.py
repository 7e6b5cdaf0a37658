"""Killed processes, full disks, unwritable folders, simultaneous runs: readers never notice."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import run
from faults import Site, is_whole, try_moments
from published import require

from sitegen.publish.manifest import Manifest, manifest_of

#: Two of a build, of which one puts its files in place, and two of a publication; `python tests/scripts/faults.py` tries 200.
MOMENTS = 4


@pytest.mark.slow
@pytest.mark.parametrize("moments", [MOMENTS, pytest.param(20, marks=pytest.mark.soak)])
def test_readers_get_complete_files_of_one_release_whatever_is_killed(tmp_path: Path, moments: int) -> None:
    for seed in range(20):  # on a busy machine a command may have ended before each of its moments
        if try_moments(tmp_path / str(seed), moments, seed).killed:
            return
    pytest.fail("no command was killed at work")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of which one version is published, and another is written."""
    made = Site(tmp_path)
    made.write(0)
    must(made, "build")
    must(made, "publish", str(made.host))
    made.write(1)
    return made


def must(site: Site, *words: str) -> None:
    """Run a command that has to succeed, in this process."""
    done = run(site.root, *words)
    assert done.returncode == 0, done


def published(site: Site) -> Manifest:
    """What readers get is complete."""
    manifest = manifest_of(site.public)
    assert is_whole(manifest, site.host / "current")
    return manifest


def attempt(site: Site, *words: str, before: Callable[[], None] | None = None, within: tuple[str, ...] = ()) -> str:
    """Run a command that fails with a problem; return what it reports."""
    done = subprocess.run([*within, *site.command(*words)], capture_output=True, text=True, preexec_fn=before)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def little_room() -> None:
    """No file may grow beyond 2 KB, as if the disk had no room for the rest of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [pytest.param("1", marks=pytest.mark.soak), "2"])
def test_a_build_on_a_full_disk_leaves_the_site_unchanged(site: Site, jobs: str) -> None:
    before = published(site)
    told = attempt(site, "build", "--clean", "--jobs", jobs, before=little_room)

    assert "error[unwritable]: " in told
    assert published(site).name == before.name
    must(site, "build")
    assert manifest_of(site.public).name != before.name


@pytest.mark.slow
def test_a_publication_without_disk_space_leaves_the_release_unchanged(site: Site) -> None:
    before = published(site)
    must(site, "build")
    told = attempt(site, "publish", str(site.host), before=little_room)

    assert "error[publish]: the release can't be written" in told
    assert is_whole(before, site.host / "current")
    assert len(list((site.host / "releases").iterdir())) == 1
    must(site, "publish", str(site.host))
    assert published(site).name != before.name


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for one release and a half."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], capture_output=True)
    if done.returncode:
        pytest.skip("only who may mount can make a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_leaves_the_release_unchanged(site: Site, small_disk: Path) -> None:
    host = small_disk / "host"
    must(site, "build")
    first = manifest_of(site.public)
    must(site, "publish", str(host))
    site.write(2)
    must(site, "build")
    told = attempt(site, "publish", str(host))

    assert "no space left on device" in told
    assert is_whole(first, host / "current")
    assert len(list((host / "releases").iterdir())) == 1


def not_almighty() -> tuple[str, ...]:
    """Before a command: it may only write where the folder's mode permits, even as root."""
    if os.geteuid() != 0:
        return ()
    require("setpriv", shutil.which("setpriv") is not None)
    return ("setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override")


@pytest.mark.slow
@pytest.mark.parametrize("folder", [pytest.param("host", marks=pytest.mark.soak), "host/releases"])
def test_an_unwritable_folder_leaves_the_release_unchanged(site: Site, folder: str) -> None:
    before = published(site)
    must(site, "build")
    (site.root / folder).chmod(0o555)
    try:
        told = attempt(site, "publish", str(site.host), within=not_almighty())
    finally:
        (site.root / folder).chmod(0o755)

    assert "permission denied" in told
    assert is_whole(before, site.host / "current")
    must(site, "publish", str(site.host))
    assert published(site).name != before.name


@pytest.mark.slow
def test_an_unwritable_output_folder_leaves_the_site_unchanged(site: Site) -> None:
    before = manifest_of(site.public)
    (site.public / "en").chmod(0o555)
    try:
        told = attempt(site, "build", within=not_almighty())
    finally:
        (site.public / "en").chmod(0o755)

    assert "error[unwritable]: the site can't be written: permission denied" in told
    assert manifest_of(site.public).name == before.name
    must(site, "build")
    assert manifest_of(site.public).name != before.name


@pytest.mark.slow
def test_each_of_many_simultaneous_publications_is_complete_or_refused(site: Site) -> None:
    must(site, "build")
    running = [
        subprocess.Popen(site.command("publish", str(site.host)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    told = [(process.communicate()[1].decode(), process.returncode) for process in running]

    assert any(status == 0 for _, status in told)
    assert all("another publication is running" in text for text, status in told if status)
    assert published(site)


@pytest.mark.slow
def test_simultaneous_builds_leave_one_complete_site(site: Site) -> None:
    running = [subprocess.Popen(site.command("build"), stdout=subprocess.DEVNULL) for _ in range(3)]

    ended = [process.wait() for process in running]
    assert 0 in ended  # one has the folder; the others wait for nothing, and say so
    assert set(ended) <= {0, 1}
    built = manifest_of(site.public)
    must(site, "build", "--clean")
    assert manifest_of(site.public).name == built.name
