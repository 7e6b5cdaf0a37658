"""Sitemaps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from sitegen.library.library import Library
from sitegen.library.lists import list_pages
from sitegen.library.problems import MOST_BYTES
from sitegen.model.values import Key, Page
from sitegen.render.jobs import Job, Output
from sitegen.render.renderer import Renderer
from sitegen.render.views import PageView, last_change
from sitegen.render.xml import SITEMAP, XHTML, to_xml

#: Bytes of an address in a sitemap: the longest that the library allows, percent-encoded, with the markup around it.
_LONGEST_LINE = 3 * MOST_BYTES + 300


def _make(renderer: Renderer, job: Job) -> bytes:
    """A language's own pages with their translations, from the job's page on; fallback pages stand in none."""
    scope, library = renderer.scopes[job.language], renderer.library
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    firsts = sitemap_parts(library, job.language)
    end = next((first for first in firsts if first > job.key), None)
    keys = sorted(library.pages)
    for key in keys[bisect_left(keys, job.key) : bisect_left(keys, end) if end else None]:
        if is_mapped(library.pages[key], job.language):
            for part, number in list_pages(library, library.pages[key], job.language):
                _sitemap_entry(root, PageView(scope, key, number, part))
    return to_xml(root)


def _sitemap_entry(root: ET.Element, page: PageView) -> None:
    entry = ET.SubElement(root, f"{{{SITEMAP}}}url")
    ET.SubElement(entry, f"{{{SITEMAP}}}loc").text = page.absolute_url
    if page.date or page.updated:
        ET.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = last_change(page).isoformat()
    for alternate in page.alternates:
        ET.SubElement(entry, f"{{{XHTML}}}link", {"rel": "alternate", "hreflang": alternate.tag, "href": alternate.url})


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


def _files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for path in library.locales:
        for number, first in enumerate(sitemap_parts(library, path), 1):
            yield Job(sitemap_path(path, number), name, path, first)


def _make_index(renderer: Renderer, job: Job) -> bytes:
    """The index of the languages' sitemaps."""
    root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
    library = renderer.library
    for path in library.config.built:
        for number in range(1, len(sitemap_parts(library, path)) + 1):
            entry = ET.SubElement(root, f"{{{SITEMAP}}}sitemap")
            ET.SubElement(entry, f"{{{SITEMAP}}}loc").text = (
                library.config.origin_of(path) + library.config.base_path + sitemap_path(path, number)
            )
    return to_xml(root)


def _index(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    yield Job("sitemap.xml", name, next(iter(library.locales)))


SITEMAPS = Output(files=_files, make=_make)
SITEMAP_INDEX = Output(files=_index, make=_make_index, is_localized=False)
