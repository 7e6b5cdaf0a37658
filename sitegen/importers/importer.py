"""`import`: the folder of a Hugo site becomes a site here; what can't be brought is told with its file and line.

Everything is made in a folder beside its place and put there at the end: all of it or nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.importers.hugo.pages import adopt
from sitegen.importers.hugo.reader import read_site
from sitegen.importers.hugo.writer import Rewriter
from sitegen.problems.excerpts import with_excerpts
from sitegen.problems.problem import WARNINGS, Problem, SiteError, in_order

#: Templates and style of a site that has none yet: path → text.
STARTER = Path(__file__).with_name("starter.yaml")
#: What a moved site may begin with; `checks:` in its site.yaml lets it be built.
TOLERABLE = frozenset(
    {"alt", "block", "unknown-block", "dead-anchor", "dead-file", "dead-page", "heading", "html", "picture"}
)
#: Codes of files that can't be published: two at one address, a drawing that loads something, a type that runs.
_LEFT_OUT = frozenset({"svg", "url-clash", "file-type"})
#: Folders of a site, in the order in which they are put in place.
_TOPS = ("content", "static", "templates")
#: Where a site is made, and what says that it is whole there.
_WORK, _READY = ".import-", "ready"
_LOOKS = "how a site looks is not imported", "the theme shows it; write templates/ for what is to look otherwise"
#: Folder of a Hugo site → (message, hint) on why it stays behind.
_NOT_CONTENT = {
    "archetypes": ("patterns of new pages are not imported", "`new` asks for what content/kinds.yaml declares"),
    "data": ("data files are not imported", "make pages of them, or put them beside the page that shows them"),
    "i18n": ("messages of the interface are not imported", "the theme has its own; translations/ overrides them"),
    "layouts": _LOOKS,
    "themes": _LOOKS,
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What has become of a site.

    Attributes:
        versions: how many texts of pages were written.
        report: file, relative to the root, that has all problems; "" where there are none.
    """

    pages: int
    versions: int
    files: int
    report: str
    problems: tuple[Problem, ...]


def import_site(folder: Path, root: Path) -> Imported:
    """Make a site below `root` of the Hugo site in `folder`.

    Raises:
        SiteError: `folder` is none, its settings can't be read, or `root` has a site; nothing is written.
    """
    _undo_unfinished(root)
    taken = [name for name in _TOPS if (root / name).exists()]
    if taken:
        message, hint = "there is a site already", "name a new folder with --root"
        raise SiteError([Problem(path=taken[0], code="not-imported", message=message, hint=hint)])
    try:
        rewriter = Rewriter(folder, adopt(read_site(folder)))
        texts = rewriter.texts()
        found = _put(root, folder, texts, rewriter)
    except SiteError as error:
        raise SiteError(_told(folder, error.problems)) from error
    except OSError as error:
        message = f"{error.strerror or error}".lower()
        raise SiteError([Problem(path=str(error.filename or root), code="unwritable", message=message)]) from error
    adopted = rewriter.adopted
    own = [*adopted.site.problems, *adopted.problems, *rewriter.problems, *_left_behind(folder)]
    problems = in_order([*with_excerpts(root, found), *_told(folder, own)])
    report = _write_report(root, problems)
    versions = sum(len(family.versions) for family in adopted.families.values())
    return Imported(len(adopted.families), versions, len(rewriter.links.taken), report, problems)


def _told(folder: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of the old site, with their paths from here; what can't be said here does not stop the rest."""
    for problem in with_excerpts(folder, problems):
        path = problem.path if problem.path == str(folder) else (folder / problem.path).as_posix()
        yield replace(problem, path=path, severity="warning" if problem.code in WARNINGS else "error")


def _left_behind(folder: Path) -> Iterator[Problem]:
    for name, (message, hint) in _NOT_CONTENT.items():
        if (folder / name).is_dir() and any((folder / name).iterdir()):
            yield Problem(path=name, code="not-imported", message=message, hint=hint)


def _put(root: Path, folder: Path, texts: Mapping[str, str], rewriter: Rewriter) -> list[Problem]:
    """Write the site; returns what is still wrong with it, which `checks:` of its site.yaml lets pass where that may be."""
    root.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=root, prefix=_WORK))
    try:
        _write(work, texts, rewriter, folder)
        found = _settle(work, texts["content/site.yaml"])
        (work / _READY).touch()
        for name in _TOPS:
            if (work / name).exists():
                os.replace(work / name, root / name)
    finally:
        shutil.rmtree(work)
    return found


def _undo_unfinished(root: Path) -> None:
    """Take back what an import had put in place when it was killed."""
    for work in sorted(root.glob(f"{_WORK}*")):
        if (work / _READY).exists():
            for name in _TOPS:
                if not (work / name).exists() and (root / name).exists():
                    shutil.rmtree(root / name)
        shutil.rmtree(work)


def _write(work: Path, texts: Mapping[str, str], rewriter: Rewriter, folder: Path) -> None:
    names = str([taxonomy.plural for taxonomy in rewriter.adopted.taxonomies])
    starter = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    for path, text in {**starter, **texts}.items():
        _write_text(work / path, text.replace("TAXONOMIES", names) if path in starter else text)
    for (owner, name), source in rewriter.links.taken.items():
        shutil.copyfile(folder / source, work / f"content{owner}{name}")
    for source in rewriter.adopted.site.shared.values():
        if source.startswith("static/"):
            (work / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / source, work / source)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _settle(work: Path, settings: str) -> list[Problem]:
    """Let what may be wrong with a site that moves here be a warning, and leave out files that can't be published.

    Returns everything that is wrong then.
    """
    left_out: list[Problem] = []
    codes: set[str] = set()
    while True:
        found = _problems(Options(root=work, output=work / "public", remembers=False))
        errors = [problem for problem in found if problem.severity == "error"]
        files = {p.path: p for p in errors if p.code in _LEFT_OUT and not p.path.endswith((".md", ".yaml"))}
        tolerable = {problem.code for problem in errors} & TOLERABLE
        if not files and not tolerable:
            break
        for path, problem in files.items():
            (work / path).unlink(missing_ok=True)
            message = f"{problem.message}; the file is left out"
            left_out.append(replace(problem, code="not-imported", message=message, severity="warning"))
        codes |= tolerable
        _write_text(work / "content/site.yaml", settings + _checks(codes))
    return [*left_out, *errors, *(p for p in found if p.severity == "warning" and p.code in codes)]


def _checks(codes: Iterable[str]) -> str:
    lines = ["# What the old site had wrong already; take a line away when the last of its problems is mended."]
    return "\n".join([*lines, "checks:", *(f"  {code}: warning" for code in sorted(codes))]) + "\n" if codes else ""


def _problems(options: Options) -> tuple[Problem, ...]:
    try:
        return check(options)
    except SiteError as error:
        return error.problems


def _write_report(root: Path, problems: Iterable[Problem]) -> str:
    text = "\n".join(str(problem) for problem in problems)
    if text:
        _write_text(root / "import.txt", text + "\n")
    return "import.txt" if text else ""
