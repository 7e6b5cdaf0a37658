"""Reads the rows of a table: each cell as a value for a field of a page, as front matter writes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.tables import check_columns, report_other_words, split_column
from sitegen.model.fields import Checker, Field
from sitegen.model.kinds import Kind
from sitegen.model.settings import Config
from sitegen.problems.problem import SiteError
from sitegen.source.files import read_given, unreadable
from sitegen.source.mark import Mark
from sitegen.source.scalars import scalar
from sitegen.source.text import MAX_FILE, decode
from sitegen.source.yaml import Node, parse, text_value

#: The column with the last part of a page's path; by default it is derived from the title in the source language.
KEY = "key"
#: Most characters of a text that front matter can hold if all of them are printable.
_SHORT = 1_000


def read_table(table: Path) -> str:
    """Return the text of a table's file.

    Raises:
        SiteError: the file can't be read or is not text.
    """
    try:
        return decode(str(table), read_given(table, MAX_FILE))
    except OSError as error:
        raise SiteError([unreadable(str(table), error)]) from error


def with_all_columns(rows: Iterable[Mapping[str, Node]]) -> list[Mapping[str, Node]]:
    """Rows that all have the same columns: a key that JSON or YAML leaves out in one is an empty cell, and so is an empty text."""
    every = [*rows]
    columns = dict.fromkeys(name for row in every for name in row)
    return [{name: _cell(row, name) for name in columns} for row in every]


def _cell(row: Mapping[str, Node], name: str) -> Node:
    if name in row:
        return replace(row[name], value=None) if row[name].value == "" else row[name]
    first = next(iter(row.values()), None)
    return Node(None, "", first.mark if first else Mark(1, 1))


class Cell(Struct, frozen=True, dict=True):
    """A value for a field of a page."""

    text: str  #: as written in front matter
    plain: Any  #: regardless of quotes, as `plain_value` returns it
    mark: Mark

    @cached_property
    def digest(self) -> str:
        return digest_of(self.plain)


def check_names(check: Checker, rows: Iterable[Mapping[str, Node]], kind: Kind, config: Config) -> None:
    """Report each column with values that is no field of the kind."""
    filled = [{name: node for name, node in row.items() if node.value is not None} for row in rows]
    columns = {name: split_column(name, config) for row in filled for name in row if name != KEY}
    check_columns(check, filled, columns, kind.fields, f"the kind '{kind.name}'")


class RowReader(Struct, frozen=True):
    """Finds the values in the cells of a row, and reports those that are none of their fields."""

    config: Config
    kind: Kind
    check: Checker

    def values(self, cells: Mapping[str, Node]) -> tuple[dict[str, Cell], dict[str, dict[str, Cell]]]:
        """Return the facts, and the words by language."""
        facts: dict[str, Cell] = {}
        words: dict[str, dict[str, Cell]] = {}
        source = self.config.source_language
        for name, node in cells.items():
            column, language = split_column(name, self.config)
            declared = self.kind.fields.get(column)
            if column == KEY or declared is None or node.value is None:
                continue
            if column == "kind" and node.value != self.kind.name:
                message = f"all rows of a table are of one kind, here '{self.kind.name}'"
                self.check.reject(
                    node, "unknown-kind", message, "leave out the column kind, and name the kind with --kind"
                )
            elif declared.side == "facts" and language:
                message, hint = f"'{column}' is a fact, the same in every language", f"name the column {column}"
                self.check.reject(node, "misplaced-fact", message, hint)
            elif self._is_valid(declared, node):
                side = facts if declared.side == "facts" else words.setdefault(language or source, {})
                own = _written(declared, node)
                known = side.setdefault(column, own)
                report_other_words(self.check, node, column, language or source, known.plain, own.plain)
        return facts, words

    def empty(self, cells: Mapping[str, Node]) -> dict[str, dict[str, Mark]]:
        """Return language → the fields of its version whose cells are empty, each with the place of its cell."""
        found: dict[str, dict[str, Mark]] = {}
        for name, node in cells.items():
            column, language = split_column(name, self.config)
            declared = self.kind.fields.get(column)
            is_misplaced = language and declared is not None and declared.side == "facts"
            if node.value is None and column not in (KEY, "kind") and declared is not None and not is_misplaced:
                found.setdefault(language or self.config.source_language, {})[column] = node.mark
        return found

    def _is_valid(self, declared: Field, node: Node) -> bool:
        """Whether a cell is a value of its field that front matter can hold; report it if it isn't."""
        listed = _as_list(declared, node)
        if any(isinstance(item.value, (dict, tuple)) for item in listed.items):
            message, hint = f"{declared.name}: {node.type_name} in a cell", "write it on the page"
            self.check.reject(node, "expected", message, hint)
        elif self.check.value(declared, listed) is not None:
            text = _written(declared, node).text
            try:
                if len(text) > _SHORT or not text.isprintable():
                    parse(self.check.source, f"{declared.name}: {text}")
            except SiteError as error:  # an invisible character
                problem = error.problems[0]
                self.check.reject(node, problem.code, f"{declared.name}: {problem.message}", "retype the cell")
            else:
                return True
        return False


def _as_list(declared: Field, node: Node) -> Node:
    """Return the semicolon-separated values of a cell as a list."""
    if declared.type != "list" or isinstance(node.value, tuple):
        return node
    parts = filter(None, map(str.strip, node.text.split(";")))
    items = tuple(Node(text_value(part), part, node.mark, node.key) for part in parts)
    return Node(items, node.text, node.mark, node.key)


def _written(declared: Field, node: Node) -> Cell:
    """Return a cell as a value of a field."""
    if declared.item is not None:
        parts = [item.text.strip() for item in _as_list(declared, node).items]
        return Cell(f"[{', '.join(_scalar(declared.item, part) for part in parts)}]", parts, node.mark)
    return Cell(_scalar(declared, node.text), node.text.strip(), node.mark)


def _scalar(declared: Field, text: str) -> str:
    """Return a value as YAML reads it for its field."""
    return text if declared.type in ("number", "boolean", "date", "datetime", "moment") else scalar(text)


def plain_value(node: Node) -> Any:
    """Return a value regardless of quotes."""
    if isinstance(node.value, tuple):
        return [plain_value(child) for child in node.value]
    return {name: plain_value(child) for name, child in node.entries.items()} or node.text.strip()


def digest_of(plain: Any) -> str:
    """Return what the record keeps of a value."""
    return hashlib.blake2b(json.dumps(plain).encode(), digest_size=6).hexdigest()
