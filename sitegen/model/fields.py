"""What a field may hold: the types of the content model, and how a written value becomes one.

A new type is one function and one line of `TYPES`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from sitegen.model.urls import normal
from sitegen.model.values import Choice, FileName, Id, Key, Reference, Target
from sitegen.problems.problem import Problem, certain, listing, nearest
from sitegen.source.mark import Mark
from sitegen.source.yaml import Node, Source

#: A value in the quotation marks that word processors put.
_IN_QUOTES = re.compile("[“”„«‘’']([^“”„«»‘’']+)[“”»‘’']")

#: Where a link may lead: out of the site, or to a page or a file.
LINK = (
    r'(?:[hH][tT][tT][pP][sS]?://[^/\s<>"]|[mM][aA][iI][lL][tT][oO]:|[tT][eE][lL]:)[^\s<>"]*'
    r'|(?!//)[^\s<>":]*[/.#][^\s<>"]*'
)
#: A telephone number: what E.164 allows, grouped as one likes.
PHONE = r"\(?\+[1-9](?:[\s().-]*\d){6,14}\)?"

Side = Literal["facts", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A declared field.

    Attributes:
        side: whether it is a fact (written once) or words (once per language).
        choices: value → label, for `choice`.
        kind: the kind a `page` must be of, or one that extends it.
        item: what a `list` holds.
        fields: what a `group` holds.
        max: most characters of a text.
        is_sorted: whether the items of a list stand in ascending order.
        help: what an editor is told of it.
    """

    name: str
    type: str
    side: Side = "facts"
    required: bool = False
    max: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    item: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    is_sorted: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The value of a group: its filled-in fields as attributes, None for the others."""

    values: Mapping[str, Any]
    declared: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.declared:
            raise AttributeError(name)
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Checker:
    """Turns nodes of one file into values, and collects what is wrong with them.

    Attributes:
        is_strict: whether a key that is unknown is an error, so that what it misspells need not be told as missing too.
    """

    source: Source
    problems: list[Problem]
    time_zone: dt.tzinfo = dt.UTC
    is_strict: bool = True

    def reject(self, node: Node, code: str, message: str, hint: str = "", mend: str | None = None) -> None:
        """Note a problem at the node; its field counts as not filled in. A value in quotes of prose is meant without them."""
        if mend is None and (quoted := _IN_QUOTES.fullmatch(node.text)):
            mend = quoted[1]
        self.problems.append(self.source.problem(code, message, node.mark, hint, mend))

    def value(self, declared: Field, node: Node) -> Any:
        """The field's value, or None with a problem noted."""
        return TYPES[declared.type](self, declared, node)

    def table(self, fields: Mapping[str, Field], node: Node, what: str) -> dict[str, Any]:
        """The values of a mapping whose keys are fields; unknown and missing keys are problems."""
        values = {}
        for name, child in node.value.items():
            if name not in fields:
                self.unknown(name, child, fields, what)
            elif child.value is not None:
                values[name] = self.value(fields[name], child)
        self.required(fields, node, what)
        return {name: value for name, value in values.items() if value is not None}

    def unknown(self, name: str, node: Node, known: Mapping[str, Any], what: str) -> None:
        """Note that a key is none of those known, and which is near."""
        hint = nearest(name, known) or f"known are {listing(sorted(known))}"
        message = f"'{name}' is not a field of {what}"
        self.problems.append(self.source.problem("unknown-key", message, node.key, hint, certain(name, known)))

    def required(self, fields: Mapping[str, Field], node: Node, what: str) -> None:
        """Note the required fields that a mapping lacks or leaves empty, but for those that a key only misspells."""
        misspelt = {certain(key, fields) for key in node.value if key not in fields} if self.is_strict else set()
        for name, declared in fields.items():
            child = node.value.get(name)
            if child is None and name in misspelt:
                continue
            if declared.required and (child is None or child.value in (None, "", ())):
                mark = child.key if child is not None and child.key else _place_of(name, fields, node)
                state = "missing" if child is None else "empty"
                hint = f"add a line `{name}: …`" if child is None else "fill it in"
                self.problems.append(
                    self.source.problem("required", f"'{name}' is {state}; {what} must have it", mark, hint)
                )


def _place_of(name: str, fields: Mapping[str, Field], node: Node) -> Mark:
    """Where a key that is missing would stand: before the key below those that come first, facts before words."""
    order = sorted(fields, key=lambda own: fields[own].side != "facts")
    before = set(order[: order.index(name)])
    lines = {key: child.key.line for key, child in node.value.items() if child.key}
    last = max((lines[key] for key in lines if key in before), default=0)
    below = [line for line in lines.values() if line > last]
    return Mark(min(below, default=last) or node.mark.line, 1)


def _text(check: Checker, declared: Field, node: Node) -> str | None:
    if isinstance(node.value, (tuple, dict)):
        check.reject(
            node, "expected", f"{declared.name}: must be text, not {node.type_name}", "put the value in double quotes"
        )
        return None
    text = node.text.strip()
    if declared.max is not None and len(text) > declared.max:
        check.reject(node, "too-long", f"{declared.name}: {len(text)} characters, at most {declared.max}", "shorten it")
    return text


def _id(check: Checker, declared: Field, node: Node) -> Id | None:
    if type(node.value) in (str, int) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", node.text):
        return Id(node.text)
    message = f"{declared.name}: '{node.text or node.type_name}' is not an id"
    check.reject(node, "expected", message, "write Latin letters, digits and hyphens")
    return None


def _number(check: Checker, declared: Field, node: Node) -> int | float | None:
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return node.value
    check.reject(node, "number", f"{declared.name}: '{node.text}' is not a number", "write digits, such as 12 or 0.5")
    return None


def _boolean(check: Checker, declared: Field, node: Node) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.lower())
    hint = f"write {meant}" if meant else ""
    check.reject(node, "expected", f"{declared.name}: '{node.text}' is neither true nor false", hint, meant)
    return None


#: How people write a day so that it can only be one.
_DAYS = (
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?",
    r"(?P<m>\d{1,2})/(?P<d>1[3-9]|2\d|3[01])/(?P<y>\d{4})",
    r"(?P<d>1[3-9]|2\d|3[01])/(?P<m>\d{1,2})/(?P<y>\d{4})",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[A-Za-z]{3,9})\.?,? (?P<y>\d{4})",
    r"(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
)


def _date(check: Checker, declared: Field, node: Node) -> dt.date | None:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text):
        try:
            return dt.date.fromisoformat(node.text)
        except ValueError:
            check.reject(node, "date", f"{declared.name}: there is no day {node.text}")
            return None
    message, mend = f"{declared.name}: '{node.text or node.type_name}' is not a date", _as_date(node.text)
    check.reject(node, "date", message, f"write it as {mend or '2026-01-31'}", mend)
    return None


def _as_date(text: str) -> str | None:
    """31.1.2026, 1/31/2026, 2026/1/31, 2026年1月31日, 31 January 2026 and January 31, 2026 can only be one day."""
    for pattern in _DAYS:
        found = re.fullmatch(pattern, text.strip())
        if found:
            try:
                return dt.date(int(found["y"]), _month(found["m"]), int(found["d"])).isoformat()
            except ValueError:  # a day that is none
                return None
    return None


def _month(text: str) -> int:
    """1 of `01`, `Jan` and `january`; 0 of what is no month."""
    if text.isdecimal():
        return int(text)
    names = enumerate(name.lower() for name in calendar.month_name)
    return next((number for number, name in names if name.startswith(text.lower())), 0)


def _datetime(check: Checker, declared: Field, node: Node) -> dt.datetime | None:
    """A point of time; without an offset it is in the site's time zone."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", node.text):
        try:
            moment = dt.datetime.fromisoformat(node.text)
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=check.time_zone)
        except ValueError:
            check.reject(node, "date", f"{declared.name}: there is no such time {node.text}")
            return None
    check.reject(
        node,
        "date",
        f"{declared.name}: '{node.text or node.type_name}' is not a date with time",
        "write it as 2026-01-31T09:30",
    )
    return None


def _url(check: Checker, declared: Field, node: Node) -> str | None:
    if re.fullmatch(r"https?://[^\s<>\"]+", node.text) and _has_host(node.text):
        return node.text
    check.reject(node, "url", f"{declared.name}: '{node.text}' is not a web address", "begin it with https://")
    return None


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _email(check: Checker, declared: Field, node: Node) -> str | None:
    if re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\".]+(?:\.[^\s@<>\".]+)+", node.text):
        return node.text
    check.reject(node, "email", f"{declared.name}: '{node.text}' is not an e-mail address")
    return None


def _country(check: Checker, declared: Field, node: Node) -> str | None:
    from babel import Locale

    known = Locale("en").territories
    if re.fullmatch(r"[A-Z]{2}", node.text) and node.text in known:
        return node.text
    by_name = {name.lower(): code for code, name in known.items() if len(code) == 2}
    hint = by_name.get(node.text.lower(), node.text.upper() if node.text.upper() in known else "")
    check.reject(
        node,
        "country",
        f"{declared.name}: '{node.text}' is not a country code",
        f"write {hint}" if hint else "write an ISO 3166-1 code such as KZ",
        hint or None,
    )
    return None


def _language(check: Checker, declared: Field, node: Node) -> str | None:
    if is_language_tag(node.text):
        return node.text
    check.reject(
        node,
        "language",
        f"{declared.name}: '{node.text}' is not a language tag",
        "write a BCP 47 tag such as ru or zh-Hans",
    )
    return None


def _choice(check: Checker, declared: Field, node: Node) -> Choice | None:
    if node.text in declared.choices:
        return Choice(node.text, declared.choices[node.text])
    hint = nearest(node.text, declared.choices)
    check.reject(
        node,
        "choice",
        f"{declared.name}: '{node.text or node.type_name}' is not one of {listing(declared.choices)}",
        hint,
        certain(node.text.lower(), declared.choices),
    )
    return None


def _page(check: Checker, declared: Field, node: Node) -> Reference | None:
    if re.fullmatch(r"/(?:[^/\s]+/)*", node.text):
        return Reference(Key(normal(node.text)), node.mark)
    text = node.text.replace("\\", "/")
    path = "/" + "/".join(part for part in text.split("/") if part) + "/"
    check.reject(
        node,
        "reference",
        f"{declared.name}: '{node.text or node.type_name}' is not a content path",
        _path_hint(path) if node.text else "",
        path if re.fullmatch(r"/?[a-z0-9/-]+/?", text) else None,
    )
    return None


def _path_hint(path: str) -> str:
    return "write the page's path alone, as /plan/" if ":" in path else f"write it as {path}"


def _image(check: Checker, declared: Field, node: Node) -> str | None:
    """The name of a file beside the page; the library makes sure that it is there."""
    if isinstance(node.value, str) and re.fullmatch(r"[^/\\\s][^/\\]*\.[A-Za-z0-9]+", node.text):
        return normal(node.text)
    check.reject(
        node, "dead-file", f"{declared.name}: '{node.text or node.type_name}' is not the name of a file beside the page"
    )
    return None


def _file(check: Checker, declared: Field, node: Node) -> FileName | None:
    name = _image(check, declared, node)
    return FileName(name) if name is not None else None


def _link(check: Checker, declared: Field, node: Node) -> Target | None:
    """A page, a file or an address; the library makes sure that what is of the site is there."""
    if isinstance(node.value, str) and re.fullmatch(LINK, node.text):
        return Target(node.text, node.mark)
    text = node.text
    message = f"{declared.name}: '{text or node.type_name}' is not a page, a file or an address"
    check.reject(node, "url", message, "write a page as /plan/, a file beside this one, or https://…")
    return None


def _phone(check: Checker, declared: Field, node: Node) -> str | None:
    """A number as E.164 has it, however it is grouped."""
    if isinstance(node.value, str) and re.fullmatch(PHONE, node.text):
        return node.text
    plain = re.sub(r"[^+\d]", "", node.text)
    message = f"{declared.name}: '{node.text or node.type_name}' is not a telephone number"
    hint = "begin it with + and the country's code, as +86 10 1234 5678"
    check.reject(node, "phone", message, hint, f"+{plain[2:]}" if re.fullmatch(r"00[1-9]\d{6,14}", plain) else None)
    return None


def _list(check: Checker, declared: Field, node: Node) -> tuple[Any, ...] | None:
    if not isinstance(node.value, tuple):
        check.reject(
            node,
            "expected",
            f"{declared.name}: must be a list, not {node.type_name}",
            f"write it as [{node.text or 'a, b'}]",
        )
        return None
    assert declared.item is not None
    values = [check.value(declared.item, child) for child in node.value]
    if declared.is_sorted and None not in values:
        _check_order(check, declared, node, _ranks(declared.item, values))
    return tuple(value for value in values if value is not None)


def _ranks(item: Field, values: Iterable[Any]) -> list[Any]:
    """What the items of a list are ordered by: text by code point, references by key, choices as their kind lists them."""
    if item.type == "choice":
        places = list(item.choices)
        return [places.index(value.value) for value in values]
    return [value.key if isinstance(value, Reference) else value for value in values]


def _check_order(check: Checker, declared: Field, node: Node, ranks: Sequence[Any]) -> None:
    """Tell the first item that is less than the one before it."""
    late = next((n for n in range(1, len(ranks)) if ranks[n] < ranks[n - 1]), None)
    if late is not None:
        above = next(n for n, rank in enumerate(ranks) if rank > ranks[late])
        item, other = node.value[late], node.value[above]
        message = f"{declared.name}: '{item.text}' must stand before '{other.text}', for the list is sorted"
        hint = "`python build.py check --fix` puts it in order"
        check.problems.append(check.source.problem("unsorted", message, item.mark, hint))


def sorted_lists(fields: Mapping[str, Field], node: Node) -> Iterator[tuple[Field, Node]]:
    """The lists of a mapping, and of the groups in it, that stand in ascending order."""
    for name in fields.keys() & node.value.keys():
        declared, child = fields[name], node.value[name]
        if declared.is_sorted and isinstance(child.value, tuple):
            yield declared, child
        inner = declared.item or declared
        for part in child.value if isinstance(child.value, tuple) else (child,):
            if inner.type == "group" and isinstance(part.value, dict):
                yield from sorted_lists(inner.fields, part)


def right_order(declared: Field, node: Node, time_zone: dt.tzinfo = dt.UTC) -> list[int]:
    """The items of a sorted list, by their numbers, as they must stand; as they do where one of them is wrong."""
    assert declared.item is not None
    check = Checker(Source.of("", ""), [], time_zone)
    values = [check.value(declared.item, child) for child in node.value]
    numbers = list(range(len(values)))
    return numbers if None in values else sorted(numbers, key=_ranks(declared.item, values).__getitem__)


def _group(check: Checker, declared: Field, node: Node) -> Group | None:
    if not isinstance(node.value, dict):
        check.reject(node, "expected", f"{declared.name}: must be lines of `key: value`, not {node.type_name}")
        return None
    return Group(check.table(declared.fields, node, f"'{declared.name}'"), tuple(declared.fields))


#: A field's `type:` → the function that reads its value.
TYPES: dict[str, Callable[[Checker, Field, Node], Any]] = {
    "text": _text,
    "markdown": _text,
    "id": _id,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "url": _url,
    "email": _email,
    "country": _country,
    "language": _language,
    "choice": _choice,
    "page": _page,
    "image": _image,
    "file": _file,
    "link": _link,
    "phone": _phone,
    "list": _list,
    "group": _group,
}


def is_language_tag(text: str) -> bool:
    """Whether a text is a well-formed BCP 47 tag of a language that CLDR knows."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?(-[a-z0-9]{4,8})*", text):
        return False
    try:
        Locale.parse("-".join(text.split("-")[:3]), sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
