"""Texts that Python-Markdown would read in the square of their size, found before it reads them.

Its patterns search from each opening sign to the end of the block, or of the text, for the sign that closes it. The
steps of those searches are estimated here in one pass over the text: for each sign, the characters it may look at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from sitegen.content.python_markdown_code import EXTRA, FENCING, without_fenced

#: Steps allowed for a text: one to two seconds. A list of 3,000 links takes a twentieth of them.
MOST_STEPS = 40_000_000
#: Blocks allowed in a text, however short: about two seconds, as each costs as much as a hundred characters.
MOST_BLOCKS = 40_000
#: Signs of items and quotations allowed within others on the same line: each is read as a text of its own, for up to
#: 0.2 milliseconds, with all that is to its right.
MOST_NESTED = 10_000
#: Lines that begin or end code, each pair of which is taken out of the whole text: about two seconds.
MOST_FENCES = 40_000

_BLANK, _BLANKS = re.compile(r"\n[ \t]*\n"), re.compile(r"\n(?:[ \t]*\n)+")
_ITEM = re.compile(r"^ {0,3}(?:[*+-]|\d+\.)[ ]", re.MULTILINE)
#: Lines indented as code; and what, in a block before them, makes them a part of itself: an item, a note, a call-out.
_INDENTED = re.compile(r"(?:(?: {4}| {0,3}\t).*(?:\n|\Z))+")
_HOLDER = re.compile(r"^ {0,3}(?:[*+:-]|\d+\.|\[\^|!!!|\?\?\?)", re.MULTILINE)
#: The first two lines of a table; only without code and escapes are its rows certain to be read one by one.
_TABLE = re.compile(r"[^\n`\\|]*+\|[^\n`\\]*+\n *+\|?+ *+:?-++:? *+(?:\| *+:?-++:? *+)*\|? *+\n")
_LINE = re.compile(r"^", re.MULTILINE)
#: The signs on a line behind the first one of an item, a definition or a note; and each of them.
_WITHIN = re.compile(
    r"^[ \t>]*(?:[*+:-]|\d+\.|\[\^[^\]\n]+\]:)[ \t]+((?:(?:[*+-]|\d+\.)[ \t]+|>[ \t]*)+)", re.MULTILINE
)
_NESTED = re.compile(r"[*+-]|(?<!\d)\d++\.|>")
#: Signs that begin a search in a paragraph, and those of lines for which the whole block is read again.
_CODE, _ANY = re.compile(r"`+"), re.compile(r"\[|`+|[!=-]{3,}")
_REREAD = re.compile(
    r"^(?: {0,3}(?:\*?\[|!!!|\?\?\?|===[!+]* ?[\"']|=+ *$|-+ *$|(?>(?:[*_-] {0,2}){3,})$)|(?>(?: {0,3}>)*) {0,3}(?:#|: ))",
    re.MULTILINE,
)
#: Signs that begin a search through the rest of the text: a tag, and a fence, which one without attributes may close.
_TAG = re.compile(r"<(?:!|[A-Za-z/?])")
_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$", re.MULTILINE)
#: A tag; elements without an end, or which others end; and those that HTML's parser makes again in each block that follows,
#: with how much more each of these costs.
_ELEMENT = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,20})")
_ENDED = frozenset(
    """area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot colgroup
    option optgroup rt rp""".split()  # noqa: SIM905
)
_MADE_AGAIN = dict.fromkeys("a b big code em font i nobr s small strike strong tt u".split(), 50)  # noqa: SIM905
_MARKED_LINES = re.compile(r"hl_lines=(?!\"[^\"\n]*\" *$|'[^'\n]*' *$)")
_QUOTED = re.compile(r"[\"'] *$", re.MULTILINE)
#: Signs that become an element each, for which the paragraph is copied; a pair of the first ones becomes one.
_PAIRED, _SINGLE, _BREAK = re.compile(r"[*_`]"), re.compile(r"[\[<&\\]"), re.compile(r"  \n")
#: Extension → the signs that it makes an element of each.
_SIGNS = {
    "smarty": r"[\"']|-{2,3}|\.{3}",
    "pymdownx.smartsymbols": r"\([a-z]+\)|[+=]/-?|-->|<--|\d/\d|c/o",
    "pymdownx.magiclink": r"://|www\.|@|#\d",
    "pymdownx.emoji": r":[\w+-]+:",
    "pymdownx.keys": r"\+\+",
    "pymdownx.caret": r"\^",
    "pymdownx.tilde": r"~",
    "pymdownx.mark": r"==",
    "pymdownx.critic": r"\{[+=~>-]",
}
_HTML_BLOCK = re.compile(r"\s*<(?:!--|/?([A-Za-z][\w-]*))")
#: The mark that stands for an element meanwhile; and the characters that are copied within a step.
_STAND_IN, _COPIED = 14, 40
#: Footnotes and abbreviations: where they are defined and used.
_NOTE, _NOTED = re.compile(r"^ {0,3}\[\^([^\]\n]+)\]:", re.MULTILINE), re.compile(r"\[\^([^\]\n]{1,999})\](?!:)")
_ABBREVIATION = re.compile(r"^ {0,3}[*]\[[^\]\n]+\] ?:", re.MULTILINE)
#: A heading, and the mark in whose place stands a list of all headings.
_HEADING, _LIST_OF_HEADINGS = re.compile(r"^[ >*+\-\d.]*#|^[=-]+ *$", re.MULTILINE), "[TOC]"
#: A line whose end may hold attributes: a heading, a term before its definition, a row of a table.
_ATTRIBUTED = re.compile(r"^(?:[ >*+:\-\d.]*#.*|.*(?=\n *[=-]+ *$)|.*(?=\n {0,3}: )|.*\|.*)", re.MULTILINE)
_SIBLING = re.compile(r"^[ >]*(?:[*+:|-]|\d+\.)|\n[ \t]*\n|\|", re.MULTILINE)
ATTRIBUTES, NOTES, ABBREVIATIONS = EXTRA | {"attr_list"}, EXTRA | {"footnotes"}, EXTRA | {"abbr"}
#: Those that read tables.
TABLES = EXTRA | {"tables"}
#: Steps for each pair: of references to one note, each of which counts the earlier ones; of notes; of three elements
#: that "smarty" looks up in the list of their parent's; and for each heading in a list of them.
_SAME_NOTE, _TWO_NOTES, _SIBLINGS, _LISTED = 20, 2, 3, 1_500
#: How much more a step costs in a declaration, which is read sign by sign, and after a bracket, which five patterns read.
_DECLARATION, _TAG_NAME, _BRACKET = 8, 2, 4

_APART = "close what is open, or put blank lines between the parts"
_SPLIT = "split the text into several pages"


class Costly(NamedTuple):
    """The part of a text that would take too long: its offset, what is wrong with it, and what to do."""

    start: int
    what: str
    hint: str = _APART


def find_costly(text: str, extensions: Collection[str]) -> Costly | None:
    """A part of a text that would take too long; None if there is none."""
    if len(text) ** 2 < MOST_STEPS / _DECLARATION:
        return None
    has_fences = not FENCING.isdisjoint(extensions)
    if has_fences and (fences := _fences(text)):
        return fences
    plain = without_fenced(text) if has_fences else text
    html = _tags(plain) or _open_elements(plain)
    return _number(plain) or _nested(plain) or html or _blocks(plain, extensions) or _pairs(plain, extensions)


def _number(text: str) -> Costly | None:
    """Count blocks."""
    if text.count("\n") < 2 * MOST_BLOCKS:
        return None
    starts = [blank.end() for blank in _BLANKS.finditer(text)]
    if len(starts) <= MOST_BLOCKS:
        return None
    return Costly(starts[MOST_BLOCKS], f"{len(starts):,} paragraphs", _SPLIT)


def _nested(text: str) -> Costly | None:
    """Count the items and quotations that begin within others on the same line."""
    count = 0
    for line in _WITHIN.finditer(text):
        count += sum(1 for _ in _NESTED.finditer(line[1]))
        if count > MOST_NESTED:
            return Costly(
                line.start(), f"over {MOST_NESTED:,} items and quotations within others on the same line", _SPLIT
            )
    return None


def _pairs(text: str, extensions: Collection[str]) -> Costly | None:
    """Weigh what extensions compare with all others of its sort."""
    return (
        (None if NOTES.isdisjoint(extensions) else _notes(text))
        or (None if ABBREVIATIONS.isdisjoint(extensions) else _abbreviations(text))
        or (None if ATTRIBUTES.isdisjoint(extensions) else _attributes(text))
        or (_elements(text) if "smarty" in extensions else None)
        or (_lists_of_headings(text) if "toc" in extensions else None)
    )


def _notes(text: str) -> Costly | None:
    """Weigh footnotes: each is compared with the others, each reference with those to the same note."""
    notes = {found[1]: found.start() for found in _NOTE.finditer(text)}
    used = Counter(found[1] for found in _NOTED.finditer(text) if found[1] in notes)
    steps = _TWO_NOTES * len(notes) ** 2 + sum(_SAME_NOTE * count**2 for count in used.values())
    if steps <= MOST_STEPS:
        return None
    label, most = max(used.items(), key=itemgetter(1), default=(next(iter(notes)), 0))
    return Costly(notes[label], f"{len(notes):,} footnotes, one of them with {most:,} references,")


def _abbreviations(text: str) -> Costly | None:
    """Weigh abbreviations, each of which is tried at every place."""
    terms = list(_ABBREVIATION.finditer(text))
    what = f"{len(terms):,} abbreviations in {len(text):,} characters"
    return Costly(terms[0].start(), what) if len(terms) * len(text) > MOST_STEPS else None


def _attributes(text: str) -> Costly | None:
    """Weigh the braces that may open a list of attributes, each of which is searched for its end to the end of the line."""
    steps = 0
    for line in _ATTRIBUTED.finditer(text):
        steps += line[0].count(" {") * len(line[0])
        if steps > MOST_STEPS:
            return Costly(
                line.start(), f"{line[0].count(' {'):,} characters '{{' on a line of {len(line[0]):,}", _APART
            )
    return None


def _elements(text: str) -> Costly | None:
    """Weigh paragraphs, items and cells, each of which is looked up in the list of its parent's."""
    count = sum(1 for _ in _SIBLING.finditer(text))
    what = f"{count:,} paragraphs, items and cells, with the extension 'smarty',"
    return Costly(0, what) if count**2 // _SIBLINGS > MOST_STEPS else None


def _lists_of_headings(text: str) -> Costly | None:
    """Weigh the lists of headings, each of which is written out with all of them."""
    count = text.count(_LIST_OF_HEADINGS)
    if count * _LISTED * sum(1 for _ in _HEADING.finditer(text)) <= MOST_STEPS or count == 1:
        return None
    return Costly(text.index(_LIST_OF_HEADINGS), f"{count:,} lists of all headings")


def _fences(text: str) -> Costly | None:
    """Weigh the code fences: each is searched for the next one that closes it."""
    closing: dict[str, list[int]] = {}
    opening = list(_FENCE.finditer(text))
    for found in opening:
        if not found[2].strip(" "):
            closing.setdefault(found[1], []).append(found.start())
    if len(opening) > MOST_FENCES:
        return Costly(opening[MOST_FENCES].start(), f"{len(opening):,} lines that begin or end code", _SPLIT)
    again = sum(1 for _ in _QUOTED.finditer(text))  # where `hl_lines="` may end, after which the code is searched again
    steps = 0
    for found in opening:
        end = _next(closing.get(found[1], ()), found.end(), len(text))
        is_again = "hl_lines" in found[2] and (end == len(text) or _MARKED_LINES.search(found[2]))
        steps += (len(text) - found.start()) * again if is_again else end - found.start()
    what = f"{len(opening):,} fences, not all of them closed,"
    return Costly(opening[0].start(), what) if steps > MOST_STEPS else None


def _tags(text: str) -> Costly | None:
    """Weigh the signs that may open a tag, each of which is searched for its end."""
    ends = [found.start() for found in re.finditer(">", text)]
    opening = list(_TAG.finditer(text))
    steps = 0
    for found in opening:
        weight = _DECLARATION if found[0] == "<!" else _TAG_NAME
        steps += weight * (_next(ends, found.start(), len(text)) - found.start())
    what = f"{len(opening):,} characters '<', not all of them closed,"
    return Costly(opening[0].start(), what) if steps > MOST_STEPS else None


def _open_elements(text: str) -> Costly | None:
    """Weigh the tags by the elements that are open then, in which HTML's parser looks for the one that each belongs to."""
    counts, steps, weight, start = Counter[str](), 0, 0, 0
    for found in _ELEMENT.finditer(text):
        name = found[2].lower()
        if name not in _ENDED and (not found[1] or counts[name]):
            start = start if weight else found.start()
            change = -1 if found[1] else 1
            counts[name] += change
            weight += change * _MADE_AGAIN.get(name, 1)
        steps += weight
        if steps > MOST_STEPS:
            return Costly(start, f"{counts.total():,} elements, each of them within the one before,")
    return None


def _next(places: Sequence[int], start: int, end: int) -> int:
    """The first of some sorted places from `start` on; `end` if there is none."""
    number = bisect_left(places, start)
    return places[number] if number < len(places) else end


def _blocks(text: str, extensions: Collection[str]) -> Costly | None:
    """Weigh the blocks together; the costliest is reported."""
    bounds = [0, *(found.end() for found in _BLANK.finditer(text)), len(text)]
    breaks = _made(extensions)
    weighed = [(_steps(text, start, end, breaks), start, end) for start, end in _without_indented(text, bounds)]
    if sum(steps for steps, *_ in weighed) <= MOST_STEPS:
        return None
    _, start, end = max(weighed, key=itemgetter(0))
    count = max(sum(1 for _ in signs.finditer(text, start, end)) for signs in (_ANY, _PAIRED, _SINGLE, breaks))
    signs_of = f"{count:,} characters such as '[' or '*' in " if count else ""
    return Costly(start, f"{signs_of}{end - start:,} characters without a blank line")


def _made(extensions: Collection[str]) -> re.Pattern[str]:
    """What becomes an element each beside the signs that always do: breaks of lines, and the signs of extensions."""
    breaks = "\n" if "nl2br" in extensions else _BREAK.pattern
    return re.compile("|".join([breaks, *(signs for name, signs in _SIGNS.items() if name in extensions)]))


def _without_indented(text: str, bounds: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The blocks between some bounds, without the lines of code that they begin with, in which no sign is searched for."""
    is_held = False
    for start, end in pairwise(bounds):
        code = _INDENTED.match(text, start, end)
        if code is None:
            is_held = _HOLDER.search(text, start, end) is not None
        yield code.end() if code and not is_held else start, end


def _steps(text: str, start: int, end: int, breaks: re.Pattern[str]) -> int:
    """The steps for a block: an item of a list and a row of a table are searched on their own."""
    apart = _ITEM if _ITEM.match(text, start) else _LINE if _TABLE.match(text, start) else None
    inner = [found.start() for found in apart.finditer(text, start, end)] if apart else [start]
    steps = (end - start) * sum(1 for _ in _REREAD.finditer(text, start, end))
    for first, last in pairwise([*inner, end]):
        steps += (last - first) * (_BRACKET * text.count("[", first, last) + text.count("](", first, last))
        steps += (last - first) * sum(1 for _ in _CODE.finditer(text, first, last))
        steps += _copies(text, first, last, breaks)
    return steps


def _copies(text: str, first: int, last: int, breaks: re.Pattern[str]) -> int:
    """The steps for copying a paragraph, once for each of its elements."""
    from markdown.util import BLOCK_LEVEL_ELEMENTS

    html = _HTML_BLOCK.match(text, first, last)
    if html and (html[1] is None or html[1].lower() in BLOCK_LEVEL_ELEMENTS):
        return 0  # taken out as it is
    elements = sum(1 for _ in _PAIRED.finditer(text, first, last)) // 2
    elements += sum(1 for signs in (_SINGLE, breaks) for _ in signs.finditer(text, first, last))
    return elements * (last - first + elements * _STAND_IN) // _COPIED
