"""The places of the entries of YAML, their values and comments, found by the scanner of the parser that reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import yaml
from msgspec import Struct

from sitegen.source.edits import END
from sitegen.source.yaml_loader import Loader

_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_COMMENT = re.compile(r"#[^\r\n]*")
#: The first line of a block text, which may have a comment.
_HEAD = re.compile(r"[|>][-+0-9]*[ \t]+(?=#)")
#: What belongs to an entry behind its value: the rest of the line, and indented comments below it.
_TAIL = re.compile(rf"[^\r\n]*(?:{END}|\Z)(?:(?>(?:[ \t]*+{END})*)[ \t]+#[^\r\n]*(?:{END}|\Z))*")


class Comment(Struct, frozen=True):
    """A comment from its # on, without the end of its line."""

    start: int
    text: str


class Entry(Struct, frozen=True):
    """A key with its value, as offsets in the text."""

    name: str
    start: int  #: the key
    colon: int  #: behind the colon
    last: int  #: behind the value; where it is empty, behind the colon
    end: int  #: behind all that belongs to it: comments on its last line, and indented ones below
    comments: tuple[Comment, ...]

    @property
    def span(self) -> tuple[int, int]:
        """From its key to the end of its lines."""
        return self.start, self.end

    @property
    def inner_comments(self) -> tuple[Comment, ...]:
        """The comments that would be lost with the value."""
        return tuple(comment for comment in self.comments if comment.start < self.last)


@lru_cache(4)  # several problems of a file are fixed one by one
def entries_of(text: str, place: int = 0) -> tuple[Entry, ...]:
    """The entries of a text that has been read before, and begins at `place` of its file; none if it can't be read."""
    tokens: list[list[Any]] = []
    depth = 0
    try:
        for token in yaml.scan(text, Loader=Loader):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if depth == 1 and isinstance(token, yaml.KeyToken):
                tokens.append([])
            elif tokens and token.start_mark.index < token.end_mark.index:
                tokens[-1].append(token)
    except yaml.YAMLError:
        return ()
    return tuple(_entry(text, own, place) for own in tokens)


@lru_cache(4)
def scalars_of(text: str) -> tuple[tuple[Any, ...], int]:
    """The scalar tokens of a text, as far as YAML's scanner reads, and the index of the last line that it reads."""
    scalars, stop = list[Any](), 0
    try:
        for token in yaml.scan(text, Loader=Loader):
            stop = token.end_mark.line
            if isinstance(token, yaml.ScalarToken):
                scalars.append(token)
    except yaml.YAMLError:
        return tuple(scalars), stop
    return tuple(scalars), text.count("\n")


@lru_cache(4)  # a file may have a thousand problems
def ends_of_values(text: str) -> Mapping[int, int]:
    """Where each single value or key begins → where it ends, as far as the text can be read."""
    return {token.start_mark.index: token.end_mark.index for token in scalars_of(text)[0]}


def _entry(text: str, tokens: Sequence[Any], place: int) -> Entry:
    key, colon, *value = tokens
    last = len(text[: tokens[-1].end_mark.index].rstrip(" \t\r\n"))
    tail = _TAIL.match(text, last)
    assert tail is not None, "it matches nothing too"
    comments = (*_comments(text, (colon, *value)), *_COMMENT.finditer(text, last, tail.end()))
    return Entry(
        name=key.value,
        start=place + key.start_mark.index,
        colon=place + colon.end_mark.index,
        last=place + last,
        end=place + tail.end(),
        comments=tuple(Comment(place + found.start(), found[0]) for found in comments),
    )


def _comments(text: str, tokens: Sequence[Any]) -> Iterator[re.Match[str]]:
    """The comments between tokens, where nothing else but blanks can be, and in the first lines of block texts."""
    for token, after in pairwise(tokens):
        yield from _COMMENT.finditer(text, token.end_mark.index, after.start_mark.index)
        if isinstance(after, yaml.ScalarToken) and (head := _HEAD.match(text, after.start_mark.index)):
            yield from filter(None, [_COMMENT.match(text, head.end())])
