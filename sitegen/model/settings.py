"""content/site.yaml, kinds.yaml and blocks.yaml → Config: the site's settings and its content model."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sitegen.i18n.language import Language
from sitegen.i18n.scripts import PSEUDO, SCRIPTS
from sitegen.i18n.tags import canonical_tag
from sitegen.model.blocks import BlockType, read_own_blocks, shipped_blocks
from sitegen.model.fields import Checker, Field
from sitegen.model.kinds import TEXT, Kind, is_count, optional_value, read_kinds, read_tables
from sitegen.model.menus import MenuEntry, read_menus
from sitegen.model.urls import parts_of, site_url
from sitegen.model.values import Reference
from sitegen.problems.problem import CODES, WARNINGS, Problem, SiteError, listing, nearest
from sitegen.source.files import read_text
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse

#: Where a site declares blocks of its own.
BLOCKS = "content/blocks.yaml"
#: Where it declares what tables beside pages hold.
TABLES = "content/tables.yaml"
CHECK_LEVELS = ("error", "warning", "off")

#: CLDR's calendars that a language may ask for (common/bcp47/calendar.xml).
CALENDARS = ("buddhist", "chinese", "coptic", "dangi", "ethiopic", "gregorian", "hebrew", "indian", "islamic",
             "islamic-civil", "islamic-umalqura", "japanese", "persian", "roc")  # fmt: skip
#: CLDR's digits of living scripts (common/bcp47/number.xml).
DIGITS = ("arab", "arabext", "beng", "deva", "gujr", "guru", "khmr", "knda", "laoo", "latn", "mlym", "mymr", "orya",
          "tamldec", "telu", "thai", "tibt")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Budget:
    """How many bytes a file may weigh as it is sent, texts compressed, and where that is written."""

    most: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Where the editor in the browser puts what is written in it.

    Attributes:
        repository: as "owner/name".
        auth: address of what signs people in, for GitHub; "" for the backend's own way.
        app: id of the application at GitLab, by which people sign in without anything between.
        api: address of a backend's own installation; "" for the public one.
    """

    backend: str
    repository: str
    branch: str
    auth: str = ""
    app: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markdown:
    """What of Markdown a site's texts are written in.

    Attributes:
        engine: "commonmark", or "python-markdown" for texts that are written for it.
        extensions: of Python-Markdown, by the names that it knows them by.
        math: whether `$x$` is a formula.
        highlight: whether code is coloured, by classes.
    """

    engine: str = "commonmark"
    extensions: tuple[str, ...] = ()
    math: bool = False
    highlight: bool = False


#: The editor of a preview, which writes to a folder of the same machine.
LOCAL_EDITOR = Editor(backend="github", repository="this/machine", branch="main")


@dataclass(frozen=True, kw_only=True)
class Config:
    """A site's settings.

    Attributes:
        base_url: scheme, host and path of the published site, with a trailing slash.
        menus: name → entries.
        own_blocks: those of blocks.yaml.
        tables: name of a file beside a page, without its ending → the columns that it has, out of tables.yaml.
        severities: code → "error", "warning" or "off".
        languages: path → language.
        report: address to which readers report mistakes.
        edit: address at which a page is edited, with `{path}` for its file; "" for none.
        picture_widths: in pixels, those in which pictures are published; none to leave them as they are.
        picture_sizes: how wide the layout shows them, as HTML's `sizes` says it.
        file_types: ends of names, without the dot, of files that are published beside pages besides the usual ones.
        budgets: end of a file's name, as "html" → what such a file may weigh.
        editor: None where no editor is published.
        theme: names of the themes behind the site's own templates, style and messages, the first first.
        unprefixed: language to which addresses without one lead on; "" where they lead nowhere.
        built: paths of the languages that are published now; all but for `--languages`.
    """

    title: Mapping[str, str]
    short_title: Mapping[str, str]
    publisher: Mapping[str, str]
    base_url: str
    source_language: str
    languages: Mapping[str, Language]
    menus: Mapping[str, tuple[MenuEntry, ...]]
    organisation: Reference | None
    glossary: Reference | None
    time_zone: zoneinfo.ZoneInfo
    severities: Mapping[str, str]
    report: str | None
    edit: str
    picture_widths: tuple[int, ...]
    picture_sizes: str
    budgets: Mapping[str, Budget]
    file_types: frozenset[str]
    editor: Editor | None
    markdown: Markdown
    unprefixed: str
    theme: tuple[str, ...]
    kinds: Mapping[str, Kind]
    own_blocks: Mapping[str, BlockType]
    tables: Mapping[str, Mapping[str, Field]]
    built: tuple[str, ...]

    @cached_property
    def blocks(self) -> Mapping[str, BlockType]:
        """What may stand in a text: the blocks of the package, and the site's own, which go first."""
        return {**shipped_blocks(), **self.own_blocks}

    @cached_property
    def base_path(self) -> str:
        """Path of the site on its host: `/`, or `/repository/` for a project site."""
        return urlsplit(self.base_url).path

    @cached_property
    def origin(self) -> str:
        """Scheme and host, without a slash at the end."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def origin_of(self, path: str) -> str:
        """Scheme and host on which a language is published: its own, or the site's."""
        language = self.languages[path]
        own = language.base_url or (self.languages[language.base].base_url if language.base in self.languages else "")
        parts = urlsplit(own)
        return f"{parts.scheme}://{parts.netloc}" if own else self.origin

    def graded(self, problems: list[Problem]) -> list[Problem]:
        """The problems with the severity that the site gives their codes; those switched off are left out."""
        graded = []
        for problem in problems:
            level = self.severities.get(problem.code, problem.severity)
            if level != "off":
                graded.append(problem if level == problem.severity else replace(problem, severity=level))  # type: ignore[arg-type]
        return graded


def load_config(
    root: Path, *, base_url: str | None = None, languages: tuple[str, ...] = (), pseudo: bool = False, held: bool = True
) -> Config:
    """Read and check both files.

    Args:
        base_url: takes the place of the one in site.yaml.
        languages: paths of the languages to build; all when empty.
        pseudo: with the pseudo-locales, made of the source language.
        held: with the languages that are not published yet, too.

    Raises:
        SiteError: with all problems of both files.
    """
    require_site(root)
    missing = [p for p in ("content/site.yaml", "content/kinds.yaml") if not (root / p).is_file()]
    if missing:
        raise SiteError(_missing(root, path) for path in missing)
    problems: list[Problem] = []
    kinds = _read(root, "content/kinds.yaml", read_kinds, problems)
    settings = _read(root, "content/site.yaml", _settings, problems)
    blocks = _read(root, BLOCKS, read_own_blocks, problems) if (root / BLOCKS).is_file() else {}
    tables = _read(root, TABLES, read_tables, problems) if (root / TABLES).is_file() else {}
    if problems or kinds is None or settings is None:
        raise SiteError(problems)
    if pseudo:
        settings["languages"].update(_pseudo_locales(settings["languages"][settings["source_language"]]))
    config = Config(kinds=kinds, own_blocks=blocks, tables=tables, built=tuple(settings["languages"]), **settings)
    if base_url:
        here = {path: replace(language, base_url="") for path, language in config.languages.items()}
        config = replace(config, base_url=_asked_url(base_url), languages=here)
    if not held and not languages:
        return replace(config, built=tuple(path for path, own in config.languages.items() if own.is_published))
    return _only(config, languages) if languages else config


def require_site(root: Path) -> None:
    """Make sure that a folder holds a site, before anything is written there.

    Raises:
        SiteError: it has no folder content/.
    """
    if not (root / "content").is_dir():
        message = f"there is no site in {root.resolve()}"
        hint = "run it in a site's folder, or with --root DIR; `python build.py init FOLDER` makes a new one"
        raise SiteError([Problem(path="content", code="missing-content", message=message, hint=hint)])


def _missing(root: Path, path: str) -> Problem:
    other = path.replace(".yaml", ".yml")
    hint = f"rename {other}" if (root / other).is_file() else "a site needs it; see the README"
    return Problem(path=path, code="missing-content", message="the file is missing", hint=hint)


def _pseudo_locales(source: Language) -> dict[str, Language]:
    """Languages that look foreign and can be read: en-XA, accented and longer; ar-XB, from right to left."""
    fallback = (source.path, *source.fallback)
    return {tag: replace(source, tag=tag, path=tag, fallback=fallback, base=source.path) for tag in PSEUDO}


def _asked_url(text: str) -> str:
    """The address of the command line, checked like that of site.yaml."""
    problems: list[Problem] = []
    node = Node(text, text, Mark(1, 1, len(text)))
    url = _base_url(Checker(Source.of("--base-url", text), problems), node)
    if problems:
        raise SiteError(problems)
    return url


def _base_url(check: Checker, node: Node | None) -> str:
    """Where the site is published; "/" where that is not said, or told to be wrong."""
    text = optional_value(check, _BASE_URL, node)
    try:
        return site_url(str(text)) if text else "/"
    except ValueError as error:
        assert node is not None
        check.reject(
            node, "url", f"base_url: '{text}' is no address of a site: {error}", "write it as https://example.org/"
        )
        return "/"


def _only(config: Config, paths: tuple[str, ...]) -> Config:
    unknown = [path for path in paths if path not in config.languages]
    if unknown:
        message = f"--languages: '{unknown[0]}' is not one of {listing(config.languages)}"
        raise SiteError([Problem(path="content/site.yaml", code="unknown-language", message=message)])
    return replace(config, built=tuple(path for path in config.languages if path in paths))


def _read(root: Path, path: str, parse_table: Any, problems: list[Problem]) -> Any:
    try:
        text = read_text(root, path)
        source = Source.of(path, text)
        return parse_table(Checker(source, problems), parse(source, text))
    except SiteError as error:
        problems.extend(error.problems)
        return None


# site.yaml


def _one_of(name: str, values: Iterable[str], *, required: bool = False) -> Field:
    return Field(name=name, type="choice", choices={value: value for value in values}, required=required)


LANGUAGE_FIELDS = {
    "tag": Field(name="tag", type="language", required=True, help="BCP 47, as zh-Hans"),
    "path": Field(name="path", type="text", help="first part of its addresses and end of its files' names; the tag"),
    "name": Field(name="name", type="text", help="its own name, as readers are shown it; CLDR's"),
    "formats": Field(name="formats", type="language", help="whose dates and numbers it writes; the tag's"),
    "fallback": Field(name="fallback", type="list", item=TEXT, help="languages shown where a translation is missing"),
    "calendar": replace(_one_of("calendar", CALENDARS), help="of its dates; gregorian"),
    "digits": replace(_one_of("digits", DIGITS), help="of its numbers; those of the language"),
    "published": Field(
        name="published", type="boolean", help="false: in previews alone, named nowhere in public; true"
    ),
    "base_url": Field(
        name="base_url", type="url", help="where this language is published, if it has a host of its own"
    ),
    "complete": Field(name="complete", type="boolean", help="true: a message not translated is an error"),
}
SCRIPT_FIELDS = {
    "from": Field(name="from", type="text", required=True, help="path of the language that it is made of"),
    "to": replace(
        _one_of("to", [tag for tag in SCRIPTS if tag not in PSEUDO], required=True), help="tag of the one that is made"
    ),
    "path": Field(name="path", type="text", help="first part of its addresses; the tag"),
}
#: Keys of site.yaml → what they say.
SITE_KEYS = {
    "title": "the site's name in each language, by the language's path",
    "short_title": "a shorter name of the site for narrow screens, in each language",
    "publisher": "who publishes the site and on whose behalf, in each language; without it the site says what it reports on",
    "base_url": "where the site is published, as https://example.org/",
    "source_language": "path of the language in which pages are written first; the first of languages",
    "languages": "the languages, in the order in which readers are offered them",
    "unprefixed": "path of the language to which addresses without a language led before, and lead on",
    "transliterate": "one more language, made of another by changing the script",
    "theme": "where templates, style and messages come from that the site has not itself: default, a folder, or an installed package; or a list of them",
    "menus": "name of a menu → its entries: content paths, or {page: …, url: …, label: …, entries: …}",
    "organisation": "content path of the page on who publishes the site",
    "glossary": "content path of the page with names and their renderings",
    "time_zone": "whose days count, as Asia/Shanghai",
    "report": "e-mail address to which readers report mistakes",
    "edit": "address at which a page is edited, with {path} for its file, as https://example.org/edit/main/{path}",
    "pictures": "in which widths, in pixels, pictures are published",
    "budgets": "end of a file's name → the most it may weigh, in KB as it is sent",
    "file_types": "ends of names of files that are published beside pages, besides the usual ones",
    "editor": "where the editor in the browser, published at /admin/, puts what is written; none is published without it",
    "markdown": "which Markdown texts are written in, and whether formulas and colours of code are made",
    "checks": "code of a problem → error, warning or off",
}
EDITOR_FIELDS = {
    "backend": replace(_one_of("backend", ("github", "gitlab"), required=True), help="where the repository is"),
    "repository": Field(name="repository", type="text", required=True, help="as owner/name"),
    "branch": Field(name="branch", type="text", help="the branch that is published; main"),
    "auth": Field(name="auth", type="url", help="for GitHub: address of the service that signs people in"),
    "app": Field(name="app", type="text", help="for GitLab: id of the application that signs people in"),
    "api": Field(name="api", type="url", help="address of an installation of one's own"),
}
_THEMES = Field(name="theme", type="list", item=Field(name="theme", type="text"))
#: Extensions that read files, which content must not.
_REFUSED = frozenset({"pymdownx.snippets", "pymdownx.b64"})
MARKDOWN_FIELDS = {
    "engine": replace(_one_of("engine", ("commonmark", "python-markdown")), help="commonmark; or python-markdown"),
    "extensions": Field(name="extensions", type="list", item=TEXT, help="of Python-Markdown, as toc or admonition"),
    "math": Field(name="math", type="boolean", help="true: $x^2$ and $$x^2$$ are formulas"),
    "highlight": Field(name="highlight", type="boolean", help="true: code is coloured by the classes of Pygments"),
}
_BASE_URL = Field(name="base_url", type="url")


def _settings(check: Checker, node: Node) -> dict[str, Any]:
    for name, child in node.value.items():
        if name not in SITE_KEYS:
            check.unknown(name, child, SITE_KEYS, "site.yaml")
    check.required(
        {key: replace(TEXT, name=key, required=True) for key in ("title", "base_url", "languages")}, node, "site.yaml"
    )
    entries: Mapping[str, Node] = node.value
    languages = _languages(check, entries.get("languages"))
    first = next(iter(languages), "en")
    source_language = _language_named(check, "source_language", entries.get("source_language"), languages, first)
    _check_fallbacks(check, entries.get("languages"), languages)
    languages = {
        path: replace(language, fallback=language.fallback or _default_chain(path, source_language))
        for path, language in languages.items()
    }
    _check_hosts(check, entries, languages)
    if "transliterate" in entries and languages:
        languages = _with_script(check, entries["transliterate"], languages)
    return {
        "title": _titles(check, "title", entries.get("title"), languages),
        "short_title": _titles(check, "short_title", entries.get("short_title"), languages),
        "publisher": _titles(check, "publisher", entries.get("publisher"), languages),
        "base_url": _base_url(check, entries.get("base_url")),
        "source_language": source_language,
        "languages": languages,
        "theme": _themes(check, entries.get("theme")),
        "menus": read_menus(check, entries.get("menus"), partial(_titles_of, languages)),
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
        "unprefixed": _language_named(check, "unprefixed", entries.get("unprefixed"), languages, ""),
        "severities": _severities(check, entries.get("checks")),
    }


def _default_chain(path: str, source_language: str) -> tuple[str, ...]:
    return (source_language,) if path != source_language else ()


def _titles(check: Checker, name: str, node: Node | None, languages: Mapping[str, Language]) -> dict[str, str]:
    """A text of the site in each language, by the language's path."""
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", f"{name}: must have a line for each language", "write `en: …` under it")
        return {}
    for path, child in node.value.items():
        if path not in languages:
            check.unknown(path, child, languages, f"{name} (its keys are the languages' paths)")
    titles = {path: check.value(replace(TEXT, name=name), child) for path, child in node.value.items()}
    return {path: title for path, title in titles.items() if title is not None}


def _titles_of(languages: Mapping[str, Language], check: Checker, name: str, node: Node | None) -> dict[str, str]:
    return _titles(check, name, node, languages)


def _languages(check: Checker, node: Node | None) -> dict[str, Language]:
    if node is None or not isinstance(node.value, tuple) or not node.value:
        if node is not None:
            check.reject(node, "expected", "languages: must be a list of languages", "write `- {tag: en}` under it")
        return {}
    languages: dict[str, Language] = {}
    for child in node.value:
        if not isinstance(child.value, dict):
            check.reject(child, "expected", "a language is written as {tag: ru, path: ru, fallback: [en]}")
            continue
        values = check.table(LANGUAGE_FIELDS, child, "a language")
        path = values.get("path", child.value["tag"].text if "tag" in values else "")
        if path and not re.fullmatch(r"[A-Za-z0-9-]+", path):
            check.reject(child.value["path"], "expected", f"path: '{path}' must be letters, digits and hyphens")
        elif path.lower() in (other.lower() for other in languages):
            check.reject(child, "yaml-duplicate", f"the language '{path}' stands twice", "remove one of them")
        elif path:
            tag = values.get("tag", canonical_tag(path))
            fallback, formats = values.get("fallback", ()), values.get("formats", tag)
            calendar, digits = (str(values[name].value) if name in values else "" for name in ("calendar", "digits"))
            languages[path] = Language(
                tag=tag,
                path=path,
                fallback=fallback,
                formats=formats,
                calendar=calendar,
                digits=digits,
                is_complete=values.get("complete", False),
                name=values.get("name", ""),
                is_published=values.get("published", True),
                base_url=values.get("base_url", ""),
                mark=child.mark,
            )
    return languages


def _with_script(check: Checker, node: Node, languages: dict[str, Language]) -> dict[str, Language]:
    """The languages with one more after that which it is made of, as `{from: uz, to: uz-Cyrl}` tells."""
    if not isinstance(node.value, dict):
        check.reject(node, "expected", "transliterate: is written as {from: uz, to: uz-Cyrl}")
        return languages
    entries = dict(node.value)
    written = _spellings(check, entries.pop("words", None))
    values = check.table(SCRIPT_FIELDS, replace(node, value=entries), "transliterate")
    base, tag = values.get("from", ""), str(values["to"].value) if "to" in values else ""
    if base and base not in languages:
        message = f"transliterate: '{base}' is not one of {listing(languages)}"
        check.reject(entries["from"], "unknown-language", message, nearest(base, languages))
    if base not in languages or not tag:
        return languages
    path = values.get("path", tag)
    if path in languages or not re.fullmatch(r"[A-Za-z0-9-]+", path):
        check.reject(node, "yaml-duplicate", f"transliterate: '{path}' can't be the path of one more language")
        return languages
    own = languages[base]
    made = replace(own, tag=tag, path=path, fallback=(base, *own.fallback), base=base, words=written)
    return {key: language for other in languages for key, language in _followed(languages[other], base, made)}


def _followed(language: Language, base: str, made: Language) -> Iterator[tuple[str, Language]]:
    yield language.path, language
    if language.path == base:
        yield made.path, made


def _spellings(check: Checker, node: Node | None) -> dict[str, str]:
    """Words → how they are written in the other script."""
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", "words: must have a line for each word", "write `HTML: HTML` under it")
        return {}
    return {word: child.text for word, child in node.value.items()}


def _language_named(check: Checker, name: str, node: Node | None, languages: Mapping[str, Language], other: str) -> str:
    """The path of a language that a key names; `other` where it names none."""
    if node is None:
        return other
    if languages and node.text not in languages:
        message = f"{name}: '{node.text}' is not one of {listing(languages)}"
        check.reject(node, "unknown-language", message, nearest(node.text, languages))
        return other
    return node.text


def _check_hosts(check: Checker, entries: Mapping[str, Node], languages: Mapping[str, Language]) -> None:
    """A language's own host serves the same folders as the site's, by the same scheme."""
    site = parts_of(entries["base_url"].text.rstrip("/") + "/") if "base_url" in entries else None
    items = entries["languages"].value if "languages" in entries else ()
    for child in items if isinstance(items, tuple) and site and site.hostname else ():
        node = child.value.get("base_url") if isinstance(child.value, dict) else None
        if node is not None and site is not None:
            own = parts_of(node.text.rstrip("/") + "/")
            if own.hostname and (own.scheme, own.path) != (site.scheme, site.path):
                message = f"base_url: '{node.text}' must begin and end as the site's does"
                check.reject(node, "expected", message, f"write {site.scheme}://{own.netloc}{site.path}")


def _check_fallbacks(check: Checker, node: Node | None, languages: Mapping[str, Language]) -> None:
    """A chain names other languages of the site, once each; it is whole, so a chain through chains is not followed."""
    for child in node.value if node and isinstance(node.value, tuple) else ():
        chain = child.value.get("fallback") if isinstance(child.value, dict) else None
        if chain is None or not isinstance(chain.value, tuple):
            continue
        own = (child.value.get("path") or child.value.get("tag") or chain).text
        for position, item in enumerate(chain.value):
            if item.text not in languages:
                hint = nearest(item.text, languages)
                check.reject(
                    item, "unknown-language", f"fallback: '{item.text}' is not one of {listing(languages)}", hint
                )
            elif item.text == own or item.text in [other.text for other in chain.value[:position]]:
                check.reject(
                    item,
                    "fallback-loop",
                    f"fallback: the chain of '{own}' comes back to '{item.text}'",
                    "name each other language once",
                )


def _themes(check: Checker, node: Node | None) -> tuple[str, ...]:
    """One name, or a list of them."""
    if node is None:
        return ()
    items = node if isinstance(node.value, tuple) else replace(node, value=(node,))
    return check.value(_THEMES, items) or ()


def _time_zone(check: Checker, node: Node | None) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(node.text if node is not None else "UTC")
    except (KeyError, ValueError, OSError):
        assert node is not None
        check.reject(
            node, "expected", f"time_zone: '{node.text}' is not a time zone", "write an IANA name such as Asia/Shanghai"
        )
        return zoneinfo.ZoneInfo("UTC")


PICTURE_FIELDS = {
    "widths": Field(
        name="widths", type="list", item=Field(name="widths", type="number"), required=True, help="in pixels"
    ),
    "sizes": Field(name="sizes", type="text", help="how wide the layout shows them, as HTML's sizes says it; 100vw"),
}


def _pictures(check: Checker, node: Node | None) -> dict[str, Any]:
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", 'pictures: must be as {widths: [480, 960], sizes: "100vw"}')
        return {"picture_widths": (), "picture_sizes": ""}
    values = check.table(PICTURE_FIELDS, node, "pictures")
    widths = values.get("widths", ())
    if not all(is_count(width) for width in widths):
        check.reject(node.value["widths"], "number", "widths: must be whole numbers from 1")
        widths = ()
    return {"picture_widths": tuple(widths), "picture_sizes": values.get("sizes", "100vw")}


def _file_types(check: Checker, node: Node | None) -> frozenset[str]:
    items = node.value if node is not None and isinstance(node.value, tuple) else ()
    if node is not None and not isinstance(node.value, tuple):
        check.reject(node, "expected", "file_types: must be a list, as [kml, dwg]")
    for item in items:
        if not re.fullmatch(r"[a-z0-9_+-]{1,20}", item.text):
            hint = "write it in small letters, without a dot"
            check.reject(item, "expected", f"file_types: '{item.text}' is not the end of a file's name", hint)
    return frozenset(item.text for item in items)


def _budgets(check: Checker, node: Node | None) -> dict[str, Budget]:
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", "budgets: must be as {html: 40, css: 20}, in KB as files are sent")
        return {}
    budgets = {}
    for name, child in node.value.items():
        most = check.value(Field(name=name, type="number"), child)
        if most is not None and most > 0:
            budgets[name] = Budget(int(most * 1000), child.mark)
        elif most is not None:
            check.reject(child, "number", f"budgets.{name}: must be above 0")
    return budgets


def _editor(check: Checker, node: Node | None) -> Editor | None:
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", "editor: must be as {backend: github, repository: owner/name}")
        return None
    values = check.table(EDITOR_FIELDS, node, "editor")
    if not {"backend", "repository"} <= values.keys():
        return None
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", values["repository"]):
        check.reject(node.value["repository"], "expected", "repository: must be as owner/name")
        return None
    return Editor(**{"branch": "main", **values, "backend": str(values["backend"].value)})


def _edit(check: Checker, node: Node | None) -> str:
    text = optional_value(check, replace(TEXT, name="edit"), node) or ""
    if text and not ("{path}" in text and text.startswith(("https://", "http://"))):
        assert node is not None
        hint = "write it as https://github.com/owner/name/edit/main/{path}"
        check.reject(node, "url", "edit: must be an address with {path} in it, the page's file", hint)
        return ""
    return str(text)


def _markdown(check: Checker, node: Node | None) -> Markdown:
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", "markdown: must be as {math: true, highlight: true}")
        return Markdown()
    values = check.table(MARKDOWN_FIELDS, node, "markdown")
    engine = str(values.pop("engine").value) if "engine" in values else "commonmark"
    if values.get("extensions") and engine == "commonmark":
        message, hint = "extensions: are of Python-Markdown", "add `engine: python-markdown`, or take them away"
        check.reject(node.value["extensions"], "expected", message, hint)
    known = _extensions() if engine != "commonmark" else frozenset()
    for item in node.value["extensions"].value if known and values.get("extensions") else ():
        if item.text not in known:
            hint = nearest(item.text, known) or f"installed are {listing(sorted(known))}"
            check.reject(item, "choice", f"extensions: '{item.text}' is not an extension of Python-Markdown", hint)
    return Markdown(engine=engine, **values)


@cache
def _extensions() -> frozenset[str]:
    """The extensions of Python-Markdown that are installed, by the names that it knows them by."""
    from importlib.metadata import entry_points

    return frozenset(entry.name for entry in entry_points(group="markdown.extensions")) - _REFUSED


def _severities(check: Checker, node: Node | None) -> dict[str, str]:
    levels = dict.fromkeys(sorted(WARNINGS), "warning")
    if node is not None and not isinstance(node.value, dict):
        check.reject(node, "expected", "checks: must have a line for each code", "write `dead-page: warning` under it")
    for code, child in node.value.items() if node is not None and isinstance(node.value, dict) else ():
        if code not in CODES:
            check.unknown(code, child, CODES, "checks (its keys are the codes of problems)")
        elif child.text not in CHECK_LEVELS:
            check.reject(
                child,
                "choice",
                f"{code}: '{child.text}' is not one of {listing(CHECK_LEVELS)}",
                nearest(child.text, CHECK_LEVELS),
            )
        else:
            levels[code] = child.text
    return levels


def today(time_zone: zoneinfo.ZoneInfo, epoch: int | None) -> dt.date:
    """The day on which a build takes place: of `epoch` seconds since 1970 if given, else of the clock."""
    now = dt.datetime.fromtimestamp(epoch, tz=time_zone) if epoch is not None else dt.datetime.now(tz=time_zone)
    return now.date()
