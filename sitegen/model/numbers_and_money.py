"""Numbers, and amounts with their currency."""

from __future__ import annotations

import re
from decimal import Decimal

from sitegen.model.fields import Checker, Field
from sitegen.model.page import Money
from sitegen.source.lazy_regex import lazily
from sitegen.source.yaml import Node, plain_scalar

#: An amount with its currency code before or after it.
MONEY = r"(?:([A-Z]{3}) ?([0-9]{1,15}(?:\.[0-9]{1,4})?)|([0-9]{1,15}(?:\.[0-9]{1,4})?) ?([A-Z]{3}))"
#: A number whose dot may separate its thousands: of an amount any with three digits, of others those that end with 0.
_THOUSANDS, _THOUSANDS_OF_MONEY = lazily(r"([1-9][0-9]{0,2})\.([0-9]{2}0)"), lazily(r"([1-9][0-9]{0,2})\.([0-9]{3})")
#: Digits of a number that CLDR's formats show behind its point, and before it.
_PLACES, _BEFORE = 15, 28
_DIGITS = lazily(r"[-+]?[0-9]+(?:\.[0-9]+)?")


def in_ascii_digits(text: str) -> str:
    """Replace the digits of other scripts with 0 to 9."""
    return text if text.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in text)


def read_number(check: Checker, declared: Field, node: Node) -> int | float | None:
    """Read a number that pages show digit by digit as it is written."""
    ascii_text = in_ascii_digits(node.text)
    if thousands := _THOUSANDS.fullmatch(ascii_text):
        whole = "".join(thousands.groups())
        message = f"{declared.name}: {node.quoted} may be {whole} or {float(ascii_text):g}"
        check.reject(node, "number", message, "write the one that is meant")
        return None
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        if _is_shown_whole(node.value):
            return node.value
        message = f"{declared.name}: {node.quoted} has digits that pages don't show: more than {_PLACES} behind the point, or {_BEFORE} before it"
        check.reject(node, "number", message, "make the field a text, and write it with its unit")
        return None
    if _DIGITS.fullmatch(ascii_text) and isinstance(plain_scalar(ascii_text), str):
        message = f"{declared.name}: {node.quoted} has more digits than a number can hold, and would be rounded"
        check.reject(node, "number", message, "round it to 15 digits, or make the field a text")
        return None
    meant = ascii_text if _DIGITS.fullmatch(ascii_text) else None
    hint = f"write {meant or 'digits, such as 12 or 0.5'}"
    check.reject(node, "number", f"{declared.name}: {node.quoted} is not a number", hint, meant)
    return None


def _is_shown_whole(value: float) -> bool:
    """Whether pages show each digit of a number."""
    number = Decimal(repr(value))
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= _PLACES and number.adjusted() < _BEFORE


def read_money(check: Checker, declared: Field, node: Node) -> Money | None:
    """Read an amount and its currency, in either order, such as `1500 CNY`."""
    from babel import Locale
    from babel.numbers import get_currency_precision

    text = node.text.strip()
    found = re.fullmatch(MONEY, text) if isinstance(node.value, str) else None
    currency = (found[1] or found[4]) if found else ""
    if found and currency in Locale("en").currencies:
        thousands = _THOUSANDS_OF_MONEY.fullmatch(found[2] or found[3])  # which many countries write so
        if thousands and get_currency_precision(currency) != len(thousands[2]):
            whole, fraction = "".join(thousands.groups()), ".".join(thousands.groups())
            message = (
                f"{declared.name}: '{text}' may be {whole} {currency}, or less than {int(thousands[1]) + 1} {currency}"
            )
            hint = f"write {whole} {currency}; or, for the fraction, {fraction}0 {currency}"
            check.reject(node, "money", message, hint)
            return None
        return Money(Decimal(found[2] or found[3]), currency)
    message = f"{declared.name}: '{text or node.type_name}' is not an amount with its currency"
    likely = in_ascii_digits(text).upper()
    is_certain = not found and re.fullmatch(MONEY, likely) and likely.strip("0123456789. ") in Locale("en").currencies
    meant = likely if is_certain else None
    check.reject(node, "money", message, "write an amount and an ISO 4217 code, such as 1500 CNY", meant)
    return None
