"""Slugs: parts of addresses and ids of headings, made of titles in any script."""

from __future__ import annotations

import re
import unicodedata

from sitegen.model.urls import normal
from sitegen.source.paths import fault_of, fault_of_clone

_APART, _HYPHENS = re.compile(r"\W+"), re.compile("-{2,}")


def slugify(text: str) -> str:
    """Convert a text to a part of an address, keeping its script: `What it is` → `what-it-is`."""
    text = normal(text).lower()
    words = text.split()
    if "".join(words).isalnum():  # as in most titles: nothing but words and blanks
        return "-".join(words)
    kept = _APART.sub(_marks_and_hyphens, text)
    return _HYPHENS.sub("-", kept).strip("-_") or "section"


def _marks_and_hyphens(apart: re.Match[str]) -> str:
    """Replace characters that are not part of a word with hyphens, but keep combining marks."""
    return "-" if apart[0].isascii() else "".join(sign if belongs_to_word(sign) else "-" for sign in apart[0])


def is_slug(text: str) -> bool:
    """Whether a text is a valid part of an address: letters of any script with marks, digits, `-`, `_`, `.` and `~`."""
    return bool(text.strip(".")) and all(belongs_to_word(character) or character in "-.~" for character in text)


def fault_of_slug(text: str) -> str:
    """Return why a text can't be a slug; "" if it can."""
    return "" if is_slug(text) and not fault_of(text) else f"'{text}' can't be part of an address"


def fault_of_folder(folder: str) -> str:
    """Return why a page can't be in a folder of content/, such as `news/opening`; "" if it can."""
    name = folder.rpartition("/")[2]
    if folder and (fault := fault_of_slug(name)):
        return f"the folder's name {fault}"
    fault = fault_of_clone(folder or "home")
    return f"the folder '{folder}': {fault}" if fault else ""


def belongs_to_word(character: str) -> bool:
    """Whether a character is part of a word: a letter, a digit, a combining mark, or `_`."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
