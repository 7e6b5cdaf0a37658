"""`verify`: build the site again elsewhere, and compare a folder with the result, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from msgspec.structs import replace

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.problems.problem import Problem, SiteError
from sitegen.publish.manifest import Manifest, find_wrong, manifest_of, problems_of, read_manifest
from sitegen.source.files import read_given
from sitegen.storage.output import MANIFEST


def verify(options: Options, folder: Path) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest that the sources give, and the problems where a built site or a release differs from it.

    Raises:
        SiteError: with the problems of the site, or of the release's manifest.
    """
    if not folder.is_dir():
        hint = "name the folder of a built site, such as public, or of a release"
        raise SiteError([Problem(path=str(folder), code="unreadable", message="there is no such folder", hint=hint)])
    with tempfile.TemporaryDirectory(prefix="sitegen-") as temporary:
        build(replace(options, output=Path(temporary) / "public", remembers=False))
        manifest = manifest_of(Path(temporary) / "public")
    published = folder / MANIFEST
    try:
        kept = read_manifest(read_given(published), str(published)).kept if published.exists() else {}
    except OSError as error:
        raise SiteError([Problem(path=str(published), code="unreadable", message=str(error.strerror))]) from error
    manifest = Manifest(manifest.files, kept)
    return manifest, tuple(problems_of(find_wrong(manifest, folder), str(folder)))
