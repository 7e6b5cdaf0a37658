"""The sorts of sites that `import` brings over: how each is recognised, and what reads it.

A new one is a module with a function that gives a `Draft`, and a line of `IMPORTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from sitegen.importers.draft import Draft
from sitegen.problems.problem import Problem, SiteError, listing


class Importer(Struct, frozen=True, kw_only=True):
    """A sort of sites.

    Attributes:
        recognises: whether a folder has a site of this sort.
        read: reads it; raises SiteError where its settings can't be read.
    """

    recognises: Callable[[Path], bool]
    read: Callable[[Path], Draft]


def _hugo(folder: Path) -> Draft:
    from sitegen.importers.hugo.draft import read_hugo

    return read_hugo(folder)


def _mkdocs(folder: Path) -> Draft:
    from sitegen.importers.mkdocs import read_mkdocs

    return read_mkdocs(folder)


#: What a folder has that Hugo reads.
_OF_HUGO = ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "config.yaml", "config.json", "config")
#: Name, as `--from` takes it → importer; the first that recognises a folder reads it.
IMPORTERS: dict[str, Importer] = {
    "mkdocs": Importer(
        recognises=lambda folder: any((folder / name).is_file() for name in ("mkdocs.yml", "mkdocs.yaml")), read=_mkdocs
    ),
    "hugo": Importer(recognises=lambda folder: any((folder / name).exists() for name in _OF_HUGO), read=_hugo),
}


def importer_for(folder: Path, name: str = "") -> Importer:
    """The importer of this name, or the one that recognizes the folder; without any, that of Hugo says what it misses.

    Raises:
        SiteError: there is none of that name.
    """
    if name and name not in IMPORTERS:
        message, hint = f"--from: '{name}' is not an importer", f"importers are {listing(IMPORTERS)}"
        raise SiteError([Problem(path=str(folder), code="not-imported", message=message, hint=hint)])
    recognised = (one for one in IMPORTERS.values() if one.recognises(folder))
    return IMPORTERS[name] if name else next(recognised, IMPORTERS["hugo"])
