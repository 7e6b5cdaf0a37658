"""Digests of what outputs depend on: settings, templates, messages, and aspects of pages; if one changes, they are made again.

A digest may change unnecessarily, but never stays the same when its aspect has changed. What all pages of a language
depend on, settings, templates, messages and assets, has a digest of its own; so has each aspect of a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sitegen.build.engine_digest import version
from sitegen.content.content_files import Signature
from sitegen.i18n.po_files import MESSAGES, catalog_files
from sitegen.library.library import Library
from sitegen.library.lists import selections
from sitegen.media.static_files import Assets
from sitegen.model.page import Key, Page
from sitegen.model.settings import Config
from sitegen.render.dependency_recording import ALL, Aspect, Kind
from sitegen.source.files import read_file
from sitegen.source.theme_layers import LayerFile, Layers

#: The files that every page depends on.
SETTINGS = ("content/site.yaml", "content/kinds.yaml", "content/blocks.yaml", "content/tables.yaml")


def digest_of(value: Any) -> str:
    """A digest of sixteen hex digits for a value of plain types."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def frame_digests(layers: Layers, config: Config, assets: Assets, asked: tuple[Any, ...]) -> dict[str, str]:
    """Language path → digest of what all its pages share: settings, templates, messages and asset names."""
    root = layers.root
    files = [root / path for path in SETTINGS]
    templates = layers.files("templates").values()
    common = (
        asked,
        config.built,
        sorted(assets.paths.items()),
        [file_digest(root, path) for path in files],
        [_layer_digest(file) for file in templates],
        _wanted_messages(layers),
    )
    catalogs = _catalog_digests(layers, config)
    frames = {}
    for path, language in config.languages.items():
        chain = {
            other: None  # a language, and the one from which it is derived
            for one in (path, *language.fallback)
            for other in (one, getattr(config.languages.get(one), "base", ""))
        }
        frames[path] = digest_of((common, [catalogs[other] for other in chain if other in catalogs]))
    return frames


def _catalog_digests(layers: Layers, config: Config) -> dict[str, list[tuple[str, str]]]:
    return {
        path: [_layer_digest(file) for file in catalog_files(layers, own)] for path, own in config.languages.items()
    }


def _wanted_messages(layers: Layers) -> list[tuple[str, str]]:
    """The digests of what the templates of the site and its themes want translated."""
    found = [layers.find(MESSAGES, number) for number in range(len(layers.themes) + 1)]
    return [_layer_digest(file) for file in found if file]


def messages_digest(layers: Layers, config: Config) -> str:
    """A digest of all that reading the catalogs depends on."""
    settings = [file_digest(layers.root, layers.root / path) for path in SETTINGS]
    return digest_of((version(), settings, _wanted_messages(layers), _catalog_digests(layers, config)))


def _layer_digest(file: LayerFile) -> tuple[str, str]:
    return file.shown, hashlib.sha256(file.content()).hexdigest()


def file_digest(root: Path, path: Path) -> tuple[str, str]:
    """The path of a file, relative to the root, and the digest of its content; a missing file counts as empty."""
    try:
        content = read_file(root, path.relative_to(root).as_posix())
    except OSError:
        content = b""
    return path.relative_to(root).as_posix(), hashlib.sha256(content).hexdigest()


def digest_aspects(
    library: Library, aspects: Iterable[Aspect], signatures: Mapping[str, Signature]
) -> dict[Aspect, str]:
    """Aspect → digest; "" for an aspect of a page that does not exist."""
    known: dict[Aspect, str] = {}

    def digest(aspect: Aspect) -> str:
        if aspect not in known:
            known[aspect] = whole(aspect) if aspect.key == ALL else _DIGESTS[aspect.kind](library, aspect, signatures)
        return known[aspect]

    def whole(aspect: Aspect) -> str:
        """The digest of an aspect for all pages that have it, in order, including which pages they are."""
        digests = ((key, digest(aspect._replace(key=key))) for key in _keys(library, aspect.kind))
        return digest_of([own for own in digests if own[1]])

    return {aspect: digest(aspect) for aspect in aspects}


def _keys(library: Library, kind: Kind) -> Iterable[Key]:
    """The pages that have an aspect of this kind; for files and referrers, unpublished pages too."""
    return {"files": library.beside, "referrers": library.referrers}.get(kind, library.pages)


def _of_page(
    digest: Callable[[Library, Page, Aspect], str],
) -> Callable[[Library, Aspect, Mapping[str, Signature]], str]:
    def of(library: Library, aspect: Aspect, signatures: Mapping[str, Signature]) -> str:
        page = library.pages.get(aspect.key)
        return digest(library, page, aspect) if page is not None else ""

    return of


@_of_page
def _page(library: Library, page: Page, aspect: Aspect) -> str:
    versions = [(path, document.is_written) for path, document in page.versions.items()]
    states = [(path, state.name, state.shown, state.changed, state.anchors) for path, state in page.states.items()]
    addresses = [library.segments[page.key, path] for path in page.states]
    return digest_of((page.kind, page.source, versions, states, addresses, library.stage(page.key)))


def _of_version(name: str) -> Callable[[Library, Page, Aspect], str]:
    """One of the digests that a page's version in the aspect's language has."""
    return lambda library, page, aspect: getattr(page.versions.get(aspect.language), name, "")


@_of_page
def _narrowed(library: Library, page: Page, aspect: Aspect) -> str:
    found = selections(library, page.key, aspect.language).values()
    return digest_of([(own.field, own.part, own.value, own.keys) for own in found])


def _files(library: Library, aspect: Aspect, signatures: Mapping[str, Signature]) -> str:
    beside = sorted(library.files[aspect.key, name] for name in library.beside.get(aspect.key, ()))
    return digest_of([(path, signatures.get(path)) for path in beside])


_DIGESTS: dict[Kind, Callable[[Library, Aspect, Mapping[str, Signature]], str]] = {
    "page": _page,
    "facts": _of_page(lambda library, page, aspect: page.versions[page.source].facts_digest),
    "words": _of_page(_of_version("front_digest")),
    "text": _of_page(_of_version("digest")),
    "children": _of_page(lambda library, page, aspect: digest_of(library.children(page.key, aspect.language))),
    "narrowed": _narrowed,
    "referrers": lambda library, aspect, signatures: digest_of(sorted(library.referrers.get(aspect.key, {}).items())),
    "files": _files,
}
