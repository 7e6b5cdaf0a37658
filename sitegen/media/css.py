"""Finds, with a CSS parser, what the CSS in drawings loads: anything external, and embedded pictures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sitegen.source.lazy_regex import lazily

#: Without these characters, CSS has no functions, at-rules or escapes, and so loads nothing.
_MAY_LOAD = re.compile(r"[(\\@]")
#: Characters outside ASCII that names don't contain by today's draft of CSS Syntax 3, so that `×url(…)` loads. By the older
#: rule, which tinycss2 and Chromium 156 follow, it is a function named `×url`.
_NO_NAME = lazily(
    "[\x80-\xb6\xb8-\xbf\xd7\xf7\u037e\u2000-\u200b\u200e-\u203e\u2041-\u206f\u2190-\u2bff"
    "\u2ff0-\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
#: Functions whose strings are addresses (CSS Images 4, CSS Values 5, and older browser-specific ones).
_LOADING = frozenset(
    {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "expression"}
)
_BLOCKS = ("() block", "[] block", "{} block")
#: At-rules that load nothing themselves; their contents are checked like everything else.
_PLAIN_RULES = frozenset({"media", "supports", "keyframes", "-webkit-keyframes", "font-face", "charset", "layer"})
#: An embedded picture of a type that can't contain scripts.
PICTURE = lazily(r"data:image/(?:png|jpeg|webp|avif|gif);base64,[A-Za-z0-9+/=\s]*\Z")


#: A value whose functions are those of shapes and colours, or refer to the drawing itself; nearly all are such.
_SIMPLE_FUNCTION = lazily(
    r"(?<![\w-])(?:url\(\s*+#([\w.:-]+)\s*+\)"
    r"|(?:translate|scale|rotate|matrix|skew|rgb|hsl)(?:[XY]|a)?\([^()]*+\))",
    re.IGNORECASE | re.ASCII,
)
_NOT_SIMPLE = lazily(r"""[\\@"']|[^\x00-\x7f]|/\*""")
#: Characters of an attribute's value by which a selector may choose; and names for which a rule can be.
LONGEST_NAME, _MOST_NAMES = 40, 100
#: Characters of an embedded picture, which are one token.
_PICTURE_DATA = lazily(r"[A-Za-z0-9+/=]{200,}")
#: How deep CSS is nested at most: Chromium 156 crashes somewhere between 1,000 and 10,000.
MOST_NESTED = 100
_OPENING, _CLOSING = "{([", "})]"
_BRACKET = lazily(r"""\\.|"(?>(?:[^"\\\n]|\\.)*)"?|'(?>(?:[^'\\\n]|\\.)*)'?|/\*.*?(?:\*/|\Z)|[{(\[\])}]""", re.DOTALL)


class Rule(NamedTuple):
    """A rule with references, and the ids that it refers to.

    Attributes:
        names: of elements, classes, ids and values, one of which each element has that the rule is for.
        is_loose: whether it may be for any element, by where it is or by what it is not: `:nth-child(2)`, `:not(.a)`.
        is_marker: whether it may draw at each point of a path.
    """

    names: frozenset[str]
    is_loose: bool
    is_marker: bool
    ids: list[str]


class Value(NamedTuple):
    """What the value of an attribute refers to: outside the drawing, ids in it, and the addresses of embedded pictures.

    Attributes:
        cost: how many characters were parsed.
    """

    outside: str = ""
    ids: Sequence[str] = ()
    pictures: Sequence[str] = ()
    cost: int = 0


_NOTHING = Value()


class Style(NamedTuple):
    """What a style sheet loads, each with its line, and its rules that refer to something in the drawing."""

    outside: list[tuple[str, int]]
    pictures: list[tuple[str, int]]
    rules: list[Rule]


def read_value(css: str) -> Value:
    """Return what an attribute refers to."""
    if not _MAY_LOAD.search(css):
        return _NOTHING
    if not _NOT_SIMPLE.search(css):
        ids: list[str] = []
        rest = _SIMPLE_FUNCTION.sub(lambda found: ids.append(found[1]) or " ", css)  # type: ignore[func-returns-value]
        if "(" not in rest:
            return Value(ids=list(filter(None, ids)))
    tokens = _parsed(css)
    outside = next((written for written, _ in _outside_in(tokens)), "")
    pictures = [address for address, _ in _pictures_in(tokens)]
    return Value(outside, list(_ids_in(_all_in(tokens, _BLOCKS))), pictures, cost_of(css))


def is_nested_too_deeply(css: str) -> bool:
    """Whether CSS has more brackets within each other than any that is written by hand or by a program."""
    if len(css) <= MOST_NESTED or sum(map(css.count, _OPENING)) <= MOST_NESTED:
        return False
    depth = 0
    for found in _BRACKET.finditer(css):
        depth += (found[0] in _OPENING) - (found[0] in _CLOSING and depth > 0)
        if depth > MOST_NESTED:
            return True
    return False


def cost_of(css: str) -> int:
    """How many characters of a style sheet there are to parse; none if it loads nothing."""
    return len(_PICTURE_DATA.sub("", css)) if _MAY_LOAD.search(css) else 0


def _outside_in(tokens: list[Any]) -> Iterator[tuple[str, int]]:
    for token in _all_in(tokens, _BLOCKS):
        if written := _outside(token):
            yield written, token.source_line


def _pictures_in(tokens: list[Any]) -> Iterator[tuple[str, int]]:
    for token in _all_in(tokens, _BLOCKS):
        yield from ((address, token.source_line) for address in _addresses(token) if PICTURE.match(address.strip()))


def read_style(style: str) -> Style:
    """Return what a style sheet loads, and its rules."""
    tokens = _parsed(style)
    return Style(list(_outside_in(tokens)), list(_pictures_in(tokens)), list(_rules_in(tokens)))


def _rules_in(tokens: list[Any]) -> Iterator[Rule]:
    waiting = [(tokens, frozenset[str](), False)]
    while waiting:
        content, names, is_loose = waiting.pop()
        selector: list[Any] = []
        for part in content:
            if part.type != "{} block":
                selector.append(part)
                if part == ";":
                    selector.clear()
                continue
            own = list(_all_in(part.content, _BLOCKS[:2]))
            in_it, is_any = _names_in(selector)
            in_it, is_any = in_it | names, is_any or is_loose  # for what is nested, and for @media in a rule
            if len(in_it) > _MOST_NAMES:
                in_it, is_any = frozenset(), True
            waiting.append((part.content, in_it, is_any))
            if ids := list(_ids_in(own)):
                words = [word.lower_value for word in own if word.type == "ident"]
                is_inherited = any(word.startswith("--") for word in words)  # by whatever element uses the property
                yield Rule(in_it, is_any or is_inherited, any("marker" in word for word in words), ids)
            selector.clear()


def _ids_in(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        yield from (address.strip()[1:] for address in _addresses(token) if address.strip().startswith("#"))


def _addresses(token: Any) -> list[str]:
    if token.type == "function" and token.lower_name == "url":
        return _texts(token)
    return [token.value] if token.type == "url" else []


def _names_in(selector: list[Any]) -> tuple[frozenset[str], bool]:
    """Return the names of what a selector chooses, and whether it may choose elements without any of them."""
    tokens = [token for token in selector if token.type != "comment"]
    rule = next((token for token in tokens if token.type != "whitespace"), None)
    if rule is not None and rule.type == "at-keyword":
        return frozenset(), "keyframes" in rule.lower_value
    names: set[str] = set()
    is_loose = False
    for parts in filter(None, _chosen(tokens)):
        own = {name for number, part in enumerate(parts) for name in _names_of(part, parts[number - 1 : number])}
        names |= own
        is_loose |= not own and "&" not in parts
    return frozenset(names), is_loose


def _chosen(tokens: list[Any]) -> Iterator[list[Any]]:
    """Yield what each selector of a list says of the element itself: `c.d` of `a, b > c.d`."""
    parts: list[Any] = []
    is_ended = False
    for part in tokens:
        if part == ",":
            yield parts
            parts = []
        elif part.type == "whitespace" or part in (">", "+", "~"):
            is_ended = bool(parts)
            continue
        else:
            if is_ended:
                parts = []
            parts.append(part)
        is_ended = False
    yield parts


def _names_of(part: Any, before: list[Any]) -> Iterator[str]:
    if part == "*" or part.type == "hash" or (part.type == "ident" and before != [":"]):
        yield part.value
    elif part.type == "[] block":
        inner = [token for token in part.content if token.type != "whitespace"]
        is_whole = len(inner) == 3 and inner[1] == "=" and inner[2].type in ("ident", "string")
        if is_whole and len(inner[2].value) < LONGEST_NAME:
            yield inner[2].value


def _parsed(css: str) -> list[Any]:
    if not _MAY_LOAD.search(css):
        return []
    import tinycss2

    separated = _NO_NAME.sub("^", css)  # as any other delimiter
    return list(tinycss2.parse_component_value_list(separated))


def _all_in(tokens: Iterable[Any], blocks: Collection[str]) -> Iterator[Any]:
    """Yield tokens and all within them, in order, except in other blocks; they may be nested too deeply for recursion."""
    waiting = list(tokens)[::-1]
    while waiting:
        token = waiting.pop()
        yield token
        if token.type == "function":
            waiting.extend(reversed(token.arguments))
        elif token.type in blocks:
            waiting.extend(reversed(token.content))


def _outside(token: Any) -> str:
    """Return what a token refers to outside the drawing, for display; "" if nothing."""
    if token.type == "url":
        return "" if _is_inside(token.value) else f"url({token.value})"
    if token.type == "error" and token.kind == "bad-url":
        return "url(…"
    if token.type == "at-keyword" and token.lower_value not in _PLAIN_RULES:
        return f"@{token.value}"
    if token.type == "function" and token.lower_name in _LOADING:
        is_inside = token.lower_name == "url" and [_is_inside(own) for own in _texts(token)] == [True]
        return "" if is_inside else f"{token.name}(…)"
    return ""


def _texts(function: Any) -> list[str]:
    """Return the strings among a function's arguments; any other argument counts as an empty string."""
    arguments = [own for own in function.arguments if own.type not in ("whitespace", "comment")]
    return [own.value if own.type == "string" else "" for own in arguments]


def _is_inside(address: str) -> bool:
    return address.strip().startswith("#") or PICTURE.match(address) is not None
