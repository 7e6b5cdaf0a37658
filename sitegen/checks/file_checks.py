"""Checks of files: pictures, drawings, tables and file types beside pages, and what a file may weigh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sitegen.content.tables import MOST_CELLS, Table, is_table
from sitegen.hosting.headers_and_redirects import is_text
from sitegen.library.dead_links import find_dead_links
from sitegen.library.library import Library
from sitegen.media.file_signatures import content_problem, has_signature
from sitegen.media.file_types import type_problem
from sitegen.media.images import is_picture, is_raster_name
from sitegen.media.svg import find_unsafe, is_drawing
from sitegen.model.fields import flat
from sitegen.model.page import Body, Key, Page, TableName
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import find_conflicts_in, problem_at

#: Characters of a table that count as a cell at least.
_OF_CELL = 100
#: Cells of tables that a page may show again: about half a second in each language.
MOST_REPEATED = 40_000
#: The same for all pages of a site together, and further ones for each page.
MOST_REPEATED_IN_ALL, MOST_REPEATED_EACH = 100_000, 100
#: Pixels of nearly empty pictures that a site may have in all: 100 million take a second to convert.
MOST_EMPTY_PIXELS = 200_000_000
#: Cells that a page may show in all its languages together: they take two seconds, which is all that a page has.
MOST_SHOWN = 400_000
_FEWER = "show fewer, or link to them as files"
#: Endings of data and the like that is text, whose formats have no lines that are no data.
_DATA = (
    *(".bib", ".csv", ".geojson", ".ics", ".json", ".jsonl", ".ndjson"),
    *(".ris", ".srt", ".tsv", ".vcf", ".vtt", ".yaml", ".yml"),
)


def unreadable_pictures(library: Library) -> Iterator[Problem]:
    """Report pictures beside pages that are damaged, can't be published in other sizes or formats, or are none."""
    empty = 0
    for _, _, path in library.published_files():
        if not _is_looked_at(library, path):
            continue
        if problem := library.pictures.problem(path):
            yield problem
        empty += library.pictures.empty_pixels(path)
        if empty > MOST_EMPTY_PIXELS:  # each further one takes as long
            message = f"{empty // 1_000_000:,} million pixels of this picture and those before it show nothing"
            yield problem_at(path, "too-costly", message, None, "make such pictures smaller, or cut off what is empty")
            return


def _is_looked_at(library: Library, path: str) -> bool:
    """Whether all of a picture is read; without `pictures:`, JPEG and PNG are published as they are."""
    return is_raster_name(path) and (bool(library.pictures.widths) or not is_picture(path))


def find_overweight(config: Config, path: str, content: bytes) -> Iterator[Problem]:
    """Report a file that is larger, as sent, than the budget for its ending."""
    budget = config.budgets.get(path.rpartition(".")[2])
    if budget is None or len(content) <= budget.most:
        return
    import gzip  # few files are so large

    sent = len(gzip.compress(content, 6, mtime=0)) if is_text(path) else len(content)
    if sent > budget.most:
        message = f"'{path}' is {sent / 1000:,.1f} KB as sent, over its budget of {budget.most / 1000:,.0f} KB"
        yield problem_at("content/site.yaml", "budget", message, budget.mark, "make it smaller, or raise the budget")


def unpublishable_files(root: Path, library: Library) -> Iterator[Problem]:
    """Report files beside pages if their type is not published, or their content is of another type than their name."""
    more = library.config.file_types
    for _, _, path in library.published_files():
        if (problem := type_problem(path, more)) or (
            has_signature(path, more) and not _is_looked_at(library, path) and (problem := content_problem(root, path))
        ):
            yield problem


def unresolved_conflicts(root: Path, library: Library) -> Iterator[Problem]:
    """Report merge conflicts in data beside pages; a text may show one as an example."""
    for _, _, path in library.published_files():
        if path.lower().endswith(_DATA):
            with suppress(OSError):  # told where it is published
                yield from find_conflicts_in(path, read_file(root, path))


def unfit_tables(root: Path, library: Library) -> Iterator[Problem]:
    """Report cells of tables beside pages that don't match tables.yaml or name nothing, and tables that can't be read."""
    cells: dict[str, int] = {}
    for page, path in find_tables(library):
        try:
            table, problems = within_limits(path, partial(library.tables.read, root, path, library.config))
        except SiteError as error:
            yield from error.problems
        else:
            yield from problems
            yield from _dead_cells(library, page, path, table)
            cells[path] = max(len(table.rows) * len(table.columns), table.size // _OF_CELL)
    if cells:
        yield from _crowded_pages(library, cells)


def _crowded_pages(library: Library, cells: Mapping[str, int]) -> Iterator[Problem]:
    """Report pages whose tables, each as often as it is shown, have more cells together than one table may have.

    Args:
        cells: path of a table → how many it has.
    """
    repeated = dict[Key, int]()
    for page in library.pages.values():
        if not (shown := Counter(tables_of(page))) or not page.states:
            continue
        counts = [_cells_shown(library, page, shown, cells, language) for language in page.states]
        most, again = (max(own) for own in zip(*counts, strict=True))
        total = sum(count for count, _ in counts)
        repeated[page.key] = sum(own for _, own in counts)
        if most > MOST_CELLS:
            over = f"{most:,} cells together, over {MOST_CELLS:,}"
        elif again > MOST_REPEATED:
            over = f"{most:,} cells together, over {MOST_REPEATED:,} of them repeated"
        elif total > MOST_SHOWN:
            over = f"{total:,} cells in its {len(counts)} languages together, over {MOST_SHOWN:,}"
        else:
            continue
        source = page.versions[page.source]
        mark = next((block.mark for block in source.body.blocks if [*_tables_in(block.facts)]), Mark(1, 1))
        what = f"{shown.total():,} tables of this page have" if shown.total() > 1 else "the table of this page has"
        yield problem_at(source.path, "too-costly", f"{what} {over}", mark, _FEWER)
    yield from _crowded_site(library, repeated)


def _crowded_site(library: Library, repeated: Mapping[Key, int]) -> Iterator[Problem]:
    """Report the page with most cells of tables that are shown again if those of all pages together are too many."""
    total, allowed = sum(repeated.values()), MOST_REPEATED_IN_ALL + MOST_REPEATED_EACH * len(library.pages)
    if total > allowed:
        page = library.pages[max(repeated, key=repeated.__getitem__)]
        source = page.versions[page.source]
        message = f"tables that are shown again have {total:,} cells on all pages together, over {allowed:,}; this page has most"
        yield problem_at(source.path, "too-costly", message, Mark(1, 1), _FEWER)


def _cells_shown(
    library: Library, page: Page, shown: Mapping[str, int], cells: Mapping[str, int], language: str
) -> tuple[int, int]:
    """How many cells a page's tables have in a language, and how many of these are of a table shown before."""
    found = ((library.resolve_file(page.key, name, language), times) for name, times in shown.items())
    counts = [(cells.get(library.files[page.key, own[0]], 0), times) for own, times in found if own]
    return sum(count * times for count, times in counts), sum(count * (times - 1) for count, times in counts)


def find_tables(library: Library) -> Iterator[tuple[Page, str]]:
    """Yield the tables that tables.yaml declares or a page shows, each as the page that it is beside and its path."""
    shown = {(page.key, name) for page in library.pages.values() for name in tables_of(page)}
    for key, name, path in library.published_files():
        if not is_table(name):
            continue
        is_declared = name.partition(".")[0] in library.config.tables
        if is_declared or (key, name) in shown or (key, _without_language(name, library.config)) in shown:
            yield library.pages[key], path


def tables_of(page: Page) -> Iterator[str]:
    """Yield the names of the tables that a page shows, in fields and in blocks."""
    source = page.versions[page.source]
    for facts in (source.facts, *(block.facts for block in source.body.blocks)):
        yield from _tables_in(facts)


def _without_language(name: str, config: Config) -> str:
    """The name that means a file in all languages: `fees.csv` for `fees.ru.csv`."""
    stem, dot, ending = name.rpartition(".")
    base, _, language = stem.rpartition(".")
    return f"{base}{dot}{ending}" if base and language in config.languages else name


def _tables_in(facts: Mapping[str, Any]) -> Iterator[str]:
    return (name for value in facts.values() for name in flat(value) if isinstance(name, TableName))


def _dead_cells(library: Library, page: Page, path: str, table: Table) -> Iterator[Problem]:
    """Report the pages and files that cells name and that don't exist, as if they were links of the page."""
    if links := table.inner_links:
        source = page.versions[page.source]
        body = Body.of((), links, ())
        yield from find_dead_links(library, replace(source, path=path, facts={}, words={}, body=body))


def unsafe_drawings(root: Path, library: Library) -> Iterator[Problem]:
    """Report whatever is more than a drawing in SVG files beside pages."""
    for _, _, path in library.published_files():
        if is_drawing(path):
            try:
                yield from within_limits(path, partial(_unsafe, root, path))
            except SiteError as error:
                yield from error.problems


def _unsafe(root: Path, path: str) -> list[Problem]:
    return [*find_unsafe(root, path)]
