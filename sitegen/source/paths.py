"""Which paths can be written, published and cloned on every system: none too long, hidden, or named as a device."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

#: Bytes of a name: file systems allow 255, and endings such as `.br` and `.gz` are added.
LONGEST_NAME = 240
#: Bytes of a path below the output folder.
LONGEST_PATH = 1024

_PLAIN = re.compile(r"(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,99}/){0,9}[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,99}")
#: What Windows takes for a device, whatever the ending, cuts off, or has in no name.
_NOT_ON_WINDOWS = re.compile(r'(?i)(?:^|/)(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?=[./]|\Z)|[. ](?:/|\Z)|[<>:"|?*]')
#: Characters that change the order in which others are shown, so that one name can look like another.
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = ("Cc", "Cs", "Zl", "Zp")
#: Characters without width or shape that no script needs; the joiners of Persian and Hindi are not among them.
_SHAPELESS = "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff"


def fault_of(path: str) -> str:
    """Why a relative path can't be written or published; "" if it can."""
    if _PLAIN.fullmatch(path):
        return ""
    parts = path.split("/")
    if not all(part.strip(".") for part in parts):
        return "a part of it is empty or made of dots"
    if any(part.casefold() == ".git" for part in parts):
        return "Git keeps its own files in a folder of that name, and runs some of them"
    if "\\" in path or (not path.isprintable() and any(map(_is_invisible, path))):
        return "it has a backslash or a character that can't be seen"
    if unicodedata.normalize("NFC", path) != path:
        return "its letters and accents are apart (not in Unicode's form NFC)"
    if len(path.encode()) > LONGEST_PATH or max(len(part.encode()) for part in parts) > LONGEST_NAME:
        return f"it is too long: at most {LONGEST_NAME} bytes in a name and {LONGEST_PATH} in all"
    return ""


def fault_of_clone(path: str) -> str:
    """Why a path of the site can't be in a clone on every system; "" if it can. An old address is in none."""
    if _NOT_ON_WINDOWS.search(path):
        return "Windows can't store it: a part of it is named as a device, ends in a dot or a space, or has one of < > : \" | ? *"
    return fault_of(path)


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _INVISIBLE or letter in _BIDI or letter in _SHAPELESS


def find_twins(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of paths that can't coexist on every disk: they differ only in case, or one is the other's folder."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        name = path.casefold()
        if seen.setdefault(name, path) != path:
            yield path, seen[name]
        while "/" in name:
            name = name.rpartition("/")[0]
            if name in folders:
                break
            folders[name] = path
    yield from ((seen[name], inside) for name, inside in folders.items() if name in seen)
