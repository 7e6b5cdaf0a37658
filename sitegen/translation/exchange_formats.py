"""The file formats that translators work with: PO, XLIFF 1.2 and XLIFF 2.0."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from sitegen.model.settings import Config
from sitegen.translation import po
from sitegen.translation.texts import Answer, Unit
from sitegen.translation.xliff1 import write_xliff
from sitegen.translation.xliff2 import write_xliff2
from sitegen.translation.xliff_reader import read_xliff

#: Found in every exported file: the end of a unit's id, the first line of a PO file, or an XLIFF file without units.
_UNIT = re.compile(rb"""\|(?:[0-9a-f]{8}){1,2}(?:\[\d\])?["']""")
_EXPORTED = re.compile(rb"""`(?:sitegen|build\.py) translate import`|<xliff[^>]{0,200}/>""")
#: Found in an entry of a PO file or a unit of XLIFF that has lost its name.
_NAMELESS = re.compile(rb"""(?m)^(?:#~ ?)?msgid "[^"]|<source""")


class Format(Struct, frozen=True):
    """How to write and read units: `read` returns the language's tag ("" if the file states none) and the answers."""

    write: Callable[[Sequence[Unit], Config, str], bytes]
    read: Callable[[Path, str], tuple[str, list[Answer]]]
    ending: str


#: File formats by name.
FORMATS: dict[str, Format] = {
    "po": Format(po.write_units, po.read_units, "po"),
    "xliff": Format(write_xliff, read_xliff, "xliff"),
    "xliff2": Format(write_xliff2, read_xliff, "xlf"),
}
#: Ending of a file → its format; XLIFF files say which version they are.
ENDINGS = {own.ending: name for name, own in FORMATS.items()}


def is_exported(content: bytes) -> bool:
    """Whether a file, in any encoding, comes from an export."""
    content = content.replace(b"\0", b"")
    return bool(_UNIT.search(content) or _EXPORTED.search(content))


def has_units(content: bytes) -> bool:
    """Whether a file has texts, whether or not they can be read."""
    return bool(_UNIT.search(content) or _NAMELESS.search(content))
