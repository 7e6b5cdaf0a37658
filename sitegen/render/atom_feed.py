"""Atom feeds.

Another format is an output of its own: see `output_formats.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from sitegen.library.library import Library
from sitegen.model.page import Key
from sitegen.model.urls import url_of_file
from sitegen.render.file_names import FEED
from sitegen.render.jobs import Job, Output
from sitegen.render.language_scope import Scope
from sitegen.render.page_views import PageView, last_change
from sitegen.render.renderer import Renderer
from sitegen.render.site_view import SiteView
from sitegen.render.xml import ATOM, XML_LANG, add_child, to_xml

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

FEED_LENGTH = 20


def _make(renderer: Renderer, job: Job) -> bytes:
    """Make an Atom feed (RFC 4287) of the newest pages of a dated collection, or of all of them for the home page."""
    from xml.etree import ElementTree as ET

    scope = renderer.scopes[job.language]
    library = renderer.library
    entries = _newest(library, scope, job.key)
    page = scope.page(job.key)
    own_url = scope.origin + url_of_file(library.config.base_path, job.path)
    feed = ET.Element(f"{{{ATOM}}}feed", {XML_LANG: scope.locale.tag})
    add_child(feed, "id", own_url)
    add_child(feed, "title", page.title)
    latest = max((last_change(entry) for entry in entries), default=dt.date(1970, 1, 1))
    add_child(feed, "updated", _moment(library, latest))
    ET.SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": own_url})
    ET.SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page.absolute_url})
    author = ET.SubElement(feed, f"{{{ATOM}}}author")
    add_child(author, "name", SiteView(scope).title)
    for entry in entries:
        _entry(feed, library, entry)
    return to_xml(feed)


def _newest(library: Library, scope: Scope, key: Key) -> list[PageView]:
    """Return the newest children of a dated collection; for the home page, those of all dated collections."""
    dated = [key] if key != "/" else [own for own in library.pages if library.kind(own).children.has_feed]
    children = {child for owner in dated for child in library.children(owner, scope.locale.path)}
    pages = (scope.page(child) for child in library.sorted(children, "-date", scope.locale.path))
    return list(islice((page for page in pages if page.date is not None and page.is_listed), FEED_LENGTH))


def _entry(feed: ET.Element, library: Library, page: PageView) -> None:
    from xml.etree import ElementTree as ET

    entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
    add_child(entry, "id", page.absolute_url)
    add_child(entry, "title", page.title)
    add_child(entry, "published", _moment(library, page.date))
    add_child(entry, "updated", _moment(library, last_change(page)))
    ET.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page.absolute_url})
    if page.summary:
        add_child(entry, "summary", page.summary)


def _moment(library: Library, day: dt.date) -> str:
    """Return the start of a day in the site's time zone in RFC 3339 format."""
    moment = dt.datetime.combine(day, dt.time(), tzinfo=library.config.time_zone)
    offset = moment.utcoffset()
    # The offset of local mean time, before time zones, includes seconds, which RFC 3339 can't express; and in UTC the first
    # day of the year 1 would begin before it.
    if offset is not None and offset.total_seconds() % 60:
        is_first = day == dt.date.min and offset > dt.timedelta()
        moment = moment.replace(tzinfo=dt.UTC) if is_first else moment.astimezone(dt.UTC)
    return moment.isoformat()


def _files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    """Yield a job for each dated collection but the home page, and one for all of them, in each language."""
    for page in library.pages.values():
        if page.key != "/" and library.kind(page.key).children.has_feed:
            for language in page.states:
                yield Job(library.file_beside(page.key, language, FEED), name, language, page.key)
    yield from (Job(f"{language}/{FEED}", name, language) for language in library.locales)


FEEDS = Output(files=_files, make=_make)
