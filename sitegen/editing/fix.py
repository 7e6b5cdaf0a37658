"""`check --fix`: applies fixes that are certain, and shows them as a diff.

Most problems carry their fix themselves; fixes that edit several places are listed in `FIXES`.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from sitegen.build.options import Options
from sitegen.build.pipeline import problems_of
from sitegen.content.content_files import list_content
from sitegen.content.reader import kind_of, source_language
from sitegen.editing.sorting import put_in_order
from sitegen.media.svg import find_unsafe_in
from sitegen.media.svg_fix import cleaned
from sitegen.model.loading import load_config
from sitegen.problems.problem import Problem
from sitegen.source.character_scan import may_have_controls
from sitegen.source.edits import Edit, Text
from sitegen.source.files import changing, files_below, read_file, replace_files
from sitegen.source.front_matter import end_of_entry, find_entry, front_matter_span
from sitegen.source.mark import Mark
from sitegen.source.text import without_control_characters

_TEXTS = (".md", ".yaml")


class Fixed(Struct, frozen=True):
    """The applied fixes as a unified diff, and the remaining problems."""

    diff: str
    problems: tuple[Problem, ...]


class _Files(Struct):
    """A site's files before and after the fixes."""

    root: Path
    before: dict[str, bytes] = field(default_factory=dict)

    def text(self, path: str) -> Text | None:
        """Return a text file; None if it can't be read or is not UTF-8."""
        try:
            return Text(read_file(self.root, path))
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, and remember their original contents."""
        for path in files:
            self.before.setdefault(path, read_file(self.root, path))
        replace_files(self.root, files)

    def diff(self) -> str:
        """Return a unified diff of all changes so far."""
        return "".join(
            line if line.endswith("\n") else line + "\n"
            for path, was in sorted(self.before.items())
            for line in difflib.unified_diff(
                was.decode("utf-8", "replace").splitlines(keepends=True),
                read_file(self.root, path).decode().splitlines(keepends=True),
                f"a/{path}",
                f"b/{path}",
            )
        )


def apply_fixes(options: Options) -> Fixed:
    """Apply all fixes that are certain, and repeat while this reveals more problems.

    Raises:
        SiteError: a file can't be written.
    """
    files = _Files(options.root)
    with changing(options.root):
        files.write(dict(_normalised(options.root)))
        problems = problems_of(options)
        seen = set[bytes]()  # of YAML, only the first slip of a file is found at a time; none may come back
        while changed := _fix_once(files, problems):
            digest = sha256(repr(sorted(changed.items())).encode()).digest()
            if digest in seen:
                break
            seen.add(digest)
            files.write(changed)
            problems = problems_of(options)
    return Fixed(files.diff(), problems)


def _normalised(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of content/ with other line ends, a byte order mark or control characters, without them."""
    for path in files_below(root, "content"):
        if Path(path).suffix in _TEXTS:
            content = read_file(root, path)
            if b"\0" in content:
                continue
            plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if may_have_controls(plain):
                with suppress(UnicodeDecodeError):
                    plain = without_control_characters(plain.decode()).encode()
            if plain != content:
                yield path, plain


def _fix_once(files: _Files, problems: Iterable[Problem]) -> dict[str, bytes]:
    """Return path → contents with all fixes that do not overlap."""
    edits: dict[str, list[Edit]] = {}
    for problem in problems:
        for path, edit in _edits(files, problem):
            others = edits.setdefault(path, [])
            if all(edit.end <= other.start or other.end <= edit.start for other in others):
                others.append(edit)
    changed = {}
    for path, own in edits.items():
        text = files.text(path)
        if text is not None and (now := text.edited(own)) != text.whole.encode():
            changed[path] = now
    return changed


def _edits(files: _Files, problem: Problem) -> Iterator[tuple[str, Edit]]:
    text = files.text(problem.path)
    if text is None or problem.line is None:
        return
    if problem.code in FIXES:
        yield from FIXES[problem.code](files, text, problem)
    elif problem.fix is not None and problem.column is not None and not _stands_already(text, problem):
        start = text.offset(Mark(problem.line, problem.column))
        yield problem.path, Edit(start, start + problem.width, problem.fix)


def _stands_already(text: Text, problem: Problem) -> bool:
    """Whether the file already has the key suggested for a misspelt one; the two then have different meanings."""
    key = rf"^\s*{re.escape(problem.fix or '')}\s*:"
    return problem.code == "unknown-key" and re.search(key, text.whole, re.MULTILINE) is not None


def _entry(text: Text, line: int) -> Edit:
    """Return an edit that removes a key of the front matter and everything indented below it."""
    start = text.offset(Mark(line, 1))
    return Edit(start, end_of_entry(text.whole, start), "")


def _out_of_source(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a field for translations from a file in the source language; others may lack their source version."""
    assert problem.line is not None
    if problem.path.endswith(f".{load_config(files.root).source_language}.md"):
        yield problem.path, _entry(text, problem.line)


def _into_source(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Move a fact from a translation to the source version if it is missing there; remove it if it is the same."""
    assert problem.line is not None
    entry = _entry(text, problem.line)
    if entry.start >= front_matter_span(text.whole)[1]:  # an attribute of a block
        return
    own = text.whole[entry.start : entry.end]
    path = _source_of(files.root, problem.path)
    source = files.text(path) if path else None
    if not path or source is None:
        return
    same = find_entry(source.whole, own.partition(":")[0].strip("\"' "))
    if same is None:
        _, last = front_matter_span(source.whole)
        place, _ = find_entry(source.whole, "title", "summary", "slug") or (last, last)
        yield path, Edit(place, place, own)
    elif source.whole[slice(*same)].split() != own.split():
        return
    yield problem.path, entry


def _source_of(root: Path, path: str) -> str | None:
    """Return the path of the source version of a translation."""
    config = load_config(root)  # valid, as pages have been read with it
    for versions in list_content(root, config).pages.values():
        if path in versions.values():
            return versions[source_language(versions, config)]
    return None


def _in_order(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Sort all sorted lists of a page's file."""
    config = load_config(files.root)
    listing = list_content(files.root, config)
    for key, versions in listing.pages.items():
        if problem.path in versions.values():
            kind = kind_of(files.root, config, listing, key)
            yield from ((problem.path, edit) for edit in put_in_order(text, kind.fields, config.time_zone))


def _plain_drawing(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a program's additions from a drawing, if nothing else is wrong with it."""
    plain = cleaned(text.whole)
    if plain is not None and not find_unsafe_in(problem.path, plain.encode()):
        yield problem.path, Edit(0, len(text.whole), plain)


#: Code → the function that fixes its problems, if a replacement at the reported position is not enough.
FIXES: Mapping[str, Callable[[_Files, Text, Problem], Iterator[tuple[str, Edit]]]] = {
    "misplaced-fact": _into_source,
    "misplaced-word": _out_of_source,
    "svg": _plain_drawing,
    "unsorted": _in_order,
}
