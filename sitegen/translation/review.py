"""Reviewing translations: show what has changed in the source, accept translations, record who reviewed them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from sitegen.library.library import Library
from sitegen.library.section_pairs import (
    heading_names,
    is_unplaced,
    lost_sections,
    moved_problems,
    moved_sections,
    pair_sections,
)
from sitegen.library.translated_parts import is_accepted, items_problem, other_items, records_of, translatable_parts
from sitegen.model.page import Document, Key, State
from sitegen.model.urls import as_path
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.suggestions import nearest_or_all
from sitegen.source.file_writing import replace_texts
from sitegen.source.files import read_file, read_text
from sitegen.source.front_matter import find_entry
from sitegen.source.sequences import matcher
from sitegen.source.text import decode, problem_at
from sitegen.translation.history import Past, find_earlier, part_texts
from sitegen.translation.pairs import old_code, pairing_by_words
from sitegen.translation.source_records import (
    changed_parts,
    make_records,
    records_in,
    whole_library,
    with_records,
    with_review,
)


def diff(root: Path, page: str, language: str) -> Iterator[str]:
    """Yield a word diff of the source since a translation was accepted, [-old-] {+new+}, or why there are no changes.

    Raises:
        SiteError: there is no such translation.
    """
    with whole_library(root) as (library, _):
        own = library.pages.get(Key(as_path(page)))
        document = own.written.get(language) if own is not None and language != own.source else None
        if own is None or document is None:
            raise SiteError([_no_translation(library, page, language)])
        source, state = own.versions[own.source], own.states[language]
        if not state.changed:
            yield f"{document.path}: {_why_nothing(source.path, document.key, state)}"
            return
        past = find_earlier(root, library, document)
        texts = part_texts(read_text(root, source.path), source)
        records, now = records_of(document), translatable_parts(source, library.kind(document.key))
        for name in state.changed:
            if name in state.moved:
                yield f"{name}: stands elsewhere in {source.path} than here"
            if name not in now or not is_accepted(records, name, now[name]):
                yield from _part_diff(name, past, texts.get(name, ""))


def _why_nothing(source: str, key: Key, state: State) -> str:
    if state.name != "untracked":
        return f"nothing has changed in {source} since this was accepted"
    command = f"python build.py translate accept {key} {state.shown}"
    return f"nobody has accepted it yet; read it beside {source}, and once it is right, run: {command}"


def _part_diff(name: str, past: Past, now: str) -> Iterator[str]:
    earlier = past.parts.get(name)
    if earlier is None:
        yield f"{name}: {past.why_missing}; today it reads:"
        yield now
        return
    yield f"{name}: since {earlier.day} ({earlier.commit[:9]})"
    yield "".join(_marked(earlier.text, now))


def _marked(before: str, after: str) -> Iterator[str]:
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    found = matcher(old, new)
    changes = found.get_opcodes() if found else [("replace", 0, len(old), 0, len(new))]
    for kind, first, last, start, end in changes:
        if kind == "equal":
            yield "".join(new[start:end])
        else:
            yield f"[-{''.join(old[first:last])}-]" if first < last else ""
            yield f"{{+{''.join(new[start:end])}+}}" if start < end else ""


class Accepted(NamedTuple):
    """What was accepted of a translation."""

    path: str
    parts: list[str]
    old_code: list[str]  #: where its code or figures are as the source had them before, a message each


def accept(root: Path, page: str, language: str, section: str | None = None) -> Iterator[Accepted]:
    """Record that translations match the current source; yield each one whose records have changed.

    Args:
        page: a content path, or "all".
        language: a language's path, or "all".
        section: a field or `#anchor`; None for all. Other parts keep their records.

    Raises:
        SiteError: the page, its translation or the section does not exist, or a translation has other sections or items of
            lists than its source, or sections in another order; what is right in it has been accepted.
    """
    problems: list[Problem] = []
    with whole_library(root) as (library, _):
        for document in _chosen(library, page, language):
            if section is not None and _is_unplaced(root, library, document, section):
                message = f"it can't be told which section here renders '{section}', as others have moved or changed in the source"
                hint = "put the sections in the order of the source and accept the page"
                problems.append(problem_at(document.path, "structure", message, hint=hint))
                continue
            records = make_records(library, document, [section] if section else None)
            content = read_file(root, document.path)
            parts = changed_parts(records_in(content), records)
            after = with_records(content, records)
            if parts and after != content:
                old = list(_old_code(root, library, document, parts, after))
                replace_texts(root, {document.path: after})
                yield Accepted(document.path, parts, old)
            problems += _other_sections(library, document, records, section)
    if problems:
        raise SiteError(problems)


def _is_unplaced(root: Path, library: Library, document: Document, section: str) -> bool:
    """Whether it can't be told which section renders a section of the source; git is asked only where others have changed too."""
    page = library.pages[document.key]
    source, state = page.versions[page.source], page.states[document.language]
    if is_unplaced(source, document, section):
        return True
    if section not in heading_names(source) or sum(name.startswith("#") for name in state.changed) < 2:
        return False
    text, found = read_text(root, source.path), find_earlier(root, library, document).parts
    return pair_sections(source, document) != pairing_by_words(source, document, text, state, found)


def _old_code(root: Path, library: Library, document: Document, parts: Collection[str], after: bytes) -> Iterator[str]:
    """Say where accepted parts have code or figures that have changed in the source since they were accepted last.

    Args:
        after: the content of the file with its new records.
    """
    page = library.pages[document.key]
    state = page.states.get(document.language)
    if state is None or not (state.changed and records_of(document)):
        return
    before = read_text(root, document.path)
    for part, place in old_code(root, library, page, document.language):
        if part in parts:
            line = _line_after(before, decode(document.path, after), place)
            yield f"{document.path}:{line}: {part}: accepted, but this is as the source had it before its last change"


def _line_after(before: str, after: str, place: int) -> int:
    """Return the line of a place in a file whose records have changed since."""
    was, now = find_entry(before, "source"), find_entry(after, "source")
    assert was is not None
    assert now is not None
    place -= was.end - was.start if place >= was.end else 0
    place += now.end - now.start if place >= now.start else 0
    return after.count("\n", 0, place) + 1


def _other_sections(
    library: Library, document: Document, records: Iterable[str], section: str | None
) -> Iterator[Problem]:
    """Report what keeps a translation from being current though its words are accepted."""
    page = library.pages[document.key]
    source, own = page.versions[page.source], replace(document, words={**document.words, "source": tuple(records)})
    kind = library.kind(document.key)
    now = translatable_parts(source, kind)
    for name, message in other_items(kind, source, document, [section] if section else now).items():
        yield items_problem(source, document, name, message)
    pairing = pair_sections(source, own, is_accepted=section is None)
    if pairing is None:
        return
    yield from moved_problems(source, own, [n for n in moved_sections(source, own, pairing) if section in (None, n)])
    rendered = set(pairing.rendered)
    for name in (name for name in heading_names(source) if name not in rendered and section in (None, name)):
        hint = "translate it and put it where the source has it"
        yield problem_at(own.path, "structure", f"the section '{name}' of the source is missing here", hint=hint)
    for name in lost_sections(source, own, pairing, now) if section is None else ():
        message = f"the source no longer has the section that was accepted as '{name}'"
        yield problem_at(own.path, "structure", message, hint="delete it here and accept the page")


def review(root: Path, page: str, language: str, by: str) -> Iterator[str]:
    """Record who has reviewed translations against the source, and yield the path of each changed file.

    Args:
        page: a content path, or "all".
        language: a language's path, or "all".
        by: "human" or "machine".

    Raises:
        SiteError: there is no such translation.
    """
    with whole_library(root) as (library, _):
        for document in _chosen(library, page, language):
            before = read_file(root, document.path)
            after = with_review(before, by)
            if after != before:
                replace_texts(root, {document.path: after})
                yield document.path


def _chosen(library: Library, page: str, language: str) -> list[Document]:
    """Return the selected translations; "all" selects all pages or languages.

    Raises:
        SiteError: no translation matches.
    """
    key = page if page == "all" else Key(as_path(page))
    documents = [
        document
        for own in library.pages.values()
        for path, document in own.written.items()
        if key in ("all", own.key) and language in ("all", path) and path != own.source
    ]
    if not documents:
        raise SiteError([_no_translation(library, page, language)])
    return documents


def _no_translation(library: Library, page: str, language: str) -> Problem:
    own = library.pages.get(Key(as_path(page)))
    message = f"there is no translation of {page} in '{language}'"
    hint = "see its address, which begins with the language and ends with the page's path"
    known = library.config.languages
    if language != "all" and language not in known:
        hint = nearest_or_all(language, known, "languages are")
    elif own is not None and language == own.source:
        hint = f"the page is written in this language, in {own.versions[own.source].path}"
    elif own is not None and language in own.states:
        message += " yet"
        hint = f"write it in content{own.key}index.{language}.md, or run: python build.py translate export {language}"
    return Problem(path="content", code="reference", message=message, hint=hint)
