"""The record of what tables have written into the pages of a folder: `_imported.json` beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from sitegen.source.files import read_file

#: Its file name; the underscore keeps it out of the site.
RECORD = "_imported.json"
#: Language → field → digest of its cell.
Digests = Mapping[str, Mapping[str, str]]
#: Table → key of a page → what was last imported into it. Earlier releases recorded only the keys.
_Written = dict[str, list[str] | dict[str, dict[str, dict[str, str]]]]


def read_record(root: Path, path: str) -> dict[str, Mapping[str, Digests]]:
    """Return earlier tables and their pages; empty if the record can't be read."""
    try:
        found = msgspec.json.decode(read_file(root, path), type=_Written)
    except (OSError, ValueError, RecursionError):
        return {}
    return {table: pages if isinstance(pages, dict) else {key: {} for key in pages} for table, pages in found.items()}


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
