"""The front matter of a page: read, searched, edited and written; no other module knows its delimiters."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import BEGIN, END, Edit, Text
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse

FENCE = "---"
_OPENING = lazily(rf"[^\r\n]*{END}")
_CLOSING = lazily(rf"{BEGIN}{FENCE}[^\S\r\n]*(?={END}|\Z)")
#: Lines of front matter: keys, indented lines, lists, comments.
_INSIDE = lazily(r"[\w-]+\s*[:：]|\s+\S|- |#(?!#)")
#: What a person may have written instead of three hyphens.
_LIKE_FENCE = lazily(r"\s*[-‐-―−=_~*]+\s*")
#: An entry: its first line, then the lines that are indented or listed below it, with empty lines between.
_ENTRY = lazily(rf"[^\r\n]*{END}(?:(?:[ \t]*+{END})*+(?:[ \t]+[^\s]|-(?![^\s]))[^\r\n]*(?:{END}|\Z))*")


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
    return parse(source, "\n".join(source.lines[1:end]), 2), end


def closing_line(lines: Sequence[str], opening: int = 0, fence: str = FENCE) -> int | None:
    """Index of the line that closes what `lines[opening]` opens; None if there is none."""
    return next((index for index in range(opening + 1, len(lines)) if lines[index].rstrip() == fence), None)


def end_of_front_matter(lines: Sequence[str]) -> int:
    """Index of the line that ends the front matter of a page that has been read before."""
    end = closing_line(lines)
    assert end is not None, "the file has been read before"
    return end


def front_matter_span(text: str) -> tuple[int, int]:
    """Start and end offsets of the front matter of a page that has been read before, between its fences."""
    opening = _OPENING.match(text)
    assert opening is not None
    closing = _CLOSING.search(text, opening.end())
    assert closing is not None, "the file has been read before"
    return opening.end(), closing.start()


def find_entry(text: str, *names: str) -> tuple[int, int] | None:
    """Start and end offsets of the first entry with one of these names, including everything that belongs to it."""
    first, last = front_matter_span(text)
    any_of = "|".join(map(re.escape, names))
    found = re.compile(rf"""{BEGIN}(["']?)(?:{any_of})\1[ \t]*:""").search(text, first, last)
    return (found.start(), end_of_entry(text, found.start())) if found else None


def end_of_entry(text: str, start: int) -> int:
    """The end of the entry whose first line begins at `start`; `start` itself if that is below the front matter."""
    found = _ENTRY.match(text, start, front_matter_span(text)[1])
    return found.end() if found else start


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
    return text if re.fullmatch(r"[\w/.~-]+", text) else json.dumps(text, ensure_ascii=False)


def with_items(text: Text, key: str, items: Iterable[str], gone: Collection[str] = ()) -> Iterator[Edit]:
    """Add items to a list of the front matter, in the form that the list has, and remove others.

    If there is no such list, it is added on a new line.
    """
    first, last = front_matter_span(text.whole)
    own = list(items)
    found = re.compile(rf"{BEGIN}{key}:[ \t]*(\[([^\]]*)\])?[^\r\n]*{END}").search(text.whole, first, last)
    if found is None:
        yield Edit(last, last, f"{key}: [{', '.join(own)}]{text.line_end}")
    elif found[1] is not None:
        before = [item.strip() for item in found[2].split(",") if item.strip()]
        yield Edit(found.start(2), found.end(2), ", ".join([*(item for item in before if item not in gone), *own]))
    else:
        yield from _with_lines(text, found.end(), last, own, gone)


def _with_lines(text: Text, place: int, last: int, items: list[str], gone: Collection[str]) -> Iterator[Edit]:
    """The same for a list with a line for each item."""
    line, indent = re.compile(rf"([ \t]*)-[ \t]+([^\r\n]*?)[ \t]*{END}"), "  "
    while (item := line.match(text.whole, place, last)) is not None:
        if item[2] in gone:
            yield Edit(item.start(), item.end(), "")
        place, indent = item.end(), item[1]
    yield Edit(place, place, "".join(f"{indent}- {value}{text.line_end}" for value in items))


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
