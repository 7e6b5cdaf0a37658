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

# All of this is looked at in each text that is read, and patterns are quick where they begin with one certain character.
_COUNTED = re.compile(f"<({'|'.join(COUNTED)})[ >]")


class Shape(Struct, frozen=True):
    """A section's HTML, links and ids still open, as what its translations are compared by."""

    html: str

    @property
    def counts(self) -> Counter[str]:
        """Element of `COUNTED` → how often it stands there."""
        return Counter(_COUNTED.findall(self.html))

    @property
    def targets(self) -> Counter[str]:
        """Link or picture as written → how often it stands there."""
        return Counter(plain(unescape(target)) for target in self._values("href", "src") if target)

    @property
    def blocks(self) -> Counter[str]:
        """Name of a block → how often it stands there."""
        return Counter(self._values("data-is"))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers that readers see."""
        return tuple(find_numbers(plain_text(self.html, "\n")))

    @property
    def paragraphs(self) -> Iterator[str]:
        """The paragraphs of a sentence's length, as plain text."""
        for paragraph in self.html.split("<p>")[1:]:
            words = plain_text(paragraph.partition("</p>")[0]).split()
            if len(words) >= _TELLING_WORDS:
                yield " ".join(words)

    @property
    def digest(self) -> int:
        """Equal in sections of equal shape."""
        counts = sorted(_COUNTED.findall(self.html))
        numbers = sorted({plain for number in self.numbers for plain in number.plain})
        kept = counts, sorted(self._values("href", "src")), sorted(self._values("data-is")), numbers
        return zlib.crc32(repr(kept).encode("utf-8", "surrogatepass"))

    @property
    def sentences(self) -> tuple[int, ...]:
        """A number for each of `paragraphs`, equal where they are."""
        return tuple([zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in self.paragraphs])

    def _values(self, *names: str) -> list[str]:
        """The values of attributes."""
        parts = [part for name in names for part in self.html.split(f'{name}="')[1:]]
        return [part.partition('"')[0].removeprefix("\x01").removesuffix("\x03") for part in parts]


def is_phrase(text: str) -> bool:
    """Whether a title or the like has words to translate, not only a name: several, most of them in small letters."""
    words = text.split()
    return len(words) >= _TELLING_WORDS_OF_TITLE and 2 * sum(word[0].islower() for word in words) > len(words)
