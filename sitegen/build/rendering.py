"""Library → renderer and jobs, and the problems that show only there.

What renders is imported here alone: reading begins without it, and loads it while other processes read.
"""

from __future__ import annotations

from sitegen.build.inputs import Inputs
from sitegen.content.reader import Content
from sitegen.library.assembly import build_library
from sitegen.library.library import Library
from sitegen.media.images import Pictures
from sitegen.problems.problem import Problem
from sitegen.render.dependency_recording import Trace, TracedLibrary
from sitegen.render.duplicate_ids import find_shared_ids
from sitegen.render.jobs import Job
from sitegen.render.language_scope import Scope
from sitegen.render.output_clashes import find_output_clashes
from sitegen.render.output_formats import list_jobs
from sitegen.render.renderer import Renderer
from sitegen.render.structured_data import describe
from sitegen.render.template_problems import find_template_problems
from sitegen.render.templates import Environment, make_environments
from sitegen.storage.blobs import Shelf
from sitegen.storage.cache import Cache


def make_renderer(inputs: Inputs, library: Library, problems: list[Problem]) -> Renderer:
    """A renderer for a library; adds the problems of catalogs and card to `problems`."""
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


def find_jobs(inputs: Inputs, library: Library, renderer: Renderer, problems: list[Problem]) -> tuple[Job, ...]:
    """Every file of the site; adds the problems of templates and outputs to `problems`."""
    problems.extend(_template_problems(inputs, renderer))
    problems.extend(find_shared_ids(inputs.layers, library, inputs.warm.ids(inputs.frames)))
    jobs = [] if "/" not in library.pages else list(list_jobs(library, renderer))
    problems.extend(find_output_clashes(jobs, library, inputs.assets))
    return tuple(dict.fromkeys(jobs))


def prepare(inputs: Inputs, shelf: Shelf) -> None:
    """Read catalogs and card, and compile the templates of the site, so that they are there once it is read."""
    nothing = Content((), {}, {}, frozenset(), ())
    pictures = Pictures.of(inputs.options.root, inputs.config)
    empty = build_library(nothing, inputs.config, inputs.locales, shelf, pictures, as_of=inputs.as_of)
    renderer = make_renderer(inputs, empty, [])
    _template_problems(inputs, renderer)  # found again, and told, when the site is there
    _environment(renderer).compile_reached(kind.template for kind in inputs.config.kinds.values())


def _template_problems(inputs: Inputs, renderer: Renderer) -> list[Problem]:
    return [*find_template_problems(inputs.layers, inputs.config, _environment(renderer))]


def _environment(renderer: Renderer) -> Environment:
    """One of the languages' environments, which share what is compiled."""
    return next(iter(renderer.environments.values()))
