"""The record of what tables have written into the pages of a folder: `_imported.json` beside them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from sitegen.model.aliases import alias_parts
from sitegen.problems.problem import SiteError, refusal
from sitegen.source.files import read_file, read_text
from sitegen.source.front_matter import parse_front_matter
from sitegen.source.text import Source

#: Its file name; the underscore keeps it out of the site.
RECORD = "_imported.json"
#: Language → field → digest of its cell.
Digests = Mapping[str, Mapping[str, str]]
#: Table → key of a page → what was last imported into it. Earlier releases recorded only the keys.
_Written = dict[str, list[str] | dict[str, dict[str, dict[str, str]]]]


def read_record(root: Path, path: str) -> dict[str, Mapping[str, Digests]]:
    """Return earlier tables and their pages; empty if there is no record.

    Raises:
        SiteError: it can't be read, so that nothing tells which pages and fields are from a table.
    """
    try:
        found = msgspec.json.decode(read_file(root, path), type=_Written)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        message = "it can't be read, and records what tables have written into the pages beside it"
        hint = "take it from git again; where two branches have changed it, keep the entries of both"
        raise refusal(path, "unreadable", message, hint) from error
    return {table: pages if isinstance(pages, dict) else {key: {} for key in pages} for table, pages in found.items()}


def find_renamed(root: Path, folder: str, keys: Collection[str], language: str) -> dict[str, str]:
    """Return key of a page that an import has made and that is gone → folder of the page that lists its old address.

    Args:
        folder: where the pages of the table are, such as `content/partners`.
        language: the source language, in whose file the old addresses are.
    """
    top = tuple(folder.split("/"))[1:]
    gone = {key for key in keys if not (root / folder / key).is_dir()}
    sources = sorted((root / "content").rglob(f"index.{language}.md")) if gone else ()
    return {
        alias[-1]: path.parent.relative_to(root).as_posix()
        for path in sources
        for alias in _aliases(root, path)
        if alias[:-1] == top and alias[-1] in gone
    }


def _aliases(root: Path, path: Path) -> Iterator[tuple[str, ...]]:
    name = path.relative_to(root).as_posix()
    try:
        front, _ = parse_front_matter(Source.of(name, read_text(root, name)))
    except SiteError:  # the build reports it
        return
    if "aliases" in front.entries:
        yield from (alias_parts(item.text) for item in front.entries["aliases"].items)


def with_keys(record: Mapping[str, Mapping[str, Digests]], now: Mapping[str, str]) -> dict[str, Mapping[str, Digests]]:
    """Return a record with other keys for some pages."""
    return {table: {now.get(key, key): cells for key, cells in pages.items()} for table, pages in record.items()}


def record_as_json(record: Mapping[str, Mapping[str, Digests]]) -> str:
    """Write each page on a line of its own, so that git can merge two imports."""

    def quoted(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    tables = (
        f"{quoted(table)}: {{\n"
        + ",\n".join(f" {quoted(key)}: {quoted(cells)}" for key, cells in pages.items())
        + "\n}"
        for table, pages in record.items()
    )
    return "{\n" + ",\n".join(tables) + "\n}\n"
