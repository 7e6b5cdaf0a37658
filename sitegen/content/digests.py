"""Sections of a text's HTML and the digests by which translations know whether they have changed."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from sitegen.content.shape import Shape
from sitegen.model.values import Section
from sitegen.source.html import ANCHOR, END

_DRAWN_QUOTES = re.compile("[“”„«»‘’\N{NO-BREAK SPACE}]")
_FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " "})
_SECTION = re.compile(f'<h[1-6] id="{ANCHOR}')
#: What of the HTML no author has written: ids, and how a block of code is marked.
_IDS = re.compile(f"{ANCHOR}[^{END}]*{END}")
_ATTRIBUTES = re.compile(
    '(?<=<pre) tabindex="0"(?=>)|(?<=><code) class="language-[^"]*"(?=>)|(?<=<x-block) data-n="[0-9]+"'
)


def digest(text: str) -> str:
    """Twelve hex digits that stand for a text, however it is wrapped or its quotes are drawn; what we mark it with aside."""
    if not text.isascii() and _DRAWN_QUOTES.search(text):
        text = text.translate(_FOLD)
    text = _IDS.sub("", text)
    if "<pre" in text or "<x-block" in text:
        text = _ATTRIBUTES.sub("", text)
    folded = " ".join(text.split())
    return hashlib.sha256(folded.encode()).hexdigest()[:12]


def make_section(heading: int, html: str) -> Section:
    """A section from its HTML, below the heading of a number; -1 is the text before the first."""
    shape = Shape(html)
    return Section(heading, digest(html), shape.digest, shape.sentences)


def split_sections(html: str) -> list[str]:
    """The HTML of `parse_body` before the first heading, then from each heading to the next."""
    starts = [found.start() for found in _SECTION.finditer(html)]
    return [html[start:end] for start, end in pairwise([0, *starts, len(html)])]
