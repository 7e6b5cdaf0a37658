"""Makes outputs from the library: pages, lists, choosers, feeds, sitemaps, redirects, and the files beside pages.

All files are first listed as jobs (`list_jobs`) and then made one by one (`make_output`), so that no process has to
hold the whole site. To add an output, define an `Output` and add it to `OUTPUTS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from sitegen.library.library import Library
from sitegen.library.translation_status import as_data
from sitegen.model.urls import ADMIN
from sitegen.render.atom_feed import FEEDS
from sitegen.render.calendars import CALENDARS
from sitegen.render.dependency_recording import Aspect
from sitegen.render.file_names import SEARCH, STATUS
from sitegen.render.jobs import Job, Output, file_of_site
from sitegen.render.page_outputs import CARDS, FILES, PAGES, PICTURES, REDIRECTS
from sitegen.render.renderer import Renderer
from sitegen.render.search import SearchIndex, file_count, shard_count
from sitegen.render.sitemaps import SITEMAP_INDEX, SITEMAPS

#: The theme's style sheets of a text and its blocks, for the preview in the editor.
_PREVIEW_STYLES = ("site.css", "blocks.css")
#: The page that runs the browser editor.
_EDITOR = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<meta name="robots" content="noindex"><title>Editor</title></head>\
<body><script type="module" src="entry.js"></script></body></html>
"""


def _not_found(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    if renderer.has_template("404.html"):
        languages = (language for language in library.locales if language in library.config.built)
        yield from (Job(f"{language}/404.html", name, language) for language in languages)
        yield Job("404.html", name, library.config.source_language)


def _draw(template: str, renderer: Renderer, job: Job) -> bytes:
    return renderer.template(job.language, template)


def _search(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    if renderer.has_template("search.html"):
        yield from (Job(f"{language}/{SEARCH}", name, language) for language in library.locales)


def _made_of_index(part: Callable[[SearchIndex, int], object]) -> Callable[[Renderer, Job], bytes]:
    """Return a maker of the files that have a part of a language's search index, given their number."""
    return lambda renderer, job: _data(part(renderer.scopes[job.language].search_index, job.number))


def _search_parts(
    what: str, count: Callable[[Library, str], int], name: str, library: Library, renderer: Renderer
) -> Iterator[Job]:
    for language in library.locales if renderer.has_template("search.html") else ():
        for number in range(count(library, language)):
            yield Job(f"{language}/search-{what}-{number}.json", name, language, number=number)


def _chooser(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    if renderer.has_template("chooser.html"):
        yield Job("index.html", name, library.config.source_language)


def _make_robots(renderer: Renderer, job: Job) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {renderer.library.config.base_url}sitemap.xml\n".encode()


def _hosts(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    """Yield the configuration files that hosts read in the published folder."""
    from sitegen.hosting.hosts import HOSTS  # those outputs import what they need that a page does not

    first = next(iter(library.locales))
    yield from (Job(host.file, name, first, name=own) for own, host in HOSTS.items() if host.file)


def _make_host(renderer: Renderer, job: Job) -> bytes:
    from sitegen.hosting.headers_and_redirects import hosting_of
    from sitegen.hosting.hosts import HOSTS

    return HOSTS[job.name].write(hosting_of(renderer.library)).encode()


def _make_status(renderer: Renderer, job: Job) -> bytes:
    """Return the states of all pages in all languages as JSON, for other tools."""
    states = as_data(renderer.scopes[job.language].coverage)
    return (json.dumps(states, ensure_ascii=False, indent=1) + "\n").encode()


def _has_editor(library: Library, renderer: Renderer) -> bool:
    return library.config.editor is not None


def _make_editor_config(renderer: Renderer, job: Job) -> bytes:
    from sitegen.render.editor_config import make_config

    asset: Any = next(iter(renderer.environments.values())).globals["asset"]
    styles = []
    for name in _PREVIEW_STYLES:
        with suppress(LookupError):  # a site without the theme has others
            styles.append(asset(name))
    return _data(make_config(renderer.library, styles))


def _data(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


#: Name → output: the built-in ones, and those that extensions add.
OUTPUTS: dict[str, Output] = {
    "page": PAGES,
    "card": CARDS,
    "redirect": REDIRECTS,
    "file": FILES,
    "picture": PICTURES,
    "sitemap": SITEMAPS,
    "feed": FEEDS,
    "calendar": CALENDARS,
    "not_found": Output(files=_not_found, make=partial(_draw, "404.html"), is_localized=False),
    "search": Output(files=_search, make=_made_of_index(lambda index, _: index.rules)),
    "search_terms": Output(files=partial(_search_parts, "terms", shard_count), make=_made_of_index(SearchIndex.shard)),
    "search_pages": Output(files=partial(_search_parts, "pages", file_count), make=_made_of_index(SearchIndex.results)),
    "chooser": Output(files=_chooser, make=partial(_draw, "chooser.html"), is_localized=False),
    "sitemap_index": SITEMAP_INDEX,
    "robots": file_of_site("robots.txt", _make_robots),
    "host": Output(files=_hosts, make=_make_host, is_localized=False),
    "status": file_of_site(STATUS, _make_status, lambda library, renderer: renderer.has_template("translations.html")),
    "editor": file_of_site(f"{ADMIN}index.html", lambda renderer, job: _EDITOR, _has_editor),
    "editor_config": file_of_site(f"{ADMIN}config.json", _make_editor_config, _has_editor),
}


def list_jobs(library: Library, renderer: Renderer) -> Iterator[Job]:
    """Yield all files of the site except those of static/, in a stable order, for the languages that are built."""
    built = library.config.built
    for name, output in OUTPUTS.items():
        jobs = output.files(name, library, renderer)
        yield from (job for job in jobs if job.language in built) if output.is_localized else jobs


def make_output(renderer: Renderer, job: Job) -> tuple[bytes, tuple[Aspect, ...]]:
    """Return the content of a file, and the aspects of the site that it depends on.

    Raises:
        SiteError: the template fails, or the file can't be read.
    """
    return renderer.library.trace.of(lambda: OUTPUTS[job.maker].make(renderer, job))
