"""content/site.yaml and content/kinds.yaml → Config: the site's settings and its content model."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sitegen.errors import CODES, WARNINGS, Problem, SiteError, listing, nearest
from sitegen.fields import TYPES, Checker, Field, Side
from sitegen.model import Language, Mark, Reference
from sitegen.nodes import Node, Source, decode, parse
from sitegen.scripts import PSEUDO, SCRIPTS

#: Types of facts by which a list may be narrowed, alone or in a list.
SELECTABLE = frozenset({"choice", "page", "country", "date"})
#: Types of fields whose values have no order.
UNSORTABLE = frozenset({"page", "list", "group", "image", "markdown"})
CHECK_LEVELS = ("error", "warning", "off")

#: CLDR's calendars that a language may ask for (common/bcp47/calendar.xml).
CALENDARS = ("buddhist", "chinese", "coptic", "dangi", "ethiopic", "gregorian", "hebrew", "indian", "islamic",
             "islamic-civil", "islamic-umalqura", "japanese", "persian", "roc")  # fmt: skip
#: CLDR's digits of living scripts (common/bcp47/number.xml).
DIGITS = ("arab", "arabext", "beng", "deva", "gujr", "guru", "khmr", "knda", "laoo", "latn", "mlym", "mymr", "orya",
          "tamldec", "telu", "thai", "tibt")  # fmt: skip

_TEXT = Field(name="", type="text")
_LANGUAGES = Field(name="languages", type="list", item=_TEXT)

#: Fields that every page has, whatever its kind (design, section 3).
BASE_FIELDS: Mapping[str, Field] = {
    declared.name: declared
    for declared in (
        Field(name="kind", type="text", help="what kind of page this is, if not the one that its folder says"),
        Field(name="date", type="date", help="the day that the page is about"),
        Field(name="updated", type="date", help="the day on which the text was last changed"),
        Field(name="order", type="number", help="its place in lists, the lowest first"),
        Field(name="publish", type="date", help="the day from which on it is published"),
        Field(name="expires", type="date", help="the first day on which it is published no more"),
        Field(name="draft", type="boolean", help="true: previewed, not published"),
        replace(_LANGUAGES, help="the only languages in which the page exists"),
        replace(_LANGUAGES, name="hold_until", help="languages without which nothing of the page is published"),
        Field(name="aliases", type="list", item=_TEXT, help="old addresses that lead here, as /old/"),
        Field(name="title", type="text", side="words", required=True, help="the name of the page"),
        Field(name="summary", type="text", side="words", help="one or two sentences for lists and search engines"),
        Field(name="slug", type="text", side="words", help="the last part of its address in this language"),
    )
}

#: Fields of the tool and of translators, in translations only; `draft` there holds back one language.
TRANSLATION_FIELDS: Mapping[str, Field] = {
    "source": Field(
        name="source",
        type="list",
        side="words",
        item=_TEXT,
        help="which text of the source this renders; `translate accept` writes it",
    ),
    "review": Field(
        name="review",
        type="choice",
        side="words",
        choices={"machine": "machine", "human": "human"},
        help="machine: a draft by a machine; human: read by a person beside the source",
    ),
    "draft": Field(name="draft", type="boolean", side="words", help="true: this language is not published"),
}


@dataclass(frozen=True, slots=True)
class Children:
    """How a kind's child pages are made and listed.

    Attributes:
        sort: field name, `-` before it for descending; "order" unless said.
        per_page: how many a list page shows; None for all.
        feed: whether they have an Atom feed; None: if the newest come first.
        by: facts by which the list can be narrowed.
    """

    kind: str | None = None
    sort: str = "order"
    per_page: int | None = None
    feed: bool | None = None
    by: tuple[str, ...] = ()

    @property
    def has_feed(self) -> bool:
        """Whether there is a feed of them."""
        return self.sort == "-date" if self.feed is None else self.feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of page.

    Attributes:
        lineage: its own name first, then those it extends.
        schema: schema.org property → field name; "type" → the type itself.
        calendar: "start", "end" and "location" → field name; "label" → a message that stands before the title.
        mark: of its template, where it names one; else of the kind itself.
    """

    name: str
    template: str
    lineage: tuple[str, ...]
    fields: Mapping[str, Field]
    children: Children = Children()
    schema: Mapping[str, str]
    calendar: Mapping[str, str] = field(default_factory=dict)
    mark: Mark

    def of_side(self, side: Side) -> Iterator[Field]:
        """Its facts, or its words."""
        return (declared for declared in self.fields.values() if declared.side == side)


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


#: The editor of a preview, which writes to a folder of the same machine.
LOCAL_EDITOR = Editor(backend="github", repository="this/machine", branch="main")


@dataclass(frozen=True, kw_only=True)
class Config:
    """A site's settings.

    Attributes:
        base_url: scheme, host and path of the published site, with a trailing slash.
        menus: name → pages by key.
        severities: code → "error", "warning" or "off".
        languages: path → language.
        report: address to which readers report mistakes.
        picture_widths: in pixels, those in which pictures are published; none to leave them as they are.
        picture_sizes: how wide the layout shows them, as HTML's `sizes` says it.
        budgets: end of a file's name, as "html" → what such a file may weigh.
        editor: None where no editor is published.
        theme: names of the themes behind the site's own templates, style and messages, the first first.
        unprefixed: language to which addresses without one lead on; "" where they lead nowhere.
        built: paths of the languages that are published now; all but for `--languages`.
    """

    title: Mapping[str, str]
    base_url: str
    source_language: str
    languages: Mapping[str, Language]
    menus: Mapping[str, tuple[Reference, ...]]
    organisation: Reference | None
    glossary: Reference | None
    time_zone: zoneinfo.ZoneInfo
    severities: Mapping[str, str]
    report: str | None
    picture_widths: tuple[int, ...]
    picture_sizes: str
    budgets: Mapping[str, Budget]
    editor: Editor | None
    unprefixed: str
    theme: tuple[str, ...]
    kinds: Mapping[str, Kind]
    built: tuple[str, ...]

    @cached_property
    def base_path(self) -> str:
        """Path of the site on its host: `/`, or `/repository/` for a project site."""
        return urlsplit(self.base_url).path

    @cached_property
    def origin(self) -> str:
        """Scheme and host, without a slash at the end."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def graded(self, problems: list[Problem]) -> list[Problem]:
        """The problems with the severity that the site gives their codes; those switched off are left out."""
        graded = []
        for problem in problems:
            level = self.severities.get(problem.code, problem.severity)
            if level != "off":
                graded.append(problem if level == problem.severity else replace(problem, severity=level))  # type: ignore[arg-type]
        return graded


def read_text(root: Path, path: str) -> str:
    """The text of a file below the root.

    Raises:
        SiteError: it cannot be read or is not clean UTF-8 text.
    """
    try:
        return decode(path, (root / path).read_bytes())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SiteError([Problem(path=path, code="unreadable", message=f"the file can't be read: {reason}")]) from error


def load_config(
    root: Path, *, base_url: str | None = None, languages: tuple[str, ...] = (), pseudo: bool = False
) -> Config:
    """Read and check both files.

    Args:
        base_url: takes the place of the one in site.yaml.
        languages: paths of the languages to build; all when empty.
        pseudo: with the pseudo-locales, made of the source language.

    Raises:
        SiteError: with all problems of both files.
    """
    require_site(root)
    missing = [p for p in ("content/site.yaml", "content/kinds.yaml") if not (root / p).is_file()]
    if missing:
        raise SiteError(_missing(root, path) for path in missing)
    problems: list[Problem] = []
    kinds = _read(root, "content/kinds.yaml", _kinds, problems)
    settings = _read(root, "content/site.yaml", _settings, problems)
    if problems or kinds is None or settings is None:
        raise SiteError(problems)
    if pseudo:
        settings["languages"].update(_pseudo_locales(settings["languages"][settings["source_language"]]))
    config = Config(kinds=kinds, built=tuple(settings["languages"]), **settings)
    if base_url:
        config = replace(config, base_url=_asked_url(base_url))
    return _only(config, languages) if languages else config


def require_site(root: Path) -> None:
    """Make sure that a folder holds a site, before anything is written there.

    Raises:
        SiteError: it has no folder content/.
    """
    if not (root / "content").is_dir():
        own = Path(__file__).parents[1]
        where = (
            f"in {own}, or with --root {own}"
            if (own / "content").is_dir()
            else "in a site's folder, or with --root DIR"
        )
        message, hint = f"there is no site in {root.resolve()}", f"run it {where}"
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
    Checker(Source.of("--base-url", text), problems).value(_BASE_URL, node)
    if problems:
        raise SiteError(problems)
    return text.rstrip("/") + "/"


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
    "formats": Field(name="formats", type="language", help="whose dates and numbers it writes; the tag's"),
    "fallback": Field(name="fallback", type="list", item=_TEXT, help="languages shown where a translation is missing"),
    "calendar": replace(_one_of("calendar", CALENDARS), help="of its dates; gregorian"),
    "digits": replace(_one_of("digits", DIGITS), help="of its numbers; those of the language"),
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
    "base_url": "where the site is published, as https://example.org/",
    "source_language": "path of the language in which pages are written first; the first of languages",
    "languages": "the languages, in the order in which readers are offered them",
    "unprefixed": "path of the language to which addresses without a language led before, and lead on",
    "transliterate": "one more language, made of another by changing the script",
    "theme": "where templates, style and messages come from that the site has not itself: default, a folder, or an installed package; or a list of them",
    "menus": "name of a menu → content paths of its pages",
    "organisation": "content path of the page on who publishes the site",
    "glossary": "content path of the page with names and their renderings",
    "time_zone": "whose days count, as Asia/Shanghai",
    "report": "e-mail address to which readers report mistakes",
    "pictures": "in which widths, in pixels, pictures are published",
    "budgets": "end of a file's name → the most it may weigh, in KB as it is sent",
    "editor": "where the editor in the browser, published at /admin/, puts what is written; none is published without it",
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
_THEMES = Field(name="theme", type="list", item=replace(_TEXT, name="theme"))
_PAGES = Field(name="menus", type="list", item=Field(name="menus", type="page"))
_BASE_URL = Field(name="base_url", type="url")


def _settings(check: Checker, node: Node) -> dict[str, Any]:
    for name, child in node.value.items():
        if name not in SITE_KEYS:
            check.unknown(name, child, SITE_KEYS, "site.yaml")
    check.required(
        {key: replace(_TEXT, name=key, required=True) for key in ("title", "base_url", "languages")}, node, "site.yaml"
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
    if "transliterate" in entries and languages:
        languages = _with_script(check, entries["transliterate"], languages)
    return {
        "title": _titles(check, entries.get("title"), languages),
        "base_url": str(_optional(check, _BASE_URL, entries.get("base_url")) or "").rstrip("/") + "/",
        "source_language": source_language,
        "languages": languages,
        "theme": _themes(check, entries.get("theme")),
        "menus": _menus(check, entries.get("menus")),
        "organisation": _optional(check, Field(name="organisation", type="page"), entries.get("organisation")),
        "glossary": _optional(check, Field(name="glossary", type="page"), entries.get("glossary")),
        "time_zone": _time_zone(check, entries.get("time_zone")),
        "report": _optional(check, Field(name="report", type="email"), entries.get("report")),
        **_pictures(check, entries.get("pictures")),
        "budgets": _budgets(check, entries.get("budgets")),
        "editor": _editor(check, entries.get("editor")),
        "unprefixed": _language_named(check, "unprefixed", entries.get("unprefixed"), languages, ""),
        "severities": _severities(check, entries.get("checks")),
    }


def _default_chain(path: str, source_language: str) -> tuple[str, ...]:
    return (source_language,) if path != source_language else ()


def _optional(check: Checker, declared: Field, node: Node | None) -> Any:
    return None if node is None or node.value is None else check.value(declared, node)


def _titles(check: Checker, node: Node | None, languages: Mapping[str, Language]) -> dict[str, str]:
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            check.reject(node, "expected", "title: must have a line for each language", "write `en: …` under it")
        return {}
    for path, child in node.value.items():
        if path not in languages:
            check.unknown(path, child, languages, "title (its keys are the languages' paths)")
    titles = {path: check.value(replace(_TEXT, name="title"), child) for path, child in node.value.items()}
    return {path: title for path, title in titles.items() if title is not None}


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
        path = values.get("path", values.get("tag", ""))
        if path and not re.fullmatch(r"[A-Za-z0-9-]+", path):
            check.reject(child.value["path"], "expected", f"path: '{path}' must be letters, digits and hyphens")
        elif path in languages:
            check.reject(child, "yaml-duplicate", f"the language '{path}' stands twice", "remove one of them")
        elif path:
            tag = values.get("tag", path)
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


def _menus(check: Checker, node: Node | None) -> dict[str, tuple[Reference, ...]]:
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        check.reject(node, "expected", "menus: must have a line for each menu", "write `main: [/about/]` under it")
        return {}
    return {name: check.value(_PAGES, child) or () for name, child in node.value.items()}


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
    if not all(_is_count(width) for width in widths):
        check.reject(node.value["widths"], "number", "widths: must be whole numbers from 1")
        widths = ()
    return {"picture_widths": tuple(widths), "picture_sizes": values.get("sizes", "100vw")}


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


# kinds.yaml

#: Keys of a kind → what they say.
KIND_KEYS = {
    "extends": "a kind whose fields, template and the rest it takes over",
    "template": "file of templates/, as news.html",
    "children": "of what kind the pages below are, and how they are listed",
    "schema": "schema.org property → field that says it; type → the schema.org type",
    "calendar": "which fields say when and where it takes place",
    "facts": "fields written once, in the source version",
    "words": "fields written once per language",
}
#: Keys of a field → what they say.
FIELD_KEYS = {
    "type": "what it holds",
    "of": "of a list: the field that each item is; of a choice: its values, or values and labels",
    "kind": "of a page: the kind it must be of",
    "required": "true: it must be filled in",
    "max": "the most characters of a text",
    "sorted": "of a list: whether its items stand in ascending order",
    "fields": "of a group: its fields",
    "help": "what an editor is told of it",
}
CHILDREN_FIELDS = {
    "kind": Field(name="kind", type="text", help="the kind of pages that name none"),
    "sort": Field(
        name="sort", type="text", help="field by which they are listed, - before it for the last first; order"
    ),
    "per_page": Field(name="per_page", type="number", help="how many are listed on one page; all"),
    "feed": Field(name="feed", type="boolean", help="whether there is a feed of them; where they are sorted by -date"),
    "by": Field(
        name="by", type="list", item=Field(name="by", type="text"), help="facts by which readers narrow the list"
    ),
}


def _kinds(check: Checker, node: Node) -> dict[str, Kind]:
    kinds = {
        "page": Kind(
            name="page", template="page.html", lineage=("page",), fields=BASE_FIELDS, schema={}, mark=Mark(1, 1)
        )
    }
    pending = {name: child for name, child in node.value.items() if isinstance(child.value, dict)}
    for name, child in node.value.items():
        if name not in pending:
            check.reject(child, "expected", f"the kind '{name}' must have lines of `key: value`")
    while pending:
        ready = [name for name, child in pending.items() if _parent(child) not in pending]
        if not ready:
            name, child = next(iter(pending.items()))
            check.reject(child.value["extends"], "unknown-kind", f"extends: '{name}' extends itself in a loop")
            break
        for name in ready:
            kinds[name] = _kind(check, name, pending.pop(name), kinds)
    if not pending:
        _check_kind_names(check, node, kinds)
    return kinds


def _parent(node: Node) -> str | None:
    return node.value["extends"].text if "extends" in node.value else None


def _kind(check: Checker, name: str, node: Node, kinds: Mapping[str, Kind]) -> Kind:
    for key, child in node.value.items():
        if key not in KIND_KEYS:
            check.unknown(key, child, KIND_KEYS, "a kind")
    entries: Mapping[str, Node] = node.value
    parent = kinds.get(entries["extends"].text) if "extends" in entries else None
    template = entries["template"].text if "template" in entries else parent.template if parent else ""
    if not template:
        mark = node.key or node.mark
        check.problems.append(
            check.source.problem(
                "required", f"'template' is missing; the kind '{name}' must have it", mark, "add a line `template: …`"
            )
        )
    inherited = {**BASE_FIELDS, **(parent.fields if parent else {})}
    own = {
        declared.name: replace(declared, help=declared.help or inherited.get(declared.name, declared).help)
        for side in ("facts", "words")
        for declared in _fields(check, entries.get(side), side)
    }
    children = _children(check, entries.get("children"), parent)
    fields = {**inherited, **own}
    schema = _schema(check, entries.get("schema"), fields, parent)
    lineage = (name, *(parent.lineage if parent else ()))
    return Kind(
        name=name,
        template=template,
        lineage=lineage,
        fields=fields,
        children=children,
        schema=schema,
        calendar=_calendar(check, entries.get("calendar"), fields, parent),
        mark=entries["template"].mark if "template" in entries else node.key or node.mark,
    )


def _schema(check: Checker, node: Node | None, fields: Mapping[str, Field], parent: Kind | None) -> Mapping[str, str]:
    if node is None:
        return parent.schema if parent else {}
    if not isinstance(node.value, dict):
        check.reject(node, "expected", "schema: must be as {type: NewsArticle, datePublished: date}")
        return {}
    for name, child in node.value.items():
        if name != "type" and child.text not in (*fields, "organisation"):
            hint = nearest(child.text, fields)
            check.reject(child, "unknown-key", f"schema: '{child.text}' is not a field of the kind", hint)
    return {name: child.text for name, child in node.value.items()}


#: What a kind's `calendar` may say → the types of fields that can say it.
_CALENDAR_KEYS = {"start": ("date", "datetime"), "end": ("date", "datetime"), "location": ("text",), "label": ()}


def _calendar(check: Checker, node: Node | None, fields: Mapping[str, Field], parent: Kind | None) -> Mapping[str, str]:
    if node is None:
        return parent.calendar if parent else {}
    if not isinstance(node.value, dict) or "start" not in node.value:
        check.reject(node, "expected", "calendar: must be as {start: starts, end: ends, location: place}")
        return {}
    for name, child in node.value.items():
        types = _CALENDAR_KEYS.get(name)
        if types is None:
            check.unknown(name, child, _CALENDAR_KEYS, "calendar")
        elif types and child.text not in fields:
            message = f"calendar: '{child.text}' is not a field of the kind"
            check.reject(child, "unknown-key", message, nearest(child.text, fields))
        elif types and fields[child.text].type not in types:
            message = f"calendar: '{child.text}' is a {fields[child.text].type}"
            check.reject(child, "expected", message, f"name a field of the type {' or '.join(types)}")
    return {name: child.text for name, child in node.value.items()}


def _children(check: Checker, node: Node | None, parent: Kind | None) -> Children:
    if node is None:
        return parent.children if parent else Children()
    if not isinstance(node.value, dict):
        check.reject(node, "expected", "children: must be as {kind: news, sort: -date, per_page: 20}")
        return Children()
    values = check.table(CHILDREN_FIELDS, node, "children")
    if "per_page" in values and not _is_count(values["per_page"]):
        check.reject(node.value["per_page"], "number", "per_page: must be a whole number from 1")
        del values["per_page"]
    return Children(**values)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def _fields(check: Checker, node: Node | None, side: Side) -> Iterator[Field]:
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        check.reject(node, "expected", f"{side}: must have a line for each field")
        return
    for name, child in node.value.items():
        declared = _field(check, name, child, side)
        if declared is not None:
            yield declared


def _field(check: Checker, name: str, node: Node, side: Side) -> Field | None:
    if not isinstance(node.value, dict) or "type" not in node.value:
        now = f"{{type: {node.text}}}" if node.text in TYPES else None
        message, hint = f"the field '{name}' must have a type", f"write it as {now or '{type: text}'}"
        check.reject(node, "required", message, hint, now)
        return None
    entries: Mapping[str, Node] = node.value
    for key, child in entries.items():
        if key not in FIELD_KEYS:
            check.unknown(key, child, FIELD_KEYS, "a field")
    kind_of = entries["type"].text
    if kind_of not in TYPES:
        hint = nearest(kind_of, TYPES) or f"types are {listing(TYPES)}"
        check.reject(entries["type"], "choice", f"type: '{kind_of}' is not a type", hint)
        return None
    of = entries.get("of")
    item = _item(check, name, node, of, side) if kind_of == "list" else None
    return Field(
        name=name,
        type=kind_of,
        side=side,
        required=_optional(check, Field(name="required", type="boolean"), entries.get("required")) or False,
        max=_max(check, entries.get("max")),
        choices=_choices(check, node, of) if kind_of == "choice" else {},
        kind=entries["kind"].text if "kind" in entries else None,
        item=item,
        is_sorted=_is_sorted(check, entries.get("sorted"), item),
        fields={f.name: f for f in _fields(check, entries.get("fields"), side)} if kind_of == "group" else {},
        help=_optional(check, Field(name="help", type="text"), entries.get("help")) or "",
    )


def _max(check: Checker, node: Node | None) -> int | None:
    value = _optional(check, Field(name="max", type="number"), node)
    if value is None or _is_count(value):
        return value  # type: ignore[no-any-return]
    assert node is not None
    check.reject(node, "number", "max: must be a whole number from 1")
    return None


def _is_sorted(check: Checker, node: Node | None, item: Field | None) -> bool:
    value = _optional(check, Field(name="sorted", type="boolean"), node) or False
    if value and (item is None or item.type in ("list", "group")):
        assert node is not None
        message = "sorted: only a list of single values, such as texts or dates, can be sorted"
        check.reject(node, "expected", message, "take `sorted` away")
        return False
    return bool(value)


def _item(check: Checker, name: str, node: Node, of: Node | None, side: Side) -> Field:
    if of is None:
        check.reject(node, "required", f"the list '{name}' must say what it is of", "add `of: {type: text}`")
        return replace(_TEXT, name=name, side=side)
    return _field(check, name, of, side) or replace(_TEXT, name=name, side=side)


def _choices(check: Checker, node: Node, of: Node | None) -> dict[str, str]:
    if of is not None and isinstance(of.value, tuple):
        return {child.text: child.text.replace("-", " ").capitalize() for child in of.value}
    if of is not None and isinstance(of.value, dict):
        return {value: child.text for value, child in of.value.items()}
    check.reject(node, "required", "a choice must list its values", "add `of: [one, other]`")
    return {}


def _check_kind_names(check: Checker, node: Node, kinds: Mapping[str, Kind]) -> None:
    """Kinds named by other kinds exist; so do the fields that lists are sorted by."""
    for child in _kind_references(node):
        if child.text not in kinds:
            check.reject(child, "unknown-kind", f"'{child.text}' is not a kind", nearest(child.text, kinds))
    for child in node.value.values():
        listed = child.value.get("children") if isinstance(child.value, dict) else None
        if listed is not None and isinstance(listed.value, dict):
            of = kinds.get(listed.value["kind"].text) if "kind" in listed.value else None
            _check_children(check, listed.value, (of or kinds["page"]).fields)


def _check_children(check: Checker, entries: Mapping[str, Node], known: Mapping[str, Field]) -> None:
    """The fields by which children are sorted and narrowed exist and can be used so."""
    sort = entries.get("sort")
    name = sort.text.removeprefix("-") if sort is not None else "order"
    if sort is not None and name not in known:
        check.reject(sort, "unknown-key", f"sort: '{name}' is not a field of its children", nearest(name, known))
    elif sort is not None and known[name].type in UNSORTABLE:
        message = f"sort: '{name}' is a {known[name].type}, and pages can't be sorted by it"
        check.reject(sort, "expected", message, "name a text, number, date or choice")
    by = entries.get("by")
    for child in by.value if by is not None and isinstance(by.value, tuple) else ():
        declared = known.get(child.text)
        if declared is None or declared.side != "facts":
            check.reject(
                child, "unknown-key", f"by: '{child.text}' is not a fact of its children", nearest(child.text, known)
            )
        elif (declared.item or declared).type not in SELECTABLE:
            message = f"by: '{child.text}' is a {(declared.item or declared).type}, and a list can't be narrowed by it"
            check.reject(child, "expected", message, "name a choice, page, country or date")


def _kind_references(node: Node) -> Iterator[Node]:
    for name, child in node.value.items() if isinstance(node.value, dict) else ():
        if name in ("extends", "kind") and isinstance(child.value, str):
            yield child
        elif name not in ("of", "schema") or "type" in (child.value if isinstance(child.value, dict) else {}):
            yield from _kind_references(child)


def today(time_zone: zoneinfo.ZoneInfo, epoch: int | None) -> dt.date:
    """The day on which a build takes place: of `epoch` seconds since 1970 if given, else of the clock."""
    now = dt.datetime.fromtimestamp(epoch, tz=time_zone) if epoch is not None else dt.datetime.now(tz=time_zone)
    return now.date()
