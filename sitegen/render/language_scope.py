"""The site as the readers of one language have it: the views of its pages, and of values, files and links in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from markupsafe import Markup

from sitegen.i18n.locale import Locale
from sitegen.library.glossary import short_names
from sitegen.library.links import is_file, resolve, resolve_file
from sitegen.library.translation_status import Coverage, measure
from sitegen.model.fields import Group
from sitegen.model.page import Choice, Destination, FileName, ImageName, Key, Reference, TableName
from sitegen.model.urls import Target, is_external, url_of_file
from sitegen.render.dependency_recording import TracedLibrary
from sitegen.render.page_views import Pages, PageView
from sitegen.render.queries import choose
from sitegen.render.search import SearchIndex, build_index
from sitegen.render.value_views import FileView, Label, LinkView, Picture, TableView, Words

#: Pages of one language that a process keeps in mind.
MOST_PAGES = 500


def _draw_nothing(name: str, **context: Any) -> str:
    raise AssertionError("templates are made before a block is drawn")


class Scope:
    """The whole site as the readers of one language have it; makes each view once.

    `describe` returns a page's structured data, which is built on views and so comes from outside; so does `draw`, which
    makes a text of a template of blocks, its name and what it sees.
    """

    def __init__(
        self,
        library: TracedLibrary,
        locale: Locale,
        scopes: Mapping[str, Scope],
        translate: Callable[[str, str], str],
        describe: Callable[[PageView], Markup],
        *,
        has_cards: bool = False,
    ) -> None:
        self.trace = library.trace
        self.has_cards = has_cards
        self.library = library
        self.locale = locale
        #: Scheme and host on which this language is published.
        self.origin = library.config.origin_of(locale.path)
        self._scopes = scopes
        self._translate = translate
        self.describe = describe
        self._pages: dict[Key, PageView] = {}
        self.draw: Callable[..., str] = _draw_nothing

    def names(self, path: str) -> re.Pattern[str] | None:
        """The names of the glossary in a language that fit on any line; None if there are none."""
        return self.trace.once(("names", path), lambda: short_names(self.library, path))

    def page(self, key: Key) -> PageView:
        """The page of a key; raises LookupError if there is none."""
        if key not in self.library.pages:
            raise LookupError(f"there is no page '{key}'")
        if key not in self._pages:
            self._pages[key] = PageView(self, key)
        return self._pages[key]

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """How far each language has come, measured once for all languages."""
        return self.trace.once("coverage", lambda: measure(self.library))

    @property
    def search_index(self) -> SearchIndex:
        """What can be found in this language."""
        return self.trace.once(("search", self.locale.path), lambda: build_index(self.library, self.locale.path))

    def forget(self) -> None:
        """Forget the pages seen so far if they are many; the next output needs only a few of them."""
        if len(self._pages) > MOST_PAGES:
            self._pages.clear()

    def in_language(self, path: str) -> Scope:
        """The same site in another language."""
        return self._scopes[path]

    def message(self, context: str, text: str) -> str:
        """A message in this language, by its context and its text in the source language."""
        return self._translate(context, text)

    def value(self, value: Any, language: str | None = None, key: Key | None = None) -> Any:
        """A field's value as templates use it: references as pages, texts as words, choices with translated labels.

        Args:
            key: of the page whose value it is, beside which files lie.
        """
        if value.__class__ is str:  # as most are
            return value if language is None else Words.of(value, self.library.locales[language])
        match value:
            case FileName() if key is not None:
                return None if self._is_gone(value, key) else self._beside(key, value)
            case Destination() if key is not None:
                return self.link(key, value.written)
            case Reference():
                return None if self._is_gone(value, key) else self.page(value.key)
            case Choice():
                return Label(value.value, self._translate("choice", value.label))
            case Group():
                return Group(
                    {name: self.value(child, language, key) for name, child in value.values.items()}, value.declared
                )
            case tuple():
                return tuple(self.value(child, language, key) for child in value if not self._is_gone(child, key))
            case dict():
                return {name: self.value(child, language, key) for name, child in value.items()}
            case str() if language is not None:
                return Words.of(value, self.library.locales[language])
        return value

    def _beside(self, key: Key, name: FileName) -> Picture | TableView | FileView:
        match name:
            case ImageName():
                return Picture.of(name, self.page(key))
            case TableName():
                return self.page(key).table(name)
        return self.file(key, name)

    def file(self, key: Key, name: str) -> FileView:
        """A file beside a page, for readers of this language.

        Raises:
            LookupError: there is no file of that name beside the page.
        """
        found = resolve_file(self.library, key, self.locale.path, name)
        if found is None:
            raise LookupError(f"there is no file '{name}' beside {key}")
        url = url_of_file(self.library.config.base_path, self.library.file_target(*found))
        return FileView(found[1], url, self.library.size(*found))

    def link(self, key: Key, target: str) -> LinkView:
        """Where a link of a page leads readers of this language."""
        if is_external(target):
            return LinkView(target)
        path = target.partition("#")[0]
        if is_file(path) and not self._is_gone(FileName(path), key):
            file = self.file(key, path)
            return LinkView(file.url + Target.of(target).rest, file)  # `form.pdf#page=2`
        return LinkView(resolve(self.library, key, self.locale.path, target) or target)

    def select(
        self,
        kind: str,
        facts: Mapping[str, Any],
        sort: str | None = None,
        limit: int | None = None,
        *,
        but: Key | None = None,
    ) -> Pages:
        """The pages of a kind that have some facts, in the order of the kind's lists.

        Args:
            facts: name → value that a page has, alone or in a list.
            sort: field by which they are listed, `-` before it for the last first.
            but: a page that is left out.
        """
        keys = choose(self.library, self.locale.path, kind, facts, sort, but)
        return Pages(self, tuple(islice(keys, limit)))

    def setting(self, texts: Mapping[str, str], locale: Locale) -> Words | None:
        """A setting's text in a language, or in the first of its chain that has one, or else in any that is not held back."""
        texts = {path: text for path, text in texts.items() if path not in self.library.config.held}
        if locale.base in texts and locale.path not in texts:
            return Words.of(locale.written(texts[locale.base]), locale)
        for path in (locale.path, *locale.chain, self.library.config.source_language, *texts):
            if path in texts:
                return Words.of(texts[path], self.library.locales.get(path, locale))
        return None

    def _is_gone(self, value: Any, key: Key | None) -> bool:
        """Whether a value names a page or file that there is not, where site.yaml lets that pass with a warning."""
        if isinstance(value, FileName) and key is not None:
            return resolve_file(self.library, key, self.locale.path, value) is None
        return isinstance(value, Reference) and value.key not in self.library.pages
