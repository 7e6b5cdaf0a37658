"""Blocks of code in the text of a page, and what a definition of a link looks like."""

from __future__ import annotations

import re

from sitegen.content.blocks import OPTIONS, parse_around
from sitegen.content.positions import in_characters

#: How the event of a block begins that is indented as code.
INDENTED = {"CodeBlock": "Indented"}
#: A link reference definition and its target.
DEFINITION = re.compile(r"^ {0,3}\[[^\]\r\n]+\]:[ \t]*<?([^\s>]+)", re.MULTILINE)


def find_code_blocks(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the code blocks in the text of a page, in order."""
    events = parse_around(text, OPTIONS).events
    found = (place for event, place in events if isinstance(event, dict) and "CodeBlock" in event.get("Start", ()))
    return tuple(in_characters(text, found))
