"""The version of the engine: what another engine, or one with other libraries, made or remembers is not trusted."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ENGINE = str(Path(__file__).resolve().parents[1])
#: Digests of the extensions in use.
EXTENSIONS: list[str] = []
_RECALLED: list[str] = []
#: The libraries on which the bytes of a site may depend, by the names of their folders.
_LIBRARIES = (
    *("babel", "brotli", "freetype_py", "icalendar", "icu4py", "idna", "jinja2", "latex2mathml", "markdown"),
    *("markupsafe", "msgspec", "nh3", "pillow", "pygments", "pyromark", "pyyaml", "tinycss2", "tzdata", "uharfbuzz"),
)


def version() -> str:
    """A digest of the engine, its extensions, the libraries and Python."""
    import hashlib  # slow to import, and not needed by a build that finds nothing changed

    return hashlib.sha256("\n".join((engine(), *EXTENSIONS)).encode()).hexdigest()


def recall(digest: str) -> None:
    """Take over the digest of the engine that an earlier process computed from the same files."""
    _RECALLED[:] = [digest]


@cache
def engine() -> str:
    """A digest of the engine without extensions."""
    import hashlib

    if _RECALLED:
        return _RECALLED[0]

    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_modules(ENGINE)):
        digest.update(path.removeprefix(ENGINE).encode())
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        while part := os.read(handle, 1 << 16):
            digest.update(part)
        os.close(handle)
    digest.update("".join(installed()).encode())
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _modules(entry.path)


@cache
def installed() -> tuple[str, ...]:
    """Names and versions of the libraries, as their folders are named; `importlib.metadata` would read far more."""
    found = set[str]()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            found.update([name for name in os.listdir(folder) if name.endswith(".dist-info")])
    return tuple(sorted(name for name in found if name.partition("-")[0].lower() in _LIBRARIES))
