"""An MkDocs site as described by its files: its settings, languages and pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field

from sitegen.importers.mkdocs.languages import Languages
from sitegen.importers.mkdocs.settings import Settings
from sitegen.importers.placed_files import PlacedFiles
from sitegen.model.page import Key
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at


class MkDocsPage(Struct, frozen=True, kw_only=True):
    """A page in one language."""

    path: str  #: its old file; "" for a page that the old site lacks, as each folder has one here
    language: str
    key: Key
    title: str
    name: str = ""  #: what its front matter calls it
    summary: str = ""
    body: str = ""
    first_line: int = 1  #: the line of the old file in which the body begins


class MkDocsSite(Struct, kw_only=True, dict=True):
    """Everything read from the old site."""

    folder: Path
    settings: Settings
    docs: str  #: the folder of the texts
    languages: Languages
    placed: PlacedFiles
    pages: dict[tuple[Key, str], MkDocsPage] = field(default_factory=dict)  #: by key and language
    files: set[str] = field(default_factory=set)  #: the paths of what are not pages
    problems: list[Problem] = field(default_factory=list)

    def tell(self, path: str, message: str, hint: str = "", mark: Mark | None = None) -> None:
        """Report something that can't be imported."""
        self.problems.append(problem_at(path, "not-imported", message, mark, hint))

    @cached_property
    def keys(self) -> frozenset[Key]:
        """The keys of all pages; for when all are read."""
        return frozenset(key for key, _ in self.pages)

    @cached_property
    def keys_by_path(self) -> Mapping[str, Key]:
        """Old file → key of its page; for when all are read."""
        return {page.path: page.key for page in self.pages.values() if page.path}

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles of all pages, regardless of case; for when all are read."""
        return frozenset(page.title.casefold() for page in self.pages.values())

    def key_at(self, *paths: str) -> Key | None:
        """Return the key of the page in the first of these files that is one; None if none is."""
        return next((self.keys_by_path[path] for path in paths if path in self.keys_by_path), None)
