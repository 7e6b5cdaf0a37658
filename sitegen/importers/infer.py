"""Infers the fields of a content model from undeclared values, and writes the values for these fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sitegen.model.fields import Checker, Field, Side
from sitegen.model.page import Key
from sitegen.model.urls import last_part
from sitegen.problems.problem import Problem
from sitegen.source.scalars import scalar
from sitegen.source.text import Source
from sitegen.source.yaml import Node

#: Maximum nesting of tables and lists; the YAML of a content model has a limited depth.
_MOST_LEVELS = 4
#: Types of single values, the narrowest first; each of them is also a valid text.
_TYPES = ("boolean", "number", "date", "datetime", "url", "email")


def infer_field(name: str, nodes: Iterable[Node], side: Side = "facts") -> Field | None:
    """Return the narrowest field for all values; None if there is none, for example for a mix of texts and tables."""
    filled = [node for node in nodes if node.value not in (None, {})]
    if any(isinstance(node.value, tuple) for node in filled):
        items = [item for node in filled for item in node.items]
        item = infer_field(name, items, side)
        is_flat = item is not None and item.type != "list"
        return Field(name=name, type="list", side=side, item=item) if is_flat else None
    tables = [node for node in filled if isinstance(node.value, dict)]
    if tables:
        return _group(name, tables, side) if len(tables) == len(filled) else None
    fitting = (type_ for type_ in _TYPES if filled and all(fits(type_, node) for node in filled))
    return Field(name=name, type=next(fitting, "text"), side=side)


def _group(name: str, tables: list[Node], side: Side) -> Field | None:
    values: dict[str, list[Node]] = {}
    for table in tables:
        for key, node in table.value.items():
            values.setdefault(key, []).append(node)
    fields = {key: infer_field(key, nodes, side) for key, nodes in values.items()}
    known = {key: declared for key, declared in fields.items() if declared is not None}
    made = Field(name=name, type="group", side=side, fields=known)
    are_names = all(re.fullmatch(r"[A-Za-z_][\w-]*", key) for key in values)
    return made if are_names and len(known) == len(fields) and _levels(made) <= _MOST_LEVELS else None


def _levels(declared: Field) -> int:
    own = [declared.item] if declared.item is not None else declared.fields.values()
    return 1 + max(map(_levels, own), default=0)


def title_of(key: Key) -> str:
    """Return a title for a page without one, from its path."""
    return last_part(key).replace("-", " ").capitalize() or "Home"


def fits(type_: str, node: Node) -> bool:
    """Whether a value is valid for a field of a type."""
    problems: list[Problem] = []
    Checker(Source.of("", ""), problems).value(Field(name="", type=type_), node)
    return not problems


def written(declared: Field, node: Node) -> str:
    """Return a value as YAML on one line, in the syntax of the field."""
    if declared.item is not None:
        items = (written(declared.item, item) for item in node.items if item.value is not None)
        return f"[{', '.join(items)}]"
    if declared.fields:
        filled = ((key, child) for key, child in node.entries.items() if child.value is not None)
        return "{" + ", ".join(f"{key}: {written(declared.fields[key], child)}" for key, child in filled) + "}"
    return scalar(node.text) if declared.type == "text" else node.text


def declaration(declared: Field) -> str:
    """Return a field's declaration for kinds.yaml, such as `{type: list, of: {type: text}}`."""
    return "{" + ", ".join(_declared(declared)) + "}"


def _declared(declared: Field) -> Iterator[str]:
    yield f"type: {declared.type}"
    if declared.item is not None:
        yield f"of: {declaration(declared.item)}"
    if declared.kind is not None:
        yield f"kind: {declared.kind}"
    if declared.fields:
        yield f"fields: {{{', '.join(f'{name}: {declaration(own)}' for name, own in declared.fields.items())}}}"
