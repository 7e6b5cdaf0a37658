"""build(): the stages in order, nothing else."""

from __future__ import annotations

import datetime as dt
import gc
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from sitegen.build.compress import compress
from sitegen.build.incremental import Made, Recall, frame_digests
from sitegen.build.options import INPUTS, Options
from sitegen.build.shards import digest_site
from sitegen.build.state import Memory
from sitegen.checks.checks import (
    Known,
    find_overweight,
    find_problems,
    find_problems_of,
    unfit_tables,
    unpublishable_files,
    unreadable_pictures,
    unsafe_drawings,
)
from sitegen.content.reader import Listing, list_content, load_content, read_page_again
from sitegen.hosting.table import ADMIN
from sitegen.i18n.catalogs import Catalogs, load_catalogs
from sitegen.i18n.locale import Locale
from sitegen.library.library import Library, build_library, make_page
from sitegen.library.problems import find_library_problems, find_page_problems
from sitegen.media.images import Pictures
from sitegen.media.social_cards import Card, load_card
from sitegen.media.static import Assets, load_assets
from sitegen.model.settings import LOCAL_EDITOR, Config, load_config, require_site, today
from sitegen.model.values import Document, Key, Page
from sitegen.problems.problem import Problem, SiteError, in_order
from sitegen.render.dependencies import Trace, TracedLibrary
from sitegen.render.ids import find_shared_ids
from sitegen.render.jobs import Job, find_output_clashes, list_jobs
from sitegen.render.messages import unextracted
from sitegen.render.outputs import make_output
from sitegen.render.renderer import Renderer
from sitegen.render.structured_data import describe
from sitegen.render.templates import SharedCode, find_template_problems, make_environments
from sitegen.render.views import Scope
from sitegen.source.excerpts import told_with_excerpts
from sitegen.source.layers import Layers
from sitegen.source.litter import litter_problem
from sitegen.storage.blobs import DamagedError
from sitegen.storage.cache import Cache
from sitegen.storage.output import MARKER, PART, Change, Looks, Stage, alone, list_output, look_at, refuse_inputs
from sitegen.storage.processes import available, spread

#: With more files than this, a page's languages are made one after another, as they share what is read of it.
FEW_JOBS = 5_000

#: (files made, files in all, the slowest so far) → shown to the person who waits.
Progress = Callable[[int, int, str], None]


Value = TypeVar("Value")


class Warm:
    """Messages, the card, compiled templates and problems: the next build of the same process has them while their files are the same."""

    def __init__(self) -> None:
        self.code = SharedCode()
        self._frames: Mapping[str, str] | None = None
        self._found: tuple[Catalogs, Card | None, tuple[Problem, ...]] | None = None
        self._settings = ""
        self._known: Known = {}

    def find(
        self, layers: Layers, config: Config, frames: Mapping[str, str]
    ) -> tuple[Catalogs, Card | None, list[Problem]]:
        """The catalogs, the card, and what is wrong with them."""
        if self._found is None or self._frames != frames:
            self._found, self._frames = self._read(layers, config), frames
        catalogs, card, problems = self._found
        return catalogs, card, list(problems)

    def known(self, settings: str) -> Known:
        """What was found in pages as long as the settings are the same, of which this is the digest."""
        if self._settings != settings:
            self._settings, self._known = settings, {}
        return self._known

    def _read(self, layers: Layers, config: Config) -> tuple[Catalogs, Card | None, tuple[Problem, ...]]:
        catalogs = load_catalogs(layers, config.languages, config.source_language)
        try:
            return catalogs, load_card(layers), catalogs.problems
        except SiteError as error:
            return catalogs, None, (*catalogs.problems, *error.problems)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a preview shows before the rest of the site is made.

    Attributes:
        paths: of the files that are looked at.
        show: is told those that have changed, once they are in their place.
    """

    paths: Collection[str]
    show: Callable[[Collection[str]], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What every build reads, however little has changed."""

    options: Options
    config: Config
    layers: Layers
    locales: Mapping[str, Locale]
    assets: Assets
    listing: Listing
    frames: Mapping[str, str]
    as_of: dt.date
    warm: Warm

    @property
    def workers(self) -> int:
        return self.options.jobs or available()


@dataclass(frozen=True, slots=True)
class Site:
    """Everything about a site that is known before a page is rendered.

    Attributes:
        jobs: every file to make, whether or not it stands already.
        fresh: the pages that were read anew.
    """

    library: Library
    renderer: Renderer
    jobs: tuple[Job, ...]
    fresh: Mapping[Key, tuple[Document, ...]]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How a build went.

    Attributes:
        stages: stage → seconds.
        made: path → file that was made, with its seconds.
        templates: path → what made it: a template, or the kind of output.
        library: the pages that it published.
        jobs: every file that it published.
        as_of: the day on which it was built.
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


def build(options: Options, progress: Progress = lambda done, total, slowest: None) -> Report:
    """Make the site, all of it or nothing.

    Raises:
        SiteError: with every problem of the site; the output folder is as it was.
    """
    with closing(Builder(options)) as builder:
        report = builder.build(progress)
        builder.remember()
        return report


class Builder:
    """Builds a site again and again, with everything warm; has its memory until it is closed."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._memory = _memory_of(options)
        self._warm = Warm()
        self._last: Last | None = None

    def build(
        self,
        progress: Progress = lambda done, total, slowest: None,
        touched: Collection[str] | None = None,
        ahead: Ahead | None = None,
    ) -> Report:
        """Make the site, all of it or nothing.

        Args:
            touched: paths relative to the root of all files that may have changed since the last build; None: any.
            ahead: what is put in place first, though the rest may fail yet.

        Raises:
            SiteError: with every problem of the site; the output folder is as it was.
        """
        start = time.monotonic()
        refuse_inputs(self.options.root, self.options.output, (*INPUTS, ".git"))
        with told_with_excerpts(self.options.root), _without_collector(), alone(self.options.output) as work:
            self.remember()
            last, self._last = self._last, None
            listing = last.listing.touched(self.options.root, touched) if last and touched else None
            inputs = read_inputs(self.options, listing, self._warm)
            first = last if listing else None

            def make(before: Last | None, changed: Collection[str] | None) -> Last:
                return _build(inputs, self._memory, work, before, changed, progress, ahead)

            self._last = _trusting(self._memory, lambda: make(first, touched), lambda: make(None, None))
        return replace(self._last.report, seconds=time.monotonic() - start)

    def remember(self) -> None:
        """Leave what the last build knew for the next one; may wait until its reader has been served."""
        if self._last is not None and not self._last.is_remembered:
            with _without_collector():
                self._last.remember()
            self._last = replace(self._last, is_remembered=True)

    def close(self) -> None:
        """Let another build have the memory."""
        self._memory.close()


@dataclass(frozen=True, slots=True)
class Last:
    """The build before, for the next one in the same process.

    Attributes:
        existing: what lay in the output folder when it ended.
        remember: writes down what it knew.
    """

    report: Report
    listing: Listing
    existing: Mapping[str, Looks]
    remember: Callable[[], None]
    is_remembered: bool


def _memory_of(options: Options) -> Memory:
    """A part of a site remembers nothing: the next build may be another part, or the whole."""
    require_site(options.root)
    return Memory.open(options.root, clean=options.clean, is_kept=options.remembers and options.shard is None)


def check(options: Options) -> tuple[Problem, ...]:
    """Every problem of the site, nothing published: all checks, and each page rendered and thrown away.

    Raises:
        SiteError: when one is an error.
    """

    def look_at_all(inputs: Inputs, site: Site) -> tuple[Problem, ...]:
        look = partial(find_overweight, inputs.config)
        published = (asset for asset in inputs.assets.outputs if not asset.path.startswith(ADMIN))
        found = [problem for asset in published for problem in look(asset.path, asset.content)]
        for _, bad in _make_all(site.renderer, site.jobs, None, inputs.workers, look):
            found += bad
        found += unextracted(options.root, inputs.layers, inputs.config)
        return _refuse_errors([*site.warnings, *found], inputs.config, options)

    return with_site(options, look_at_all)


def with_site(options: Options, use: Callable[[Inputs, Site], Value]) -> Value:
    """What is made of the site as it would be built, before a page is rendered.

    Raises:
        SiteError: with every problem that can be found until then.
    """
    memory = _memory_of(options)
    with told_with_excerpts(options.root), _without_collector(), closing(memory):
        inputs = read_inputs(options)

        def work() -> Value:
            return use(inputs, load_site(inputs, memory, _recall(inputs, memory, None)))

        return _trusting(memory, work, work)


def _trusting(memory: Memory, work: Callable[[], Value], anew: Callable[[], Value]) -> Value:
    """What work makes with the memory; without, if that is damaged or tells of pages that do not fit each other."""
    try:
        return work()
    except (DamagedError, LookupError, TypeError, ValueError, AttributeError):
        if memory.record is None:
            raise
        _forget(memory)
        return anew()


def _forget(memory: Memory) -> None:
    memory.forget()


def read_inputs(options: Options, listing: Listing | None = None, warm: Warm | None = None) -> Inputs:
    """Read the settings and list what there is to read, where that is not known already.

    Raises:
        SiteError: with the problems of site.yaml, kinds.yaml or static/.
    """
    root = options.root
    asked = {"base_url": options.base_url, "languages": options.languages, "pseudo": options.pseudo}
    config = load_config(root, **asked, held=options.drafts)  # type: ignore[arg-type]
    if options.editor and config.editor is None:
        config = replace(config, editor=LOCAL_EDITOR)
    locales = {path: Locale.of(language) for path, language in config.languages.items()}
    layers = Layers.of(root, config.theme)
    assets = load_assets(layers, with_editor=config.editor is not None)
    frames = frame_digests(layers, config, assets, (str(options.base_url), options.drafts, options.editor))
    as_of = options.as_of or today(config.time_zone, _epoch())
    return Inputs(
        options, config, layers, locales, assets, listing or list_content(root, config), frames, as_of, warm or Warm()
    )


def _build(
    inputs: Inputs,
    memory: Memory,
    work: Path,
    last: Last | None,
    touched: Collection[str] | None,
    progress: Progress,
    ahead: Ahead | None = None,
) -> Last:
    """Make what the memory does not know to stand already; files wait in the folder `work`."""
    output = inputs.options.output
    laps: dict[str, float] = {}
    with _timed(laps, "look at the output folder"):
        existing = last.existing if last else list_output(output)
    with _timed(laps, "read and check"):
        recall = _recall(inputs, memory, touched if last else None)
        site = _recalled_site(inputs, memory, recall) if recall.has_same_frame(inputs.frames, inputs.as_of) else None
        if site is None:
            site = load_site(inputs, memory, recall)
            affected = recall.affected_jobs(site.library, site.jobs, inputs.frames)
        else:
            affected = recall.showing_text_of(site.fresh)
    lost = frozenset[str]() if last else recall.lost_outputs(output, existing)
    shard = inputs.options.shard
    own = shard.own(site.jobs) if shard else site.jobs
    jobs = [job for job in own if job.path in affected or job.path in lost]
    others = _others(inputs, site)
    stage = Stage(output, work, existing)
    try:
        new = [path for path, content in others.items() if stage.keep(path, content)[1]]
        stage.note(new, len(others) - len(new))
        with _timed(laps, "render"):
            first = _go_ahead(inputs, site, jobs, stage, ahead) if ahead else {}
            made = first | _render(inputs, site, [job for job in jobs if job.path not in first], stage, progress)
        paths = {*(job.path for job in own), *others}
        with _timed(laps, "compress"):
            compressed = compress(stage, paths, inputs.workers) if inputs.options.compress else frozenset()
        with _timed(laps, "write"):
            change = stage.commit(paths | compressed)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"the site can't be written: {reason}"
        raise SiteError([Problem(path=str(output), code="unwritable", message=message)]) from error
    pages = sum(job.maker == "page" for job in own)
    templates = {job.path: _template_of(site.library, job) for job in jobs}
    counts = (pages, len(inputs.config.built))
    report = Report(change, *counts, site.warnings, laps, made, templates, 0, site.library, own, inputs.as_of)
    news = (inputs.frames, site.fresh, site.warnings)
    remember = partial(recall.remember, output, site.library, site.jobs, made, news, inputs.workers)
    is_known = not memory.is_kept or not (
        jobs or site.fresh or change.removed or memory.record is None or recall.is_behind
    )
    now = {path: looks for path, looks in existing.items() if path not in change.gone}
    now.update({path: file.looks for path, file in made.items()})
    now.update(look_at(output, (MARKER, *compressed, *others)))
    return Last(report, inputs.listing, now, remember, is_known)


def _go_ahead(inputs: Inputs, site: Site, jobs: Sequence[Job], stage: Stage, ahead: Ahead) -> dict[str, Made]:
    """Make what is looked at and put it in place."""
    made = _render(
        inputs, site, [job for job in jobs if job.path in ahead.paths], stage, lambda done, total, slowest: None
    )
    changed = [path for path in stage.changed if path in made]
    stage.go_ahead()
    if changed:
        ahead.show(changed)
    return made


def _others(inputs: Inputs, site: Site) -> dict[str, bytes]:
    """The files that no job makes: path → bytes. The first part of a site has those of static/."""
    shard = inputs.options.shard
    files = {asset.path: asset.content for asset in inputs.assets.outputs} if shard is None or shard.is_first else {}
    if shard is not None:
        sizes = ((path, signature.size) for path, signature in inputs.listing.signatures.items())
        files[PART] = shard.label(digest_site(site.library, inputs.frames, inputs.as_of, sizes))
    return files


def _template_of(library: Library, job: Job) -> str:
    return library.kind(job.key).template if job.maker == "page" else job.maker


@contextmanager
def _timed(laps: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    laps[stage] = time.perf_counter() - start


def _recall(inputs: Inputs, memory: Memory, touched: Collection[str] | None) -> Recall:
    options = (inputs.config, inputs.locales, inputs.options.drafts)
    return Recall(inputs.options.root, memory, inputs.listing, options, touched)


def load_site(inputs: Inputs, memory: Memory, recall: Recall) -> Site:
    """Read and check all content that is not remembered, and everything between pages.

    Raises:
        SiteError: with every problem that can be found without rendering.
    """
    options, config, root = inputs.options, inputs.config, inputs.options.root
    content = load_content(
        root, config, inputs.listing, memory.shelf, remembered=recall.documents, workers=inputs.workers
    )
    pictures = Pictures.of(root, config)
    library = build_library(
        content, config, inputs.locales, memory.shelf, pictures, as_of=inputs.as_of, with_drafts=options.drafts
    )
    found = [*content.problems, *find_library_problems(library)]
    found += find_problems(root, library, inputs.warm.known(recall.settings))
    found += [*unreadable_pictures(library), *unsafe_drawings(root, library), *unpublishable_files(library)]
    found += unfit_tables(root, library)
    if inputs.assets.litter:
        found.append(litter_problem("static", inputs.assets.litter))
    renderer = _renderer(inputs, library, found)
    found += find_template_problems(inputs.layers, config, next(iter(renderer.environments.values())))
    found += find_shared_ids(inputs.layers, library)
    jobs = [] if "/" not in library.pages else list(list_jobs(library, renderer))
    found += find_output_clashes(jobs, library, inputs.assets)
    warnings = _refuse_errors(found, config, options)
    return Site(library, renderer, tuple(dict.fromkeys(jobs)), content.fresh, warnings)


def _recalled_site(inputs: Inputs, memory: Memory, recall: Recall) -> Site | None:
    """The site of the last build with a few texts anew; None where more than texts may have changed."""
    keys = recall.changed_texts()
    if keys is None or inputs.listing.problems:
        return None
    root, config = inputs.options.root, inputs.config
    fresh: dict[Key, tuple[Document, ...]] = {}
    newer: dict[Key, Page] = {}
    problems: list[Problem] = []
    for key in keys:
        fresh[key], found = read_page_again(root, config, inputs.listing, key, memory.shelf)
        page = None if found else _with_texts(recall.page(key), fresh[key], inputs)
        if page is None:
            return None
        newer[key] = page
    library = recall.library(newer)
    for page in newer.values():
        problems += find_page_problems(library, page)
        problems += find_problems_of(root, library, page, inputs.warm.known(recall.settings))
    renderer = _renderer(inputs, library, problems)
    warnings = _refuse_errors([*recall.warnings_but_of(newer), *problems], config, inputs.options)
    return Site(library, renderer, tuple(recall.jobs()), fresh, warnings)


def _with_texts(before: Page, documents: Iterable[Document], inputs: Inputs) -> Page | None:
    """The page with its documents read anew; None where anything but texts and headings' wording is different."""
    read = {document.language: document for document in documents}
    page = make_page(before.key, read, inputs.config, inputs.locales, inputs.options.drafts)
    if list(page.versions) != list(before.versions) or page.states != before.states:
        return None
    for path, document in page.versions.items():
        old = before.versions[path]
        anchors = [(heading.level, heading.anchor) for heading in document.body.headings]
        if document.front_digest != old.front_digest or anchors != [(h.level, h.anchor) for h in old.body.headings]:
            return None
    return page


def _renderer(inputs: Inputs, library: Library, problems: list[Problem]) -> Renderer:
    """What makes outputs of a library; problems of the catalogs are added to those found."""
    root, layers = inputs.options.root, inputs.layers
    catalogs, card, found = inputs.warm.find(layers, inputs.config, inputs.frames)
    problems.extend(found)
    scopes: dict[str, Scope] = {}
    traced = TracedLibrary(library, Trace())
    for path, locale in inputs.locales.items():
        translate = catalogs.translations[path].pgettext
        has_cards = card is not None and card.has(locale)
        scopes[path] = Scope(traced, locale, scopes, translate, describe, has_cards=has_cards)
    cache = Cache.of(root, is_read=inputs.options.remembers and not inputs.options.clean)
    environments = make_environments(layers, scopes, catalogs.translations, inputs.assets, inputs.warm.code)
    return Renderer(root, layers, traced, scopes, environments, card, cache)


def _refuse_errors(found: Iterable[Problem], config: Config, options: Options) -> tuple[Problem, ...]:
    """The problems, if none of them is an error.

    Raises:
        SiteError: with all of them, warnings too, when one is.
    """
    problems = config.graded(list(found))
    if options.strict:
        problems = [replace(problem, severity="error") for problem in problems]
    if any(problem.severity == "error" for problem in problems):
        raise SiteError(problems)
    return in_order(problems)


def _render(inputs: Inputs, site: Site, jobs: Sequence[Job], stage: Stage, progress: Progress) -> dict[str, Made]:
    """Make the files of the jobs and keep them on the stage.

    Raises:
        SiteError: with the problems of all templates, each once.
    """
    made: dict[str, Made] = {}
    slowest = ""
    problems: list[Problem] = []
    for part, bad in _make_all(site.renderer, jobs, stage, inputs.workers):
        made.update(part)
        problems.extend(bad)
        slowest = max((*part, *filter(None, [slowest])), key=lambda path: made[path].seconds, default="")
        progress(len(made), len(jobs), slowest)
    if problems:
        raise SiteError(problems)
    return made


#: (path, bytes) of a file → what is wrong with it.
Look = Callable[[str, bytes], Iterable[Problem]]


def _make_all(
    renderer: Renderer, jobs: Sequence[Job], stage: Stage | None, workers: int, look: Look = lambda path, content: ()
) -> Iterator[tuple[dict[str, Made], list[Problem]]]:
    """Make files, part by part, and tell what is wrong; without a stage they are looked at and thrown away."""

    def make(part: Sequence[Job]) -> tuple[dict[str, Made], list[str], list[Problem]]:
        made: dict[str, Made] = {}
        changed: list[str] = []
        bad: list[Problem] = []
        for job in part:
            start = time.perf_counter()
            try:
                content, aspects = make_output(renderer, job)
            except SiteError as error:
                bad.extend(error.problems)
                continue
            bad.extend(look(job.path, content))
            looks, is_new = stage.keep(job.path, content) if stage is not None else ((0, 0), False)
            made[job.path] = Made(aspects, looks, time.perf_counter() - start)
            if is_new:
                changed.append(job.path)
        renderer.forget()
        return made, changed, bad

    if len(jobs) < FEW_JOBS:  # each process then loads the data of some languages only
        jobs = sorted(jobs, key=lambda job: job.language)
    for made, changed, bad in spread(jobs, make, workers):
        if stage is not None:
            stage.note(changed, len(made) - len(changed))
        yield made, bad


@contextmanager
def _without_collector() -> Iterator[None]:
    """A build makes much and throws away little: looking for cycles costs a fifth of its time and finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _epoch() -> int | None:
    """SOURCE_DATE_EPOCH, as reproducible-builds.org defines it."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(value) if value.isdigit() else None
