"""The renderer, which makes outputs from the library with a template environment per language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.media.card_design import Card
from sitegen.problems.problem import refusal
from sitegen.render.dependency_recording import TracedLibrary
from sitegen.render.language_scope import Scope
from sitegen.render.template_problems import FOLDER
from sitegen.render.templates import Environment, render_template
from sitegen.source.theme_layers import Layers
from sitegen.storage.cache import Cache


class Renderer(Struct, frozen=True):
    """Makes outputs from the library, with a template environment per language."""

    root: Path
    layers: Layers
    library: TracedLibrary
    scopes: Mapping[str, Scope]
    environments: Mapping[str, Environment]

    card: Card | None
    cache: Cache

    def forget(self) -> None:
        """Clear the caches filled for the files so far."""
        for scope in self.scopes.values():
            scope.forget()
        self.library.forget()

    def template(self, language: str, name: str, **context: object) -> bytes:
        """Render a template in a language, in UTF-8; raises SiteError if it fails, or its text is none."""
        text = render_template(self.environments[language], name, **context)
        try:
            return text.encode()
        except UnicodeEncodeError as error:
            code = f"U+{ord(text[error.start]):04X}"
            message = f"it writes {code}, half of a character, which no page can hold"
            raise refusal(f"{FOLDER}/{name}", "template-error", message) from error

    def has_template(self, name: str) -> bool:
        """Whether the site or its theme has an optional template."""
        return self.layers.find(f"templates/{name}") is not None
