"""Message files: extracts the messages of templates to messages.pot, and updates the catalogs from it and from translators."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import partial
from pathlib import Path
from typing import Any

from sitegen.i18n.catalog_checks import header_problems, message_problems
from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.i18n.own_messages import own_messages
from sitegen.i18n.plurals import plural_forms, same_numbers
from sitegen.i18n.po_files import (
    MESSAGES,
    catalog_path,
    confirm,
    forms_of,
    is_translated,
    keep_lines,
    message_key,
    parse_po,
    po_bytes,
    read_po,
)
from sitegen.model.loading import load_config
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.problems.suggestions import nearest_or_all
from sitegen.render.template_messages import site_messages, template_messages
from sitegen.source.file_writing import replace_texts
from sitegen.source.files import read_file, read_text
from sitegen.source.limits import within_limits
from sitegen.source.theme_layers import Layers
from sitegen.translation.texts import NO_PAGE, Blame, Changes
from sitegen.translation.units import message_name

#: The language of the messages in theme templates; its catalog translates each message to itself.
THEME_LANGUAGE = "en"
#: The end of the first line of a catalog, after the name of its language.
_OF_TEMPLATES = " messages of the templates."
#: Why the new text of a message is left out.
_KEPT = "the translation stays, as the new one is not marked as done"


def extract(root: Path) -> str:
    """Write translations/messages.pot from the templates and the labels of kinds.yaml, and return its path."""
    _write(root, MESSAGES, site_messages(root, load_config(root)))
    return MESSAGES


def extract_theme(folder: Path) -> Iterator[str]:
    """Write a theme's messages.pot from its templates, update its catalogs from it, and yield the path of each file.

    Raises:
        SiteError: the folder is no theme's, or a template or catalog can't be read.
    """
    if not (folder / "templates").is_dir():
        raise refusal(folder, "missing-theme", "there is no theme here: it has no templates/", "name a theme's folder")
    _write(folder, MESSAGES, template_messages(folder))
    yield MESSAGES
    for path in sorted((folder / "translations").glob("*/LC_MESSAGES/messages.po")):
        tag = path.parts[-3].replace("_", "-")
        language = Language(tag=tag, path=tag, fallback=(), formats=tag)
        name = path.relative_to(folder).as_posix()
        catalog = _updated(_whole(folder, name, language.tag), language, read_po(folder, MESSAGES))
        if language.tag == THEME_LANGUAGE:
            for message in catalog:
                message.string = message.id
        _write(folder, name, catalog)
        yield name


def _write(root: Path, name: str, catalog: Any) -> None:
    replace_texts(root, {name: _bytes(catalog)})


def _bytes(catalog: Any) -> bytes:
    return po_bytes(catalog, sort_output=True, include_lineno=False)


def update(root: Path, languages: tuple[str, ...] = ()) -> Iterator[str]:
    """Update catalogs from messages.pot, keeping all translations, and yield the path of each catalog that changed."""
    config = load_config(root)
    layers = Layers.of(root, config.theme)
    if not layers.themes:
        read_po(root, MESSAGES)
    for path in languages or tuple(_own_catalogs(config, layers)):
        if path not in config.languages:
            hint = nearest_or_all(path, config.languages, "languages are")
            raise refusal("content/site.yaml", "unknown-language", f"'{path}' is not a language of site.yaml", hint)
        own, name = config.languages[path], catalog_path(config.languages[path])
        before, now = within_limits(name, partial(_update, layers, own, is_source=path == config.source_language))
        if now != before:
            replace_texts(root, {name: now})
            yield name


def _own_catalogs(config: Config, layers: Layers) -> Iterator[str]:
    """Yield the languages with messages to translate: those that have a catalog or need one."""
    for path, own in config.languages.items():
        is_source = path == config.source_language
        if not own.base and (
            not (is_source or layers.themes)
            or (layers.root / catalog_path(own)).exists()
            or own_messages(layers, own, is_source=is_source)
        ):
            yield path


def _tells_numbers_apart_otherwise(tag: str, catalog: Any) -> bool:
    """Whether a catalog has as many plural forms as CLDR but groups numbers otherwise; another count is deliberate."""
    number, rule = catalog.num_plurals, catalog.plural_expr
    return number == plural_forms(tag)[0] and not same_numbers(tag, number, rule)


def _update(layers: Layers, language: Language, *, is_source: bool) -> tuple[bytes, bytes]:
    """Return a catalog's content before and now."""
    from babel.messages.catalog import Catalog

    root, name, tag = layers.root, catalog_path(language), language.tag
    before = read_file(root, name) if (root / name).exists() else b""
    catalog = _whole(root, name, tag) if before else Catalog(locale=tag.replace("-", "_"), charset="utf-8")
    template = Catalog(charset="utf-8")
    known = {message_key(message) for message in catalog if message.id and is_translated(message)}
    for message in (*own_messages(layers, language, is_source=is_source), *_overriding(layers, known)):
        template.add(message.id, None, message.locations, message.flags, message.auto_comments, context=message.context)
    return before, _bytes(_updated(catalog, language, template))


def _whole(root: Path, name: str, tag: str) -> Any:
    """Read a catalog with all that is in its file.

    Raises:
        SiteError: it can't be read, or has a plural rule that can't be used.
    """
    text = read_text(root, name)
    catalog = parse_po(name, text, tag)
    list(header_problems(name, catalog, tag, text))  # what else is wrong with the rule is told by a build
    keep_lines(catalog, text)
    return catalog


def _overriding(layers: Layers, known: Set[tuple[str, Any]]) -> Iterator[Any]:
    """Yield messages of the site and its themes that a catalog already translates, overriding a theme's translation."""
    for folder in (layers.root, *layers.themes):
        messages = read_po(folder, MESSAGES) if (folder / MESSAGES).exists() else ()
        yield from (message for message in messages if message.id and message_key(message) in known)


def _updated(catalog: Any, language: Language, template: Any) -> Any:
    if not len(catalog) or _tells_numbers_apart_otherwise(language.tag, catalog):
        number, rule = plural_forms(language.tag)
        plain = [(name, value) for name, value in catalog.mime_headers if name != "Plural-Forms"]
        catalog.mime_headers = [*plain, ("Plural-Forms", f"nplurals={number}; plural={rule};")]
    comment = f"# {Locale.of(language).name}{_OF_TEMPLATES}"
    catalog.head = (comment, *_own_comments(catalog))
    catalog.fuzzy = False
    aside, earlier = _set_aside(catalog, template), _question(catalog, template)
    _revive(catalog, template)
    own = {_first_key(old): getattr(old, "own_lines", None) for old in catalog}
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    for message in aside:
        catalog.obsolete[message_key(message)] = message
    for message in catalog:  # an obsolete one is still the one that was read
        message.own_lines = own.get(_first_key(message))
        message.previous_id = earlier.get(message_key(message), message.previous_id)
    catalog.obsolete = {key: message for key, message in catalog.obsolete.items() if any(forms_of(message.string))}
    return catalog


def _own_comments(catalog: Any) -> Iterator[str]:
    """What stands above the header beside Babel's and our own words: who translated, by which licence."""
    of_babel = {*type(catalog)(locale=catalog.locale).header_comment.splitlines()} - {"#"}
    written = getattr(catalog, "head", None) or catalog.header_comment.splitlines()
    own = [line for line in written if line not in of_babel and not line.endswith(_OF_TEMPLATES)]
    kept = [number for number, line in enumerate(own) if line != "#"]
    yield from own[kept[0] : kept[-1] + 1] if kept else ()


def _set_aside(catalog: Any, template: Any) -> list[Any]:
    """Take out, and return, messages that have a plural now, or none any more: Babel would keep one form of the others."""
    aside = [
        message
        for message in catalog
        if message.id
        and (new := template.get(message.id, message.context)) is not None
        and isinstance(new.id, str) != isinstance(message.id, str)
    ]
    for message in aside:
        catalog.delete(message.id, message.context)
    return aside


def _question(catalog: Any, template: Any) -> dict[tuple[str, Any], list[str]]:
    """Mark as fuzzy what translates a plural that reads otherwise now; return its new identity → its texts before."""
    earlier = {}
    for message in catalog:
        new = template.get(message.id, message.context) if message.id else None
        if new is not None and new.id != message.id and any(forms_of(message.string)):
            message.flags.add("fuzzy")
            earlier[message_key(new)] = list(forms_of(message.id))
    return earlier


def _first_key(message: Any) -> tuple[str, str]:
    """Return what identifies a live message, even if its plural changes: its context and its first text."""
    return message.context or "", forms_of(message.id)[0]


def _revive(catalog: Any, template: Any) -> None:
    """Restore the translations of obsolete messages that are needed again, with their notes."""
    best: dict[tuple[str, Any], tuple[Any, Any]] = {}
    for key, old in catalog.obsolete.items():  # of several of one text, the last was live last
        known = best.get(message_key(old))
        if known is None or _worth(old) >= _worth(known[1]):
            best[message_key(old)] = key, old
    for key, old in best.values():
        own, new = catalog.get(old.id, old.context), template.get(old.id, old.context)
        if new is None or new.id != old.id or (own is not None and any(forms_of(own.string))):
            continue
        notes = getattr(own, "own_lines", ())
        if own is None:
            own = catalog.add(old.id, user_comments=old.user_comments, context=old.context)
        own.string, own.flags = old.string, own.flags | old.flags
        own.own_lines = (*notes, *(line for line in getattr(old, "own_lines", ()) if line not in notes))
        del catalog.obsolete[key]


def _worth(message: Any) -> tuple[bool, bool]:
    """Which of several translations of a message is to be used: one that is right, or at least one with words."""
    return is_translated(message), any(forms_of(message.string))


def catalog_file(
    root: Path, config: Config, language: str, changes: Changes, confirmed: Set[tuple[str, str]], blame: Blame
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the path of a language's catalog and its content with the new translations, and the messages left out.

    Args:
        confirmed: (page, name) of the texts that are marked as done: others are fuzzy, and replace none that is not.

    Raises:
        SiteError: there is no catalog, it can't be read, or a text would cause errors in it.
    """
    texts = {name: own for (page, name), own in changes.items() if not page}
    if not texts:
        return {}, ()
    path, tag = catalog_path(config.languages[language]), config.languages[language].tag
    hint = f"run: python build.py translate update {language}"
    if not (root / path).exists():
        absent = Problem(path=path, code="missing-message", message=f"'{language}' has no catalog", hint=hint)
        raise SiteError([blame(next(iter(texts.values()))[0], absent)])
    catalog = _whole(root, path, tag)
    known = {(message_name(message), *forms_of(message.id)): message for message in catalog if message.id}
    left_out: list[str] = []
    problems: list[Problem] = []
    for name, (unit, text) in texts.items():
        message = known.get((name, unit.source, unit.plural) if unit.plural else (name, unit.source))
        if message is None:
            other = Problem(path=path, code="missing-message", message="the catalog has no such message", hint=hint)
            problems.append(blame(unit, other))
        elif is_translated(message) and ("", name) not in confirmed:
            left_out.append(f"{NO_PAGE} {name}: {_KEPT}")
        else:
            _translate(message, text, is_done=("", name) in confirmed)
            problems += (blame(unit, problem) for problem in message_problems(path, message))
    if problems:
        raise SiteError(problems)
    return {path: _bytes(catalog)}, tuple(left_out)


def _translate(message: Any, text: str, *, is_done: bool) -> None:
    message.string = text if isinstance(message.id, str) else tuple(text.split("\0"))
    message.flags.add("fuzzy")
    if is_done:
        confirm(message)
