"""Checks, with a CSS parser, whether the CSS in drawings loads anything external."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
#: At-rules that load nothing themselves; their contents are checked like everything else.
_PLAIN_RULES = frozenset({"media", "supports", "keyframes", "-webkit-keyframes", "font-face", "charset", "layer"})
#: An embedded picture of a type that can't contain scripts.
PICTURE = lazily(r"data:image/(?:png|jpeg|webp|avif|gif);base64,[A-Za-z0-9+/=\s]*\Z")


def find_outside(css: str) -> Iterator[tuple[str, int]]:
    """Yield (text, 1-based line) of everything in a style sheet or an attribute that refers outside the drawing."""
    if not _MAY_LOAD.search(css):
        return
    import tinycss2

    separated = _NO_NAME.sub("^", css)  # as any other delimiter
    waiting: list[Any] = list(reversed(tinycss2.parse_component_value_list(separated)))
    while waiting:  # an explicit stack, because blocks may be nested too deeply for recursion
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
