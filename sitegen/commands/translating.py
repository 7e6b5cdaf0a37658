"""`translate` and its actions."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path

from sitegen.commands.arguments import Commands, add_common, percent
from sitegen.commands.console import PARTS_SHOWN, PROBLEMS, WELL, print_each
from sitegen.problems.problem import counted, refusal
from sitegen.problems.program_name import as_run

#: The states of texts that can be exported, as `translate status` names them.
STATES = ("missing", "stale", "untracked", "current")


def _add_status(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the site's folder (default: the current one)"
    )
    parser.add_argument("--format", choices=("text", "json", "html"), default="text", help="format of the status")
    parser.add_argument(
        "--fail-under", type=percent, metavar="PERCENT", help="fail if a smaller share of a language's words is current"
    )
    parser.add_argument(
        "--fail-stale",
        nargs="+",
        default=(),
        metavar="LANGUAGE",
        help="fail if a page in one of these languages is not current",
    )


def _translate_status(options: Namespace) -> int:
    from sitegen.translation.status_report import STATUS_FORMATS, find_status

    found = find_status(options.root)
    known = [own.language for own in found.languages]
    for path in options.fail_stale:
        if path not in known:
            message = f"--fail-stale: '{path}' is not one of {', '.join(known)}"
            raise refusal("content/site.yaml", "unknown-language", message)
    print(as_run(STATUS_FORMATS[options.format](found)))
    is_low = options.fail_under is not None and any(own.percent < options.fail_under for own in found.languages)
    return PROBLEMS if is_low or any(found.of(path).behind for path in options.fail_stale) else WELL


def _add_diff(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("page", metavar="PAGE", help="content path")
    parser.add_argument("language", metavar="LANGUAGE", help="the language's path")


def _translate_diff(options: Namespace) -> int:
    from sitegen.translation.review import diff

    return print_each(diff(options.root, options.page, options.language))


def _add_accept(parser: ArgumentParser) -> None:
    _add_pages(parser)
    parser.add_argument("section", nargs="?", metavar="SECTION", help="a field, or #heading (default: all)")


def _translate_accept(options: Namespace) -> int:
    from sitegen.translation.review import accept

    accepted = False
    for path, parts in accept(options.root, options.page, options.language, options.section):
        print(f"{path}: {', '.join(parts)}")
        accepted = True
    if not accepted:
        print("nothing to accept: it was accepted before, and its source has not changed since", file=sys.stderr)
    return WELL


def _add_pages(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("page", metavar="PAGE", help="content path, or `all`")
    parser.add_argument("language", metavar="LANGUAGE", help="the language's path, or `all`")


def _add_review(parser: ArgumentParser) -> None:
    _add_pages(parser)
    by = parser.add_mutually_exclusive_group(required=True)
    by.add_argument("--human", dest="by", action="store_const", const="human", help="a person has read them")
    by.add_argument(
        "--machine", dest="by", action="store_const", const="machine", help="nobody has; they are machine drafts"
    )


def _translate_review(options: Namespace) -> int:
    from sitegen.translation.review import review

    changed = list(review(options.root, options.page, options.language, options.by))
    if not changed:
        print("nothing to change: these translations say so already", file=sys.stderr)
    return print_each(changed)


def _add_export(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("language", metavar="LANGUAGE", help="the language's path")
    parser.add_argument(
        "--to",
        choices=("po", "xliff", "xliff2"),
        default="po",
        help="the format: PO, XLIFF 1.2 or XLIFF 2.0 (default: po)",
    )
    parser.add_argument(
        "--only", type=_states, default=(), metavar="STATES", help=f"{', '.join(STATES)}; such as stale,missing"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: LANGUAGE.po, .xliff or .xlf")


def _translate_export(options: Namespace) -> int:
    from sitegen.build.options import UNPUBLISHED
    from sitegen.source.files import read_given, replace_file
    from sitegen.storage.output import refuse_own
    from sitegen.translation.exchange import export
    from sitegen.translation.exchange_formats import FORMATS

    path: Path = options.output or Path(f"{options.language}.{FORMATS[options.to].ending}")
    refuse_own(options.root, path.parent, UNPUBLISHED, "the file's folder", "name another file with --output")
    content = export(options.root, options.language, options.to, options.only, _export_progress)
    if path.exists() and not (path.is_file() and read_given(path) == content):
        message = "the file exists" if path.is_file() else "there is a folder or a device of that name"
        raise refusal(path, "exchange", message, "import or delete it first, or name another one with --output")
    replace_file(path, content)
    print(path)
    return WELL


def _states(text: str) -> tuple[str, ...]:
    states = tuple(text.split(","))
    for state in states:
        if state not in STATES:
            raise ArgumentTypeError(f"'{state}' is not one of {', '.join(STATES)}")
    return states


def _export_progress(done: int, count: int) -> None:
    if count > PARTS_SHOWN and (done % PARTS_SHOWN == 0 or done == count):
        print(f"{done} of {count} pages", file=sys.stderr)


def _add_import(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a .po, .xliff or .xlf file that `export` has written")
    parser.add_argument("--language", default="", metavar="LANGUAGE", help="default: the language that the file states")
    parser.add_argument("--review", choices=("human", "machine"), default="", help="record this review in the pages")


def _translate_import(options: Namespace) -> int:
    from sitegen.translation.exchange import import_file

    done = import_file(options.root, options.file, options.language, options.review)
    print_each(done.written)
    if not done.written:
        have = "has" if done.empty == 1 else "have"
        empty = f"; {counted(done.empty, 'text')} of its {done.texts:,} {have} no translation yet" if done.empty else ""
        print(f"nothing to import: {options.file} has no text that the site lacks{empty}", file=sys.stderr)
    for text in done.left_out:
        print(f"left out: {text}", file=sys.stderr)
    return WELL


def _add_extract(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument(
        "--theme", type=Path, metavar="FOLDER", help="extract a theme's messages instead, and update all its catalogs"
    )


def _translate_extract(options: Namespace) -> int:
    from sitegen.translation.message_files import extract, extract_theme

    return print_each(extract_theme(options.theme) if options.theme else (extract(options.root),))


def _add_update(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="default: all")


def _translate_update(options: Namespace) -> int:
    from sitegen.translation.message_files import update

    return print_each(update(options.root, tuple(options.languages)))


#: Action → its help text, the function that adds its arguments, and the one that runs it.
ACTIONS = {
    "status": ("show which translations are behind", _add_status, _translate_status),
    "diff": ("show what has changed in the source since the translation", _add_diff, _translate_diff),
    "accept": ("mark translations as up to date with their source", _add_accept, _translate_accept),
    "review": ("record who has reviewed translations", _add_review, _translate_review),
    "export": ("write what needs translating to a file for a translation tool", _add_export, _translate_export),
    "import": ("import a translated file", _add_import, _translate_import),
    "extract": ("extract the templates' messages into translations/messages.pot", _add_extract, _translate_extract),
    "update": ("update the languages' catalogs from messages.pot", _add_update, _translate_update),
}


def _add_translate(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, (what, add, run) in ACTIONS.items():
        own = actions.add_parser(name, help=what)
        add(own)
        own.set_defaults(run=run)


def _translate(options: Namespace) -> int:
    run: Callable[[Namespace], int] = options.run
    return run(options)


COMMANDS: Commands = {"translate": (_add_translate, _translate)}
