"""The outputs of a site, as jobs: one a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sitegen.hosting.table import ADMIN
from sitegen.library.library import Library, aliases
from sitegen.library.lists import has_day, page_count
from sitegen.library.problems import MOST_BYTES
from sitegen.library.selections import selections
from sitegen.media.images import CHOICES, variant, widths_of
from sitegen.media.static import Assets
from sitegen.model.urls import url_of_file
from sitegen.model.values import Key, Page
from sitegen.problems.problem import Problem
from sitegen.render.renderer import Renderer
from sitegen.render.search import file_count, shard_count
from sitegen.render.site_view import SiteView
from sitegen.render.views import CALENDAR, CARD, EVENT, SEARCH, STATUS, PageView
from sitegen.source.files import fault_of, find_twins
from sitegen.source.mark import Mark
from sitegen.source.yaml import problem_at
from sitegen.storage.output import RESERVED

#: Bytes of an address in a sitemap: the longest that the library allows, percent-encoded, with the markup around it.
_LONGEST_LINE = 3 * MOST_BYTES + 300


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file of each language, as an extension makes it.

    Attributes:
        path: below the language's folder: `feed.json`.
        make: its bytes, of the pages of that language that are listed, in the order of their paths, and the site; both as
            templates see them, so that what is read of them is known when the site is built again.
    """

    path: str
    make: Callable[[SiteView, Iterator[PageView]], bytes]


#: Name → output of each language, as extensions add them.
OUTPUTS: dict[str, Output] = {}


def list_jobs(library: Library, renderer: Renderer) -> Iterator[Job]:
    """Every file of the site but those of static/, in a stable order; pages in the languages that are built."""
    built = library.config.built
    yield from (job for job in _list_all(library, renderer) if job.language in built or not _is_of_a_language(job))


def _is_of_a_language(job: Job) -> bool:
    return job.maker in _OF_A_LANGUAGE or job.maker in OUTPUTS


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
        yield from _jobs_of_extensions(path)
    yield from _jobs_of_site(library, renderer)


def _jobs_of_language(library: Library, renderer: Renderer, path: str) -> Iterator[Job]:
    for number, first in enumerate(sitemap_parts(library, path), 1):
        yield Job(sitemap_path(path, number), "sitemap", path, first)
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


def _jobs_of_extensions(path: str) -> Iterator[Job]:
    yield from (Job(f"{path}/{output.path}", name, path) for name, output in OUTPUTS.items())


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


def sitemap_path(path: str, number: int) -> str:
    """The file of a part of a language's sitemap, 1-based."""
    return f"{path}/sitemap.xml" if number == 1 else f"{path}/sitemap-{number}.xml"


def sitemap_parts(library: Library, path: str, most: int = 0) -> list[Key]:
    """The page with which each part of a language's sitemap begins, the home page in the first.

    Args:
        most: entries of a part; 0 for as many as fit.
    """
    most = most or most_entries(len(library.config.built))
    firsts, filled = [Key("/")], 0
    for key in sorted(library.pages):
        if is_mapped(library.pages[key], path):
            count = sum(1 for _ in list_pages(library, library.pages[key], path))
            if filled and filled + count > most:
                firsts.append(key)
                filled = 0
            filled += count
    return firsts


def most_entries(languages: int) -> int:
    """How many addresses fit into a sitemap, each with its translations: 50,000, and 50 MB at the longest address there may be."""
    return min(50_000, 50_000_000 // ((languages + 1) * _LONGEST_LINE))


def is_mapped(page: Page, path: str) -> bool:
    """Whether a page stands in a language's sitemap: it is no fallback there."""
    return path in page.states and page.states[path].shown == path


def find_output_clashes(jobs: list[Job], library: Library, assets: Assets) -> Iterator[Problem]:
    """Outputs that can't be published, or not both: but for two pages' at one address, which the library reports."""
    outputs: dict[str, Job] = {}
    for job in (*(Job(asset.path, "static", "") for asset in assets.outputs), *jobs):
        other = outputs.setdefault(job.path, job)
        if other is not job and not (_is_page(other) and _is_page(job)):
            yield _clash(library, job, other, "is made twice")
    for path, job in outputs.items():
        if job.maker in _FILES and (fault := fault_of(path)):  # addresses of pages are the library's to report
            yield _problem(library, job, "address", f"can't be published: {fault}", "rename it")
        elif path in RESERVED:
            yield _problem(library, job, "url-clash", "is a file that `publish` makes itself", "rename it")
    for path, twin in find_twins(outputs):
        if path.casefold() != twin.casefold():
            yield _clash(library, outputs[path], outputs[twin], "is a file and a folder as well")
        elif not (_is_page(outputs[path]) and _is_page(outputs[twin])):
            yield _clash(library, outputs[path], outputs[twin], "differs from another in capital letters alone")


def _clash(library: Library, one: Job, other: Job, what: str) -> Problem:
    """Two outputs of which there can be one: reported where it is easier to rename something."""
    first, second = sorted((one, other), key=lambda job: _RENAMED.get(job.maker, len(_RENAMED)))
    places = [_place(library, job)[0] for job in (first, second)]
    also = f", or {places[1]}" if second.maker in _RENAMED and places[0] != places[1] else ""
    return _problem(library, first, "url-clash", what, f"rename it{also}")


def _problem(library: Library, job: Job, code: str, what: str, hint: str) -> Problem:
    path, mark = _place(library, job)
    return problem_at(path, code, f"{url_of_file(library.config.base_path, job.path)} {what}", mark, hint)


def _is_page(job: Job) -> bool:
    """Whether the library has seen to the job's address."""
    return job.maker == "redirect" or (job.maker == "page" and job.number == 1 and not job.name)


def _place(library: Library, job: Job) -> tuple[str, Mark | None]:
    """The file that says that an output is made, and where in it."""
    if job.maker == "static":
        return f"static/{job.path}", None
    if job.maker in _FILES:
        return library.files[job.key, job.name], None
    page: Page = library.pages[job.key]
    if job.maker == "redirect":
        document = page.versions[page.source]
        return document.path, document.marks.get("aliases")
    return page.versions[page.states[library.nearest_language(job.key, job.language)].shown].path, None


#: Makers of files that are named as those of the site are.
_FILES = ("static", "file", "picture")
#: Makers whose files have a name that a person gave them → how easily it is changed.
_RENAMED = {"static": 0, "file": 1, "picture": 1, "redirect": 2, "page": 3}
#: Makers whose files are in one language; the others' are of the whole site.
_OF_A_LANGUAGE = frozenset(
    {"page", "redirect", "feed", "calendar", "card", "sitemap", "search", "search_terms", "search_pages"}
)

#: Names of the engine's own outputs, which no extension may take.
MAKER_NAMES = _OF_A_LANGUAGE | {
    "chooser", "editor", "editor_config", "file", "headers", "not_found", "picture", "redirects", "robots", "sitemap_index", "status",
}  # fmt: skip
