"""Digests of what outputs depend on: an output is made again only if one of its aspects has changed.

A digest may change unnecessarily, but never stays the same when its aspect has changed.
What every page depends on, such as settings and templates, is in `language_dependencies.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sitegen.content.listing import Signature
from sitegen.library.library import Library
from sitegen.library.selections import selections
from sitegen.model.page import Key, Page
from sitegen.render.dependencies import ALL, Aspect, Kind


def digest_of(value: Any) -> str:
    """A digest of sixteen hex digits for a value of plain types."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


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
    states = [(path, state.name, state.shown, state.changed) for path, state in page.states.items()]
    addresses = [library.segments[page.key, path] for path in page.states]
    return digest_of((page.kind, page.source, versions, states, addresses, library.stage(page.key)))


@_of_page
def _facts(library: Library, page: Page, aspect: Aspect) -> str:
    return page.versions[page.source].facts_digest


@_of_page
def _words(library: Library, page: Page, aspect: Aspect) -> str:
    version = page.versions.get(aspect.language)
    return version.front_digest if version else ""


@_of_page
def _text(library: Library, page: Page, aspect: Aspect) -> str:
    version = page.versions.get(aspect.language)
    return version.digest if version else ""


@_of_page
def _children(library: Library, page: Page, aspect: Aspect) -> str:
    return digest_of(library.children(page.key, aspect.language))


@_of_page
def _narrowed(library: Library, page: Page, aspect: Aspect) -> str:
    found = selections(library, page.key, aspect.language).values()
    return digest_of([(own.field, own.part, own.value, own.keys) for own in found])


def _referrers(library: Library, aspect: Aspect, signatures: Mapping[str, Signature]) -> str:
    return digest_of(sorted(library.referrers.get(aspect.key, {}).items()))


def _files(library: Library, aspect: Aspect, signatures: Mapping[str, Signature]) -> str:
    beside = sorted(library.files[aspect.key, name] for name in library.beside.get(aspect.key, ()))
    return digest_of([(path, signatures.get(path)) for path in beside])


_DIGESTS: dict[Kind, Callable[[Library, Aspect, Mapping[str, Signature]], str]] = {
    "page": _page,
    "facts": _facts,
    "words": _words,
    "text": _text,
    "children": _children,
    "narrowed": _narrowed,
    "referrers": _referrers,
    "files": _files,
}
