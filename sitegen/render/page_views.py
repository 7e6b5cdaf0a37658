"""What templates see of pages, each as the readers of one language have it; the site as a whole is in `site_view`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import quote

from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from sitegen.i18n.locale import Locale
from sitegen.library.links import Prose, render_prose
from sitegen.library.lists import page_count, selections
from sitegen.model.fields import Field, flat
from sitegen.model.page import Choice, Heading, Key, Reference, Selection, State, Url
from sitegen.model.urls import url_of_file
from sitegen.render.alternates import Alternate, alternates_of, published_states
from sitegen.render.blocks import BLOCK, Drawing
from sitegen.render.dependency_recording import Aspect, recorded
from sitegen.render.file_names import CARD, EVENT, FEED
from sitegen.render.value_views import FileView, Picture, SectionView, SelectionView, TableView, Version, Words

if TYPE_CHECKING:  # each is made of the other
    from sitegen.render.language_scope import Scope
    from sitegen.render.menus import MenuView

_HEADING = re.compile(r"<h([1-6])\b.*?</h\1>\n?", re.DOTALL)


class Pager(Struct, frozen=True):
    """One page of a long list.

    Attributes:
        number: 1-based.
        count: how many pages the list has.
        items: the children that this page of the list shows.
        previous_url: the page of the list before this one; None on the first.
        next_url: the page of the list after this one; None on the last.
    """

    number: int
    count: int
    items: Pages
    previous_url: Url | None
    next_url: Url | None


class Pages(Sequence["PageView"]):
    """Pages in order, each looked at when it is asked for: a list page depends on those that it shows alone."""

    def __init__(self, scope: Scope, keys: tuple[Key, ...]) -> None:
        self._scope = scope
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> PageView: ...

    @overload
    def __getitem__(self, index: slice) -> Pages: ...

    def __getitem__(self, index: int | slice) -> PageView | Pages:
        if isinstance(index, slice):
            return Pages(self._scope, self._keys[index])
        return self._scope.page(self._keys[index])

    def __iter__(self) -> Iterator[PageView]:
        return map(self._scope.page, self._keys)


class FieldsView:
    """A page's facts or words as attributes: None where not filled in, an error where not declared.

    It keeps no page, so that a page and its text are let go of as soon as they are written.
    """

    def __init__(self, scope: Scope, key: Key, language: str, side: str) -> None:
        self._scope = scope
        self._key = key
        self._language = language
        self._side = side
        self._fields = scope.library.kind(key).fields
        #: What was asked for more than once, with the aspects read to make it; None for what was asked for once.
        self._known: dict[str, tuple[Any, frozenset[Aspect]] | None] = {}

    def __getattr__(self, name: str) -> Any:
        known = self._known.get(name)
        if known is not None:
            self._scope.trace.seen |= known[1]
            return known[0]
        declared = None if name.startswith("_") else self._fields.get(name)
        if declared is None or declared.side != self._side:
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = None
            return self._value(name, declared)
        known = self._scope.trace.record(self._value, name, declared)
        if not _keeps_page(known[0]):
            self._known[name] = known
        return known[0]

    def _value(self, name: str, declared: Field) -> Any:
        if declared.side == "facts":
            value = self._scope.library.pages[self._key].facts.get(name)
            shown = () if declared.type == "list" else None
            return self._scope.value(value, None, self._key) if value is not None else shown
        word = self._scope.library.word(self._key, self._language, name)
        return self._scope.value(*word, self._key) if word else () if declared.type == "list" else None


#: Most values are one of these, a text or a date.
_SINGLE = (str, dt.date, NoneType)


def _keeps_page(value: Any) -> bool:
    """Whether a value of a page would keep pages in memory."""
    if isinstance(value, _SINGLE):
        return isinstance(value, Picture)
    return any(isinstance(own, PageView | Picture | TableView) for own in flat(value))


class PageView:
    """A page in one language."""

    def __init__(self, scope: Scope, key: Key, number: int = 1, part: str = "") -> None:
        self.scope = scope
        self.key = key
        self.number = number
        self.part = part
        self._library = scope.library

    @recorded
    def language(self) -> str:
        """Path of the language whose address this is: the reader's, or the nearest in which the page is offered."""
        return self._library.nearest_language(self.key, self.scope.locale.path)

    @property
    def kind(self) -> str:
        """Name of its kind."""
        return self._library.pages[self.key].kind

    @recorded
    def url(self) -> Url:
        """Its address, from the root of the host."""
        return self._library.url(self.key, self.language, self.number, self.part)

    @property
    def absolute_url(self) -> str:
        """Its address with scheme and host."""
        return self._library.config.origin_of(self.language) + self.url

    @recorded
    def canonical_url(self) -> str:
        """The absolute address for search engines; on a fallback page, that of the page whose text is shown."""
        shown = self._state.shown if self._state.shown in self._built_states else self.language
        number = self.number if self.number <= page_count(self._library, self.key, shown, self.part) else 1
        return self._library.config.origin_of(shown) + self._library.url(self.key, shown, number, self.part)

    @recorded
    def _state(self) -> State:
        return self._library.pages[self.key].states[self.language]

    @property
    def state(self) -> str:
        """ "source", "current", "stale", "untracked" or "missing"."""
        return self._state.name

    @property
    def shown(self) -> Locale:
        """The language of the text that is shown."""
        return self._library.locales[self._state.shown]

    @property
    def is_fallback(self) -> bool:
        """Whether it is not translated, so that its text is in another language than its address."""
        return self._state.shown != self.scope.locale.path

    @property
    def changed(self) -> tuple[Words, ...]:
        """Titles of the sections that are out of date: in this text's words, or in the source's where their headings differ."""
        page = self._library.pages[self.key]
        titles = {"#" + h.anchor: Words.of(h.title, self.source) for h in page.versions[page.source].body.headings}
        own = self.headings if self._state.changed else ()
        if len(own) == len(titles) or self._state.anchors:
            titles.update({"#" + heading.anchor: Words.of(heading.title, self.shown) for heading in own})
        return tuple(titles[name] for name in self._state.changed if name in titles)

    @property
    def review(self) -> str | None:
        """ "machine", "human", or "" where nothing is said or it is the source."""
        review = self._library.shown(self.key, self.language).words.get("review")
        return review.value if isinstance(review, Choice) else None

    @property
    def source(self) -> Locale:
        """The language in which it is written first."""
        return self._library.locales[self._library.pages[self.key].source]

    @property
    def source_url(self) -> Url:
        """Its address in the language in which it is written first."""
        path = self.source.path
        return self._library.url(self.key, path if path in self._built_states else self.language)

    @recorded
    def facts(self) -> FieldsView:
        """Its facts by name, as `page.facts.date`: None, or an empty list, where not filled in; an error where not declared."""
        return FieldsView(self.scope, self.key, self.language, "facts")

    @recorded
    def words(self) -> FieldsView:
        """Its words by name, as `page.words.place`; from the fallback chain where this language has none."""
        return FieldsView(self.scope, self.key, self.language, "words")

    @recorded
    def title(self) -> Words:
        """Its title."""
        title = self.words.title
        assert isinstance(title, Words)
        return title

    @property
    def summary(self) -> Words | None:
        """One or two sentences; None where it has none."""
        summary: Words | None = self.words.summary
        return summary

    @property
    def date(self) -> Any:
        """Its date; None where it has none."""
        return self.facts.date

    @property
    def updated(self) -> Any:
        """The day on which its content last changed; None where it does not say."""
        return self.facts.updated

    @recorded
    def _prose(self) -> Prose:
        prose = render_prose(self._library, self.key, self.language)
        if not any(BLOCK in section for section in prose.sections):
            return prose
        drawing = Drawing(self, self.scope.draw)
        return replace(prose, sections=tuple(drawing.html(section) for section in prose.sections))

    @property
    def content(self) -> Markup:
        """Its whole text as HTML."""
        return Markup(self._prose.html)  # noqa: S704 - Markdown without raw HTML

    @property
    def has_blocks(self) -> bool:
        """Whether its text may hold what blocks.css has rules for: blocks, or code in colours."""
        blocks = self._library.shown(self.key, self.language).body.blocks
        return bool(blocks) or self._library.config.markdown.highlight

    @property
    def sections(self) -> Iterator[SectionView]:
        """`content` section by section, so that outdated sections can be marked."""
        anchors = ["", *(heading.anchor for heading in self._prose.headings)]
        changed = self._state.changed
        for anchor, text in zip(anchors, self._prose.sections, strict=True):
            url = self.source_url + (f"#{anchor}" if anchor else "")
            end = _HEADING.match(text).end() if anchor else 0  # type: ignore[union-attr]
            parts = Markup(text[:end]), Markup(text[end:])  # noqa: S704 - Markdown without raw HTML
            yield SectionView(*parts, "#" + anchor in changed, url)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings of its text, each with `level`, `anchor` and `title`."""
        return self._prose.headings

    @property
    def parent(self) -> PageView | None:
        """The page above it; None for the home page."""
        return self.ancestors[-1] if self.ancestors else None

    @recorded
    def ancestors(self) -> tuple[PageView, ...]:
        """The pages above it, the home page first."""
        return tuple(self.scope.page(key) for key in self._library.ancestors(self.key))

    @property
    def children(self) -> Pages:
        """The pages right below it that exist in this language, in the order that its kind asks for."""
        return Pages(self.scope, self._library.children(self.key, self.scope.locale.path))

    @property
    def siblings(self) -> tuple[PageView, ...]:
        """The other pages below the same parent."""
        return tuple(page for page in self.parent.children if page.key != self.key) if self.parent else ()

    def referrers(self, field: str) -> tuple[PageView, ...]:
        """The pages whose fact `field` names this page, in the order of their kind's list."""
        keys = self._library.referrers.get(self.key, {}).get(field, ())
        return tuple(self.scope.page(key) for key in self._library.sorted(keys, "order", self.scope.locale.path))

    @recorded
    def translations(self) -> tuple[Version, ...]:
        """Every language of the site, each with its address: of this page, or of that language's home page."""
        return tuple(self._versions())

    def _versions(self) -> Iterator[Version]:
        page = self._library.pages[self.key]
        for path in self._library.config.built:
            locale, own = self._library.locales[path], self.scope.in_language(path)
            target = own.page(self.key) if path in page.states else own.page(Key("/"))
            is_translated = path in page.versions and path in page.states
            is_elsewhere = own.origin != self.scope.origin
            url = Url(own.origin + target.url) if is_elsewhere else target.url
            yield Version(locale, url, is_translated, path == self.scope.locale.path, target)

    @property
    def alternates(self) -> tuple[Alternate, ...]:
        """Every real translation, this one among them; none on a fallback page."""
        if self.is_fallback:
            return ()
        place = self.key, self.number, self.part
        return self.scope.trace.while_same(place, lambda: alternates_of(self._library, *place))

    @property
    def _built_states(self) -> Mapping[str, State]:
        return published_states(self._library, self.key)

    def version(self, path: str) -> PageView | None:
        """This page in another language of the site, if it is really translated there."""
        page = self._library.pages[self.key]
        return (
            self.scope.in_language(path).page(self.key)
            if path in page.versions and path in self._built_states
            else None
        )

    @property
    def is_listed(self) -> bool:
        """Whether the page is in feeds; fallback pages are not. Sitemaps have a rule of their own."""
        return not self.is_fallback

    def is_within(self, other: PageView | MenuView) -> bool:
        """Whether it is the other page or is below it."""
        return self.key == other.key or (other.key not in ("", "/") and self.key.startswith(other.key))

    @recorded
    def _selections(self) -> Mapping[str, Selection]:
        return selections(self._library, self.key, self.language)

    @property
    def selections(self) -> Mapping[str, tuple[SelectionView, ...]]:
        """How the list of its children can be narrowed: fact → what it can be narrowed to."""
        found = self.scope.trace.once(("selections", self.key, self.scope.locale.path), self._unmarked_selections)
        own = self.selection
        if own is None:
            return found
        views = list(found[own.field])
        views[views.index(replace(own, is_current=False))] = own
        return {**found, own.field: tuple(views)}

    def _unmarked_selections(self) -> dict[str, tuple[SelectionView, ...]]:
        """The same for all pages of the list, which would otherwise take the square of what it can be narrowed to."""
        found: dict[str, list[SelectionView]] = {}
        for own in self._selections.values():
            found.setdefault(own.field, []).append(self._selection_view(own, is_current=False))
        return {field: tuple(own) for field, own in found.items()}

    def _selection_view(self, own: Selection, *, is_current: bool) -> SelectionView:
        url = self._library.url(self.key, self.language, 1, own.part)
        return SelectionView(own.field, self._selection_label(own.value), url, len(own.keys), is_current)

    def _selection_label(self, value: Any) -> str:
        match value:
            case Reference():
                return self.scope.page(value.key).title
            case Choice():
                return str(self.scope.value(value))
            case int():
                return self.scope.locale.year(value)
        return self.scope.locale.country(value)

    @property
    def selection(self) -> SelectionView | None:
        """What its list is narrowed to on this page."""
        own = self._selections.get(self.part)
        return self._selection_view(own, is_current=True) if own else None

    @property
    def list_url(self) -> Url:
        """Where its whole list begins."""
        return self._library.url(self.key, self.language)

    @property
    def list_absolute_url(self) -> str:
        """Where its whole list begins, with scheme and host."""
        return self._library.config.origin_of(self.language) + self.list_url

    @property
    def _listed(self) -> Pages:
        chosen = self._selections.get(self.part) if self.part else None
        return Pages(self.scope, chosen.keys) if chosen else self.children

    @property
    def items(self) -> Pages:
        """The children that this page of the list shows: all, or those of one page where they are paged or narrowed."""
        return self.pager.items if self.pager else self._listed

    @property
    def pager(self) -> Pager | None:
        """The position of this page of a list among the others; None if everything fits on one."""
        count = page_count(self._library, self.key, self.language, self.part)
        per_page = self._library.kind(self.key).children.per_page
        if count < 2 or not per_page:
            return None
        items = self._listed[(self.number - 1) * per_page : self.number * per_page]
        url = self._library.url
        before = url(self.key, self.language, self.number - 1, self.part) if self.number > 1 else None
        after = url(self.key, self.language, self.number + 1, self.part) if self.number < count else None
        return Pager(self.number, count, items, before, after)

    @property
    def feed_url(self) -> Url | None:
        """The Atom feed of this page's children, where they are listed newest first; that of the language for the home page."""
        has_feed = self._library.kind(self.key).children.has_feed
        return self._beside(FEED, self.language) if has_feed else None

    @property
    def is_past(self) -> bool:
        """Whether its day was over when the site was built."""
        return self._library.stage(self.key) == "past"

    @property
    def is_closed(self) -> bool:
        """Whether nobody could register any more when the site was built."""
        return self._library.stage(self.key) != "open"

    @property
    def calendar_url(self) -> Url | None:
        """The calendar file of this page; None where the page has no day, or one that is over."""
        if (
            self.is_fallback
            or self.is_past
            or not self._library.kind(self.key).has_day(self._library.pages[self.key].facts)
        ):
            return None
        return self._beside(EVENT, self.language)

    @property
    def card_url(self) -> str | None:
        """Absolute address of the picture for sharing; None on a site without them."""
        if not self.scope.has_cards:
            return None
        return self._library.config.origin_of(self._state.shown) + self._beside(CARD, self._state.shown)

    def _beside(self, name: str, language: str) -> Url:
        """Address of a file that is made beside this page in a language."""
        return url_of_file(self._library.config.base_path, self._library.file_beside(self.key, language, name))

    def picture(self, name: str, alt: str) -> Markup:
        """A picture beside the page that a fact names, in all its forms.

        Raises:
            LookupError: there is no file of that name beside the page.
        """
        library = self._library
        found = library.resolve_file(self.key, name, self.language)
        if found is None:
            raise LookupError(f"there is no picture '{name}' beside {self.key}")
        path = library.files[self.key, found[0]]
        url = url_of_file(library.config.base_path, library.file_target(self.key, found[0]))
        attributes = f' alt="{escape(alt)}"'
        if library.pictures.applies_to(path):
            return Markup(library.pictures.html(path, url, attributes))  # noqa: S704 - its parts are escaped
        return Markup(f'<img src="{url}"{attributes}>')  # noqa: S704

    def table(self, name: str) -> TableView:
        """A table beside the page: its columns, and its rows in this language.

        Raises:
            LookupError: there is no such file.
            SiteError: it can't be read.
        """
        file = self.file(name)
        library, chain = self._library, (self.language, *self.scope.locale.chain, self.source.path)
        data, _ = library.tables.read(library.pictures.root, library.files[self.key, file.name], library.config)
        rows = (
            {column: self.scope.value(*_in_chain(row.get(column), chain), self.key) for column in data.columns}
            for row in data.rows
        )
        return TableView(file.name, data.columns, tuple(rows))

    def file(self, name: str) -> FileView:
        """A file beside the page, in the version of this language if it has one.

        Raises:
            LookupError: there is no file of that name beside the page.
        """
        return self.scope.file(self.key, name)

    @property
    def report_url(self) -> str | None:
        """A mailto address with this page and its language filled in; None where site.yaml has no `report`."""
        config = self._library.config
        if config.report is None:
            return None
        subject = f"{self.scope.setting(config.title, self.scope.locale) or ''}: {self.title}"
        body = f"{self.absolute_url}\n{self.shown.name} ({self.shown.tag})\n\n"
        return f"mailto:{config.report}?subject={quote(subject)}&body={quote(body)}"

    @property
    def edit_url(self) -> str | None:
        """Where the file of the text that is shown is edited; None where site.yaml has no `edit`."""
        edit = self._library.config.edit
        return edit.replace("{path}", quote(self._library.shown(self.key, self.language).path)) if edit else None

    @recorded
    def jsonld(self) -> Markup:
        """Its structured data (schema.org) for a script element; empty where its kind has no `schema`."""
        return self.scope.describe(self)


def _in_chain(value: Any, chain: Sequence[str]) -> tuple[Any, str | None]:
    """A value, and of words the text of the first language that has one, with that language."""
    if not isinstance(value, dict):
        return value, None
    return next(((value[path], path) for path in (*chain, *value) if path in value), (None, None))


def last_change(page: PageView) -> dt.date:
    """When a dated page was last another, as far as that is written down."""
    days: list[dt.date] = [day for day in (page.date, page.updated) if day is not None]
    return max(days)
