"""A build ends before the engine is imported if, and only if, nothing has changed."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Done, run
from conftest import REPOSITORY, MakeSite, TinySite

from sitegen.build import engine_digest, up_to_date
from sitegen.build.options import Options
from sitegen.build.up_to_date import BUILT, FILE, find_standing
from sitegen.cli import main

UNTRACKED = {"content/index.fr.md": "---\ntitle: Accueil\n---\n"}


class Settled(TinySite):
    """A site built by the command, whose files are trusted at once."""

    def run(self, *words: str) -> Done:
        return run(self.root, "build", *words)

    def stands(self, *words: str) -> bool:
        """Whether a build ends at once, without the engine."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sitegen.build.pipeline.build", _refuse)
            try:
                return self.run(*words).returncode == 0
            except BuiltAnewError:
                return False


class BuiltAnewError(Exception):
    """Raised when the engine is asked."""


def _refuse(*arguments: object) -> None:
    raise BuiltAnewError


@pytest.fixture
def site(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Settled:
    """A site that has been built."""
    return _built(make_site(UNTRACKED), monkeypatch)


def _built(made: TinySite, monkeypatch: pytest.MonkeyPatch) -> Settled:
    monkeypatch.setattr(up_to_date, "UNSETTLED", 0)
    site = Settled(made.root)
    assert site.run().returncode == 0
    return site


def test_unchanged_site_is_reported_as_before_and_not_built(site: Settled) -> None:
    before = site.run("--clean")
    files = {path: path.stat().st_mtime_ns for path in site.root.rglob("*")}

    after = site.run()

    assert site.stands()
    assert "index.fr.md" in after.stderr  # the warning is told again
    assert after.stderr.rpartition(":")[0] == before.stderr.rpartition(":")[0]  # and the count of pages
    assert f": 0 files written, {len(site.files()) - 1} unchanged, 0 removed, in " in after.stderr
    assert {path: path.stat().st_mtime_ns for path in site.root.rglob("*")} == files


def test_warnings_are_reported_in_the_requested_format(site: Settled) -> None:
    assert site.stands("--format", "json")
    assert [row["code"] for row in json.loads(site.run("--format", "json").stdout)] == ["untracked"]


def _edit(path: str) -> Callable[[TinySite], None]:
    def edit(site: TinySite) -> None:
        site.write(path, (site.root / path).read_bytes() + b"\n")

    return edit


def _same_size(site: TinySite) -> None:
    path = site.root / "content/index.en.md"
    stat, text = path.stat(), path.read_text()
    path.write_text(text.replace("title: ", "title: ")[:-1] + "!")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as tools do that keep times


def _pipe(site: TinySite) -> None:
    (site.root / FILE).unlink()
    os.mkfifo(site.root / FILE)


def _link(site: TinySite) -> None:
    (site.root / FILE).rename(site.root / "elsewhere")
    (site.root / FILE).symlink_to(site.root / "elsewhere")


CHANGES: dict[str, Callable[[TinySite], object]] = {
    "text": _edit("content/index.en.md"),
    "text of the same size and time": _same_size,
    "settings": _edit("content/site.yaml"),
    "template": _edit("templates/page.html"),
    "new page": lambda site: site.write("content/new/index.en.md", "---\ntitle: New\n---\n"),
    "page gone": lambda site: (site.root / "content/index.fr.md").unlink(),
    "page moved": lambda site: (site.root / "content/index.fr.md").rename(site.root / "content/index.de.md"),
    "static file": lambda site: site.write("static/x.txt", "x"),
    "catalog": lambda site: site.write("translations/fr/LC_MESSAGES/messages.po", ""),
    "extension": lambda site: site.write("extensions.py", "def extend(registry): pass\n"),
    "output edited": _edit("public/en/index.html"),
    "output gone": lambda site: (site.public / "en/index.html").unlink(),
    "output added": lambda site: (site.public / ".sitegen").write_text((site.public / ".sitegen").read_text() + "x\n"),
    "marker gone": lambda site: (site.public / ".sitegen").unlink(),
    "another build at work": lambda site: (site.root / ".public.stage").mkdir(),
    "built elsewhere since": lambda site: site.write(BUILT, (site.root / BUILT).read_bytes().replace(b"public", b"other")),
    "record gone": lambda site: (site.root / FILE).unlink(),
    "pipe in place of the record": _pipe,
    "link in place of the record": _link,
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_site_is_built_after_a_change(site: Settled, change: str) -> None:
    assert site.stands()

    CHANGES[change](site)

    assert not site.stands()


OPTIONS = (
    *(("--base-url", "https://other.org"), ("--languages", "en"), ("--drafts",), ("--as-of", "2020-01-01")),
    *(("--strict",), ("--pseudo",), ("--compress",), ("--output", "other"), ("--clean",), ("--profile",), ("--shard", "1/2")),
)  # fmt: skip


@pytest.mark.parametrize("words", OPTIONS, ids=" ".join)
def test_site_is_built_when_other_options_are_given(site: Settled, words: tuple[str, ...]) -> None:
    assert not site.stands(*words)


@pytest.mark.parametrize("words", [("--jobs", "1"), ("--output", "./public")], ids=" ".join)
def test_site_is_up_to_date_when_the_same_options_are_written_differently(
    site: Settled, words: tuple[str, ...]
) -> None:
    assert site.stands(*words)


def test_site_is_built_by_another_engine_or_with_other_libraries(
    site: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up_to_date, "installed", lambda: [*engine_digest.installed(), "babel-99.dist-info"])
    assert not site.stands()
    monkeypatch.undo()

    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "cli.py").write_text("")
    monkeypatch.setattr(up_to_date, "ENGINE", str(engine))
    monkeypatch.setattr(up_to_date, "UNSETTLED", 0)
    site.run()
    assert site.stands()
    (engine / "cli.py").write_text("#")
    assert not site.stands()


def test_site_is_built_on_the_day_a_page_is_due(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "---\ntitle: A\npublish: 2030-05-02\n---\n"
    site = _built(make_site({"content/a/index.en.md": page}), monkeypatch)
    site.run("--as-of", "2030-05-01")

    assert site.stands("--as-of", "2030-05-01")
    assert not (site.public / "en/a/index.html").exists()
    assert site.run("--as-of", "2030-05-02").returncode == 0
    assert (site.public / "en/a/index.html").is_file()


@pytest.mark.parametrize(("day", "stands"), [("2030-04-29", True), ("2030-05-01", False), ("2030-05-02", False)])
def test_clock_is_trusted_only_if_no_time_zone_is_near_the_day(day: str, stands: bool) -> None:
    noon = dt.datetime.fromisoformat(f"{day}T12:00+00:00").timestamp()

    assert up_to_date._is_due(("0001-01-01", "2030-05-02"), None, int(noon * 1e9)) is stands


def test_site_with_a_theme_is_built_when_the_theme_changes(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_site()
    made.write("content/site.yaml", (made.root / "content/site.yaml").read_text() + "theme: look\n")
    made.write("look/templates/own.html", "own\n")
    site = _built(made, monkeypatch)
    site.run()  # the first build learns only as it ends which folders there are

    assert site.stands()
    _edit("look/templates/own.html")(site)
    assert not site.stands()


def test_file_that_could_still_change_in_the_same_tick_is_not_trusted(
    site: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up_to_date, "UNSETTLED", 10**15)
    site.run("--clean")

    assert not site.stands()


def test_damaged_record_only_costs_time(site: Settled) -> None:
    whole = (site.root / FILE).read_bytes()
    chance = random.Random(7)
    for place in (0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(30))):
        (site.root / FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not site.stands()
        (site.root / FILE).write_bytes(whole[:place])
        assert not site.stands()
    for head in (b"{}", b"[]", b'"', b'{"size": 0}', b"\xff"):
        record = head + b"\n"
        (site.root / FILE).write_bytes(b"%08x" % zlib.crc32(record) + record)
        assert not site.stands()
    assert site.run().returncode == 0
    assert site.stands()


@pytest.mark.parametrize(
    "change",
    [
        {"folders": [1]},
        {"folders": []},
        {"folders": ["a\0b"]},
        {"folders": ["\ud800"]},
        {"due": [1, 2]},
        {"due": []},
        {"counts": [1]},
        {"counts": ["a", "b", {}]},
        {"warnings": ["x"]},
        {"warnings": [{"path": 1, "code": 1, "message": 1}]},
        {"built": 5},
    ],
)
def test_record_of_wrong_types_only_costs_time(site: Settled, change: dict[str, object]) -> None:
    head, _, rest = (site.root / FILE).read_bytes()[8:].partition(b"\n")
    record = json.dumps({**json.loads(head), **change}).encode() + b"\n" + rest
    (site.root / FILE).write_bytes(b"%08x" % zlib.crc32(record) + record)
    assert not site.stands()
    assert site.run().returncode == 0


@pytest.mark.parametrize("name", ["outside", "../outside", "", ".", "other", "absolute"])
def test_foreign_folders_in_a_record_are_not_searched(
    site: Settled, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = site.root.parent / "outside"
    for folder in (outside, site.root / "other"):
        folder.mkdir()
        (folder / "own.txt").write_text("own")
    if name == "outside":
        (site.root / name).symlink_to(outside)
    searched: list[str] = []
    look = up_to_date._look

    def noted(folder: str, shown: str, found: list[tuple[str, os.stat_result]]) -> None:
        searched.append(shown)
        look(folder, shown, found)

    monkeypatch.setattr(up_to_date, "_look", noted)
    head, _, rest = (site.root / FILE).read_bytes()[8:].partition(b"\n")
    own = json.loads(head)
    own["folders"].append(str(outside) if name == "absolute" else name)
    record = json.dumps(own).encode() + b"\n" + rest
    (site.root / FILE).write_bytes(b"%08x" % zlib.crc32(record) + record)

    assert not site.stands()
    assert own["folders"][-1] not in searched


def test_record_nested_too_deeply_only_costs_time(site: Settled) -> None:
    record = b"[" * 100_000 + b"\n"
    (site.root / FILE).write_bytes(b"%08x" % zlib.crc32(record) + record)
    assert not site.stands()


def test_failed_build_leaves_the_site_unchanged(site: Settled) -> None:
    text = (site.root / "content/index.en.md").read_bytes()
    site.write("content/index.en.md", "---\ntitle: [\n---\n")

    assert not site.stands()
    assert site.run().returncode == 1
    assert not site.stands()
    site.write("content/index.en.md", text)
    assert site.run().returncode == 0
    assert site.stands()


def test_up_to_date_build_imports_no_reader_renderer_or_check(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = _built(make_site(), monkeypatch)
    told = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from sitegen.build import up_to_date; up_to_date.UNSETTLED = 0\n"
        f"from sitegen.cli import run; run(['build', '--root', {str(site.root)!r}]); print(*sys.modules, sep='\\n')"
    )
    subprocess.run([sys.executable, "-c", told], capture_output=True, check=True)  # with its own paths of the engine
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())

    assert "0 files written" in done.stderr
    assert {
        "jinja2",
        "babel",
        "yaml",
        "markupsafe",
        "hashlib",
        "sitegen.build.pipeline",
        "sitegen.source",
    } & modules == set()
    assert len([name for name in modules if name.startswith("sitegen.")]) <= 17


def test_site_is_up_to_date_from_any_working_directory(site: Settled) -> None:
    _, found = find_standing(Options(root=site.root, output=site.public))

    assert found is not None
    assert (found.pages, found.languages, found.files) == (2, 2, len(site.files()) - 1)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
@pytest.mark.parametrize("name", [".cache/standing", ".cache/built.json", ".cache/build/index"])
def test_pipe_or_folder_in_place_of_a_record_only_costs_time(
    make_site: MakeSite, capsys: pytest.CaptureFixture[str], name: str, make: Callable[[str], None]
) -> None:
    site = make_site()
    assert main(["build", "--root", str(site.root)]) == 0
    (site.root / name).unlink()
    make(str(site.root / name))
    site.write("content/index.en.md", "---\ntitle: Another title\n---\n")

    main(["build", "--root", str(site.root)])

    assert "internal error" not in capsys.readouterr().err
    assert "Another title" in (site.public / "en/index.html").read_text()
