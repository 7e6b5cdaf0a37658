"""Compiled templates are kept for the user, are never read from a site's own cache, and never make a page wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import jinja2
import pytest
from conftest import MakeSite, TinySite

from sitegen.cli import main
from sitegen.storage import compiled_templates
from sitegen.storage.cache import Cache

PAGE = "en/index.html"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    return tmp_path / "home/sitegen/templates"


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """What compiles templates, observed."""
    real = jinja2.Environment.compile
    seen = Mock()

    def compile_template(self: jinja2.Environment, *given: object) -> object:
        seen(*given)
        return real(self, *given)  # type: ignore[call-overload]

    monkeypatch.setattr(jinja2.Environment, "compile", compile_template)
    return seen


@pytest.fixture
def site(kept: Path, make_site: MakeSite) -> TinySite:
    made = make_site({"templates/page.html": "<h1>{{ page.title|words }}</h1>{{ page.content }}"})
    made.report(jobs=1)
    return made


def entries(kept: Path) -> list[Path]:
    return [path for path in kept.rglob("*") if path.is_file()]


def test_template_is_compiled_once_for_all_builds(site: TinySite, kept: Path, compiling: Mock) -> None:
    assert entries(kept) != []
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")
    assert "<h1>Other</h1>" in site.build(jobs=1)[PAGE]
    assert compiling.call_count == 0

    site.write("templates/page.html", "<h2>{{ page.title|words }}</h2>{{ page.content }}")
    assert "<h2>Other</h2>" in site.build(jobs=1)[PAGE]
    assert compiling.call_count == 1


def test_clean_build_compiles_again(site: TinySite, compiling: Mock) -> None:
    site.report(clean=True, jobs=1)
    assert compiling.call_count == 1


@pytest.mark.parametrize("content", [b"", b"noise", b"\0" * 200])
def test_damaged_entry_is_made_again(site: TinySite, kept: Path, content: bytes) -> None:
    before = {path: path.read_bytes() for path in entries(kept)}
    for path in before:
        path.write_bytes(content)
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")

    assert "<h1>Other</h1>" in site.build(jobs=1)[PAGE]
    assert {path: path.read_bytes() for path in entries(kept)} == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows gives each user folders of their own")
@pytest.mark.parametrize("folder", [".", ".."])
def test_folder_that_others_can_write_is_not_used(site: TinySite, kept: Path, compiling: Mock, folder: str) -> None:
    (kept / folder).chmod(0o777)
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")

    assert "<h1>Other</h1>" in site.build(jobs=1)[PAGE]
    assert compiling.call_count == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="links need rights on Windows")
def test_link_in_place_of_the_folder_is_not_followed(site: TinySite, kept: Path, tmp_path: Path) -> None:
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    assert compiled_templates.compiled_templates(site.root, is_read=True) is None


def test_home_within_the_site_is_not_used(
    site: TinySite, kept: Path, compiling: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(kept, site.root / ".cache/sitegen/templates")
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.root / ".cache"))
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")

    assert "<h1>Other</h1>" in site.build(jobs=1)[PAGE]
    assert compiling.call_count == 1


def test_file_in_place_of_the_folder_only_costs_time(site: TinySite, kept: Path, compiling: Mock) -> None:
    kept.rename(kept.parent / "other")
    kept.write_text("")
    site.report(clean=True, jobs=1)
    assert compiling.call_count == 1


def test_code_of_a_site_with_extensions_is_not_kept(make_site: MakeSite, kept: Path) -> None:
    site = make_site()
    site.write("extensions.py", "def extend(registry):\n    pass\n")
    assert main(["build", "--root", str(site.root), "--jobs", "1"]) == 0
    assert entries(kept) == []


def test_nothing_is_kept_where_python_keeps_nothing(
    make_site: MakeSite, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    make_site().report(jobs=1)
    assert entries(kept) == []


def test_older_half_of_too_many_entries_is_removed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_templates, "MOST", 3)
    cache = Cache(kept)
    for number in range(4):
        cache.keep(f"{number:064}", b"code")
        os.utime(kept / "00" / f"{number:064}", (number, number))
    compiled_templates.thin_out(cache)
    assert [path.name[-1] for path in sorted(entries(kept))] == ["2", "3"]
    compiled_templates.thin_out(cache)
    assert len(entries(kept)) == 2
