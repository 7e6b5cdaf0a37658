"""Messages for translators of the interface: those of the templates, and the labels of the content model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from sitegen.i18n.language import Language
from sitegen.i18n.own_messages import template_catalog
from sitegen.i18n.po_files import MESSAGES, catalog_path, is_translated, message_key, read_po
from sitegen.model.fields import Field
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError, counted, listing
from sitegen.render.template_problems import syntax_problem, told_as_syntax
from sitegen.source.files import files_below
from sitegen.source.theme_layers import Layers

#: Maximum number of unextracted messages to list.
_NAMED = 5


def site_messages(root: Path, config: Config) -> Any:
    """Return a catalog with the messages of a site's own templates and kinds.

    Raises:
        SiteError: a template can't be read.
    """
    catalog = template_messages(root)
    for label in dict.fromkeys(_labels(config)):
        catalog.add(label, context="choice", auto_comments=["Translators: a value of a field, shown as a label"])
    for kind in config.kinds.values():
        if "label" in kind.calendar:
            note = "Translators: stands before a page's title and a colon, in calendars"
            catalog.add(kind.calendar["label"], context="calendar", auto_comments=[note])
    return catalog


def unextracted(root: Path, layers: Layers, config: Config) -> Iterator[Problem]:
    """Report messages missing from messages.pot, which translators can't see.

    A site without this file needs none if its catalogs translate every message, or if it has one language.
    """
    pots = [template_catalog(layers, layer) for layer in range(len(layers.themes) + 1)]
    known = {message_key(message) for pot in pots for message in pot}
    if not (root / MESSAGES).is_file():
        targets = [own for path, own in config.languages.items() if path != config.source_language and not own.base]
        if not targets:
            return
        known |= set.intersection(*(_translated_messages(root, language) for language in targets))
    new = [message for message in site_messages(root, config) if message.id and message_key(message) not in known]
    if new:
        texts = [message.id if isinstance(message.id, str) else message.id[0] for message in new]
        more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
        named = listing(f"'{text}'" for text in texts[:_NAMED])
        verb = "is" if len(new) == 1 else "are"
        message = f"{counted(len(new), 'message')} of the templates and kinds.yaml {verb} not in it yet: {named}{more}"
        hint = "run: python build.py translate extract, then: python build.py translate update"
        yield Problem(path=MESSAGES, code="missing-message", message=message, hint=hint)


def _translated_messages(root: Path, language: Language) -> set[tuple[str, Any]]:
    """Return the messages that a site's own catalog translates."""
    path = catalog_path(language)
    catalog = read_po(root, path, language.tag) if (root / path).is_file() else ()
    return {message_key(message) for message in catalog if message.id and is_translated(message)}


def template_messages(root: Path) -> Any:
    """Return a catalog with the messages of the templates in the folder of a site or a theme.

    Raises:
        SiteError: a template can't be read.
    """
    from babel.messages.catalog import Catalog

    comment = "# Messages of the templates; made by `sitegen translate extract`."
    catalog = Catalog(project="", version="", charset="utf-8", header_comment=comment)
    problems: list[Problem] = []
    for name in files_below(root, "templates", ".html"):
        try:
            with told_as_syntax(None, name):
                for message, comments, context in _messages_of(root / name):
                    catalog.add(message, None, [(name, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
        except TemplateSyntaxError as error:
            problems.append(syntax_problem(name, error))
    if problems:
        raise SiteError(problems)
    return catalog


def _messages_of(path: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "encoding": "utf-8"}
    found = extract_from_file("jinja2.ext.babel_extract", path, DEFAULT_KEYWORDS, ("Translators:",), options)
    for _, message, comments, context in found:
        yield message, comments, context or None  # an empty one is none, in a catalog and where it is looked up


def _labels(config: Config) -> Iterator[str]:
    for kind in config.kinds.values():
        for declared in kind.fields.values():
            yield from _labels_of(declared)


def _labels_of(declared: Field) -> Iterator[str]:
    yield from declared.choices.values()
    if declared.item is not None:
        yield from _labels_of(declared.item)
    for field in declared.fields.values():
        yield from _labels_of(field)
