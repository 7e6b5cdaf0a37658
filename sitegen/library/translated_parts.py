"""The parts of a page that are translated, by name, and how a translation records what it was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sitegen.content.section_digests import digest
from sitegen.model.fields import TYPES, Field, Group
from sitegen.model.kinds import Kind
from sitegen.model.page import Block, Choice, Destination, Document, Heading, Reference, Section
from sitegen.problems.problem import Problem, counted
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: One line of a translation's `source:`, such as `s12ab34cd56ef t65fe43dc21ba #who-can-apply`; of a section with blocks whose
#: words and facts belong together, such as `s12ab34cd56ef t65fe43dc21ba b12ab34cd,56ef65fe #contacts`; of one with a text below its
#: heading, such as `s12ab34cd56ef t65fe43dc21ba h12ab34cd #who-can-apply`.
RECORD = lazily(r"s([0-9a-f]{12}) t([0-9a-f]{12}) (?:h([0-9a-f]{8}) )?(?:b([0-9a-f,]+) )?([^\s'\"]+)")

#: Begins what stands for the digest of a translated part with new words that nobody has confirmed.
_UNCONFIRMED = "f" * 8

#: Fields that a language may have or lack whatever the others have, and with as many words as it likes.
OF_ONE_LANGUAGE = frozenset({"slug", "keywords"})


#: Part of the source → digest of it, and of its rendering in the translation.
Records = Mapping[str, tuple[str, str]]


def records_of(document: Document) -> dict[str, tuple[str, str]]:
    """Return the records of a translation, in their order: part of the source → digest of it, digest of its rendering."""
    return {found[5]: (found[1], found[2]) for found in _records(document)}


def recorded_blocks(document: Document) -> dict[str, list[str]]:
    """Return the blocks of sections with the source's that they rendered when they were accepted, as `block_digest` does."""
    return {found[5]: found[4].split(",") for found in _records(document) if found[4]}


def recorded_below(document: Document) -> dict[str, str]:
    """Return name of a section → digest of what was below its heading in the source when it was accepted."""
    return {found[5]: found[3] for found in _records(document) if found[3]}


def below_headings(source: Document) -> dict[str, str]:
    """Return name of a section → digest of what is below its heading, of those that have a text there."""
    headings = source.body.headings
    return {section_name(section, headings): section.below for section in source.body.sections if section.below}


def block_digest(blocks: Sequence[Block], number: int) -> str:
    """Return four hex digits of the type of a source's block and its words, or those around it, and four of its type and facts."""
    block = around = blocks[number]
    while not around.checksum and around.parent >= 0:
        around = blocks[around.parent]
    facts = json.dumps(_plain(dict(block.facts)), ensure_ascii=False, default=str, sort_keys=True)
    return digest(f"{block.name} {around.checksum}")[:4] + digest(f"{block.name} {facts}")[:4]


def _records(document: Document) -> Iterator[re.Match[str]]:
    return filter(None, (RECORD.fullmatch(line) for line in document.words.get("source", ())))


def is_accepted(records: Records, name: str, digest: str) -> bool:
    """Whether a part of the source is as it was when its translation was accepted, whose words are still confirmed."""
    return name in records and records[name][0] == digest and not is_unconfirmed(records[name][1])


def is_unconfirmed(recorded: str) -> bool:
    """Whether the record of a translated part says that it has new words that nobody has confirmed."""
    return recorded.startswith(_UNCONFIRMED)


def unconfirmed(digest: str, before: str = "") -> str:
    """Return what to record of a translated part with unconfirmed words for the source part with this digest.

    Args:
        before: what is recorded so far; unconfirmed words for more than one version of the source are told as such.
    """
    now = _UNCONFIRMED + digest[:4]
    return now if before == now or not is_unconfirmed(before) else _UNCONFIRMED + "ffff"


def translatable_parts(document: Document, kind: Kind) -> dict[str, str]:
    """Return a document's translatable parts in order: field name, or `#anchor` of a section → digest."""
    parts = {
        f.name: digest(json.dumps(_plain(document.words[f.name]), ensure_ascii=False, default=str))
        for f in kind.of_side("words")
        if f.name != "slug" and f.translate and f.name in document.words
    }
    headings = document.body.headings
    for section in document.body.sections:
        parts[section_name(section, headings)] = section.digest
    return parts


def lost_fields(document: Document, kind: Kind, now: Collection[str]) -> list[str]:
    """Return the recorded fields that the source no longer has and the translation still has; `now` are the source's parts."""
    return [
        name
        for name in records_of(document)
        if name in document.words and name not in {*now, *OF_ONE_LANGUAGE} and kind.fields[name].translate
    ]


def has_words(declared: Field) -> bool:
    """Whether a field is a text to translate, or has such texts in it."""
    inside = (*declared.fields.values(), *([declared.item] if declared.item is not None else []))
    is_text = TYPES[declared.type].is_translated or declared.type == "map"
    return declared.translate and (is_text or any(map(has_words, inside)))


def _other_items(declared: Field, name: str, source: Any, own: Any) -> str:
    """Say how the items of a translation's list or map differ from those of its source; "" if they do not."""
    if not has_words(declared):
        return ""
    match source, own:
        case tuple(), tuple() if declared.item is not None:
            if len(source) != len(own):
                return f"the list '{name}' has {counted(len(own), 'item')}, {len(source):,} in the source"
            both = enumerate(zip(source, own, strict=True))
            inside = [(declared.item, f"{name}[{number}]", *values) for number, values in both]
        case dict(), dict():
            if others := source.keys() ^ own.keys():
                return (
                    f"only {'the source' if min(others) in source else 'this version'} has '{min(others)}' in '{name}'"
                )
            return ""
        case Group(), Group():
            values = source.values.items()
            inside = [(declared.fields[key], f"{name}.{key}", value, own.values.get(key)) for key, value in values]
        case ((tuple() | dict() | Group() | str()), (None | "" | ())):
            return f"'{name}' of the source is missing here" if source else ""
        case _:
            return ""
    return next(filter(None, (_other_items(*each) for each in inside)), "")


def other_items(kind: Kind, source: Document, own: Document, names: Iterable[str]) -> dict[str, str]:
    """Return which of some fields have other items in a translation than in its source: name → how they differ."""
    found = dict[str, str]()
    for name in names:
        value = source.words.get(name)
        if isinstance(value, (tuple, dict, Group)) and value and name not in OF_ONE_LANGUAGE:
            found[name] = _other_items(kind.fields[name], name, value, own.words.get(name))
    return {name: message for name, message in found.items() if message}


def items_problem(source: Document, own: Document, name: str, message: str) -> Problem:
    """Report that a field has other items in a translation."""
    hint = f"see line {source.marks[name].line} of the source; if each language has its own, declare `translate: false`"
    return problem_at(own.path, "structure", message, own.marks.get(name, Mark(1, 1)), hint)


def section_name(section: Section, headings: tuple[Heading, ...]) -> str:
    """Return `#anchor` for a section, `#` for the text before the first heading, and `#notes` for the footnotes."""
    if section.heading == len(headings):
        return notes_name(headings)
    return "#" + (headings[section.heading].anchor if section.heading >= 0 else "")


def notes_name(headings: tuple[Heading, ...]) -> str:
    """Return the name of the footnotes: `#notes`, with hyphens appended if a heading has that id."""
    name = "#notes"
    while any("#" + heading.anchor == name for heading in headings):
        name += "-"
    return name


def _plain(value: Any) -> Any:
    match value:
        case Choice():
            return value.value
        case Reference():
            return value.key
        case Destination():  # wherever it stands
            return value.written
        case Group():
            return {name: _plain(child) for name, child in value.values.items()}
        case dict():
            return {name: _plain(child) for name, child in value.items()}
        case tuple():
            return [_plain(child) for child in value]
    return value
