"""File formats for translators: PO, which this module writes and reads, and XLIFF."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import parse_po, without_dates
from sitegen.model.settings import Config
from sitegen.translation.texts import Answer, Unit, refuse_doubles
from sitegen.translation.xliff1 import write_xliff
from sitegen.translation.xliff2 import write_xliff2
from sitegen.translation.xliff_reader import read_xliff

#: Found in every exported file: the end of a unit's id, the first line of a PO file, or an XLIFF file without units.
_EXPORTED = re.compile(
    rb"""\|[0-9a-f]{8}(?:\[\d\])?["']|`(?:sitegen|build\.py) translate import`|<xliff[^>]{0,200}/>"""
)


class Format(Struct, frozen=True):
    """How to write and read units: `read` returns the language's tag ("" if the file states none) and the answers."""

    write: Callable[[Sequence[Unit], Config, str], bytes]
    read: Callable[[Path, str], tuple[str, list[Answer]]]
    ending: str


def _write_po(units: Sequence[Unit], config: Config, language: str) -> bytes:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    comment = f"# {config.base_url}: texts to translate; import with `sitegen translate import`."
    catalog = Catalog(locale=config.languages[language].tag.replace("-", "_"), charset="utf-8", header_comment=comment)
    catalog.fuzzy = False
    number, rule = plural_forms(config.languages[language].tag)
    if all(unit.target.count("\0") == number - 1 for unit in units if unit.plural and not unit.is_empty):
        catalog.mime_headers = [("Plural-Forms", f"nplurals={number}; plural={rule};")]
    for unit in units:
        message = catalog.add(
            (unit.source, unit.plural) if unit.plural else unit.source,
            None if unit.is_empty else tuple(unit.target.split("\0")) if unit.plural else unit.target,
            flags=["fuzzy"] if unit.state in ("stale", "untracked") else [],
            auto_comments=[line for note in unit.notes for line in note.split("\n")],
            previous_id=unit.earlier,
            context=unit.id,
        )
        message.flags -= {"python-brace-format"}  # Babel takes the braces of a block for it
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, include_previous=True)
    written: bytes = without_dates(buffer.getvalue())
    return written


def _read_po(path: Path, text: str) -> tuple[str, list[Answer]]:
    refuse_doubles(path, re.findall(r'^msgctxt "(.+)"$', text, re.MULTILINE))
    catalog = parse_po(str(path), text)
    answers = []
    for message in catalog:
        if message.id and message.context:
            source = message.id if isinstance(message.id, str) else message.id[0]
            target = message.string if isinstance(message.string, str) else "\0".join(message.string)
            answers.append(Answer(message.context, source, target, not message.fuzzy))
    headers = dict(catalog.mime_headers)
    return str(headers.get("Language", "")).replace("_", "-"), answers


#: File formats by name.
FORMATS: dict[str, Format] = {
    "po": Format(_write_po, _read_po, "po"),
    "xliff": Format(write_xliff, read_xliff, "xliff"),
    "xliff2": Format(write_xliff2, read_xliff, "xlf"),
}
#: Ending of a file → its format; XLIFF files say which version they are.
ENDINGS = {own.ending: name for name, own in FORMATS.items()}


def is_exported(content: bytes) -> bool:
    """Whether a file, in any encoding, comes from an export."""
    return bool(_EXPORTED.search(content.replace(b"\0", b"")))
