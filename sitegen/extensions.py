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
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import asdict, replace

from sitegen.build import engine_digest
from sitegen.checks.registry import CHECKS, Check
from sitegen.hosting.hosts import HOSTS, Host
from sitegen.importers.draft import Draft
from sitegen.importers.registry import IMPORTERS, Importer
from sitegen.model.fields import TYPES, FieldType, flat
from sitegen.problems.crash import extension_problem
from sitegen.problems.problem import Problem, SiteError
from sitegen.render.filters import FAILURES, FILTERS
from sitegen.render.jobs import Job, Output
from sitegen.render.output_formats import OUTPUTS
from sitegen.source.extension_calls import LINES, expect, guarded, line_now, told
from sitegen.source.files import read_text
from sitegen.source.paths import fault_of

FILE = "extensions.py"


class Registry(Struct):
    """The tables that an extension may add to; a name can't be registered twice.

    Attributes:
        path: the extensions.py.

    Raises:
        ValueError: by every method with a name that the engine or another extension has already registered.
        TypeError: by every method with a name, an entry or a function of it that is something else.
    """

    path: Path = Path(FILE)
    added: list[Callable[[], object]] = field(default_factory=list)

    def field_type(self, name: str, type: FieldType) -> None:  # noqa: A002 - what kinds.yaml calls it
        """Add a field type for kinds.yaml: `{type: orcid}`."""
        self._record(TYPES, name, type, FieldType)

    def filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a filter for templates, `{{ value|initials }}`; it is called with the reader's `Locale` and the value."""
        self._add(FILTERS, name, guarded(function, _value, self.path, through=FAILURES))

    def check(self, check: Check) -> None:
        """Add a check of each page: a generator of problems, called with the site's folder, the library and a page."""
        own = guarded(check, _problems, self.path)
        CHECKS.append(own)
        self.added.append(lambda: CHECKS.remove(own))

    def output(self, name: str, output: Output) -> None:
        """Add a kind of output, made from what templates see, and made again when the data it read has changed."""
        self._record(OUTPUTS, name, output, Output)

    def host(self, name: str, host: Host) -> None:
        """Add a server's configuration, as `hosts NAME` prints it, or as a file of the site."""
        self._record(HOSTS, name, host, Host)
        if host.file != "":
            _path(host.file)

    def importer(self, name: str, importer: Importer) -> None:
        """What `import --from NAME` reads; its extensions.py is in the folder of the new site, which has no content yet."""
        self._record(IMPORTERS, name, importer, Importer)

    def _record(self, table: MutableMapping[str, Any], name: str, entry: Any, record: type[Struct]) -> None:
        self._check_name(table, name)
        expect(isinstance(entry, record), f"a record {record.__name__}", entry)
        own = {key: guarded(getattr(entry, key), read, self.path) for key, read in _RESULTS[record].items()}
        self._add(table, name, replace(entry, **own))
        kind = record.__name__.lower()
        LINES[kind, name] = line_now(self.path) or 1
        self.added.append(lambda: LINES.pop((kind, name)))

    def _add(self, table: MutableMapping[str, Any], name: str, entry: Any) -> None:
        self._check_name(table, name)
        table[name] = entry
        self.added.append(lambda: table.pop(name))

    def _check_name(self, table: MutableMapping[str, Any], name: str) -> None:
        expect(isinstance(name, str) and name.isprintable() and name.strip(), "a name", name)
        if name in table:
            raise ValueError(f"the name '{name}' is taken")


@contextmanager
def extended(root: Path) -> Iterator[None]:
    """Run with the site's extensions loaded, and restore the tables afterwards.

    Raises:
        SiteError: an extension can't be loaded, or raises what it should not while it is used.
    """
    registry = Registry(root / FILE)
    digests = len(engine_digest.EXTENSIONS)
    try:
        with _told_if_own(root / FILE):
            if os.path.lexists(root / FILE):
                _extend(registry, read_text(root, FILE))
            yield
    finally:
        del engine_digest.EXTENSIONS[digests:]
        for undo in reversed(registry.added):
            undo()


def _extend(registry: Registry, text: str) -> None:
    depth = sys.getrecursionlimit()
    with told(registry.path):
        guarded(_load(registry.path, text).extend, bool, registry.path)(registry)
    sys.setrecursionlimit(max(depth, sys.getrecursionlimit()))  # the engine needs what it has
    engine_digest.EXTENSIONS.append(hashlib.sha256(text.encode()).hexdigest())


def _load(path: Path, text: str) -> ModuleType:
    module = ModuleType("site_extensions")
    module.__file__ = str(path)
    exec(compile(text, str(path), "exec"), module.__dict__)  # noqa: S102 - the site's own program, trusted as templates are
    return module


@contextmanager
def _told_if_own(path: Path) -> Iterator[None]:
    """Report an error of what an extension has made, such as an object that it gave to a template, at its line."""
    try:
        yield
    except SiteError:
        raise
    except Exception as error:
        problem = extension_problem(path, error)
        if problem.line is None:
            raise
        raise SiteError([problem]) from error


def _value(given: Any) -> Any:
    """A value of a field or a filter, in which text can be written."""
    for part in flat(given):
        if isinstance(part, str):
            part.encode()
    return given


def _text(given: Any) -> str:
    expect(isinstance(given, str), "text", given)
    return str(_value(given))


def _content(given: Any) -> bytes:
    expect(isinstance(given, bytes | bytearray | memoryview), "bytes", given)
    return bytes(given)


def _data(given: Any) -> dict[str, Any]:
    expect(isinstance(given, dict), "a dictionary", given)
    _text(json.dumps(given, ensure_ascii=False))
    return dict(given)


def _path(given: Any) -> str:
    """A path below the published folder."""
    if fault := fault_of(_text(given)):
        raise ValueError(f"the path {given!r} can't be written: {fault}")
    return str(given)


def _jobs(given: Any) -> list[Job]:
    jobs = list(given)
    for job in jobs:
        expect(isinstance(job, Job), "a Job", job)
        msgspec.convert(tuple(job), Job)
        _path(job.path)
    return jobs


def _problems(given: Any) -> list[Problem]:
    problems = list(given)
    for problem in problems:
        expect(isinstance(problem, Problem), "a Problem", problem)
        msgspec.convert(asdict(problem), Problem)
        places = (problem.line, problem.column, problem.width)
        expect(all(place is None or 0 < place < _LAST for place in places), "a place in a file", str(places))
        expect(re.fullmatch(r"[A-Za-z0-9_-]+", problem.code), "a code of letters, digits and hyphens", problem.code)
        expect(".." not in PurePath(problem.path).parts, "a path within the site", problem.path)
    return problems


def _draft(given: Any) -> Draft:
    expect(isinstance(given, Draft), "a Draft", given)
    _problems(given.problems)
    texts, files = dict(given.texts), dict(given.files)
    msgspec.convert({**asdict(given), "problems": (), "texts": texts, "files": files}, Draft)
    for written in (*texts.items(), *files.items()):
        _value(written)
    return given  # type: ignore[no-any-return]


#: A line or column is below this.
_LAST = 10**9
#: Record of a table → its functions, and what reads their results.
_RESULTS: dict[type[Struct], dict[str, Callable[[Any], Any]]] = {
    FieldType: {"read": _value, "schema": _data, "form": _data},
    Output: {"files": _jobs, "make": _content},
    Host: {"write": _text},
    Importer: {"recognises": bool, "read": _draft},
}
