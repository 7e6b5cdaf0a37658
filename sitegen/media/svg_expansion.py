"""How many elements a drawing draws: `<use>`, patterns, masks, markers and filters draw others again, and may be nested.

Forty elements that each draw the one before twice are a trillion. The count follows the references without drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sitegen.media.css import Rule, find_inside

#: The most elements that a drawing may draw; a file of the largest size has fewer without references.
MOST_DRAWN = 300_000
#: Numbers are not counted further than this.
_MANY = 10**9
_UNKNOWN, _OPEN = -2, -1
#: Characters of an attribute's value by which a selector may choose.
_LONGEST_NAME = 40
_NUMBER = re.compile(r"\d+")


class Expansion:
    """The elements of a drawing as a graph: each draws its children, and what it refers to.

    A name in a selector stands for everything that a style sheet draws with elements of that name.
    """

    def __init__(self) -> None:
        self._lines: list[int] = []
        self._draws: list[list[tuple[int | str, int]]] = []
        self._names: list[tuple[frozenset[str], int]] = []
        self._ids: dict[str, int] = {}
        self._parents: list[tuple[int, str]] = []
        self._primitives: list[dict[str, int]] = []

    def begin(self, element: str, attributes: Mapping[str, str], line: int) -> None:
        """Add an element and what its attributes refer to."""
        number = len(self._lines)
        points = len(_NUMBER.findall(attributes.get("d", "") + attributes.get("points", ""))) // 2
        draws: list[tuple[int | str, int]] = [
            (own, points if is_marker else 1) for own, is_marker in _references(attributes)
        ]
        self._lines.append(line)
        self._draws.append(draws)
        self._names.append((frozenset(_names(element, attributes)), max(1, points)))
        if "id" in attributes:
            self._ids.setdefault(attributes["id"], number)
        self._add_to_parent(number, element, attributes)
        self._parents.append((number, element))
        if element == "filter":
            self._primitives.append({})

    def _add_to_parent(self, number: int, element: str, attributes: Mapping[str, str]) -> None:
        parent, its_element = self._parents[-1] if self._parents else (number, "")
        if its_element not in ("filter", "feMerge") or not self._primitives:
            if self._parents:
                self._draws[parent].append((number, 1))
            return
        known = self._primitives[-1]
        inputs = [attributes[name] for name in ("in", "in2") if name in attributes] or [""]
        self._draws[number] += [(known[name], 1) for name in inputs if name in known]
        if its_element == "feMerge":
            self._draws[parent].append((number, 1))
        else:
            known[attributes.get("result", "")] = known[""] = number

    def end(self) -> None:
        """End the last open element; a filter draws its last primitive."""
        number, element = self._parents.pop()
        if element == "filter":
            last = self._primitives.pop().get("")
            self._draws[number] += [] if last is None else [(last, 1)]

    def add_rules(self, rules: Iterable[Rule]) -> None:
        """Add what the rules of a style sheet refer to."""
        for own in rules:
            rule = self._add_node(dict.fromkeys(own.ids))
            for name in own.names:
                key = f" {name}{' marker' if own.is_marker else ''}"
                if key not in self._ids:
                    self._ids[key] = self._add_node(())
                self._draws[self._ids[key]].append((rule, 1))

    def _add_node(self, references: Iterable[str]) -> int:
        """Add a node that is no element itself."""
        self._draws.append([(own, 1) for own in references])
        self._lines.append(0)
        self._names.append((frozenset(), 0))
        return len(self._draws) - 1

    def find_excess(self) -> int | None:
        """The line of the innermost element that draws more than `MOST_DRAWN`; None if none does."""
        counts = self._count()
        over = [(count, line) for count, line in zip(counts, self._lines, strict=True) if line and count > MOST_DRAWN]
        return min(over)[1] if over else None

    def _targets(self, number: int) -> Iterator[tuple[int, int]]:
        """What an element draws, and how many times."""
        for own, times in self._draws[number]:
            target = self._ids.get(own) if isinstance(own, str) else own
            if target is not None:
                yield target, times
        names, points = self._names[number]
        for name in names:
            for kind, times in (("", 1), (" marker", points)):
                if (target := self._ids.get(f" {name}{kind}")) is not None:
                    yield target, times

    def _count(self) -> list[int]:
        """How many elements each draws; one that draws itself is not drawn by browsers, and counts once."""
        counts = [_UNKNOWN] * len(self._draws)
        waiting = [0] if counts else []
        while waiting:
            number = waiting[-1]
            if counts[number] == _UNKNOWN:
                counts[number] = _OPEN
                waiting += [target for target, _ in self._targets(number) if counts[target] == _UNKNOWN]
                continue
            waiting.pop()
            if counts[number] == _OPEN:
                drawn = sum(times * max(0, counts[target]) for target, times in self._targets(number))
                counts[number] = min(_MANY, drawn + bool(self._lines[number]))
        return counts


def _references(attributes: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The ids that attributes refer to, and whether a marker may be drawn at each point of a path."""
    for name, value in attributes.items():
        if name.rpartition(" ")[2] == "href":
            yield value.strip().removeprefix("#"), False
        else:
            is_marker = "marker" in f"{name} {value}".lower()
            yield from ((own, is_marker) for own in find_inside(value))


def _names(element: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """The names by which selectors may mean an element."""
    yield "*"
    yield element
    yield from attributes.get("class", "").split()
    yield from (value for value in attributes.values() if len(value) < _LONGEST_NAME)
