"""The languages of an MkDocs site, as its i18n plugin or its theme names them."""

from __future__ import annotations

import re

from msgspec import Struct

from sitegen.i18n.language_tags import parse_tag
from sitegen.importers.mkdocs.settings import Settings
from sitegen.model.language_settings import MOST_LANGUAGES
from sitegen.problems.problem import refusal

#: A locale that is valid in an address.
_LOCALE = re.compile(r"[A-Za-z0-9_-]+")


class Languages(Struct, frozen=True, kw_only=True):
    """The languages of a site.

    Attributes:
        tags: locale → its tag.
        default: the locale of files without a language.
        titles: locale → the site's name in it, where it differs.
        is_by_folder: whether a file's language is its folder, or else the ending of its name.
        nav_names: locale → name in the navigation → what the plugin shows there.
    """

    tags: dict[str, str]
    default: str
    titles: dict[str, str]
    is_by_folder: bool
    nav_names: dict[str, dict[str, str]]

    def split(self, stem: str) -> tuple[str, str]:
        """Split a path below the folder of the texts into the path without its language, and the language."""
        if self.is_by_folder:
            first, _, rest = stem.partition("/")
            return (rest, first) if first in self.tags and rest else (stem, self.default)
        before, dot, last = stem.rpartition(".")
        return (before, last) if dot and last in self.tags else (stem, self.default)

    def nav_name(self, language: str, name: str) -> str:
        """Return a name of the navigation in a language; "" if there is none."""
        return name if language == self.default else self.nav_names.get(language, {}).get(name, "")


def read_languages(settings: Settings) -> Languages:
    """Return the languages; raises SiteError if one is unknown, or there are too many."""
    titles = _titles(settings) or {str(settings.theme.get("language") or "") or "en": ""}
    tags = {locale: _tag(settings, locale) for locale in titles}
    if len(tags) > MOST_LANGUAGES:
        message = f"{len(tags):,} languages, more than the {MOST_LANGUAGES} that can be imported"
        raise refusal(settings.path, "too-costly", message, "leave out those without pages")
    return Languages(
        tags=tags,
        default=_default(settings, titles),
        titles={locale: title for locale, title in titles.items() if title},
        is_by_folder=settings.i18n.get("docs_structure") == "folder",
        nav_names=_nav_names(settings),
    )


def _titles(settings: Settings) -> dict[str, str]:
    """Return locale → the site's name in it; also from the plugin's old syntax, which has no such names."""
    listed = settings.i18n.get("languages")
    if isinstance(listed, dict):
        return {str(locale): "" for locale in listed if locale != "default"}
    built = (own for own in settings.languages if own.get("locale") and own.get("build") is not False)
    return {str(own["locale"]): str(own.get("site_name") or "") for own in built}


def _default(settings: Settings, titles: dict[str, str]) -> str:
    """Return the first language that is the default one, or else the first one."""
    named = {str(own.get("locale")) for own in settings.languages if own.get("default") is True}
    named |= {str(settings.i18n.get("default_language"))} if not settings.languages else set()
    return next((locale for locale in titles if locale in named), next(iter(titles)))


def _tag(settings: Settings, locale: str) -> str:
    tag = parse_tag(locale.replace("_", "-"))
    if tag is None or not _LOCALE.fullmatch(locale):
        hint = "write its tag, such as `locale: zh-CN`"
        raise refusal(settings.path, "language", f"'{locale}' is not a language in CLDR", hint)
    return str(tag)


def _nav_names(settings: Settings) -> dict[str, dict[str, str]]:
    listed = ((str(own.get("locale")), own.get("nav_translations")) for own in settings.languages)
    return {
        locale: {str(name): str(own) for name, own in names.items()}
        for locale, names in listed
        if isinstance(names, dict)
    }
