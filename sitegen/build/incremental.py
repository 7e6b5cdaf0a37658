"""What of the last build still stands: which files changed, which outputs they affect, and what the next build must know."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen.build.fingerprints import digest_aspects, digest_of
from sitegen.build.state import UNSETTLED, Memory, RememberedPages
from sitegen.content.reader import Listing
from sitegen.i18n.catalogs import MESSAGES, catalog_files
from sitegen.i18n.locale import Locale
from sitegen.library.library import Library, make_page
from sitegen.media.images import Pictures
from sitegen.media.static import Assets
from sitegen.model.settings import Config
from sitegen.model.values import Document, Key, Page
from sitegen.problems.problem import Problem, SiteError
from sitegen.render.jobs import Job
from sitegen.source.files import read_file, read_text
from sitegen.source.layers import LayerFile, Layers

#: More changed pages than this are a new state of the site, not an edit.
MOST_TEXTS = 50

SETTINGS = ("content/site.yaml", "content/kinds.yaml", "content/blocks.yaml", "content/tables.yaml")


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made.

    Attributes:
        aspects: what of the site its bytes depend on.
        looks: (size, time of change) as it was written.
        seconds: how long it took.
    """

    aspects: frozenset[str]
    looks: tuple[int, int]
    seconds: float


def frame_digests(layers: Layers, config: Config, assets: Assets, asked: tuple[Any, ...]) -> dict[str, str]:
    """Language path → digest of what all its pages share: settings, templates, messages, and names of assets."""
    root = layers.root
    files = [root / path for path in (*SETTINGS, MESSAGES)]
    templates = layers.files("templates").values()
    common = (
        asked,
        config.built,
        sorted(assets.paths.items()),
        [_file_digest(root, path) for path in files],
        [_layer_digest(file) for file in templates],
    )
    frames = {}
    for path, language in config.languages.items():
        chain = [config.languages[other] for other in (path, *language.fallback) if other in config.languages]
        catalogs = [_layer_digest(file) for other in chain for file in catalog_files(layers, other)]
        frames[path] = digest_of((common, catalogs))
    return frames


def _layer_digest(file: LayerFile) -> tuple[str, str]:
    return file.shown, hashlib.sha256(file.content()).hexdigest()


def _file_digest(root: Path, path: Path) -> tuple[str, str]:
    try:
        content = read_file(root, path.relative_to(root).as_posix())
    except OSError:
        content = b""
    return path.relative_to(root).as_posix(), hashlib.sha256(content).hexdigest()


class Recall:
    """The last build as this one finds it; where there was none, nothing stands.

    Attributes:
        settings: digest of site.yaml and kinds.yaml.
    """

    def __init__(
        self,
        root: Path,
        memory: Memory,
        listing: Listing,
        options: tuple[Config, Mapping[str, Locale], bool],
        touched: Collection[str] | None = None,
    ) -> None:
        self._root = root
        self._memory = memory
        self._listing = listing
        self._config, self._locales, self._with_drafts = options
        self._index = memory.index
        self._aspects: dict[str, str] | None = None
        self.settings = digest_of([_file_digest(root, root / path) for path in SETTINGS])
        self._is_readable = bool(self._index) and self._index["settings"] == self.settings
        found = touched if touched is not None else self._find_changed() if self._index else ()
        self._changed = frozenset(path for path in found if path.startswith("content/") and path not in SETTINGS)

    def _find_changed(self) -> Iterator[str]:
        """Paths in content/ that are new, gone, or perhaps not what they were."""
        before: dict[str, tuple[int, ...]] = self._index["signatures"]
        now = self._listing.signatures
        settled = self._index["saved"] - UNSETTLED
        yield from before.keys() - now.keys()
        for path, signature in now.items():
            if before.get(path) != signature or max(signature[0], signature[1]) >= settled:
                yield path

    # what was read

    @property
    def is_behind(self) -> bool:
        """Whether files have been touched since, if only to be as they were."""
        return bool(self._changed)

    def has_same_frame(self, frames: Mapping[str, str], as_of: dt.date) -> bool:
        """Whether everything but content/ is as it was, and nothing has become due or expired since."""
        if not self._is_readable or not self._index["is_whole"] or self._index["frames"] != dict(frames):
            return False
        since, until = self._index["due"]
        return bool(since <= as_of.isoformat() < until)

    def documents(self, key: Key) -> tuple[Document, ...] | None:
        """The documents of a page, if its files are what they were; None if they must be read anew."""
        if not self._is_readable or key not in self._index["pages"]:
            return None
        documents = self._memory.documents(key)
        files = self._listing.pages[key]
        if {document.language for document in documents} != set(files):
            return None
        return documents if all(self._stands(document) for document in documents) else None

    def _stands(self, document: Document) -> bool:
        if document.path not in self._changed:
            return True
        try:
            text = read_text(self._root, document.path)
        except SiteError:
            return False
        return hashlib.sha256(text.encode()).hexdigest() == document.digest

    def changed_texts(self) -> tuple[Key, ...] | None:
        """The pages of which a file may have another text; None where more than texts may have changed."""
        if len(self._changed) > MOST_TEXTS or self._index["signatures"].keys() != self._listing.signatures.keys():
            return None
        keys = tuple(dict.fromkeys(self._owner(path) for path in sorted(self._changed)))
        return None if any(key not in self._index["pages"] or key in self._index["held"] for key in keys) else keys

    def _owner(self, path: str) -> Key:
        """The page that a file is a version of; no page's key for other files."""
        key = Key(path.removeprefix("content").rpartition("/")[0] + "/")
        return key if path in self._listing.pages.get(key, {}).values() else Key("")

    def page(self, key: Key) -> Page:
        """A page as the last build had it."""
        documents = {document.language: document for document in self._memory.documents(key)}
        return make_page(key, documents, self._config, self._locales, self._with_drafts)

    def library(self, newer: Mapping[Key, Page]) -> Library:
        """The library of the last build with a few pages that are newer; the others are read when they are asked for."""
        index = self._index
        keys = [key for key in index["pages"] if key not in index["held"]]
        return Library(
            config=self._config,
            locales=self._locales,
            pages=RememberedPages(keys, self.page, newer),
            files={(Key(key), name): path for key, name, path in index["files"]},
            unread=frozenset(),
            held=index["held"],
            referrers=index["referrers"],
            due=index["due"],
            shelf=self._memory.shelf,
            pictures=Pictures.of(self._root, self._config),
            segments=index["segments"],
            below=index["below"],
            ordered=index["ordered"],
            moved=index["moved"],
        )

    def warnings_but_of(self, newer: Mapping[Key, Page]) -> list[Problem]:
        """The last build's warnings but those about files of these pages."""
        files = {version.path for page in newer.values() for version in page.versions.values()}
        told = (Problem(**dict(zip(Problem.__dataclass_fields__, row, strict=True))) for row in self._index["warnings"])
        return [problem for problem in told if problem.path not in files]

    # what was made

    def jobs(self) -> list[Job]:
        """Every job of the last build."""
        return [Job(path, *row[0]) for path, row in self._index["outputs"].items()]

    def showing_text_of(self, keys: Iterable[Key]) -> frozenset[str]:
        """Paths of the outputs that depend on the text of one of these pages."""
        keys = tuple(keys)
        names = frozenset("b" + key for key in keys) | {"s" + path for key in keys for path in self._languages_of(key)}
        return frozenset(path for path, row in self._index["outputs"].items() if not names.isdisjoint(row[1]))

    def _languages_of(self, key: Key) -> Iterator[str]:
        """The languages in which a page's text is another than it was, and those made of them."""
        changed = {document.language for document in self._memory.documents(key) if not self._stands(document)}
        return (path for path, own in self._config.languages.items() if path in changed or own.base in changed)

    def lost_outputs(self, output: Path, existing: Mapping[str, tuple[int, int]]) -> frozenset[str]:
        """Outputs of the last build that are not in the output folder as it left them."""
        if not self._index:
            return frozenset()
        outputs = self._index["outputs"]
        if self._index["output"] != str(output.resolve()):
            return frozenset(outputs)
        return frozenset(path for path, row in outputs.items() if existing.get(path) != row[2])

    def affected_jobs(self, library: Library, jobs: Iterable[Job], frames: Mapping[str, str]) -> frozenset[str]:
        """Paths of the jobs whose output may be another than the last build's."""
        if not self._index:
            return frozenset(job.path for job in jobs)
        outputs, before = self._index["outputs"], self._index["aspects"]
        self._aspects = digest_aspects(library, before, self._listing.signatures)
        changed = frozenset(name for name, digest in self._aspects.items() if before[name] != digest)
        same_frame = {path for path, digest in frames.items() if self._index["frames"].get(path) == digest}

        def stands(job: Job) -> bool:
            row = outputs.get(job.path)
            return row is not None and row[0] == job[1:] and job.language in same_frame and changed.isdisjoint(row[1])

        return frozenset(job.path for job in jobs if not stands(job))

    # what the next build must know

    def remember(
        self,
        output: Path,
        library: Library,
        jobs: Iterable[Job],
        made: Mapping[str, Made],
        inputs: tuple[Mapping[str, str], Mapping[Key, tuple[Document, ...]], tuple[Problem, ...]],
        workers: int,
    ) -> None:
        """Leave all this for the next build."""
        frames, fresh, warnings = inputs
        known = self._index.get("outputs", {})
        outputs = {job.path: _row(job, made.get(job.path), known.get(job.path)) for job in jobs}
        names = {name for row in outputs.values() for name in row[1]}
        before = self._index.get("aspects", {}) if self._aspects is None else self._aspects
        texts = {"b" + key for key in fresh} | {name for name in names if fresh and name[0] == "s"}
        aspects = {name: before[name] for name in names - texts if name in before}
        aspects.update(digest_aspects(library, names - aspects.keys(), self._listing.signatures))
        pages = (
            {
                key: self._index["pages"][key]
                for key in self._listing.pages
                if key not in fresh and key in self._index["pages"]
            }
            if self._is_readable
            else {}
        )
        pages.update(self._memory.shelve(fresh, workers))
        self._memory.save(
            {
                "settings": self.settings,
                "signatures": {path: tuple(signature) for path, signature in self._listing.signatures.items()},
                "frames": dict(frames),
                "due": library.due,
                "is_whole": pages.keys() == self._listing.pages.keys(),
                "pages": pages,
                "files": [(key, name, path) for (key, name), path in library.files.items()],
                "held": dict(library.held),
                "referrers": {key: dict(fields) for key, fields in library.referrers.items()},
                "segments": dict(library.segments),
                "below": dict(library.below),
                "ordered": dict(library.ordered),
                "moved": dict(library.moved),
                "output": str(output.resolve()),
                "outputs": outputs,
                "aspects": aspects,
                "warnings": [tuple(getattr(w, name) for name in Problem.__dataclass_fields__) for w in warnings],
            }
        )


def _row(job: Job, made: Made | None, before: Any) -> tuple[Any, ...]:
    """What is known of an output: its job, the aspects it depends on, and how the file looks in its folder."""
    if made is None:
        return (tuple(job[1:]), *before[1:])
    return (tuple(job[1:]), tuple(sys.intern(name) for name in sorted(made.aspects)), made.looks)
