"""A site of Hugo as its own files tell it: its languages, its pages in each of them, and its files; nothing is changed.

Languages by file name and by folder, bundles, front matter in YAML, TOML and JSON, addresses by `permalinks`, `slug` and
`url`: as in Hugo 0.168. Keys of settings and front matter are told in small letters, since Hugo knows no others.
"""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from sitegen.i18n.tags import parse_tag
from sitegen.importers.tables import parse_table, split_front_matter
from sitegen.model.urls import ancestor_keys, parent_key
from sitegen.model.values import Key
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_text
from sitegen.source.mark import Mark
from sitegen.source.yaml import Node, Source, problem_at

_ENDINGS = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_MARKDOWN = frozenset({"md", "markdown", "mdown"})
#: Texts that Hugo renders with other programs, or as they are.
_OTHER_TEXTS = frozenset({"html", "htm", "adoc", "asciidoc", "ad", "org", "rst", "pandoc", "pdc"})
_START = Mark(1, 1)
_NO_NODE = Node({}, "", _START)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of the settings, and the file that it stands in."""

    path: str
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class HugoLanguage:
    """A language of the site.

    Attributes:
        path: its key in the settings.
        prefix: what its addresses begin with: `/fr/`, or `/` for one without.
        folder: where its content lies.
    """

    path: str
    tag: str
    title: str
    prefix: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HugoPage:
    """A page in one language.

    Attributes:
        path: of its file, relative to the folder of the site.
        key: where it lies below its language's content, as `/posts/one/`.
        folder: from where its links are seen, as a key: its own one for a bundle, else that in which its file lies.
        is_section: whether pages may lie below it.
        front: its fields, `params` among them, by their names in small letters.
        names: field → its name as it is written.
        first_line: of the body, 1-based.
        url: its address below the site's own, as `/fr/posts/one/`.
    """

    path: str
    language: str
    key: Key
    folder: Key
    is_section: bool
    front: Mapping[str, Node]
    names: Mapping[str, str]
    body: str
    first_line: int
    url: str = ""

    def text(self, name: str) -> str:
        """A field as text; "" where it has none."""
        node = self.front.get(name)
        return node.text if node is not None and node.value is not None else ""

    @property
    def section(self) -> str:
        """The first folder that it lies in; "" at the top."""
        parts = [part for part in self.key.split("/") if part]
        return parts[0] if parts and (self.is_section or len(parts) > 1) else ""

    def problem(self, code: str, message: str, mark: Mark | None = None, hint: str = "") -> Problem:
        """A problem of its file."""
        return problem_at(self.path, code, message, mark, hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class HugoSite:
    """Everything that was read.

    Attributes:
        languages: path → language, in the order of their weights.
        default: path of the language of files that name none.
        files: (language, key of the folder, name) → path, of what lies beside pages.
        shared: address → path, of static/ and assets/.
    """

    languages: Mapping[str, HugoLanguage]
    default: str
    base_url: str
    settings: Mapping[str, Setting]
    pages: tuple[HugoPage, ...]
    files: Mapping[tuple[str, Key, str], str]
    shared: Mapping[str, str]
    problems: tuple[Problem, ...]

    def setting(self, *names: str) -> Any:
        """A plain value of the settings by its keys, from the outside in; None where there is none."""
        found = self.settings.get(names[0])
        node = found.node if found else None
        for name in names[1:]:
            node = node.value.get(name) if node is not None and isinstance(node.value, dict) else None
        return None if node is None or isinstance(node.value, (dict, tuple)) else node.value


def read_site(folder: Path) -> HugoSite:
    """Read a folder that Hugo builds.

    Raises:
        SiteError: it is none, or its settings can't be read.
    """
    settings = _read_settings(folder)
    site = HugoSite(
        languages={},
        default=str(_plain(settings, "defaultcontentlanguage") or "en").lower(),
        base_url=str(_plain(settings, "baseurl") or ""),
        settings=settings,
        pages=(),
        files={},
        shared={path: name for top in ("assets", "static") for path, name in _shared(folder, top)},
        problems=(),
    )
    site = replace(site, languages=_languages(site))
    reader = _Reader(folder, site, problems=list(_mounts(settings)))
    for language in site.languages.values():
        reader.read(language)
    pages = [replace(page, url=_address(site, page)) for page in _with_cascades(reader.pages, reader.problems)]
    hidden = [page for page in pages if _is_hidden(page)]
    reader.problems += [
        page.problem(
            "not-imported", "a page without an address (`headless`, or `build`)", None, "put it where it is shown"
        )
        for page in hidden
    ]
    shown = tuple(page for page in pages if not _is_hidden(page))
    return replace(site, pages=shown, files=reader.files, problems=tuple(reader.problems))


def _plain(settings: Mapping[str, Setting], name: str) -> Any:
    return settings[name].node.value if name in settings else None


# settings


def _read_settings(folder: Path) -> dict[str, Setting]:
    """Every key of the outermost level: of hugo.toml and the like, and of config/_default/."""
    settings: dict[str, Setting] = {}
    for path in _settings_files(folder):
        name, form = PurePosixPath(path).stem, _ENDINGS[PurePosixPath(path).suffix]
        node = parse_table(Source.of(path, read_text(folder, path)), form)
        if name in ("hugo", "config"):
            settings |= {key: Setting(path, child) for key, child in node.value.items()}
        else:
            settings[name.lower()] = Setting(path, node)
    if not settings and not (folder / "content").is_dir():
        message, hint = "this is no site of Hugo: it has no hugo.toml", "name the folder in which hugo.toml lies"
        raise SiteError([Problem(path=str(folder), code="missing-content", message=message, hint=hint)])
    return settings


def _settings_files(folder: Path) -> Iterator[str]:
    for name in ("hugo", "config"):
        for ending in _ENDINGS:
            if (folder / f"{name}{ending}").is_file():
                yield f"{name}{ending}"
    default = folder / "config/_default"
    for path in sorted(default.iterdir()) if default.is_dir() else ():
        if path.suffix in _ENDINGS and path.is_file():
            yield path.relative_to(folder).as_posix()


def _mounts(settings: Mapping[str, Setting]) -> Iterator[Problem]:
    module = settings.get("module")
    mounts = module.node.value.get("mounts") if module and isinstance(module.node.value, dict) else None
    if module and mounts:
        message, hint = "module.mounts can't be followed", "copy what is mounted into the folder of its language"
        yield problem_at(module.path, "not-imported", message, mounts.key, hint)


def _languages(site: HugoSite) -> dict[str, HugoLanguage]:
    """The languages by weight; a site that names none has one.

    Raises:
        SiteError: the tag of one can't be told, or its folder lies outside of the site.
    """
    table = site.settings.get("languages", Setting("hugo.toml", _NO_NODE))
    entries = table.node.value if isinstance(table.node.value, dict) else {}
    entries = {path: node for path, node in entries.items() if isinstance(node.value, dict)} or {site.default: _NO_NODE}
    found, problems = {}, list[Problem]()
    for path, node in sorted(entries.items(), key=lambda entry: (_weight(entry[1]), entry[0])):
        own = {name: child.text for name, child in node.value.items()}
        if own.get("disabled", "").lower() != "true":
            found[path] = _language(site, path, own)
            problems += (problem_at(table.path, *told, node.key) for told in _wrong_with(found[path]))
    if problems:
        raise SiteError(problems)
    return found


def _language(site: HugoSite, path: str, own: Mapping[str, str]) -> HugoLanguage:
    """A language of the settings; its tag is empty where none can be told."""
    has_none = path == site.default and site.setting("defaultcontentlanguageinsubdir") is not True
    return HugoLanguage(
        path=path,
        tag=_tag(own.get("locale") or own.get("languagecode") or "", path) or "",
        title=own.get("title") or str(site.setting("title") or "Site"),
        prefix="/" if has_none else f"/{path}/",
        folder=posixpath.normpath(own.get("contentdir") or str(site.setting("contentdir") or "content")),
    )


def _wrong_with(language: HugoLanguage) -> Iterator[tuple[str, str]]:
    """(code, message) of what keeps a language from being read."""
    if not language.tag:
        yield "language", f"'{language.path}' names no language that CLDR knows; add its tag, as `locale = \"zh-CN\"`"
    if ".." in language.folder.split("/") or language.folder.startswith("/"):
        yield "symlink", f"contentDir: '{language.folder}' lies outside of the site"


def _weight(node: Node) -> float:
    weight = node.value["weight"].value if "weight" in node.value else None
    return weight if isinstance(weight, (int, float)) else float("inf")


def _tag(*candidates: str) -> str | None:
    """The first that is a BCP 47 tag, written as such: `zh-cn` → `zh-CN`."""
    return next((str(tag) for text in candidates if (tag := parse_tag(text.replace("_", "-"))) is not None), None)


# pages


@dataclass
class _Reader:
    """Walks the content of one language after the other."""

    folder: Path
    site: HugoSite
    pages: dict[tuple[str, Key], HugoPage] = field(default_factory=dict)
    files: dict[tuple[str, Key, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def read(self, language: HugoLanguage) -> None:
        """Everything below a language's folder; that of another one within is its own."""
        default = self.site.languages.get(self.site.default, language)
        if default.folder == language.folder:
            language = default  # of files that name none
        others = {other.folder for other in self.site.languages.values()} - {language.folder}
        for folder, names in _walk(self.folder, language.folder, others):
            is_bundle = any(self._split(name, language)[0] == "index" for name in names)
            for name in names:
                path = f"{folder}/{name}"
                if path not in self.seen:
                    self.seen.add(path)
                    self._take(path, name, language, is_bundle)

    def _split(self, name: str, language: HugoLanguage) -> tuple[str, str, str]:
        """A file's name as its stem, its language and its ending: `one.fr.md` → ("one", "fr", "md")."""
        stem, _, ending = name.rpartition(".")
        before, dot, own = stem.rpartition(".")
        return (
            (before, own.lower(), ending)
            if dot and own.lower() in self.site.languages
            else (stem, language.path, ending)
        )

    def _take(self, path: str, name: str, language: HugoLanguage, in_bundle: bool) -> None:
        stem, own, ending = self._split(name, language)
        above = key_of(os.path.dirname(path).removeprefix(language.folder))
        if ending.lower() in _OTHER_TEXTS and stem not in ("", "_index") and not in_bundle:
            self._tell(path, f"a page in .{ending}", "write it in Markdown")
        elif ending.lower() not in _MARKDOWN:
            self.files[language.path, above, name] = path
        elif in_bundle and stem != "index" and above != "/":
            self._tell(path, "a text within a bundle, which is no page,", "put it where it is shown")
        else:
            is_whole = stem in ("index", "_index")
            self._read_page(path, own, above if is_whole else key_of(f"{above}{stem}"), above, stem == "_index")

    def _tell(self, path: str, what: str, hint: str) -> None:
        self.problems.append(Problem(path=path, code="not-imported", message=f"{what} can't be brought", hint=hint))

    def _read_page(self, path: str, language: str, key: Key, folder: Key, is_section: bool) -> None:
        try:
            page = read_page(self.folder, path, language, key, folder, is_section=is_section or key == "/")
        except SiteError as error:
            self.problems.extend(error.problems)
            return
        if (language, key) in self.pages:
            message = f"the same page as {self.pages[language, key].path}"
            self.problems.append(page.problem("not-imported", message, None, "join the two, or rename one"))
        else:
            self.pages[language, key] = page


def _with_cascades(pages: Mapping[tuple[str, Key], HugoPage], problems: list[Problem]) -> Iterator[HugoPage]:
    """Each page with what it and those above it hand down by `cascade`, where it does not say it itself."""
    handed = {place: list(_handed_down(page, problems)) for place, page in pages.items()}
    for (language, key), page in pages.items():
        front, names = dict(page.front), dict(page.names)
        for above in (key, *reversed(ancestor_keys(key))):
            for name, node in handed.get((language, above), ()):
                front.setdefault(name, node)
                names.setdefault(name, name)
        yield replace(page, front=front, names=names)


def _handed_down(page: HugoPage, problems: list[Problem]) -> Iterator[tuple[str, Node]]:
    node = page.front.get("cascade")
    for table in (node.value if isinstance(node.value, tuple) else (node,)) if node is not None else ():
        if not isinstance(table.value, dict) or {"target", "_target"} & table.value.keys():
            message = "a cascade for some pages only can't be followed"
            problems.append(page.problem("not-imported", message, page.front["cascade"].key, "say it in those pages"))
            continue
        params = table.value.get("params")
        yield from params.value.items() if params is not None and isinstance(params.value, dict) else ()
        yield from ((name, child) for name, child in table.value.items() if name != "params")


def _is_hidden(page: HugoPage) -> bool:
    build = page.front.get("build") or page.front.get("_build")
    render = build.value.get("render") if build is not None and isinstance(build.value, dict) else None
    return page.text("headless") == "true" or (render is not None and render.text in ("never", "false", "link"))


def _walk(root: Path, folder: str, others: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Folders below one, with the names of their files; hidden ones, links and those of `others` left out."""
    for place, folders, names in os.walk(root / folder):
        own = Path(place).relative_to(root).as_posix()
        folders[:] = sorted(name for name in folders if name[0] != "." and f"{own}/{name}" not in others)
        yield own, sorted(name for name in names if name[0] != "." and not (Path(place) / name).is_symlink())


def _shared(root: Path, top: str) -> Iterator[tuple[str, str]]:
    for folder, names in _walk(root, top, ()):
        yield from (("/" + f"{folder}/{name}".partition("/")[2], f"{folder}/{name}") for name in names)


def read_page(root: Path, path: str, language: str, key: Key, folder: Key, *, is_section: bool) -> HugoPage:
    """One file with its front matter, whichever of the three forms that has.

    Raises:
        SiteError: it can't be read.
    """
    source = Source.of(path, read_text(root, path))
    form, text, first_line, end = split_front_matter(source)
    node = parse_table(source, form, text, first_line) if form else _NO_NODE
    front: dict[str, Node] = dict(node.value)
    params = front.pop("params", None)
    if params is not None and isinstance(params.value, dict):
        front = {**params.value, **front}
    written = {name.lower(): name for name in re.findall(r"""^\s*["']?([\w-]+)["']?\s*[:=]""", text, re.MULTILINE)}
    return HugoPage(
        path=path,
        language=language,
        key=key,
        folder=folder,
        is_section=is_section,
        front=front,
        names={name: written.get(name, name) for name in front},
        body="\n".join(source.lines[end:]),
        first_line=end + 1,
    )


# addresses


def urlize(text: str) -> str:
    """A text as part of an address, as Hugo makes it: `Rock 'n Roll` → `rock-n-roll`."""
    kept, is_due = "", False
    for character in text.lower():
        if character.isalnum() or character in "._#+~@-/" or unicodedata.category(character)[0] == "M":
            kept += f"-{character}" if is_due and character != "-" else character
            is_due = False
        elif character.isspace() and kept and kept[-1] != "-":
            is_due = True
    return kept


def key_of(path: str) -> Key:
    """A path of folders as a content path: `/Posts/My Note` → `/posts/my-note/`."""
    parts = (re.sub(r"[#+@]", "", urlize(part)).lstrip("_.") for part in path.split("/"))
    return Key("/" + "".join(f"{part}/" for part in parts if part))


def _address(site: HugoSite, page: HugoPage) -> str:
    prefix = site.languages[page.language].prefix
    if own := page.text("url"):
        path = own if own.startswith("/") else f"{prefix}{own}"
        return path if path.startswith(prefix) else f"{prefix}{path.lstrip('/')}"
    pattern = site.setting("permalinks", page.section) or site.setting(
        "permalinks", "section" if page.is_section else "page", page.section
    )
    if page.is_section or not isinstance(pattern, str):
        above = parent_key(page.key) or ""
        last = urlize(page.text("slug")) or page.key.removeprefix(above).rstrip("/")
        path = page.key if page.is_section else f"{above}{last}/"
    else:
        path = _by_pattern(page, pattern)
    if site.setting("uglyurls") is True and not page.is_section:
        path = path.rstrip("/") + ".html"
    return prefix + path.lstrip("/")


def _by_pattern(page: HugoPage, pattern: str) -> str:
    """A `permalinks` pattern filled in: `/:year/:slug/`."""
    name = page.key.rstrip("/").rpartition("/")[2]
    slug, title = urlize(page.text("slug")), urlize(page.text("title"))
    year, month, day = (*page.text("date")[:10].split("-"), "", "", "")[:3]
    tokens = {
        "year": year,
        "month": month,
        "day": day,
        "title": title,
        "slug": slug or title,
        "section": page.section,
        "sections": (parent_key(page.key) or "").strip("/"),
        **dict.fromkeys(("filename", "contentbasename"), name),
        **dict.fromkeys(("slugorfilename", "slugorcontentbasename"), slug or name),
    }
    path = re.sub(r":([a-z]+)", lambda found: tokens.get(found[1], ""), pattern)
    return re.sub(r"/{2,}", "/", f"/{path}/")
