"""Fields as JSON Schemas (draft-07)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sitegen.model.fields import BLANKS, TYPES, Field, Schema

#: Text without quotes may look like a number or a boolean in YAML.
ANY_SCALAR = ["string", "number", "boolean"]
#: A content path.
PATH: Schema = {"type": "string", "pattern": r"^/([^/\s]+/)*$"}
#: What a text must have where it can't be empty: something to see. Other values than text pass.
_SEEN: Schema = {"pattern": f"[^{BLANKS}]"}


def table_schema(fields: Mapping[str, Field]) -> Schema:
    """Return the schema of a mapping whose keys are fields."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: field_schema(declared) for name, declared in fields.items()},
    }
    required = [name for name, declared in fields.items() if declared.required]
    return {**schema, "required": required} if required else schema


def field_schema(declared: Field) -> Schema:
    """Return the schema of a field's value; null is allowed unless the field is required."""
    if declared.required:
        return _described(declared, {**_filled(declared), **({"minItems": 1} if declared.type == "list" else {})})
    return _described(declared, {"anyOf": [TYPES[declared.type].schema(declared), {"type": "null"}]})


def _filled(declared: Field) -> Schema:
    """Return the schema of a value that isn't a text of blanks; other types have patterns that no such text matches."""
    return {**TYPES[declared.type].schema(declared), **(_SEEN if declared.type in ("text", "markdown") else {})}


def _described(declared: Field, schema: Schema) -> Schema:
    kind = f"Of the kind '{declared.kind}'." if declared.kind else ""
    about = [declared.help, kind, _labels(declared), "In ascending order." if declared.is_sorted else ""]
    text = " ".join(part[:1].upper() + part[1:].rstrip(".") + "." for part in about if part)
    return {"description": text, **schema} if text else schema


def _labels(declared: Field) -> str:
    return ", ".join(f"{value}: {label}" for value, label in declared.choices.items() if label != value)


def text_schema(declared: Field) -> Schema:
    """Return the schema of a text, with the field's maximum length."""
    return {"type": ANY_SCALAR, "maxLength": declared.max} if declared.max is not None else {"type": ANY_SCALAR}


def like(pattern: str) -> Callable[[Field], Schema]:
    """Return a function that gives the schema of a text matching the whole pattern."""
    return lambda declared: {"type": "string", "pattern": f"^({pattern})$"}


def list_schema(declared: Field) -> Schema:
    """Return the schema of a list and its items."""
    assert declared.item is not None
    return {"type": "array", "items": _filled(declared.item)}
