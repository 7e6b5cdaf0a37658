"""`upgrade`: finds what a site must change for the installed version of the generator, and makes the safe changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from sitegen.editing.json_schema import write_schemas
from sitegen.editing.requirement import DISTRIBUTION, is_local, requirement
from sitegen.model.loading import load_config
from sitegen.problems.problem import SiteError
from sitegen.source.file_writing import remove_file, remove_folder, replace_files, replace_texts
from sitegen.source.files import read_file, read_text
from sitegen.source.text import Source
from sitegen.source.yaml import parse

_SETTINGS = "content/site.yaml"
#: A line that requires the generator, by its name today or before 0.1; without the end of the line.
_PIN = re.compile(rf"^(?:sitegen|{DISTRIBUTION})(?:==| @ )(\S+)", re.MULTILINE)


def upgrade(root: Path) -> Iterator[str]:
    """Upgrade a site; yield a line for each change, whether it is made or left to do by hand.

    Raises:
        SiteError: the site's settings can't be read.
    """
    load_config(root)
    for change in CHANGES:
        yield from change(root)


def _theme(root: Path) -> Iterator[str]:
    """Since 0.1, a site without its own templates must name its theme."""
    text = read_file(root, _SETTINGS).decode()
    if not load_config(root).theme and not (root / "templates").is_dir():
        line = "\r\n" if "\r\n" in text else "\n"
        now = f"{text}{'' if text.endswith(line) else line}theme: default{line}"
        try:
            is_read = "theme" in parse(Source.of(_SETTINGS, now), now).value
        except SiteError:  # for example, after settings in flow style
            is_read = False
        if is_read:
            replace_texts(root, {_SETTINGS: now.encode()})
        done = "added `theme: default`" if is_read else "add `theme: default`"
        yield f"{_SETTINGS}: {done}, as the site has no templates of its own"


def _schemas(root: Path) -> Iterator[str]:
    """Since 0.1, the schemas are in .vscode/."""
    old = ("schemas/site.json", "schemas/kinds.json")
    if (root / "schemas").is_symlink() or not all((root / path).is_file() for path in old):
        return
    for path in old:
        remove_file(root, path)
    if not any((root / "schemas").iterdir()):
        remove_folder(root, "schemas")
    write_schemas(root)
    yield "schemas/: moved to .vscode/schemas/"


def _pin(root: Path) -> Iterator[str]:
    """Require the installed version in requirements.txt; an address stays if the installed one has none for others."""
    path = root / "requirements.txt"
    text = read_text(root, path.name) if path.is_file() else ""
    pinned = _PIN.search(text)
    now = requirement()
    if pinned and pinned[0] != now and not (" @ " in pinned[0] and is_local()):
        replace_files(root, {path.name: _PIN.sub(now, read_file(root, path.name).decode()).encode()})
        yield f"requirements.txt: changed {pinned[0]} to {now}"


#: Changes that affect sites, oldest first; each function makes the change or says what is left to do.
CHANGES: tuple[Callable[[Path], Iterator[str]], ...] = (_theme, _schemas, _pin)
