"""What a field is, and how the values of a file's fields are read and checked; the types themselves are `field_types`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from sitegen.model.values import Reference
from sitegen.problems.problem import Problem, certain, listing, nearest
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node

#: A value in the quotation marks that word processors put.
_IN_QUOTES = re.compile("[“”„«‘’']([^“”„«»‘’']+)[“”»‘’']")

Side = Literal["facts", "words"]


class Field(Struct, frozen=True, kw_only=True):
    """A declared field.

    Attributes:
        side: whether it is a fact (written once) or words (once per language).
        choices: value → label, for `choice`.
        kind: the kind a `page` must be of, or one that extends it.
        item: what a `list` holds.
        fields: what a `group` holds.
        max: most characters of a text.
        is_sorted: whether the items of a list stand in ascending order.
        translate: whether a translation has words of its own here; a name may be the same everywhere.
        help: help text for editors.
    """

    name: str
    type: str
    side: Side = "facts"
    required: bool = False
    max: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    item: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    is_sorted: bool = False
    translate: bool = True
    help: str = ""


class Group(Struct, frozen=True):
    """The value of a group: its filled-in fields as attributes, None for the others."""

    values: Mapping[str, Any]
    declared: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.declared:
            raise AttributeError(name)
        return self.values.get(name)


#: What an editor in the browser shows for a field, and a JSON Schema, as plain data.
Form = dict[str, Any]
Schema = dict[str, Any]


class FormSite(Protocol):
    """What a form may ask of the site that it is for."""

    def pages(self, kind: str | None) -> Mapping[str, str]:
        """Content path → title, of the pages of a kind or of all."""
        ...

    def countries(self) -> Mapping[str, str]:
        """Code → name."""
        ...

    def field(self, declared: Field) -> Form:
        """The whole input for a field, with its label."""
        ...


class FieldType(Struct, frozen=True, kw_only=True):
    """A type of fields, all that is to know of it in one place.

    Attributes:
        read: gives the value of a node, or None with a problem noted.
        schema: tells as a JSON Schema what may be written.
        form: the input in a browser's editor.
        is_translated: whether a value of words is a text that a translator writes.
        is_ordered: whether values have an order, by which pages and lists can be sorted.
        is_selectable: whether readers may narrow a list by it.
    """

    read: Callable[[Checker, Field, Node], Any]
    schema: Callable[[Field], Schema]
    form: Callable[[Field, FormSite], Form]
    is_translated: bool = False
    is_ordered: bool = True
    is_selectable: bool = False


#: A field's `type:` → the type. The engine's own are put in by `field_types`; a package may add others likewise.
TYPES: dict[str, FieldType] = {}


class Checker(Struct, frozen=True):
    """Turns nodes of one file into values, and collects what is wrong with them.

    Attributes:
        is_strict: whether a key that is unknown is an error, so that what it misspells need not be told as missing too.
    """

    source: Source
    problems: list[Problem]
    time_zone: dt.tzinfo = dt.UTC
    is_strict: bool = True

    def reject(self, node: Node, code: str, message: str, hint: str = "", mend: str | None = None) -> None:
        """Note a problem at the node; its field counts as not filled in. A value in quotes of prose is meant without them."""
        if mend is None and (quoted := _IN_QUOTES.fullmatch(node.text)):
            mend = quoted[1]
        self.problems.append(self.source.problem(code, message, node.mark, hint, mend))

    def value(self, declared: Field, node: Node) -> Any:
        """The field's value, or None with a problem noted."""
        return TYPES[declared.type].read(self, declared, node)

    def table(self, fields: Mapping[str, Field], node: Node, what: str) -> dict[str, Any]:
        """The values of a mapping whose keys are fields; unknown and missing keys are problems."""
        values = {}
        for name, child in node.value.items():
            if name not in fields:
                self.unknown(name, child, fields, what)
            elif child.value is not None:
                values[name] = self.value(fields[name], child)
        self.required(fields, node, what)
        return {name: value for name, value in values.items() if value is not None}

    def unknown(self, name: str, node: Node, known: Mapping[str, Any], what: str) -> None:
        """Note that a key is none of those known, and which is near."""
        hint = nearest(name, known) or f"known are {listing(sorted(known))}"
        message = f"'{name}' is not a field of {what}"
        self.problems.append(self.source.problem("unknown-key", message, node.key, hint, certain(name, known)))

    def required(self, fields: Mapping[str, Field], node: Node, what: str) -> None:
        """Note the required fields that a mapping lacks or leaves empty, but for those that a key only misspells."""
        misspelt = {certain(key, fields) for key in node.value if key not in fields} if self.is_strict else set()
        for name, declared in fields.items():
            child = node.value.get(name)
            if child is None and name in misspelt:
                continue
            if declared.required and (child is None or child.value in (None, "", ())):
                mark = child.key if child is not None and child.key else _place_of(name, fields, node)
                state = "missing" if child is None else "empty"
                hint = f"add a line `{name}: …`" if child is None else "fill it in"
                if child is not None and child.value is None and child.text:
                    hint = f'YAML reads {child.text} as nothing; write "{child.text}" for the word'
                self.problems.append(
                    self.source.problem("required", f"'{name}' is {state}; {what} must have it", mark, hint)
                )


def _place_of(name: str, fields: Mapping[str, Field], node: Node) -> Mark:
    """Where a key that is missing would stand: before the key below those that come first, facts before words."""
    order = sorted(fields, key=lambda own: fields[own].side != "facts")
    before = set(order[: order.index(name)])
    lines = {key: child.key.line for key, child in node.value.items() if child.key}
    last = max((lines[key] for key in lines if key in before), default=0)
    below = [line for line in lines.values() if line > last]
    return Mark(min(below, default=last) or node.mark.line, 1)


def ranks(item: Field, values: Iterable[Any]) -> list[Any]:
    """What the items of a list are ordered by: text by code point, references by key, choices as their kind lists them."""
    if item.type == "choice":
        places = list(item.choices)
        return [places.index(value.value) for value in values]
    return [value.key if isinstance(value, Reference) else value for value in values]


def check_order(check: Checker, declared: Field, node: Node, ranks: Sequence[Any]) -> None:
    """Tell the first item that is less than the one before it."""
    late = next((n for n in range(1, len(ranks)) if ranks[n] < ranks[n - 1]), None)
    if late is not None:
        above = next(n for n, rank in enumerate(ranks) if rank > ranks[late])
        item, other = node.value[late], node.value[above]
        message = f"{declared.name}: '{item.text}' must come before '{other.text}', as the list is sorted"
        hint = "`python build.py check --fix` puts it in order"
        check.problems.append(check.source.problem("unsorted", message, item.mark, hint))


def sorted_lists(fields: Mapping[str, Field], node: Node) -> Iterator[tuple[Field, Node]]:
    """The lists of a mapping, and of the groups in it, that stand in ascending order."""
    for name in fields.keys() & node.value.keys():
        declared, child = fields[name], node.value[name]
        if declared.is_sorted and isinstance(child.value, tuple):
            yield declared, child
        inner = declared.item or declared
        for part in child.value if isinstance(child.value, tuple) else (child,):
            if inner.type == "group" and isinstance(part.value, dict):
                yield from sorted_lists(inner.fields, part)


def right_order(declared: Field, node: Node, time_zone: dt.tzinfo = dt.UTC) -> list[int]:
    """The items of a sorted list, by their numbers, as they must stand; as they do where one of them is wrong."""
    assert declared.item is not None
    check = Checker(Source.of("", ""), [], time_zone)
    values = [check.value(declared.item, child) for child in node.value]
    numbers = list(range(len(values)))
    return numbers if None in values else sorted(numbers, key=ranks(declared.item, values).__getitem__)
