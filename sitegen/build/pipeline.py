"""build(): the stages in order, nothing else."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.batches import Progress, make_all, render
from sitegen.build.incremental import Made
from sitegen.build.inputs import Inputs, Warm, read_inputs
from sitegen.build.last_build import FOLDER as MEMORY
from sitegen.build.last_build import Memory
from sitegen.build.options import OWN, Options
from sitegen.build.site import Site, load_site, recall_of, recalled_site, refuse_errors
from sitegen.checks.file_checks import find_overweight
from sitegen.content.content_files import Listing
from sitegen.library.library import Library
from sitegen.model.loading import require_site
from sitegen.model.page import Key
from sitegen.model.urls import ADMIN
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.excerpts import told_with_excerpts
from sitegen.source.file_writing import writing
from sitegen.source.files import reading_once
from sitegen.source.time_budgets import begin_budgets
from sitegen.storage.blobs import DamagedError
from sitegen.storage.output import MARKER, PART, Change, Looks, Stage, list_output, look_at, refuse_inputs
from sitegen.storage.output_lock import alone

if TYPE_CHECKING:
    from sitegen.render.jobs import Job
    from sitegen.render.renderer import Renderer

Value = TypeVar("Value")


class Ahead(Struct, frozen=True):
    """The files that a preview needs before the rest of the site is made."""

    paths: Collection[str]  #: the files that are being viewed
    show: Callable[[Collection[str]], None]  #: called with those that changed, once they are in place


class Report(Struct, frozen=True):
    """The result of a build.

    Attributes:
        stages: stage → seconds.
        made: path → the file that was made, with the time it took.
        templates: path → the template or kind of output that made the file.
        library: the pages that it published.
        jobs: every file that it published.
        as_of: the day on which it was built.
        looks: path → (size, modification time) of every file in the output folder.
    """

    change: Change
    pages: int
    languages: int
    warnings: tuple[Problem, ...]
    stages: Mapping[str, float]
    made: Mapping[str, Made]
    templates: Mapping[str, str]
    seconds: float
    library: Library
    jobs: Sequence[Job]
    as_of: dt.date
    looks: Mapping[str, Looks]


def build(options: Options, progress: Progress = lambda done, total, slowest: None) -> Report:
    """Build the site, all of it or nothing.

    Raises:
        SiteError: with every problem of the site; the output folder is unchanged.
    """
    with _without_collector(is_last=True), closing(Builder(options)) as builder:
        report = builder.build(progress)
        builder.remember()
        return report


class Builder:
    """Builds a site repeatedly with warm caches; holds the site's memory until it is closed."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._open()

    def _open(self) -> None:
        self._memory = _memory_of(self.options)
        self._warm = Warm(self.options)
        self._last: Last | None = None

    def build(
        self,
        progress: Progress = lambda done, total, slowest: None,
        touched: Collection[str] | None = None,
        ahead: Ahead | None = None,
    ) -> Report:
        """Build the site, all of it or nothing.

        Args:
            touched: paths, relative to the root, of all files that may have changed since; None if unknown.
            ahead: files to put in place first, although the rest of the build may still fail.

        Raises:
            SiteError: with every problem of the site; the output folder is unchanged.
        """
        try:
            return self._build_once(progress, touched, ahead)
        except SiteError:
            if self._memory.is_there():
                raise
            return self._build_once(progress, None, None)  # somebody has deleted .cache/ meanwhile

    def _build_once(self, progress: Progress, touched: Collection[str] | None, ahead: Ahead | None) -> Report:
        start = time.monotonic()
        refuse_inputs(self.options.root, self.options.output, OWN)
        root = self.options.root
        if not self._memory.is_there():
            self.close()
            self._open()
        begin_budgets()
        with reading_once(), told_with_excerpts(root), _without_collector(), alone(self.options.output) as work:
            self.remember()
            last, self._last = self._last, None
            listing = last.listing.touched(root, touched) if last and touched else None
            inputs = read_inputs(self.options, listing, self._warm, self._memory.parse)
            first = last if listing else None

            def make(before: Last | None, changed: Collection[str] | None) -> Last:
                return _build(inputs, self._memory, work, before, changed, progress, ahead)

            self._last = _trusting(self._memory, lambda: make(first, touched), lambda: make(None, None))
        return replace(self._last.report, seconds=time.monotonic() - start)

    def remember(self) -> None:
        """Save what the last build knew for the next one; this may wait until the reader has been served."""
        if self._last is not None and not self._last.is_remembered:
            with _without_collector():
                self._last.remember()
            self._last = replace(self._last, is_remembered=True)

    def forget(self) -> None:
        """Let the next build read everything anew, as with `--clean`."""
        self._memory.forget()
        self._last = None

    def close(self) -> None:
        """Release the memory for other builds."""
        self._memory.close()


class Last(Struct, frozen=True):
    """The previous build, kept for the next one in the same process."""

    report: Report
    listing: Listing
    existing: Mapping[str, Looks]  #: the files in the output folder when it ended
    remember: Callable[[], None]  #: saves what it knew
    is_remembered: bool


def _memory_of(options: Options) -> Memory:
    """The memory of a site; a shard remembers nothing, as the next build may be another shard or the whole site."""
    require_site(options.root)
    return Memory.open(options.root, clean=options.clean, is_kept=options.remembers and options.shard is None)


def check(options: Options) -> tuple[Problem, ...]:
    """Find every problem of the site and publish nothing: run all checks, and render each page and discard it.

    Raises:
        SiteError: if one of them is an error.
    """
    from sitegen.render.template_messages import unextracted

    def look_at_all(inputs: Inputs, site: Site) -> tuple[Problem, ...]:
        look = partial(find_overweight, inputs.config)
        published = (asset for asset in inputs.assets.outputs if not asset.path.startswith(ADMIN))
        found = [problem for asset in published for problem in look(asset.path, asset.content)]
        for _, bad in make_all(site.renderer, site.jobs, None, inputs.workers, look):
            found += bad
        found += unextracted(options.root, inputs.layers, inputs.config)
        return refuse_errors([*site.warnings, *found], inputs.config, options)

    return with_site(options, look_at_all)


def problems_of(options: Options) -> tuple[Problem, ...]:
    """Find every problem of the site, errors too."""
    try:
        return check(options)
    except SiteError as error:
        return error.problems


def problems_of_sources(options: Options) -> tuple[Problem, ...]:
    """Find every problem of texts, settings and files, errors too, but for those that only a rendered page has."""
    try:
        return with_site(options, lambda inputs, site: tuple(inputs.config.graded(list(site.warnings))))
    except SiteError as error:
        return error.problems


def with_site(options: Options, use: Callable[[Inputs, Site], Value]) -> Value:
    """Return the result of a function applied to the site as it would be built, before any page is rendered.

    Raises:
        SiteError: with every problem found by then.
    """
    with closing(_memory_of(options)) as memory:
        try:
            return _with_memory(options, memory, use)
        except SiteError:
            if memory.is_there():
                raise
    with closing(_memory_of(options)) as memory:  # somebody has deleted .cache/ meanwhile
        return _with_memory(options, memory, use)


def _with_memory(options: Options, memory: Memory, use: Callable[[Inputs, Site], Value]) -> Value:
    begin_budgets()
    with reading_once(), told_with_excerpts(options.root), _without_collector(is_last=True):
        inputs = read_inputs(options, parse=memory.parse)

        def work() -> Value:
            return use(inputs, load_site(inputs, memory, recall_of(inputs, memory, None)))

        return _trusting(memory, work, work)


def _trusting(memory: Memory, work: Callable[[], Value], anew: Callable[[], Value]) -> Value:
    """Run `work` with the memory; if the memory is damaged or inconsistent, forget it and run `anew`.

    Raises:
        SiteError: it has been deleted meanwhile.
    """
    try:
        return _tried(memory, work, anew)
    except DamagedError as error:
        if memory.is_there():
            raise
        raise refusal(MEMORY, "unwritable", "it was deleted while the site was built", "run this again") from error


def _tried(memory: Memory, work: Callable[[], Value], anew: Callable[[], Value]) -> Value:
    try:
        return work()
    except (DamagedError, LookupError, TypeError, ValueError, AttributeError):
        if memory.record is None or not memory.is_there():
            raise
        memory.forget()
        begin_budgets()
        return anew()


def _build(
    inputs: Inputs,
    memory: Memory,
    work: Path,
    last: Last | None,
    touched: Collection[str] | None,
    progress: Progress,
    ahead: Ahead | None = None,
) -> Last:
    """Make whatever the memory does not show to be current; new files wait in the folder `work`."""
    output = inputs.options.output
    laps: dict[str, float] = {}
    with _timed(laps, "look at the output folder"):
        existing = last.existing if last else list_output(output)
    stage = Stage(output, work, existing)
    first: dict[str, Made] = {}
    with _timed(laps, "read and check"):
        recall = recall_of(inputs, memory, touched if last else None)
        site = recalled_site(inputs, memory, recall) if recall.has_same_frame(inputs.frames, inputs.as_of) else None
        if site is None:
            show = partial(_show_early, inputs, last.report.jobs, stage, ahead, first) if last and ahead else None
            site = load_site(inputs, memory, recall, show)
            affected = recall.affected_jobs(site.library, site.jobs, inputs.frames)
        else:
            affected = recall.showing_text_of(site.fresh)
    lost = frozenset[str]() if last else recall.lost_outputs(output, existing)
    shard = inputs.options.shard
    own = shard.own(site.jobs) if shard else site.jobs
    jobs = [job for job in own if job.path in affected or job.path in lost]
    others = _others(inputs, site)
    with writing(output):
        new = [path for path, content in others.items() if stage.keep(path, content)[1]]
        stage.note({path: stage.digests[path] for path in new}, len(others) - len(new))
        with _timed(laps, "render"):
            if ahead:
                _go_ahead(inputs, site.renderer, jobs, stage, ahead, first)
            rest = [job for job in jobs if job.path not in first]
            made = first | render(site.renderer, rest, stage, inputs.workers, progress)
        paths = {*(job.path for job in own), *others}
        with _timed(laps, "compress"):
            compressed = _compress(stage, paths, inputs)
        with _timed(laps, "write"):
            change = stage.commit(paths | compressed)
    now = {path: looks for path, looks in existing.items() if path not in change.gone}
    now.update({path: file.looks for path, file in made.items()})
    now.update(look_at(output, (MARKER, *compressed, *others)))
    pages = sum(job.maker == "page" for job in own)
    templates = {job.path: (site.library.kind(job.key).template if job.maker == "page" else job.maker) for job in jobs}
    counts = (pages, len(inputs.config.built))
    report = Report(change, *counts, site.warnings, laps, made, templates, 0, site.library, own, inputs.as_of, now)
    news = (inputs.frames, site.fresh, site.warnings)
    remember = partial(recall.remember, output, site.library, site.jobs, made, news, inputs.workers)
    is_known = not memory.is_kept or not (
        jobs or site.fresh or change.removed or memory.record is None or recall.is_behind
    )
    return Last(report, inputs.listing, now, remember, is_known)


def _compress(stage: Stage, paths: Collection[str], inputs: Inputs) -> frozenset[str]:
    """Make the compressed versions of files, if requested."""
    if not inputs.options.compress:
        return frozenset()
    from sitegen.build.compress import compress  # loads brotli and gzip, which most builds don't need

    return compress(stage, paths, inputs.workers)


def _show_early(
    inputs: Inputs,
    before: Sequence[Job],
    stage: Stage,
    ahead: Ahead,
    made: dict[str, Made],
    renderer: Renderer,
    fresh: Collection[Key],
) -> None:
    """Make the pages that are being viewed and were read again, before the whole site is checked."""
    library = renderer.library
    jobs = [
        job
        for job in before
        if job.maker == "page"
        and job.key in fresh
        and job.key in library.pages
        and job.path == library.file(job.key, job.language)
    ]
    with suppress(SiteError), writing(stage.target):  # found again, and told with those of the site
        _go_ahead(inputs, renderer, jobs, stage, ahead, made)


def _go_ahead(
    inputs: Inputs, renderer: Renderer, jobs: Sequence[Job], stage: Stage, ahead: Ahead, made: dict[str, Made]
) -> None:
    """Make the files that are being viewed and not made yet, and put them in place."""
    viewed = [job for job in jobs if job.path in ahead.paths and job.path not in made]
    now = render(renderer, viewed, stage, inputs.workers, lambda done, total, slowest: None)
    changed = [path for path in stage.changed if path in now]
    stage.go_ahead()
    if changed:
        ahead.show(changed)
    made.update(now)


def _others(inputs: Inputs, site: Site) -> dict[str, bytes]:
    """The files that no job makes: path → bytes. In a build in parts, only the first part has those of static/."""
    shard = inputs.options.shard
    files = {asset.path: asset.content for asset in inputs.assets.outputs} if shard is None or shard.is_first else {}
    if shard is not None:
        from sitegen.build.shards import digest_site

        sizes = ((path, signature.size) for path, signature in inputs.listing.signatures.items())
        files[PART] = shard.label(digest_site(site.library, inputs.frames, inputs.as_of, sizes))
    return files


@contextmanager
def _timed(laps: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    laps[stage] = time.perf_counter() - start


@contextmanager
def _without_collector(*, is_last: bool = False) -> Iterator[None]:
    """Disable the garbage collector: it takes a fifth of a build's time and finds no cycles.

    Args:
        is_last: whether the process is about to end: what was created is not searched then either.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if is_last:
                gc.freeze()
                gc.unfreeze()  # moves all objects to the oldest generation
            gc.enable()
