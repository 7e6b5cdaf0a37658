"""static/ → files of the site; files in static/assets/ are published with a digest in their names."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.media.metadata import without_metadata
from sitegen.model.page import Output
from sitegen.model.urls import ADMIN, ASSETS
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.files import read_file, shown, unreadable, walk
from sitegen.source.lazy_regex import lazily
from sitegen.source.leftover_files import is_litter
from sitegen.source.text import find_conflicts_in
from sitegen.source.theme_layers import LayerFile, Layers

#: Output folder of `make editor` for the browser editor; the package contains a prebuilt one.
EDITOR = "build/editor"
_MADE = Path(__file__).parents[1] / "editor/dist"
_TEXTS = (".css", ".js", ".svg", ".txt", ".json", ".html", ".xml")
_CSS_IMPORT = lazily(rb"""@import\s+["']([^"']+)["']\s*;""")
_CSS_URL = lazily(rb"""url\(\s*(["']?)([^"')\s]+)\1\s*\)""")
#: A string or an address, in which nothing is a comment; or a comment between tokens, not one that is meant to stay.
_CSS_COMMENT = lazily(
    rb"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^)]*\))|(?:\A|(?<=[\s;{},]))/\*(?![!#]).*?\*/\s*""", re.DOTALL
)


class Assets(Struct, frozen=True):
    """The files to publish, and the paths of those in static/assets/: "site.css" → "assets/site.1a2b3c4d.css"."""

    outputs: tuple[Output, ...]
    paths: Mapping[str, str]
    litter: tuple[str, ...] = ()


def load_assets(layers: Layers, *, with_editor: bool = False) -> Assets:
    """Read static/ of the site and its themes.

    In a style sheet, comments are left out except for `/*!`; a relative url() is replaced by the published name, and
    `@import "other.css";` by the contents of that file. The prefix `theme/` selects the theme's file even if the site has a file of the same name.

    Args:
        with_editor: whether to include the browser editor, as built by `make editor` in build/editor/.

    Raises:
        SiteError: a file can't be read, leads out of the site or has a merge conflict; or the editor is not built.
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
    plain = [Output(path, content) for path, content in files.items() if not path.startswith(ASSETS)]
    published = _Published(layers, {p.removeprefix(ASSETS): text for p, text in files.items() if p.startswith(ASSETS)})
    paths = published.paths()
    outputs = [Output(path, published.content(name)) for name, path in paths.items()]
    return Assets((*plain, *outputs), paths, tuple(litter))


class _Published:
    """The files of static/assets/ and their published names; a style sheet's name depends on the files it refers to."""

    def __init__(self, layers: Layers, files: Mapping[str, bytes]) -> None:
        self._layers = layers
        self._files = files
        self._contents: dict[str, bytes] = {}
        self._joined: set[str] = set()

    def paths(self) -> dict[str, str]:
        """Return file → published name; omit a style sheet that another one imports."""
        paths = {name: self.path(name) for name in sorted(self._files)}
        return {name: path for name, path in paths.items() if name not in self._joined}

    def path(self, name: str) -> str:
        """Return the published name: `site.css` → `assets/site.1a2b3c4d.css`."""
        stem, dot, ending = name.rpartition(".")
        return f"{ASSETS}{stem}.{hashlib.sha256(self.content(name)).hexdigest()[:8]}{dot}{ending}"

    def content(self, name: str) -> bytes:
        """Return a file's bytes, with published names in a style sheet; a cycle ends at a sheet's original bytes."""
        if name not in self._contents:
            self._contents[name] = self._files[name]
            if name.endswith(".css"):
                file = self._layers.find(f"static/{ASSETS}{name}")
                own = (file.layer if file else 0, name)
                self._contents[name] = self._sheet(self._files[name], own, os.path.dirname(name), (own,))
        return self._contents[name]

    def _sheet(self, content: bytes, own: tuple[int, str], top: str, above: tuple[tuple[int, str], ...]) -> bytes:
        """Return a style sheet with its imports inlined.

        Args:
            own: layer and name of the sheet.
            top: folder of the outermost sheet, into which all are inlined.
            above: the sheets that import this one; they are not inlined again.
        """

        def join(found: re.Match[bytes]) -> bytes:
            file = self._imported(own, found[1].decode("utf-8", "replace"))
            if file is None:
                return found[0]
            part = (file.layer, file.name.removeprefix(f"static/{ASSETS}"))
            if self._layers.find(file.name) == file:
                self._joined.add(part[1])
            return b"" if part in above else self._sheet(file.content(), part, top, (*above, part))

        folder = os.path.dirname(own[1])
        content = _CSS_COMMENT.sub(lambda found: found[1] or b"", content)
        return _CSS_IMPORT.sub(join, _CSS_URL.sub(lambda found: self._rename(found, folder, top), content))

    def _imported(self, own: tuple[int, str], target: str) -> LayerFile | None:
        """Return the imported style sheet; None if it is not a file of the site or its themes."""
        if target.startswith("theme/"):
            return self._layers.find(f"static/{ASSETS}{target.removeprefix('theme/')}", own[0] + 1)
        return self._layers.find(f"static/{ASSETS}{os.path.normpath(os.path.join(os.path.dirname(own[1]), target))}")

    def _rename(self, found: re.Match[bytes], folder: str, top: str) -> bytes:
        target = os.path.normpath(os.path.join(folder, found[2].decode()))
        if target not in self._files:
            return found[0]
        return b'url("' + os.path.relpath("/" + self.path(target), "/" + ASSETS + top).encode() + b'")'


def _read_editor(root: Path) -> dict[str, bytes]:
    """Return the files of the editor, without its start page, which the site provides."""
    made = (root, EDITOR) if (root / EDITOR).is_dir() or not _MADE.is_dir() else (_MADE.parent, _MADE.name)
    files = {f"{ADMIN}{path}": content for path, content in _read(*made, [])}
    if f"{ADMIN}entry.js" not in files:
        hint = "run `make editor`; or leave out --editor, or `editor:` in site.yaml"
        raise refusal("content/site.yaml", "missing-editor", "the editor in the browser has not been built", hint)
    return files


def _conflicts(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Report unresolved merge conflicts in text files."""
    for name, content in files.items():
        if name.endswith(_TEXTS):
            yield from find_conflicts_in(f"static/{name}", content)


def _read(root: Path, folder: str, litter: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of the files in a folder; paths are in NFC, as browsers request them."""
    problems: list[Problem] = []
    for place, entries in walk(root, folder, problems):
        for entry in entries:
            path = f"{place}/{entry.name}"
            if is_litter(entry.name):
                litter.append(path)
                continue
            try:
                content = without_metadata(path, read_file(root, path, None))  # which the site trusts
            except OSError as error:
                problems.append(unreadable(shown(path), error))
            else:
                yield unicodedata.normalize("NFC", path.removeprefix(f"{folder}/")), content
    if problems:
        raise SiteError(problems)
