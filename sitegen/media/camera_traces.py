"""Files beside pages without what a camera wrote into them: pictures to download, and those embedded in drawings."""

from __future__ import annotations

import base64
import re
from functools import partial
from pathlib import Path
from xml.parsers import expat

from sitegen.media.images import SHOWN
from sitegen.media.metadata import TIFF, is_raster, is_tiff, stripped
from sitegen.problems.problem import SiteError
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Extensions of pictures that browsers don't show, and which may be downloaded.
_NOT_SHOWN = frozenset({".apng", ".heic", *TIFF})
#: What programs break the address of an embedded picture with: blanks, also as the numbers of characters.
_BREAK = rb"\s|&#(?:0*(?:9|10|13|32)|[xX]0*(?:9|20|[aAdD]));"
_EMBEDDED = lazily(
    rb"(data:image/[a-z]+;base64,)((?:[A-Za-z0-9+/]|"
    + _BREAK
    + rb")+(?:=|"
    + _BREAK
    + rb")*)(?=[\"')]|&(?:quot|apos|#34|#39);)"
)
_BREAKS = lazily(_BREAK)
#: Begins such an address in the value of an attribute, or in a style.
_ADDRESS = lazily(r"data:image/[a-z]+;base64,\s*[A-Za-z0-9+/]", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def without_traces(path: str, content: bytes) -> bytes:
    """Return a file without what a camera wrote into it.

    Raises:
        SiteError: it is named as a picture, or has one in it, that can't be read, so that nobody knows what is in it.
    """
    ending = Path(path).suffix.lower()
    if ending == ".svg":
        made, count = _EMBEDDED.subn(partial(_embedded, path), content)
        if (count < content.count(b";base64,") or content.startswith(_UTF16)) and count < len(
            lines := _addresses(content)
        ):
            raise _refusal(path, "a picture in it is written in an uncommon way", lines[count])
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


def _addresses(content: bytes) -> list[int]:
    """The lines of the embedded pictures of a drawing that has been read before."""
    lines, styles, parser = list[int](), list[bool](), expat.ParserCreate()

    def note(text: str) -> None:
        lines.extend(parser.CurrentLineNumber for _ in _ADDRESS.finditer(text))

    def begin(name: str, attributes: dict[str, str]) -> None:
        styles.append(name.rpartition(":")[2] == "style")
        for value in attributes.values():
            note(value)

    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: styles.pop()
    parser.CharacterDataHandler = lambda text: note(text) if styles[-1] else None
    parser.Parse(content, True)
    return lines


def _refusal(path: str, why: str, line: int = 0) -> SiteError:
    message = f"what a camera may have written into it can't be removed: {why}"
    hint = "save it again with the program that it comes from"
    return SiteError([problem_at(path, "picture", message, Mark(line, 1) if line else None, hint)])
