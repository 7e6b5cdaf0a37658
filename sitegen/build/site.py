"""Inputs → Site, before rendering: all content read and checked, or the last build's with a few texts updated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.engine_digest import version
from sitegen.build.incremental import Recall
from sitegen.build.inputs import Inputs
from sitegen.build.last_build import Memory
from sitegen.build.options import Options
from sitegen.checks.file_checks import (
    tables_of,
    unfit_tables,
    unpublishable_files,
    unreadable_pictures,
    unresolved_conflicts,
    unsafe_drawings,
)
from sitegen.checks.page_lists import crowded_choices, crowded_lists, lists_of
from sitegen.checks.registry import Known, find_problems, find_problems_of, has_own_checks
from sitegen.content.reader import load_content, read_version
from sitegen.library.assembly import build_library
from sitegen.library.cross_page_problems import find_library_problems, find_page_problems
from sitegen.library.library import Library
from sitegen.library.states_and_fallbacks import make_page
from sitegen.media.images import Pictures
from sitegen.model.kinds import TRANSLATION_FIELDS
from sitegen.model.page import Document, Key, Page
from sitegen.model.settings import Config
from sitegen.model.urls import parent_key
from sitegen.problems.problem import Problem, SiteError, in_order
from sitegen.source.files import read_text
from sitegen.source.leftover_files import litter_problem
from sitegen.storage.blobs import Shelf

if TYPE_CHECKING:
    from sitegen.render.jobs import Job
    from sitegen.render.renderer import Renderer

    #: Puts files in place that are being viewed, given the pages that were read again.
    Show = Callable[[Renderer, Collection[Key]], None]


#: With fewer texts than this, forking takes longer than finding their problems.
_TEXTS_WORTH_FORKING = 2_000


class Site(Struct, frozen=True):
    """Everything about a site that is known before a page is rendered."""

    library: Library
    renderer: Renderer
    jobs: tuple[Job, ...]  #: every file to make, even if it is already current
    fresh: Mapping[Key, tuple[Document, ...]]  #: the pages that were read in this build
    warnings: tuple[Problem, ...]


def load_site(inputs: Inputs, memory: Memory, recall: Recall, show: Show | None = None) -> Site:
    """Read and check all content that is not remembered, and the relations between pages.

    Args:
        show: called before the whole site is checked, unless a page that was read again has an error.

    Raises:
        SiteError: with every problem that can be found without rendering.
    """
    options, config, root = inputs.options, inputs.config, inputs.options.root
    content = load_content(
        root,
        config,
        inputs.listing,
        memory.shelf,
        remembered=recall.documents,
        workers=inputs.workers,
        meanwhile=lambda: _prepare(inputs, memory.shelf),
    )
    pictures = Pictures.of(root, config)
    library = build_library(
        content, config, inputs.locales, memory.shelf, pictures, as_of=inputs.as_of, with_drafts=options.drafts
    )
    found = list(content.problems)
    from sitegen.build.rendering import find_jobs, make_renderer  # see there

    renderer = make_renderer(inputs, library, found)
    if show:
        now = config.graded([*found, *_problems_of(inputs, library, content.fresh, recall)])
        if all(problem.severity != "error" for problem in now):
            show(renderer, content.fresh)
    jobs: list[Job] = []

    def look_beside_pages() -> None:
        found.extend(find_library_problems(library))
        found.extend(unreadable_pictures(library))
        found.extend([*unsafe_drawings(root, library), *unpublishable_files(root, library)])
        found.extend(unresolved_conflicts(root, library))
        found.extend([*crowded_lists(library), *crowded_choices(library)])
        if inputs.assets.litter:
            found.append(litter_problem("static", inputs.assets.litter))
        jobs.extend(find_jobs(inputs, library, renderer, found))

    found += _problems_of_pages(inputs, library, inputs.warm.known(recall.settings), look_beside_pages)
    warnings = refuse_errors(found, config, options)
    return Site(library, renderer, tuple(jobs), content.fresh, warnings)


def _problems_of_pages(inputs: Inputs, library: Library, known: Known, meanwhile: Callable[[], None]) -> list[Problem]:
    """What is found in all pages and tables; of a large site by another process, while this one does `meanwhile`."""
    root = inputs.options.root

    def find(number: int) -> tuple[list[Problem], Known]:
        library.guessed.clear()  # as many guesses as another process has
        return [*find_problems(root, library, known), *unfit_tables(root, library)], known

    if inputs.workers > 1 and sum(len(page.written) for page in library.pages.values()) >= _TEXTS_WORTH_FORKING:
        from sitegen.storage.forking import DiedError, run_forked

        with suppress(DiedError):  # by the limit of its memory, of which this process may have more
            found: list[Problem]
            ((found, now),) = run_forked(find, 1, 1, lambda number: None, meanwhile)
            known.update(now)
            return found
    else:
        meanwhile()
    return find(0)[0]


def _problems_of(inputs: Inputs, library: Library, keys: Iterable[Key], recall: Recall) -> Iterator[Problem]:
    """What is found in a look at some pages alone."""
    known = inputs.warm.known(recall.settings)
    for page in (library.pages[key] for key in keys if key in library.pages):
        yield from find_page_problems(library, page)
        yield from find_problems_of(inputs.options.root, library, page, known)


def _prepare(inputs: Inputs, shelf: Shelf) -> None:
    """Do what can be done before the site is read, and what would be waited for otherwise."""
    from sitegen.build.rendering import prepare

    with suppress(SiteError):  # found again, and told with those of the content
        prepare(inputs, shelf)
    version()


def recalled_site(inputs: Inputs, memory: Memory, recall: Recall) -> Site | None:
    """The site of the last build with a few texts and titles read again; None if more than these may have changed."""
    keys = recall.changed_texts()
    if keys is None or inputs.listing.problems or has_own_checks():
        return None
    fresh: dict[Key, tuple[Document, ...]] = {}
    newer: dict[Key, Page] = {}
    problems: list[Problem] = []
    for key in keys:
        before = recall.page(key)
        fresh[key] = () if recall.is_warned_as_a_whole(before) else _read_again(inputs, recall, before, memory.shelf)
        page = _with_words(before, fresh[key], inputs, recall.order_of(parent_key(key)))
        if page is None:
            return None
        newer[key] = page
    library = recall.library(newer)
    problems += _problems_of(inputs, library, newer, recall)
    from sitegen.build.rendering import make_renderer

    renderer = make_renderer(inputs, library, problems)
    warnings = refuse_errors([*recall.warnings_but_of(newer), *problems], inputs.config, inputs.options)
    return Site(library, renderer, tuple(recall.jobs()), fresh, warnings)


def _read_again(inputs: Inputs, recall: Recall, before: Page, shelf: Shelf) -> tuple[Document, ...]:
    """The documents of a page, those whose files have changed read again; empty if one of these has a problem."""
    root, config = inputs.options.root, inputs.config
    changed = recall.changed_languages(before.key)
    read: list[Document] = []
    for document in recall.documents_of(before.key):
        if document.language in changed:
            try:
                text = read_text(root, document.path)
                document, problems = read_version(text, document, config, shelf, before.source)
            except SiteError:
                return ()
            if problems:
                return ()
        read.append(document)
    return tuple(read)


def _with_words(before: Page, documents: tuple[Document, ...], inputs: Inputs, order: str) -> Page | None:
    """The page with its documents read again; None if anything has changed on which other pages may depend.

    That is anything but its texts, the wording of its headings, and words that neither place nor order it.

    Args:
        order: the field by which the page and its siblings are sorted.
    """
    if not documents:
        return None
    read = {document.language: document for document in documents}
    page = make_page(before.key, read, inputs.config, inputs.locales, inputs.options.drafts)
    if list(page.versions) != list(before.versions) or page.states != before.states:
        return None
    if _shown(page, inputs.config) != _shown(before, inputs.config):
        return None
    is_glossary = inputs.config.glossary is not None and inputs.config.glossary.key == page.key
    fixed = None if is_glossary else {"slug", order, *TRANSLATION_FIELDS}
    is_same = all(_is_like(document, before.versions[path], fixed) for path, document in page.versions.items())
    return page if is_same else None


def _shown(page: Page, config: Config) -> tuple[list[str], list[Mapping[str, Any]]]:
    """The tables and lists of pages that a page shows."""
    return [*tables_of(page)], [block.facts for block in lists_of(page, config)]


def _is_like(document: Document, before: Document, fixed: Collection[str] | None) -> bool:
    """Whether two texts of a page have the same facts, anchors and words of these names, or all words if None."""
    if document.front_digest != before.front_digest:
        words, old = document.words, before.words
        names = fixed if fixed is not None else words.keys() | old.keys()
        if document.facts_digest != before.facts_digest or any(words.get(name) != old.get(name) for name in names):
            return False
    anchors, old_anchors = ([(h.level, h.anchor) for h in own.body.headings] for own in (document, before))
    return anchors == old_anchors


def recall_of(inputs: Inputs, memory: Memory, touched: Collection[str] | None) -> Recall:
    """What is known of the inputs from the last build."""
    options = (inputs.config, inputs.locales, inputs.options.drafts)
    return Recall(inputs.options.root, memory, inputs.listing, options, touched)


def refuse_errors(found: Iterable[Problem], config: Config, options: Options) -> tuple[Problem, ...]:
    """The problems, if none of them is an error.

    Raises:
        SiteError: with all of them, including warnings, if one is an error.
    """
    problems = config.graded(list(found))
    if options.strict:
        problems = [replace(problem, severity="error") for problem in problems]
    if any(problem.severity == "error" for problem in problems):
        raise SiteError(problems)
    return in_order(problems)
