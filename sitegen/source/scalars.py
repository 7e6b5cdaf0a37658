"""A text as a YAML scalar."""

from __future__ import annotations

import json
import re

#: A letter at the beginning, then nothing that has a meaning in YAML.
_PLAIN = re.compile(r"[^\W\d_](?:(?!:\s|:$|\s#|[,?\[\]{}\u2028\u2029\x85]|[^\S ]).)*(?<![\s:])")
_NOT_TEXT = re.compile(r"null|true|false|yes|no|on|off|y|n", re.IGNORECASE)


def scalar(text: str, style: str = "") -> str:
    """A text as YAML writes it: plain if possible, otherwise in quotes."""
    if style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if style == "" and _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False) + ("\n" if style in ("|", ">") else "")
