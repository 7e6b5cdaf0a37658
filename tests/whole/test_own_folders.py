"""The generator's own folders may have come with a branch: nothing is written, removed or emptied through what is in them.

Each place of ours × what may be there instead. The suite has one build and one merge for each kind of place; `make soak`
tries every command.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run
from conftest import FRENCH, HOME, SITE, MakeSite, TinySite
from PIL import Image

from sitegen.storage.output_lock import alone

KEY = "ab" * 32
#: Folders of ours, and files of ours.
FOLDERS = (
    ".cache", ".cache/build", ".cache/messages", ".cache/messages/ab", ".cache/pictures", ".cache/preview-1", ".cache/.preview-1.stage",
    ".cache/.preview-1.stage/site", ".public.stage", ".public.stage/site", ".public.stage/site/en", ".out.stage/site", ".import-a",
)  # fmt: skip
FILES = (
    ".cache/standing", ".cache/built.json", ".cache/external.json", ".cache/build/index", ".cache/build/lock", ".cache/build/index.PID",
    ".cache/build/1-00000000", f".cache/messages/ab/{KEY}", ".public.stage/lock", ".cache/.preview-1.stage/lock", ".put-in-place",
    ".import-a/begun", ".import-a/ready",
)  # fmt: skip
COMMANDS = (
    "build", "build --clean", "build --output .cache/preview-1", "build --output out", "check", "check --external", "merge one two", "verify public",
    "compare HEAD", "hosts nginx", "archive --output packed",
)  # fmt: skip


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of somebody, to which links may lead."""
    return tmp_path_factory.mktemp("outside")


@pytest.fixture
def theirs(outside: Path) -> Path:
    """The same folder, with its files as they were."""
    shutil.rmtree(outside)
    for name in (
        "index.html",
        "robots.txt",
        "en/index.html",
        f"ab/{KEY}",
        "ab/thesis.txt",
        "build/1-00000000",
        "begun",
    ):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text("mine")
    return outside


def files_below(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (900, 9)).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A site that fills each cache, built once."""
    made = make_site(
        {
            "content/index.en.md": HOME + "![A hall](hall.png)\n",
            "content/hall.png": picture(),
            "translations/fr.po": FRENCH,
        },
        site=SITE + "pictures: {widths: [480], sizes: 100vw}\n",
    )
    assert run(made.root, "build").returncode == 0
    return made


def changed(site: TinySite, number: int = 1) -> None:
    """Change what each cache depends on."""
    site.write("content/index.en.md", f"---\ntitle: Home {number}\n---\n![A hall](hall.png)\n")
    site.write("translations/fr.po", f'{FRENCH}msgid "{number}"\nmsgstr "{number}"\n')
    Image.new("RGB", (900, 9 + number)).save(site.root / "content/hall.png")


def link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def test_a_cache_is_neither_filled_nor_emptied_through_links(site: TinySite, theirs: Path) -> None:
    before = files_below(theirs)
    for cache in (".cache/pictures", ".cache/messages"):
        shutil.rmtree(site.root / cache)
        for number in range(256):
            link(site.root / cache / f"{number:02x}", theirs / "ab")
    changed(site)

    assert run(site.root, "build").returncode == 0
    assert files_below(theirs) == before


def test_a_cache_keeps_files_that_are_not_its_own(site: TinySite) -> None:
    names = [".cache/messages/ab/thesis.txt", ".cache/messages/mine/thesis.txt", ".cache/build/thesis.txt"]
    for name in names:
        site.write(name, "mine")
    changed(site)

    assert run(site.root, "build", "--clean").returncode == 0
    assert all((site.root / name).read_text() == "mine" for name in names)


def test_the_record_of_a_build_is_not_written_through_a_link(site: TinySite, theirs: Path) -> None:
    before = files_below(theirs)
    link(site.root / f".cache/build/index.{os.getpid()}", theirs / "index.html")
    changed(site)

    assert run(site.root, "build").returncode == 0
    assert files_below(theirs) == before


def left_by_a_killed_build(site: TinySite) -> None:
    """The folder in which files wait, with the lock of a build that has ended."""
    with alone(site.public) as work:
        lock = (work.parent / "lock").read_bytes()
    site.write(".public.stage/lock", lock)


@pytest.mark.parametrize("words", ["build", "build --clean", "merge one"])
def test_no_site_waits_behind_a_link(site: TinySite, theirs: Path, words: str) -> None:
    run(site.root, "build", "--shard", "1/1", "--output", "one")
    before = files_below(theirs)
    left_by_a_killed_build(site)
    link(site.root / ".public.stage/site", theirs)
    changed(site)

    done = run(site.root, *words.split())

    assert "the site can't be written: a link is where temporary files must be, .public.stage/site" in done.stderr
    assert files_below(theirs) == before


def test_no_build_waits_at_a_pipe(site: TinySite) -> None:
    left_by_a_killed_build(site)
    os.mkfifo(site.root / ".public.stage/site")
    changed(site)

    told = run(site.root, "build").stderr
    assert "the site can't be written: a file is where temporary files must be, .public.stage/site" in told


def test_what_a_killed_build_has_left_is_removed_with_its_links(site: TinySite, theirs: Path) -> None:
    before = files_below(theirs)
    left_by_a_killed_build(site)
    link(site.root / ".public.stage/site/en", theirs / "en")
    changed(site)

    assert run(site.root, "build").returncode == 0
    assert files_below(theirs) == before


def test_a_home_that_leads_out_of_the_site_is_not_used(
    site: TinySite, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_below(theirs)
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.root / "home"))
    link(site.root / "home/sitegen", theirs)
    changed(site)

    assert run(site.root, "build").returncode == 0
    assert sorted(path.name for path in theirs.iterdir()) == ["ab", "begun", "build", "en", "index.html", "robots.txt"]
    assert files_below(theirs) == before


# every place, every command


def to_folder(place: Path, theirs: Path) -> None:
    place.symlink_to(theirs)


def to_file(place: Path, theirs: Path) -> None:
    place.symlink_to(theirs / "index.html")


def to_nothing(place: Path, theirs: Path) -> None:
    place.symlink_to(theirs / "new")


def a_pipe(place: Path, theirs: Path) -> None:
    os.mkfifo(place)


def a_folder(place: Path, theirs: Path) -> None:
    place.mkdir()
    (place / "thesis.txt").write_text("mine")


def a_file(place: Path, theirs: Path) -> None:
    place.write_text("mine")


def put(site: TinySite, path: str, make: Callable[[Path, Path], None], theirs: Path) -> None:
    """Put something in one of our places, beside what shows that the folder is ours."""
    place = site.root / path
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    make(place, theirs)
    for mark in ("lock", "begun"):
        if (".stage/" in path) == (mark == "lock") and path.endswith(("/site", "/site/en", "/ready")):
            (place.parents[path.endswith("/en")] / mark).touch()


@pytest.mark.soak
@pytest.mark.parametrize("make", [to_folder, to_file, to_nothing, a_pipe, a_folder, a_file])
@pytest.mark.parametrize("path", [*FOLDERS, *FILES])
def test_no_command_touches_anything_behind_our_places(
    site: TinySite, theirs: Path, path: str, make: Callable[[Path, Path], None]
) -> None:
    path = path.replace("PID", str(os.getpid()))  # workers must find the same tests
    git = ["git", "-C", str(site.root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    put(site, path, make, theirs)
    for command in (["init", "-q"], ["add", "-f", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)
    before, sources = files_below(theirs), set(site.inputs())
    for number, words in enumerate(COMMANDS, 1):
        for name in ("one", "two"):
            shutil.rmtree(site.root / name, ignore_errors=True)
        changed(site, number)
        for part, name in enumerate(("one", "two"), 1):
            if words.startswith("merge"):
                run(site.root, "build", "--shard", f"{part}/2", "--output", name)
        if not os.path.lexists(site.root / path):
            put(site, path, make, theirs)

        done = run(site.root, *words.split())

        assert "Traceback" not in done.stderr
        assert done.returncode == 0 or "error" in done.stderr
        assert (words, files_below(theirs)) == (words, before)
        assert set(site.inputs()) == sources
        if make is a_folder and not path.endswith((".stage/site", ".stage/site/en")):  # left by a killed build
            assert (words, (site.root / path / "thesis.txt").exists()) == (words, True)


@pytest.mark.soak
@pytest.mark.parametrize("make", [to_folder, to_file, to_nothing, a_pipe, a_folder, a_file])
@pytest.mark.parametrize("path", [".import-a", ".import-a/begun", ".import-a/ready", ".put-in-place"])
def test_no_import_touches_anything_behind_our_places(
    tmp_path: Path, theirs: Path, path: str, make: Callable[[Path, Path], None]
) -> None:
    (tmp_path / "old/content").mkdir(parents=True)
    (tmp_path / "old/hugo.toml").write_text('title = "Old"\n')
    (tmp_path / "old/content/about.md").write_text("---\ntitle: About\n---\n")
    site = TinySite(tmp_path / "site")
    site.root.mkdir()
    put(site, path, make, theirs)
    before = files_below(theirs)

    done = run(site.root, "import", str(tmp_path / "old"))

    assert done.returncode == 0 or "error" in done.stderr
    assert files_below(theirs) == before
