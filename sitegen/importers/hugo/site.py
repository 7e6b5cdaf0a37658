"""A site of Hugo as its own files describe it: its settings, its languages, its pages, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sitegen.model.values import Key
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node


class Setting(Struct, frozen=True):
    """A value of the settings, and the file that it stands in."""

    path: str
    node: Node


class HugoLanguage(Struct, frozen=True, kw_only=True):
    """A language of the site.

    Attributes:
        path: its key in the settings.
        prefix: what its addresses begin with: `/fr/`, or `/` for one without.
        folders: where its content lies, and the path below the root of the content that each folder is seen at.
    """

    path: str
    tag: str
    title: str
    prefix: str
    folders: tuple[tuple[str, str], ...]


class HugoPage(Struct, frozen=True, kw_only=True):
    """A page in one language.

    Attributes:
        path: of its file, relative to the folder of the site.
        key: where it lies below its language's content, as `/posts/one/`.
        folder: from where its links are seen, as a key: its own one for a bundle, else that in which its file lies.
        is_section: whether pages may lie below it.
        front: its fields, `params` among them, by their names in small letters.
        names: field → its name as it is written.
        first_line: of the body, 1-based.
        url: its address below the site's own, as `/fr/posts/one/`.
    """

    path: str
    language: str
    key: Key
    folder: Key
    is_section: bool
    front: Mapping[str, Node]
    names: Mapping[str, str]
    body: str
    first_line: int
    url: str = ""

    def text(self, name: str) -> str:
        """A field as text; "" where it has none."""
        node = self.front.get(name)
        return node.text if node is not None and node.value is not None else ""

    @property
    def section(self) -> str:
        """The first folder that it lies in; "" at the top."""
        parts = [part for part in self.key.split("/") if part]
        return parts[0] if parts and (self.is_section or len(parts) > 1) else ""

    def mark_at(self, offset: int) -> Mark:
        """Where a character of its body stands in its file."""
        before = self.body[:offset]
        return Mark(self.first_line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1)

    def problem(self, code: str, message: str, mark: Mark | None = None, hint: str = "") -> Problem:
        """A problem of its file."""
        return problem_at(self.path, code, message, mark, hint)


class HugoSite(Struct, frozen=True, kw_only=True):
    """Everything that was read.

    Attributes:
        languages: path → language, in the order of their weights.
        default: path of the language of files that name none.
        files: (language, key of the folder, name) → path, of what lies beside pages.
        shared: address → path, of static/ and assets/.
        texts: (language, key) → text, of all pages, those without an address among them.
    """

    languages: Mapping[str, HugoLanguage]
    default: str
    base_url: str
    settings: Mapping[str, Setting]
    pages: tuple[HugoPage, ...]
    files: Mapping[tuple[str, Key, str], str]
    shared: Mapping[str, str]
    problems: tuple[Problem, ...]
    texts: Mapping[tuple[str, Key], str]

    def setting(self, *names: str) -> Any:
        """A plain value of the settings by its keys, from the outside in; None where there is none."""
        found = self.settings.get(names[0])
        node = found.node if found else None
        for name in names[1:]:
            node = node.value.get(name) if node is not None and isinstance(node.value, dict) else None
        return None if node is None or isinstance(node.value, (dict, tuple)) else node.value

    def setting_of(self, language: str, *names: str) -> Any:
        """A plain value of a language's own settings, else of the site's."""
        own = self.setting("languages", language, *names)
        return self.setting(*names) if own is None else own


class Family(Struct, frozen=True):
    """A page in all its languages.

    Attributes:
        key: where it lies here.
        source: path of the language whose version has the facts.
        versions: language → page, in the order of the languages.
    """

    key: Key
    source: str
    kind: str
    versions: Mapping[str, HugoPage]

    @property
    def head(self) -> HugoPage:
        """The version that has the facts."""
        return self.versions[self.source]
