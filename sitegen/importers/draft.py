"""What an importer makes of a site: the files of a site here."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sitegen.problems.problem import Problem


class Draft(Struct, frozen=True, kw_only=True):
    """A site that has been read, as files of a site here.

    Attributes:
        texts: path → text; content/site.yaml and content/kinds.yaml among them.
        files: path here → path below the old folder, of what is copied.
        taxonomies: fields that list pages of terms.
        problems: what could not be imported, with paths below the old folder.
        pages: how many pages it has, and how many texts in all languages.
    """

    texts: Mapping[str, str]
    files: Mapping[str, str]
    taxonomies: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    pages: int
    versions: int
