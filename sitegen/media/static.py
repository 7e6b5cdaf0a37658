"""static/ → files of the site; what lies in static/assets/ is published under a name that carries its digest."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sitegen.model.values import Output
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.yaml import Source, find_conflicts

#: Where `make editor` leaves the editor in the browser.
EDITOR = "build/editor"
_TEXTS = (".css", ".js", ".svg", ".txt", ".json", ".html", ".xml")
_CSS_URL = re.compile(rb"""url\(\s*(["']?)([^"')\s]+)\1\s*\)""")


@dataclass(frozen=True, slots=True)
class Assets:
    """The files to publish, and where each of static/assets/ is found: "site.css" → "assets/site.1a2b3c4d.css"."""

    outputs: tuple[Output, ...]
    paths: Mapping[str, str]


def load_assets(root: Path, *, with_editor: bool = False) -> Assets:
    """Read static/; a style sheet's relative url() is rewritten to the published name.

    Args:
        with_editor: with the editor in the browser, as `make editor` has left it in build/editor/.

    Raises:
        SiteError: a file can't be read, leads out of the site, or has a conflict; the editor is not made.
    """
    own = dict(_read(root, "static"))
    if problems := [*_conflicts(own)]:
        raise SiteError(problems)
    files = {**own, **(_read_editor(root) if with_editor else {})}
    plain = [Output(path, content) for path, content in files.items() if not path.startswith("assets/")]
    named = {path.removeprefix("assets/"): content for path, content in files.items() if path.startswith("assets/")}
    published = _Published(named)
    outputs = [Output(published.path(name), published.content(name)) for name in sorted(named)]
    return Assets((*plain, *outputs), {name: published.path(name) for name in sorted(named)})


class _Published:
    """The files of static/assets/ under the names that they get; a style sheet's name depends on those it names."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._contents: dict[str, bytes] = {}

    def path(self, name: str) -> str:
        """`site.css` → `assets/site.1a2b3c4d.css`."""
        stem, dot, ending = name.rpartition(".")
        return f"assets/{stem}.{hashlib.sha256(self.content(name)).hexdigest()[:8]}{dot}{ending}"

    def content(self, name: str) -> bytes:
        """Its bytes, a style sheet's with the published names; of two that name each other one keeps the plain name."""
        if name not in self._contents:
            self._contents[name] = self._files[name]
            if name.endswith(".css"):
                folder = os.path.dirname(name)
                self._contents[name] = _CSS_URL.sub(lambda found: self._rename(found, folder), self._files[name])
        return self._contents[name]

    def _rename(self, found: re.Match[bytes], folder: str) -> bytes:
        target = os.path.normpath(os.path.join(folder, found[2].decode()))
        if target not in self._files:
            return found[0]
        return b'url("' + os.path.relpath("/" + self.path(target), "/assets/" + folder).encode() + b'")'


def _read_editor(root: Path) -> dict[str, bytes]:
    """The files of the editor; its start page is the site's own."""
    files = {f"admin/{path}": content for path, content in _read(root, EDITOR)}
    if "admin/entry.js" not in files:
        hint = "run `make editor`, or take `editor:` out"
        raise SiteError(
            [Problem(path="content/site.yaml", code="missing-editor", message="the editor is not made", hint=hint)]
        )
    return files


def _conflicts(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Where two changes of a text in static/ were not joined."""
    for name, content in files.items():
        if name.endswith(_TEXTS) and b"\n>>>>>>> " in content:
            text = content.decode("utf-8", "replace").replace("\r\n", "\n")
            yield from find_conflicts(Source.of(f"static/{name}", text), text)


def _read(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    inside = os.path.realpath(root / folder) + os.sep
    for path in sorted((root / folder).rglob("*")):
        shown = path.relative_to(root).as_posix()
        if path.is_symlink() and not os.path.realpath(path).startswith(inside):
            raise SiteError(
                [
                    Problem(
                        path=shown,
                        code="symlink",
                        message="a link that leads out of the site",
                        hint="put the file itself here",
                    )
                ]
            )
        if path.is_file() and not path.name.startswith(".#") and not path.name.endswith("~"):
            try:
                yield path.relative_to(root / folder).as_posix(), path.read_bytes()
            except OSError as error:
                message = f"the file can't be read: {(error.strerror or str(error)).lower()}"
                raise SiteError([Problem(path=shown, code="unreadable", message=message)]) from error
