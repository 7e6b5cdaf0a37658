"""The languages in site.yaml: their tags and paths, fallbacks, scripts, spellings and hosts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.i18n.language_tags import canonical_tag
from sitegen.i18n.transliteration import PSEUDO, SCRIPTS
from sitegen.model.base_url import read_base_url
from sitegen.model.field_declarations import TEXT, one_of
from sitegen.model.fields import Checker, Field, by_name
from sitegen.model.urls import ADMIN, ASSETS
from sitegen.problems.problem import listing
from sitegen.problems.suggestions import nearest
from sitegen.source.paths import fault_of_clone
from sitegen.source.yaml import Node

#: The CLDR calendars that a language may use (common/bcp47/calendar.xml).
CALENDARS = ("buddhist", "chinese", "coptic", "dangi", "ethiopic", "gregorian", "hebrew", "indian", "islamic",
             "islamic-civil", "islamic-umalqura", "japanese", "persian", "roc")  # fmt: skip
#: The CLDR numbering systems of living scripts (common/bcp47/number.xml).
DIGITS = ("arab", "arabext", "beng", "deva", "gujr", "guru", "khmr", "knda", "laoo", "latn", "mlym", "mymr", "orya",
          "tamldec", "telu", "thai", "tibt")  # fmt: skip
#: The most languages of a site. Each page is made in every language, and links to itself in all of them, so that a few
#: lines would make a site huge. CLDR covers about as many for modern use.
MOST_LANGUAGES = 100
LANGUAGE_FIELDS = by_name(
    Field(name="tag", type="language", required=True, help="BCP 47, such as zh-Hans"),
    Field(name="path", type="text", help="first part of its addresses and end of its files' names; the tag"),
    Field(name="name", type="text", help="its own name, as readers are shown it; CLDR's"),
    Field(name="formats", type="language", help="whose dates and numbers it writes; the tag's"),
    Field(name="fallback", type="list", item=TEXT, help="languages shown where a translation is missing"),
    one_of("calendar", CALENDARS, help="of its dates; gregorian"),
    one_of("digits", DIGITS, help="of its numbers; those of the language"),
    Field(name="published", type="boolean", help="false: in previews only, named nowhere in public; true"),
    Field(name="base_url", type="url", help="where this language is published, if it has a host of its own"),
    Field(name="complete", type="boolean", help="true: a message not translated is an error"),
)
SCRIPT_FIELDS = by_name(
    Field(name="from", type="text", required=True, help="path of the language that it is made of"),
    one_of("to", [tag for tag in SCRIPTS if tag not in PSEUDO], required=True, help="tag of the one that is made"),
    Field(name="path", type="text", help="first part of its addresses; the tag"),
)


def read_languages(check: Checker, node: Node | None) -> dict[str, Language]:
    """Read the languages of a site; return path → language."""
    if node is None or not isinstance(node.value, tuple) or not node.value:
        if node is not None:
            check.reject(node, "expected", "languages: must be a list of languages", "write `- {tag: en}` under it")
        return {}
    if len(node.value) > MOST_LANGUAGES:
        message = (
            f"{len(node.value):,} languages: a site has at most {MOST_LANGUAGES}, as each page is made in all of them"
        )
        check.reject(node.value[MOST_LANGUAGES], "too-costly", message, "divide it into several sites")
    languages: dict[str, Language] = {}
    for child in node.value[:MOST_LANGUAGES]:
        if not check.is_mapping(child, "a language is written as {tag: ru, path: ru, fallback: [en]}"):
            continue
        values = check.table(LANGUAGE_FIELDS, child, "a language")
        path = values.get("path", child.value["tag"].text if "tag" in values else "")
        if path and _is_path(check, path, child, languages):
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
                base_url=read_base_url(check, child.value["base_url"]).removeprefix("/")
                if "base_url" in values
                else "",
                mark=child.mark,
            )
    return languages


def _is_path(check: Checker, path: str, language: Node, languages: Collection[str]) -> bool:
    """Whether the addresses of one more language can begin with `path`; report why not."""
    node = language.value.get("path", language)
    if path.lower() in (other.lower() for other in languages):
        check.reject(language, "yaml-duplicate", f"the language '{path}' appears twice", "remove one of them")
    elif not re.fullmatch(r"[A-Za-z0-9-]+", path):
        check.reject(node, "expected", f"path: '{path}' must be letters, digits and hyphens")
    elif f"{path.lower()}/" in (ASSETS, ADMIN):
        check.reject(node, "expected", f"path: '{path}' is a folder of the site's own files", "choose another")
    elif fault_of_clone(path):
        check.reject(node, "expected", f"path: '{path}' is a device's name on Windows", "choose another")
    else:
        return True
    return False


def with_script(check: Checker, node: Node, languages: dict[str, Language]) -> dict[str, Language]:
    """Return the languages, with the one derived by `{from: uz, to: uz-Cyrl}` inserted after its base language."""
    if not check.is_mapping(node, "transliterate: is written as {from: uz, to: uz-Cyrl}"):
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
    if not _is_path(check, path, node, languages):
        return languages
    own = languages[base]
    made = replace(own, tag=tag, path=path, fallback=(base, *own.fallback), base=base, words=written)
    all_of_them: dict[str, Language] = {}
    for other, language in languages.items():
        all_of_them[other] = language
        if other == base:
            all_of_them[path] = made
    return all_of_them


def _spellings(check: Checker, node: Node | None) -> dict[str, str]:
    """Return word → its spelling in the other script."""
    if not check.is_mapping(node, "words: must have a line for each word", "write `HTML: HTML` under it"):
        return {}
    return {word: child.text for word, child in node.value.items()}


def language_named(check: Checker, name: str, node: Node | None, languages: Mapping[str, Language], other: str) -> str:
    """Return the path of the language that a key refers to, or `other` if there is no such key or language."""
    if node is None:
        return other
    if languages and node.text not in languages:
        message = f"{name}: '{node.text}' is not one of {listing(languages)}"
        check.reject(node, "unknown-language", message, nearest(node.text, languages))
        return other
    return node.text


def check_hosts(check: Checker, node: Node | None, languages: Mapping[str, Language], base_url: str) -> None:
    """Check that a language's own host has the scheme, port and path of the site's: one server answers for both."""
    site = urlsplit(base_url)
    hosts = {own.mark: own.base_url for own in languages.values() if own.base_url and site.hostname}
    for child in node.value if node is not None and hosts else ():
        own = urlsplit(hosts.get(child.mark, ""))
        if own.hostname and (own.scheme, own.port, own.path) != (site.scheme, site.port, site.path):
            written = child.value["base_url"]
            message = f"base_url: '{written.text}' may differ from the site's only in the name of the host"
            netloc = own.netloc.removesuffix(f":{own.port}") + (f":{site.port}" if site.port else "")
            right = f"write {site.scheme}://{netloc}{site.path}"
            is_other = own.hostname != site.hostname
            check.reject(written, "expected", message, right if is_other else "name another host, or leave it out")


def check_fallbacks(check: Checker, node: Node | None, languages: Mapping[str, Language]) -> None:
    """Check that a chain lists other languages of the site, once each; the chains of those are not followed."""
    for child in node.value if node and isinstance(node.value, tuple) else ():
        chain = child.value.get("fallback") if isinstance(child.value, dict) else None
        if chain is None or not isinstance(chain.value, tuple):
            continue
        own = (child.value.get("path") or child.value.get("tag") or chain).text
        for position, item in enumerate(chain.value):
            if not item.text:  # reported as no text
                continue
            if item.text not in languages:
                message = f"fallback: '{item.text}' is not one of {listing(languages)}"
                check.reject(item, "unknown-language", message, nearest(item.text, languages))
            elif item.text == own or item.text in [other.text for other in chain.value[:position]]:
                message = f"fallback: the chain of '{own}' comes back to '{item.text}'"
                check.reject(item, "fallback-loop", message, "name each other language once")
