"""`translate` and its actions."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path

from sitegen.commands.arguments import COMMON, ROOT, Command, Commands, flag, one_of, option, percent
from sitegen.commands.console import PARTS_SHOWN, PROBLEMS, WELL, editing, print_each, print_line, say, say_each
from sitegen.problems.problem import counted, refusal
from sitegen.problems.program_name import as_run

#: The states of texts that can be exported, as `translate status` names them.
STATES = ("missing", "stale", "untracked", "current")


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


def _translate_diff(options: Namespace) -> int:
    from sitegen.translation.review import diff

    parts = diff(options.root, options.page, options.language)
    return print_each(line for part in parts for line in part.split("\n"))


@editing
def _translate_accept(options: Namespace) -> int:
    from sitegen.translation.review import accept

    accepted = False
    for own in accept(options.root, options.page, options.language, options.section):
        print_line(f"{own.path}: {', '.join(own.parts)}")
        say_each(own.old_code)
        accepted = True
    if not accepted:
        say("nothing to accept: it was accepted before, and its source has not changed since")
    return WELL


@editing
def _translate_review(options: Namespace) -> int:
    from sitegen.translation.review import review

    changed = list(review(options.root, options.page, options.language, options.by))
    if not changed:
        say("nothing to change: these translations say so already")
    return print_each(changed)


@editing
def _translate_export(options: Namespace) -> int:
    from sitegen.build.options import UNPUBLISHED
    from sitegen.source.file_writing import replace_file
    from sitegen.source.files import read_given
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
    return print_line(path)


def _states(text: str) -> tuple[str, ...]:
    states = tuple(text.split(","))
    for state in states:
        if state not in STATES:
            raise ArgumentTypeError(f"'{state}' is not one of {', '.join(STATES)}")
    return states


def _export_progress(done: int, count: int) -> None:
    if count > PARTS_SHOWN and (done % PARTS_SHOWN == 0 or done == count):
        say(f"{done} of {count} pages")


@editing
def _translate_import(options: Namespace) -> int:
    from sitegen.translation.exchange import import_file

    done = import_file(options.root, options.file, options.language, options.review)
    print_each(done.written)
    if not done.written:
        have = "has" if done.empty == 1 else "have"
        empty = f"; {counted(done.empty, 'text')} of its {done.texts:,} {have} no translation yet" if done.empty else ""
        say(f"nothing to import: {options.file} has no text that the site lacks{empty}")
    for text in done.left_out:
        say(f"left out: {text}")
    return WELL


@editing
def _translate_extract(options: Namespace) -> int:
    from sitegen.translation.message_files import extract, extract_theme

    return print_each(extract_theme(options.theme)) if options.theme else print_line(extract(options.root))


@editing
def _translate_update(options: Namespace) -> int:
    from sitegen.translation.message_files import update

    return print_each(update(options.root, tuple(options.languages)))


_PAGES = (
    *COMMON,
    option("page", "content path, or `all`", "PAGE"),
    option("language", "the language's path, or `all`", "LANGUAGE"),
)
ACTIONS: Commands = {
    "status": Command(
        _translate_status,
        ROOT,
        option("--format", "format of the status", choices=("text", "json", "html"), default="text"),
        option("--fail-under", "fail if a smaller share of a language's words is current", "PERCENT", type=percent),
        option(
            "--fail-stale", "fail if a page in one of these languages is not current", "LANGUAGE", nargs="+", default=()
        ),
        what="show which translations are behind",
    ),
    "diff": Command(
        _translate_diff,
        *COMMON,
        option("page", "content path", "PAGE"),
        option("language", "the language's path", "LANGUAGE"),
        what="show what has changed in the source since the translation",
    ),
    "accept": Command(
        _translate_accept,
        *_PAGES,
        option("section", "a field, or #heading (default: all)", "SECTION", nargs="?"),
        what="mark translations as up to date with their source",
    ),
    "review": Command(
        _translate_review,
        *_PAGES,
        one_of(
            flag("--human", "a person has read them", dest="by", action="store_const", const="human"),
            flag("--machine", "nobody has; they are machine drafts", dest="by", action="store_const", const="machine"),
            is_required=True,
        ),
        what="record who has reviewed translations",
    ),
    "export": Command(
        _translate_export,
        *COMMON,
        option("language", "the language's path", "LANGUAGE"),
        option(
            "--to",
            "the format: PO, XLIFF 1.2 or XLIFF 2.0 (default: po)",
            choices=("po", "xliff", "xliff2"),
            default="po",
        ),
        option("--only", f"{', '.join(STATES)}; such as stale,missing", "STATES", type=_states, default=()),
        option("--output", "default: LANGUAGE.po, .xliff or .xlf", "FILE", type=Path),
        what="write what needs translating to a file for a translation tool",
    ),
    "import": Command(
        _translate_import,
        *COMMON,
        option("file", "a .po, .xliff or .xlf file that `export` has written", "FILE", type=Path),
        option("--language", "default: the language that the file states", "LANGUAGE", default=""),
        option("--review", "record this review in the pages", choices=("human", "machine"), default=""),
        what="import a translated file",
    ),
    "extract": Command(
        _translate_extract,
        *COMMON,
        option("--theme", "extract a theme's messages instead, and update all its catalogs", "FOLDER", type=Path),
        what="extract the templates' messages into translations/messages.pot",
    ),
    "update": Command(
        _translate_update,
        *COMMON,
        option("languages", "default: all", "LANGUAGE", nargs="*"),
        what="update the languages' catalogs from messages.pot",
    ),
}


def _add_actions(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, action in ACTIONS.items():
        own = actions.add_parser(name, help=action.what)
        action.add_to(own)
        own.set_defaults(run=action.run)


def _translate(options: Namespace) -> int:
    run: Callable[[Namespace], int] = options.run
    return run(options)


COMMANDS: Commands = {"translate": Command(_translate, _add_actions)}
