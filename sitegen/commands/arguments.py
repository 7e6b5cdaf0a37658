"""Arguments shared by several commands, and the build options created from them."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen.problems.reporters import FORMATS

if TYPE_CHECKING:  # the engine is imported by the command that needs it
    from sitegen.build.options import Options

#: Adds an argument to the parser of a command, or to a group of arguments.
Add = Callable[[Any], object]


class Command:
    """A command: what runs it and returns the exit status, and how each of its arguments is added.

    `what` is the help text of an action; that of a command is in `sitegen.cli`.
    """

    def __init__(self, run: Callable[[Namespace], int], *arguments: Add, what: str = "") -> None:
        self.run, self.arguments, self.what = run, arguments, what

    def add_to(self, parser: ArgumentParser) -> None:
        """Add the arguments to the command's parser."""
        for add in self.arguments:
            add(parser)


#: A module's commands by name.
Commands = Mapping[str, Command]


def option(name: str, what: str, metavar: str | None = None, **given: Any) -> Add:
    """A word of the command line, or an option with a value, and its help text; the rest is as argparse takes it."""
    return lambda parser: parser.add_argument(name, help=what, metavar=metavar, **given)


def flag(name: str, what: str, **given: Any) -> Add:
    """An option without a value, and its help text."""
    return lambda parser: parser.add_argument(name, help=what, **{"action": "store_true", **given})


def one_of(*arguments: Add, is_required: bool = False) -> Add:
    """Options that exclude each other."""

    def add(parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group(required=is_required)
        for own in arguments:
            own(group)

    return add


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


def host(text: str) -> str:
    """Parse an address to listen on; an empty one, as of a variable that is not set, would be every one of this machine."""
    if not text.strip():
        raise ArgumentTypeError("no address is named; leave the option out, or name one, such as 127.0.0.1")
    return text


def day(text: str) -> dt.date:
    """Parse a date, such as 2026-01-31."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is not a day; write it as 2026-01-31") from error


ROOT = option("--root", "the site's folder (default: the current one)", "DIR", type=Path, default=Path())
#: The site's folder, and the format of problems.
COMMON = (ROOT, option("--format", "format of the problems", choices=FORMATS, default="text"))
#: What to build, and where.
INPUTS = (
    *COMMON,
    option("--output", "where the site is built (default: public/ in the site's folder)", "DIR", type=Path),
    option("--base-url", "address of the published site (default: the one in site.yaml)", "URL"),
    option("--languages", "build only these languages", "PATH", nargs="+", default=()),
    flag("--drafts", "include drafts and pages that are not due yet"),
    option("--as-of", "build as if on this day, such as 2026-01-31 (default: today)", "DAY", type=day),
    option("--jobs", "number of processes (default: one per core)", "N", type=count, default=0),
    flag("--pseudo", "include pseudo-locales: en-XA (accented, longer), ar-XB (mirrored)"),
    flag("--clean", "ignore the cache of earlier builds"),
    flag("--strict", "treat warnings as errors"),
)
#: Of a command on a built site; see `built`.
BUILT = (
    *COMMON,
    option("--output", "where the site was built (default: public/ in the site's folder)", "DIR", type=Path),
)
COMPRESS = flag("--compress", "also write .br and .gz versions of text files")


def built(options: Namespace) -> Path:
    """The folder of the built site."""
    output: Path | None = options.output
    return output or options.root / "public"


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
