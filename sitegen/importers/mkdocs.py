"""Imports a MkDocs site: its pages in all languages, its navigation, its files.

Texts stay unchanged, since the imported site also uses Python-Markdown; only links to pages and files are rewritten.
Languages are those of the i18n plugin, by file name (`page.fr.md`) or by folder (`fr/page.md`).
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from msgspec import Struct, field

from sitegen.i18n.language_tags import parse_tag
from sitegen.importers.draft import Draft
from sitegen.importers.hugo.addresses import key_of
from sitegen.importers.infer import title_of
from sitegen.importers.placed_files import PlacedFiles, hidden_problems
from sitegen.importers.unsafe_links import HINT, fault_of_link, without_unsafe_links
from sitegen.model.base_url import is_site_url
from sitegen.model.language_settings import MOST_LANGUAGES
from sitegen.model.page import Key
from sitegen.model.site_yaml import known_extensions
from sitegen.model.urls import ancestor_keys, is_external, with_scheme
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.files import read_text, walk
from sitegen.source.front_matter import FENCE, closing_line, list_item, page_text
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark, Places
from sitegen.source.scalars import scalar
from sitegen.source.text import CONTROL, Source, problem_at
from sitegen.source.yaml_nodes import MAX_DEPTH

#: A Markdown link or picture, or the definition of a reference: the text before its target, and the target.
_LINK = re.compile(r"(\]\(<?|^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*<?)([^()\s<>]+)", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)")
_TITLE = re.compile(r"\A\s*+#[ \t]+([^\n]+)(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}[ \t]*\Z")
#: The most characters that aliases may add to a text, beyond its own length.
_GROWTH = 20_000
#: Plugins whose work the generator does itself.
_REPLACED = frozenset({"i18n", "search"})
_PLUGIN_HINTS = {"redirects": "write each old address as `aliases: [/old/]` in the front matter of its page"}
#: Settings that are used here, or have nothing for readers.
_USED = frozenset(
    """site_name site_url docs_dir nav theme plugins markdown_extensions INHERIT site_dir dev_addr use_directory_urls
    strict watch validation remote_branch remote_name not_in_nav config_file_path""".split()  # noqa: SIM905
)
#: What is used, or has a counterpart, of a language of the i18n plugin.
_USED_OF_LANGUAGE = frozenset("locale default build name link fixed_link site_name nav_translations".split())  # noqa: SIM905
_SETTING_HINTS = dict.fromkeys(("repo_url", "repo_name", "edit_uri"), "set `edit` in content/site.yaml")
#: A key of the settings, and what is before it.
_KEY = re.compile(r"""([ \t-]*+)["']?([\w.-]++)["']?[ \t]*+:""")
#: What is before an entry of the navigation.
_LABEL = re.compile(r"[ \t]*-[ \t](?:.*:[ \t]+)?")
_PAGE = re.compile(r"\.(?:md|markdown)\Z")


class _Loader(yaml.CSafeLoader):
    """Loads plain values: numbers and dates stay text, and values with custom tags, as `!!python/name:`, are ignored."""


_Loader.add_multi_constructor("", lambda loader, suffix, node: None)
for _type in ("int", "float", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_type}", lambda loader, node: str(node.value))
_Loader.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: _Loader.bool_values.get(str(node.value).lower()))


def _load(text: str) -> Any:
    """Load plain values from YAML.

    Raises:
        yaml.YAMLError: it is not valid, nested too deep, or its aliases make it grow or contain themselves.
    """
    sizes: dict[str, int] = {}
    opened: list[tuple[str, int]] = []
    size = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        anchor = getattr(event, "anchor", None) or ""
        if isinstance(event, yaml.AliasEvent):
            if anchor not in sizes:
                raise _fault(f"the alias '{anchor}' is used inside the value that it names", event)
            size += sizes[anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            sizes.pop(anchor, None)
            opened.append((anchor, size))
            size += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, start = opened.pop()
            sizes[anchor] = size - start
        elif isinstance(event, yaml.ScalarEvent):
            if hidden := CONTROL.search(event.value):  # written as an escape: others are reported as the file is read
                raise _fault(f"a character that can't be seen, U+{ord(hidden[0]):04X}", event)
            sizes[anchor] = 1 + len(event.value)
            size += sizes[anchor]
        if size > 2 * len(text) + _GROWTH or len(opened) > MAX_DEPTH:
            raise _fault("too much, or nested too deep", event)
    return yaml.load(text, _Loader)  # noqa: S506 - it creates only plain values


def _fault(message: str, event: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)


def _told(error: yaml.YAMLError, first: int = 1) -> tuple[str, Mark]:
    """Return what is wrong with YAML that begins at a line, and where."""
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    place = getattr(error, "problem_mark", None)
    return reason, Mark(place.line + first, place.column + 1) if place else Mark(first, 1)


class _Page(Struct):
    """A page in one language: its old file, its key, its title and its text."""

    path: str
    language: str
    key: Key
    title: str
    summary: str
    body: str
    first: int = 1  #: the line of the old file in which the text begins


class _Site(Struct, dict=True):
    """Everything read from the old site."""

    folder: Path
    settings: Mapping[str, Any]
    docs: str
    default: str
    languages: dict[str, str]
    by_folder: bool
    placed: PlacedFiles
    pages: dict[tuple[Key, str], _Page] = field(default_factory=dict)
    of: dict[str, tuple[Key, str]] = field(default_factory=dict)
    keys: set[Key] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    short: dict[Key, str] = field(default_factory=dict)  #: page → its name in the navigation
    #: Language → name in the navigation → what the i18n plugin shows there.
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, path: str, message: str, hint: str = "", mark: Mark | None = None) -> None:
        """Report something that can't be imported."""
        self.problems.append(problem_at(path, "not-imported", message, mark, hint))

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles of all pages, regardless of case; for when all are read."""
        return frozenset(page.title.casefold() for page in self.pages.values())

    def tell_setting(self, name: str, message: str, hint: str = "") -> None:
        """Report a setting at the line of its key."""
        self.tell(self.settings["path"], message, hint, Mark(self.settings["key_lines"].get(name, 1), 1))

    def name_in(self, language: str, name: str) -> str:
        """Return a name of the navigation in a language; "" if there is none."""
        return name if language == self.default else self.translations.get(language, {}).get(name, "")


def read_mkdocs(folder: Path) -> Draft:
    """Read a MkDocs site; raises SiteError if the settings are missing or can't be read, or there are no pages."""
    site = _settings(folder)
    _read_pages(site)
    if not site.pages:
        hint = "name the folder that contains mkdocs.yml"
        raise refusal(site.docs, "not-imported", f"there are no pages in '{site.docs}'", hint)
    _leave_out_empty_languages(site)
    _make_missing(site)
    nav = site.settings.get("nav")
    _tell_nav(site, nav)
    _tell_settings(site)
    orders = {key: number for number, key in enumerate(dict.fromkeys(_nav_keys(site, nav)), 1)}
    site.short = {
        key: name for name, named in _nav_names(nav) if isinstance(named, str) for key in _nav_keys(site, named)
    }
    pages = site.pages.values()
    texts = {
        f"content{page.key}index.{page.language}.md": within_limits(page.path, partial(_written, site, page, orders))
        for page in pages
    }
    texts["content/kinds.yaml"] = (
        "# Made from an MkDocs site; from now on it is yours.\n\npage:\n  template: page.html\n  children: {kind: page, sort: order}\n"
    )
    if any("\nshort_title: " in text for text in texts.values()):
        texts["content/kinds.yaml"] += "  words:\n    short_title: {type: text}\n"
    texts["content/site.yaml"] = "\n".join(_site_yaml(site)) + "\n"
    keys = {key: key for key in site.keys}
    for path in sorted(site.files):
        below, language = _split(site, path.removeprefix(f"{site.docs}/"))
        site.placed.place_left(path, key_of(below.rpartition("/")[0]), keys.get, language)
    files = {f"content{key}{name}": source for (key, name), source in site.placed.taken.items()}
    return Draft(texts=texts, files=files, problems=tuple(site.problems), pages=len(site.keys), versions=len(pages))


# settings


def _settings(folder: Path) -> _Site:
    path = next((name for name in ("mkdocs.yml", "mkdocs.yaml") if (folder / name).is_file()), "mkdocs.yml")
    try:
        text = read_text(folder, path)
        settings = within_limits(path, partial(_load, text))
    except yaml.YAMLError as error:
        reason, mark = _told(error)
        raise SiteError([problem_at(path, "yaml-syntax", f"unreadable YAML: {reason}", mark)]) from error
    if not isinstance(settings, dict):
        hint = "write them as `site_name: …`, each on a line of its own"
        raise refusal(path, "yaml-syntax", "there are no settings in it", hint)
    plugin = _options(settings.get("plugins")).get("i18n")
    plugin = plugin if isinstance(plugin, dict) else {}
    theme = settings.get("theme")
    own = str(theme.get("language") or "") if isinstance(theme, dict) else ""
    named = _languages(plugin) or {own or "en": (True, "")}
    tags = {name: str(parse_tag(name.replace("_", "-")) or "") for name in named}
    if wrong := [
        name for name, tag in tags.items() if not tag or not re.fullmatch(r"[A-Za-z0-9-]+", name.replace("_", "-"))
    ]:
        hint = "write its tag, such as `locale: zh-CN`"
        raise refusal(path, "language", f"'{wrong[0]}' is not a language in CLDR", hint)
    if len(tags) > MOST_LANGUAGES:
        message = f"{len(tags):,} languages, more than the {MOST_LANGUAGES} that can be imported"
        raise refusal(path, "too-costly", message, "leave out those without pages")
    default = next((name for name, (is_default, _) in named.items() if is_default), next(iter(named)))
    docs = posixpath.normpath(str(settings.get("docs_dir") or "docs"))
    if docs == "." or docs.startswith(("/", "..")):
        own_lines = (number for number, line in enumerate(text.split("\n"), 1) if "docs_dir" in line)
        mark = Mark(next(own_lines, 1), 1)
        message = f"docs_dir: '{docs}' {'is the folder of this file' if docs == '.' else 'is outside the site'}"
        hint = "name a folder beside this file"
        raise SiteError([problem_at(path, "symlink", message, mark, hint)])
    by_folder = plugin.get("docs_structure") == "folder"
    site = _Site(folder, settings, docs, default, tags, by_folder, PlacedFiles(folder))
    listed = plugin.get("languages")
    for language in listed if isinstance(listed, list) else ():
        names = language.get("nav_translations") if isinstance(language, dict) else None
        if isinstance(names, dict):
            site.translations[str(language.get("locale"))] = {str(name): str(own) for name, own in names.items()}
    lines = {_LABEL.sub("", line).strip(" \t\"'"): number for number, line in enumerate(text.split("\n"), 1)}
    titles = {name: title for name, (_, title) in named.items() if title}
    if "INHERIT" in settings:
        message = f"INHERIT: what '{settings['INHERIT']}' sets is not imported"
        hint = "copy its settings into this file, and import again"
        site.tell(
            path,
            message,
            hint,
            Mark(next((number for line, number in lines.items() if line.startswith("INHERIT")), 1), 1),
        )
    site.settings = {**settings, "titles": titles, "path": path, "lines": lines, "key_lines": _key_lines(text)}
    return site


def _key_lines(text: str) -> dict[str, int]:
    """Return key → its first line, at the outermost level if it is there."""
    found: dict[str, int] = {}
    inner: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if key := _KEY.match(line):
            (inner if key[1] else found).setdefault(key[2], number)
    return {**inner, **found}


def _tell_settings(site: _Site) -> None:
    """Report the settings that have words or names of files, and are used nowhere."""
    own = ("titles", "path", "lines", "key_lines")
    for name, value in site.settings.items():
        if name not in _USED and name not in own and _has_text(value):
            hint = _SETTING_HINTS.get(name, "write what readers need into a page or a template")
            site.tell_setting(str(name), f"the setting '{name}' is not imported", hint)
    theme = site.settings.get("theme")
    for name in ("custom_dir", "logo", "favicon"):
        if isinstance(theme, dict) and _has_text(theme.get(name)):
            hint = "write templates/ for what should look different"
            site.tell_setting(name, f"theme: {name} '{theme[name]}' is not imported", hint)
    plugin = _options(site.settings.get("plugins")).get("i18n")
    listed = plugin.get("languages") if isinstance(plugin, dict) else None
    for language in listed if isinstance(listed, list) else ():
        for name in language if isinstance(language, dict) else ():
            if name not in _USED_OF_LANGUAGE and _has_text(language[name]):
                message = f"the setting '{name}' of the language '{language.get('locale')}' is not imported"
                site.tell_setting("i18n", message, "write what readers need into a page or a template")


def _has_text(value: Any) -> bool:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(value) if isinstance(value, str) else any(map(_has_text, children))


def _options(entries: Any) -> dict[str, Any]:
    """Return a list of names, some with options, as a dict."""
    if isinstance(entries, dict):
        return {str(name): own for name, own in entries.items()}
    found: dict[str, Any] = {}
    for entry in entries if isinstance(entries, list) else ():
        found.update({str(name): own for name, own in entry.items()} if isinstance(entry, dict) else {str(entry): None})
    return found


def _languages(plugin: Any) -> dict[str, tuple[bool, str]]:
    """Return locale → whether it is the default, and the site's name in it; also from the plugin's old syntax."""
    listed = plugin.get("languages") if isinstance(plugin, dict) else None
    if isinstance(listed, dict):
        return {str(name): (name == plugin.get("default_language"), "") for name in listed if name != "default"}
    return {
        str(own["locale"]): (own.get("default") is True, str(own.get("site_name") or ""))
        for own in (listed if isinstance(listed, list) else ())
        if isinstance(own, dict) and own.get("locale") and own.get("build") is not False
    }


# pages


def _read_pages(site: _Site) -> None:
    for path in sorted(_paths(site)):
        below = path.removeprefix(f"{site.docs}/")
        if not _PAGE.search(path):
            site.files.add(path)
            continue
        stem, language = _split(site, _PAGE.sub("", below))
        folder, _, name = stem.rpartition("/")
        key = key_of(folder if name.lower() in ("index", "readme") else stem)
        if (key, language) in site.pages:
            site.tell(path, f"the same page as {site.pages[key, language].path}", "join the two, or rename one")
        else:
            site.pages[key, language] = within_limits(path, partial(_read, site, path, language, key))
            site.of[path] = (key, language)


def _paths(site: _Site) -> Iterator[str]:
    hidden: list[str] = []

    def is_hidden(name: str) -> bool:
        if name.startswith("."):
            hidden.append(name)
        return name.startswith(".")

    for folder, files in walk(site.folder, site.docs, site.problems, is_hidden):
        site.problems += (problem for name in hidden for problem in hidden_problems(f"{folder}/{name}"))
        hidden.clear()
        yield from (f"{folder}/{entry.name}" for entry in files)


def _split(site: _Site, stem: str) -> tuple[str, str]:
    """Split a path into the path without its language, and the language."""
    if site.by_folder:
        first, _, rest = stem.partition("/")
        return (rest, first) if first in site.languages and rest else (stem, site.default)
    before, dot, last = stem.rpartition(".")
    return (before, last) if dot and last in site.languages else (stem, site.default)


def _read(site: _Site, path: str, language: str, key: Key) -> _Page:
    source = Source.of(path, read_text(site.folder, path))
    text, end = _split_front_matter(source)
    try:
        meta = _load(text) or {}
    except yaml.YAMLError as error:
        meta, (reason, mark) = {}, _told(error, end - text.count("\n") - 1)
        site.tell(path, f"front matter that can't be read is left out: {reason}", "write it as `title: …`", mark)
    if not isinstance(meta, dict):
        meta, mark = {}, Mark(end - text.count("\n") - 1, 1)
        site.tell(path, "front matter that can't be read is left out: it has no keys", "write it as `title: …`", mark)
    body = "\n".join(source.lines[end:])
    heading = _TITLE.match(body)
    words = {name: meta.pop(name) for name in ("title", "description") if isinstance(meta.get(name), str)}
    title = words.get("title") or (_title(heading[1]) if heading else "")
    summary = words.get("description", "")
    if left := [str(name) for name, value in meta.items() if value is not None]:
        message, hint = f"front matter is left out: {', '.join(left)}", "declare a field in content/kinds.yaml"
        line = _key_lines(text).get(left[0], 0) + end - text.count("\n") - 2
        site.tell(path, message, hint, Mark(line, 1))
    first = end + 1 + (body.count("\n", 0, heading.end()) if heading else 0)
    body = body[heading.end() :] if heading else body
    return _Page(path, language, key, title or title_of(key), summary, body, first)


def _split_front_matter(source: Source) -> tuple[str, int]:
    """Return the YAML at the top of a text, and the index of the line after it; "" and 0 if there is none.

    Braces and three plus signs at the top, and a line without another one to close it, are text for MkDocs.
    """
    first = next((index for index, line in enumerate(source.lines) if line.strip()), 0)
    is_opened = source.lines[first].rstrip() == FENCE
    closing = closing_line(source.lines, first, FENCE) if is_opened else None
    return ("\n".join(source.lines[first + 1 : closing]), closing + 1) if closing is not None else ("", 0)


def _title(heading: str) -> str:
    """Return the text of a heading without its attributes, closing signs and marks."""
    return re.sub(r"[*_`]", "", _ATTRIBUTES.sub("", heading).rstrip(" \t#"))


def _leave_out_empty_languages(site: _Site) -> None:
    """Leave out the languages without a page, in each of which every page would be shown in another one."""
    written = {language for _, language in site.pages}
    for name in [name for name in site.languages if name not in written and name != site.default]:
        del site.languages[name]
        message = f"the language '{name}' is left out, as it has no pages"
        site.tell(site.settings["path"], message, "add it to `languages` in content/site.yaml once it has some")


def _make_missing(site: _Site) -> None:
    """Add pages for the home page and for folders that lack one."""
    site.keys |= {key for key, _ in site.pages}
    needed = {Key("/"), *(above for key in site.keys for above in ancestor_keys(key))} - site.keys
    for key in sorted(needed):
        title = str(site.settings.get("site_name") or "Site") if key == "/" else title_of(key)
        site.pages[key, site.default] = _Page("", site.default, key, title, "", "")
    site.keys |= needed


def _tell_nav(site: _Site, nav: Any) -> None:
    """Report what the navigation has besides pages."""
    for entry in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        _tell_nav(site, entry)
    if isinstance(nav, str) and not list(_nav_keys(site, nav)):
        line = site.settings["lines"].get(nav, 1)
        fault = fault_of_link(nav) or ("" if is_external(nav) else "there is no such page")
        hint = "" if fault else "add it to menus in content/site.yaml, as {url: …, label: {…}}"
        message = f"nav: '{nav}' is left out" + (f": {fault}" if fault else "")
        site.tell(site.settings["path"], message, hint, Mark(line, 1))


def _nav_names(nav: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names in the navigation, each with what it names, those of sections first."""
    for entry in nav if isinstance(nav, list) else ():
        for name, named in entry.items() if isinstance(entry, dict) else ():
            yield str(name), named
            yield from _nav_names(named)


def _nav_keys(site: _Site, nav: Any) -> Iterator[Key]:
    """Yield the pages of the navigation in order."""
    if isinstance(nav, str):
        found = site.of.get(f"{site.docs}/{nav}") or site.of.get(f"{site.docs}/{site.default}/{nav}")
        yield from (found[0],) if found else ()
    for entry in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        yield from _nav_keys(site, entry)


# output


def _written(site: _Site, page: _Page, orders: Mapping[Key, int]) -> str:
    is_source = page.language == site.default or (page.key, site.default) not in site.pages
    front = [f"order: {orders[page.key]}"] if is_source and page.key in orders else []
    front.append(f"title: {scalar(page.title)}")
    front += [f"summary: {scalar(page.summary)}"] if page.summary else []
    short = site.name_in(page.language, site.short.get(page.key, ""))
    front += [f"short_title: {scalar(short)}"] if short not in ("", page.title) else []
    return page_text(front, _relinked(site, page).strip("\n"))


def _relinked(site: _Site, page: _Page) -> str:
    """Rewrite the links of a text, leaving code unchanged."""
    lines, parts, place = page.body.splitlines(keepends=True), [], 0
    for first, last in (*_fences(lines), (len(lines), len(lines))):
        before = "".join(lines[place:first])
        text, unsafe = without_unsafe_links(before)
        places = Places(before if unsafe else "", page.first + place)
        for start, fault in unsafe:
            site.tell(page.path, fault, HINT, places.mark(start))
        text = _LINK.sub(lambda found: found[1] + (_target(site, page, found[2]) or found[2]), text)
        parts += [text, *lines[first:last]]
        place = last
    return "".join(parts)


def _fences(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first line of each fenced code block that is closed, and the line after its last."""
    closing: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        closing.setdefault(line.strip(" \t\r\n"), []).append(number)
    place = 0
    for number, line in enumerate(lines):
        fence = _FENCE.match(line) if number >= place else None
        ends = closing.get(fence[1], []) if fence else []
        end = bisect_right(ends, number)
        if end < len(ends):
            place = ends[end] + 1
            yield number, place


def _target(site: _Site, page: _Page, written: str) -> str | None:
    """Return the new target of a link; None if it is dead."""
    path, mark, anchor = written.partition("#")
    path = path.partition("?")[0] if ".md?" in path else path
    if not path or is_external(path):
        return with_scheme(written)
    folder = page.path.rpartition("/")[0]
    below = f"/{site.docs}{unquote(path)}" if path[0] == "/" else unquote(path).lstrip("/")
    named = posixpath.normpath(posixpath.join(folder, below)).lstrip("/")
    own = named.removeprefix(f"{site.docs}/")
    for candidate in (named, f"{site.docs}/{page.language}/{own}", f"{site.docs}/{site.default}/{own}"):
        if candidate in site.of:
            return site.of[candidate][0] + mark + anchor
    key = key_of(_split(site, _PAGE.sub("", own))[0])
    if _PAGE.search(own) is None and "." not in own.rpartition("/")[2] and key in site.keys:
        return key + mark + anchor
    return site.placed.link(named, page.key) if named in site.files else None


def _site_yaml(site: _Site) -> Iterator[str]:
    name, titles = str(site.settings.get("site_name") or "Site"), site.settings["titles"]
    base, path = str(site.settings.get("site_url") or ""), site.settings["path"]
    if base and not is_site_url(base):
        site.tell(path, f"site_url: '{base}' is not the address of a site", "write it as base_url in content/site.yaml")
    for plugin in _options(site.settings.get("plugins")):
        if plugin not in _REPLACED:
            hint = _PLUGIN_HINTS.get(plugin, "do without what it adds")
            site.tell(path, f"the plugin '{plugin}' is not imported", hint)
    yield "# Made from an MkDocs site; from now on it is yours."
    yield "title:"
    yield from (f"  {own}: {scalar(titles.get(own, name))}" for own in site.languages)
    yield f"base_url: {scalar(base if is_site_url(base) else 'https://example.org/')}"
    yield f"source_language: {site.default}"
    yield "languages:"
    for own, tag in site.languages.items():
        yield f"  - {{tag: {tag}{'' if own == tag else f', path: {own}'}}}"
    yield f"unprefixed: {site.default}"
    yield "theme: default"
    known, listed = known_extensions(), _options(site.settings.get("markdown_extensions"))
    for other in sorted(set(listed) - set(known)):
        message = f"the Markdown extension '{other}' is not installed or not allowed here"
        site.tell(path, message, "install it, or write what it does otherwise")
    for own, options in listed.items():
        if own in known and own != "toc" and _has_text(options):
            message = f"the options of the Markdown extension '{own}' are not imported"
            site.tell_setting(own, message, "write what they do otherwise")
    extensions = ", ".join(
        dict.fromkeys(("tables", "fenced_code", *(own for own in listed if own in known and own != "toc")))
    )
    yield f"markdown: {{engine: python-markdown, extensions: [{extensions}]}}"
    if menu := list(_menu(site)):
        yield f"menus:\n  main: [{', '.join(menu)}]"


def _menu(site: _Site) -> Iterator[str]:
    """Yield the entries of the menu: the first page of each part of the navigation, by the part's name.

    Names of parts that the menu doesn't show are reported, unless a page has such a title.
    """
    nav = site.settings.get("nav")
    seen: set[Key] = set()
    for entry in nav if isinstance(nav, list) else ():
        name, below = next(iter(entry.items())) if isinstance(entry, dict) and entry else ("", entry)
        part = str(name) if isinstance(below, list) else ""
        key = next(_nav_keys(site, [entry]), None)
        if key is not None and key not in seen:
            seen.add(key)
            yield _menu_entry(site, key, part)
        elif part:
            _tell_part(site, part)
        for inner, named in _nav_names(below):
            if isinstance(named, list):
                _tell_part(site, inner)


def _tell_part(site: _Site, name: str) -> None:
    if name.casefold() not in site.titles:
        line = site.settings["lines"].get(f"{name}:", 1)
        hint = "add it to menus in content/site.yaml, as {label: {…}, entries: […]}"
        site.tell(site.settings["path"], f"nav: the name '{name}' is left out", hint, Mark(line, 1))


def _menu_entry(site: _Site, key: Key, name: str) -> str:
    page = site.pages.get((key, site.default))
    if not name or (page is not None and name == page.title):
        return key
    names = {language: site.name_in(language, name) for language in site.languages}
    label = ", ".join(f"{language}: {list_item(own)}" for language, own in names.items() if own)
    return f"{{page: {key}, label: {{{label}}}}}"
