"""Sitemaps."""

from __future__ import annotations

from bisect import bisect_left
from xml.etree import ElementTree as ET

from sitegen.render.jobs import Job, is_mapped, list_pages, sitemap_parts, sitemap_path
from sitegen.render.renderer import Renderer
from sitegen.render.views import PageView, last_change
from sitegen.render.xml import SITEMAP, XHTML, to_xml


def make_sitemap(renderer: Renderer, job: Job) -> bytes:
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


def make_sitemap_index(renderer: Renderer, job: Job) -> bytes:
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
