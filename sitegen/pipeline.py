"""build(): the stages in order, nothing else."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sitegen.assets import Assets, load_assets
from sitegen.check import find_problems
from sitegen.config import Config, load_config, today
from sitegen.content import load_content
from sitegen.errors import Problem, SiteError, in_order
from sitegen.library import Library, build_library
from sitegen.locales import Locale, load_catalogs
from sitegen.output import Change, Stage
from sitegen.render import Job, Renderer, find_output_clashes, list_jobs
from sitegen.structured import describe
from sitegen.templates import find_template_problems, make_environments
from sitegen.views import Scope

#: (files made, files in all) → shown to the person who waits.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build is asked for.

    Attributes:
        languages: paths of those to build; all when empty.
        as_of: the day on which the site is built; decides what is due. None: the clock's.
        strict: warnings count as errors.
    """

    root: Path
    output: Path
    base_url: str | None = None
    languages: tuple[str, ...] = ()
    drafts: bool = False
    as_of: dt.date | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Everything about a site that is known before a page is rendered."""

    config: Config
    library: Library
    renderer: Renderer
    assets: Assets
    jobs: tuple[Job, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How a build went."""

    change: Change
    pages: int
    languages: int
    warnings: tuple[Problem, ...]
    seconds: float


def build(options: Options, progress: Progress = lambda done, total: None) -> Report:
    """Make the site, all of it or nothing.

    Raises:
        SiteError: with every problem of the site; the output folder is as it was.
    """
    start = time.monotonic()
    site = load_site(options)
    stage = Stage.beside(options.output)
    try:
        render_site(site, stage, progress)
        change = stage.commit([*(job.path for job in site.jobs), *(output.path for output in site.assets.outputs)])
    finally:
        stage.discard()
    pages = sum(job.maker == "page" for job in site.jobs)
    return Report(change, pages, len(site.config.languages), site.warnings, time.monotonic() - start)


def check(options: Options) -> tuple[Problem, ...]:
    """Every problem of the site, nothing published: all checks, and each page rendered and thrown away.

    Raises:
        SiteError: when one is an error.
    """
    site = load_site(options)
    _make_all(site.renderer, site.jobs, lambda path, content: None, lambda done, total: None)
    return site.warnings


def load_site(options: Options) -> Site:
    """Read and check all inputs.

    Raises:
        SiteError: with every problem that can be found without rendering.
    """
    root = options.root
    try:
        return _load(options)
    except SiteError as error:
        raise SiteError(with_excerpts(root, error.problems)) from error


def _load(options: Options) -> Site:
    root = options.root
    config = load_config(root, base_url=options.base_url, languages=options.languages)
    locales = {path: Locale.of(language) for path, language in config.languages.items()}
    assets = load_assets(root)
    catalogs = load_catalogs(root, config)
    content = load_content(root, config)
    library = build_library(
        content, config, locales, as_of=options.as_of or today(config.time_zone, _epoch()), with_drafts=options.drafts
    )
    found = [*catalogs.problems, *content.problems, *library.problems, *find_problems(root, library)]
    scopes: dict[str, Scope] = {}
    translations = catalogs.translations
    for path, locale in locales.items():
        scopes[path] = Scope(library, locale, scopes, translations[path].pgettext, describe)
    environments = make_environments(root, scopes, translations, assets)
    found += find_template_problems(root, config, next(iter(environments.values())))
    renderer = Renderer(root, library, scopes, environments)
    jobs = [] if "/" not in library.pages else list(list_jobs(renderer))
    found += find_output_clashes(jobs, library)
    warnings = _refuse_errors(found, config, options)
    return Site(config, library, renderer, assets, tuple(dict.fromkeys(jobs)), with_excerpts(root, warnings))


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


def render_site(site: Site, stage: Stage, progress: Progress) -> None:
    """Make every file of the site and keep it on the stage.

    Raises:
        SiteError: with the problems of all templates, each once.
    """
    for output in site.assets.outputs:
        stage.add(output.path, output.content)
    try:
        _make_all(site.renderer, site.jobs, stage.add, progress)
    except SiteError as error:
        raise SiteError(with_excerpts(site.renderer.root, error.problems)) from error


def _make_all(
    renderer: Renderer, jobs: tuple[Job, ...], keep: Callable[[str, bytes], None], progress: Progress
) -> None:
    problems: list[Problem] = []
    for done, job in enumerate(jobs, 1):
        try:
            keep(job.path, renderer.make(job))
        except SiteError as error:
            problems.extend(error.problems)
        progress(done, len(jobs))
    if problems:
        raise SiteError(problems)


def with_excerpts(root: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, each with the line of its file that it is about."""
    lines: dict[str, list[str]] = {}
    told = []
    for problem in problems:
        if problem.line is not None and not problem.excerpt:
            if problem.path not in lines:
                lines[problem.path] = _lines(root / problem.path)
            text = lines[problem.path]
            problem = replace(problem, excerpt=text[problem.line - 1] if problem.line <= len(text) else "")
        told.append(problem)
    return tuple(told)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except OSError:
        return []


def _epoch() -> int | None:
    """SOURCE_DATE_EPOCH, as reproducible-builds.org defines it."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(value) if value.isdigit() else None
