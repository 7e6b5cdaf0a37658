"""The settings of a Hugo site: its configuration files, its languages, and `module.mounts`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from msgspec import Struct

from sitegen.i18n.language_tags import parse_tag
from sitegen.importers.front_matter_formats import parse_loosely, parse_table
from sitegen.importers.hugo.site import HugoLanguage, HugoSite, Setting
from sitegen.model.language_settings import MOST_LANGUAGES
from sitegen.problems.problem import Problem, SiteError, listing, refusal
from sitegen.source.files import read_text
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import Source, problem_at
from sitegen.source.yaml import Node

_ENDINGS = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_START = Mark(1, 1)
NO_NODE = Node({}, "", _START)
#: A name that is valid in an address, and so in a path of the new site.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
#: The longest pattern of an address.
_LONGEST_PATTERN = 500
#: The most mounts; each may show each file.
_MOST_MOUNTS = 500


def read_settings(folder: Path) -> dict[str, Setting]:
    """Return the top-level keys of hugo.toml (or its variants), overridden by config/_default/ and config/production/.

    Raises:
        SiteError: this is not a Hugo site, or a file can't be read or is a symbolic link.
    """
    settings: dict[str, Setting] = {}
    for path in _settings_files(folder):
        refuse_links(folder, path)
        name, form = PurePosixPath(path).stem.lower(), _ENDINGS[PurePosixPath(path).suffix]
        node = within_limits(path, partial(_parse_file, folder, path, form))
        outer, _, inner = name.partition(".")
        if name in ("hugo", "config"):
            settings |= {key: Setting(path, child) for key, child in node.value.items()}
        elif outer == "languages" and inner:
            settings[outer] = _with_child(settings.get(outer), path, inner, node)
        else:
            settings[name] = Setting(path, node)
    if not settings and not (folder / "content").is_dir():
        hint = "name the folder that contains hugo.toml"
        raise refusal(folder, "missing-content", "this is not a Hugo site: it has no hugo.toml", hint)
    _refuse_long_patterns(settings)
    return settings


def _refuse_long_patterns(settings: Mapping[str, Setting]) -> None:
    """Reject a pattern of `permalinks` that no address needs, as each page would fill it in."""
    for table in (settings[name] for name in ("permalinks", "languages") if name in settings):
        nodes = [table.node] if table is settings.get("permalinks") else _patterns_of_languages(table.node)
        for node in nodes:
            nodes += node.entries.values()
            if len(node.text) > _LONGEST_PATTERN:
                message = f"permalinks: a pattern of {len(node.text):,} characters, over {_LONGEST_PATTERN}"
                raise SiteError([problem_at(table.path, "too-costly", message, node.key, "shorten it")])


def _patterns_of_languages(table: Node) -> list[Node]:
    return [node.entries["permalinks"] for node in table.entries.values() if "permalinks" in node.entries]


def _parse_file(folder: Path, path: str, form: str) -> Node:
    return _parse(Source.of(path, read_text(folder, path)), form)


def _parse(source: Source, form: str) -> Node:
    """Parse a file of settings; YAML may have aliases, as Hugo expands them."""
    try:
        return parse_table(source, form)
    except SiteError:
        if form != "yaml":
            raise
        return parse_loosely(source, "\n".join(source.lines), 1)


def _with_child(table: Setting | None, path: str, name: str, child: Node) -> Setting:
    own = table.node.entries if table else {}
    return Setting(path, Node({**own, name: child}, "", child.mark))


def _settings_files(folder: Path) -> Iterator[str]:
    for name in ("hugo", "config"):
        for ending in _ENDINGS:
            if (folder / f"{name}{ending}").is_file():
                yield f"{name}{ending}"
    for environment in ("_default", "production"):
        own = folder / "config" / environment
        for path in sorted(own.iterdir()) if own.is_dir() else ():
            if path.suffix in _ENDINGS and path.is_file():
                yield path.relative_to(folder).as_posix()


def refuse_links(folder: Path, path: str) -> None:
    """Reject a path in the old site that is a symbolic link, or is below one.

    Raises:
        SiteError: the path contains a symbolic link.
    """
    for part in (PurePosixPath(path), *PurePosixPath(path).parents):
        if (folder / part).is_symlink():
            raise refusal(part, "symlink", "links are not followed", "put the files themselves there")


# mounts


class Mount(Struct, frozen=True):
    """A folder that `module.mounts` maps to another path."""

    source: str
    target: str  #: virtual path from the site's root, such as `content/docs`
    languages: frozenset[str]  #: the languages that it applies to; empty for all

    def below(self, top: str) -> str | None:
        """Return its path below one of Hugo's folders, such as `/docs/`; None if it is elsewhere."""
        first, _, rest = self.target.partition("/")
        return f"/{rest}/".replace("//", "/") if first == top else None


def read_mounts(folder: Path, settings: Mapping[str, Setting], problems: list[Problem]) -> tuple[Mount, ...]:
    """Return the mounts of the site's own folders, also by `staticDir`; report those of modules and outside folders."""
    module = settings.get("module")
    table = module.node.entries.get("mounts") if module else None
    found: list[Mount] = []
    listed = table.value if module and table and isinstance(table.value, tuple) else ()
    if module and len(listed) > _MOST_MOUNTS:
        message, hint = f"more than {_MOST_MOUNTS} mounts", "copy the files to where they are shown"
        raise SiteError([problem_at(module.path, "too-costly", message, listed[_MOST_MOUNTS].mark, hint)])
    for node in listed:
        mount = _mount(node)
        if not mount.source or mount.source.startswith(("/", "..")) or not (folder / mount.source).is_dir():
            message, hint = f"the mount of '{mount.source}' can't be followed", "copy what it holds into this folder"
            problems.append(
                problem_at(module.path if module else "", "not-imported", message, node.key or node.mark, hint)
            )
        else:
            found.append(mount)
    return (*found, *_own_folders(folder, settings, problems))


#: Setting → the folder of Hugo's that it names another one for; there may be several `staticDir`, with a number each.
_FOLDERS = {"assetdir": "assets", "datadir": "data", "i18ndir": "i18n", "layoutdir": "layouts", "staticdir": "static"}
NUMBERED_FOLDER = re.compile(r"(staticdir)(?:10|[0-9])")


def _own_folders(folder: Path, settings: Mapping[str, Setting], problems: list[Problem]) -> Iterator[Mount]:
    """Yield the folders with another name than Hugo's as mounts; report those outside and those that aren't imported."""
    for name, setting in settings.items():
        usual = _FOLDERS.get(NUMBERED_FOLDER.sub(r"\1", name), "")
        for node in setting.node.items if usual else ():
            source = posixpath.normpath(node.text)
            is_outside = source.startswith(("/", "..")) or not (folder / source).is_dir()
            if source == usual:
                continue
            if not is_outside and usual in ("assets", "static"):
                yield Mount(source, usual, frozenset())
                continue
            message = f"{usual}: what '{source}' holds is not imported"
            hint = "make pages, templates or translations/ of what is needed"
            if usual in ("assets", "static"):
                hint = "copy the folder into the old site, name it there, and import again"
            problems.append(problem_at(setting.path, "not-imported", message, node.key or node.mark, hint))


def _mount(node: Node) -> Mount:
    own = node.entries

    def path(name: str) -> str:
        return posixpath.normpath(own[name].text) if name in own and own[name].text else ""

    return Mount(path("source"), path("target"), frozenset(_languages_of(own)))


def _languages_of(mount: Mapping[str, Node]) -> Iterator[str]:
    """Yield the languages of a mount: `lang: fr`, or since Hugo 0.153 `sites: {matrix: {languages: [fr]}}`."""
    if "lang" in mount:
        yield mount["lang"].text.lower()
    node = mount.get("sites")
    for name in ("matrix", "languages"):
        node = node.entries.get(name) if node is not None else None
    if node is not None:
        yield from (own.text.lower() for own in node.items)


# languages


def read_languages(site: HugoSite, mounts: Iterable[Mount]) -> dict[str, HugoLanguage]:
    """Return the languages ordered by weight; a site without declared languages has only the default one.

    Raises:
        SiteError: a language has an unknown tag, a name that is invalid in addresses, or a folder outside the site;
            there are too many languages, or the default one is not among them.
    """
    table = site.settings.get("languages", Setting("hugo.toml", NO_NODE))
    declared = {path: node for path, node in table.node.entries.items() if isinstance(node.value, dict)}
    entries = {path: node for path, node in declared.items() if not _is_disabled(node)}
    entries = entries if declared else {site.default: NO_NODE}
    if wrong := _wrong_with_all(site, entries, table):
        raise SiteError([wrong])
    ordered = sorted(entries, key=lambda path: (_weight(entries[path]), path))
    default = site.default if site.default in entries else ordered[0]
    found, problems = {}, list[Problem]()
    for path in ordered:
        own = {name: child.text for name, child in entries[path].value.items()}
        found[path] = _language(site, path, own, mounts, is_default=path == default)
        problems += (problem_at(table.path, *told, entries[path].key) for told in _wrong_with(found[path]))
    if problems:
        raise SiteError(problems)
    return found


def _is_disabled(language: Node) -> bool:
    return "disabled" in language.value and language.value["disabled"].text.lower() == "true"


def _wrong_with_all(site: HugoSite, entries: Mapping[str, Node], table: Setting) -> Problem | None:
    """Return what is wrong with the languages as a whole; None if nothing is."""
    named = site.settings.get("defaultcontentlanguage")
    if not entries:
        return problem_at(table.path, "language", "all languages are disabled", table.node.key, "enable one of them")
    if len(entries) > MOST_LANGUAGES:
        message = f"{len(entries):,} languages, more than the {MOST_LANGUAGES} that can be imported"
        return problem_at(table.path, "too-costly", message, table.node.key, "disable those without pages")
    if named is not None and named.node.text and named.node.text.lower() not in entries:
        message = f"defaultContentLanguage: '{named.node.text}' is not among the languages"
        hint = f"name one of {listing(entries)}"
        return problem_at(named.path, "language", message, named.node.key, hint)
    return None


def _language(
    site: HugoSite, path: str, own: Mapping[str, str], mounts: Iterable[Mount], *, is_default: bool
) -> HugoLanguage:
    """Return a language of the settings; its tag is empty if it is unknown."""
    has_none = is_default and site.setting("defaultcontentlanguageinsubdir") is not True
    folder = posixpath.normpath(own.get("contentdir") or str(site.setting("contentdir") or "content"))
    mounted = [(mount, mount.below("content")) for mount in mounts]
    folders = tuple(
        (mount.source, place)
        for mount, place in mounted
        if place is not None and (not mount.languages or path in mount.languages)
    )
    replaces = any(place == "/" for _, place in mounted)
    return HugoLanguage(
        path=path,
        tag=_tag(own.get("locale") or own.get("languagecode") or "", path) or "",
        title=own.get("title") or str(site.setting("title") or "Site"),
        prefix="/" if has_none else f"/{path}/",
        folders=folders if replaces else ((folder, "/"), *folders),
    )


def _wrong_with(language: HugoLanguage) -> Iterator[tuple[str, str]]:
    """Yield (code, message) of the errors in a language's settings."""
    if not _PLAIN_NAME.fullmatch(language.path):
        message = f"'{language.path}' is not the name of a language: only letters, digits and hyphens can be used"
        yield "language", message
    elif not language.tag:
        yield "language", f"'{language.path}' is not a language in CLDR; add its tag, such as `locale = \"zh-CN\"`"
    for folder, _ in language.folders:
        if ".." in folder.split("/") or folder.startswith("/"):
            yield "symlink", f"contentDir: '{folder}' is outside the site"


def _weight(node: Node) -> float:
    weight = node.value["weight"].value if "weight" in node.value else None
    return weight if isinstance(weight, (int, float)) else float("inf")


def _tag(*candidates: str) -> str | None:
    """Return the first candidate that is a BCP 47 tag, normalized: `zh-cn` → `zh-CN`."""
    return next((str(tag) for text in candidates if (tag := parse_tag(text.replace("_", "-"))) is not None), None)
