"""What translators' commands do: states, acceptance, differences, and the catalogs of the templates' messages."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen.i18n.catalogs import (
    MESSAGES,
    catalog_path,
    is_translated,
    load_catalogs,
    message_key,
    own_messages,
    read_po,
    without_dates,
)
from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.i18n.plurals import plural_forms, same_numbers
from sitegen.library.coverage import Coverage, PageCoverage, measure
from sitegen.library.coverage import as_data as measured
from sitegen.library.library import Library
from sitegen.model.loading import load_config
from sitegen.model.settings import Config
from sitegen.model.values import Document, Key, State
from sitegen.problems.problem import Problem, SiteError, counted, listing
from sitegen.render.messages import site_messages, template_messages, unextracted
from sitegen.source.files import read_file, read_text, replace_files
from sitegen.source.html import escape
from sitegen.source.layers import Layers
from sitegen.source.sequences import matcher
from sitegen.translation.history import Earlier, find_earlier, part_texts
from sitegen.translation.records import changed_parts, make_records, whole_library, with_records, with_review

#: The language in which the templates of themes have their messages; its catalog holds them as they are.
THEME_LANGUAGE = "en"
#: Stands in the head of a catalog whose translations nobody has read yet.
_MACHINE = "# Machine draft, not yet reviewed by a person."


@dataclass(frozen=True)
class Status:
    """How far the translations are.

    Attributes:
        languages: in the order of site.yaml, the source language too.
        messages: language path → (translated, all) messages of the templates.
        orphans: translations whose source version is gone.
        unextracted: what `check` says of messages that translators can't see yet.
    """

    languages: tuple[Coverage, ...]
    messages: Mapping[str, tuple[int, int]]
    orphans: tuple[str, ...]
    unextracted: tuple[Problem, ...]

    def of(self, language: str) -> Coverage:
        """The pages of a language."""
        return next(own for own in self.languages if own.language == language)


def status(root: Path, style: str = "text") -> str:
    """The states of all pages and messages, told in one of `STATUS_FORMATS`."""
    return STATUS_FORMATS[style](find_status(root))


def find_status(root: Path) -> Status:
    """The states of all pages and messages.

    Raises:
        SiteError: content or settings have errors.
    """
    with whole_library(root) as (library, orphans):
        languages = measure(library)
        layers = Layers.of(root, library.config.theme)
        found = tuple(unextracted(root, layers, library.config))
        return Status(languages, _messages(root, library.config), orphans, found)


def _messages(root: Path, config: Config) -> dict[str, tuple[int, int]]:
    layers = Layers.of(root, config.theme)
    problems = load_catalogs(layers, config.languages, config.source_language).problems
    left = Counter(problem.path for problem in problems if problem.code in ("missing-message", "incomplete"))
    found = {}
    for path, language in config.languages.items():
        is_source = path == config.source_language
        count = 0 if language.base else len(own_messages(layers, language, is_source=is_source))
        has_none = not is_source and not (root / catalog_path(language)).exists() and not language.base
        found[path] = (0 if has_none else count - left[catalog_path(language)], count)
    return found


def _as_text(status: Status) -> str:
    return "\n".join(_lines(status))


def _lines(status: Status) -> Iterator[str]:
    for own in status.languages:
        done, count = status.messages[own.language]
        yield (
            f"{own.language}: {own.current_pages} of {counted(len(own.pages), 'page')} {'is' if len(own.pages) == 1 else 'are'} current, {own.percent} % of the words, "
            f"{done} of {counted(count, 'message')}{_reviews(own)}"
        )
        for page in own.behind:
            yield f"  {page.key} {page.state.name}{': ' if page.state.changed else ''}{listing(page.state.changed)}"
    yield from (f"orphaned: {path}" for path in status.orphans)
    yield from (f"{problem.path}: {problem.message}; {problem.hint}" for problem in status.unextracted)


def _reviews(own: Coverage) -> str:
    """Whose work the translations are, where that is said."""
    counts = Counter(page.review for page in own.pages if page.review)
    return "".join(
        f", {counts[review]} {told}"
        for review, told in (("human", "reviewed by a person"), ("machine", "not reviewed since the machine draft"))
        if counts[review]
    )


def _as_json(status: Status) -> str:
    languages = measured(status.languages)
    for path, (done, count) in status.messages.items():
        languages[path].update(messages=count, translated_messages=done)
    return json.dumps({"languages": languages, "orphans": list(status.orphans)}, ensure_ascii=False, indent=2)


def _as_html(status: Status) -> str:
    """One table: a row for each page, a column for each language."""
    paths = [own.language for own in status.languages]
    cells = {(page.key, own.language): page for own in status.languages for page in own.pages}
    keys = list(dict.fromkeys(page.key for own in status.languages for page in own.pages))
    head = "".join(f"<th scope=col>{escape(own.language)}<br>{own.percent} %" for own in status.languages)
    rows = "".join(
        f"<tr><th scope=row>{escape(key)}" + "".join(_cell(cells.get((key, path))) for path in paths) for key in keys
    )
    style = "body{font:1rem/1.5 sans-serif}table{border-collapse:collapse}th,td{padding:.25rem .75rem;text-align:start;border-bottom:1px solid #ccc}"
    return (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>Translations</title><style>{style}</style><h1>Translations</h1><table><tr><th scope=col>Page{head}{rows}</table>\n"
    )


def _cell(page: PageCoverage | None) -> str:
    if page is None:
        return "<td>"
    behind = f" <small>{escape(listing(page.state.changed))}</small>" if page.state.changed else ""
    draft = " <small>machine draft</small>" if page.review == "machine" else ""
    return f"<td>{page.state.name}{behind}{draft}"


#: How states are told: name → what writes them.
STATUS_FORMATS: dict[str, Callable[[Status], str]] = {"text": _as_text, "json": _as_json, "html": _as_html}


def diff(root: Path, page: str, language: str) -> Iterator[str]:
    """What has changed in the source since a translation was accepted, word by word: [-gone-] {+new+}; else why nothing has.

    Raises:
        SiteError: there is no such translation.
    """
    with whole_library(root) as (library, _):
        own = library.pages.get(source_key(page))
        document = own.written.get(language) if own is not None and language != own.source else None
        if own is None or document is None:
            raise SiteError([_no_translation(library, page, language)])
        source, state = own.versions[own.source], own.states[language]
        if not state.changed:
            yield f"{document.path}: {_why_nothing(source.path, document.key, state)}"
            return
        earlier = find_earlier(root, library, document)
        texts = part_texts(read_text(root, source.path), source)
        for name in state.changed:
            yield from _part_diff(name, earlier.get(name), texts.get(name, ""))


def _why_nothing(source: str, key: Key, state: State) -> str:
    if state.name != "untracked":
        return f"nothing has changed in {source} since this was accepted"
    command = f"python build.py translate accept {key} {state.shown}"
    return f"nobody has accepted it yet; read it beside {source}, and once it is right, run: {command}"


def _part_diff(name: str, earlier: Earlier | None, now: str) -> Iterator[str]:
    if earlier is None:
        yield f"{name}: git has no version that this translation renders; today it reads:"
        yield now
        return
    yield f"{name}: since {earlier.day} ({earlier.commit[:9]})"
    yield "".join(_marked(earlier.text, now))


def _marked(before: str, after: str) -> Iterator[str]:
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    found = matcher(old, new)
    changes = found.get_opcodes() if found else [("replace", 0, len(old), 0, len(new))]
    for kind, first, last, start, end in changes:
        if kind == "equal":
            yield "".join(new[start:end])
        else:
            yield f"[-{''.join(old[first:last])}-]" if first < last else ""
            yield f"{{+{''.join(new[start:end])}+}}" if start < end else ""


def accept(root: Path, page: str, language: str, section: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """Record that translations render today's source; yields the path of each file that changed, and the parts accepted.

    Args:
        page: a content path, or "all".
        language: a language's path, or "all".
        section: a field or `#anchor`; the rest stays as it was recorded.

    Raises:
        SiteError: the page, its translation or the section does not exist.
    """
    with whole_library(root) as (library, _):
        for document in _chosen(library, page, language):
            records = make_records(library, document, [section] if section else None)
            parts = changed_parts(document.words.get("source", ()), records)
            if parts:
                before = read_file(root, document.path)
                after = with_records(before.decode("utf-8-sig"), records).encode()
                mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
                replace_files(root, {document.path: mark + after})
                yield document.path, parts


def review(root: Path, page: str, language: str, by: str) -> Iterator[str]:
    """Say of translations who has read them beside the source; yields the path of each file that changed.

    Args:
        page: a content path, or "all".
        language: a language's path, or "all".
        by: "human" or "machine".

    Raises:
        SiteError: there is no such translation.
    """
    with whole_library(root) as (library, _):
        for document in _chosen(library, page, language):
            before = read_file(root, document.path)
            after = with_review(before, by)
            if after != before:
                replace_files(root, {document.path: after})
                yield document.path


def _chosen(library: Library, page: str, language: str) -> list[Document]:
    """The translations that are named; "all" names all.

    Raises:
        SiteError: there is none.
    """
    key = page if page == "all" else source_key(page)
    documents = [
        document
        for own in library.pages.values()
        for path, document in own.written.items()
        if key in ("all", own.key) and language in ("all", path) and path != own.source
    ]
    if not documents:
        raise SiteError([_no_translation(library, page, language)])
    return documents


def _no_translation(library: Library, page: str, language: str) -> Problem:
    own = library.pages.get(source_key(page))
    message = f"there is no translation of {page} in '{language}'"
    hint = "look at its address: it ends in the page's path, and begins with the language"
    if own is not None and language == own.source:
        hint = f"that is the language it is written in, in {own.versions[own.source].path}"
    elif own is not None and language in own.states:
        message += " yet"
        hint = f"write it in content{own.key}index.{language}.md, or run: python build.py translate export {language}"
    return Problem(path="content", code="reference", message=message, hint=hint)


# catalogs


def extract(root: Path) -> str:
    """Write translations/messages.pot from the templates and the labels of kinds.yaml; returns its path."""
    _write(root, MESSAGES, site_messages(root, load_config(root)))
    return MESSAGES


def extract_theme(folder: Path) -> Iterator[str]:
    """Write a theme's messages.pot from its templates and bring its catalogs up to it; yields the path of each."""
    _write(folder, MESSAGES, template_messages(folder))
    yield MESSAGES
    for path in sorted((folder / "translations").glob("*/LC_MESSAGES/messages.po")):
        tag = path.parts[-3].replace("_", "-")
        language = Language(tag=tag, path=tag, fallback=(), formats=tag)
        name = path.relative_to(folder).as_posix()
        catalog = _updated(read_po(folder, name, language.tag), language, read_po(folder, MESSAGES))
        if language.tag == THEME_LANGUAGE:
            for message in catalog:
                message.string = message.id
        _write(folder, name, catalog)
        yield name


def _write(root: Path, name: str, catalog: Any) -> bytes:
    from babel.messages.pofile import write_po

    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, omit_header=False, sort_output=True, include_lineno=False)
    content = without_dates(buffer.getvalue())
    replace_files(root, {name: content})
    return content


def update(root: Path, languages: tuple[str, ...] = ()) -> Iterator[str]:
    """Bring catalogs up to messages.pot, keeping every translation; yields the path of each that changed."""
    config = load_config(root)
    layers = Layers.of(root, config.theme)
    if not layers.themes:
        read_po(root, MESSAGES)
    for path in languages or tuple(_own_catalogs(config, layers)):
        if path not in config.languages:
            message = f"'{path}' is not a language of site.yaml"
            raise SiteError([Problem(path="content/site.yaml", code="unknown-language", message=message)])
        if _update(layers, config.languages[path], is_source=path == config.source_language):
            yield catalog_path(config.languages[path])


def _own_catalogs(config: Config, layers: Layers) -> Iterator[str]:
    """The languages whose messages a translator writes: those that have a catalog, or need one."""
    for path, own in config.languages.items():
        is_source = path == config.source_language
        if not own.base and (
            not (is_source or layers.themes)
            or (layers.root / catalog_path(own)).exists()
            or own_messages(layers, own, is_source=is_source)
        ):
            yield path


def _tells_numbers_apart_otherwise(tag: str, catalog: Any) -> bool:
    """Whether a catalog has as many forms as CLDR, for other numbers; a different count or order of forms is its translator's."""
    return catalog.num_plurals == plural_forms(tag)[0] and not same_numbers(
        tag, catalog.num_plurals, catalog.plural_expr
    )


def _update(layers: Layers, language: Language, *, is_source: bool) -> bool:
    from babel.messages.catalog import Catalog

    root, name = layers.root, catalog_path(language)
    before = read_file(root, name) if (root / name).exists() else b""
    catalog = (
        read_po(root, name, language.tag) if before else Catalog(locale=language.tag.replace("-", "_"), charset="utf-8")
    )
    template = Catalog(charset="utf-8")
    known = {message_key(message) for message in catalog if message.id and is_translated(message)}
    for message in (*own_messages(layers, language, is_source=is_source), *_overriding(layers, known)):
        template.add(message.id, None, message.locations, message.flags, message.auto_comments, context=message.context)
    return _write(root, name, _updated(catalog, language, template)) != before


def _overriding(layers: Layers, known: Set[tuple[str, Any]]) -> Iterator[Any]:
    """Messages of the site and its themes that a catalog translates though a theme does too."""
    for folder in (layers.root, *layers.themes):
        if (folder / MESSAGES).exists():
            yield from (
                message for message in read_po(folder, MESSAGES) if message.id and message_key(message) in known
            )


def _updated(catalog: Any, language: Language, template: Any) -> Any:
    if not len(catalog) or _tells_numbers_apart_otherwise(language.tag, catalog):
        number, rule = plural_forms(language.tag)
        plain = [(name, value) for name, value in catalog.mime_headers if name != "Plural-Forms"]
        catalog.mime_headers = [*plain, ("Plural-Forms", f"nplurals={number}; plural={rule};")]
    comment = f"# {Locale.of(language).name} messages of the templates."
    if _MACHINE in catalog.header_comment:
        comment += f"\n{_MACHINE}"
    catalog.header_comment = comment
    catalog.fuzzy = False
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    return catalog


def source_key(text: str) -> Key:
    """A content path as people type it: `news/opening` is `/news/opening/`."""
    return Key("/" + "/".join(part for part in text.split("/") if part) + "/") if text.strip("/") else Key("/")
