"""Traditional Chinese characters and their simplified forms; a test compares them with ICU's transliterator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

HAN = Path(__file__).with_name("han.json")


@cache
def simplified() -> Mapping[int, str]:
    """Return code point of a traditional character → its simplified form, for `str.translate`."""
    forms = {name: "".join(lines) for name, lines in json.loads(HAN.read_text(encoding="utf-8")).items()}
    return {ord(sign): other for sign, other in zip(forms["traditional"], forms["simplified"], strict=True)}
