"""What translations of a section must keep (lists, tables, links, pictures, numbers) and must not keep (sentences)."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from sitegen.i18n.numbers_in_text import Number, find_numbers
from sitegen.model.urls import plain
from sitegen.source.character_scan import may_have_digits
from sitegen.source.html import TAG, plain_text, unescape

#: HTML element → what a translator calls it.
COUNTED = {
    "li": "list items",
    "tr": "table rows",
    "img": "pictures",
    "blockquote": "quotations",
    "pre": "blocks of code",
}
#: With fewer words than these, a sentence or a title (which may be a name) may be the same in two languages.
_TELLING_WORDS = 5
_TELLING_WORDS_OF_TITLE = 3

# These searches run on every text, and a pattern is fast if it begins with a literal character.
_TAG = re.compile(TAG.encode())
_COUNTED = re.compile(f"<({'|'.join(COUNTED)})[ >]")


class Shape(Struct, frozen=True):
    """A section's HTML, with links and ids unresolved, and the properties that its translations are compared by."""

    html: str

    @property
    def counts(self) -> Counter[str]:
        """Element of `COUNTED` → number of occurrences."""
        return Counter(_COUNTED.findall(self.html))

    @property
    def targets(self) -> Counter[str]:
        """Link or picture target as written → number of occurrences."""
        return Counter(plain(unescape(target)) for target in self._values("href", "src") if target)

    @property
    def blocks(self) -> Counter[str]:
        """Block name → number of occurrences; marks without a name are none."""
        return Counter(filter(None, self._values("data-is")))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers in the visible text."""
        text = plain_text(self.html, "\n")
        return tuple(find_numbers(text)) if may_have_digits(text) else ()

    @property
    def paragraphs(self) -> Iterator[str]:
        """The paragraphs long enough to be a sentence, as plain text."""
        for paragraph in self.html.split("<p>")[1:]:
            words = plain_text(paragraph.partition("</p>")[0]).split()
            if len(words) >= _TELLING_WORDS:
                yield " ".join(words)

    @property
    def digest(self) -> int:
        """A number that is equal for sections of equal shape."""
        return self.digest_with(self.numbers)

    def digest_with(self, numbers: Iterable[Number]) -> int:
        """Return the digest, given the numbers of the section."""
        counts, targets, blocks = sorted(_COUNTED.findall(self.html)), list[str](), list[str]()
        for before, after in pairwise(self.html.split('="')):
            if before.endswith(("href", "src")):
                targets.append(_value(after))
            elif before.endswith("data-is"):
                blocks.append(_value(after))
        kept = counts, sorted(targets), sorted(blocks), sorted({plain for number in numbers for plain in number.plain})
        return zlib.crc32(repr(kept).encode("utf-8", "surrogatepass"))

    @property
    def sentences(self) -> tuple[int, ...]:
        """A checksum of each of `paragraphs`."""
        return tuple([zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in self.paragraphs])

    def _values(self, *names: str) -> list[str]:
        """Return the values of attributes."""
        parts = [part for name in names for part in self.html.split(f'{name}="')[1:]]
        return list(map(_value, parts))


def _value(attribute: str) -> str:
    """Return the value of an attribute from its beginning on."""
    return attribute.partition('"')[0].removeprefix("\x01").removesuffix("\x03")


def sentences_of(html: bytes) -> tuple[int, ...]:
    """Return `Shape.sentences` of HTML in UTF-8 whose blanks are single spaces."""
    found = []
    for paragraph in html.split(b"<p>")[1:]:
        text = paragraph.partition(b"</p>")[0]
        if b"&" in text:
            words = plain_text(text.decode("utf-8", "surrogatepass")).split()
            text = " ".join(words).encode("utf-8", "surrogatepass")
        elif b"<" in text:
            text = _TAG.sub(b"", text)
        text = b" ".join(text.split()) if b"  " in text else text.strip()
        if len(text.split(b" ", _TELLING_WORDS - 1)) == _TELLING_WORDS:  # without counting those of a whole paragraph
            found.append(zlib.crc32(text))
    return tuple(found)


def is_phrase(text: str) -> bool:
    """Whether a title needs translation and is not just a name: several words, most of them in lower case."""
    words = text.split()
    return len(words) >= _TELLING_WORDS_OF_TITLE and 2 * sum(word[0].islower() for word in words) > len(words)
