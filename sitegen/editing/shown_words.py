"""What readers see of a text, before and after an edit: a fix takes away marks of Markdown, and never words or what they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property
from urllib.parse import unquote

from sitegen.content.markdown import parse_body
from sitegen.content.open_blocks import missing_attributes
from sitegen.model.settings import Config
from sitegen.problems.problem import WARNINGS, SiteError
from sitegen.source.edits import Edit
from sitegen.source.front_matter import end_of_front_matter, front_matter_span, is_closed
from sitegen.source.html import Tag, pieces, unescape
from sitegen.source.lazy_regex import lazily
from sitegen.source.line_joining import UNSPACED
from sitegen.source.sequences import common
from sitegen.source.text import CONTROL, Source

#: A word, a letter of a script without spaces, whose lines are joined, or another character that shows.
_TOKEN = lazily(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
#: Elements in which words stay that stand there; into code, none may come either.
_HOLDERS = frozenset({"aside", "blockquote", "dd", "li", "pre", "td", "th", "x-block"})
_HOLDER = lazily(rf"<(/?)({'|'.join(sorted(_HOLDERS))})(?=[\s>])")
#: What holds all notes, behind the text: a class of a dialect's, and the name by which it is counted.
_NOTES, _IN_NOTES = frozenset({"footnote", "notes"}), "notes"
_NOTES_BEGIN = lazily(rf'<div class="(?:{"|".join(sorted(_NOTES))})"')
#: The address of a link or picture, as we write it.
_LINKED = lazily(r'(?:href|src)="([^"]++)"')
#: Elements of which there may be fewer, as a fix joins what belongs together.
_JOINED = frozenset({"br", "ol", "p", "ul"})
#: Of a long page, what follows an empty line far behind the last edit is not read: what is changed there would be so before it too.
_LONG, _BEHIND = 200_000, 50_000
_EMPTY = lazily(r"\n\n(?=\S)")
#: Signs that a fix writes for Markdown, and that are shown where they are none.
_MARKUP = frozenset("<>[]()#")
#: Attributes that no reader sees.
_UNSEEN = frozenset({"class", "id"})


class Before:
    """A page before it is edited, which is read once, whatever edits are tried, all of which end before the offset `last`.

    `leads` says of an address whether it leads anywhere.
    """

    def __init__(
        self, path: str, text: str, last: int, config: Config, leads: Callable[[str], bool] = lambda address: True
    ) -> None:
        self._path, self._text, self._config, self._leads = path, text, config, leads
        empty = _EMPTY.search(text, max(_LONG, last + _BEHIND))
        self._left_out = len(text) - empty.start() if empty else 0

    def shows_the_same(self, now: str, edits: Iterable[Edit]) -> bool:
        """Whether the page shows readers the words that it showed before, in tables, links and the like as before.

        What is edited may go or be shown, and the address of a link that is made may go. If the text could not be read before,
        it is the same.
        """
        changed, shown = changed_below(self._text, edits), self._before_and_after(now)
        if isinstance(shown, bool):
            return shown
        was, own = shown
        are_words_there = not was.elements - own.elements and was.has_words_of(own, changed)
        are_links_there = was.has_links_of(own, changed) and was.leads_where_is_written(own, self._text, changed)
        are_links_right = was.makes_links(own, changed, self._leads) and was.has_titles_of(own, self._text)
        is_seen = was.has_descriptions_of(own) and was.has_blanks_of(own)
        return are_words_there and are_links_there and are_links_right and is_seen

    def _before_and_after(self, now: str) -> tuple[_Shown, _Shown] | bool:
        """What the page shows before and after, where it differs; whether that is the same if this is known without reading both."""
        if not has_other_text(self._text, now) or self._was is None:
            return True
        (was, errors), own = self._was, self._read(now)
        return own is not None and own[1] <= errors and _differences(was, own[0])

    @cached_property
    def _was(self) -> tuple[str, int] | None:
        return self._read(self._text)

    def _read(self, text: str) -> tuple[str, int] | None:
        """The HTML of the page's text, before or after an edit, and the number of its errors; None if it can't be read."""
        source = Source.of(self._path, text[: len(text) - self._left_out])
        try:
            html, body, problems = parse_body(source, end_of_front_matter(source.lines) + 2, self._config)
        except SiteError:
            return None
        problems += missing_attributes(source, body.blocks, self._config.blocks, is_source=True)
        return html, sum(problem.code not in WARNINGS for problem in problems)


def changes_links_alone(was: str, now: str, changed: Mapping[str, str]) -> bool:
    """Whether the HTML of a page leads elsewhere where this was changed, and else is as it was for readers."""
    if was == now:
        return True
    before, after = _differences(was, now)
    are_words_there = (before.elements, before.words) == (after.elements, after.words)
    return are_words_there and before.has_links_of(after, changed)


def changed_below(text: str, edits: Iterable[Edit]) -> dict[str, str]:
    """Return what is edited below the front matter of a page → what stands there then."""
    start = front_matter_span(text)[1] if is_closed(text) else len(text)
    return {text[edit.start : edit.end]: edit.text for edit in edits if edit.start >= start}


def has_other_text(text: str, now: str) -> bool:
    """Whether more than the front matter of a page is edited; not if either can't be read, which is told."""
    are_closed = is_closed(text) and is_closed(now)
    return are_closed and text[front_matter_span(text)[1] :] != now[front_matter_span(now)[1] :]


def _differences(was: str, now: str) -> tuple[_Shown, _Shown]:
    """What two texts in HTML show between the tags where they begin and end to differ: most of a long one is the same."""
    begin = max(0, was.rfind("<", 0, common(was, now)))
    tail = was[len(was) - common(was[:begin:-1], now[:begin:-1]) :]
    end = len(tail[tail.find("<") :]) if "<" in tail else 0
    start = was[:begin]
    shown = [_Shown(html[begin : len(html) - end], _open_holders(start), rest=start + tail) for html in (was, now)]
    if Counter(shown[0].holders) != Counter(shown[1].holders):  # so what follows stands in others
        shown = [_Shown(html, ()) for html in (was, now)]
    return shown[0], shown[1]


def _open_holders(html: str) -> Sequence[str]:
    """The names of elements in which words stay, and which begin in HTML and do not end there."""
    names = [_IN_NOTES] if _NOTES_BEGIN.search(html) else []
    for is_end, name in _HOLDER.findall(html):
        if not is_end:
            names.append(name)
        elif name in names:
            names.remove(name)
    return names


class _Shown:
    """How often HTML shows each word, sign, element and link, and each word in attributes.

    `holders` are the elements that are open where it begins, and then where it ends; `rest` is HTML around it.
    """

    def __init__(self, html: str, holders: Iterable[str], rest: str = "") -> None:
        self.words, self._unseen, self._links = Counter[str](), Counter[str](), Counter[str]()
        self._within = {name: Counter[str]() for name in (*_HOLDERS, _IN_NOTES)}
        self.elements, self.holders, self._rest = Counter[str](), [*holders], rest
        self._code = Counter[str]()  # its lines
        self._titles, self._described = Counter[str](), Counter[str]()
        for piece in pieces(html):
            if isinstance(piece, str):
                found = _TOKEN.findall(piece)
                for counted in (self.words, *(self._within[name] for name in {*self.holders})):
                    counted.update(found)
                self._code.update(piece.split("\n") if "pre" in self.holders else ())
            elif piece.is_end and piece.name in self.holders:
                self.holders.remove(piece.name)
            elif not piece.is_end:
                self._take(piece)
                self.holders += [piece.name] if piece.name in _HOLDERS else []
                self.holders += [_IN_NOTES] if piece.name == "div" and piece.attributes.get("class") in _NOTES else []

    def has_words_of(self, own: _Shown, changed: Mapping[str, str]) -> bool:
        """Whether an edited text has the same words; those of what is changed, and of new links' addresses, may go."""
        may_go = _tokens(changed) | (own._unseen - self._unseen).keys()
        gone = {token for token in self.words - own.words if token[0].isalnum()}
        for name in self._within:
            gone.update(token for token in self._within[name] - own._within[name] if token[0].isalnum())
        come = (own.words - self.words).keys() | (own._within["pre"] - self._within["pre"]).keys()
        return gone <= may_go and come <= _tokens(changed.values()) - _MARKUP

    def has_links_of(self, own: _Shown, changed: Mapping[str, str]) -> bool:
        """Whether an edited text has the same links and pictures, or those to which they are changed, which are there then."""
        left, made = Counter(own._links), Counter[str]()
        for address in sorted(self._links, key=changed.__contains__):  # one may be changed to what another was
            count, now = self._links[address], changed.get(address, address).strip("<>")
            made[address] = min(count, left[now])
            left[now] -= made[address]
            left[address] -= count - made[address]
        return min(left.values(), default=0) >= 0 and all(made[old] for old in changed if self._leads_to(old))

    def leads_where_is_written(self, own: _Shown, text: str, changed: Mapping[str, str]) -> bool:
        """Whether the links that an edited text has besides lead to what stood there before, or stands in what is edited."""
        written = _without_escapes("\n".join((text, *changed.values())))
        return all(_without_escapes(address) in written for address in own._links - self._links)

    def makes_links(self, own: _Shown, changed: Mapping[str, str], leads: Callable[[str], bool]) -> bool:
        """Whether each link that an edited text makes, where an address stood before, leads somewhere, and each picture is the site's."""
        made = (own._links - self._links).keys() - {new.strip("<>") for new in changed.values()}
        has_pictures = own.elements["img"] > self.elements["img"]
        return all(leads(address) and not (has_pictures and "://" in address) for address in made)

    def has_titles_of(self, own: _Shown, text: str) -> bool:
        """Whether the titles that an edited text has besides stood there before: no other fix has changed what becomes one."""
        come = own._titles - self._titles
        written = _without_escapes(text) if come else ""
        return all(_without_escapes(title) in written for title in come)

    def has_descriptions_of(self, own: _Shown) -> bool:
        """Whether pictures are described as before: in a description a link is no link, and its address would go."""
        return not self._described - own._described

    def has_blanks_of(self, own: _Shown) -> bool:
        """Whether no line of code has other blanks in an edited text."""
        gone, come = (
            {"".join(line.split()) for line in lines} for lines in (self._code - own._code, own._code - self._code)
        )
        return gone.isdisjoint(come)

    def _leads_to(self, address: str) -> bool:
        return address in self._links or address in self._linked_around

    @cached_property
    def _linked_around(self) -> Set[str]:
        return {CONTROL.sub("", unescape(address)) for address in _LINKED.findall(self._rest)}

    def _take(self, tag: Tag) -> None:
        if tag.name not in _JOINED:
            self.elements[tag.name] += 1
        for name, value in tag.attributes.items():
            if name in ("href", "src") and value:
                self._links[CONTROL.sub("", value)] += 1
            if name == "alt" and value:
                self._described[value] += 1
            if name == "title" and value:
                self._titles[value] += 1
            if name not in _UNSEEN:
                self._unseen.update(_TOKEN.findall(value))


def _tokens(texts: Iterable[str]) -> set[str]:
    return {token for text in texts for token in _TOKEN.findall(text)}


def _without_escapes(text: str) -> str:
    """Addresses as they are meant, whether they are escaped for Markdown, HTML or URLs."""
    return unquote(unescape(text)).replace("\\", "")
