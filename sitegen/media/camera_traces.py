"""Files beside pages without what a camera wrote into them: pictures to download, and those embedded in drawings."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from sitegen.media.images import SHOWN
from sitegen.media.metadata import TIFF, is_raster, is_tiff, stripped
from sitegen.media.svg import find_pictures
from sitegen.problems.problem import SiteError
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Extensions of pictures that browsers don't show, and which may be downloaded.
_NOT_SHOWN = frozenset({".apng", ".heic", *TIFF})
#: What programs break the address of an embedded picture with: blanks, also as the numbers of characters.
_BREAK = rb"\s|&#(?:0*(?:9|10|13|32)|[xX]0*(?:9|20|[aAdD]));"
_EMBEDDED = lazily(
    rb"(data:image/[a-z]+;base64,)((?>(?:[A-Za-z0-9+/]|"
    + _BREAK
    + rb")+))(?>(?:=|"
    + _BREAK
    + rb")*)(?=[\"')]|&(?:quot|apos|#34|#39);)"
)
_BREAKS = lazily(_BREAK)
#: Without these, a drawing embeds no picture, however it is written: characters by numbers, CSS with escapes, UTF-16.
_MAY_EMBED = lazily(rb"data:image|&#|\\|\0|[<:]style")


def without_traces(path: str, content: bytes) -> bytes:
    """Return a file without what a camera wrote into it.

    Raises:
        SiteError: it is named as a picture, or has one in it, that can't be read, so that nobody knows what is in it.
    """
    ending = Path(path).suffix.lower()
    if ending == ".svg":
        return _drawing_without_traces(path, content)
    bare = stripped(path, content)
    if bare is None and ending in SHOWN | _NOT_SHOWN:
        raise _refusal(path, "a part of it is missing or damaged")
    if ending in _NOT_SHOWN and not (is_raster(content[:16]) or is_tiff(content)):
        raise _refusal(path, "its content is not that of a picture")
    return content if bare is None else bare


def _drawing_without_traces(path: str, content: bytes) -> bytes:
    """Clean pictures whose addresses are written as programs do; whether all are clean is asked of the parsers."""
    made = _EMBEDDED.sub(_embedded, content)
    for address, line in find_pictures(made) if _MAY_EMBED.search(made) else ():
        picture = _decoded(address.partition(",")[2].encode())
        bare = stripped("", picture)
        if bare is None:
            raise _refusal(path, "a picture in it is damaged", line)
        if bare != picture:
            raise _refusal(path, "a picture in it is written in an uncommon way", line)
    return made


def _embedded(found: re.Match[bytes]) -> bytes:
    """The address of a picture in a drawing; as it is if there is nothing to remove, or it is damaged."""
    content = _decoded(_BREAKS.sub(b"", found[2]))
    bare = stripped("", content)
    return found[0] if bare in (None, content) else found[1] + base64.b64encode(bare)


def _decoded(text: bytes) -> bytes:
    """The picture of an address; empty if browsers show none."""
    text = b"".join(text.split()).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        return b""


def _refusal(path: str, why: str, line: int = 0) -> SiteError:
    message = f"what a camera may have written into it can't be removed: {why}"
    hint = "save it again with the program that it comes from"
    return SiteError([problem_at(path, "picture", message, Mark(line, 1) if line else None, hint)])
