"""The texts of pages of an MkDocs site, in which links to pages and files are rewritten."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from sitegen.importers.keys import key_of
from sitegen.importers.mkdocs.reader import PAGE_ENDING
from sitegen.importers.mkdocs.site import MkDocsPage, MkDocsSite
from sitegen.importers.unsafe_links import HINT, without_unsafe_links
from sitegen.model.urls import is_external, with_scheme
from sitegen.source.mark import Places

#: A Markdown link or picture, or the definition of a reference: the text before its target, and the target.
_LINK = re.compile(r"(\]\(<?|^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*<?)([^()\s<>]+)", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)")


def relinked(site: MkDocsSite, page: MkDocsPage) -> str:
    """Return the text of a page with its links rewritten, and its code unchanged."""
    lines, parts, place = page.body.splitlines(keepends=True), [], 0
    for first, last in (*find_fences(lines), (len(lines), len(lines))):
        before = "".join(lines[place:first])
        text, unsafe = without_unsafe_links(before)
        places = Places(before if unsafe else "", page.first_line + place)
        for start, fault in unsafe:
            site.tell(page.path, fault, HINT, places.mark(start))
        text = _LINK.sub(lambda found: found[1] + (_target(site, page, found[2]) or found[2]), text)
        parts += [text, *lines[first:last]]
        place = last
    return "".join(parts)


def find_fences(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first line of each fenced code block that is closed, and the line after its last."""
    closing: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        closing.setdefault(line.strip(" \t\r\n"), []).append(number)
    place = 0
    for number, line in enumerate(lines):
        fence = _FENCE.match(line) if number >= place else None
        ends = closing.get(fence[1], []) if fence else []
        end = bisect_right(ends, number)
        if end < len(ends):
            place = ends[end] + 1
            yield number, place


def _target(site: MkDocsSite, page: MkDocsPage, written: str) -> str | None:
    """Return the new target of a link; None if it is dead."""
    path, mark, anchor = written.partition("#")
    path = path.partition("?")[0] if ".md?" in path else path
    if not path or is_external(path):
        return with_scheme(written)
    folder = page.path.rpartition("/")[0]
    below = f"/{site.docs}{unquote(path)}" if path[0] == "/" else unquote(path).lstrip("/")
    named = posixpath.normpath(posixpath.join(folder, below)).lstrip("/")
    own = named.removeprefix(f"{site.docs}/")
    languages = (page.language, site.languages.default)
    key = site.key_at(named, *(f"{site.docs}/{language}/{own}" for language in languages))
    if key is None and PAGE_ENDING.search(own) is None and "." not in own.rpartition("/")[2]:
        by_address = key_of(site.languages.split(own)[0])
        key = by_address if by_address in site.keys else None
    if key is not None:
        return key + mark + anchor
    return site.placed.link(named, page.key) if named in site.files else None
