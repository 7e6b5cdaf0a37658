"""Which messages a language's own catalog should contain: those that no theme has translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sitegen.i18n.language import Language
from sitegen.i18n.po_files import MESSAGES, catalog_files, is_translated, message_key, parse_po
from sitegen.source.theme_layers import LayerFile, Layers


def own_messages(layers: Layers, language: Language, *, is_source: bool) -> list[Any]:
    """Return the messages that a language's own catalog should contain.

    These are the site's messages, except in the source language, and those of themes without a catalog in the language;
    messages that a theme has translated are omitted.

    Raises:
        SiteError: a catalog can't be read.
    """
    files = catalog_files(layers, language)
    parsed = [parse_po(file.shown, file.text(), language.tag) for file in files]
    return wanted_messages(layers, files, parsed, {}, is_source=is_source)


def wanted_messages(
    layers: Layers,
    files: Sequence[LayerFile],
    parsed: Sequence[Any],
    pots: dict[int, Sequence[Any]],
    *,
    is_source: bool,
) -> list[Any]:
    """Return what `own_messages` does, of catalogs that have been read; `pots` keeps the messages of each layer."""
    done = {
        message_key(message)
        for file, catalog in zip(files, parsed, strict=True)
        for message in catalog or ()
        if file.layer and message.id and is_translated(message)
    }
    wanted = {}
    for layer in _layers_without(files, layers, is_source=is_source):
        if layer not in pots:
            pots[layer] = template_catalog(layers, layer)
        wanted.update({message_key(message): message for message in pots[layer]})
    return [message for key, message in wanted.items() if key not in done]


def _layers_without(files: Sequence[LayerFile], layers: Layers, *, is_source: bool) -> Iterator[int]:
    """Yield the site's layer, except for the source language, and the layers of themes without a catalog."""
    if not is_source:
        yield 0
    has = {file.layer for file in files}
    yield from (layer for layer in range(1, len(layers.themes) + 1) if layer not in has)


def template_catalog(layers: Layers, layer: int) -> Sequence[Any]:
    """Return the untranslated messages of a site or a theme, from its messages.pot."""
    file = layers.find(MESSAGES, layer)
    if file is None or file.layer != layer:
        return ()
    return [message for message in parse_po(file.shown, file.text()) if message.id]
