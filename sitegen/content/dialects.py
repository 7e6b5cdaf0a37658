"""Syntax of other Markdown dialects that ours does not support: call-outs, shortcodes, formulas, tables of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from sitegen.source.lazy_regex import lazily

#: Replaces each character that is code or markup rather than text.
BLANK = "\0"


class Slip(NamedTuple):
    """A typing slip to look for in plain text, and how to report it."""

    pattern: re.Pattern[str]  #: its first group is the text to report
    message: str  #: {0} is the reported text, as in `hint` and `fix`
    hint: str
    fix: str | None = None  #: the replacement, if it is certain
    #: A pre-filter for the raw text, used where `pattern` would also match well-formed Markdown.
    raw: re.Pattern[str] | None = None
    signs: tuple[str, ...] = ()  #: every text with this slip contains one of them; empty if there are no such strings
    fixes: Mapping[str, str] = {}  #: replacement by reported text, where only a few texts can occur


#: Characters that most texts have, which are therefore not looked for first.
_COMMON = "-/[(]:htp"
#: Sets of signs for which the slips are kept.
_MOST_KINDS = 1_000


class Slips:
    """A set of slips that can be pre-filtered for a text in one step."""

    def __init__(self, slips: Sequence[Slip]) -> None:
        self._slips = slips
        self._likely: dict[tuple[Set[str], bool], list[tuple[Slip, list[tuple[str, str]]]]] = {}

    def signed_in(self, text: str, found: Set[str]) -> list[Slip]:
        """Return the slips that have a sign in the text or have no signs.

        Args:
            found: the signs of ASCII that the text has where it is neither code nor markup, and maybe more.
        """
        kind = found, text.isascii()
        likely = self._likely.get(kind)
        if likely is None:
            if len(self._likely) >= _MOST_KINDS:
                self._likely.clear()
            likely = self._likely[kind] = [*self._find_likely(*kind)]
        return [slip for slip, signs in likely if not signs or any(own in text and sign in text for own, sign in signs)]

    def _find_likely(self, found: Set[str], is_ascii: bool) -> Iterator[tuple[Slip, list[tuple[str, str]]]]:
        """Yield the slips that a text with these signs may have, each with those to look for, and their rarest character."""
        for slip in self._slips:
            signs = tuple(sign for sign in slip.signs if _may_begin(sign[0], found, is_ascii=is_ascii))
            if signs or not slip.signs:
                yield (
                    slip,
                    [] if not found.isdisjoint(signs) else [(min(sign, key=_COMMON.find), sign) for sign in signs],
                )

    def may_be_in(self, text: str, found: Set[str]) -> list[Slip]:
        """Return the slips whose signs and `raw` pattern both match the text; for `found` see `signed_in`."""
        return [slip for slip in self.signed_in(text, found) if slip.raw is None or slip.raw.search(text)]


def _may_begin(character: str, found: Set[str], *, is_ascii: bool) -> bool:
    return (
        character in found if character.isascii() and not character.isalnum() else character.isascii() or not is_ascii
    )


def line_with(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that matches at the beginning of a line's text."""
    return lazily(f"^[{BLANK} ]*{pattern}", re.MULTILINE)


_CALL_OUT = "write :::note[Title], the text below it, and a line ::: at its end; or tip, important, warning, details"
#: Emoji shortcodes with exactly one meaning.
_EMOJI = {
    ":tada:": "🎉", ":rocket:": "🚀", ":warning:": "⚠️", ":bulb:": "💡", ":memo:": "📝", ":star:": "⭐", ":heart:": "❤️",
    ":smile:": "😄", ":fire:": "🔥", ":bug:": "🐛", ":sparkles:": "✨", ":+1:": "👍", ":thumbsup:": "👍", ":x:": "❌",
    ":white_check_mark:": "✅", ":heavy_check_mark:": "✔️", ":information_source:": "ℹ️", ":zap:": "⚡", ":books:": "📚",
}  # fmt: skip
#: Every foreign construct that is reported.
FOREIGN = Slips(
    (
        Slip(
            line_with(r"([!?]{3}\+?[ \t]+[\w-]+)"),
            "'{0}' does not make a call-out here",
            _CALL_OUT,
            signs=("!!!", "???"),
        ),
        Slip(
            line_with(r"(///[ \t]*[\w-]*)(?:[ \t]*\|[^\n]*)?$"),
            "'{0}' does not make a block here",
            _CALL_OUT,
            signs=("///",),
        ),
        Slip(
            line_with(r"(\[![A-Za-z]+\])"),
            "'{0}' does not make a call-out",
            "after > write one of [!NOTE], [!TIP], [!IMPORTANT], [!WARNING] and [!CAUTION], alone on its line",
            signs=("[!",),
        ),
        Slip(
            line_with(r"(={3}[!+]?[ \t]+[\"'])"),
            "'{0}' does not make a tab here",
            "write ::::tabs, in it :::tab[Title] with its text and a line :::, and at the end ::::",
            signs=("===",),
        ),
        Slip(
            lazily(r"(\{\{[<%][^\n]{0,500}?[>%]\}\})"),
            "'{0}' is a shortcode of Hugo and is shown as it is written",
            "write a block, such as ::video[Title]{{src=…}} or :::note[Title]; your own are declared in content/blocks.yaml",
            signs=("{{<", "{{%"),
        ),
        Slip(
            lazily(r"(?<!\{)(\{%[ \t][^\n]{0,500}?%\})"),
            "'{0}' is template code, and is shown as it is written",
            "write a block, such as :::note[Title]; your own are declared in content/blocks.yaml",
            signs=("{% ",),
        ),
        Slip(
            line_with(r"(\{\*[^\n]*\*\}|-{2}8<-{2}[^\n]*)"),
            "'{0}' does not include a file here",
            "write the text itself",
            signs=("{*", "--8<--"),
        ),
        Slip(
            lazily(r"(?<![=\w\\])(==)(?=[^\s=])[^=\n]*[^\s=]==(?![=\w])"),
            "'{0}' does not mark words here",
            "write **words** for what matters; for the characters themselves \\==",
            signs=("==",),
        ),
        Slip(
            line_with(rf"(\[\[?[{BLANK}_]?TOC[{BLANK}_]?\]\]?|\{{:toc\}})[ \t]*$"),
            "'{0}' does not make a table of contents",
            "delete it; the page's template shows its headings",
            "",
            signs=("TOC", "{:toc}"),
        ),
        Slip(
            lazily(
                r"(\$\$[^$\n]+\$\$|(?<![\w$\\])\$(?=[^\s$])(?=[^$\n]{0,500}[\\^_{])[^$\n]{0,500}[^\s$\\]\$(?![\w$])|\\[(\[](?=[A-Za-z]\\[)\]]|(?:(?!\\[)\]])[^\n]){0,500}(?!\\[)\]])[\\^_{}=+<>/*])[^\n]{1,500}?\\[)\]])"
            ),
            "the formula '{0}' is shown as it is written",
            "add `markdown: {{math: true}}` to site.yaml, and write formulas in $ $ or $$ $$",
            signs=("$", "\\(", "\\["),
        ),
        Slip(
            lazily(rf"(?<![\w:/@\\])(:(?:[a-z][a-z0-9_+-]*|\+1|-1):)(?![\w:/`{BLANK}])"),
            "'{0}' is shown as it is written",
            "write the emoji itself, such as 🎉",
            raw=lazily(r":[a-z+-][a-z0-9_+-]*:"),
            signs=(":",),
            fixes=_EMOJI,
        ),
        Slip(
            lazily(r"(\{:?[ \t]*[.#][\w-][^{}\n]{0,200}\})"),
            "the attributes '{0}' are shown as they are written",
            "delete them; for another look, declare a block in content/blocks.yaml",
            signs=("{.", "{:", "{#", "{ ."),
        ),
    )
)
