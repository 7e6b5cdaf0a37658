"""The outputs of a site, as jobs: one a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sitegen.hosting.table import ADMIN
from sitegen.library.library import Library, aliases
from sitegen.library.lists import has_day, page_count
from sitegen.library.selections import selections
from sitegen.media.images import CHOICES, variant, widths_of
from sitegen.media.static import Assets
from sitegen.model.urls import url_of_file
from sitegen.model.values import Key, Page
from sitegen.problems.problem import Problem
from sitegen.render.renderer import Renderer
from sitegen.render.search import file_count, shard_count
from sitegen.render.views import CALENDAR, CARD, EVENT, SEARCH, STATUS


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


def list_jobs(library: Library, renderer: Renderer) -> Iterator[Job]:
    """Every file of the site but those of static/, in a stable order; pages in the languages that are built."""
    built = library.config.built
    yield from (job for job in _list_all(library, renderer) if job.language in built or job.maker not in _OF_A_LANGUAGE)


def _list_all(library: Library, renderer: Renderer) -> Iterator[Job]:
    for page in library.pages.values():
        yield from _jobs_of_page(library, page)
        for path, folder in _own_folders(library, page):
            if renderer.scopes[path].has_cards:
                yield Job(f"{folder}{CARD}", "card", path, page.key)
    for key, name in library.files:
        if key in library.pages:
            yield from _jobs_of_file(library, key, name)
    for path in library.locales:
        yield from _jobs_of_language(library, renderer, path)
    yield from _jobs_of_site(library, renderer)


def _jobs_of_language(library: Library, renderer: Renderer, path: str) -> Iterator[Job]:
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


def _jobs_of_site(library: Library, renderer: Renderer) -> Iterator[Job]:
    first, source = next(iter(library.locales)), library.config.source_language
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
    if library.config.editor:
        yield Job(f"{ADMIN}index.html", "editor", first)
        yield Job(f"{ADMIN}config.json", "editor_config", first)


def _jobs_of_page(library: Library, page: Page) -> Iterator[Job]:
    for path in page.states:
        for part, number in list_pages(library, page, path):
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


def list_pages(library: Library, page: Page, language: str) -> Iterator[tuple[str, int]]:
    """The pages of the list of a page's children: (what it is narrowed to, number); of any other page the one."""
    by = library.kind(page.key).children.by
    for part in ("", *selections(library, page.key, language)) if by else ("",):
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


#: Makers whose files are in one language; the others' are of the whole site.
_OF_A_LANGUAGE = frozenset(
    {"page", "redirect", "feed", "calendar", "card", "sitemap", "search", "search_terms", "search_pages"}
)
