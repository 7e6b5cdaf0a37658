"""static/ → files of the site; what lies in static/assets/ is published under a name that carries its digest."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.media.metadata import without_metadata
from sitegen.model.values import Output
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file, shown, unreadable, walk
from sitegen.source.layers import LayerFile, Layers
from sitegen.source.litter import is_litter
from sitegen.source.text import Source, find_conflicts

#: Folder of static/ whose files are published under a name with their digest.
_TOP = "assets/"
#: Where `make editor` leaves the editor in the browser; the package brings one that is made already.
EDITOR = "build/editor"
_MADE = Path(__file__).parents[1] / "editor/dist"
_TEXTS = (".css", ".js", ".svg", ".txt", ".json", ".html", ".xml")
_CSS_IMPORT = re.compile(rb"""@import\s+["']([^"']+)["']\s*;""")
_CSS_URL = re.compile(rb"""url\(\s*(["']?)([^"')\s]+)\1\s*\)""")


class Assets(Struct, frozen=True):
    """The files to publish, and where each of static/assets/ is found: "site.css" → "assets/site.1a2b3c4d.css"."""

    outputs: tuple[Output, ...]
    paths: Mapping[str, str]
    litter: tuple[str, ...] = ()


def load_assets(layers: Layers, *, with_editor: bool = False) -> Assets:
    """Read static/ of the site and of its themes. In a style sheet a relative url() becomes the published name, and
    `@import "other.css";` that file itself; `theme/` before its name asks for the theme's, where the site has its own.

    Args:
        with_editor: with the editor in the browser, as `make editor` has left it in build/editor/.

    Raises:
        SiteError: a file can't be read, leads out of the site, or has a conflict; the editor is not made.
    """
    root = layers.root
    litter: list[str] = []
    own = dict(_read(root, "static", litter))
    if problems := [*_conflicts(own)]:
        raise SiteError(problems)
    themes = {
        name: file.content()
        for name, file in layers.files("static").items()
        if file.layer and not is_litter(file.path.name)
    }
    files = {**themes, **own, **(_read_editor(root) if with_editor else {})}
    plain = [Output(path, content) for path, content in files.items() if not path.startswith(_TOP)]
    published = _Published(layers, {p.removeprefix(_TOP): text for p, text in files.items() if p.startswith(_TOP)})
    paths = published.paths()
    outputs = [Output(path, published.content(name)) for name, path in paths.items()]
    return Assets((*plain, *outputs), paths, tuple(litter))


class _Published:
    """The files of static/assets/ under the names that they get; a style sheet's name depends on those it names."""

    def __init__(self, layers: Layers, files: Mapping[str, bytes]) -> None:
        self._layers = layers
        self._files = files
        self._contents: dict[str, bytes] = {}
        self._joined: set[str] = set()

    def paths(self) -> dict[str, str]:
        """Each file's published name; a style sheet that is part of another is not published by itself."""
        paths = {name: self.path(name) for name in sorted(self._files)}
        return {name: path for name, path in paths.items() if name not in self._joined}

    def path(self, name: str) -> str:
        """`site.css` → `assets/site.1a2b3c4d.css`."""
        stem, dot, ending = name.rpartition(".")
        return f"{_TOP}{stem}.{hashlib.sha256(self.content(name)).hexdigest()[:8]}{dot}{ending}"

    def content(self, name: str) -> bytes:
        """Its bytes, a style sheet's with the published names; of two that name each other one keeps the plain name."""
        if name not in self._contents:
            self._contents[name] = self._files[name]
            if name.endswith(".css"):
                file = self._layers.find(f"static/{_TOP}{name}")
                own = (file.layer if file else 0, name)
                self._contents[name] = self._sheet(self._files[name], own, os.path.dirname(name), (own,))
        return self._contents[name]

    def _sheet(self, content: bytes, own: tuple[int, str], top: str, above: tuple[tuple[int, str], ...]) -> bytes:
        """A style sheet with those that it imports in their place.

        Args:
            own: its layer and name.
            top: folder of the sheet that all this becomes part of.
            above: the sheets that import this one, which are not joined once more.
        """

        def join(found: re.Match[bytes]) -> bytes:
            file = self._imported(own, found[1].decode("utf-8", "replace"))
            if file is None:
                return found[0]
            part = (file.layer, file.name.removeprefix(f"static/{_TOP}"))
            if self._layers.find(file.name) == file:
                self._joined.add(part[1])
            return b"" if part in above else self._sheet(file.content(), part, top, (*above, part))

        folder = os.path.dirname(own[1])
        return _CSS_IMPORT.sub(join, _CSS_URL.sub(lambda found: self._rename(found, folder, top), content))

    def _imported(self, own: tuple[int, str], target: str) -> LayerFile | None:
        """The style sheet that another imports; None for one that is no file of ours."""
        if target.startswith("theme/"):
            return self._layers.find(f"static/{_TOP}{target.removeprefix('theme/')}", own[0] + 1)
        return self._layers.find(f"static/{_TOP}{os.path.normpath(os.path.join(os.path.dirname(own[1]), target))}")

    def _rename(self, found: re.Match[bytes], folder: str, top: str) -> bytes:
        target = os.path.normpath(os.path.join(folder, found[2].decode()))
        if target not in self._files:
            return found[0]
        return b'url("' + os.path.relpath("/" + self.path(target), "/" + _TOP + top).encode() + b'")'


def _read_editor(root: Path) -> dict[str, bytes]:
    """The files of the editor; its start page is the site's own."""
    made = root / EDITOR if (root / EDITOR).is_dir() or not _MADE.is_dir() else _MADE
    files = {f"admin/{path}": content for path, content in _read(*_split(made), [])}
    if "admin/entry.js" not in files:
        hint = "run `make editor`; or leave out --editor, or `editor:` in site.yaml"
        raise SiteError(
            [
                Problem(
                    path="content/site.yaml",
                    code="missing-editor",
                    message="the editor in the browser has not been built",
                    hint=hint,
                )
            ]
        )
    return files


def _split(folder: Path) -> tuple[Path, str]:
    """A folder that may itself be a link, as a root and a name."""
    real = folder.resolve()
    return real.parent, real.name


def _conflicts(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Where two changes of a text in static/ were not joined."""
    for name, content in files.items():
        if name.endswith(_TEXTS) and b"\n>>>>>>> " in content:
            text = content.decode("utf-8", "replace").replace("\r\n", "\n")
            yield from find_conflicts(Source.of(f"static/{name}", text), text)


def _read(root: Path, folder: str, litter: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files below a folder: path there → bytes; names as browsers ask for them, accents composed."""
    problems: list[Problem] = []
    for place, entries in walk(root, folder, problems):
        for entry in entries:
            path = f"{place}/{entry.name}"
            if is_litter(entry.name):
                litter.append(path)
                continue
            try:
                content = without_metadata(read_file(root, path))
            except OSError as error:
                problems.append(unreadable(shown(path), error))
            else:
                yield unicodedata.normalize("NFC", path.removeprefix(f"{folder}/")), content
    if problems:
        raise SiteError(problems)
