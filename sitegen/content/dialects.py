"""What other dialects of Markdown write and ours has otherwise: call-outs, shortcodes, marks, formulas, tables of contents."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

    def has_sign_in(self, text: str) -> bool:
        """Whether a text has one of the signs, or none would tell."""
        return not self.signs or any(sign[0] in text and sign in text for sign in self.signs)

    def may_be_in(self, text: str) -> bool:
        """Whether a text has one of the signs, and what `raw` finds."""
        return self.has_sign_in(text) and (self.raw is None or bool(self.raw.search(text)))


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
FOREIGN = (
    Slip(line_with(r"([!?]{3}\+?[ \t]+[\w-]+)"), "'{0}' makes no call-out here", _CALL_OUT, signs=("!!!", "???")),
    Slip(line_with(r"(///[ \t]*[\w-]*)(?:[ \t]*\|[^\n]*)?$"), "'{0}' makes no block here", _CALL_OUT, signs=("///",)),
    Slip(
        line_with(r"(\[![A-Za-z]+\])"),
        "'{0}' makes no call-out",
        "after > write one of [!NOTE], [!TIP], [!IMPORTANT], [!WARNING] and [!CAUTION], alone on its line",
        signs=("[!",),
    ),
    Slip(
        line_with(r"(={3}[!+]?[ \t]+[\"'])"),
        "'{0}' makes no tab here",
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
        "'{0}' is of a template and is shown as it is written",
        "write a block, as :::note[Title]; your own are declared in content/blocks.yaml",
        signs=("{% ",),
    ),
    Slip(
        line_with(r"(\{\*[^\n]*\*\}|-{2}8<-{2}[^\n]*)"),
        "'{0}' includes no file here",
        "write the text itself",
        signs=("{*", "--8<--"),
    ),
    Slip(
        lazily(r"(?<![=\w\\])(==)(?=[^\s=])[^=\n]*[^\s=]==(?![=\w])"),
        "'{0}' marks no words here",
        "write **words** for what matters; for the signs \\==",
        signs=("==",),
    ),
    Slip(
        line_with(rf"(\[\[?[{BLANK}_]?TOC[{BLANK}_]?\]\]?|\{{:toc\}})[ \t]*$"),
        "'{0}' makes no table of contents",
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
