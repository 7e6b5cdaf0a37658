"""The checks of pages: links, translations beside their sources, names; extensions add others.

Each check is a generator in `CHECKS` or `OWN_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from sitegen.checks.glossary import glossary_terms
from sitegen.checks.translation_parity import find_other_structure
from sitegen.library.dead_links import find_dead_links
from sitegen.library.glossary import glossary_page
from sitegen.library.library import Library
from sitegen.model.page import Key, Page
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.limits import within_limits

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
    """Run every check on one page. Those of extensions may take their time, as they are the site's own code."""
    try:
        yield from within_limits(page.versions[page.source].path, lambda: _found(root, library, page, known))
    except SiteError as error:
        yield from error.problems
    for check in CHECKS[_BUILT_IN:]:
        yield from check(root, library, page)


def _found(root: Path, library: Library, page: Page, known: Known) -> list[Problem]:
    problems = [problem for check in CHECKS[:_BUILT_IN] for problem in check(root, library, page)]
    digests = (*_digests(page), *_digests(glossary_page(library)))
    found = known.get(page.key)
    if found is None or found[0] != digests:
        found = digests, tuple(problem for check in OWN_CHECKS for problem in check(root, library, page))
        known[page.key] = found
    return [*problems, *found[1]]


def _digests(page: Page | None) -> Iterator[str]:
    yield from (document.digest for document in page.written.values()) if page else ()


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
