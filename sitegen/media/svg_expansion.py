"""How many elements a drawing draws: `<use>`, patterns, masks, markers and filters draw others again, and may be nested.

Forty elements that each draw the one before twice are a trillion. The count follows the references without drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sitegen.media.css import LONGEST_NAME, Rule
from sitegen.source.lazy_regex import lazily

#: The most elements that a drawing may draw; a file of the largest size has fewer without references.
MOST_DRAWN = 300_000
#: Numbers are not counted further than this.
_MANY = 10**9
_NUMBER = re.compile(r"\d+")
#: How an element draws another; see `_Draw`.
_PART, _ONCE, _BY_SHAPE, _BY_POINT = 1, 2, 3, 4
#: Attributes, and properties in the attribute `style`, that the elements within inherit.
_INHERITED = lazily(r"\b(?:fill|stroke)\b|--")
#: Elements that paint by themselves, without drawing others.
_GRADIENTS = ("linearGradient", "radialGradient")


class _Draw(NamedTuple):
    """What an element draws: a number, or an id or a name that may come later.

    Attributes:
        how: `_PART` for a child and what `<use>` repeats, `_ONCE`; or each shape within, or each of their points, draws it.
    """

    target: int | str
    how: int


class _Count(NamedTuple):
    """How many elements an element draws in all, and how many shapes it has, with how many points."""

    all: int
    shapes: int
    points: int


_UNKNOWN, _OPEN = _Count(0, 0, 0), _Count(0, 0, 0)


class Expansion:
    """The elements of a drawing as a graph: each draws its children, and what it refers to.

    A name in a selector stands for everything that a style sheet draws with elements of that name. Fills, strokes and
    markers are inherited: each shape within an element draws them.
    """

    def __init__(self) -> None:
        self.elements = 0
        self._lines: list[int] = []
        self._draws: list[list[_Draw]] = []
        self._names: list[frozenset[str]] = []
        self._points: list[int] = []
        self._ids: dict[str, int] = {}
        self._parents: list[tuple[int, str]] = []
        self._primitives: list[dict[str, int]] = []
        self._gradients: set[int] = set()
        self._loose: set[str] = set()

    def begin(
        self, element: str, attributes: Mapping[str, str], references: Mapping[str, Iterable[str]], line: int
    ) -> None:
        """Add an element and the ids that its attributes refer to."""
        self.elements += 1
        number = len(self._lines)
        points = len(_NUMBER.findall(attributes.get("d", "") + attributes.get("points", ""))) // 2
        self._lines.append(line)
        hows = {name: _how(element, name, attributes[name]) for name in references}
        self._draws.append([_Draw(own, hows[name]) for name, ids in references.items() for own in ids])
        self._names.append(frozenset(_names(element, attributes)))
        self._points.append(max(1, points))
        if "id" in attributes:
            self._ids.setdefault(attributes["id"], number)
        if element in _GRADIENTS:
            self._gradients.add(number)
        self._add_to_parent(number, element, attributes)
        self._parents.append((number, element))
        if element == "filter":
            self._primitives.append({})

    def _add_to_parent(self, number: int, element: str, attributes: Mapping[str, str]) -> None:
        parent, its_element = self._parents[-1] if self._parents else (number, "")
        if its_element not in ("filter", "feMerge") or not self._primitives:
            if self._parents:
                self._draws[parent].append(_Draw(number, _PART))
            return
        known = self._primitives[-1]
        inputs = [attributes[name] for name in ("in", "in2") if name in attributes] or [""]
        self._draws[number] += [_Draw(known[name], _ONCE) for name in inputs if name in known]
        if its_element == "feMerge":
            self._draws[parent].append(_Draw(number, _PART))
        else:
            known[attributes.get("result", "")] = known[""] = number

    def end(self) -> None:
        """End the last open element; a filter draws its last primitive."""
        number, element = self._parents.pop()
        if element == "filter":
            last = self._primitives.pop().get("")
            self._draws[number] += [] if last is None else [_Draw(last, _ONCE)]

    def add_rules(self, rules: Iterable[Rule]) -> None:
        """Add what the rules of a style sheet refer to."""
        for own in rules:
            if own.is_loose:
                self._loose |= set(own.ids)
                continue
            rule = self._add_node(_Draw(name, _ONCE) for name in dict.fromkeys(own.ids))
            for name in own.names:
                key = f" {name}{' marker' if own.is_marker else ''}"
                if key not in self._ids:
                    self._ids[key] = self._add_node(())
                self._draws[self._ids[key]].append(_Draw(rule, _ONCE))

    def _add_node(self, draws: Iterable[_Draw]) -> int:
        """Add a node that is no element itself."""
        self._draws.append(list(draws))
        self._lines.append(0)
        self._names.append(frozenset())
        self._points.append(0)
        return len(self._draws) - 1

    def find_excess(self) -> int | None:
        """The line of the innermost element that draws more than `MOST_DRAWN`; None if none does."""
        counts = self._count()
        over = [(own.all, line) for own, line in zip(counts, self._lines, strict=True) if line and own.all > MOST_DRAWN]
        if over or not self._loose:
            return min(over)[1] if over else None
        return self._find_loose_excess(counts)

    def _find_loose_excess(self, counts: Sequence[_Count]) -> int | None:
        """The same, if rules that may be for any element make each of what they refer to draw the others."""
        targets = {self._ids[own] for own in self._loose if own in self._ids} - self._gradients
        drawn = counts[0].all
        for number in targets:
            drawn = min(_MANY, drawn * (1 + max(1, counts[number].all)))
        return max(self._lines[number] for number in targets) if targets and drawn > MOST_DRAWN else None

    def _targets(self, number: int) -> Iterator[tuple[int, int]]:
        """What an element draws, and how."""
        for own, how in self._draws[number]:
            target = self._ids.get(own) if isinstance(own, str) else own
            if target is not None:
                yield target, _ONCE if target in self._gradients and how != _PART else how
        for name in self._names[number]:
            for kind, how in (("", _BY_SHAPE), (" marker", _BY_POINT)):
                if (target := self._ids.get(f" {name}{kind}")) is not None:
                    yield target, how if name != "*" else -how  # each element draws it by itself

    def _count(self) -> list[_Count]:
        """How many elements each draws; one that draws itself is not drawn by browsers, and counts once."""
        counts = [_UNKNOWN] * len(self._draws)
        waiting = list(range(len(self._draws)))[::-1]
        while waiting:
            number = waiting[-1]
            if counts[number] is _UNKNOWN:
                counts[number] = _OPEN
                waiting += [target for target, _ in self._targets(number) if counts[target] is _UNKNOWN]
                continue
            waiting.pop()
            if counts[number] is _OPEN:
                counts[number] = self._sum(number, counts)
        return counts

    def _sum(self, number: int, counts: Sequence[_Count]) -> _Count:
        found = [(counts[target], how) for target, how in self._targets(number)]
        own = self._points[number]
        shapes = max(1, sum(one.shapes for one, how in found if how == _PART))
        points = max(own, sum(one.points for one, how in found if how == _PART))
        times = {_PART: 1, _ONCE: 1, _BY_SHAPE: shapes, _BY_POINT: points, -_BY_SHAPE: 1, -_BY_POINT: own}
        drawn = sum(one.all * times[how] for one, how in found) + bool(self._lines[number])
        return _Count(min(_MANY, drawn), min(_MANY, shapes), min(_MANY, points))


def _how(element: str, name: str, value: str) -> int:
    """How an element draws what an attribute refers to."""
    if name.rpartition(" ")[2] == "href":
        return _PART if element == "use" else _ONCE
    text = f"{name} {value}".lower()
    if "marker" in text:
        return _BY_POINT
    return _BY_SHAPE if _INHERITED.search(text) else _ONCE


def _names(element: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """The names by which selectors may mean an element."""
    yield "*"
    yield element
    yield from attributes.get("class", "").split()
    yield from (value for value in attributes.values() if len(value) < LONGEST_NAME)
