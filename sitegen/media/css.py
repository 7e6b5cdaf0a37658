"""CSS inside drawings, read by a CSS parser: whether it loads anything from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: Without these signs CSS has no functions, no at-rules and no escapes, and so loads nothing.
_MAY_LOAD = re.compile(r"[(\\@]")
#: Functions whose texts are addresses (CSS Images 4, CSS Values 5, and what browsers had before them).
_LOADING = frozenset(
    {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "expression"}
)
#: At-rules that load nothing by themselves; what is inside them is looked at as all else is.
_PLAIN_RULES = frozenset({"media", "supports", "keyframes", "-webkit-keyframes", "font-face", "charset", "layer"})
#: A picture that is written out, of a type that runs nothing.
PICTURE = re.compile(r"data:image/(?:png|jpeg|webp|avif|gif);base64,[A-Za-z0-9+/=\s]*\Z")


def find_outside(css: str) -> Iterator[tuple[str, int]]:
    """(what is written, 1-based line) of everything in a style sheet, or in one attribute, that is not of the drawing."""
    if not _MAY_LOAD.search(css):
        return
    import tinycss2

    waiting: list[Any] = list(reversed(tinycss2.parse_component_value_list(css)))
    while waiting:  # a stack of our own: blocks may be nested as deep as the text is long
        token = waiting.pop()
        written = _outside(token)
        if written:
            yield written, token.source_line
        waiting.extend(reversed(_within(token)))


def _within(token: Any) -> list[Any]:
    if token.type == "function":
        return list(token.arguments)
    return list(token.content) if token.type in ("() block", "[] block", "{} block") else []


def _outside(token: Any) -> str:
    """What a token names outside the drawing, as it is to be shown; "" for none."""
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
    """The texts among the arguments of a function; what is neither a text nor a space counts as a text without an address."""
    arguments = [own for own in function.arguments if own.type not in ("whitespace", "comment")]
    return [own.value if own.type == "string" else "" for own in arguments]


def _is_inside(address: str) -> bool:
    return address.strip().startswith("#") or PICTURE.match(address) is not None
