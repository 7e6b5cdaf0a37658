"""Texts to translate and the translators' answers, independent of the file format."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_given
from sitegen.source.html import unescape
from sitegen.source.mark import Places as Lines

#: Replaces the page in the ids of messages.
NO_PAGE = "messages"
#: What nobody sees: blanks, what stands between plural forms, and characters without a width.
_UNSEEN = re.compile(r"[\s\0\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*")
#: The end of a name that is not that of a message or text: the second checksum, and which plural form it is.
_CHECK, _FORM = re.compile(r"(?<=\|[0-9a-f]{8})[0-9a-f]{8}\Z"), re.compile(r"\[[^\[]*\]\Z")
_WORD_OF_BLOCK = re.compile(r"\.\d+\.\w+$")


class Unit(NamedTuple):
    """A text to translate."""

    page: str  #: the page's key; "" for a message of the templates
    name: str  #: the segment's name, or the message's context and text
    source: str
    target: str  #: the current translation; "" if there is none, of plural forms one "" for each
    state: str  #: "missing", "stale", "untracked" or "current", as in `translate status`
    earlier: str = ""  #: the source text that a stale `target` translates, if git has it
    notes: tuple[str, ...] = ()  #: notes for the translator
    plural: str = ""  #: the message's plural text, if any; `target` then contains all plural forms, separated by NUL
    rule: str = ""  #: the expression of the catalog by which a plural form is chosen
    #: Parts that import removes, moves, adds or changes too once this text is confirmed, and the words that it removes.
    untold: tuple[str, ...] = ()

    @property
    def is_markdown(self) -> bool:
        """Whether this is a text of a page's body, not a word of its front matter or of a block."""
        return bool(self.page) and self.name.startswith("#") and not _WORD_OF_BLOCK.search(self.name)

    @property
    def id(self) -> str:
        """The unit's id, which is stable until the source or the translation changes, and what a confirmation agrees to."""
        return self.id_of_text + self.second_check

    @property
    def second_check(self) -> str:
        """A checksum of what a translation is for beside the source: the untold parts, or the plural; "" if neither."""
        rest = self.plural or " ".join(self.untold)
        return _check(rest) if rest else ""

    @property
    def id_of_text(self) -> str:
        """The unit's id without the second checksum."""
        return f"{self.page or NO_PAGE}|{self.name}|{check_of(self.source, self.target)}"

    @property
    def is_empty(self) -> bool:
        """Whether there is no translation, in any plural form."""
        return is_blank(self.target)


#: (page, name) → the unit and its new text.
Changes = Mapping[tuple[str, str], tuple[Unit, str]]
#: Places a problem at a unit of the file that is imported.
Blame = Callable[[Unit, Problem], Problem]


class Answer(NamedTuple):
    """A unit as returned by a translator; `is_done` unless it is marked as needing work."""

    id: str
    source: str
    target: str
    is_done: bool
    plural: str = ""  #: the message's plural text, as far as the file has it; different ones are separated by NUL
    rule: str = ""  #: the expression of the file by which a plural form is chosen; "" if it states none
    is_half: bool = False  #: some sentences of the text have a translation and others don't: so it has no target

    @property
    def id_of_text(self) -> str:
        """The unit's id without the second checksum."""
        name, _, checks = self.id.rpartition("|")
        return f"{name}|{checks[:8]}"

    @property
    def second_check(self) -> str:
        """The unit's checksum of what its translation is for beside the source, when it was exported."""
        return self.id.rpartition("|")[2][8:]

    @property
    def is_untouched(self) -> bool:
        """Whether the texts are the same as when exported."""
        return self.id_of_text.rpartition("|")[2] == check_of(self.source, self.target)


def is_blank(target: str) -> bool:
    """Whether a translation says nothing, in any plural form."""
    return _UNSEEN.fullmatch(target) is not None


def check_of(source: str, target: str) -> str:
    """Return a checksum of eight hex digits that tells on import whether the texts have changed."""
    known = "" if is_blank(target) else target  # however many plural forms it lacks
    return _check(f"{source}\0{known}")


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def refuse_doubles(path: Path, text: str, ids: Sequence[str]) -> None:
    """Raise SiteError if two units of a file's text have the same id."""
    doubles = [name for name, count in Counter(ids).items() if count > 1]
    if doubles:
        told = doubles[0].rpartition("|")[0].replace("|", " ")
        place = Places(path, text).of(doubles[0], 1)
        raise SiteError([bad_file(path, f"the text {told} appears twice", "export the file again", place)])


def bad_file(path: Path, message: str, hint: str, place: tuple[int | None, int | None]) -> Problem:
    """Return a problem with the file at a line and column; without a line where the file can't be read."""
    return Problem(path=str(path), code="exchange", message=message, line=place[0], column=place[1], hint=hint)


def place_in(text: str, start: int) -> tuple[int, int]:
    """Return the line and column of a character."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


_LANGUAGE = re.compile(r"""(?:^"Language: *|\b(?:target-language|trgLang)\s*=\s*["'])([^"'\\]+)""", re.MULTILINE)


def place_of_language(text: str, *, second: bool = False) -> tuple[int, int]:
    """Return the line and column of the language that a file states, or of the second language in it."""
    found = list(_LANGUAGE.finditer(text))
    other = next((own for own in found if own[1] != found[0][1]), None) if second else None
    first = other or next(iter(found), None)
    return place_in(text, first.start(1)) if first else (1, 1)


def with_line_ends(text: str) -> str:
    """The text of a file with `\n` as line ends if they are CR alone, as on old Macs; a single CR is part of a text."""
    return text if "\n" in text else text.replace("\r", "\n")


#: How a unit is named: in PO by strings that a tool may have wrapped, in XLIFF by an attribute.
_CONTEXT = re.compile(r'^[ \t]*msgctxt\s+((?>(?:"(?>(?:[^"\\\n]++|\\.)*)"\s*+)+))', re.MULTILINE)
_STRING = re.compile(r'"((?>(?:[^"\\\n]++|\\.)*))"')
_ATTRIBUTE = re.compile(r"""\b(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Places:
    """The places of units in a file, found in one pass, as a file may have as many faults as units."""

    def __init__(self, path: Path, text: str | None = None, former: Mapping[str, str] | None = None) -> None:
        """Look in a text, or else in the file, which is read once a place is asked for.

        Args:
            former: page → its name in the file, of pages that have been renamed since.
        """
        self.path, self._given, self._former = path, text, former or {}

    @cached_property
    def text(self) -> str:
        if self._given is not None:
            return self._given
        return with_line_ends(read_given(self.path).decode("utf-8-sig"))

    def of(self, name: str, number: int = 0) -> tuple[int, int]:
        """Return the line and column of a unit; of several with a name, that of the one with a number."""
        page, _, rest = name.partition("|")
        starts = self._starts.get(f"{self._former.get(page, page)}|{rest}") or self._starts.get(name, (0,))
        mark = self._lines.mark(starts[min(number, len(starts) - 1)])
        return mark.line, mark.column

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _starts(self) -> Mapping[str, Sequence[int]]:
        """Name → where units of this name begin; a plural form counts as its message, one without its second checksum too."""
        found: dict[str, list[int]] = {}
        for name, start in names_in(self.text):
            whole = _FORM.sub("", name)
            for known in {name, whole, _CHECK.sub("", whole)}:
                found.setdefault(known, []).append(start)
        return found


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names in a file as they are meant, each with its place."""
    if text.lstrip().startswith("<"):
        for found in _ATTRIBUTE.finditer(text):
            group = found.lastindex or 1
            yield unescape(found[group]), found.start(group)
        return
    from babel.messages.pofile import unescape as unescape_po

    for found in _CONTEXT.finditer(text):
        yield "".join(unescape_po(f'"{own[1]}"') for own in _STRING.finditer(found[1])), found.start(1) + 1
