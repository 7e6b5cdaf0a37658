"""The keys of site.yaml, and how each is read."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from functools import cache, partial
from importlib.abc import InspectLoader
from pathlib import Path
from pkgutil import ModuleInfo, iter_modules
from typing import Any

from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.model.base_url import read_base_url
from sitegen.model.dates_and_times import read_time_zone
from sitegen.model.field_declarations import TEXT, is_count, one_of, optional_value
from sitegen.model.fields import Checker, Field, by_name
from sitegen.model.language_settings import (
    check_fallbacks,
    check_hosts,
    language_named,
    read_languages,
    with_script,
)
from sitegen.model.menus import read_menus
from sitegen.model.settings import CHECK_LEVELS, Budget, Editor, Markdown
from sitegen.problems.problem import ALWAYS_ERRORS, CODES, WARNINGS, listing
from sitegen.problems.suggestions import nearest, nearest_or_all
from sitegen.source.theme_layers import DEFAULT, theme_folder
from sitegen.source.yaml import Node

#: The most that a budget may be, in KB: a gigabyte.
MOST_OF_BUDGET = 1_000_000
#: The most widths in which pictures are published: the work of each is that of a whole picture, in three formats.
MOST_WIDTHS = 12
#: Keys of site.yaml → their description.
SITE_KEYS = {
    "title": "the site's name in each language, by the language's path",
    "short_title": "a shorter name of the site for narrow screens, in each language",
    "publisher": "who publishes the site, in each language; shown in the footer",
    "base_url": "where the site is published, such as https://example.org/",
    "source_language": "path of the language in which pages are written first; by default the first of languages",
    "languages": "the languages, in the order in which readers see them",
    "unprefixed": "path of the language to which old addresses without a language redirect",
    "transliterate": "one more language, made from another by changing the script",
    "theme": "where templates, style and messages come from that the site does not have itself: default, a folder, an installed package, or a list of these",
    "menus": "name of a menu → its entries: content paths, or {page: …, url: …, label: …, entries: …}",
    "organisation": "content path of the page about who publishes the site",
    "glossary": "content path of the page with the official names",
    "time_zone": "the time zone of the site's days and times, such as Asia/Shanghai",
    "report": "e-mail address to which readers report mistakes",
    "edit": "address where a page can be edited, with {path} for its file, such as https://example.org/edit/main/{path}",
    "pictures": "the widths, in pixels, in which pictures are published",
    "budgets": "end of a file's name → the most it may weigh, in KB as it is sent",
    "file_types": "further endings of names of files that may be published beside pages",
    "editor": "the repository to which the editor in the browser, published at /admin/, writes; without it no editor is published",
    "markdown": "the Markdown of the texts, and whether formulas and colours in code are made",
    "checks": "code of a problem → error, warning or off",
}
EDITOR_FIELDS = by_name(
    one_of("backend", ("github", "gitlab"), required=True, help="where the repository is"),
    Field(name="repository", type="text", required=True, help="as owner/name"),
    Field(name="branch", type="text", help="the branch that is published; main"),
    Field(name="auth", type="url", help="for GitHub: address of the service that signs people in"),
    Field(name="app", type="text", help="for GitLab: id of the application that signs people in"),
    Field(name="api", type="url", help="address of an installation of one's own"),
)
_TIME_ZONE = Field(name="time_zone", type="time_zone")
_THEMES = Field(name="theme", type="list", item=Field(name="theme", type="text"))
#: Extensions that read files, which content must not do.
_REFUSED = frozenset({"pymdownx.snippets", "pymdownx.b64"})
#: Extensions that colour code, which the engine does for them.
_COLOURING = frozenset(
    {"codehilite", "pymdownx.extra", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences"}
)
MARKDOWN_FIELDS = by_name(
    one_of("engine", ("commonmark", "python-markdown"), help="commonmark; or python-markdown"),
    Field(name="extensions", type="list", item=TEXT, help="of Python-Markdown, as toc or admonition"),
    Field(name="math", type="boolean", help="true: $x^2$ and $$x^2$$ are formulas"),
    Field(name="highlight", type="boolean", help="true: code is coloured by the classes of Pygments"),
)


def read_settings(check: Checker, node: Node, root: Path) -> dict[str, Any]:
    """Read the site.yaml of the site in a folder; return the settings by their names in `Config`."""
    check.known(node, SITE_KEYS, "site.yaml")
    check.required(
        {key: replace(TEXT, name=key, required=True) for key in ("title", "base_url", "languages")}, node, "site.yaml"
    )
    entries: Mapping[str, Node] = node.value
    languages = read_languages(check, entries.get("languages"))
    first = next(iter(languages), "en")
    source_language = language_named(check, "source_language", entries.get("source_language"), languages, first)
    check_fallbacks(check, entries.get("languages"), languages)
    languages = {
        path: own if own.fallback or path == source_language else replace(own, fallback=(source_language,))
        for path, own in languages.items()
    }
    base_url = read_base_url(check, entries.get("base_url"))
    check_hosts(check, entries.get("languages"), languages, base_url)
    if "transliterate" in entries and languages:
        languages = with_script(check, entries["transliterate"], languages)
    return {
        "title": _titles(check, "title", entries.get("title"), languages),
        "short_title": _titles(check, "short_title", entries.get("short_title"), languages),
        "publisher": _titles(check, "publisher", entries.get("publisher"), languages),
        "base_url": base_url,
        "source_language": source_language,
        "languages": languages,
        "theme": _themes(check, entries.get("theme"), root),
        "menus": read_menus(check, entries.get("menus"), partial(_titles, languages=languages)),
        "organisation": optional_value(check, Field(name="organisation", type="page"), entries.get("organisation")),
        "glossary": optional_value(check, Field(name="glossary", type="page"), entries.get("glossary")),
        "time_zone": _time_zone(check, entries.get("time_zone")),
        "report": optional_value(check, Field(name="report", type="email"), entries.get("report")),
        "edit": _edit(check, entries.get("edit")),
        **_pictures(check, entries.get("pictures")),
        "file_types": _file_types(check, entries.get("file_types")),
        "budgets": _budgets(check, entries.get("budgets")),
        "editor": _editor(check, entries.get("editor")),
        "markdown": _markdown(check, entries.get("markdown")),
        "unprefixed": language_named(check, "unprefixed", entries.get("unprefixed"), languages, ""),
        "severities": _severities(check, entries.get("checks")),
    }


def _titles(check: Checker, name: str, node: Node | None, languages: Mapping[str, Language]) -> dict[str, str]:
    """Read a setting's text in each language; return language path → text."""
    if not check.is_mapping(node, f"{name}: must have a line for each language", "write `en: …` under it"):
        return {}
    check.known(node, languages, f"{name} (its keys are the languages' paths)")
    titles = {path: check.value(replace(TEXT, name=name), child) for path, child in node.value.items()}
    return {path: title for path, title in titles.items() if title is not None}


def _themes(check: Checker, node: Node | None, root: Path) -> tuple[str, ...]:
    """Read one theme name, or a list of them."""
    if node is None:
        return ()
    items = node if isinstance(node.value, tuple) else replace(node, value=(node,))
    names: tuple[str, ...] = check.value(_THEMES, items) or ()
    for item in items.value:
        if item.value in names and theme_folder(root, item.value) is None:
            hint = f"write `{DEFAULT}`, a folder of this site, or the name of an installed package"
            check.reject(item, "missing-theme", f"theme: there is no theme '{item.value}'", hint)
    return names


def _time_zone(check: Checker, node: Node | None) -> zoneinfo.ZoneInfo:
    name = "UTC" if node is None else read_time_zone(check, _TIME_ZONE, node)
    return zoneinfo.ZoneInfo(name or "UTC")


PICTURE_FIELDS = by_name(
    Field(
        name="widths",
        type="list",
        item=Field(name="widths", type="number"),
        required=True,
        help=f"in pixels; at most {MOST_WIDTHS}",
    ),
    Field(name="sizes", type="text", help="how wide the layout shows them, as HTML's sizes says it; 100vw"),
)


def _pictures(check: Checker, node: Node | None) -> dict[str, Any]:
    if not check.is_mapping(node, 'pictures: must be written as {widths: [480, 960], sizes: "100vw"}'):
        return {"picture_widths": (), "picture_sizes": ""}
    values = check.table(PICTURE_FIELDS, node, "pictures")
    widths = values.get("widths", ())
    if not all(is_count(width) for width in widths):
        check.reject(node.value["widths"], "number", "widths: must be whole numbers from 1")
        widths = ()
    if len(widths) > MOST_WIDTHS:
        message = f"widths: {len(widths)} of them take too long to make of every picture"
        check.reject(node.value["widths"], "too-costly", message, f"name at most {MOST_WIDTHS}")
        widths = ()
    return {"picture_widths": tuple(widths), "picture_sizes": values.get("sizes", "100vw")}


def _file_types(check: Checker, node: Node | None) -> frozenset[str]:
    items = node.value if node is not None and isinstance(node.value, tuple) else ()
    if node is not None and not isinstance(node.value, tuple):
        check.reject(node, "expected", "file_types: must be a list, such as [kml, dwg]")
    for item in items:
        if not re.fullmatch(r"[a-z0-9_+-]{1,20}", item.text):
            hint = "write it in small letters, without a dot"
            check.reject(item, "expected", f"file_types: {item.quoted} is not the end of a file's name", hint)
    return frozenset(item.text for item in items)


def _budgets(check: Checker, node: Node | None) -> dict[str, Budget]:
    if not check.is_mapping(node, "budgets: must be written as {html: 40, css: 20}, in KB as files are sent"):
        return {}
    budgets = {}
    for name, child in node.value.items():
        most = check.value(Field(name=name, type="number"), child)
        if most is not None and 0 < most <= MOST_OF_BUDGET:
            budgets[name] = Budget(int(most * 1000), child.mark)
        elif most is not None:
            check.reject(child, "number", f"budgets.{name}: must be above 0 and at most {MOST_OF_BUDGET:,}")
    return budgets


def _editor(check: Checker, node: Node | None) -> Editor | None:
    if not check.is_mapping(node, "editor: must be written as {backend: github, repository: owner/name}"):
        return None
    values = check.table(EDITOR_FIELDS, node, "editor")
    if not {"backend", "repository"} <= values.keys():
        return None
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", values["repository"]):
        check.reject(node.value["repository"], "expected", "repository: must be written as owner/name")
        return None
    return Editor(**{"branch": "main", **values, "backend": str(values["backend"].value)})


def _edit(check: Checker, node: Node | None) -> str:
    text = optional_value(check, replace(TEXT, name="edit"), node) or ""
    if text and not (text.count("{path}") == 1 and text.startswith(("https://", "http://"))):
        assert node is not None
        hint = "write it as https://github.com/owner/name/edit/main/{path}"
        check.reject(node, "url", "edit: must be an address with {path} in it once, the page's file", hint)
        return ""
    return str(text)


def _markdown(check: Checker, node: Node | None) -> Markdown:
    if not check.is_mapping(node, "markdown: must be written as {math: true, highlight: true}"):
        return Markdown()
    values = check.table(MARKDOWN_FIELDS, node, "markdown")
    engine = str(values.pop("engine").value) if "engine" in values else "commonmark"
    if values.get("extensions") and engine == "commonmark":
        message, hint = "extensions: are of Python-Markdown", "add `engine: python-markdown`, or remove them"
        check.reject(node.value["extensions"], "expected", message, hint)
    known = known_extensions() if engine != "commonmark" else frozenset()
    for item in node.value["extensions"].value if known and values.get("extensions") else ():
        if item.text not in known:
            hint = nearest_or_all(item.text, known, "installed are")
            check.reject(item, "choice", f"extensions: {item.quoted} is not an extension of Python-Markdown", hint)
    values.setdefault("highlight", not _COLOURING.isdisjoint(values.get("extensions", ())))
    return Markdown(engine=engine, **values)


@cache
def known_extensions() -> frozenset[str]:
    """Return the names of the installed Python-Markdown extensions; those of pymdownx have no entry points."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    package = find_spec("pymdownx")
    modules = iter_modules(package.submodule_search_locations) if package is not None else ()
    named = {entry.name for entry in entry_points(group="markdown.extensions")}
    return frozenset({*named, *(f"pymdownx.{module.name}" for module in modules if _is_extension(module))}) - _REFUSED


def _is_extension(module: ModuleInfo) -> bool:
    """Whether a module has the function that makes an extension, told without running it."""
    found = module.module_finder.find_spec(module.name, None)
    code = found.loader.get_code(module.name) if found and isinstance(found.loader, InspectLoader) else None
    return code is not None and "makeExtension" in code.co_names


def _severities(check: Checker, node: Node | None) -> dict[str, str]:
    levels = dict.fromkeys(sorted(WARNINGS), "warning")
    if not check.is_mapping(node, "checks: must have a line for each code", "write `dead-page: warning` under it"):
        return levels
    for code, child in node.value.items():
        if code not in CODES:
            check.unknown(code, child, CODES, "checks (its keys are the codes of problems)")
        elif code in ALWAYS_ERRORS and child.text == "error":
            continue  # as it is
        elif code in ALWAYS_ERRORS:
            check.reject(child, "choice", f"{code}: it is always an error, as {ALWAYS_ERRORS[code]}", "remove the line")
        elif child.text not in CHECK_LEVELS:
            message = f"{code}: '{child.text}' is not one of {listing(CHECK_LEVELS)}"
            check.reject(child, "choice", message, nearest(child.text, CHECK_LEVELS))
        else:
            levels[code] = child.text
    return levels
