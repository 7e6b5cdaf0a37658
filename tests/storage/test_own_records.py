"""What builds have left for the next one is read only while the site explains its size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import MakeSite

from sitegen import cli
from sitegen.build.last_build import FOLDER, INDEX
from sitegen.build.up_to_date import BUILT, FILE
from sitegen.problems.problem import SiteError
from sitegen.storage import own_records
from sitegen.storage.output import MARKER, read_digests
from sitegen.storage.own_records import FOR_ALL, FOR_EACH, read_bounded

HUGE = 900_000_000


@pytest.mark.parametrize(
    ("size", "files", "is_read"),
    [(20, 0, True), (21, 0, False), (30, 1, True), (31, 1, False), (40, 2, True), (900, 2, False)],
)
def test_a_record_may_be_as_large_as_its_site_explains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, files: int, is_read: bool
) -> None:
    monkeypatch.setattr(own_records, "FOR_ALL", 20)
    monkeypatch.setattr(own_records, "FOR_EACH", 10)
    (tmp_path / "record").write_bytes(b"x" * size)
    for number in range(files):
        (tmp_path / f"content/{number}").mkdir(parents=True)
        (tmp_path / f"content/{number}/index.en.md").touch()

    assert read_bounded(tmp_path, "record", [tmp_path / "none", tmp_path / "content"]) == b"x" * (
        size if is_read else 0
    )


def test_only_a_regular_file_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "record").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "record")
    os.mkfifo(tmp_path / "pipe")

    assert [read_bounded(tmp_path, name) for name in ("record", "link", "pipe", "none", ".")] == [
        b"x",
        b"",
        b"",
        b"",
        b"",
    ]


def test_what_is_too_large_in_the_cache_is_made_again(make_site: MakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site()
    build = ("build", "--root", str(site.root))
    assert cli.main(build) == 0
    for name in (FILE, BUILT, f"{FOLDER}/{INDEX}"):
        os.truncate(site.root / name, HUGE)
    capsys.readouterr()

    assert cli.main(build) == 0
    assert "0 files written" in capsys.readouterr().err
    assert all((site.root / name).stat().st_size < FOR_ALL for name in (FILE, BUILT, f"{FOLDER}/{INDEX}"))


def test_a_marker_that_is_too_large_is_told_as_damaged(make_site: MakeSite) -> None:
    site = make_site()
    site.report()
    os.truncate(site.public / MARKER, HUGE)

    with pytest.raises(SiteError) as caught:
        site.report()
    assert caught.value.problems[0].message.endswith("; or its .sitegen is damaged")


def test_a_marker_of_short_rows_names_nothing(tmp_path: Path) -> None:
    head = "Made by build.py, which replaces and removes the files named here.\n"
    (tmp_path / MARKER).write_text(head + "a\n" * 200_000)

    assert read_digests(tmp_path) == {}


def test_a_marker_of_every_file_that_a_path_may_name_is_explained() -> None:
    longest = 64 + 2 + 4 * 1_024 + 1

    assert longest < FOR_EACH
