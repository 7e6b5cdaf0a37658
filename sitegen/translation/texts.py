"""A text to translate, and what comes back of it, whatever the form of the file."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_given
from sitegen.source.html import escape

#: What stands for a page in the ids of messages.
NO_PAGE = "messages"
_WORD_OF_BLOCK = re.compile(r"\.\d+\.\w+$")


class Unit(NamedTuple):
    """One text to translate.

    Attributes:
        page: its key; "" for a message of the templates.
        name: of the segment, or the message's context and text.
        target: what stands there now; "" where nothing does.
        state: as `translate status` names it: "missing", "stale", "untracked" or "current".
        earlier: the source that `target` renders, where it is stale and git knows it.
        notes: for the translator.
        plural: the message's plural text, if it has one; `target` then holds its forms, parted by NUL.
    """

    page: str
    name: str
    source: str
    target: str
    state: str
    earlier: str = ""
    notes: tuple[str, ...] = ()
    plural: str = ""

    @property
    def is_markdown(self) -> bool:
        """Whether it is a text of a page's body, and not a word of its front matter or of a block."""
        return bool(self.page) and self.name.startswith("#") and not _WORD_OF_BLOCK.search(self.name)

    @property
    def id(self) -> str:
        """Stable as long as nobody edits the source or the translation."""
        return f"{self.page or NO_PAGE}|{self.name}|{check_of(self.source, self.target)}"


class Answer(NamedTuple):
    """A unit as a translator gives it back; `is_done` where it is not marked as needing work."""

    id: str
    source: str
    target: str
    is_done: bool

    @property
    def is_untouched(self) -> bool:
        """Whether it is as it was exported."""
        return self.id.rpartition("|")[2] == check_of(self.source, self.target.strip("\0") and self.target)


def check_of(source: str, target: str) -> str:
    """Eight hex digits by which a file that comes back knows what it was made of."""
    both = f"{source}\0{target}"
    return f"{zlib.crc32(both.encode()):08x}"


def refuse_doubles(path: Path, ids: Sequence[str]) -> None:
    """Raises SiteError where a file has two units of one id."""
    doubles = [name for name, count in Counter(ids).items() if count > 1]
    if doubles:
        told = doubles[0].rpartition("|")[0].replace("|", " ")
        raise SiteError([bad_file(path, f"the text {told} appears twice", "export the file again")])


def bad_file(path: Path, message: str, hint: str = "") -> Problem:
    """A problem of the whole file."""
    return Problem(path=str(path), code="exchange", message=message, hint=hint)


def place_in(path: Path, name: str) -> tuple[int, int]:
    """Line and column at which a unit stands in a file."""
    text = read_given(path).decode("utf-8-sig")
    start = next((text.find(own) for own in (escape(name), name) if own in text), 0)
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
