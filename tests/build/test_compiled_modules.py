"""Compiled modules are kept for the user, and an outdated or damaged one is never run."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from conftest import MakeSite

from sitegen.build import compiled_modules, engine_digest
from sitegen.build.compiled_modules import CompiledModules

ENGINE = Path(engine_digest.ENGINE).parent
NAMES = ("kept_package", "kept_package.inner")
LOOKS = "of the engine"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that Python finds and compiles."""
    folder = tmp_path / "kept_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("from .inner import VALUE\n")
    (folder / "inner.py").write_text("VALUE = 1\n")
    (tmp_path / "cache").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(compiled_modules, "FEW", 0)
    yield folder
    for name in NAMES:
        sys.modules.pop(name, None)


def load(cache: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, CompiledModules]:
    """Import the package as a new process does that has the cache."""
    for name in NAMES:
        sys.modules.pop(name, None)
    modules = CompiledModules(cache)
    importlib.invalidate_caches()
    with monkeypatch.context() as patch:
        patch.setattr("sys.meta_path", [modules, *sys.meta_path])
        return importlib.import_module("kept_package"), modules


def is_kept(module: ModuleType) -> bool:
    assert module.__spec__ is not None
    return type(module.__spec__.loader) is not SourceFileLoader


@pytest.fixture
def cache(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache after a process that has imported the package."""
    module, modules = load(tmp_path / "cache", monkeypatch)
    assert not is_kept(module)
    modules.keep(LOOKS)
    return tmp_path / "cache"


def test_module_is_loaded_as_python_would(cache: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, modules = load(cache, monkeypatch)
    assert all(is_kept(sys.modules[name]) for name in NAMES)
    assert modules.engine == (LOOKS, engine_digest.engine())
    assert (module.VALUE, module.__file__) == (1, str(sources / "__init__.py"))
    assert list(module.__path__) == [str(sources)]
    assert sys.modules["kept_package.inner"].__package__ == "kept_package"


def test_changed_source_is_compiled_again(cache: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sources / "inner.py").write_text("VALUE = 2\n")
    os.utime(sources / "inner.py", (1, 1))
    module, _ = load(cache, monkeypatch)
    assert (module.VALUE, is_kept(module)) == (2, True)


def test_removed_source_is_not_loaded(cache: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sources / "inner.py").rename(sources / "other.py")
    with pytest.raises(ModuleNotFoundError):
        load(cache, monkeypatch)


def test_outdated_code_of_python_is_not_kept(cache: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, modules = load(cache, monkeypatch)
    (sources / "inner.py").write_text("VALUE = 222\n")  # after it was loaded
    modules.keep("of another engine")
    assert load(cache, monkeypatch)[0].VALUE == 222


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b"noise", lambda b: b[:-1], lambda b: b[:30] + b"?" + b[31:]]
)
def test_damaged_file_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch, damage: object) -> None:
    (file,) = cache.iterdir()
    assert callable(damage)
    file.write_bytes(damage(file.read_bytes()))
    module, _ = load(cache, monkeypatch)
    assert (module.VALUE, is_kept(module)) == (1, False)


def test_damaged_code_is_not_run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = cache.iterdir()
    content = file.read_bytes()
    place = content.rindex(b"VALUE")
    file.write_bytes(content[:place] + b"WRONG" + content[place + 5 :])

    assert load(cache, monkeypatch)[0].VALUE == 1


def test_code_that_a_full_disk_has_cut_off_is_not_kept(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, modules = load(tmp_path / "cache", monkeypatch)
    for compiled in (sources / "__pycache__").iterdir():
        compiled.write_bytes(compiled.read_bytes()[:-20])
    modules.keep(LOOKS)

    assert not is_kept(module)
    assert CompiledModules(tmp_path / "cache").find_spec("kept_package.inner") is None


def test_modules_of_different_builds_are_kept_beside_each_other(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sys.modules.pop("kept_package"), sys.modules.pop("kept_package.inner")
    CompiledModules(cache).keep("of another engine")  # by a process that has loaded neither
    (file,) = cache.iterdir()
    before = file.stat()
    module, modules = load(cache, monkeypatch)
    assert is_kept(module)
    modules.keep("of another engine")
    assert file.stat().st_ino == before.st_ino  # nothing is new


def test_another_search_path_has_modules_of_its_own(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "other")
    assert not is_kept(load(cache, monkeypatch)[0])


def test_what_an_older_version_has_kept_in_another_form_is_not_read(
    cache: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(compiled_modules._Kept, "_fields", compiled_modules._Kept._fields[:-1])
        module, modules = load(cache, patch)
        assert not is_kept(module)
        modules.keep(LOOKS)

    assert is_kept(load(cache, monkeypatch)[0])
    assert len([*cache.iterdir()]) == 2


def test_oldest_files_are_removed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        (cache / f"{number:08x}").write_text("")
        os.utime(cache / f"{number:08x}", (number, number))
    load(cache, monkeypatch)[1].keep("of another engine")
    assert len(list(cache.iterdir())) == compiled_modules.MOST


def build(root: Path, home: Path, *options: str) -> list[Path]:
    """Build in a process of its own, and return what is kept afterwards."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, *options, "-m", "sitegen", "build", "--root", str(root), "--jobs", "1"]
    subprocess.run(command, check=True, cwd=ENGINE, env=environment, capture_output=True)
    return sorted(path for path in home.rglob("modules/*") if path.is_file())


@pytest.mark.slow
def test_builds_keep_modules_after_the_first_one(make_site: MakeSite, tmp_path: Path) -> None:
    site, home = make_site(), tmp_path / "home"
    assert build(site.root, home) == []
    for number in range(2):
        site.write("content/index.en.md", f"---\ntitle: Title {number}\n---\n")
        (kept,) = build(site.root, home)
        assert f"Title {number}" in (site.root / "public/en/index.html").read_text(encoding="utf-8")
    content = kept.read_bytes()
    assert b"sitegen.render.renderer" in content


@pytest.mark.slow
def test_nothing_is_kept_where_python_keeps_nothing_or_the_site_is_not_ours_alone(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site, home = make_site(), tmp_path / "home"
    build(site.root, home)
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")
    assert build(site.root, home, "-B") == []
    site.write("content/index.en.md", "---\ntitle: More\n---\n")
    assert build(site.root, site.root / ".cache") == []
    site.write("extensions.py", "def extend(registry):\n    pass\n")
    site.write("content/index.en.md", "---\ntitle: Extended\n---\n")
    assert build(site.root, home) == []
