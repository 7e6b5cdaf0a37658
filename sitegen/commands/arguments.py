"""Arguments shared by several commands, and the build options created from them."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.problems.reporters import FORMATS

if TYPE_CHECKING:  # the engine is imported by the command that needs it
    from sitegen.build.options import Options
    from sitegen.build.shards import Shard

#: A module's commands: name → the function that adds the command's arguments, and the one that runs it.
Commands = Mapping[str, tuple[Callable[[ArgumentParser], None], Callable[[Namespace], int]]]


def add_common(parser: ArgumentParser) -> None:
    """Add the arguments for the site's folder and the format of problems."""
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the site's folder (default: the current one)"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="format of the problems")


def add_inputs(parser: ArgumentParser) -> None:
    """Add the arguments that select what to build, and where."""
    add_common(parser)
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site is built (default: public/ in the site's folder)"
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="address of the published site (default: the one in site.yaml)"
    )
    parser.add_argument("--languages", nargs="+", default=(), metavar="PATH", help="build only these languages")
    parser.add_argument("--drafts", action="store_true", help="include drafts and pages that are not due yet")
    parser.add_argument(
        "--as-of", type=day, metavar="DAY", help="build as if on this day, such as 2026-01-31 (default: today)"
    )
    parser.add_argument(
        "--jobs", type=count, default=0, metavar="N", help="number of processes (default: one per core)"
    )
    parser.add_argument(
        "--pseudo", action="store_true", help="include pseudo-locales: en-XA (accented, longer), ar-XB (mirrored)"
    )
    parser.add_argument("--clean", action="store_true", help="ignore the cache of earlier builds")
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")


def add_built(parser: ArgumentParser) -> None:
    """Add the arguments of a command on a built site; see `built`."""
    add_common(parser)
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site was built (default: public/ in the site's folder)"
    )


def built(options: Namespace) -> Path:
    """The folder of the built site."""
    output: Path | None = options.output
    return output or options.root / "public"


def add_compressed(parser: ArgumentParser) -> None:
    """Add the `--compress` argument."""
    parser.add_argument("--compress", action="store_true", help="also write .br and .gz versions of text files")


def shard(text: str) -> Shard:
    """Parse a part of a build, such as 3/8."""
    from sitegen.build.shards import Shard

    return Shard.of(text)


def count(text: str, least: int = 1, most: int = 1000) -> int:
    """Parse a number of processes, tries, releases, or the like."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise ArgumentTypeError(f"'{text}' is not a number from {least} to {most}")
    return int(text)


def percent(text: str) -> int:
    """Parse a percentage."""
    return count(text, 0, 100)


def port(text: str) -> int:
    """Parse the number of a port."""
    return count(text, 1, 65_535)


def day(text: str) -> dt.date:
    """Parse a date, such as 2026-01-31."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is not a day; write it as 2026-01-31") from error


def options_of(options: Namespace) -> Options:
    """The build options given on the command line."""
    from sitegen.build.options import Options

    return Options(
        root=options.root,
        output=built(options),
        base_url=options.base_url,
        languages=tuple(options.languages),
        drafts=options.drafts,
        as_of=options.as_of,
        strict=options.strict,
        jobs=options.jobs,
        clean=options.clean,
        pseudo=options.pseudo,
        compress=getattr(options, "compress", False),
        shard=getattr(options, "shard", None),
        editor=getattr(options, "editor", False),
    )
