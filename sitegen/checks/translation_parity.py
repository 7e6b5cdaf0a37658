"""Differences between a translation and its source.

Headings, lists, tables, links, pictures or numbers may differ, and fields and sentences may be untranslated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from sitegen.content.section_digests import split_sections
from sitegen.content.section_shape import COUNTED, Shape, is_phrase
from sitegen.i18n.numbers_in_text import find_numbers, other_numbers
from sitegen.library.block_pairs import paired_blocks
from sitegen.library.library import Library
from sitegen.library.section_pairs import heading_names, moved_problems, unchanged_sections
from sitegen.library.translated_parts import OF_ONE_LANGUAGE, items_problem, other_items
from sitegen.model.fields import TYPES, Field
from sitegen.model.kinds import Kind
from sitegen.model.page import Body, Document, Page
from sitegen.model.urls import plain
from sitegen.problems.problem import Problem
from sitegen.source.files import read_text
from sitegen.source.front_matter import end_of_front_matter
from sitegen.source.html import unescape
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.sequences import matcher
from sitegen.source.text import problem_at

#: Finds a text in a line: its start, from 0, and its length; None if it is not there.
_Find = Callable[[str], tuple[int, int] | None]

#: Of each sort of difference in a section, report at most this many with their places.
_MOST_TOLD = 10
_TARGET = lazily(r"(?<=\]\()<?([^\s<>()]+)")
_STARTS = {"li": lazily(r"\s*(?:[-*+]|\d+\.)\s"), "tr": lazily(r"\s*\|"), "blockquote": lazily(r"\s*>")}


def find_other_structure(root: Path, library: Library, page: Page) -> Iterator[Problem]:
    """Report how a page's translations differ from its source, except where they are stale."""
    source = page.versions[page.source]
    if len(page.written) < 2:
        return
    wanted, theirs = _translatable(library, page, source), _compared(source.body)
    for path, document in page.written.items():
        state = page.states.get(path)
        if document is source or state is None:
            continue
        yield from _other_words(wanted, document, source)
        yield from _other_items(library.kind(page.key), document, source, state.changed)
        if document.body.blocks:
            yield from _other_blocks(library, document, source)
        if source.body.sections and not document.body.sections:
            hint = f"translate the text of {source.path.rpartition('/')[2]}; without it readers see an empty page"
            yield problem_at(document.path, "structure", "the text of the source is missing here", Mark(1, 1), hint)
            continue
        if any(name.startswith("#") for name in state.changed):
            yield from moved_problems(source, document, state.moved)
            continue
        own = _compared(document.body)
        if own.levels != theirs.levels:
            yield _Pair(_Text(root, library, document), _Text(root, library, source)).other_headings()
        elif own.shapes != theirs.shapes or not own.sentences.isdisjoint(theirs.sentences):
            pair = _Pair(_Text(root, library, document), _Text(root, library, source))
            yield from pair.other_sections(library.locales[path].calendar not in ("", "gregorian"))


def _translatable(library: Library, page: Page, source: Document) -> list[Field]:
    """The fields that the source fills in, and each translation should."""
    return [
        declared
        for declared in library.kind(page.key).of_side("words")
        if declared.translate
        and declared.name not in OF_ONE_LANGUAGE
        and source.words.get(declared.name, "") not in ("", ())
    ]


def _other_words(wanted: Iterable[Field], own: Document, source: Document) -> Iterator[Problem]:
    """Report fields of the source that a translation lacks, leaves empty, or fills with the source's text."""
    for declared in wanted:
        name = declared.name
        text, theirs = own.words.get(name, ""), source.words[name]
        if text not in ("", ()) and text != theirs:  # as nearly all, so that their places aren't needed
            continue
        mark = own.marks.get(name)
        if mark is None:
            message = f"the field '{name}' of the source is missing here"
            yield problem_at(own.path, "structure", message, Mark(1, 1), f"add a line `{name}: …`")
        elif text in ("", ()):
            message = f"the field '{name}' of the source is empty here"
            yield problem_at(own.path, "structure", message, mark, "fill it in")
        elif text == theirs and TYPES[declared.type].is_translated and is_phrase(text):
            hint = f"see line {source.marks[name].line} of the source"
            yield problem_at(own.path, "untranslated", f"the field '{name}' has the source's text", mark, hint)


def _other_items(kind: Kind, own: Document, source: Document, stale: Collection[str]) -> Iterator[Problem]:
    """Report lists and maps of words that have other items than in the source."""
    names = [f.name for f in kind.of_side("words") if f.translate and own.words.get(f.name) and f.name not in stale]
    for name, message in other_items(kind, source, own, names).items():
        yield items_problem(source, own, name, message)


def _other_blocks(library: Library, own: Document, source: Document) -> Iterator[Problem]:
    """Report blocks whose counterpart in the source isn't known, and words that a block lacks."""
    paired = paired_blocks(source, own)
    for number, block in enumerate(own.body.blocks):
        theirs = paired.get(number)
        if theirs is None:
            if any(library.config.blocks[block.name].of_side("facts")):
                message = f"it is not known which block '{block.name}' of the source this is; it has no facts here"
                hint = "give the section as many of them as the source has there, in its order, and accept it"
                yield problem_at(own.path, "structure", message, block.mark, hint)
            continue
        words, other = ({span.name for span in b.spans if span.side == "words"} for b in (block, theirs))
        for name in sorted(other - words):
            message = f"'{name}' of the source's block '{block.name}' is missing here"
            yield problem_at(own.path, "structure", message, block.mark, f"see line {theirs.mark.line} of the source")


class _Compared(NamedTuple):
    """What bodies are compared by: alike are those of the same levels and shapes that have no sentence in common."""

    levels: list[int]
    shapes: dict[int, int]
    sentences: set[int]


def _compared(body: Body) -> _Compared:
    sections = body.sections
    return _Compared(
        [heading.level for heading in body.headings],
        {section.heading: section.shape for section in sections},
        {text for section in sections for text in section.sentences},
    )


class _Block(Struct, frozen=True):
    """A heading, or consecutive lines without a blank line."""

    level: int  #: of a heading; 0 for anything else
    line: int  #: the number of its first line in the file
    lines: tuple[str, ...]

    def find(self, find: _Find) -> Mark | None:
        """Where a text is in the block."""
        for number, line in enumerate(self.lines, self.line):
            if found := find(line):
                return Mark(number, found[0] + 1, found[1])
        return None


class _Text(Struct, frozen=True, dict=True):
    """A document's body by section: as blocks of its file, and as shapes of its HTML."""

    root: Path
    library: Library
    document: Document

    @cached_property
    def shapes(self) -> list[Shape]:
        """The shape of the text before the first heading, then of each section with its heading."""
        return [Shape(text) for text in split_sections(self.library.text(self.document))]

    @cached_property
    def sections(self) -> list[list[_Block]]:
        """The blocks of the text before the first heading, then of each section with its heading."""
        levels = defaultdict[int, list[int]](list)  # where Python-Markdown's headings stand is not certain
        for heading in self.document.body.headings:
            levels[heading.line].append(heading.level)
        lines = read_text(self.root, self.document.path).split("\n")
        body = end_of_front_matter(lines) + 1
        sections: list[list[_Block]] = [[]]
        begin = body
        for number, line in enumerate([*lines[body:], ""], body + 1):
            here = levels.pop(number, [])
            if begin < number - 1 and (not line.strip() or here):
                sections[-1].append(_Block(0, begin + 1, tuple(lines[begin : number - 1])))
                begin = number - 1
            sections += ([_Block(level, number, (line,))] for level in here)
            if here or not line.strip():
                begin = number
        return [*sections, *([_Block(level, begin, ())] for others in levels.values() for level in others)]

    def outline(self, names: list[str]) -> list[tuple[object, ...]]:
        """The name, level, shape and number of blocks of each section."""
        levels = (0, *(heading.level for heading in self.document.body.headings))
        parts = zip(names, levels, self.shapes, self.sections, strict=True)
        return [(name, level, shape.digest, len(blocks)) for name, level, shape, blocks in parts]

    def line_from(self, section: int, count: int) -> int:
        """The line of a block counted from the start of a section; of the last block if there are fewer."""
        blocks = [block for blocks in self.sections for block in blocks]
        before = sum(len(blocks) for blocks in self.sections[:section])
        return blocks[min(before + count, len(blocks) - 1)].line if blocks else 1

    def line_of(self, section: int) -> int:
        """The line where a section begins."""
        return self.sections[section][0].line if self.sections[section] else 1

    def find(self, section: int, find: _Find) -> tuple[int, Mark] | None:
        """The block of a section that contains a text, counted from 0, and where the text is."""
        for number, block in enumerate(self.sections[section]):
            if mark := block.find(find):
                return number, mark
        return None


class _Pair(Struct, frozen=True):
    """A translation and its source."""

    own: _Text
    source: _Text

    def other_headings(self) -> Problem:
        """A problem at the first block where the headings differ, between the sections that both have."""
        own, theirs = self._outlines()
        first = _count_same(theirs, own)
        last = min(_count_same(theirs[::-1], own[::-1]), len(theirs) - first, len(own) - first)
        between = (
            [block.level for section in text.sections[first : len(text.sections) - last] for block in section]
            for text in (self.source, self.own)
        )
        there, here = _first_other(*between)
        counts = (len(text.document.body.headings) for text in (self.own, self.source))
        message = "the headings differ from those of the source: {} here, {} there".format(*counts)
        hint = f"they differ from line {self.source.line_from(first, there)} of the source on"
        return self._problem("structure", message, Mark(self.own.line_from(first, here), 1), hint)

    def _outlines(self) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """The outlines of the translation and its source, for comparing their sections.

        A section that is unchanged since it was accepted is identified by its name in the source; others are compared
        by level, shape and number of blocks.
        """
        known = unchanged_sections(self.own.document)
        own = [known.get(number, "") for number in range(-1, len(self.own.document.body.headings))]
        theirs = [name if name in own else "" for name in ("#", *heading_names(self.source.document))]
        return self.own.outline(own), self.source.outline(theirs)

    def other_sections(self, is_other_calendar: bool) -> Iterator[Problem]:
        """Report the differences in sections with the same headings."""
        all_theirs = {text for shape in self.source.shapes for text in shape.paragraphs}
        for section, (own, theirs) in enumerate(zip(self.own.shapes, self.source.shapes, strict=True)):
            yield from self._other_counts(section, own, theirs)
            lost, new = theirs.blocks - own.blocks, own.blocks - theirs.blocks
            yield from self._others(section, "block", [*lost], [*new], _find_block)
            missing, added = theirs.targets - own.targets, own.targets - theirs.targets
            yield from self._others(section, "link to", [*missing], [*added], _find_target)
            lacking, strange = other_numbers(own.numbers, theirs.numbers)
            told = [] if is_other_calendar else [number.text for number in strange]
            yield from self._others(section, "number", [number.text for number in lacking], told, _find_number)
            same = (text for text in dict.fromkeys(own.paragraphs) if text in all_theirs)
            for text in islice(same, _MOST_TOLD):
                yield self._same_words(section, text)

    def _other_counts(self, section: int, own: Shape, source: Shape) -> Iterator[Problem]:
        for tag, name in COUNTED.items():
            if own.counts[tag] != source.counts[tag]:
                message = f"{own.counts[tag]} {name} in this section, {source.counts[tag]} in the source's"
                yield self._at(section, message, _find_tag(tag))

    def _others(
        self, section: int, what: str, missing: Collection[str], added: Collection[str], find: Callable[[str], _Find]
    ) -> Iterator[Problem]:
        if len(missing) == len(added) == 1:
            (own,), (theirs,) = added, missing
            yield self._at(
                section, f"the {what} {_told(own)} is {_told(theirs)} in the source", find(own), find(theirs)
            )
            return
        for text in islice(missing, _MOST_TOLD):
            yield self._at(section, f"the {what} {_told(text)} is missing in this section", find(text))
        for text in islice(added, _MOST_TOLD):
            yield self._at(section, f"the source has no {what} {_told(text)} in this section", find(text))
        yield from self._more(section, what, len(missing) - _MOST_TOLD, "are missing in this section")
        yield from self._more(section, what, len(added) - _MOST_TOLD, "are here but not in the source")

    def _more(self, section: int, what: str, count: int, state: str) -> Iterator[Problem]:
        """Report the remaining differences by number only: finding the place of each would take quadratic time."""
        if count > 0:
            message = f"{count:,} more of the kind '{what}' {state}"
            hint = f"see line {self.source.line_of(section)} of the source"
            yield self._problem("structure", message, Mark(self.own.line_of(section), 1), hint)

    def _same_words(self, section: int, text: str) -> Problem:
        start = _letters(text)[:30]
        found = self.own.find(section, lambda line: (0, len(line)) if _letters(line).startswith(start) else None)
        there = self.source.find(section, lambda line: (0, 1) if _letters(line).startswith(start) else None)
        mark = found[1] if found else Mark(self.own.line_of(section), 1)
        hint = f"see line {there[1].line if there else self.source.line_of(section)} of the source"
        return self._problem("untranslated", f"'{text[:40]}…' is the source's text", mark, hint)

    def _at(self, section: int, message: str, find: _Find, find_theirs: _Find | None = None) -> Problem:
        """A problem at a text in the translation; if it is missing, at the counterpart of the source's block."""
        own, theirs = self.own.find(section, find), self.source.find(section, find_theirs or find)
        blocks = self.own.sections[section], self.source.sections[section]
        mark = Mark(self.own.line_of(section), 1)
        if own:
            mark = own[1]
        elif theirs and len(blocks[0]) == len(blocks[1]):
            mark = Mark(blocks[0][theirs[0]].line, 1)
        line = theirs[1].line if theirs else self.source.line_of(section)
        return self._problem("structure", message, mark, f"see line {line} of the source")

    def _problem(self, code: str, message: str, mark: Mark, hint: str) -> Problem:
        return problem_at(self.own.document.path, code, message, mark, hint)


def _first_other(source: list[int], own: list[int]) -> tuple[int, int]:
    """Where two lists of levels, with 0 for blocks that are not headings, start to have different headings."""
    same = _count_same(source, own)
    if any(source[same : same + 1] + own[same : same + 1]):
        return same, same
    found = matcher(source[same:], own[same:])
    changes = found.get_opcodes() if found else []
    others = (
        (same + i, same + j)
        for tag, i, i2, j, j2 in changes
        if tag != "equal" and any(source[same + i : same + i2] + own[same + j : same + j2])
    )
    return next(others, (same, same))


def _count_same(source: Sequence[object], own: Sequence[object]) -> int:
    """The number of equal elements at the start of both sequences."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(source, own, strict=False)))


def _told(text: str) -> str:
    """A text in quotes, unless it is a number."""
    return text if text[0].isdigit() else f"'{text}'"


def _find_target(target: str) -> _Find:
    return lambda line: next(
        ((found.start(1), len(found[1])) for found in _TARGET.finditer(line) if plain(unescape(found[1])) == target),
        None,
    )


def _find_block(name: str) -> _Find:
    pattern = re.compile(rf":{re.escape(name)}(?![\w-])|\[!{re.escape(name)}\]", re.IGNORECASE)
    return lambda line: (found.start(), len(found[0])) if (found := pattern.search(line)) else None


def _find_number(number: str) -> _Find:
    def find(line: str) -> tuple[int, int] | None:
        numbers = find_numbers(line) if number in line else ()  # it is asked of each line of a text
        return next(((own.start, len(number)) for own in numbers if own.text == number), None)

    return find


def _find_tag(tag: str) -> _Find:
    pattern = _STARTS.get(tag, re.compile(r"!\[|`{3}|~{3}| {4}"))

    return lambda line: (found.start(), 1) if (found := pattern.match(line)) else None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
