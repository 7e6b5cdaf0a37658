"""Cached data is only used while it is intact."""

from __future__ import annotations

import io
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run
from conftest import HOME, SITE, MakeSite
from PIL import Image

from sitegen.problems.problem import SiteError
from sitegen.storage.blobs import DamagedError, Shelf
from sitegen.storage.cache import Cache

KEY = "ab" * 32


def never() -> bytes:
    raise AssertionError("made again")


def entry(folder: Path) -> Path:
    (found,) = (path for path in folder.rglob("*") if path.is_file())
    return found


@pytest.mark.parametrize("content", [b"", b"\0", b"picture" * 1000])
def test_cached_value_is_reused(tmp_path: Path, content: bytes) -> None:
    assert Cache(tmp_path).get(KEY, lambda: content) == content
    assert Cache(tmp_path).get(KEY, never) == content


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 40])
def test_a_damaged_entry_is_computed_again(tmp_path: Path, damage: bytes) -> None:
    Cache(tmp_path).get(KEY, lambda: b"right")
    entry(tmp_path).write_bytes(damage)

    assert Cache(tmp_path).get(KEY, lambda: b"right") == b"right"
    assert Cache(tmp_path).get(KEY, never) == b"right"


def test_one_damaged_byte_is_noticed(tmp_path: Path) -> None:
    Cache(tmp_path).get(KEY, lambda: b"right")
    whole = entry(tmp_path).read_bytes()
    for place in range(len(whole)):
        entry(tmp_path).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        assert Cache(tmp_path).get(KEY, lambda: b"right") == b"right"


def test_entry_in_the_place_of_another_is_computed_again(tmp_path: Path) -> None:
    Cache(tmp_path).get(KEY, lambda: b"right")
    right = entry(tmp_path)
    Cache(tmp_path).get("cd" * 32, lambda: b"another picture")
    (tmp_path / "cd" / ("cd" * 32)).replace(right)

    assert Cache(tmp_path).get(KEY, lambda: b"right") == b"right"
    assert Cache(tmp_path).get(KEY, never) == b"right"


def test_a_clean_build_reads_no_cache_and_fills_it(tmp_path: Path) -> None:
    Cache(tmp_path).get(KEY, lambda: b"of somebody else")

    assert Cache(tmp_path, is_read=False).get(KEY, lambda: b"right") == b"right"
    assert Cache(tmp_path).get(KEY, never) == b"right"


def test_an_unwritable_folder_caches_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert Cache(tmp_path / "file").get(KEY, lambda: b"right") == b"right"


def linked_folder(root: Path, outside: Path) -> None:
    (root / ".cache").symlink_to(outside)


def linked_memory(root: Path, outside: Path) -> None:
    (root / ".cache").mkdir()
    (root / ".cache/build").symlink_to(outside)
    (root / ".cache/pictures").symlink_to(outside)
    (root / ".cache/messages").symlink_to(outside)


def linked_files(root: Path, outside: Path) -> None:
    (root / ".cache/build").mkdir(parents=True)
    for name in ("build/lock", "built.json"):
        (root / ".cache" / name).symlink_to(outside / "mine.txt")


@pytest.mark.parametrize("link", [linked_folder, linked_memory, linked_files])
def test_symlinks_in_the_cache_let_nothing_be_written_elsewhere(
    make_site: MakeSite, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (900, 9)).save(picture, "PNG")
    site = make_site(
        {"content/index.en.md": HOME + "![A hall](hall.png)\n", "content/hall.png": picture.getvalue()},
        site=SITE + "pictures: {widths: [480], sizes: 100vw}\n",
    )
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    link(site.root, outside)

    assert run(site.root, "build").returncode == 0
    assert [path.name for path in outside.iterdir()] == ["mine.txt"]
    assert (outside / "mine.txt").read_text() == "mine"


def test_shelf_returns_what_was_put_and_notices_damage(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = shelf.put(b"first"), shelf.put(b"second")
    assert (shelf.get(first), shelf.get(second)) == (b"first", b"second")

    entry(tmp_path).write_bytes(b"firstSECOND")

    later = Shelf(tmp_path)
    assert later.get(first) == b"first"
    with pytest.raises(DamagedError):
        later.get(second)

    entry(tmp_path).write_bytes(b"firstSEC")

    with pytest.raises(DamagedError):
        shelf.get(second)


def test_shelf_goes_on_with_the_file_of_a_process_that_had_the_same_number(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first = shelf.put(b"first")
    shelf.close()

    assert (shelf.get(shelf.put(b"second")), shelf.get(first)) == (b"second", b"first")


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o777, 0o400), (0o466, 0o600)])
def test_shelf_can_read_its_files_whatever_new_files_are_allowed(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        Shelf(tmp_path).put(b"text")
    finally:
        os.umask(before)

    assert entry(tmp_path).stat().st_mode & 0o777 == mode


def test_shelf_goes_on_after_a_full_disk(tmp_path: Path) -> None:
    shelf, limits = Shelf(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, limits[1]))
    try:
        with pytest.raises(SiteError):
            shelf.put(b"first")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert entry(tmp_path).read_bytes() == b"fir"
    assert shelf.get(shelf.put(b"second")) == b"second"


def test_shelf_that_is_gone_is_damage(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    kept = Shelf(tmp_path / "a").put(b"text")

    with pytest.raises(DamagedError):
        Shelf(tmp_path / "b").get(kept)


def test_shelf_that_cannot_be_written_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(SiteError) as caught:
        Shelf(tmp_path / "file").put(b"text")

    (problem,) = caught.value.problems
    assert problem.code == "unwritable"
    assert "the build's cache can't be written" in problem.message
