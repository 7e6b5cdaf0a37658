"""Sections of a text's HTML, and the digests that tell translations whether a section has changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sitegen.content.section_shape import Shape, sentences_of
from sitegen.model.page import Section
from sitegen.source.character_scan import may_have_digits_outside_tags, single_spaced
from sitegen.source.html import ANCHOR, END
from sitegen.source.lazy_regex import lazily

_FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " "})
_DRAWN_QUOTES = [chr(quote) for quote in _FOLD]
_SECTION = lazily(f'<h[1-6] id="{ANCHOR}')
#: A block of code, in which blanks and quotes count, and so does the language.
_CODE = lazily(r"(<pre\b[^>]*>.*?</pre>)", re.DOTALL)
#: Generated parts of the HTML, which no author wrote: ids, and some attributes.
_IDS = re.compile(f"{ANCHOR}[^{END}]*{END}")
_IDS_OF_BYTES = re.compile(_IDS.pattern.encode())
_ANCHOR, _END = ANCHOR.encode(), END.encode()
_ATTRIBUTES = re.compile('(?<=<pre) tabindex="0"(?=>)|(?<=<x-block) data-n="[0-9]+"')


def digest(text: str) -> str:
    """Return twelve hex digits for a text, regardless of generated attributes and, outside of code, wrapping and drawn quotes."""
    text = _IDS.sub("", text)
    if "<pre" not in text and "<x-block" not in text:
        return _digest_folded(_folded(text).encode())
    parts = _CODE.split(_ATTRIBUTES.sub("", text))
    parts[::2] = map(_folded, parts[::2])
    return _digest_folded(" ".join(filter(None, parts)).encode())


def _folded(text: str) -> str:
    """Return a text with single spaces and plain quotes."""
    if not text.isascii() and any(quote in text for quote in _DRAWN_QUOTES):  # a pattern compares each character
        text = text.translate(_FOLD)
    return " ".join(text.split())


def digest_exactly(text: str) -> str:
    """Return 32 hex digits for a text as it is written, enough for a text that somebody has chosen to clash."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _digest_folded(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:12]


def make_sections(texts: Sequence[str]) -> Iterator[Section]:
    """Yield the sections of a text that are not empty.

    Args:
        texts: the HTML before the first heading, then from each heading to the next.
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    whole = b"".join(encoded)
    has_digits, folded = may_have_digits_outside_tags(whole), single_spaced(whole)
    place = 0
    for heading, (text, own) in enumerate(zip(texts, encoded, strict=True), -1):
        if text:
            shape = Shape(text)
            kept = shape.digest_with(shape.numbers if has_digits else ())
            is_plain = b"<pre" not in own and b"<x-block" not in own
            part = folded[place : place + len(own)] if is_plain and folded is not None else None
            digested = digest(text) if part is None else _digest_spaced(part)
            below = ""
            if heading >= 0:
                below = digest_below(text) if part is None else _digest_below_spaced(part)
            yield Section(heading, digested, kept, shape.sentences if part is None else sentences_of(part), below)
        place += len(own)


def _digest_spaced(html: bytes) -> str:
    """Return what `digest` does, for HTML without code and blocks whose blanks are single spaces and that has no drawn quotes."""
    before, _, rest = html.partition(_ANCHOR)
    after = rest.partition(_END)[2]
    without = before + after if _ANCHOR not in after else _IDS_OF_BYTES.sub(b"", html)  # most have one: their heading's
    return _digest_folded(without.strip())


def digest_below(html: str) -> str:
    """Return the first eight hex digits of the digest of what is below a section's heading; "" if nothing is."""
    text = html.partition("</h")[2][2:].strip()
    return digest(text)[:8] if text else ""


def _digest_below_spaced(html: bytes) -> str:
    """Return what `digest_below` does, for HTML as `_digest_spaced` takes it."""
    text = html.partition(b"</h")[2][2:].strip()
    if _ANCHOR in text:
        return digest_below(html.decode())
    return hashlib.sha256(text).hexdigest()[:8] if text else ""


def split_sections(html: str) -> list[str]:
    """Split the HTML of `parse_body` at its headings; the first part is the text before the first heading."""
    starts = [found.start() for found in _SECTION.finditer(html)]
    return [html[start:end] for start, end in pairwise([0, *starts, len(html)])]
