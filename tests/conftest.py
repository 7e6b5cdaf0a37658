"""Whole tiny sites, made in a temporary folder and built by the real engine."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browsing import served, started
from hypothesis import settings
from published import Published, build_center

from sitegen.build.options import Options
from sitegen.build.pipeline import Report, build
from sitegen.importers.importer import import_site
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.time_budgets import begin_budgets

gc.disable()  # until the tests are collected: of their 10,000 objects each is needed, and a fifth of the time would go into looking

#: No test asserts a time. The suite has the same examples at each run, so that no proposal fails of what it has not
#: changed; the nights look for new ones, and what they find becomes an `@example`.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("suite")

REPOSITORY = Path(__file__).parent.parent
SITE = """\
title: {en: Site, fr: Site}
base_url: https://example.org/
source_language: en
languages:
  - {tag: en}
  - {tag: fr}
"""
INPUTS = ("content", "templates", "translations")
KINDS = "page:\n  template: page.html\n"
PAGE = "<h1>{{ page.title|words }}</h1>{{ page.content }}"
HOME = "---\ntitle: Home\n---\n"
#: The begin of a catalog.
FRENCH = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let a run, and what it starts, share the compiled templates: compiling takes longer than all else in a tiny site.

    The thousands of sites are made in memory, which saves a tenth of the processor and all waiting for a disk.
    """
    sys.dont_write_bytecode = False  # neither compiled modules nor templates would be kept
    if not hasattr(config, "workerinput"):
        if has_room(MEMORY):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
        folder = tempfile.mkdtemp(prefix="sitegen-tests-")
        config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))
        os.environ["XDG_CACHE_HOME"] = folder
        if any((REPOSITORY / "tests/__pycache__").glob("test_*.pyc")):
            (Path(folder) / "collected").touch()
        os.environ["GIT_CONFIG_COUNT"] = str(len(GIT))
        for number, (name, value) in enumerate(GIT.items()):
            os.environ |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        if config.getoption("numprocesses", None):
            config.pluginmanager.register(Busy())


def pytest_addoption(parser: pytest.Parser) -> None:
    told = f"without slow tests, and of each other at most {SOME} cases, spread over all of them; continuous integration runs all"
    parser.addoption("--quick", action="store_true", help=told)


SOME = 2
MEMORY = Path("/dev/shm")
#: Nothing is tidied up after a commit, perhaps while a test removes its folder; nobody is asked to sign one.
GIT = {"gc.auto": "0", "maintenance.auto": "false", "commit.gpgSign": "false", "core.fsync": "none"}


def has_room(folder: Path) -> bool:
    """Whether a run can be made there: it takes up to half a gigabyte, and starts programs that it has put there."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize > 2 << 30 and not disk.f_flag & os.ST_NOEXEC


@dataclass(frozen=True)
class TinySite:
    """A site in a folder of its own."""

    root: Path

    @property
    def public(self) -> Path:
        return self.root / "public"

    def write(self, path: str, text: str | bytes) -> None:
        """Write or replace an input."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text if isinstance(text, bytes) else text.encode())

    def report(self, **options: Any) -> Report:
        """Build it."""
        return build(Options(root=self.root, output=self.public, **options))

    def build(self, **options: Any) -> dict[str, str]:
        """Build it and return the result: path → text."""
        self.report(**options)
        return self.pages()

    def pages(self) -> dict[str, str]:
        """The built site: path → text, without pictures and the like."""
        return {path: data.decode() for path, data in self.files().items() if path.endswith((".html", ".xml", ".txt"))}

    def files(self) -> dict[str, bytes]:
        """The built site: path → bytes."""
        found = (path for path in sorted(self.public.rglob("*")) if path.is_file())
        return {path.relative_to(self.public).as_posix(): path.read_bytes() for path in found}

    def inputs(self) -> dict[str, bytes]:
        """The inputs that people write: path → bytes."""
        found = (path for name in INPUTS for path in sorted((self.root / name).rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}

    def problems(self, **options: Any) -> tuple[Problem, ...]:
        """Build it, which must fail; return the errors and warnings."""
        with pytest.raises(SiteError) as caught:
            self.report(**options)
        return caught.value.problems

    def told(self, **options: Any) -> str:
        """Build it, which must fail; return what an editor reads on the terminal."""
        return "\n".join(str(problem) for problem in self.problems(**options))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two processes a processor and one more: each waits for a browser, a server or a process of its own half of the time.

    The quick tests wait less, and each process looks for all tests.
    """
    return (1 if config.getoption("--quick") else 2) * (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """In a new clone let one process collect first: what it compiles and finds out about the modules, the others read.

    All at once would do this work once each, and it takes as long as all else in collecting.
    """
    known = Path(os.environ["XDG_CACHE_HOME"]) / "collected"
    with ExitStack() as first:
        if hasattr(session.config, "workerinput") and not known.exists():
            fcntl.flock(first.enter_context(known.with_suffix(".lock").open("w")), fcntl.LOCK_EX)
            if known.exists():
                first.close()
            yield
            known.touch()
        else:
            yield


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


#: Whose tests take seconds, most first; those of reading take as long as all others in a browser.
LONG = ("browser/test_reading.py", "whole/", "browser/", "importers/", "build/", "publish/", "preview/")


def quick(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that are not slow, with some of the cases of each."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("slow") is None:
            cases[item.nodeid.partition("[")[0]].append(item)
    kept = {own[place * len(own) // SOME] for own in cases.values() for place in range(SOME)}
    return [item for item in items if item in kept]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each process of a run its share of the long tests first, so that none waits for one at the end.

    pytest-xdist hands out the list in as many pieces as there are processes; who is done early takes from another's end.
    """
    if config.getoption("--quick"):
        items[:] = quick(items)
    of_folder: dict[str, list[pytest.Item]] = {name: [] for name in (*LONG, "")}
    for item in items:
        place = item.nodeid.removeprefix("tests/")
        of_folder[next((name for name in LONG if place.startswith(name)), "")].append(item)
    short, processes = of_folder.pop(""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ordered: list[pytest.Item] = []
    for number in range(processes):
        long = [item for name in LONG[number::processes] for item in of_folder[name]]
        room = max(0, (len(items) - len(ordered)) // (processes - number) - len(long))
        ordered += [*long, *short[:room]]
        del short[:room]
    items[:] = ordered


class Busy:
    """How long each process of a run was busy: one that ends long before the others waits for them."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.seconds: Counter[str] = Counter()
        self.tests: dict[str, set[str]] = defaultdict(set)
        self.end: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = report.node.gateway.id
        self.seconds[name] += report.duration
        self.tests[name].add(report.nodeid)
        self.end[name] = time.monotonic() - self.start

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for name, end in sorted(self.end.items()):
            line = f"{name}: {len(self.tests[name]):,} tests, busy for {self.seconds[name]:.0f} s, the last ended at {end:.0f} s"
            terminalreporter.write_line(line)


MakeSite = Callable[..., TinySite]


@pytest.fixture(autouse=True)
def _own_account() -> None:
    """Give the files of each test their whole time, which other tests' files of the same names have used."""
    begin_budgets()


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Make a site of the given files, and of the minimum that a site needs besides."""

    def make(files: Mapping[str, str | bytes] | None = None, *, site: str = SITE, kinds: str = KINDS) -> TinySite:
        made = TinySite(tmp_path / "site")
        least = {
            "content/site.yaml": site,
            "content/kinds.yaml": kinds,
            "content/index.en.md": HOME,
            "templates/page.html": PAGE,
        }
        for path, text in {**least, **(files or {})}.items():
            made.write(path, text)
        return made

    return make


@dataclass(frozen=True)
class Moved(TinySite):
    """A site imported from Hugo, and what the import reported."""

    told_then: str

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


MoveHugo = Callable[..., Moved]
HUGO = "baseURL = 'https://old.example/'\ntitle = 'Old'\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\ntitle = 'Vieux'\n"


@pytest.fixture
def move_hugo(tmp_path: Path) -> MoveHugo:
    """Import a Hugo site with these files and its settings."""

    def move(files: Mapping[str, str | bytes], *, settings: str = "") -> Moved:
        return moved_from_hugo(tmp_path, {"hugo.toml": settings + HUGO, **files})

    return move


def moved_from_hugo(folder: Path, files: Mapping[str, str | bytes]) -> Moved:
    """A site of Hugo, and its import, in a folder."""
    old = TinySite(folder / "old")
    for path, content in files.items():
        old.write(path, content)
    done = import_site(old.root, folder / "new")
    told = "\n".join(str(problem).replace(f"{old.root}/", "") for problem in done.problems)
    return Moved(folder / "new", told)


@pytest.fixture(scope="session")
def center(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The Center's site as it is published, or as PUBLISHED names it; built once for all processes of a run."""
    if "PUBLISHED" in os.environ:
        return Published(REPOSITORY / os.environ["PUBLISHED"])
    return Published(made_once(tmp_path_factory, "center", build_center))


@pytest.fixture(scope="session")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as it is published, with its reference; built once for all processes of a run."""

    def make(root: Path) -> None:
        copy_docs(root)
        build(Options(root=root, output=root / "public"))

    return made_once(tmp_path_factory, "docs", make) / "public"


def copy_docs(root: Path) -> None:
    """The sources of the documentation, with its reference."""
    from reference import FOLDER, write  # which imports every command

    for part in ("content", "templates"):
        ignored = shutil.ignore_patterns("reference")
        shutil.copytree(REPOSITORY / "docs" / part, root / part, ignore=ignored)
    write(root / FOLDER.relative_to(REPOSITORY / "docs"))


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made by the first process of a run that asks for it."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / name).exists():
            make(run / f"{name}-being-made")
            (run / f"{name}-being-made").rename(run / name)
    return run / name


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One for all tests, since Playwright runs once in a thread."""
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(center: Published) -> Iterator[str]:
    """The address where the Center's site is served."""
    with served(center.folder) as url:
        yield url
