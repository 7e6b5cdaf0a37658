"""The front matter of a page: read, searched, edited and written; no other module knows its delimiters."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import BEGIN, END, Edit, Text
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse, plain_scalar

if TYPE_CHECKING:
    from sitegen.source.yaml_entries import Entry

FENCE = "---"
_OPENING = lazily(rf"[^\r\n]*{END}")
_CLOSING = lazily(rf"{BEGIN}{FENCE}[^\S\r\n]*(?={END}|\Z)")
#: Lines of front matter: keys, indented lines, lists, comments.
_INSIDE = lazily(r"[\w-]+\s*[:：]|\s+\S|- |#(?!#)")
#: What an entry can't begin with; and the lines below its first one: indented, listed, the end of a list, a comment.
_NO_ENTRY = (" ", "\t", "{")
_OF_ENTRY = lazily(r"\s|-(?!\S)|[\]}#]|\Z")
#: What a person may have written instead of three hyphens.
_LIKE_FENCE = lazily(r"\s*[-‐-―−=_~*]+\s*")


def parse_front_matter(source: Source) -> tuple[Node, int]:
    """The entries of a page, and the index of the line that ends its front matter.

    Raises:
        SiteError: it does not begin on the first line, is never closed, or is not YAML.
    """
    if source.lines[0].rstrip() != FENCE:
        raise SiteError([_no_front_matter(source)])
    end = closing_line(source.lines)
    if end is None:
        raise SiteError([_never_closed(source)])
    entries = parse(source, "\n".join(source.lines[1:end]), 2)
    if end - 1 != len(entries.value) or source.lines[1][:1] in _NO_ENTRY:
        _refuse_hidden_entries(source, entries, end)
    return entries, end


def _refuse_hidden_entries(source: Source, entries: Node, end: int) -> None:
    """Refuse what is YAML, but not lines from which an entry can be taken, or to which one can be added."""
    places = {node.key.line: node.key for node in entries.value.values()}
    problems = [
        source.problem("front-matter", "an entry does not begin in the first column", key, "as `title: The opening`")
        for key in places.values()
        if key.column != 1
    ]
    for number, line in enumerate(source.lines[1:end], 2):
        mark = Mark(number, 1, len(line))
        if line.rstrip() == "...":
            problems.append(source.problem("front-matter", "a line ... within the front matter", mark, "delete it"))
        elif number not in places and not _OF_ENTRY.match(line):
            message, hint = "this line belongs to the value above it", "begin it with two spaces"
            problems.append(source.problem("front-matter", message, mark, hint))
    if problems:
        raise SiteError(problems)


def closing_line(lines: Sequence[str], opening: int = 0, fence: str = FENCE) -> int | None:
    """Index of the line that closes what `lines[opening]` opens; None if there is none."""
    return next((index for index in range(opening + 1, len(lines)) if lines[index].rstrip() == fence), None)


def end_of_front_matter(lines: Sequence[str]) -> int:
    """Index of the line that ends the front matter of a page that has been read before."""
    end = closing_line(lines)
    assert end is not None, "the file has been read before"
    return end


def is_closed(text: str) -> bool:
    """Whether what the first line of a text opens is closed as front matter is."""
    opening = _OPENING.match(text)
    return opening is not None and _CLOSING.search(text, opening.end()) is not None


def front_matter_span(text: str) -> tuple[int, int]:
    """Start and end offsets of the front matter of a page that has been read before, between its fences."""
    opening = _OPENING.match(text)
    assert opening is not None
    closing = _CLOSING.search(text, opening.end())
    assert closing is not None, "the file has been read before"
    return opening.end(), closing.start()


def find_entry(text: str, *names: str) -> Entry | None:
    """The first entry with one of these names, in a page that has been read before."""
    return next((entry for entry in entries(text) if entry.name in names), None)


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a page that has been read before."""
    from sitegen.source.yaml_entries import entries_of  # loads PyYAML, which reading plain pages doesn't need

    first, last = front_matter_span(text)
    return entries_of(text[first:last], first)


def with_values(text: Text, values: Mapping[str, str]) -> list[Edit]:
    """Set entries of the front matter, or add them below the others; comments inside a value stand below the new one."""
    now = {entry.name: entry for entry in entries(text.whole)}
    _, last = front_matter_span(text.whole)
    edits = [Edit(last, last, "".join(f"{name}: {values[name]}{text.line_end}" for name in values if name not in now))]
    for entry in (now[name] for name in values if name in now):
        comments = "".join(f"  {comment.text}{text.line_end}" for comment in entry.inner_comments)
        edits += [Edit(entry.colon, entry.last, f" {values[entry.name]}"), Edit(entry.end, entry.end, comments)]
    return [edit for edit in edits if edit.text]


def only_entries(text: str, names: Collection[str]) -> str:
    """A page's file with only the entries of these names."""
    lines = text.split("\n")
    end = end_of_front_matter(lines)
    kept, is_kept = [], False
    for line in lines[1:end]:
        if re.match(r"[^\s#-]", line):
            is_kept = line.partition(":")[0].strip("'\"") in names
        if is_kept:
            kept.append(line)
    return "\n".join([FENCE, *kept, *lines[end:]])


def list_item(text: str) -> str:
    """A text as an item of a YAML list."""
    is_plain = re.fullmatch(r"[\w/.~-]+", text) and text != "-" and plain_scalar(text) is not None
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def with_items(text: Text, key: str, items: Iterable[str], gone: Collection[str] = ()) -> list[Edit]:
    """Add items to a list of the front matter, in the form that the list has, and remove others.

    If there is no such list, it is added on a new line.
    """
    own, entry = list(items), find_entry(text.whole, key)
    if entry is None:
        return with_values(text, {key: f"[{', '.join(own)}]"})
    from sitegen.source.yaml_lists import find_list

    before = find_list(text.whole, entry)
    if before is None or not (own or any(item.value not in gone for item in before.items)):
        return with_values(text, {key: f"[{', '.join(own)}]"})
    return before.edits(own, gone, text.line_end)


def page_text(entries: Iterable[str], body: str = "") -> str:
    """The file of a page: lines of front matter, and a body below them."""
    return "\n".join((FENCE, *entries, FENCE, "")) + (f"\n{body}\n" if body else "")


def _never_closed(source: Source) -> Problem:
    last = max(number for number, line in enumerate(source.lines, 1) if line.strip())
    body = next((n for n, line in enumerate(source.lines[1:last], 2) if not _INSIDE.match(line)), None)
    place, hint = Mark(body or last, 1), f"put a line {FENCE} {'above' if body else 'below'} this one"
    return source.problem("front-matter", "the front matter is not closed", place, hint)


def _no_front_matter(source: Source) -> Problem:
    """The problem of a file that does not begin with a line ---."""
    hint = "begin with a line ---, then `title: …`, then ---"
    number, first = next(((n, line) for n, line in enumerate(source.lines, 1) if line.strip()), (1, ""))
    if not first:
        return source.problem("front-matter", "the file is empty", Mark(1, 1), hint)
    if number > 1 and first.rstrip() == FENCE:
        message = "the front matter must begin on the first line"
        hint = "delete the empty lines above"
        return source.problem("front-matter", message, Mark(number, 1, len(first)), hint)
    if _LIKE_FENCE.fullmatch(first):
        message, fix = "front matter begins with a line of three hyphens", FENCE if number == 1 else None
        return source.problem("front-matter", message, Mark(number, 1, len(first)), "write --- here", fix)
    return source.problem("front-matter", "the file must begin with front matter", Mark(1, 1), hint)
