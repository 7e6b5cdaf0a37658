"""Texts to translate as a PO file, and the answers in such a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import parse_po, po_bytes
from sitegen.model.settings import Config
from sitegen.translation.texts import Answer, Unit, names_in, refuse_doubles


def write_units(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """Return a PO file of a language's units."""
    from babel.messages.catalog import Catalog

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
    return po_bytes(catalog, include_previous=True)


def read_units(path: Path, text: str) -> tuple[str, list[Answer]]:
    """Return the language's tag, or "" if the file states none, and the answers."""
    refuse_doubles(path, text, [name for name, _ in names_in(text)])
    catalog = parse_po(str(path), text)
    answers = []
    for message in catalog:
        if message.id and message.context:
            source = message.id if isinstance(message.id, str) else message.id[0]
            target = message.string if isinstance(message.string, str) else "\0".join(message.string)
            answers.append(Answer(message.context, source, target, not message.fuzzy))
    headers = dict(catalog.mime_headers)
    return str(headers.get("Language", "")).replace("_", "-"), answers
