"""Two builds of a site compared: what a proposal changes for readers, language by language.

Builds are identical byte for byte if nothing has changed, so every file that differs is a change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.problems.problem import SiteError, refusal
from sitegen.problems.reporters import code_span
from sitegen.publish.manifest import read_files
from sitegen.render.file_names import STATUS
from sitegen.source.files import read_given
from sitegen.source.git import GIT, environment, words_of
from sitegen.storage.cache import LENT
from sitegen.storage.output import MARKER, list_files, read_digests
from sitegen.storage.temporary_folder import temporary_folder

#: The most pages to name one by one in each language; the others are counted.
MOST_NAMED = 30
#: The folder that contains this engine's package.
ENGINE = Path(__file__).parents[2]


class _State(Struct, frozen=True):
    state: str


class _States(Struct, frozen=True):
    pages: Mapping[str, _State] = {}


class Tree(Struct, frozen=True):
    """A built site: path → (size, digest) of each page, and the states of its translations by language."""

    files: Mapping[str, tuple[int, str]]
    states: Mapping[str, _States]

    @property
    def languages(self) -> list[str]:
        """The top folders that contain a home page."""
        return [
            path.partition("/")[0]
            for path in sorted(self.files)
            if path.count("/") == 1 and path.endswith("/index.html")
        ]

    def pages(self, language: str) -> dict[str, tuple[int, str]]:
        """The pages of a language."""
        return {path: file for path, file in self.files.items() if path.startswith(f"{language}/")}


class Difference(Struct, frozen=True):
    """The differences in one language: pages by path, and states of translations as (key, before, after)."""

    language: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    states: tuple[tuple[str, str, str], ...]
    weight: tuple[int, int]


def read_tree(folder: Path) -> Tree:
    """The built site in a folder; raises SiteError if the folder contains none, or a damaged list of states."""
    if not (folder / MARKER).is_file():
        raise refusal(folder, "unreadable", "the folder contains no built site", "build it first")
    there = list_files(folder).keys()
    pages = {path for path in there & (read_digests(folder).keys() or there) if path.endswith(".html")}
    return Tree(read_files(folder, pages), _read_states(folder / STATUS))


def _read_states(status: Path) -> dict[str, _States]:
    if not status.is_file():
        return {}
    try:
        return msgspec.json.decode(read_given(status), type=dict[str, _States])
    except (msgspec.DecodeError, RecursionError) as error:
        raise refusal(
            status, "unreadable", "this is no list of states that a build has written", "build the site again"
        ) from error


def compare(before: Tree, after: Tree) -> tuple[Difference, ...]:
    """The differences in each language that either tree has, in the order of the later build."""
    return tuple(_compare(before, after, path) for path in dict.fromkeys((*after.languages, *before.languages)))


def _compare(before: Tree, after: Tree, language: str) -> Difference:
    old, new = before.pages(language), after.pages(language)
    changed = tuple(path for path in new if path in old and old[path] != new[path])
    weight = sum(size for size, _ in old.values()), sum(size for size, _ in new.values())
    added, gone = (tuple(path for path in one if path not in other) for one, other in ((new, old), (old, new)))
    return Difference(language, added, changed, gone, tuple(_states(before, after, language)), weight)


def _states(before: Tree, after: Tree, language: str) -> Iterator[tuple[str, str, str]]:
    """Pages that are in both builds, with different states."""
    old, new = (tree.states.get(language, _States()).pages for tree in (before, after))
    for key in sorted(old.keys() & new.keys()):
        if old[key] != new[key]:
            yield key, old[key].state, new[key].state


@contextmanager
def built_at(root: Path, commit: str) -> Iterator[Path]:
    """The site as a commit builds it, in a folder that is removed afterwards.

    It is built by the commit's own engine if the commit contains one, otherwise by this one.

    Raises:
        SiteError: there is no such commit, or it can't be built.
    """
    git = [*GIT, "-c", f"core.hooksPath={os.devnull}", "-C", str(root)]  # which a branch may bring along, as in .husky/
    with temporary_folder() as temporary:
        tree, output = temporary / "tree", temporary / "public"
        within = _git([*git, "rev-parse", "--show-prefix"], commit).rstrip("\n")
        _git([*git, "worktree", "add", "--detach", "--quiet", "--", str(tree), commit], commit)
        try:
            if (tree / within).resolve() != tree.resolve() / within:
                raise _refusal(commit, "its folder is reached through a link", "compare with another commit")
            _build(tree / within, output, root, commit)
            yield output
        finally:
            _git([*git, "worktree", "remove", "--force", str(tree)], commit)


def _build(site: Path, output: Path, root: Path, commit: str) -> None:
    has_engine = (site / "build.py").is_file() and (site / "sitegen").is_dir()
    engine = ["build.py"] if has_engine else ["-m", "sitegen"]
    command = [sys.executable, *engine, "--root", str(site), "--output", str(output)]
    env = {**os.environ, LENT: str(root.resolve())}  # its entries are named by their inputs: right for any commit
    place = site if has_engine else ENGINE
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, errors="replace", check=False, env=env)  # noqa: S603 - no shell
    if done.returncode:
        lines = done.stderr.splitlines() or ["no reason given"]
        reason = next((line for line in lines if ": error[" in line), lines[-1])
        raise _refusal(commit, reason, f"see all its problems: git worktree add FOLDER {commit}, then build it there")


def _git(command: list[str], commit: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True, env=environment())  # noqa: S603 - no shell; what the caller names
        return done.stdout
    except (OSError, subprocess.CalledProcessError) as error:
        reason, hint = words_of((getattr(error, "stderr", None) or str(error)).strip())
        raise _refusal(commit, reason, hint or "name a commit of this repository") from error


def _refusal(commit: str, reason: str, hint: str) -> SiteError:
    return refusal(commit, "unreadable", f"the commit '{commit}' can't be built: {reason}", hint)


def as_markdown(differences: tuple[Difference, ...]) -> str:
    """The differences as a summary for reviewers."""
    lines = ["| language | new | changed | gone | translations | weight of its pages |", "|---|---|---|---|---|---|"]
    for own in differences:
        before, after = own.weight
        moved = f"{len(own.states)} changed state" if own.states else "–"
        weight = f"{_kilobytes(before)} → {_kilobytes(after)}" if before != after else _kilobytes(after)
        lines.append(f"| {own.language} | {len(own.new)} | {len(own.changed)} | {len(own.gone)} | {moved} | {weight} |")
    for own in differences:
        lines += _details(own)
    return "\n".join(lines)


def _details(own: Difference) -> Iterator[str]:
    if not (own.new or own.changed or own.gone or own.states):
        return
    yield f"\n<details><summary>{own.language}</summary>\n"
    for name, paths in (("new", own.new), ("changed", own.changed), ("gone", own.gone)):
        for path in paths[:MOST_NAMED]:
            yield f"- {name}: {code_span('/' + path.removesuffix('index.html'))}"
        if len(paths) > MOST_NAMED:
            yield f"- {name}: {len(paths) - MOST_NAMED} more"
    for key, before, after in own.states[:MOST_NAMED]:
        yield f"- {code_span(key)}: {code_span(before)} → {code_span(after)}"
    yield "\n</details>"


def _kilobytes(size: int) -> str:
    return f"{size / 1000:,.0f} KB"
