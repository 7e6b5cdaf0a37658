"""Texts written for Python-Markdown and its extensions → pyromark's events, so that both share one HTML writer.

Python-Markdown gives HTML without positions, which are looked for in the source; nh3 removes unsafe HTML. Tags become
events; tags without a CommonMark event are passed through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from sitegen.content.blocks import Range
from sitegen.content.python_markdown_losses import Loss, find_losses
from sitegen.content.python_markdown_marks import keep_letters
from sitegen.content.python_markdown_places import Places
from sitegen.source.html import Tag, cleaned, escape, pieces, unescape

Event = tuple[Any, Range]

#: HTML element → its CommonMark event.
_EVENTS = {
    "p": "Paragraph", "em": "Emphasis", "i": "Emphasis", "strong": "Strong", "b": "Strong", "del": "Strikethrough", "li": "Item",
    "dl": "DefinitionList", "dt": "DefinitionListTitle", "dd": "DefinitionListDefinition",
}  # fmt: skip
#: Elements whose events say nothing else: the start and the end.
_FIXED: Mapping[str, tuple[Any, Any]] = {
    "blockquote": ({"BlockQuote": None}, {"BlockQuote": None}),
    "table": ({"Table": ()}, "Table"),
}
#: Elements without an end.
_ALONE: Mapping[str, Any] = {"br": "HardBreak", "hr": "Rule", "wbr": {"Raw": "<wbr>"}}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Elements in which white space between the children is insignificant.
_LOOSE = frozenset(["", *"ul ol blockquote table thead tbody tfoot tr dl div section details figure".split()])  # noqa: SIM905
#: What `<pre>` begins with where it holds code; an empty `<span>` comes before that of `codehilite`.
_CODE = frozenset({"code", "span"})
_ALIGNED = {"center": ' class="align-center"', "right": ' class="align-end"'}
#: What the converter puts in place of a mark, of raw HTML and of a sign after a backslash until the end; and all of its signs.
_STASHED, _RAW = re.compile("\x02klzzwxh:([0-9]+)\x03"), re.compile("\x02wzxhzdk:([0-9]+)\x03")
_ESCAPED, _SIGNS = re.compile("\x02([0-9]{1,6})\x03"), re.compile("[\x01-\x03\x05]")
#: An & before what looks like the number of a character, without the semicolon that the converter would add; and the same &
#: with a sign of our own, which goes with the others.
_AMPERSAND, _KEPT = re.compile(r"&(?=#(?!(?:[0-9]++|[xX][0-9a-fA-F]++);))"), "&\x05"
#: How deep marks stand within one another, and the priority of what comes before all else.
_DEEPEST, _FIRST = 10, 1_000


def events_of(text: str, extensions: tuple[str, ...]) -> tuple[Iterator[Event], list[Loss]]:
    """Return the events of a text, each with its position in the source, as far as it is certain, and what is not shown of it."""
    html = _converted(text, extensions)
    kept = pieces(cleaned(html))
    reader = _Reader(Places(text, kept))
    for piece, following in zip_longest(kept, kept[1:]):
        reader.take(piece, following)
    reader.close()
    return iter(reader.events), find_losses(text, html, kept, extensions)


def _converted(text: str, extensions: tuple[str, ...]) -> str:
    """Convert a text; code keeps its language, and is coloured by the writer.

    `codehilite` would guess the language of code that names none, often wrongly, with every lexer of Pygments; and what
    it colours is not divided into pieces, so that some lexers take the square of its length.
    """
    import markdown

    own = list(extensions)
    if not _PYMDOWN_COLOURED.isdisjoint(own) and _PYMDOWN_CODE not in own:
        own.insert(0, _PYMDOWN_CODE)
    configs = {name: {"use_pygments": False} for name in ("codehilite", _PYMDOWN_CODE) if name in own}
    converter = markdown.Markdown(extensions=own, extension_configs=configs, output_format="html")
    if (
        "fenced_code_block" in converter.preprocessors
    ):  # does not look for other extensions, with which it fails on options
        converter.preprocessors["fenced_code_block"].checked_for_deps = True  # type: ignore[attr-defined]
    converter.preprocessors.deregister(
        "meta", strict=False
    )  # front matter has been read, and what looks like it is text
    converter.postprocessors.register(_words_processor(converter), "words", _FIRST)
    keep_letters(converter.inlinePatterns)
    try:
        return _SIGNS.sub("", converter.convert(_AMPERSAND.sub(_KEPT, text)))
    finally:  # it and its parts hold each other, and would stay until the build ends, with all signs that an extension knows
        vars(converter.parser).clear()
        vars(converter).clear()


def _words_processor(converter: Any) -> Any:
    """What puts words in place of the converter's signs, before it does so itself with those of raw HTML and entities."""
    from markdown.postprocessors import Postprocessor

    class Words(Postprocessor):
        def run(self, text: str) -> str:
            return _filled(text, converter.treeprocessors["inline"].stashed_nodes, converter.htmlStash.rawHtmlBlocks)

    return Words(converter)


def _filled(html: str, stash: Mapping[str, Any], raw: Sequence[Any]) -> str:
    """HTML with the words for which the converter has left its own signs: those of marks in the description of a picture."""
    if "klzzwxh" not in html:
        return html
    for _ in range(_DEEPEST):
        html = _STASHED.sub(lambda found: escape(_words_of(stash.get(found[1], ""), raw)), html)
    return _ESCAPED.sub(lambda found: escape(chr(int(found[1]))), html)


def _words_of(node: Any, raw: Sequence[Any]) -> str:
    """The words of a mark, with the characters that entities in it stand for, and without its raw HTML."""
    words = node if isinstance(node, str) else "".join(node.itertext())
    parts = ((found, str(raw[int(found[1])])) for found in _RAW.finditer(words))
    signs = {found[0]: unescape(part) if part.startswith("&") else "" for found, part in parts}
    return _RAW.sub(lambda found: signs[found[0]], words)


#: What colours code for other extensions of pymdownx.
_PYMDOWN_CODE = "pymdownx.highlight"
_PYMDOWN_COLOURED = frozenset({"pymdownx.extra", "pymdownx.inlinehilite", "pymdownx.superfences"})


class _Reader:
    """Converts tags to events."""

    def __init__(self, places: Places) -> None:
        self.events: list[Event] = []
        self._places = places
        self._here = Range(start=0, end=0)
        self._open: list[str] = []
        self._raw: set[int] = set()
        self._code: list[str] | None = None
        self._following: Tag | str | None = None

    def _add(self, event: Any, place: Range | None = None) -> None:
        self.events.append((event, place or self._here))

    def take(self, piece: Tag | str, following: Tag | str | None) -> None:
        """Convert the next tag or text, given the one that follows it."""
        self._following = following
        if isinstance(piece, str):
            self._text(piece)
        elif piece.is_end:
            self._end(piece.name)
        else:
            self._start(piece.name, piece.attributes)

    def _start(self, tag: str, own: Mapping[str, str]) -> None:
        if tag in _ALONE:
            self._add(_ALONE[tag])
        elif tag == "img":
            self._picture(own)
        else:
            _STARTS.get(tag, _Reader._other)(self, tag, own)
            self._open.append(tag)

    def _end(self, tag: str) -> None:
        if tag in self._open:
            while self._close_last() != tag:
                pass

    def _text(self, data: str) -> None:
        if self._code is not None:
            self._code.append(data)
        elif self._is_preformatted():
            self._add({"Text": data})
        elif data.strip() or (self._open[-1] if self._open else "") not in _LOOSE:
            for number, part in enumerate(data.split("\n")):
                if number:
                    self._add("SoftBreak")
                if part:
                    self._add({"Text": part})

    def close(self) -> None:
        """Close all open elements."""
        while self._open:
            self._close_last()

    def _close_last(self) -> str:
        tag = self._open.pop()
        _ENDS.get(tag, _Reader._other_end)(self, tag)
        return tag

    # elements

    def _other(self, tag: str, own: Mapping[str, str]) -> None:
        if tag in _EVENTS and not own:
            self._add({"Start": _EVENTS[tag]})
            return
        self._raw.add(len(self._open))
        shown = "".join(f' {name}="{escape(value)}"' for name, value in own.items() if name != "style")
        self._add({"Raw": f"<{tag}{shown}>"})

    def _other_end(self, tag: str) -> None:
        is_raw = len(self._open) in self._raw
        self._raw.discard(len(self._open))
        self._add({"Raw": f"</{tag}>"} if is_raw else {"End": _EVENTS[tag]})

    def _heading(self, tag: str, own: Mapping[str, str]) -> None:
        self._here = self._places.heading()
        self._add({"Start": {"Heading": {"level": tag}}})

    def _heading_end(self, tag: str) -> None:
        self._add({"End": {"Heading": tag}})

    def _link(self, tag: str, own: Mapping[str, str]) -> None:
        target = own.get("href", "")
        if "href" not in own or target.startswith("#fn"):
            _Reader._other(self, tag, own)
            return
        value = {"link_type": "Inline", "dest_url": target, "title": own.get("title", "")}
        self._add({"Start": {"Link": value}}, self._places.of(target))

    def _picture(self, own: Mapping[str, str]) -> None:
        source = own.get("src", "")
        place = self._places.of(source)
        value = {"link_type": "Inline", "dest_url": source, "title": own.get("title", "")}
        self._add({"Start": {"Image": value}}, place)
        if own.get("alt"):
            self._add({"Text": own["alt"]}, place)
        self._add({"End": "Image"}, place)

    def _fixed(self, tag: str, own: Mapping[str, str]) -> None:
        self._add({"Start": _FIXED[tag][0]})

    def _fixed_end(self, tag: str) -> None:
        self._add({"End": _FIXED[tag][1]})

    def _list(self, tag: str, own: Mapping[str, str]) -> None:
        start = int(own["start"]) if own.get("start", "").isdecimal() else 1
        self._add({"Start": {"List": start if tag == "ol" else None}})

    def _list_end(self, tag: str) -> None:
        self._add({"End": {"List": tag == "ol"}})

    def _preformatted(self, tag: str, own: Mapping[str, str]) -> None:
        """Pass through text that is written as HTML, such as a poem; code has an element of its own in this one."""
        if not isinstance(self._following, Tag) or self._following.name not in _CODE:
            _Reader._other(self, tag, own)

    def _preformatted_end(self, tag: str) -> None:
        if len(self._open) in self._raw:
            _Reader._other_end(self, tag)

    def _is_preformatted(self) -> bool:
        return "pre" in self._open and self._open.index("pre") in self._raw

    def _begin_code(self, tag: str, own: Mapping[str, str]) -> None:
        if self._code is not None:  # code in code is a part of it, or the words before it would go
            return
        if "pre" in self._open and not self._is_preformatted():
            name = own.get("class", "").removeprefix("language-")
            self._add({"Start": {"CodeBlock": {"Fenced": name} if name else "Indented"}})
        else:
            self._code = []

    def _code_end(self, tag: str) -> None:
        if self._code is None:
            self._add({"End": "CodeBlock"})
        elif "code" not in self._open:
            self._add({"Code": "".join(self._code)})
            self._code = None

    def _nothing(self, tag: str, own: Mapping[str, str] | None = None) -> None:
        """Ignore a tag that is part of another event."""

    def _row(self, tag: str, own: Mapping[str, str]) -> None:
        self._add({"Start": "TableHead" if "thead" in self._open else "TableRow"})

    def _row_end(self, tag: str) -> None:
        self._add({"End": "TableHead" if "thead" in self._open else "TableRow"})

    def _cell(self, tag: str, own: Mapping[str, str]) -> None:
        aligned = own.get("style", "").rpartition(":")[2].strip(" ;")
        self._add({"Raw": f"<{tag}{_ALIGNED.get(aligned, '')}>"})

    def _raw_end(self, tag: str) -> None:
        self._raw.discard(len(self._open))
        self._add({"Raw": f"</{tag}>"})


_STARTS: dict[str, Callable[[_Reader, str, Mapping[str, str]], None]] = {
    **dict.fromkeys(_HEADINGS, _Reader._heading),
    **dict.fromkeys(_FIXED, _Reader._fixed),
    **dict.fromkeys(("thead", "tbody"), _Reader._nothing),
    **dict.fromkeys(("ul", "ol"), _Reader._list),
    **dict.fromkeys(("th", "td"), _Reader._cell),
    "a": _Reader._link,
    "code": _Reader._begin_code,
    "pre": _Reader._preformatted,
    "tr": _Reader._row,
}
_ENDS: dict[str, Callable[[_Reader, str], None]] = {
    **dict.fromkeys(_HEADINGS, _Reader._heading_end),
    **dict.fromkeys(_FIXED, _Reader._fixed_end),
    **dict.fromkeys(("thead", "tbody"), _Reader._nothing),
    **dict.fromkeys(("ul", "ol"), _Reader._list_end),
    **dict.fromkeys(("a", "th", "td"), _Reader._raw_end),
    "code": _Reader._code_end,
    "pre": _Reader._preformatted_end,
    "tr": _Reader._row_end,
}
