"""The folders of a site's templates, static files and messages: the site's own first, then those of its themes."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file, read_text, unreadable, walk, was_read
from sitegen.source.leftover_files import is_litter

#: The theme that comes with the generator, by the name that site.yaml gives it.
DEFAULT = "default"
#: Endings of the files of a site, in whose place there may be no folder.
_NO_FOLDERS = (".html", ".po", ".pot")
_OWN = Path(__file__).parents[1] / "theme"


class LayerFile(Struct, frozen=True):
    """A file of a site or of one of its themes."""

    layer: int  #: 0 for the site's own, 1 for its first theme's, and so on
    folder: Path  #: the folder of the site or theme
    name: str  #: path below that folder, such as templates/page.html
    shown: str  #: path in problems: below the site's folder, or in full if it is elsewhere

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def text(self) -> str:
        """The file's text; raises SiteError if it can't be read, or is not clean UTF-8."""
        try:
            return read_text(self.folder, self.name)
        except SiteError as error:
            raise SiteError(replace(problem, path=self.shown) for problem in error.problems) from error

    def content(self) -> bytes:
        """The file's bytes; raises SiteError if it can't be read."""
        try:
            return read_file(self.folder, self.name)
        except OSError as error:
            raise SiteError([unreadable(self.shown, error)]) from error


class Layers(Struct, frozen=True):
    """A site's folder and those of its themes; a file comes from the first that has it."""

    root: Path
    themes: tuple[Path, ...] = ()

    @classmethod
    def of(cls, root: Path, names: Sequence[str]) -> Layers:
        """The layers of a site with these themes, which site.yaml names; one that is gone since it was read has no files."""
        return cls(root, tuple(folder for name in names if (folder := theme_folder(root, name))))

    def find(self, name: str, first: int = 0) -> LayerFile | None:
        """The file of that name in the first layer that has one, starting from layer `first`."""
        if ".." in name.split("/"):
            return None
        folders = (self.root, *self.themes)
        for layer, folder in enumerate(folders[first:], first):
            if was_read(folder, name) or os.path.isfile(folder / name):  # noqa: PTH113 - False for a name that is too long too
                return LayerFile(layer, folder, name, self._shown(layer, folder, name))
        return None

    def files(self, top: str) -> dict[str, LayerFile]:
        """Every file below a folder such as templates: path below it → the file of the first layer with it, sorted."""
        found: dict[str, LayerFile] = {}
        for layer, folder in reversed([*enumerate((self.root, *self.themes))]):
            names, problems = self._walk(layer, folder, top)
            if problems:
                raise SiteError(problems)
            for name in names:
                found[name.removeprefix(f"{top}/")] = LayerFile(layer, folder, name, self._shown(layer, folder, name))
        return dict(sorted(found.items()))

    def own_files(self, top: str) -> tuple[list[str], list[Problem]]:
        """Return the paths of the site's own files below a folder, and what can't be read there, in its own themes too."""
        names, problems = self._walk(0, self.root, top)
        for layer, folder in enumerate(self.themes, 1):
            if folder.is_relative_to(self.root):
                problems += self._walk(layer, folder, top)[1]
        return names, problems

    def _walk(self, layer: int, folder: Path, top: str) -> tuple[list[str], list[Problem]]:
        """Return the paths of the files below a folder of a site or theme, and the problems found there."""
        found, names = list[Problem](), list[str]()
        for place, own in walk(folder, top, found, is_litter):
            if place.endswith(_NO_FOLDERS) and top != "static":  # another layer's file would be taken, or none
                found.append(Problem(path=place, code="unreadable", message="the file can't be read: it is a folder"))
            names += [f"{place}/{entry.name}" for entry in own]
        return names, [replace(problem, path=self._shown(layer, folder, problem.path)) for problem in found]

    def _shown(self, layer: int, folder: Path, name: str) -> str:
        if layer == 0:
            return name
        return (folder.relative_to(self.root) if folder.is_relative_to(self.root) else folder).as_posix() + f"/{name}"


def theme_folder(root: Path, name: str) -> Path | None:
    """The folder of a theme: `default`, the generator's own; a folder of the site; or an installed package, which isn't run."""
    if name == DEFAULT:
        return _OWN
    folder = root / name
    if ".." not in name.split("/") and not name.startswith("/") and os.path.isdir(folder):  # noqa: PTH112 - see `find`
        return folder
    try:
        spec = importlib.util.find_spec(name) if name.isidentifier() else None
    except ValueError:  # the running program, which isn't a package
        return None
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def shipped(name: str) -> LayerFile | None:
    """A file of the theme that comes with the generator, for sites that have no theme."""
    own = Layers(_OWN).find(name)
    return replace(own, layer=1, shown=str(own.path)) if own is not None else None
