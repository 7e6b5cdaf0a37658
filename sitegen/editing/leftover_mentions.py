"""Where texts still name a page that has moved or is gone: in words, code and comments, which no command changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sitegen.model.loading import load_config
from sitegen.model.urls import as_path
from sitegen.problems.problem import SiteError
from sitegen.source.files import files_below, read_text
from sitegen.source.front_matter import FENCE, find_entry
from sitegen.source.mark import Places

_FOLDERS = ("content", "templates", "translations", "static")
_TEXTS = frozenset({".css", ".csv", ".html", ".js", ".json", ".md", ".po", ".svg", ".txt", ".yaml"})
#: Tell at most this many places.
_MOST_TOLD = 20


def still_named(root: Path, page: str) -> Iterator[str]:
    """Yield a line for each place that names a page or what is below it, such as `content/a/index.en.md:12: …`.

    Old addresses are left out, as they are there to stay.
    """
    key = as_path(page)
    languages = "|".join(map(re.escape, load_config(root).languages))
    named = re.compile(rf"(?:(?<![\w.~%/-])|(?<=/)(?:{languages})){re.escape(key)}")
    count = 0
    for path in (path for folder in _FOLDERS for path in files_below(root, folder)):
        if Path(path).suffix not in _TEXTS:
            continue
        for line in _lines(root, path, named):
            count += 1
            if count <= _MOST_TOLD:
                yield f"{path}:{line}: still names {key}"
    if count > _MOST_TOLD:
        yield f"{count - _MOST_TOLD:,} more places still name {key}"


def _lines(root: Path, path: str, named: re.Pattern[str]) -> list[int]:
    try:
        text = read_text(root, path)
    except (OSError, SiteError):  # the build reports it
        return []
    found = [match.start() for match in named.finditer(text)]
    if not found:
        return []
    entry = find_entry(text, "aliases") if text.startswith(f"{FENCE}\n") and path.endswith(".md") else None
    first, last = entry.span if entry else (0, 0)
    places = Places(text)
    return list(dict.fromkeys(places.mark(start).line for start in found if not first <= start < last))
