"""Markdown slips: text meant as a heading, list, bold words, link or note that readers would see as typed.

The parser takes all of these for plain text, so only the plain text is searched, with code, links and other
well-formed markup blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Any

from sitegen.content.blocks import OPTIONS, parse_around, without_marks
from sitegen.content.dialects import BLANK, FOREIGN, Slip, Slips, line_with
from sitegen.content.list_lint import ODD_SPACES, find_lists, may_have_lists
from sitegen.content.markdown import options_of
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem
from sitegen.source.character_scan import signs_in
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark, Places
from sitegen.source.text import Source

#: Bold words that are certainly well formed.
_BOLD = {"**": lazily(r"\*\*\w(?:[^*\n]*\w)?\*\*"), "__": lazily(r"__\w(?:[^_\n]*\w)?__")}
#: What most texts have between them.
_ENDS = frozenset({b"", b"\n", b"\n\n"})
_BLOCKS_OF_CODE = frozenset({"CodeBlock", "HtmlBlock"})
_ROWS = ({"Start": "TableRow"}, {"Start": "TableHead"})
#: What may look like the beginning of an item or a heading, and is a word of a table at the beginning of its row.
_AT_ROW = lazily(r"\A(?:[^\w\s*_~\[<\\]|\d)+")


#: Markup that may precede the text of a line: of quotations, lists, tasks, definitions and footnotes.
_MARKS = lazily(r"(?:[ \t]|>|[-*+:](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[[ xX]\](?=[ \t])|\[\^[^\[\]\s]+\]:)*")
#: An item, a heading, or a rule such as the end of front matter, after which another one may begin.
_BEGINNING = lazily(r"(?:[-*+]|#{1,6})[ \t]|-{3,}[ \t]*$")
_NUMBER = lazily(r"([0-9]{1,9})[.)]")
_HASH = lazily(r"#(?<![(/\w]#)[^#\s]")
#: A host without a dot, or the local machine: an example in a text, not a link.
_LOCAL = r"127\.0\.0\.1(?![\w.-])|[\w-]+(?:[:/?#\s]|$)"
#: A character that shows, in front of an address, that the address is part of something else.
_WITHIN = rf"[A-Za-z0-9_/@.:<(#?=&{BLANK}]"
#: Characters of an address (RFC 3986, except brackets), those it may end with, and those more likely to end a sentence.
_OF_ADDRESS, _LAST, _AFTER = r"[\w\-.~:/?#@!$&'*+,;=%\]]", r"[\w\-~/#@$&*+=%]", r"[.,;:!?'\]]"
#: What may follow an address, and what stands for another character in one: `<…>` would not read it so.
_AFTER_ADDRESS = lazily(r"[.,;:!?'\")\]]*(?:\s|$)|[，。、；：！？）》」』】’”»…।۔؟،؛]")
_REFERENCE = lazily(r"&(?:\w+|#\w+);")
#: A sign that begins something at the beginning of a line, and other programs' bullets.
SIGN = lazily(r"[ \t]*(?:[-+*>#=|•●○■□▪▫◦‣▸–—]|[0-9]{1,9}[.)]|\[[^\]\n]*\]:|:::|`{3}|~{3})")
#: The most lines above one that are looked at.
_MOST_ABOVE = 20
_ADDRESS = rf"(?a:https?://(?<!{_WITHIN}http://)(?<!{_WITHIN}https://)(?!{_LOCAL})"
#: Opening and closing punctuation, and letters of scripts without spaces.
_OPENERS, _CLOSERS = "「『“‘《〈（(«【\\[", "」』”’》〉）)»】\\]。，！？、；："
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_EMPHASIS = "write *words* with the punctuation outside; for the character itself, write \\ before it"
_LIST = "begin each item with - and a space"
_LINK = "write [words](/address/)"
#: A file name with spaces, used as a link's address.
_SPACED = r"(?<=\]\()(?<!\\\]\()(?=[^()\n<>]{0,150}[ \t])([^()\n<>]{1,150}\.[A-Za-z0-9]{2,5})(?=\))"
#: Every slip that is reported.
SLIPS = (
    Slip(
        line_with(rf"(#{{2,6}})(?=[^#\s{BLANK}])"),
        "'{0}' does not make a heading without a space after it",
        "write `{0} ` and the heading",
        "{0} ",
        raw=_HASH,
        signs=("##",),
    ),
    Slip(
        line_with(rf"(#{{1,6}}[{ODD_SPACES}][ \t{ODD_SPACES}]*)(?=[^\n])"),
        "'{0}' does not make a heading with this kind of space after it",
        "write `{0} ` and the heading, with a plain space",
        "{0} ",
        signs=("#",),
    ),
    Slip(
        line_with(r"(#(?=[^\W\d_])|＃+)"),
        "'{0}' does not make a heading",
        "write `## ` and the heading; for the character itself \\#",
        raw=_HASH,
        signs=("#", "＃"),
    ),
    Slip(
        line_with(r"([•●▪◦‣\uf0b7][^\S\n]*|·[^\S\n]+)(?=[^\s•●▪◦‣\uf0b7·])"),
        "'{0}' does not make a list",
        _LIST,
        "- ",
        signs=tuple("•●▪◦‣\uf0b7·"),
    ),
    Slip(line_with(r"(-)(?=[^\W\d])"), "'{0}' does not make a list without a space after it", _LIST, signs=("-",)),
    Slip(
        line_with(r"(\d{1,2}[.)])(?=[^\W\d_a-z])"),
        "'{0}' does not make a list without a space after it",
        "write `{0} ` and the item",
        "{0} ",
    ),
    Slip(
        lazily(r"(\*\*)(?:(?=\S)|(?<=\S\*\*))"),
        "'{0}' does not make bold text here, and is shown as it is written",
        "write **words** with no space inside, and no punctuation inside next to a letter outside; for the characters themselves \\*\\*",
        signs=("**",),
    ),
    Slip(
        lazily(r"(__)(?:(?<!\w__)(?=\w)|(?<=\w__)(?!\w))"),
        "'{0}' does not make bold text here, and is shown as it is written",
        "write **words**; for the characters themselves \\_\\_",
        signs=("__",),
    ),
    Slip(
        lazily(r"(~~)(?:(?=\S)|(?<=\S~~))"),
        "'{0}' does not strike anything out here, and is shown as it is written",
        "write ~~words~~ with no space inside, and no punctuation inside next to a letter outside; for the characters themselves \\~\\~",
        signs=("~~",),
    ),
    Slip(
        lazily(
            rf"(?:(?<=[^\W\d_])(?=\*[{_OPENERS}][^*\n{BLANK}]{{0,200}}\*(?!\*))"
            rf"|(?<![*\\])(?=\*(?:[{_OPENERS}][^*\n{BLANK}]{{0,200}}|[^*\s{BLANK}][^*\n{BLANK}]{{0,200}}[{_CLOSERS}])\*[^\W\d_]))(\*)"
        ),
        "'{0}' does not make emphasis here, and is shown as it is written",
        _EMPHASIS,
        signs=("*",),
    ),
    Slip(
        lazily(
            rf"(?:(?<=[{_HAN}])|(?<![\w\\])(?=_[^_\s{BLANK}][^_\n{BLANK}]{{0,200}}_[{_HAN}]))(_)[^_\s{BLANK}][^_\n{BLANK}]{{0,200}}_(?!_)"
        ),
        "'{0}' does not make emphasis here, and is shown as it is written",
        _EMPHASIS,
        signs=("_",),
    ),
    Slip(
        lazily(
            r"(?<!\\)\[(?![\^\s\]])[^\[\]\n]{1,300}(?<!\\)(\][ \t]+\()"
            r"(?=(?:/|#|\.\./|https?:|mailto:)[^\s()<>]{0,500}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?(?:[ \t]+[\"'(][^\n]{0,500})?\))"
        ),
        "a space separates the words of a link from its address",
        _LINK,
        "](",
        signs=("]",),
    ),
    Slip(lazily(r"(\][ \t]*（)"), "'{0}' does not make a link: its brackets are shown", _LINK, signs=("（",)),
    Slip(
        lazily(_SPACED),
        "a link ends at a space, so the file '{0}' is not linked",
        "rename the file, or write <{0}>",
        "<{0}>",
        signs=("](",),
    ),
    Slip(
        lazily(rf"(?<!\\)(\]\()(?!{_SPACED})"),
        "this link is not complete",
        f"{_LINK}: a [ before the words, a ) after the address, no space in it",
        raw=lazily(r"\]\((?![^\s()]*(?:\)|\s+\"))"),
        signs=("](",),
    ),
    Slip(lazily(rf"(\[\[)(?![{BLANK}_]?TOC)[^\[\]\n]+\]\]"), "'{0}' does not make a link", _LINK, signs=("[[",)),
    Slip(
        lazily(rf"({_ADDRESS}{_OF_ADDRESS}{{0,500}}{_LAST}))(?={_AFTER}*(?!(?a:{_OF_ADDRESS}))(?![\w(]))"),
        "a bare address does not make a link",
        "write <{0}>, or [words]({0})",
        "<{0}>",
        signs=("http",),
    ),
    Slip(  # letters of another script right after the address may belong to it or start the next word
        lazily(rf"({_ADDRESS}(?:{_OF_ADDRESS}{{0,500}}{_LAST})?))(?={_AFTER}*(?!(?a:{_OF_ADDRESS}))[\w(])"),
        "a bare address does not make a link",
        "write the whole address between < and >, or [words](address)",
        signs=("http",),
    ),
    Slip(
        line_with(r"(\|)[^\n]*\|[ \t]*$"),
        "this table is not complete",
        "write a line | --- | --- | under its first line, with a --- for each column, and an empty line above it",
        signs=("|",),
    ),
    Slip(lazily(r"\)(\[)(?=/|https?:)"), "a link has its words in [ ] and its address in ( )", _LINK, signs=(")[",)),
    Slip(
        lazily(r"(?<!\\)(\[\^[^\[\]\s]+\])"),
        "the footnote '{0}' has no text",
        "add a line `{0}: …` below, or remove it",
        raw=lazily(r"\[\^"),
        signs=("[^",),
    ),
)


def find_unmarked(
    source: Source, first_line: int, config: Config | None = None, html: str | None = None
) -> Iterator[Problem]:
    """Yield the slips in a file's Markdown from `first_line` on; of each kind of slip, only the first on a line.

    Args:
        html: its HTML, if known: most signs of Markdown are no longer there.
    """
    text = "\n".join(source.lines[first_line - 1 :])
    signs = signs_in(text if html is None or "\\" in text or "&" in text else html)
    foreign = FOREIGN.may_be_in(text, signs)
    has_lists = may_have_lists(text)
    if not foreign and not has_lists and not _may_have_some(text, signs):
        return
    alone = text_alone(text, options_of(config))
    places = Places(alone, first_line)
    for slip in (*_RAW.signed_in(alone, signs), *foreign):
        last, begun = 0, set[int]()
        for found in slip.pattern.finditer(alone):
            mark = places.mark(found.start(1), len(found[1]))
            if mark.line != last and _is_in_place(slip, text, found.start(1)):
                yield _problem(source, mark, slip, begun)
                last = mark.line
    if has_lists:
        yield from find_lists(source, first_line, alone)


def _is_in_place(slip: Slip, text: str, start: int) -> bool:
    """Whether a slip that counts only at the beginning of a line is there, not after code or in a link."""
    if not slip.pattern.pattern.startswith("^"):
        return True
    return _MARKS.fullmatch(text, text.rfind("\n", 0, start) + 1, start) is not None


def _may_have_some(text: str, signs: Set[str]) -> bool:
    """Whether a text may contain slips: a quick check, as most texts have none."""
    for sign, bold in _BOLD.items():
        text = bold.sub("", text) if sign[0] in signs and sign in text else text
    has_odd_brackets = not signs.isdisjoint("[]") and text.count("[") != text.count("]")
    return has_odd_brackets or "＃" in text or bool(_RAW.may_be_in(f"\n{text}", signs))


def _quick(slip: Slip) -> re.Pattern[str]:
    """Return an equivalent pattern that begins with a literal character, for which the search is fast."""
    pattern = (slip.raw or slip.pattern).pattern
    if pattern.startswith("^"):
        return lazily("\n" + pattern[1:], re.MULTILINE)
    behind = r"(?<=\]\()"
    return lazily(r"\]\(" + pattern.removeprefix(behind)) if pattern.startswith(behind) else slip.raw or slip.pattern


_RAW = Slips([slip._replace(raw=_quick(slip)) for slip in SLIPS])


def _problem(source: Source, mark: Mark, slip: Slip, begun: set[int]) -> Problem:
    """The problem of a slip; `begun` are the lines above that begin something with the same one."""
    words = source.lines[mark.line - 1][mark.column - 1 : mark.column - 1 + mark.width].strip()
    fix = slip.fixes.get(words) if slip.fix is None else slip.fix.format(words)
    rest = source.lines[mark.line - 1][mark.column - 1 + mark.width :]  # where a minus, say, would begin another item
    is_of_line = slip.pattern.pattern.startswith("^")
    if fix and is_of_line and (SIGN.match(rest) or not _begins(source.lines, mark.line - 1, words, begun)):
        fix = None
    if fix == "" and any(line.strip() for line in source.lines[max(0, mark.line - 2) : mark.line + 1 : 2]):
        fix = None  # what stands beside it would run together
    if fix and words.startswith("http") and not _is_address_alone(source.lines, mark, words):
        fix = None
    begun.update([mark.line - 1] if fix else ())
    return source.problem("markdown", slip.message.format(words), mark, slip.hint.format(words), fix)


def _is_address_alone(lines: Sequence[str], mark: Mark, words: str) -> bool:
    """Whether a bare address is all that it seems to be: not a part of an address with Markdown in it, nor of a link's words."""
    line = lines[mark.line - 1]
    if _REFERENCE.search(words) or not _AFTER_ADDRESS.match(line, mark.column - 1 + mark.width):
        return False
    if line[: mark.column - 1].endswith("\\"):  # which would show the <
        return False
    before = [line[: mark.column - 1]]
    for above in reversed(lines[max(0, mark.line - _MOST_ABOVE) : mark.line - 1]):
        if not above.strip():
            break
        before.insert(0, above)
    whole = "\n".join(before)
    return whole.count("[") <= whole.count("]")


def _begins(lines: Sequence[str], number: int, words: str, begun: Set[int]) -> bool:
    """Whether what is at the beginning of a line begins something, and is not a sign within a paragraph.

    A number does so if the line above or below has the one before or after it: Markdown counts on, whatever is written.
    """
    above, below = (lines[near].lstrip(" \t>") if 0 <= near < len(lines) else "" for near in (number - 1, number + 1))
    if words[:1].isdecimal():
        value = int(re.sub(r"\D", "", words))
        near = (_NUMBER.match(above), value - 1), (_NUMBER.match(below), value + 1)
        return any(found is not None and int(found[1]) == other for found, other in near)
    return not above or number - 1 in begun or _BEGINNING.match(above) is not None


def text_alone(text: str, options: Any = OPTIONS) -> str:
    """Return Markdown with code and markup blanked; line ends, backslashes and all offsets stay the same."""
    marked = parse_around(text, options)
    encoded, parts, end, code, begins_row = text.encode(), list[str](), 0, 0, False
    event: Any
    for event, place in marked.events:
        if not isinstance(event, dict):
            continue
        begins_row = begins_row or event in _ROWS
        ((name, value),) = event.items()
        if name in ("Start", "End"):
            block = value if isinstance(value, str) else next(iter(value))
            if block in _BLOCKS_OF_CODE:
                code += 1 if name == "Start" else -1
        elif name == "Text" and not code and place["start"] >= end:
            between, words = encoded[end : place["start"]], encoded[place["start"] : place["end"]].decode()
            if begins_row:
                words, begins_row = _AT_ROW.sub(lambda found: BLANK * len(found[0]), words), False
            parts += [between.decode() if between in _ENDS else _blanked(between), words]
            end = place["end"]
    blocks = (mark for mark in marked.marks.values() if mark.role != "colon")  # a colon alone stays
    text = "".join((*parts, _blanked(encoded[end:])))
    return without_marks(text, sorted(blocks, key=lambda mark: mark.start), BLANK)


def _blanked(encoded: bytes) -> str:
    return re.sub(r"[^\n\\]", BLANK, encoded.decode())
