"""Markdown → Body. The result depends only on the text; the library resolves links and heading ids later.

A text is read by the parser that the site configures; `html_writer` makes HTML from its events, or from the HTML that
the parser has made of a plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyromark

from sitegen.content.blocks import OPTIONS, Marked, Range, find_marks, parse_around
from sitegen.content.html_writer import MOST_ADDED, HtmlWriter, most_html
from sitegen.content.lost_signs import find_lost_signs
from sitegen.content.lost_words import find_changed_numbers, find_lost_boxes, find_lost_cells, find_lost_definitions
from sitegen.content.plain_markdown import Plain, parse_plain
from sitegen.content.positions import Places
from sitegen.model.page import Body
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.safe_output import shortened
from sitegen.source.line_joining import has_unspaced
from sitegen.source.mark import Mark
from sitegen.source.text import Source


def parse_body(source: Source, first_line: int, config: Config | None = None) -> tuple[str, Body, list[Problem]]:
    """Parse the lines of a file from `first_line` on.

    Args:
        config: defines the blocks and kinds; without it, only the built-in blocks are known.

    Returns:
        The HTML, with link targets and heading ids as written, between control characters; the body; the problems.

    Raises:
        SiteError: the engine that the site configures would take too long, or the HTML would be too large.
    """
    text = "\n".join(source.lines[first_line - 1 :])
    places = Places(text, first_line)
    writer = HtmlWriter(source, first_line, text, places, has_references="&#" in text, is_unspaced=has_unspaced(text))
    plain = _plain(text, first_line, config, is_unspaced=writer.is_unspaced)
    if plain is not None:
        if plain.marks:
            writer.expect(Marked((), {}), config)
        writer.take_plain(plain)
        return _written(source, first_line, text, writer, config)
    marked = _marked(source, first_line, text, config, writer.problems)
    if marked.marks or marked.unclosed or "[!" in text:  # which a call-out has
        writer.expect(marked, config)
    writer.take(marked.events)
    return _written(source, first_line, text, writer, config)


def _written(
    source: Source, first_line: int, text: str, writer: HtmlWriter, config: Config | None
) -> tuple[str, Body, list[Problem]]:
    html, body = writer.finish()
    is_other, options = config is not None and config.markdown.engine != "commonmark", options_of(config)
    if "|" in text:
        writer.problems += find_lost_cells(source, first_line, text, options)
        if not is_other and ("[ ]" in text or "[x]" in text or "[X]" in text):
            writer.problems += find_lost_boxes(source, first_line, text, options)
    may_be_taken = "<em>" in html or "<strong>" in html or "<blockquote" in html or '<code class="math-' in html
    if may_be_taken or "#\n" in text or text[-1:] == "#":  # without a call, for each text
        writer.problems += find_lost_signs(source, first_line, text, html, options, is_commonmark=not is_other)
    if "<ol" in html:
        writer.problems += find_changed_numbers(source, first_line, text, options)
    if "]:" in text:
        code = _code_of_python_markdown(text, config)
        writer.problems += find_lost_definitions(source, first_line, text, options, code)
    if is_other and all(problem.code != "markdown" for problem in writer.problems):
        from sitegen.content.python_markdown_losses import find_lost_words

        writer.problems += find_lost_words(source, first_line, text, html)
    if len(html) > MOST_ADDED and len(html) > most_html(text):
        message = f"{len(text):,} characters of text become {len(html):,} of HTML, too many"
        hint = "give every row of a table all of its cells, and refer to long addresses less often"
        raise SiteError([*writer.problems, source.problem("too-costly", message, None, hint)])
    return html, body, writer.problems


def _code_of_python_markdown(text: str, config: Config | None) -> tuple[tuple[int, int], ...] | None:
    """The blocks of code of a text that Python-Markdown reads; None of another one."""
    if config is None or config.markdown.engine == "commonmark":
        return None
    from sitegen.content.python_markdown_code import find_code

    return find_code(text, config.markdown.extensions)


def _plain(text: str, first_line: int, config: Config | None, *, is_unspaced: bool) -> Plain | None:
    """Parse a text without events, if that gives the same."""
    if config is not None and (config.markdown.engine != "commonmark" or (config.markdown.math and "$" in text)):
        return None
    marks, unclosed = find_marks(text)
    return None if unclosed else parse_plain(text, first_line, marks, OPTIONS, is_unspaced=is_unspaced)


def _marked(source: Source, first_line: int, text: str, config: Config | None, problems: list[Problem]) -> Marked:
    """Parse a text with the engine that the site configures; problems are appended."""
    if config is None or config.markdown.engine == "commonmark":
        return parse_around(text, options_of(config))
    events, found = _by_python_markdown(source, first_line, text, config.markdown.extensions)
    problems += found
    return Marked(events, {})


def _by_python_markdown(
    source: Source, first_line: int, text: str, extensions: tuple[str, ...]
) -> tuple[Iterator[tuple[Any, Range]], list[Problem]]:
    from sitegen.content.python_markdown import events_of  # imports an HTML parser and nh3
    from sitegen.content.python_markdown_code import find_code
    from sitegen.content.python_markdown_cost import ABBREVIATIONS, NOTES, TABLES, find_costly
    from sitegen.content.python_markdown_growth import find_growth
    from sitegen.content.python_markdown_losses import (
        ADMONITIONS,
        as_problem,
        find_lost_abbreviations,
        find_lost_notes,
        find_lost_rows,
        find_lost_titles,
    )

    if costly := find_costly(text, extensions) or find_growth(text, extensions):
        mark = Mark(first_line + text.count("\n", 0, costly.start), 1)
        raise SiteError([source.problem("too-costly", f"{costly.what} take too long to read", mark, costly.hint)])
    problems = list[Problem]()
    if "[^" in text and not NOTES.isdisjoint(extensions):
        problems += find_lost_notes(source, first_line, text, find_code(text, extensions))
    if "*[" in text and not ABBREVIATIONS.isdisjoint(extensions):
        problems += find_lost_abbreviations(source, first_line, text, find_code(text, extensions))
    if ("!!!" in text or "???" in text) and not ADMONITIONS.isdisjoint(extensions):
        problems += find_lost_titles(source, first_line, text, find_code(text, extensions))
    if "\n|" in text and not TABLES.isdisjoint(extensions):
        problems += find_lost_rows(source, first_line, text, find_code(text, extensions))
    try:
        events, lost = events_of(text, extensions)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # of an extension, on a text that its author has not thought of
        message = f"Python-Markdown fails on this text, with {type(error).__name__}: {shortened(str(error))}"
        hint = "look for what is unusual in it, such as a note within a note, and write it otherwise"
        failed = source.problem("unreadable", message, Mark(first_line, 1), hint)
        raise SiteError([*problems, failed]) from error
    problems += (as_problem(loss, source, first_line, text) for loss in lost)
    return events, problems


def options_of(config: Config | None) -> Any:
    """Return the parser options for a site's texts."""
    return OPTIONS | pyromark.Options.ENABLE_MATH if config is not None and config.markdown.math else OPTIONS
