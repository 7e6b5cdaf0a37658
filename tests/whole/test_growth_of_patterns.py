"""No pattern of the engine takes the square of a text: each is attacked by its own grammar.

For each repeat, a text that reaches it is followed by many copies of what the repeat matches, of what leads to it, or of
both, and ends with something else. A pattern is called as its module calls it: one that is only matched isn't searched.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from grammars import Grammar
from processor_time import seconds

import sitegen
from sitegen.source.lazy_regex import _Lazy

ENGINE = Path(sitegen.__file__).parent
#: The method that stands for each one of a pattern.
METHODS = dict.fromkeys(("findall", "finditer", "search", "split", "sub", "subn"), "findall")
METHODS |= {"match": "match", "fullmatch": "fullmatch"}
#: Characters of a text whose time is looked at, and of one by which it is judged.
SHORT, LONG = 2_500, 10_000
#: Seconds that say nothing, and that no short text takes; and how much longer twice as many characters may take.
NOTHING, PLAINLY, GROWTH = 0.0005, 0.05, 3.0

#: Why quadratic patterns, by module and name, never see a text that is both long and hostile.
KNOWN = {
    "what opens is closed in our own HTML": "checks.glossary._CODE content.formulas_and_code._FORMULA "
    "content.formulas_and_code._CODE content.section_digests._CODE library.links._PICTURE "
    "render.filters._TAG_OR_TEXT source.html._BLOCK",
    "no text has these signs but by us": "content.section_digests._IDS content.section_digests._IDS_OF_BYTES",
    "given only the text up to the last end": "source.html.COMMENT",
    "only matched where a line or a value begins": "checks.translation_parity._STARTS source.yaml_nodes._CORE",
    "the name of a file": "content.content_files._LIKE_COPY",
    "400 characters": "importers.hugo.shortcode_parser._IN_ELEMENT",
    "at most 4,000 pieces, of which strings are closed": "importers.hugo.shortcode_parser._TAG "
    "importers.hugo.shortcode_parser._ARGUMENT",
    "only strings that are closed": "translation.texts._STRING",
    "static files and options are trusted": "media.static_files._CSS_URL media.static_files._CSS_COMMENT publish.rsync",
}

pytestmark = pytest.mark.soak
Found = dict[re.Pattern[Any], tuple[set[str], set[str]]]


def patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    """The patterns of a value, and in what it holds."""
    if isinstance(value, (re.Pattern, _Lazy)):
        yield re.compile(value.pattern, value._flags) if isinstance(value, _Lazy) else value
    elif isinstance(value, dict):
        yield from patterns_in([*value, *value.values()])
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from itertools.chain.from_iterable(map(patterns_in, value))
    elif isinstance(value, type):
        yield from patterns_in([own for own in vars(value).values() if not isinstance(own, type)])
    else:
        yield from patterns_in([getattr(value, name, None) for name in getattr(value, "__struct_fields__", ())])


def calls_in(tree: ast.Module, module: Any) -> Iterator[tuple[re.Pattern[Any], str]]:
    """The patterns that are called by their names or written where they are used, each with the method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            for pattern in patterns_in(getattr(module, node.value.id, None)):
                yield pattern, METHODS[node.attr]
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{name}" for name in METHODS}:
            first = getattr(module, ast.unparse(node.args[0]), getattr(node.args[0], "value", None))
            if isinstance(first, (str, bytes)):
                yield re.compile(first), METHODS[ast.unparse(node.func).removeprefix("re.")]


def all_patterns() -> Found:
    """Each pattern of the engine → its names, and the methods by which it is called."""
    found: Found = defaultdict(lambda: (set(), set()))
    for path in sorted(ENGINE.rglob("[!_]*.py")):
        name = ".".join(path.relative_to(ENGINE).with_suffix("").parts)
        module = importlib.import_module(f"sitegen.{name}")
        for own, value in vars(module).items():
            for pattern in patterns_in(value) if not own.startswith("__") else ():
                found[pattern][0].add(f"{name}.{own}")
        for pattern, method in calls_in(ast.parse(path.read_text(encoding="utf-8")), module):
            found[pattern][0].add(name)
            found[pattern][1].add(method)
    return found


def is_quadratic(pattern: re.Pattern[Any], method: str, begin: str, middle: str, end: str) -> bool:
    def once(length: int) -> float:
        text: Any = begin + (middle * (length // len(middle) + 1))[:length] + end
        if isinstance(pattern.pattern, bytes):
            text = text.encode("latin-1", "replace")
        return seconds(partial(getattr(pattern, method), text), 1)

    if any(once(length) > PLAINLY for length in (25, SHORT // 10, SHORT)):
        return True
    lengths = [SHORT, SHORT, LONG, LONG, LONG]  # again only where it looks bad
    return all((least := once(length)) > NOTHING and once(2 * length) > GROWTH * least for length in lengths)


def quadratic(pattern: re.Pattern[Any], methods: set[str]) -> str:
    """A text of which the pattern takes the square, if there is any."""
    attacks = itertools.product(methods or {"findall"}, dict.fromkeys(Grammar(pattern).attacks()))
    return next((f"{method} {attack}" for method, attack in attacks if is_quadratic(pattern, method, *attack)), "")


def test_no_pattern_takes_quadratic_time() -> None:
    found, known = all_patterns(), {name for names in KNOWN.values() for name in names.split()}
    others = {pattern: own for pattern, own in found.items() if own[0].isdisjoint(known)}

    assert known <= set().union(*(names for names, _ in found.values()))
    assert {(*own[0], text) for pattern, own in others.items() if (text := quadratic(pattern, own[1]))} == set()


@pytest.mark.parametrize("pattern", [r"\s+$", r"<!--.*?-->", r"a*b?a*c", r"(?:\s*,\s*)*;", rb"\[[^\]]*\]"])
def test_quadratic_pattern_is_detected(pattern: Any) -> None:
    assert quadratic(re.compile(pattern), {"findall"})


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5 does not go back to where the last repeat ended; an atomic group around a plain one is right."""
    written = [str(pattern.pattern) for pattern in all_patterns()]

    assert [text for text in written if re.search(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+", text)] == []
