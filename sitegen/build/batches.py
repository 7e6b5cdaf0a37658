"""Jobs → files, in batches shared among several processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from sitegen.build.incremental import Made
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.limits import within_limits
from sitegen.storage.output import Stage
from sitegen.storage.processes import spread

if TYPE_CHECKING:
    from sitegen.render.jobs import Job
    from sitegen.render.renderer import Renderer

Output = TypeVar("Output")

#: With at least this many jobs, the languages of a page stay together, because they share the data read for it.
FEW_JOBS = 2_000

#: After this many jobs, a renderer forgets the pages that it has seen, if they are many: a part may be a large site.
OFTEN = 250

#: Seconds that a page may take in addition for each page of the site, of which it may list, sort or count all.
_FOR_EACH_PAGE = 0.001

#: Called with (files made, total files, slowest so far) to show progress to the user.
Progress = Callable[[int, int, str], None]

#: (path, bytes) of a file → the problems found in it.
Look = Callable[[str, bytes], Iterable[Problem]]


def render(renderer: Renderer, jobs: Sequence[Job], stage: Stage, workers: int, progress: Progress) -> dict[str, Made]:
    """Make the files of the jobs and keep them on the stage.

    Raises:
        SiteError: with the problems of all templates, each once.
    """
    made: dict[str, Made] = {}
    slowest = ""
    problems: list[Problem] = []
    for part, bad in make_all(renderer, jobs, stage, workers):
        made.update(part)
        problems.extend(bad)
        slowest = max((*part, *filter(None, [slowest])), key=lambda path: made[path].seconds, default="")
        progress(len(made), len(jobs), slowest)
    if problems:
        raise SiteError(problems)
    return made


def make_all(
    renderer: Renderer, jobs: Sequence[Job], stage: Stage | None, workers: int, look: Look = lambda path, content: ()
) -> Iterator[tuple[dict[str, Made], list[Problem]]]:
    """Make files in batches and yield each with its problems; without a stage, check the files and discard them."""
    from sitegen.render.output_formats import make_output

    def make(part: Sequence[Job]) -> tuple[dict[str, Made], dict[str, str], list[Problem]]:
        made: dict[str, Made] = {}
        changed: dict[str, str] = {}
        bad: list[Problem] = []
        for number, job in enumerate(part, 1):
            if number % OFTEN == 0:
                renderer.forget()
            start = time.perf_counter()
            try:
                content, aspects = _make(renderer, job, make_output)
            except SiteError as error:
                bad.extend(error.problems)
                continue
            bad.extend(look(job.path, content))
            looks, is_new = stage.keep(job.path, content) if stage is not None else ((0, 0), False)
            made[job.path] = Made(aspects, looks, time.perf_counter() - start)
            if is_new and stage is not None:
                changed[job.path] = stage.digests[job.path]
        renderer.forget()
        return made, changed, bad

    if len(jobs) < FEW_JOBS:  # so that each process loads the data of only a few languages
        jobs = sorted(jobs, key=lambda job: job.language)
    for made, changed, bad in spread(jobs, make, workers):
        if stage is not None:
            stage.note(changed, len(made) - len(changed))
        yield made, bad


def _make(renderer: Renderer, job: Job, make: Callable[[Renderer, Job], Output]) -> Output:
    """Make a file; only pages are limited: pictures and files of the whole site take as long as there is of them."""
    if job.maker != "page":
        return make(renderer, job)
    library = renderer.library
    path = library.shown(job.key, job.language).path
    return within_limits(path, lambda: make(renderer, job), len(library.pages) * _FOR_EACH_PAGE)
