"""The field types: how each is read, its JSON Schema and its form.

To add a type, add one entry to `TYPES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec.structs import replace

from sitegen.i18n.language_tags import canonical_tag, parse_tag
from sitegen.model.dates_and_times import (
    DAY,
    MOMENT,
    TIME,
    in_ascii_digits,
    read_date,
    read_datetime,
    read_moment,
    read_time,
    read_time_zone,
)
from sitegen.model.field_json_schema import ANY_SCALAR, PATH, like, list_schema, table_schema, text_schema
from sitegen.model.fields import (
    MOST_OF_TEXT,
    TYPES,
    Checker,
    Field,
    FieldType,
    Form,
    FormSite,
    Group,
    check_order,
    is_empty,
    ranks,
)
from sitegen.model.page import Choice, Destination, FileName, Id, ImageName, Key, Money, Reference, TableName
from sitegen.model.urls import as_path, is_external, names_its_target, normal, with_scheme, with_slashes
from sitegen.problems.problem import listing
from sitegen.problems.suggestions import nearest, same_but_for_case
from sitegen.source.lazy_regex import lazily
from sitegen.source.yaml import Node, plain_scalar

#: Arabic and Chinese commas and semicolons, which YAML takes for ordinary characters.
_COMMAS = lazily("[،，、؛；]")
#: Types of items of which none holds such a comma, so that several are meant for certain.
_NEVER_WITH_COMMA = frozenset({"id", "choice", "country", "language", "page", "date", "email"})
#: Texts up to this many characters get a single-line input.
ONE_LINE = 160
#: Texts that may stand on every page, in menus and in paths to a page.
_ON_OTHER_PAGES = frozenset({"title", "short_title"})
#: An id, and the name of a file beside the page.
ID = "[A-Za-z0-9][A-Za-z0-9_-]*"
FILE = r"[^/\\\s:][^/\\:]*\.[A-Za-z0-9]+"
TABLE = r"[^/\\\s:][^/\\:]*\.(?:csv|json|yaml)"
#: An amount with its currency code before or after it.
MONEY = r"(?:([A-Z]{3}) ?([0-9]{1,15}(?:\.[0-9]{1,4})?)|([0-9]{1,15}(?:\.[0-9]{1,4})?) ?([A-Z]{3}))"
#: A number whose dot may separate its thousands: of an amount any with three digits, of others those that end with 0.
_THOUSANDS, _THOUSANDS_OF_MONEY = lazily(r"([1-9][0-9]{0,2})\.([0-9]{2}0)"), lazily(r"([1-9][0-9]{0,2})\.([0-9]{3})")
#: Digits of a number that CLDR's formats show behind its point, and before it.
_PLACES, _BEFORE = 15, 28
#: A link's target: an external address, a page or a file.
LINK = (
    r'(?:[hH][tT][tT][pP][sS]?://[^/\s<>"]|[mM][aA][iI][lL][tT][oO]:[^\s<>"]|[tT][eE][lL]:[^\s<>"])[^\s<>"]*'
    r'|(?!//)[^\s<>":/.#]*[/.#][^\s<>"]*'
)
#: An address on the web.
URL = r'https?://[^\s<>"]+'
#: A telephone number as in E.164, with any grouping.
PHONE = r"\(?\+[1-9](?:[\s().-]*[0-9]){6,14}\)?"


def _text(check: Checker, declared: Field, node: Node) -> str | None:
    if isinstance(node.value, (tuple, dict)):
        message = f"{declared.name}: must be text, not {node.type_name}"
        check.reject(node, "expected", message, "put the value in double quotes")
        return None
    text = node.text.strip()
    most = declared.max or (MOST_OF_TEXT if declared.name in _ON_OTHER_PAGES else None)
    if most is not None and len(text) > most:
        check.reject(node, "too-long", f"{declared.name}: {len(text):,} characters, at most {most:,}", "shorten it")
    return text


def _id(check: Checker, declared: Field, node: Node) -> Id | None:
    if type(node.value) in (str, int) and re.fullmatch(ID, node.text):
        return Id(node.text)
    message = f"{declared.name}: {node.quoted} is not an id"
    check.reject(node, "expected", message, "write Latin letters, digits and hyphens")
    return None


_DIGITS = lazily(r"[-+]?[0-9]+(?:\.[0-9]+)?")


def _number(check: Checker, declared: Field, node: Node) -> int | float | None:
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


def _boolean(check: Checker, declared: Field, node: Node) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.lower())
    hint = f"write {meant}" if meant else ""
    check.reject(node, "expected", f"{declared.name}: {node.quoted} is neither true nor false", hint, meant)
    return None


def _url(check: Checker, declared: Field, node: Node) -> str | None:
    if re.fullmatch(URL, node.text) and names_its_target(node.text):
        return node.text
    meant = with_scheme(node.text) if node.text.startswith("//") and names_its_target(with_scheme(node.text)) else None
    likely = meant or with_slashes(node.text)
    hint = f"write {likely}" if likely else "begin it with https://"
    check.reject(node, "url", f"{declared.name}: {node.quoted} is not a web address", hint, meant)
    return None


#: A name, an at sign and a host; the host's parts exclude full stops, which avoids backtracking. Neither holds what `mailto:`
#: reads otherwise: behind `?` a proposed text could copy its author in (`?bcc=`), behind `,` add a recipient; mail programs
#: pass over what is in round brackets.
_HOST_PART = r'[^\s@<>".,;:?#%&=/\\()\[\]]+'
EMAIL = rf'[^\s@<>",;:?#%\\()\[\]]+@{_HOST_PART}(?:\.{_HOST_PART})+'


def _email(check: Checker, declared: Field, node: Node) -> str | None:
    if re.fullmatch(EMAIL, node.text):
        return node.text
    check.reject(node, "email", f"{declared.name}: {node.quoted} is not an e-mail address")
    return None


#: Codes of CLDR that are no country's: of areas, of parts of a country, and for tests.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def _countries() -> dict[str, str]:
    """ISO 3166-1 code → English name."""
    from babel import Locale

    names = {str(code): str(name) for code, name in Locale("en").territories.items()}
    return {code: name for code, name in names.items() if code.isalpha() and code not in _NO_COUNTRY}


def _country(check: Checker, declared: Field, node: Node) -> str | None:
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


def _language(check: Checker, declared: Field, node: Node) -> str | None:
    if parse_tag(node.text) is not None:
        return canonical_tag(node.text)
    hyphened = canonical_tag(node.text.replace("_", "-"))
    meant = hyphened if parse_tag(hyphened) else None
    hint = f"write {meant or 'a BCP 47 tag such as ru or zh-Hans'}"
    check.reject(node, "language", f"{declared.name}: {node.quoted} is not a language tag", hint, meant)
    return None


def _choice(check: Checker, declared: Field, node: Node) -> Choice | None:
    if node.text in declared.choices:
        return Choice(node.text, declared.choices[node.text])
    message = f"{declared.name}: {node.quoted} is not one of {listing(declared.choices)}"
    hint, meant = nearest(node.text, declared.choices), same_but_for_case(node.text, declared.choices)
    check.reject(node, "choice", message, hint, meant)
    return None


def _page(check: Checker, declared: Field, node: Node) -> Reference | None:
    if re.fullmatch(r"/(?:[^/\s]+/)*", node.text):
        return Reference(Key(normal(node.text)), node.mark)
    path = as_path(node.text)
    hint = "write the page's path alone, such as /plan/" if ":" in path else f"write it as {path}"
    meant = path if re.fullmatch(r"[a-z0-9/\\-]+", node.text) else None
    message = f"{declared.name}: {node.quoted} is not a content path"
    check.reject(node, "reference", message, hint if node.text else "", meant)
    return None


def _file_type(name: type[FileName], pattern: str, what: str, widget: str) -> FieldType:
    """Return the type of names of files beside the page; the library checks that the file exists."""

    def read(check: Checker, declared: Field, node: Node) -> FileName | None:
        if isinstance(node.value, str) and re.fullmatch(pattern, node.text):
            return name(normal(node.text))
        check.reject(node, "dead-file", f"{declared.name}: {node.quoted} is not the name of {what} beside the page")
        return None

    return FieldType(read=read, schema=like(pattern), form=_plain(widget), is_ordered=False)


def _link(check: Checker, declared: Field, node: Node) -> Destination | None:
    """Read a page, a file or an address; the library checks that pages and files exist."""
    text = node.text
    if isinstance(node.value, str) and re.fullmatch(LINK, text) and (not is_external(text) or names_its_target(text)):
        return Destination(text, node.mark)
    message = f"{declared.name}: '{text or node.type_name}' is not a page, a file or an address"
    meant = with_scheme(text) if text.startswith("//") and re.fullmatch(LINK, with_scheme(text)) else None
    likely = meant or with_slashes(text)
    hint = f"write {likely}" if likely else "write a page as /plan/, a file beside this one, or https://…"
    check.reject(node, "url", message, hint, meant)
    return None


def _phone(check: Checker, declared: Field, node: Node) -> str | None:
    """Read an E.164 telephone number with any grouping."""
    if isinstance(node.value, str) and re.fullmatch(PHONE, node.text):
        return node.text
    ascii_text = in_ascii_digits(node.text)
    if isinstance(node.value, (int, float)) and re.fullmatch(PHONE, ascii_text):  # +861012345678 is a number to YAML
        return ascii_text
    plain = re.sub(r"[\s().-]", "", ascii_text.replace("(0)", ""))  # which is left out behind the country's code
    international = f"+{plain[2:]}" if plain.startswith("00") else ""
    message = f"{declared.name}: {node.quoted} is not a telephone number"
    hint = "begin it with + and the country's code, such as +86 10 1234 5678"
    meant = next((text for text in (ascii_text, international) if re.fullmatch(PHONE, text)), None)
    check.reject(node, "phone", message, hint, meant)
    return None


def _list(check: Checker, declared: Field, node: Node) -> tuple[Any, ...] | None:
    if not isinstance(node.value, tuple):
        message, hint = f"{declared.name}: must be a list, not {node.type_name}", f"write it as [{node.text or 'a, b'}]"
        check.reject(node, "expected", message, hint)
        return None
    item = declared.item
    assert item is not None
    if not item.name:  # the engine's own lists share an item; messages name the list
        item = replace(item, name=declared.name)
    values = [_item(check, declared, item, child) for child in node.value if not _is_several(check, declared, child)]
    if declared.side == "words":
        _check_ids(check, declared, item, node.value)
    if declared.is_sorted and None not in values:
        check_order(check, declared, node, ranks(item, values))
    return tuple(value for value in values if value is not None)


def _check_ids(check: Checker, declared: Field, item: Field, nodes: Sequence[Node]) -> None:
    """Report an item whose id is that of one above: by it, what a translation says of an item is found."""
    name = next((own.name for own in item.fields.values() if own.type == "id"), "")
    known = set[str]()
    for node in nodes:
        own = node.value.get(name) if isinstance(node.value, dict) else None
        if own is not None and own.text in known:
            message = f"{declared.name}: the {name} '{own.text}' appears twice"
            check.report("yaml-duplicate", message, own.mark, "give each item one of its own")
        known |= {own.text} if own is not None and own.text else set()


def _item(check: Checker, declared: Field, item: Field, node: Node) -> Any:
    """Return an item of a list, or None after reporting a problem; an empty text would count where texts are compared."""
    if item.type in ("text", "markdown") and is_empty(node):
        check.report("required", f"{declared.name}: an item is empty", node.mark, "fill it in, or remove it")
        return None
    return check.value(item, node)


def _is_several(check: Checker, declared: Field, item: Node) -> bool:
    """Report commas of other scripts in an unquoted item of a flow list: YAML reads `[a، b，c]` as one item.

    Returns:
        Whether several items are meant for certain.
    """
    if not (isinstance(item.value, str) and _COMMAS.search(item.text)):
        return False
    line = check.source.lines[item.mark.line - 1]
    is_plain = line.startswith(item.text, item.mark.column - 1)
    if not (is_plain and "[" in line[: item.mark.column - 1]):
        return False
    signs = listing(dict.fromkeys(_COMMAS.findall(item.text)))
    meant = ", ".join(part.strip() for part in _COMMAS.split(item.text) if part.strip())
    message = f"{declared.name}: {signs} does not separate the items of a list"
    hint = f"write [{meant}], or put an item with this character in double quotes"
    around = line[: item.mark.column - 1].rstrip()[-1:] + line[item.mark.column - 1 + len(item.text) :].lstrip()[:1]
    is_certain = declared.item is not None and declared.item.type in _NEVER_WITH_COMMA
    check.report("expected", message, item.mark, hint, meant if is_certain and around == "[]" else None)
    return is_certain


def _group(check: Checker, declared: Field, node: Node) -> Group | None:
    if not isinstance(node.value, dict):
        check.reject(node, "expected", f"{declared.name}: must be lines of `key: value`, not {node.type_name}")
        return None
    return check.group(declared, node)


def _money(check: Checker, declared: Field, node: Node) -> Money | None:
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


def _map(check: Checker, declared: Field, node: Node) -> dict[str, str] | None:
    """Read a mapping of texts whose keys are not declared."""
    if not isinstance(node.value, dict):
        check.reject(node, "expected", f"{declared.name}: must be lines of `key: text`, not {node.type_name}")
        return None
    for name, child in node.value.items():
        if child.value is None and not _has_colon(check, child):
            message, hint = f"{declared.name}: '{name}' has no text", "write `key: text` for each"
            check.report("expected", message, child.key or child.mark, hint)
    texts = {name: _text(check, declared, child) for name, child in node.value.items() if child.value is not None}
    return {name: text for name, text in texts.items() if text is not None}


def _has_colon(check: Checker, node: Node) -> bool:
    """Whether a key is written with its colon, as in `{a: , b}` the first one is and the second one is not."""
    key = node.key
    return key is None or check.source.lines[key.line - 1][key.column - 1 + key.width :].lstrip(" \"'").startswith(":")


# forms


def _text_form(declared: Field, site: FormSite) -> Form:
    most = {"maxlength": declared.max} if declared.max is not None else {}
    return {"widget": "string" if (declared.max or 0) <= ONE_LINE else "text", **most}


def _plain(widget: str, **options: Any) -> Callable[[Field, FormSite], Form]:
    return lambda declared, site: {"widget": widget, **options}


def _matching(pattern: str, message: str) -> Callable[[Field, FormSite], Form]:
    return _plain("string", pattern=[pattern, message])


def _like(
    read: Callable[[Checker, Field, Node], Any], pattern: str, shown: str, message: str, *, is_ordered: bool = True
) -> FieldType:
    """Return the type of texts that match a pattern.

    Args:
        shown: the pattern of the input in the editor, which leaves the finer points to the build.
        message: what the editor asks for where it does not match.
    """
    return FieldType(read=read, schema=like(pattern), form=_matching(shown, message), is_ordered=is_ordered)


def _select(options: Callable[[Field, FormSite], Any]) -> Callable[[Field, FormSite], Form]:
    return lambda declared, site: {"widget": "select", "options": options(declared, site)}


def options_of(labels: Mapping[str, str]) -> list[Form]:
    """Return value → label as the options of a form to select from."""
    return [{"value": value, "label": label} for value, label in labels.items()]


def _list_form(declared: Field, site: FormSite) -> Form:
    assert declared.item is not None
    own = TYPES[declared.item.type].form(declared.item, site)
    if own["widget"] == "select":
        return {**own, "multiple": True}
    if own["widget"] == "object":
        return {"widget": "list", "fields": own["fields"]}
    label = declared.name.replace("_", " ").capitalize()
    return {"widget": "list", "field": {"name": "item", "label": label, **own}}


_MARKDOWN_FORM = _plain("markdown", modes=["raw"])

TYPES.update(
    text=FieldType(read=_text, schema=text_schema, form=_text_form, is_translated=True),
    markdown=FieldType(read=_text, schema=text_schema, form=_MARKDOWN_FORM, is_translated=True, is_ordered=False),
    id=FieldType(
        read=_id,
        schema=lambda declared: {"type": ["string", "integer"], "pattern": f"^{ID}$", "minimum": 0},
        form=_matching(f"^{ID}$", "Latin letters, digits and hyphens"),
    ),
    number=FieldType(
        read=_number, schema=lambda declared: {"type": "number"}, form=_plain("number", value_type="float")
    ),
    boolean=FieldType(read=_boolean, schema=lambda declared: {"type": "boolean"}, form=_plain("boolean")),
    date=FieldType(
        read=read_date,
        schema=lambda declared: {"type": "string", "pattern": f"^{DAY}$", "format": "date"},
        form=_plain("datetime", type="date"),
        is_selectable=True,
    ),
    datetime=FieldType(
        read=read_datetime,
        schema=like(DAY + MOMENT),
        form=_plain("datetime", type="datetime-local"),
        is_selectable=False,
    ),
    moment=_like(read_moment, f"{DAY}({MOMENT})?", f"^{DAY}", "a day, such as 2026-01-31, or 2026-01-31T09:30"),
    time_zone=_like(
        read_time_zone,
        "[A-Za-z][A-Za-z0-9_+/-]+",
        "^[A-Z][A-Za-z_]+(/|$)",
        "an IANA name, such as Asia/Shanghai",
    ),
    time=FieldType(read=read_time, schema=like(TIME), form=_plain("datetime", type="time", format="HH:mm")),
    url=_like(_url, URL, "^https?://", "an address that begins with https://"),
    email=_like(_email, EMAIL, "^[^@]+@[^@]+$", "an e-mail address"),
    phone=_like(_phone, PHONE, r"^\(?\+", "a number that begins with + and the country's code", is_ordered=False),
    money=_like(_money, MONEY, f"^{MONEY}$", "an amount and its currency, such as 1500 CNY", is_ordered=False),
    country=FieldType(
        read=_country,
        schema=like("[A-Z]{2}"),
        form=_select(lambda declared, site: site.countries()),
        is_selectable=True,
    ),
    language=_like(
        _language,
        r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*",
        "^[a-z]{2,3}(-[A-Za-z0-9]+)*$",
        "a language tag, such as zh-Hans",
    ),
    choice=FieldType(
        read=_choice,
        schema=lambda declared: {"enum": list(declared.choices)},
        form=_select(lambda declared, site: options_of(declared.choices)),
        is_selectable=True,
    ),
    page=FieldType(
        read=_page,
        schema=lambda declared: dict(PATH),
        form=_select(lambda declared, site: site.pages(declared.kind)),
        is_ordered=False,
        is_selectable=True,
    ),
    image=_file_type(ImageName, FILE, "a file", "image"),
    file=_file_type(FileName, FILE, "a file", "file"),
    table=_file_type(TableName, TABLE, "a table (.csv, .json or .yaml)", "file"),
    link=_like(
        _link,
        LINK,
        "[/.#:]",
        "a page as /plan/, a file beside this page, or an address that begins with https://",
        is_ordered=False,
    ),
    map=FieldType(
        read=_map,
        schema=lambda declared: {"type": "object", "additionalProperties": {"type": ANY_SCALAR}},
        form=_plain("keyvalue"),
        is_ordered=False,
    ),
    list=FieldType(read=_list, schema=list_schema, form=_list_form, is_ordered=False),
    group=FieldType(
        read=_group,
        schema=lambda declared: table_schema(declared.fields),
        form=lambda declared, site: {"widget": "object", "fields": [*map(site.field, declared.fields.values())]},
        is_ordered=False,
    ),
)
