"""Optional rendering of a text's HTML: formulas as MathML and syntax highlighting of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from sitegen.problems.problem import SiteError
from sitegen.problems.safe_output import shortened
from sitegen.source.html import escape, escape_text, unescape
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import problem_at
from sitegen.source.time_budgets import TimeBudget

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FORMULA = lazily(r'<code class="math-(inline|block)">(.*?)</code>', re.DOTALL)
#: What commands such as \href, \class and \style would set: links that nobody checks, and a look that is the theme's.
_REFUSED = frozenset({"class", "href", "id", "src", "style"})
#: Commands that define others: few characters could then stand for more than memory holds, or for themselves without end.
_DEFINES = lazily(r"\\(?:def|newcommand|newenvironment)(?![A-Za-z])")
#: Characters of a formula, and elements within one another in its MathML. The library recurses up to five times for each,
#: and a page is rendered deeper in the stack than it is read.
_LONGEST_FORMULA = 10_000
_DEEPEST_FORMULA = 150
_CODE = lazily(r'(<pre tabindex="0"><code class="language-([\w+-]+)">)(.*?)(</code></pre>)', re.DOTALL)
#: Characters that are highlighted at once. Pygments' patterns may search the whole rest for the end of what has begun, as
#: after each `s{` of Perl, so that 12 KB in one piece took 2 s and 60 KB nearly a minute.
LONGEST_PIECE = 4_000
#: What all blocks of a site take, as 750 tabs of Easytrieve take a second; twice what the slowest lexers of common languages do.
_COLOURS = TimeBudget("colours of code", for_each=0.0005, for_character=0.000_004, spare=1)


def fault_of_formula(text: str) -> tuple[str, str] | None:
    """Why a text can't be converted to MathML, and what to do about it; None if it can."""
    if len(text) > _LONGEST_FORMULA:
        return f"is longer than {_LONGEST_FORMULA:,} characters", "divide it"
    if defines := _DEFINES.search(text):
        return f"defines a command with {defines[0]}", "write out what the command stands for"
    if _as_mathml(text, "inline") is None:
        hint = "look for a missing brace or a misspelt command; for a dollar sign write \\$"
        return "can't be read", f"{hint}; it may be nested too deep" if len(text) > _DEEPEST_FORMULA else hint
    return None


def with_formulas(html: str) -> str:
    """Convert the formulas in a text's HTML to MathML."""
    if '<code class="math-' not in html:
        return html
    return _FORMULA.sub(lambda found: _as_mathml(unescape(found[2]), found[1]) or found[0], html)


@lru_cache(maxsize=2_000)
def _as_mathml(text: str, display: str) -> str | None:
    if len(text) > _LONGEST_FORMULA or _DEFINES.search(text):
        return None
    from xml.etree.ElementTree import tostring

    from latex2mathml.converter import convert_to_element

    try:
        tree = convert_to_element(text, display=display)
    except MemoryError:
        raise
    except Exception:
        return None
    if _is_too_deep(tree):
        return None
    for element in tree.iter():  # the texts become characters; the library's own writer would leave them as markup
        element.text = unescape(element.text or "") or None
    if not all(_is_safe(element) for element in tree.iter()):
        return None
    return tostring(tree, encoding="unicode").replace("<math ", f'<math alttext="{escape(text)}" ', 1)


def _is_too_deep(tree: Element) -> bool:
    level, depth = [tree], 0
    while level:
        level, depth = [child for element in level for child in element], depth + 1
    return depth > _DEEPEST_FORMULA


def _is_safe(element: Element) -> bool:
    """Whether an element may be published: the library knows its command, and it sets nothing but a formula."""
    is_unknown = element.tag == "mi" and (element.text or "").startswith("\\")
    return not is_unknown and _REFUSED.isdisjoint(element.attrib)


def with_colours(html: str, path: str) -> str:
    """Highlight the code in the HTML of a file's text with the classes of Pygments.

    Raises:
        SiteError: the code of all files together takes far longer than its length explains.
    """
    if '<code class="language-' not in html:
        return html
    return _CODE.sub(lambda found: found[1] + _coloured_in_time(path, found[2], unescape(found[3])) + found[4], html)


def _coloured_in_time(path: str, language: str, code: str) -> str:
    _lexer(language)  # whose patterns are compiled once
    coloured = _COLOURS.run(lambda: _coloured(language, code), lambda: len(code))
    if coloured is None:
        begin = shortened(code.strip().partition("\n")[0], 40)
        message = f"the code of this site takes too long to colour; here it begins with '{begin}', in '{language}'"
        hint = "where it is strange, name another language after the fence, or none"
        raise SiteError([problem_at(path, "too-costly", message, None, hint)])
    return coloured


@lru_cache(maxsize=2_000)
def _coloured(language: str, code: str) -> str:
    lexer = _lexer(language)
    if lexer is None:
        return escape_text(code)
    return "".join(_coloured_piece(lexer, piece) for piece in pieces_of(code))


def _coloured_piece(lexer: Any, piece: str) -> str:
    """Highlight a piece; as it is if the lexer gives another text, as that of Crystal does, which repeats `<<A` without end."""
    tokens = [*islice(lexer.get_tokens(piece), 4 * len(piece) + 100)]
    if "".join(text for _, text in tokens) != piece:
        return escape_text(piece)
    written = StringIO()
    _formatter().format(iter(tokens), written)
    return written.getvalue()


def pieces_of(code: str) -> Iterator[str]:
    """Divide code that is too long to be highlighted at once, at its blank lines where it has some."""
    while len(code) > LONGEST_PIECE:
        blank, line = code.rfind("\n\n", 0, LONGEST_PIECE - 1), code.rfind("\n", 0, LONGEST_PIECE)
        end = blank + 2 if blank >= 0 else line + 1 if line >= 0 else LONGEST_PIECE
        yield code[:end]
        code = code[end:]
    yield code


@cache
def _lexer(language: str) -> Any:
    """Return the lexer of a language, or None if Pygments does not know it."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
