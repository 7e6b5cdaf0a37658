"""Commands on a site as a whole: init, upgrade, import, schema."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from sitegen import __version__
from sitegen.commands.arguments import Commands, add_common
from sitegen.commands.console import PROBLEMS, WELL, WRONG_USE, ask, has_error, print_each, tell
from sitegen.problems.problem import counted
from sitegen.problems.program_name import program


def _add_init(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new or empty folder")
    parser.add_argument(
        "--languages", type=_tags, metavar="TAGS", help="such as en,fr,ar; the first is the source language"
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="the site's name")
    parser.add_argument("--base-url", default="", metavar="URL", help="address of the published site")
    parser.add_argument("--minimal", action="store_true", help="three files: settings, content model, home page")


def _init(options: Namespace) -> int:
    from sitegen.editing.init import init_site
    from sitegen.editing.requirement import is_local, requirement

    tags, title = options.languages, options.title
    if tags is None:
        if not sys.stdin.isatty():
            print("init: name the languages, as in: --languages en,fr,ar", file=sys.stderr)
            return WRONG_USE
        tags = _tags(ask("languages, the source language first, such as en,fr,ar: ") or "en")
        title = title or ask("name of the site, or nothing to fill it in later: ")
    folder: Path = options.root / options.folder
    _refuse_within(options.root, folder)
    given = {"title": title, "base_url": options.base_url, "is_minimal": options.minimal}
    made = init_site(folder, tags, dt.datetime.now(dt.UTC).date(), **given)
    print(f"{counted(len(made), 'file')} in {folder}; see it with: sitegen serve --root {folder}", file=sys.stderr)
    if is_local() and (folder / "requirements.txt").exists():
        print(
            f"requirements.txt names {requirement()}, which was installed here from a file or folder:", file=sys.stderr
        )
        print("  if your package index does not have it, write the address of its wheel or repository", file=sys.stderr)
    return WELL


def _refuse_within(root: Path, folder: Path) -> None:
    """Refuse a new site among the sources of the site in whose folder the command runs."""
    from sitegen.build.options import UNPUBLISHED
    from sitegen.storage.output import refuse_own

    if (root / "content/site.yaml").exists():
        refuse_own(root, folder, UNPUBLISHED, "the new site's folder", "name a folder outside of this site")


def _upgrade(options: Namespace) -> int:
    from sitegen.editing.upgrade import upgrade

    changes = list(upgrade(options.root))
    print("\n".join(changes) if changes else f"nothing to change for sitegen {__version__}")
    return WELL


def _add_import(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument(
        "folder",
        type=Path,
        metavar="SOURCE",
        help="the folder with hugo.toml or mkdocs.yml, or a table such as partners.csv",
    )
    parser.add_argument(
        "--from", dest="sort", default="", metavar="NAME", help="hugo or mkdocs (default: detected from the folder)"
    )
    parser.add_argument("--kind", metavar="KIND", help="for a table: the kind of the pages")
    parser.add_argument("--into", metavar="PAGE", help="for a table: the content path of their parent page")


def _import(options: Namespace) -> int:
    if options.kind or options.into or options.folder.is_file():
        return _import_rows(options)
    from sitegen.importers.importer import import_site

    done = import_site(options.folder, options.root, options.sort)
    tell(done.problems, options)
    where = f"; all that is left to do is in {options.root / done.report}" if done.report else ""
    pages, texts, files = counted(done.pages, "page"), counted(done.versions, "text"), counted(done.files, "file")
    what = "the interrupted import has been completed" if done.is_completed else f"{pages}, {texts} and {files}"
    print(f"{what} in {options.root}{where}", file=sys.stderr)
    return PROBLEMS if has_error(done.problems) else WELL


def _import_rows(options: Namespace) -> int:
    from sitegen.importers.table_import import import_rows, report

    if not (options.kind and options.into):
        print(f"{program()} import: a table needs --kind KIND and --into /PAGE/", file=sys.stderr)
        return WRONG_USE
    done = import_rows(options.root, options.folder, options.kind, options.into)
    print_each(report(done))
    counts = f"{len(done.new):,} new, {counted(len(done.changed), 'file')} changed, {len(done.gone):,} gone"
    print(f"{counted(done.pages, 'page')}: {counts}", file=sys.stderr)
    return WELL


def _schema(options: Namespace) -> int:
    from sitegen.editing.json_schema import write_schemas

    return print_each(write_schemas(options.root))


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


COMMANDS: Commands = {
    "init": (_add_init, _init),
    "upgrade": (add_common, _upgrade),
    "import": (_add_import, _import),
    "schema": (add_common, _schema),
}
