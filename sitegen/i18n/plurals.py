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
_SAMPLE = (*range(220), *range(1000, 1022), 10_000, 100_000)
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
    wanted = [rule(n) for n in _SAMPLE]
    used = [name for name in _ORDER if name in wanted]
    conditions: Mapping[str, Any] = dict(rule.abstract)
    written = "".join(f"{_written(conditions[name])} ? {number} : " for number, name in enumerate(used[:-1]))
    made = f"{written}{len(used) - 1}"
    usual = (expression for number, expression in (get_plural(own)[:2], *_USUAL) if number == len(used))
    forms = [_form(made, n) for n in _SAMPLE]
    return len(used), next((own for own in usual if [_form(own, n) for n in _SAMPLE] == forms), made)


def same_numbers(tag: str, number: int, expression: str) -> bool:
    """Whether a header's forms group the numbers in the same way as CLDR's, in any order."""
    own_number, own = plural_forms(tag)
    pairs = {(_form(own, n), _form(expression, n)) for n in _SAMPLE}
    return len(pairs) == own_number == number


@lru_cache
def fault_of_rule(number: int, expression: str) -> str:
    """What keeps a header from giving one of its forms for each number; "" if nothing does."""
    for n in _SAMPLE:
        try:
            form = _form(expression, n)
        except ZeroDivisionError:
            return f"it divides by zero for {n}"
        except ValueError as error:  # not an expression of C
            return str(error)
        if not 0 <= form < number:
            allowed = f"0 to {number - 1}" if number > 1 else "0"
            return f"it gives {form} for {n}, but nplurals={number} allows only {allowed}"
    return ""


def merged_numbers(tag: str, number: int, expression: str) -> tuple[int, int] | None:
    """Return two numbers with one form in a header that the language tells apart; None if there are none.

    Finer rules are right, and so are the older ones of other tools. Zero is ignored, as rules differ only for it in
    languages such as Hindi and Persian; and one form is enough where CLDR has two: Turkic nouns don't change.
    """
    own = own_locale(tag)
    if own is None:
        return None
    from babel.messages.plurals import get_plural

    usual = get_plural(own)[1]
    if expression == usual or _merged(expression, usual) is None:
        return None
    forms, rule = plural_forms(tag)  # loads all that CLDR knows of the language, which a usual header spares
    return None if number == 1 and forms <= 2 else _merged(expression, rule)


def _merged(expression: str, finer: str) -> tuple[int, int] | None:
    """Return the first two numbers with one form in an expression and two in another."""
    seen: dict[int, tuple[int, int]] = {}
    for n in _SAMPLE[1:]:
        form = _form(finer, n)
        first, before = seen.setdefault(_form(expression, n), (n, form))
        if before != form:
            return first, n
    return None


def _form(expression: str, n: int) -> int:
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
