"""Pages and what they are made of, as all stages share them; each value is complete on creation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple, NewType

import msgspec
from msgspec import Struct

from sitegen.source.mark import Mark

#: A page's identity in all languages: its folder below content/, such as `/plan/` or `/`.
Key = NewType("Key", str)
#: An address on the site's host, such as `/en/plan/`, with a leading slash and including the base path.
Url = NewType("Url", str)

StateName = Literal["source", "current", "stale", "untracked", "missing"]


class Id(str):
    """An identifier for templates and tools; the same in every language and script."""

    __slots__ = ()


class Heading(NamedTuple):
    """A heading of a body.

    Attributes:
        level: 2 to 6.
        title: its text without markup.
        anchor: its id, written by hand as `{#id}` or made from the text.
        line: of the file, 1-based.
    """

    level: int
    title: str
    anchor: str
    line: int


class Link(NamedTuple):
    """A link or picture: its target as written, and its position."""

    target: str
    mark: Mark
    is_picture: bool = False


class Section(NamedTuple):
    """The part of a body from one heading to the next."""

    heading: int  #: index of its heading; -1 before the first heading, the number of headings for footnotes
    digest: str  #: digest of its HTML, regardless of wrapping and the style of quotes
    shape: int  #: checksum of its lists, tables, links, pictures and numbers; see `section_shape.py`
    sentences: tuple[int, ...]  #: a checksum for each paragraph of a minimum length
    below: str = ""  #: a digest of what is below its heading; "" if there is nothing, or no heading


class Shelved(NamedTuple):
    """The location of bytes on the shelf: the file, the byte range in it, and the bytes' CRC-32."""

    file: str
    offset: int
    length: int
    checksum: int


class Span(NamedTuple):
    """The position of a block's attribute."""

    name: str
    side: str  #: "facts" or "words"
    mark: Mark  #: position of its value, including quotes; for a label, of the text between the brackets
    whole: Mark  #: position of `key=value`, or of `key` if it has no value; for a label, the same as `mark`
    is_label: bool = False  #: whether it is the label, in brackets after the block's name


class Block(Struct, frozen=True):
    """A block of a text, such as `:::note[Title]{key=value}`."""

    name: str  #: name of its type. Its words are in the text's HTML
    mark: Mark  #: position from its start to the end of its attributes
    facts: Mapping[str, Any]  #: the facts that are filled in; only in a page's source version
    spans: tuple[Span, ...]
    parent: int = -1  #: index of the enclosing block in the text; -1 if there is none
    end: int = 0  #: line of its end mark; 0 if there is none
    is_inline: bool = False  #: whether it is part of a line of text
    checksum: int = 0  #: CRC-32 of its words, or of the beginning of the text inside; 0 if there are neither


class _Parts(NamedTuple):
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    outward: tuple[Link, ...]


class Body(Struct, frozen=True):
    """What parsing yields in addition to the HTML; it depends only on the text.

    Most of it is packed, as each process holds the bodies of the whole site: objects are five times as large.
    """

    packed: bytes
    blocks: tuple[Block, ...] = ()  #: the blocks, in the order in which they begin

    @classmethod
    def of(
        cls,
        headings: Iterable[Heading],
        links: Iterable[Link],
        sections: Iterable[Section],
        outward: Iterable[Link] = (),
        blocks: Iterable[Block] = (),
    ) -> Body:
        return cls(pack((*map(tuple, (headings, links, sections, outward)),)), tuple(blocks))

    @property
    def headings(self) -> tuple[Heading, ...]:
        return _unpack(self.packed).headings

    @property
    def links(self) -> tuple[Link, ...]:
        """Links and pictures within the site."""
        return _unpack(self.packed).links

    @property
    def sections(self) -> tuple[Section, ...]:
        return _unpack(self.packed).sections

    @property
    def outward(self) -> tuple[Link, ...]:
        """Links and pictures with a full address, such as `https://example.org/`."""
        return _unpack(self.packed).outward


#: Packs values of plain types.
pack = msgspec.msgpack.Encoder().encode
_unpack_marks = msgspec.msgpack.Decoder(dict[str, Mark]).decode
#: Most readers ask for several parts of a body, or compare it with its source's.
_unpack = lru_cache(16)(msgspec.msgpack.Decoder(_Parts).decode)


class Reference(Struct, frozen=True):
    """A page that a fact refers to: the key as written, and its position."""

    key: Key
    mark: Mark


class Destination(Struct, frozen=True):
    """A link's target as written (a page of the site, a file beside a page, or an address), and its position."""

    written: str
    mark: Mark


class FileName(str):
    """The name of a file beside the page."""

    __slots__ = ()


class ImageName(FileName):
    """The name of a picture beside the page."""

    __slots__ = ()


class TableName(FileName):
    """The name of a file beside the page that holds a table."""

    __slots__ = ()


class Money(Struct, frozen=True):
    """An amount in a currency.

    Attributes:
        amount: the number.
        currency: its ISO 4217 code.
    """

    amount: Decimal
    currency: str


class Choice(Struct, frozen=True):
    """A value from a closed list, with its label in the source language (a message)."""

    value: str
    label: str


class Document(Struct, frozen=True, kw_only=True):
    """One file `index.<language>.md`, read and checked."""

    path: str  #: path relative to the site's root
    key: Key
    language: str
    kind: str
    facts: Mapping[str, Any]  #: declared facts that are filled in; only in a page's source version
    words: Mapping[str, Any]  #: declared words that are filled in
    places: bytes  #: `marks`, packed as bodies are
    body: Body
    html: Shelved  #: the text as HTML, with link targets and heading ids as written
    front_digest: str  #: digest of the file's front matter
    facts_digest: str  #: digest of the facts
    digest: str  #: digest of the whole file; equal for equal documents

    @property
    def marks(self) -> dict[str, Mark]:
        """Position of each field, even if empty, for later problems."""
        return _unpack_marks(self.places)

    @property
    def is_written(self) -> bool:
        """Whether the file belongs to this language, rather than to the language it is derived from."""
        return self.path.endswith(f".{self.language}.md")


class Selection(Struct, frozen=True):
    """The children of a page with a given value of a fact, in the order of the list."""

    field: str  #: name of the fact
    part: str  #: the part of its address below the list's, such as `status/open`
    value: Any  #: a choice, a reference, a country code, or a year
    keys: tuple[Key, ...]


class State(Struct, frozen=True):
    """The translation state of a page in one language, and the language in which it is shown there."""

    name: StateName
    shown: str
    changed: tuple[str, ...] = ()  #: the outdated parts: field names, and sections as `#anchor`
    moved: tuple[str, ...] = ()  #: those of them that stand elsewhere in the source
    removed: tuple[str, ...] = ()  #: those of them that the source no longer has
    #: For each heading of the translation, the id of the heading of the source that it renders; "" if there is none.
    #: Empty if these are the source's headings in their order.
    anchors: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The outdated parts, with what has happened to them."""
        what = {**dict.fromkeys(self.moved, " (moved)"), **dict.fromkeys(self.removed, " (removed)")}
        return tuple(name + what.get(name, "") for name in self.changed)


class Page(Struct, frozen=True, kw_only=True):
    """A page in all its languages."""

    key: Key
    kind: str
    source: str
    facts: Mapping[str, Any]
    versions: Mapping[str, Document]  #: language path → document, in site order; drafts are omitted unless previewed
    written: Mapping[str, Document]  #: those of the versions that have their own file
    states: Mapping[str, State]  #: language path → state, for every language in which the page is offered


class Output(Struct, frozen=True):
    """A file of the site: its POSIX path relative to the output folder, and its bytes."""

    path: str
    content: bytes


def day_after(day: dt.date) -> dt.date:
    """Return the next day; `date.max`, which means forever, stays the same."""
    return day if day == dt.date.max else day + dt.timedelta(days=1)


def comparable(value: Any) -> Any:
    """Return a fact's value in the form used to compare pages."""
    match value:
        case Reference():
            return value.key
        case Choice():
            return value.value
    return value
