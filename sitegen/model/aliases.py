"""The old addresses in `aliases`: their parts, and what keeps a text from being one."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

from sitegen.model.page import Key
from sitegen.model.slugs import belongs_to_word
from sitegen.model.urls import join_key

#: The only name with a dot at its beginning that servers send (RFC 8615); Apache refuses all pages beside others.
WELL_KNOWN = ".well-known"
#: Characters allowed in an old address, besides those of a slug; none is special to servers, file systems or browsers.
_IN_OLD = frozenset("-.~ !&()+,;=:@%")


def alias_parts(alias: str) -> tuple[str, ...]:
    """Return the parts of an old address as a server sees them: `/old%20plan/` → `old plan`."""
    whole = unicodedata.normalize("NFC", unquote(alias))
    return tuple(part for part in join_key(Key("/"), whole).split("/") if part)


def fault_of_alias(alias: str) -> str:
    """Return why a text can't be an old address; "" if it can."""
    if "?" in alias or "#" in alias:
        return "what follows ? or # never leads to another page"
    if "://" in alias or alias.startswith("//"):
        return "it is a path, without the host"
    if {"", ".", ".."} & {*unquote(alias).removeprefix("/").removesuffix("/").split("/")} and alias != "/":
        return "browsers shorten an address with an empty part, . or .. before they ask for it"
    hidden = [part for part in alias_parts(alias) if part.startswith(".") and part != WELL_KNOWN]
    if hidden:
        return f"'{hidden[0]}' begins with a dot, and servers keep such names to themselves"
    strange = [
        letter
        for part in alias_parts(alias)
        for letter in part
        if not belongs_to_word(letter) and letter not in _IN_OLD
    ]
    if strange:
        return f"{strange[0] if strange[0].isprintable() else ascii(strange[0])} can't be used in it"
    return ""
