"""`import partners.csv --kind partner --into /partners/`: creates a page per row, or updates it from a newer table.

A column is a field of the kind; `name.ru` is its Russian text, and `key` the last part of the page's path. Only the
fields with a column are written; other fields and the text of a page stay unchanged. A cell that has been emptied takes
its field away from the page. Pages whose rows are gone are reported, but kept.

A page that has been renamed stays the page of its row, as its old address leads to it. What a person has written is
never replaced: a page that no import has made is refused, a cell that is as it was at the last import leaves the page
alone, and one that has changed where the page has been edited too is a problem.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from sitegen.content.tables import rows_of
from sitegen.importers.table_reading import (
    KEY,
    Cell,
    RowReader,
    check_names,
    digest_of,
    plain_value,
    read_table,
    with_all_columns,
)
from sitegen.importers.table_record import RECORD, Digests, find_renamed, read_record, record_as_json, with_keys
from sitegen.model.fields import Checker
from sitegen.model.kinds import Kind
from sitegen.model.loading import load_config
from sitegen.model.settings import Config
from sitegen.model.slugs import is_slug, slugify
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.problems.suggestions import nearest_or_all
from sitegen.source.edits import Edit, Text
from sitegen.source.file_writing import replace_texts
from sitegen.source.files import read_file, read_text
from sitegen.source.front_matter import entries, page_text, parse_front_matter, with_values
from sitegen.source.mark import Mark
from sitegen.source.paths import fault_of_clone
from sitegen.source.text import Source, decode
from sitegen.source.yaml import Node

#: Most characters of a page's value in a message.
_MOST_SHOWN = 80


class Rows(Struct, dict=True):
    """The result of importing a table."""

    pages: int = 0
    new: list[str] = field(default_factory=list)  #: pages that were created
    changed: list[str] = field(default_factory=list)  #: files of existing pages that were changed
    #: Pages from an earlier table of the same name that have no row in this one; they are kept.
    gone: list[str] = field(default_factory=list)
    #: Fields that the table has no value for any more and every page needs, such as "title of …/index.fr.md"; they are kept.
    emptied: list[str] = field(default_factory=list)
    #: Fields that only other tables wrote before, and this one now, such as "city of partners.csv".
    taken: dict[str, None] = field(default_factory=dict)


def import_rows(root: Path, table: Path, kind: str, into: str) -> Rows:
    """Write a page for each row of a table.

    Raises:
        SiteError: the table or the kind can't be used; nothing is written.
    """
    config = load_config(root)
    top = _top(config, kind, into)
    text = read_table(table)
    source = Source.of(str(table), text)
    name = table.name.encode(errors="replace").decode()  # not every file name is valid Unicode
    writer = _Writer(root, config, config.kinds[kind], top, name, Checker(source, [], config.time_zone))
    rows = with_all_columns(rows_of(source, text))
    check_names(writer.check, rows, writer.kind, config)
    for row in rows:
        writer.take(row)
    if writer.check.problems:
        raise SiteError(writer.check.problems)
    records = writer.finish()
    replace_texts(root, writer.files, records)
    return writer.done


def _top(config: Config, kind: str, into: str) -> str:
    """Return the folder for the pages."""
    if kind not in config.kinds:
        hint = nearest_or_all(kind, config.kinds, "kinds are")
        raise refusal("content/kinds.yaml", "unknown-kind", f"--kind: '{kind}' is not in kinds.yaml", hint)
    parts = [part for part in into.split("/") if part]
    if ".." in parts or "." in parts:
        raise refusal("content", "reference", f"--into: '{into}' is not a content path", "write it as /partners/")
    return "/".join(("content", *parts))


class _Version(Struct, frozen=True):
    """A version of a page before the import."""

    path: str
    content: bytes | None = None  #: None if there is no such file
    front: Mapping[str, Node] = {}  #: its fields


class _Writer(Struct, dict=True):
    """Converts rows to files."""

    root: Path
    config: Config
    kind: Kind
    top: str
    table: str  #: the file name of the table
    check: Checker
    usual: str = ""  #: the default kind of pages in the folder; "" until it is known
    keys: dict[str, Mark] = field(default_factory=dict)  #: key of a page → position of its row
    files: dict[str, bytes] = field(default_factory=dict)  #: path → content, for the files that change
    done: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        self.reader = RowReader(self.config, self.kind, self.check)
        folder = self.root / self.top
        names = os.listdir(folder) if folder.is_dir() else ()
        self.taken = {name.casefold(): name for name in names}
        record = read_record(self.root, f"{self.top}/{RECORD}")
        keys = {key for pages in record.values() for key in pages}
        self.renamed = find_renamed(self.root, self.top, keys, self.config.source_language)
        here = {
            key: page.rpartition("/")[2] for key, page in self.renamed.items() if page.rpartition("/")[0] == self.top
        }
        self.record = with_keys(record, here)
        self.now: dict[str, Digests] = {**self.record.get(self.table, {})}
        self.known = {key for pages in self.record.values() for key in pages}

    def take(self, cells: Mapping[str, Node]) -> None:
        """Convert a row."""
        facts, words = self.reader.values(cells)
        source = self.config.source_language
        title = words[source]["title"].plain if "title" in words.get(source, {}) else ""
        own = cells.get(KEY)
        key = own.text if own is not None and own.text else slugify(title)
        above, _, name = self.renamed.get(key, f"{self.top}/{key}").rpartition("/")
        mark = next((node.mark for node in cells.values()), Mark(1, 1))
        if not title and any(
            cell.value is not None for name in ("title", f"title.{source}") if (cell := cells.get(name))
        ):
            return  # it is invalid, and has been reported
        if not title:
            message = f"a row without a title in '{source}'"
            hint = f"fill in the column title or title.{source}"
            self.check.report("required", message, mark, hint)
        elif not is_slug(key) or key[0] in "._" or fault_of_clone(key):
            message, hint = f"{KEY}: '{key}' can't be part of an address", "use letters, digits and hyphens"
            self.check.report("slug", message, own.mark if own else mark, hint)
        elif above != self.top:
            message = f"the page '{key}' is {above}/{name} now"
            hint = "take the row out of the table, or the old address out of the page's `aliases`"
            self.check.report("url-clash", message, mark, hint)
        elif message := self._clash(name):
            self.check.report("url-clash", message, mark, f"give each row a {KEY} of its own")
        else:
            self.keys[name] = mark
            self.taken[name.casefold()] = name
            versions = self._versions(mark, facts, words)
            self._write(name, versions, self._emptied(name, cells, versions))

    def _clash(self, key: str) -> str:
        """Why a row can't be the page of its key, as disks may ignore case; "" if it can."""
        other = self.taken.get(key.casefold(), key)
        if key in self.keys:
            return f"'{key}' is the page of line {self.keys[key].line} too"
        where = f" of line {self.keys[other].line}" if other in self.keys else ", which is there already,"
        return f"'{key}' and '{other}'{where} differ only in case" if other != key else ""

    def _versions(
        self, mark: Mark, facts: Mapping[str, Cell], words: Mapping[str, Mapping[str, Cell]]
    ) -> dict[str, dict[str, Cell]]:
        """Return the fields of each version of a page; the source version has the facts, and the kind if needed."""
        source = self.config.source_language
        kind = self.kind.name
        own = {} if self._usual_kind(f"{self.top}/index.{source}.md") == kind else {"kind": Cell(kind, kind, mark)}
        return {
            language: {**own, **facts, **cells} if language == source else dict(cells)
            for language, cells in words.items()
        }

    def _emptied(
        self, key: str, cells: Mapping[str, Node], versions: Mapping[str, Mapping[str, Cell]]
    ) -> dict[str, dict[str, Mark]]:
        """Return language → the fields that the table has written before, and whose cells are empty now."""
        last = self.now.get(key, {})
        found = {
            language: {
                name: mark
                for name, mark in marks.items()
                if name in last.get(language, {}) and name not in versions.get(language, {})
            }
            for language, marks in self.reader.empty(cells).items()
        }
        return {language: marks for language, marks in found.items() if marks}

    def _write(
        self, key: str, versions: Mapping[str, Mapping[str, Cell]], emptied: Mapping[str, Mapping[str, Mark]]
    ) -> None:
        """Write the versions of a page, and take emptied fields away from those it has."""
        self.done.pages += 1
        before = {language: self._version_before(key, language) for language in (*versions, *emptied)}
        is_new = before[self.config.source_language].content is None
        if self._is_foreign(key, versions, before):
            message = f"{KEY}: {self.top}/{key} is a page that no import has made"
            hint = f"give the row another {KEY}, or make the page and the row say the same"
            self.check.report("url-clash", message, self.keys[key], hint)
            return
        if is_new:
            self.done.new.append(f"/{self.top}/{key}/".removeprefix("/content"))
        forgotten: dict[str, Set[str]] = {}
        for language, old in before.items():
            cells, marks = versions.get(language, {}), emptied.get(language, {})
            changed = self._changed(key, language, old.front, cells)
            removed, kept = self._removed(key, language, old.front, marks)
            forgotten[language] = marks.keys() - kept
            if old.content is not None and (changed or removed):
                self.files[old.path] = with_cells(old.path, old.content, changed, removed)
            elif old.content is None and cells and (is_new or changed):
                self.files[old.path] = page_text(f"{name}: {cell.text}" for name, cell in cells.items()).encode()
            if not is_new and (changed or removed):
                self.done.changed.append(old.path)
        self._remember(key, versions, forgotten)

    def _version_before(self, key: str, language: str) -> _Version:
        """Return a version as it is; raises SiteError if its file can't be read or is not text."""
        path = f"{self.top}/{key}/index.{language}.md"
        if not os.path.lexists(self.root / path):
            return _Version(path)
        front, _ = parse_front_matter(Source.of(path, read_text(self.root, path)))
        return _Version(path, read_file(self.root, path), front.entries)

    def _is_foreign(self, key: str, versions: Mapping[str, Mapping[str, Cell]], before: Mapping[str, _Version]) -> bool:
        """Whether a page was made by no import, and says something else than the row."""
        if key in self.known or not any((self.root / self.top / key).glob("index.*.md")):
            return False
        fronts = {language: old.front for language, old in before.items()}
        is_new = before[self.config.source_language].content is None
        return is_new or any(_differing(fronts[own], versions[own]) for own in versions if fronts[own])

    def _changed(
        self, key: str, language: str, front: Mapping[str, Node], cells: Mapping[str, Cell]
    ) -> dict[str, Cell]:
        """Return the cells to write to a page: those that have changed since the last import and differ from it."""
        last = self.now.get(key, {}).get(language, {})
        changed = {}
        for name, cell in _differing(front, cells).items():
            if cell.digest == last.get(name):
                continue
            others = self._others(key, language, name)
            if front and (why := self._why_not(front.get(name), last.get(name), others)):
                self._report(key, language, name, why, cell.mark)
                continue
            changed[name] = cell
            if name not in last:
                self.done.taken.update(dict.fromkeys(f"{name} of {table}" for table in others))
        return changed

    def _removed(
        self, key: str, language: str, front: Mapping[str, Node], emptied: Mapping[str, Mark]
    ) -> tuple[set[str], set[str]]:
        """Return the emptied fields to take away from a page, and those that it has to keep.

        A field goes if the page still has what this table has written, and no other table has written the same.
        """
        last = self.now.get(key, {}).get(language, {})
        removed, kept = set[str](), set[str]()
        for name, mark in emptied.items():
            node, others = front.get(name), self._others(key, language, name)
            digest = digest_of(plain_value(node)) if node is not None and node.value is not None else ""
            if not digest or digest in others.values():
                continue
            if self.kind.fields[name].required:
                self.done.emptied.append(f"{name} of {self.top}/{key}/index.{language}.md")
                kept.add(name)
            elif why := self._why_not(node, last[name], others):
                self._report(key, language, name, why, mark)
            else:
                removed.add(name)
        return removed, kept

    def _report(self, key: str, language: str, name: str, why: str, mark: Mark) -> None:
        where = f"{self.top}/{key}/index.{language}.md"
        self.check.report("exchange", f"{name}: {where} {why}", mark, "make the page and the table say the same")

    def _others(self, key: str, language: str, name: str) -> dict[str, str]:
        """Return the other tables that have written a field of a page, and the digests of their cells."""
        digests = {table: pages.get(key, {}).get(language, {}).get(name) for table, pages in self.record.items()}
        return {table: digest for table, digest in digests.items() if digest and table != self.table}

    def _why_not(self, node: Node | None, last: str | None, others: Mapping[str, str]) -> str:
        """Why a field of a page is not to be replaced; "" if it is as it was imported.

        A table under a new name continues the pages of an earlier one. From then on, each table replaces only what it
        has written itself, so that two of them do not win in turns.
        """
        text = plain_value(node) if node is not None else ""
        if not text:
            return "has lost its value since the last import" if last or others else ""
        if digest_of(text) == last or (last is None and digest_of(text) in others.values()):
            return ""
        said = f"says '{_shown(text)}', "
        table = next((table for table, digest in others.items() if digest == digest_of(text)), "")
        return said + (f"which {table} has written" if table else "which no import has written")

    def _remember(
        self, key: str, versions: Mapping[str, Mapping[str, Cell]], forgotten: Mapping[str, Set[str]]
    ) -> None:
        """Record the cells of a page; what was imported stays recorded when a column is gone."""
        last = {
            language: {name: digest for name, digest in own.items() if name not in forgotten.get(language, ())}
            for language, own in self.now.get(key, {}).items()
        }
        self.now[key] = {
            **last,
            **{
                language: {**last.get(language, {}), **{name: cell.digest for name, cell in cells.items()}}
                for language, cells in versions.items()
            },
        }

    def _usual_kind(self, parent: str) -> str:
        if not self.usual:
            found = "page"
            if (self.root / parent).exists():
                front, _ = parse_front_matter(Source.of(parent, read_text(self.root, parent)))
                own = self.config.kinds.get(front.value["kind"].text) if "kind" in front.value else None
                found = (own.children.kind if own else None) or "page"
            self.usual = found
        return self.usual

    def finish(self) -> dict[str, bytes]:
        """Find the pages whose rows are gone, and return the record of all pages if it has changed."""
        self.done.gone = sorted(self.now.keys() - self.keys.keys())
        now = {**self.record, self.table: dict(sorted(self.now.items()))}
        return {f"{self.top}/{RECORD}": record_as_json(now).encode()} if now != self.record else {}


def _differing(front: Mapping[str, Node], cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the cells that a page does not have, regardless of quotes."""
    return {name: cell for name, cell in cells.items() if name not in front or plain_value(front[name]) != cell.plain}


def with_cells(path: str, content: bytes, cells: Mapping[str, Cell], removed: Collection[str]) -> bytes:
    """Set some fields in a page's file and remove others, leaving other fields, comments and the text unchanged.

    Raises:
        SiteError: a comment would be lost with a value, or the front matter can't be changed field by field.
    """
    text = Text(content)
    found = list(entries(text.whole))
    for entry in found:
        is_removed = entry.name in removed
        if (is_removed and entry.comments) or (entry.name in cells and entry.inner_comments):
            line = text.whole[: entry.start].count(text.line_end) + 1
            message = f"a comment {'beside' if is_removed else 'inside'} '{entry.name}' would be lost"
            hint = "put it on a line above the field"
            raise SiteError([Problem(path=path, code="exchange", message=message, line=line, hint=hint)])
    gone = [Edit(*entry.span, "") for entry in found if entry.name in removed]
    edited = text.edited([*with_values(text, {name: cell.text for name, cell in cells.items()}), *gone])
    try:
        parse_front_matter(Source.of(path, decode(path, edited)))
    except SiteError as error:  # for example, if all of it is in braces
        message, hint = "the front matter can't be changed field by field", "write each field on a line of its own"
        raise SiteError([Problem(path=path, code="front-matter", message=message, line=2, hint=hint)]) from error
    return edited


def _shown(plain: Any) -> str:
    """Return a value of a page as a table would have it, cut to a length for a message."""
    text = " ".join("; ".join(map(str, plain) if isinstance(plain, list) else [str(plain)]).split())
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def report(done: Rows) -> Iterator[str]:
    """Yield the lines of the report: one per new or gone page, and one per changed file."""
    yield from (f"new: {key}" for key in done.new)
    yield from (f"changed: {path}" for path in done.changed)
    yield from (f"gone from the table, and kept: {key}" for key in done.gone)
    yield from (f"empty in the table, and kept, as each page needs it: {own}" for own in done.emptied)
    yield from (f"now written by this table: {own}" for own in done.taken)
