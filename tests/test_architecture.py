"""The engine's architecture: who imports whom, and that it knows nothing of the site it builds."""

from __future__ import annotations

import ast
import graphlib
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from drawing import DRAWING, ENGINE, FLOORS, draw, imported

FLOOR_OF = {package: number for number, line in enumerate(FLOORS) for package in line.split()}
MODULES = sorted(path for path in ENGINE.rglob("*.py") if path.stem != "__init__")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ENGINE).with_suffix("").parts)


def is_lower(package: str, name: str) -> bool:
    """Whether a module may import from a package: its own, or one of a lower layer."""
    own = name.partition(".")[0]
    return package == own or FLOOR_OF[package] < FLOOR_OF[own]


def test_every_package_has_its_layer() -> None:
    packages = {path.name for path in ENGINE.iterdir() if any(path.glob("**/*.py"))}

    assert packages | {"api", "extensions", "cli", "__main__"} == set(FLOOR_OF)


def test_modules_import_only_lower_layers() -> None:
    """One test for all modules, as the next ones: each module by itself would cost every process a reading of the engine."""
    found = {name_of(path): {name.partition(".")[0] for name in imported(path)} for path in MODULES}
    upward = [(name, other) for name, others in found.items() for other in sorted(others) if not is_lower(other, name)]

    assert len(found) > 200
    assert upward == []


def test_no_module_imports_itself_through_others() -> None:
    """What is imported for types alone is left out: the views of a page and their scope are made of each other."""
    graph = {name_of(path): set(imported(path, at_run_time=True)) for path in MODULES}

    assert set(graphlib.TopologicalSorter(graph).static_order()) >= set(graph)


def test_records_are_structs() -> None:
    """`msgspec.Struct` is made in 11 µs and a dataclass in 555, of which a command would make a hundred as it starts.

    The library is a dataclass, since what outputs see of it is made otherwise.
    """
    found = {name_of(path) for path in MODULES if "dataclasses" in path.read_text(encoding="utf-8")}

    assert found - {"library.library", "library.assembly", "render.dependency_recording"} == set()


def test_engine_mentions_nothing_of_the_center() -> None:
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}
    words = ("XJTU", "SCO", "Xi'an", "Xi’an", "Jiaotong", "Shanghai Cooperation")

    assert [(name, word) for name, text in texts.items() for word in words if word in text] == []


def test_drawing_of_the_packages_matches_the_code() -> None:
    """`python tests/scripts/drawing.py` draws it anew."""
    assert DRAWING.read_text(encoding="utf-8") == draw()


def test_every_folder_of_tests_is_collected(pytestconfig: pytest.Config) -> None:
    """By default pytest passes over folders named `build`, and with it over all tests of the package of that name."""
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {
        path.parent.name for path in Path(__file__).parent.rglob("test_*.py") if "node_modules" not in path.parts
    }

    assert [name for name in sorted(folders) if any(fnmatch(name, pattern) for pattern in passed_over)] == []


#: A possessive quantifier behind a group; what is in brackets stands for itself.
_POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")
_FOR_ITSELF = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\)", re.DOTALL)


def possessive_groups(code: str) -> list[str]:
    """The texts of a program, other than docstrings, in which a possessive group stands."""
    tree = ast.parse(code)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    texts = [text.decode("latin-1") if isinstance(text, bytes) else text for text in texts]
    return [text for text in texts if isinstance(text, str) and _POSSESSIVE_GROUP.search(_FOR_ITSELF.sub("x", text))]


@pytest.mark.slow
def test_patterns_have_no_possessive_groups() -> None:
    """Until 3.11.5, Python goes on behind what the last try of one, which failed, had read (gh-106052): write `(?>(?:…)*)`."""
    found = {name_of(path): possessive_groups(path.read_text(encoding="utf-8")) for path in MODULES}

    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("pattern", ["(?:ab)*+", "((a)|b)++", "(a)?+", "(?:ab){1,2}+", "[(]a(b)*+"])
def test_a_possessive_group_is_found(pattern: str) -> None:
    assert possessive_groups(f"re.compile(r'{pattern}')") == possessive_groups(f"x = rb'{pattern}'") == [pattern]


@pytest.mark.parametrize("pattern", ["(?>(?:ab)*)", "(a)[b]*+", "[()*+]", r"\([^()]*+\)", r"\)*+", "a++"])
def test_other_patterns_are_not_taken_for_one(pattern: str) -> None:
    assert possessive_groups(f"re.compile(r'{pattern}')") == []
