"""The command line: `python build.py --help`."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from sitegen import __version__
from sitegen.problems.crash import report_crash
from sitegen.problems.problem import Problem, SiteError, counted
from sitegen.problems.reporters import (
    FORMATS,
    colour,
    format_all,
    format_first,
    format_summary,
    format_text,
    format_totals,
)
from sitegen.problems.terminal import Terminal

if TYPE_CHECKING:  # importing the engine takes time that `--help` need not wait for
    from sitegen.build.inputs import Inputs
    from sitegen.build.options import Options
    from sitegen.build.pipeline import Report
    from sitegen.build.shards import Shard
    from sitegen.build.site import Site

WELL, PROBLEMS, WRONG_USE = 0, 1, 2

#: What a text may be that is exported, as `translate status` names it.
STATES = ("missing", "stale", "untracked", "current")

#: Fewer files than this are made before their number could be read.
PARTS_SHOWN = 200


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


def _program() -> str:
    """What a person has typed to come here: the command, or build.py of a repository."""
    run = Path(sys.argv[0])
    return "sitegen" if run.stem == "sitegen" or run.parts[-2:] == ("sitegen", "__main__.py") else "build.py"


def _as_run(text: str) -> str:
    """A text whose hints name the command as this person runs it."""
    return text.replace("python build.py", "sitegen") if _program() == "sitegen" else text


def run(arguments: Sequence[str]) -> int:
    """Run one command, as `main` does; what goes wrong in the program itself is raised."""
    words = _with_command_first(list(arguments))
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "build")
    return _run(_parser().parse_args(words))


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


def _run(options: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        with _extensions(options):
            return command(options)
    except SiteError as error:
        _tell(error.problems, options)
        return PROBLEMS


def _extensions(options: argparse.Namespace) -> AbstractContextManager[None]:
    """The site's extensions, where it has any; looking for them costs the other sites nothing."""
    root = getattr(options, "root", None)
    if root is None or options.command in (_import, _init):
        return nullcontext()
    if not (root / "extensions.py").is_file():
        return nullcontext()
    from sitegen.build.extensions import extended

    return extended(root)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_program(), description="Build, check and preview a site in many languages.")
    parser.add_argument("--version", action="version", version=f"sitegen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the site's folder (default: this one)"
    )
    common.add_argument("--format", choices=FORMATS, default="text", help="how problems are told")
    inputs = argparse.ArgumentParser(add_help=False, parents=[common])
    inputs.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site is built (default: public/ in the site's folder)"
    )
    inputs.add_argument("--base-url", metavar="URL", help="address of the published site, in place of site.yaml's")
    inputs.add_argument("--languages", nargs="+", default=(), metavar="PATH", help="build these only")
    inputs.add_argument("--drafts", action="store_true", help="with drafts and what is not due")
    inputs.add_argument(
        "--as-of", type=_day, metavar="DAY", help="build as on this day, as 2026-01-31 (default: today)"
    )
    inputs.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="processes at once (default: as many as there are cores)"
    )
    inputs.add_argument(
        "--pseudo", action="store_true", help="with pseudo-locales: en-XA (accented, longer), ar-XB (mirrored)"
    )
    inputs.add_argument("--clean", action="store_true", help="forget what earlier builds remember")
    inputs.add_argument("--strict", action="store_true", help="warnings count as errors")

    compressed = argparse.ArgumentParser(add_help=False)
    compressed.add_argument(
        "--compress", action="store_true", help="with .br and .gz beside every text, for a server to send"
    )
    build = commands.add_parser("build", parents=[inputs, compressed], help="content → public/")
    build.add_argument("--profile", action="store_true", help="tell where the time went")
    build.add_argument("--shard", type=_shard, metavar="N/COUNT", help="only this part of the files, as 3/8; see merge")
    build.set_defaults(command=_build)
    merge = commands.add_parser("merge", parents=[common], help="the parts of a build → public/")
    merge.add_argument("parts", nargs="+", type=Path, metavar="DIR", help="output of a build with --shard")
    merge.add_argument(
        "--output", type=Path, metavar="DIR", help="where they are joined (default: public/ in the site's folder)"
    )
    merge.set_defaults(command=_merge)
    verify = commands.add_parser("verify", parents=[inputs, compressed], help="build once more, compare every byte")
    verify.add_argument("folder", type=Path, metavar="DIR", help="a built site, or a release")
    verify.set_defaults(command=_verify)
    check = commands.add_parser("check", parents=[inputs], help="every check, nothing published")
    check.add_argument("--all", action="store_true", help="list every warning, however often it comes")
    check.add_argument("--fix", action="store_true", help="mend what is certain, and show the difference")
    check.add_argument(
        "--external", action="store_true", help="the addresses of other sites instead: whether they answer"
    )
    check.add_argument(
        "--times", type=int, default=1, metavar="N", help="with --external: only what has been dead N times in a row"
    )
    check.add_argument("--live", metavar="URL", help="the published site instead: every file, and the host's headers")
    check.add_argument(
        "--manifest", type=Path, metavar="FILE", help="with --live: release.json of what should be there"
    )
    check.set_defaults(command=_check)
    serve = commands.add_parser("serve", parents=[inputs], help="live preview of all languages")
    serve.add_argument("--port", type=int, default=8000, help="the first port to try (default: 8000)")
    serve.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine alone")
    serve.add_argument("--editor", action="store_true", help="with the editor in the browser, at /admin/")
    serve.set_defaults(command=_serve)
    hosts = commands.add_parser("hosts", parents=[inputs], help="what a server must know of the site")
    hosts.add_argument("host", metavar="HOST", help="whose form it is printed in: caddy, headers, nginx or redirects")
    hosts.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the site lies on the server (default: where it is built)"
    )
    hosts.add_argument("--no-brotli", action="store_true", help="for nginx without its module for .br files")
    hosts.set_defaults(command=_hosts)
    publish = commands.add_parser(
        "publish", parents=[common], help="the built site to its readers, all of it or nothing"
    )
    publish.add_argument("target", metavar="TARGET", help="DIR, git:REPOSITORY#BRANCH or rsync:HOST:DIR")
    publish.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site was built (default: public/ in the site's folder)"
    )
    publish.add_argument("--rollback", action="store_true", help="bring back the release before the current one")
    publish.add_argument("--keep", type=_count, default=5, metavar="N", help="releases that stay (default: 5)")
    publish.add_argument("--drafts", action="store_true", help="though it was built with drafts")
    publish.add_argument("--pseudo", action="store_true", help="though it was built with pseudo-locales")
    publish.add_argument("--no-history", action="store_true", help="on a git branch: this release alone")
    publish.set_defaults(command=_publish)
    init = commands.add_parser("init", parents=[common], help="a new site, with the theme")
    init.add_argument("folder", type=Path, metavar="FOLDER", help="where it is made: a new folder, or an empty one")
    init.add_argument("--languages", type=_tags, metavar="TAGS", help="as en,fr,ar; the first is the source language")
    init.add_argument("--title", default="", metavar="TEXT", help="the site's name")
    init.add_argument("--base-url", default="", metavar="URL", help="address of the published site")
    init.add_argument("--minimal", action="store_true", help="three files: settings, content model, home page")
    init.set_defaults(command=_init)
    upgrade = commands.add_parser("upgrade", parents=[common], help="what a site must change for this version")
    upgrade.set_defaults(command=_upgrade)
    archive = commands.add_parser("archive", parents=[common], help="the built site as files to keep or to attest")
    archive.add_argument("folder", type=Path, metavar="DIR", help="where the files are put")
    archive.add_argument(
        "--output", type=Path, metavar="DIR", help="where the site was built (default: public/ in the site's folder)"
    )
    archive.set_defaults(command=_archive)
    new = commands.add_parser("new", parents=[common], help="a page to fill in, in the source language")
    new.add_argument("kind", nargs="?", metavar="KIND", help="a kind of kinds.yaml; asked for at a terminal")
    new.add_argument("path", nargs="?", metavar="PATH", help="its content path, as /news/opening/")
    new.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="FIELD=VALUE",
        help="a field's value; what is required and not set is asked for at a terminal",
    )
    new.set_defaults(command=_new)
    imports = commands.add_parser(
        "import", parents=[common], help="a site of Hugo, or the rows of a table, become pages"
    )
    imports.add_argument(
        "folder", type=Path, metavar="SOURCE", help="the folder in which hugo.toml lies, or a table as partners.csv"
    )
    imports.add_argument("--kind", metavar="KIND", help="of a table: the kind of its pages")
    imports.add_argument("--into", metavar="PAGE", help="of a table: the content path below which its pages lie")
    imports.set_defaults(command=_import)
    rename = commands.add_parser("rename", parents=[common], help="move a page; links follow, old addresses stay alive")
    rename.add_argument("old", metavar="OLD", help="content path of the page, with all below it")
    rename.add_argument("new", metavar="NEW", help="its new content path")
    rename.set_defaults(command=_rename)
    remove = commands.add_parser("remove", parents=[common], help="remove a page, if no other names it")
    remove.add_argument("page", metavar="PAGE", help="content path of the page, with all below it")
    remove.add_argument("--to", metavar="PAGE", help="let links and old addresses lead to this page")
    remove.add_argument("--force", action="store_true", help="although others name it, or git couldn't bring it back")
    remove.set_defaults(command=_remove)
    schema = commands.add_parser(
        "schema", parents=[common], help="JSON Schemas and settings for editors that check YAML"
    )
    schema.set_defaults(command=_schema)
    explain = commands.add_parser(
        "explain", parents=[common], help="what a problem's code means, with examples; all codes without one"
    )
    explain.add_argument("code", nargs="?", metavar="CODE", help="as a problem has it in brackets: dead-page")
    explain.add_argument("--markdown", action="store_true", help="all pages as one document")
    explain.set_defaults(command=_explain)
    compare = commands.add_parser("compare", parents=[inputs], help="what a change means to readers, by language")
    compare.add_argument("base", metavar="BASE", help="a commit, or a folder with a built site")
    compare.set_defaults(command=_compare)
    _add_translate(commands, common)
    return parser


def _add_translate(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    translate = commands.add_parser(
        "translate", help="translations: status, diff, accept, review, export, import, extract, update"
    )
    actions = translate.add_subparsers(title="actions", metavar="ACTION", required=True)
    status = actions.add_parser("status", help="which translations are behind")
    status.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the site's folder (default: this one)"
    )
    status.add_argument("--format", choices=("text", "json", "html"), default="text", help="how states are told")
    status.add_argument("--fail-under", type=int, metavar="PERCENT", help="fail if a language has fewer of the words")
    status.add_argument(
        "--fail-stale", nargs="+", default=(), metavar="LANGUAGE", help="fail if a page of these is not current"
    )
    status.set_defaults(command=_translate_status)
    diff = actions.add_parser("diff", parents=[common], help="what has changed in the source since")
    diff.add_argument("page", metavar="PAGE", help="content path")
    diff.add_argument("language", metavar="LANGUAGE", help="path of a language")
    diff.set_defaults(command=_translate_diff)
    accept = actions.add_parser("accept", parents=[common], help="a translation is right for today's source")
    accept.add_argument("page", metavar="PAGE", help="content path, or `all`")
    accept.add_argument("language", metavar="LANGUAGE", help="path of a language, or `all`")
    accept.add_argument("section", nargs="?", metavar="SECTION", help="a field, or #heading; all when left out")
    accept.set_defaults(command=_translate_accept)
    review = actions.add_parser("review", parents=[common], help="say who has read translations beside the source")
    review.add_argument("page", metavar="PAGE", help="content path, or `all`")
    review.add_argument("language", metavar="LANGUAGE", help="path of a language, or `all`")
    by = review.add_mutually_exclusive_group(required=True)
    by.add_argument("--human", dest="by", action="store_const", const="human", help="a person has read them")
    by.add_argument("--machine", dest="by", action="store_const", const="machine", help="nobody has: machine drafts")
    review.set_defaults(command=_translate_review)
    export = actions.add_parser(
        "export", parents=[common], help="what needs work, as a file for a translator's own tool"
    )
    export.add_argument("language", metavar="LANGUAGE", help="path of a language")
    export.add_argument("--to", choices=("po", "xliff"), default="po", help="the file's format (default: po)")
    export.add_argument(
        "--only", type=_states, default=(), metavar="STATES", help=f"{', '.join(STATES)}; as stale,missing"
    )
    export.add_argument("--output", type=Path, metavar="FILE", help="default: LANGUAGE.po or LANGUAGE.xliff")
    export.set_defaults(command=_translate_export)
    imports = actions.add_parser("import", parents=[common], help="put a translator's file back")
    imports.add_argument("file", type=Path, metavar="FILE", help="a .po or .xliff file that `export` has written")
    imports.add_argument("--language", default="", metavar="LANGUAGE", help="default: the one the file says it is in")
    imports.add_argument(
        "--review", choices=("human", "machine"), default="", help="what the pages then say of who has read them"
    )
    imports.set_defaults(command=_translate_import)
    extract = actions.add_parser("extract", parents=[common], help="templates → translations/messages.pot")
    extract.add_argument("--theme", type=Path, metavar="FOLDER", help="of a theme instead, with all its catalogs")
    extract.set_defaults(command=_translate_extract)
    update = actions.add_parser("update", parents=[common], help="messages.pot → the languages' catalogs")
    update.add_argument("languages", nargs="*", metavar="LANGUAGE", help="all when left out")
    update.set_defaults(command=_translate_update)


def _states(text: str) -> tuple[str, ...]:
    states = tuple(text.split(","))
    for state in states:
        if state not in STATES:
            raise argparse.ArgumentTypeError(f"'{state}' is not one of {', '.join(STATES)}")
    return states


def _shard(text: str) -> Shard:
    from sitegen.build.shards import Shard

    return Shard.of(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to 1000")
    return int(text)


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"'{text}' is not written as FIELD=VALUE")
    return name.strip(), value.strip()


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day, as 2026-01-31") from error


def _options(options: argparse.Namespace) -> Options:
    from sitegen.build.options import Options

    return Options(
        root=options.root,
        output=options.output or options.root / "public",
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


def _init(options: argparse.Namespace) -> int:
    from sitegen.editing.init import init_site

    tags, title = options.languages, options.title
    if tags is None:
        if not sys.stdin.isatty():
            print("init: name the languages, as in: --languages en,fr,ar", file=sys.stderr)
            return WRONG_USE
        tags = _tags(_ask("languages, the source language first, as en,fr,ar: ") or "en")
        title = title or _ask("name of the site, or nothing to write it later: ")
    folder: Path = options.root / options.folder
    given = {"title": title, "base_url": options.base_url, "is_minimal": options.minimal}
    made = init_site(folder, tags, dt.datetime.now(dt.UTC).date(), **given)
    print(f"{len(made)} files in {folder}; see it with: sitegen serve --root {folder}", file=sys.stderr)
    return WELL


def _upgrade(options: argparse.Namespace) -> int:
    from sitegen.editing.upgrade import upgrade

    changes = list(upgrade(options.root))
    print("\n".join(changes) if changes else f"nothing to change for sitegen {__version__}")
    return WELL


def _build(options: argparse.Namespace) -> int:
    from sitegen.build.pipeline import build
    from sitegen.publish.record import begin, write_record

    started, asked = begin(), _options(options)
    report = build(asked, _progress)
    write_record(asked, report, started)
    _tell(report.warnings, options)
    if options.profile:
        _print_profile(report)
    change = report.change
    written = len(change.written)
    print(
        f"{counted(report.pages, 'page')} in {counted(report.languages, 'language')}: {counted(written, 'file')} written, {change.unchanged:,} unchanged, {change.removed:,} removed, in {report.seconds:.2f} s",
        file=sys.stderr,
    )
    return WELL


def _check(options: argparse.Namespace) -> int:
    from sitegen.build.pipeline import check

    if options.live:
        return _check_live(options)
    if options.external:
        return _check_external(options)
    if options.fix:
        return _check_fix(options)
    warnings = check(_options(options))
    _tell(warnings, options)
    if not warnings:
        print("no errors, 0 warnings", file=sys.stderr)
    return WELL


def _check_fix(options: argparse.Namespace) -> int:
    from sitegen.editing.fix import mend

    mended = mend(_options(options))
    print(mended.diff, end="")
    if not mended.diff:
        print("nothing to mend by itself", file=sys.stderr)
    _tell(mended.problems, options)
    return PROBLEMS if _has_error(mended.problems) else WELL


def _check_external(options: argparse.Namespace) -> int:
    from sitegen.build.pipeline import with_site
    from sitegen.publish.external import addresses_of, check_external

    def ask(inputs: Inputs, site: Site) -> tuple[list[Problem], int]:
        found = check_external(options.root, site.library, inputs.as_of, times=options.times)
        return inputs.config.graded(list(found)), len(addresses_of(site.library))

    problems, count = with_site(_options(options), ask)
    _tell(problems, options)
    print(f"{count} addresses of other sites, {len(problems)} problems", file=sys.stderr)
    return PROBLEMS if _has_error(problems) or (options.strict and problems) else WELL


def _check_live(options: argparse.Namespace) -> int:
    from sitegen.model.settings import load_config
    from sitegen.publish.live import check_live, read_expected

    expected = read_expected(options.manifest) if options.manifest else None
    manifest, found = check_live(options.live, expected)
    problems = load_config(options.root).graded(list(found))
    _tell(problems, options)
    print(f"release {manifest.name}: {len(manifest.all)} files at {options.live}, {len(problems)} problems")
    return PROBLEMS if _has_error(problems) or (options.strict and problems) else WELL


def _serve(options: argparse.Namespace) -> int:
    from sitegen.preview.server import serve

    serve(_options(options), options.host, options.port)
    return WELL


def _import(options: argparse.Namespace) -> int:
    if options.kind or options.into or options.folder.is_file():
        return _import_rows(options)
    from sitegen.importers.importer import import_site

    done = import_site(options.folder, options.root)
    _tell(done.problems, options)
    where = f"; all that is left to do is in {options.root / done.report}" if done.report else ""
    print(f"{done.pages} pages, {done.versions} texts and {done.files} files in {options.root}{where}", file=sys.stderr)
    return PROBLEMS if _has_error(done.problems) else WELL


def _import_rows(options: argparse.Namespace) -> int:
    from sitegen.importers.rows import import_rows, report

    if not (options.kind and options.into):
        print("build.py import: a table needs --kind KIND and --into /PAGE/", file=sys.stderr)
        return WRONG_USE
    done = import_rows(options.root, options.folder, options.kind, options.into)
    for line in report(done):
        print(line)
    counts = f"{len(done.new)} new, {len(done.changed)} files changed, {len(done.gone)} gone"
    print(f"{done.pages} pages: {counts}", file=sys.stderr)
    return WELL


def _rename(options: argparse.Namespace) -> int:
    from sitegen.editing.moves import rename

    for path in rename(options.root, options.old, options.new):
        print(path)
    return WELL


def _remove(options: argparse.Namespace) -> int:
    from sitegen.editing.moves import remove

    for path in remove(options.root, options.page, options.to, force=options.force):
        print(path)
    return WELL


def _schema(options: argparse.Namespace) -> int:
    from sitegen.editing.json_schema import write_schemas

    for path in write_schemas(options.root):
        print(path)
    return WELL


def _explain(options: argparse.Namespace) -> int:
    from sitegen.problems.explain import as_markdown, explain, list_codes

    if options.markdown:
        print(as_markdown(), end="")
    else:
        print(_as_run(explain(options.code) if options.code else list_codes()))
    return WELL


def _compare(options: argparse.Namespace) -> int:
    from sitegen.build.pipeline import build
    from sitegen.publish.compare import as_markdown, built_at, compare, read_tree

    asked = _options(options)
    build(asked)
    if Path(options.base).is_dir():
        before = read_tree(Path(options.base))
    else:
        with built_at(asked.root, options.base) as folder:
            before = read_tree(folder)
    print(as_markdown(compare(before, read_tree(asked.output))))
    return WELL


def _hosts(options: argparse.Namespace) -> int:
    from sitegen.build.pipeline import with_site
    from sitegen.hosting.hosts import HOSTS
    from sitegen.hosting.table import hosting_of
    from sitegen.publish.folder import served_folder

    if options.host not in HOSTS:
        print(f"{_program()} hosts: '{options.host}' is none of {', '.join(sorted(HOSTS))}", file=sys.stderr)
        return WRONG_USE
    asked = _options(options)
    folder = served_folder(options.folder or asked.output.resolve())

    def write(inputs: Inputs, site: Site) -> str:
        hosting = replace(hosting_of(site.library, folder), has_brotli=not options.no_brotli)
        return HOSTS[options.host](hosting)

    text = with_site(asked, write)
    print(text, end="")
    return WELL


def _merge(options: argparse.Namespace) -> int:
    from sitegen.build.shards import merge

    output: Path = options.output or options.root / "public"
    change = merge(options.parts, output)
    written = len(change.written)
    print(
        f"{counted(written, 'file')} written, {change.unchanged:,} unchanged, {change.removed:,} removed, in {output}"
    )
    return WELL


def _verify(options: argparse.Namespace) -> int:
    from sitegen.publish.verify import verify

    manifest, problems = verify(_options(options), options.folder)
    _tell(problems, options)
    if not problems:
        print(f"release {manifest.name}: {len(manifest.all)} files, all as this site's sources make them")
    return PROBLEMS if problems else WELL


def _publish(options: argparse.Namespace) -> int:
    from sitegen.publish.record import find_doubts, read_record
    from sitegen.publish.targets import How, publish, roll_back

    site: Path = options.output or options.root / "public"
    if options.rollback:
        done = roll_back(options.target)
        print(f"rolled back to release {done.name}: {counted(done.files, 'file')}, in {done.where}")
        print(
            "what was current stays beside it; `publish` without --rollback brings the last build again",
            file=sys.stderr,
        )
        return WELL
    record = read_record(options.root, site)
    allowed = {"drafts": options.drafts, "pseudo": options.pseudo}
    doubts = list(find_doubts(options.root, record, allowed)) if record else []
    _tell(doubts, options)
    if _has_error(doubts):
        return PROBLEMS
    done = publish(site, options.target, How(options.keep, not options.no_history))
    print(f"release {done.name}: {counted(done.files, 'file')}, {done.new:,} new, in {done.where}")
    return WELL


def _archive(options: argparse.Namespace) -> int:
    from sitegen.publish.archive import archive

    for path in archive(options.output or options.root / "public", options.folder):
        print(path)
    return WELL


def _new(options: argparse.Namespace) -> int:
    from sitegen.editing.new import left_to_do, new_page

    is_asked = sys.stdin.isatty()
    if not is_asked and not (options.kind and options.path):
        print(
            "usage: build.py new KIND PATH [--set FIELD=VALUE]; they are asked for at a terminal only", file=sys.stderr
        )
        return WRONG_USE
    try:
        dialogue = (_ask, _say) if is_asked else None
        made = new_page(options.root, options.kind or "", options.path or "", dict(options.set), dialogue)
        print(made)
        if not is_asked and (left := left_to_do(options.root, options.kind, dict(options.set))):
            print(f"{made}: {left}", file=sys.stderr)
    except EOFError:  # the terminal was closed: nothing is written
        return WRONG_USE
    return WELL


def _ask(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _translate_status(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import STATUS_FORMATS, find_status

    found = find_status(options.root)
    known = [own.language for own in found.languages]
    for path in options.fail_stale:
        if path not in known:
            message = f"--fail-stale: '{path}' is not one of {', '.join(known)}"
            raise SiteError([Problem(path="content/site.yaml", code="unknown-language", message=message)])
    print(STATUS_FORMATS[options.format](found))
    is_low = options.fail_under is not None and any(own.percent < options.fail_under for own in found.languages)
    return PROBLEMS if is_low or any(found.of(path).behind for path in options.fail_stale) else WELL


def _translate_diff(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import diff

    for line in diff(options.root, options.page, options.language):
        print(line)
    return WELL


def _translate_accept(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import accept

    accepted = False
    for path, parts in accept(options.root, options.page, options.language, options.section):
        print(f"{path}: {', '.join(parts)}")
        accepted = True
    if not accepted:
        print("nothing to accept: it was accepted before, and its source has not changed since", file=sys.stderr)
    return WELL


def _translate_review(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import review

    changed = list(review(options.root, options.page, options.language, options.by))
    for path in changed:
        print(path)
    if not changed:
        print("nothing to change: these translations say so already", file=sys.stderr)
    return WELL


def _translate_export(options: argparse.Namespace) -> int:
    from sitegen.source.files import read_given, replace_file
    from sitegen.translation.exchange import export

    content = export(options.root, options.language, options.to, options.only, _export_progress)
    path: Path = options.output or Path(f"{options.language}.{options.to}")
    if path.exists() and not (path.is_file() and read_given(path) == content):
        message = "the file exists" if path.is_file() else "there is a folder or a device of that name"
        hint = "import or delete it first, or name another one with --output"
        raise SiteError([Problem(path=str(path), code="exchange", message=message, hint=hint)])
    replace_file(path, content)
    print(path)
    return WELL


def _export_progress(done: int, count: int) -> None:
    if count > PARTS_SHOWN and (done % PARTS_SHOWN == 0 or done == count):
        print(f"{done} of {count} pages", file=sys.stderr)


def _translate_import(options: argparse.Namespace) -> int:
    from sitegen.translation.exchange import import_file

    done = import_file(options.root, options.file, options.language, options.review)
    for path in done.written:
        print(path)
    if not done.written:
        have = "has" if done.empty == 1 else "have"
        empty = f"; {counted(done.empty, 'text')} of its {done.texts:,} {have} no translation yet" if done.empty else ""
        print(f"nothing to import: {options.file} has no text that the site lacks{empty}", file=sys.stderr)
    for text in done.left_out:
        print(f"left out: {text}", file=sys.stderr)
    return WELL


def _translate_extract(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import extract, extract_theme

    for path in extract_theme(options.theme) if options.theme else (extract(options.root),):
        print(path)
    return WELL


def _translate_update(options: argparse.Namespace) -> int:
    from sitegen.translation.commands import update

    for path in update(options.root, tuple(options.languages)):
        print(path)
    return WELL


def _progress(done: int, total: int, slowest: str) -> None:
    """A line that counts up, on a terminal only."""
    if sys.stderr.isatty() and total > PARTS_SHOWN:
        end = "\n" if done == total else ""
        print(f"\r\033[K{done} of {total} files, slowest {slowest}", end=end, file=sys.stderr, flush=True)


def _print_profile(report: Report) -> None:
    """Where the time went: by stage, by template, and the slowest pages."""
    print("\nseconds  stage", file=sys.stderr)
    for stage, seconds in report.stages.items():
        print(f"{seconds:7.3f}  {stage}", file=sys.stderr)
    by_template: dict[str, list[float]] = {}
    for path, made in report.made.items():
        by_template.setdefault(report.templates[path], []).append(made.seconds)
    print("\nseconds  files  template or output (of all processes together)", file=sys.stderr)
    for template, times in sorted(by_template.items(), key=lambda row: -sum(row[1])):
        print(f"{sum(times):7.3f}  {len(times):5}  {template}", file=sys.stderr)
    print("\nseconds  slowest files", file=sys.stderr)
    for path in sorted(report.made, key=lambda path: -report.made[path].seconds)[:10]:
        print(f"{report.made[path].seconds:7.3f}  {path}", file=sys.stderr)


def _tell(problems: Sequence[Problem], options: argparse.Namespace) -> None:
    """Problems go where they are read: as text to a person, in other formats to a program."""
    from sitegen.problems.excerpts import with_excerpts

    told = with_excerpts(options.root, problems)
    if options.format not in FORMATS or options.format == "text":
        if told:
            check, left = "`python build.py check`", f"{options.root / 'import.txt'}"
            where = {_build: check, _compare: check, _hosts: check, _import: left}.get(options.command)
            shown = format_all if getattr(options, "all", False) else format_text
            text = format_first(told, where) if where else shown(told)
            print(_as_run(colour(text) if _is_coloured() else text), file=sys.stderr)
    elif told or options.format == "json":
        print(FORMATS[options.format](told))
    if told:
        end = "; nothing was published" if options.command in (_build, _check, _publish) and _has_error(told) else ""
        print(_as_run(f"{format_totals(told)}{end}"), file=sys.stderr)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary and options.format == "github":
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(format_summary(told) + "\n")


def _has_error(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _is_coloured() -> bool:
    """On a terminal, unless the person wants none (no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
