"""Names of languages: in another language, and their names for themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.i18n.language_tags import described_tag, full_tag, names_of, parse_tag

if TYPE_CHECKING:
    import babel

#: Tag → the language's name for itself, taken from CLDR by tests/scripts/own_names.py: every page shows those of its
#: languages, and to read all that CLDR knows of them takes a sixth of a build.
OWN_NAMES = Path(__file__).with_name("own_names.json")


def language_name(tag: str, locale: babel.Locale, *, is_own: bool = False) -> str:
    """Return the name of a tag's language in the language of `locale`, else in English, else the tag.

    Args:
        is_own: whether the language names itself; then its script is omitted.
    """
    import babel

    own, full = parse_tag(tag), full_tag(tag)
    if own is None:
        return tag
    for names in (locale.languages, babel.Locale("en").languages):
        for name in (own.locale, *_named_by(tag)):
            if name in names:
                return str(names[name])
        if full.language in names and is_own and names is locale.languages:
            return str(names[full.language])
        if full.language in names:
            script = locale.scripts.get(full.script) if names is locale.languages else None
            script = script or babel.Locale("en").scripts.get(full.script, full.script)
            return f"{names[full.language]} ({script})"
    return tag


def _named_by(tag: str) -> Iterator[str]:
    """Yield the locale names that match a tag, without those of a territory, or a script, that is only likely."""
    named, full = described_tag(tag), full_tag(tag)
    for name in names_of(tag):
        has_territory = name.endswith(f"_{full.territory}")
        if named.territory or name == full.language or (named.script and not has_territory):
            yield name


@cache
def own_names() -> dict[str, str]:
    """Return the names that languages have for themselves, by tag."""
    names: dict[str, str] = json.loads(OWN_NAMES.read_text(encoding="utf-8"))
    return names
