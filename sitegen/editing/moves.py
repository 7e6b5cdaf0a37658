"""`rename` and `remove`: a page with all below it, every link and reference to it, and its old addresses.

A link is changed where it is written, character for character; what a translation records of its source is kept in
step, so that it is no more behind than it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sitegen.content.markdown import DEFINITION
from sitegen.content.reader import outside_content, read_version
from sitegen.editing.sorting import put_in_order
from sitegen.library.library import RECORD, Library, translatable_parts
from sitegen.library.links import is_file, links_of
from sitegen.model.fields import Group
from sitegen.model.menus import menu_references
from sitegen.model.urls import Target, as_path, join_key, parent_key, plain, write_path
from sitegen.model.values import Document, Key, Page, Reference
from sitegen.problems.problem import Problem, SiteError, nearest
from sitegen.source.edits import Edit, Text
from sitegen.source.files import move, read_file, remove_folder, replace_files
from sitegen.source.front_matter import list_item, with_items
from sitegen.source.git import find_unsaved
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.translation.records import whole_library

SETTINGS = "content/site.yaml"
#: Where a content path in a template ends.
_END_OF_PATH = re.compile(r"""['"#?\s]""")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a page.

    Attributes:
        path: of the file.
        written: the target as it stands there, as `../a/#how`.
        key: the page, or the page beside which the named file lies.
        base: the page that the file is of, from which a relative target is seen; `/` for settings.
    """

    path: str
    mark: Mark
    written: str
    key: Key
    base: Key


@dataclass
class Change:
    """What is to be done to the site.

    Attributes:
        edits: path → what changes there.
        moved: page → where it goes.
    """

    library: Library
    root: Path
    moved: Mapping[Key, Key]
    texts: dict[str, Text] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    definitions: dict[str, dict[str, list[re.Match[str]]]] = field(default_factory=dict)

    def text(self, path: str) -> Text:
        """A file as it is now."""
        if path not in self.texts:
            self.texts[path] = Text(read_file(self.root, path))
        return self.texts[path]

    def defined(self, path: str, target: str) -> list[re.Match[str]]:
        """The definitions of links in a file that have a target."""
        if path not in self.definitions:
            own = self.definitions[path] = {}
            for found in DEFINITION.finditer(self.text(path).whole):
                own.setdefault(plain(found[1]), []).append(found)
        return self.definitions[path].get(plain(target), [])

    def add(self, path: str, edits: Iterable[Edit]) -> None:
        """Note changes of a file."""
        self.edits.setdefault(path, []).extend(edits)

    def results(self) -> dict[str, bytes]:
        """Path → the file as it will be, of those that change."""
        return {path: self.text(path).edited(edits) for path, edits in self.edits.items() if edits}


def rename(root: Path, old: str, new: str) -> tuple[str, ...]:
    """Move a page and all below it; returns the files that were changed, where they are now.

    Raises:
        SiteError: there is no such page, the new place is taken or none, or the site has errors; nothing is changed.
    """
    with whole_library(root) as (library, _):
        source, target = _existing(library, old), _free(library, root, new)
        if target.startswith(source) or source == "/":
            raise _refusal(new, f"'{source}' can't be moved into itself", "name another place")
        moved = {key: Key(target + key.removeprefix(source)) for key in library.pages if key.startswith(source)}
        change = Change(library, root, moved)
        _follow(change, lambda mention: _target(mention, moved))
        for key in moved:
            now = set(_addresses(library, key, moved))
            before = [name for name in _addresses(library, key, {}) if name not in now]
            _let_lead(change, before, library.pages[key], now)
        _keep_records(change)
        for path, place in _in_templates(root, source):
            change.add(path, [Edit(place, place + len(source), target)])
        files, folder = _in_order(library, change.results()), _folder(library, source)
    _commit(root, files, lambda: move(root, folder.rstrip("/"), f"content{target}".rstrip("/")))
    return tuple(sorted(_now(path, folder, target) for path in files))


def remove(root: Path, old: str, to: str | None = None, *, force: bool = False) -> tuple[str, ...]:
    """Remove a page and all below it; returns the files that were changed.

    Args:
        to: page to which links and references then lead, and old addresses too.
        force: although others name it, or git couldn't bring it back.

    Raises:
        SiteError: others name it, git couldn't bring it back, or there is no such page; nothing is changed.
    """
    with whole_library(root) as (library, _):
        source = _existing(library, old)
        gone = [key for key in library.pages if key.startswith(source)]
        if source == "/":
            raise _refusal(old, "the home page can't be removed", "a site begins with it")
        other = _existing(library, to) if to else None
        if other in gone:
            raise _refusal(str(to), f"'{other}' would be removed too", "name a page that stays")
        mentions = [m for m in find_mentions(library) if m.key in gone and m.base not in gone]
        named = [(path, place) for path, place in _in_templates(root, source)]
        in_use = [*_in_use(mentions), *(_in_use_of_template(root, *found) for found in named)]
        problems = [*([] if other else in_use), *_unsaved(root, _folder(library, source))]
        if problems and not force:
            raise SiteError(problems)
        change = Change(library, root, dict.fromkeys(gone, other) if other else {})
        if other:
            for mention in mentions:
                change.add(mention.path, _written(change, mention, _kept_style(mention, other, mention.base)))
            before = ((*_addresses(library, key, {}), *library.pages[key].facts.get("aliases", ())) for key in gone)
            _let_lead(change, dict.fromkeys(name for names in before for name in names), library.pages[other])
            _keep_records(change)
            for path, place in named:
                end = _END_OF_PATH.search(change.text(path).whole, place)
                change.add(path, [Edit(place, end.start() if end else place + len(source), other)])
        files, folder = _in_order(library, change.results()), _folder(library, source)
    _commit(root, files, lambda: remove_folder(root, folder.rstrip("/")))
    return tuple(sorted(files))


def _in_use(mentions: Iterable[Mention]) -> Iterator[Problem]:
    for mention in mentions:
        message = f"'{mention.written}' names a page that would be gone"
        yield problem_at(mention.path, "in-use", message, mention.mark, "change it, or use --to PAGE, or --force")


def _in_use_of_template(root: Path, path: str, place: int) -> Problem:
    before = read_file(root, path).decode()[:place]
    mark = Mark(before.count("\n") + 1, place - before.rfind("\n"))
    message = "this template names a page that would be gone"
    return problem_at(path, "in-use", message, mark, "change it, or use --to PAGE, or --force")


def _unsaved(root: Path, folder: str) -> Iterator[Problem]:
    files = find_unsaved(root, folder)
    if files:
        more, them = (f" and {len(files) - 1} more as they are", "them") if files[1:] else (" as it is", "it")
        message = f"git does not have this file{more} now, and couldn't bring {them} back"
        yield problem_at(files[0], "unsaved", message, None, f"commit {them} first, or use --force")


# what names a page


def find_mentions(library: Library) -> Iterator[Mention]:
    """Every link, reference and setting that names a page, or a file beside one."""
    for page in library.pages.values():
        for document in page.versions.values():
            if document.is_written:
                yield from _links(document)
                for reference in _references((*document.facts.values(), *document.words.values())):
                    yield Mention(document.path, reference.mark, reference.key, reference.key, page.key)
    config = library.config
    named = (
        *(r for menu in config.menus.values() for r in menu_references(menu)),
        config.organisation,
        config.glossary,
    )
    for reference in filter(None, named):
        yield Mention(SETTINGS, reference.mark, reference.key, reference.key, Key("/"))


def _links(document: Document) -> Iterator[Mention]:
    for link in links_of(document):
        path = Target.of(link.target).path
        if path:
            folder = path.rpartition("/")[0] + "/" if "/" in path else "."
            key = join_key(document.key, folder if is_file(path) else path)
            yield Mention(document.path, link.mark, link.target, key, document.key)


def _references(values: Iterable[Any]) -> Iterator[Reference]:
    """References within values of fields, however deep."""
    for value in values:
        if isinstance(value, Reference):
            yield value
        elif isinstance(value, tuple):
            yield from _references(value)
        elif isinstance(value, Group):
            yield from _references(value.values.values())


# how it is changed


def _follow(change: Change, target: Callable[[Mention], str]) -> None:
    """Let every mention that is about a moved page, or on one, name the same page as before."""
    for mention in find_mentions(change.library):
        written = target(mention)
        if written != mention.written:
            change.add(mention.path, _written(change, mention, written))


def _target(mention: Mention, moved: Mapping[Key, Key]) -> str:
    """What a mention has to say once pages have moved."""
    base, key = moved.get(mention.base, mention.base), moved.get(mention.key, mention.key)
    path = Target.of(mention.written).path
    name = path.rpartition("/")[2] if is_file(path) else ""
    now = join_key(base, path.removesuffix(name) or ".")
    return mention.written if now == key else _kept_style(mention, key, base)


def _kept_style(mention: Mention, key: Key, base: Key) -> str:
    """A target from a page's file: relative where it was, with its file or anchor."""
    rest = Target.of(mention.written).rest
    path = mention.written.removesuffix(rest)
    name = path.rpartition("/")[2] if is_file(path) else ""
    if path.startswith("/"):
        return key + name + rest
    relative = os.path.relpath(key, base)
    return ("" if relative == "." and name else relative + "/") + name + rest


def _written(change: Change, mention: Mention, text: str) -> Iterator[Edit]:
    """The change of what is written at a place, or in the definition that a link of Markdown refers to."""
    whole = change.text(mention.path)
    place = whole.offset(mention.mark)
    for start in (place, place + 1):  # a scalar in quotes begins with one
        if whole.whole.startswith(mention.written, start):
            yield Edit(start, start + len(mention.written), text)
            return
    found = change.defined(mention.path, mention.written)
    if not found:
        message = f"'{mention.written}' is not written as it reads, so it can't be changed here"
        raise SiteError([problem_at(mention.path, "reference", message, mention.mark, "write the page's path plainly")])
    yield from (Edit(m.start(1), m.end(1), text) for m in found)


def _addresses(library: Library, key: Key, moved: Mapping[Key, Key]) -> list[str]:
    """The addresses of a page, as aliases name them: its path, then those that are others in a language."""
    path = moved.get(key, key)
    own = {language: _address(library, key, language, moved) for language in library.pages[key].states}
    names: list[str] = [path] if path in own.values() else []
    return names + [f"/{language}{address}" for language, address in own.items() if address != path]


def _address(library: Library, key: Key, language: str, moved: Mapping[Key, Key]) -> str:
    """Where a page lies below its language once pages have moved: `/plan/goals/`, its folders by their slugs."""
    if key == "/":
        return "/"
    name = key.rstrip("/").rpartition("/")[2]
    now = moved.get(key, key)
    segments = library.segments.get((key, language), (name,))
    own = segments[-1] if segments[-1] != name else now.rstrip("/").rpartition("/")[2]
    above = parent_key(now) or Key("/")
    before = next((old for old, to in moved.items() if to == above), above)
    if before not in library.pages:
        return f"{above}{own}/"
    return f"{_address(library, before, language, moved)}{own}/"


def _let_lead(change: Change, names: Iterable[str], page: Page, now: Collection[str] = ()) -> None:
    """Let old addresses lead to a page; where it lies now is none any more."""
    document = page.versions[page.source]
    items = [list_item(name) for name in names]
    text = change.text(document.path)
    if items or any(alias in now for alias in page.facts.get("aliases", ())):
        change.add(document.path, with_items(text, "aliases", items, now))


def _keep_records(change: Change) -> None:
    """Bring what translations record in step with the links that are written anew, where it was right before."""
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
    if document.path not in change.edits:
        return before, before
    text = change.text(document.path).edited(change.edits[document.path]).decode("utf-8-sig")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    after, _ = read_version(text, document, change.library.config, change.library.shelf)
    return before, translatable_parts(after, kind)


def _records(
    change: Change,
    document: Document,
    source: tuple[dict[str, str], dict[str, str]],
    own: tuple[dict[str, str], dict[str, str]],
) -> Iterator[Edit]:
    """The digests of `source:` that are another's now; those that were out of date stay so."""
    text = change.text(document.path)
    sources = {digest: source[1][name] for name, digest in source[0].items() if name in source[1]}
    owns = dict(zip(own[0].values(), own[1].values(), strict=False))
    for line in document.words["source"]:
        found = RECORD.fullmatch(line)
        place = text.whole.find(line)
        if found is None or place < 0:
            continue
        now = f"s{sources.get(found[1], found[1])} t{owns.get(found[2], found[2])} {found[3]}"
        if now != line:
            yield Edit(place, place + len(line), now)


def _in_order(library: Library, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with their sorted lists in order, in which other references stand now."""
    documents = (document for page in library.pages.values() for document in page.written.values())
    now = dict(files)
    for document in documents:
        if document.path in files:
            text = Text(files[document.path])
            now[document.path] = text.edited(
                put_in_order(text, library.kind(document.key).fields, library.config.time_zone)
            )
    return now


def _in_templates(root: Path, key: Key) -> Iterator[tuple[str, int]]:
    """Each place in the site's own templates where a text in quotes begins with a content path: (path of the file, offset)."""
    named = re.compile(rf"""(?<=['"]){re.escape(key)}""")
    for file in sorted((root / "templates").rglob("*.html")):
        try:
            text = read_file(root, file.relative_to(root).as_posix()).decode()
        except (OSError, UnicodeDecodeError):  # a build says so
            continue
        yield from ((file.relative_to(root).as_posix(), found.start()) for found in named.finditer(text))


# the disk


def _existing(library: Library, path: str) -> Key:
    key = Key(as_path(path))
    if key not in library.pages:
        raise _refusal(path, f"there is no page '{key}'", nearest(key, library.pages))
    return key


def _free(library: Library, root: Path, path: str) -> Key:
    key = Key(as_path(path))
    if hint := write_path(path, outside_content(root, library.config)):
        raise SiteError([problem_at(path, "slug", f"'{path}' is not a content path", None, hint)])
    if key in library.pages or (root / f"content{key}").exists():
        raise _refusal(path, f"'{key}' is taken", "choose another place")
    return key


def _refusal(path: str, message: str, hint: str) -> SiteError:
    return SiteError([problem_at(path, "reference", message, None, hint)])


def _commit(root: Path, files: Mapping[str, bytes], last: Callable[[], object]) -> None:
    """Write every file, then do the last step; where that fails, the files are as they were."""
    before = {path: read_file(root, path) for path in files}
    try:
        replace_files(root, files)
        last()
    except SiteError:
        _put_back(root, before)
        raise
    except OSError as error:
        _put_back(root, before)
        reason = (error.strerror or str(error)).lower()
        raise SiteError([problem_at("content", "unwritable", f"the page can't be moved: {reason}")]) from error


def _put_back(root: Path, before: Mapping[str, bytes]) -> None:
    replace_files(root, {path: content for path, content in before.items() if (root / path).parent.is_dir()})


def _folder(library: Library, key: Key) -> str:
    """The folder of a page as its name is stored: `content/plan/`."""
    page = library.pages[key]
    return page.versions[page.source].path.rpartition("/")[0] + "/"


def _now(path: str, folder: str, target: Key) -> str:
    """Where a file is once its page has moved."""
    return f"content{target}{path.removeprefix(folder)}" if path.startswith(folder) else PurePosixPath(path).as_posix()
