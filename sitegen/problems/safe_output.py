"""Safe output: it can't control a terminal, hide text before it, or be shown in an order that it does not have."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TextIO

#: Controls except tabs and line ends; characters that change direction (UAX 9) or end lines elsewhere; surrogates.
_STEERING = "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff"
_HOSTILE = f"[{_STEERING}]"
_NOT_IN_A_LINE = f"[{_STEERING}\n\t]"
#: Our own sequences for a terminal: colours, and rewriting a line.
_OURS = f"(\r\x1b\\[K|\x1b\\[(?:0|1;31|1;33|36)m)|{_HOSTILE}"
#: How a command to a runner of GitHub begins in its older form, in any place; and in the other at the beginning of a line.
_COMMAND = "##["
_COMMAND_OF_A_LINE = r"(?:(?<=[\r\n])|\A)([^\S\r\n]*::)"


def escaped(text: str) -> str:
    """A text of several lines, with escapes in place of whatever would control a terminal."""
    return _pattern(_HOSTILE).sub(_escape, text)


def one_line(text: str) -> str:
    """The same for part of a line, such as a path."""
    return _pattern(_NOT_IN_A_LINE).sub(_escape, text)


def without_secrets(text: str) -> str:
    """A text with user names, passwords and tokens hidden in all addresses."""
    return re.sub(r"(?<=://)[^/\s@]*@", "***@", text)


def shortened(text: str, most: int = 200) -> str:
    """A text that somebody else may have made as long as they liked, cut to a readable length."""
    return text if len(text) <= most else f"{text[:most]}…"


def in_json(text: str) -> str:
    """JSON with such characters as JSON escapes, so that a reader gets them back."""
    return _pattern(_HOSTILE).sub(lambda found: f"\\u{ord(found[0]):04x}", text).replace(_COMMAND, "##\\u005b")


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """A pattern, compiled when a text first needs it."""
    return re.compile(written)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8
        code -= 0xDC00
    return {10: "\\n", 9: "\\t", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


class Commands(str):
    """A text of our own that is commands to a runner of GitHub: annotations."""

    __slots__ = ()


class Log:
    """A stream whose lines are no commands to a runner of GitHub, as `##[group]` and `::add-mask::words` are, but our own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_run = "GITHUB_ACTIONS" in os.environ
        self._begins = True  #: whether what is written next begins a line

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._stream.write(self._without_commands(text) if self._is_run else text)
        return len(text)

    def _without_commands(self, text: str) -> str:
        before = "" if self._begins else "x"
        self._begins = text.endswith(("\r", "\n")) if text else self._begins
        own = before + text
        if not isinstance(text, Commands):
            own = _pattern(_COMMAND_OF_A_LINE).sub(lambda found: found[1].replace("::", "\\x3a:"), own)
        return own[len(before) :].replace(_COMMAND, "##\\x5b")


class Terminal(Log):
    """A log in which only our own sequences control the terminal, whatever is printed to it."""

    def write(self, text: str) -> int:
        is_plain = text.replace("\n", "").isprintable()  # as nearly always; the pattern takes a while to compile
        super().write(text if is_plain else _pattern(_OURS).sub(lambda found: found[1] or _escape(found), text))
        return len(text)
