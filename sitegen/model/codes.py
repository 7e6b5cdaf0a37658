"""Values from a list: ids, choices, and the codes of countries and languages."""

from __future__ import annotations

import re
from functools import cache

from sitegen.i18n.language_tags import canonical_tag, parse_tag
from sitegen.model.fields import Checker, Field
from sitegen.model.page import Choice, Id
from sitegen.problems.problem import listing
from sitegen.problems.suggestions import nearest, same_but_for_case
from sitegen.source.yaml import Node

ID = "[A-Za-z0-9][A-Za-z0-9_-]*"


def read_id(check: Checker, declared: Field, node: Node) -> Id | None:
    """Read an id, by which translations find an item."""
    if type(node.value) in (str, int) and re.fullmatch(ID, node.text):
        return Id(node.text)
    message = f"{declared.name}: {node.quoted} is not an id"
    check.reject(node, "expected", message, "write Latin letters, digits and hyphens")
    return None


#: Codes of CLDR that are no country's: of areas, of parts of a country, and for tests.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def _countries() -> dict[str, str]:
    """ISO 3166-1 code → English name."""
    from babel import Locale

    names = {str(code): str(name) for code, name in Locale("en").territories.items()}
    return {code: name for code, name in names.items() if code.isalpha() and code not in _NO_COUNTRY}


def read_country(check: Checker, declared: Field, node: Node) -> str | None:
    """Read an ISO 3166-1 code of two letters."""
    known = _countries()
    if node.text in known:
        return node.text
    meant = _country_meant(node.text)
    hint = f"write {meant or 'an ISO 3166-1 code such as KZ'}"
    check.reject(node, "country", f"{declared.name}: {node.quoted} is not a country code", hint, meant)
    return None


def _country_meant(text: str) -> str | None:
    """Return the code for a country's English name, its code in small letters, or one of three letters or digits."""
    from babel.core import get_global

    known = _countries()
    by_name = {name.lower(): code for code, name in known.items()}
    codes = get_global("territory_aliases").get(text.upper(), [text.upper()])
    return by_name.get(text.lower(), codes[0] if len(codes) == 1 and codes[0] in known else None)


def read_language(check: Checker, declared: Field, node: Node) -> str | None:
    """Read a BCP 47 tag; return it in the form that BCP 47 recommends."""
    if parse_tag(node.text) is not None:
        return canonical_tag(node.text)
    hyphened = canonical_tag(node.text.replace("_", "-"))
    meant = hyphened if parse_tag(hyphened) else None
    hint = f"write {meant or 'a BCP 47 tag such as ru or zh-Hans'}"
    check.reject(node, "language", f"{declared.name}: {node.quoted} is not a language tag", hint, meant)
    return None


def read_choice(check: Checker, declared: Field, node: Node) -> Choice | None:
    """Read one of the declared values."""
    if node.text in declared.choices:
        return Choice(node.text, declared.choices[node.text])
    message = f"{declared.name}: {node.quoted} is not one of {listing(declared.choices)}"
    hint, meant = nearest(node.text, declared.choices), same_but_for_case(node.text, declared.choices)
    check.reject(node, "choice", message, hint, meant)
    return None
