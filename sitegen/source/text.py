"""A text file as it is read: lines with their path, and characters that no text may contain."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from sitegen.problems.problem import Problem, SiteError
from sitegen.source.character_scan import may_have_controls
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark, Places

MAX_FILE = 2_000_000
MAX_LINE = 100_000
#: Report at most this many control characters or conflicts in a file; a file with more is not text.
_MOST_TOLD = 100
#: Control characters, including those that YAML 1.1 takes for line ends and no editor shows as such.
CONTROL = lazily(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
#: What git writes around conflicting changes of the same lines: the beginning, or the end if that line is deleted. The
#: end has the line between the versions before it: `>>>>>>> a` alone is a quotation seven levels deep.
_CONFLICT = re.compile(r"^<{7}(?: .*)?$", re.MULTILINE), re.compile(r"^>{7} .*$", re.MULTILINE)
_BETWEEN = re.compile(r"^={7}$", re.MULTILINE)
_FENCE = lazily(r" {0,3}(`{3,}|~{3,})")


class Source(Struct, frozen=True):
    """A text file: its path relative to the root, and its lines without their ends."""

    path: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        return cls(path, tuple(text.split("\n")))

    def problem(
        self, code: str, message: str, mark: Mark | None = None, hint: str = "", fix: str | None = None
    ) -> Problem:
        """A problem at `mark`; without a mark, a problem of the whole file."""
        return problem_at(self.path, code, message, mark, hint, fix)


def problem_at(
    path: str, code: str, message: str, mark: Mark | None = None, hint: str = "", fix: str | None = None
) -> Problem:
    """A problem at a place; its excerpt is added when it is reported."""
    if mark is None:
        return Problem(path=path, code=code, message=message, hint=hint)
    return Problem(
        path=path,
        code=code,
        message=message,
        line=mark.line,
        column=mark.column,
        width=mark.width,
        hint=hint,
        fix=fix,
    )


def decode(path: str, data: bytes) -> str:
    """Decode a file: UTF-8, without a byte order mark, and with `\\n` as line ends.

    Raises:
        SiteError: it is not UTF-8, has a control character or a conflict, or exceeds `MAX_FILE` or `MAX_LINE`.
    """
    if len(data) > MAX_FILE:
        raise SiteError([too_large(path, len(data), MAX_FILE)])
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (0 in data and data.count(0) > len(data) / 4):
        message, hint = "the file is UTF-16, not UTF-8", "save it as UTF-8"
        raise SiteError([Problem(path=path, code="encoding", message=message, line=1, column=1, hint=hint)])
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise SiteError([_not_utf8(path, data, error)]) from error
    if 0x0D in data:  # a byte is found by its number at the speed of memory
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(data) > MAX_LINE or _may_have_conflicts(data) or may_have_controls(data):
        source = Source.of(path, text)
        problems = [*find_conflicts(source, text), *find_control_characters(source, text), *_long_lines(source)]
        if problems:
            raise SiteError(problems)
    return text


def too_large(path: str, size: int, most: int) -> Problem:
    """The problem of a file that has more bytes than it may."""
    hint = "split the page" if path.endswith(".md") else "split the file, or leave out what is not needed"
    if most > MAX_FILE:  # it is no text
        hint = "make it smaller, put it into static/, or link to another place where it is published"
    return Problem(path=path, code="too-large", message=f"the file has {size:,} bytes, over {most:,}", hint=hint)


def without_control_characters(text: str) -> str:
    """The text without the characters that `decode` refuses; words that only a line end of other programs parts stay apart."""
    return CONTROL.sub(in_its_place, text)


def in_its_place(found: re.Match[str]) -> str:
    """What keeps words apart where a control character is removed: a space, if it is a blank and no other is beside it.

    Word, for example, saves a line end within a paragraph as a vertical tab.
    """
    before, after = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    if not found[0].isspace() or not before or before.isspace() or not after or after in " \t\n":
        return ""
    return " "


def _may_have_conflicts(data: bytes) -> bool:
    """Whether a text may have a conflict: its beginning, or an end below the line between both sides."""
    has_end = 0x3D in data and 0x3E in data and b">>>>>>>" in data
    return has_end or (0x3C in data and b"<<<<<<<" in data)


def find_conflicts(source: Source, text: str) -> Iterator[Problem]:
    """A problem where each merge conflict begins."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    begin, end = _CONFLICT
    if source.path.endswith(".md"):
        text = _without_examples(text)
    found_ones = [*begin.finditer(text)]
    if not found_ones and (between := _BETWEEN.search(text)):
        found_ones = [*end.finditer(text, between.end())]
    places = Places(text) if found_ones else None
    for found in found_ones[:_MOST_TOLD]:
        assert places is not None
        mark = places.mark(found.start(), len(found[0]))
        message = "a merge conflict is not resolved here"
        hint = "keep what is right, and delete the lines <<<, === and >>>"
        yield source.problem("merge-conflict", message, mark, hint)


def find_conflicts_in(path: str, content: bytes) -> Iterator[Problem]:
    """A problem where each merge conflict begins in a file that is published as it is, whatever its encoding."""
    if b"\n>>>>>>> " in content:
        text = content.decode("utf-8", "replace").replace("\r\n", "\n")
        yield from find_conflicts(Source.of(path, text), text)


def _without_examples(text: str) -> str:
    """The text with blanks for the blocks of code that show a whole conflict.

    A conflict in code that is in a block and not resolved is the same to the letter, but rarer than pages that explain
    git, and shown to readers as it is; one that git has put around a fence, or in other lines, is always reported.
    """
    lines = text.split("\n")
    fence, start = "", 0
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if found is None:
            continue
        if not fence:
            fence, start = found[1], number + 1
        elif found[1].startswith(fence) and line.strip() == found[1]:
            if _is_whole_conflict(lines[start:number]):
                lines[start:number] = [" " * len(own) for own in lines[start:number]]
            fence = ""
    return "\n".join(lines)


def _is_whole_conflict(lines: Sequence[str]) -> bool:
    """Whether lines hold conflicts of both versions, each with its beginning, middle and end."""
    begin, end = _CONFLICT
    marks = [
        next((sign for pattern, sign in ((begin, "<"), (_BETWEEN, "="), (end, ">")) if pattern.fullmatch(line)), "")
        for line in lines
    ]
    return re.fullmatch("(?:<=>)+", "".join(marks)) is not None


def find_control_characters(source: Source, text: str, first_line: int = 1) -> Iterator[Problem]:
    """A problem for each character that no text may contain."""
    if not CONTROL.search(text):
        return
    places = Places(text, first_line)
    for found in islice(CONTROL.finditer(text), _MOST_TOLD):
        yield control_character(source, found[0], places.mark(found.start()), in_its_place(found))


def control_character(source: Source, character: str, mark: Mark, fix: str | None = None) -> Problem:
    """The problem of a control character."""
    hint = "write a space or a line break instead" if character.isspace() else "delete it"
    return source.problem("control-character", f"a control character U+{ord(character):04X}", mark, hint, fix)


def _long_lines(source: Source) -> Iterator[Problem]:
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_LINE:
            message = f"a line of {len(line):,} characters, over {MAX_LINE:,}"
            yield source.problem("too-large", message, Mark(number, 1), "break the line")


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
    hint = "save the file as UTF-8 (it may be Windows-1251 or GBK)"
    return problem_at(path, "encoding", f"byte 0x{data[error.start]:02x} is not UTF-8", Mark(line, column), hint)
