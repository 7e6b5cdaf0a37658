"""Commands on a site as a whole: init, upgrade, import, schema."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import Namespace
from pathlib import Path

from sitegen import __version__
from sitegen.commands.arguments import COMMON, Command, Commands, flag, option
from sitegen.commands.console import PROBLEMS, WELL, WRONG_USE, ask, editing, has_error, print_each, say, tell
from sitegen.problems.problem import counted
from sitegen.problems.program_name import program


def _init(options: Namespace) -> int:
    from sitegen.editing.init import init_site
    from sitegen.editing.requirement import is_local, requirement

    tags, title = options.languages, options.title
    if tags is None:
        if not sys.stdin.isatty():
            say("init: name the languages, as in: --languages en,fr,ar")
            return WRONG_USE
        tags = _tags(ask("languages, the source language first, such as en,fr,ar: ") or "en")
        title = title or ask("name of the site, or nothing to fill it in later: ")
    folder: Path = options.root / options.folder
    _refuse_within(options.root, folder)
    given = {"title": title, "base_url": options.base_url, "is_minimal": options.minimal}
    made = init_site(folder, tags, dt.datetime.now(dt.UTC).date(), **given)
    say(f"{counted(len(made), 'file')} in {folder}; see it with: sitegen serve --root {folder}")
    if is_local() and (folder / "requirements.txt").exists():
        say(f"requirements.txt names {requirement()}, which was installed here from a file or folder:")
        say("  if your package index does not have it, write the address of its wheel or repository")
    return WELL


def _refuse_within(root: Path, folder: Path) -> None:
    """Refuse a new site among the sources of the site in whose folder the command runs, or within a built one."""
    from sitegen.build.options import UNPUBLISHED
    from sitegen.storage.output import refuse_made, refuse_own

    what, hint = "the new site's folder", "name a folder outside of this site"
    if (root / "content/site.yaml").exists():
        refuse_own(root, folder, UNPUBLISHED, what, hint)
    refuse_made(folder, what, hint)


@editing
def _upgrade(options: Namespace) -> int:
    from sitegen.editing.upgrade import upgrade

    changes = list(upgrade(options.root))
    return print_each(changes or [f"nothing to change for sitegen {__version__}"])


@editing
def _import(options: Namespace) -> int:
    if options.kind or options.into or options.folder.is_file():
        return _import_rows(options)
    from sitegen.importers.importer import import_site
    from sitegen.storage.output import refuse_made

    refuse_made(options.root, "the new site's folder", "name another folder with --root")
    done = import_site(options.folder, options.root, options.sort)
    tell(done.problems, options)
    where = f"; all that is left to do is in {options.root / done.report}" if done.report else ""
    pages, texts, files = counted(done.pages, "page"), counted(done.versions, "text"), counted(done.files, "file")
    what = "the interrupted import has been completed" if done.is_completed else f"{pages}, {texts} and {files}"
    say(f"{what} in {options.root}{where}")
    return PROBLEMS if has_error(done.problems) else WELL


def _import_rows(options: Namespace) -> int:
    from sitegen.importers.table_import import import_rows, report

    if not (options.kind and options.into):
        say(f"{program()} import: a table needs --kind KIND and --into /PAGE/")
        return WRONG_USE
    done = import_rows(options.root, options.folder, options.kind, options.into)
    print_each(report(done))
    counts = f"{len(done.new):,} new, {counted(len(done.changed), 'file')} changed, {len(done.gone):,} gone"
    say(f"{counted(done.pages, 'page')}: {counts}")
    return WELL


@editing
def _schema(options: Namespace) -> int:
    from sitegen.editing.json_schema import write_schemas

    return print_each(write_schemas(options.root))


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


COMMANDS: Commands = {
    "init": Command(
        _init,
        *COMMON,
        option("folder", "a new or empty folder", "FOLDER", type=Path),
        option("--languages", "such as en,fr,ar; the first is the source language", "TAGS", type=_tags),
        option("--title", "the site's name", "TEXT", default=""),
        option("--base-url", "address of the published site", "URL", default=""),
        flag("--minimal", "three files: settings, content model, home page"),
    ),
    "upgrade": Command(_upgrade, *COMMON),
    "import": Command(
        _import,
        *COMMON,
        option(
            "folder", "the folder with hugo.toml or mkdocs.yml, or a table such as partners.csv", "SOURCE", type=Path
        ),
        option("--from", "hugo or mkdocs (default: detected from the folder)", "NAME", dest="sort", default=""),
        option("--kind", "for a table: the kind of the pages", "KIND"),
        option("--into", "for a table: the content path of their parent page", "PAGE"),
    ),
    "schema": Command(_schema, *COMMON),
}
