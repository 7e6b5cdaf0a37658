"""Words of a text that are not shown, or as others: cells beyond a table's columns, unused addresses, numbers, behind fences.

They are as the standards have it, in CommonMark and in Python-Markdown, and not what somebody has meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from sitegen.content.blocks import Range, parse_around
from sitegen.content.positions import Places, byte_offsets
from sitegen.problems.problem import Problem
from sitegen.problems.safe_output import shortened
from sitegen.source.edits import within
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import Source

#: The line below the head of a table.
_DELIMITER = lazily(r"\n[ \t>]*+([|:-][ \t:|-]*+)$", re.MULTILINE)
#: An item with a box to tick, before what may be a table.
_BOX = lazily(
    r"^[ \t>]*+(?>(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]++)+)(\[[ xX]\][ \t]++)(?=[^\n]+\n[ \t>]*+[|:-][ \t:|-]*+(?:\n|\Z))",
    re.MULTILINE,
)
#: `[words]: address "title"`, the title perhaps on the next line; with `#` for an address, people write remarks for one another.
_DEFINITION = lazily(
    r"^(?>(?:[ \t>]|[-*+:][ \t]|[0-9]{1,9}[.)][ \t]|\[\^[^\[\]\s]+\]:[ \t])*)(\[(?!\^)(?:[^\[\]\n]|\n(?![ \t>]*\n)){1,200}\]:[ \t]*+(?:\n[ \t>]*+)?(?P<to><[^<>\n]++>|(?!#[ \t])[^ \t\n<][^ \t\n]*+)[ \t]*+(?P<title>[\"'(][^\n]+)?(?:\n[ \t>]*+(?P<below>[\"'(][^\n]*+))?)$",
    re.MULTILINE,
)
#: How an address begins, or a file ends: `24/7`, `31.12.2026` and `B/12` are none.
_ADDRESS = lazily(
    r"(?i)^(?:(?:https?|ftp|mailto|tel|sms|geo|urn|data|javascript):|\.{0,2}/|\?|www\.)"
    r"|\.(?:html?|md|pdf|png|jpe?g|gif|svg|webp|docx?|xlsx?|pptx?|zip|csv)(?:[?#]|$)"
)
#: The number of an item that is not the first line; it begins with a literal character, for which the search is fast.
_ITEM = lazily(r"\n[ \t>]*(?>(?:[-*+][ \t]+)*)([0-9]{1,9})[.)](?=[ \t])")
#: What other programs have after a fence: options in braces or with a value; and the language itself.
_OPTIONS = lazily(r"\{[^{}]*\}|(?<![\w-])[\w-]++=(?:\"[^\"]*\"|'[^']*'|\S+)")
_LANGUAGE = lazily(r"(?a:[\w.+#:,/-]{1,80})")
_LABEL = lazily(r"\[[^\[\]\n]++\]")
_NUMBER = re.compile(rb"([0-9]{1,9})([.)])")
_CELL_ENDS = " \t\r\n|>"


class _Numbered(NamedTuple):
    """An item with a number, where it begins in bytes, and the sign behind the number."""

    number: int
    place: int
    sign: str


def words_behind_fence(info: str) -> str:
    """Return what stands behind a fence if it is more than a language with options: `Note:`, `~~~` that should end the line."""
    words = _OPTIONS.sub(" ", info).split()
    is_language = not words or _LANGUAGE.fullmatch(words[0])
    return "" if is_language and len(words) < 3 and info.isascii() else info.strip()


def find_lost_cells(source: Source, first_line: int, text: str, options: Any) -> Iterator[Problem]:
    """Yield a problem for each row that has more cells than its table has columns, with words in them."""
    if not _may_have_long_rows(text):
        return
    places, last = Places(text, first_line), 0
    for event, place in parse_around(text, options).events:
        if event == {"End": "TableCell"}:
            last = max(last, place["end"])
        elif event == {"End": "TableRow"}:
            rest = places.written({"start": last, "end": place["end"]})
            words = rest.strip(_CELL_ENDS)
            if words:
                mark = places.mark(last + len(rest[: rest.find(words)].encode()), len(words))
                message = (
                    f"this row has more cells than the table has columns, so '{shortened(words, 80)}' is not shown"
                )
                hint = "give the table's first two lines as many cells; for the character itself write \\|"
                yield source.problem("markdown", message, mark, hint)


def find_lost_boxes(source: Source, first_line: int, text: str, options: Any) -> Iterator[Problem]:
    """Yield a problem for each box to tick that a table follows on its line: the parser takes it away."""
    boxes = [*_BOX.finditer(text)]
    if not boxes:
        return
    events = parse_around(text, options).events
    heads = {place["start"] for event, place in events if event == {"Start": "TableHead"}}
    places = Places(text, first_line)
    for found, offset in zip(boxes, byte_offsets(text, (own.start(1) for own in boxes)), strict=True):
        if offset + len(found[1]) in heads:
            mark = places.mark(offset, 3)
            message = f"{found[1].strip()} before a table is not shown"
            yield source.problem("markdown", message, mark, "write words behind it, and the table below an empty line")


def _may_have_long_rows(text: str) -> bool:
    """Whether a line below one of dashes may have more cells than that: a quick check, as most tables have none."""
    rows, blank = [*_DELIMITER.finditer(text)], -1
    for dashes, following in zip(rows, [*(row.start() for row in rows[1:]), len(text)], strict=False):
        if blank < dashes.end():  # where the paragraph ends
            found = text.find("\n\n", dashes.end())
            blank = found if found >= 0 else len(text)
        columns = dashes[1].strip("| \t").count("|") + 1
        if _long_row(columns).search(text, dashes.end(), min(blank, following)):
            return True
    return False


@lru_cache(100)
def _long_row(columns: int) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t>]*+\|?+(?:(?>(?:[^|\n\\]+|\\.)*)\|){{{columns}}}[ \t|]*+[^\s|]")


def find_lost_definitions(
    source: Source, first_line: int, text: str, options: Any, code: Iterable[tuple[int, int]] | None = None
) -> Iterator[Problem]:
    """Yield a problem for each definition with words that no link of the text shows; one of an address alone hides none.

    Args:
        code: where the blocks of code begin and end, for Python-Markdown: there, a definition may be in any other line, also the
            second one of a paragraph.
    """
    definitions = [own for own in _DEFINITION.finditer(text) if own["below"] or _has_words(own)]
    if not definitions:
        return
    places, (shown, linked) = Places(text, first_line), _shown(parse_around(text, options).events, len(text.encode()))
    is_code = within(code) if code is not None else None
    labels = Counter(_LABEL.findall(text)) if is_code else Counter[str]()
    for found, offset in zip(definitions, byte_offsets(text, (own.start(1) for own in definitions)), strict=True):
        start = found.start(1)
        below = found["below"] and offset + len(text[start : found.start("below")].encode())
        is_title = below and not shown[below]
        is_taken = is_code is not None and not is_code(start) and labels[f"{found[1].partition(']:')[0]}]"] == 1
        has_words = is_title or _has_words(found)
        if (is_taken or not shown[offset]) and has_words and found["to"].strip("<>") not in linked:
            end = found.end() if is_title else max(found.end("to"), found.end("title"))
            words = " ".join(text[start:end].split())
            line = found[1].partition("\n")[0]
            message = f"'{shortened(words, 80)}' is taken for the address of a link, and is not shown"
            hint = "for the words themselves write \\[ at the beginning; otherwise delete the line"
            yield source.problem("markdown", message, places.mark(offset, len(line)), hint)


def _has_words(definition: re.Match[str]) -> bool:
    """Whether a definition has words on its own line, as a title or in place of an address."""
    to = definition["to"].strip("<>")
    return bool(definition["title"]) or " " in to or not _ADDRESS.search(to)


def find_changed_numbers(source: Source, first_line: int, text: str, options: Any) -> Iterator[Problem]:
    """Yield a problem for the first item of each list that is shown with another number, as Markdown counts from the first."""
    written = [int(found[1]) for found in _ITEM.finditer(f"\n{text}")]
    if all(now in (1, before, before + 1) for before, now in pairwise(written)):
        return
    places = Places(text, first_line)
    for items in _numbered_lists(text.encode(), parse_around(text, options).events):
        wrong = next(((item, shown) for shown, item in enumerate(items, items[0].number) if item.number != shown), None)
        if wrong and len({item.number for item in items}) > 1:  # many write 1. before each
            (number, place, sign), shown = wrong
            message = f"'{number}{sign}' is shown as '{shown}{sign}', as Markdown counts on"
            hint = f"write {shown}{sign}; for the number itself write {number}\\{sign}"
            yield source.problem("markdown", message, places.mark(place, len(str(number)) + 1), hint)


def _numbered_lists(text: bytes, events: Iterable[tuple[Any, Range]]) -> Iterator[list[_Numbered]]:
    """Yield the items of each list that have numbers."""
    lists = list[list[_Numbered]]()
    for event, place in events:
        kind, value = next(iter(event.items())) if isinstance(event, dict) else ("", None)
        if kind == "Start" and isinstance(value, dict) and "List" in value:
            lists.append([])
        elif event == {"Start": "Item"} and (number := _NUMBER.match(text, place["start"])):
            lists[-1].append(_Numbered(int(number[1]), place["start"], number[2].decode()))
        elif kind == "End" and isinstance(value, dict) and "List" in value and (items := lists.pop()):
            yield items


def _shown(events: Iterable[tuple[Any, Range]], size: int) -> tuple[bytearray, set[str]]:
    """Return for each byte of a text whether it is shown, as words, code or HTML; and the addresses of all links."""
    shown, linked = bytearray(size), set[str]()
    for event, place in events:
        if not isinstance(event, dict):
            continue
        ((name, value),) = event.items()
        if name in ("Text", "Code", "Html", "InlineHtml"):
            shown[place["start"] : place["end"]] = b"\1" * (place["end"] - place["start"])
        elif name == "Start" and isinstance(value, dict):
            linked.update(own["dest_url"] for kind, own in value.items() if kind in ("Link", "Image"))
    return shown, linked
