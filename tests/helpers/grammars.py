"""Texts that a pattern's own grammar suggests: what leads to its repeats, and what they match."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
SETS = (_constants.IN, _constants.ANY, _constants.NOT_LITERAL)
#: Characters of some sorts, tried besides those that a pattern names.
SORTS, OTHERS = "a1 \n-", "A_é漢\u00a0.\"'<>[](){}/:,;#&=+*|!?@`~\t\r"
#: How a text ends: with the pattern, or with something else.
ENDS = ("", "\0", "\n\0")


class Grammar:
    """A pattern as Python parses it."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self.tree = _parser.parse(pattern.pattern, pattern.flags)
        literals = re.findall(r"LITERAL(?:', |, )(\d+)|\((\d+), \d+\)\)", str(self.tree))
        self.named = dict.fromkeys([*(chr(int(one or other)) for one, other in literals), *SORTS])

    def characters(self, item: Any) -> list[str]:
        own = _compiler.compile(_parser.SubPattern(self.tree.state, [item]))
        is_bytes = isinstance(self.tree.state.str, bytes)

        def fit(some: Any) -> list[str]:
            return [sign for sign in some if own.match(sign.encode("latin-1", "ignore") if is_bytes else sign)]

        return fit(self.named) or fit(OTHERS)[:3] or [""]

    def texts(self, tree: Any) -> list[str]:
        """A few texts that a part matches: a short one, and others that differ in one item."""
        found = [""]
        for item in tree:
            own = self.choices(*item)
            found = [found[0] + text for text in own] + [text + own[0] for text in found[1:]]
        return list(dict.fromkeys(found))[:12]

    def choices(self, kind: Any, value: Any) -> list[str]:
        if kind in REPEATS:
            least, _, body = value
            return [text * least for text in self.texts(body)] if least else ["", *self.texts(body)]
        if kind is _constants.BRANCH:
            return [text for branch in value[1] for text in self.texts(branch)[:4]]
        if kind in (_constants.SUBPATTERN, _constants.ATOMIC_GROUP):
            return self.texts(value[-1] if kind is _constants.SUBPATTERN else value)
        if kind is _constants.LITERAL:
            return [chr(value)]
        return self.characters((kind, value)) if kind in SETS else [""]

    def repeats(self, tree: Any, before: str = "") -> Iterator[tuple[str, list[str]]]:
        """Each long repeat: a text that leads to it, and texts that it matches."""
        for kind, value in tree:
            if kind in REPEATS and value[1] > 100:
                yield before, self.texts(value[2])
            inner = value[1] if kind is _constants.BRANCH else value if isinstance(value, tuple) else (value,)
            for part in inner or ():
                if isinstance(part, _parser.SubPattern):
                    yield from self.repeats(part, before)
            before += min(self.choices(kind, value), key=len)

    def attacks(self) -> Iterator[tuple[str, str, str]]:
        """How texts begin, what is repeated in their middle, and how they end."""
        for before, bodies in self.repeats(self.tree):
            middles = dict.fromkeys([*bodies, before, *(before + body for body in bodies[:6]), *self.named])
            yield from itertools.product([before], filter(None, middles), ENDS)
