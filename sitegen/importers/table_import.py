"""`import partners.csv --kind partner --into /partners/`: creates a page per row, or updates it from a newer table.

A column is a field of the kind; `name.ru` is its Russian text, and `key` the last part of the page's path. Only the
fields with a column are written; other fields and the text of a page stay unchanged. Pages whose rows are gone are
reported, but kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from sitegen.content.tables import rows_of, split_column
from sitegen.model.fields import Checker, Field
from sitegen.model.kinds import Kind
from sitegen.model.loading import load_config
from sitegen.model.settings import Config
from sitegen.model.slugs import is_slug, slugify
from sitegen.problems.problem import Problem, SiteError, listing, nearest, refusal
from sitegen.source.edits import Edit, Text
from sitegen.source.files import read_file, read_given, read_text, replace_texts, unreadable
from sitegen.source.front_matter import end_of_entry, front_matter_span, page_text, parse_front_matter
from sitegen.source.mark import Mark
from sitegen.source.paths import fault_of_clone
from sitegen.source.scalars import scalar
from sitegen.source.text import MAX_FILE, Source, decode
from sitegen.source.yaml import Node, parse

#: The column with the last part of a page's path; by default it is derived from the title in the source language.
KEY = "key"
#: The file beside the pages that records which table each is from; the underscore keeps it out of the site.
RECORD = "_imported.json"


class Rows(Struct, dict=True):
    """The result of importing a table."""

    pages: int = 0
    new: list[str] = field(default_factory=list)  #: pages that were created
    changed: list[str] = field(default_factory=list)  #: files of existing pages that were changed
    #: Pages from an earlier table of the same name that have no row in this one; they are kept.
    gone: list[str] = field(default_factory=list)


def import_rows(root: Path, table: Path, kind: str, into: str) -> Rows:
    """Write a page for each row of a table.

    Raises:
        SiteError: the table or the kind can't be used; nothing is written.
    """
    config = load_config(root)
    top = _top(config, kind, into)
    text = _read(table)
    source = Source.of(str(table), text)
    writer = _Writer(root, config, config.kinds[kind], top, Checker(source, [], config.time_zone))
    for row in rows_of(source, text):
        writer.take(row)
    if writer.check.problems:
        raise SiteError(writer.check.problems)
    done = writer.finish(table.name)
    replace_texts(root, writer.files)
    return done


def _read(table: Path) -> str:
    try:
        return decode(str(table), read_given(table, MAX_FILE))
    except OSError as error:
        raise SiteError([unreadable(str(table), error)]) from error


def _top(config: Config, kind: str, into: str) -> str:
    """Return the folder for the pages."""
    if kind not in config.kinds:
        hint = nearest(kind, config.kinds) or f"kinds are {listing(config.kinds)}"
        raise refusal("content/kinds.yaml", "unknown-kind", f"--kind: '{kind}' is not in kinds.yaml", hint)
    parts = [part for part in into.split("/") if part]
    if ".." in parts or "." in parts:
        raise refusal("content", "reference", f"--into: '{into}' is not a content path", "write it as /partners/")
    return "/".join(("content", *parts))


class _Writer(Struct, dict=True):
    """Converts rows to files."""

    root: Path
    config: Config
    kind: Kind
    top: str
    check: Checker
    usual: str = ""  #: the default kind of pages in the folder; "" until it is known
    keys: dict[str, Mark] = field(default_factory=dict)  #: key of a page → position of its row
    files: dict[str, bytes] = field(default_factory=dict)  #: path → content, for the files that change
    done: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        folder = self.root / self.top
        names = os.listdir(folder) if folder.is_dir() else ()
        self.taken = {name.casefold(): name for name in names}

    def take(self, cells: Mapping[str, Node]) -> None:
        """Convert a row."""
        facts, words = self._values(cells)
        source = self.config.source_language
        title = words.get(source, {}).get("title", "")
        own = cells.get(KEY)
        key = own.text if own is not None and own.text else slugify(title)
        mark = next((node.mark for node in cells.values()), Mark(1, 1))
        if not title:
            message = f"a row without a title in '{source}'"
            hint = f"fill in the column title or title.{source}"
            self.check.report("required", message, mark, hint)
        elif not is_slug(key) or key[0] in "._" or fault_of_clone(key):
            message, hint = f"{KEY}: '{key}' can't be part of an address", "use letters, digits and hyphens"
            self.check.report("slug", message, own.mark if own else mark, hint)
        elif message := self._clash(key):
            self.check.report("url-clash", message, mark, f"give each row a {KEY} of its own")
        else:
            self.keys[key] = mark
            self.taken[key.casefold()] = key
            self._write(key, facts, words)

    def _clash(self, key: str) -> str:
        """Why a row can't be the page of its key, as disks may ignore case; "" if it can."""
        other = self.taken.get(key.casefold(), key)
        if key in self.keys:
            return f"'{key}' is the page of line {self.keys[key].line} too"
        where = f" of line {self.keys[other].line}" if other in self.keys else ", which is there already,"
        return f"'{key}' and '{other}'{where} differ only in case" if other != key else ""

    def _values(self, cells: Mapping[str, Node]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Return the facts, and the words by language, as written in front matter."""
        facts: dict[str, str] = {}
        words: dict[str, dict[str, str]] = {}
        source = self.config.source_language
        for name, node in cells.items():
            column, language = split_column(name, self.config)
            if column == KEY or node.value is None:
                continue
            declared = self.kind.fields.get(column)
            if declared is None:
                self.check.unknown(column, node, self.kind.fields, f"the kind '{self.kind.name}'")
            elif declared.side == "facts" and language:
                message, hint = f"'{column}' is a fact, the same in every language", f"name the column {column}"
                self.check.reject(node, "misplaced-fact", message, hint)
            elif self.check.value(declared, _as_list(declared, node)) is not None:
                side = facts if declared.side == "facts" else words.setdefault(language or source, {})
                side[column] = _written(declared, node.text)
        return facts, words

    def _write(self, key: str, facts: Mapping[str, str], words: Mapping[str, Mapping[str, str]]) -> None:
        self.done.pages += 1
        source = self.config.source_language
        is_new = not (self.root / self.top / key / f"index.{source}.md").exists()
        if is_new:
            self.done.new.append(f"/{self.top.partition('/')[2]}/{key}/".replace("//", "/"))
        for language, own in words.items():
            path = f"{self.top}/{key}/index.{language}.md"
            values = {**self._kind_line(language), **(facts if language == source else {}), **own}
            before = _page_before(self.root, path)
            lines = (f"{name}: {value}" for name, value in values.items())
            now = page_text(lines).encode() if before is None else with_values(path, before, values)
            if now != before:
                self.files[path] = now
                if not is_new:
                    self.done.changed.append(path)

    def _kind_line(self, language: str) -> dict[str, str]:
        """Return the field `kind`, for source versions only, and only if it is not the folder's default."""
        parent = f"{self.top}/index.{self.config.source_language}.md"
        if language != self.config.source_language or self._usual_kind(parent) == self.kind.name:
            return {}
        return {"kind": self.kind.name}

    def _usual_kind(self, parent: str) -> str:
        if not self.usual:
            found = "page"
            if (self.root / parent).exists():
                front, _ = parse_front_matter(Source.of(parent, read_text(self.root, parent)))
                own = self.config.kinds.get(front.value["kind"].text) if "kind" in front.value else None
                found = (own.children.kind if own else None) or "page"
            self.usual = found
        return self.usual

    def finish(self, name: str) -> Rows:
        """Record the pages of this table, and find those whose rows are gone."""
        path = f"{self.top}/{RECORD}"
        known = _record(self.root, path)
        self.done.gone = sorted(set(known.get(name, ())) - self.keys.keys())
        now = {**known, name: sorted({*self.keys, *self.done.gone})}
        if now != known:
            self.files[path] = (json.dumps(now, ensure_ascii=False, indent=1) + "\n").encode()
        return self.done


def _record(root: Path, path: str) -> dict[str, list[str]]:
    """Return earlier tables and their pages; empty if the record can't be read."""
    try:
        return msgspec.json.decode(read_file(root, path), type=dict[str, list[str]])
    except (OSError, ValueError, RecursionError):
        return {}


def _as_list(declared: Field, node: Node) -> Node:
    """Return the semicolon-separated values of a cell as a list."""
    if declared.type != "list":
        return node
    parts = (part.strip() for part in node.text.split(";"))
    return Node(tuple(Node(part, part, node.mark, node.key) for part in parts if part), node.text, node.mark, node.key)


def _written(declared: Field, text: str) -> str:
    """Return a value as written in front matter."""
    if declared.type == "list":
        return "[" + ", ".join(scalar(part.strip()) for part in text.split(";") if part.strip()) + "]"
    return text if declared.type in ("number", "boolean", "date", "datetime", "moment") else scalar(text)


def _page_before(root: Path, path: str) -> bytes | None:
    """Return the content of a page's file; None if it does not exist.

    Raises:
        SiteError: the file can't be read or is not text.
    """
    if not os.path.lexists(root / path):
        return None
    read_text(root, path)
    return read_file(root, path)


def with_values(path: str, content: bytes, values: Mapping[str, str]) -> bytes:
    """Set some fields in a page's file, leaving other fields and the text unchanged."""
    text = Text(content)
    front, _ = parse_front_matter(Source.of(path, decode(path, content)))
    _, last = front_matter_span(text.whole)
    lines = {name: f"{name}: {value}{text.line_end}" for name, value in values.items()}
    edits = [Edit(last, last, "".join(line for name, line in lines.items() if name not in front.value))]
    for name in values.keys() & front.value.keys():
        node = front.value[name]
        if not _is_same(node, values[name]):
            start = text.offset(node.key or node.mark)
            edits.append(Edit(start, end_of_entry(text.whole, start), lines[name]))
    edited = text.edited(edits)
    try:
        parse_front_matter(Source.of(path, decode(path, edited)))
    except SiteError as error:  # for example, if all of it is in braces
        message, hint = "the front matter can't be changed field by field", "write each field on a line of its own"
        raise SiteError([Problem(path=path, code="front-matter", message=message, line=2, hint=hint)]) from error
    return edited


def _is_same(node: Node, value: str) -> bool:
    """Whether a value equals the existing one, regardless of quotes."""
    text = f"a: {value}"
    return bool(_plain(parse(Source.of("", text), text).value["a"]) == _plain(node))


def _plain(node: Node) -> Any:
    if isinstance(node.value, tuple):
        return [_plain(child) for child in node.value]
    return node.text.strip()


def report(done: Rows) -> Iterator[str]:
    """Yield the lines of the report: one per new or gone page, and one per changed file."""
    yield from (f"new: {key}" for key in done.new)
    yield from (f"changed: {path}" for path in done.changed)
    yield from (f"gone from the table, and kept: {key}" for key in done.gone)
