"""Mentions of pages get new targets: all of them, or none.

The search for places may miss some. So each edited page is read again before it is written, and every link in it is compared
with the target that it should have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from sitegen.editing.address_places import Addresses, find_addresses
from sitegen.editing.changes import Change
from sitegen.editing.mentions import Mention, find_mentions, mentions_in
from sitegen.editing.shown_words import Before
from sitegen.model.page import Document
from sitegen.model.urls import plain
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import Edit, Text, apart
from sitegen.source.text import problem_at


def follow(change: Change, target: Callable[[Mention], str]) -> None:
    """Update the mentions of moved pages, and those on moved pages, so that they refer to the same pages as before.

    Raises:
        SiteError: as `rewrite` says.
    """
    targets = ((mention, target(mention)) for mention in find_mentions(change.root, change.library))
    rewrite(change, {mention: now for mention, now in targets if now != mention.written})


def rewrite(change: Change, targets: Mapping[Mention, str]) -> None:
    """Let each mention name its new target.

    Raises:
        SiteError: a mention would still name its old target, or a page would show other words; the problems name all of them.
    """
    for path, own in _by_path(targets).items():
        change.add(path, apart(_edits(change, path, own)))
    if left := [*_left_in_pages(change, targets), *_left_elsewhere(change, targets)]:
        raise SiteError(left)
    _refuse_other_words(change)


def _by_path(targets: Mapping[Mention, str]) -> dict[str, dict[Mention, str]]:
    found: dict[str, dict[Mention, str]] = {}
    for mention, target in targets.items():
        found.setdefault(mention.path, {})[mention] = target
    return found


def _edits(change: Change, path: str, targets: Mapping[Mention, str]) -> Iterator[Edit]:
    """Yield the edits of one file: where its mentions stand, and where the addresses of links in its text do."""
    text, now = change.text(path), {mention.written: target for mention, target in targets.items()}
    is_page = path.endswith(".md")
    addresses = find_addresses(path, text.whole, now, change.library.config) if is_page else Addresses()
    words = {*addresses.words}
    for mention, target in targets.items():
        yield from (edit for edit in _edits_in_place(text, mention, target) if (edit.start, edit.end) not in words)
    encoded = {plain(written): target for written, target in now.items()}
    for start, end in addresses.links:
        written = text.whole[start:end]
        yield Edit(start, end, now.get(written, encoded[plain(written)]))


def _edits_in_place(text: Text, mention: Mention, target: str) -> Iterator[Edit]:
    """Yield the edit of a mention whose target is written where it stands; that of a link by reference is not."""
    place = text.offset(mention.mark)
    start = place + (text.whole[place : place + 1] in ("'", '"'))
    if text.whole.startswith(mention.written, start):
        yield Edit(start, start + len(mention.written), target)


def _left_in_pages(change: Change, targets: Mapping[Mention, str]) -> Iterator[Problem]:
    """Yield a problem for each link and reference in pages that would not lead where it should."""
    paths = {mention.path for mention in targets}
    for page in change.library.pages.values():
        for document in page.written.values():
            if document.path in paths:
                yield from _left_in(change, document, targets)


def _left_in(change: Change, document: Document, targets: Mapping[Mention, str]) -> Iterator[Problem]:
    before = [*mentions_in(document)]
    now = [mention.written for mention in mentions_in(change.after(document))]
    if len(now) != len(before):
        yield _uncertain(document.path)
        return
    for mention, written in zip(before, now, strict=True):
        if written != targets.get(mention, mention.written):
            yield _left(mention)


def _left_elsewhere(change: Change, targets: Mapping[Mention, str]) -> Iterator[Problem]:
    """Yield a problem for each cell of a table and setting that is not written where it stands."""
    for mention, target in targets.items():
        if not mention.path.endswith(".md") and not any(_edits_in_place(change.text(mention.path), mention, target)):
            yield _left(mention)


def _left(mention: Mention) -> Problem:
    message = (
        f"where '{mention.written}' stands is not certain, as if it is written with escapes, so it can't be changed"
    )
    return problem_at(mention.path, "reference", message, mention.mark, "write the page's path plainly")


def _uncertain(path: str) -> Problem:
    message = "it is not certain where all links of this page stand that would be changed"
    return problem_at(path, "reference", message, None, "change them by hand first")


def _refuse_other_words(change: Change) -> None:
    """Refuse a change after which a page would show other words, or fewer links, as code that looks like a link does.

    Raises:
        SiteError: there are such pages.
    """
    problems = []
    for path in _pages(change.edits):
        was, edits = change.text(path), change.edits[path]
        before = Before(path, was.whole, max(edit.end for edit in edits), change.library.config)
        if not before.changes_links_alone(was.edited(edits).decode(), edits):
            problems.append(_uncertain(path))
    if problems:
        raise SiteError(problems)


def _pages(edits: Mapping[str, Iterable[Edit]]) -> Iterator[str]:
    return (path for path, own in edits.items() if path.endswith(".md") and own)
