"""Library → outputs: pages, lists, choosers, feeds, sitemaps, redirects, and the files beside pages.

What is published is listed first (`list_jobs`) and made one by one (`Renderer.make`), so that no process needs to
hold the whole site. A new output is a function and a line of `MAKERS`.
"""

from __future__ import annotations

import datetime as dt
import html
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import jinja2

from sitegen.assets import Assets
from sitegen.cache import Cache
from sitegen.calendars import calendar_of
from sitegen.cards import Card, draw
from sitegen.coverage import as_data
from sitegen.editor import make_config
from sitegen.errors import Problem, SiteError
from sitegen.hosts import ADMIN, hosting_of, write_headers, write_redirects
from sitegen.layers import Layers
from sitegen.library import Library, aliases
from sitegen.model import Key, Page
from sitegen.pictures import CHOICES, variant, widths_of
from sitegen.search import file_count, shard_count
from sitegen.selections import selections
from sitegen.templates import render_template
from sitegen.urls import url_of_file
from sitegen.views import CALENDAR, CARD, EVENT, SEARCH, STATUS, PageView, Scope, SiteView, Trace, has_day, page_count

FEED_LENGTH = 20

_EDITOR = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<meta name="robots" content="noindex"><title>Editor</title></head>\
<body><script type="module" src="entry.js"></script></body></html>
"""

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

ET.register_namespace("", _SITEMAP)
ET.register_namespace("xhtml", _XHTML)


class Job(NamedTuple):
    """One file to make.

    Attributes:
        path: POSIX path below the output folder.
        maker: a key of `MAKERS`.
        language: path of the language it is in, or the site's first for files of no language.
        key: the page it is of, `/` for files of the whole site.
        number: 1-based page of a list; 0-based file of a search index; width of a picture.
        name: the file beside the page, for `file` and `picture`; what a list is narrowed to, as `status/open`, for `page`.
    """

    path: str
    maker: str
    language: str
    key: Key = Key("/")
    number: int = 1
    name: str = ""


@dataclass(frozen=True)
class Renderer:
    """Makes outputs out of the library, each language with its own environment."""

    root: Path
    layers: Layers
    library: Library
    scopes: Mapping[str, Scope]
    environments: Mapping[str, jinja2.Environment]

    trace: Trace
    card: Card | None
    cache: Cache

    def make(self, job: Job) -> tuple[bytes, frozenset[str]]:
        """The bytes of a file, and the aspects of the site that they depend on.

        Raises:
            SiteError: its template fails, or its file can't be read.
        """
        self.trace.seen = {"c" + job.key}
        content = MAKERS[job.maker](self, job)
        return content, frozenset(self.trace.seen)

    def forget(self) -> None:
        """Let go of what was made for the files so far."""
        for scope in self.scopes.values():
            scope.forget()

    def template(self, job: Job, name: str, **context: object) -> bytes:
        """What a template makes in the job's language."""
        return render_template(self.environments[job.language], name, **context).encode()

    def has_template(self, name: str) -> bool:
        """Whether the site or its theme has a template that it may do without."""
        return self.layers.find(f"templates/{name}") is not None


def list_jobs(renderer: Renderer) -> Iterator[Job]:
    """Every file of the site but those of static/, in a stable order; pages in the languages that are built."""
    built = renderer.library.config.built
    yield from (job for job in _list_all(renderer) if job.language in built or job.maker not in _OF_A_LANGUAGE)


def _list_all(renderer: Renderer) -> Iterator[Job]:
    library = renderer.library
    for page in library.pages.values():
        yield from _jobs_of_page(library, page)
        for path, folder in _own_folders(library, page):
            if renderer.scopes[path].has_cards:
                yield Job(f"{folder}{CARD}", "card", path, page.key)
    for key, name in library.files:
        if key in library.pages:
            yield from _jobs_of_file(library, key, name)
    for path in library.locales:
        yield from _jobs_of_language(renderer, path)
    yield from _jobs_of_site(renderer)


def _jobs_of_language(renderer: Renderer, path: str) -> Iterator[Job]:
    library = renderer.library
    yield Job(f"{path}/sitemap.xml", "sitemap", path)
    yield Job(f"{path}/feed.xml", "feed", path)
    if any(kind.calendar for kind in library.config.kinds.values()):
        yield Job(f"{path}/{CALENDAR}", "calendar", path)
    if renderer.has_template("404.html") and path in library.config.built:
        yield Job(f"{path}/404.html", "not_found", path)
    if renderer.has_template("search.html"):
        yield Job(f"{path}/{SEARCH}", "search", path)
        for number in range(shard_count(library, path)):
            yield Job(f"{path}/search-terms-{number}.json", "search_terms", path, number=number)
        for number in range(file_count(library, path)):
            yield Job(f"{path}/search-pages-{number}.json", "search_pages", path, number=number)


def _jobs_of_site(renderer: Renderer) -> Iterator[Job]:
    first, source = next(iter(renderer.library.locales)), renderer.library.config.source_language
    if renderer.has_template("404.html"):
        yield Job("404.html", "not_found", source)
    if renderer.has_template("chooser.html"):
        yield Job("index.html", "chooser", source)
    yield Job("sitemap.xml", "sitemap_index", first)
    yield Job("robots.txt", "robots", first)
    yield Job("_headers", "headers", first)
    yield Job("_redirects", "redirects", first)
    if renderer.has_template("translations.html"):
        yield Job(STATUS, "status", first)
    if renderer.library.config.editor:
        yield Job(f"{ADMIN}index.html", "editor", first)
        yield Job(f"{ADMIN}config.json", "editor_config", first)


def _jobs_of_page(library: Library, page: Page) -> Iterator[Job]:
    for path in page.states:
        for part, number in _list_pages(library, page, path):
            yield Job(library.file(page.key, path, number, part), "page", path, page.key, number, part)
        folder = library.file(page.key, path).removesuffix("index.html")
        if library.kind(page.key).children.has_feed:
            yield Job(folder + "feed.xml", "feed", path, page.key)
        if path in page.versions and has_day(library, page.key):
            yield Job(folder + EVENT, "calendar", path, page.key)
    yield from (Job(target, "redirect", path, page.key) for target, path in aliases(library, page))


def _own_folders(library: Library, page: Page) -> Iterator[tuple[str, str]]:
    """The languages in which a page is no fallback, and its folder in each."""
    for path in page.states:
        if path in page.versions:
            yield path, library.file(page.key, path).removesuffix("index.html")


def _jobs_of_file(library: Library, key: Key, name: str) -> Iterator[Job]:
    target, path, language = library.file_target(key, name), library.files[key, name], next(iter(library.locales))
    if not library.pictures.applies_to(path):
        yield Job(target, "file", language, key, name=name)
        return
    widths = widths_of(library.pictures.size(path)[0], library.pictures.widths)
    yield Job(target, "picture", language, key, widths[-1], name)
    for ending in CHOICES:
        yield from (Job(variant(target, width, ending), "picture", language, key, width, name) for width in widths)


def _list_pages(library: Library, page: Page, language: str) -> Iterator[tuple[str, int]]:
    """The pages of the list of a page's children: (what it is narrowed to, number); of any other page the one."""
    by = library.kind(page.key).children.by
    for part in ("", *(own.part for own in selections(library, page.key, language))) if by else ("",):
        yield from ((part, number) for number in range(1, page_count(library, page.key, language, part) + 1))


def find_output_clashes(jobs: list[Job], library: Library, assets: Assets) -> Iterator[Problem]:
    """Two outputs at one path that are not two pages' (those the library tells): a file and a page, a page and a list page."""
    made = {job.path for job in jobs}
    for asset in assets.outputs:
        if asset.path in made:
            address = url_of_file(library.config.base_path, asset.path)
            yield Problem(
                path=f"static/{asset.path}", code="url-clash", message=f"{address} is made twice", hint="rename it"
            )
    first: dict[str, Job] = {}
    for job in jobs:
        other = first.setdefault(job.path, job)
        if other is not job and not (_is_page(other) and _is_page(job)):
            path = _source_path(library, job)
            address = url_of_file(library.config.base_path, job.path)
            hint = f"rename it, or {_source_path(library, other)}"
            yield Problem(path=path, code="url-clash", message=f"{address} is made twice", hint=hint)


def _is_page(job: Job) -> bool:
    """Whether the library has seen to the job's address."""
    return job.maker == "redirect" or (job.maker == "page" and job.number == 1 and not job.name)


def _source_path(library: Library, job: Job) -> str:
    page: Page = library.pages[job.key]
    return (
        library.files[job.key, job.name]
        if job.maker in ("file", "picture")
        else page.versions[page.states[library.nearest_language(job.key, job.language)].shown].path
    )


def _page(renderer: Renderer, job: Job) -> bytes:
    scope = renderer.scopes[job.language]
    page = PageView(
        scope, job.key, job.number, job.name
    )  # of its own, so that its text is forgotten when it is written
    return renderer.template(job, renderer.library.kind(job.key).template, page=page)


def _chooser(renderer: Renderer, job: Job) -> bytes:
    return renderer.template(job, "chooser.html")


def _not_found(renderer: Renderer, job: Job) -> bytes:
    return renderer.template(job, "404.html")


def _file(renderer: Renderer, job: Job) -> bytes:
    path = renderer.library.files[job.key, job.name]
    renderer.scopes[job.language].trace.link(job.key, job.name)
    try:
        return (renderer.root / path).read_bytes()
    except OSError as error:
        message = f"the file can't be read: {(error.strerror or str(error)).lower()}"
        raise SiteError([Problem(path=path, code="unreadable", message=message)]) from error


def _picture(renderer: Renderer, job: Job) -> bytes:
    """A copy of a picture beside a page, in the format that the job's path ends in."""
    path, pictures = renderer.library.files[job.key, job.name], renderer.library.pictures
    renderer.scopes[job.language].trace.link(job.key, job.name)
    ending = job.path.rpartition(".")[2] if job.path.rpartition(".")[2] in CHOICES else ""
    return renderer.cache.get(pictures.key(path, job.number, ending), lambda: pictures.make(path, job.number, ending))


def _card(renderer: Renderer, job: Job) -> bytes:
    """The picture that goes with a page when it is shared, made only when its words have changed."""
    scope, card = renderer.scopes[job.language], renderer.card
    assert card is not None
    title, site = str(scope.page(job.key).title), str(SiteView(scope).title)
    path = renderer.library.shown(job.key, job.language).path
    key = card.key(scope.locale, title, site)
    return renderer.cache.get(key, lambda: draw(card, scope.locale, title, site, path))


def _redirect(renderer: Renderer, job: Job) -> bytes:
    """A page that leads on from an old address, for hosts that know no redirects."""
    page = renderer.scopes[job.language].page(job.key)
    url, title = html.escape(page.url), html.escape(page.title)
    return (
        f'<!doctype html><html lang="{page.shown.tag}" dir="{page.shown.dir}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{html.escape(page.canonical_url)}"><meta http-equiv="refresh" content="0; url={url}">'
        f'</head><body><main><h1><a href="{url}">{title}</a></h1></main></body></html>\n'
    ).encode()


def _feed(renderer: Renderer, job: Job) -> bytes:
    """Atom (RFC 4287): the newest of one dated collection, or for the home page of all of them."""
    scope = renderer.scopes[job.language]
    library = renderer.library
    entries = _newest(library, scope, job.key)
    page = scope.page(job.key)
    own_url = library.config.origin + url_of_file(library.config.base_path, job.path)
    feed = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: scope.locale.tag})
    _child(feed, "id", own_url)
    _child(feed, "title", page.title)
    latest = max((_last_change(entry) for entry in entries), default=dt.date(1970, 1, 1))
    _child(feed, "updated", _moment(library, latest))
    ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": own_url})
    ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page.absolute_url})
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _child(author, "name", SiteView(scope).title)
    for entry in entries:
        _entry(feed, library, entry)
    return _xml(feed)


def _newest(library: Library, scope: Scope, key: Key) -> list[PageView]:
    """The newest children of a dated collection; for other pages of all dated collections."""
    scope.trace.everything()
    dated = (
        [key]
        if library.kind(key).children.has_feed
        else [k for k in library.pages if library.kind(k).children.has_feed]
    )
    children = {child for owner in dated for child in library.children(owner, scope.locale.path)}
    pages = (scope.page(child) for child in library.sorted(children, "-date", scope.locale.path))
    return list(islice((page for page in pages if page.date is not None and page.is_listed), FEED_LENGTH))


def _entry(feed: ET.Element, library: Library, page: PageView) -> None:
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _child(entry, "id", page.absolute_url)
    _child(entry, "title", page.title)
    _child(entry, "published", _moment(library, page.date))
    _child(entry, "updated", _moment(library, _last_change(page)))
    ET.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page.absolute_url})
    if page.summary:
        _child(entry, "summary", page.summary)


def _last_change(page: PageView) -> dt.date:
    """When a dated page was last another, as far as that is written down."""
    days: list[dt.date] = [day for day in (page.date, page.updated) if day is not None]
    return max(days)


def _moment(library: Library, day: dt.date) -> str:
    """The beginning of a day in the site's time zone, as RFC 3339 writes it."""
    return dt.datetime.combine(day, dt.time(), tzinfo=library.config.time_zone).isoformat()


def _calendar(renderer: Renderer, job: Job) -> bytes:
    """iCalendar: what one page tells, or for the home page all pages of the language; none that is a fallback."""
    scope, library = renderer.scopes[job.language], renderer.library
    title = str(SiteView(scope).title)
    if job.key != "/":
        return calendar_of([scope.page(job.key)], title, scope.locale.tag)
    scope.trace.everything()
    keys = [key for key, page in library.pages.items() if has_day(library, key) and job.language in page.versions]
    pages = (scope.page(key) for key in keys if job.language in library.pages[key].states)
    return calendar_of(pages, title, scope.locale.tag)


def _sitemap(renderer: Renderer, job: Job) -> bytes:
    """A language's own pages with their translations; fallback pages stand in none."""
    scope = renderer.scopes[job.language]
    scope.trace.everything()
    root = ET.Element(f"{{{_SITEMAP}}}urlset")
    for key, page in renderer.library.pages.items():
        if job.language in page.states and page.states[job.language].shown == job.language:
            for part, number in _list_pages(renderer.library, page, job.language):
                _sitemap_entry(root, PageView(scope, key, number, part))
    return _xml(root)


def _sitemap_entry(root: ET.Element, page: PageView) -> None:
    entry = ET.SubElement(root, f"{{{_SITEMAP}}}url")
    ET.SubElement(entry, f"{{{_SITEMAP}}}loc").text = page.absolute_url
    if page.date or page.updated:
        ET.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = _last_change(page).isoformat()
    for alternate in page.alternates:
        ET.SubElement(
            entry, f"{{{_XHTML}}}link", {"rel": "alternate", "hreflang": alternate.tag, "href": alternate.url}
        )


def _sitemap_index(renderer: Renderer, job: Job) -> bytes:
    root = ET.Element(f"{{{_SITEMAP}}}sitemapindex")
    for path in renderer.library.config.built:
        entry = ET.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        ET.SubElement(entry, f"{{{_SITEMAP}}}loc").text = f"{renderer.library.config.base_url}{path}/sitemap.xml"
    return _xml(root)


def _robots(renderer: Renderer, job: Job) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {renderer.library.config.base_url}sitemap.xml\n".encode()


def _headers(renderer: Renderer, job: Job) -> bytes:
    return write_headers(hosting_of(renderer.library)).encode()


def _redirects(renderer: Renderer, job: Job) -> bytes:
    renderer.scopes[job.language].trace.everything()
    return write_redirects(hosting_of(renderer.library)).encode()


def _editor(renderer: Renderer, job: Job) -> bytes:
    """The page on which the editor in the browser runs."""
    return _EDITOR


def _editor_config(renderer: Renderer, job: Job) -> bytes:
    renderer.scopes[job.language].trace.everything()
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


def _child(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = str(text)


def _xml(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


#: Makers whose files are in one language; the others' are of the whole site.
_OF_A_LANGUAGE = frozenset(
    {"page", "redirect", "feed", "calendar", "card", "sitemap", "search", "search_terms", "search_pages"}
)

#: What kind of file → how it is made.
MAKERS: dict[str, Callable[[Renderer, Job], bytes]] = {
    "page": _page,
    "chooser": _chooser,
    "not_found": _not_found,
    "file": _file,
    "picture": _picture,
    "card": _card,
    "redirect": _redirect,
    "feed": _feed,
    "calendar": _calendar,
    "sitemap": _sitemap,
    "sitemap_index": _sitemap_index,
    "robots": _robots,
    "headers": _headers,
    "redirects": _redirects,
    "status": _status,
    "editor": _editor,
    "editor_config": _editor_config,
    "search": _search,
    "search_terms": _search_terms,
    "search_pages": _search_pages,
}
