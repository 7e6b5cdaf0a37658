"""What outputs depend on, as digests: an output whose aspects all stand is not made again.

An aspect is named by a letter and what it is of: `c/plan/` the card of a page (facts, words, address, states),
`b/plan/` its text, `kru/news/` its children in a language, `nru/news/` what they can be narrowed to, `r/plan/` its referrers, `f/plan/` the files beside it,
`sru` all texts of a language, and `*` all cards. A digest may change without need, but never stays when what it stands for has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sitegen.content.reader import Signature
from sitegen.library.library import Library
from sitegen.library.lists import is_past
from sitegen.library.selections import selections
from sitegen.model.values import Key
from sitegen.render.search import text_version


def digest_of(value: Any) -> str:
    """Sixteen hex digits for a value out of plain types."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest_aspects(library: Library, names: Iterable[str], signatures: Mapping[str, Signature]) -> dict[str, str]:
    """Aspect → digest; "" for one of a page that does not exist."""
    cards: dict[Key, str] = {}
    return {name: _digest(library, name, cards, signatures) for name in names}


def _digest(library: Library, name: str, cards: dict[Key, str], signatures: Mapping[str, Signature]) -> str:
    letter, rest = name[0], name[1:]
    if letter == "*":
        return digest_of([card(library, key, cards) for key in library.pages])
    if letter == "s":
        return text_version(library, rest)
    language, slash, path = rest.partition("/")
    key = Key(slash + path)
    if key not in library.pages:
        return ""
    match letter:
        case "c":
            return card(library, key, cards)
        case "b":
            return digest_of([version.digest for version in library.pages[key].versions.values()])
        case "k":
            return digest_of(library.children(key, language))
        case "n":
            narrowed = selections(library, key, language).values()
            return digest_of([(own.field, own.part, repr(own.value), own.keys) for own in narrowed])
        case "r":
            return digest_of(sorted((field, keys) for field, keys in library.referrers.get(key, {}).items()))
    beside = sorted(library.files[key, name] for name in library.beside.get(key, ()))
    return digest_of([(path, signatures.get(path)) for path in beside])


def card(library: Library, key: Key, cards: dict[Key, str]) -> str:
    """The digest of what other pages show of a page, in all languages."""
    if key not in cards:
        page = library.pages[key]
        versions = [(path, version.front_digest) for path, version in page.versions.items()]
        states = [(path, state.name, state.shown, state.changed) for path, state in page.states.items()]
        addresses = [library.segments[key, path] for path in page.states]
        cards[key] = digest_of((page.kind, page.source, versions, states, addresses, is_past(library, key)))
    return cards[key]
