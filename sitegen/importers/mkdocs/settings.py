"""The settings of an MkDocs site, with the lines of their keys."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from sitegen.importers.mkdocs.yaml_values import key_lines, load, reason_of
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.files import read_text
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: What is before an entry of the navigation.
_LABEL = re.compile(r"^(?:[ \t]*+-[ \t])+(?:.*:[ \t]+)?")


class Settings(Struct, frozen=True, kw_only=True, dict=True):
    """The file of the settings.

    Attributes:
        path: its path, relative to the folder of the site.
        values: its values by name; nothing is known of their types.
    """

    path: str
    text: str
    values: Mapping[str, Any]

    def line_of_key(self, name: str) -> int:
        """Return the line of a key; 1 if it is written in a way that hides it."""
        return self._key_lines.get(name, 1)

    def line_of_entry(self, entry: str) -> int:
        """Return the line of an entry of the navigation: a page, an address, or a name with its colon."""
        return self._entry_lines.get(entry, 1)

    def loss(self, message: str, hint: str = "", line: int | None = None) -> Problem:
        """Return a problem for what can't be imported of them."""
        return problem_at(self.path, "not-imported", message, Mark(line, 1) if line else None, hint)

    def text_of(self, name: str) -> str:
        """Return a setting as text; "" if it is missing or empty."""
        return str(self.values.get(name) or "")

    @property
    def title(self) -> str:
        """The name of the site."""
        return self.text_of("site_name") or "Site"

    @property
    def theme(self) -> Mapping[str, Any]:
        """The options of the theme."""
        theme = self.values.get("theme")
        return theme if isinstance(theme, dict) else {}

    def options(self, name: str) -> dict[str, Any]:
        """Return name → options of a setting that lists plugins or extensions."""
        entries = self.values.get(name)
        found: dict[str, Any] = {}
        for entry in [entries] if isinstance(entries, dict) else entries if isinstance(entries, list) else ():
            own = entry if isinstance(entry, dict) else {entry: None}
            found |= {str(key): value for key, value in own.items()}
        return found

    @cached_property
    def i18n(self) -> Mapping[str, Any]:
        """The options of the plugin for languages."""
        plugin = self.options("plugins").get("i18n")
        return plugin if isinstance(plugin, dict) else {}

    @cached_property
    def languages(self) -> list[dict[str, Any]]:
        """The languages of the plugin, each with its settings; none in the plugin's old syntax."""
        listed = self.i18n.get("languages")
        return [own for own in listed if isinstance(own, dict)] if isinstance(listed, list) else []

    @cached_property
    def _key_lines(self) -> dict[str, int]:
        return key_lines(self.text)

    @cached_property
    def _entry_lines(self) -> dict[str, int]:
        lines = enumerate(self.text.split("\n"), 1)
        return {_LABEL.sub("", line).strip(" \t\"'"): number for number, line in lines}


def read_settings(folder: Path) -> Settings:
    """Read mkdocs.yml; raises SiteError if it is missing or is not YAML with settings."""
    path = next((name for name in ("mkdocs.yml", "mkdocs.yaml") if (folder / name).is_file()), "mkdocs.yml")
    text = read_text(folder, path)
    try:
        values = within_limits(path, partial(load, text))
    except yaml.YAMLError as error:
        reason, mark = reason_of(error)
        raise SiteError([problem_at(path, "yaml-syntax", f"unreadable YAML: {reason}", mark)]) from error
    if not isinstance(values, dict):
        hint = "write them as `site_name: …`, each on a line of its own"
        raise refusal(path, "yaml-syntax", "there are no settings in it", hint)
    return Settings(path=path, text=text, values=values)


def docs_folder(settings: Settings) -> str:
    """Return the folder of the texts; raises SiteError if it is not below that of the settings."""
    docs = posixpath.normpath(settings.text_of("docs_dir") or "docs")
    if docs == "." or docs.startswith(("/", "..")):
        message = f"docs_dir: '{docs}' {'is the folder of this file' if docs == '.' else 'is outside the site'}"
        mark = Mark(settings.line_of_key("docs_dir"), 1)
        raise SiteError([problem_at(settings.path, "symlink", message, mark, "name a folder beside this file")])
    return docs
