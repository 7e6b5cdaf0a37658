"""content/ → Documents: walks the folders, splits front matter, and checks each file against its kind."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen.config import TRANSLATION_FIELDS, Config, Kind, read_text
from sitegen.errors import Problem, SiteError, listing, nearest
from sitegen.fields import Checker
from sitegen.markup import parse_body
from sitegen.model import Body, Document, Key, Mark
from sitegen.nodes import Node, Source, parse
from sitegen.urls import parent_key

_SETTINGS = frozenset({"site.yaml", "kinds.yaml"})
_PAGE_FILE = re.compile(r"index\.([A-Za-z0-9-]+)\.md")


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in content/.

    Attributes:
        pages: (key, language path) → path of the page's file, relative to the root.
        files: (key, file name) → path of any other file.
    """

    pages: Mapping[tuple[Key, str], str]
    files: Mapping[tuple[Key, str], str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is read but not yet checked, as its kind may stand in another file."""

    key: Key
    language: str
    source: Source
    front: Node
    body: Body
    digest: str


@dataclass(frozen=True, slots=True)
class Content:
    """Every document that could be read, the files beside them, and all problems met.

    Attributes:
        unread: keys of pages of which no version could be read.
    """

    documents: tuple[Document, ...]
    files: Mapping[tuple[Key, str], str]
    unread: frozenset[Key]
    problems: tuple[Problem, ...]


def load_content(root: Path, config: Config) -> Content:
    """Read and check all of content/; bad files are left out and told as problems."""
    listing = list_content(root, config)
    problems = list(listing.problems)
    drafts: list[Draft] = []
    for (key, language), path in listing.pages.items():
        try:
            draft, found = read_draft(root, path, key, language)
        except SiteError as error:
            problems.extend(error.problems)
            continue
        problems.extend(found)
        drafts.append(draft)
    documents = tuple(check_drafts(drafts, config, problems))
    unread = frozenset(key for key, _ in listing.pages) - {document.key for document in documents}
    return Content(documents, listing.files, unread, tuple(problems))


def list_content(root: Path, config: Config) -> Listing:
    """Walk content/ in sorted order; names that begin with `_` or `.` are left out."""
    pages: dict[tuple[Key, str], str] = {}
    files: dict[tuple[Key, str], str] = {}
    problems: list[Problem] = []
    for folder, names in _walk(root, "content", problems):
        key = Key(folder.removeprefix("content") + "/")
        for name in names:
            path = f"{folder}/{name}"
            found = _PAGE_FILE.fullmatch(name)
            if found and found[1] in config.languages:
                pages[key, found[1]] = path
            elif name.endswith(".md"):
                problems.extend(_not_a_page(path, name, config))
            elif not (folder == "content" and name in _SETTINGS):
                files[key, name] = path
    return Listing(pages, files, tuple(problems))


def _not_a_page(path: str, name: str, config: Config) -> Iterator[Problem]:
    """A .md file that is no page's; one in a language that this build leaves out is none of our business."""
    found = _PAGE_FILE.fullmatch(name)
    if found and found[1] in config.all_paths:
        return
    message = f"'{found[1]}' is not a language of site.yaml" if found else f"'{name}' is not the name of a page's file"
    hint = nearest(found[1], config.languages) if found else ""
    hint = hint or f"name it index.{config.source_language}.md; languages are {listing(config.all_paths)}"
    yield Problem(path=path, code="unknown-language", message=message, hint=hint)


def _walk(root: Path, folder: str, problems: list[Problem]) -> Iterator[tuple[str, list[str]]]:
    names: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name[0] in "._":
                    continue
                if entry.is_symlink() and not _stays_inside(root, entry):
                    message = "a link that leads out of the site, or to a folder"
                    problems.append(
                        Problem(
                            path=f"{folder}/{entry.name}",
                            code="symlink",
                            message=message,
                            hint="put the file itself here",
                        )
                    )
                elif entry.is_dir() and not entry.name.endswith(".md"):
                    folders.append(entry.name)
                elif entry.is_file():
                    names.append(entry.name)
                else:
                    message = "the file can't be read: it is no regular file"
                    problems.append(Problem(path=f"{folder}/{entry.name}", code="unreadable", message=message))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        problems.append(Problem(path=folder, code="unreadable", message=f"the folder can't be read: {reason}"))
    yield folder, sorted(names)
    for name in sorted(folders):
        yield from _walk(root, f"{folder}/{name}", problems)


def _stays_inside(root: Path, entry: os.DirEntry[str]) -> bool:
    inside = os.path.realpath(root / "content") + os.sep
    return entry.is_file() and os.path.realpath(entry.path).startswith(inside)


def read_draft(root: Path, path: str, key: Key, language: str) -> tuple[Draft, list[Problem]]:
    """Read one page's file: its front matter as nodes and its body parsed.

    Raises:
        SiteError: the file, its fences or its front matter cannot be read.
    """
    text = read_text(root, path)
    source = Source.of(path, text)
    end = _closing_fence(source)
    front = parse(source, "\n".join(source.lines[1:end]), 2)
    body, problems = parse_body(source, end + 2)
    return Draft(key, language, source, front, body, hashlib.sha256(text.encode()).hexdigest()), problems


def _closing_fence(source: Source) -> int:
    """Index of the line that ends the front matter, which begins on the first line."""
    if source.lines[0].rstrip() != "---":
        mark = Mark(1, 1)
        raise SiteError(
            [
                source.problem(
                    "front-matter",
                    "the file must begin with front matter",
                    mark,
                    "begin with a line ---, then `title: …`, then ---",
                )
            ]
        )
    for index, line in enumerate(source.lines[1:], 1):
        if line.rstrip() == "---":
            return index
    raise SiteError(
        [source.problem("front-matter", "the front matter is never closed", Mark(1, 1, 3), "end it with a line ---")]
    )


def check_drafts(drafts: Iterable[Draft], config: Config, problems: list[Problem]) -> Iterator[Document]:
    """Find each page's kind and check its files against it: facts in the source version, words in all."""
    pages: dict[Key, dict[str, Draft]] = {}
    for draft in drafts:
        pages.setdefault(draft.key, {})[draft.language] = draft
    sources = {key: source_language(versions, config) for key, versions in pages.items()}
    kinds: dict[Key, Kind] = {}
    for key in sorted(pages, key=lambda key: key.count("/")):
        kinds[key] = _kind_of(pages[key][sources[key]], kinds, config, problems)
    for key, versions in pages.items():
        for language in sorted(versions, key=list(config.languages).index):
            yield _check(versions[language], kinds[key], sources[key], config, problems)


def source_language(versions: Iterable[str], config: Config) -> str:
    """The site's source language if a page has it, else its first in the order of site.yaml."""
    has = frozenset(versions)
    return (
        config.source_language
        if config.source_language in has
        else next(path for path in config.languages if path in has)
    )


def _kind_of(draft: Draft, kinds: Mapping[Key, Kind], config: Config, problems: list[Problem]) -> Kind:
    node = draft.front.value.get("kind")
    if node is not None:
        if node.text in config.kinds:
            return config.kinds[node.text]
        hint = nearest(node.text, config.kinds) or f"kinds are {listing(config.kinds)}"
        problems.append(
            draft.source.problem("unknown-kind", f"kind: '{node.text}' does not stand in kinds.yaml", node.mark, hint)
        )
    above = parent_key(draft.key)
    parent = kinds.get(above) if above is not None else None
    return config.kinds[(parent.children.kind if parent else None) or "page"]


def _check(draft: Draft, kind: Kind, source: str, config: Config, problems: list[Problem]) -> Document:
    check = Checker(draft.source, problems)
    is_source = draft.language == source
    what = f"the kind '{kind.name}'"
    values: dict[str, Any] = {}
    for name, node in draft.front.value.items():
        declared = kind.fields.get(name)
        own = TRANSLATION_FIELDS.get(name)
        if not is_source and own is not None:
            declared = own
        if declared is None and own is not None:
            problems.append(
                draft.source.problem(
                    "misplaced-word",
                    f"'{name}' belongs to translations, and this is the source version",
                    node.key,
                    "remove the line",
                )
            )
        elif declared is None:
            check.unknown(name, node, kind.fields, what)
        elif not is_source and declared.side == "facts":
            hint = f"write it in index.{source}.md, once for all languages"
            problems.append(
                draft.source.problem(
                    "misplaced-fact", f"'{name}' is a fact and stands in the source version only", node.key, hint
                )
            )
        elif node.value is not None:
            values[name] = check.value(declared, node)
    if is_source:
        check.required(kind.fields, draft.front, what)
        _check_languages(check, draft.front, config)
    filled = {name: value for name, value in values.items() if value is not None}
    side = {
        name: (TRANSLATION_FIELDS if not is_source and name in TRANSLATION_FIELDS else kind.fields)[name].side
        for name in filled
    }
    return Document(
        path=draft.source.path,
        key=draft.key,
        language=draft.language,
        kind=kind.name,
        facts={name: value for name, value in filled.items() if side[name] == "facts"},
        words={name: value for name, value in filled.items() if side[name] == "words"},
        marks={name: draft.front.value[name].mark for name in filled},
        body=draft.body,
        digest=draft.digest,
    )


def _check_languages(check: Checker, front: Node, config: Config) -> None:
    for name in ("languages", "hold_until"):
        node = front.value.get(name)
        for item in node.value if node is not None and isinstance(node.value, tuple) else ():
            if item.text not in config.all_paths:
                hint = nearest(item.text, config.all_paths) or f"languages are {listing(config.all_paths)}"
                check.reject(item, "unknown-language", f"{name}: '{item.text}' is not a language of site.yaml", hint)
