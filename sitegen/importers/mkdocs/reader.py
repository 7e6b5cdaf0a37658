"""Reads an MkDocs site: its settings, its pages in each language, and which other files it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sitegen.importers.infer import title_of
from sitegen.importers.keys import key_of
from sitegen.importers.mkdocs.front_matter import read_page
from sitegen.importers.mkdocs.languages import read_languages
from sitegen.importers.mkdocs.settings import docs_folder, read_settings
from sitegen.importers.mkdocs.site import MkDocsPage, MkDocsSite
from sitegen.importers.placed_files import PlacedFiles, hidden_problems
from sitegen.model.page import Key
from sitegen.model.urls import ancestor_keys
from sitegen.problems.problem import refusal
from sitegen.source.files import walk
from sitegen.source.limits import within_limits

#: The ending of a page's file.
PAGE_ENDING = re.compile(r"\.(?:md|markdown)\Z")


def read_site(folder: Path) -> MkDocsSite:
    """Read a site; raises SiteError if its settings are missing or can't be read, or there are no pages."""
    settings = read_settings(folder)
    languages, docs = read_languages(settings), docs_folder(settings)
    site = MkDocsSite(folder=folder, settings=settings, docs=docs, languages=languages, placed=PlacedFiles(folder))
    _read_pages(site)
    if not site.pages:
        hint = "name the folder that contains mkdocs.yml"
        raise refusal(docs, "not-imported", f"there are no pages in '{docs}'", hint)
    _leave_out_empty_languages(site)
    _add_missing_pages(site)
    return site


def _read_pages(site: MkDocsSite) -> None:
    for path in sorted(_paths(site)):
        if not PAGE_ENDING.search(path):
            site.files.add(path)
            continue
        stem, language = site.languages.split(PAGE_ENDING.sub("", path.removeprefix(f"{site.docs}/")))
        folder, _, name = stem.rpartition("/")
        key = key_of(folder if name.lower() in ("index", "readme") else stem)
        if (key, language) in site.pages:
            site.tell(path, f"the same page as {site.pages[key, language].path}", "join the two, or rename one")
        else:
            site.pages[key, language] = within_limits(path, partial(read_page, site, path, language, key))


def _paths(site: MkDocsSite) -> Iterator[str]:
    """Yield the files below the folder of the texts, and report those with hidden names."""
    hidden: list[str] = []

    def is_hidden(name: str) -> bool:
        if name.startswith("."):
            hidden.append(name)
        return name.startswith(".")

    for folder, files in walk(site.folder, site.docs, site.problems, is_hidden):
        site.problems += (problem for name in hidden for problem in hidden_problems(f"{folder}/{name}"))
        hidden.clear()
        yield from (f"{folder}/{entry.name}" for entry in files)


def _leave_out_empty_languages(site: MkDocsSite) -> None:
    """Leave out the languages without a page, in each of which every page would be shown in another one."""
    written = {language for _, language in site.pages} | {site.languages.default}
    for locale in [locale for locale in site.languages.tags if locale not in written]:
        del site.languages.tags[locale]
        hint = "add it to `languages` in content/site.yaml once it has some"
        site.tell(site.settings.path, f"the language '{locale}' is left out, as it has no pages", hint)


def _add_missing_pages(site: MkDocsSite) -> None:
    """Add pages for the home page and for folders that lack one."""
    written, language = {key for key, _ in site.pages}, site.languages.default
    needed = {Key("/"), *(above for key in written for above in ancestor_keys(key))}
    for key in sorted(needed - written):
        title = site.settings.title if key == "/" else title_of(key)
        site.pages[key, language] = MkDocsPage(path="", language=language, key=key, title=title)
