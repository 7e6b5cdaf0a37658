"""Which files of content/ there are: pages in their languages, files beside them, and what is neither."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.model.page import Key
from sitegen.model.settings import Config
from sitegen.model.urls import normal
from sitegen.problems.problem import Problem, listing
from sitegen.problems.suggestions import nearest_or_all
from sitegen.source.files import walk
from sitegen.source.lazy_regex import lazily
from sitegen.source.leftover_files import is_litter

#: The settings of a site, directly in content/.
SETTINGS = frozenset({"site.yaml", "kinds.yaml", "blocks.yaml", "tables.yaml"})
#: A file probably meant as a page, as some programs save it.
_LIKE_PAGE = lazily(r".*\.(?:md|markdown)(?:\.txt)?|index\.[A-Z-]+\.(?:docx?|odt|rtf|txt)", re.IGNORECASE)
#: A copy of a page's file, as file managers name it: `index.en (1).md`, `index.en-1.md`, `Copy of index.en.md`.
_LIKE_COPY = lazily(r"(?:.+ )?index\.([A-Z-]+?)(?:-\d+|[ (_].*)?\.(md)", re.IGNORECASE)
_PAGE_FILE = re.compile(r"index\.([A-Za-z0-9-]+)\.md")


class Signature(NamedTuple):
    """A file's metadata in the file system; it changes when the content changes, see `is_settled`."""

    modified: int
    changed: int
    size: int
    inode: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Signature:
        return cls(stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


class Listing(Struct, frozen=True):
    """The files in content/."""

    pages: Mapping[Key, Mapping[str, str]]  #: key → language path → path of the page's file, relative to the root
    files: Mapping[tuple[Key, str], str]  #: (key, file name) → path of any other file
    signatures: Mapping[str, Signature]  #: path → signature of every page and file
    problems: tuple[Problem, ...]
    litter: tuple[str, ...] = ()  #: paths of backups and the like, which are excluded from the others

    def touched(self, root: Path, paths: Iterable[str]) -> Listing | None:
        """Return the listing with current signatures for `paths`; None if the set of files has changed."""
        now: dict[str, Signature] = {}
        for path in paths:
            if path not in self.signatures:
                return None
            try:
                found = (root / path).stat(follow_symlinks=False)
            except OSError:
                return None
            if not S_ISREG(found.st_mode):  # a link requires a new walk
                return None
            now[path] = Signature.of(found)
        return replace(self, signatures={**self.signatures, **now})


def list_content(root: Path, config: Config) -> Listing:
    """Walk content/ in sorted order; skip names that begin with `_` or `.`."""
    pages: dict[Key, dict[str, str]] = {}
    taken: dict[str, str] = {}
    files: dict[tuple[Key, str], str] = {}
    signatures: dict[str, Signature] = {}
    problems: list[Problem] = []
    litter: list[str] = []
    for folder, names in _walk(root, "content", problems):
        key = Key(normal(folder.removeprefix("content")) + "/")
        for name, signature in names:
            path = f"{folder}/{name}"
            found = _PAGE_FILE.fullmatch(name)
            if found is None and is_litter(name):
                litter.append(path)
                continue
            if (other := taken.setdefault(normal(path), path)) != path:
                message = f"'{name}' looks the same as the name of {other}, but is stored as different characters"
                hint = "delete or rename one of them"
                problems.append(Problem(path=path, code="url-clash", message=message, hint=hint))
                continue
            if found and found[1] in config.languages:
                pages.setdefault(key, {})[sys.intern(found[1])] = path
            elif _LIKE_PAGE.fullmatch(name):
                problems.extend(_not_a_page(path, name, {own for own, _ in names}, config))
                continue
            elif folder != "content" or name not in SETTINGS:
                files[key, normal(name)] = path
            signatures[path] = signature
    return Listing(pages, files, signatures, tuple(problems), tuple(litter))


def _not_a_page(path: str, name: str, beside: Collection[str], config: Config) -> Iterator[Problem]:
    """Report a .md file whose name is not a page's; it may be a copy of one next to it."""
    found = _PAGE_FILE.fullmatch(name)
    message = (
        f"'{found[1]}' is not a language of site.yaml" if found else f"'{name}' is not a valid name for a page's file"
    )
    like = re.match(r"index[._-]([a-z-]+)\.(.*)", name, re.IGNORECASE) or _LIKE_COPY.fullmatch(name)
    if like and like[1].lower() in config.languages:
        meant, is_plain = f"index.{like[1].lower()}.md", "m" in like[2].lower()
        hint = f"name it {meant}" if is_plain else f"save it as plain text named {meant}"
        if is_plain and meant in beside:
            hint = f"it looks like a copy of {meant}: delete it, or move it to a folder of its own and name it {meant}"
    elif found:
        hint = nearest_or_all(found[1], config.languages, "languages are")
    else:
        hint = f"name it index.{config.source_language}.md; languages are {listing(config.languages)}"
    yield Problem(path=path, code="unknown-language", message=message, hint=hint)


def _walk(root: Path, folder: str, problems: list[Problem]) -> Iterator[tuple[str, list[tuple[str, Signature]]]]:
    """Yield each folder with its files; skip names that begin with `.` or `_`."""
    for path, entries in walk(root, folder, problems, lambda name: name[0] in "._"):
        if path.endswith(".md"):
            message = "the file can't be read: it is not a regular file"
            problems.append(Problem(path=path, code="unreadable", message=message))
        else:
            yield path, [(entry.name, Signature.of(entry.stat())) for entry in entries]


def outside_content(root: Path, config: Config) -> frozenset[str]:
    """Return the names that begin no content path: `content` and the languages, unless content/ has such a folder."""
    names = ("content", *config.languages)
    return frozenset(name.lower() for name in names if not (root / "content" / name).is_dir())
