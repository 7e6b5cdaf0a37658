"""HTML as the engine writes and reads it: escaped, as plain text, tag by tag, or cleaned of unsafe markup.

The HTML of a text has unresolved links and ids, each between control characters, which no text contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape as escape
from html import unescape as unescape
from typing import Any, NamedTuple

from sitegen.source.lazy_regex import lazily

#: Delimiters of parts that are resolved later.
LINK, ANCHOR, END = "\x01", "\x02", "\x03"
#: A tag; an unresolved part; either. An unclosed part extends to the end, so that its end is searched for only once.
TAG = r"<[^<>]*>"
OPEN = rf"[{LINK}{ANCHOR}][^{END}]*(?:{END}|\Z)"
MARKUP = rf"{TAG}|{OPEN}"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# One after the other: a pattern that begins with one fixed character is found at the speed of memory.
_TAG, _OPEN = lazily(TAG), lazily(OPEN)
#: Tags that separate words.
_BLOCK = lazily(r"</?(?:p|li|h\d|t[dhr]|d[dt]|div|[uo]l|table|blockquote|br|pre|section)\b[^>]*>")

#: What the address of a link may begin with.
SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
#: Elements allowed in text that another engine made: no scripts, no styles, nothing that loads.
SAFE_ELEMENTS = frozenset(
    """a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2
    h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody
    td tfoot th thead time tr u ul var wbr""".split()  # noqa: SIM905
)
_SAFE_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"style", "colspan", "rowspan"},
    "th": {"style", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "details": {"open"},
}
#: Elements that enclose words; anything else that looks like a tag is a `<name>` in a log or a letter.
ELEMENTS = SAFE_ELEMENTS | frozenset(
    """acronym address article aside audio big body button center data dialog embed fieldset font footer form head header
    hgroup html iframe input label legend link main map menu meta nav noscript object optgroup option picture script select
    source strike style svg template textarea title track tt video""".split()  # noqa: SIM905
)
#: Elements without an end tag.
VOID = frozenset({"br", "hr", "img", "input", "wbr"})

#: What HTML takes for the beginning of markup after a <; an attribute; a tag as our templates write it.
_BEGINNING = lazily("[A-Za-z/!?]")
_ATTRIBUTE = lazily(r"""([^\s"'>/=]++)(?>(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'=>`]++))?)""")
_WRITTEN_TAG = lazily(
    r"""(/?)([A-Za-z][\w-]*+)((?>(?:\s++[^\s"'>/=]++(?>(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=>`]++))?))*))\s*+/?>"""
)
_QUOTES = "\"'"


def without_comments(text: str) -> str:
    """A piece of HTML without its comments; the beginning of an unclosed one stays."""
    end = text.rfind("-->") + 3  # after it, the pattern would search for an end again and again
    return COMMENT.sub("", text[:end]) + text[end:] if end > 2 else text


def escape_text(text: str) -> str:
    """Escape a text between tags, where a quote is a quote."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_text(html: str, between: str = "") -> str:
    """HTML without its tags and unresolved parts.

    Args:
        between: the replacement for each.
    """
    text = _TAG.sub(between, html) if "<" in html else html
    if LINK in text or ANCHOR in text:
        text = _OPEN.sub(between, text)
    return unescape(text)


def words_of(html: str) -> str:
    """HTML as plain text in which blocks are separated and words are not split."""
    return plain_text(_BLOCK.sub(" ", html))


def markup_of(text: str) -> tuple[str, ...] | None:
    """The tags of a short text as a browser reads them, sorted; None if one is unclosed, or a < opens other markup."""
    tags, opened = list[str](), list[str]()
    for piece in text.split("<")[1:]:
        found = _WRITTEN_TAG.match(piece)
        if found is None:
            if _BEGINNING.match(piece):
                return None
            continue
        ending, name, attributes = found[1], found[2].lower(), sorted(_attributes(found[3]))
        tags.append(f"{ending}{name} {attributes}")
        if not ending and name not in VOID:
            opened.append(name)
        elif ending and (not opened or opened.pop() != name):
            return None
    return None if opened else tuple(sorted(tags))


def _attributes(written: str) -> Iterator[str]:
    for found in _ATTRIBUTE.finditer(written):
        yield f"{found[1].lower()}={unescape(found[2].strip(_QUOTES) if found[2] else '')}"


class Tag(NamedTuple):
    """The start tag of an element, or its end tag."""

    name: str
    attributes: Mapping[str, str]
    is_end: bool


def pieces(html: str) -> list[Tag | str]:
    """The tags and texts of HTML, in order, with entities decoded; comments and declarations are left out."""
    reader = _reader()()
    reader.feed(html)
    reader.close()
    return list(reader.found)


@cache
def _reader() -> Any:
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.found: list[Tag | str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append(Tag(tag, {name: value or "" for name, value in attrs}, False))

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.handle_starttag(tag, attrs)  # HTML has no self-closing elements

        def handle_endtag(self, tag: str) -> None:
            self.found.append(Tag(tag, {}, True))

        def handle_data(self, data: str) -> None:
            self.found.append(data)

    return Reader


def attributes_without_a_value(html: str) -> Iterator[str]:
    """Yield the names of attributes in HTML that have no value, in lower case."""
    from html.parser import HTMLParser

    names: list[str] = []

    class Names(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names.extend(name for name, value in attrs if value is None)

    reader = Names()
    reader.feed(html)
    reader.close()
    yield from names


def cleaned(html: str) -> str:
    """HTML of another engine, reduced to `SAFE_ELEMENTS`, their harmless attributes, and links."""
    import nh3

    return nh3.clean(
        html,
        tags=set(SAFE_ELEMENTS),
        attributes=_SAFE_ATTRIBUTES,
        url_schemes=set(SAFE_SCHEMES),
        link_rel=None,
        filter_style_properties={"text-align"},
    )
