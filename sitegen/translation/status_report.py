"""Translation status of each language, as text, JSON or HTML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.i18n.catalogs import read_messages
from sitegen.i18n.own_messages import own_messages
from sitegen.i18n.po_files import catalog_path
from sitegen.library.translation_status import Coverage, PageCoverage, measure
from sitegen.library.translation_status import as_data as measured
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, counted, listing
from sitegen.problems.safe_output import in_json, one_line
from sitegen.render.template_messages import unextracted
from sitegen.source.html import escape
from sitegen.source.theme_layers import Layers
from sitegen.translation.source_records import whole_library


class Status(Struct, frozen=True):
    """The status of all translations."""

    #: The coverage of each language in the order of site.yaml, including the source language.
    languages: tuple[Coverage, ...]
    messages: Mapping[str, tuple[int, int]]  #: language path → number of (translated, all) messages of the templates
    orphans: tuple[str, ...]  #: paths of translations without a source version
    unextracted: tuple[Problem, ...]  #: problems that `check` reports for messages not extracted yet

    def of(self, language: str) -> Coverage:
        """Return the coverage of a language."""
        return next(own for own in self.languages if own.language == language)


def status(root: Path, style: str = "text") -> str:
    """Report the states of all pages and messages in one of the `STATUS_FORMATS`."""
    return STATUS_FORMATS[style](find_status(root))


def find_status(root: Path) -> Status:
    """Find the states of all pages and messages; raises SiteError if content or settings have errors."""
    with whole_library(root) as (library, orphans):
        languages = measure(library)
        layers = Layers.of(root, library.config.theme)
        found = tuple(unextracted(root, layers, library.config))
        return Status(languages, _messages(root, library.config), orphans, found)


def _messages(root: Path, config: Config) -> dict[str, tuple[int, int]]:
    layers = Layers.of(root, config.theme)
    problems = read_messages(layers, config.languages, config.source_language).problems
    left = Counter(problem.path for problem in problems if problem.code in ("missing-message", "incomplete"))
    found = {}
    for path, language in config.languages.items():
        if not language.base:
            is_source = path == config.source_language
            count = len(own_messages(layers, language, is_source=is_source))
            has_none = not is_source and not (root / catalog_path(language)).exists()
            found[path] = (0 if has_none else count - left[catalog_path(language)], count)
    return {path: found[language.base or path] for path, language in config.languages.items()}


def _as_text(status: Status) -> str:
    return "\n".join(map(one_line, _lines(status)))


def _lines(status: Status) -> Iterator[str]:
    for own in status.languages:
        done, count = status.messages[own.language]
        yield (
            f"{own.language}: {own.current_pages} of {counted(len(own.pages), 'page')} {'is' if len(own.pages) == 1 else 'are'} current, {own.percent} % of the words, "
            f"{done} of {counted(count, 'message')}{_reviews(own)}"
        )
        for page in own.behind:
            yield f"  {page.key} {page.state.name}{': ' if page.state.changed else ''}{listing(page.state.told)}"
    yield from (f"orphaned: {path}" for path in status.orphans)
    yield from (f"{problem.path}: {problem.message}; {problem.hint}" for problem in status.unextracted)


def _reviews(own: Coverage) -> str:
    """Count the translations by review, for pages that state it."""
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
    told = {"languages": languages, "orphans": list(status.orphans)}
    return in_json(json.dumps(told, ensure_ascii=False, indent=2))


def _as_html(status: Status) -> str:
    """Return an HTML table with a row per page and a column per language."""
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
    behind = f" <small>{escape(listing(page.state.told))}</small>" if page.state.changed else ""
    draft = " <small>machine draft</small>" if page.review == "machine" else ""
    return f"<td>{page.state.name}{behind}{draft}"


#: Formats of the status report: name → function that writes it.
STATUS_FORMATS: dict[str, Callable[[Status], str]] = {"text": _as_text, "json": _as_json, "html": _as_html}
