"""Tables beside pages, as CSV, JSON or YAML → rows of checked values; `tables.yaml` declares their columns.

A column `name.ru` holds the Russian text of the column `name`; each other language has its own column.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.model.fields import Checker, Field, links_in
from sitegen.model.page import Link
from sitegen.model.settings import Config
from sitegen.model.urls import is_external
from sitegen.problems.problem import Problem, SiteError, counted
from sitegen.source.files import read_text
from sitegen.source.mark import Mark, Places
from sitegen.source.text import CONTROL, Source, control_character
from sitegen.source.yaml import Node, parse, text_value

#: Extensions of files that may contain a table.
ENDINGS = (".csv", ".json", ".yaml")
#: Maximum number of cells in a table, including empty ones.
MOST_CELLS = 200_000
#: Reads a value of JSON, with each number as it is written.
_VALUE = json.JSONDecoder(parse_int=str, parse_float=str)
#: The line with which Excel is told the separator.
_SEPARATOR = re.compile(r'"?sep=([,;\t])"?\r?', re.IGNORECASE)
#: What stands between the values of JSON.
_BETWEEN = re.compile(r"[\s,:]*")


class Table(Struct, frozen=True):
    """A table with the same columns in each row."""

    columns: tuple[str, ...]  #: the column names, in the order of the file
    rows: tuple[Mapping[str, Any], ...]  #: column → value; in translated columns, the value is language → text
    links: tuple[Link, ...] = ()  #: the pages and files that cells name
    size: int = 0  #: characters of its file

    @property
    def inner_links(self) -> tuple[Link, ...]:
        """The links to pages and files of the site."""
        return tuple(link for link in self.links if not is_external(link.target))


def is_table(name: str) -> bool:
    """Whether a file beside a page may hold a table."""
    return name.endswith(ENDINGS)


class Tables(Struct):
    """Reads tables, and keeps those that were read last: a page shows the same one in each of its languages."""

    #: Path, text → a table and its problems, or why it can't be read.
    kept: dict[tuple[str, str], tuple[Table, list[Problem]] | SiteError] = field(default_factory=dict)
    size: int = 0  #: of all that is kept, in cells

    def read(self, root: Path, path: str, config: Config) -> tuple[Table, list[Problem]]:
        """Read a table; return it with its problems.

        Raises:
            SiteError: the file can't be read as a table.
        """
        text = read_text(root, path)
        if (path, text) not in self.kept:
            try:
                self._keep((path, text), _parse(path, text, config))
            except SiteError as error:
                self._keep((path, text), error)
        made = self.kept[path, text]
        if isinstance(made, SiteError):
            raise SiteError(made.problems)
        table, problems = made
        return table, [*problems]

    def _keep(self, key: tuple[str, str], made: tuple[Table, list[Problem]] | SiteError) -> None:
        """Keep a table for its next use, together with as many others as may be one table."""
        self.kept[key] = made
        self.size += _size(made)
        while len(self.kept) > 1 and self.size > MOST_CELLS:
            self.size -= _size(self.kept.pop(next(iter(self.kept))))


def _size(made: tuple[Table, list[Problem]] | SiteError) -> int:
    """How many cells are kept of a table; of one that can't be read, each problem counts as one."""
    return len(made.problems) if isinstance(made, SiteError) else len(made[0].rows) * len(made[0].columns)


def _parse(path: str, text: str, config: Config) -> tuple[Table, list[Problem]]:
    source = Source.of(path, text)
    _refuse_large(source, *_size_of_csv(text) if path.endswith(".csv") else (0, 0))
    lines = list(rows_of(source, text))
    fields = config.tables.get(path.rpartition("/")[2].partition(".")[0])
    problems: list[Problem] = []
    check = Checker(source, problems, config.time_zone)
    names = dict.fromkeys(name for row in lines for name in row) or dict.fromkeys(_names_of_csv(path, text))
    _refuse_large(source, len(lines), len(names))
    columns = {name: split_column(name, config) for name in names}
    worded = {column for column, language in columns.values() if language}
    for name in worded & names.keys():  # next to `name.ru`, `name` holds the text in the source language
        columns[name] = (name, config.source_language)
    if fields is not None:
        check_columns(check, lines, columns, fields, "the table")
    links: list[Link] = []
    rows = tuple(_row(check, row, fields, columns, links) for row in lines)
    return Table(
        tuple(dict.fromkeys(column for column, _ in columns.values())), rows, tuple(links), len(text)
    ), problems


def _refuse_large(source: Source, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        message = f"{rows:,} rows of {columns:,} columns are more than {MOST_CELLS:,} cells"
        raise SiteError([source.problem("too-costly", message, Mark(1, 1), "split the table, or link to it as a file")])


def split_column(name: str, config: Config) -> tuple[str, str]:
    """Split `name.ru` into column and language; the language is "" if the column applies to all languages."""
    column, dot, language = name.rpartition(".")
    return (column, language) if dot and language in config.languages else (name, "")


def check_columns(
    check: Checker,
    rows: Iterable[Mapping[str, Node]],
    columns: Mapping[str, tuple[str, str]],
    fields: Mapping[str, Field],
    what: str,
) -> None:
    """Report each column that is no field where its name stands, which in CSV is once, in YAML and JSON in each row.

    Args:
        columns: the columns to look for, each with its name without the language.
        what: what the fields belong to.
    """
    unknown = {name: column for name, (column, _) in columns.items() if column not in fields}
    places = {(row[name].key, name): row[name] for row in rows if unknown for name in unknown.keys() & row.keys()}
    for (key, name), node in places.items():
        if key is not None and name != unknown[name]:
            key = key._replace(width=len(unknown[name]))
        check.unknown(unknown[name], replace(node, key=key), fields, what)


def report_other_words(check: Checker, node: Node, column: str, language: str, known: Any, value: Any) -> None:
    """Report a cell of a column for which another one has given other words: `name` and `name.en`."""
    if known != value:
        message = f"another column holds '{column}' in '{language}', with other words"
        check.reject(node, "yaml-duplicate", message, "empty one of the two cells")


def _row(
    check: Checker,
    cells: Mapping[str, Node],
    fields: Mapping[str, Field] | None,
    columns: Mapping[str, tuple[str, str]],
    links: list[Link],
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, node in cells.items():
        column, language = columns[name]
        declared = fields.get(column) if fields is not None else Field(name=column, type="text")
        if declared is not None and node.value is not None:
            value = check.value(declared, node)
            links += links_in(value, node.mark)
            if language:
                report_other_words(
                    check, node, column, language, row.setdefault(column, {}).setdefault(language, value), value
                )
            else:
                row[column] = value
    for declared in (fields or {}).values():
        if declared.required and row.get(declared.name) in (None, "", {}):
            mark = next((node.mark for node in cells.values()), Mark(1, 1))
            message = f"'{declared.name}' is missing in this row; the table must have it"
            check.report("required", message, mark, "fill it in")
    return row


def rows_of(source: Source, text: str) -> Iterator[Mapping[str, Node]]:
    """Return the rows of a table, as column → cell; raises SiteError if the table can't be read."""
    if source.path.endswith(".csv"):
        return _csv(source, text)
    return _json(source, text) if source.path.endswith(".json") else _yaml(source, text)


def _reader(text: str) -> Any:
    import csv  # most sites have no such tables

    named = _SEPARATOR.fullmatch(text.partition("\n")[0])
    heads = next(filter(str.strip, io.StringIO(text)), "")  # there may be empty lines above
    reader = csv.reader(io.StringIO(text), delimiter=named[1] if named else max(",;\t", key=heads.count), strict=True)
    if named:
        next(reader)
    return reader


def _size_of_csv(text: str) -> tuple[int, int]:
    """The rows and columns of a table, which take a tenth of the time of its cells; none if it can't be read."""
    import csv

    try:
        names, *rows = (len(cells) for cells in _reader(text) if any(cells))
    except (csv.Error, ValueError):
        return 0, 0
    return len(rows), names


def _names_of_csv(path: str, text: str) -> list[str]:
    """The names of the columns of a table in CSV, which may have no rows yet."""
    first: list[str] = next((cells for cells in _reader(text) if any(cells)), []) if path.endswith(".csv") else []
    return [cell.strip() for cell in first if cell.strip()]


def _csv(source: Source, text: str) -> Iterator[Mapping[str, Node]]:
    import csv

    places, reader = Places(text), _reader(text)
    heads, width = dict[str, Mark](), 0
    line = reader.line_num
    end = places.offset(line + 1)
    try:
        for cells in reader:
            line, start, end = line + 1, end, places.offset(reader.line_num + 1)
            marks = _marks(cells, text, start, places)
            is_empty = not any(cell.strip() for cell in cells)
            if not heads and not is_empty:
                heads, width = _heads(source, cells, marks), len(cells)
            elif not is_empty:
                if len(cells) != width:
                    message = f"{counted(len(cells), 'cell')} in this row, {width:,} in the first"
                    hint = "put a text with a comma in double quotes"
                    raise SiteError([source.problem("expected", message, Mark(line, 1), hint)])
                if any(cell.strip() for cell in cells[len(heads) :]):
                    _refuse_doubles(source, [""], Mark(line, 1))
                row = zip(heads.items(), cells, marks, strict=False)
                yield {name: _cell(cell, mark, head) for (name, head), cell, mark in row}
            line = reader.line_num
    except csv.Error as error:
        message, mark = f"the table can't be read: {error}", Mark(reader.line_num or 1, 1)
        raise SiteError([source.problem("expected", message, mark, "close the quotes of each cell")]) from error


def _heads(source: Source, cells: Sequence[str], marks: Iterable[Mark]) -> dict[str, Mark]:
    """Return the name of each column with its place.

    Those at the end without a name are left out: spreadsheets write columns that once had something.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    places = [*marks]
    _refuse_doubles(source, names, places[0])
    return dict(zip(names, places, strict=False))


def _refuse_doubles(source: Source, names: Sequence[str], mark: Mark) -> None:
    twice = next((name for name, count in Counter(names).items() if not name or count > 1), None)
    if twice is not None:
        message = f"the column '{twice}' appears twice" if twice else "a column has no name"
        raise SiteError([source.problem("yaml-duplicate", message, mark, "give each column a name of its own")])


def _marks(cells: Sequence[str], text: str, start: int, places: Places) -> Iterator[Mark]:
    """Yield the place of each cell of a row, which begins at an offset."""
    for cell in cells:
        is_quoted = text.startswith('"', start)
        yield _mark(cell, places, start + is_quoted)
        start += len(cell) + (2 + cell.count('"') if is_quoted else 0) + 1  # a quote inside is doubled


def _mark(text: str, places: Places, start: int) -> Mark:
    """The place of a text without the spaces around it, which begins at an offset with them."""
    return places.mark(start + len(text) - len(text.lstrip()), max(1, len(text.strip())))


def _cell(text: str, mark: Mark, head: Mark) -> Node:
    """The node of a cell; `head` is the place of the name of its column."""
    plain = text.strip()
    return Node(text_value(plain), plain, mark, head)


def _json(source: Source, text: str) -> Iterator[Mapping[str, Node]]:
    places, end = Places(text), 0
    for row in _json_rows(source, text):
        start = text.index("{", end)  # only a comma and spaces lie between two objects
        cells, end = _members(text, start)
        mark = places.mark(start)
        _refuse_doubles(source, [name for name, *_ in cells], mark)
        _refuse_hidden(source, text, row)
        if any(isinstance(value, float) for _, value, *_ in cells):
            raise SiteError([source.problem("expected", "NaN and Infinity are not values of JSON", mark)])
        texts = (
            (name, value if isinstance(value, str) else json.dumps(row[name]), head, place + (text[place] == '"'))
            for name, value, head, place in cells
            if value is not None
        )
        yield {name: _cell(cell, _mark(cell, places, at), _mark(name, places, head)) for name, cell, head, at in texts}


def _members(text: str, start: int) -> tuple[list[tuple[str, Any, int, int]], int]:
    """Return each name of a JSON object with its value, the offsets of the name and the value, and where the object ends."""
    found = []
    end = _after(text, start + 1)
    while text[end] != "}":
        head = end + 1  # behind its quote
        name, end = _VALUE.raw_decode(text, end)
        place = _after(text, end)
        value, end = _VALUE.raw_decode(text, place)
        found.append((name, value, head, place))
        end = _after(text, end)
    return found, end + 1


def _after(text: str, start: int) -> int:
    """Return the offset of the next value, or of the end of the object."""
    found = _BETWEEN.match(text, start)
    assert found is not None
    return found.end()


def _json_rows(source: Source, text: str) -> list[dict[str, Any]]:
    try:
        rows = json.loads(text)
    except RecursionError as error:
        message = "the table is nested too deep"
        raise SiteError([source.problem("expected", message, Mark(1, 1), "a cell holds one value")]) from error
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"the table can't be read: {getattr(error, 'msg', error)}"
        raise SiteError([source.problem("expected", message, Mark(line, column))]) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message, hint = "a table in JSON is a list of objects", 'write [{"name": "…"}, …]'
        raise SiteError([source.problem("expected", message, Mark(1, 1), hint)])
    return rows


def _refuse_hidden(source: Source, text: str, row: Mapping[str, Any]) -> None:
    """Reject disallowed characters written as escapes in JSON, including lone surrogates."""
    for value in (*row, *row.values()):
        hidden = CONTROL.search(value) if isinstance(value, str) else None
        if hidden:
            place = max(0, text.lower().find(json.dumps(hidden[0])[1:-1]))
            raise SiteError([control_character(source, hidden[0], Places(text).mark(place))])


def _yaml(source: Source, text: str) -> Iterator[Mapping[str, Node]]:
    found = parse(source, text).value
    rows = found.get("rows")
    if rows is None or not isinstance(rows.value, tuple) or not all(isinstance(row.value, dict) for row in rows.value):
        message = "a table in YAML is a list below `rows:`"
        hint = "write `rows:` and below it `- {name: …}` for each row"
        raise SiteError([source.problem("expected", message, Mark(1, 1), hint)])
    if len(found) > 1:
        raise SiteError([_beside_rows(source, name, node) for name, node in found.items() if name != "rows"])
    yield from (row.value for row in rows.value)


def _beside_rows(source: Source, name: str, node: Node) -> Problem:
    message, hint = f"'{name}' is not shown, as a table in YAML is `rows:` alone", "write it into the page"
    return source.problem("unknown-key", message, node.key or Mark(1, 1), hint)
