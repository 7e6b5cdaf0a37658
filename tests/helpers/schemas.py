"""JSON Schema as another implementation reads it, imported with the first schema: it takes a second to import."""

from __future__ import annotations

from typing import Any


def check(schema: dict[str, Any]) -> None:
    """Raise an error if this is no schema."""
    import jsonschema  # type: ignore[import-untyped]

    jsonschema.Draft7Validator.check_schema(schema)


def errors(schema: dict[str, Any], value: Any, *, formats: bool = True) -> list[str]:
    """What is wrong with a value: where and what."""
    import jsonschema

    checker = jsonschema.FormatChecker() if formats else None
    found = jsonschema.Draft7Validator(schema, format_checker=checker).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
