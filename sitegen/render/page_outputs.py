"""Outputs for each page, and for each file beside a page."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.library.library import Library
from sitegen.library.lists import list_pages
from sitegen.library.redirects import aliases
from sitegen.media.camera_traces import without_traces
from sitegen.media.images import CHOICES, variant, widths_of
from sitegen.media.social_cards import draw
from sitegen.problems.problem import SiteError
from sitegen.render.file_names import CARD
from sitegen.render.jobs import Job, Output
from sitegen.render.page_views import PageView
from sitegen.render.renderer import Renderer
from sitegen.render.site_view import SiteView
from sitegen.source.files import read_file, unreadable
from sitegen.source.html import escape


def _pages(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for page in library.pages.values():
        for language in page.states:
            for part, number in list_pages(library, page, language):
                yield Job(library.file(page.key, language, number, part), name, language, page.key, number, part)


def _make_page(renderer: Renderer, job: Job) -> bytes:
    scope = renderer.scopes[job.language]
    page = PageView(scope, job.key, job.number, job.name)  # not a shared view, so that its text is freed once written
    return renderer.template(job.language, renderer.library.kind(job.key).template, page=page)


def _cards(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    """Yield a job for each page and language, except fallbacks."""
    for page in library.pages.values():
        for language in page.states:
            if language in page.versions and renderer.scopes[language].has_cards:
                yield Job(library.file_beside(page.key, language, CARD), name, language, page.key)


def _make_card(renderer: Renderer, job: Job) -> bytes:
    """Return the picture for sharing a page; it is cached until the texts on it change."""
    scope, card = renderer.scopes[job.language], renderer.card
    assert card is not None
    page = scope.page(job.key)
    title, site = str(page.title), str(SiteView(scope).title)
    label = scope.locale.date(page.date) if card.label and page.date else ""
    path = renderer.library.shown(job.key, job.language).path
    key = card.key(scope.locale, title, site, label)
    return renderer.cache.get(key, lambda: draw(card, scope.locale, title, site, path, label))


def _redirects(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for page in library.pages.values():
        yield from (Job(target, name, language, page.key) for target, language in aliases(library, page))


def _make_redirect(renderer: Renderer, job: Job) -> bytes:
    """Return a page that redirects from an old address, for hosts without redirects."""
    page = renderer.scopes[job.language].page(job.key)
    url, title = escape(page.url), escape(page.title)
    return (
        f'<!doctype html><html lang="{page.shown.tag}" dir="{page.shown.dir}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{escape(page.canonical_url)}"><meta http-equiv="refresh" content="0; url={url}">'
        f'</head><body><main><h1><a href="{url}">{title}</a></h1></main></body></html>\n'
    ).encode()


def _files(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    for key, own, path in library.published_files():
        if not library.pictures.applies_to(path):
            yield Job(library.file_target(key, own), name, next(iter(library.locales)), key, name=own)


def _make_file(renderer: Renderer, job: Job) -> bytes:
    path = renderer.library.files[job.key, job.name]
    try:
        return without_traces(path, read_file(renderer.root, path))
    except OSError as error:
        raise SiteError([unreadable(path, error)]) from error


def _pictures(name: str, library: Library, renderer: Renderer) -> Iterator[Job]:
    language = next(iter(library.locales))
    for key, own, path in library.published_files():
        if library.pictures.applies_to(path):
            target = library.file_target(key, own)
            widths = widths_of(library.pictures.size(path)[0], library.pictures.widths)
            yield Job(target, name, language, key, widths[-1], own)
            for ending in CHOICES:
                yield from (Job(variant(target, width, ending), name, language, key, width, own) for width in widths)


def _make_picture(renderer: Renderer, job: Job) -> bytes:
    """Return a variant of a picture beside a page, in the format of the job's file extension."""
    path, pictures = renderer.library.files[job.key, job.name], renderer.library.pictures
    ending = job.path.rpartition(".")[2] if job.path.rpartition(".")[2] in CHOICES else ""
    return renderer.cache.get(pictures.key(path, job.number, ending), lambda: pictures.make(path, job.number, ending))


PAGES = Output(files=_pages, make=_make_page)
CARDS = Output(files=_cards, make=_make_card)
REDIRECTS = Output(files=_redirects, make=_make_redirect)
FILES = Output(files=_files, make=_make_file, is_localized=False)
PICTURES = Output(files=_pictures, make=_make_picture, is_localized=False)
