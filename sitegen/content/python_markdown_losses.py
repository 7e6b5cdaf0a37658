"""What Python-Markdown does not show of a text: unsafe HTML, links that lead nowhere, words in braces, notes, abbreviations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sitegen.content.python_markdown_code import blanked
from sitegen.content.python_markdown_cost import ATTRIBUTES
from sitegen.problems.problem import Problem, listing
from sitegen.problems.safe_output import shortened
from sitegen.source.edits import within
from sitegen.source.html import ELEMENTS, SAFE_ELEMENTS, Tag, attributes_without_a_value, pieces, unescape
from sitegen.source.lazy_regex import lazily
from sitegen.source.line_joining import SOUTHEAST_ASIAN, UNSPACED
from sitegen.source.mark import Places
from sitegen.source.text import Source

#: Where a note is defined.
_NOTE = lazily(r"^ {0,3}(\[\^([^\[\]\n]+)\]):", re.MULTILINE)
#: Where an abbreviation is explained.
_ABBREVIATION = lazily(r"^ {0,3}(\*\[(?P<name>[^\]\n]+)\][ ]?:[ \t]*+[^\n]+)", re.MULTILINE)
#: The first line of an admonition: before its title, which is in quotes, stand names of classes.
_TITLED = lazily(r'^ *(?:!!! ?|\?\?\?\+? *)[\w-]+(?P<words>(?: +[\w-]+)+)(?P<title> +"[^\n]*")? *$', re.MULTILINE)
#: What may be names of classes before a title; and those that are in common use without one, of which one is enough for all.
_CLASSES = re.compile(r"(?: +[a-z][a-z0-9_-]*)+")
_PLACED = re.compile(r" (?:inline|end|annotate|highlight|blink|left|right)(?![^ ])")
#: What is written for Python-Markdown and its extensions, not for readers: comments and scripts; lines of fences, admonitions, snippets
#: and blocks, and those of definitions; names that are explained; attributes and tags; addresses and labels of links and notes; keys, signs and letters of items.
_SYNTAX = lazily(
    r"<!--.*?(?:-->|\Z)|<(?P<unseen>script|style)\b.*?(?:</(?P=unseen)|\Z)|^[ \t>]*(?:`{3}|~{3}|-+8<-+|/{3}|:::?)[^\n]*|^[ \t>]*(?:!!!|\?\?\?)[^\n\"]*|^[ \t>]*\[(?!\^)[^\n]+\]:[^\n]*|^ {0,3}\*\[[^\]\n]+\][ ]?:"
    r"|\{[^{}\n]*\}|</?[A-Za-z][^<>]*>|<[^<>\s]+>|(?<=\])[ ]?\[[^\[\]\n]*\]|(?<=\]\()[^()\s]+|\[\^[^\[\]\n]+\]|\[TOC\]|:[\w+-]+:|:[a-z][\w-]*\[[^\[\]\n]*\]"
    r"|\+\+\S[^\n]{0,99}?\+\+|(?<=`)(?:#!|:::)\w+|\((?:c|r|tm)\)|\bc/o\b|^[ \t>]*[A-Za-z]{1,4}[.)][ \t]",
    re.DOTALL | re.MULTILINE,
)
#: The first two lines of a table that have no | at either end; and a row that begins with one.
_BARE_HEAD = lazily(r"^ {0,3}(?![ |])[^|\n]*+\|[^\n]*(?<![| ]) *\n {0,3}[:-](?=[^\n]*\|)[ :|-]*[:-] *$", re.MULTILINE)
_BORDERED = lazily(r"^ {0,3}(\|[^\n]+)", re.MULTILINE)
_UNSPACED = UNSPACED + SOUTHEAST_ASIAN
#: Words; in a script without spaces each letter, as a sentence would be one word.
_LETTERS = lazily(rf"[^\W\d_{_UNSPACED}]{{2,}}|[^\W\d_A-Za-z]")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_PART = re.compile(r"\|?[^|\n]+")
#: Extensions that read it.
ADMONITIONS = frozenset({"admonition", "pymdownx.details"})
#: Elements whose content is not for readers.
_UNSEEN = frozenset({"script", "style"})
_ELEMENT = re.compile(r"</?([A-Za-z][^\s/>]*+)")
_WORD = re.compile(r"\w+")
#: Attributes of HTML that need no value.
_SWITCHES = frozenset({
    "async", "autofocus", "autoplay", "checked", "controls", "default", "defer", "disabled", "download", "hidden", "inert",
    "ismap", "itemscope", "loop", "markdown", "multiple", "muted", "nomodule", "novalidate", "open", "playsinline",
    "readonly", "required", "reversed", "selected",
})  # fmt: skip
_BRACES, _TAG = re.compile(r"\{:?([^{}\n]*)\}"), re.compile(r"<[A-Za-z]+\s([^<>]*)>")


class Loss(NamedTuple):
    """Words of a text that readers don't get."""

    words: str  #: as they stand in the text, most likely
    code: str  #: of the problem
    why: str
    hint: str


def find_losses(text: str, html: str, kept: Sequence[Tag | str], extensions: Collection[str]) -> list[Loss]:
    """Return what readers don't get of the HTML that was made of a text.

    Args:
        kept: the tags and texts of the HTML that a page can have.
    """
    patterns = [_TAG] if _TAG.search(text) else []
    patterns += [_BRACES] if "{" in text and not ATTRIBUTES.isdisjoint(extensions) else []
    return [*_lost_in_html(html, kept), *_lost_addresses(html, kept), *_lost_attributes(text, html, patterns)]


def as_problem(loss: Loss, source: Source, first_line: int, text: str) -> Problem:
    """Return the problem of words that are not shown, at the first of them."""
    mark = Places(text, first_line).mark(max(text.find(loss.words), 0), len(loss.words))
    return source.problem(loss.code, loss.why, mark, loss.hint)


def find_lost_notes(source: Source, first_line: int, text: str, code: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """Yield a problem for each note that is defined again below: the last text alone is shown.

    Args:
        code: where the blocks of code begin and end.
    """
    is_code = within(code)
    defined = [found for found in _NOTE.finditer(text) if not is_code(found.start())]
    last = {found[2]: found.start() for found in defined}
    places = Places(text, first_line)
    for found in defined:
        if found.start() != last[found[2]]:
            message = f"'{shortened(found[1], 80)}' is defined again below, so this text of the note is not shown"
            mark = places.mark(found.start(1), len(found[1]))
            yield source.problem("markdown", message, mark, "give each note a name of its own")


def find_lost_titles(source: Source, first_line: int, text: str, code: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """Yield a problem for each title of an admonition that is not in quotes, and so is taken for names of classes.

    Args:
        code: where the blocks of code begin and end.
    """
    is_code, places = within(code), Places(text, first_line)
    for found in _TITLED.finditer(text):
        is_class = _CLASSES.fullmatch(found["words"]) and (found["title"] or _may_be_classes(found["words"]))
        if not is_class and not is_code(found.start()):
            words = found["words"].lstrip()
            message = f"'{shortened(words, 80)}' is taken for names of classes, and is not shown"
            mark = places.mark(found.end("words") - len(words), len(words))
            yield source.problem("markdown", message, mark, "write the title in double quotes")


def _may_be_classes(words: str) -> bool:
    """Whether words without a title may be names of classes: one, which may be a site's own, or such as are known."""
    return words.count(" ") == 1 or _PLACED.search(words) is not None


def find_lost_rows(source: Source, first_line: int, text: str, code: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """Yield a problem for the first row of each table that begins with `|` below a head that neither begins nor ends with one.

    Its first cell is empty and the last ones are cut off.

    Args:
        code: where the blocks of code begin and end.
    """
    is_code, places, end = within(code), Places(text, first_line), 0
    for found in _BARE_HEAD.finditer(text):
        if found.start() < end or is_code(found.start()):
            continue
        blank = text.find("\n\n", found.end())
        end = blank if blank >= 0 else len(text)
        if row := _BORDERED.search(text, found.end(), end):
            message = f"'{shortened(row[1], 80)}' begins with |, and the head of its table does not: a cell of it is not shown"
            mark = places.mark(row.start(1), len(row[1]))
            yield source.problem("markdown", message, mark, "begin and end each row of a table with |, or none")


def find_lost_abbreviations(
    source: Source, first_line: int, text: str, code: Iterable[tuple[int, int]]
) -> Iterator[Problem]:
    """Yield a problem for each abbreviation that is explained, and whose words stand nowhere else in the text.

    Args:
        code: where the blocks of code begin and end.
    """
    is_code = within(code)
    explained = [found for found in _ABBREVIATION.finditer(text) if not is_code(found.start())]
    used = {*_WORD.findall(_ABBREVIATION.sub("", text))}
    places = Places(text, first_line)
    for found in explained:
        if not used.issuperset(_WORD.findall(found["name"])):
            message = f"'{shortened(found[1], 80)}' explains what the text does not use, and is not shown"
            mark = places.mark(found.start(1), len(found[1]))
            yield source.problem("markdown", message, mark, "for the words themselves write \\* at the beginning")


def find_lost_words(source: Source, first_line: int, text: str, html: str) -> Iterator[Problem]:
    """Yield a problem for the first words in a line or cell that are not in the HTML of a page, whatever has taken them away.

    A word or two may be the name of an option, or a sign that an extension knows, unless a cell or two lines in a row have
    no others.
    """
    plain = blanked(text, (found.span() for found in _SYNTAX.finditer(text)))
    lost = Counter(_LETTERS.findall(unescape(plain))) - Counter(_LETTERS.findall(unescape(html)))
    was_lost = False
    for part in _PART.finditer(plain) if lost else ():
        words = [*_LETTERS.finditer(part[0])]
        runs = [[*run] for is_lost, run in groupby(words, lambda word: word[0] in lost) if is_lost]
        longest = max(runs, key=len, default=[])
        is_whole = len(longest) == len(words) > 0
        least = 3 + (bool(longest) and _IS_UNSPACED.match(longest[0][0]) is not None)
        if len(longest) >= least or (is_whole and (was_lost or len(words) > ("|" not in part[0]))):
            start, end = part.start() + longest[0].start(), part.start() + longest[-1].end()
            message = f"'{shortened(text[start:end], 80)}' is not shown, as Python-Markdown takes it for something else"
            hint = "look for what is not closed above it, or stands apart from what it belongs to"
            yield source.problem("markdown", message, Places(text, first_line).mark(start, end - start), hint)
            return
        was_lost = is_whole or (was_lost and not words)


def _lost_in_html(html: str, kept: Sequence[Tag | str]) -> Iterator[Loss]:
    """Yield the first word in HTML that a page can't have, or that is taken for an element, as in `<project>`."""
    if found := _lost(html, kept):
        word, elements = found
        why = f"'{word}' is not shown, as a page can't have {listing(f'<{name}>' for name in elements[:5])}"
        hint = "write the words as text, or in backquotes; put a drawing into a file, and show it as a picture"
        yield Loss(word, "markdown", why, hint)


def _lost_addresses(html: str, kept: Sequence[Tag | str]) -> Iterator[Loss]:
    """Yield the addresses of links that may lead nowhere, as in `[words](skype:name)`."""
    left = Counter(_addresses(kept))
    if html.count("href=") == left.total():
        return
    for address in _addresses(pieces(html)):
        left[address] -= 1
        if left[address] < 0:
            hint = "link to https:, http:, mailto: or tel: addresses, or to pages of the site"
            yield Loss(address, "url", f"a link can't lead to '{shortened(address, 80)}'", hint)


def _addresses(found: Iterable[Tag | str]) -> Iterator[str]:
    return (own.attributes["href"] for own in found if isinstance(own, Tag) and own.attributes.get("href"))


def _lost_attributes(text: str, html: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[Loss]:
    """Yield what is taken for attributes, as in `**S**{1, 2}` and `a <b and c>`: those of an element there have no value."""
    if not patterns:
        return
    names = {name.strip("_") for name in attributes_without_a_value(html) if not name.startswith("data-")} - _SWITCHES
    for found in (own for pattern in patterns for own in pattern.finditer(text) if names):
        if not names.isdisjoint(word.strip(",:/").lower() for word in found[1].split()):
            why = f"'{shortened(found[0], 80)}' is taken for attributes, and is not shown"
            yield Loss(found[0], "markdown", why, f"for the character itself write \\{found[0][0]}")
            return


def _lost(html: str, kept: Sequence[Tag | str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the first word that is no longer in HTML without its unsafe elements, and their names; None if all are."""
    found = dict.fromkeys(_ELEMENT.findall(html))
    others = {name.lower() for name in found}.difference(SAFE_ELEMENTS, _UNSEEN)
    if not others:
        return None
    left = Counter(word for piece in kept if isinstance(piece, str) for word in _WORD.findall(piece))
    for word in _words_seen(pieces(html)):
        left[word] -= 1
        if left[word] < 0:
            return word, tuple(sorted(others))
    strange = next((name for name in found if name.lower() not in ELEMENTS and "-" not in name), None)
    return None if strange is None else (f"<{strange}", tuple(sorted(others)))


def _words_seen(whole: Iterable[Tag | str]) -> Iterator[str]:
    """Yield the words of HTML that are for readers."""
    unseen = ""
    for piece in whole:
        if isinstance(piece, Tag):
            unseen = piece.name if not piece.is_end and piece.name in _UNSEEN else ""
        elif not unseen:
            yield from _WORD.findall(piece)
