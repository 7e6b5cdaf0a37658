"""`rename` and `remove`: move or delete a page and its subpages, and update links, references and old addresses.

A link is edited in place, without touching the text around it. The records of translations are updated, so that a
translation does not become outdated by this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from sitegen.content.content_files import outside_content
from sitegen.editing.changes import (
    END_OF_PATH,
    Change,
    addresses_by_language,
    addresses_of,
    folder_of,
    in_order,
    keep_records,
    kept_style,
    let_lead,
    path_after,
    target_after,
)
from sitegen.editing.foresight import errors_after
from sitegen.editing.mentions import Mention, find_mentions
from sitegen.editing.rewriting import follow, rewrite
from sitegen.library.held_pages import reason_to_hold
from sitegen.library.library import Library
from sitegen.library.shared_heading_ids import known_anchors
from sitegen.model.page import Key, Page
from sitegen.model.settings import today
from sitegen.model.urls import Target, as_path, write_path
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.problems.suggestions import nearest
from sitegen.source.edits import Edit
from sitegen.source.file_writing import move, remove_folder, replace_files, replace_texts
from sitegen.source.files import files_below, read_file, reason_of
from sitegen.source.git import find_unsaved
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.translation.source_records import whole_library

#: What would no longer exist, and what to do about a mention of it.
_LOST_PAGE = "page", "change it, or use --to PAGE, or --force"
_LOST_FILE = "file", "move the file to a page that stays, or use --force"
#: What the last step of a change returns.
_Done = TypeVar("_Done")


def rename(root: Path, old: str, new: str) -> tuple[str, ...]:
    """Move a page and its subpages; return the changed files with their new paths.

    Raises:
        SiteError: there is no such page, the new path is taken or invalid, or the site has errors; nothing is changed.
    """
    with whole_library(root) as (library, _):
        source, target = _existing(library, old), _free(library, root, new)
        if target.startswith(source) or source == "/":
            raise _refusal(new, f"'{source}' can't be moved into itself", "choose another path")
        moved = {key: Key(target + key.removeprefix(source)) for key in library.pages if key.startswith(source)}
        change = Change(library, root, moved)
        follow(change, lambda mention: target_after(mention, moved))
        for key in moved:
            now = addresses_by_language(library, key, moved)
            current = {*now.values(), *(f"/{language}{address}" for language, address in now.items())}
            let_lead(
                change, [*addresses_of(library, key, now), *_kept(library.pages[key], now)], library.pages[key], current
            )
        keep_records(change)
        for path, place in _in_templates(root, source):
            change.add(path, [Edit(place, place + len(source), target)])
        files, folder = _files_after(change, root, moved=moved), folder_of(library, source)
    _commit(root, files, lambda: move(root, folder.rstrip("/"), f"content{target}".rstrip("/")))
    return tuple(sorted(path_after(path, folder, target) for path in files))


def remove(root: Path, old: str, to: str | None = None, *, force: bool = False) -> tuple[str, ...]:
    """Remove a page and its subpages; return the changed files.

    Args:
        to: page to which links, references and old addresses lead from then on.
        force: whether to remove it even if other pages refer to it or git can't restore it.

    Raises:
        SiteError: other pages refer to it, git can't restore it, or there is no such page, and nothing is changed; or it is
            removed, but a file of it can't be deleted.
    """
    with whole_library(root) as (library, _):
        source = _existing(library, old)
        gone = [key for key in library.pages if key.startswith(source)]
        if source == "/":
            raise _refusal(old, "the home page can't be removed", "every site needs one")
        other = _replacement(library, source, to, is_forced=force) if to else None
        mentions = [m for m in find_mentions(root, library) if m.key in gone and m.base not in gone]
        named = [(path, place) for path, place in _in_templates(root, source)]
        named_files = {(m.key, m.file) for m in mentions if m.file}
        same = {own for own in named_files if other and _has_same_file(root, library, own, other)}
        lost = {m for m in mentions if m.file and (m.key, m.file) not in same}
        in_use = [*_in_use(mentions), *(_in_use_of_template(root, *found) for found in named)]
        problems = [
            *(_in_use(m for m in mentions if m in lost) if other else in_use),
            *_unsaved(root, folder_of(library, source)),
        ]
        if problems and not force:
            raise SiteError(problems)
        change = Change(library, root, dict.fromkeys(gone, other) if other else {})
        if other:
            _lead_to(other, change, library, (m for m in mentions if m not in lost))
            for path, place in named:
                end = END_OF_PATH.search(change.text(path).whole, place)
                change.add(path, [Edit(place, end.start() if end else place + len(source), other)])
        are_lost = force and bool(in_use)  # which is known, and asked for
        files = in_order(library, change.results()) if are_lost else _files_after(change, root, gone=gone)
        folder = folder_of(library, source)
    if left := _commit(root, files, lambda: remove_folder(root, folder.rstrip("/"))):
        message = "the page is removed, but for what could not be deleted"
        raise refusal(left, "unwritable", message, "delete this folder, if what is in it isn't needed")
    return tuple(sorted(files))


def _files_after(
    change: Change, root: Path, moved: Mapping[Key, Key] | None = None, gone: Collection[Key] = ()
) -> dict[str, bytes]:
    """Return path → new contents of the files that a change makes.

    Raises:
        SiteError: the site would have errors that it has not now.
    """
    results = change.results()
    files = in_order(change.library, results)
    read_again = {path: own for path, own in change.read_again.items() if files.get(path) == results.get(path)}
    if errors := errors_after(root, change.library, files, moved, gone, read_again):
        raise SiteError(errors)
    return files


def _replacement(library: Library, source: Key, to: str, *, is_forced: bool) -> Key:
    """Return the page to which links and addresses of a removed one are to lead; it must stay, and be published if that is."""
    other, config = _existing(library, to), library.config
    if other.startswith(source):
        raise _refusal(to, f"'{other}' would also be removed", "name a page that is kept")
    day = today(config.time_zone, None)
    why, why_not = (reason_to_hold(library.pages[key], day, config.held) for key in (other, source))
    if why and not why_not and not is_forced:
        raise _refusal(other, f"'{other}' is {why}, and '{source}' is published", "name another, or use --force")
    return other


def _has_same_file(root: Path, library: Library, file: tuple[Key, str], other: Key) -> bool:
    """Whether a page's file is beside another page, too: one of the same name may be another picture."""
    paths = [library.files.get((key, file[1])) for key in (file[0], other)]
    own, its = (read_file(root, path, None) if path else None for path in paths)
    return its is not None and its == own


def _lead_to(other: Key, change: Change, library: Library, mentions: Iterable[Mention]) -> None:
    """Let what mentions the removed pages, and their addresses, lead to another page."""
    known = known_anchors(library, other, library.pages[other].source)
    targets: dict[Mention, str] = {}
    for mention in mentions:
        target, written = Target.of(mention.written), kept_style(mention, other, mention.base)
        if target.anchor and target.anchor not in known:  # a heading of the removed page
            written = written.removesuffix(target.fragment)
        targets[mention] = written
    rewrite(change, targets)
    before = ((*addresses_of(library, key), *library.pages[key].facts.get("aliases", ())) for key in change.moved)
    let_lead(change, dict.fromkeys(name for names in before for name in names), library.pages[other])
    keep_records(change)


def _in_use(mentions: Iterable[Mention]) -> Iterator[Problem]:
    for mention in mentions:
        what, hint = _LOST_FILE if mention.file else _LOST_PAGE
        message = f"'{mention.written}' names a {what} that would no longer exist"
        yield problem_at(mention.path, "in-use", message, mention.mark, hint)


def _in_use_of_template(root: Path, path: str, place: int) -> Problem:
    before = read_file(root, path).decode()[:place]
    mark = Mark(before.count("\n") + 1, place - before.rfind("\n"))
    message = "this template names a page that would no longer exist"
    return problem_at(path, "in-use", message, mark, _LOST_PAGE[1])


def _unsaved(root: Path, folder: str) -> Iterator[Problem]:
    files = find_unsaved(root, folder)
    if files:
        more, them = (f" and {len(files) - 1} more as they are", "them") if files[1:] else (" as it is", "it")
        message = f"git does not have this file{more} now, and could not restore {them}"
        yield problem_at(files[0], "unsaved", message, None, f"commit {them} first, or use --force")


def _kept(page: Page, now: Mapping[str, str]) -> Iterator[str]:
    """Yield the old addresses that become current ones in some languages, for the others."""
    for alias in page.facts.get("aliases", ()):
        if alias in now.values():
            yield from (f"/{language}{alias}" for language, address in now.items() if address != alias)


# mentions


def _in_templates(root: Path, key: Key) -> Iterator[tuple[str, int]]:
    """Yield (file path, offset) of each quoted string in the site's templates that begins with a content path."""
    named = re.compile(rf"""(?<=['"]){re.escape(key)}""")
    for path in files_below(root, "templates", ".html"):
        try:
            text = read_file(root, path).decode()
        except (OSError, UnicodeDecodeError):  # the build reports it
            continue
        yield from ((path, found.start()) for found in named.finditer(text))


# the disk


def _existing(library: Library, path: str) -> Key:
    _refuse_nothing(path)
    key = Key(as_path(path))
    if key not in library.pages:
        raise _refusal(path, f"there is no page '{key}'", nearest(key, library.pages))
    return key


def _refuse_nothing(path: str) -> None:
    if not path.strip():
        raise _refusal("content", "no page is named", "write its content path, such as /about/; the home page is /")


def _free(library: Library, root: Path, path: str) -> Key:
    _refuse_nothing(path)
    key = Key(as_path(path))
    if hint := write_path(path, outside_content(root, library.config)):
        raise refusal(path, "slug", f"'{path}' is not a content path", hint)
    if key in library.pages or (root / f"content{key}").exists():
        raise _refusal(path, f"'{key}' is taken", "choose another place")
    return key


def _refusal(path: str, message: str, hint: str) -> SiteError:
    return refusal(path, "reference", message, hint)


def _commit(root: Path, files: Mapping[str, bytes], last: Callable[[], _Done]) -> _Done:
    """Write all files, then perform the last step and return its result; if anything fails, restore the files."""
    before = {path: read_file(root, path) for path in files}
    try:
        replace_texts(root, files)
        return last()
    except SiteError:
        _put_back(root, before)
        raise
    except OSError as error:
        _put_back(root, before)
        raise refusal("content", "unwritable", f"the page can't be moved: {reason_of(error)}") from error


def _put_back(root: Path, before: Mapping[str, bytes]) -> None:
    replace_files(root, {path: content for path, content in before.items() if (root / path).parent.is_dir()})
