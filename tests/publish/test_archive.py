"""A built site as an archive, checked by tar, sha256sum and the official CycloneDX schema."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite

from sitegen.problems.problem import SiteError
from sitegen.publish.archive import BOM, archive
from sitegen.publish.manifest import manifest_of, read_manifest
from sitegen.storage.output import MANIFEST


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A built site."""
    made = make_site({"content/новости/index.en.md": "---\ntitle: News\n---\n"})
    made.build()
    return made


def test_the_archive_is_the_site_and_its_manifest_says_so(site: TinySite, tmp_path: Path) -> None:
    packed, manifest, _ = archive(site.public, tmp_path / "kept")
    (tmp_path / "open").mkdir()
    subprocess.run(["tar", "-xzf", str(packed), "-C", str(tmp_path / "open")], check=True)
    sums = read_manifest(manifest.read_bytes(), MANIFEST).sums
    done = subprocess.run(["sha256sum", "-c", "--quiet"], cwd=tmp_path / "open", input=sums.encode())

    assert done.returncode == 0
    assert {path.relative_to(tmp_path / "open").as_posix() for path in (tmp_path / "open").rglob("*.html")} == {
        path for path in site.files() if path.endswith(".html")
    }


def test_the_same_site_makes_the_same_archive(site: TinySite, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in archive(site.public, tmp_path / "first")]
    for path in site.public.rglob("*"):
        os.utime(path, (0, 0))
        path.chmod(0o700)

    assert [path.read_bytes() for path in archive(site.public, tmp_path / "second")] == first


def error_of(bill: str) -> object:
    """What CycloneDX's own validator finds in a bill of materials."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # which takes a second to import

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)


@pytest.mark.slow
def test_the_bill_of_materials_is_valid_and_names_what_is_installed(site: TinySite, tmp_path: Path) -> None:
    text = archive(site.public, tmp_path)[2].read_text(encoding="utf-8")
    parts = {part["name"]: part for part in json.loads(text)["components"]}

    assert error_of(text) is None
    assert parts["jinja2"]["version"] == importlib.metadata.version("jinja2")
    assert parts["jinja2"]["purl"].startswith("pkg:pypi/jinja2@")
    assert {"CPython", "babel", "pyyaml"} <= parts.keys()
    assert json.loads(text)["metadata"]["component"]["version"] == manifest_of(site.public).name


@pytest.mark.slow
def test_an_invalid_bill_would_be_found(tmp_path: Path, site: TinySite) -> None:
    archive(site.public, tmp_path)
    text = (tmp_path / BOM).read_text(encoding="utf-8").replace('"type": "library"', '"type": "thing"')

    assert error_of(text) is not None


def test_a_folder_without_a_built_site_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        archive(tmp_path, tmp_path / "kept")

    assert "no built site" in str(caught.value.problems[0])
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("name", [MANIFEST, BOM, "{name}.tar.gz"])
def test_a_file_that_is_no_archive_is_not_replaced(site: TinySite, tmp_path: Path, name: str) -> None:
    foreign = tmp_path / name.format(name=manifest_of(site.public).name)
    foreign.write_text("mine")

    with pytest.raises(SiteError, match="1 problem") as caught:
        archive(site.public, tmp_path)

    assert f"{foreign}: error[release]: the file was not made by `archive`" in str(caught.value.problems[0])
    assert foreign.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [foreign.name]


def test_an_archive_that_was_interrupted_is_made_whole(site: TinySite, tmp_path: Path) -> None:
    packed, manifest, bom = archive(site.public, tmp_path)
    whole = packed.read_bytes()
    manifest.unlink()
    bom.unlink()

    assert archive(site.public, tmp_path) == (packed, manifest, bom)
    assert packed.read_bytes() == whole


def test_an_archive_is_replaced_by_the_next(site: TinySite, tmp_path: Path) -> None:
    archive(site.public, tmp_path / "kept")
    site.write("content/новости/index.en.md", "---\ntitle: Other\n---\n")
    site.build()

    _, manifest, _ = archive(site.public, tmp_path / "kept")

    assert read_manifest(manifest.read_bytes(), MANIFEST).name == manifest_of(site.public).name


def test_a_site_is_not_packed_into_itself(site: TinySite) -> None:
    before = site.files()

    with pytest.raises(SiteError):
        archive(site.public, site.public / "kept")

    assert site.files() == before
