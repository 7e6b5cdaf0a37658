"""Fields, and how the values in a file are read and checked; `field_types` defines the types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, Protocol, TypeGuard

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.model.page import Destination, FileName, ImageName, Link, Reference
from sitegen.problems.problem import MOST_PROBLEMS, Problem, SiteError
from sitegen.problems.suggestions import certain, likely, nearest_or_all
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, plain_scalar

#: A value in typographic quotation marks, as word processors insert them.
_IN_QUOTES = lazily("[“”„«‘’']([^“”„«»‘’']+)[“”»‘’']")

Side = Literal["facts", "words"]


class Field(Struct, frozen=True, kw_only=True):
    """A declared field."""

    name: str
    type: str
    side: Side = "facts"  #: "facts" (written once) or "words" (written once per language)
    required: bool = False
    max: int | None = None  #: the maximum number of characters in a text
    choices: Mapping[str, str] = field(default_factory=dict)  #: value → label, for `choice`
    kind: str | None = None  #: the kind that a `page` must have, or extend
    item: Field | None = None  #: the item of a `list`
    fields: Mapping[str, Field] = field(default_factory=dict)  #: the fields of a `group`
    is_sorted: bool = False  #: whether the items of a list must be in ascending order
    translate: bool = True  #: whether the field is translated; a name may be the same in every language
    help: str = ""  #: help text for editors


def by_name(*fields: Field) -> dict[str, Field]:
    """Return name → field."""
    return {declared.name: declared for declared in fields}


class Group(Struct, frozen=True):
    """The value of a group, with its fields as attributes; an empty field is None."""

    values: Mapping[str, Any]
    declared: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.declared:
            raise AttributeError(name)
        return self.values.get(name)


def flat(value: Any) -> Iterator[Any]:
    """Yield the single values of a value: those in lists, groups and maps, at any depth."""
    match value:
        case tuple():
            for item in value:
                yield from flat(item)
        case Group():
            yield from flat(tuple(value.values.values()))
        case dict():
            yield from flat(tuple(value.values()))
        case _:
            yield value


def links_in(value: Any, mark: Mark) -> Iterator[Link]:
    """Yield the pages, files and addresses that a value names, as links; those without a position are placed at `mark`."""
    for part in flat(value):
        match part:
            case Reference():
                yield Link(part.key, part.mark)
            case Destination():
                yield Link(part.written, part.mark)
            case FileName():
                yield Link(str(part), mark, isinstance(part, ImageName))


#: The configuration of a field's input in the browser editor, and a JSON Schema, as plain data.
Form = dict[str, Any]
Schema = dict[str, Any]


class FormSite(Protocol):
    """What a form needs to know about its site; each answer stands for a part of the configuration that is written once."""

    def pages(self, kind: str | None) -> Form:
        """Return the options of a reference: the pages of a kind, or all pages."""
        ...

    def countries(self) -> Form:
        """Return the options of a country."""
        ...

    def field(self, declared: Field) -> Form:
        """Return the complete input for a field, including its label."""
        ...


class FieldType(Struct, frozen=True, kw_only=True):
    """A field type: everything about it in one place.

    Attributes:
        read: returns the value of a node, or None after reporting a problem.
        schema: returns the JSON Schema of the values.
        form: returns the input in the browser editor.
        is_translated: whether the value of a word is text to translate.
        is_ordered: whether the values have an order by which pages and lists can be sorted.
        is_selectable: whether readers can filter a list by it.
    """

    read: Callable[[Checker, Field, Node], Any]
    schema: Callable[[Field], Schema]
    form: Callable[[Field, FormSite], Form]
    is_translated: bool = False
    is_ordered: bool = True
    is_selectable: bool = False


#: A field's `type:` → the type. `field_types` adds the built-in types; a package can add more in the same way.
TYPES: dict[str, FieldType] = {}


#: The most characters of a text in the settings.
MOST_OF_TEXT = 1000


class _Known(Struct, frozen=True):
    """What is asked of the same fields for each mapping of a file, of which there may be a thousand."""

    fields: Mapping[str, Field]  #: which keeps their identity
    names: tuple[str, ...]
    required: tuple[str, ...]


class Checker(Struct, frozen=True):
    """Converts the nodes of a file to values, and collects their problems."""

    source: Source
    problems: list[Problem]
    time_zone: dt.tzinfo = dt.UTC
    #: Whether an unknown key is an error; the key that it misspells is then not reported as missing too.
    is_strict: bool = True
    #: How many of the problems were there before those of the file.
    others: int = 0
    known_fields: dict[int, _Known] = field(default_factory=dict)

    def reject(self, node: Node, code: str, message: str, hint: str = "", fix: str | None = None) -> None:
        """Report a problem at a node; its field counts as empty."""
        self.report(code, message, node.mark, hint, fix)

    def report(self, code: str, message: str, mark: Mark | None, hint: str = "", fix: str | None = None) -> None:
        """Report a problem at a place.

        Raises:
            SiteError: with all of them, if the file has too many.
        """
        self.problems.append(self.source.problem(code, message, mark, hint, fix))
        if len(self.problems) - self.others >= MOST_PROBLEMS:
            message = "there are too many problems to check the rest of the file"
            last = self.source.problem("too-costly", message, mark, "correct those before it first")
            raise SiteError([*self.problems, last])

    def refuse_long_texts(self, node: Node) -> None:
        """Report each text of a file of settings that is too long to stand on every page, some of them many times."""
        if isinstance(node.value, dict | tuple):
            for child in node.value.values() if isinstance(node.value, dict) else node.value:
                self.refuse_long_texts(child)
        elif len(node.text) > MOST_OF_TEXT:
            file = self.source.path.rpartition("/")[2]
            message = f"{len(node.text):,} characters; a text of {file} has at most {MOST_OF_TEXT:,}"
            self.reject(node, "too-long", message, "shorten it")

    def is_mapping(self, node: Node | None, message: str, hint: str = "") -> TypeGuard[Node]:
        """Whether a node is a mapping; report anything else that is not missing."""
        if node is not None and not isinstance(node.value, dict):
            self.reject(node, "expected", message, hint)
        return node is not None and isinstance(node.value, dict)

    def value(self, declared: Field, node: Node) -> Any:
        """Return the field's value, or None after reporting a problem."""
        value = TYPES[declared.type].read(self, declared, node)
        if value is None:
            self._offer_without_quotes(declared, node)
        return value

    def _offer_without_quotes(self, declared: Field, node: Node) -> None:
        """Let the problem of a value in typographic quotes be fixed by removing them, if the value is right without them.

        In a text the quotes are its author's, whatever else is wrong with it.
        """
        quoted = _IN_QUOTES.fullmatch(node.text)
        if quoted is None or TYPES[declared.type].is_translated or not self.problems:
            return
        told = self.problems[-1]
        meant = Node(plain_scalar(quoted[1]), quoted[1], node.mark, node.key)
        trial = Checker(self.source, [], self.time_zone)
        is_of_node = (told.line, told.column, told.fix) == (node.mark.line, node.mark.column, None)
        if is_of_node and trial.value(declared, meant) is not None and not trial.problems:
            self.problems[-1] = replace(told, fix=quoted[1])

    def table(self, fields: Mapping[str, Field], node: Node, what: str) -> dict[str, Any]:
        """Return the values of a mapping whose keys are fields; report unknown and missing keys."""
        values = {}
        for name, child in node.value.items():
            if name not in fields:
                self.unknown(name, child, fields, what)
            elif child.value is not None:
                values[name] = self.value(fields[name], child)
        self.required(fields, node, what)
        return {name: value for name, value in values.items() if value is not None}

    def group(self, declared: Field, node: Node) -> Group:
        """Return the value of a group, which is a mapping."""
        values = self.table(declared.fields, node, f"'{declared.name}'")
        return Group(values, self._known(declared.fields).names)

    def _known(self, fields: Mapping[str, Field]) -> _Known:
        if id(fields) not in self.known_fields:
            required = tuple(name for name, own in fields.items() if own.required)
            self.known_fields[id(fields)] = _Known(fields, tuple(fields), required)
        return self.known_fields[id(fields)]

    def unknown(self, name: str, node: Node, known: Collection[str], what: str) -> None:
        """Report an unknown key, and suggest the nearest known one."""
        hint = nearest_or_all(name, known, "known are")
        message = f"'{name}' is not a field of {what}"
        has_value = ":" in name or "：" in name  # as `{name：x}`, which is read as a key; the fix would lose the value
        self.report("unknown-key", message, node.key, hint, None if has_value else certain(name, known))

    def known(self, node: Node, known: Collection[str], what: str) -> None:
        """Report the unknown keys of a mapping."""
        for name, child in node.value.items():
            if name not in known:
                self.unknown(name, child, known, what)

    def required(self, fields: Mapping[str, Field], node: Node, what: str) -> None:
        """Report required fields that are missing or empty, except those that an unknown key misspells."""
        lacking = [name for name in self._known(fields).required if is_empty(node.value.get(name))]
        is_strict = self.is_strict and lacking  # most files lack nothing, and words are compared slowly
        unknown = islice((key for key in node.value if key not in fields), MOST_PROBLEMS)
        misspelt = {likely(key, fields) for key in unknown} if is_strict else set()
        for name in lacking:
            child = node.value.get(name)
            if child is None and name in misspelt:
                continue
            mark = child.key if child is not None and child.key else _place_of(name, fields, node)
            state = "missing" if child is None else "empty"
            hint = f"add a line `{name}: …`" if child is None else "fill it in"
            if child is not None and child.value is None and child.text:
                hint = f'YAML reads {child.text} as nothing; write "{child.text}" for the word'
            self.report("required", f"'{name}' is {state}; {what} must have it", mark, hint)


#: Blanks, and what Unicode lets programs leave out (Default_Ignorable_Code_Point), with the empty sign of Braille; written
#: as in JavaScript too, for schemas.
BLANKS = (
    r"\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
#: The same with those that JavaScript writes in another way.
_BLANK = lazily(rf"[{BLANKS}\U000e0000-\U000e0fff]*+")


def is_empty(child: Node | None) -> bool:
    """Whether a value is missing, or shows nothing."""
    if child is None or child.value in (None, "", ()):
        return True
    return isinstance(child.value, str) and is_blank(child.value)


def is_blank(text: str) -> bool:
    """Whether a text shows nothing."""
    return _BLANK.fullmatch(text) is not None


def _place_of(name: str, fields: Mapping[str, Field], node: Node) -> Mark:
    """Return the position for a missing key: after the keys declared before it, with facts before words."""
    order = sorted(fields, key=lambda own: fields[own].side != "facts")
    before = set(order[: order.index(name)])
    lines = {key: child.key.line for key, child in node.value.items() if child.key}
    last = max((lines[key] for key in lines if key in before), default=0)
    below = [line for line in lines.values() if line > last]
    return Mark(min(below, default=last) or node.mark.line, 1)


def ranks(item: Field, values: Iterable[Any]) -> list[Any]:
    """Return the sort keys of a list's items: text by code point, references by key, choices in declared order."""
    if item.type == "choice":
        places = list(item.choices)
        return [places.index(value.value) for value in values]
    return [value.key if isinstance(value, Reference) else value for value in values]


def check_order(check: Checker, declared: Field, node: Node, ranks: Sequence[Any]) -> None:
    """Report the first item that is less than the one before it."""
    late = next((n for n in range(1, len(ranks)) if ranks[n] < ranks[n - 1]), None)
    if late is not None:
        above = next(n for n, rank in enumerate(ranks) if rank > ranks[late])
        item, other = node.value[late], node.value[above]
        message = f"{declared.name}: '{item.text}' must come before '{other.text}', as the list is sorted"
        hint = "`python build.py check --fix` puts it in order"
        check.report("unsorted", message, item.mark, hint)


def sorted_lists(fields: Mapping[str, Field], node: Node) -> Iterator[tuple[Field, Node]]:
    """Yield the lists that must be in ascending order, in a mapping and the groups inside it."""
    for name in fields.keys() & node.value.keys():
        declared, child = fields[name], node.value[name]
        if declared.is_sorted and isinstance(child.value, tuple):
            yield declared, child
        inner = declared.item or declared
        for part in child.value if isinstance(child.value, tuple) else (child,):
            if inner.type == "group" and isinstance(part.value, dict):
                yield from sorted_lists(inner.fields, part)


def right_order(declared: Field, node: Node, time_zone: dt.tzinfo = dt.UTC) -> list[int]:
    """Return the indexes of a list's items in sorted order; in their current order if an item is invalid."""
    assert declared.item is not None
    check = Checker(Source.of("", ""), [], time_zone)
    values = [check.value(declared.item, child) for child in node.value]
    numbers = list(range(len(values)))
    return numbers if None in values else sorted(numbers, key=ranks(declared.item, values).__getitem__)
