"""Sitemaps of the pages in the library, from which `library/held_pages.py` has left out those that are not published."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from sitegen.library.cross_page_problems import MOST_BYTES
from sitegen.library.library import Library
from sitegen.library.lists import list_pages
from sitegen.model.page import Key, Page
from sitegen.render.alternates import alternates_of
from sitegen.render.dependency_recording import TracedLibrary
from sitegen.render.jobs import Job, Output, file_of_site
from sitegen.render.renderer import Renderer
from sitegen.render.xml import SITEMAP, XHTML, to_xml
from sitegen.source.html import escape

#: Maximum size of an address in a sitemap in bytes: the longest allowed address, percent-encoded, with its markup.
_LONGEST_LINE = 3 * MOST_BYTES + 300
_BEGINNING = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{SITEMAP}" xmlns:xhtml="{XHTML}">'


def _make(renderer: Renderer, job: Job) -> bytes:
    """Make a part of a language's sitemap, from the job's page on: pages with their translations, without fallbacks."""
    library, path = renderer.library, job.language
    firsts = sitemap_parts(library, path)
    end = next((first for first in firsts if first > job.key), None)
    keys = sorted(library.pages)
    entries = (
        _entry(library, path, key, number, part)
        for key in keys[bisect_left(keys, job.key) : bisect_left(keys, end) if end else None]
        if is_mapped(library.pages[key], path)
        for part, number in list_pages(library, library.pages[key], path)
    )
    return "\n".join((_BEGINNING, *entries, "</urlset>", "")).encode()


def _entry(library: TracedLibrary, path: str, key: Key, number: int, part: str) -> str:
    """Return a page with its translations: as text, since a tree of a whole site takes ten times as long."""
    facts = library.pages[key].facts
    changed = max((day for day in (facts.get("date"), facts.get("updated")) if day), default=None)
    url = escape(library.config.origin_of(path) + library.url(key, path, number, part))
    lines = [f" <url>\n  <loc>{url}</loc>"]
    lines += [f"  <lastmod>{changed.isoformat()}</lastmod>"] if changed else []
    lines += [
        f'  <xhtml:link rel="alternate" hreflang="{alternate.tag}" href="{escape(alternate.url)}" />'
        for alternate in alternates_of(library, key, number, part)
    ]
    return "\n".join((*lines, " </url>"))


def sitemap_path(path: str, number: int) -> str:
    """Return the file of a part of a language's sitemap; parts are 1-based."""
    return f"{path}/sitemap.xml" if number == 1 else f"{path}/sitemap-{number}.xml"


def sitemap_parts(library: Library, path: str) -> list[Key]:
    """Return the first page of each part of a language's sitemap; the first part begins with the home page."""
    firsts, filled, most = [Key("/")], 0, most_entries(len(library.config.built))
    for key in sorted(library.pages):
        if is_mapped(library.pages[key], path):
            count = sum(1 for _ in list_pages(library, library.pages[key], path))
            if filled and filled + count > most:
                firsts.append(key)
                filled = 0
            filled += count
    return firsts


def most_entries(languages: int) -> int:
    """Return how many addresses with translations fit into a sitemap: 50,000, or 50 MB at the maximum length."""
    return min(50_000, 50_000_000 // ((languages + 1) * _LONGEST_LINE))


def is_mapped(page: Page, path: str) -> bool:
    """Whether a page is in a language's sitemap, that is, not a fallback in this language."""
    return path in page.states and page.states[path].shown == path


def _files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for path in library.locales:
        for number, first in enumerate(sitemap_parts(library, path), 1):
            yield Job(sitemap_path(path, number), name, path, first)


def _make_index(renderer: Renderer, job: Job) -> bytes:
    """Make the index of all languages' sitemaps."""
    from xml.etree import ElementTree as ET

    root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
    library = renderer.library
    for path in library.config.built:
        for number in range(1, len(sitemap_parts(library, path)) + 1):
            entry = ET.SubElement(root, f"{{{SITEMAP}}}sitemap")
            ET.SubElement(entry, f"{{{SITEMAP}}}loc").text = (
                library.config.origin_of(path) + library.config.base_path + sitemap_path(path, number)
            )
    return to_xml(root)


SITEMAPS = Output(files=_files, make=_make)
SITEMAP_INDEX = file_of_site("sitemap.xml", _make_index)
