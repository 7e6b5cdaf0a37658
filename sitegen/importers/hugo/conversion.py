"""Imports a Hugo site as a draft."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from sitegen.importers.draft import Draft
from sitegen.importers.hugo.links import Links
from sitegen.importers.hugo.pages import adopt
from sitegen.importers.hugo.reader import read_site
from sitegen.importers.hugo.writer import texts_of
from sitegen.importers.placed_files import PlacedFiles
from sitegen.media.file_types import is_run
from sitegen.problems.problem import Problem, counted

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
    """Read a Hugo site; raises SiteError if there is no Hugo site, or its settings can't be read."""
    adopted, problems = adopt(read_site(folder)), list[Problem]()
    links = Links(adopted, PlacedFiles(folder))
    texts = texts_of(folder, adopted, links, problems)
    links.place_left()
    beside = {f"content{owner}{name}": source for (owner, name), source in links.files.taken.items()}
    static = adopted.site.static
    return Draft(
        texts=texts,
        files={**static, **beside},
        taxonomies=tuple(taxonomy.plural for taxonomy in adopted.taxonomies),
        problems=(
            *adopted.site.problems,
            *adopted.problems,
            *problems,
            *_left_behind(folder),
            *_unnamed({*adopted.site.shared.values()} - {*static.values()} - links.files.of.keys()),
            *_to_review(static),
        ),
        pages=len(adopted.families),
        versions=sum(len(family.versions) for family in adopted.families.values()),
    )


def _to_review(static: Mapping[str, str]) -> Iterator[Problem]:
    """Name what was copied to static/ and acts in the name of the site: files beside pages may not, those there may."""
    run = sorted(filter(is_run, static))
    if run:
        others = f" and {counted(len(run) - 1, 'other')}" if run[1:] else ""
        message = f"browsers or servers run files of this type: {run[0]}{others}"
        hint = "review them as code before you publish, and delete what you don't need"
        yield Problem(path="static", code="not-imported", message=message, hint=hint)


def _unnamed(left: Collection[str]) -> Iterator[Problem]:
    """Tell of the files in assets/ that no text names."""
    if left:
        message = f"{counted(len(left), 'file')} that no text names, such as {min(left)}, can't be imported"
        hint = "put what readers need into static/, or beside a page"
        yield Problem(path="assets", code="not-imported", message=message, hint=hint)


def _left_behind(folder: Path) -> Iterator[Problem]:
    for name, (message, hint) in _NOT_CONTENT.items():
        if (folder / name).is_dir() and any((folder / name).iterdir()):
            yield Problem(path=name, code="not-imported", message=message, hint=hint)
