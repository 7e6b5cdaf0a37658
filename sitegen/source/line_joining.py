"""Line ends in text written without spaces, such as Chinese and Japanese, mean no space (CSS Text 3, 4.1.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sitegen.source.character_scan import may_have_unspaced
from sitegen.source.lazy_regex import lazily

#: Han, kana, bopomofo, for a set of a pattern; full-width punctuation; marks that both these and other scripts use.
UNSPACED = "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Letters of scripts with spaces between phrases, in which an invisible one ends a word: from Thai to Tai Tham.
SOUTHEAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_WIDE = "\u3001-\u3004\u3008-\u3020\u3030\u303d\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_SHARED = "“”‘’…—·"
_LETTER, _WIDE_MARK = lazily(f"[{UNSPACED}]"), lazily(f"[{_WIDE}]")
_UNSPACED = lazily(f"[{UNSPACED}{_WIDE}]")
_OF_EITHER = lazily(f"[{UNSPACED}{_WIDE}{_SHARED}]")
_FOLD = lazily(
    rf"(?<=[{UNSPACED}{_WIDE}]) (?=[{UNSPACED}{_WIDE}{_SHARED}])|(?<=[{_SHARED}]) (?=[{UNSPACED}{_WIDE}])|(?<=[{_WIDE}]) | (?=[{_WIDE}])"
)


def is_space(before: str, after: str) -> bool:
    """Whether a line end between two characters stands for a space."""
    if _WIDE_MARK.match(before) or _WIDE_MARK.match(after):
        return False
    return not (
        _OF_EITHER.match(before) and _OF_EITHER.match(after) and (_LETTER.match(before) or _LETTER.match(after))
    )


def has_unspaced(text: str) -> bool:
    """Whether a text has a character for which that matters."""
    return may_have_unspaced(text) and _UNSPACED.search(text) is not None


def unfolded(text: str, lines: Sequence[str]) -> str:
    """A text that YAML has folded, without the spaces that it put in place of line ends where none is meant.

    Args:
        lines: the lines of the file that contain the text.
    """
    ends = {(before.rstrip()[-1:], after.lstrip()[:1]) for before, after in pairwise(lines)}
    return _FOLD.sub(lambda found: "" if _beside(text, found) in ends else " ", text)


def _beside(text: str, found: re.Match[str]) -> tuple[str, str]:
    return text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
