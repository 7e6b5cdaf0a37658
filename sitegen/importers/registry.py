"""The importers of `import`: how each recognizes its sites, and how it reads them.

To add one, write a module with a function that returns a `Draft`, and add it to `IMPORTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from sitegen.importers.draft import Draft
from sitegen.problems.problem import listing, refusal


class Importer(Struct, frozen=True, kw_only=True):
    """An importer for the sites of a generator.

    Attributes:
        recognises: whether a folder contains such a site.
        read: reads the site; raises SiteError if its settings can't be read.
    """

    recognises: Callable[[Path], bool]
    read: Callable[[Path], Draft]


def _hugo(folder: Path) -> Draft:
    from sitegen.importers.hugo.conversion import read_hugo

    return read_hugo(folder)


def _mkdocs(folder: Path) -> Draft:
    from sitegen.importers.mkdocs.conversion import read_mkdocs

    return read_mkdocs(folder)


#: Files or folders that identify a Hugo site.
_OF_HUGO = ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "config.yaml", "config.json", "config")
#: Name for `--from` → importer; by default, the first importer that recognizes the folder is used.
IMPORTERS: dict[str, Importer] = {
    "mkdocs": Importer(
        recognises=lambda folder: any((folder / name).is_file() for name in ("mkdocs.yml", "mkdocs.yaml")), read=_mkdocs
    ),
    "hugo": Importer(recognises=lambda folder: any((folder / name).exists() for name in _OF_HUGO), read=_hugo),
}


def importer_for(folder: Path, name: str = "") -> Importer:
    """Return the importer of this name or the one that recognizes the folder, or Hugo's, which then reports errors.

    Raises:
        SiteError: there is no importer with this name.
    """
    if name and name not in IMPORTERS:
        hint = f"importers are {listing(IMPORTERS)}"
        raise refusal(folder, "not-imported", f"--from: '{name}' is not an importer", hint)
    recognised = (one for one in IMPORTERS.values() if one.recognises(folder))
    return IMPORTERS[name] if name else next(recognised, IMPORTERS["hugo"])
