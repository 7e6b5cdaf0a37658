"""What of a section its translations must keep: lists, tables, links, pictures, numbers; and what they must not: its sentences."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from sitegen.i18n.numbers import Number, find_numbers
from sitegen.model.urls import plain
from sitegen.source.html import plain_text, unescape

#: HTML element → what a translator calls it.
COUNTED = {
    "li": "list items",
    "tr": "table rows",
    "img": "pictures",
    "blockquote": "quotations",
    "pre": "blocks of code",
}
#: Fewer words may well be the same in two languages: in a sentence, and in a title, which may be a name.
_TELLING_WORDS = 5
_TELLING_WORDS_OF_TITLE = 3

_KEPT = re.compile(r'<(li|tr|img|blockquote|pre)[ >]|(?:href|src)="\x01?([^"\x03]*)|data-is="([^"]*)"')
_PARAGRAPH = re.compile(r"<p>(.*?)(?:</p>|\Z)", re.DOTALL)


class Shape(Struct, frozen=True):
    """A section's HTML, links and ids still open, as what its translations are compared by."""

    html: str

    @property
    def counts(self) -> Counter[str]:
        """Element of `COUNTED` → how often it stands there."""
        return Counter(found[1] for found in _KEPT.finditer(self.html) if found[1])

    @property
    def targets(self) -> Counter[str]:
        """Link or picture as written → how often it stands there."""
        return Counter(plain(unescape(found[2])) for found in _KEPT.finditer(self.html) if found[2])

    @property
    def blocks(self) -> Counter[str]:
        """Name of a block → how often it stands there."""
        return Counter(found[3] for found in _KEPT.finditer(self.html) if found[3])

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers that readers see."""
        return tuple(find_numbers(plain_text(self.html, "\n")))

    @property
    def paragraphs(self) -> Iterator[str]:
        """The paragraphs of a sentence's length, as plain text."""
        for found in _PARAGRAPH.finditer(self.html):
            words = plain_text(found[1]).split()
            if len(words) >= _TELLING_WORDS:
                yield " ".join(words)

    @property
    def digest(self) -> int:
        """Equal in sections of equal shape."""
        kept = sorted(found[0] for found in _KEPT.finditer(self.html))
        numbers = sorted({plain for number in self.numbers for plain in number.plain})
        return zlib.crc32(repr((kept, numbers)).encode("utf-8", "surrogatepass"))

    @property
    def sentences(self) -> tuple[int, ...]:
        """A number for each of `paragraphs`, equal where they are."""
        return tuple(zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in self.paragraphs)


def is_phrase(text: str) -> bool:
    """Whether a title or the like has words to translate, not only a name: several, most of them in small letters."""
    words = text.split()
    return len(words) >= _TELLING_WORDS_OF_TITLE and 2 * sum(word[0].islower() for word in words) > len(words)
