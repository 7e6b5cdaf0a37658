"""A slip of an editor costs one line: one slip of a kind, at random places of the Center's content (`make slips` makes 300)."""

from __future__ import annotations

from pathlib import Path

import pytest
from slips import SLIPS, Injector


@pytest.fixture(scope="module")
def injector(tmp_path_factory: pytest.TempPathFactory) -> Injector:
    root: Path = tmp_path_factory.mktemp("slips")
    return Injector(root, seed=7)


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Injector:
    """A quarter of the Center's site, as each slip costs a check of the whole."""
    root: Path = tmp_path_factory.mktemp("slips")
    return Injector(root, seed=7, languages=("en", "zh", "ru"))


#: In a fact, a text, a catalog, a template and the settings.
ALWAYS = ("quote not closed", "link misspelt", "placeholder of a message", "name of a template", "page of a menu")


#: Slips in no line of a file.
OF_FILES = ("language of the file's name", "source version deleted")


def missed(injector: Injector, kind: str) -> list[str]:
    """What is wrong if a slip is not reported in its file near its line."""
    injector.chance.seed(kind)  # the same slip, whichever have been made before
    outcome = injector.try_one(kind)
    told = outcome.told
    is_reported = told is not None and told.message and (told.line is not None or kind in OF_FILES)
    return [] if is_reported else [str(outcome)]


@pytest.mark.slow
def test_slips_are_reported_in_their_files_near_their_lines(little: Injector) -> None:
    assert [line for kind in ALWAYS for line in missed(little, kind)] == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", SLIPS)
def test_slip_of_any_kind_is_reported_in_its_file_near_its_line(injector: Injector, kind: str) -> None:
    assert missed(injector, kind) == []
