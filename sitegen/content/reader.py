"""content/ → Documents: walk the folders, split off front matter, and check each file against its kind."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.content_files import Listing
from sitegen.content.markdown import parse_body
from sitegen.content.open_blocks import misplaced_facts, missing_attributes
from sitegen.content.section_digests import digest, digest_exactly
from sitegen.model.dates_and_times import is_skipped
from sitegen.model.fields import Checker, flat
from sitegen.model.kinds import TRANSLATION_FIELDS, Kind
from sitegen.model.page import Body, Document, Key, Shelved, pack
from sitegen.model.settings import Config
from sitegen.model.urls import parent_key
from sitegen.problems.problem import Problem, SiteError, listing
from sitegen.problems.suggestions import nearest_or_all
from sitegen.source.files import read_text
from sitegen.source.front_matter import parse_front_matter
from sitegen.source.leftover_files import litter_problem
from sitegen.source.limits import costly, within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.time_budgets import TimeBudget
from sitegen.source.yaml import Node
from sitegen.storage.blobs import Shelf
from sitegen.storage.processes import WORTH_FORKING, spread

#: Markdown engine → what the texts of a site take to read: the densest tables of single letters, that is; prose takes a tenth.
_READING = {
    "commonmark": TimeBudget("reading", for_each=0.002, for_character=0.000_003, spare=6, first=0.5),
    "python-markdown": TimeBudget("reading", for_each=0.005, for_character=0.000_015, spare=6, first=0.5),
}


class Draft(Struct, frozen=True):
    """A file that has been read but not yet checked against its kind."""

    key: Key
    language: str
    source: Source
    front: Node
    body: Body
    html: str
    front_digest: str
    digest: str


class Content(Struct, frozen=True):
    """Every readable document, the files beside them, and all problems found."""

    documents: tuple[Document, ...]
    fresh: Mapping[Key, tuple[Document, ...]]  #: the pages that this build read, without a problem
    files: Mapping[tuple[Key, str], str]
    unread: frozenset[Key]  #: keys of pages whose source version could not be read
    problems: tuple[Problem, ...]


#: With fewer texts than this, forking takes longer than reading them.
_TEXTS_WORTH_FORKING = 300
#: In place of HTML that is about to be kept.
_NOT_KEPT = Shelved("", 0, 0, 0)
#: Returns the text of a file.
Read = Callable[[str], str]
#: Returns a page's documents from an earlier build if they are still valid, otherwise None.
Remembered = Callable[[Key], tuple[Document, ...] | None]


def load_content(
    root: Path,
    config: Config,
    listing: Listing,
    shelf: Shelf,
    *,
    remembered: Remembered = lambda key: None,
    workers: int = 1,
    meanwhile: Callable[[], None] = lambda: None,
    read: Read | None = None,
) -> Content:
    """Read and check all of content/; skip unreadable files and report them as problems.

    Args:
        meanwhile: what this process does while others read.
        read: returns the text of a file, if it is not the one on the disk that is meant.
    """
    kinds = _Kinds(read or partial(read_text, root), config, listing)
    documents: dict[Key, tuple[Document, ...]] = {}
    for key, versions in listing.pages.items():
        known = remembered(key)
        if known is not None and known[0].kind == kinds.of_document(known, versions):
            documents[key] = known
    unknown = [key for key in listing.pages if key not in documents]
    problems = list(listing.problems)
    if listing.litter:
        problems.append(litter_problem("content", listing.litter))
    fresh: dict[Key, tuple[Document, ...]] = {}
    texts = sum(len(listing.pages[key]) for key in unknown)
    worth = WORTH_FORKING if texts < _TEXTS_WORTH_FORKING else 0  # few pages in many languages are many texts
    for part in spread(
        unknown, lambda keys: [read_page(kinds, key, shelf) for key in keys], workers, worth=worth, meanwhile=meanwhile
    ):
        for key, read_now, bad in part:
            documents[key] = found = _sharing(listing, key, read_now)
            problems.extend(bad)
            if found and not bad:
                fresh[key] = found
    unread = frozenset(key for key, found in documents.items() if not found)
    in_order = tuple(document for key in listing.pages for document in documents[key])
    return Content(in_order, fresh, listing.files, unread, tuple(problems))


def _sharing(listing: Listing, key: Key, documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """Return documents that another process has sent with the strings that this one has already."""
    paths = listing.pages[key]
    return tuple([replace(own, key=key, path=paths[own.language]) for own in documents])


def read_page(kinds: _Kinds, key: Key, shelf: Shelf) -> tuple[Key, tuple[Document, ...], list[Problem]]:
    """Read the versions of a page, in the order of site.yaml; only the source version has facts, all have words."""
    versions, config = kinds.listing.pages[key], kinds.config
    source = source_language(versions, config)
    problems: list[Problem] = []
    try:
        draft, found = read_draft(kinds.read, versions[source], key, source, config)
    except SiteError as error:  # the kind of the page depends on it, and so do its translations
        others = (path for path in versions if path != source)
        return key, (), [*error.problems, *_problems_of(kinds, key, others)]
    problems.extend(found)
    if source != config.source_language and "source" in draft.front.value:
        return key, (), [_missing_source(config, versions)]
    kind = kinds.of_draft(draft, problems)
    html = shelf.put(draft.html.encode())
    documents = []
    for language in config.languages:
        try:
            if language == source:
                documents.append(_check(draft, kind, source, config, html, problems))
            elif language in versions:
                documents.append(_read_translation(kinds, key, language, kind, source, shelf, problems))
        except SiteError as error:
            problems += error.problems
            if language == source:
                return key, (), problems
    return key, tuple(documents), problems


def _problems_of(kinds: _Kinds, key: Key, languages: Iterable[str]) -> Iterator[Problem]:
    """Yield the problems of reading versions of a page."""
    for language in languages:
        try:
            yield from read_draft(kinds.read, kinds.listing.pages[key][language], key, language, kinds.config)[1]
        except SiteError as error:
            yield from error.problems


def _read_translation(
    kinds: _Kinds, key: Key, language: str, kind: Kind, source: str, shelf: Shelf, problems: list[Problem]
) -> Document:
    """Read and check a translation in the time of one item; its HTML is kept afterwards, as that must not be interrupted."""
    path, config = kinds.listing.pages[key][language], kinds.config

    def read() -> tuple[Document, str]:
        draft, found = _draft(Source.of(path, kinds.read(path)), key, language, config)
        problems.extend(found)
        return _checked(draft, kind, source, config, _NOT_KEPT, problems), draft.html

    document, html = within_limits(path, read)
    return replace(document, html=shelf.put(html.encode()))


def _missing_source(config: Config, versions: Mapping[str, str]) -> Problem:
    """Return the problem of a page that has only translations, marked as such by their `source` field."""
    names = [path.rpartition("/")[2] for path in versions.values()]
    path = f"{next(iter(versions.values())).rpartition('/')[0]}/index.{config.source_language}.md"
    message = f"the page's source version is gone; {listing(names)} {'is a translation' if len(names) == 1 else 'are translations'} of it"
    return Problem(path=path, code="missing-source", message=message, hint="restore it, or delete the page's folder")


def read_draft(
    read: Read, path: str, key: Key, language: str, config: Config | None = None
) -> tuple[Draft, list[Problem]]:
    """Read a page's file: its front matter as nodes, and its body parsed.

    Raises:
        SiteError: the file, its fences or its front matter cannot be read.
    """
    return within_limits(path, lambda: _draft(Source.of(path, read(path)), key, language, config))


def _draft(source: Source, key: Key, language: str, config: Config | None) -> tuple[Draft, list[Problem]]:
    reading = _READING[config.markdown.engine if config else "commonmark"]
    draft = reading.run(lambda: _drafted(source, key, language, config), lambda: sum(map(len, source.lines)))
    if draft is None:
        raise SiteError(
            [costly(source.path, "it is not read: this site's texts take far longer than others of their length")]
        )
    return draft


def _drafted(source: Source, key: Key, language: str, config: Config | None) -> tuple[Draft, list[Problem]]:
    front, end = parse_front_matter(source)
    html, body, problems = parse_body(source, end + 2, config)
    if config is None or config.markdown.engine == "commonmark":  # otherwise it may be valid
        from sitegen.content.markdown_lint import find_unmarked

        problems += find_unmarked(source, end + 2, config, html)
    front_digest = digest_exactly("\n".join(source.lines[1:end]))
    whole = digest_exactly("\n".join(source.lines))
    return Draft(key, language, source, front, body, html, front_digest, whole), problems


def read_version(
    text: str, like: Document, config: Config, shelf: Shelf, source: str = ""
) -> tuple[Document, list[Problem]]:
    """Return the document that a file with another text would give, and its problems.

    Args:
        source: the language of the page's source version; by default, that of the text itself.

    Raises:
        SiteError: the text cannot be read.
    """
    draft, problems = within_limits(
        like.path, lambda: _draft(Source.of(like.path, text), like.key, like.language, config)
    )
    html = shelf.put(draft.html.encode())
    return _check(draft, config.kinds[like.kind], source or like.language, config, html, problems), problems


def kind_of(root: Path, config: Config, listing: Listing, key: Key) -> Kind:
    """Return the kind of a page that has not been read yet."""
    return _Kinds(partial(read_text, root), config, listing)._of_key(key)


def source_language(versions: Iterable[str], config: Config) -> str:
    """Return the site's source language if the page has it, otherwise the page's first language in site.yaml order."""
    has = frozenset(versions)
    return next(path for path in (config.source_language, *config.languages) if path in has)


class _Kinds:
    """Finds a page's kind: its own `kind:`, else the kind in `children:` of its parent's kind, else `page`."""

    def __init__(self, read: Read, config: Config, listing: Listing) -> None:
        self.read = read
        self.config = config
        self.listing = listing
        self._found: dict[Key, Kind] = {}

    def of_draft(self, draft: Draft, problems: list[Problem]) -> Kind:
        """Return the kind of a page whose source version has been read."""
        node = draft.front.value.get("kind")
        if node is not None and node.text not in self.config.kinds:
            hint = nearest_or_all(node.text, self.config.kinds, "kinds are")
            message = f"kind: '{node.text}' is not in kinds.yaml"
            problems.append(draft.source.problem("unknown-kind", message, node.mark, hint))
        return self._named(draft.key, node.text if node is not None else None)

    def of_document(self, documents: tuple[Document, ...], versions: Mapping[str, str]) -> str:
        """Return the name of the kind that the documents of an earlier build would have now."""
        source = source_language(versions, self.config)
        named = next((d.facts.get("kind") for d in documents if d.language == source), None)
        return self._named(documents[0].key, named).name

    def _named(self, key: Key, name: str | None) -> Kind:
        kind = self.config.kinds.get(name or "")
        if kind is None:
            above = parent_key(key)
            parent = self._of_key(above) if above is not None and above in self.listing.pages else None
            kind = self.config.kinds[(parent.children.kind if parent else None) or "page"]
        self._found[key] = kind
        return kind

    def _of_key(self, key: Key) -> Kind:
        """Return the kind of a page that has not been read yet; its problems are reported when it is read."""
        if key not in self._found:
            versions = self.listing.pages[key]
            path = versions[source_language(versions, self.config)]
            try:
                front, _ = parse_front_matter(Source.of(path, self.read(path)))
            except SiteError:
                front = Node({}, "", Mark(1, 1))
            self._named(key, front.value["kind"].text if "kind" in front.value else None)
        return self._found[key]


def _check(draft: Draft, kind: Kind, source: str, config: Config, html: Shelved, problems: list[Problem]) -> Document:
    """The document of a text whose HTML is kept already, as that must not be interrupted."""
    return within_limits(draft.source.path, lambda: _checked(draft, kind, source, config, html, problems))


def _checked(draft: Draft, kind: Kind, source: str, config: Config, html: Shelved, problems: list[Problem]) -> Document:
    is_strict = config.severities.get("unknown-key", "error") == "error"
    check = Checker(draft.source, problems, config.time_zone, is_strict, len(problems))
    is_source = draft.language == source
    what = f"the kind '{kind.name}'"
    values: dict[str, Any] = {}
    for name, node in draft.front.value.items():
        declared = kind.fields.get(name)
        own = TRANSLATION_FIELDS.get(name)
        if not is_source and own is not None:
            declared = own
        if declared is None and own is not None:
            message = f"'{name}' belongs to translations, and this is the source version"
            check.report("misplaced-word", message, node.key, "remove the line")
        elif declared is None:
            check.unknown(name, node, kind.fields, what)
        elif not is_source and declared.side == "facts":
            message = f"'{name}' is a fact, and belongs in the source version only"
            check.report("misplaced-fact", message, node.key, f"write it in index.{source}.md, once for all languages")
        elif node.value is not None:
            values[name] = check.value(declared, node)
    if is_source:
        check.required(kind.fields, draft.front, what)
        _check_languages(check, draft.front, config)
    filled = {name: value for name, value in values.items() if value is not None}
    if kind.calendar:
        filled = _in_own_zone(filled, kind, config.time_zone)
    if is_source and "title" not in filled:  # which has been reported, unless site.yaml lets it pass
        filled["title"] = draft.key.strip("/").rpartition("/")[2] or draft.key
    problems += _find_unfit(draft, filled, kind, source, config)
    side = {
        name: (TRANSLATION_FIELDS if not is_source and name in TRANSLATION_FIELDS else kind.fields)[name].side
        for name in filled
    }
    facts = {name: value for name, value in filled.items() if side[name] == "facts"}
    return Document(
        path=draft.source.path,
        key=draft.key,
        language=draft.language,
        kind=kind.name,
        facts=facts,
        words={name: value for name, value in filled.items() if side[name] == "words"},
        places=pack({name: node.mark for name, node in draft.front.value.items()}),
        body=draft.body,
        html=html,
        front_digest=draft.front_digest,
        facts_digest=digest(repr(facts)) if facts else "",
        digest=draft.digest,
    )


def _find_unfit(draft: Draft, values: Mapping[str, Any], kind: Kind, source: str, config: Config) -> Iterator[Problem]:
    """Report values that do not fit together: an end before the start, a block without a required attribute."""
    is_source = draft.language == source
    yield from _skipped_times(draft, values)
    if is_source and kind.calendar:
        yield from _ends_early(draft, values, kind)
    if draft.body.blocks:
        yield from missing_attributes(draft.source, draft.body.blocks, config.blocks, is_source=is_source)
        yield from () if is_source else misplaced_facts(draft.source, draft.body.blocks, source)


def _in_own_zone(values: Mapping[str, Any], kind: Kind, site: dt.tzinfo) -> dict[str, Any]:
    """Return the values with times written without an offset placed in the page's time zone.

    The zone is shown beside the start, so the deadline is told in the same one.
    """
    zone = values.get(kind.calendar.get("zone", ""))
    named = zoneinfo.ZoneInfo(zone) if zone is not None else site
    placed = {
        name: value.replace(tzinfo=named) if isinstance(value, dt.datetime) and value.tzinfo is site else value
        for name, value in values.items()
    }
    deadline, start = placed.get(kind.calendar.get("deadline", "")), placed.get(kind.calendar["start"])
    if isinstance(deadline, dt.datetime) and isinstance(start, dt.datetime) and start.tzinfo is not None:
        placed[kind.calendar["deadline"]] = deadline.astimezone(start.tzinfo)
    return placed


def _skipped_times(draft: Draft, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Report times that never are, in the time zone of the page or the site."""
    for name, value in values.items():
        moments = (part for part in flat(value) if isinstance(part, dt.datetime)) if value.__class__ is not str else ()
        for moment in filter(is_skipped, moments):
            written = f"{moment:%Y-%m-%dT%H:%M} in {getattr(moment.tzinfo, 'key', moment.tzinfo)}"
            message = f"{name}: there is no such time {written}, as clocks go forward over it"
            yield draft.source.problem("date", message, draft.front.value[name].mark, "write the hour that follows")


def _ends_early(draft: Draft, values: Mapping[str, Any], kind: Kind) -> Iterator[Problem]:
    """Report an end that is before the start."""
    name = kind.calendar.get("end", "")
    first, last = values.get(kind.calendar["start"]), values.get(name)
    if first is None or last is None:
        return
    if not (isinstance(first, dt.datetime) and isinstance(last, dt.datetime)):
        first, last = (value.date() if isinstance(value, dt.datetime) else value for value in (first, last))
    if last < first:
        message = f"{name}: it ends before it starts"
        hint = f"see '{kind.calendar['start']}'"
        yield draft.source.problem("date", message, draft.front.value[name].mark, hint)


def _check_languages(check: Checker, front: Node, config: Config) -> None:
    for name in ("languages", "hold_until"):
        node = front.value.get(name)
        if name == "languages" and node is not None and node.value == ():
            check.reject(node, "required", f"{name}: it names no language", "name one, or delete the line")
        for item in _items(node):
            if item.text and item.text not in config.languages:  # what is no text is reported as such
                hint = nearest_or_all(item.text, config.languages, "languages are")
                check.reject(item, "unknown-language", f"{name}: '{item.text}' is not a language of site.yaml", hint)
    offered, held = (_items(front.value.get(name)) for name in ("languages", "hold_until"))
    for item in held if offered else ():
        if item.text in config.languages and item.text not in {own.text for own in offered}:
            message = f"hold_until: the page is not offered in '{item.text}', so nothing waits for it"
            check.reject(item, "unknown-language", message, "add it to `languages`, or take it out here")


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.value if node is not None and isinstance(node.value, tuple) else ()
