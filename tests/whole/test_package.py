"""The installed package: the wheel is complete, and its command creates and builds a site."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import REPOSITORY
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from sitegen import __version__

pytest.importorskip("setuptools", minversion="77")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("sitegen", "pyproject.toml", "README.md", "LICENSE"):
        source.mkdir(exist_ok=True)
        (source / name).symlink_to(REPOSITORY / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(source),
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock"])
def test_pinned_packages_install_on_the_oldest_python_that_the_project_allows(lock: str) -> None:
    """Debian 12's is 3.11.2; pins made on a newer one had asked for 3.11.5, so `make site` failed there."""
    pins = re.findall(r"(?m)^[\w.-]+==[^\\\n]+", (REPOSITORY / lock).read_text(encoding="utf-8"))
    oldest = {"python_version": "3.11", "python_full_version": "3.11.0"}
    pinned = [pin for pin in map(Requirement, pins) if pin.marker is None or pin.marker.evaluate(oldest)]
    asked = {
        pin.name: str(importlib.metadata.metadata(pin.name).json.get("requires_python", ""))
        for pin in pinned
        if pin.specifier.contains(importlib.metadata.version(pin.name))
    }

    assert len(asked) > 20
    assert {name for name, needed in asked.items() if "3.11.0" not in SpecifierSet(needed)} == set()


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("sitegen/")}
    tracked = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "sitegen"], capture_output=True, text=True, check=True
    ).stdout.split()
    sources = {
        name for name in tracked if not name.startswith("sitegen/editor/")
    }  # of which the wheel has what is made

    assert sources - inside == set()


@pytest.mark.slow
def test_installed_command_creates_and_builds_a_site_in_four_languages(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv/bin/python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--no-compile",  # a quarter of the modules is ever run here
        "-q",
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    packages = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(tmp_path / "venv/bin/sitegen"), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    start = time.monotonic()
    assert run("--version").strip() == f"sitegen {__version__}"
    run("init", "site", "--languages", "en,fr,ar,sr")
    assert "no errors, 0 warnings" in run("check", "--root", "site")
    assert "4 languages" in run("build", "--root", "site")
    sys.stdout.write(f"made, checked and built in {time.monotonic() - start:.1f} s\n")

    run("init", "least", "--languages", "en,ar,sr", "--minimal")
    least = sorted(path.name for path in (tmp_path / "least").rglob("*") if path.is_file())
    assert least == ["index.en.md", "kinds.yaml", "site.yaml"]
    assert "no errors, 0 warnings" in run("check", "--root", "least")

    where = subprocess.run(
        [str(python), "-c", "import sitegen.api; print(sitegen.api.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(tmp_path))
    assert 'dir="rtl"' in (tmp_path / "site/public/ar/index.html").read_text(encoding="utf-8")
