"""Markdown → Body, which depends on the text alone; links and heading ids stay open until the library resolves them.

markdown-it-py, because its tokens know their lines: a dead link can be told at its place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.errors import Problem
from sitegen.model import Body, Heading, Link, Mark, Section
from sitegen.nodes import Source
from sitegen.urls import slugify

#: Around what is resolved later; a control character, which no text holds.
LINK, ANCHOR, END = "\x01", "\x02", "\x03"

_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_GIVEN_ANCHOR = re.compile(r"\s*\{#([A-Za-z][\w-]*)\}\s*\Z")
_FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " "})
_ANCHORS = re.compile(f"{ANCHOR}[^{END}]*{END}")


def parse_body(source: Source, first_line: int) -> tuple[Body, list[Problem]]:
    """Parse the lines of a file from `first_line` on."""
    tokens = _parser().parse("\n".join(source.lines[first_line - 1 :]), environment := {})  # type: ignore[var-annotated]
    problems = list(_unwanted(source, tokens, first_line))
    headings = tuple(_open_headings(tokens, first_line))
    problems += _heading_levels(source, headings)
    links = tuple(_open_links(source, tokens, first_line))
    sections = [_parser().renderer.render(part, _parser().options, environment) for part in _split(tokens)]
    numbered = enumerate(sections, -1)
    body = Body(
        "".join(sections),
        headings,
        links,
        tuple(Section(i, digest(_ANCHORS.sub("", html))) for i, html in numbered if html),
    )
    return body, problems


def digest(text: str) -> str:
    """Twelve hex digits that stand for a text, however it is wrapped or its quotes are drawn."""
    folded = re.sub(r"\s+", " ", text.translate(_FOLD)).strip()
    return hashlib.sha256(folded.encode()).hexdigest()[:12]


def is_external(target: str) -> bool:
    """Whether a link leads out of the site: it has a scheme or a host."""
    return bool(_EXTERNAL.match(target))


@cache
def _parser() -> MarkdownIt:
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.core.ruler.before("inline", "given_anchors", _take_given_anchors)
    return parser


def _take_given_anchors(state: StateCore) -> None:
    """Take `{#id}` from the end of a heading, before its text is parsed."""
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open":
            found = _GIVEN_ANCHOR.search(inline.content)
            if found:
                opening.meta["anchor"] = found[1]
                inline.content = inline.content[: found.start()]


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens before the first heading, then those of each heading at the body's own level."""
    start = 0
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            yield tokens[start:position]
            start = position
    yield tokens[start:]


def _open_headings(tokens: list[Token], first_line: int) -> Iterator[Heading]:
    taken: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.level > 0:
            continue
        title = _text(inline.children or ())
        anchor = str(opening.meta.get("anchor") or slugify(title))
        taken[anchor] = taken.get(anchor, 0) + 1
        anchor = anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}"
        opening.attrSet("id", f"{ANCHOR}{anchor}{END}")
        yield Heading(int(opening.tag[1]), title, anchor, _line(opening, first_line))


def _heading_levels(source: Source, headings: Sequence[Heading]) -> Iterator[Problem]:
    above = 1
    for heading in headings:
        mark = Mark(heading.line, 1, heading.level)
        if heading.level == 1:
            yield source.problem(
                "heading", "a heading of level 1; the page's title is that", mark, "write ## instead of #"
            )
        elif heading.level > above + 1:
            hint = f"write {'#' * (above + 1)} instead of {'#' * heading.level}"
            yield source.problem(
                "heading", f"a heading of level {heading.level} right under one of level {above}", mark, hint
            )
        above = heading.level


def _open_links(source: Source, tokens: Sequence[Token], first_line: int) -> Iterator[Link]:
    """Mark every link that names content, and tell where each stands."""
    for block in tokens:
        places: dict[str, tuple[int, int]] = {}
        for token in block.children or ():
            name = {"link_open": "href", "image": "src"}.get(token.type)
            target = unquote(str(token.attrs.get(name, ""))) if name else ""
            if name and not is_external(target):
                token.attrs[name] = f"{LINK}{target}{END}"
                yield Link(target, _find(source, target, block, first_line, places), name == "src")


def _find(source: Source, target: str, block: Token, first_line: int, places: dict[str, tuple[int, int]]) -> Mark:
    """The place of the next occurrence of a target within its block."""
    begin, end = block.map or (0, 1)
    line, column = places.get(target, (begin + first_line, 0))
    while line < end + first_line and line <= len(source.lines):
        found = source.lines[line - 1].find(f"({target}", column)
        if found >= 0:
            places[target] = (line, found + 1)
            return Mark(line, found + 2, max(1, len(target)))
        line, column = line + 1, 0
    return Mark(begin + first_line, 1)


def _unwanted(source: Source, tokens: Sequence[Token], first_line: int) -> Iterator[Problem]:
    """Raw HTML, which would be code in content; comments are dropped without a word."""
    for block in tokens:
        for token in (block, *(block.children or ())):
            if token.type in ("html_block", "html_inline"):
                text, token.content = token.content.strip(), ""
                if not text.startswith("<!--"):
                    line = _line(block, first_line)
                    column = max(0, source.lines[line - 1].find(text.split("\n")[0])) + 1
                    shown = text.split("\n")[0][:40]
                    mark = Mark(line, column, len(shown))
                    yield source.problem(
                        "html", f"raw HTML '{shown}'", mark, "write it in Markdown; for a literal < write \\<"
                    )


def _line(token: Token, first_line: int) -> int:
    return (token.map[0] if token.map else 0) + first_line


def _text(children: Sequence[Token]) -> str:
    """The visible text of inline tokens."""
    return "".join(
        " " if token.type == "softbreak" else token.content for token in children if token.type != "html_inline"
    ).strip()
