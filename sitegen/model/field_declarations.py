"""Field declarations in kinds.yaml, blocks.yaml and tables.yaml."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sitegen.model.fields import TYPES, Checker, Field, Side, by_name
from sitegen.problems.suggestions import nearest_or_all
from sitegen.source.yaml import Node

TEXT = Field(name="", type="text")


def optional_value(check: Checker, declared: Field, node: Node | None) -> Any:
    """Return the value of a node, or None if there is no node or it is empty."""
    return None if node is None or node.value is None else check.value(declared, node)


#: Keys of a field → their description.
FIELD_KEYS = {
    "type": "its type",
    "of": "of a list: the field that each item is; of a choice: its values, or values and labels",
    "kind": "of a page: the kind it must be of",
    "required": "true: it must be filled in",
    "max": "the most characters of a text",
    "translate": "of words: false where they are the same in every language, as a name",
    "sorted": "of a list: whether its items must be in ascending order",
    "fields": "of a group: its fields",
    "help": "help text for editors",
}


#: What every object of JavaScript has (ECMA-262, 20.1.3).
_OF_EVERY_OBJECT = frozenset(
    """constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf __proto__
    __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__""".split()  # noqa: SIM905
)


def is_count(value: Any) -> bool:
    """Whether a value is a positive integer, and one that a list may be as long as."""
    return isinstance(value, int) and 0 < value <= sys.maxsize


def read_fields(check: Checker, node: Node | None, side: Side) -> Iterator[Field]:
    """Yield the fields declared under `facts:` or `words:`."""
    if node is None or node.value is None or not check.is_mapping(node, f"{side}: must have a line for each field"):
        return
    for name, child in node.value.items():
        if name in _OF_EVERY_OBJECT:
            message = f"'{name}' can't be the name of a field: the editor in the browser would find it on every page"
            check.reject(child, "expected", message, f"write it otherwise, as {name.strip('_')}_of")
            continue
        declared = _field(check, name, child, side)
        if declared is not None:
            yield declared


def read_sides(check: Checker, entries: Mapping[str, Node]) -> dict[str, Field]:
    """Return name → field, for the fields declared under `facts:` and `words:`."""
    sides: tuple[Side, ...] = ("facts", "words")
    return by_name(*(own for side in sides for own in read_fields(check, entries.get(side), side)))


def _field(check: Checker, name: str, node: Node, side: Side) -> Field | None:
    if not isinstance(node.value, dict) or "type" not in node.value:
        now = f"{{type: {node.text}}}" if node.text in TYPES else None
        message, hint = f"the field '{name}' must have a type", f"write it as {now or '{type: text}'}"
        check.reject(node, "required", message, hint, now)
        return None
    entries: Mapping[str, Node] = node.value
    check.known(node, FIELD_KEYS, "a field")
    kind_of = entries["type"].text
    if kind_of not in TYPES:
        hint = nearest_or_all(kind_of, TYPES, "types are")
        check.reject(entries["type"], "choice", f"type: '{kind_of}' is not a type", hint)
        return None
    of = entries.get("of")
    item = _item(check, name, node, of, side) if kind_of == "list" else None
    fields = by_name(*read_fields(check, entries.get("fields"), side)) if kind_of == "group" else {}
    if kind_of == "group" and ("fields" not in entries or entries["fields"].value in (None, {})):
        check.reject(
            node, "required", f"the group '{name}' must name its fields", "add `fields: {title: {type: text}}`"
        )
    return Field(
        name=name,
        type=kind_of,
        side=side,
        required=optional_value(check, Field(name="required", type="boolean"), entries.get("required")) or False,
        max=_max(check, entries.get("max")),
        choices=_choices(check, node, of) if kind_of == "choice" else {},
        kind=entries["kind"].text if "kind" in entries else None,
        item=item,
        is_sorted=_is_sorted(check, entries.get("sorted"), item),
        fields=fields,
        translate=optional_value(check, Field(name="translate", type="boolean"), entries.get("translate")) is not False,
        help=optional_value(check, Field(name="help", type="text"), entries.get("help")) or "",
    )


def _max(check: Checker, node: Node | None) -> int | None:
    value = optional_value(check, Field(name="max", type="number"), node)
    if value is None or is_count(value):
        return value  # type: ignore[no-any-return]
    assert node is not None
    check.reject(node, "number", "max: must be a whole number from 1")
    return None


def _is_sorted(check: Checker, node: Node | None, item: Field | None) -> bool:
    value = optional_value(check, Field(name="sorted", type="boolean"), node) or False
    if value and (item is None or item.type in ("list", "group")):
        assert node is not None
        message = "sorted: only a list of single values, such as texts or dates, can be sorted"
        check.reject(node, "expected", message, "remove `sorted`")
        return False
    return bool(value)


def _item(check: Checker, name: str, node: Node, of: Node | None, side: Side) -> Field:
    if of is None:
        check.reject(node, "required", f"the list '{name}' must say what it is of", "add `of: {type: text}`")
        return replace(TEXT, name=name, side=side)
    return _field(check, name, of, side) or replace(TEXT, name=name, side=side)


def _choices(check: Checker, node: Node, of: Node | None) -> dict[str, str]:
    if of is not None and isinstance(of.value, tuple):
        return {child.text: child.text.replace("-", " ").capitalize() for child in of.value}
    if of is not None and isinstance(of.value, dict):
        return {value: child.text for value, child in of.value.items()}
    check.reject(node, "required", "a choice must list its values", "add `of: [one, other]`")
    return {}


def one_of(name: str, values: Iterable[str], *, required: bool = False, help: str = "") -> Field:  # noqa: A002
    """Return a choice field for a setting with one of these values."""
    choices = {value: value for value in values}
    return Field(name=name, type="choice", choices=choices, required=required, help=help)
