"""The engine's shape: who imports whom, and that it knows nothing of the site it builds."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPOSITORY

ENGINE = REPOSITORY / "sitegen"

#: Packages in the order of the pipeline: one imports from those above its line alone, and never from one on its own.
FLOORS = (
    "problems",
    "source",
    "i18n",
    "model",
    "storage",
    "content media",
    "library",
    "hosting",
    "render checks",
    "build translation",
    "editing importers publish preview api",
    "cli",
    "__main__",
)
FLOOR_OF = {package: number for number, line in enumerate(FLOORS) for package in line.split()}
MODULES = sorted(path for path in ENGINE.rglob("*.py") if path.stem != "__init__")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ENGINE).with_suffix("").parts)


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


def test_every_package_has_its_floor() -> None:
    packages = {path.name for path in ENGINE.iterdir() if any(path.glob("**/*.py"))}

    assert packages | {"api", "cli", "__main__"} == set(FLOOR_OF)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_imports_only_downward(path: Path) -> None:
    package = name_of(path).partition(".")[0]
    others = {name.partition(".")[0] for name in imported(path)} - {package}

    assert [other for other in sorted(others) if FLOOR_OF[other] >= FLOOR_OF[package]] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name_of(path): set(imported(path)) for path in MODULES}

    assert set(graphlib.TopologicalSorter(graph).static_order()) >= set(graph)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_engine_mentions_nothing_of_the_center(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [
        word for word in ("XJTU", "SCO", "Xi'an", "Xi’an", "Jiaotong", "Shanghai Cooperation") if word in text
    ] == []
