"""The bar at the bottom of a previewed page: its state in each language, its problems, and its files.

It is HTML that works without scripts, added to the page only by the preview, and never published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sitegen.build.pipeline import Report
from sitegen.library.held_pages import reason_to_hold
from sitegen.library.library import Library
from sitegen.model.page import Page
from sitegen.preview.overlay import draw
from sitegen.problems.program_name import as_run
from sitegen.render.jobs import Job


def make_bar(
    report: Report, jobs: dict[str, Job], path: str, as_of: dt.date, *, pseudo: bool, token: str, note: str = ""
) -> str:
    """The bar of the page in a file of the preview; "" for files that are not pages.

    Args:
        jobs: the published files: file → job.
        as_of: the day that is shown, which decides what is due or expired.
        token: required by every button.
        note: the result of the button that was pressed last; "" if there is nothing to say.
    """
    job = jobs.get(path)
    if job is None or job.maker != "page" or job.key not in report.library.pages:
        return ""
    library, page = report.library, report.library.pages[job.key]
    state = page.states[job.language]
    shown = page.versions[state.shown].path  # problems in other languages are shown on their own pages
    warnings = [problem for problem in report.warnings if problem.path == shown]
    return draw(
        "bar.html",
        library=library,
        page=page,
        job=job,
        state=state,
        held=list(_held(page, as_of)),
        files=list(_files(page, job.language)),
        warnings=[as_run(str(problem)) for problem in warnings],
        note=note,
        token=token,
        as_of=as_of.isoformat(),
        pseudo=pseudo,
    )


def _held(page: Page, as_of: dt.date) -> Iterator[str]:
    """Why readers would not see the page, or some of its translations, on this day."""
    reason = reason_to_hold(page, as_of)
    if reason:
        yield reason
    for path, document in page.written.items():
        if path != page.source and document.words.get("draft"):
            yield f"a draft in {path}"


def _files(page: Page, language: str) -> Iterator[str]:
    """The files of this language and of the source, which buttons open."""
    for path in dict.fromkeys((language, page.states[language].shown, page.source)):
        if path in page.versions:
            yield page.versions[path].path


def documents_of(library: Library) -> frozenset[str]:
    """The files that may be opened from the bar, relative to the root."""
    return frozenset(document.path for page in library.pages.values() for document in page.written.values())
