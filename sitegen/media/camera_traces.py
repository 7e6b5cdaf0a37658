"""Files beside pages without what a camera wrote into them: pictures to download, and those embedded in drawings."""

from __future__ import annotations

import base64
import re
from functools import partial
from pathlib import Path

from sitegen.media.images import SHOWN
from sitegen.media.metadata import TIFF, is_raster, is_tiff, stripped
from sitegen.problems.problem import SiteError
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import problem_at

#: Extensions of pictures that browsers don't show, and which may be downloaded.
_NOT_SHOWN = frozenset({".apng", ".heic", *TIFF})
#: What programs break the address of an embedded picture with: blanks, also as the numbers of characters.
_BREAK = rb"\s|&#(?:0*(?:9|10|13|32)|[xX]0*(?:9|20|[aAdD]));"
_EMBEDDED = lazily(
    rb"(data:image/[a-z]+;base64,)((?:[A-Za-z0-9+/]|" + _BREAK + rb")+(?:=|" + _BREAK + rb")*)(?=[\"')])"
)
_BREAKS = lazily(_BREAK)
#: What each such address has, also one that the pattern doesn't find.
_EACH = b";base64,"


def without_traces(path: str, content: bytes) -> bytes:
    """Return a file without what a camera wrote into it.

    Raises:
        SiteError: it is named as a picture, or has one in it, that can't be read, so that nobody knows what is in it.
    """
    ending = Path(path).suffix.lower()
    if ending == ".svg":
        made, count = _EMBEDDED.subn(partial(_embedded, path), content)
        if count < content.count(_EACH):
            raise _refusal(path, "a picture in it is written in an uncommon way")
        return made
    bare = stripped(path, content)
    if bare is None and ending in SHOWN | _NOT_SHOWN:
        raise _refusal(path, "a part of it is missing or damaged")
    if ending in _NOT_SHOWN and not (is_raster(content[:16]) or is_tiff(content)):
        raise _refusal(path, "its content is not that of a picture")
    return content if bare is None else bare


def _embedded(path: str, found: re.Match[bytes]) -> bytes:
    """The address of a picture in a drawing; as it is if there is nothing to remove."""
    try:
        text = _BREAKS.sub(b"", found[2]).rstrip(b"=")
        content = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        return found[0]  # browsers show none
    bare = stripped("", content)
    if bare is None:
        raise _refusal(path, "a picture in it is damaged")
    return found[0] if bare == content else found[1] + base64.b64encode(bare)


def _refusal(path: str, why: str) -> SiteError:
    message = f"what a camera may have written into it can't be removed: {why}"
    return SiteError([problem_at(path, "picture", message, None, "save it again with the program that it comes from")])
