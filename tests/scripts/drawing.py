"""Draw the packages of the engine: one row a floor, imports going down only, and the way of a page through them.

usage: python tests/scripts/drawing.py      writes docs/packages.svg, which a test compares with the code
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ENGINE = REPOSITORY / "sitegen"
DRAWING = REPOSITORY / "docs" / "packages.svg"

#: Packages in the order of the pipeline: one imports from the rows above its own alone, and never from its own row.
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
    "commands extensions",
    "cli",
    "__main__",
)
#: Where a page is on its way from a file to its readers.
WAY = {
    "source": "YAML with places",
    "content": "Document",
    "library": "Page in Library",
    "render": "Output",
    "build": "written or kept",
    "publish": "Release",
}

_WIDTH, _BOX, _GAP, _LEFT = 960, 62, 14, 20


def imported(path: Path, *, at_run_time: bool = False) -> Iterator[str]:
    """Modules of the engine that a file imports, within functions too: "source.yaml"; for types too, unless at run time."""
    for node in _statements(ast.parse(path.read_text(encoding="utf-8")), at_run_time=at_run_time):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("sitegen"))
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield f"(relative) {node.module}"
        elif isinstance(node, ast.ImportFrom) and node.module == "sitegen":
            yield from (alias.name for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sitegen."):
            yield (node.module or "").removeprefix("sitegen.")


def _statements(within: ast.AST, *, at_run_time: bool) -> Iterator[ast.AST]:
    """All but expressions, which import nothing and are most of the code."""
    for node in ast.iter_child_nodes(within):
        if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)) and not (
            at_run_time and _is_for_types(node)
        ):
            yield node
            yield from _statements(node, at_run_time=at_run_time)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def draw(floors: Sequence[str] = FLOORS) -> str:
    """The drawing as SVG, in the reader's own colour and font; the same for the same code."""
    rows = [line.split() for line in floors]
    height = len(rows) * (_BOX + _GAP) + _GAP
    parts = [part for number, row in enumerate(rows) for part in _row(number, row)]
    title = "The packages of the engine; each imports only from the rows above it"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13" fill="currentColor"><title>{title}</title>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _row(number: int, packages: Sequence[str]) -> Iterator[str]:
    width = (_WIDTH - 2 * _LEFT - _GAP * (len(packages) - 1)) / len(packages)
    top = _GAP + number * (_BOX + _GAP)
    for place, package in enumerate(packages):
        left = _LEFT + place * (width + _GAP)
        yield f'<g transform="translate({left:.0f} {top})">{_box(package, width)}</g>'


def _box(package: str, width: float) -> str:
    lines = textwrap.wrap(purpose(package), int(width / 7.2))[:2]
    texts = "".join(f'<text x="12" y="{38 + 16 * row}">{escape(line)}</text>' for row, line in enumerate(lines))
    way = f'<text x="{width - 12:.0f}" y="20" text-anchor="end" font-style="italic">{WAY.get(package, "")}</text>'
    return (
        f'<rect width="{width:.0f}" height="{_BOX}" rx="6" fill="none" stroke="currentColor"/>'
        f'<text x="12" y="20" font-weight="bold">{package}</text>{way if package in WAY else ""}{texts}'
    )


def purpose(package: str) -> str:
    """The first line of a package's docstring, without its full stop."""
    path = ENGINE / package / "__init__.py" if (ENGINE / package).is_dir() else ENGINE / f"{package}.py"
    return (
        (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        .partition("\n")[0]
        .rstrip(".")
        .replace("`", "")
    )


if __name__ == "__main__":
    DRAWING.write_text(draw(), encoding="utf-8")
    sys.stdout.write(f"{DRAWING.relative_to(REPOSITORY)}\n")
