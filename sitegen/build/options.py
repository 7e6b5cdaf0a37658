"""What a build is asked for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # what a build needs that finds nothing changed is imported before anything else
    from sitegen.build.shards import Shard

#: Folders of a site that builds read.
INPUTS = ("content", "templates", "static", "translations")


class Options(Struct, frozen=True, kw_only=True):
    """What a build is asked for.

    Attributes:
        languages: paths of those to build; all when empty.
        as_of: the day on which the site is built; decides what is due. None: the clock's.
        strict: warnings count as errors.
        jobs: how many processes may work at once; as many as the machine runs when 0.
        clean: ignore what earlier builds left in the cache.
        pseudo: with pseudo-locales, made of the source language.
        compress: with compressed versions beside the texts.
        shard: only this part of the files.
        editor: with the editor in the browser, whatever site.yaml says.
        remembers: uses what earlier builds remember, and leaves it for the next.
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
