"""`verify`: build the site again elsewhere, and compare a folder with the result, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.problems.problem import Problem, refusal
from sitegen.publish.manifest import Manifest, find_wrong, manifest_at, manifest_of, problems_of
from sitegen.source.text import problem_at
from sitegen.storage.output import MANIFEST, MARKER, find_changed, find_marker, read_digests
from sitegen.storage.temporary_folder import temporary_folder


def verify(options: Options, folder: Path) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest that the sources give, and the problems where a built site or a release differs from it.

    Raises:
        SiteError: with the problems of the site, or of the release's manifest.
    """
    if not folder.is_dir():
        hint = "name the folder of a built site, such as public, or of a release"
        raise refusal(folder, "unreadable", "there is no such folder", hint)
    with temporary_folder() as temporary:
        build(replace(options, output=temporary / "public", remembers=False, clean=True))
        manifest = manifest_of(temporary / "public")
    release = manifest_at(folder / MANIFEST) if (folder / MANIFEST).exists() else None
    manifest = Manifest(manifest.files, release.kept if release else {})
    wrong = find_wrong(manifest, folder)
    if release and release.files != manifest.files:
        wrong[MANIFEST] = "changed"
    return manifest, tuple(problems_of(wrong, str(folder))) or tuple(_marker_problems(folder, manifest))


def _marker_problems(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """The problem of a marker that no build would have left with these files; `publish` would refuse them."""
    built = {path: digest for path, (_, digest) in manifest.files.items()}
    is_whole = find_marker(folder) is not None and not find_changed(read_digests(folder), built)
    if os.path.lexists(folder / MARKER) and not is_whole:
        message = "the record of what was built is damaged, or of a build that was interrupted"
        yield problem_at(f"{folder}/{MARKER}", "release", message, None, "delete the folder, and build again")
