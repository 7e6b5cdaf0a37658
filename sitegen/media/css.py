"""Checks, with a CSS parser, whether the CSS in drawings loads anything external."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
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


class Rule(NamedTuple):
    """A rule with references: the names of elements, classes, ids and values in its selector, and the ids that it refers to."""

    names: set[str]  #: `*` may mean any element
    is_marker: bool  #: whether it may draw at each point of a path
    ids: list[str]


def find_outside(css: str) -> Iterator[tuple[str, int]]:
    """Yield (text, 1-based line) of everything in a style sheet or an attribute that refers outside the drawing."""
    yield from _outside_in(_parsed(css))


def _outside_in(tokens: list[Any]) -> Iterator[tuple[str, int]]:
    for token in _all_in(tokens, _BLOCKS):
        if written := _outside(token):
            yield written, token.source_line


def find_inside(css: str) -> Iterator[str]:
    """Yield the ids that an attribute refers to in its own drawing, by `url(#id)`."""
    yield from _ids_in(_all_in(_parsed(css), _BLOCKS))


def read_style(style: str) -> tuple[list[tuple[str, int]], list[Rule]]:
    """Return what `find_outside` finds in a style sheet, and its rules that refer to something in their own drawing."""
    tokens = _parsed(style)
    return list(_outside_in(tokens)), list(_rules_in(tokens))


def _rules_in(tokens: list[Any]) -> Iterator[Rule]:
    waiting = [tokens]
    while waiting:
        selector: list[Any] = []
        for token in waiting.pop():
            if token.type != "{} block":
                selector.append(token)
                continue
            own = list(_all_in(token.content, _BLOCKS[:2]))
            waiting.append(token.content)
            if ids := list(_ids_in(own)):
                is_marker = any(part.type == "ident" and "marker" in part.lower_value for part in own)
                yield Rule(_names_in(selector), is_marker, ids)
            selector.clear()


def _ids_in(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        addresses = [token.value] if token.type == "url" else []
        if token.type == "function" and token.lower_name == "url":
            addresses = _texts(token)
        yield from (address.strip()[1:] for address in addresses if address.strip().startswith("#"))


def _names_in(selector: list[Any]) -> set[str]:
    tokens = list(_all_in(selector, _BLOCKS))
    names = {token.value for token in tokens if token.type in ("ident", "hash", "string")}
    is_any = not names or any(token in ("*", "&", ":") for token in tokens)
    return names | {"*"} if is_any else names


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
