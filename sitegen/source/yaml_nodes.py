"""The nodes of YAML text, which know their place, and the values of plain scalars by YAML 1.2's core schema.

`no`, `12:30` and `1_000` are text, as in the YAML that web editors write; PyYAML's own resolver (YAML 1.1)
would make them False, 750 and 1000.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sitegen.source.mark import Mark

MAX_YAML = 64_000
MAX_DEPTH = 20

TYPE_NAMES = {
    dict: "a table of keys",
    tuple: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
}

#: As many digits as floating point always holds.
_EXACT = 15
_CORE = (
    (re.compile(r"(?:|~|null|Null|NULL)\Z"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)\Z"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)\Z"), lambda text: False),
    (re.compile(r"[-+]?[0-9]{1,18}\Z"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z"), float),
)


class Node(Struct, frozen=True):
    """A value of a YAML file and its place."""

    value: Any  #: None, bool, int, float, str, a tuple of nodes, or a mapping of keys to nodes
    text: str  #: as written, for scalars
    mark: Mark
    key: Mark | None = None  #: the place of its key, in a mapping

    @property
    def entries(self) -> Mapping[str, Node]:
        """Key → value of a table; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The values of a list; anything else is a list of itself."""
        return self.value if isinstance(self.value, tuple) else (self,)

    @property
    def type_name(self) -> str:
        """What an editor would call it: "a list", "text", "nothing"."""
        return "nothing" if self.value is None else TYPE_NAMES[type(self.value)]

    @property
    def quoted(self) -> str:
        """The value as it is written, in quotes; for a list or a table, its type."""
        return f"'{self.text}'" if self.text else self.type_name


def plain_scalar(text: str) -> Any:
    """The value of an unquoted text: a number, true, false, None, or the text itself, as of a number that would be rounded."""
    for pattern, convert in _CORE:
        if pattern.match(text):
            value = convert(text)
            return text if value.__class__ in (int, float) and not _is_exact(text, value) else value
    return text


def text_value(text: str) -> Any:
    """The value of a cell or an attribute, as YAML reads it, but `null` and `~` are texts there; None if it is empty."""
    value = plain_scalar(text)
    return text or None if value is None else value


def _is_exact(text: str, value: float) -> bool:
    """Whether a number is as it is written in all that reads it: other programs, and ICU, have only floating point."""
    if len(text) <= _EXACT and "e" not in text.lower():
        return True
    from decimal import Decimal  # few numbers are so long

    return abs(value) < math.inf and Decimal(text) == Decimal(repr(float(value)))
