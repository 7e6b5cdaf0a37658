"""Imports an MkDocs site as a draft: its pages in all languages, its navigation, its files.

Texts stay unchanged, since the imported site also uses Python-Markdown; only links to pages and files are rewritten.
Languages are those of the i18n plugin, by file name (`page.fr.md`) or by folder (`fr/page.md`).
"""

from __future__ import annotations

from pathlib import Path

from sitegen.importers.draft import Draft
from sitegen.importers.keys import key_of
from sitegen.importers.mkdocs.navigation import Navigation
from sitegen.importers.mkdocs.reader import read_site
from sitegen.importers.mkdocs.site import MkDocsSite
from sitegen.importers.mkdocs.unused_settings import find_unused
from sitegen.importers.mkdocs.writer import texts_of
from sitegen.model.site_yaml import known_extensions


def read_mkdocs(folder: Path) -> Draft:
    """Read an MkDocs site; raises SiteError if the settings are missing or can't be read, or there are no pages."""
    site, extensions = read_site(folder), known_extensions()
    navigation = Navigation(site)
    navigation.tell_others()
    texts = texts_of(site, navigation, extensions)
    _place_left(site)
    return Draft(
        texts=texts,
        files={f"content{key}{name}": source for (key, name), source in site.placed.taken.items()},
        problems=(*site.problems, *find_unused(site.settings, extensions)),
        pages=len(site.keys),
        versions=len(site.pages),
    )


def _place_left(site: MkDocsSite) -> None:
    """Place the files that no text names, each beside the nearest page."""
    keys = {key: key for key in site.keys}
    for path in sorted(site.files):
        below, language = site.languages.split(path.removeprefix(f"{site.docs}/"))
        site.placed.place_left(path, key_of(below.rpartition("/")[0]), keys.get, language)
