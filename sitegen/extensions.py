"""The site's extensions: `extensions.py` beside content/.

The file is a program that the site's owner trusts, like templates. Its function `extend(registry)` adds entries to the
tables that hold the engine's own entries; it can call an installed package to add more. (Entry points were measured:
looking for them takes every command longer than reading a small site.)

    def extend(registry):
        registry.host("apache", Host(write=htaccess))
        sitegen_orcid.extend(registry)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct, field

from sitegen.build import engine_digest
from sitegen.checks.registry import CHECKS, Check
from sitegen.hosting.hosts import HOSTS, Host
from sitegen.importers.registry import IMPORTERS, Importer
from sitegen.model.fields import TYPES, FieldType
from sitegen.problems.crash import extension_problem
from sitegen.problems.problem import SiteError
from sitegen.render.filters import FILTERS
from sitegen.render.jobs import Output
from sitegen.render.output_formats import OUTPUTS
from sitegen.source.files import read_text

FILE = "extensions.py"


class Registry(Struct):
    """The tables that an extension may add to; a name can't be registered twice.

    Raises:
        ValueError: by every method with a name that the engine or another extension has already registered.
    """

    added: list[Callable[[], object]] = field(default_factory=list)

    def field_type(self, name: str, type: FieldType) -> None:  # noqa: A002 - what kinds.yaml calls it
        """Add a field type for kinds.yaml: `{type: orcid}`."""
        self._add(TYPES, name, type)

    def filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a filter for templates, `{{ value|initials }}`; it is called with the reader's `Locale` and the value."""
        self._add(FILTERS, name, function)

    def check(self, check: Check) -> None:
        """Add a check of each page: a generator of problems, called with the site's folder, the library and a page."""
        CHECKS.append(check)
        self.added.append(lambda: CHECKS.remove(check))

    def output(self, name: str, output: Output) -> None:
        """Add a kind of output, made from what templates see, and made again when the data it read has changed."""
        self._add(OUTPUTS, name, output)

    def host(self, name: str, host: Host) -> None:
        """Add a server's configuration, as `hosts NAME` prints it, or as a file of the site."""
        self._add(HOSTS, name, host)

    def importer(self, name: str, importer: Importer) -> None:
        """What `import --from NAME` reads; its extensions.py is in the folder of the new site, which has no content yet."""
        self._add(IMPORTERS, name, importer)

    def _add(self, table: MutableMapping[str, Any], name: str, entry: Any) -> None:
        if name in table:
            raise ValueError(f"the name '{name}' is taken")
        table[name] = entry
        self.added.append(lambda: table.pop(name))


@contextmanager
def extended(root: Path) -> Iterator[None]:
    """Run with the site's extensions loaded, and restore the tables afterwards.

    Raises:
        SiteError: an extension can't be loaded, or raises what it should not while it is used.
    """
    registry = Registry()
    digests = len(engine_digest.EXTENSIONS)
    try:
        if os.path.lexists(root / FILE):
            text = read_text(root, FILE)
            with _told(root / FILE, is_loading=True):
                _load(root / FILE, text).extend(registry)
            engine_digest.EXTENSIONS.append(hashlib.sha256(text.encode()).hexdigest())
        with _told(root / FILE):
            yield
    finally:
        del engine_digest.EXTENSIONS[digests:]
        for undo in reversed(registry.added):
            undo()


def _load(path: Path, text: str) -> ModuleType:
    module = ModuleType("site_extensions")
    module.__file__ = str(path)
    exec(compile(text, str(path), "exec"), module.__dict__)  # noqa: S102 - the site's own program, trusted as templates are
    return module


@contextmanager
def _told(path: Path, *, is_loading: bool = False) -> Iterator[None]:
    """Report an error in an extension as one problem, at its line."""
    try:
        yield
    except SiteError:
        raise
    except Exception as error:
        problem = extension_problem(path, error)
        if problem.line is None and not is_loading:
            raise
        raise SiteError([problem]) from error
