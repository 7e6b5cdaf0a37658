"""Reads a Hugo site: its languages, its pages in each language, and its files, all unchanged.

Supports languages by file name, by folder and by mount, bundles, and front matter in YAML, TOML and JSON, as in Hugo
0.168. Keys of settings and front matter are converted to lowercase, as Hugo ignores their case.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.importers.front_matter_formats import parse_loosely, parse_table, split_front_matter
from sitegen.importers.html_to_markdown import html_as_markdown
from sitegen.importers.hugo.addresses import address_of
from sitegen.importers.hugo.settings import (
    NO_NODE,
    Mount,
    read_languages,
    read_mounts,
    read_settings,
    refuse_links,
)
from sitegen.importers.hugo.site import HugoLanguage, HugoPage, HugoSite
from sitegen.importers.hugo.unused_settings import find_unused
from sitegen.importers.keys import key_of
from sitegen.importers.placed_files import hidden_problems
from sitegen.model.page import Key
from sitegen.model.urls import parent_key
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import MOST_FOLDERS, open_file, read_file, read_text
from sitegen.source.paths import fault_of
from sitegen.source.text import Source, decode, problem_at, without_control_characters
from sitegen.source.yaml import Node

_MARKDOWN = frozenset({"md", "markdown", "mdown"})
#: A key as written.
_WRITTEN = re.compile(r"""^[ \t]*+["']?([\w-]++)["']?[ \t]*+[:=]""", re.MULTILINE)
#: File extensions of texts that Hugo publishes unchanged, or renders with other programs.
_HTML = frozenset({"html", "htm"})
#: The most addresses of each shared file on average, and beyond them.
_MOST_TIMES, _MOST_SHARED = 4, 1_000
#: The most that a page may inherit, in characters, and how many of them a value counts in addition to its text.
_MOST_INHERITED, _SIZE_OF_VALUE = 4_000, 50
_OTHER_TEXTS = frozenset({"adoc", "asciidoc", "ad", "org", "rst", "pandoc", "pdc"})


def read_site(folder: Path) -> HugoSite:
    """Read the folder of a Hugo site.

    Raises:
        SiteError: it is not a Hugo site, its settings can't be read, or its files or folders are symbolic links.
    """
    settings = read_settings(folder)
    problems = [*find_unused(settings)]
    mounts = read_mounts(folder, settings, problems)
    shared = _shared(folder, mounts, problems)
    site = HugoSite(settings=settings, shared=shared, static=_static(shared, mounts))
    site = replace(site, languages=read_languages(site, mounts))
    reader = _Reader(folder, site, problems=problems)
    for language in site.languages.values():
        reader.read(language)
    site = _without_empty_languages(site, {language for language, _ in reader.pages}, reader.problems)
    pages = _with_addresses(site, list(_with_cascades(reader.pages, reader.problems)))
    hidden = [page for page in pages if _is_hidden(page)]
    message = "a page without an address (`headless`, or `build`)"
    hint = "its text is in the pages that include it; copy it to any other place where it should appear"
    reader.problems += [page.loss(message, hint=hint) for page in hidden]
    shown = tuple(page for page in pages if not _is_hidden(page))
    texts = {(page.language, page.key): page.body for page in pages}
    return replace(site, pages=shown, files=reader.files, problems=tuple(reader.problems), texts=texts)


def _without_empty_languages(site: HugoSite, written: Container[str], problems: list[Problem]) -> HugoSite:
    """Leave out the languages without a page, in each of which every page would be shown in another one."""
    kept = {path: own for path, own in site.languages.items() if path in written or path == site.default}
    for path in site.languages.keys() - kept.keys():
        table = site.settings["languages"]
        message = f"the language '{path}' is left out, as it has no pages"
        hint = "add it to `languages` in content/site.yaml once it has some"
        problems.append(problem_at(table.path, "not-imported", message, table.node.entries[path].key, hint))
    return replace(site, languages=kept)


def _with_addresses(site: HugoSite, pages: Sequence[HugoPage]) -> list[HugoPage]:
    sections: dict[str, set[Key]] = {}
    for page in pages:
        if page.is_section:
            sections.setdefault(page.language, set()).add(page.key)
    return [replace(page, url=address_of(site, page, sections.get(page.language, ()))) for page in pages]


# pages


class _Reader(Struct, dict=True):
    """Walks the content of each language."""

    folder: Path
    site: HugoSite
    pages: dict[tuple[str, Key], HugoPage] = field(default_factory=dict)
    files: dict[tuple[str, Key, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    read_folders: set[str] = field(default_factory=set)

    def read(self, language: HugoLanguage) -> None:
        """Read the folders of a language, except nested folders of other languages."""
        for folder, place in language.folders:
            if folder not in self.read_folders:
                self.read_folders.add(folder)
                self._read_folder(language, folder, place)

    @cached_property
    def _tops(self) -> frozenset[str]:
        """The folders of all languages."""
        return frozenset(folder for language in self.site.languages.values() for folder, _ in language.folders)

    @cached_property
    def _defaults(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.site.languages[self.site.default].folders)

    def _read_folder(self, language: HugoLanguage, top: str, place: str) -> None:
        if (top, place) in self._defaults:
            language = self.site.languages[self.site.default]  # for files without a language
        for folder, names in _walk(self.folder, top, self._tops, self.problems):
            is_bundle = any(self._split(name, language)[0] == "index" for name in names)
            above = key_of(place + folder.removeprefix(top))
            for name in names:
                path = f"{folder}/{name}"
                if path not in self.seen:
                    self.seen.add(path)
                    self._take(path, name, language, above, in_bundle=is_bundle)

    def _split(self, name: str, language: HugoLanguage) -> tuple[str, str, str]:
        """Split a file name into stem, language and extension: `one.fr.md` → ("one", "fr", "md")."""
        stem, _, ending = name.rpartition(".")
        before, dot, own = stem.rpartition(".")
        is_named = dot and own.lower() in self.site.languages
        return (before, own.lower(), ending) if is_named else (stem, language.path, ending)

    def _take(self, path: str, name: str, language: HugoLanguage, above: Key, *, in_bundle: bool) -> None:
        stem, own, ending = self._split(name, language)
        is_text = ending.lower() in _MARKDOWN or (ending.lower() in _HTML and _has_front_matter(self.folder, path))
        if not is_text and (ending.lower() in _HTML or (ending.lower() in _OTHER_TEXTS and stem and not in_bundle)):
            self._tell(path, f"a page in .{ending}", "write it in Markdown")
        elif not is_text:
            self.files[language.path, above, name] = path
        elif in_bundle and stem != "index" and above != "/":
            self._tell(path, "a text within a bundle, which is not a page,", "put it where it is shown")
        else:
            is_whole = stem in ("index", "_index")
            self._read_page(path, own, above if is_whole else key_of(f"{above}{stem}"), above, stem == "_index")

    def _tell(self, path: str, what: str, hint: str) -> None:
        self.problems.append(Problem(path=path, code="not-imported", message=f"{what} can't be imported", hint=hint))

    def _read_page(self, path: str, language: str, key: Key, folder: Key, is_section: bool) -> None:
        try:
            page = read_page(self.folder, path, language, key, folder, self.problems, is_section=is_section)
        except SiteError as error:
            self.problems.extend(error.problems)
            return
        if (language, key) in self.pages:
            message = f"the same page as {self.pages[language, key].path}"
            self.problems.append(page.loss(message, hint="join the two, or rename one"))
        else:
            self.pages[language, key] = page


def _with_cascades(pages: Mapping[tuple[str, Key], HugoPage], problems: list[Problem]) -> Iterator[HugoPage]:
    """Add to each page the fields that it inherits by `cascade` from itself and its ancestors.

    All pages without a cascade below one share what it hands down; as each page is written with it, that has a limit.
    """

    @cache
    def inherited(language: str, key: Key) -> Mapping[str, Node]:
        page, above = pages.get((language, key)), parent_key(key)
        outer = inherited(language, above) if above is not None else {}
        if page is None or "cascade" not in page.front:
            return outer
        handed: dict[str, Node] = {}
        for name, node in (*_handed_down(page, problems), *outer.items()):
            handed.setdefault(name, node)
        if sum(map(_size, handed.values())) <= _MOST_INHERITED:
            return handed
        message = "the cascade is not imported, as it hands down too much to each page below"
        problems.append(page.loss(message, page.front["cascade"].key, "set it in the pages that need it"))
        return outer

    for (language, key), page in pages.items():
        own = inherited(language, key)
        added = {name: node for name, node in own.items() if name not in page.front}
        names = {name: page.names.get(name, name) for name in (*page.front, *added)}
        yield replace(page, front={**page.front, **added}, names=names) if added else page


def _size(node: Node) -> int:
    """Return about how much a value takes, in characters."""
    children = node.value if isinstance(node.value, tuple) else node.entries.values()
    return _SIZE_OF_VALUE + len(node.text) + sum(map(len, node.entries)) + sum(map(_size, children))


def _handed_down(page: HugoPage, problems: list[Problem]) -> Iterator[tuple[str, Node]]:
    node = page.front.get("cascade")
    for table in node.items if node is not None else ():
        if not isinstance(table.value, dict) or {"target", "_target"} & table.value.keys():
            message = "a cascade for some pages only can't be followed"
            problems.append(page.loss(message, page.front["cascade"].key, "set it in those pages"))
            continue
        yield from table.value.get("params", NO_NODE).entries.items()
        yield from ((name, child) for name, child in table.value.items() if name != "params")


def _is_hidden(page: HugoPage) -> bool:
    build = page.front.get("build") or page.front.get("_build") or NO_NODE
    render = build.entries.get("render", NO_NODE).text
    return page.text("headless") == "true" or render in ("never", "false", "link")


def _walk(
    root: Path, folder: str, others: Container[str], problems: list[Problem], *, with_hidden: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Yield folders with their file names, skipping `others`; report symbolic links, and hidden names that are left out.

    Args:
        with_hidden: whether to yield names that begin with a dot, except Git's own folder.

    Raises:
        SiteError: the folder is a symbolic link, or is below one.
    """
    refuse_links(root, folder)
    for place, folders, names in os.walk(root / folder):
        own = Path(place).relative_to(root).as_posix()
        if own.count("/") >= MOST_FOLDERS:
            message, hint = f"folders are nested more than {MOST_FOLDERS} deep", "move it up"
            problems.append(Problem(path=own, code="not-imported", message=message, hint=hint))
            folders.clear()
            continue
        found = sorted(name for name in (*folders, *names) if f"{own}/{name}" not in others)
        hidden = {name for name in found if name[0] == "." and (not with_hidden or fault_of(name))}
        problems += (problem for name in sorted(hidden) for problem in hidden_problems(f"{own}/{name}"))
        kept = [name for name in found if name not in hidden]
        links = {name for name in kept if (Path(place) / name).is_symlink()}
        for name in sorted(links):
            message, hint = "links are not followed", "put the file itself there"
            problems.append(Problem(path=f"{own}/{name}", code="not-imported", message=message, hint=hint))
        folders[:] = [name for name in kept if name in set(folders) - links]
        yield own, [name for name in kept if name in set(names) - links]


def _shared(root: Path, mounts: Iterable[Mount], problems: list[Problem]) -> dict[str, str]:
    """Return address → path of the files in assets/ and static/, including mounts."""
    places = [(top, "/") for top in ("assets", "static") if (root / top).exists()]
    for mount in mounts:
        places += [(mount.source, place) for top in ("assets", "static") if (place := mount.below(top)) is not None]
    found: dict[str, str] = {}
    for number, (top, place) in enumerate(places):
        if len(found) > _MOST_TIMES * len(set(found.values())) + _MOST_SHARED:
            left = ", ".join(dict.fromkeys(top for top, _ in places[number:]))
            message = f"files are mounted at more than {_MOST_TIMES} addresses each; these mounts are left out: {left}"
            problems.append(Problem(path=top, code="not-imported", message=message, hint="mount them once"))
            break
        for folder, names in _walk(root, top, (), problems, with_hidden=True):
            found |= {place + f"{folder}/{name}".removeprefix(f"{top}/"): f"{folder}/{name}" for name in names}
    return found


def _static(shared: Mapping[str, str], mounts: Iterable[Mount]) -> dict[str, str]:
    """Return path below static/ → the file, for those of static/ and of the folders mounted there."""
    tops = ("static/", *(f"{mount.source}/" for mount in mounts if mount.below("static") is not None))
    return {f"static{address}": path for address, path in shared.items() if path.startswith(tops)}


def _has_front_matter(root: Path, path: str) -> bool:
    with open_file(root, path) as handle:
        return os.read(handle, 64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"---", b"+++", b"{"))


def _text_of(root: Path, path: str, problems: list[Problem]) -> str:
    """Return the text of a file; report and remove invisible characters, which Hugo would publish."""
    try:
        return read_text(root, path)
    except SiteError as error:
        if {problem.code for problem in error.problems} != {"control-character"}:
            raise
        message = "invisible characters are removed"
        problems.append(replace(error.problems[0], code="not-imported", message=message, hint=""))
        text = without_control_characters(read_file(root, path).decode("utf-8-sig"))
        return decode(path, text.encode())


def _front_matter(source: Source, form: str, text: str, first_line: int, problems: list[Problem]) -> Node:
    """Parse front matter; parse YAML leniently, as Hugo does, if necessary, and report this."""
    try:
        return parse_table(source, form, text, first_line)
    except SiteError as error:
        if form != "yaml":
            raise
        try:
            node = parse_loosely(source, text, first_line)
        except SiteError:
            raise error from None
        first = error.problems[0]
        problems.append(replace(first, code="not-imported", message=f"read as Hugo reads it: {first.message}"))
        return node


def _with_params(path: str, fields: Mapping[str, Node], problems: list[Problem]) -> Mapping[str, Node]:
    """Return front matter with the fields of `params` among the others, and report those that are there too."""
    params = fields.get("params", NO_NODE)
    if not isinstance(params.value, dict):
        return fields
    outer = {name: own for name, own in fields.items() if name != "params"}
    for name in sorted(params.value.keys() & outer.keys()):
        message = f"params.{name} is left out, as '{name}' is there too"
        problems.append(problem_at(path, "not-imported", message, params.value[name].key, "rename it"))
    return {**params.value, **outer}


def read_page(
    root: Path, path: str, language: str, key: Key, folder: Key, problems: list[Problem], *, is_section: bool
) -> HugoPage:
    """Read a page's file with its front matter in any of the three formats.

    Args:
        problems: list to which ignored errors are added.

    Raises:
        SiteError: the file can't be read.
    """
    source = Source.of(path, _text_of(root, path, problems))
    form, text, first_line, end = split_front_matter(source)
    node = _front_matter(source, form, text, first_line, problems) if form else NO_NODE
    front = _with_params(path, node.entries, problems)
    written, body = {name.lower(): name for name in _WRITTEN.findall(text)}, "\n".join(source.lines[end:])
    is_html = path.rpartition(".")[2].lower() in _HTML  # which Hugo publishes unchanged
    return HugoPage(
        path=path,
        language=language,
        key=key,
        folder=folder,
        is_section=is_section or key == "/",
        front=front,
        names={name: written.get(name, name) for name in front},
        body=html_as_markdown(body) if is_html else body,
        first_line=end + 1,
    )
