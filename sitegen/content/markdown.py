"""Markdown → Body. The result depends only on the text; the library resolves links and heading ids later.

A text is read by the parser that the site configures; `html_writer` makes HTML from its events, or from the HTML that
the parser has made of a plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pyromark

from sitegen.content.blocks import Marked, Range, find_marks, parse_around
from sitegen.content.html_writer import HtmlWriter
from sitegen.content.lost_words import (
    find_changed_numbers,
    find_lost_cells,
    find_lost_definitions,
    find_lost_signs,
)
from sitegen.content.plain_markdown import Plain, parse_plain
from sitegen.content.positions import Places, in_characters
from sitegen.model.page import Body
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.safe_output import shortened
from sitegen.source.edits import within
from sitegen.source.line_joining import has_unspaced
from sitegen.source.mark import Mark
from sitegen.source.text import Source

#: The extensions to CommonMark that pages may use.
OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_GFM
)
#: Characters of HTML that a text may become, in all and for each of its own; rows are filled up with empty cells.
MOST_ADDED, MOST_TIMES = 50_000, 16
#: How a fence begins.
_FENCE = re.compile(r"(`{3,}|~{3,})")
#: A link reference definition and its target.
DEFINITION = re.compile(r"^ {0,3}\[[^\]\r\n]+\]:[ \t]*<?([^\s>]+)", re.MULTILINE)


def find_definitions(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the link reference definitions in the text of a page, which begins at an offset; those in code are none."""
    is_code = within(find_code_blocks(text[start:]))
    yield from (found for found in DEFINITION.finditer(text, start) if not is_code(found.start() - start))


def _code_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return the code blocks of a text for Python-Markdown, to which a fence without an end is a paragraph."""
    blocks = find_code_blocks(text)
    last = text[slice(*blocks[-1])].rstrip() if blocks and not text[blocks[-1][1] :].strip() else ""
    fence = _FENCE.match(last)
    return blocks[:-1] if fence and not last.rpartition("\n")[2].strip(" \t>").startswith(fence[1]) else blocks


@lru_cache(maxsize=1)  # several searches ask for those of one text
def find_code_blocks(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the code blocks in the text of a page, in order."""
    events = parse_around(text, OPTIONS).events
    found = (place for event, place in events if isinstance(event, dict) and "CodeBlock" in event.get("Start", ()))
    return tuple(in_characters(text, found))


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
    if "|" in text:
        writer.problems.extend(find_lost_cells(source, first_line, text, options_of(config)))
    if "*" in text and ("<em>" in html or "<strong>" in html):
        writer.problems.extend(find_lost_signs(source, first_line, text, options_of(config)))
    if "<ol" in html:
        writer.problems.extend(find_changed_numbers(source, first_line, text, options_of(config)))
    is_other = config is not None and config.markdown.engine != "commonmark"
    if "]:" in text:
        code = _code_of(text) if is_other else None
        writer.problems.extend(find_lost_definitions(source, first_line, text, options_of(config), code))
    if is_other and all(problem.code != "markdown" for problem in writer.problems):
        from sitegen.content.python_markdown_losses import find_lost_words

        writer.problems.extend(find_lost_words(source, first_line, text, html))
    if len(html) > MOST_ADDED + MOST_TIMES * len(text):
        message = f"{len(text):,} characters of text become {len(html):,} of HTML, too many"
        hint = "give every row of a table all of its cells, and refer to long addresses less often"
        raise SiteError([*writer.problems, source.problem("too-costly", message, None, hint)])
    return html, body, writer.problems


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
    from sitegen.content.python_markdown_cost import ABBREVIATIONS, NOTES, find_costly
    from sitegen.content.python_markdown_growth import find_growth
    from sitegen.content.python_markdown_losses import (
        ADMONITIONS,
        as_problem,
        find_lost_abbreviations,
        find_lost_notes,
        find_lost_titles,
    )

    if costly := find_costly(text, extensions) or find_growth(text, extensions):
        mark = Mark(first_line + text.count("\n", 0, costly.start), 1)
        raise SiteError([source.problem("too-costly", f"{costly.what} take too long to read", mark, costly.hint)])
    problems = list[Problem]()
    if "[^" in text and not NOTES.isdisjoint(extensions):
        problems += find_lost_notes(source, first_line, text, _code_of(text))
    if "*[" in text and not ABBREVIATIONS.isdisjoint(extensions):
        problems += find_lost_abbreviations(source, first_line, text, _code_of(text))
    if ("!!!" in text or "???" in text) and not ADMONITIONS.isdisjoint(extensions):
        problems += find_lost_titles(source, first_line, text, _code_of(text))
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
