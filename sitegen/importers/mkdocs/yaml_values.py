"""Reads the YAML of an MkDocs site as plain values, within limits of size and depth."""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct, field

from sitegen.source.mark import Mark
from sitegen.source.text import CONTROL
from sitegen.source.yaml_nodes import MAX_DEPTH

#: The most characters that aliases may add to a text, beyond its own length.
_GROWTH = 20_000
#: A key, and what is before it.
_KEY = re.compile(r"""([ \t-]*+)["']?([\w.-]++)["']?[ \t]*+:""")


class _Loader(yaml.CSafeLoader):
    """Loads plain values: numbers and dates stay text, and values with custom tags, as `!!python/name:`, are ignored."""


_Loader.add_multi_constructor("", lambda loader, suffix, node: None)
for _type in ("int", "float", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_type}", lambda loader, node: str(node.value))
_Loader.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: _Loader.bool_values.get(str(node.value).lower()))


def load(text: str) -> Any:
    """Load plain values from YAML.

    Raises:
        yaml.YAMLError: it is not valid, nested too deep, or its aliases make it grow or contain themselves.
    """
    measured = _Measured()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        measured.add(event)
        if measured.size > 2 * len(text) + _GROWTH or len(measured.opened) > MAX_DEPTH:
            raise _fault("too much, or nested too deep", event)
    return yaml.load(text, _Loader)  # noqa: S506 - it creates only plain values


class _Measured(Struct):
    """The size that YAML has once its aliases are replaced by what they name.

    Attributes:
        sizes: anchor → size of its value.
        opened: for each collection that is not closed, its anchor and the size before it.
    """

    size: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    opened: list[tuple[str, int]] = field(default_factory=list)

    def add(self, event: yaml.Event) -> None:
        """Add an event; raises YAMLError if it is an alias in its own value, or has a character that can't be seen."""
        match event:
            case yaml.AliasEvent(anchor=anchor):
                if anchor not in self.sizes:
                    raise _fault(f"the alias '{anchor}' is used inside the value that it names", event)
                self.size += self.sizes[anchor]
            case yaml.CollectionStartEvent(anchor=anchor):
                self.sizes.pop(anchor or "", None)
                self.opened.append((anchor or "", self.size))
                self.size += 1
            case yaml.CollectionEndEvent():
                anchor, start = self.opened.pop()
                self.sizes[anchor] = self.size - start
            case yaml.ScalarEvent(anchor=anchor, value=value):
                if hidden := CONTROL.search(value):  # written as an escape: others are reported as the file is read
                    raise _fault(f"a character that can't be seen, U+{ord(hidden[0]):04X}", event)
                self.sizes[anchor or ""] = 1 + len(value)
                self.size += 1 + len(value)


def _fault(message: str, event: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)


def reason_of(error: yaml.YAMLError, first: int = 1) -> tuple[str, Mark]:
    """Return what is wrong with YAML that begins at a line, and where."""
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    place = getattr(error, "problem_mark", None)
    return reason, Mark(place.line + first, place.column + 1) if place else Mark(first, 1)


def key_lines(text: str) -> dict[str, int]:
    """Return key → its first line, 1-based; that at the outermost level, if it has one there."""
    found: dict[str, int] = {}
    inner: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if key := _KEY.match(line):
            (inner if key[1] else found).setdefault(key[2], number)
    return {**inner, **found}
