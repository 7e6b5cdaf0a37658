"""Hints name the command as the user runs it: build.py in this repository, sitegen elsewhere."""

from __future__ import annotations

import sys

import pytest
from conftest import MakeSite

from sitegen.cli import main
from sitegen.problems.explain import as_markdown

LABELS = "page:\n  template: page.html\n  facts:\n    state: {type: choice, of: [open, full]}\n"


@pytest.mark.parametrize("typed", ["sitegen", "build.py"])
@pytest.mark.parametrize(
    "command",
    ["check", "check --format json", "check --format github", "translate status", "new", "import a.csv"],
)
def test_hint_names_the_command_that_was_typed(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, command: str
) -> None:
    site = make_site({"content/index.fr.md": "---\ntitle: Accueil\n---\n", "a.csv": "title\n"}, kinds=LABELS)
    monkeypatch.setattr(sys, "argv", [f"/bin/{typed}"])
    monkeypatch.chdir(site.root)

    main(command.split())

    told = "".join(capsys.readouterr())
    other = {"sitegen": "build.py", "build.py": "sitegen"}[typed]
    assert typed in told
    assert other not in told


def test_page_of_all_problems_is_written_for_sites_that_have_no_engine_of_their_own() -> None:
    assert "build.py" not in as_markdown()
