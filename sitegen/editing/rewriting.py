"""Mentions of pages get new targets: all of them, or none.

The search for places may miss some. So each edited page is read again before it is written, and every link in it is compared
with the target that it should have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sitegen.editing.address_places import Addresses, find_addresses, likely_addresses
from sitegen.editing.changes import Change
from sitegen.editing.mentions import Mention, find_mentions, mentions_in
from sitegen.editing.shown_words import changed_below, changes_links_alone
from sitegen.model.page import Document
from sitegen.model.urls import plain
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import Edit, Text, apart
from sitegen.source.front_matter import front_matter_span
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
    documents = {own.path: own for page in change.library.pages.values() for own in page.written.values()}
    left = list[Problem]()
    for path, own in _by_path(targets).items():
        left += (
            _rewrite_page(change, documents[path], own) if path in documents else _rewrite_settings(change, path, own)
        )
    if left:
        raise SiteError(left)


def _by_path(targets: Mapping[Mention, str]) -> dict[str, dict[Mention, str]]:
    found: dict[str, dict[Mention, str]] = {}
    for mention, target in targets.items():
        found.setdefault(mention.path, {})[mention] = target
    return found


def _rewrite_settings(change: Change, path: str, targets: Mapping[Mention, str]) -> list[Problem]:
    """Edit a table or settings; return a problem for each mention that is not written where it stands."""
    edits = {mention: _edit_in_place(change.text(path), mention, target) for mention, target in targets.items()}
    change.add(path, apart(edit for edit in edits.values() if edit is not None))
    return [_left(mention) for mention, edit in edits.items() if edit is None]


def _rewrite_page(change: Change, document: Document, targets: Mapping[Mention, str]) -> list[Problem]:
    """Edit a page, first where its links are likely to stand; return what would not lead where it should."""
    path, now = document.path, {mention.written: target for mention, target in targets.items()}
    text, before = change.text(path), [*change.edits.get(path, ())]
    found, front = (_edit_in_place(text, *target) for target in targets.items()), front_matter_span(text.whole)[1]
    in_place = [
        edit for edit in found if edit is not None and (edit.start < front or _is_of_attribute(text, edit.start))
    ]
    known = {(edit.start, edit.end) for edit in in_place}
    if likely := likely_addresses(text.whole, now, len(targets) - len(in_place), known):
        change.set(path, [*before, *apart((*in_place, *_edits(text, now, likely)))])
        if not _left_in(change, document, targets):
            return []
    addresses = find_addresses(path, text.whole, now, change.library.config)
    words = {*addresses.words}
    in_place = [edit for edit in in_place if (edit.start, edit.end) not in words]
    change.set(path, [*before, *apart((*in_place, *_edits(text, now, addresses)))])
    return _left_in(change, document, targets)


def _is_of_attribute(text: Text, start: int) -> bool:
    """Whether what stands there is the value of an attribute, and not words or a link's address."""
    return text.whole[max(0, start - 2) : start].rstrip("\"'").endswith("=")


def _edits(text: Text, now: Mapping[str, str], addresses: Addresses) -> Iterator[Edit]:
    """Yield the edits of a page where the addresses of links in its text stand."""
    encoded = {plain(written): target for written, target in now.items()}
    for start, end in addresses.links:
        written = text.whole[start:end]
        yield Edit(start, end, now.get(written, encoded[plain(written)]))


def _edit_in_place(text: Text, mention: Mention, target: str) -> Edit | None:
    """Return the edit of a mention whose target is written where it stands; that of a link by reference is not."""
    place = text.offset(mention.mark)
    start = place + (text.whole[place : place + 1] in ("'", '"'))
    is_there = text.whole.startswith(mention.written, start)
    return Edit(start, start + len(mention.written), target) if is_there else None


def _left_in(change: Change, document: Document, targets: Mapping[Mention, str]) -> list[Problem]:
    """Return a problem for each link and reference of a page that would not lead where it should, or for its other words."""
    after, before = change.after(document), [*mentions_in(document)]
    now = [mention.written for mention in mentions_in(after)]
    if len(now) != len(before):
        return [_uncertain(document.path)]
    compared = zip(before, now, strict=True)
    left = [_left(mention) for mention, written in compared if written != targets.get(mention, mention.written)]
    changed = changed_below(change.text(document.path).whole, change.edits[document.path])
    was, own = change.library.text(document), change.library.text(after)
    return left if left or changes_links_alone(was, own, changed) else [_uncertain(document.path)]


def _left(mention: Mention) -> Problem:
    message = (
        f"where '{mention.written}' stands is not certain, as if it is written with escapes, so it can't be changed"
    )
    return problem_at(mention.path, "reference", message, mention.mark, "write the page's path plainly")


def _uncertain(path: str) -> Problem:
    message = "it is not certain where all links of this page stand that would be changed"
    return problem_at(path, "reference", message, None, "change them by hand first")
