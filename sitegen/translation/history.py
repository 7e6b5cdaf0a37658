"""The git history of a site: earlier versions of a page's source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.content.reader import read_version
from sitegen.library.library import Library
from sitegen.library.translated_parts import RECORD, notes_name, translatable_parts
from sitegen.model.page import Document
from sitegen.problems.problem import SiteError
from sitegen.source.front_matter import end_of_front_matter
from sitegen.source.git import run_git
from sitegen.source.limits import within_limits
from sitegen.source.text import decode
from sitegen.translation.segments import note_ranges

#: Maximum number of commits to search for one file, newest first.
MOST_COMMITS = 200
#: Seconds of processor time for all of them, beyond those that one file may take: some sixty versions of half a megabyte.
SECONDS = 8.0


class Earlier(Struct, frozen=True):
    """An earlier version of a source part."""

    name: str  #: what the part was called there
    text: str
    commit: str  #: the last one that had it
    day: str  #: of that commit (ISO 8601)
    file: str  #: the whole file there
    document: Document


class Past(Struct, frozen=True):
    """What git has of the source that a translation was accepted with."""

    parts: Mapping[str, Earlier] = {}  #: by the names that the translation records
    unread: str = ""  #: the day (ISO 8601) of the newest version that was not looked at, where parts are missing

    @property
    def why_missing(self) -> str:
        """Why git has nothing of a part."""
        if not self.unread:
            return "git has no version that this translation renders"
        most = f"git has no version after {self.unread} that this translation renders"
        return f"{most}, and to look at those before would take too long"


def find_earlier(root: Path, library: Library, document: Document) -> Past:
    """Find in git the versions that a translation records of source parts that have changed since.

    They take some seconds in all, so that not all may be looked at: whoever asks is given the same in one command.
    """
    found: Past = library.once("earlier", document.key, document.language, lambda _: _find(root, library, document))
    return found


def _find(root: Path, library: Library, document: Document) -> Past:
    page = library.pages[document.key]
    source = page.versions[page.source]
    records = {line[5]: line[1] for text in document.words.get("source", ()) if (line := RECORD.fullmatch(text))}
    now = translatable_parts(source, library.kind(document.key))
    wanted = {name: digest for name, digest in records.items() if now.get(name) != digest}
    search = _Search(root, library, source, wanted, _versions(root, source.path) if wanted else [])
    try:
        within_limits(f"{document.path} in git", search.run, SECONDS)
    except SiteError as error:
        if not _is_too_costly(error):
            raise
    return Past(search.found, search.unread[0][1] if wanted and search.unread else "")


class _Search(Struct):
    """A search for parts of a source in its versions."""

    root: Path
    library: Library
    source: Document
    wanted: dict[str, str]  #: name → digest, of the parts that are not found yet
    unread: list[tuple[str, str]]  #: commits and their days, the newest first
    found: dict[str, Earlier] = {}

    def run(self) -> None:
        """Look at the versions, until all is found or the time is up."""
        for commit, day in self.unread[:MOST_COMMITS]:
            if not self.wanted:
                break
            content = run_git(self.root, "show", f"{commit}:./{self.source.path}")
            try:
                self._look(content, commit, day)
            except (SiteError, KeyError) as error:
                if isinstance(error, SiteError) and _is_too_costly(error):
                    continue
            self.unread.remove((commit, day))

    def _look(self, content: bytes, commit: str, day: str) -> None:
        """Take from a version what it has of what is wanted; raises SiteError or KeyError if it is no page that can be read."""
        kind, file = self.library.kind(self.source.key), decode(self.source.path, content)
        earlier, _ = read_version(file, self.source, self.library.config, self.library.shelf)
        digests, texts = translatable_parts(earlier, kind), part_texts(file, earlier)
        names = {digest: name for name, digest in digests.items() if name.startswith("#")}
        for name, digest in list(self.wanted.items()):
            was = name if digests.get(name) == digest else names.get(digest, "")
            if was:
                self.found[name] = Earlier(was, texts.get(was, ""), commit, day, file, earlier)
                del self.wanted[name]


def _is_too_costly(error: SiteError) -> bool:
    return error.problems[0].code == "too-costly"


def part_texts(text: str, document: Document) -> dict[str, str]:
    """Return the parts of a file as written: the values of fields, the lines of sections."""
    parts = {name: value for name, value in document.words.items() if isinstance(value, str)}
    lines = text.split("\n")
    first = end_of_front_matter(lines) + 1
    starts = [first, *(heading.line - 1 for heading in document.body.headings), len(lines)]
    names = ["#", *("#" + heading.anchor for heading in document.body.headings)]
    notes = list(note_ranges(lines, document))
    aside = {line for begin, end in notes for line in range(begin, end)}
    for name, start, end in zip(names, starts, starts[1:], strict=False):
        parts[name] = "\n".join(lines[number] for number in range(start, end) if number not in aside).strip("\n")
    if notes:
        texts = ("\n".join(lines[begin:end]) for begin, end in notes)
        parts[notes_name(document.body.headings)] = "\n\n".join(texts)
    return parts


def _versions(root: Path, path: str) -> list[tuple[str, str]]:
    """The commits of a file and their days, newest first, and one more than are looked at; none without git or a history."""
    # Not `git log`, which the user's settings change: `log.showSignature` adds lines, `log.follow` leaves commits out.
    listed = run_git(root, "rev-list", f"--max-count={MOST_COMMITS + 1}", "--format=%cs", "HEAD", "--", path)
    words = listed.decode("ascii", "replace").split()
    return [*zip(words[1::3], words[2::3], strict=True)]  # "commit", its digest, its day
