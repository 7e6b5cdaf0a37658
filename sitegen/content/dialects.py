"""What other dialects of Markdown write and ours has otherwise: call-outs, shortcodes, marks, formulas, tables of contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sitegen.source.patterns import lazily

#: In place of each character that is no text.
BLANK = "\0"


class Slip(NamedTuple):
    """What is found in text alone, with what to say of it.

    Attributes:
        pattern: its first group is what is marked.
        message: {0} is what is marked; so in `hint` and `mend`.
        mend: what stands in its place, where that is certain.
        raw: what a text has that may have the slip, where `pattern` finds in it what is well formed too.
        signs: one of them is in each text that may have the slip; none where they would not tell.
        mends: by what is marked, where that is one of a few.
    """

    pattern: re.Pattern[str]
    message: str
    hint: str
    mend: str | None = None
    raw: re.Pattern[str] | None = None
    signs: tuple[str, ...] = ()
    mends: Mapping[str, str] = {}


class Slips:
    """Slips of which a text is asked at once whether it may have any."""

    def __init__(self, slips: Sequence[Slip]) -> None:
        self._slips = slips
        self._signs: dict[str, list[str]] = {}  # by their first character, which is found at the speed of memory
        for sign in sorted({sign for slip in slips for sign in slip.signs}):
            self._signs.setdefault(sign[0], []).append(sign)

    def signed_in(self, text: str) -> list[Slip]:
        """Those of which a text has one of the signs, or none would tell."""
        there = {sign for first, signs in self._signs.items() if first in text for sign in signs if sign in text}
        return [slip for slip in self._slips if not slip.signs or not there.isdisjoint(slip.signs)]

    def may_be_in(self, text: str) -> list[Slip]:
        """Those of which a text has one of the signs, and what `raw` finds."""
        return [slip for slip in self.signed_in(text) if slip.raw is None or slip.raw.search(text)]


def line_with(pattern: str) -> re.Pattern[str]:
    """A pattern at the beginning of a line's text."""
    return lazily(f"^[{BLANK} ]*{pattern}", re.MULTILINE)


_CALL_OUT = "write :::note[Title], the text below it, and a line ::: at its end; or tip, important, warning, details"
#: Signs that stand for pictures of feelings, of which there is only one.
_EMOJI = {
    ":tada:": "🎉", ":rocket:": "🚀", ":warning:": "⚠️", ":bulb:": "💡", ":memo:": "📝", ":star:": "⭐", ":heart:": "❤️",
    ":smile:": "😄", ":fire:": "🔥", ":bug:": "🐛", ":sparkles:": "✨", ":+1:": "👍", ":thumbsup:": "👍", ":x:": "❌",
    ":white_check_mark:": "✅", ":heavy_check_mark:": "✔️", ":information_source:": "ℹ️", ":zap:": "⚡", ":books:": "📚",
}  # fmt: skip
#: Every construct that is looked for.
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
            "write a block, as ::video[Title]{{src=…}} or :::note[Title]; your own are declared in content/blocks.yaml",
            signs=("{{<", "{{%"),
        ),
        Slip(
            lazily(r"(?<!\{)(\{%[ \t][^\n]{0,500}?%\})"),
            "'{0}' is template code, and is shown as it is written",
            "write a block, as :::note[Title]; your own are declared in content/blocks.yaml",
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
            "write **words** for what matters; for the signs \\==",
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
                r"(\$\$[^$\n]+\$\$|(?<![\w$\\])\$(?=[^\s$])(?=[^$\n]{0,500}[\\^_{])[^$\n]{0,500}[^\s$\\]\$(?![\w$])|\\[(\[][^\n]{1,500}?\\[)\]])"
            ),
            "the formula '{0}' is shown as it is written",
            "add `markdown: {{math: true}}` to site.yaml, and write formulas in $ $ or $$ $$",
            signs=("$", "\\(", "\\["),
        ),
        Slip(
            lazily(rf"(?<![\w:/@\\])(:(?:[a-z][a-z0-9_+-]*|\+1|-1):)(?![\w:/`{BLANK}])"),
            "'{0}' is shown as it is written",
            "write the sign itself, as 🎉",
            raw=lazily(r":[a-z+-][a-z0-9_+-]*:"),
            signs=(":",),
            mends=_EMOJI,
        ),
        Slip(
            lazily(r"(\{:?[ \t]*[.#][\w-][^{}\n]{0,200}\})"),
            "the attributes '{0}' are shown as they are written",
            "delete them; what looks otherwise is a block, declared in content/blocks.yaml",
            signs=("{.", "{:", "{#", "{ ."),
        ),
    )
)
