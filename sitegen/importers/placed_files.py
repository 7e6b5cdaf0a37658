"""The files of an old site, each beside the page that it belongs to or that first links to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from sitegen.content.content_files import SETTINGS
from sitegen.importers.free_names import FreeNames
from sitegen.model.page import Key
from sitegen.model.urls import ancestor_keys
from sitegen.problems.problem import Problem
from sitegen.source.files import read_file, shown
from sitegen.source.leftover_files import is_litter

_PAGE_FILE = re.compile(r"index\.[A-Za-z0-9-]+\.md", re.IGNORECASE)


class PlacedFiles:
    """Places files beside pages.

    Attributes:
        of: path of a file in the old site → (page that it is placed beside, its name).
        taken: the inverse of `of`; for identical files, the first of them.
    """

    def __init__(self, folder: Path) -> None:
        self.of: dict[str, tuple[Key, str]] = {}
        self.taken: dict[tuple[Key, str], str] = {}
        self._alike: dict[tuple[Key, str, bytes], str] = {}
        self._names: dict[Key, FreeNames] = {}
        self._digest = cache(partial(_digest, folder))

    def link(self, source: str, own: Key) -> str:
        """Return the link from a page to a file, placing the file beside the page if it has no place yet."""
        if source not in self.of:
            self.place(source, own, source.rpartition("/")[2])
        owner, name = self.of[source]
        return name if owner == own else owner + name

    def place(self, source: str, owner: Key, name: str, language: str = "") -> None:
        """Place a file beside a page; if another file has its name, add the language or a number.

        Leading `_` and `.` are removed, as files with such names are not published.
        """
        wanted = _plain(name, owner)
        other = self.taken.get((owner, wanted))
        if other is None:
            self._take(source, owner, wanted, language)
        elif other == source or self._digest(other) == self._digest(source):
            self.of[source] = (owner, wanted)
        else:
            alike = (owner, wanted, self._digest(source))
            if alike not in self._alike:
                self._alike[alike] = self._take(source, owner, wanted, language)
            self.of[source] = (owner, self._alike[alike])

    def place_left(self, source: str, folder: Key, owner_of: Callable[[Key], Key | None], language: str = "") -> None:
        """Place a file that no text names beside the nearest page at or above its folder: a template may have shown it."""
        if source not in self.of:
            owners = map(owner_of, (folder, *reversed(ancestor_keys(folder))))
            self.place(source, next(filter(None, owners), Key("/")), source.rpartition("/")[2], language)

    def _take(self, source: str, owner: Key, wanted: str, language: str) -> str:
        stem, dot, ending = wanted.rpartition(".") if "." in wanted else (wanted, "", "")
        tries = (wanted, f"{stem}.{language}{dot}{ending}") if language else (wanted,)
        names = self._names.setdefault(owner, FreeNames())
        name = names.take(*tries, numbered=lambda number: f"{stem}-{number}{dot}{ending}")
        self.taken[owner, name], self.of[source] = source, (owner, name)
        return name


def has_meaning(path: str) -> bool:
    """Whether a path of the new site says more to the generator than a file: a page, settings, a catalog, a template."""
    top, _, below = path.partition("/")
    is_settings = top == "content" and below.casefold() in SETTINGS
    is_page = top == "content" and _PAGE_FILE.fullmatch(below.rpartition("/")[2])
    return top not in ("content", "static") or is_settings or bool(is_page)


def hidden_problems(path: str) -> Iterator[Problem]:
    """Report a file or folder whose name begins with a dot, unless only programs give it such a name."""
    name = path.rpartition("/")[2]
    if not is_litter(name) and not name.startswith(".git"):
        message, hint = "a name that begins with a dot is not imported", "put it into static/ if readers need it"
        yield Problem(path=shown(path), code="not-imported", message=message, hint=hint)


def _plain(name: str, owner: Key) -> str:
    """Return a name without meaning to the generator, and that is not left out."""
    plain = name.lstrip("_.") or "file"
    return f"file-{plain}" if has_meaning(f"content{owner}{plain}") else plain


def _digest(folder: Path, path: str) -> bytes:
    return hashlib.blake2b(read_file(folder, path)).digest()
