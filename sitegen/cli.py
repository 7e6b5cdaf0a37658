"""The command line: `python build.py --help`."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from sitegen import __version__
from sitegen.commands.telling import PROBLEMS, WRONG_USE, program, tell
from sitegen.problems.crash import report_crash
from sitegen.problems.problem import SiteError
from sitegen.problems.terminal import Terminal

#: The module of sitegen.commands that knows a command, imported only when it is asked for, and what it does.
COMMANDS = {
    "build": ("building", "build the site into public/"),
    "merge": ("building", "join the parts of a build into public/"),
    "verify": ("checking", "build again and compare every byte"),
    "check": ("checking", "run every check; publish nothing"),
    "serve": ("building", "preview all languages, reloading what changes"),
    "hosts": ("publishing", "print the configuration of a server"),
    "publish": ("publishing", "publish the built site, all of it or nothing"),
    "init": ("starting", "make a new site, with the theme"),
    "upgrade": ("starting", "change a site for the installed version"),
    "archive": ("publishing", "pack the built site into files to keep or attest"),
    "new": ("editing", "make a page to fill in, in the source language"),
    "import": ("starting", "import a Hugo site, or the rows of a table as pages"),
    "rename": ("editing", "move a page; links follow, old addresses redirect"),
    "remove": ("editing", "remove a page that no other page names"),
    "schema": ("starting", "write JSON Schemas and settings for editors"),
    "explain": ("checking", "explain the code of a problem, with examples; without a code, list all"),
    "compare": ("building", "show what a change means to readers, by language"),
    "translate": (
        "translating",
        "translations: status, diff, accept, review, export, import, extract, update",
    ),
}

#: Commands whose root is not the site that they make.
_WITHOUT_SITE = ("init",)


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status: 0 all well, 1 problems in the site, 2 wrong use."""
    _use_utf_8()
    gc.set_threshold(50_000)  # importing the engine makes much that stays: looking for cycles in it is time lost
    with redirect_stderr(cast("TextIO", Terminal(sys.stderr))), _guarded_output():
        return _main(arguments)


def _guarded_output() -> AbstractContextManager[object]:
    """What is printed steers no terminal; what goes to another program or a file goes as it is."""
    return redirect_stdout(cast("TextIO", Terminal(sys.stdout))) if sys.stdout.isatty() else nullcontext()


def _main(arguments: Sequence[str]) -> int:
    try:
        status = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    except KeyboardInterrupt:
        return WRONG_USE
    except Exception as error:  # the last place where one is caught, and told as our own fault
        print(report_crash(error, arguments), file=sys.stderr)
        return PROBLEMS
    return status


def run(arguments: Sequence[str]) -> int:
    """Run one command, as `main` does; what goes wrong in the program itself is raised."""
    words = _with_command_first(list(arguments))
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "build")
    return _run(command_line(words[:1]).parse_args(words))


def _with_command_first(words: list[str]) -> list[str]:
    """The words with those options behind the command that every command has: `--root site new` is `new --root site`."""
    start = 0
    while start < len(words) and words[start].partition("=")[0] in ("--root", "--format"):
        start += 1 if "=" in words[start] else 2
    is_command = start < len(words) and not words[start].startswith("-")
    return words[start:] + words[:start] if is_command else words


def _use_utf_8() -> None:
    """Take names of files and what is printed for UTF-8 whatever the locale says; bytes that are none are printed all the same."""
    if sys.getfilesystemencoding() != "utf-8":  # it can't be changed later
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(options: Namespace) -> int:
    command: Callable[[Namespace], int] = options.command
    try:
        with _extensions(options):
            return command(options)
    except SiteError as error:
        tell(error.problems, options)
        return PROBLEMS


def _extensions(options: Namespace) -> AbstractContextManager[None]:
    """The site's extensions, where it has any; looking for them costs the other sites nothing."""
    root = getattr(options, "root", None)
    if root is None or options.name in _WITHOUT_SITE:
        return nullcontext()
    if not (root / "extensions.py").is_file():
        return nullcontext()
    from sitegen.commands.extensions import extended

    return extended(root)


class _CommandParser(ArgumentParser):
    """Reads the arguments of a command, if it is one that is asked for: of the others a name is enough, and costs nothing."""

    def __init__(self, *, is_asked: bool = True, **given: Any) -> None:
        if is_asked:
            super().__init__(**given)


def command_line(asked: Iterable[str] = tuple(COMMANDS)) -> ArgumentParser:
    """What reads a command line: all commands, with the arguments of those that are asked for."""
    whole = ArgumentParser(prog=program(), description="Build, check and preview a site in many languages.")
    whole.add_argument("--version", action="version", version=f"sitegen {__version__}")
    commands = whole.add_subparsers(
        dest="name", title="commands", metavar="COMMAND", required=True, parser_class=_CommandParser
    )
    for name, (module, what) in COMMANDS.items():
        own = commands.add_parser(name, help=what, is_asked=name in asked)
        if name in asked:
            importlib.import_module(f"sitegen.commands.{module}").COMMANDS[name](own)
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
