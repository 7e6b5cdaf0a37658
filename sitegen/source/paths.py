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
#: Characters without width or shape that no script needs (Default_Ignorable_Code_Point, and the empty sign of Braille); the
#: joiners of Persian and Hindi are not among them.
_SHAPELESS = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
#: What chooses a form of the letter, ideograph or picture before it, and what has several forms.
_SELECTOR = re.compile("(.?)[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]", re.DOTALL)
_OF_FORMS = ("Lo", "Sm", "So")


def fault_of(path: str) -> str:
    """Why a relative path can't be written or published; "" if it can."""
    if _PLAIN.fullmatch(path):
        return ""
    parts = path.split("/")
    if not all(part.strip(".") for part in parts):
        return "a part of it is empty or made of dots"
    if any(part.casefold() == ".git" for part in parts):
        return "Git keeps its own files in a folder of that name, and runs some of them"
    if "\\" in path or _has_invisible(path):
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


def _has_invisible(path: str) -> bool:
    if not path.isprintable() and any(unicodedata.category(own) in _INVISIBLE or own in _BIDI for own in path):
        return True
    chosen = (unicodedata.category(found[1]) if found[1] else "" for found in _SELECTOR.finditer(path))
    return _SHAPELESS.search(path) is not None or any(category not in _OF_FORMS for category in chosen)


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
