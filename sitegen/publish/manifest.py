"""A built site as it is published: which files it has, and whether a copy of it is complete.

A release is named after the digest of its manifest, so the same site has the same name wherever it is built.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from sitegen.model.urls import ASSETS
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.files import read_given, reason_of
from sitegen.source.text import problem_at
from sitegen.storage.output import (
    MANIFEST,
    MARKER,
    PART,
    find_changed,
    find_marker,
    list_files,
    read_digests,
    unfit,
)
from sitegen.storage.own_records import open_own, read_bounded
from sitegen.storage.processes import available, spread

VERSION = 1
#: (size in bytes, SHA-256 in hex digits) of a file.
File = tuple[int, str]


#: The size and digest of a file as they are written.
_Row = Annotated[str, Meta(pattern=r"^[0-9]{1,15} [0-9a-f]{64}\Z")]


class _Written(Struct, frozen=True):
    """A manifest as `as_json` writes it; anything else in it is passed over, however much that is."""

    version: int
    digest: str
    files: dict[str, _Row]
    kept: dict[str, _Row]


_decode = msgspec.json.Decoder(_Written).decode


class Manifest(Struct, frozen=True, dict=True):
    """The content of a release: path below its folder → file, in the order of the paths."""

    files: Mapping[str, File]  #: the files of the site
    #: Files that only the release before had, for its pages that are still open in a browser.
    kept: Mapping[str, File] = field(default_factory=dict)

    @cached_property
    def sums(self) -> str:
        """The site's files in the format of `sha256sum`, for checking with `sha256sum -c`."""
        return sums_of(self.files)

    @cached_property
    def all_sums(self) -> str:
        """The same for all files."""
        return sums_of(self.all)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `sums`, in hex digits."""
        return hashlib.sha256(self.sums.encode()).hexdigest()

    @property
    def name(self) -> str:
        """The name of the release: the beginning of its digest."""
        return self.digest[:16]

    @cached_property
    def all(self) -> dict[str, File]:
        """Every file except the manifest itself."""
        return {**self.files, **self.kept}

    def after(self, before: Manifest | None, read: Callable[[Collection[str]], Mapping[str, File]]) -> Manifest:
        """This manifest for a release that follows another, of which it keeps what pages that are still open may ask for.

        Args:
            read: returns those of some files of the other release that are there, as they are; what was damaged isn't kept.
        """
        if before is None:
            return Manifest(self.files)
        if before.name == self.name:
            wanted = before.kept
        else:
            wanted = {
                path: own for path, own in before.files.items() if path.startswith(ASSETS) and path not in self.files
            }
        there = read(wanted.keys()) if wanted else {}
        return Manifest(self.files, {path: file for path, file in wanted.items() if there.get(path) == file})

    def as_json(self) -> bytes:
        """The manifest as it is written: one line per file, sorted."""
        rows = {"version": VERSION, "digest": self.digest, "files": _rows(self.files), "kept": _rows(self.kept)}
        return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()


def sums_of(files: Mapping[str, File]) -> str:
    """Files as `sha256sum` lists them."""
    return "".join(f"{files[path][1]}  {path}\n" for path in sorted(files))


def _rows(files: Mapping[str, File]) -> dict[str, str]:
    return {path: f"{files[path][0]} {files[path][1]}" for path in sorted(files)}


def read_manifest(content: bytes, where: str) -> Manifest:
    """Read a manifest that `as_json` has written.

    Raises:
        SiteError: it is damaged, of another version, or names files outside its folder.
    """
    try:
        written = _decode(content)
        manifest = Manifest(_read_rows(written.files), _read_rows(written.kept))
        is_right = content == manifest.as_json()  # so that a row that was put anywhere in it is found
    except (ValueError, RecursionError):
        is_right = False
    if not is_right:
        raise refusal(where, "release", "the manifest of the release is damaged", "publish again")
    return manifest


def manifest_at(path: Path) -> Manifest:
    """Read a manifest that `archive` or `publish` has written; raises SiteError if it can't be read, or is damaged."""
    try:
        return read_manifest(read_given(path), str(path))
    except OSError as error:
        raise refusal(path, "unreadable", f"the manifest can't be read: {reason_of(error)}") from error


def manifest_in(release: Path) -> Manifest | None:
    """The manifest of a release in a folder; None if there is none, or it is a link, or damaged."""
    try:
        return read_manifest(read_bounded(release, MANIFEST, [release]), str(release))
    except SiteError:
        return None


def _read_rows(rows: Mapping[str, str]) -> dict[str, File]:
    files: dict[str, File] = {}
    for path, row in rows.items():
        if unfit(path):
            raise ValueError(path)
        size, _, digest = row.partition(" ")
        files[path] = int(size), digest
    return files


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a built site.

    Raises:
        SiteError: the folder has no built site or an unfinished one, or the site changes while it is read.
    """
    ended = find_marker(folder)
    if ended is None or (folder / PART).exists():
        raise SiteError([_no_site(folder)])
    there, built = list_files(folder).keys() - {MARKER}, read_digests(folder)
    if strange := sorted(filter(unfit, there)):
        raise SiteError(_unfit(folder, path) for path in strange)
    files = read_files(folder, there & built.keys())
    foreign = dict.fromkeys(there - built.keys(), "")  # not read: it may be large
    if changed := find_changed(built, foreign | {path: digest for path, (_, digest) in files.items()}):
        raise SiteError(_changed(folder, path, what) for path, what in changed.items())
    if find_marker(folder) != ended:
        raise refusal(folder, "release", "the site is being built", "wait until it has finished")
    return Manifest(files)


def _unfit(folder: Path, path: str) -> Problem:
    message = f"the file can't be published: {unfit(path)}"
    return problem_at(f"{folder}/{path}", "release", message, None, "give it another name, and build again")


#: What may have happened to a file since the build → the hint.
_SINCE = {
    "changed": "build again with --clean",
    "removed": "build again",
    "added": "put it into static/ and build again, or delete it",
}


def _changed(folder: Path, path: str, what: str) -> Problem:
    message = f"the file was {what} after the site was built"
    return problem_at(f"{folder}/{path}", "release", message, None, _SINCE[what])


def _no_site(folder: Path) -> Problem:
    if (folder / PART).exists():
        return problem_at(str(folder), "release", "the folder holds a part of a site", None, "merge all parts first")
    message = "the folder contains no built site"
    if (folder / MARKER).exists():
        message = "the folder holds files of two builds, as one was interrupted"
    return problem_at(str(folder), "release", message, None, "build the site first")


def read_files(folder: Path, paths: Iterable[str]) -> dict[str, File]:
    """Size and digest of these files of a folder; links and missing files are left out."""

    def read(part: Sequence[str]) -> list[tuple[str, File]]:
        return [(path, file) for path in part if (file := _read_file(f"{folder}/{path}")) is not None]

    return dict(row for rows in spread(sorted(paths), read, available()) for row in rows)


def _read_file(path: str) -> File | None:
    try:
        handle = open_own(path)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):  # a pipe is never empty, and a device has no end
                return None
            digest = hashlib.file_digest(file, "sha256")
            return file.tell(), digest.hexdigest()
    except OSError:
        return None


def find_wrong(manifest: Manifest, folder: Path) -> dict[str, str]:
    """Path → what is wrong with a file of a release: missing, changed, or not part of it; our own files are ignored."""
    expected = manifest.all
    looks = list_files(folder)
    there = looks.keys() - {MANIFEST, MARKER}
    found = read_files(folder, (path for path in there & expected.keys() if looks[path][0] == expected[path][0]))
    wrong = {path: "missing" for path in expected if path not in there}
    wrong |= {path: "changed" for path, file in expected.items() if path in there and found.get(path) != file}
    wrong |= dict.fromkeys(there - expected.keys(), "not part of it")
    return dict(sorted(wrong.items()))


def problems_of(wrong: Mapping[str, str], where: str) -> Iterator[Problem]:
    """The problems of a release; `where` is its folder or address."""
    for path, what in wrong.items():
        yield problem_at(f"{where.rstrip('/')}/{path}", "release", f"the file is {what}")
