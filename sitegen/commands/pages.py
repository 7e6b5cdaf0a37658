"""Commands on pages: new, rename, remove."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace

from sitegen.commands.arguments import COMMON, Command, Commands, flag, option
from sitegen.commands.console import WELL, WRONG_USE, ask, editing, print_each, print_line, say, say_each
from sitegen.problems.program_name import program


def _new(options: Namespace) -> int:
    is_asked = sys.stdin.isatty()
    if not is_asked and not (options.kind and options.path):
        say(f"usage: {program()} new KIND PATH [--set FIELD=VALUE]; it asks for missing ones only at a terminal")
        return WRONG_USE
    names = [name for name, _ in options.set]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        say(f"{program()} new: --set {twice} is given more than once")
        return WRONG_USE
    make = _make if is_asked else editing(_make)  # nobody waits for whoever is at a terminal
    return make(options)


def _make(options: Namespace) -> int:
    from sitegen.editing.new import left_to_do, new_page

    dialogue = (ask, say) if sys.stdin.isatty() else None
    try:
        made = new_page(options.root, options.kind or "", options.path or "", dict(options.set), dialogue)
        print_line(made)
        if not dialogue and (left := left_to_do(options.root, options.kind, dict(options.set))):
            say(f"{made}: {left}")
    except EOFError:  # the terminal was closed: nothing is written
        return WRONG_USE
    return WELL


@editing
def _rename(options: Namespace) -> int:
    from sitegen.editing.leftover_mentions import still_named
    from sitegen.editing.rename_remove import rename

    done = print_each(rename(options.root, options.old, options.new))
    say_each(still_named(options.root, options.old))
    return done


@editing
def _remove(options: Namespace) -> int:
    from sitegen.editing.leftover_mentions import still_named
    from sitegen.editing.rename_remove import remove

    done = print_each(remove(options.root, options.page, options.to, force=options.force))
    say_each(still_named(options.root, options.page))
    return done


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ArgumentTypeError(f"'{text}' is not written as FIELD=VALUE")
    return name.strip(), value.strip()


COMMANDS: Commands = {
    "new": Command(
        _new,
        *COMMON,
        option("kind", "a kind from kinds.yaml; without it, `new` asks at a terminal", "KIND", nargs="?"),
        option("path", "its content path, such as /news/opening/", "PATH", nargs="?"),
        option(
            "--set",
            "a field's value; at a terminal, `new` asks for missing required fields",
            "FIELD=VALUE",
            action="append",
            default=[],
            type=_assignment,
        ),
    ),
    "rename": Command(
        _rename,
        *COMMON,
        option("old", "content path of the page, with all below it", "OLD"),
        option("new", "its new content path", "NEW"),
    ),
    "remove": Command(
        _remove,
        *COMMON,
        option("page", "content path of the page, with all below it", "PAGE"),
        option("--to", "redirect links and old addresses to this page", "PAGE"),
        flag("--force", "remove it even if other pages link to it or git could not restore it"),
    ),
}
