"""The options of a build."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # a build that finds nothing changed imports this module before the engine
    from sitegen.build.shards import Shard

#: Folders of a site that builds read.
INPUTS = ("content", "templates", "static", "translations")
#: Folders of a site that nothing made from it is written to.
OWN = (*INPUTS, ".git")
#: Folders of a site that no release is put into: caches are deleted without asking.
UNPUBLISHED = (*OWN, ".cache")


class Options(Struct, frozen=True, kw_only=True):
    """The options of a build.

    Attributes:
        languages: paths of the languages to build; all when empty.
        as_of: the day on which the site is built, which decides what is due; the clock's day when None.
        strict: warnings count as errors.
        jobs: how many processes may work at once; as many as the machine can run when 0.
        clean: ignore what earlier builds left in the cache.
        pseudo: also build pseudo-locales, made from the source language.
        compress: also write compressed versions of text files.
        shard: build only this part of the files.
        editor: include the editor in the browser, whatever site.yaml says.
        remembers: use what earlier builds remember, and save a record for the next.
    """

    root: Path
    output: Path
    base_url: str | None = None
    languages: tuple[str, ...] = ()
    drafts: bool = False
    as_of: dt.date | None = None
    strict: bool = False
    jobs: int = 0
    clean: bool = False
    pseudo: bool = False
    compress: bool = False
    shard: Shard | None = None
    editor: bool = False
    remembers: bool = True
