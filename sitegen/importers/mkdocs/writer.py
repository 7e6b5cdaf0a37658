"""Writes an MkDocs site in our format: pages, kinds.yaml, site.yaml."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from sitegen.importers.mkdocs.bodies import relinked
from sitegen.importers.mkdocs.navigation import Navigation
from sitegen.importers.mkdocs.site import MkDocsPage, MkDocsSite
from sitegen.importers.site_settings import first_lines
from sitegen.model.base_url import is_site_url
from sitegen.problems.safe_output import shortened
from sitegen.source.front_matter import page_text
from sitegen.source.limits import within_limits
from sitegen.source.scalars import scalar

_KINDS = """\
# Made from an MkDocs site; from now on it is yours.

page:
  template: page.html
  children: {kind: page, sort: order}
"""
_SHORT_TITLE = "  words:\n    short_title: {type: text}\n"


def texts_of(site: MkDocsSite, navigation: Navigation, extensions: Collection[str]) -> dict[str, str]:
    """Return path → text for all pages and the settings.

    Args:
        extensions: the extensions of Markdown that can be used here.
    """
    pages = site.pages.values()
    texts = {
        f"content{page.key}index.{page.language}.md": within_limits(page.path, partial(_page, site, page, navigation))
        for page in pages
    }
    texts["content/kinds.yaml"] = _KINDS + _SHORT_TITLE * any(_short_title(site, page, navigation) for page in pages)
    texts["content/site.yaml"] = "".join(f"{line}\n" for line in _settings(site, navigation, extensions))
    return texts


def _page(site: MkDocsSite, page: MkDocsPage, navigation: Navigation) -> str:
    default = site.languages.default
    is_source = page.language == default or (page.key, default) not in site.pages
    front = [f"order: {navigation.orders[page.key]}"] if is_source and page.key in navigation.orders else []
    front.append(f"title: {scalar(page.title)}")
    front += [f"summary: {scalar(page.summary)}"] if page.summary else []
    short = _short_title(site, page, navigation)
    front += [f"short_title: {scalar(short)}"] if short else []
    if page.name not in ("", page.title, short):
        message = f"title: '{shortened(page.name)}' is left out: a heading is the page's title, and nav names it"
        site.tell(page.path, message, "write it as title or short_title of the page, if it is better")
    return page_text(front, relinked(site, page).strip("\n"))


def _short_title(site: MkDocsSite, page: MkDocsPage, navigation: Navigation) -> str:
    """Return the page's name in the navigation, or else in its front matter; "" if it has none, or it is the title."""
    name = site.languages.nav_name(page.language, navigation.names.get(page.key, "")) or page.name
    return "" if name == page.title else name


def _settings(site: MkDocsSite, navigation: Navigation, extensions: Collection[str]) -> Iterator[str]:
    settings, languages = site.settings, site.languages
    base = settings.text_of("site_url")
    if base and not is_site_url(base):
        message, hint = f"site_url: '{base}' is not the address of a site", "write it as base_url in content/site.yaml"
        site.problems.append(settings.loss(message, hint, settings.line_of_key("site_url")))
    titles = {locale: languages.titles.get(locale, settings.title) for locale in languages.tags}
    yield from first_lines(
        "an MkDocs site", titles=titles, base_url=base, source=languages.default, tags=languages.tags
    )
    yield f"unprefixed: {languages.default}"
    yield "theme: default"
    listed = (own for own in settings.options("markdown_extensions") if own in extensions and own != "toc")
    used = ", ".join(dict.fromkeys(("tables", "fenced_code", *listed)))
    yield f"markdown: {{engine: python-markdown, extensions: [{used}]}}"
    if menu := list(navigation.menu()):
        yield f"menus:\n  main: [{', '.join(menu)}]"
