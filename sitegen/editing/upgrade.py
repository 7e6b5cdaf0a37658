"""`upgrade`: what of a site must change for the version of the generator that is installed; what is certain is mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from sitegen import __version__
from sitegen.editing.json_schema import write_schemas
from sitegen.model.loading import load_config
from sitegen.source.files import read_file, remove_folder, replace_files

_SETTINGS = "content/site.yaml"
_PIN = re.compile(r"^sitegen==(\S+)$", re.MULTILINE)


def upgrade(root: Path) -> Iterator[str]:
    """Change what a site must change; yields a line for each change, made or left to a person.

    Raises:
        SiteError: the site's settings can't be read.
    """
    load_config(root)
    for change in CHANGES:
        yield from change(root)


def _theme(root: Path) -> Iterator[str]:
    """Since 0.1 a site without templates of its own says which theme draws it."""
    text = read_file(root, _SETTINGS).decode()
    if not load_config(root).theme and not (root / "templates").is_dir():
        end = "" if text.endswith("\n") else "\n"
        replace_files(root, {_SETTINGS: f"{text}{end}theme: default\n".encode()})
        yield f"{_SETTINGS}: added `theme: default`, as the site has no templates of its own"


def _schemas(root: Path) -> Iterator[str]:
    """Since 0.1 the schemas lie in .vscode/."""
    if (root / "schemas/site.json").is_file() and (root / "schemas/kinds.json").is_file():
        remove_folder(root, "schemas")
        write_schemas(root)
        yield "schemas/: moved to .vscode/schemas/"


def _pin(root: Path) -> Iterator[str]:
    """The version that requirements.txt pins is the one that is installed."""
    path = root / "requirements.txt"
    text = read_file(root, path.name).decode() if path.is_file() else ""
    pinned = _PIN.search(text)
    if pinned and pinned[1] != __version__:
        replace_files(root, {"requirements.txt": _PIN.sub(f"sitegen=={__version__}", text).encode()})
        yield f"requirements.txt: sitegen {pinned[1]} is {__version__} now"


#: What has changed for sites, the oldest first; each mends it or says what is left to do.
CHANGES: tuple[Callable[[Path], Iterator[str]], ...] = (_theme, _schemas, _pin)
