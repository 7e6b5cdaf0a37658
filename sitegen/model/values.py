"""Values that two or more stages share; each is complete when it exists."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple, NewType

from msgspec import Struct

from sitegen.source.mark import Mark

#: A page's identity in every language: its folder below content/, as `/plan/` or `/`.
Key = NewType("Key", str)
#: An address on the site's host, as `/en/plan/`: leading slash, base path included.
Url = NewType("Url", str)

StateName = Literal["source", "current", "stale", "untracked", "missing"]


class Id(str):
    """A text by which templates and tools know something; the same in every language and script."""

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
    """A link or picture that names content: its target as written, and its place."""

    target: str
    mark: Mark
    is_picture: bool = False


class Section(NamedTuple):
    """A body from one heading to the next.

    Attributes:
        heading: index of its heading; -1 before the first, the number of headings for footnotes.
        digest: of its HTML, however the text is wrapped or its quotes are drawn.
        shape: equal where lists, tables, links, pictures and numbers are; see `shape.py`.
        sentences: a number for each paragraph of some length, equal where the texts are.
    """

    heading: int
    digest: str
    shape: int
    sentences: tuple[int, ...]


class Shelved(NamedTuple):
    """Where bytes lie on the shelf: file, byte range therein, and their CRC-32."""

    file: str
    offset: int
    length: int
    checksum: int


class Span(NamedTuple):
    """An attribute of a block where it is written.

    Attributes:
        side: "facts" or "words".
        mark: of its value, quotes included; of a label the text between its brackets.
        whole: of `key=value`; the same as `mark` for a label.
    """

    name: str
    side: str
    mark: Mark
    whole: Mark

    @property
    def is_label(self) -> bool:
        """Whether it stands in brackets behind the block's name."""
        return self.mark == self.whole


class Block(Struct, frozen=True):
    """A block of a text, as `:::note[Title]{key=value}`.

    Attributes:
        name: of its type; its words stand in the text's HTML.
        mark: where it begins, up to the end of its attributes.
        facts: those filled in; only in a page's source version.
        parent: the block in which it stands, by its number in the text; -1 for none.
        end: line of the mark that ends it; 0 where none does.
        is_inline: whether it stands among words.
    """

    name: str
    mark: Mark
    facts: Mapping[str, Any]
    spans: tuple[Span, ...]
    parent: int = -1
    end: int = 0
    is_inline: bool = False


def counted(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, int], Block]]:
    """Each block with its name and how many of that name come before it, by which those of two languages are paired."""
    counts: Counter[str] = Counter()
    for block in blocks:
        yield (block.name, counts[block.name]), block
        counts[block.name] += 1


class Body(Struct, frozen=True):
    """What is known of parsed Markdown beside its HTML; dependent on nothing but its text.

    Attributes:
        outward: links and pictures that name something by its whole address, as `https://example.org/`.
        blocks: in the order in which they begin.
    """

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    outward: tuple[Link, ...] = ()
    blocks: tuple[Block, ...] = ()


class Reference(Struct, frozen=True):
    """A page named by a fact: the key as written and where."""

    key: Key
    mark: Mark


class Destination(Struct, frozen=True):
    """Where a link leads, as written: a page of the site, a file beside one, or an address; and its place."""

    written: str
    mark: Mark


class FileName(str):
    """The name of a file beside the page."""

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
    """A value out of a closed list, with its label in the source language (a message)."""

    value: str
    label: str


class Document(Struct, frozen=True, kw_only=True):
    """One file `index.<language>.md`, read and checked.

    Attributes:
        path: relative to the site's root.
        facts: declared facts that are filled in; only in a page's source version.
        words: declared words that are filled in, plus the body.
        marks: where each field stands, also an empty one, for later problems.
        html: its text as HTML, in which link targets and heading ids are still as written.
        front_digest: of the file's front matter.
        facts_digest: of the facts therein.
        digest: of the whole file; equal digests, equal documents.
    """

    path: str
    key: Key
    language: str
    kind: str
    facts: Mapping[str, Any]
    words: Mapping[str, Any]
    marks: Mapping[str, Mark]
    body: Body
    html: Shelved
    front_digest: str
    facts_digest: str
    digest: str

    @property
    def is_written(self) -> bool:
        """Whether the file is its language's own, not that of the language it is made of."""
        return self.path.endswith(f".{self.language}.md")


class Selection(Struct, frozen=True):
    """The children of a page that have one value of a fact, in the list's order.

    Attributes:
        field: name of the fact.
        part: `status/open`, the part of its address below the list's.
        value: a choice, a reference, a country's code, or a year.
    """

    field: str
    part: str
    value: Any
    keys: tuple[Key, ...]


class State(Struct, frozen=True):
    """What a page is in one language, and in which language it is shown there.

    Attributes:
        changed: names of what is behind: field names, and heading anchors as `#anchor`.
    """

    name: StateName
    shown: str
    changed: tuple[str, ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """A page in all its languages.

    Attributes:
        versions: language path → document, in site order, drafts and the like left out.
        states: language path → state, for every language in which the page exists.
    """

    key: Key
    kind: str
    source: str
    facts: Mapping[str, Any]
    versions: Mapping[str, Document]
    states: Mapping[str, State]

    @property
    def written(self) -> dict[str, Document]:
        """The versions that are files of their own."""
        return {path: document for path, document in self.versions.items() if document.is_written}


class Output(Struct, frozen=True):
    """A file of the site: POSIX path below the output folder, and its bytes."""

    path: str
    content: bytes


def day_after(day: dt.date) -> dt.date:
    """The next day; the last that calendars hold, which stands for ever, has none."""
    return day if day == dt.date.max else day + dt.timedelta(days=1)
