"""Library → outputs: pages, lists, choosers, feeds, sitemaps, redirects, and the files beside pages.

What is published is listed first (`list_jobs`) and made one by one (`make_output`), so that no process needs to
hold the whole site. A new output is a function and a line of `MAKERS`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

from sitegen.hosting.netlify import write_headers, write_redirects
from sitegen.hosting.table import hosting_of
from sitegen.library.coverage import as_data
from sitegen.library.lists import has_day
from sitegen.media.images import CHOICES
from sitegen.media.metadata import without_metadata
from sitegen.media.social_cards import draw
from sitegen.problems.problem import SiteError
from sitegen.render.calendars import calendar_of
from sitegen.render.cms import make_config
from sitegen.render.dependencies import Aspect
from sitegen.render.feeds import make_feed
from sitegen.render.jobs import OUTPUTS, Job
from sitegen.render.renderer import Renderer
from sitegen.render.site_view import SiteView
from sitegen.render.sitemaps import make_sitemap, make_sitemap_index
from sitegen.render.views import PageView
from sitegen.render.xml import SITEMAP, XHTML
from sitegen.source.files import read_file, unreadable

_EDITOR = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<meta name="robots" content="noindex"><title>Editor</title></head>\
<body><script type="module" src="entry.js"></script></body></html>
"""

ET.register_namespace("", SITEMAP)
ET.register_namespace("xhtml", XHTML)


def _page(renderer: Renderer, job: Job) -> bytes:
    scope = renderer.scopes[job.language]
    page = PageView(
        scope, job.key, job.number, job.name
    )  # of its own, so that its text is forgotten when it is written
    return renderer.template(job.language, renderer.library.kind(job.key).template, page=page)


def _chooser(renderer: Renderer, job: Job) -> bytes:
    return renderer.template(job.language, "chooser.html")


def _not_found(renderer: Renderer, job: Job) -> bytes:
    return renderer.template(job.language, "404.html")


def _file(renderer: Renderer, job: Job) -> bytes:
    path = renderer.library.files[job.key, job.name]
    try:
        return without_metadata(read_file(renderer.root, path))
    except OSError as error:
        raise SiteError([unreadable(path, error)]) from error


def _picture(renderer: Renderer, job: Job) -> bytes:
    """A copy of a picture beside a page, in the format that the job's path ends in."""
    path, pictures = renderer.library.files[job.key, job.name], renderer.library.pictures
    ending = job.path.rpartition(".")[2] if job.path.rpartition(".")[2] in CHOICES else ""
    return renderer.cache.get(pictures.key(path, job.number, ending), lambda: pictures.make(path, job.number, ending))


def _card(renderer: Renderer, job: Job) -> bytes:
    """The picture that goes with a page when it is shared, made only when its words have changed."""
    scope, card = renderer.scopes[job.language], renderer.card
    assert card is not None
    page = scope.page(job.key)
    title, site = str(page.title), str(SiteView(scope).title)
    label = scope.locale.date(page.date) if card.label and page.date else ""
    path = renderer.library.shown(job.key, job.language).path
    key = card.key(scope.locale, title, site, label)
    return renderer.cache.get(key, lambda: draw(card, scope.locale, title, site, path, label))


def _redirect(renderer: Renderer, job: Job) -> bytes:
    """A page that leads on from an old address, for hosts that know no redirects."""
    page = renderer.scopes[job.language].page(job.key)
    url, title = html.escape(page.url), html.escape(page.title)
    return (
        f'<!doctype html><html lang="{page.shown.tag}" dir="{page.shown.dir}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{html.escape(page.canonical_url)}"><meta http-equiv="refresh" content="0; url={url}">'
        f'</head><body><main><h1><a href="{url}">{title}</a></h1></main></body></html>\n'
    ).encode()


def _calendar(renderer: Renderer, job: Job) -> bytes:
    """iCalendar: what one page tells, or for the home page all pages of the language; none that is a fallback."""
    scope, library = renderer.scopes[job.language], renderer.library
    title = str(SiteView(scope).title)
    if job.key != "/":
        return calendar_of([scope.page(job.key)], title, scope.locale.tag)
    keys = [key for key, page in library.pages.items() if has_day(library, key) and job.language in page.versions]
    pages = (scope.page(key) for key in keys if job.language in library.pages[key].states)
    return calendar_of(pages, title, scope.locale.tag)


def _robots(renderer: Renderer, job: Job) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {renderer.library.config.base_url}sitemap.xml\n".encode()


def make_headers(renderer: Renderer, job: Job) -> bytes:
    """`_headers`, for hosts that read it."""
    return write_headers(hosting_of(renderer.library)).encode()


def make_redirects(renderer: Renderer, job: Job) -> bytes:
    """`_redirects`, for hosts that read it."""
    return write_redirects(hosting_of(renderer.library)).encode()


def _editor(renderer: Renderer, job: Job) -> bytes:
    """The page on which the editor in the browser runs."""
    return _EDITOR


def _editor_config(renderer: Renderer, job: Job) -> bytes:
    return _data(make_config(renderer.library))


def _status(renderer: Renderer, job: Job) -> bytes:
    """The states of all pages in all languages, for other tools."""
    states = as_data(renderer.scopes[job.language].coverage)
    return (json.dumps(states, ensure_ascii=False, indent=1) + "\n").encode()


def _search(renderer: Renderer, job: Job) -> bytes:
    return _data(renderer.scopes[job.language].search_index.rules)


def _search_terms(renderer: Renderer, job: Job) -> bytes:
    return _data(renderer.scopes[job.language].search_index.shard(job.number))


def _search_pages(renderer: Renderer, job: Job) -> bytes:
    return _data(renderer.scopes[job.language].search_index.results(job.number))


def _data(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


#: What kind of file → how it is made.
MAKERS: dict[str, Callable[[Renderer, Job], bytes]] = {
    "page": _page,
    "chooser": _chooser,
    "not_found": _not_found,
    "file": _file,
    "picture": _picture,
    "card": _card,
    "redirect": _redirect,
    "feed": make_feed,
    "calendar": _calendar,
    "sitemap": make_sitemap,
    "sitemap_index": make_sitemap_index,
    "robots": _robots,
    "headers": make_headers,
    "redirects": make_redirects,
    "status": _status,
    "editor": _editor,
    "editor_config": _editor_config,
    "search": _search,
    "search_terms": _search_terms,
    "search_pages": _search_pages,
}


def make_output(renderer: Renderer, job: Job) -> tuple[bytes, tuple[Aspect, ...]]:
    """The bytes of a file, and the aspects of the site that they depend on.

    Raises:
        SiteError: its template fails, or its file can't be read.
    """
    make = MAKERS.get(job.maker, _of_an_extension)
    return renderer.library.trace.of(lambda: make(renderer, job))


def _of_an_extension(renderer: Renderer, job: Job) -> bytes:
    scope = renderer.scopes[job.language]
    pages = (scope.page(key) for key in sorted(renderer.library.pages))
    return OUTPUTS[job.maker].make(SiteView(scope), (page for page in pages if page.is_listed and not page.is_fallback))
