"""Blocks for use in texts, such as `:::note`: the built-in ones, and a site's own from `blocks.yaml`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from sitegen.model.field_declarations import optional_value, read_sides
from sitegen.model.fields import Checker, Field, Side
from sitegen.problems.problem import SiteError
from sitegen.problems.suggestions import nearest, nearest_or_all
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse

Form = Literal["container", "leaf", "inline"]

#: The declarations of the built-in blocks.
SHIPPED = Path(__file__).with_name("blocks.yaml")
#: A block's name, as written after its colons.
NAME = r"[a-z][a-z0-9-]+"
#: Keys of a block → their description.
BLOCK_KEYS = {
    "form": "container, such as :::note; leaf, such as ::video; or inline, such as :abbr",
    "label": "the word written in [ ] after the name",
    "facts": "attributes written once, in the source version",
    "words": "attributes written once per language",
    "inside": "of a container: the only blocks that it may contain",
    "within": "the only blocks that may contain it",
    "selects": "true: it lists pages, and facts of their kind are attributes too",
    "template": "file of templates/; blocks/ and its name",
    "help": "help text for editors",
}
_FORMS = {"container": ":::", "leaf": "::", "inline": ":"}
#: Field types that an attribute can't have.
_NOT_WRITTEN = frozenset({"group"})
_TEXT = Field(name="", type="text")


class BlockType(Struct, frozen=True, kw_only=True):
    """The declaration of a block."""

    name: str
    form: Form
    fields: Mapping[str, Field]
    label: str = ""  #: the word written in [ ]; "" if there is none. An inline block has its text there
    inside: tuple[str, ...] | None = None  #: the blocks allowed inside it; None for any
    within: tuple[str, ...] = ()  #: the only blocks in which it is allowed; empty for anywhere
    selects: bool = False  #: whether it lists pages, so that the facts of their kind are also attributes
    template: str
    help: str = ""
    mark: Mark  #: position of its declaration in blocks.yaml

    @property
    def sign(self) -> str:
        """How the block begins, such as `:::note`."""
        return _FORMS[self.form] + self.name

    def of_side(self, side: Side) -> Iterator[Field]:
        """Yield the block's facts, or its words."""
        return (declared for declared in self.fields.values() if declared.side == side)


@functools.cache
def shipped_blocks() -> Mapping[str, BlockType]:
    """Return the built-in blocks, which every site has."""
    text = SHIPPED.read_text(encoding="utf-8")
    source = Source.of(SHIPPED.name, text)
    check = Checker(source, [])
    blocks = read_blocks(check, parse(source, text))
    if check.problems:
        raise SiteError(check.problems)
    return blocks


def read_own_blocks(check: Checker, node: Node) -> dict[str, BlockType]:
    """Read a site's declarations, which may refer to the built-in blocks."""
    return read_blocks(check, node, shipped_blocks())


def read_blocks(check: Checker, node: Node, others: Mapping[str, BlockType] | None = None) -> dict[str, BlockType]:
    """Read the declarations of a file, which may also refer to the blocks in `others`."""
    blocks = {}
    for name, child in node.value.items():
        if not re.fullmatch(NAME, name):
            message, hint = f"'{name}' can't be the name of a block", "write two or more of a-z, 0-9 and -"
            check.report("expected", message, child.key, hint)
        elif check.is_mapping(child, f"the block '{name}' must have lines of `key: value`"):
            blocks[name] = _block(check, name, child)
    _check_names(check, node, {**(others or {}), **blocks})
    return blocks


def _block(check: Checker, name: str, node: Node) -> BlockType:
    check.known(node, BLOCK_KEYS, "a block")
    entries: Mapping[str, Node] = node.value
    form = Field(name="form", type="choice", choices=dict.fromkeys(_FORMS, ""))
    chosen = optional_value(check, form, entries.get("form"))
    names = {key: _names(check, key, entries.get(key)) for key in ("inside", "within")}
    fields = read_sides(check, entries)
    _check_fields(check, entries, fields)
    return BlockType(
        name=name,
        form=chosen.value if chosen else "container",
        fields=fields,
        label=_label(check, entries.get("label"), fields),
        inside=names["inside"] if "inside" in entries else None,
        within=names["within"],
        selects=optional_value(check, Field(name="selects", type="boolean"), entries.get("selects")) or False,
        template=entries["template"].text if "template" in entries else f"blocks/{name}.html",
        help=optional_value(check, Field(name="help", type="text"), entries.get("help")) or "",
        mark=entries["template"].mark if "template" in entries else node.key or node.mark,
    )


def _names(check: Checker, key: str, node: Node | None) -> tuple[str, ...]:
    declared = Field(name=key, type="list", item=_TEXT)
    return optional_value(check, declared, node) or ()


def _label(check: Checker, node: Node | None, fields: Mapping[str, Field]) -> str:
    if node is None:
        return ""
    declared = fields.get(node.text)
    if declared is None or declared.side != "words":
        words = [name for name, own in fields.items() if own.side == "words"]
        hint = nearest_or_all(node.text, words, "words are")
        check.reject(node, "unknown-key", f"label: '{node.text}' is not one of the block's words", hint)
        return ""
    return node.text


def _check_fields(check: Checker, entries: Mapping[str, Node], fields: Mapping[str, Field]) -> None:
    """Report groups: an attribute is written on one line, so it can't hold a mapping."""
    for declared in fields.values():
        if (declared.item or declared).type in _NOT_WRITTEN:
            node = entries[declared.side].value[declared.name]
            message = f"'{declared.name}' is a group, and an attribute can't hold one"
            check.reject(node, "expected", message, "declare its fields one by one")


def _check_names(check: Checker, node: Node, known: Mapping[str, BlockType]) -> None:
    for child in node.value.values():
        for key in ("inside", "within"):
            named = child.value.get(key) if isinstance(child.value, dict) else None
            for item in named.value if named is not None and isinstance(named.value, tuple) else ():
                if item.text and item.text not in known:  # what is no text is reported as such
                    message = f"{key}: '{item.text}' is not a block"
                    check.reject(item, "unknown-block", message, nearest(item.text, known))
