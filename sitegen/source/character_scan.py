"""Which characters a text may have, found by its bytes: for texts that have none, several times as fast as a pattern.

A pattern that begins with a set of characters compares each character of a text with the set. A single byte, given as
its number, is found at the speed of memory, so that thirty are looked for sooner than one pass is made in which all bytes
that begin no such character are deleted; where there are more to look for, such a pass leaves nothing of most texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def _all_but(kept: bytes) -> bytes:
    return bytes(set(range(256)).difference(kept))


#: The controls of ASCII, but for the tab and line ends.
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
#: All other bytes; a text of fewer bytes is sooner without them than it is searched for each control.
_NO_CONTROL, _SHORT = _all_but(_CONTROLS), 500
#: Those that aren't ASCII, each with the byte that it begins with: U+0080-9F, U+2028-2069, surrogates, U+FEFF-FFFF.
_OTHER_CONTROLS = (
    (0xC2, re.compile(rb"\xc2[\x80-\x9f]")),
    (0xE2, re.compile(rb"\xe2(?:\x80[\xa8-\xae]|\x81[\xa6-\xa9])")),
    (0xED, re.compile(rb"\xed[\xa0-\xbf]")),
    (0xEF, re.compile(rb"\xef(?:\xbb\xbf|\xbf[\xbe\xbf])")),
)
#: What begins a character of a script without spaces, or one of its marks; those of U+2E80-2FFF stand apart.
_NO_UNSPACED = _all_but(bytes([*range(0xE3, 0xEA), 0xEF, 0xF0]))
_RADICAL = re.compile(rb"\xe2[\xba-\xbf]")
#: What begins a digit of most scripts; what begins other digits begins many letters and marks, too.
_NO_DIGIT = _all_but(b"0123456789" + bytes([0xDF, 0xE0, 0xE1, 0xEA, 0xF0]))
_OTHER_DIGITS = (
    (0xD9, re.compile(rb"\xd9[\xa0-\xa9]")),
    (0xDB, re.compile(rb"\xdb[\xb0-\xb9]")),
    (0xEF, re.compile(rb"\xef\xbc[\x90-\x99]")),
)
_NO_DIGIT_OR_TAG = bytes(set(_NO_DIGIT).difference(b"<>"))
_OUTSIDE_TAGS = re.compile(rb"(?:\A|>)[^<>]")
#: Each blank of ASCII → a space; what begins the blanks of Unicode: U+0085 and 00A0, 1680, 2000-205F, 3000.
_SPACES = bytes(32 if byte < 128 and chr(byte).isspace() else byte for byte in range(256))
_BLANKS = (0xE1, re.compile(rb"\xe1\x9a\x80")), (0xE3, re.compile(rb"\xe3\x80\x80"))
#: Bytes that are no signs of ASCII.
_NO_SIGN = bytes(byte for byte in range(256) if byte > 127 or chr(byte).isalnum() or byte in b" \n,.")


def may_have_controls(data: bytes) -> bool:
    """Whether UTF-8 may have a control character, or another that no text may contain."""
    if len(data) < _SHORT:
        return bool(data.translate(None, _NO_CONTROL)) or _has_one(data, _OTHER_CONTROLS)
    for byte in _CONTROLS:
        if byte in data:
            return True
    return _has_one(data, _OTHER_CONTROLS)


def may_have_unspaced(text: str) -> bool:
    """Whether a text may have a character of a script without spaces."""
    if text.isascii():
        return False
    data = text.encode("utf-8", "surrogatepass")
    return bool(data.translate(None, _NO_UNSPACED)) or _RADICAL.search(data) is not None


def may_have_digits(text: str) -> bool:
    """Whether a text may have a digit, of any script."""
    data = text.encode("utf-8", "surrogatepass")
    return bool(data.translate(None, _NO_DIGIT)) or _has_one(data, _OTHER_DIGITS)


def may_have_digits_outside_tags(html: bytes) -> bool:
    """Whether HTML may have a digit, of any script, in its text."""
    left = html.translate(None, _NO_DIGIT_OR_TAG).replace(
        b"<>", b""
    )  # of most texts nothing, or a few tags with digits
    return _OUTSIDE_TAGS.search(left) is not None or _has_one(html, _OTHER_DIGITS)


def _has_one(data: bytes, characters: Iterable[tuple[int, re.Pattern[bytes]]]) -> bool:
    """Whether UTF-8 has one of some characters; the byte that each begins with is looked for first, which is faster."""
    if data.isascii():
        return False
    for first, whole in characters:  # noqa: SIM110 - a generator takes as long as the search of a page
        if first in data and whole.search(data):
            return True
    return False


def single_spaced(data: bytes) -> bytes | None:
    """UTF-8 with a space in place of each blank; None if blanks may follow each other, or may be none of ASCII."""
    if 0xC2 in data or 0xE2 in data or _has_one(data, _BLANKS):
        return None
    data = data.translate(_SPACES)
    return None if b"  " in data else data


def signs_in(text: str) -> frozenset[str]:
    """The signs of ASCII in a text, but for full stops and commas."""
    return frozenset(text.encode("utf-8", "surrogatepass").translate(None, _NO_SIGN).decode("ascii"))
