"""Texts to translate as a PO file, and the answers in such a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import forms_of, parse_po, po_bytes, stated_rule
from sitegen.model.settings import Config
from sitegen.problems.problem import SiteError
from sitegen.translation.texts import Answer, Unit, bad_file, names_in, refuse_doubles


def write_units(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """Return a PO file of a language's units."""
    from babel.messages.catalog import Catalog

    comment = f"# {config.base_url}: texts to translate; import with `sitegen translate import`."
    catalog = Catalog(locale=config.languages[language].tag.replace("-", "_"), charset="utf-8", header_comment=comment)
    catalog.fuzzy = False
    plural = next((unit for unit in units if unit.plural), None)
    tag = config.languages[language].tag
    number, rule = (plural.target.count("\0") + 1, plural.rule) if plural else plural_forms(tag)
    catalog.mime_headers = [("Plural-Forms", f"nplurals={number}; plural={rule};")]
    for unit in units:
        message = catalog.add(
            (unit.source, unit.plural) if unit.plural else unit.source,
            None if unit.is_empty else tuple(unit.target.split("\0")) if unit.plural else unit.target,
            flags=["fuzzy"] if unit.state in ("stale", "untracked") else [],
            auto_comments=[line for note in unit.notes for line in note.split("\n")],
            previous_id=[unit.earlier] if unit.earlier else (),
            context=unit.id,
        )
        message.flags -= {"python-brace-format"}  # Babel takes the braces of a block for it
    return po_bytes(catalog)


def read_units(path: Path, text: str) -> tuple[str, list[Answer]]:
    """Return the language's tag, or "" if the file states none, and the answers."""
    refuse_doubles(path, text, [name for name, _ in names_in(text)])
    catalog = parse_po(str(path), text)
    answers, rule = [], stated_rule(catalog)
    if lost := [*_nameless(catalog)]:
        lines = text.split("\n")
        raise SiteError(bad_file(path, message, hint, (line, _column(lines[line - 1]))) for line, message, hint in lost)
    for message in catalog:
        if message.id:
            source, *plural = forms_of(message.id)
            target = "\0".join(forms_of(message.string))
            stated = rule if plural else ""
            answers.append(Answer(message.context, source, target, not message.fuzzy, "".join(plural), stated))
    headers = dict(catalog.mime_headers)
    return str(headers.get("Language", "")).strip().replace("_", "-"), answers


def _nameless(catalog: Any) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each entry that would be passed over although it has a translation, with message and hint."""
    for message in catalog:
        if message.id and not message.context:
            yield message.lineno, "this text has lost its name", "write the line `msgctxt` of the export above it"
    for message in catalog.obsolete.values():
        if message.context and any(message.string):
            hint = "delete the `#~` of its lines, or delete them if the text is no longer wanted"
            yield message.lineno, "this text is marked as obsolete, so its translation would be lost", hint


def _column(line: str) -> int:
    return len(line) - len(line.lstrip()) + 1
