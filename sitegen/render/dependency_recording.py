"""Dependencies of outputs: a view of the library that records everything an output reads from it.

There is no other access: views, feeds, sitemaps, search, calendars, structured data and a site's own extensions get a
`TracedLibrary`, through which only the traced parts of the library can be read. Settings, templates and messages are not
recorded page by page: each language has one digest of them all, `frame_digests` in `build/dependencies.py`.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from functools import partial, wraps
from typing import Any, Concatenate, Generic, Literal, NamedTuple, NoReturn, ParamSpec, TypeVar, cast

from sitegen.library.library import Library
from sitegen.model.kinds import Kind as PageKind
from sitegen.model.page import Body, Document, Key, Page, Shelved, State

Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")
Kind = Literal["page", "facts", "words", "text", "children", "narrowed", "referrers", "files"]

#: The key of an aspect that stands for all pages, for outputs that read most of them.
ALL = Key("*")
#: An output that reads more than `MANY` pages gets one aspect for all pages; up to `FEW` aspects are never merged.
MANY, FEW = 500, 100
#: A lower limit for values shared by many outputs, such as a list of the latest pages: each output gets all aspects.
SHARED = 50


class Aspect(NamedTuple):
    """A part of the site that an output can depend on."""

    #: `page` is the page's existence, kind, states and addresses, and how far its event is; `facts` and `words` its
    #: front matter; `text` its body; `children` its child pages and their order; `narrowed` the selections of these;
    #: `referrers` the pages that refer to it; `files` the files beside it.
    kind: Kind
    key: Key  #: the key of the page, or `ALL`
    language: str = ""  #: path of the version, or of the language of a list; "" if it is the same in all languages


class _PageAspects(dict[Key, Aspect]):
    """Key → `page` aspect, by far the most frequent one."""

    def __missing__(self, key: Key) -> Aspect:
        aspect = self[key] = Aspect("page", key)
        return aspect


class Trace:
    """The aspects of the site that an output has read so far."""

    def __init__(self) -> None:
        self.seen: set[Aspect] = set()
        self._pages = _PageAspects()
        self._same: dict[Aspect, Aspect] = {}
        self._known: dict[Hashable, tuple[Any, frozenset[Aspect]]] = {}
        self._last: tuple[Hashable, Any, frozenset[Aspect]] = (None, None, frozenset())

    def note_page(self, key: Key) -> None:
        """Record that a page was read, whether or not it exists."""
        self.seen.add(self._pages[key])

    def record(self, make: Callable[..., Value], *given: Any) -> tuple[Value, frozenset[Aspect]]:
        """Return the value that a function makes of what is given, and the aspects read to make it."""
        outer, self.seen = self.seen, set()
        try:
            value = make(*given)
            return value, frozenset(self.seen)
        finally:
            outer |= self.seen
            self.seen = outer

    def once(self, name: Hashable, make: Callable[[], Value]) -> Value:
        """Return a value shared by outputs and made only once; each output depends on the aspects read to make it."""
        if name not in self._known:
            value, seen = self.record(make)
            self._known[name] = value, _joined(seen, SHARED, SHARED)
        value, seen = self._known[name]
        self.seen |= seen
        return value

    def while_same(self, name: Hashable, make: Callable[[], Value]) -> Value:
        """Return what outputs share that are made one after another: it is made again once another name was asked for."""
        if name != self._last[0]:
            self._last = name, *self.record(make)
        _, value, seen = self._last
        self.seen |= seen
        return cast("Value", value)

    def of(self, make: Callable[[], Value]) -> tuple[Value, tuple[Aspect, ...]]:
        """Return an output and its aspects, many of a kind merged into one; outputs share objects of equal aspects."""
        self.seen = set()
        value = make()
        same = self._same
        return value, tuple([same.setdefault(aspect, aspect) for aspect in _joined(self.seen)])


def _joined(seen: Set[Aspect], few: int = FEW, many: int = MANY) -> frozenset[Aspect]:
    """Merge the aspects of many pages into one aspect of all pages."""
    if len(seen) <= few:
        return frozenset(seen)
    counts = Counter((kind, language) for kind, _, language in seen)
    whole = {group for group, count in counts.items() if count > many}
    whole |= {(kind, language) for kind, key, language in seen if key == ALL}
    own = (aspect for aspect in seen if (aspect.kind, aspect.language) not in whole)
    return frozenset((*own, *(Aspect(kind, ALL, language) for kind, language in whole)))


class recorded(Generic[Value]):  # noqa: N801 - used like `property`
    """A cached property of a view; every output that reads it depends on the aspects read to compute it.

    With `functools.cached_property`, the second output would not record these aspects.
    """

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_recorded_{name}"

    def __get__(self, view: Any, owner: type | None = None) -> Value:
        if view is None:
            return self  # type: ignore[return-value]
        values, trace = view.__dict__, view.scope.trace
        known: tuple[Value, frozenset[Aspect]] | None = values.get(self._name)
        if known is not None:
            trace.seen |= known[1]
            return known[0]
        known = values[self._name] = trace.record(self._make, view)
        return known[0]


def _noting(method: Callable[Concatenate[Library, Key, Arguments], Value]) -> Callable[..., Value]:
    """A method of the library whose first argument is a page; the output depends on the page itself."""

    @wraps(method)
    def noting(own: TracedLibrary, key: Key, *others: Any) -> Value:
        own.trace.note_page(key)
        return method(own._untraced, key, *others)  # type: ignore[call-arg]

    return noting


class TracedLibrary(Library):
    """The library as outputs see it, recording what they read."""

    def __init__(self, library: Library, trace: Trace) -> None:
        found = {name: TRACED[name](getattr(library, name), trace) for name in TRACED}
        super().__init__(**found)
        object.__setattr__(self, "trace", trace)
        object.__setattr__(self, "_untraced", library)

    trace: Trace
    _untraced: Library

    def children(self, key: Key, language: str) -> tuple[Key, ...]:
        """Return the children of a page, as `Library.children`; the output depends on the list, not on each child."""
        self.trace.seen.add(Aspect("children", key, language))
        return self._untraced.children(key, language)

    def kind(self, key: Key) -> PageKind:
        """Return the kind of a page, as `Library.kind`."""
        self.trace.note_page(key)
        return self._untraced.kind(key)

    def nearest_language(self, key: Key, language: str) -> str:
        """Return the nearest language of a page, as `Library.nearest_language`."""
        self.trace.note_page(key)
        return self._untraced.nearest_language(key, language)

    # Called less often than those above, of which each call counts.
    file = _noting(Library.file)
    urls = _noting(Library.urls)
    stage = _noting(Library.stage)
    in_place_of = _noting(Library.in_place_of)

    def once(
        self, name: Literal["narrowed", "anchors", "earlier"], key: Key, language: str, make: Callable[[Library], Any]
    ) -> Any:
        """Return a value cached for a page in a language, as `Library.once`."""
        self.trace.seen.add(Aspect("narrowed" if name == "narrowed" else "text", key, language))
        return self._untraced.once(name, key, language, make)

    def text(self, document: Document) -> str:
        """Return the HTML of a document, as `Library.text`."""
        self.trace.seen.add(Aspect("text", document.key, document.language))
        return self._untraced.text(document)

    def forget(self) -> None:
        """Clear the cache of pages if it has grown large."""
        cast("_Pages", self.pages).forget()

    @property
    def beside(self) -> NoReturn:
        """Not available, like `at` and `keys`: only problem reports use them, never outputs."""
        raise AttributeError("what lies beside each page is not traced")

    at = keys = beside


class _Page:
    """A page that records what is read from it."""

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
        return {path: self.versions[path] for path in self._page.written}


class _Document:
    """A document that records what is read from it; positions in the file are unavailable, as no output shows them."""

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
    """The pages; each lookup is recorded, whether or not the page exists."""

    def __init__(self, pages: Mapping[Key, Page], trace: Trace) -> None:
        self._pages = pages
        self._trace = trace
        self._known: dict[Key, Page] = {}

    def __getitem__(self, key: Key) -> Page:
        self._trace.note_page(key)
        known = self._known.get(key)
        if known is None:
            page: Any = _Page(self._pages[key], self._trace)
            known = self._known[key] = page
        return known

    def __contains__(self, key: object) -> bool:
        self._trace.note_page(key)  # type: ignore[arg-type]
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
    """A mapping whose entries belong to pages: records the pages looked up, or all pages on iteration."""

    def __init__(self, kind: Kind, entries: Mapping[Any, Any], trace: Trace) -> None:
        self._kind: Kind = kind
        self._entries = entries
        self._trace = trace

    def _note(self, name: Any) -> None:
        key: Key = name[0] if isinstance(name, tuple) else name
        self._trace.seen.add(Aspect(self._kind, key))

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


class _Untraced:
    """A part of the library that outputs can't read."""

    def __init__(self, value: object, trace: Trace) -> None: ...

    def _refuse(self, *names: object) -> NoReturn:
        raise AttributeError("this part of the library is not traced; outputs can't read it")

    __contains__ = __getattr__ = __getitem__ = __iter__ = __len__ = _refuse


def _same(value: Any, trace: Trace) -> Any:
    """Return a value untraced: all outputs depend on it anyway, or it is only used together with a traced file."""
    return value


#: Field of the library → its traced form. All fields must be listed, as asserted below.
TRACED: dict[str, Callable[[Any, Trace], Any]] = {
    "config": _same,
    "locales": _same,
    "pictures": _same,
    "tables": _same,
    "pages": _Pages,
    "files": partial(_Keyed, "files"),
    "referrers": partial(_Keyed, "referrers"),
    "segments": partial(_Keyed, "page"),
    **dict.fromkeys(
        ("unread", "held", "due", "shelf", "below", "ordered", "known", "moved", "guessed", "never_tracked"), _Untraced
    ),
}
assert TRACED.keys() == {field.name for field in dataclasses.fields(Library)}
