"""`import`: converts a Hugo or MkDocs site, and reports what could not be imported with file and line.

The site is built in a working folder and moved into place at the end, so it is imported completely or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.options import Options
from sitegen.build.pipeline import problems_of
from sitegen.importers.draft import Draft
from sitegen.importers.placed_files import has_meaning
from sitegen.importers.registry import importer_for
from sitegen.problems.problem import WARNINGS, Problem, SiteError, in_order, refusal
from sitegen.problems.reporters import format_all
from sitegen.source.excerpts import with_excerpts
from sitegen.source.file_writing import changing, copy_files, remove_file, replace_files
from sitegen.source.yaml_loader import Loader
from sitegen.storage.working_folder import finish_interrupted, put_in_place, working_folder

#: The file with templates and styles for imported sites: path → text.
STARTER = Path(__file__).with_name("starter.yaml")
#: Errors that an imported site may have at first; `checks:` in its site.yaml turns them into warnings.
TOLERABLE = frozenset(
    {"alt", "block", "unknown-block", "dead-anchor", "dead-file", "dead-page", "heading", "html", "picture"}
)
#: Problem codes of files that can't be published: an unsafe or costly SVG, a huge file, two files at one address, a
#: forbidden file type, a name almost like a page's.
_LEFT_OUT = frozenset({"svg", "too-costly", "too-large", "url-clash", "file-type", "unknown-language"})
#: The parts of a site in the order in which they are moved; `content` is last, as it makes the folder a site.
_REPORT = "import.txt"
_TOPS = (_REPORT, "static", "templates", "content")
#: How often the new site is checked, as what is left out may leave other problems.
_MOST_ROUNDS = 10
#: The prefix of the working folder.
_WORK = ".import-"


class Imported(Struct, frozen=True):
    """The result of importing a site."""

    pages: int
    versions: int  #: the number of page texts written
    files: int
    report: str  #: the file with all problems, relative to the root; "" if there are none
    problems: tuple[Problem, ...]
    is_completed: bool = False  #: an import that was interrupted has been completed instead; its counts are not known


def import_site(folder: Path, root: Path, sort: str = "") -> Imported:
    """Import the site in `folder` into `root`, with the importer `sort` or the one that recognizes the folder.

    If an import into `root` was interrupted once all was made, it is completed instead.

    Raises:
        SiteError: `folder` has no site, its settings can't be read, or `root` already has a site; nothing is written.
    """
    with changing(root):
        if finish_interrupted(root, _WORK):
            return Imported(0, 0, 0, _REPORT if (root / _REPORT).exists() else "", (), is_completed=True)
        _refuse_taken(root)
        draft = _read(folder, sort)
        problems = _put(root, folder, draft)
    files = sum(path.startswith("content/") for path in draft.files)
    return Imported(draft.pages, draft.versions, files, _REPORT if problems else "", problems)


def _read(folder: Path, sort: str) -> Draft:
    try:
        return importer_for(folder, sort).read(folder)
    except SiteError as error:
        raise SiteError(_told(folder, error.problems)) from error


def _refuse_taken(root: Path) -> None:
    taken = [name for name in reversed(_TOPS) if (root / name).exists()]
    if taken:
        raise refusal(taken[0], "not-imported", "there is a site already", "name a new folder with --root")


def _told(folder: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems of the old site with paths as seen from here; those with a code in `WARNINGS` become warnings."""
    for problem in with_excerpts(folder, problems):
        path = problem.path if problem.path == str(folder) else (folder / problem.path).as_posix()
        yield replace(problem, path=path, severity="warning" if problem.code in WARNINGS else "error")


def _put(root: Path, folder: Path, draft: Draft) -> tuple[Problem, ...]:
    """Write the site; return what could not be imported, and the new site's errors, tolerable ones as warnings."""
    with working_folder(root, _WORK) as work:
        _write(work, draft, folder)
        found = with_excerpts(work, _settle(work, draft.texts["content/site.yaml"]))
        problems = in_order([*found, *_told(folder, draft.problems)])
        if problems:
            replace_files(work, {_REPORT: f"{format_all(problems)}\n".encode()})
        _refuse_taken(root)  # another import may have been faster
        put_in_place(work, [name for name in _TOPS if (work / name).exists()])
    return problems


def _write(work: Path, draft: Draft, folder: Path) -> None:
    if wrong := [path for path in draft.files if path in draft.texts or has_meaning(path)]:
        raise refusal(wrong[0], "not-imported", "a file of the old site can't be a page, settings or a template")
    starter = {
        path: text.replace("TAXONOMIES", str(list(draft.taxonomies)))
        for path, text in yaml.load(STARTER.read_text(encoding="utf-8"), Loader).items()  # noqa: S506 - it is a part of the engine
    }
    replace_files(work, {path: text.encode() for path, text in {**starter, **draft.texts}.items()})
    copy_files(folder, work, draft.files)


def _settle(work: Path, settings: str) -> list[Problem]:
    """Turn tolerable errors of an imported site into warnings, and leave out files that can't be published.

    Return all problems that remain.
    """
    left_out: list[Problem] = []
    codes: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        found = problems_of(Options(root=work, output=work / "public", remembers=False))
        errors = [problem for problem in found if problem.severity == "error"]
        files = {p.path: p for p in errors if p.code in _LEFT_OUT and not p.path.endswith((".md", ".yaml"))}
        tolerable = {problem.code for problem in errors} & TOLERABLE
        if not files and not tolerable:
            break
        for path, problem in files.items():
            remove_file(work, path)
            message = f"{problem.message}; the file is left out"
            left_out.append(replace(problem, code="not-imported", message=message, severity="warning"))
        codes |= tolerable
        replace_files(work, {"content/site.yaml": (settings + _checks(codes)).encode()})
    return [*left_out, *errors, *(p for p in found if p.severity == "warning" and p.code in codes)]


def _checks(codes: Iterable[str]) -> str:
    lines = ["# Problems that the old site already had; remove a line when the last of them is fixed."]
    return "\n".join([*lines, "checks:", *(f"  {code}: warning" for code in sorted(codes))]) + "\n" if codes else ""
