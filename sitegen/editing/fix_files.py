"""The files of a site before and after fixes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, field

from sitegen.content.content_files import Listing, list_content
from sitegen.editing.unified_diff import unified_diff
from sitegen.model.loading import load_config
from sitegen.model.page import Key
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import Text
from sitegen.source.file_writing import replace_files
from sitegen.source.files import read_file
from sitegen.source.front_matter import parse_front_matter
from sitegen.source.text import Source
from sitegen.source.yaml import parse

_ELSEWHERE = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)


class Pages(Struct, frozen=True):
    """What files are to the site."""

    config: Config
    listing: Listing
    pages: Mapping[str, Key]  #: file → its page

    def lead(self, path: str, address: str) -> bool:
        """Whether an address in a page leads to another host, to a page, or to a file beside one; `/a/#b` may lead nowhere."""
        if _ELSEWHERE.match(address):
            return True
        folder, slash, name = address.rpartition("/")
        key = f"{folder}/" if slash else self.pages.get(path, "")
        return (key, name) in self.listing.files if name else key in self.listing.pages


class Files(Struct):
    """A site's files before and after the fixes."""

    root: Path
    before: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, Text | None] = field(default_factory=dict)  #: as they are now; a file may have a thousand problems
    known: Pages | None = None  #: what the files make now, once it was asked for

    def text(self, path: str) -> Text | None:
        """Return a text file; None if it can't be read or is not UTF-8."""
        if path not in self.texts:
            try:
                self.texts[path] = Text(read_file(self.root, path))
            except (OSError, UnicodeDecodeError):
                self.texts[path] = None
        return self.texts[path]

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, and remember their original contents."""
        for path in files:
            self.before.setdefault(path, read_file(self.root, path))
        replace_files(self.root, files)
        self.texts.clear()
        self.known = None

    def site(self) -> Pages:
        """Return the site, which is valid, as pages have been read with it."""
        if self.known is None:
            config = load_config(self.root)
            listing = list_content(self.root, config)
            pages = {path: key for key, versions in listing.pages.items() for path in versions.values()}
            self.known = Pages(config, listing, pages)
        return self.known

    def diff(self) -> str:
        """Return a unified diff of all changes so far."""
        return "".join(
            line
            for path, was in sorted(self.before.items())
            for line in unified_diff(path, was.decode("utf-8", "replace"), read_file(self.root, path).decode())
        )


@lru_cache(4)  # of a source, into which many facts of its translations go
def slips_of_yaml(path: str, text: str) -> tuple[Problem, ...]:
    """The problems for which the YAML of a file can't be read; none for one without any."""
    text = text.removeprefix("\ufeff")  # places don't count it
    try:
        if path.endswith(".md"):
            parse_front_matter(Source.of(path, text))
        elif path.endswith(".yaml"):
            parse(Source.of(path, text), text)
    except SiteError as error:
        return error.problems
    return ()
