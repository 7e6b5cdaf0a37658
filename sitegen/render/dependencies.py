"""What an output was made of: the library as outputs see it, which notes each thing that is read of it.

There is no other way in: views, feeds, sitemaps, search, calendars, structured data and a site's own extensions get a
`TracedLibrary`, and what of the library it does not know how to trace cannot be read through it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from typing import Any, Generic, Literal, NamedTuple, NoReturn, TypeVar, cast

from sitegen.library.library import Library
from sitegen.model.kinds import Kind as PageKind
from sitegen.model.values import Body, Document, Key, Page, Shelved, State

Value = TypeVar("Value")
Kind = Literal["page", "facts", "words", "text", "children", "narrowed", "referrers", "files"]

#: The key of an aspect that is one of all pages, as an output has that looks at most of them.
ALL = Key("*")
#: An output that looks at more pages than these depends on all pages: one aspect says so.
MANY, FEW = 500, 100
#: So does what many outputs share, as a list of the latest pages, from these on: each of them depends on all that it was made of.
SHARED = 50


class Aspect(NamedTuple):
    """A part of the site that an output may depend on.

    Attributes:
        kind: `page` is its kind, states and addresses, whether its event is over, or that there is none; `facts` and `words` its front matter,
            `text` its body; `children` which pages lie below it and in which order, `narrowed` what these can be
            narrowed to; `referrers` which pages refer to it; `files` what lies beside it.
        key: of the page, or `ALL`.
        language: path of the version, or of the readers of a list; "" for what is the same in all.
    """

    kind: Kind
    key: Key
    language: str = ""


class _PageAspects(dict[Key, Aspect]):
    """Key → that a page was looked at; the aspect that there is most of by far."""

    def __missing__(self, key: Key) -> Aspect:
        aspect = self[key] = Aspect("page", key)
        return aspect


class Trace:
    """What of the site one output has looked at; filled while it is made."""

    def __init__(self) -> None:
        self.seen: set[Aspect] = set()
        self._pages = _PageAspects()
        self._same: dict[Aspect, Aspect] = {}
        self._known: dict[Hashable, tuple[Any, frozenset[Aspect]]] = {}

    def note_page(self, key: Key) -> None:
        """Note that a page was looked at, be it there or not."""
        self.seen.add(self._pages[key])

    def record(self, make: Callable[[], Value]) -> tuple[Value, frozenset[Aspect]]:
        """A value, and what was looked at to make it."""
        outer, self.seen = self.seen, set()
        try:
            value = make()
            return value, frozenset(self.seen)
        finally:
            outer |= self.seen
            self.seen = outer

    def once(self, name: Hashable, make: Callable[[], Value]) -> Value:
        """A value that several outputs show, made by the first of them; each depends on what it was made of."""
        if name not in self._known:
            value, seen = self.record(make)
            self._known[name] = value, _joined(seen, SHARED, SHARED)
        value, seen = self._known[name]
        self.seen |= seen
        return cast("Value", value)

    def of(self, make: Callable[[], Value]) -> tuple[Value, tuple[Aspect, ...]]:
        """An output and its aspects, many of one kind as one; equal ones of several outputs are the same object."""
        self.seen = set()
        value = make()
        same = self._same
        return value, tuple([same.setdefault(aspect, aspect) for aspect in _joined(self.seen)])


def _joined(seen: Set[Aspect], few: int = FEW, many: int = MANY) -> frozenset[Aspect]:
    """Aspects of all pages in place of those of many."""
    if len(seen) <= few:
        return frozenset(seen)
    counts = Counter((kind, language) for kind, _, language in seen)
    whole = {group for group, count in counts.items() if count > many}
    whole |= {(kind, language) for kind, key, language in seen if key == ALL}
    own = (aspect for aspect in seen if (aspect.kind, aspect.language) not in whole)
    return frozenset((*own, *(Aspect(kind, ALL, language) for kind, language in whole)))


class recorded(Generic[Value]):  # noqa: N801 - used as `property` is
    """A property that is found once for a view; whoever asks for it again depends on what it was found from.

    `functools.cached_property` would give it to a second output unseen.
    """

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_recorded_{name}"

    def __get__(self, view: Any, owner: type | None = None) -> Value:
        if view is None:
            return self  # type: ignore[return-value]
        trace: Trace = view.scope.trace
        known = view.__dict__.get(self._name)
        if known is None:
            known = view.__dict__[self._name] = trace.record(lambda: self._make(view))
        else:
            trace.seen |= known[1]
        return cast("Value", known[0])


class TracedLibrary(Library):
    """The library as outputs see it."""

    def __init__(self, library: Library, trace: Trace) -> None:
        found = {name: TRACED[name](getattr(library, name), trace) for name in TRACED}
        super().__init__(**found)
        object.__setattr__(self, "trace", trace)
        object.__setattr__(self, "_untraced", library)

    trace: Trace
    _untraced: Library

    def children(self, key: Key, language: str) -> tuple[Key, ...]:
        """The pages right below one, as `Library.children`; an output depends on which they are, and not on each."""
        self.trace.seen.add(Aspect("children", key, language))
        return self._untraced.children(key, language)

    def kind(self, key: Key) -> PageKind:
        """The kind of a page, as `Library.kind`."""
        self.trace.note_page(key)
        return self._untraced.kind(key)

    def nearest_language(self, key: Key, language: str) -> str:
        """As `Library.nearest_language`."""
        self.trace.note_page(key)
        return self._untraced.nearest_language(key, language)

    def file(self, key: Key, language: str, number: int = 1, part: str = "") -> str:
        """The output file of a page, as `Library.file`."""
        self.trace.note_page(key)
        return self._untraced.file(key, language, number, part)

    def once(
        self, name: Literal["narrowed", "anchors"], key: Key, language: str, make: Callable[[Library], Any]
    ) -> Any:
        """What is found once of a page in a language, as `Library.once`."""
        self.trace.seen.add(Aspect("narrowed" if name == "narrowed" else "text", key, language))
        return self._untraced.once(name, key, language, make)

    def is_past(self, key: Key) -> bool:
        """Whether a page's event is over, as `Library.is_past`."""
        self.trace.note_page(key)
        return self._untraced.is_past(key)

    def in_place_of(self, key: Key) -> Key | None:
        """The page to which links lead in place of an expired one, as `Library.in_place_of`."""
        self.trace.note_page(key)
        return self._untraced.in_place_of(key)

    def text(self, document: Document) -> str:
        """The HTML of a document, as `Library.text`."""
        self.trace.seen.add(Aspect("text", document.key, document.language))
        return self._untraced.text(document)

    def forget(self) -> None:
        """Let go of the pages that were looked at, where they are many."""
        cast("_Pages", self.pages).forget()

    @property
    def beside(self) -> NoReturn:
        """Refused, as `at` and `keys`: problems ask for them, and no output."""
        raise AttributeError("what lies beside each page is not traced")

    at = keys = beside


class _Page:
    """A page that notes what of it is read."""

    __slots__ = ("_facts", "_page", "_trace", "key", "kind", "source", "states", "versions")

    def __init__(self, page: Page, trace: Trace) -> None:
        self._page = page
        self._trace = trace
        self._facts = Aspect("facts", page.key)
        self.key = page.key
        self.kind = page.kind
        self.source = page.source
        self.states: Mapping[str, State] = page.states
        self.versions = {path: _Document(document, trace) for path, document in page.versions.items()}

    @property
    def facts(self) -> Mapping[str, Any]:
        self._trace.seen.add(self._facts)
        return self._page.facts

    @property
    def written(self) -> dict[str, _Document]:
        return {path: document for path, document in self.versions.items() if document.is_written}


class _Document:
    """A document that notes what of it is read; where things stand in the file is nothing that outputs show."""

    __slots__ = ("_document", "_text", "_trace", "_words", "is_written", "key", "kind", "language", "path")

    def __init__(self, document: Document, trace: Trace) -> None:
        self._document = document
        self._trace = trace
        self._words = Aspect("words", document.key, document.language)
        self._text = Aspect("text", document.key, document.language)
        self.path = document.path
        self.key = document.key
        self.language = document.language
        self.kind = document.kind
        self.is_written = document.is_written

    @property
    def facts(self) -> Mapping[str, Any]:
        self._trace.seen.add(self._words)
        return self._document.facts

    @property
    def words(self) -> Mapping[str, Any]:
        self._trace.seen.add(self._words)
        return self._document.words

    @property
    def front_digest(self) -> str:
        self._trace.seen.add(self._words)
        return self._document.front_digest

    @property
    def digest(self) -> str:
        self._trace.seen.add(self._text)
        return self._document.digest

    @property
    def body(self) -> Body:
        self._trace.seen.add(self._text)
        return self._document.body

    @property
    def html(self) -> Shelved:
        self._trace.seen.add(self._text)
        return self._document.html

    @property
    def marks(self) -> NoReturn:
        raise AttributeError("where a field stands is not traced")


class _Pages(Mapping[Key, Page]):
    """The pages, each noted when it is asked for, be it there or not."""

    def __init__(self, pages: Mapping[Key, Page], trace: Trace) -> None:
        self._pages = pages
        self._trace = trace
        self._known: dict[Key, Page] = {}

    def __getitem__(self, key: Key) -> Page:
        self._trace.note_page(key)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = cast("Page", _Page(self._pages[key], self._trace))
        return known

    def __contains__(self, key: object) -> bool:
        self._trace.note_page(cast("Key", key))
        return key in self._pages

    def __iter__(self) -> Iterator[Key]:
        self._trace.seen.add(Aspect("page", ALL))
        return iter(self._pages)

    def __len__(self) -> int:
        self._trace.seen.add(Aspect("page", ALL))
        return len(self._pages)

    def forget(self) -> None:
        if len(self._known) > MANY:
            self._known.clear()


class _Keyed(Mapping[Any, Any]):
    """A mapping of which each entry belongs to a page: what is looked up, and all of it where it is walked through."""

    kind: Kind

    def __init__(self, entries: Mapping[Any, Any], trace: Trace) -> None:
        self._entries = entries
        self._trace = trace

    def _note(self, name: Any) -> None:
        key: Key = name[0] if isinstance(name, tuple) else name
        self._trace.seen.add(Aspect(self.kind, key))

    def __getitem__(self, name: Any) -> Any:
        self._note(name)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return name in self._entries

    def __iter__(self) -> Iterator[Any]:
        self._note(ALL)
        return iter(self._entries)

    def __len__(self) -> int:
        self._note(ALL)
        return len(self._entries)


class _Files(_Keyed):
    kind = "files"


class _Referrers(_Keyed):
    kind = "referrers"


class _Segments(_Keyed):
    kind = "page"


class _Untraced:
    """What no output may read."""

    def __init__(self, value: object, trace: Trace) -> None: ...

    def _refuse(self, *names: object) -> NoReturn:
        raise AttributeError("this part of the library is not traced; outputs can't read it")

    __contains__ = __getattr__ = __getitem__ = __iter__ = __len__ = _refuse


def _same(value: Any, trace: Trace) -> Any:
    """What all outputs depend on by their frame, or what says nothing without a file that is looked up."""
    return value


#: How each part of the library is seen; every one is here, as a test makes sure.
TRACED: dict[str, Callable[[Any, Trace], Any]] = {
    "config": _same,
    "locales": _same,
    "pictures": _same,
    "pages": _Pages,
    "files": _Files,
    "referrers": _Referrers,
    "segments": _Segments,
    **dict.fromkeys(
        ("unread", "held", "due", "shelf", "below", "ordered", "known", "moved", "guessed", "never_tracked"), _Untraced
    ),
}
assert TRACED.keys() == {field.name for field in dataclasses.fields(Library)}
