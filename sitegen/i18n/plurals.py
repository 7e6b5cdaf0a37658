"""CLDR's plural rules for integers, as gettext headers.

Babel's table of headers is older than its CLDR data; they disagree for 40 languages.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sitegen.i18n.cldr_locales import own_locale

#: CLDR's order of plural categories, and so of the forms of a message.
_ORDER = ("zero", "one", "two", "few", "many", "other")
#: Numbers that distinguish all rules. Only French and similar languages have special forms for a million and more,
#: but catalogs do not need forms such as "1 000 000 de pages".
SAMPLE = (*range(220), *range(1000, 1022), 10_000, 100_000)
#: Expressions that translators know; they are preferred over generated ones.
_USUAL = ((1, "0"), (2, "(n != 1)"), (2, "(n > 1)"))


@lru_cache
def plural_forms(tag: str) -> tuple[int, str]:
    """Return (number of forms, C expression for the form of `n`) for a language; one form if CLDR has no rule."""
    own = own_locale(tag)
    if own is None:
        return 1, "0"
    from babel.messages.plurals import get_plural  # loads all of babel.messages, which many builds don't need

    rule = own.plural_form
    wanted = [rule(n) for n in SAMPLE]
    used = [name for name in _ORDER if name in wanted]
    conditions: Mapping[str, Any] = dict(rule.abstract)
    written = "".join(f"{_written(conditions[name])} ? {number} : " for number, name in enumerate(used[:-1]))
    made = f"{written}{len(used) - 1}"
    usual = (expression for number, expression in (get_plural(own)[:2], *_USUAL) if number == len(used))
    forms = [form_of(made, n) for n in SAMPLE]
    return len(used), next((own for own in usual if [form_of(own, n) for n in SAMPLE] == forms), made)


def same_numbers(tag: str, number: int, expression: str) -> bool:
    """Whether a header's forms group the numbers in the same way as CLDR's, in any order."""
    own_number, own = plural_forms(tag)
    pairs = {(form_of(own, n), form_of(expression, n)) for n in SAMPLE}
    return len(pairs) == own_number == number


def is_same_rule(expression: str, other: str) -> bool:
    """Whether two headers choose the same form for each number."""
    try:
        return expression == other or all(form_of(expression, n) == form_of(other, n) for n in SAMPLE)
    except (ValueError, ArithmeticError, RecursionError):
        return False


def form_of(expression: str, n: int) -> int:
    """The number of the form of `n` by a header's expression."""
    return int(_compiled(expression)(n))


_compiled = lru_cache(gettext.c2py)


def _written(condition: tuple[str, Any], *, is_within: bool = False) -> str:
    """Convert a CLDR condition to C, for integers, which have no decimals (v, w, f, t) and no exponent (c, e)."""
    name, parts = condition
    if name == "relation":
        return _relation(*parts)
    if name == "not":
        return _negated(_written(parts[0], is_within=True))
    both = [_written(part, is_within=True) for part in parts]
    absorbing, neutral, sign = ("0", "1", " && ") if name == "and" else ("1", "0", " || ")
    if absorbing in both:
        return absorbing
    kept = [part for part in both if part != neutral]
    joined = sign.join(kept) if kept else neutral
    return f"({joined})" if is_within and len(kept) > 1 else joined


def _negated(written: str) -> str:
    bare = written[1:-1] if written.startswith("(") else written
    return {"0": "1", "1": "0"}.get(written) or f"!({bare})"


def _relation(method: str, value: tuple[str, Any], ranges: tuple[str, Any]) -> str:
    """Convert a relation such as `n % 10 = 2..4` to C."""
    bounds = [(low[1][0], high[1][0]) for low, high in ranges[1]]
    number = _value(value)
    if isinstance(number, int):
        return str(int(any(low <= number <= high for low, high in bounds)))
    either = [f"{number} == {low}" if low == high else _between(number, low, high) for low, high in bounds]
    joined = " || ".join(either)
    return f"({joined})" if len(either) > 1 else joined


def _between(number: str, low: int, high: int) -> str:
    return f"{number} <= {high}" if low == 0 else f"({number} >= {low} && {number} <= {high})"


def _value(value: tuple[str, Any]) -> str | int:
    name, parts = value
    if name == "mod":
        from babel.plural import cldr_modulo

        number, modulus = _value(parts[0]), parts[1][1][0]
        return f"{number} % {modulus}" if isinstance(number, str) else int(cldr_modulo(number, modulus))
    return parts[0] if name == "value" else "n" if name in ("n", "i") else 0
