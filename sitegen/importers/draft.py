"""The result of an importer: a site converted to files in our format."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sitegen.problems.problem import Problem


class Draft(Struct, frozen=True, kw_only=True):
    """An imported site, as files in our format.

    Attributes:
        texts: path → text, including content/site.yaml and content/kinds.yaml.
        files: new path → path in the old folder, for the files to copy.
        taxonomies: fields that list pages of terms.
        problems: what could not be imported, with paths relative to the old folder.
        pages: the number of pages.
        versions: the number of texts of these pages in all languages.
    """

    texts: Mapping[str, str]
    files: Mapping[str, str]
    taxonomies: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    pages: int
    versions: int
