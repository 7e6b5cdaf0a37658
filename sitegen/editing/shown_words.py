"""What readers see of a text, before and after an edit: a fix takes away marks of Markdown, and never words or what they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sitegen.content.markdown import parse_body
from sitegen.model.settings import Config
from sitegen.problems.problem import SiteError
from sitegen.source.edits import Edit
from sitegen.source.front_matter import end_of_front_matter, front_matter_span, is_closed
from sitegen.source.html import Tag, pieces
from sitegen.source.lazy_regex import lazily
from sitegen.source.line_joining import UNSPACED
from sitegen.source.text import CONTROL, Source

#: A word, a letter of a script without spaces, whose lines are joined, or another character that shows.
_TOKEN = lazily(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
#: Elements in which words stay that stand there; into code, none may come either.
_HOLDERS = frozenset({"aside", "blockquote", "dd", "li", "pre", "td", "th", "x-block"})
#: Elements of which there may be fewer, as a fix joins what belongs together.
_JOINED = frozenset({"br", "ol", "p", "ul"})
#: Attributes that no reader sees.
_UNSEEN = frozenset({"class", "id"})


def shows_the_same(path: str, text: str, now: str, edits: Iterable[Edit], config: Config) -> bool:
    """Whether a page's text shows readers the words that it showed before it was edited, in tables, links and the like as before.

    What is edited may go or be shown, and the address of a link that is made may go. If the text could not be read before,
    it is the same.
    """
    changed, shown = _changed(text, edits), _before_and_after(path, text, now, config)
    if isinstance(shown, bool):
        return shown
    was, own = shown
    return not was.elements - own.elements and was.has_words_of(own, changed) and was.has_links_of(own, changed)


def changes_links_alone(path: str, text: str, now: str, edits: Iterable[Edit], config: Config) -> bool:
    """Whether an edited text leads elsewhere where its edits say so, and else is as it was for readers."""
    changed, shown = _changed(text, edits), _before_and_after(path, text, now, config)
    if isinstance(shown, bool):
        return shown
    was, own = shown
    return (was.elements, was.words) == (own.elements, own.words) and was.has_links_of(own, changed)


def has_other_text(text: str, now: str) -> bool:
    """Whether more than the front matter of a page is edited; not if either can't be read, which is told."""
    are_closed = is_closed(text) and is_closed(now)
    return are_closed and text[front_matter_span(text)[1] :] != now[front_matter_span(now)[1] :]


def _changed(text: str, edits: Iterable[Edit]) -> dict[str, str]:
    """Return what is edited below the front matter → what stands there then."""
    start = front_matter_span(text)[1] if is_closed(text) else len(text)
    return {text[edit.start : edit.end]: edit.text for edit in edits if edit.start >= start}


def _before_and_after(path: str, text: str, now: str, config: Config) -> tuple[_Shown, _Shown] | bool:
    """What a page shows before and after; whether that is the same if this is known without reading both."""
    if not has_other_text(text, now):
        return True
    try:
        was = _Shown(path, text, config)
    except SiteError:
        return True
    try:
        return was, _Shown(path, now, config)
    except SiteError:
        return False


class _Shown:
    """How often a page shows each word, sign, element and link, and each word in attributes."""

    def __init__(self, path: str, text: str, config: Config) -> None:
        self.words, self._unseen, self._links = Counter[str](), Counter[str](), Counter[str]()
        self._within = {name: Counter[str]() for name in _HOLDERS}
        holders = list[str]()
        self.elements = Counter[str]()
        source = Source.of(path, text)
        html, _, _ = parse_body(source, end_of_front_matter(source.lines) + 2, config)
        for piece in pieces(html):
            if isinstance(piece, str):
                found = _TOKEN.findall(piece)
                for counted in (self.words, *(self._within[name] for name in {*holders})):
                    counted.update(found)
            elif piece.is_end and piece.name in holders:
                holders.remove(piece.name)
            elif not piece.is_end:
                self._take(piece)
                holders += [piece.name] if piece.name in _HOLDERS else []

    def has_words_of(self, own: _Shown, changed: Mapping[str, str]) -> bool:
        """Whether an edited text has the same words; those of what is changed, and of new links' addresses, may go."""
        may_go = _tokens(changed) | (own._unseen - self._unseen).keys()
        gone = {token for token in self.words - own.words if token[0].isalnum()}
        for name in _HOLDERS:
            gone.update(token for token in self._within[name] - own._within[name] if token[0].isalnum())
        come = (own.words - self.words).keys() | (own._within["pre"] - self._within["pre"]).keys()
        return gone <= may_go and come <= _tokens(changed.values())

    def has_links_of(self, own: _Shown, changed: Mapping[str, str]) -> bool:
        """Whether an edited text has the same links and pictures, or those to which they are changed, which are there then."""
        wanted = Counter[str]()
        for address, count in (self._links - own._links).items():
            wanted[changed.get(address, "")] += count
        come = own._links - self._links
        are_made = all(come[new.strip("<>")] for old, new in changed.items() if old in self._links)
        return are_made and wanted <= come

    def _take(self, tag: Tag) -> None:
        if tag.name not in _JOINED:
            self.elements[tag.name] += 1
        for name, value in tag.attributes.items():
            if name in ("href", "src") and value:
                self._links[CONTROL.sub("", value)] += 1
            if name not in _UNSEEN:
                self._unseen.update(_TOKEN.findall(value))


def _tokens(texts: Iterable[str]) -> set[str]:
    return {token for text in texts for token in _TOKEN.findall(text)}
