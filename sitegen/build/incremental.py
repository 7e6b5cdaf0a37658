"""What is still valid from the last build: changed files, affected outputs, and what the next build needs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count, islice
from pathlib import Path

from msgspec import Struct

from sitegen.build.dependencies import SETTINGS, digest_aspects, digest_of, file_digest
from sitegen.build.last_build import UNSETTLED, Fingerprint, MadeBefore, Memory, Record, RememberedPages
from sitegen.content.content_files import Listing
from sitegen.content.section_digests import digest_exactly
from sitegen.i18n.locale import Locale
from sitegen.library.held_pages import without_held
from sitegen.library.library import Library
from sitegen.library.states_and_fallbacks import make_page
from sitegen.media.images import Pictures
from sitegen.model.page import Document, Key, Page
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.render.dependency_recording import ALL, Aspect, Kind
from sitegen.render.jobs import Job
from sitegen.source.files import read_text

#: More changed pages than this are treated as a new state of the site, not as an edit.
MOST_TEXTS = 50
#: The names of an aspect: as an `Aspect`, and as the beginning of its `Fingerprint`.
_Named = tuple[Kind, Key, str]
#: Codes of warnings about a page that depend on templates or on other pages, though not on the page's words.
_OF_SITE = ("address", "alias-clash", "heading", "url-clash")


class Made(Struct, frozen=True):
    """A file that was made."""

    aspects: tuple[Aspect, ...]  #: the parts of the site that its bytes depend on
    looks: tuple[int, int]  #: (size, modification time) when it was written
    seconds: float  #: how long it took to make


class Recall:
    """The last build, compared with the current files; without a last build, nothing is up to date.

    Attributes:
        settings: digest of the settings files.
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
        self._record = memory.record
        self._digests: dict[Aspect, str] = {}
        self.settings = digest_of([file_digest(root, root / path) for path in SETTINGS])
        self._read = self._record if self._record and self._record.settings == self.settings else None
        found = touched if touched is not None else _find_changed(self._record, listing) if self._record else ()
        self._changed = frozenset(path for path in found if path.startswith("content/") and path not in SETTINGS)

    # what was read

    @property
    def is_behind(self) -> bool:
        """Whether content files were touched since the last build, even if their text is the same."""
        return bool(self._changed)

    def has_same_frame(self, frames: Mapping[str, str], as_of: dt.date) -> bool:
        """Whether settings, templates, messages and assets are unchanged, and no page has become due or expired."""
        if self._read is None or not self._read.is_whole or self._read.frames != frames:
            return False
        since, until = self._read.due
        return since <= as_of.isoformat() < until

    def documents(self, key: Key) -> tuple[Document, ...] | None:
        """The documents of a page if its files are unchanged; None if they must be read again."""
        if self._read is None or key not in self._read.pages:
            return None
        documents = self._memory.documents(key)
        files = self._listing.pages[key]
        if {document.language: document.path for document in documents} != files:
            return None
        return documents if all(self._stands(document) for document in documents) else None

    def _stands(self, document: Document) -> bool:
        if document.path not in self._changed:
            return True
        try:
            text = read_text(self._root, document.path)
        except SiteError:
            return False
        return digest_exactly(text) == document.digest

    def changed_texts(self) -> tuple[Key, ...] | None:
        """The pages whose text may have changed; None if more than texts may have changed."""
        record = self._read
        if (
            record is None
            or len(self._changed) > MOST_TEXTS
            or record.signatures.keys() != self._listing.signatures.keys()
        ):
            return None
        keys = tuple(dict.fromkeys(self._owner(path) for path in sorted(self._changed)))
        return None if any(key not in record.pages or key in record.held for key in keys) else keys

    def _owner(self, path: str) -> Key:
        """The page that a file is a version of; an empty key for other files."""
        key = Key(path.removeprefix("content").rpartition("/")[0] + "/")
        return key if path in self._listing.pages.get(key, {}).values() else Key("")

    def documents_of(self, key: Key) -> tuple[Document, ...]:
        """The versions of a page as they were in the last build."""
        return self._memory.documents(key)

    def changed_languages(self, key: Key) -> frozenset[str]:
        """The languages in which a file of a page has changed since the last build."""
        return frozenset(own.language for own in self._memory.documents(key) if not self._stands(own))

    def order_of(self, key: Key | None) -> str:
        """The field by which the pages below a page are sorted; "" if there is no such page."""
        if self._read is None or key is None or key not in self._read.pages:
            return ""
        kind = self._config.kinds[self._memory.documents(key)[0].kind]
        return kind.children.sort.removeprefix("-")

    def page(self, key: Key) -> Page:
        """A page as it was in the last build."""
        documents = {document.language: document for document in self._memory.documents(key)}
        return make_page(key, documents, self._config, self._locales, self._with_drafts)

    def library(self, newer: Mapping[Key, Page]) -> Library:
        """The library of the last build with a few newer pages; the other pages are read on demand."""
        record = self._read
        assert record is not None
        keys = sorted(key for key in record.pages if key not in record.held)
        return Library(
            config=self._config,
            locales=self._locales,
            pages=RememberedPages(keys, self.page, newer),
            files=without_held(self._listing.files, self._config.held),
            unread=frozenset(),
            held=record.held,
            referrers=record.referrers,
            due=record.due,
            shelf=self._memory.shelf,
            pictures=Pictures.of(self._root, self._config),
            segments=record.segments,
            below=record.below,
            ordered=dict(record.ordered),
            moved=record.moved,
            never_tracked=sum(own.code == "untracked" and own.path == "content" for own in record.warnings),
        )

    def warnings_but_of(self, newer: Mapping[Key, Page]) -> list[Problem]:
        """The last build's warnings, except those about files of these pages."""
        files = {version.path for page in newer.values() for version in page.versions.values()}
        return [problem for problem in (self._read.warnings if self._read else ()) if problem.path not in files]

    def is_warned_as_a_whole(self, page: Page) -> bool:
        """Whether the last build had a warning about a page that only a look at the whole site finds."""
        files = {version.path for version in page.versions.values()}
        warnings = self._read.warnings if self._read else ()
        return any(problem.path in files and problem.code in _OF_SITE for problem in warnings)

    # what was made

    def jobs(self) -> list[Job]:
        """Every job of the last build."""
        return [Job(path, *own[:5]) for path, own in self._outputs.items()]

    @property
    def _outputs(self) -> Mapping[str, MadeBefore]:
        return self._record.outputs if self._record else {}

    @property
    def _aspects(self) -> tuple[Fingerprint, ...]:
        return self._record.aspects if self._record else ()

    def showing_text_of(self, fresh: Mapping[Key, tuple[Document, ...]]) -> frozenset[str]:
        """Paths of the outputs that depend on changed words or a changed text of pages that were read again."""
        texts = {
            (kind, own, path)
            for kind, keys in (("text", fresh), ("words", self._reworded(fresh)))
            for key in keys
            for path in self._languages_of(key)
            for own in (key, ALL)
        }
        changed = {number for number, own in enumerate(self._aspects) if own[:3] in texts}
        return frozenset(path for path, own in self._outputs.items() if not changed.isdisjoint(own.aspects))

    def _reworded(self, fresh: Mapping[Key, tuple[Document, ...]]) -> frozenset[Key]:
        """The pages of which more than the text has changed since the last build."""
        known = self._record.pages if self._record else {}

        def fronts(documents: Iterable[Document]) -> list[str]:
            return [own.front_digest for own in documents]

        return frozenset(
            key
            for key, documents in fresh.items()
            if key not in known or fronts(documents) != fronts(self._memory.documents(key))
        )

    def _languages_of(self, key: Key) -> Iterator[str]:
        """The languages in which a page's text has changed, and the languages derived from them."""
        changed = self.changed_languages(key)
        return (path for path, own in self._config.languages.items() if path in changed or own.base in changed)

    def lost_outputs(self, output: Path, existing: Mapping[str, tuple[int, int]]) -> frozenset[str]:
        """Outputs of the last build that are missing from the output folder or have changed there."""
        if self._record is None:
            return frozenset()
        if self._record.output != str(output.resolve()):
            return frozenset(self._outputs)
        return frozenset(path for path, own in self._outputs.items() if existing.get(path) != own.looks)

    def affected_jobs(self, library: Library, jobs: Iterable[Job], frames: Mapping[str, str]) -> frozenset[str]:
        """Paths of the jobs whose output may differ from the last build's."""
        if self._record is None:
            return frozenset(job.path for job in jobs)
        outputs, before = self._outputs, self._record.frames
        aspects = [Aspect._make(own[:3]) for own in self._aspects]
        self._digests = digest_aspects(library, aspects, self._listing.signatures)
        changed = {n for n, aspect in enumerate(aspects) if self._digests[aspect] != self._aspects[n].digest}
        same_frame = {path for path, digest in frames.items() if before.get(path) == digest}

        def stands(job: Job) -> bool:
            own = outputs.get(job.path)
            is_same = own is not None and own[:5] == job[1:] and job.language in same_frame
            return own is not None and is_same and changed.isdisjoint(own.aspects)

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
        """Save a record of this build for the next one."""
        frames, fresh, warnings = inputs
        known = {own[:3]: number for number, own in enumerate(self._aspects)}
        numbers: dict[_Named, int] = defaultdict(count(len(known)).__next__, known)
        outputs = {job.path: self._row(job, made.get(job.path), numbers) for job in jobs}
        unknown = map(Aspect._make, self._without_digest(numbers, fresh))
        digests = self._digests | digest_aspects(library, unknown, self._listing.signatures)
        new = islice(numbers, len(self._aspects), None)
        aspects = [*self._aspects, *(Fingerprint(*name, "") for name in new)]
        for aspect, digest in digests.items():
            aspects[numbers[aspect]] = Fingerprint(*aspect, digest)
        stored = {} if self._read is None else self._read.pages
        pages = {key: stored[key] for key in self._listing.pages if key not in fresh and key in stored}
        pages.update(self._memory.shelve(fresh, workers))
        self._memory.save(
            Record(
                settings=self.settings,
                signatures=dict(self._listing.signatures),
                frames=dict(frames),
                due=library.due,
                is_whole=pages.keys() == self._listing.pages.keys(),
                pages=pages,
                held=dict(library.held),
                referrers={key: dict(fields) for key, fields in library.referrers.items()},
                segments=dict(library.segments),
                below=dict(library.below),
                ordered=dict(library.ordered),
                moved=dict(library.moved),
                output=str(output.resolve()),
                outputs=outputs,
                aspects=tuple(aspects),
                warnings=warnings,
            )
        )

    def _without_digest(
        self, numbers: Collection[_Named], fresh: Mapping[Key, tuple[Document, ...]]
    ) -> Iterator[_Named]:
        """The aspects whose digest is not known: new ones, and those that cover a text or words that were read again."""
        if not self._digests and self._aspects:
            changed = {("text", key) for key in (*fresh, ALL) if fresh}
            reworded = self._reworded(fresh)
            changed |= {("words", key) for key in (*reworded, ALL) if reworded}
            yield from [own[:3] for own in self._aspects if own[:2] in changed]
        yield from islice(numbers, len(self._aspects), None)

    def _row(self, job: Job, made: Made | None, numbers: Mapping[_Named, int]) -> MadeBefore:
        """A row of the record: the output's job, the aspects it depends on, and the size and time of its file.

        Args:
            numbers: gives the next number to an aspect that has none.
        """
        if made is None:
            before = self._outputs[job.path]
            return before if before[:5] == job[1:] else MadeBefore(*job[1:], before.aspects, before.looks)
        return MadeBefore(*job[1:], tuple([numbers[aspect] for aspect in made.aspects]), made.looks)


def _find_changed(record: Record, listing: Listing) -> Iterator[str]:
    """Paths in content/ that are new, deleted or possibly changed."""
    settled = record.saved - UNSETTLED
    yield from record.signatures.keys() - listing.signatures.keys()
    for path, signature in listing.signatures.items():
        if record.signatures.get(path) != signature or max(signature[0], signature[1]) >= settled:
            yield path
