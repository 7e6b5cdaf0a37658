"""A Hugo site as described by its files: its settings, languages and pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from sitegen.model.page import Key
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark, Places
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node


class Setting(Struct, frozen=True):
    """A value of the settings and its file."""

    path: str
    node: Node


class HugoLanguage(Struct, frozen=True, kw_only=True):
    """A language of the site."""

    path: str  #: its key in the settings
    tag: str
    title: str
    prefix: str  #: the prefix of its addresses, such as `/fr/`; `/` if it has none
    folders: tuple[tuple[str, str], ...]  #: its content folders, each with its virtual path below the content root


class HugoPage(Struct, frozen=True, kw_only=True, dict=True):
    """A page in one language."""

    path: str  #: the path of its file, relative to the folder of the site
    language: str
    key: Key  #: its path below its language's content, such as `/posts/one/`
    folder: Key  #: the key that its links are relative to: its own for a bundle, otherwise that of its file's folder
    is_section: bool  #: whether it can have child pages
    front: Mapping[str, Node]  #: its fields by lowercase name, including `params`
    names: Mapping[str, str]  #: field → its name as written
    body: str
    first_line: int  #: the first line of the body, 1-based
    url: str = ""  #: its address relative to the site's, such as `/fr/posts/one/`

    def text(self, name: str) -> str:
        """Return a field as text; "" if it is missing."""
        node = self.front.get(name)
        return node.text if node is not None and node.value is not None else ""

    @property
    def section(self) -> str:
        """The top-level folder of the page; "" if it is at the top level itself."""
        parts = [part for part in self.key.split("/") if part]
        return parts[0] if parts and (self.is_section or len(parts) > 1) else ""

    def mark_at(self, offset: int) -> Mark:
        """Return the position in its file of an offset into its body."""
        return self._places.mark(offset)

    @cached_property
    def _places(self) -> Places:
        return Places(self.body, self.first_line)

    def loss(self, message: str, mark: Mark | None = None, hint: str = "", code: str = "not-imported") -> Problem:
        """Return a problem for what can't be imported of this page."""
        return problem_at(self.path, code, message, mark, hint)


class HugoSite(Struct, frozen=True, kw_only=True, dict=True):
    """Everything read from the old site."""

    #: Path → language, ordered by weight.
    languages: Mapping[str, HugoLanguage] = field(default_factory=dict)
    settings: Mapping[str, Setting]
    pages: tuple[HugoPage, ...] = ()
    #: (language, key of the folder, name) → path, for files beside pages.
    files: Mapping[tuple[str, Key, str], str] = field(default_factory=dict)
    shared: Mapping[str, str]  #: address → path, for files in static/ and assets/
    static: Mapping[str, str] = field(default_factory=dict)  #: path below static/ → the file, wherever it was
    problems: tuple[Problem, ...] = ()
    #: (language, key) → text, for all pages, including those without an address.
    texts: Mapping[tuple[str, Key], str] = field(default_factory=dict)

    @cached_property
    def default(self) -> str:
        """The path of the language of files without a language: as it is set, or else English, or else the first one."""
        named = str(self.setting("defaultcontentlanguage") or "en").lower()
        return named if named in self.languages else next(iter(self.languages), named)

    @cached_property
    def order(self) -> dict[str, int]:
        """Language → its place among the languages."""
        return {path: number for number, path in enumerate(self.languages)}

    @cached_property
    def base_url(self) -> str:
        """Its address as it is set."""
        return str(self.setting("baseurl") or "")

    def setting(self, *names: str) -> Any:
        """Return a scalar value of the settings by its keys, outermost first; None if it is missing."""
        node = self.node(*names)
        return None if node is None or isinstance(node.value, (dict, tuple)) else node.value

    def node(self, *names: str) -> Node | None:
        """Return a node of the settings by its keys, outermost first; None if it is missing."""
        found = self.settings.get(names[0])
        node = found.node if found else None
        for name in names[1:]:
            node = node.entries.get(name) if node is not None else None
        return node

    def setting_of(self, language: str, *names: str) -> Any:
        """Return a scalar value of a language's own settings, or else of the site's."""
        own = self.setting("languages", language, *names)
        return self.setting(*names) if own is None else own


class Family(Struct, frozen=True):
    """A page in all its languages."""

    key: Key  #: its new key
    source: str  #: path of the language whose version has the facts
    kind: str
    versions: Mapping[str, HugoPage]  #: language → page, in the order of the languages

    @property
    def head(self) -> HugoPage:
        """The version that has the facts."""
        return self.versions[self.source]
