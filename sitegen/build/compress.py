"""Compressed versions of the text files in the output folder, for servers to send as they are.

A version has the modification time of its file: if the times differ, the version is out of date.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Collection, Sequence
from functools import partial

import brotli

from sitegen.hosting.headers_and_redirects import WORTH_COMPRESSING, is_text
from sitegen.storage.output import Stage
from sitegen.storage.processes import spread


def _brotli(content: bytes) -> bytes:
    compressed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=11)
    return compressed


#: Ending → a reproducible compressor. No `.zst`: clients that accept it also accept `.br`, which is smaller.
FORMATS: dict[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": partial(gzip.compress, compresslevel=9, mtime=0)}


def compress(stage: Stage, paths: Collection[str], workers: int) -> frozenset[str]:
    """Make a compressed version of each text file that lacks a current one; return the paths of all versions.

    Args:
        paths: all files of the site; one that has the name of a version is left alone.
    """
    files = sorted(path for path in paths if is_text(path) and stage.looks(path)[0] >= WORTH_COMPRESSING)
    versions = [(path, path + ending) for path in files for ending in FORMATS if path + ending not in paths]
    missing = [(path, version) for path, version in versions if not _stands(stage, path, version)]

    def make(part: Sequence[tuple[str, str]]) -> dict[str, str]:
        for path, version in part:
            content = FORMATS[version.removeprefix(path)](stage.read(path))
            stage.put(version, content, stage.looks(path)[1])
        return {version: stage.digests[version] for _, version in part}

    for made in spread(missing, make, workers):
        stage.note(made, 0)
    return frozenset(version for _, version in versions)


def _stands(stage: Stage, path: str, version: str) -> bool:
    known = stage.existing.get(version)
    return known is not None and known[1] == stage.looks(path)[1]
