"""Fixes that edit several places, or more than the problem marks, by the code of their problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from sitegen.content.reader import kind_of, source_language
from sitegen.editing.fix_files import Files, Pages, slips_of_yaml
from sitegen.editing.sorting import put_in_order
from sitegen.library.translated_parts import RECORD
from sitegen.media.svg import find_unsafe_in
from sitegen.media.svg_fix import cleaned
from sitegen.model.kinds import BASE_FIELDS, TRANSLATION_FIELDS
from sitegen.problems.problem import Problem
from sitegen.source.edits import Edit, Text
from sitegen.source.front_matter import entries, find_entry, front_matter_span, is_closed
from sitegen.source.mark import Mark
from sitegen.source.yaml_entries import Entry


@lru_cache(4)
def _entries(whole: str) -> Mapping[int, Entry]:
    """Where each entry of the front matter begins → the entry."""
    return {entry.start: entry for entry in entries(whole)}


def _entry(text: Text, line: int) -> Entry | None:
    """Return the entry of the front matter that begins on a line; None for another one, such as an attribute of a block."""
    start = text.offset(Mark(line, 1))
    return _entries(text.whole).get(start)


def _out_of_source(files: Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a field for translations from a file in the source language; others may lack their source version.

    Only what such a field of a translation says is removed: `source: Xinhua` is a person's word.
    """
    assert problem.line is not None
    entry = _entry(text, problem.line)
    is_source = problem.path.endswith(f".{files.site().config.source_language}.md")
    if entry is not None and is_source and not entry.comments and _is_of_translation(text, entry):
        yield problem.path, Edit(*entry.span, "")


def _is_of_translation(text: Text, entry: Entry) -> bool:
    words = text.whole[entry.colon : entry.last].replace("\n", " ").split(" - ")
    values = [word.strip(" []'\"") for word in words]
    if entry.name == "source":
        return all(RECORD.fullmatch(value) for value in values if value)
    own = TRANSLATION_FIELDS.get(entry.name)
    return own is not None and {*values} <= {*own.choices}


def _into_source(files: Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Move a fact from a translation to the source version if it is missing there; remove it if it is the same.

    A field that every page has stays, such as `publish` and `languages`: it may be meant for the translation alone, and
    would hide the page from all readers.
    """
    assert problem.line is not None
    entry = _entry(text, problem.line)
    path = _source_of(files.site(), problem.path) if entry is not None else None
    source = files.text(path) if path else None
    if entry is None or not path or source is None or slips_of_yaml(path, source.whole):
        return
    own = text.whole[slice(*entry.span)]
    same = find_entry(source.whole, entry.name)
    if same is None:
        if entry.name in BASE_FIELDS or _differs_elsewhere(files, problem.path, entry.name, own):
            return
        _, last = front_matter_span(source.whole)
        below = find_entry(source.whole, "title", "summary", "slug")
        place = below.start if below else last
        yield path, Edit(place, place, own)
    elif source.whole[slice(*same.span)].split() != own.split():
        return
    yield problem.path, Edit(*entry.span, "")


def _differs_elsewhere(files: Files, path: str, name: str, own: str) -> bool:
    """Whether another translation of the page says something else of a fact."""
    site = files.site()
    others = (other for other in site.listing.pages[site.pages[path]].values() if other != path)
    texts = (text.whole for other in others if (text := files.text(other)) is not None and is_closed(text.whole))
    found = ((whole, find_entry(whole, name)) for whole in texts)
    return any(entry is not None and whole[slice(*entry.span)].split() != own.split() for whole, entry in found)


def _source_of(site: Pages, path: str) -> str | None:
    """Return the path of the source version of a translation."""
    versions = site.listing.pages[site.pages[path]] if path in site.pages else {}
    return versions[source_language(versions, site.config)] if versions else None


def _in_order(files: Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Sort all sorted lists of a page's file."""
    site = files.site()
    if problem.path in site.pages:
        kind = kind_of(files.root, site.config, site.listing, site.pages[problem.path])
        yield from ((problem.path, edit) for edit in put_in_order(text, kind.fields, site.config.time_zone))


def _plain_drawing(files: Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a program's additions from a drawing, if nothing else is wrong with it."""
    plain = cleaned(text.whole)
    if plain is not None and not find_unsafe_in(problem.path, plain.encode()):
        yield problem.path, Edit(0, len(text.whole), plain)


#: Code → the function that fixes its problems, if a replacement at the reported position is not enough.
FIXES: Mapping[str, Callable[[Files, Text, Problem], Iterator[tuple[str, Edit]]]] = {
    "misplaced-fact": _into_source,
    "misplaced-word": _out_of_source,
    "svg": _plain_drawing,
    "unsorted": _in_order,
}
#: Codes of which one fix mends all problems of a file.
OF_FILE = frozenset({"svg", "unsorted"})
