"""`publish` knows how the site was built: drafts are refused; an example address and changed sources are reported."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import commands
import pytest
from conftest import SITE, MakeSite, TinySite

from sitegen.build.up_to_date import BUILT
from sitegen.cli import main

OWN = SITE.replace("https://example.org/", "https://site.org/")
DRAFT = "---\ntitle: Secret\ndraft: true\n---\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site({"content/secret/index.en.md": DRAFT}, site=OWN)


def run(site: TinySite, *words: str) -> int:
    return main([*words, "--root", str(site.root)])


@pytest.mark.parametrize("option", ["--drafts", "--pseudo"])
def test_preview_builds_are_only_published_on_demand(
    site: TinySite, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "host"
    assert run(site, "build", option) == 0

    assert run(site, "publish", str(target)) == 1
    assert f"build it without {option}, or publish it with {option}" in capsys.readouterr().err
    assert not target.exists()
    assert run(site, "publish", str(target), option) == 0
    assert (target / "current").exists()


def test_correct_site_is_published_silently(site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, "build")
    capsys.readouterr()

    assert run(site, "publish", str(tmp_path / "host")) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda site: site.write("content/index.en.md", "---\ntitle: Newer\n---\n"), "content/index.en.md"),
        (lambda site: (site.root / "content/secret/index.en.md").unlink(), "content/secret"),
    ],
    ids=["changed", "removed"],
)
def test_sources_changed_since_the_build_are_reported(
    site: TinySite, tmp_path: Path, change: Callable[[TinySite], None], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(site, "build")
    change(site)
    now = time.time() + 1  # by the clock of the build, which may not be that of the disk
    os.utime(site.root / path, (now, now))

    assert run(site, "publish", str(tmp_path / "host")) == 0
    assert f"the sources have changed since it was built: {path}\n" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["https://example.org/", "https://a.example/", "http://localhost:8000/"])
def test_example_address_is_reported(
    site: TinySite, tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(site, "build", "--base-url", address)

    assert run(site, "publish", str(tmp_path / "host")) == 0
    assert f"its address is {address}, a name for examples" in capsys.readouterr().err


def test_site_with_only_some_languages_is_reported(
    site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(site, "build", "--languages", "en")

    assert run(site, "publish", str(tmp_path / "host")) == 0
    assert "it was built in these languages only: en" in capsys.readouterr().err


def test_rollback_prints_the_current_release_and_how_to_return(
    site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "host")
    for text in ("---\ntitle: One\n---\n", "---\ntitle: Two\n---\n"):
        site.write("content/index.en.md", text)
        run(site, "build")
        run(site, "publish", target)
    capsys.readouterr()

    assert run(site, "publish", target, "--rollback") == 0
    said = capsys.readouterr()
    assert re.match("release [0-9a-f]{16} is current again: ", said.out)
    assert "One" in (tmp_path / "host/current/en/index.html").read_text("utf-8")

    forward = said.err.partition("to go forward again: ")[2].split()
    assert run(site, *forward) == 0
    assert "Two" in (tmp_path / "host/current/en/index.html").read_text("utf-8")


def test_history_lists_releases_in_the_time_zone_of_the_site(
    site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days are those of the site's time zone: 20:30 in Greenwich is the next day in Shanghai."""
    target = tmp_path / "host"
    site.write("content/site.yaml", (site.root / "content/site.yaml").read_text() + "time_zone: Asia/Shanghai\n")
    days = [dt.datetime(2026, 1, day, 20, 30, tzinfo=dt.UTC).timestamp() for day in (1, 31)]
    names = []
    for text, at in zip(("One", "Two"), days, strict=True):
        site.write("content/index.en.md", f"---\ntitle: {text}\n---\n")
        run(site, "build")
        run(site, "publish", str(target))
        names.append((target / "current").readlink().name)
        os.utime(target / "current/release.json", (at, at))
    run(site, "publish", str(target), "--rollback")
    capsys.readouterr()

    assert run(site, "publish", str(target), "--history") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"2026-01-02 04:30 CST  {names[0]}  current",
        f"2026-02-01 04:30 CST  {names[1]}",
    ]
    assert f"publish {target} --release NAME" in said.err


def test_missing_release_is_a_problem(site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, "build")
    run(site, "publish", str(tmp_path / "host"))

    assert run(site, "publish", str(tmp_path / "host"), "--release", "0123456789abcdef") == 1
    assert "error[publish]: there is no release 0123456789abcdef" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [{"base_url": 5}, {"base_url": "http://[::1"}, {"at": "x"}, {"at": None}, {"languages": [1]}, {"x": "[" * 99}],
)
def test_record_of_wrong_types_causes_no_traceback(site: TinySite, tmp_path: Path, change: dict[str, object]) -> None:
    assert run(site, "build") == 0
    record = site.root / BUILT
    record.write_text(json.dumps({**json.loads(record.read_bytes()), **change}))
    assert commands.run(site.root, "publish", str(tmp_path / "host")).returncode == 0


def test_record_nested_too_deeply_causes_no_traceback(site: TinySite, tmp_path: Path) -> None:
    assert run(site, "build") == 0
    (site.root / BUILT).write_bytes(b"[" * 100_000)
    assert commands.run(site.root, "publish", str(tmp_path / "host")).returncode == 0
