"""The importer is that which recognizes the folder, or that with the name."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TinySite

from sitegen.importers.registry import IMPORTERS, importer_for
from sitegen.problems.problem import SiteError


def test_command_picks_the_importer_by_the_folder_or_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    TinySite(folder).write("mkdocs.yml", "site_name: Guide\n")

    assert importer_for(folder) is IMPORTERS["mkdocs"]
    assert importer_for(tmp_path) is IMPORTERS["hugo"]
    assert importer_for(folder, "hugo") is IMPORTERS["hugo"]
    with pytest.raises(SiteError) as caught:
        importer_for(folder, "jekyll")
    assert caught.value.problems[0].message == "--from: 'jekyll' is not an importer"
