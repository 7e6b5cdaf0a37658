"""Every command of the command line, run on any site: none may end in a traceback."""

from __future__ import annotations

import contextlib
import io
import locale
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from sitegen.build.options import Options
from sitegen.cli import main, run
from sitegen.preview.rebuilding import Preview


def every_command(root: Path, aside: Path) -> Iterator[list[str]]:
    """The arguments of each command but `serve`, those that change the site last.

    Args:
        aside: a folder for what commands write outside the site.
    """
    site, public = ["--root", str(root)], str(root / "public")
    for words in (
        ["check"],
        ["build", "--jobs", "1"],
        ["build", "--drafts", "--pseudo", "--as-of", "2026-02-01", "--compress"],
        ["build", "--languages", "en"],
        ["check", "--strict", "--format", "json"],
        *(["hosts", host] for host in ("caddy", "headers", "nginx", "redirects")),
        ["compare", public],
        ["verify", public],
        ["translate", "status"],
        ["translate", "status", "--format", "html"],
        ["translate", "status", "--format", "json"],
        *(
            ["translate", "diff", page, language]
            for page in ("/", "/a/", "/news/opening/")
            for language in ("fr", "ru")
        ),
        *(
            ["translate", "export", language, "--to", style, "--output", str(aside / f"{language}.{style}")]
            for language in ("fr", "ru")
            for style in ("po", "xliff")
        ),
        ["schema"],
        ["translate", "extract"],
        ["translate", "update"],
        *(
            ["translate", "import", str(aside / f"{language}.{style}")]
            for language in ("fr", "ru")
            for style in ("po", "xliff")
        ),
        ["translate", "accept", "/", "fr"],
        ["translate", "accept", "all", "all"],
        ["new", "page", "/new/page/", "--set", "title=New"],
        ["rename", "/a/", "/other/"],
        ["rename", "/news/", "/messages/"],
        ["remove", "/other/"],
        ["remove", "/other/", "--force"],
        ["check", "--fix"],
        ["build", "--clean"],
    ):
        yield [*words, *site]
    yield ["publish", str(aside / "host"), *site]
    yield ["publish", str(aside / "host"), "--rollback", *site]
    yield ["archive", str(aside / "archive"), *site]
    yield ["import", str(root), "--root", str(aside / "imported")]
    yield ["explain", "dead-page"]


def attempt(words: list[str]) -> str:
    """Return what a command prints; unexpected exceptions are raised."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            run(words)
        except SystemExit as wrong:  # argparse
            told.write(f"exit {wrong.code}")
    return told.getvalue()


def preview(root: Path) -> None:
    """Show a site as `serve` does at its start; return the overlay of its pages."""
    shown = Preview(Options(root=root, output=root / ".cache/preview", drafts=True))
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            shown.rebuild()
            shown.tell()
            shown.overlay()
            shown.bar("en/index.html")
        finally:
            shown.close()
    failed = [problem for problem in shown.problems if problem.code == "failed"]
    assert not failed, failed[0]


def try_every_command(root: Path, aside: Path) -> None:
    """Run each on a copy of the site as the one before has left it.

    Raises:
        AssertionError: one of them ends in a traceback; it is named.
    """
    aside.mkdir()
    for words in every_command(root, aside):
        try:
            attempt(words)
        except Exception as error:
            raise AssertionError(f"build.py {' '.join(words)}: {type(error).__name__}: {error}") from error
    preview(root)


def damage(folder: Path) -> None:
    """Truncate every file of a cache."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def make_foreign(folder: Path) -> None:
    """Replace every file of a cache by foreign content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            path.write_bytes(b"\x80\x05 other people's \xff\x00" * 9)


def copied(folder: Path, to: Path) -> Path:
    """A copy of a site that keeps symlinks."""
    shutil.copytree(folder, to, symlinks=True)
    return to


if __name__ == "__main__":  # in a process of its own, which has the locale that the environment names
    main(["explain", "dead-page"])  # starts this process anew where the locale is not UTF-8
    spoken = locale.setlocale(locale.LC_ALL, "")
    try_every_command(*map(Path, sys.argv[1:]))
    print(spoken, "spoken")
