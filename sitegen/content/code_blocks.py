"""Blocks of code in the text of a page, and the definitions of links outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sitegen.content.blocks import OPTIONS, parse_around
from sitegen.content.positions import in_characters
from sitegen.source.edits import within

#: How the event of a block begins that is indented as code.
INDENTED = {"CodeBlock": "Indented"}
#: A link reference definition and its target.
DEFINITION = re.compile(r"^ {0,3}\[[^\]\r\n]+\]:[ \t]*<?([^\s>]+)", re.MULTILINE)


def find_definitions(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the link reference definitions in the text of a page, which begins at an offset; those in code are none."""
    is_code = within(find_code_blocks(text[start:]))
    yield from (found for found in DEFINITION.finditer(text, start) if not is_code(found.start() - start))


def find_code_blocks(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the code blocks in the text of a page, in order."""
    events = parse_around(text, OPTIONS).events
    found = (place for event, place in events if isinstance(event, dict) and "CodeBlock" in event.get("Start", ()))
    return tuple(in_characters(text, found))
