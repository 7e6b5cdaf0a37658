"""Writes sitegen/i18n/own_names.json, the names that languages have for themselves in CLDR; run it with a newer Babel.

usage: python tests/scripts/own_names.py
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
from babel.localedata import locale_identifiers

from sitegen.i18n.cldr_locales import cldr_locale
from sitegen.i18n.language_names import OWN_NAMES, language_name
from sitegen.i18n.language_tags import full_tag, parse_tag


def tags() -> Iterator[str]:
    """The tags of CLDR's languages, without their territories but where a territory has a name of its own."""
    for name in sorted(locale_identifiers(), key=lambda name: (name.count("_"), name)):
        tag = parse_tag(name.replace("_", "-"))
        if tag is not None and not tag.variants and cldr_locale(str(tag)).language == full_tag(str(tag)).language:
            yield str(tag)


def own_name(tag: str) -> str:
    """The name of a language as Babel's data has it."""
    return language_name(tag, cldr_locale(tag), is_own=True)


def names() -> dict[str, str]:
    """Tag → name."""
    found: dict[str, str] = {}
    for tag in tags():
        name, bare = own_name(tag), "-".join(part for part in tag.split("-") if len(part) != 2 or part.islower())
        if name != tag and found.get(bare) != name:
            found[tag] = name
    return found


if __name__ == "__main__":
    OWN_NAMES.write_text(json.dumps(names(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
