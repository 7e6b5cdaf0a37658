"""Links of an old site that no text may have here, as they run a program or lead nowhere.

What is wrong with each, and Markdown without them, in which their words stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sitegen.content.blocks import find_code_spans
from sitegen.model.urls import SCHEME, names_its_target
from sitegen.source.edits import Edit, Traced, apart, within
from sitegen.source.html import SAFE_SCHEMES, unescape

#: What browsers leave out of an address before they look for its scheme.
_LEFT_OUT = re.compile(r"[\x00-\x20]+")
#: What to do about such a link.
HINT = "link to a page instead"
#: The target of a link or picture; that of a definition; an address in angle brackets; an attribute that leads elsewhere.
_TARGETS = re.compile(
    r"""\]\([ \t]*<?(?P<inline>[^()\s<>]+)
    | ^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*<?(?P<definition>[^\s<>]+)
    | <(?P<auto>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>
    | [\s"'](?:href|src|action|formaction|data|poster|xlink:href)[ ]?=[ ]?(?P<value>"[^"<>]*"|'[^'<>]*'|[^\s"'<>}]+)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_BRACKETS = re.compile(r"[\[\]()]|\\.|\n[ \t]*\n")


def fault_of_link(target: str) -> str:
    """Why a target can't be imported; "" if it can, as every one can that has no scheme."""
    written = _LEFT_OUT.sub("", unescape(target))
    scheme = SCHEME.match(written)
    if scheme is None or scheme[1] is None:
        return ""
    if scheme[1].lower() not in SAFE_SCHEMES:
        return f"a link may not begin with '{scheme[1]}:'"
    return "" if names_its_target(written) else f"'{target}' is not an address"


def without_unsafe_links(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return Markdown without links that can't be imported, and where each was, with what is wrong with it."""
    edits: list[Edit] = []
    told: list[tuple[int, str]] = []
    faults = [(found, fault_of_link(_target(found))) for found in _TARGETS.finditer(text)]
    faults = [(found, fault) for found, fault in faults if fault]
    if not faults:
        return text, []
    is_code, partners = within(find_code_spans(text)), _partners(text)
    for found, fault in faults:
        if not is_code(found.start()):
            changed = list(_edits(text, found, partners))
            rest = "it is left out" if found["value"] else "its words are kept"
            told.append((changed[0].start, f"{fault}; {rest}"))
            edits += changed
    return Traced(text).edited(apart(edits)).text, told  # an attribute may be in a link's title


def _target(found: re.Match[str]) -> str:
    return found["inline"] or found["definition"] or found["auto"] or found["value"].strip("\"'")


def _edits(text: str, found: re.Match[str], partners: Mapping[int, int]) -> Iterator[Edit]:
    if found["definition"]:
        yield Edit(found.start("definition"), found.end("definition"), "#")
    elif found["auto"]:
        yield Edit(found.start(), found.end(), found["auto"])
    elif found["value"]:
        yield Edit(found.start("value"), found.end("value"), '"#"')
    else:
        start, end = partners.get(found.start()), partners.get(found.start() + 1)
        if start is None or end is None:
            yield Edit(found.start("inline"), found.end("inline"), "#")
        else:
            yield Edit(start - (text[start - 1 : start] == "!"), start + 1, "")
            yield Edit(found.start(), end + 1, "")


def _partners(text: str) -> dict[int, int]:
    """Return for each closing square bracket the place of its opening one, and the reverse for round brackets."""
    opened: dict[str, list[int]] = {"]": [], ")": []}
    partners: dict[int, int] = {}
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[(":
            opened["]" if sign == "[" else ")"].append(found.start())
        elif sign in "])" and opened[sign]:
            start = opened[sign].pop()
            partners |= {found.start(): start} if sign == "]" else {start: found.start()}
        elif sign[0] == "\n":  # no link crosses an empty line
            opened = {"]": [], ")": []}
    return partners
