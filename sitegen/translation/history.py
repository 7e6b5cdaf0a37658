"""The git history of a site: earlier versions of a page's source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from sitegen.content.reader import read_version
from sitegen.library.library import Library
from sitegen.library.translated_parts import RECORD, notes_name, translatable_parts
from sitegen.model.page import Document
from sitegen.problems.problem import SiteError
from sitegen.source.front_matter import end_of_front_matter
from sitegen.source.git import run_git
from sitegen.source.text import decode
from sitegen.translation.segments import note_ranges

#: Maximum number of commits to search for one file, newest first.
MOST_COMMITS = 200


class Earlier(Struct, frozen=True):
    """An earlier version of a source part."""

    name: str  #: what the part was called there
    text: str
    commit: str  #: the last one that had it
    day: str  #: of that commit (ISO 8601)
    file: str  #: the whole file there
    document: Document


def find_earlier(root: Path, library: Library, document: Document) -> dict[str, Earlier]:
    """Find in git the versions that a translation records of source parts that have changed since; by part name."""
    page = library.pages[document.key]
    source, kind = page.versions[page.source], library.kind(document.key)
    records = {line[5]: line[1] for text in document.words.get("source", ()) if (line := RECORD.fullmatch(text))}
    now = translatable_parts(source, kind)
    wanted = {name: digest for name, digest in records.items() if now.get(name) != digest}
    found: dict[str, Earlier] = {}
    for commit, day, text in _versions(root, source.path) if wanted else ():
        try:
            file = decode(source.path, text)
            earlier, _ = read_version(file, source, library.config, library.shelf)
        except (SiteError, KeyError):
            continue
        digests = translatable_parts(earlier, kind)
        texts = part_texts(file, earlier)
        names = {digest: name for name, digest in digests.items() if name.startswith("#")}
        for name, digest in list(wanted.items()):
            was = name if digests.get(name) == digest else names.get(digest, "")
            if was:
                found[name] = Earlier(was, texts.get(was, ""), commit, day, file, earlier)
                del wanted[name]
        if not wanted:
            break
    return found


def part_texts(text: str, document: Document) -> dict[str, str]:
    """Return the parts of a file as written: the values of fields, the lines of sections."""
    parts = {name: value for name, value in document.words.items() if isinstance(value, str)}
    lines = text.split("\n")
    first = end_of_front_matter(lines) + 1
    starts = [first, *(heading.line - 1 for heading in document.body.headings), len(lines)]
    names = ["#", *("#" + heading.anchor for heading in document.body.headings)]
    notes = list(note_ranges(lines, document))
    aside = {line for begin, end in notes for line in range(begin, end)}
    for name, start, end in zip(names, starts, starts[1:], strict=False):
        parts[name] = "\n".join(lines[number] for number in range(start, end) if number not in aside).strip("\n")
    if notes:
        texts = ("\n".join(lines[begin:end]) for begin, end in notes)
        parts[notes_name(document.body.headings)] = "\n\n".join(texts)
    return parts


def _versions(root: Path, path: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield (commit, day, content) of a file, newest first; nothing without git or without a history."""
    # Not `git log`, which the user's settings change: `log.showRoot=false` leaves out the first commit.
    listed = run_git(root, "rev-list", f"--max-count={MOST_COMMITS}", "--format=%cs", "HEAD", "--", path)
    words = listed.decode("ascii", "replace").split()
    for commit, day in zip(words[1::3], words[2::3], strict=True):  # "commit", its digest, its day
        content = run_git(root, "show", f"{commit}:./{path}")
        if content:
            yield commit, day, content
