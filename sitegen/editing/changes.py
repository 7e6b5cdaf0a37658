"""Changes to pages, as edits to files."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

from sitegen.content.reader import read_version
from sitegen.editing.mentions import Mention
from sitegen.editing.sorting import put_in_order
from sitegen.library.library import Library
from sitegen.library.translated_parts import RECORD, translatable_parts
from sitegen.model.page import Document, Key, Page
from sitegen.model.urls import Target, join_key, last_part, parent_key, shortened
from sitegen.problems.problem import Problem
from sitegen.source.edits import Edit, Text
from sitegen.source.files import read_file
from sitegen.source.front_matter import find_entry, list_item, with_items
from sitegen.source.text import decode

#: The character after a content path in a template.
END_OF_PATH = re.compile(r"""['"#?\s]""")


class Change(Struct):
    """A planned change to the site."""

    library: Library
    root: Path
    moved: Mapping[Key, Key]  #: page → its new path
    texts: dict[str, Text] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)  #: path → edits of the file
    #: Path → the document that the edits make, and its problems.
    read_again: dict[str, tuple[Document, list[Problem]]] = field(default_factory=dict)

    def text(self, path: str) -> Text:
        """Return the current text of a file."""
        if path not in self.texts:
            self.texts[path] = Text(read_file(self.root, path))
        return self.texts[path]

    def add(self, path: str, edits: Iterable[Edit]) -> None:
        """Add edits of a file."""
        self.edits.setdefault(path, []).extend(edits)
        self.read_again.pop(path, None)

    def set(self, path: str, edits: Iterable[Edit]) -> None:
        """Replace the edits of a file."""
        self.edits[path] = [*edits]
        self.read_again.pop(path, None)

    def after(self, document: Document) -> Document:
        """Return the document that the edits of its file make.

        Raises:
            SiteError: it could not be read.
        """
        path, library = document.path, self.library
        if path in self.edits and path not in self.read_again:
            text = decode(path, self.text(path).edited(self.edits[path]))
            source = library.pages[document.key].source
            self.read_again[path] = read_version(text, document, library.config, library.shelf, source)
        return self.read_again[path][0] if path in self.read_again else document

    def results(self) -> dict[str, bytes]:
        """Return path → new contents, for the files that change."""
        return {path: self.text(path).edited(edits) for path, edits in self.edits.items() if edits}


def target_after(mention: Mention, moved: Mapping[Key, Key]) -> str:
    """Return the target of a mention after pages have moved."""
    base, key = moved.get(mention.base, mention.base), moved.get(mention.key, mention.key)
    path, name = Target.of(mention.written).path, mention.file
    now = join_key(base, path.removesuffix(name) or ".")
    leads_above = (
        shortened(base, path) is not None and shortened(mention.base, path) is None
    )  # of the home page, from here
    return mention.written if now == key and not leads_above else kept_style(mention, key, base)


def kept_style(mention: Mention, key: Key, base: Key) -> str:
    """Return a new target in the style of a mention: relative if it was, with its file or anchor."""
    rest = Target.of(mention.written).rest
    path, name = mention.written.removesuffix(rest), mention.file
    if path.startswith("/"):
        return key + name + rest
    relative = os.path.relpath(key, base)
    return ("" if relative == "." and name else relative + "/") + name + rest


def addresses_of(library: Library, key: Key, now: Mapping[str, str] | None = None) -> list[str]:
    """Return the addresses of a page in the form of aliases: its path, then the addresses that differ by language.

    Args:
        now: those that it has from now on, by language; they are left out.
    """
    own, now = addresses_by_language(library, key, {}), now or {}
    names: list[str] = [key] if key in own.values() and key not in now.values() else []
    return names + [
        f"/{language}{address}"
        for language, address in own.items()
        if [address] != names and address != now.get(language)
    ]


def addresses_by_language(library: Library, key: Key, moved: Mapping[Key, Key]) -> dict[str, str]:
    """Return language → address of a page after pages have moved, without the language."""
    return {language: _address(library, key, language, moved) for language in library.pages[key].states}


def _address(library: Library, key: Key, language: str, moved: Mapping[Key, Key]) -> str:
    """Return a page's address without its language after pages have moved, such as `/plan/goals/`, built from slugs."""
    if key == "/":
        return "/"
    name = last_part(key)
    now = moved.get(key, key)
    segments = library.segments.get((key, language), (name,))
    own = segments[-1] if segments[-1] != name else last_part(now)
    above = parent_key(now) or Key("/")
    before = next((old for old, to in moved.items() if to == above), above)
    if before not in library.pages:
        return f"{above}{own}/"
    return f"{_address(library, before, language, moved)}{own}/"


def let_lead(change: Change, names: Iterable[str], page: Page, now: Collection[str] = ()) -> None:
    """Add aliases to a page, and remove those that are its current addresses."""
    document, before = page.versions[page.source], page.facts.get("aliases", ())
    items = [list_item(name) for name in names if name not in before]  # a command that was killed may have added some
    text = change.text(document.path)
    if items or any(alias in now for alias in before):
        change.add(document.path, with_items(text, "aliases", items, now))


def keep_records(change: Change) -> None:
    """Update the records of translations for rewritten links, where the records were up to date before."""
    library = change.library
    parts: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for page in library.pages.values():
        touched = [d for d in page.versions.values() if d.is_written and d.path in change.edits]
        if not touched:
            continue
        for document in page.versions.values():
            if document.is_written:
                parts[document.path] = _parts_before_and_after(change, document)
        source = page.versions[page.source]
        for document in page.versions.values():
            if document.is_written and document is not source and "source" in document.words:
                change.add(document.path, _records(change, document, parts[source.path], parts[document.path]))


def _parts_before_and_after(change: Change, document: Document) -> tuple[dict[str, str], dict[str, str]]:
    kind = change.library.kind(document.key)
    before = translatable_parts(document, kind)
    return before, translatable_parts(change.after(document), kind)


def _records(
    change: Change,
    document: Document,
    source: tuple[dict[str, str], dict[str, str]],
    own: tuple[dict[str, str], dict[str, str]],
) -> Iterator[Edit]:
    """Yield edits for the digests in `source:` that have changed; outdated digests stay outdated."""
    text = change.text(document.path)
    entry = find_entry(text.whole, "source")
    sources = {digest: source[1][name] for name, digest in source[0].items() if name in source[1]}
    owns = dict(zip(own[0].values(), own[1].values(), strict=False))
    for found in RECORD.finditer(text.whole, *entry.span) if entry is not None else ():
        now = f"s{sources.get(found[1], found[1])} t{owns.get(found[2], found[2])}"
        if not found[0].startswith(now):
            yield Edit(found.start(), found.end(2), now)


def in_order(library: Library, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with their sorted lists in order again, as references in them may have changed."""
    documents = (document for page in library.pages.values() for document in page.written.values())
    now = dict(files)
    for document in documents:
        if document.path in files:
            text, fields = Text(files[document.path]), library.kind(document.key).fields
            now[document.path] = text.edited(put_in_order(text, fields, library.config.time_zone))
    return now


def folder_of(library: Library, key: Key) -> str:
    """Return the folder of a page as stored on disk, such as `content/plan/`."""
    page = library.pages[key]
    return page.versions[page.source].path.rpartition("/")[0] + "/"


def path_after(path: str, folder: str, target: Key) -> str:
    """Return the path of a file after its page has moved."""
    return f"content{target}{path.removeprefix(folder)}" if path.startswith(folder) else PurePosixPath(path).as_posix()
