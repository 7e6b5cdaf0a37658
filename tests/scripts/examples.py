"""The examples of the reference: what expressions of templates print in the site of docs/example, by the engine itself."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jinja2
import yaml

from sitegen.build.options import Options
from sitegen.build.pipeline import with_site
from sitegen.model.page import Key
from sitegen.render.page_views import PageView
from sitegen.render.renderer import Renderer

DOCS = Path(__file__).parents[2] / "docs"
#: The day on which the example site is built.
DAY = dt.date(2026, 3, 1)
#: The page whose readers see the examples, unless they say another.
PAGE = "/courses/weaving/"


class Print(Protocol):
    """Prints an example, in its own language or another."""

    def __call__(self, example: Example, language: str = "") -> str: ...


@dataclass(frozen=True)
class Example:
    """An expression of a template, and what it prints.

    Attributes:
        at: where, as `fr:/courses/|status/open`: language, page, and what a list is narrowed to.
    """

    write: str
    prints: str
    at: str = PAGE
    prints_fa: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Language, content path and part."""
        language, colon, rest = self.at.partition(":")
        path, _, part = (rest if colon else self.at).partition("|")
        return language if colon else "en", path, part


def read_examples() -> dict[str, dict[str, Example]]:
    """Section of the reference → name → its example."""
    rows: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.load(
        (DOCS / "examples.yaml").read_bytes(), yaml.CSafeLoader
    )
    return {
        section: {
            name: Example(**{key.replace("-", "_"): text for key, text in row.items()}) for name, row in own.items()
        }
        for section, own in rows.items()
    }


@contextmanager
def printing() -> Iterator[Print]:
    """What prints an example, with the example site read once; a mistake in one raises what Jinja raises."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "site"
        shutil.copytree(DOCS / "example", root)
        options = Options(root=root, output=root / "public", as_of=DAY, jobs=1)
        yield with_site(options, lambda inputs, site: _printer(site.renderer))


def _printer(renderer: Renderer) -> Print:
    def print_in(example: Example, language: str = "") -> str:
        own, path, part = example.place
        language = language or own
        template = renderer.environments[language].from_string(example.write)
        context: dict[str, Any] = {"page": PageView(renderer.scopes[language], Key(path), 1, part)}
        return str(template.render(context)).strip()

    return print_in


def global_names() -> set[str]:
    """What every template sees besides filters: the globals that are not Jinja's own, and `page`."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DOCS / "example", Path(folder) / "site")
        options = Options(root=Path(folder) / "site", output=Path(folder) / "public", as_of=DAY, jobs=1)
        names = with_site(options, lambda inputs, site: set(site.renderer.environments["en"].globals))
    return (names - set(jinja2.Environment().globals)) | {"page"}
