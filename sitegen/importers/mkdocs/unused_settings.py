"""Finds the settings of an MkDocs site that have words or names of files, and no counterpart here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sitegen.importers.mkdocs.settings import Settings
from sitegen.problems.problem import Problem

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
_HINT = "write what readers need into a page or a template"


def find_unused(settings: Settings, extensions: Collection[str]) -> Iterator[Problem]:
    """Report the settings without a counterpart.

    Args:
        extensions: the extensions of Markdown that can be used here.
    """
    yield from _inherited(settings)
    yield from _of_site(settings)
    yield from _of_theme(settings)
    yield from _of_languages(settings)
    yield from _of_plugins(settings)
    yield from _of_extensions(settings, extensions)


def _inherited(settings: Settings) -> Iterator[Problem]:
    if "INHERIT" in settings.values:
        message = f"INHERIT: what '{settings.values['INHERIT']}' sets is not imported"
        hint = "copy its settings into this file, and import again"
        yield settings.loss(message, hint, settings.line_of_key("INHERIT"))


def _of_site(settings: Settings) -> Iterator[Problem]:
    for name, value in settings.values.items():
        if name not in _USED and _has_text(value):
            hint, line = _SETTING_HINTS.get(name, _HINT), settings.line_of_key(name)
            yield settings.loss(f"the setting '{name}' is not imported", hint, line)


def _of_theme(settings: Settings) -> Iterator[Problem]:
    for name in ("custom_dir", "logo", "favicon"):
        if _has_text(value := settings.theme.get(name)):
            message, hint = (
                f"theme: {name} '{value}' is not imported",
                "write templates/ for what should look different",
            )
            yield settings.loss(message, hint, settings.line_of_key(name))


def _of_languages(settings: Settings) -> Iterator[Problem]:
    for language in settings.languages:
        for name, value in language.items():
            if name not in _USED_OF_LANGUAGE and _has_text(value):
                message = f"the setting '{name}' of the language '{language.get('locale')}' is not imported"
                yield settings.loss(message, _HINT, settings.line_of_key("i18n"))


def _of_plugins(settings: Settings) -> Iterator[Problem]:
    for plugin in settings.options("plugins"):
        if plugin not in _REPLACED:
            hint = _PLUGIN_HINTS.get(plugin, "do without what it adds")
            yield settings.loss(f"the plugin '{plugin}' is not imported", hint)


def _of_extensions(settings: Settings, known: Collection[str]) -> Iterator[Problem]:
    for name, options in settings.options("markdown_extensions").items():
        if name not in known:
            message = f"the Markdown extension '{name}' is not installed or not allowed here"
            yield settings.loss(message, "install it, or write what it does otherwise")
        elif name != "toc" and _has_text(options):
            message = f"the options of the Markdown extension '{name}' are not imported"
            yield settings.loss(message, "write what they do otherwise", settings.line_of_key(name))


def _has_text(value: Any) -> bool:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(value) if isinstance(value, str) else any(map(_has_text, children))
