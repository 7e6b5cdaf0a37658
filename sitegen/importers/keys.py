"""Keys for the pages of an old site, from the paths of their files."""

from __future__ import annotations

import re
import unicodedata

from sitegen.model.page import Key

#: The names of a page's file and of settings.
_RESERVED = re.compile(r"index(?:\..*)?\.md|(?:site|kinds|blocks|tables)\.yaml", re.DOTALL)


def urlize(text: str) -> str:
    """Convert a text to a part of an address as Hugo does: `Rock 'n Roll` → `rock-n-roll`."""
    kept, is_due = "", False
    for character in text.lower():
        if character.isalnum() or character in "._#+~@-/" or unicodedata.category(character)[0] == "M":
            kept += f"-{character}" if is_due and character != "-" else character
            is_due = False
        elif character.isspace() and kept and kept[-1] != "-":
            is_due = True
    return kept


def key_of(path: str) -> Key:
    """Convert a path of folders to a content path: `/Posts/My Note` → `/posts/my-note/`.

    No folder gets the name of a page's file or of settings: `index.md` → `index-md`.
    """
    parts = (re.sub(r"[#+@]", "", urlize(part)).lstrip("_.") for part in path.split("/"))
    plain = ("-".join(part.rsplit(".", 1)) if _RESERVED.fullmatch(part) else part for part in parts)
    return Key("/" + "".join(f"{part}/" for part in plain if part))
