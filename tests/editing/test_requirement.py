"""The requirement of a site installs the same generator again, wherever it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from sitegen import __version__
from sitegen.editing.requirement import is_local, requirement

REPOSITORY = {"url": "https://code.example/sitegen.git", "vcs_info": {"vcs": "git", "commit_id": "ab12"}}
WHEEL = {"url": "https://files.example/s-0.1.0.whl", "archive_info": {"hashes": {"sha256": "cd34"}}}
CASES: list[tuple[dict[str, Any] | None, str | None, str, bool]] = [
    (None, None, f"=={__version__}", False),
    (REPOSITORY, "git+https://code.example/sitegen.git@ab12", "", False),
    (WHEEL, "https://files.example/s-0.1.0.whl#sha256=cd34", "", False),
    ({"url": "file:///home/me/sitegen", "dir_info": {}}, None, f"=={__version__}", True),
]


@pytest.mark.parametrize(
    ("origin", "url", "version", "local"), CASES, ids=["index", "git", "wheel on the web", "folder"]
)
def test_requirement_names_the_origin_of_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: Any, url: str | None, version: str, local: bool
) -> None:
    """The folder that pip leaves, with the origin as PEP 610 records it; read by the library that pip itself uses."""
    folder = tmp_path / f"multilingual_sitegen-{__version__}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: multilingual-sitegen\nVersion: {__version__}\n")
    if origin:
        (folder / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(str(tmp_path))

    read = Requirement(requirement())

    assert (read.name, read.url, str(read.specifier), is_local()) == ("multilingual-sitegen", url, version, local)


def test_generator_that_runs_from_a_clone_is_required_by_its_version() -> None:
    assert (requirement(), is_local()) == (f"multilingual-sitegen=={__version__}", True)
