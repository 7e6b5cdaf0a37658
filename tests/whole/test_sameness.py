"""The same commit makes the same bytes, whatever machine, user, locale, clock or Python makes them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run
from conftest import REPOSITORY
from published import BASE, Published

from sitegen.publish.manifest import manifest_of

GOOD = REPOSITORY / "tests/sites/good"
#: A folder is listed in another order each time, as file systems do.
SHUFFLED = """\
import os, random, sys
chance, listed = random.Random(7), os.scandir
class Scanned(list):
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def close(self): pass
def scandir(path="."):
    with listed(path) as entries:
        found = Scanned(entries)
    chance.shuffle(found)
    return found
names = os.listdir
def listdir(path="."):
    found = names(path)
    chance.shuffle(found)
    return found
os.scandir, os.listdir = scandir, listdir
"""
PLAIN = "import sys\n"
RUN = "sys.path.insert(0, sys.argv.pop(1))\nimport build\nsys.exit(build.run())\n"


def build_as(root: Path, *words: str, before: str = PLAIN, python: str = sys.executable, umask: int = 0o022) -> str:
    """Build in a process of its own: the name of the release that it makes."""
    output = root / "public"
    command = [
        python,
        "-c",
        before + RUN,
        str(REPOSITORY),
        "build",
        "--root",
        str(root),
        "--output",
        str(output),
        *words,
    ]
    done = subprocess.run(command, capture_output=True, text=True, umask=umask)
    assert done.returncode == 0, done.stderr
    return manifest_of(output).name


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The release that everyone has to make."""
    root = tmp_path_factory.mktemp("reference") / "site"
    shutil.copytree(GOOD, root)
    return build_as(root, "--compress")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the site in another folder."""
    shutil.copytree(GOOD, tmp_path / "another folder" / "сайт")
    return tmp_path / "another folder" / "сайт"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("locale", "name", "value"),
    [
        ("C", "TZ", "Pacific/Kiritimati"),
        ("C.UTF-8", "PYTHONHASHSEED", "7"),
        ("ru_RU.UTF-8", "TZ", "America/Adak"),
        ("zh_CN.GB18030", "HOME", "/"),
        ("tr_TR.UTF-8", "PYTHONUTF8", "0"),
    ],
)
def test_locale_and_environment_change_nothing(
    reference: str, site: Path, monkeypatch: pytest.MonkeyPatch, locale: str, name: str, value: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv(name, value)

    assert build_as(site, "--compress") == reference


@pytest.mark.parametrize(("umask", "jobs"), [(0o000, "1"), (0o077, "2"), (0o022, "5")])
def test_umask_and_number_of_processes_change_nothing(reference: str, site: Path, umask: int, jobs: str) -> None:
    assert build_as(site, "--compress", "--jobs", jobs, umask=umask) == reference


def test_order_of_the_file_system_changes_nothing(reference: str, site: Path) -> None:
    assert build_as(site, "--compress", before=SHUFFLED) == reference
    assert build_as(site, "--compress", "--clean", before=SHUFFLED) == reference


@pytest.mark.slow
def test_earlier_builds_change_nothing(reference: str, site: Path) -> None:
    assert [build_as(site, "--compress") for _ in range(2)] == [reference] * 2
    shutil.rmtree(site / "public")
    assert build_as(site, "--compress") == reference
    assert build_as(site, "--compress", "--clean") == reference


def test_building_in_parts_changes_nothing(reference: str, site: Path) -> None:
    parts = [site.parent / f"part-{number}" for number in range(1, 5)]
    for number, part in enumerate(parts, 1):
        words = ["--root", str(site), "--output", str(part), "--compress", "--shard", f"{number}/4"]
        assert run(REPOSITORY, "build", *words).returncode == 0
    assert run(REPOSITORY, "merge", *map(str, parts), "--output", str(site / "public")).returncode == 0

    assert manifest_of(site / "public").name == reference


def other_pythons() -> list[str]:
    """Other Pythons of this machine that the engine runs on."""
    versions = sorted((Path.home() / ".pyenv/versions").glob("3.1*/bin/python"))
    found: dict[tuple[int, ...], str] = {}
    for path in [*(shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)), *map(str, versions)]:
        told = path and subprocess.run(
            [path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True
        )
        if told and told.returncode == 0:
            found.setdefault(tuple(map(int, told.stdout.split())), str(path))
    return [path for version, path in found.items() if (3, 11) <= version != sys.version_info[:2]]


@pytest.mark.soak  # it installs all packages and builds the whole site
def test_another_python_gives_the_same_bytes(center: Published, tmp_path: Path) -> None:
    """The whole site, cards, search indexes and all."""
    pythons = other_pythons()
    if not pythons:
        pytest.skip("this machine has one Python only; the workflows use four")
    subprocess.run([pythons[-1], "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv/bin/python")
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*install, "-r", str(REPOSITORY / "requirements.lock")], check=True, capture_output=True)
    command = [python, "build.py", "verify", str(center.folder), "--base-url", BASE]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "all as this site's sources make them" in done.stdout


def test_difference_of_one_byte_is_detected(reference: str, site: Path) -> None:
    page = site / "content/index.en.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")

    assert build_as(site, "--compress") != reference
