"""Sections of a text's HTML, and the digests that tell translations whether a section has changed."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from sitegen.content.shape import Shape
from sitegen.model.page import Section
from sitegen.source.html import ANCHOR, END

_FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " "})
_DRAWN_QUOTES = [chr(quote) for quote in _FOLD]
_SECTION = re.compile(f'<h[1-6] id="{ANCHOR}')
#: Generated parts of the HTML, which no author wrote: ids, and the attributes of code blocks.
_IDS = re.compile(f"{ANCHOR}[^{END}]*{END}")
_ATTRIBUTES = re.compile(
    '(?<=<pre) tabindex="0"(?=>)|(?<=><code) class="language-[^"]*"(?=>)|(?<=<x-block) data-n="[0-9]+"'
)


def digest(text: str) -> str:
    """Return twelve hex digits for a text, regardless of wrapping, the style of quotes and generated attributes."""
    if not text.isascii() and any(quote in text for quote in _DRAWN_QUOTES):  # a pattern compares each character
        text = text.translate(_FOLD)
    text = _IDS.sub("", text)
    if "<pre" in text or "<x-block" in text:
        text = _ATTRIBUTES.sub("", text)
    folded = " ".join(text.split())
    return hashlib.sha256(folded.encode()).hexdigest()[:12]


def make_section(heading: int, html: str) -> Section:
    """Build a section from its HTML and the index of its heading; -1 is the text before the first heading."""
    shape = Shape(html)
    return Section(heading, digest(html), shape.digest, shape.sentences)


def split_sections(html: str) -> list[str]:
    """Split the HTML of `parse_body` at its headings; the first part is the text before the first heading."""
    starts = [found.start() for found in _SECTION.finditer(html)]
    return [html[start:end] for start, end in pairwise([0, *starts, len(html)])]
