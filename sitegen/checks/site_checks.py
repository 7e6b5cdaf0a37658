"""Checks that look beyond one page: links, translations beside their sources, names.

Each check is a generator in `CHECKS` or `OWN_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from sitegen.checks.glossary import glossary_terms
from sitegen.checks.translation_parity import find_other_structure
from sitegen.content.tables import Table, is_table, read_table
from sitegen.hosting.rules import is_text
from sitegen.library.glossary import glossary_page
from sitegen.library.library import Library
from sitegen.library.links import find_dead_links
from sitegen.media.file_types import type_problem
from sitegen.media.images import is_picture, is_raster_name
from sitegen.media.svg import find_unsafe, is_drawing
from sitegen.model.fields import flat
from sitegen.model.page import Body, Key, Page, TableName
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.text import problem_at

#: Results of `OWN_CHECKS`: page → digests of the files that were read, and the problems found in them.
Known = dict[Key, tuple[tuple[str, ...], tuple[Problem, ...]]]


def find_problems(root: Path, library: Library, known: Known) -> Iterator[Problem]:
    """Run every check on every page; the problems are not sorted.

    Args:
        known: results of an earlier run with the same settings; new results are added.
    """
    for page in library.pages.values():
        yield from find_problems_of(root, library, page, known)


def find_problems_of(root: Path, library: Library, page: Page, known: Known) -> Iterator[Problem]:
    """Run every check on one page."""
    for check in CHECKS:
        yield from check(root, library, page)
    digests = (*_digests(page), *_digests(glossary_page(library)))
    found = known.get(page.key)
    if found is None or found[0] != digests:
        found = digests, tuple(problem for check in OWN_CHECKS for problem in check(root, library, page))
        known[page.key] = found
    yield from found[1]


def _digests(page: Page | None) -> Iterator[str]:
    yield from (document.digest for document in page.written.values()) if page else ()


def unreadable_pictures(library: Library) -> Iterator[Problem]:
    """Report pictures beside pages that are damaged, can't be published in other sizes or formats, or are none."""
    pictures = library.pictures
    for (key, _), path in library.files.items():
        is_checked = pictures.widths or not is_picture(
            path
        )  # JPEG and PNG are published as they are without `pictures:`
        if is_checked and is_raster_name(path) and key in library.pages and (problem := pictures.problem(path)):
            yield problem


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


def unpublishable_files(library: Library) -> Iterator[Problem]:
    """Report files beside pages if their type is not published."""
    more = library.config.file_types
    for (key, _), path in library.files.items():
        if key in library.pages and (problem := type_problem(path, more)):
            yield problem


def unfit_tables(root: Path, library: Library) -> Iterator[Problem]:
    """Report cells of tables beside pages that don't match tables.yaml or name nothing, and tables that can't be read."""
    for page, path in find_tables(library):
        try:
            table, problems = read_table(root, path, library.config)
        except SiteError as error:
            yield from error.problems
        else:
            yield from problems
            yield from _dead_cells(library, page, path, table)


def find_tables(library: Library) -> Iterator[tuple[Page, str]]:
    """Yield the tables that tables.yaml declares or a page shows, each as the page that it is beside and its path."""
    shown = {(page.key, name) for page in library.pages.values() for name in tables_of(page)}
    for (key, name), path in library.files.items():
        is_declared = name.partition(".")[0] in library.config.tables
        if key in library.pages and is_table(name) and (is_declared or (key, name) in shown):
            yield library.pages[key], path


def tables_of(page: Page) -> Iterator[str]:
    """Yield the names of the tables that a page shows, in fields and in blocks."""
    source = page.versions[page.source]
    for facts in (source.facts, *(block.facts for block in source.body.blocks)):
        yield from (name for value in facts.values() for name in flat(value) if isinstance(name, TableName))


def _dead_cells(library: Library, page: Page, path: str, table: Table) -> Iterator[Problem]:
    """Report the pages and files that cells name and that don't exist, as if they were links of the page."""
    if links := table.inner_links:
        source = page.versions[page.source]
        body = Body.of((), links, ())
        yield from find_dead_links(library, replace(source, path=path, facts={}, words={}, body=body))


def unsafe_drawings(root: Path, library: Library) -> Iterator[Problem]:
    """Report whatever is more than a drawing in SVG files beside pages."""
    for (key, _), path in library.files.items():
        if key in library.pages and is_drawing(path):
            yield from find_unsafe(root, path)


def dead_links(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Report links, anchors and pictures without a target in the language of their text."""
    for document in page.written.values():
        yield from find_dead_links(library, document)


Check = Callable[[Path, Library, Page], Iterator[Problem]]
#: Checks of a page whose result may depend on other pages.
CHECKS: list[Check] = [dead_links]
_BUILT_IN = len(CHECKS)
#: Checks of a page whose result depends only on its own files and the glossary.
OWN_CHECKS: tuple[Check, ...] = (find_other_structure, glossary_terms)


def has_own_checks() -> bool:
    """Whether an extension has added checks, of which nobody knows what they read."""
    return len(CHECKS) > _BUILT_IN
