"""The command that shows the documentation of the installed version: docs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from sitegen.commands.arguments import Command, Commands, option, port
from sitegen.commands.console import WELL

_ENGINE = Path(__file__).resolve().parents[1]
#: Where a wheel has the documentation, a site like any other, and where a clone has it.
_INSTALLED, _CLONED = _ENGINE / "documentation", _ENGINE.parent / "docs"
#: The pages that are made of the code, which no commit has.
_MADE = "content/reference"


def lay_out_documentation(folder: Path) -> None:
    """Copy the documentation into an empty folder, as a site to build there; raises SiteError if it can't be read."""
    from sitegen.problems.problem import refusal
    from sitegen.source.file_writing import copy_files
    from sitegen.source.files import walk

    source = _INSTALLED if _INSTALLED.is_dir() else _CLONED
    if not (source / "content").is_dir():
        hint = "install the wheel of a release, or run `make docs` in a clone"
        raise refusal("docs", "missing-content", "this installation has no documentation", hint)
    folders = (folder for top in ("content", "templates") for folder in walk(source, top, []))
    found = [f"{place}/{file.name}" for place, files in folders for file in files]
    copy_files(source, folder, {path: path for path in found})


def _docs(options: Namespace) -> int:
    from sitegen.build.options import Options
    from sitegen.preview.server import serve
    from sitegen.problems.problem import refusal
    from sitegen.source.file_writing import writing
    from sitegen.storage.temporary_folder import temporary_folder

    with temporary_folder() as root:
        with writing(root, "the documentation"):
            lay_out_documentation(root)
        if not (root / _MADE).is_dir():
            hint = "run `make docs` once, which makes them of the code"
            raise refusal(f"docs/{_MADE}", "missing-content", "the documentation of this clone lacks these pages", hint)
        serve(Options(root=root, output=root / "public", languages=tuple(options.languages)), "127.0.0.1", options.port)
    return WELL


COMMANDS: Commands = {
    "docs": Command(
        _docs,
        option("--port", "the first port to try (default: 8000)", type=port, default=8000),
        option("--languages", "only these: en, zh, ru", "PATH", nargs="+", default=()),
        lambda parser: parser.set_defaults(format="text", root=Path()),
    )
}
