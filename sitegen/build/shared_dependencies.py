"""Digests of what every page of a language depends on: settings, templates, messages and assets.

What only some pages depend on is in `page_dependencies.py`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from sitegen.build.engine_digest import version
from sitegen.build.page_dependencies import digest_of
from sitegen.i18n.po_files import MESSAGES, catalog_files
from sitegen.media.static_files import Assets
from sitegen.model.settings import Config
from sitegen.source.files import read_file
from sitegen.source.layers import LayerFile, Layers

#: The files that every page depends on.
SETTINGS = ("content/site.yaml", "content/kinds.yaml", "content/blocks.yaml", "content/tables.yaml")


def frame_digests(layers: Layers, config: Config, assets: Assets, asked: tuple[Any, ...]) -> dict[str, str]:
    """Language path → digest of what all its pages share: settings, templates, messages and asset names."""
    root = layers.root
    files = [root / path for path in (*SETTINGS, MESSAGES)]
    templates = layers.files("templates").values()
    common = (
        asked,
        config.built,
        sorted(assets.paths.items()),
        [file_digest(root, path) for path in files],
        [_layer_digest(file) for file in templates],
    )
    frames = {}
    for path, language in config.languages.items():
        chain = [config.languages[other] for other in (path, *language.fallback) if other in config.languages]
        catalogs = [_layer_digest(file) for other in chain for file in catalog_files(layers, other)]
        frames[path] = digest_of((common, catalogs))
    return frames


def messages_digest(layers: Layers, config: Config) -> str:
    """A digest of all that reading the catalogs depends on."""
    found = [layers.find(MESSAGES, number) for number in range(len(layers.themes) + 1)]
    wanted = [_layer_digest(file) for file in found if file]
    settings = [file_digest(layers.root, layers.root / path) for path in SETTINGS]
    catalogs = {
        path: [_layer_digest(file) for file in catalog_files(layers, language)]
        for path, language in config.languages.items()
    }
    return digest_of((version(), settings, wanted, catalogs))


def _layer_digest(file: LayerFile) -> tuple[str, str]:
    return file.shown, hashlib.sha256(file.content()).hexdigest()


def file_digest(root: Path, path: Path) -> tuple[str, str]:
    """The path of a file, relative to the root, and the digest of its content; a missing file counts as empty."""
    try:
        content = read_file(root, path.relative_to(root).as_posix())
    except OSError:
        content = b""
    return path.relative_to(root).as_posix(), hashlib.sha256(content).hexdigest()
