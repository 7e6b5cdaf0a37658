"""What `check` would find after a change, found before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from sitegen.content.content_files import Listing, list_content
from sitegen.content.reader import load_content
from sitegen.editing.mentions import SETTINGS
from sitegen.library.assembly import build_library
from sitegen.library.cross_page_problems import find_library_problems
from sitegen.library.dead_links import find_dead_links
from sitegen.library.library import Library
from sitegen.model.page import Document, Key
from sitegen.model.settings import today
from sitegen.problems.problem import Problem
from sitegen.source.files import MOST_FOLDERS, read_text, too_deep
from sitegen.source.text import decode


def errors_after(
    root: Path,
    library: Library,
    files: Mapping[str, bytes],
    moved: Mapping[Key, Key] | None = None,
    gone: Collection[Key] = (),
    read_again: Mapping[str, tuple[Document, list[Problem]]] | None = None,
) -> list[Problem]:
    """Return the errors that a change would add: in the files, and in the addresses and references of all pages.

    Args:
        files: path → new contents, for pages at the paths that they have now.
        moved: page → its new path.
        gone: pages that are removed.
        read_again: path → what has been read of a file's new contents already.
    """
    config, moved, again = library.config, moved or {}, read_again or {}
    found = _listing_after(list_content(root, config), files, moved, gone)
    changed = {key for key, versions in found.pages.items() if not files.keys().isdisjoint(versions.values())}

    def remembered(key: Key) -> tuple[Document, ...] | None:
        page = library.pages.get(key)
        known = {own.path: own for own in page.written.values()} if page else {}
        if not known or known.keys() != {*found.pages[key].values()} or not known.keys() & files.keys() <= again.keys():
            return None
        return tuple(again[path][0] if path in files else own for path, own in known.items())

    def read(path: str) -> str:
        return decode(path, files[path]) if path in files else read_text(root, path)

    content = load_content(root, config, found, library.shelf, remembered=remembered, read=read)
    day = today(config.time_zone, None)
    after = build_library(
        content, config, library.locales, library.shelf, library.pictures, as_of=day, with_drafts=True
    )
    touched = {*changed, *moved.values()}
    paths = {path for key in touched for path in found.pages[key].values()}
    before = {(problem.path, problem.message) for problem in find_library_problems(library)}
    told = (*content.problems, *(problem for _, own in again.values() for problem in own))
    problems = [problem for problem in told if problem.path in paths and problem.code != "missing-source"]
    now = (problem for problem in find_library_problems(after) if problem.path != SETTINGS)  # read before the change
    problems += [problem for problem in now if (problem.path, problem.message) not in before]
    new = (
        document
        for key in changed - library.pages.keys() - content.unread - {*moved.values()}
        for document in after.pages[key].written.values()
    )
    problems += [problem for document in new for problem in find_dead_links(after, document)]
    problems += [too_deep(f"content{key}".rstrip("/")) for key in touched if key.count("/") > MOST_FOLDERS]
    return [problem for problem in config.graded(problems) if problem.severity == "error"]


def _listing_after(
    listing: Listing, files: Mapping[str, bytes], moved: Mapping[Key, Key], gone: Collection[Key]
) -> Listing:
    """Return the files of content/ after a change, each with its present path, and with the pages that are new."""
    pages = {moved.get(key, key): dict(versions) for key, versions in listing.pages.items() if key not in gone}
    for path, key, language in _pages_of(files):
        if path not in listing.signatures:
            pages.setdefault(key, {})[language] = path
    beside = {(moved.get(key, key), name): path for (key, name), path in listing.files.items() if key not in gone}
    return replace(listing, pages=dict(sorted(pages.items())), files=beside)


def _pages_of(files: Mapping[str, bytes]) -> Iterator[tuple[str, Key, str]]:
    for path in files:
        folder, _, name = path.rpartition("/")
        if folder.partition("/")[0] == "content" and name.endswith(".md"):
            yield path, Key(folder.removeprefix("content") + "/"), name.split(".")[1]
