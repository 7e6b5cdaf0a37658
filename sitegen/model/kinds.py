"""The content model: kinds of pages and their fields, read from `kinds.yaml`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.model.field_declarations import TEXT, is_count, read_sides
from sitegen.model.fields import TYPES, Checker, Field, Side, by_name
from sitegen.problems.suggestions import nearest
from sitegen.source.mark import Mark
from sitegen.source.yaml import Node

_LANGUAGES = Field(name="languages", type="list", item=TEXT)

#: Fields that every page has, whatever its kind.
BASE_FIELDS: Mapping[str, Field] = by_name(
    Field(name="kind", type="text", help="what kind of page this is, if not the one that its folder says"),
    Field(name="date", type="date", help="the day that the page is about"),
    Field(name="updated", type="date", help="the day on which the text was last changed"),
    Field(name="order", type="number", help="its place in lists, the lowest first"),
    Field(name="publish", type="date", help="the day from which on it is published"),
    Field(name="expires", type="date", help="the first day on which it is no longer published"),
    Field(name="draft", type="boolean", help="true: previewed, not published"),
    Field(name="translate", type="boolean", help="false: it is shown as it is in every language"),
    replace(_LANGUAGES, help="the only languages in which the page exists"),
    replace(_LANGUAGES, name="hold_until", help="hold the page until these languages are ready"),
    Field(name="aliases", type="list", item=TEXT, help="old addresses that lead here, such as /old/"),
    Field(name="title", type="text", side="words", required=True, help="the name of the page"),
    Field(name="summary", type="text", side="words", help="one or two sentences for lists and search engines"),
    Field(name="keywords", type="list", item=TEXT, side="words", help="what readers may search for and the page lacks"),
    Field(name="slug", type="text", side="words", help="the last part of its address in this language"),
)

#: Fields of translations, for the tool and translators; `draft` holds back that language only.
TRANSLATION_FIELDS: Mapping[str, Field] = by_name(
    Field(
        name="source",
        type="list",
        side="words",
        item=TEXT,
        help="which text of the source this renders; `translate accept` writes it",
    ),
    Field(
        name="review",
        type="choice",
        side="words",
        choices={"machine": "machine", "human": "human"},
        help="machine: a draft by a machine; human: read by a person beside the source",
    ),
    Field(name="draft", type="boolean", side="words", help="true: this language is not published"),
)


#: The most properties of a kind's `schema`, far more than a page says, and how many of them may say the same.
MOST_PROPERTIES, MOST_ALIKE = 100, 3
#: Fields of every page that a kind may declare as something else, since nothing is reckoned with them.
_FREE = frozenset({"order", "summary", "keywords"})


class Children(Struct, frozen=True):
    """How the child pages of a kind are created and listed."""

    kind: str | None = None
    sort: str = "order"  #: field name, with a `-` prefix for descending order; "order" by default
    per_page: int | None = None  #: number of children per list page; None for all
    feed: bool | None = None  #: whether the list has an Atom feed; None: only if it is sorted by `-date`
    by: tuple[str, ...] = ()  #: facts by which the list can be filtered

    @property
    def has_feed(self) -> bool:
        """Whether the list has a feed."""
        return self.sort == "-date" if self.feed is None else self.feed


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of page."""

    name: str
    template: str
    lineage: tuple[str, ...]  #: its name, followed by the kinds that it extends
    fields: Mapping[str, Field]
    children: Children = Children()
    schema: Mapping[str, str]  #: schema.org property → field name; "type" → the schema.org type itself
    #: "start", "end", "zone", "location" and "online" → field name; "label" → message before the title.
    calendar: Mapping[str, str] = field(default_factory=dict)
    mark: Mark  #: position of its `template:` if declared, otherwise of the kind

    def of_side(self, side: Side) -> Iterator[Field]:
        """Yield the kind's facts, or its words."""
        return (declared for declared in self.fields.values() if declared.side == side)

    def has_day(self, facts: Mapping[str, Any]) -> bool:
        """Whether a page has the start date that its kind uses for calendars."""
        return self.calendar.get("start") in facts

    def last_day(self, facts: Mapping[str, Any]) -> dt.date | None:
        """Return the last day of a page's calendar event; None if the facts contain no date."""
        return self._day(facts, "end") or self._day(facts, "start")

    def deadline(self, facts: Mapping[str, Any]) -> dt.date | None:
        """Return the last day of registration for a page's calendar event; None if it has none."""
        return self._day(facts, "deadline")

    def _day(self, facts: Mapping[str, Any], name: str) -> dt.date | None:
        value = facts.get(self.calendar.get(name, ""))
        return value.date() if isinstance(value, dt.datetime) else value


# kinds.yaml

#: Keys of a kind → their description.
KIND_KEYS = {
    "extends": "a kind whose fields, template and the rest it takes over",
    "template": "file of templates/, such as news.html",
    "children": "of what kind the pages below are, and how they are listed",
    "schema": "schema.org property → field that says it; type → the schema.org type",
    "calendar": "which fields say when and where it takes place",
    "facts": "fields written once, in the source version",
    "words": "fields written once per language",
}
CHILDREN_FIELDS = by_name(
    Field(name="kind", type="text", help="the kind of pages that do not name one"),
    Field(name="sort", type="text", help="field by which they are listed, - before it for the last first; order"),
    Field(name="per_page", type="number", help="how many are listed on one page; all"),
    Field(name="feed", type="boolean", help="whether there is a feed of them; where they are sorted by -date"),
    Field(name="by", type="list", item=Field(name="by", type="text"), help="facts by which readers narrow the list"),
)


def read_kinds(check: Checker, node: Node) -> dict[str, Kind]:
    """Read the kinds, including the one that every site has; return name → kind."""
    kinds = {
        "page": Kind(
            name="page", template="page.html", lineage=("page",), fields=BASE_FIELDS, schema={}, mark=Mark(1, 1)
        )
    }
    pending = {name: child for name, child in node.value.items() if isinstance(child.value, dict)}
    for name, child in node.value.items():
        if name not in pending:
            check.reject(child, "expected", f"the kind '{name}' must have lines of `key: value`")
    while pending:
        ready = [name for name, child in pending.items() if _parent(child) not in pending]
        if not ready:
            name, child = next(iter(pending.items()))
            check.reject(child.value["extends"], "unknown-kind", f"extends: '{name}' extends itself in a loop")
            break
        for name in ready:
            kinds[name] = _kind(check, name, pending.pop(name), kinds)
    if not pending:
        _check_kind_names(check, node, kinds)
    return kinds


def _parent(node: Node) -> str | None:
    return node.value["extends"].text if "extends" in node.value else None


def _kind(check: Checker, name: str, node: Node, kinds: Mapping[str, Kind]) -> Kind:
    check.known(node, KIND_KEYS, "a kind")
    entries: Mapping[str, Node] = node.value
    parent = kinds.get(entries["extends"].text) if "extends" in entries else None
    template = entries["template"].text if "template" in entries else parent.template if parent else ""
    if not template:
        message, hint = f"'template' is missing; the kind '{name}' must have it", "add a line `template: …`"
        check.report("required", message, node.key or node.mark, hint)
    inherited = {**BASE_FIELDS, **(parent.fields if parent else {})}
    own = {
        name: replace(
            declared,
            help=declared.help or inherited.get(name, declared).help,
            required=declared.required or name == "title",  # which every page has
        )
        for name, declared in read_sides(check, entries).items()
    }
    for declared in own.values():
        _check_meaning(check, declared, entries)
    children = _children(check, entries.get("children"), parent)
    fields = {**inherited, **own}
    schema = _schema(check, entries.get("schema"), fields, parent)
    lineage = (name, *(parent.lineage if parent else ()))
    return Kind(
        name=name,
        template=template,
        lineage=lineage,
        fields=fields,
        children=children,
        schema=schema,
        calendar=_calendar(check, entries.get("calendar"), fields, parent),
        mark=entries["template"].mark if "template" in entries else node.key or node.mark,
    )


def _check_meaning(check: Checker, declared: Field, entries: Mapping[str, Node]) -> None:
    """Check that a field that every page has is declared as what it is everywhere."""
    name = declared.name
    base = None if name in _FREE else BASE_FIELDS.get(name)
    if base is None or _meaning(declared) == _meaning(base):
        return
    shape = "{type: list, of: {type: text}}" if base.item else f"{{type: {base.type}}}"
    message = f"every page has a field '{name}', and it is something else there"
    hint = f"declare it below {base.side}: as {shape}, or give it another name"
    check.report("expected", message, entries[declared.side].value[name].key, hint)


def _meaning(declared: Field) -> tuple[str, str, str]:
    return declared.side, declared.type, declared.item.type if declared.item else ""


def read_tables(check: Checker, node: Node) -> dict[str, dict[str, Field]]:
    """Read tables.yaml; return table name → its columns."""
    tables = {}
    for name, child in node.value.items():
        if not check.is_mapping(child, f"the table '{name}' must have lines of `key: value`"):
            continue
        check.known(child, ("facts", "words"), "a table")
        tables[name] = read_sides(check, child.value)
        for column in tables[name].values():
            if _holds_table(column):
                check.reject(child, "choice", f"{column.name}: a table has no tables in its cells", "use the type file")
    return tables


def _holds_table(declared: Field) -> bool:
    return declared.type == "table" or any(
        map(_holds_table, (*declared.fields.values(), *filter(None, [declared.item])))
    )


def _schema(check: Checker, node: Node | None, fields: Mapping[str, Field], parent: Kind | None) -> Mapping[str, str]:
    if node is None:
        return parent.schema if parent else {}
    if not check.is_mapping(node, "schema: must be written as {type: NewsArticle, datePublished: date}"):
        return {}
    if len(node.value) > MOST_PROPERTIES:
        message = f"schema: {len(node.value):,} properties, of which each page would have all"
        check.reject(node, "too-costly", message, f"name at most {MOST_PROPERTIES}")
        return {}
    seen = Counter[str]()
    for name, child in node.value.items():
        seen[child.text] += 1
        if seen[child.text] == MOST_ALIKE + 1:
            message = f"schema: '{child.text}' stands here for the {MOST_ALIKE + 1}th time, and each page would have it as often"
            check.reject(child, "too-costly", message, f"name it at most {MOST_ALIKE} times")
        if name != "type" and child.text not in (*fields, "organisation"):
            hint = nearest(child.text, fields)
            check.reject(child, "unknown-key", f"schema: '{child.text}' is not a field of the kind", hint)
        if child.text in fields and (several := _of_several(fields[child.text])):
            message = f"schema: '{child.text}' is a {several}, and a property of schema.org says one thing"
            check.reject(child, "bad-value", message, "name a field that holds one value or a list of such")
    return {name: child.text for name, child in node.value.items()}


def _of_several(declared: Field) -> str:
    """The type of a field, or of what it lists, whose values have several parts; empty for another."""
    if declared.item:
        return _of_several(declared.item)
    return declared.type if declared.type in ("group", "map", "table") else ""


#: Keys of a kind's `calendar` → the types of fields that they may refer to.
_CALENDAR_KEYS = {
    "start": ("date", "datetime", "moment"),
    "end": ("date", "datetime", "moment"),
    "zone": ("time_zone",),
    "location": ("text",),
    "online": ("url",),
    "registration": ("url", "link"),
    "deadline": ("date", "datetime", "moment"),
    "label": (),
}


def _calendar(check: Checker, node: Node | None, fields: Mapping[str, Field], parent: Kind | None) -> Mapping[str, str]:
    if node is None:
        return parent.calendar if parent else {}
    if not isinstance(node.value, dict) or "start" not in node.value:
        check.reject(node, "expected", "calendar: must be written as {start: starts, end: ends, location: place}")
        return {}
    for name, child in node.value.items():
        types = _CALENDAR_KEYS.get(name)
        if types is None:
            check.unknown(name, child, _CALENDAR_KEYS, "calendar")
        elif types and child.text not in fields:
            message = f"calendar: '{child.text}' is not a field of the kind"
            check.reject(child, "unknown-key", message, nearest(child.text, fields))
        elif types and fields[child.text].type not in types:
            message = f"calendar: '{child.text}' is a {fields[child.text].type}"
            check.reject(child, "expected", message, f"name a field of the type {' or '.join(types)}")
    return {name: child.text for name, child in node.value.items()}


def _children(check: Checker, node: Node | None, parent: Kind | None) -> Children:
    if node is None:
        return parent.children if parent else Children()
    if not check.is_mapping(node, "children: must be written as {kind: news, sort: -date, per_page: 20}"):
        return Children()
    values = check.table(CHILDREN_FIELDS, node, "children")
    if "per_page" in values and not is_count(values["per_page"]):
        check.reject(node.value["per_page"], "number", "per_page: must be a whole number from 1")
        del values["per_page"]
    return Children(**values)


def _check_kind_names(check: Checker, node: Node, kinds: Mapping[str, Kind]) -> None:
    """Check that the kinds that other kinds refer to exist, and so do the fields that lists are sorted by."""
    for child in _kind_references(node):
        if child.text not in kinds:
            check.reject(child, "unknown-kind", f"'{child.text}' is not a kind", nearest(child.text, kinds))
    for child in node.value.values():
        listed = child.value.get("children") if isinstance(child.value, dict) else None
        if listed is not None and isinstance(listed.value, dict):
            of = kinds.get(listed.value["kind"].text) if "kind" in listed.value else None
            _check_children(check, listed.value, (of or kinds["page"]).fields)


def check_sort(check: Checker, node: Node, known: Mapping[str, Field], whose: str) -> None:
    """Check that the field for sorting pages, written as `-date` or `date`, exists and has a suitable type."""
    name = node.text.removeprefix("-")
    if isinstance(node.value, (tuple, dict)):  # reported as no text
        return
    if name not in known:
        check.reject(node, "unknown-key", f"sort: '{name}' is not a field of {whose}", nearest(name, known))
    elif not TYPES[known[name].type].is_ordered:
        message = f"sort: '{name}' is a {known[name].type}, and pages can't be sorted by it"
        check.reject(node, "expected", message, "name a text, number, date or choice")


def _check_children(check: Checker, entries: Mapping[str, Node], known: Mapping[str, Field]) -> None:
    """Check that the fields for sorting and filtering children exist and have a suitable type."""
    sort = entries.get("sort")
    if sort is not None:
        check_sort(check, sort, known, "its children")
    by = entries.get("by")
    for child in by.value if by is not None and isinstance(by.value, tuple) else ():
        if not child.text:  # reported as no text
            continue
        declared = known.get(child.text)
        if declared is None or declared.side != "facts":
            check.reject(
                child, "unknown-key", f"by: '{child.text}' is not a fact of its children", nearest(child.text, known)
            )
        elif not TYPES[(declared.item or declared).type].is_selectable:
            message = f"by: '{child.text}' is a {(declared.item or declared).type}, and a list can't be narrowed by it"
            check.reject(child, "expected", message, "name a choice, page, country or date")


def _kind_references(node: Node) -> Iterator[Node]:
    for name, child in node.value.items() if isinstance(node.value, dict) else ():
        if name in ("extends", "kind") and not isinstance(child.value, (tuple, dict)):  # a number is a name, too
            yield child
        elif name not in ("of", "schema") or "type" in (child.value if isinstance(child.value, dict) else {}):
            yield from _kind_references(child)
