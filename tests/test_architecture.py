"""The engine's shape: who imports whom, and that it knows nothing of the site it builds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPOSITORY

ENGINE = REPOSITORY / "sitegen"

#: A module imports only from those above it.
ORDER = (
    "errors",
    "diagnostics",
    "model",
    "nodes",
    "fields",
    "scripts",
    "icu",
    "config",
    "locales",
    "urls",
    "shape",
    "markup",
    "unmarked",
    "shelf",
    "cache",
    "pictures",
    "drawings",
    "workers",
    "content",
    "library",
    "coverage",
    "prose",
    "search",
    "selections",
    "views",
    "structured",
    "calendars",
    "cards",
    "assets",
    "templates",
    "hosts",
    "editor",
    "render",
    "structure",
    "check",
    "output",
    "release",
    "releases",
    "branch",
    "remote",
    "compress",
    "memory",
    "aspects",
    "rebuild",
    "shards",
    "pipeline",
    "bar",
    "edits",
    "orders",
    "records",
    "history",
    "segments",
    "units",
    "tables",
    "hugo",
    "infer",
    "adopt",
    "carry",
    "shortcodes",
    "unhtml",
    "adapt",
    "rewriting",
)
#: Used by build.py alone, and by one another not at all.
COMMANDS = (
    "scaffold",
    "serve",
    "translate",
    "exchange",
    "compare",
    "publish",
    "verify",
    "archive",
    "live",
    "explain",
    "moves",
    "mend",
    "schema",
    "importing",
)

MODULES = sorted(path for path in ENGINE.glob("*.py") if path.stem != "__init__")


def imported(path: Path) -> Iterator[str]:
    """Modules of the engine that a file imports, within functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("sitegen"))
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield f"(relative) {node.module}"
        elif isinstance(node, ast.ImportFrom) and node.module == "sitegen":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sitegen."):
            yield (node.module or "").removeprefix("sitegen.")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_has_its_place_in_the_order(path: Path) -> None:
    assert path.stem in ORDER + COMMANDS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_imports_only_from_modules_above_it(path: Path) -> None:
    above = ORDER[: ORDER.index(path.stem)] if path.stem in ORDER else ORDER

    assert set(imported(path)) - set(above) == set()


def test_the_order_names_no_module_that_is_gone() -> None:
    assert {path.stem for path in MODULES} == set(ORDER + COMMANDS)


def test_engine_is_one_flat_package() -> None:
    assert [path.name for path in ENGINE.iterdir() if path.is_dir() and path.name != "__pycache__"] == []


@pytest.mark.parametrize("path", [*MODULES, REPOSITORY / "build.py"], ids=lambda path: path.stem)
def test_engine_mentions_nothing_of_the_center(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [
        word for word in ("XJTU", "SCO", "Xi'an", "Xi’an", "Jiaotong", "Shanghai Cooperation") if word in text
    ] == []
