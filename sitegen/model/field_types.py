"""The field types: how each is read, its JSON Schema and its form.

To add a type, add one entry to `TYPES`. What reads addresses, codes, numbers and dates has modules of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sitegen.model.addresses import EMAIL, LINK, PHONE, URL, read_email, read_link, read_page, read_phone, read_url
from sitegen.model.codes import ID, read_choice, read_country, read_id, read_language
from sitegen.model.dates_and_times import (
    DAY,
    MOMENT,
    TIME,
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
from sitegen.model.numbers_and_money import MONEY, read_money, read_number
from sitegen.model.page import FileName, ImageName, TableName
from sitegen.model.urls import normal
from sitegen.problems.problem import listing
from sitegen.source.lazy_regex import lazily
from sitegen.source.yaml import Node

#: Arabic and Chinese commas and semicolons, which YAML takes for ordinary characters.
_COMMAS = lazily("[،，、؛；]")
#: Types of items of which none holds such a comma, so that several are meant for certain.
_NEVER_WITH_COMMA = frozenset({"id", "choice", "country", "language", "page", "date", "email"})
#: Texts up to this many characters get a single-line input.
ONE_LINE = 160
#: Texts that may stand on every page, in menus and in paths to a page.
_ON_OTHER_PAGES = frozenset({"title", "short_title"})
#: The name of a file beside the page, and of a table.
FILE = r"[^/\\\s:][^/\\:]*\.[A-Za-z0-9]+"
CAPTIONS = r"[^/\\\s:][^/\\:]*\.vtt"
TABLE = r"[^/\\\s:][^/\\:]*\.(?:csv|json|yaml)"


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


def _boolean(check: Checker, declared: Field, node: Node) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.lower())
    hint = f"write {meant}" if meant else ""
    check.reject(node, "expected", f"{declared.name}: {node.quoted} is neither true nor false", hint, meant)
    return None


def _file_type(name: type[FileName], pattern: str, what: str, widget: str) -> FieldType:
    """Return the type of names of files beside the page; the library checks that the file exists."""

    def read(check: Checker, declared: Field, node: Node) -> FileName | None:
        if isinstance(node.value, str) and re.fullmatch(pattern, node.text):
            return name(normal(node.text))
        check.reject(node, "dead-file", f"{declared.name}: {node.quoted} is not the name of {what} beside the page")
        return None

    return FieldType(read=read, schema=like(pattern), form=_plain(widget), is_ordered=False)


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
        read=read_id,
        schema=lambda declared: {"type": ["string", "integer"], "pattern": f"^{ID}$", "minimum": 0},
        form=_matching(f"^{ID}$", "Latin letters, digits and hyphens"),
    ),
    number=FieldType(
        read=read_number, schema=lambda declared: {"type": "number"}, form=_plain("number", value_type="float")
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
    url=_like(read_url, URL, "^https?://", "an address that begins with https://"),
    email=_like(read_email, EMAIL, "^[^@]+@[^@]+$", "an e-mail address"),
    phone=_like(read_phone, PHONE, r"^\(?\+", "a number that begins with + and the country's code", is_ordered=False),
    money=_like(read_money, MONEY, f"^{MONEY}$", "an amount and its currency, such as 1500 CNY", is_ordered=False),
    country=FieldType(
        read=read_country,
        schema=like("[A-Z]{2}"),
        form=_select(lambda declared, site: site.countries()),
        is_selectable=True,
    ),
    language=_like(
        read_language,
        r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*",
        "^[a-z]{2,3}(-[A-Za-z0-9]+)*$",
        "a language tag, such as zh-Hans",
    ),
    choice=FieldType(
        read=read_choice,
        schema=lambda declared: {"enum": list(declared.choices)},
        form=_select(lambda declared, site: options_of(declared.choices)),
        is_selectable=True,
    ),
    page=FieldType(
        read=read_page,
        schema=lambda declared: dict(PATH),
        form=_select(lambda declared, site: site.pages(declared.kind)),
        is_ordered=False,
        is_selectable=True,
    ),
    image=_file_type(ImageName, FILE, "a file", "image"),
    file=_file_type(FileName, FILE, "a file", "file"),
    captions=_file_type(FileName, CAPTIONS, "a file of subtitles that browsers show (.vtt)", "file"),
    table=_file_type(TableName, TABLE, "a table (.csv, .json or .yaml)", "file"),
    link=_like(
        read_link,
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
