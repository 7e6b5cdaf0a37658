"""Finds addresses in a finished page that would run a program: a template shows an address as it is.

Fields of type `url` hold none, but content declares its own fields and attributes of blocks, for templates of the theme too.
"""

from __future__ import annotations

from sitegen.source.html import Tag, pieces
from sitegen.source.lazy_regex import lazily

#: Attributes that browsers go to, or load.
_ADDRESSES = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "longdesc", "ping", "poster", "src", "srcset"}
    | {"xlink:href"}
)
_PROGRAMS = ("javascript:", "vbscript:")
#: What browsers leave out within an address, and before it.
_WITHIN, _BEFORE = {9: None, 10: None, 13: None}, "".join(map(chr, range(33)))
#: An attribute that may begin so; most pages have none.
_LIKELY = lazily(r"""=[\x00-\x20"']*+[jJvV][\t\n\r]*+[aAbB][\t\n\r]*+[vVsS]""")


def find_script_address(html: str) -> str:
    """The first tag with an address that would run a program, as `<a href="javascript:…">`; "" if there is none.

    >>> find_script_address('<p>javascript: <a href="/x/">x</a> <a href=" JavaScript:y()">y</a>')
    '<a href="JavaScript:y()">'
    """
    if not _LIKELY.search(html):
        return ""
    tags = (piece for piece in pieces(html) if isinstance(piece, Tag))
    found = (f'<{tag.name} {name}="{value}">' for tag in tags for name, value in _programs(tag))
    return next(found, "")


def _programs(tag: Tag) -> list[tuple[str, str]]:
    read = ((name, value.translate(_WITHIN).lstrip(_BEFORE)) for name, value in tag.attributes.items())
    return [(name, value) for name, value in read if name in _ADDRESSES and value.lower().startswith(_PROGRAMS)]
