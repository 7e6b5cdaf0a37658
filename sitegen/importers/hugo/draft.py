"""Imports a Hugo site as a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sitegen.importers.draft import Draft
from sitegen.importers.hugo.pages import adopt
from sitegen.importers.hugo.reader import read_site
from sitegen.importers.hugo.writer import Rewriter
from sitegen.problems.problem import Problem

_LOOKS = "templates and styles are not imported", "the theme is used; write templates/ for what should look different"
#: Folder of a Hugo site that is not imported → (message, hint).
_NOT_CONTENT = {
    "archetypes": ("patterns of new pages are not imported", "`new` asks for what content/kinds.yaml declares"),
    "data": ("data files are not imported", "make pages of them, or put them beside the page that shows them"),
    "i18n": ("messages of the interface are not imported", "the theme has its own; translations/ overrides them"),
    "layouts": _LOOKS,
    "themes": _LOOKS,
}


def read_hugo(folder: Path) -> Draft:
    """Read a Hugo site.

    Raises:
        SiteError: there is no Hugo site, or its settings can't be read.
    """
    rewriter = Rewriter(folder, adopt(read_site(folder)))
    texts, adopted = rewriter.texts(), rewriter.adopted
    beside = {f"content{owner}{name}": source for (owner, name), source in rewriter.links.taken.items()}
    static = {path: path for path in adopted.site.shared.values() if path.startswith("static/")}
    return Draft(
        texts=texts,
        files={**static, **beside},
        taxonomies=tuple(taxonomy.plural for taxonomy in adopted.taxonomies),
        problems=(*adopted.site.problems, *adopted.problems, *rewriter.problems, *_left_behind(folder)),
        pages=len(adopted.families),
        versions=sum(len(family.versions) for family in adopted.families.values()),
    )


def _left_behind(folder: Path) -> Iterator[Problem]:
    for name, (message, hint) in _NOT_CONTENT.items():
        if (folder / name).is_dir() and any((folder / name).iterdir()):
            yield Problem(path=name, code="not-imported", message=message, hint=hint)
