"""Commands on pages: new, rename, remove."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from sitegen.commands.arguments import Commands, add_common
from sitegen.commands.console import WELL, WRONG_USE, ask, print_each, say
from sitegen.problems.program_name import program


def _add_new(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument(
        "kind", nargs="?", metavar="KIND", help="a kind from kinds.yaml; without it, `new` asks at a terminal"
    )
    parser.add_argument("path", nargs="?", metavar="PATH", help="its content path, such as /news/opening/")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="FIELD=VALUE",
        help="a field's value; at a terminal, `new` asks for missing required fields",
    )


def _new(options: Namespace) -> int:
    from sitegen.editing.new import left_to_do, new_page

    is_asked = sys.stdin.isatty()
    if not is_asked and not (options.kind and options.path):
        print(
            f"usage: {program()} new KIND PATH [--set FIELD=VALUE]; it asks for missing ones only at a terminal",
            file=sys.stderr,
        )
        return WRONG_USE
    try:
        dialogue = (ask, say) if is_asked else None
        made = new_page(options.root, options.kind or "", options.path or "", dict(options.set), dialogue)
        print(made)
        if not is_asked and (left := left_to_do(options.root, options.kind, dict(options.set))):
            print(f"{made}: {left}", file=sys.stderr)
    except EOFError:  # the terminal was closed: nothing is written
        return WRONG_USE
    return WELL


def _add_rename(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("old", metavar="OLD", help="content path of the page, with all below it")
    parser.add_argument("new", metavar="NEW", help="its new content path")


def _rename(options: Namespace) -> int:
    from sitegen.editing.rename_remove import rename

    return print_each(rename(options.root, options.old, options.new))


def _add_remove(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("page", metavar="PAGE", help="content path of the page, with all below it")
    parser.add_argument("--to", metavar="PAGE", help="redirect links and old addresses to this page")
    parser.add_argument(
        "--force", action="store_true", help="remove it even if other pages link to it or git could not restore it"
    )


def _remove(options: Namespace) -> int:
    from sitegen.editing.rename_remove import remove

    return print_each(remove(options.root, options.page, options.to, force=options.force))


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ArgumentTypeError(f"'{text}' is not written as FIELD=VALUE")
    return name.strip(), value.strip()


COMMANDS: Commands = {"new": (_add_new, _new), "rename": (_add_rename, _rename), "remove": (_add_remove, _remove)}
