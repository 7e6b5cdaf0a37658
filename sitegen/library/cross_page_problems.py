"""Problems that involve several pages: references, addresses, settings."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.i18n.dates_and_numbers import Formats
from sitegen.library.dead_links import explain_expiry, explain_missing
from sitegen.library.library import Library
from sitegen.library.redirects import MOST_FOLDERS, MOST_OF_SITE, MOST_OF_VERSION, alias_folders, aliases
from sitegen.library.references import references
from sitegen.media.images import AS_PICTURE, is_shown
from sitegen.model.aliases import fault_of_alias
from sitegen.model.fields import Field, flat
from sitegen.model.menus import menu_references
from sitegen.model.page import Document, FileName, ImageName, Key, Page, Reference
from sitegen.model.slugs import fault_of_folder, fault_of_slug
from sitegen.model.urls import file_path, last_part, parent_key, url_of_file
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.paths import LONGEST_NAME
from sitegen.source.text import problem_at

#: The maximum length of an address in bytes; longer ones are unusable for people and rejected by file systems.
MOST_BYTES = 1_000


def find_library_problems(library: Library) -> Iterator[Problem]:
    """Report problems that involve several pages: references, addresses, records, and a missing home page."""
    if "/" not in library.pages and "/" not in library.unread:
        why = library.held.get(Key("/"))
        message = f"the home page is {why}" if why else "there is no home page"
        hint = "publish it" if why else f"add content/index.{library.config.source_language}.md"
        yield Problem(path="content", code="missing-content", message=message, hint=hint)
    yield from _never_tracked(library)
    yield from _many_aliases(library)
    for page in library.pages.values():
        yield from find_page_problems(library, page)
        yield from _long_addresses(library, page)
    yield from _bad_settings(library)
    yield from _borrowed_formats(library)
    yield from _clashes(library)


def find_page_problems(library: Library, page: Page) -> Iterator[Problem]:
    """Report problems with a page's references, pictures, slugs, aliases and records."""
    document = page.versions[page.source]
    yield from _bad_references(library, page, document)
    for written in page.written.values():
        yield from _bad_files(library, written)
    yield from _bad_slugs(library, page)
    yield from _bad_aliases(library, page)
    yield from _untracked(library, page)


def _bad_references(library: Library, page: Page, document: Document) -> Iterator[Problem]:
    fields = library.config.kinds[page.kind].fields
    for name, reference in references(page.facts):
        target, wanted = library.pages.get(reference.key), _wanted_kind(fields[name])
        lost = [*_lost_reference(library, document.path, name, reference, "value")]
        yield from lost
        if not lost and target and wanted and wanted not in library.config.kinds[target.kind].lineage:
            message = f"{name}: '{reference.key}' is of the kind '{target.kind}', not '{wanted}'"
            yield problem_at(document.path, "reference-kind", message, reference.mark)


def _lost_reference(library: Library, path: str, name: str, reference: Reference, what: str) -> Iterator[Problem]:
    """Report a reference to a page that expires, has expired, or does not exist.

    Args:
        what: what is left out where there is no such page: a value, or an entry.
    """
    if reference.key in library.unread:
        return
    if told := explain_expiry(library, reference.key):
        message, hint = told
        yield problem_at(path, "expires", f"{name}: {message} {what} is left out", reference.mark, hint)
    elif reference.key not in library.pages:
        message, hint, now = explain_missing(library, reference.key, "reference")
        yield problem_at(path, "reference", f"{name}: {message}", reference.mark, hint, now)


def _wanted_kind(declared: Field) -> str | None:
    return _wanted_kind(declared.item) if declared.item is not None else declared.kind


def _bad_files(library: Library, document: Document) -> Iterator[Problem]:
    for field, value in (*document.facts.items(), *document.words.items()):
        for name in () if value.__class__ is str else flat(value):
            if isinstance(name, ImageName) and not is_shown(name):
                message = f"{field}: not every browser shows '{name}'"
                yield problem_at(document.path, "picture", message, document.marks[field], AS_PICTURE)
            elif isinstance(name, FileName) and library.resolve_file(document.key, name, document.language) is None:
                message = f"{field}: there is no '{name}' beside the page"
                hint = library.guess("dead-file", name, library.beside.get(document.key, ()))
                yield problem_at(document.path, "dead-file", message, document.marks[field], hint)


def _bad_slugs(library: Library, page: Page) -> Iterator[Problem]:
    hint = "use letters, digits and hyphens"
    fault = fault_of_folder(page.key.strip("/"))
    if fault and parent_key(page.key) in library.pages:  # which has the problem of the folders above
        fault = fault_of_folder(last_part(page.key))
    if fault:
        own = hint if fault_of_slug(last_part(page.key)) else "rename it; `slug` may keep the address"
        yield problem_at(_source_path(page), "slug", fault, None, own)
    for document in page.written.values():
        slug = document.words.get("slug")
        if slug is not None and (fault := fault_of_slug(slug)):
            yield problem_at(document.path, "slug", f"slug: {fault}", document.marks["slug"], hint)


def _bad_aliases(library: Library, page: Page) -> Iterator[Problem]:
    """Report old addresses that can't be requested, have a special meaning in a server's configuration, or are too many."""
    old, document = page.facts.get("aliases", ()), page.versions[page.source]
    if old and (folders := alias_folders(library, page)) > MOST_FOLDERS:
        message = (
            f"aliases: {len(old):,} old addresses need {folders:,} folders in all languages, over {MOST_FOLDERS:,}"
        )
        mark, hint = document.marks.get("aliases", Mark(1, 1)), "redirect them by a pattern on the server"
        yield problem_at(document.path, "too-costly", message, mark, hint)
    for alias in old:
        if fault := fault_of_alias(alias):
            message = f"aliases: {alias!r} can't be an old address: {fault}"
            hint = "write its path as /old/plan/: letters, digits and hyphens"
            yield problem_at(document.path, "address", message, document.marks.get("aliases", Mark(1, 1)), hint)


def _many_aliases(library: Library) -> Iterator[Problem]:
    """Report the old addresses of all pages if they are too many, at the page that has most."""
    folders = {page.key: alias_folders(library, page) for page in library.pages.values() if "aliases" in page.facts}
    total, versions = sum(folders.values()), sum(len(page.states) for page in library.pages.values())
    most = MOST_OF_SITE + MOST_OF_VERSION * versions
    if total > most:
        page = library.pages[max(folders, key=folders.__getitem__)]
        document = page.versions[page.source]
        message = f"aliases: the old addresses of all pages need {total:,} folders in all languages, over {most:,}"
        mark = document.marks.get("aliases", Mark(1, 1))
        yield problem_at(document.path, "too-costly", message, mark, "redirect them by a pattern on the server")


def _never_tracked(library: Library) -> Iterator[Problem]:
    """Report all translations with one problem if none of them records its source version."""
    if library.never_tracked:
        message = f"no translation records which version of its source it renders ({library.never_tracked:,} files)"
        hint = "if they are right, run: python build.py translate accept all all"
        yield Problem(path="content", code="untracked", message=message, hint=hint)


def _untracked(library: Library, page: Page) -> Iterator[Problem]:
    for path, state in page.states.items():
        if state.name == "untracked" and not library.never_tracked and path in page.written:
            message = "it is not recorded which version of the source this translation renders"
            hint = f"if it is right, run: python build.py translate accept {page.key} {path}"
            yield problem_at(page.versions[path].path, "untracked", message, Mark(1, 1), hint)


def _bad_settings(library: Library) -> Iterator[Problem]:
    config = library.config
    named = [(f"menus.{name}", reference) for name, menu in config.menus.items() for reference in menu_references(menu)]
    named += [
        (name, reference) for name in ("organisation", "glossary") if (reference := getattr(config, name)) is not None
    ]
    for name, reference in named:
        yield from _lost_reference(library, "content/site.yaml", name, reference, "entry")


def _borrowed_formats(library: Library) -> Iterator[Problem]:
    """Report languages without dates and numbers in CLDR, which use those of another language."""
    for language in library.config.languages.values():
        nearest = "" if language.base else Formats.of(language.formats).nearest
        if nearest:
            shown = "as 2025-09-02" if nearest == "root" else f"as in '{nearest}'"
            message = f"CLDR has no dates and numbers for '{language.formats}', so they are written {shown}"
            hint = "name the language whose dates and numbers it takes, such as `formats: ru`"
            hint = hint if nearest == "root" else hint.replace("ru", nearest)
            yield problem_at("content/site.yaml", "language-data", message, language.mark, hint)


def _long_addresses(library: Library, page: Page) -> Iterator[Problem]:
    """Report the first of a page's addresses, current or old, that is too long for file systems."""
    own = ((file, "slug") for file in _files(library, page))
    for file, name in (*own, *((file, "aliases") for file, _ in aliases(library, page))):
        if 4 * len(file) <= LONGEST_NAME:  # bytes at most
            continue
        if len(file.encode()) > MOST_BYTES or any(len(part.encode()) > LONGEST_NAME for part in file.split("/")):
            document = page.versions[page.source]
            message = f"{name}: the address /{file[:60]}… has {len(file.encode())} bytes"
            hint = f"at most {MOST_BYTES} in all and {LONGEST_NAME} in each part; shorten it"
            yield problem_at(document.path, "address", message, document.marks.get(name, Mark(1, 1)), hint)
            return


def _clashes(library: Library) -> Iterator[Problem]:
    """Report two pages with the same address, and aliases that clash with a page or another alias."""
    in_small: dict[str, Page] = {}  # many file systems and some hosts are case-insensitive
    for page in library.pages.values():
        own = _files(library, page)
        taken = [(file, path) for file, path in own.items() if in_small.setdefault(file.lower(), page) is not page]
        for file, path in taken[:1]:
            document = page.versions[page.states[path].shown]
            other = in_small[file.lower()]
            also = "also that" if file in _files(library, other) else "except for capital letters, that"
            message = f"its address {library.url(page.key, path)} is {also} of {_source_path(other)}"
            mark = document.marks.get("slug", Mark(1, 1))
            yield problem_at(document.path, "url-clash", message, mark, "change the slug of one of them")
    for page in library.pages.values():
        olds = dict.fromkeys(file for file, _ in aliases(library, page))
        taken_here = {file.lower() for file in _files(library, page)} if olds else ()
        for file in [f for f in olds if in_small.setdefault(f.lower(), page) is not page or f.lower() in taken_here][
            :1
        ]:
            document = page.versions[page.source]
            other, address = in_small[file.lower()], url_of_file(library.config.base_path, file)
            message = f"aliases: {address} is also the address of {_source_path(other)}"
            mark = document.marks.get("aliases", Mark(1, 1))
            is_same = file in _files(library, other) or file in dict(aliases(library, other))
            hint = (
                "remove one of them"
                if is_same
                else "remove it: many disks and hosts do not tell capital letters from small ones"
            )
            yield problem_at(document.path, "alias-clash", message, mark, hint)


def _files(library: Library, page: Page) -> dict[str, str]:
    """Return the output file of a page in each language → the language."""
    return {file_path(path, library.segments[page.key, path]): path for path in page.states}


def _source_path(page: Page) -> str:
    return page.versions[page.source].path
