"""Sitemaps."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sitegen.render.jobs import Job, list_pages
from sitegen.render.renderer import Renderer
from sitegen.render.views import PageView, last_change
from sitegen.render.xml import SITEMAP, XHTML, to_xml


def make_sitemap(renderer: Renderer, job: Job) -> bytes:
    """A language's own pages with their translations; fallback pages stand in none."""
    scope = renderer.scopes[job.language]
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for key, page in renderer.library.pages.items():
        if job.language in page.states and page.states[job.language].shown == job.language:
            for part, number in list_pages(renderer.library, page, job.language):
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
    for path in renderer.library.config.built:
        entry = ET.SubElement(root, f"{{{SITEMAP}}}sitemap")
        ET.SubElement(entry, f"{{{SITEMAP}}}loc").text = f"{renderer.library.config.base_url}{path}/sitemap.xml"
    return to_xml(root)
