"""The command line: `python build.py --help`."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from sitegen import __version__
from sitegen.commands.console import PROBLEMS, WRONG_USE, tell
from sitegen.problems.crash import report_crash
from sitegen.problems.problem import SiteError
from sitegen.problems.program_name import program
from sitegen.problems.safe_output import Log, Terminal

#: Command → the module of sitegen.commands that defines it, imported only when the command runs, and its help text.
COMMANDS = {
    "build": ("building", "build the site into public/"),
    "merge": ("building", "join the parts of a build into public/"),
    "verify": ("checking", "build again and compare every byte"),
    "check": ("checking", "run every check; publish nothing"),
    "serve": ("building", "preview all languages, reloading what changes"),
    "hosts": ("publishing", "print the configuration for a server"),
    "publish": ("publishing", "publish the built site, all of it or nothing"),
    "init": ("sites", "create a site with the default theme"),
    "upgrade": ("sites", "change a site for the installed version"),
    "archive": ("publishing", "pack the built site into files to keep or to attest"),
    "new": ("pages", "create a page in the source language"),
    "import": ("sites", "import a Hugo site, or the rows of a table as pages"),
    "rename": ("pages", "move a page; links follow, old addresses redirect"),
    "remove": ("pages", "remove a page that no other page names"),
    "schema": ("sites", "write JSON Schemas and settings for editors"),
    "explain": ("checking", "explain a problem code, with examples; without a code, list all codes"),
    "docs": ("documentation", "show the documentation of this version in the browser"),
    "compare": ("building", "show what a change means for readers, by language"),
    "translate": ("translating", "translations: status, diff, accept, review, export, import, extract, update"),
}

#: Why a file takes nothing more that is printed.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO})
#: Commands whose root is not the site that they create.
_WITHOUT_SITE = ("init", "docs")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status: 0 for success, 1 for problems in the site, 2 for wrong use."""
    _use_utf_8()
    _open_closed_streams()
    with redirect_stderr(cast("TextIO", Terminal(sys.stderr))), _guarded_output():
        return _main(arguments)


def _guarded_output() -> AbstractContextManager[object]:
    """Keep control sequences out of a terminal; leave output to a file or another program, but a log, unchanged."""
    return redirect_stdout(cast("TextIO", (Terminal if sys.stdout.isatty() else Log)(sys.stdout)))


def _main(arguments: Sequence[str]) -> int:
    try:
        try:
            return run(arguments)
        finally:  # after --help too
            sys.stdout.flush()
    except BrokenPipeError:  # the reader closed the pipe, as `head` does
        return _without_output()
    except KeyboardInterrupt:
        return WRONG_USE
    except Exception as error:  # the last resort: report it as a bug in the program
        if isinstance(error, OSError) and error.errno in _NO_ROOM:  # commands report those of files
            print(f"{program()}: the output can't be written: {os.strerror(error.errno)}", file=sys.stderr)
            return _without_output()
        print(f"{program()}: {report_crash(error, arguments)}", file=sys.stderr)
        return PROBLEMS


def _without_output() -> int:
    """Drop what is still to be printed, and return the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PROBLEMS


def run(arguments: Sequence[str]) -> int:
    """Run one command as `main` does, but let errors in the program itself propagate."""
    words = _with_command_first(list(arguments))
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "build")
    return _run(command_line(words[:1]).parse_args(words))


def _with_command_first(words: list[str]) -> list[str]:
    """Move the options that every command has behind the command: `--root site new` becomes `new --root site`."""
    start = 0
    while start < len(words) and words[start].partition("=")[0] in ("--root", "--format"):
        start += 1 if "=" in words[start] else 2
    is_command = start < len(words) and not words[start].startswith("-")
    return words[start:] + words[:start] if is_command else words


def _use_utf_8() -> None:
    """Use UTF-8 for file names and output, whatever the locale; print bytes that are not UTF-8 as escapes."""
    if sys.getfilesystemencoding() != "utf-8":  # it can't be changed in a running process
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _open_closed_streams() -> None:
    """Open the standard streams that are closed, as some service managers do, or else the next file would be one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _run(options: Namespace) -> int:
    command: Callable[[Namespace], int] = options.command
    try:
        with _extensions(options):
            return command(options)
    except SiteError as error:
        tell(error.problems, options)
        return PROBLEMS
    except (OSError, RuntimeError) as error:
        from sitegen.source.files import unusable  # not needed by a build that finds nothing changed

        if (problem := unusable(error)) is None:
            raise
        tell([problem], options)
        return PROBLEMS


def _extensions(options: Namespace) -> AbstractContextManager[None]:
    """Load the site's extensions, if it has any; sites without extensions skip the import."""
    root = getattr(options, "root", None)
    if root is None or options.name in _WITHOUT_SITE:
        return nullcontext()
    if not os.path.lexists(root / "extensions.py"):
        return nullcontext()
    from sitegen.extensions import extended

    return extended(root)


class _CommandParser(ArgumentParser):
    """A command's parser. It adds arguments only if the command is requested: the others need just a name."""

    def __init__(self, *, is_asked: bool = True, **given: Any) -> None:
        if is_asked or sys.version_info >= (3, 14):  # since when each is asked to check its help
            super().__init__(**given)


def command_line(asked: Iterable[str] = tuple(COMMANDS)) -> ArgumentParser:
    """The parser of the command line: all commands, but arguments only for the requested ones."""
    whole = ArgumentParser(prog=program(), description="Build, check and preview a site in many languages.")
    whole.add_argument("--version", action="version", version=f"sitegen {__version__}")
    commands = whole.add_subparsers(
        dest="name", title="commands", metavar="COMMAND", required=True, parser_class=_CommandParser
    )
    for name, (module, what) in COMMANDS.items():
        own = commands.add_parser(name, help=what, is_asked=name in asked)
        if name in asked:
            command = importlib.import_module(f"sitegen.commands.{module}").COMMANDS[name]
            command.add_to(own)
            own.set_defaults(command=command.run)
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
